/* intake.h: the intake for commands that run it themselves, while no daemon holds the spool. */
#ifndef SHOUWEN_STAGES_INTAKE_H
#define SHOUWEN_STAGES_INTAKE_H

#include "conf/conf.h"

/* After each transaction: messages entered so far, and how many still wait. */
typedef void (*IntakeProgress)(guint64 entered, guint64 left, gpointer user);

/* Enters everything that stands in the spool, then returns. The caller holds the spool's lock. RECEIPTS as for
 * enter_new (NULL but for a rebuild, which also enters in the order of arrival). */
gboolean intake_everything(const Conf *conf, GHashTable *receipts, IntakeProgress progress, gpointer user, GError **error);

#endif
