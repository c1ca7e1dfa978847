/* duties.h: who owes what by when. Duties are derived (each once, by its key), met by the document that arrives, waived or held by
 * a person; the clock stage reminds. Functions that write expect a transaction under way, as in ledger/entries.h. */
#ifndef SHOUWEN_DUTIES_DUTIES_H
#define SHOUWEN_DUTIES_DUTIES_H

#include "conf/conf.h"
#include "ledger/ledger.h"

/* Enters every duty that follows from meetings, ballots, the registry and the year, as it is now; what stands already stays as it
 * is, moves with its meeting or ballot, or is waived when that was cancelled. Duties of meetings long past are not made. ACTOR for the
 * events: "clock" or a person. */
gboolean duties_derive(Ledger *ledger, const Conf *conf, const char *actor, GError **error);

/* DOCUMENT (already in the ledger, with its fields) has arrived under its entry. A duty for its kind, person and meeting, ballot
 * or period is met when SURE (the sender is verified or registered and belongs to the duty), else claimed: its reminders
 * pause three working days and the queue asks. */
gboolean duties_arrived(Ledger *ledger, const Conf *conf, gint64 document, gboolean sure, GError **error);

/* A person accepted DOCUMENT: what it claims is met; an application enters its person in the registry, a registration makes him a
 * participant, a withdrawal or a change is carried into the registry. ACTOR for the events. */
gboolean duties_accepted(Ledger *ledger, const Conf *conf, gint64 document, const char *actor, GError **error);

/* A person rejected DOCUMENT, or took its acceptance back: what it claimed or met is open again. */
gboolean duties_rejected(Ledger *ledger, const Conf *conf, gint64 document, const char *actor, GError **error);

/* ENTRY was settled anew: opens or closes its duty to complete what findings ask for (origin `finding`). That parts of a proposal are
 * missing opens one only when the sender is TOLD of it now; what makes an entry wait was told in any case. */
gboolean duties_settled(Ledger *ledger, const Conf *conf, gint64 entry, gboolean told, GError **error);

/* A person's word on duty ID. Each is an event; FAILURE_DATA when its state does not allow it. */
gboolean duties_waive(Ledger *ledger, gint64 id, const char *reason, const char *actor, GError **error);
gboolean duties_hold(Ledger *ledger, gint64 id, gboolean held, const char *reason, const char *actor, GError **error);
gboolean duties_meet(Ledger *ledger, gint64 id, const char *reason, const char *actor, GError **error);

/* A duty by hand. WHAT: a kind of document, or "other". PARTY 0: by NAME and ADDRESS (NULL or "": none; FAILURE_USAGE when it is no mail
 * address). DUE: instant. *RET_ID is set. */
typedef struct {
    const char *what, *name, *address, *why;
    gint64 party, entry, meeting, due;
} DutyByHand;
gboolean duties_add(Ledger *ledger, const DutyByHand *duty, const char *actor, gint64 *ret_id, GError **error);

#endif
