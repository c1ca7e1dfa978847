/* duties.h: who owes what by when, and which reminders went out, as rows. What follows from them is src/duties' affair.
 * Writers expect a transaction under way. Texts are borrowed for the call, or valid only during the visitor. */
#ifndef SHOUWEN_LEDGER_DUTIES_H
#define SHOUWEN_LEDGER_DUTIES_H

#include "ledger/ledger.h"

typedef struct {
    gint64 id;
    const char *key;    /* what it follows from: "meeting-summary/meeting 3/party 12" */
    const char *origin; /* meeting hosting ballot finding year absence bounce hand */
    const char *what;   /* the kind of document owed; completion, reach, warning, other */
    gint64 party;       /* who owes it; 0: nobody of the registry */
    const char *name, *address; /* going in: of somebody outside the registry; coming out: the party's, when there is one */
    gint64 entry, meeting, ballot, document; /* 0: none; document: that claims or meets it */
    const char *article, *why_zh, *why_en;
    gint64 due;         /* instant; 0: none */
    const char *state;  /* open claimed met waived */
    gboolean held;
    gint64 claimed, settled, created; /* instants; 0: never */
    const char *reason;
    /* coming out only */
    const char *contact;   /* mail address to escalate to; NULL unknown */
    const char *language;  /* of letters; NULL: by setting */
    const char *reference; /* of the entry; NULL */
    int year, number;      /* of the entry */
    const char *meeting_name; /* NULL */
    gint64 closes;         /* of the ballot; 0: none */
    guint reminded;        /* letters that went out about it */
} LedgerDuty;

/* Enters DUTY (state open, created now) unless its key is known. One that is open or claimed and has another due instant gets
 * that, and its reminders are planned anew: those that went out keep their rows under another name. *RET_ID (0: known, and
 * nothing changed) may be NULL. An event tells of either. */
gboolean ledger_duty_put(Ledger *ledger, const LedgerDuty *duty, const char *actor, gint64 *ret_id, GError **error);

typedef void (*DutyVisitor)(const LedgerDuty *duty, gpointer user);
gboolean ledger_duty_get(Ledger *ledger, gint64 id, DutyVisitor visit, gpointer user, GError **error);

/* What must hold of all duties that are visited; zeros and NULLs ask nothing. */
typedef struct {
    const char *state;  /* one of the states; NULL: open and claimed; "all" */
    const char *who;    /* part of a name or address, or an organisation */
    const char *what, *origin, *key; /* equal */
    const char *key_begins;          /* beginning of the key */
    gint64 party, entry, meeting, ballot, document;
    gint64 due_from, due_before;     /* instants */
    gboolean with_due;  /* only those that have one */
} DutyFilter;
/* By due instant (those without last), then id. */
gboolean ledger_duties(Ledger *ledger, const DutyFilter *filter, DutyVisitor visit, gpointer user, GError **error);

/* Takes duty ID from one of the states FROM ("open claimed") to TO at NOW, with its event. DOCUMENT 0 and REASON NULL: none (what
 * stood there goes). Open: claim and document are taken off. Met or waived: reminders that did not go out yet and are about nothing
 * else that is owed are held (LETTER_OVERTAKEN). *RET_DONE (may be NULL; then it is FAILURE_DATA) FALSE: it was in another state. */
gboolean ledger_duty_state(Ledger *ledger, gint64 id, const char *from, const char *to, gint64 document, const char *reason,
                           const char *actor, gboolean *ret_done, GError **error);
gboolean ledger_duty_hold(Ledger *ledger, gint64 id, gboolean held, const char *reason, const char *actor, GError **error);

/* --- reminders ------------------------------------------------------------------------------------------------------- */
typedef struct {
    gint64 duty;
    const char *occurrence; /* "before 7", "due", "after 3", "escalation 21" */
    gint64 planned, done;   /* instants */
    gint64 letter;          /* 0: passed over, WHY says why */
    const char *why;
} LedgerReminder;
/* An occurrence that is known already is FAILURE_BUG: nobody is reminded twice. */
gboolean ledger_reminder_add(Ledger *ledger, const LedgerReminder *reminder, GError **error);
typedef void (*ReminderVisitor)(const LedgerReminder *reminder, gpointer user);
/* Of DUTY, by instant of planning. */
gboolean ledger_reminders(Ledger *ledger, gint64 duty, ReminderVisitor visit, gpointer user, GError **error);
/* Letters of reminders since INSTANT. */
gint64 ledger_reminders_since(Ledger *ledger, gint64 instant);

/* --- documents that meet them ---------------------------------------------------------------------------------------- */
typedef struct {
    gint64 id, entry;
    const char *kind, *state;
    const char *sender_name, *sender; /* of its message */
} LedgerPaper;
typedef void (*PaperVisitor)(const LedgerPaper *paper, gpointer user);
/* FALSE without error when there is none. */
gboolean ledger_paper_get(Ledger *ledger, gint64 document, PaperVisitor visit, gpointer user, GError **error);

/* The parts of a field that is a list of texts, or the members "item" and "after" of one that is rows of changes. */
typedef void (*FieldPartVisitor)(const char *text, const char *after, gpointer user);
gboolean ledger_field_parts(Ledger *ledger, gint64 document, const char *field, FieldPartVisitor visit, gpointer user, GError **error);

/* The state of ENTRY, and its sender; caller frees them. FALSE without error when there is none. */
gboolean ledger_entry_standing(Ledger *ledger, gint64 entry, char **ret_state, char **ret_name, char **ret_address, GError **error);
/* By when ENTRY must be completed; 0: no term. */
gboolean ledger_entry_set_due(Ledger *ledger, gint64 entry, gint64 due, GError **error);

/* --- what they follow from ------------------------------------------------------------------------------------------ */

/* A pair out of meetings or ballots and the registry, from which a duty follows. */
typedef struct {
    gint64 meeting, ballot, party;
    const char *name;           /* of the meeting, or the number of the ballot's document */
    const char *last_day;       /* of the meeting */
    gint64 closes;              /* the ballot */
    const char *host, *contact; /* of a meeting hosted here; host of ledger_attendance: the party's name */
    const char *attended;       /* of ledger_attendance: state of the participant; NULL: none */
    gint64 duty, due;           /* that followed from it already, and its due instant; 0: none */
    gboolean groundless;        /* that duty was waived with DUTY_GROUNDLESS or DUTY_LAPSED */
} LedgerDebt;
typedef void (*DebtVisitor)(const LedgerDebt *debt, gpointer user);

/* Why a duty is waived when what it followed from is no more; should that come back, so does the duty. */
#define DUTY_GROUNDLESS "what it followed from was cancelled"

/* The reason with which a contribution is waived when its ballot closed without it. */
#define DUTY_LAPSED "the ballot is closed"

/* Participants (registered, attended) of planned meetings whose last day is DAY or later. Key "meeting-summary/meeting M/party P". */
gboolean ledger_debts_meeting(Ledger *ledger, const char *day, DebtVisitor visit, gpointer user, GError **error);
/* Planned meetings hosted here whose last day is DAY or later. Key "hosting-summary/meeting M". */
gboolean ledger_debts_hosting(Ledger *ledger, const char *day, DebtVisitor visit, gpointer user, GError **error);
/* Planned ballots that close after INSTANT, with each active party of their groups (all, when they have none). Key
 * "contribution/ballot B/party P". */
gboolean ledger_debts_ballot(Ledger *ledger, gint64 instant, DebtVisitor visit, gpointer user, GError **error);
/* Each active party with each meeting of its groups that was over at INSTANT and began after the party was entered, by party and
 * instant. Meetings without any participant are left out: nobody noted who came. */
gboolean ledger_attendance(Ledger *ledger, gint64 instant, DebtVisitor visit, gpointer user, GError **error);
/* Open duties whose ground is gone: the meeting or ballot was cancelled, nobody hosts it here any more, the participant is
 * absent, excused or none, the party withdrew or left the ballot's groups (DUTY_GROUNDLESS); or the ballot closed before INSTANT
 * (DUTY_LAPSED). */
typedef void (*GroundlessVisitor)(gint64 duty, const char *reason, gpointer user);
gboolean ledger_duties_groundless(Ledger *ledger, gint64 instant, GroundlessVisitor visit, gpointer user, GError **error);

/* Changes with every transaction that another connection commits. */
gint64 ledger_data_version(Ledger *ledger);

#endif
