/* migrate.h: from one schema version to the next. */
#ifndef SHOUWEN_LEDGER_MIGRATE_H
#define SHOUWEN_LEDGER_MIGRATE_H

#include "ledger/ledger.h"

#define MIGRATE_VERSION 3 /* the version of schema.sql */

/* Takes LEDGER from version FROM to MIGRATE_VERSION, step by step in one transaction, after a backup to
 * FILE.before-vN (N = MIGRATE_VERSION); an existing backup of that name is kept and the migration refused. */
gboolean migrate_ledger(Ledger *ledger, int from, GError **error);

#endif
