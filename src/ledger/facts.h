/* facts.h: single values that stages keep: "clock.ran", "digest.sent", "reminders.held". */
#ifndef SHOUWEN_LEDGER_FACTS_H
#define SHOUWEN_LEDGER_FACTS_H

#include "ledger/ledger.h"

/* The value of NAME, NULL when there is none. Caller frees. */
char *ledger_fact(Ledger *ledger, const char *name);

/* VALUE NULL takes it away. Inside a transaction, or one of its own. */
gboolean ledger_fact_set(Ledger *ledger, const char *name, const char *value, GError **error);

#endif
