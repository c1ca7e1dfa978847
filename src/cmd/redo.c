/* redo.c: `shouwen redo`: messages are read again, by better filters or after a fault, and the differences are shown. No letter
 * is written about what was answered before; values that a person corrected stay. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "ledger/entries.h"
#include "stages/intake.h"

#define VALUE_CHARS 200

typedef struct {
    Ledger *ledger;
    GHashTable *values; /* "path segment field" -> text */
    char *prefix;
} Snapshot;

static void take_field(const LedgerField *field, gpointer user)
{
    Snapshot *snapshot = user;
    g_hash_table_insert(snapshot->values, g_strdup_printf("%s %s", snapshot->prefix, field->id), g_strdup(field->shown));
}

static void take_document(const LedgerDocument *document, gpointer user)
{
    Snapshot *snapshot = user;
    g_free(snapshot->prefix);
    snapshot->prefix = g_strdup_printf("%s%s%.0u", document->path, document->segment ? "#" : "", document->segment);
    g_hash_table_insert(snapshot->values, g_strdup_printf("%s kind", snapshot->prefix), g_strdup(document->kind));
    g_hash_table_insert(snapshot->values, g_strdup_printf("%s status", snapshot->prefix), g_strdup(document->status));
    ledger_fields(snapshot->ledger, document->id, take_field, snapshot, NULL);
}

static GHashTable *snapshot_entry(Ledger *ledger, gint64 entry)
{
    Snapshot snapshot = {ledger, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free), NULL};
    if (entry)
        ledger_documents(ledger, entry, take_document, &snapshot, NULL);
    g_free(snapshot.prefix);
    return snapshot.values;
}

static void print_change(const char *name, const char *before, const char *after)
{
    g_autofree char *one = text_plain(before ? before : "nothing", VALUE_CHARS);
    g_autofree char *other = text_plain(after ? after : "nothing", VALUE_CHARS);
    printf("  %s: %s -> %s\n", name, one, other);
}

static guint print_differences(GHashTable *before, GHashTable *after)
{
    guint changes = 0;
    GHashTableIter each;
    gpointer name, value;
    g_hash_table_iter_init(&each, before);
    while (g_hash_table_iter_next(&each, &name, &value)) {
        const char *now = g_hash_table_lookup(after, name);
        if (g_strcmp0(now, value) == 0)
            continue;
        print_change(name, value, now);
        changes++;
    }
    g_hash_table_iter_init(&each, after);
    while (g_hash_table_iter_next(&each, &name, &value)) {
        if (g_hash_table_contains(before, name))
            continue;
        print_change(name, NULL, value);
        changes++;
    }
    return changes;
}

static void collect_quarantined(const LedgerMessageRow *message, gpointer user)
{
    gint64 id = message->id;
    g_array_append_val((GArray *)user, id);
}

static GArray *chosen(Ledger *ledger, int argc, char **argv, GError **error)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (argc < 2)
        ledger_messages(ledger, 0, collect_quarantined, ids, error);
    for (int i = 1; i < argc; i++) {
        char *end;
        gint64 id = g_ascii_strtoll(argv[i], &end, 10);
        if (*end == 0 && id > 0) {
            g_array_append_val(ids, id);
            continue;
        }
        gint64 entry = cmd_entry(ledger, argv[i], error);
        if (!entry || !ledger_messages(ledger, entry, collect_quarantined, ids, error))
            break;
    }
    return ids;
}

static gboolean order(Ledger *ledger, GArray *ids, GError **error)
{
    if (!ledger_begin(ledger, error))
        return FALSE;
    for (guint i = 0; i < ids->len; i++)
        if (!ledger_message_redo(ledger, g_array_index(ids, gint64, i), g_get_user_name(), error)) {
            ledger_rollback(ledger);
            return FALSE;
        }
    return ledger_commit(ledger, error);
}

static gint64 entry_of(Ledger *ledger, gint64 message)
{
    LedgerMessage facts = {0};
    return ledger_message_get(ledger, message, &facts, NULL) ? facts.entry : 0;
}

static gboolean redo(const Conf *conf, Ledger *ledger, GArray *ids, GError **error)
{
    g_autoptr(GPtrArray) before = g_ptr_array_new_with_free_func((GDestroyNotify)g_hash_table_unref);
    for (guint i = 0; i < ids->len; i++)
        g_ptr_array_add(before, snapshot_entry(ledger, entry_of(ledger, g_array_index(ids, gint64, i))));
    if (!order(ledger, ids, error))
        return FALSE;
    g_autoptr(GError) busy = NULL;
    g_autofree char *spool = conf_path(conf, "general", "spool");
    int lock = spool_lock(spool, &busy);
    if (lock < 0) {
        printf("%u messages will be read again by the running daemon\n", ids->len);
        return TRUE;
    }
    if (!intake_everything(conf, NULL, NULL, NULL, error))
        return FALSE;
    for (guint i = 0; i < ids->len; i++) {
        gint64 id = g_array_index(ids, gint64, i);
        g_autoptr(GHashTable) after = snapshot_entry(ledger, entry_of(ledger, id));
        printf("message %" G_GINT64_FORMAT ":\n", id);
        if (print_differences(g_ptr_array_index(before, i), after) == 0)
            puts("  no difference");
    }
    return TRUE;
}

int cmd_redo(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    if (!cmd_parse(&argc, &argv, "[MESSAGE|REFERENCE…]",
                   "Reads messages again (without arguments: those in quarantine) and shows what changed; no letter is written.", NULL,
                   &options, &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, LEDGER_WRITE, &error) : NULL;
    g_autoptr(GArray) ids = ledger ? chosen(ledger, argc, argv, &error) : NULL;
    if (ids && !error)
        redo(conf, ledger, ids, &error);
    return cmd_end(error);
}
