/* returned.h: mails that a letter of ours called forth and no person wrote: bounces, automatic answers, receipts. They get no
 * entry of their own and no answer, whatever they say; what they mean for the letter is entered, and they stand in the account
 * of its entry. */
#ifndef SHOUWEN_STAGES_RETURNED_H
#define SHOUWEN_STAGES_RETURNED_H

#include "door/record.h"
#include "ledger/entries.h"

/* Enters RECORD, the reading of MESSAGE. AGAIN: it was entered before, and what it meant is not entered a second time.
 * *RET_ENTRY is the entry whose letter it is about, 0: none of ours. Expects a transaction under way. */
gboolean returned_bounce(Ledger *ledger, const LedgerMessage *message, const Record *record, gboolean again, gint64 *ret_entry,
                         GError **error);
gboolean returned_answer(Ledger *ledger, const LedgerMessage *message, const Record *record, gint64 *ret_entry, GError **error);

#endif
