/* relate.h: the rules that need the ledger: what a document means beside those that came before it. Versions of one form
 * (duplicate, superseded), dates (late), the parts of one proposal (package-incomplete, package-inconsistent), and a
 * leader who withdraws. Which kinds a proposal consists of, and by which fields two forms are about the same, stands in
 * tables in relate.c. */
#ifndef SHOUWEN_STAGES_RELATE_H
#define SHOUWEN_STAGES_RELATE_H

#include "conf/conf.h"
#include "door/record.h"
#include "ledger/entries.h"

/* Relates the documents of RECORD, which stand in the ledger as IDS (one each, in their order) under ENTRY. What is found
 * goes into the ledger and into RECORD's own lists, so that the letter tells it. *RET_ASKED: of a proposal that they belong to
 * parts were missing before they came. Expects a transaction under way. */
gboolean relate_documents(Ledger *ledger, const Conf *conf, const LedgerMessage *message, gint64 entry, const Record *record,
                          const gint64 *ids, gboolean *ret_asked, GError **error);

/* The I-th kind (from 0) that a whole proposal consists of (Art. 18); NULL: there are no more. */
const char *relate_part(guint i);

#endif
