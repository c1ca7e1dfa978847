/* redo.c: `shouwen redo`: messages are read again, by better filters or after a fault, and the differences are shown. No letter
 * is written about what was answered before; values that a person corrected stay. With --dry-run nothing is written at all:
 * what new kinds would change in the archived mail. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/failure.h"
#include "cmd/cmd.h"
#include "cmd/reading.h"
#include "door/door.h"
#include "ledger/entries.h"
#include "stages/intake.h"

typedef struct {
    const Conf *conf;
    Ledger *ledger;
    GArray *ids; /* gint64: the messages */
    gboolean json;
} Redo;

/* --- which messages ------------------------------------------------------------------------------------------------------ */

static void collect_message(const LedgerMessageRow *message, gpointer user)
{
    gint64 id = message->id;
    g_array_append_val((GArray *)user, id);
}

static GArray *chosen(Ledger *ledger, gboolean all, int argc, char **argv, GError **error)
{
    if (argc < 2 && all)
        return ledger_messages_entered(ledger, error);
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (argc < 2)
        ledger_messages(ledger, 0, collect_message, ids, error);
    for (int i = 1; i < argc; i++) {
        char *end;
        gint64 id = g_ascii_strtoll(argv[i], &end, 10);
        if (*end == 0 && id > 0) {
            g_array_append_val(ids, id);
            continue;
        }
        gint64 entry = cmd_entry(ledger, argv[i], error);
        if (!entry || !ledger_messages(ledger, entry, collect_message, ids, error))
            break;
    }
    return ids;
}

static void take_reference(const LedgerEntry *entry, gpointer user)
{
    *(char **)user = g_strdup(entry->reference);
}

/* The message's entry (0: none) and its reference (NULL: none; caller frees). */
static gint64 entry_of(Ledger *ledger, gint64 message, char **ret_reference)
{
    LedgerMessage facts = {0};
    gint64 entry = ledger_message_get(ledger, message, &facts, NULL) ? facts.entry : 0;
    if (entry)
        ledger_entry_get(ledger, entry, take_reference, ret_reference, NULL);
    return entry;
}

/* --- for good -------------------------------------------------------------------------------------------------------------- */

static gboolean order(const Redo *redo, GError **error)
{
    if (!ledger_begin(redo->ledger, error))
        return FALSE;
    for (guint i = 0; i < redo->ids->len; i++)
        if (!ledger_message_redo(redo->ledger, g_array_index(redo->ids, gint64, i), g_get_user_name(), error)) {
            ledger_rollback(redo->ledger);
            return FALSE;
        }
    return ledger_commit(redo->ledger, error);
}

static void say_changes(const Redo *redo, guint changes)
{
    if (!redo->json && changes == 0)
        printf("%u messages read, no difference\n", redo->ids->len);
}

static gboolean read_again(const Redo *redo, GError **error)
{
    g_autoptr(GPtrArray) before = g_ptr_array_new_with_free_func((GDestroyNotify)g_hash_table_unref);
    for (guint i = 0; i < redo->ids->len; i++) {
        gint64 id = g_array_index(redo->ids, gint64, i);
        g_autofree char *reference = NULL;
        g_ptr_array_add(before, reading_of_ledger(redo->ledger, entry_of(redo->ledger, id, &reference), id));
    }
    if (!order(redo, error))
        return FALSE;
    g_autoptr(GError) busy = NULL;
    g_autofree char *spool = conf_path(redo->conf, "general", "spool");
    int lock = spool_lock(spool, &busy);
    if (lock < 0) {
        printf("%u messages will be read again by the running daemon\n", redo->ids->len);
        return TRUE;
    }
    if (!intake_everything(redo->conf, NULL, NULL, NULL, error))
        return FALSE;
    guint changes = 0;
    Output *output = output_new(redo->json, reading_columns, READING_COLUMNS);
    for (guint i = 0; i < redo->ids->len; i++) {
        gint64 id = g_array_index(redo->ids, gint64, i);
        g_autofree char *reference = NULL;
        gint64 entry = entry_of(redo->ledger, id, &reference);
        g_autoptr(GHashTable) after = reading_of_ledger(redo->ledger, entry, id);
        changes += reading_differences(output, id, reference, g_ptr_array_index(before, i), after);
    }
    output_end(output);
    say_changes(redo, changes);
    return TRUE;
}

/* --- to see what would change ---------------------------------------------------------------------------------------------- */

static gboolean hand_over(Door *door, const Redo *redo, const char *segments, gint64 *id, GError **error)
{
    LedgerMessage message = {0};
    FrameInfo info;
    DoorJob job = {.user = id};
    if (!ledger_message_get(redo->ledger, *id, &message, error))
        return FALSE;
    job.fd = segment_open(segments, message.place, &info, &job.offset, error);
    if (job.fd < 0)
        return FALSE;
    job.length = info.length;
    gboolean good = door_submit(door, &job, error);
    close(job.fd);
    return good;
}

static gboolean compare_next(Door *door, const Redo *redo, Output *output, guint *changes, GError **error)
{
    g_autoptr(DoorResult) result = door_next(door, G_MAXINT64);
    if (result->fault) {
        g_propagate_error(error, g_steal_pointer(&result->fault));
        return FALSE;
    }
    gint64 id = *(gint64 *)result->user;
    g_autofree char *reference = NULL;
    gint64 entry = entry_of(redo->ledger, id, &reference);
    g_autoptr(GHashTable) before = reading_of_ledger(redo->ledger, entry, id), after = reading_of_record(result->record);
    *changes += reading_differences(output, id, reference, before, after);
    return TRUE;
}

static gboolean shadow_run(const Redo *redo, const char *kinds, GError **error)
{
    DoorOptions options;
    door_options_from_conf(&options, redo->conf);
    options.kinds_dir = kinds;
    g_autoptr(Door) door = door_new(&options, error);
    g_autofree char *segments = cmd_spool(redo->conf, "segments");
    Output *output = output_new(redo->json, reading_columns, READING_COLUMNS);
    Progress progress;
    guint given = 0, back = 0, changes = 0;
    gboolean good = door != NULL;
    progress_begin(&progress, "reading");
    while (good && back < redo->ids->len) {
        if (given < redo->ids->len && door_room(door) > 0) {
            good = hand_over(door, redo, segments, &g_array_index(redo->ids, gint64, given++), error);
            continue;
        }
        good = compare_next(door, redo, output, &changes, error);
        progress_at(&progress, ++back, redo->ids->len);
    }
    progress_end(&progress);
    output_end(output);
    if (good)
        say_changes(redo, changes);
    return good;
}

int cmd_redo(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    gboolean dry = FALSE;
    g_autofree char *kinds = NULL;
    const GOptionEntry own[] = {
        {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry, "write nothing; without MESSAGE: all that were entered", NULL},
        {"kinds", 0, 0, G_OPTION_ARG_FILENAME, &kinds, "with --dry-run: the folder of kinds to try", "DIR"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, "[MESSAGE|REFERENCE…]",
                   "Reads messages again (without arguments: those in quarantine) and shows what changed; no letter is written.", own,
                   &options, &error))
        return cmd_end(error);
    if (kinds && !dry) {
        g_set_error(&error, FAILURE, FAILURE_USAGE, "--kinds is for --dry-run; to read with them for good, set [general] filters");
        return cmd_end(error);
    }
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, dry ? LEDGER_READ : LEDGER_WRITE, &error) : NULL;
    g_autoptr(GArray) ids = ledger ? chosen(ledger, dry, argc, argv, &error) : NULL;
    Redo redo = {conf, ledger, ids, options.json};
    if (ids && !error && dry)
        shadow_run(&redo, kinds, &error);
    else if (ids && !error)
        read_again(&redo, &error);
    return cmd_end(error);
}
