#include <string.h>
#include <unistd.h>

#include "base/failure.h"
#include "ledger/events.h"
#include "spool/segment.h"
#include "stages/enter.h"
#include "stages/unlock.h"

static guint encrypted_in(const Record *record)
{
    guint count = 0;
    for (guint i = 0; i < record->documents->len; i++)
        count += g_str_equal(((const Document *)g_ptr_array_index(record->documents, i))->status, "encrypted");
    return count;
}

static DoorResult *read_with(const Conf *conf, Door *door, const LedgerMessage *message, const char *password, GError **error)
{
    FrameInfo info;
    g_autofree char *spool = conf_path(conf, "general", "spool"), *segments = g_build_filename(spool, "segments", NULL);
    DoorJob job = {.text = TRUE, .password = password};
    job.fd = segment_open(segments, message->place, &info, &job.offset, error);
    if (job.fd < 0)
        return NULL;
    job.length = info.length;
    g_autoptr(DoorResult) result = door_read(door, &job);
    close(job.fd);
    if (!result->fault)
        return g_steal_pointer(&result);
    g_propagate_error(error, g_steal_pointer(&result->fault));
    return NULL;
}

static gboolean enter_again(Ledger *ledger, const Conf *conf, const LedgerMessage *message, const Record *record, const char *actor,
                            GError **error)
{
    guint letters = 0;
    g_autoptr(Enter) enter = enter_new(ledger, conf, NULL, error);
    if (!enter || !ledger_begin(ledger, error))
        return FALSE;
    if (enter_message(enter, message, record, &letters, error) &&
        ledger_event(ledger, message->entry, actor, "unlocked", error, "message", "i", message->id, NULL))
        return ledger_commit(ledger, error);
    ledger_rollback(ledger);
    return FALSE;
}

gboolean unlock_message(Ledger *ledger, const Conf *conf, Door *door, gint64 message, const char *password, const char *actor,
                        GError **error)
{
    LedgerMessage facts = {0};
    if (!ledger_message_get(ledger, message, &facts, error))
        return FALSE;
    if (!facts.entry) {
        g_set_error(error, FAILURE, FAILURE_DATA, "message %" G_GINT64_FORMAT " stands under no entry", message);
        return FALSE;
    }
    g_autoptr(DoorResult) without = read_with(conf, door, &facts, NULL, error);
    g_autoptr(DoorResult) with = without ? read_with(conf, door, &facts, password, error) : NULL;
    if (!with)
        return FALSE;
    if (encrypted_in(with->record) >= encrypted_in(without->record)) {
        g_set_error(error, FAILURE, FAILURE_DATA, "nothing in message %" G_GINT64_FORMAT " is opened by this password", message);
        return FALSE;
    }
    return enter_again(ledger, conf, &facts, with->record, actor, error);
}
