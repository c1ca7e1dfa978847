#include <stdio.h>

#include "ledger/lookup.h"
#include "ledger/sql.h"

#define TEXT(row, n) ((const char *)sqlite3_column_text(row, n))

static gboolean settled(GError *failure, GError **error)
{
    if (failure)
        g_propagate_error(error, failure);
    return failure == NULL;
}

/* --- an entry and its documents ------------------------------------------------------------------------------------------ */

#define DOCUMENTS                                                                                                                 \
    "SELECT d.id, d.entry, d.message, d.path, d.segment, d.filename, d.sha256, d.bytes, d.mime, d.status, d.reader,"              \
    " coalesce(d.pages, -1), d.kind, d.guess, d.confidence, d.state, d.version, coalesce(d.supersedes, 0),"                       \
    " coalesce((SELECT max(n.id) FROM documents n WHERE n.about = d.about AND n.supersedes = d.id), 0),"                          \
    " m.received, m.stranger, e.reference"                                                                                        \
    " FROM documents d JOIN messages m ON m.id = d.message JOIN entries e ON e.id = d.entry "

static void visit_document(sqlite3_stmt *row, LookupDocumentVisitor visit, gpointer user)
{
    LookupDocument document = {
        .facts = {.id = sqlite3_column_int64(row, 0),
                  .entry = sqlite3_column_int64(row, 1),
                  .message = sqlite3_column_int64(row, 2),
                  .path = TEXT(row, 3),
                  .segment = (guint)sqlite3_column_int(row, 4),
                  .filename = TEXT(row, 5),
                  .sha256 = TEXT(row, 6),
                  .bytes = (guint64)sqlite3_column_int64(row, 7),
                  .mime = TEXT(row, 8),
                  .status = TEXT(row, 9),
                  .reader = TEXT(row, 10),
                  .pages = sqlite3_column_int(row, 11),
                  .kind = TEXT(row, 12),
                  .guess = TEXT(row, 13),
                  .confidence = sqlite3_column_double(row, 14),
                  .state = TEXT(row, 15)},
        .version = sqlite3_column_int(row, 16),
        .supersedes = sqlite3_column_int64(row, 17),
        .superseded_by = sqlite3_column_int64(row, 18),
        .received = sqlite3_column_int64(row, 19),
        .stranger = sqlite3_column_int(row, 20),
        .reference = TEXT(row, 21),
    };
    visit(&document, user);
}

static gboolean visit_documents(Ledger *ledger, sqlite3_stmt *row, LookupDocumentVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        visit_document(row, visit, user);
    return settled(failure, error);
}

gboolean lookup_documents(Ledger *ledger, gint64 entry, LookupDocumentVisitor visit, gpointer user, GError **error)
{
    return visit_documents(ledger, sql_query(ledger, error, DOCUMENTS "WHERE d.entry = ? ORDER BY d.id", "i", entry), visit, user,
                           error);
}

gboolean lookup_document(Ledger *ledger, gint64 id, LookupDocumentVisitor visit, gpointer user, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error, DOCUMENTS "WHERE d.id = ?", "i", id);
    if (!sql_step(ledger, row, error))
        return FALSE;
    visit_document(row, visit, user);
    sqlite3_reset(row);
    return TRUE;
}

gboolean lookup_documents_from(Ledger *ledger, const char *address, LookupDocumentVisitor visit, gpointer user, GError **error)
{
    return visit_documents(ledger,
                           sql_query(ledger, error,
                                     DOCUMENTS "WHERE d.entry IN (SELECT entry FROM entry_addresses WHERE address = lower(?1))"
                                               " AND lower(m.sender_address) = lower(?1) ORDER BY d.id DESC LIMIT 200",
                                     "t", address),
                           visit, user, error);
}

gboolean lookup_fields(Ledger *ledger, gint64 document, LookupFieldVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT id, value, shown, confidence, place, box, origin, corrected_by, coalesce(corrected, 0)"
                                  " FROM fields WHERE document = ? ORDER BY id",
                                  "i", document);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        LedgerField field = {
            .id = TEXT(row, 0),
            .value = TEXT(row, 1),
            .shown = TEXT(row, 2),
            .confidence = sqlite3_column_double(row, 3),
            .place = TEXT(row, 4),
            .origin = TEXT(row, 6),
        };
        const char *box = TEXT(row, 5);
        if (box && sscanf(box, "%lf %lf %lf %lf %lf", &field.box[0], &field.box[1], &field.box[2], &field.box[3], &field.box[4]) != 5)
            field.box[0] = 0;
        visit(&field, TEXT(row, 7), sqlite3_column_int64(row, 8), user);
    }
    return settled(failure, error);
}

static char *text_of(Ledger *ledger, sqlite3_stmt *row)
{
    if (!sql_step(ledger, row, NULL))
        return NULL;
    char *text = sql_text(row, 0);
    sqlite3_reset(row);
    return text;
}

char *lookup_auth(Ledger *ledger, gint64 message)
{
    return text_of(ledger, sql_query(ledger, NULL, "SELECT auth FROM messages WHERE id = ?", "i", message));
}

char *lookup_reference(Ledger *ledger, gint64 entry)
{
    return text_of(ledger, sql_query(ledger, NULL, "SELECT reference FROM entries WHERE id = ?", "i", entry));
}

char *lookup_language(Ledger *ledger, gint64 entry)
{
    return text_of(ledger, sql_query(ledger, NULL, "SELECT language FROM entries WHERE id = ?", "i", entry));
}

gboolean lookup_addresses(Ledger *ledger, gint64 entry, LookupTextVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error, "SELECT address FROM entry_addresses WHERE entry = ? ORDER BY address", "i", entry);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        visit(TEXT(row, 0), user);
    return settled(failure, error);
}

gboolean lookup_proposals(Ledger *ledger, gint64 entry, LookupProposalVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT DISTINCT p.id, p.title, p.organisation, p.leader, p.state FROM proposals p"
                                  " JOIN proposal_parts pp ON pp.proposal = p.id JOIN documents d ON d.id = pp.document"
                                  " WHERE d.entry = ? ORDER BY p.id",
                                  "i", entry);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        visit(sqlite3_column_int64(row, 0), TEXT(row, 1), TEXT(row, 2), TEXT(row, 3), TEXT(row, 4), user);
    return settled(failure, error);
}

gboolean lookup_parts(Ledger *ledger, gint64 proposal, LookupDocumentVisitor visit, gpointer user, GError **error)
{
    return visit_documents(ledger,
                           sql_query(ledger, error,
                                     DOCUMENTS "JOIN proposal_parts pp ON pp.document = d.id WHERE pp.proposal = ?"
                                               " AND NOT EXISTS (SELECT 1 FROM documents n WHERE n.about = d.about AND n.supersedes = d.id)"
                                               " ORDER BY d.id",
                                     "i", proposal),
                           visit, user, error);
}

gboolean lookup_last_event(Ledger *ledger, gint64 entry, char **ret_actor, char **ret_verb, gint64 *ret_at)
{
    sqlite3_stmt *row =
        sql_query(ledger, NULL, "SELECT actor, verb, at FROM events WHERE entry = ? ORDER BY id DESC LIMIT 1", "i", entry);
    if (!sql_step(ledger, row, NULL))
        return FALSE;
    *ret_actor = sql_text(row, 0);
    *ret_verb = sql_text(row, 1);
    *ret_at = sqlite3_column_int64(row, 2);
    sqlite3_reset(row);
    return TRUE;
}

/* --- what changed -------------------------------------------------------------------------------------------------------- */

gint64 lookup_newest_event(Ledger *ledger)
{
    return sql_int(ledger, 0, "SELECT max(id) FROM events", "");
}

GArray *lookup_changed(Ledger *ledger, gint64 event, guint limit, GError **error)
{
    GError *failure = NULL;
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(gint64));
    sqlite3_stmt *row = sql_query(ledger, &failure, "SELECT DISTINCT entry FROM events WHERE id > ? AND entry IS NOT NULL LIMIT ?",
                                  "ii", event, (gint64)limit);
    while (row && sql_step(ledger, row, &failure)) {
        gint64 id = sqlite3_column_int64(row, 0);
        g_array_append_val(entries, id);
    }
    if (!failure)
        return entries;
    g_propagate_error(error, failure);
    g_array_unref(entries);
    return NULL;
}

/* --- letters --------------------------------------------------------------------------------------------------------------- */

#define LETTERS                                                                                                                   \
    "SELECT l.id, coalesce(l.entry, 0), coalesce(l.message, 0), coalesce(l.duty, 0), l.created, coalesce(l.sent, 0), l.next_try," \
    " e.reference, l.kind, l.state, l.recipient, l.message_id, l.subject, l.reason, l.answer, l.released_by, l.attempts"          \
    " FROM letters l LEFT JOIN entries e ON e.id = l.entry "

static void visit_letter(sqlite3_stmt *row, LookupLetterVisitor visit, gpointer user)
{
    LookupLetter letter = {
        .id = sqlite3_column_int64(row, 0),
        .entry = sqlite3_column_int64(row, 1),
        .message = sqlite3_column_int64(row, 2),
        .duty = sqlite3_column_int64(row, 3),
        .created = sqlite3_column_int64(row, 4),
        .sent = sqlite3_column_int64(row, 5),
        .next_try = sqlite3_column_int64(row, 6),
        .reference = TEXT(row, 7),
        .kind = TEXT(row, 8),
        .state = TEXT(row, 9),
        .recipient = TEXT(row, 10),
        .message_id = TEXT(row, 11),
        .subject = TEXT(row, 12),
        .reason = TEXT(row, 13),
        .answer = TEXT(row, 14),
        .released_by = TEXT(row, 15),
        .attempts = (guint)sqlite3_column_int(row, 16),
    };
    visit(&letter, user);
}

/* What is asked for decides which index it goes by. */
static sqlite3_stmt *query_letters(Ledger *ledger, const char *state, gint64 entry, gint64 from, gint64 limit, GError **error)
{
    if (entry)
        return sql_query(ledger, error, LETTERS "WHERE l.entry = ?1 AND (?2 IS NULL OR l.state = ?2) AND +l.id < ?3 ORDER BY +l.id DESC LIMIT ?4",
                         "itii", entry, state, from, limit);
    if (state)
        return sql_query(ledger, error, LETTERS "WHERE l.state = ? AND l.id < ? ORDER BY l.id DESC LIMIT ?", "tii", state, from, limit);
    return sql_query(ledger, error, LETTERS "WHERE l.id < ? ORDER BY l.id DESC LIMIT ?", "ii", from, limit);
}

gboolean lookup_letters(Ledger *ledger, const char *state, gint64 entry, gint64 before, guint limit, LookupLetterVisitor visit,
                        gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = query_letters(ledger, state, entry, before ? before : G_MAXINT64, (gint64)limit, error);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        visit_letter(row, visit, user);
    return settled(failure, error);
}

gboolean lookup_letter(Ledger *ledger, gint64 id, LookupLetterVisitor visit, gpointer user, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error, LETTERS "WHERE l.id = ?", "i", id);
    if (!sql_step(ledger, row, error))
        return FALSE;
    visit_letter(row, visit, user);
    sqlite3_reset(row);
    return TRUE;
}

/* --- experts -------------------------------------------------------------------------------------------------------------- */

void lookup_figures(Ledger *ledger, gint64 party, gint64 now, LookupFigures *ret)
{
    *ret = (LookupFigures){0};
    sqlite3_stmt *row = sql_query(ledger, NULL,
                                  "SELECT count(*), sum(p.state = 'attended'), sum(p.state = 'absent'), sum(p.state = 'excused')"
                                  " FROM participants p JOIN meetings m ON m.id = p.meeting WHERE p.party = ? AND m.ends < ?"
                                  " AND m.state = 'planned'",
                                  "ii", party, now);
    if (sql_step(ledger, row, NULL)) {
        ret->meetings = sqlite3_column_int64(row, 0);
        ret->attended = sqlite3_column_int64(row, 1);
        ret->absent = sqlite3_column_int64(row, 2);
        ret->excused = sqlite3_column_int64(row, 3);
        sqlite3_reset(row);
    }
    row = sql_query(ledger, NULL,
                    "SELECT sum(state IN ('open', 'claimed')), sum(state = 'met'), sum(state = 'met' AND settled > due)"
                    " FROM duties WHERE party = ?",
                    "i", party);
    if (sql_step(ledger, row, NULL)) {
        ret->duties_open = sqlite3_column_int64(row, 0);
        ret->duties_met = sqlite3_column_int64(row, 1);
        ret->duties_late = sqlite3_column_int64(row, 2);
        sqlite3_reset(row);
    }
    ret->contributions =
        sql_int(ledger, 0,
                "SELECT count(*) FROM parties p JOIN entry_addresses a ON a.address = p.address JOIN documents d ON d.entry = a.entry"
                " JOIN messages m ON m.id = d.message AND lower(m.sender_address) = p.address WHERE p.id = ?"
                " AND d.state IN ('accepted', 'complete') AND d.kind NOT IN ('unknown', 'expert-application', 'meeting-registration')",
                "i", party);
}

gboolean lookup_meetings_of(Ledger *ledger, gint64 party, LookupMeetingVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT m.id, m.name, m.first_day, m.last_day, p.state FROM participants p"
                                  " JOIN meetings m ON m.id = p.meeting WHERE p.party = ? ORDER BY m.first_day DESC",
                                  "i", party);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        visit(sqlite3_column_int64(row, 0), TEXT(row, 1), TEXT(row, 2), TEXT(row, 3), TEXT(row, 4), user);
    return settled(failure, error);
}

/* --- the machinery ---------------------------------------------------------------------------------------------------------- */

/* The inner statement reads the index arrivals_uid only, which has the id in each of its rows. */
gboolean lookup_sources(Ledger *ledger, LookupSourceVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT substr(source, 1, instr(source || '/', '/') - 1) AS mailbox, sum(n),"
                                  " max((SELECT internal_date FROM arrivals WHERE id = last)) FROM (SELECT source, count(*) AS n,"
                                  " max(id) AS last FROM arrivals GROUP BY source) GROUP BY mailbox",
                                  "");
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        visit(TEXT(row, 0), sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2), user);
    return settled(failure, error);
}

gint64 lookup_letters_in(Ledger *ledger, const char *state)
{
    return sql_int(ledger, 0, "SELECT count(*) FROM letters WHERE state = ?", "t", state);
}

const char *lookup_library(void)
{
    return sqlite3_libversion();
}

int lookup_schema(Ledger *ledger)
{
    return (int)sql_int(ledger, 0, "PRAGMA user_version", "");
}
