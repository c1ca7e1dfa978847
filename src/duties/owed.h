/* owed.h: duties that outlive their visit. Private to the room. */
#ifndef SHOUWEN_DUTIES_OWED_H
#define SHOUWEN_DUTIES_OWED_H

#include "duties/plan.h"

/* Copies of the duties that FILTER finds (LedgerDuty *, freed with the array). NULL on error. */
GPtrArray *owed_duties(Ledger *ledger, const DutyFilter *filter, GError **error);

/* The names of the occurrences of DUTY that have their row. Free with g_hash_table_unref; NULL on error. */
GHashTable *owed_reminded(Ledger *ledger, gint64 duty, GError **error);

/* The address to which DUTY's reminders (or escalations) go; NULL: none is known. Owned by DUTY or CONF. */
const char *owed_recipient(const Conf *conf, const LedgerDuty *duty, gboolean escalates);

/* Whether the secretariat itself owes it. */
gboolean owed_by_office(const LedgerDuty *duty);

#endif
