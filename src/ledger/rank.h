/* rank.h: private to src/ledger: the rank of all entries at once. */
#ifndef SHOUWEN_LEDGER_RANK_H
#define SHOUWEN_LEDGER_RANK_H

#include "ledger/ledger.h"

/* After a migration: as ledger_entry_rank for every entry. */
gboolean rank_all(Ledger *ledger, GError **error);

#endif
