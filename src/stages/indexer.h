/* indexer.h: finds frames that the ledger does not know yet and enters them as arrivals. Order: walk (frames as the page
 * cache shows them), sync their segments, then the transaction: so no arrival outlives its frame at a power cut. */
#ifndef SHOUWEN_STAGES_INDEXER_H
#define SHOUWEN_STAGES_INDEXER_H

#include "conf/conf.h"
#include "ledger/entries.h"

typedef struct Indexer Indexer;

/* SEGMENTS: the folder; both it and LEDGER are borrowed. */
Indexer *indexer_new(const Conf *conf, const char *segments, Ledger *ledger);
void indexer_free(Indexer *indexer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Indexer, indexer_free)

/* Collects at most LIMIT new frames and syncs the segments they stand in. */
gboolean indexer_walk(Indexer *indexer, guint limit, GError **error);

/* Enters what was collected, inside the transaction under way. */
gboolean indexer_enter(Indexer *indexer, Ledger *ledger, GError **error);

void indexer_settled(Indexer *indexer); /* the transaction was committed */
void indexer_forget(Indexer *indexer);  /* it failed: collect anew */

/* Whether the last walk stopped at its limit. */
gboolean indexer_behind(const Indexer *indexer);

#endif
