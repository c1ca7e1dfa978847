/* calendar.h: meetings with their participants, ballots, and the days off and worked instead (调休) of the working calendar.
 *
 * Functions that write expect a transaction under way (ledger_begin) and record an event. Texts in the structs are borrowed for
 * the call when they go in, and valid only during the visitor when they come out. Going in, NULL keeps what stands and "" takes
 * it away. Days are "YYYY-MM-DD". */
#ifndef SHOUWEN_LEDGER_CALENDAR_H
#define SHOUWEN_LEDGER_CALENDAR_H

#include "ledger/ledger.h"

/* What became of something that was put. */
typedef enum { PUT_SAME, PUT_NEW, PUT_CHANGED } LedgerPut;

/* --- meetings ------------------------------------------------------------------------------------------------------- */
typedef struct {
    gint64 id;
    const char *uid;                  /* of the iCalendar event (RFC 5545 3.8.4.7); the key of a put */
    const char *name, *place;
    const char *first_day, *last_day; /* where it is held; LAST_DAY is the last one that it is held on */
    gint64 starts, ends;              /* instants */
    const char *groups;               /* "WG1 WG4"; NULL: of no particular group */
    const char *host, *contact;       /* who hosts it here (Art. 28), and its mail address; NULL: held elsewhere */
    const char *state;                /* planned, cancelled; going in NULL: planned */
} LedgerMeeting;

/* By UID. A meeting put again changes what differs, and one that was cancelled is planned again. *RET_ID and *RET_PUT may be
 * NULL. A name or day that is missing or wrong is FAILURE_DATA. */
gboolean ledger_meeting_put(Ledger *ledger, const LedgerMeeting *meeting, const char *actor, gint64 *ret_id, LedgerPut *ret_put,
                            GError **error);

/* *RET_PUT (may be NULL) PUT_SAME: there is none with that UID, or it was cancelled before. */
gboolean ledger_meeting_cancel(Ledger *ledger, const char *uid, const char *actor, LedgerPut *ret_put, GError **error);

typedef void (*MeetingVisitor)(const LedgerMeeting *meeting, gpointer user);
/* Meetings that touch the days FIRST to LAST (each may be NULL), cancelled ones too, by first day. */
gboolean ledger_meetings(Ledger *ledger, const char *first, const char *last, MeetingVisitor visit, gpointer user, GError **error);
/* One; FALSE without error when there is none. */
gboolean ledger_meeting_get(Ledger *ledger, gint64 id, MeetingVisitor visit, gpointer user, GError **error);

/* The planned meeting that people call NAME: an equal name (text_key), the latest of several that are not after DAY (NULL:
 * whenever); 0: none. */
gint64 ledger_meeting_named(Ledger *ledger, const char *name, const char *day);

/* --- participants --------------------------------------------------------------------------------------------------- */
typedef struct {
    gint64 meeting, party, document, since;
    const char *state; /* registered attended absent excused */
    const char *name, *organisation, *address; /* of the party; coming out only */
} LedgerParticipant;

/* Makes PARTY a participant of MEETING, or changes his state. DOCUMENT (0: none) is the registration that was accepted. */
gboolean ledger_participant_put(Ledger *ledger, const LedgerParticipant *participant, const char *actor, LedgerPut *ret_put,
                                GError **error);
/* He never was one: for a registration whose acceptance is taken back. Only a row that came from DOCUMENT goes. */
gboolean ledger_participant_remove(Ledger *ledger, gint64 meeting, gint64 party, gint64 document, const char *actor, GError **error);
typedef void (*ParticipantVisitor)(const LedgerParticipant *participant, gpointer user);
gboolean ledger_participants(Ledger *ledger, gint64 meeting, ParticipantVisitor visit, gpointer user, GError **error);

/* --- ballots -------------------------------------------------------------------------------------------------------- */
typedef struct {
    gint64 id;
    const char *uid;
    const char *document; /* number as ISO writes it: "ISO/IEC CD 27090" */
    const char *title, *groups;
    gint64 opens, closes; /* instants; opens 0: not known */
    const char *state;    /* planned, cancelled; going in NULL: planned */
} LedgerBallot;

/* As for meetings. */
gboolean ledger_ballot_put(Ledger *ledger, const LedgerBallot *ballot, const char *actor, gint64 *ret_id, LedgerPut *ret_put,
                           GError **error);
gboolean ledger_ballot_cancel(Ledger *ledger, const char *uid, const char *actor, LedgerPut *ret_put, GError **error);
typedef void (*BallotVisitor)(const LedgerBallot *ballot, gpointer user);
/* Ballots that close between the instants FIRST and LAST (G_MININT64, G_MAXINT64: any), cancelled ones too, by closing. */
gboolean ledger_ballots(Ledger *ledger, gint64 first, gint64 last, BallotVisitor visit, gpointer user, GError **error);
gboolean ledger_ballot_get(Ledger *ledger, gint64 id, BallotVisitor visit, gpointer user, GError **error);

/* --- days ----------------------------------------------------------------------------------------------------------- */
typedef struct {
    const char *day, *kind, *name; /* kind: off, work; name: "春节", "调休上班" */
} LedgerDay;
gboolean ledger_day_put(Ledger *ledger, const LedgerDay *day, const char *actor, LedgerPut *ret_put, GError **error);
gboolean ledger_day_remove(Ledger *ledger, const char *day, const char *actor, LedgerPut *ret_put, GError **error);
typedef void (*DayVisitor)(const LedgerDay *day, gpointer user);
/* FIRST to LAST, each may be NULL. */
gboolean ledger_days(Ledger *ledger, const char *first, const char *last, DayVisitor visit, gpointer user, GError **error);

/* FALSE: days off were entered once, but none of YEAR: its holidays would be taken for working days. */
gboolean ledger_year_known(Ledger *ledger, int year);

#endif
