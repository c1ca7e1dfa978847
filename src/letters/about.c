#include "base/failure.h"
#include "base/limits.h"
#include "ledger/entries.h"
#include "letters/about.h"

struct LetterAbout {
    char *recipient, *name, *reference, *subject;
    GPtrArray *thread; /* char *, NULL-ended */
};

void letter_about_free(LetterAbout *about)
{
    if (!about)
        return;
    g_free(about->recipient);
    g_free(about->name);
    g_free(about->reference);
    g_free(about->subject);
    g_ptr_array_unref(about->thread);
    g_free(about);
}

typedef struct {
    LetterAbout *about;
    LetterOrder *order;
} Filling;

static void take_entry(const LedgerEntry *entry, gpointer user)
{
    const Filling *filling = user;
    LetterAbout *about = filling->about;
    LetterOrder *order = filling->order;
    order->recipient = about->recipient = g_strdup(entry->sender_address);
    order->name = about->name = g_strdup(entry->sender_name);
    order->reference = about->reference = g_strdup(entry->reference);
    order->subject = about->subject = g_strdup(entry->subject);
    order->entry = entry->id;
    order->year = entry->year;
    order->number = entry->number;
    order->received = entry->received;
}

static void take_message(const LedgerMessageRow *message, gpointer user)
{
    LetterAbout *about = user;
    if (message->message_id && !message->stranger)
        g_ptr_array_add(about->thread, g_strdup(message->message_id));
}

LetterAbout *letter_about(Ledger *ledger, gint64 entry, LetterOrder *order, GError **error)
{
    g_autoptr(LetterAbout) about = g_new0(LetterAbout, 1);
    GError *failure = NULL;
    about->thread = g_ptr_array_new_with_free_func(g_free);
    if (!ledger_entry_get(ledger, entry, take_entry, &(Filling){about, order}, &failure)) {
        if (failure)
            g_propagate_error(error, failure);
        else
            g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no entry %" G_GINT64_FORMAT, entry);
        return NULL;
    }
    if (!ledger_messages(ledger, entry, take_message, about, error))
        return NULL;
    g_ptr_array_add(about->thread, NULL);
    order->thread = (const char *const *)about->thread->pdata;
    order->form = ledger_entry_trusted(ledger, entry) ? LETTER_FULL : LETTER_MINIMAL;
    order->due = ledger_entry_due(ledger, entry);
    return g_steal_pointer(&about);
}
