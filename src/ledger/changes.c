/* changes.c: what people change. */
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "ledger/changes.h"
#include "ledger/cured.h"
#include "ledger/sql.h"

/* The numbers of a statement that gives one column of them; NULL on error. */
static GArray *numbers(Ledger *ledger, sqlite3_stmt *rows, GError **error)
{
    GError *failure = NULL;
    if (!rows)
        return NULL;
    GArray *all = g_array_new(FALSE, FALSE, sizeof(gint64));
    while (sql_step(ledger, rows, &failure)) {
        gint64 one = sqlite3_column_int64(rows, 0);
        g_array_append_val(all, one);
    }
    if (!failure)
        return all;
    g_propagate_error(error, failure);
    g_array_unref(all);
    return NULL;
}

/* The first row's only text; NULL when there is none. */
static char *first_text(Ledger *ledger, sqlite3_stmt *row)
{
    if (!sql_step(ledger, row, NULL))
        return NULL;
    char *text = sql_text(row, 0);
    sqlite3_reset(row);
    return text;
}

/* --- entries --------------------------------------------------------------------------------------------------------- */

gboolean ledger_entry_touch(Ledger *ledger, gint64 entry, GError **error)
{
    return sql_run(ledger, error, "UPDATE entries SET version = version + 1 WHERE id = ?", "i", entry);
}

gint64 ledger_user_find(Ledger *ledger, const char *name)
{
    return sql_int(ledger, 0, "SELECT id FROM users WHERE name = ? AND disabled IS NULL", "t", name);
}

gboolean ledger_entry_assign(Ledger *ledger, gint64 entry, const char *user, GError **error)
{
    gint64 id = user ? ledger_user_find(ledger, user) : 0;
    if (user && !id) {
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no user '%s'", user);
        return FALSE;
    }
    return sql_run(ledger, error, "UPDATE entries SET assignee = nullif(?, 0), version = version + 1 WHERE id = ?", "ii", id, entry);
}

gint64 ledger_entry_current(Ledger *ledger, gint64 entry)
{
    return sql_int(ledger, entry, "SELECT merged_into FROM entries WHERE id = ?", "i", entry);
}

/* --- documents ------------------------------------------------------------------------------------------------------- */

#define OWN "SELECT d.id FROM documents d JOIN messages m ON m.id = d.message WHERE d.entry = ? AND m.stranger = 0"

GArray *ledger_documents_which(Ledger *ledger, gint64 entry, DocumentsWhich which, GError **error)
{
    static const char *const texts[] = {
        [DOCUMENTS_UNDECIDED] = OWN " AND d.state IN ('review', 'waiting', 'complete') ORDER BY d.id",
        [DOCUMENTS_DECIDED] = OWN " AND d.state IN ('accepted', 'rejected', 'closed')"
                                  " AND NOT EXISTS (SELECT 1 FROM documents n WHERE n.supersedes = d.id) ORDER BY d.id",
        [DOCUMENTS_ALL] = OWN " ORDER BY d.id",
    };
    return numbers(ledger, sql_query(ledger, error, texts[which], "i", entry), error);
}

gint64 ledger_documents_held(Ledger *ledger, gint64 entry)
{
    return sql_int(ledger, 0, "SELECT count(*) FROM documents WHERE entry = ?", "i", entry);
}

gint64 ledger_document_entry(Ledger *ledger, gint64 document, char **ret_state)
{
    *ret_state = first_text(ledger, sql_query(ledger, NULL, "SELECT state FROM documents WHERE id = ?", "i", document));
    return sql_int(ledger, 0, "SELECT entry FROM documents WHERE id = ?", "i", document);
}

gboolean ledger_document_set_state(Ledger *ledger, gint64 document, const char *state, GError **error)
{
    return sql_run(ledger, error, "UPDATE documents SET state = ? WHERE id = ?", "ti", state, document);
}

gboolean ledger_document_settle(Ledger *ledger, gint64 document, GError **error)
{
    return sql_run(
        ledger, error,
        "UPDATE documents SET state = CASE"
        " WHEN state IN ('accepted', 'rejected', 'closed') THEN state"
        " WHEN EXISTS (SELECT 1 FROM findings f WHERE f.document = documents.id AND f.severity = 'error')"
        "  THEN CASE state WHEN 'waiting' THEN 'waiting' ELSE 'review' END"
        " WHEN kind = 'unknown' OR EXISTS (SELECT 1 FROM corrections c WHERE c.document = documents.id AND c.field = 'kind')"
        "  OR EXISTS (SELECT 1 FROM messages m WHERE m.id = documents.message AND m.stranger = 1)"
        "  OR EXISTS (SELECT 1 FROM findings f WHERE f.document = documents.id AND f.rule = 'kind-uncertain')"
        "  OR EXISTS (SELECT 1 FROM fields v WHERE v.document = documents.id AND v.origin = 'read' AND v.confidence < ?2)"
        "  THEN 'review' ELSE 'complete' END WHERE id = ?1",
        "ir", document, DOUBTFUL);
}

gboolean ledger_message_settle(Ledger *ledger, gint64 message, GError **error)
{
    gboolean good = TRUE;
    g_autoptr(GArray) documents =
        numbers(ledger, sql_query(ledger, error, "SELECT id FROM documents WHERE message = ?", "i", message), error);
    for (guint i = 0; documents && good && i < documents->len; i++)
        good = ledger_document_settle(ledger, g_array_index(documents, gint64, i), error);
    if (!documents || !good)
        return FALSE;
    g_autoptr(GArray) entries =
        numbers(ledger, sql_query(ledger, error, "SELECT DISTINCT entry FROM documents WHERE message = ?", "i", message), error);
    for (guint i = 0; entries && good && i < entries->len; i++)
        good = ledger_entry_settle(ledger, g_array_index(entries, gint64, i), "review", error);
    return entries && good;
}

/* --- corrections ----------------------------------------------------------------------------------------------------- */

char *ledger_field_value(Ledger *ledger, gint64 document, const char *field)
{
    return first_text(ledger, sql_query(ledger, NULL, "SELECT value FROM fields WHERE document = ? AND id = ?", "it", document, field));
}

static gboolean note(Ledger *ledger, gint64 document, const char *field, const char *was, const char *became, double confidence,
                     const char *actor, GError **error)
{
    return sql_run(ledger, error,
                   "INSERT INTO corrections (document, field, was, became, confidence, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                   "itttrti", document, field, was, became, confidence, actor, clock_now());
}

gboolean ledger_correct(Ledger *ledger, gint64 document, const char *field, const char *value, const char *shown, const char *actor,
                        GError **error)
{
    g_autofree char *was = ledger_field_value(ledger, document, field);
    double confidence = 0;
    sqlite3_stmt *row = sql_query(ledger, NULL, "SELECT confidence FROM fields WHERE document = ? AND id = ?", "it", document, field);
    if (sql_step(ledger, row, NULL)) {
        confidence = sqlite3_column_double(row, 0);
        sqlite3_reset(row);
    }
    /* What was read stays where it stood: the desk shows the place beside the value. A value that there is not is kept as null, so
     * that no later reading brings it back. */
    return note(ledger, document, field, was, value, confidence, actor, error) &&
           sql_run(ledger, error,
                   "INSERT INTO fields (document, id, value, shown, confidence, origin, corrected_by, corrected)"
                   " VALUES (?1, ?2, coalesce(?3, 'null'), coalesce(?4, ''), 1, 'person', ?5, ?6) ON CONFLICT (document, id) DO UPDATE"
                   " SET value = excluded.value, shown = excluded.shown, origin = 'person', corrected_by = excluded.corrected_by,"
                   " corrected = excluded.corrected",
                   "itttti", document, field, value, shown, actor, clock_now()) &&
           sql_run(ledger, error,
                   "DELETE FROM findings WHERE document = ?1 AND field = ?2 AND " CURED, "it", document, field);
}

gboolean ledger_kind_occurs(Ledger *ledger, const char *kind)
{
    return sql_int(ledger, 0, "SELECT EXISTS (SELECT 1 FROM documents WHERE kind = ?)", "t", kind) != 0;
}

gboolean ledger_correct_kind(Ledger *ledger, gint64 document, const char *kind, const char *actor, GError **error)
{
    g_autofree char *was = first_text(ledger, sql_query(ledger, NULL, "SELECT kind FROM documents WHERE id = ?", "i", document));
    double confidence = 0;
    sqlite3_stmt *row = sql_query(ledger, NULL, "SELECT confidence FROM documents WHERE id = ?", "i", document);
    if (sql_step(ledger, row, NULL)) {
        confidence = sqlite3_column_double(row, 0);
        sqlite3_reset(row);
    }
    return note(ledger, document, "kind", was, kind, confidence, actor, error) &&
           sql_run(ledger, error,
                   "UPDATE documents SET kind = ?, guess = NULL, state = CASE WHEN state IN ('accepted', 'rejected', 'closed')"
                   " THEN state ELSE 'review' END WHERE id = ?",
                   "ti", kind, document) &&
           sql_run(ledger, error, "DELETE FROM findings WHERE document = ? AND rule NOT IN (" ANY_KIND ")", "i", document);
}

/* --- moving ---------------------------------------------------------------------------------------------------------- */

gboolean ledger_documents_move(Ledger *ledger, const gint64 *documents, guint count, gint64 to, GError **error)
{
    for (guint i = 0; i < count; i++)
        if (!sql_run(ledger, error, "UPDATE documents SET entry = ? WHERE id = ?", "ii", to, documents[i]) ||
            !sql_run(ledger, error, "UPDATE findings SET entry = ? WHERE document = ?", "ii", to, documents[i]))
            return FALSE;
    for (guint i = 0; i < count; i++)
        if (!sql_run(ledger, error,
                     "UPDATE messages SET entry = ?1 WHERE id = (SELECT message FROM documents WHERE id = ?2)"
                     " AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.message = messages.id AND d.entry <> ?1)",
                     "ii", to, documents[i]))
            return FALSE;
    return sql_run(ledger, error,
                   "UPDATE findings SET entry = ?1 WHERE document IS NULL AND message IN (SELECT id FROM messages WHERE entry = ?1)",
                   "i", to);
}

gboolean ledger_entry_merge(Ledger *ledger, gint64 from, gint64 into, GError **error)
{
    static const char *const texts[] = {
        "UPDATE messages SET entry = ?2 WHERE entry = ?1",
        "UPDATE documents SET entry = ?2 WHERE entry = ?1",
        "UPDATE findings SET entry = ?2 WHERE entry = ?1",
        "UPDATE letters SET entry = ?2 WHERE entry = ?1",
        "UPDATE duties SET entry = ?2 WHERE entry = ?1",
        "INSERT OR IGNORE INTO entry_addresses (entry, address) SELECT ?2, address FROM entry_addresses WHERE entry = ?1",
        "UPDATE entries SET due = (SELECT min(due) FROM entries WHERE id IN (?1, ?2)) WHERE id = ?2",
        "UPDATE entries SET merged_into = ?2 WHERE id = ?1 OR merged_into = ?1",
        "UPDATE entries SET attention = NULL, due = NULL WHERE id = ?1",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (!sql_run(ledger, error, texts[i], "ii", from, into))
            return FALSE;
    return TRUE;
}

/* --- whom to write to ------------------------------------------------------------------------------------------------ */

void ledger_thread_clear(LedgerThread *thread)
{
    g_clear_pointer(&thread->message_id, g_free);
    g_clear_pointer(&thread->auth, g_free);
    g_clear_pointer(&thread->subject, g_free);
    g_clear_pointer(&thread->thread, g_ptr_array_unref);
}

gboolean ledger_entry_thread(Ledger *ledger, gint64 entry, LedgerThread *ret, GError **error)
{
    GError *failure = NULL;
    *ret = (LedgerThread){.thread = g_ptr_array_new_with_free_func(g_free)};
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT id, message_id, auth, subject FROM messages WHERE entry = ? AND stranger = 0"
                                  " AND state = 'done' ORDER BY id",
                                  "i", entry);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        g_autoptr(GPtrArray) thread = g_steal_pointer(&ret->thread);
        ledger_thread_clear(ret);
        *ret = (LedgerThread){sqlite3_column_int64(row, 0), sql_text(row, 1), sql_text(row, 2), sql_text(row, 3), NULL};
        ret->thread = g_steal_pointer(&thread);
        if (ret->message_id)
            g_ptr_array_add(ret->thread, g_strdup(ret->message_id));
    }
    g_ptr_array_add(ret->thread, NULL);
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}
