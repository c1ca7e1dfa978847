/* queue.c: `shouwen queue`: the entries that wait for somebody, what is most at risk first. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/filter.h"
#include "cmd/output.h"
#include "ledger/entries.h"

#define DEFAULT_LIMIT 200

static const OutputColumn columns[] = {
    {"id_n", "id", 0},          {"reference", "reference", 0}, {"state", "state", 0},      {"kinds", "kinds", 44},
    {"sender", "sender", 28},   {"subject", "subject", 34},    {"findings_n", "find.", 0}, {"missing", "missing", 24},
    {"attention", "look", 24},  {"due", "due", 0},             {"received", "received", 0}, {"assignee", "whose", 12},
    {"address", NULL, 0},       {"organisation", NULL, 0},     {"errors_n", NULL, 0},      {"warnings_n", NULL, 0},
    {"documents_n", NULL, 0},   {"version_n", NULL, 0},        {"begin_by", NULL, 0},
};

typedef struct {
    Output *output;
    const char *zone;
    gboolean json;
    guint shown;
} Queue;

/* People need no seconds, and of a due date only the day. */
static char *instant(const Queue *queue, gint64 at, gsize enough)
{
    char *text = at ? clock_iso(at, queue->zone) : NULL;
    if (text && !queue->json)
        text[enough] = 0;
    return text;
}

static char *number(gint64 n)
{
    return g_strdup_printf("%" G_GINT64_FORMAT, n);
}

static void print_entry(const ListingRow *row, gpointer user)
{
    Queue *queue = user;
    g_autofree char *id = number(row->id), *findings = number(row->errors + row->warnings), *errors = number(row->errors),
                    *warnings = number(row->warnings), *documents = number(row->documents), *version = number(row->version),
                    *received = instant(queue, row->received, strlen("2026-01-31T09:00")),
                    *due = instant(queue, row->due, strlen("2026-01-31"));
    gboolean decided = g_str_equal(row->state, "accepted") || g_str_equal(row->state, "rejected") || g_str_equal(row->state, "closed");
    g_autofree char *begin_by = decided && !row->attention ? NULL : instant(queue, row->rank, 0);
    const char *sender = row->sender_name && *row->sender_name ? row->sender_name : row->sender_address;
    const char *cells[] = {id,       row->reference,     row->state,        row->kinds,        sender, row->subject, findings,
                           row->missing, row->attention, due,               received,          row->assignee_name,   row->sender_address,
                           row->organisation, errors,    warnings,          documents,         version, begin_by};
    G_STATIC_ASSERT(G_N_ELEMENTS(cells) == G_N_ELEMENTS(columns));
    output_row(queue->output, cells);
    queue->shown++;
}

static void print_quarantined(const LedgerMessageRow *message, gpointer user)
{
    (void)user;
    printf("quarantined: message %" G_GINT64_FORMAT " (%s); 'shouwen redo %" G_GINT64_FORMAT "' tries again\n", message->id,
           message->reason ? message->reason : "unknown reason", message->id);
}

static gboolean is_bare(const Filter *filter)
{
    return !filter->state && !filter->kind && !filter->sender && !filter->organisation && !filter->meeting && !filter->finding &&
           !filter->text && !filter->due && !filter->assignee && !filter->since && !filter->until;
}

int cmd_queue(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    g_auto(Filter) filter = {0};
    int limit = DEFAULT_LIMIT;
    const GOptionEntry own[] = {
        FILTER_ROWS(&filter),
        {"limit", 'n', 0, G_OPTION_ARG_INT, &limit, "at most so many entries", "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, NULL, "The entries that wait for somebody, what is most at risk first.", own, &options, &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, LEDGER_READ, &error) : NULL;
    if (!ledger || !filter_settle(&filter, ledger, conf, &error))
        return cmd_end(error);
    Queue queue = {output_new(options.json, columns, G_N_ELEMENTS(columns)), conf_string(conf, "general", "zone"), options.json, 0};
    gboolean good = ledger_listing(ledger, &filter.filter, LISTING_RANK, NULL, (guint)MAX(limit, 1), print_entry, &queue, &error);
    output_end(queue.output);
    if (good && !options.json && ledger_messages(ledger, 0, print_quarantined, NULL, &error) && queue.shown == 0)
        puts(is_bare(&filter) ? "nothing waits" : "there is no such entry");
    return cmd_end(error);
}
