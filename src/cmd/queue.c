/* queue.c: `shouwen queue`: the entries that wait for somebody. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "ledger/entries.h"

#define DEFAULT_LIMIT 200

static const OutputColumn columns[] = {
    {"id_n", "id", 0},          {"reference", "reference", 0}, {"state", "state", 0},
    {"kinds", "kinds", 44},     {"sender", "sender", 28},      {"subject", "subject", 34},
    {"findings_n", "find.", 0}, {"attention", "look", 24},     {"received", "received", 0},
    {"address", NULL, 0},       {"due", NULL, 0},
};

typedef struct {
    Ledger *ledger;
    Output *output;
    const char *zone;
    gboolean json;
    guint shown;
} Queue;

typedef struct {
    GString *kinds;
    guint findings;
} Summary;

static void note_kind(const LedgerDocument *document, gpointer user)
{
    GString *kinds = ((Summary *)user)->kinds;
    const char *kind = g_str_equal(document->status, "read") ? document->kind : document->status;
    if (strstr(kinds->str, kind))
        return;
    g_string_append_printf(kinds, "%s%s", kinds->len ? " " : "", kind);
}

static void note_finding(const LedgerFinding *finding, gpointer user)
{
    if (g_str_equal(finding->severity, "error") || g_str_equal(finding->severity, "warning"))
        ((Summary *)user)->findings++;
}

static void print_entry(const LedgerEntry *entry, gpointer user)
{
    Queue *queue = user;
    Summary summary = {.kinds = g_string_new(NULL)};
    ledger_documents(queue->ledger, entry->id, note_kind, &summary, NULL);
    ledger_findings(queue->ledger, entry->id, note_finding, &summary, NULL);
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, entry->id);
    g_autofree char *findings = g_strdup_printf("%u", summary.findings);
    g_autofree char *received = clock_iso(entry->received, queue->zone);
    if (!queue->json)
        received[strlen("2026-01-31T09:00")] = 0; /* people need no seconds */
    g_autofree char *due = entry->due ? clock_iso(entry->due, queue->zone) : NULL;
    const char *sender = entry->sender_name && *entry->sender_name ? entry->sender_name : entry->sender_address;
    const char *row[] = {id,       entry->reference, entry->state, summary.kinds->str,    sender, entry->subject,
                         findings, entry->attention, received,     entry->sender_address, due};
    output_row(queue->output, row);
    g_string_free(summary.kinds, TRUE);
    queue->shown++;
}

static void print_quarantined(const LedgerMessageRow *message, gpointer user)
{
    (void)user;
    printf("quarantined: message %" G_GINT64_FORMAT " (%s); 'shouwen redo %" G_GINT64_FORMAT "' tries again\n", message->id,
           message->reason ? message->reason : "unknown reason", message->id);
}

int cmd_queue(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    g_autofree char *state = NULL;
    int limit = DEFAULT_LIMIT;
    const GOptionEntry own[] = {
        {"state", 's', 0, G_OPTION_ARG_STRING, &state,
         "review, waiting, complete, accepted, rejected, closed, or all; without it: what waits for somebody", "STATE"},
        {"limit", 'n', 0, G_OPTION_ARG_INT, &limit, "at most so many entries", "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, NULL, "The entries that wait for somebody, the due and the urgent first.", own, &options,
                   &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, LEDGER_READ, &error) : NULL;
    if (!ledger)
        return cmd_end(error);
    Queue queue = {ledger, output_new(options.json, columns, G_N_ELEMENTS(columns)), conf_string(conf, "general", "zone"), options.json, 0};
    gboolean good = ledger_queue(ledger, state, (guint)MAX(limit, 1), print_entry, &queue, &error);
    output_end(queue.output);
    if (good && !options.json && ledger_messages(ledger, 0, print_quarantined, NULL, &error) && queue.shown == 0)
        puts("nothing waits");
    return cmd_end(error);
}
