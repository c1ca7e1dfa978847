#include "stages/thread.h"

#include "ledger/changes.h"
#include "ledger/relations.h"

#define ECHO_USEC (60 * G_TIME_SPAN_MINUTE)
#define SKEW_USEC (5 * G_TIME_SPAN_MINUTE) /* between our clock and the mail server's */

gint64 thread_by_letter(Ledger *ledger, const Record *record)
{
    gint64 entry = record->in_reply_to ? ledger_entry_by_letter(ledger, record->in_reply_to) : 0;
    for (guint i = record->references->len; entry == 0 && i-- > 0;)
        entry = ledger_entry_by_letter(ledger, g_ptr_array_index(record->references, i));
    return entry;
}

gint64 thread_entry(Ledger *ledger, const Record *record)
{
    gint64 entry = thread_by_letter(ledger, record);
    if (!entry && record->reference)
        entry = ledger_entry_by_reference(ledger, record->reference);
    return ledger_entry_current(ledger, entry);
}

gboolean thread_belongs(Ledger *ledger, gint64 entry, const Record *record)
{
    return record->from_address && !g_str_equal(record->auth, "fail") &&
           ledger_entry_has_address(ledger, entry, record->from_address);
}

gint64 thread_by_documents(Ledger *ledger, const Record *record)
{
    gint64 entry = 0;
    guint counted = 0;
    for (guint i = 0; i < record->documents->len; i++) {
        const Document *document = g_ptr_array_index(record->documents, i);
        if (!document->sha256 || !document->filename)
            continue;
        gint64 holder = ledger_entry_by_document(ledger, document->sha256);
        if (holder == 0 || (entry != 0 && holder != entry))
            return 0;
        entry = holder;
        counted++;
    }
    return counted > 0 ? entry : 0;
}

gboolean thread_echoes(Ledger *ledger, const Record *record, gint64 received)
{
    return record->from_address && ledger_letter_between(ledger, record->from_address, received - ECHO_USEC, received + SKEW_USEC);
}

static void take_complete(const LedgerEntry *entry, gpointer user)
{
    *(gboolean *)user = g_str_equal(entry->state, "complete");
}

gboolean thread_complete(Ledger *ledger, gint64 entry)
{
    gboolean complete = FALSE;
    return ledger_entry_get(ledger, entry, take_complete, &complete, NULL) && complete && !ledger_entry_wants(ledger, entry);
}
