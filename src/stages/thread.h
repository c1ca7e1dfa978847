/* thread.h: which entry a mail belongs to, and what an answer completes. */
#ifndef SHOUWEN_STAGES_THREAD_H
#define SHOUWEN_STAGES_THREAD_H

#include "door/record.h"
#include "ledger/entries.h"

/* The entry that RECORD answers: by the random Message-ID of a letter of ours in In-Reply-To or References, the latest first;
 * 0: none. */
gint64 thread_by_letter(Ledger *ledger, const Record *record);

/* The same, else by our number in its words. Anybody can write a number: whether he belongs to the entry is another question. */
gint64 thread_entry(Ledger *ledger, const Record *record);

/* Whether the sender may add to ENTRY and be told of it: his address stands there, and his mail did not fail verification. */
gboolean thread_belongs(Ledger *ledger, gint64 entry, const Record *record);

/* The one entry that holds every document of RECORD by its bytes; 0 when there is a new one among them. */
gint64 thread_by_documents(Ledger *ledger, const Record *record);

/* Whether RECORD, received at that instant, came so soon after a letter of ours to its sender that a machine may have written it.
 * Many automatic answers bear no sign of being one; whoever answers them is answered again. */
gboolean thread_echoes(Ledger *ledger, const Record *record, gint64 received);

/* Whether ENTRY stands complete and asks for nothing. */
gboolean thread_complete(Ledger *ledger, gint64 entry);

#endif
