/* messages.c: frames indexed as arrivals, and the messages they carry. */
#include <string.h>

#include "base/failure.h"
#include "ledger/entries.h"
#include "ledger/events.h"
#include "ledger/sql.h"

#define HASH_BYTES 32

guint64 ledger_indexed(Ledger *ledger, guint32 number)
{
    return (guint64)sql_int(ledger, 0, "SELECT indexed FROM segments WHERE number = ?", "i", (gint64)number);
}

gboolean ledger_set_indexed(Ledger *ledger, guint32 number, guint64 offset, GError **error)
{
    return sql_run(ledger, error,
                   "INSERT INTO segments (number, indexed) VALUES (?, ?)"
                   " ON CONFLICT (number) DO UPDATE SET indexed = max(indexed, excluded.indexed)",
                   "ii", (gint64)number, (gint64)offset);
}

gboolean ledger_arrival_add(Ledger *ledger, const FrameInfo *info, FramePlace place, gboolean marked,
                            gint64 *ret_message, gboolean *ret_new, GError **error)
{
    gboolean erased = (info->flags & FRAME_ERASED) != 0;
    *ret_new = FALSE;
    *ret_message = sql_int(ledger, 0, "SELECT id FROM messages WHERE sha256 = ?", "b", info->sha256, (gsize)HASH_BYTES);
    if (*ret_message == 0) {
        if (!sql_run(ledger, error,
                     "INSERT INTO messages (sha256, bytes, state, received, flags) VALUES (?, ?, ?, ?, ?)", "bitii",
                     info->sha256, (gsize)HASH_BYTES, (gint64)info->length, erased ? "erased" : "new",
                     info->internal_date, (gint64)info->flags))
            return FALSE;
        *ret_message = sqlite3_last_insert_rowid(ledger->db);
        *ret_new = !erased;
    }
    return sql_run(ledger, error,
                   "INSERT OR IGNORE INTO arrivals (message, segment, \"offset\", source, uidvalidity, uid,"
                   " internal_date, flags, marked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   "iiitiiiii", *ret_message, (gint64)place.segment, (gint64)place.offset, info->source,
                   (gint64)info->uidvalidity, (gint64)info->uid, info->internal_date, (gint64)info->flags,
                   (gint64)(marked || info->uid == 0));
}

#define MESSAGE_COLUMNS                                                                                                \
    "SELECT m.id, m.attempts, m.flags, m.received, m.sha256,"                                                         \
    " (SELECT a.segment FROM arrivals a WHERE a.message = m.id ORDER BY a.id LIMIT 1),"                               \
    " (SELECT a.\"offset\" FROM arrivals a WHERE a.message = m.id ORDER BY a.id LIMIT 1), coalesce(m.entry, 0)"       \
    " FROM messages m "

static void message_from_row(sqlite3_stmt *row, LedgerMessage *message)
{
    memset(message, 0, sizeof *message);
    message->id = sqlite3_column_int64(row, 0);
    message->attempts = (guint)sqlite3_column_int(row, 1);
    message->flags = (guint32)sqlite3_column_int64(row, 2);
    message->received = sqlite3_column_int64(row, 3);
    if (sqlite3_column_bytes(row, 4) == HASH_BYTES)
        memcpy(message->sha256, sqlite3_column_blob(row, 4), HASH_BYTES);
    message->place.segment = (guint32)sqlite3_column_int64(row, 5);
    message->place.offset = (guint64)sqlite3_column_int64(row, 6);
    message->entry = sqlite3_column_int64(row, 7);
}

GArray *ledger_messages_new(Ledger *ledger, guint limit, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  MESSAGE_COLUMNS "WHERE m.state = 'new' ORDER BY m.id LIMIT ?", "i",
                                  (gint64)limit);
    if (!row)
        return NULL;
    GArray *messages = g_array_new(FALSE, FALSE, sizeof(LedgerMessage));
    while (sql_step(ledger, row, &failure)) {
        LedgerMessage message;
        message_from_row(row, &message);
        g_array_append_val(messages, message);
    }
    if (!failure)
        return messages;
    g_propagate_error(error, failure);
    g_array_unref(messages);
    return NULL;
}

GArray *ledger_messages_entered(Ledger *ledger, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error, "SELECT id FROM messages WHERE state = 'done' AND entry IS NOT NULL ORDER BY id", "");
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    while (row && sql_step(ledger, row, &failure)) {
        gint64 id = sqlite3_column_int64(row, 0);
        g_array_append_val(ids, id);
    }
    if (failure)
        g_propagate_error(error, failure);
    return row && !failure ? g_steal_pointer(&ids) : NULL;
}

gboolean ledger_message_get(Ledger *ledger, gint64 id, LedgerMessage *ret, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error, MESSAGE_COLUMNS "WHERE m.id = ?", "i", id);
    if (!sql_step(ledger, row, error))
        return FALSE;
    message_from_row(row, ret);
    sqlite3_reset(row);
    return TRUE;
}

gboolean ledger_message_attempt(Ledger *ledger, gint64 id, int delta, GError **error)
{
    return sql_run(ledger, error, "UPDATE messages SET attempts = max(0, attempts + ?) WHERE id = ?", "ii",
                   (gint64)delta, id);
}

gboolean ledger_message_quarantine(Ledger *ledger, gint64 id, const char *reason, GError **error)
{
    return sql_run(ledger, error, "UPDATE messages SET state = 'quarantined', reason = ? WHERE id = ?", "ti", reason,
                   id) &&
           ledger_event(ledger, 0, "intake", "quarantined", error, "message", "i", id, "reason", "t", reason, NULL);
}

gboolean ledger_message_redo(Ledger *ledger, gint64 id, const char *actor, GError **error)
{
    if (sql_int(ledger, 0, "SELECT count(*) FROM messages WHERE id = ? AND state IN ('done', 'quarantined')", "i",
                id) == 0) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "there is no message %" G_GINT64_FORMAT " that could be redone", id);
        return FALSE;
    }
    return sql_run(ledger, error, "UPDATE messages SET state = 'new', attempts = 0, reason = NULL WHERE id = ?", "i",
                   id) &&
           ledger_event(ledger, 0, actor, "redo", error, "message", "i", id, NULL);
}

gboolean ledger_message_done(Ledger *ledger, gint64 id, const MessageFacts *facts, GError **error)
{
    return sql_run(ledger, error,
                   "UPDATE messages SET state = 'done', reason = NULL, route = ?, message_id = ?, sender_name = ?,"
                   " sender_address = ?, subject = ?, date = ?, auth = ?, in_reply_to = ?, attachments = ?,"
                   " stranger = ?, entry = nullif(?, 0) WHERE id = ?",
                   "ttttttttbiii", facts->route, facts->message_id, facts->sender_name, facts->sender_address,
                   facts->subject, facts->date, facts->auth, facts->in_reply_to, facts->attachments,
                   facts->attachments ? (gsize)HASH_BYTES : (gsize)0, (gint64)facts->stranger, facts->entry, id);
}

gint64 ledger_message_twin(Ledger *ledger, const char *message_id, const char *sender, const guint8 *attachments,
                           gint64 *ret_entry)
{
    gint64 id = 0;
    *ret_entry = 0;
    sqlite3_stmt *row = sql_query(ledger, NULL,
                                  "SELECT id, entry FROM messages WHERE message_id = ? AND state = 'done'"
                                  " AND sender_address IS ? AND attachments IS ? AND route <> 'duplicate'"
                                  " ORDER BY id LIMIT 1",
                                  "ttb", message_id, sender, attachments,
                                  attachments ? (gsize)HASH_BYTES : (gsize)0);
    if (sql_step(ledger, row, NULL)) {
        id = sqlite3_column_int64(row, 0);
        *ret_entry = sqlite3_column_int64(row, 1);
        sqlite3_reset(row);
    }
    return id;
}

#define MESSAGES                                                                                                         \
    "SELECT m.id, coalesce(m.entry, 0), m.received, m.route, m.state, m.reason, m.sender_name, m.sender_address,"      \
    " m.subject, m.message_id, m.stranger,"                                                                            \
    " (SELECT a.segment FROM arrivals a WHERE a.message = m.id ORDER BY a.id LIMIT 1),"                                \
    " (SELECT a.\"offset\" FROM arrivals a WHERE a.message = m.id ORDER BY a.id LIMIT 1),"                             \
    " (SELECT count(*) FROM arrivals a WHERE a.message = m.id) FROM messages m "

/* Two statements, since one with OR would walk all messages. */
gboolean ledger_messages(Ledger *ledger, gint64 entry, MessageVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = entry ? sql_query(ledger, error, MESSAGES "WHERE m.entry = ? ORDER BY m.id", "i", entry)
                              : sql_query(ledger, error, MESSAGES "WHERE m.state = 'quarantined' ORDER BY m.id", "");
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        LedgerMessageRow message = {
            .id = sqlite3_column_int64(row, 0),
            .entry = sqlite3_column_int64(row, 1),
            .received = sqlite3_column_int64(row, 2),
            .route = (const char *)sqlite3_column_text(row, 3),
            .state = (const char *)sqlite3_column_text(row, 4),
            .reason = (const char *)sqlite3_column_text(row, 5),
            .sender_name = (const char *)sqlite3_column_text(row, 6),
            .sender_address = (const char *)sqlite3_column_text(row, 7),
            .subject = (const char *)sqlite3_column_text(row, 8),
            .message_id = (const char *)sqlite3_column_text(row, 9),
            .stranger = sqlite3_column_int(row, 10) != 0,
            .place = {(guint32)sqlite3_column_int64(row, 11), (guint64)sqlite3_column_int64(row, 12)},
            .arrivals = (guint)sqlite3_column_int(row, 13),
        };
        visit(&message, user);
    }
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

void ledger_mark_free(LedgerMark *mark)
{
    if (!mark)
        return;
    g_free(mark->source);
    g_free(mark);
}

GPtrArray *ledger_marks_pending(Ledger *ledger, guint limit, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT a.source, a.uidvalidity, a.uid FROM arrivals a JOIN messages m"
                                  " ON m.id = a.message WHERE a.marked = 0 AND m.state <> 'new'"
                                  " ORDER BY a.source LIMIT ?",
                                  "i", (gint64)limit);
    if (!row)
        return NULL;
    GPtrArray *marks = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_mark_free);
    while (sql_step(ledger, row, &failure)) {
        LedgerMark *mark = g_new0(LedgerMark, 1);
        mark->source = sql_text(row, 0);
        mark->uidvalidity = (guint32)sqlite3_column_int64(row, 1);
        mark->uid = (guint32)sqlite3_column_int64(row, 2);
        g_ptr_array_add(marks, mark);
    }
    if (!failure)
        return marks;
    g_propagate_error(error, failure);
    g_ptr_array_unref(marks);
    return NULL;
}

gboolean ledger_marked(Ledger *ledger, const char *source, guint32 uidvalidity, guint32 uid, GError **error)
{
    return sql_run(ledger, error,
                   "UPDATE arrivals SET marked = 1 WHERE source = ? AND uidvalidity = ? AND uid = ? AND marked = 0",
                   "tii", source, (gint64)uidvalidity, (gint64)uid);
}

gboolean ledger_has_uid(Ledger *ledger, const char *source, guint32 uidvalidity, guint32 uid)
{
    return sql_int(ledger, 0,
                   "SELECT count(*) FROM arrivals WHERE source = ? AND uidvalidity = ? AND uid = ?", "tii", source,
                   (gint64)uidvalidity, (gint64)uid) > 0;
}

gboolean ledger_arrival_known(Ledger *ledger, FramePlace place, const guint8 sha256[HASH_BYTES])
{
    return sql_int(ledger, 0,
                   "SELECT count(*) FROM arrivals a JOIN messages m ON m.id = a.message"
                   " WHERE a.segment = ? AND a.\"offset\" = ? AND m.sha256 = ?",
                   "iib", (gint64)place.segment, (gint64)place.offset, sha256, (gsize)HASH_BYTES) > 0;
}

gint64 ledger_count(Ledger *ledger, const char *what)
{
    static const struct {
        const char *what, *text;
    } counts[] = {
        {"messages", "SELECT count(*) FROM messages"},
        {"arrivals", "SELECT count(*) FROM arrivals"},
        {"entries", "SELECT count(*) FROM entries"},
        {"letters", "SELECT count(*) FROM letters"},
        {"duties", "SELECT count(*) FROM duties WHERE state IN ('open', 'claimed')"},
        {"new", "SELECT count(*) FROM messages WHERE state = 'new'"},
        {"quarantined", "SELECT count(*) FROM messages WHERE state = 'quarantined'"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++)
        if (g_str_equal(what, counts[i].what))
            return sql_int(ledger, 0, counts[i].text, "");
    g_assert_not_reached();
}
