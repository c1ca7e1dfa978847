/* search.c: `shouwen search`: full text over everything read. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "ledger/search.h"

#define DEFAULT_LIMIT 50

static const OutputColumn columns[] = {
    {"reference", "", 0}, {"entry_n", NULL, 0},  {"document_n", NULL, 0}, {"message_n", NULL, 0},   {"state", NULL, 0},
    {"kind", NULL, 0},    {"filename", NULL, 0}, {"sender", NULL, 0},     {"address", NULL, 0},     {"subject", NULL, 0},
    {"received", NULL, 0}, {"snippet", NULL, 0}, {"hits", NULL, 0},
};

typedef struct {
    Output *output; /* NULL: for people */
    const char *zone;
    gboolean terminal;
    guint found;
} Search;

/* The snippet with its hits in bold on a terminal. */
static void print_snippet(const SearchHit *hit, gboolean terminal)
{
    gsize at = 0;
    fputs("    ", stdout);
    for (guint i = 0; i < hit->n_ranges; i++) {
        const SearchRange *range = &hit->ranges[i];
        printf("%.*s%s%.*s%s", (int)(range->start - at), hit->snippet + at, terminal ? "\033[1m" : "", (int)range->length,
               hit->snippet + range->start, terminal ? "\033[0m" : "");
        at = range->start + range->length;
    }
    puts(hit->snippet + at);
}

static void print_hit(const SearchHit *hit, const Search *search)
{
    g_autofree char *received = clock_iso(hit->received, search->zone);
    g_autofree char *name = text_plain(hit->filename ? hit->filename : hit->document ? "(text of the mail)" : hit->subject, 100);
    g_autofree char *sender = text_plain(hit->sender_name && *hit->sender_name ? hit->sender_name : hit->sender_address, 60);
    received[strlen("2026-01-31")] = 0;
    printf("%s  %s  %s  %s%s%s\n", hit->reference ? hit->reference : "-", received, sender, hit->kind ? hit->kind : "mail",
           *name ? ": " : "", name);
    print_snippet(hit, search->terminal);
}

/* Hits as "start+length", bytes of the snippet. */
static void json_hit(const SearchHit *hit, const Search *search)
{
    GString *hits = g_string_new(NULL);
    for (guint i = 0; i < hit->n_ranges; i++)
        g_string_append_printf(hits, "%s%u+%u", i ? " " : "", hit->ranges[i].start, hit->ranges[i].length);
    g_autofree char *entry = g_strdup_printf("%" G_GINT64_FORMAT, hit->entry), *received = clock_iso(hit->received, search->zone),
                    *document = hit->document ? g_strdup_printf("%" G_GINT64_FORMAT, hit->document) : NULL,
                    *message = g_strdup_printf("%" G_GINT64_FORMAT, hit->message);
    output_row(search->output, (const char *const[]){hit->reference, entry, document, message, hit->state, hit->kind, hit->filename,
                                                     hit->sender_name, hit->sender_address, hit->subject, received, hit->snippet,
                                                     hits->str});
    g_string_free(hits, TRUE);
}

static void take_hit(const SearchHit *hit, gpointer user)
{
    Search *search = user;
    search->found++;
    (search->output ? json_hit : print_hit)(hit, search);
}

int cmd_search(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    g_autofree char *kind = NULL;
    int limit = DEFAULT_LIMIT;
    const GOptionEntry own[] = {
        {"kind", 'k', 0, G_OPTION_ARG_STRING, &kind, "only documents of this kind", "KIND"},
        {"limit", 'n', 0, G_OPTION_ARG_INT, &limit, "at most so many hits", "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, "WORDS…",
                   "Looks for words in everything read; each must occur. Words in one argument with blanks stand side by side.", own,
                   &options, &error))
        return cmd_end(error);
    if (argc < 2)
        g_set_error(&error, FAILURE, FAILURE_USAGE, "what is looked for?");
    g_autoptr(Conf) conf = error ? NULL : cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, LEDGER_READ, &error) : NULL;
    if (!ledger)
        return cmd_end(error);
    GString *query = g_string_new(NULL);
    for (int i = 1; i < argc; i++) /* one argument with blanks is a phrase, as the shell's quotes took ours away */
        g_string_append_printf(query, strchr(argv[i], ' ') && !strchr(argv[i], '"') ? "\"%s\" " : "%s ", argv[i]);
    Search search = {options.json ? output_new(TRUE, columns, G_N_ELEMENTS(columns)) : NULL, conf_string(conf, "general", "zone"),
                     isatty(STDOUT_FILENO) != 0, 0};
    gboolean good = ledger_search(ledger, query->str, kind, NULL, (guint)MAX(limit, 1), take_hit, &search, &error);
    g_string_free(query, TRUE);
    if (search.output)
        output_end(search.output);
    else if (good && search.found == 0)
        puts("nothing was found");
    return cmd_end(error);
}
