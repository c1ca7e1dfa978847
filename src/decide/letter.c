/* letter.c: what the sender is told of a decision. */
#include "decide/act.h"
#include "ledger/events.h"
#include "letters/language.h"
#include "letters/say.h"

const char *act_silence(Act *act)
{
    g_auto(LedgerThread) thread = {0};
    const char *silent = letter_address_silent(act->decision->conf, act->sender_address);
    if (silent || !ledger_entry_thread(act->decision->ledger, act->decision->entry, &thread, NULL))
        return silent;
    return g_strcmp0(thread.auth, "fail") == 0 ? "sender failed verification" : NULL;
}

static void take_due(const LedgerEntry *entry, gpointer user)
{
    *(gint64 *)user = entry->due;
}

/* By when the entry is due now, after the decision; 0: never. */
static gint64 due_of(const Act *act)
{
    gint64 due = 0;
    ledger_entry_get(act->decision->ledger, act->decision->entry, take_due, &due, NULL);
    return due;
}

static LetterOrder order_of(Act *act, const char *kind, const LedgerThread *thread, SayPapers *papers, const DecisionLetter *words)
{
    return (LetterOrder){
        .kind = kind,
        .form = LETTER_FULL, /* a person has looked at it, and at whom it goes to */
        .recipient = act->sender_address,
        .name = act->sender_name,
        .entry = act->decision->entry,
        .message = thread->message,
        .reference = act->reference,
        .year = act->year,
        .number = act->number,
        .received = act->received,
        .due = g_str_equal(kind, "return") ? due_of(act) : 0,
        .subject = act->subject,
        .thread = (const char *const *)thread->thread->pdata,
        .by_person = TRUE,
        .edited = words ? words->text : NULL,
        .edited_subject = words ? words->subject : NULL,
        .add_facts = say_papers,
        .user = papers,
    };
}

gboolean act_letter(Act *act, const char *kind, gint64 document, const char *reason, const DecisionLetter *words, GError **error)
{
    const Decision *decision = act->decision;
    const char *silence = words && words->silent ? "the person who decided wants none" : act_silence(act);
    if (silence)
        return ledger_event(decision->ledger, decision->entry, decision->actor, "no-letter", error, "kind", "t", kind, "why", "t",
                            silence, NULL);
    Posted posted;
    g_auto(LedgerThread) thread = {0};
    SayPapers papers = {decision->ledger, decision->entry, document, reason};
    if (!ledger_entry_thread(decision->ledger, decision->entry, &thread, error))
        return FALSE;
    LetterOrder order = order_of(act, kind, &thread, &papers, words);
    return letter_post(decision->ledger, decision->templates, &order, decision->conf, decision->actor, NULL, &posted, error);
}

Letter *act_preview(Act *act, const char *kind, gint64 document, const char *reason, const DecisionLetter *words, GError **error)
{
    const Decision *decision = act->decision;
    g_auto(LedgerThread) thread = {0};
    SayPapers papers = {decision->ledger, decision->entry, document, reason};
    if (!ledger_entry_thread(decision->ledger, decision->entry, &thread, error))
        return NULL;
    LetterOrder order = order_of(act, kind, &thread, &papers, words);
    order.language = letter_language(decision->ledger, &order, decision->conf);
    return letter_write(decision->templates, &order, decision->conf, error);
}
