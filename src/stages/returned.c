#include "stages/returned.h"

#include "base/clock.h"
#include "ledger/events.h"
#include "stages/thread.h"

/* Servers give up after five days; a report that names no letter is about one of these. */
#define SUSPECT_DAYS 14

static char *why_of(const BounceRecipient *recipient)
{
    return g_strdup_printf("%s %s", recipient->address, recipient->status ? recipient->status : "bounced");
}

/* Returns as the functions of the ledger: the letter, 0, or -1. */
static gint64 enter_named(Ledger *ledger, const Record *record, const char *why, gint64 *ret_entry, GError **error)
{
    const char *id = record->bounce_message_id;
    if (g_str_equal(record->bounce_fate, "failed"))
        return ledger_letter_bounced(ledger, id, why, ret_entry, error);
    gboolean delayed = g_str_equal(record->bounce_fate, "delayed");
    return ledger_letter_noted(ledger, id, delayed ? "letter-delayed" : "letter-complaint", why, ret_entry, error);
}

/* The report names no letter: perhaps the last one to one of its recipients. */
static gint64 enter_nameless(Ledger *ledger, const Record *record, gint64 *ret_entry, GError **error)
{
    gint64 letter = 0;
    for (guint i = 0; i < record->bounce_recipients->len && letter == 0; i++) {
        const BounceRecipient *recipient = g_ptr_array_index(record->bounce_recipients, i);
        g_autofree char *why = why_of(recipient);
        letter = ledger_letter_suspect(ledger, recipient->address, clock_now() - SUSPECT_DAYS * G_TIME_SPAN_DAY, why, ret_entry,
                                       error);
    }
    return letter;
}

gboolean returned_bounce(Ledger *ledger, const LedgerMessage *message, const Record *record, gboolean again, gint64 *ret_entry,
                         GError **error)
{
    g_autofree char *why = record->bounce_recipients->len > 0 ? why_of(g_ptr_array_index(record->bounce_recipients, 0)) : NULL;
    gint64 letter = 0;
    if (!again && record->bounce_message_id)
        letter = enter_named(ledger, record, why ? why : "bounced", ret_entry, error);
    else if (!again && g_str_equal(record->bounce_fate, "failed"))
        letter = enter_nameless(ledger, record, ret_entry, error);
    return letter >= 0 &&
           ledger_event(ledger, *ret_entry, "intake", "bounce", error, "message", "i", message->id, "fate", "t", record->bounce_fate,
                        NULL);
}

gboolean returned_answer(Ledger *ledger, const LedgerMessage *message, const Record *record, gint64 *ret_entry, GError **error)
{
    gint64 entry = thread_entry(ledger, record);
    /* Who has our Message-ID got our letter; a number alone may come from anywhere. */
    if (entry && (thread_by_letter(ledger, record) == entry || thread_belongs(ledger, entry, record)))
        *ret_entry = entry;
    return ledger_event(ledger, *ret_entry, "intake", "auto-reply", error, "message", "i", message->id, NULL);
}
