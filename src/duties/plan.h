/* plan.h: when somebody is reminded of a duty. Pure arithmetic over the working calendar and the settings [reminders].
 *
 * Occurrences of a duty due on day D: "before N" for each N of `before`, "due" on D itself, "after N" for each N of `after`, and
 * "escalation N". Each is planned for the beginning of working hours on its day. On a day off, those up to the due instant move
 * to the next working day if that still begins before the due instant, else back to the last one before; the later ones
 * move to the next working day. */
#ifndef SHOUWEN_DUTIES_PLAN_H
#define SHOUWEN_DUTIES_PLAN_H

#include "duties/workdays.h"
#include "ledger/duties.h"

typedef struct {
    char name[24];
    gint64 planned;
    gboolean escalates;
} Occurrence;

/* The occurrences (Occurrence) of a duty due at the instant DUE, by instant; those of one instant in the order of their days.
 * Free with g_array_unref. */
GArray *plan_occurrences(const Workdays *workdays, const Conf *conf, gint64 due);

/* Days before the due day beyond which no occurrence lies, moves included. */
int plan_reach(const Conf *conf);

/* What is to be done about DUTY now. */
typedef struct {
    Occurrence reminder, escalation; /* to be sent; name empty: none */
    GArray *passed;                  /* PassedOver: to be passed over */
    gint64 next;                     /* when to look again; G_MAXINT64: nothing is planned */
} Pending;
typedef struct {
    Occurrence occurrence;
    const char *why; /* static */
} PassedOver;
void pending_clear(Pending *pending);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pending, pending_clear)

/* DONE holds the names of occurrences that have their row. At most one reminder is sent for all that were missed: the latest; the
 * others are passed over. A duty that was entered late but before it was due is told of at once; one that was overdue when it was
 * entered, and one that the sender was told of in our letter (origin finding), is only reminded of by what comes after. Nothing
 * is pending outside working hours, while it is held, nor for `pause` working days after it was claimed. */
void plan_pending(const Workdays *workdays, const Conf *conf, const LedgerDuty *duty, GHashTable *done, gint64 now,
                  Pending *ret_pending);

/* When the reminders of a duty claimed at the instant CLAIMED go on. */
gint64 plan_resumes(const Workdays *workdays, const Conf *conf, gint64 claimed);

#endif
