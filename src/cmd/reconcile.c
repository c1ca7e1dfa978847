/* reconcile.c: `shouwen reconcile`: what the server holds since the start date less what arrived here must be empty. */
#include <stdio.h>

#include "base/clock.h"
#include "base/failure.h"
#include "cmd/cmd.h"
#include "ledger/entries.h"
#include "ledger/facts.h"
#include "source/source.h"

typedef struct {
    Ledger *ledger;
    const char *mailbox;
    Source *source;
    gboolean want;
    guint64 held, missing;
    GPtrArray *marks; /* SourceMark *, missing ones */
} Reconcile;

static void mark_free(gpointer data)
{
    SourceMark *mark = data;
    g_free(mark->folder);
    g_free(mark);
}

static void check_uid(const char *folder, guint32 uidvalidity, guint32 uid, gpointer user)
{
    Reconcile *reconcile = user;
    g_autofree char *source = g_strdup_printf("%s/%s", reconcile->mailbox, folder);
    reconcile->held++;
    if (ledger_has_uid(reconcile->ledger, source, uidvalidity, uid))
        return;
    reconcile->missing++;
    printf("missing: %s UIDVALIDITY %u UID %u\n", source, uidvalidity, uid);
    SourceMark *mark = g_new0(SourceMark, 1);
    *mark = (SourceMark){g_strdup(folder), uidvalidity, uid};
    g_ptr_array_add(reconcile->marks, mark);
}

/* The next fetch is told to get what is missing, whatever its cursor says. */
static gboolean want_missing(Reconcile *reconcile, GError **error)
{
    if (!reconcile->source->type->want)
        return TRUE;
    for (guint i = 0; i < reconcile->marks->len; i++)
        if (!reconcile->source->type->want(reconcile->source, g_ptr_array_index(reconcile->marks, i), error))
            return FALSE;
    return TRUE;
}

static gboolean reconcile_mailbox(Reconcile *reconcile, const Conf *conf, GError **error)
{
    g_autoptr(Source) source = source_open(conf, reconcile->mailbox, error);
    if (!source)
        return FALSE;
    if (!source->type->list)
        return TRUE;
    reconcile->source = source;
    g_autoptr(GPtrArray) marks = g_ptr_array_new_with_free_func(mark_free);
    reconcile->marks = marks;
    return source->type->list(source, check_uid, reconcile, error) && (!reconcile->want || want_missing(reconcile, error));
}

/* On the terminal, and in the facts, where the desk shows when it was and what came of it. */
static gboolean say_result(const Reconcile *reconcile, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT " on the servers, %" G_GUINT64_FORMAT " missing here", reconcile->held,
                                            reconcile->missing);
    g_autofree char *now = g_strdup_printf("%" G_GINT64_FORMAT, clock_now());
    puts(text);
    return ledger_fact_set(reconcile->ledger, "reconciled.at", now, error) &&
           ledger_fact_set(reconcile->ledger, "reconciled.result", text, error);
}

int cmd_reconcile(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    Reconcile reconcile = {0};
    const GOptionEntry own[] = {
        {"fetch", 0, 0, G_OPTION_ARG_NONE, &reconcile.want, "have the next fetch get what is missing (no daemon may be running)", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, NULL, "The messages on the server since the start date less those that arrived: must be empty.", own,
                   &options, &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, LEDGER_WRITE, &error) : NULL;
    reconcile.ledger = ledger;
    g_autofree char *spool = conf ? conf_path(conf, "general", "spool") : NULL;
    int lock = ledger && reconcile.want ? spool_lock(spool, &error) : 0;
    for (const char *const *name = ledger && lock >= 0 ? conf_mailboxes(conf) : NULL; name && *name && !error; name++) {
        reconcile.mailbox = *name;
        reconcile_mailbox(&reconcile, conf, &error);
    }
    if (!error && say_result(&reconcile, &error)) {
        if (reconcile.missing > 0)
            g_set_error(&error, FAILURE, FAILURE_DATA, "%" G_GUINT64_FORMAT " messages on the servers have not arrived; "
                        "'shouwen run' takes new ones, 'reconcile --fetch' orders all of these", reconcile.missing);
    }
    return cmd_end(error);
}
