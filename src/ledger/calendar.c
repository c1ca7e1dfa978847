#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/text.h"
#include "ledger/calendar.h"
#include "ledger/events.h"
#include "ledger/sql.h"

static gboolean is_day(const char *day)
{
    return day && strlen(day) == strlen("2026-01-31") && clock_day_end(day, 0, NULL) > 0;
}

static gboolean wrong(GError **error, const char *what, const char *value)
{
    g_set_error(error, FAILURE, FAILURE_DATA, "%s '%s' cannot be entered", what, value ? value : "");
    return FALSE;
}

/* Says what the statement just run has done to the row ID that was there before (0: was not). */
static LedgerPut outcome(const Ledger *ledger, gint64 id)
{
    return id == 0 ? PUT_NEW : sqlite3_changes(ledger->db) > 0 ? PUT_CHANGED : PUT_SAME;
}

static const char *verb(LedgerPut put, const char *fresh, const char *changed)
{
    return put == PUT_NEW ? fresh : changed;
}

/* Hands what was put to a caller who wants to know, with an event unless nothing changed. */
static gboolean tell(Ledger *ledger, LedgerPut put, const char *actor, const char *what, gint64 id, const char *name,
                     LedgerPut *ret_put, GError **error)
{
    if (ret_put)
        *ret_put = put;
    return put == PUT_SAME || ledger_event(ledger, 0, actor, what, error, "id", "i", id, "name", "t", name, NULL);
}

/* --- meetings ------------------------------------------------------------------------------------------------------- */

#define MEETING_COLUMNS \
    "SELECT id, uid, name, place, first_day, last_day, starts, ends, groups, host, contact, state FROM meetings "

gboolean ledger_meeting_put(Ledger *ledger, const LedgerMeeting *meeting, const char *actor, gint64 *ret_id, LedgerPut *ret_put,
                            GError **error)
{
    g_autofree char *key = text_key(meeting->name);
    if (!key || !meeting->uid || !is_day(meeting->first_day) || !is_day(meeting->last_day) ||
        strcmp(meeting->first_day, meeting->last_day) > 0)
        return wrong(error, "the meeting", meeting->name);
    gint64 id = sql_int(ledger, 0, "SELECT id FROM meetings WHERE uid = ?", "t", meeting->uid);
    if (!sql_run(ledger, error,
                 "INSERT INTO meetings (uid, name, key, place, first_day, last_day, starts, ends, groups, host, contact, state)"
                 " VALUES (?1, ?2, ?3, nullif(?4, ''), ?5, ?6, ?7, ?8, nullif(?9, ''), nullif(?10, ''), nullif(lower(?11), ''),"
                 " coalesce(?12, 'planned')) ON CONFLICT (uid) DO UPDATE SET name = ?2, key = ?3,"
                 " place = nullif(coalesce(?4, place), ''), first_day = ?5, last_day = ?6, starts = ?7, ends = ?8,"
                 " groups = nullif(coalesce(?9, groups), ''), host = nullif(coalesce(?10, host), ''),"
                 " contact = nullif(coalesce(lower(?11), contact), ''), state = coalesce(?12, 'planned')"
                 " WHERE (name, place, first_day, last_day, starts, ends, groups, host, contact, state) IS NOT"
                 " (?2, nullif(coalesce(?4, place), ''), ?5, ?6, ?7, ?8, nullif(coalesce(?9, groups), ''),"
                 " nullif(coalesce(?10, host), ''), nullif(coalesce(lower(?11), contact), ''), coalesce(?12, 'planned'))",
                 "ttttttiitttt", meeting->uid, meeting->name, key, meeting->place, meeting->first_day, meeting->last_day,
                 meeting->starts, meeting->ends, meeting->groups, meeting->host, meeting->contact, meeting->state))
        return FALSE;
    LedgerPut put = outcome(ledger, id);
    if (put == PUT_NEW)
        id = sqlite3_last_insert_rowid(ledger->db);
    if (ret_id)
        *ret_id = id;
    return tell(ledger, put, actor, verb(put, "meeting", "meeting-changed"), id, meeting->name, ret_put, error);
}

gboolean ledger_meeting_cancel(Ledger *ledger, const char *uid, const char *actor, LedgerPut *ret_put, GError **error)
{
    gint64 id = sql_int(ledger, 0, "SELECT id FROM meetings WHERE uid = ? AND state <> 'cancelled'", "t", uid);
    if (!sql_run(ledger, error, "UPDATE meetings SET state = 'cancelled' WHERE id = ?", "i", id))
        return FALSE;
    return tell(ledger, id ? PUT_CHANGED : PUT_SAME, actor, "meeting-cancelled", id, uid, ret_put, error);
}

static void meeting_from_row(sqlite3_stmt *row, MeetingVisitor visit, gpointer user)
{
    LedgerMeeting meeting = {
        .id = sqlite3_column_int64(row, 0),
        .uid = (const char *)sqlite3_column_text(row, 1),
        .name = (const char *)sqlite3_column_text(row, 2),
        .place = (const char *)sqlite3_column_text(row, 3),
        .first_day = (const char *)sqlite3_column_text(row, 4),
        .last_day = (const char *)sqlite3_column_text(row, 5),
        .starts = sqlite3_column_int64(row, 6),
        .ends = sqlite3_column_int64(row, 7),
        .groups = (const char *)sqlite3_column_text(row, 8),
        .host = (const char *)sqlite3_column_text(row, 9),
        .contact = (const char *)sqlite3_column_text(row, 10),
        .state = (const char *)sqlite3_column_text(row, 11),
    };
    visit(&meeting, user);
}

gboolean ledger_meetings(Ledger *ledger, const char *first, const char *last, MeetingVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  MEETING_COLUMNS "WHERE last_day >= coalesce(?, '') AND first_day <= coalesce(?, '9')"
                                                  " ORDER BY first_day, id",
                                  "tt", first, last);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        meeting_from_row(row, visit, user);
    return sql_good(failure, error);
}

gboolean ledger_meeting_get(Ledger *ledger, gint64 id, MeetingVisitor visit, gpointer user, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error, MEETING_COLUMNS "WHERE id = ?", "i", id);
    if (!row || !sql_step(ledger, row, error))
        return FALSE;
    meeting_from_row(row, visit, user);
    sqlite3_reset(row);
    return TRUE;
}

gint64 ledger_meeting_named(Ledger *ledger, const char *name, const char *day)
{
    g_autofree char *key = text_key(name);
    return sql_int(ledger, 0,
                   "SELECT id FROM meetings WHERE key = ? AND state = 'planned' AND first_day <= coalesce(?, '9')"
                   " ORDER BY first_day DESC LIMIT 1",
                   "tt", key, day);
}

/* --- participants --------------------------------------------------------------------------------------------------- */

gboolean ledger_participant_put(Ledger *ledger, const LedgerParticipant *participant, const char *actor, LedgerPut *ret_put,
                                GError **error)
{
    gint64 known = sql_int(ledger, 0, "SELECT 1 FROM participants WHERE meeting = ? AND party = ?", "ii", participant->meeting,
                           participant->party);
    if (!sql_run(ledger, error,
                 "INSERT INTO participants (meeting, party, document, state, since) VALUES (?1, ?2, nullif(?3, 0), ?4, ?5)"
                 " ON CONFLICT (meeting, party) DO UPDATE SET state = ?4, document = coalesce(nullif(?3, 0), document)"
                 " WHERE (state, document) IS NOT (?4, coalesce(nullif(?3, 0), document))",
                 "iiiti", participant->meeting, participant->party, participant->document, participant->state,
                 participant->since ? participant->since : clock_now()))
        return FALSE;
    LedgerPut put = outcome(ledger, known);
    if (ret_put)
        *ret_put = put;
    return put == PUT_SAME || ledger_event(ledger, 0, actor, "participant", error, "meeting", "i", participant->meeting, "party",
                                           "i", participant->party, "state", "t", participant->state, NULL);
}

gboolean ledger_participant_remove(Ledger *ledger, gint64 meeting, gint64 party, gint64 document, const char *actor, GError **error)
{
    if (!sql_run(ledger, error, "DELETE FROM participants WHERE meeting = ? AND party = ? AND document = ?", "iii", meeting, party,
                 document))
        return FALSE;
    return sqlite3_changes(ledger->db) == 0 || ledger_event(ledger, 0, actor, "participant-removed", error, "meeting", "i", meeting,
                                                            "party", "i", party, NULL);
}

gboolean ledger_participants(Ledger *ledger, gint64 meeting, ParticipantVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT x.meeting, x.party, coalesce(x.document, 0), x.state, x.since, p.name, p.organisation,"
                                  " p.address FROM participants x JOIN parties p ON p.id = x.party WHERE x.meeting = ?"
                                  " ORDER BY p.name, p.id",
                                  "i", meeting);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        LedgerParticipant participant = {
            .meeting = sqlite3_column_int64(row, 0),
            .party = sqlite3_column_int64(row, 1),
            .document = sqlite3_column_int64(row, 2),
            .state = (const char *)sqlite3_column_text(row, 3),
            .since = sqlite3_column_int64(row, 4),
            .name = (const char *)sqlite3_column_text(row, 5),
            .organisation = (const char *)sqlite3_column_text(row, 6),
            .address = (const char *)sqlite3_column_text(row, 7),
        };
        visit(&participant, user);
    }
    return sql_good(failure, error);
}

/* --- ballots -------------------------------------------------------------------------------------------------------- */

#define BALLOT_COLUMNS "SELECT id, uid, document, title, groups, coalesce(opens, 0), closes, state FROM ballots "

gboolean ledger_ballot_put(Ledger *ledger, const LedgerBallot *ballot, const char *actor, gint64 *ret_id, LedgerPut *ret_put,
                           GError **error)
{
    g_autofree char *key = text_key(ballot->document);
    if (!key || !ballot->uid || ballot->closes <= 0)
        return wrong(error, "the ballot", ballot->document);
    gint64 id = sql_int(ledger, 0, "SELECT id FROM ballots WHERE uid = ?", "t", ballot->uid);
    if (!sql_run(ledger, error,
                 "INSERT INTO ballots (uid, document, key, title, groups, opens, closes, state)"
                 " VALUES (?1, ?2, ?3, nullif(?4, ''), nullif(?5, ''), nullif(?6, 0), ?7, coalesce(?8, 'planned'))"
                 " ON CONFLICT (uid) DO UPDATE SET document = ?2, key = ?3, title = nullif(coalesce(?4, title), ''),"
                 " groups = nullif(coalesce(?5, groups), ''), opens = coalesce(nullif(?6, 0), opens), closes = ?7,"
                 " state = coalesce(?8, 'planned') WHERE (document, title, groups, opens, closes, state) IS NOT"
                 " (?2, nullif(coalesce(?4, title), ''), nullif(coalesce(?5, groups), ''), coalesce(nullif(?6, 0), opens), ?7,"
                 " coalesce(?8, 'planned'))",
                 "tttttiit", ballot->uid, ballot->document, key, ballot->title, ballot->groups, ballot->opens, ballot->closes,
                 ballot->state))
        return FALSE;
    LedgerPut put = outcome(ledger, id);
    if (put == PUT_NEW)
        id = sqlite3_last_insert_rowid(ledger->db);
    if (ret_id)
        *ret_id = id;
    return tell(ledger, put, actor, verb(put, "ballot", "ballot-changed"), id, ballot->document, ret_put, error);
}

gboolean ledger_ballot_cancel(Ledger *ledger, const char *uid, const char *actor, LedgerPut *ret_put, GError **error)
{
    gint64 id = sql_int(ledger, 0, "SELECT id FROM ballots WHERE uid = ? AND state <> 'cancelled'", "t", uid);
    if (!sql_run(ledger, error, "UPDATE ballots SET state = 'cancelled' WHERE id = ?", "i", id))
        return FALSE;
    return tell(ledger, id ? PUT_CHANGED : PUT_SAME, actor, "ballot-cancelled", id, uid, ret_put, error);
}

static void ballot_from_row(sqlite3_stmt *row, BallotVisitor visit, gpointer user)
{
    LedgerBallot ballot = {
        .id = sqlite3_column_int64(row, 0),
        .uid = (const char *)sqlite3_column_text(row, 1),
        .document = (const char *)sqlite3_column_text(row, 2),
        .title = (const char *)sqlite3_column_text(row, 3),
        .groups = (const char *)sqlite3_column_text(row, 4),
        .opens = sqlite3_column_int64(row, 5),
        .closes = sqlite3_column_int64(row, 6),
        .state = (const char *)sqlite3_column_text(row, 7),
    };
    visit(&ballot, user);
}

gboolean ledger_ballots(Ledger *ledger, gint64 first, gint64 last, BallotVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error, BALLOT_COLUMNS "WHERE closes BETWEEN ? AND ? ORDER BY closes, id", "ii", first, last);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        ballot_from_row(row, visit, user);
    return sql_good(failure, error);
}

gboolean ledger_ballot_get(Ledger *ledger, gint64 id, BallotVisitor visit, gpointer user, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error, BALLOT_COLUMNS "WHERE id = ?", "i", id);
    if (!row || !sql_step(ledger, row, error))
        return FALSE;
    ballot_from_row(row, visit, user);
    sqlite3_reset(row);
    return TRUE;
}

/* --- days ----------------------------------------------------------------------------------------------------------- */

gboolean ledger_day_put(Ledger *ledger, const LedgerDay *day, const char *actor, LedgerPut *ret_put, GError **error)
{
    if (!is_day(day->day) || (!g_str_equal(day->kind, "off") && !g_str_equal(day->kind, "work")))
        return wrong(error, "the day", day->day);
    gint64 known = sql_int(ledger, 0, "SELECT 1 FROM days WHERE day = ?", "t", day->day);
    if (!sql_run(ledger, error,
                 "INSERT INTO days (day, kind, name) VALUES (?1, ?2, coalesce(?3, '')) ON CONFLICT (day) DO UPDATE SET kind = ?2,"
                 " name = coalesce(?3, name) WHERE (kind, name) IS NOT (?2, coalesce(?3, name))",
                 "ttt", day->day, day->kind, day->name))
        return FALSE;
    LedgerPut put = outcome(ledger, known);
    if (ret_put)
        *ret_put = put;
    return put == PUT_SAME || ledger_event(ledger, 0, actor, "day", error, "day", "t", day->day, "kind", "t", day->kind, "name",
                                           "t", day->name, NULL);
}

gboolean ledger_day_remove(Ledger *ledger, const char *day, const char *actor, LedgerPut *ret_put, GError **error)
{
    if (!sql_run(ledger, error, "DELETE FROM days WHERE day = ?", "t", day))
        return FALSE;
    LedgerPut put = sqlite3_changes(ledger->db) > 0 ? PUT_CHANGED : PUT_SAME;
    if (ret_put)
        *ret_put = put;
    return put == PUT_SAME || ledger_event(ledger, 0, actor, "day-removed", error, "day", "t", day, NULL);
}

gboolean ledger_days(Ledger *ledger, const char *first, const char *last, DayVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT day, kind, name FROM days WHERE day BETWEEN coalesce(?, '') AND coalesce(?, '9')"
                                  " ORDER BY day",
                                  "tt", first, last);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        LedgerDay day = {(const char *)sqlite3_column_text(row, 0), (const char *)sqlite3_column_text(row, 1),
                         (const char *)sqlite3_column_text(row, 2)};
        visit(&day, user);
    }
    return sql_good(failure, error);
}

gboolean ledger_year_known(Ledger *ledger, int year)
{
    g_autofree char *text = g_strdup_printf("%d", year);
    return sql_int(ledger, 1,
                   "SELECT NOT EXISTS (SELECT 1 FROM days) OR EXISTS (SELECT 1 FROM days WHERE kind = 'off' AND substr(day, 1, 4) = ?)", "t",
                   text) != 0;
}
