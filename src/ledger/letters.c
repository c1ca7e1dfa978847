/* letters.c: the letters' rows and states. */
#include "base/clock.h"
#include "base/failure.h"
#include "ledger/entries.h"
#include "ledger/events.h"
#include "ledger/listing.h"
#include "ledger/sql.h"

#define LETTER_COLUMNS                                                                                                 \
    "SELECT id, coalesce(entry, 0), kind, state, recipient, message_id, subject, reason, bytes, attempts, created, "  \
    "next_try, sent_segment, sent_offset, coalesce(message, 0), coalesce(duty, 0), released_by FROM letters "

void ledger_letter_free(LedgerLetter *letter)
{
    if (!letter)
        return;
    g_free(letter->kind);
    g_free(letter->state);
    g_free(letter->recipient);
    g_free(letter->message_id);
    g_free(letter->subject);
    g_free(letter->reason);
    g_free(letter->released_by);
    g_clear_pointer(&letter->bytes, g_bytes_unref);
    g_free(letter);
}

static LedgerLetter *letter_from_row(sqlite3_stmt *row)
{
    LedgerLetter *letter = g_new0(LedgerLetter, 1);
    letter->id = sqlite3_column_int64(row, 0);
    letter->entry = sqlite3_column_int64(row, 1);
    letter->kind = sql_text(row, 2);
    letter->state = sql_text(row, 3);
    letter->recipient = sql_text(row, 4);
    letter->message_id = sql_text(row, 5);
    letter->subject = sql_text(row, 6);
    letter->reason = sql_text(row, 7);
    letter->bytes = g_bytes_new(sqlite3_column_blob(row, 8), (gsize)sqlite3_column_bytes(row, 8));
    letter->attempts = (guint)sqlite3_column_int(row, 9);
    letter->created = sqlite3_column_int64(row, 10);
    letter->next_try = sqlite3_column_int64(row, 11);
    letter->sent.segment = (guint32)sqlite3_column_int64(row, 12);
    letter->sent.offset = (guint64)sqlite3_column_int64(row, 13);
    letter->message = sqlite3_column_int64(row, 14);
    letter->duty = sqlite3_column_int64(row, 15);
    letter->released_by = sql_text(row, 16);
    return letter;
}

gboolean ledger_letter_add(Ledger *ledger, LedgerLetter *letter, const char *actor, GError **error)
{
    gsize length;
    const void *bytes = g_bytes_get_data(letter->bytes, &length);
    if (!sql_run(ledger, error,
                 "INSERT INTO letters (entry, message, kind, state, recipient, message_id, subject, bytes, reason,"
                 " created, next_try, sent_segment, sent_offset, duty)"
                 " VALUES (nullif(?, 0), nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0))",
                 "iitttttbtiiiii", letter->entry, letter->message, letter->kind, letter->state, letter->recipient,
                 letter->message_id, letter->subject, bytes, length, letter->reason, letter->created,
                 letter->next_try, (gint64)letter->sent.segment, (gint64)letter->sent.offset, letter->duty))
        return FALSE;
    letter->id = sqlite3_last_insert_rowid(ledger->db);
    return ledger_event(ledger, letter->entry, actor, g_str_equal(letter->state, "held") ? "letter-held" : "letter",
                        error, "letter", "i", letter->id, "kind", "t", letter->kind, "to", "t", letter->recipient,
                        "reason", "t", letter->reason, NULL);
}

char *ledger_letter_language(Ledger *ledger, gint64 entry, const char *address)
{
    sqlite3_stmt *row = sql_query(ledger, NULL,
                                  "SELECT coalesce((SELECT language FROM entries WHERE id = ?),"
                                  " (SELECT language FROM parties WHERE address = lower(?)))",
                                  "it", entry, address);
    char *language = row && sql_step(ledger, row, NULL) ? sql_text(row, 0) : NULL;
    if (row)
        sqlite3_reset(row);
    return language;
}

gboolean ledger_entry_trusted(Ledger *ledger, gint64 entry)
{
    return sql_int(ledger, 0,
                   "SELECT coalesce(auth, '') = 'pass' OR (coalesce(auth, '') <> 'fail' AND EXISTS (SELECT 1 FROM parties p"
                   " WHERE p.address = lower(sender_address))) FROM messages WHERE entry = ? AND stranger = 0"
                   " ORDER BY id DESC LIMIT 1",
                   "i", entry) == 1;
}

gint64 ledger_entry_due(Ledger *ledger, gint64 entry)
{
    return sql_int(ledger, 0,
                   "SELECT coalesce((SELECT min(due) FROM duties WHERE entry = e.id AND state = 'open'), e.due, 0)"
                   " FROM entries e WHERE id = ?",
                   "i", entry);
}

static void free_letter(gpointer letter)
{
    ledger_letter_free(letter);
}

GPtrArray *ledger_letters_due(Ledger *ledger, gint64 now, guint limit, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  LETTER_COLUMNS "WHERE state IN ('queued', 'sending') AND next_try <= ?"
                                                 " ORDER BY next_try, id LIMIT ?",
                                  "ii", now, (gint64)limit);
    if (!row)
        return NULL;
    g_autoptr(GPtrArray) letters = g_ptr_array_new_with_free_func(free_letter);
    while (sql_step(ledger, row, &failure))
        g_ptr_array_add(letters, letter_from_row(row));
    if (!failure)
        return g_steal_pointer(&letters);
    g_propagate_error(error, failure);
    return NULL;
}

LedgerLetter *ledger_letter_get(Ledger *ledger, gint64 id, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error, LETTER_COLUMNS "WHERE id = ?", "i", id);
    if (!sql_step(ledger, row, error))
        return NULL;
    LedgerLetter *letter = letter_from_row(row);
    sqlite3_reset(row);
    return letter;
}

gboolean ledger_letters(Ledger *ledger, const char *state, gint64 entry, LetterVisitor visit, gpointer user,
                        GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  LETTER_COLUMNS "WHERE (?1 IS NULL OR state = ?1) AND (?2 = 0 OR entry = ?2)"
                                                 " ORDER BY id",
                                  "ti", state, entry);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        g_autoptr(LedgerLetter) letter = letter_from_row(row);
        visit(letter, user);
    }
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

static gboolean committed(Ledger *ledger, gboolean good, GError **error)
{
    if (good)
        return ledger_commit(ledger, error);
    ledger_rollback(ledger);
    return FALSE;
}

/* Whether the last statement changed anything: a letter may meanwhile have come back, or been let go by somebody else. */
static gboolean changed(Ledger *ledger, gint64 id, const char *wanted, GError **error)
{
    if (sqlite3_changes(ledger->db) > 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_CONFLICT, "letter %" G_GINT64_FORMAT " is not %s", id, wanted);
    return FALSE;
}

static gint64 entry_of(Ledger *ledger, gint64 id)
{
    return sql_int(ledger, 0, "SELECT entry FROM letters WHERE id = ?", "i", id);
}

gboolean ledger_letters_placed(Ledger *ledger, const GPtrArray *letters, GError **error)
{
    gboolean good = TRUE;
    if (!ledger_begin(ledger, error))
        return FALSE;
    for (guint i = 0; good && i < letters->len; i++) {
        const LedgerLetter *letter = g_ptr_array_index(letters, i);
        good = sql_run(ledger, error, "UPDATE letters SET sent_segment = ?, sent_offset = ? WHERE id = ?", "iii",
                       (gint64)letter->sent.segment, (gint64)letter->sent.offset, letter->id);
    }
    return committed(ledger, good, error);
}

gboolean ledger_letters_postponed(Ledger *ledger, const GPtrArray *letters, GError **error)
{
    gboolean good = TRUE;
    if (!ledger_begin(ledger, error))
        return FALSE;
    for (guint i = 0; good && i < letters->len; i++) {
        const LedgerLetter *letter = g_ptr_array_index(letters, i);
        good = sql_run(ledger, error, "UPDATE letters SET next_try = ? WHERE id = ?", "ii", letter->next_try, letter->id);
    }
    return committed(ledger, good, error);
}

gboolean ledger_letter_sending(Ledger *ledger, gint64 id, FramePlace place, GError **error)
{
    if (!ledger_begin(ledger, error))
        return FALSE;
    return committed(ledger,
                     sql_run(ledger, error,
                             "UPDATE letters SET state = 'sending', attempts = attempts + 1, sent_segment = ?,"
                             " sent_offset = ? WHERE id = ? AND state IN ('queued', 'sending')",
                             "iii", (gint64)place.segment, (gint64)place.offset, id) &&
                         changed(ledger, id, "to be sent any more", error),
                     error);
}

gboolean ledger_letter_sent(Ledger *ledger, gint64 id, gint64 now, const char *answer, GError **error)
{
    if (!ledger_begin(ledger, error))
        return FALSE;
    return committed(ledger,
                     sql_run(ledger, error,
                             "UPDATE letters SET state = iif(state = 'bounced', state, 'sent'), sent = ?, answer = ?,"
                             " reason = iif(state = 'bounced', reason, NULL) WHERE id = ?",
                             "iti", now, answer, id) &&
                         ledger_event(ledger, entry_of(ledger, id), "courier", "letter-sent", error, "letter", "i", id,
                                      "answer", "t", answer, NULL),
                     error);
}

gboolean ledger_letter_again(Ledger *ledger, gint64 id, gint64 next_try, const char *why, GError **error)
{
    if (!ledger_begin(ledger, error))
        return FALSE;
    return committed(ledger,
                     sql_run(ledger, error,
                             "UPDATE letters SET state = 'queued', next_try = ?, reason = ? WHERE id = ? AND state <> 'bounced'",
                             "iti", next_try, why, id),
                     error);
}

/* The duty "reach this person" for letter ID, which did not arrive: once for each letter. */
static gboolean open_reach(Ledger *ledger, gint64 id, const char *zh, const char *en, const char *why, GError **error)
{
    return sql_run(ledger, error,
                   "INSERT INTO duties (key, origin, what, entry, address, why_zh, why_en, state, created)"
                   " SELECT 'reach/letter ' || id, 'bounce', 'reach', entry, recipient, ?1 || ?3, ?2 || ?3, 'open', ?4 FROM letters"
                   " WHERE id = ?5 AND kind NOT IN ('digest', 'notice') ON CONFLICT (key) DO NOTHING",
                   "tttii", zh, en, why, clock_now(), id);
}

gboolean ledger_letter_failed(Ledger *ledger, gint64 id, const char *why, GError **error)
{
    if (!ledger_begin(ledger, error))
        return FALSE;
    return committed(ledger,
                     sql_run(ledger, error, "UPDATE letters SET state = 'failed', reason = ? WHERE id = ? AND state <> 'bounced'",
                             "ti", why, id) &&
                         ledger_entry_attention(ledger, entry_of(ledger, id), "letter failed", error) &&
                         open_reach(ledger, id, "信件未能送达：", "a letter was refused: ", why, error) &&
                         ledger_event(ledger, entry_of(ledger, id), "courier", "letter-failed", error, "letter", "i", id,
                                      "why", "t", why, NULL),
                     error);
}

/* The letter that a query finds, with its entry in *RET_ENTRY; 0: none. */
static gint64 found_letter(Ledger *ledger, gint64 id, gint64 *ret_entry)
{
    *ret_entry = id ? entry_of(ledger, id) : 0;
    return id;
}

static gint64 letter_by_id(Ledger *ledger, const char *message_id, gint64 *ret_entry)
{
    return found_letter(ledger, sql_int(ledger, 0, "SELECT id FROM letters WHERE message_id = ?", "t", message_id), ret_entry);
}

gint64 ledger_letter_bounced(Ledger *ledger, const char *message_id, const char *why, gint64 *ret_entry, GError **error)
{
    gint64 id = letter_by_id(ledger, message_id, ret_entry);
    /* A letter that never left cannot come back, and one that came back does so once. */
    if (!id || !sql_int(ledger, 0, "SELECT 1 FROM letters WHERE id = ? AND state IN ('queued', 'sending', 'sent')", "i", id))
        return id;
    if (!sql_run(ledger, error, "UPDATE letters SET state = 'bounced', reason = ? WHERE id = ?", "ti", why, id) ||
        !ledger_entry_attention(ledger, *ret_entry, "letter bounced", error) ||
        !open_reach(ledger, id, "信件被退回：", "a letter came back: ", why, error) ||
        !ledger_event(ledger, *ret_entry, "intake", "letter-bounced", error, "letter", "i", id, "why", "t", why, NULL))
        return -1;
    return id;
}

gint64 ledger_letter_noted(Ledger *ledger, const char *message_id, const char *verb, const char *why, gint64 *ret_entry,
                           GError **error)
{
    gint64 id = letter_by_id(ledger, message_id, ret_entry);
    if (!id)
        return 0;
    return ledger_event(ledger, *ret_entry, "intake", verb, error, "letter", "i", id, "why", "t", why, NULL) ? id : -1;
}

gint64 ledger_letter_suspect(Ledger *ledger, const char *address, gint64 instant, const char *why, gint64 *ret_entry,
                             GError **error)
{
    gint64 id = found_letter(ledger,
                             sql_int(ledger, 0,
                                     "SELECT id FROM letters WHERE recipient IN (?1, lower(?1)) AND created >= ?2"
                                     " AND state = 'sent' ORDER BY id DESC LIMIT 1",
                                     "ti", address, instant),
                             ret_entry);
    if (!id)
        return 0;
    if (!sql_run(ledger, error,
                 "UPDATE entries SET attention = coalesce(attention, 'letter may have bounced'), version = version + 1 WHERE id = ?",
                 "i", *ret_entry) ||
        !ledger_entry_rank(ledger, *ret_entry, error) ||
        !ledger_event(ledger, *ret_entry, "intake", "letter-suspect", error, "letter", "i", id, "why", "t", why, NULL))
        return -1;
    return id;
}

/* Letter ID goes from one of the states FROM ("failed or bounced") to TO. */
static gboolean turn_letter(Ledger *ledger, gint64 id, const char *from, const char *to, const char *reason, const char *verb,
                            const char *actor, GError **error)
{
    return sql_run(ledger, error,
                   "UPDATE letters SET state = ?1, reason = ?2, next_try = ?3, attempts = 0,"
                   " released_by = CASE WHEN ?1 = 'queued' THEN ?4 END WHERE id = ?5 AND instr(?6, state) > 0",
                   "ttitit", to, reason, clock_now(), actor, id, from) &&
           changed(ledger, id, from, error) &&
           ledger_event(ledger, entry_of(ledger, id), actor, verb, error, "letter", "i", id, "reason", "t", reason, NULL);
}

gboolean ledger_letter_release(Ledger *ledger, gint64 id, const char *actor, GError **error)
{
    return turn_letter(ledger, id, "held", "queued", NULL, "letter-released", actor, error);
}

gboolean ledger_letter_hold(Ledger *ledger, gint64 id, const char *reason, const char *actor, GError **error)
{
    return turn_letter(ledger, id, "queued", "held", reason, "letter-held", actor, error);
}

gboolean ledger_letter_resend(Ledger *ledger, gint64 id, const char *actor, GError **error)
{
    return turn_letter(ledger, id, "failed or bounced", "queued", NULL, "letter-resent", actor, error);
}

gboolean ledger_letter_between(Ledger *ledger, const char *address, gint64 from, gint64 to)
{
    return sql_int(ledger, 0, "SELECT 1 FROM letters WHERE recipient IN (?1, lower(?1)) AND sent BETWEEN ?2 AND ?3 LIMIT 1", "tii",
                   address, from, to) != 0;
}

gint64 ledger_letter_due(Ledger *ledger)
{
    return sql_int(ledger, G_MAXINT64, "SELECT min(next_try) FROM letters WHERE state IN ('queued', 'sending')", "");
}

gboolean ledger_letters_reach(Ledger *ledger, const char *address, gint64 entry, gint64 instant, gint64 limit)
{
    if (limit <= 0)
        return TRUE;
    /* A limit above all letters there ever were is not reached: nothing need be counted. */
    if (sql_int(ledger, 0, "SELECT max(id) FROM letters", "") < limit)
        return FALSE;
    if (address)
        return sql_int(ledger, 0,
                       "SELECT 1 FROM letters WHERE recipient = ? AND created >= ? AND state <> 'held'"
                       " LIMIT 1 OFFSET ?",
                       "tii", address, instant, limit - 1) == 1;
    if (entry)
        return sql_int(ledger, 0,
                       "SELECT 1 FROM letters WHERE entry = ? AND created >= ? AND state <> 'held' LIMIT 1 OFFSET ?",
                       "iii", entry, instant, limit - 1) == 1;
    return sql_int(ledger, 0, "SELECT 1 FROM letters WHERE created >= ? AND state <> 'held' LIMIT 1 OFFSET ?", "ii",
                   instant, limit - 1) == 1;
}
