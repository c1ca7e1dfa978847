/* remind.h: the reminders that are due now, as letters and rows. */
#ifndef SHOUWEN_DUTIES_REMIND_H
#define SHOUWEN_DUTIES_REMIND_H

#include "duties/plan.h"
#include "letters/compose.h"

#define REMINDERS_HELD "reminders.held" /* a fact: why none goes out until a person says so (rebuild, restore) */

typedef struct {
    guint letters; /* queued or held */
    gboolean more; /* the batch is full: call again */
    gint64 next;   /* when to look again, unless something changes */
    char *why;     /* of a letter that could not be made while others were; NULL: all could. The caller frees */
} Reminded;

/* Inside a transaction: everything that plan_pending names for the duties now, at most a batch of letters, and no more in an hour
 * than `per_hour`. Reminders to one address go into one letter, and so do escalations; each duty has its row. */
gboolean remind_due(Ledger *ledger, const Templates *templates, const Conf *conf, const Workdays *workdays, Reminded *ret_reminded,
                    GError **error);

/* What would go out up to the instant UNTIL if nothing were met meanwhile: by instant. */
typedef struct {
    gint64 at;
    const LedgerDuty *duty;
    const char *occurrence, *recipient; /* recipient NULL: nobody can be reached */
} PlannedReminder;
typedef void (*PlannedVisitor)(const PlannedReminder *planned, gpointer user);
gboolean remind_plan(Ledger *ledger, const Conf *conf, const Workdays *workdays, gint64 until, PlannedVisitor visit, gpointer user,
                     GError **error);

#endif
