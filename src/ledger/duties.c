#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "ledger/duties.h"
#include "ledger/events.h"
#include "ledger/listing.h"
#include "ledger/sql.h"

#define DUTY_COLUMNS                                                                                                             \
    "SELECT d.id, d.key, d.origin, d.what, coalesce(d.party, 0), coalesce(p.name, d.name), coalesce(p.address, d.address),"      \
    " coalesce(d.entry, 0), coalesce(d.meeting, 0), coalesce(d.ballot, 0), coalesce(d.document, 0), d.article, d.why_zh,"        \
    " d.why_en, coalesce(d.due, 0), d.state, d.held, coalesce(d.claimed, 0), coalesce(d.settled, 0), d.created, d.reason,"       \
    " p.contact, coalesce(e.language, p.language), e.reference, coalesce(e.year, 0), coalesce(e.number, 0), m.name,"             \
    " (SELECT count(*) FROM reminders r WHERE r.duty = d.id AND r.letter IS NOT NULL),"               \
    " coalesce(b.closes, 0) FROM duties d"                             \
    " LEFT JOIN parties p ON p.id = d.party LEFT JOIN entries e ON e.id = d.entry LEFT JOIN meetings m ON m.id = d.meeting"  \
    " LEFT JOIN ballots b ON b.id = d.ballot "

static void duty_from_row(sqlite3_stmt *row, DutyVisitor visit, gpointer user)
{
    LedgerDuty duty = {
        .id = sqlite3_column_int64(row, 0),
        .key = (const char *)sqlite3_column_text(row, 1),
        .origin = (const char *)sqlite3_column_text(row, 2),
        .what = (const char *)sqlite3_column_text(row, 3),
        .party = sqlite3_column_int64(row, 4),
        .name = (const char *)sqlite3_column_text(row, 5),
        .address = (const char *)sqlite3_column_text(row, 6),
        .entry = sqlite3_column_int64(row, 7),
        .meeting = sqlite3_column_int64(row, 8),
        .ballot = sqlite3_column_int64(row, 9),
        .document = sqlite3_column_int64(row, 10),
        .article = (const char *)sqlite3_column_text(row, 11),
        .why_zh = (const char *)sqlite3_column_text(row, 12),
        .why_en = (const char *)sqlite3_column_text(row, 13),
        .due = sqlite3_column_int64(row, 14),
        .state = (const char *)sqlite3_column_text(row, 15),
        .held = sqlite3_column_int(row, 16),
        .claimed = sqlite3_column_int64(row, 17),
        .settled = sqlite3_column_int64(row, 18),
        .created = sqlite3_column_int64(row, 19),
        .reason = (const char *)sqlite3_column_text(row, 20),
        .contact = (const char *)sqlite3_column_text(row, 21),
        .language = (const char *)sqlite3_column_text(row, 22),
        .reference = (const char *)sqlite3_column_text(row, 23),
        .year = sqlite3_column_int(row, 24),
        .number = sqlite3_column_int(row, 25),
        .meeting_name = (const char *)sqlite3_column_text(row, 26),
        .reminded = (guint)sqlite3_column_int(row, 27),
        .closes = sqlite3_column_int64(row, 28),
    };
    visit(&duty, user);
}

/* --- entering ------------------------------------------------------------------------------------------------------- */

static gboolean insert(Ledger *ledger, const LedgerDuty *duty, const char *actor, gint64 *ret_id, GError **error)
{
    if (!sql_run(ledger, error,
                 "INSERT INTO duties (key, origin, what, party, name, address, entry, meeting, ballot, article, why_zh, why_en, due,"
                 " state, created) VALUES (?, ?, ?, nullif(?, 0), ?, lower(?), nullif(?, 0), nullif(?, 0), nullif(?, 0), ?, ?, ?,"
                 " nullif(?, 0), 'open', ?)",
                 "tttittiiitttii", duty->key, duty->origin, duty->what, duty->party, duty->name, duty->address, duty->entry,
                 duty->meeting, duty->ballot, duty->article, duty->why_zh, duty->why_en, duty->due, clock_now()))
        return FALSE;
    *ret_id = sqlite3_last_insert_rowid(ledger->db);
    return ledger_entry_rank(ledger, duty->entry, error) &&
           ledger_event(ledger, duty->entry, actor, "duty", error, "duty", "i", *ret_id, "key", "t", duty->key, "due", "i",
                        duty->due, NULL);
}

/* The reminders of the former day keep their rows, so that those of the new one find their names free. */
static gboolean move(Ledger *ledger, const LedgerDuty *duty, gint64 id, const char *actor, GError **error)
{
    g_autofree char *now = clock_iso(clock_now(), NULL);
    return sql_run(ledger, error, "UPDATE duties SET due = nullif(?, 0), why_zh = ?, why_en = ? WHERE id = ?", "itti", duty->due,
                   duty->why_zh, duty->why_en, id) &&
           sql_run(ledger, error,
                   "UPDATE reminders SET occurrence = occurrence || ', moved ' || ? WHERE duty = ? AND occurrence NOT LIKE '%, moved %'",
                   "ti", now, id) &&
           ledger_entry_rank(ledger, duty->entry, error) &&
           ledger_event(ledger, duty->entry, actor, "duty-moved", error, "duty", "i", id, "due", "i", duty->due, NULL);
}

gboolean ledger_duty_put(Ledger *ledger, const LedgerDuty *duty, const char *actor, gint64 *ret_id, GError **error)
{
    gint64 made = 0, known = sql_int(ledger, 0, "SELECT id FROM duties WHERE key = ?", "t", duty->key);
    gint64 moved = sql_int(ledger, 0, "SELECT id FROM duties WHERE id = ? AND state IN ('open', 'claimed') AND due IS NOT nullif(?, 0)",
                           "ii", known, duty->due);
    if (ret_id)
        *ret_id = 0;
    if (!known && !insert(ledger, duty, actor, &made, error))
        return FALSE;
    if (moved && !move(ledger, duty, moved, actor, error))
        return FALSE;
    if (ret_id)
        *ret_id = made ? made : moved;
    return TRUE;
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

gboolean ledger_duty_get(Ledger *ledger, gint64 id, DutyVisitor visit, gpointer user, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error, DUTY_COLUMNS "WHERE d.id = ?", "i", id);
    if (!row || !sql_step(ledger, row, error))
        return FALSE;
    duty_from_row(row, visit, user);
    sqlite3_reset(row);
    return TRUE;
}

/* The same question in the words by which SQLite takes an index: the narrowest that FILTER allows. */
#define DUTIES_WHERE(first)                                                                                                      \
    DUTY_COLUMNS "WHERE " first                                                                                                  \
                 " AND (CASE WHEN ?1 IS NULL THEN d.state IN ('open', 'claimed') ELSE ?1 = 'all' OR d.state = ?1 END)"           \
                 " AND (?2 IS NULL OR instr(coalesce(p.name, d.name, ''), ?2) OR p.organisation = ?2"                            \
                 " OR instr(coalesce(p.address, d.address, ''), lower(?2)))"                                                     \
                 " AND (?3 IS NULL OR d.what = ?3) AND (?4 IS NULL OR d.origin = ?4) AND (?5 IS NULL OR d.key = ?5)"             \
                 " AND (?6 IS NULL OR substr(d.key, 1, length(?6)) = ?6) AND (?7 = 0 OR d.party = ?7)"                           \
                 " AND (?8 = 0 OR d.entry = ?8) AND (?9 = 0 OR d.meeting = ?9) AND (?10 = 0 OR d.ballot = ?10)"                  \
                 " AND (?11 = 0 OR d.document = ?11) AND (?12 = 0 OR d.due >= ?12) AND (?13 = 0 OR d.due < ?13)"                 \
                 " AND (?14 = 0 OR d.due IS NOT NULL) ORDER BY d.due IS NULL, d.due, d.id"

static const char *question(const DutyFilter *filter)
{
    if (filter->document)
        return DUTIES_WHERE("d.document = ?11");
    if (filter->entry)
        return DUTIES_WHERE("d.entry = ?8");
    if (filter->party)
        return DUTIES_WHERE("d.party = ?7");
    if (!filter->state && filter->what)
        return DUTIES_WHERE("d.state IN ('open', 'claimed') AND d.what = ?3");
    if (!filter->state)
        return DUTIES_WHERE("d.state IN ('open', 'claimed')");
    return DUTIES_WHERE("1");
}

gboolean ledger_duties(Ledger *ledger, const DutyFilter *filter, DutyVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error, question(filter), "ttttttiiiiiiii", filter->state, filter->who, filter->what,
                                  filter->origin, filter->key, filter->key_begins, filter->party, filter->entry, filter->meeting,
                                  filter->ballot, filter->document, filter->due_from, filter->due_before, (gint64)filter->with_due);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        duty_from_row(row, visit, user);
    return sql_good(failure, error);
}

/* --- states --------------------------------------------------------------------------------------------------------- */

static gboolean not_so(GError **error, gint64 id, const char *to)
{
    g_set_error(error, FAILURE, FAILURE_DATA, "duty %" G_GINT64_FORMAT " cannot be %s: there is none, or its state does not allow it",
                id, to);
    return FALSE;
}

static gint64 entry_of(Ledger *ledger, gint64 id)
{
    return sql_int(ledger, 0, "SELECT entry FROM duties WHERE id = ?", "i", id);
}

/* Reminders that did not go out yet and are about nothing that is owed any more would say what is not true. They are kept back. */
static gboolean hold_overtaken(Ledger *ledger, gint64 id, const char *actor, GError **error)
{
    if (!sql_run(ledger, error,
                 "UPDATE letters SET state = 'held', reason = '" LETTER_OVERTAKEN "' WHERE id IN (SELECT letter FROM reminders WHERE duty = ?)"
                 " AND state IN ('queued', 'held') AND NOT EXISTS (SELECT 1 FROM reminders r JOIN duties d ON d.id = r.duty"
                 " WHERE r.letter = letters.id AND d.state IN ('open', 'claimed'))",
                 "i", id))
        return FALSE;
    return sqlite3_changes(ledger->db) == 0 ||
           ledger_event(ledger, entry_of(ledger, id), actor, "reminders-held", error, "duty", "i", id, NULL);
}

gboolean ledger_duty_state(Ledger *ledger, gint64 id, const char *from, const char *to, gint64 document, const char *reason,
                           const char *actor, gboolean *ret_done, GError **error)
{
    gint64 now = clock_now();
    gboolean claims = g_str_equal(to, "claimed"), open = g_str_equal(to, "open");
    if (!sql_run(ledger, error,
                 "UPDATE duties SET state = ?1, document = nullif(?2, 0), reason = ?3, claimed = nullif(?4, 0), settled = nullif(?5, 0)"
                 " WHERE id = ?6 AND instr(?7, state)",
                 "titiiit", to, document, reason, claims ? now : G_GINT64_CONSTANT(0), claims || open ? G_GINT64_CONSTANT(0) : now, id,
                 from))
        return FALSE;
    gboolean done = sqlite3_changes(ledger->db) > 0;
    if (ret_done)
        *ret_done = done;
    else if (!done)
        return not_so(error, id, to);
    g_autofree char *verb = g_strconcat("duty-", to, NULL);
    gint64 entry = entry_of(ledger, id);
    return !done || (ledger_entry_rank(ledger, entry, error) &&
                     ledger_event(ledger, entry, actor, verb, error, "duty", "i", id, "document", "i", document,
                                  "reason", "t", reason, NULL) &&
                     (claims || open || hold_overtaken(ledger, id, actor, error)));
}

gboolean ledger_duty_hold(Ledger *ledger, gint64 id, gboolean held, const char *reason, const char *actor, GError **error)
{
    if (!sql_run(ledger, error,
                 "UPDATE duties SET held = ?1, reason = ?2 WHERE id = ?3 AND held <> ?1 AND state IN ('open', 'claimed')", "iti",
                 (gint64)held, reason, id))
        return FALSE;
    if (sqlite3_changes(ledger->db) == 0)
        return not_so(error, id, held ? "held" : "released");
    return ledger_event(ledger, entry_of(ledger, id), actor, held ? "duty-held" : "duty-released", error, "duty", "i", id, "reason",
                        "t", reason, NULL);
}

/* --- reminders ------------------------------------------------------------------------------------------------------ */

gboolean ledger_reminder_add(Ledger *ledger, const LedgerReminder *reminder, GError **error)
{
    return sql_run(ledger, error,
                   "INSERT INTO reminders (duty, occurrence, planned, done, letter, why) VALUES (?, ?, ?, ?, nullif(?, 0), ?)",
                   "itiiit", reminder->duty, reminder->occurrence, reminder->planned, reminder->done, reminder->letter,
                   reminder->why);
}

gboolean ledger_reminders(Ledger *ledger, gint64 duty, ReminderVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT duty, occurrence, planned, done, coalesce(letter, 0), why FROM reminders"
                                  " WHERE duty = ? ORDER BY planned, occurrence",
                                  "i", duty);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        LedgerReminder reminder = {
            .duty = sqlite3_column_int64(row, 0),
            .occurrence = (const char *)sqlite3_column_text(row, 1),
            .planned = sqlite3_column_int64(row, 2),
            .done = sqlite3_column_int64(row, 3),
            .letter = sqlite3_column_int64(row, 4),
            .why = (const char *)sqlite3_column_text(row, 5),
        };
        visit(&reminder, user);
    }
    return sql_good(failure, error);
}

gint64 ledger_reminders_since(Ledger *ledger, gint64 instant)
{
    return sql_int(ledger, 0, "SELECT count(*) FROM letters WHERE created > ? AND kind IN ('reminder', 'escalation')", "i", instant);
}

gint64 ledger_data_version(Ledger *ledger)
{
    return sql_int(ledger, 0, "PRAGMA data_version", "");
}
