/* arrange.c: whose an entry is, what is said about it, and where its documents stand. */
#include "base/clock.h"
#include "base/failure.h"
#include "decide/act.h"
#include "duties/duties.h"
#include "ledger/events.h"

gboolean decide_assign(const Decision *decision, const char *user, GError **error)
{
    g_auto(Act) act = {0};
    return act_begin(&act, decision, error) && ledger_entry_assign(decision->ledger, decision->entry, user, error) &&
           ledger_event(decision->ledger, decision->entry, decision->actor, "assign", error, "to", "t", user, NULL) &&
           act_end(&act, error);
}

gboolean decide_comment(const Decision *decision, const char *text, GError **error)
{
    g_auto(Act) act = {0};
    return act_needs(text, "the comment", error) && act_begin(&act, decision, error) &&
           ledger_entry_touch(decision->ledger, decision->entry, error) &&
           ledger_event(decision->ledger, decision->entry, decision->actor, "comment", error, "text", "t", text, NULL) &&
           act_end(&act, error);
}

gboolean decide_attend(const Decision *decision, GError **error)
{
    g_auto(Act) act = {0};
    return act_begin(&act, decision, error) && ledger_entry_attention(decision->ledger, decision->entry, NULL, error) &&
           ledger_event(decision->ledger, decision->entry, decision->actor, "attend", error, NULL) && act_end(&act, error);
}

/* Checks that all DOCUMENTS are of the entry and that something stays behind. */
static gboolean can_leave(Act *act, const gint64 *documents, guint count, GError **error)
{
    Ledger *ledger = act->decision->ledger;
    for (guint i = 0; i < count; i++) {
        g_autoptr(GArray) one = documents[i] ? act_documents(act, documents[i], DOCUMENTS_ALL, error) : NULL;
        if (!one) {
            if (!documents[i])
                g_set_error(error, FAILURE, FAILURE_USAGE, "0 is no document");
            return FALSE;
        }
        for (guint j = 0; j < i; j++)
            if (documents[j] == documents[i]) {
                g_set_error(error, FAILURE, FAILURE_USAGE, "document %" G_GINT64_FORMAT " is named twice", documents[i]);
                return FALSE;
            }
    }
    gint64 there = ledger_documents_held(ledger, act->decision->entry);
    if (count > 0 && count < there)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_DATA, count ? "one document of %s must stay" : "which documents of %s?", act->reference);
    return FALSE;
}

static gboolean add_addresses(Act *act, gint64 entry, GError **error)
{
    return !act->sender_address || ledger_entry_add_address(act->decision->ledger, entry, act->sender_address, error);
}

gboolean decide_split(const Decision *decision, const gint64 *documents, guint count, gint64 *ret_entry, GError **error)
{
    g_auto(Act) act = {0};
    if (!act_begin(&act, decision, error) || !can_leave(&act, documents, count, error))
        return FALSE;
    int number;
    LedgerEntry entry = {
        .year = clock_year(act.received, conf_string(decision->conf, "general", "zone")),
        .state = "review",
        .sender_name = act.sender_name,
        .sender_address = act.sender_address,
        .subject = act.subject,
        .received = act.received,
        .created = clock_now(),
    };
    g_autofree char *reference =
        ledger_entry_new(decision->ledger, &entry, conf_string(decision->conf, "reference", "prefix"),
                         (int)conf_int(decision->conf, "reference", "width"), 0, ret_entry, &number, error);
    if (!reference)
        return FALSE;
    g_autoptr(GArray) moved = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_vals(moved, documents, count);
    g_autofree char *names = act_names(moved);
    return add_addresses(&act, *ret_entry, error) &&
           ledger_documents_move(decision->ledger, documents, count, *ret_entry, error) &&
           act_settle(&act, decision->entry, act.state, error) && act_settle(&act, *ret_entry, "review", error) &&
           ledger_event(decision->ledger, decision->entry, decision->actor, "split", error, "documents", "t", names, "to", "t",
                        reference, NULL) &&
           ledger_event(decision->ledger, *ret_entry, decision->actor, "entry", error, "reference", "t", reference, "from", "t",
                        act.reference, "documents", "t", names, NULL) &&
           act_end(&act, error);
}

gboolean decide_merge(const Decision *decision, gint64 into, GError **error)
{
    g_auto(Act) act = {0}, other = {0};
    Decision target = *decision;
    target.entry = into;
    if (!act_begin(&act, decision, error) || !act_look(&other, &target, error))
        return FALSE;
    if (into == decision->entry || ledger_entry_current(decision->ledger, into) != into) {
        g_set_error(error, FAILURE, FAILURE_DATA, "%s cannot be merged into %s: that is itself, or was merged elsewhere", act.reference,
                    other.reference);
        return FALSE;
    }
    return ledger_entry_merge(decision->ledger, decision->entry, into, error) &&
           act_settle(&act, decision->entry, "closed", error) && act_settle(&act, into, other.state, error) &&
           ledger_event(decision->ledger, decision->entry, decision->actor, "merge", error, "into", "t", other.reference, NULL) &&
           ledger_event(decision->ledger, into, decision->actor, "merge", error, "from", "t", act.reference, NULL) &&
           act_end(&act, error);
}

gboolean decide_write(const Decision *decision, const DecisionLetter *letter, GError **error)
{
    g_auto(Act) act = {0};
    if (!letter || !act_needs(letter->text, "what the letter says", error) || !act_begin(&act, decision, error))
        return FALSE;
    const char *silence = act_silence(&act);
    if (silence) {
        g_set_error(error, FAILURE, FAILURE_DATA, "nobody can be written to about %s: %s", act.reference, silence);
        return FALSE;
    }
    return ledger_entry_touch(decision->ledger, decision->entry, error) &&
           ledger_event(decision->ledger, decision->entry, decision->actor, "write", error, "subject", "t", letter->subject, NULL) &&
           act_letter(&act, "reply", 0, NULL, letter, error) && act_end(&act, error);
}
