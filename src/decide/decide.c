/* decide.c: accept, return, reject, reopen, close. */
#include "base/failure.h"
#include "decide/act.h"
#include "duties/duties.h"
#include "ledger/events.h"

/* What becomes of documents, and what their duties are told. */
typedef struct {
    const char *verb, *state;
    gboolean (*told)(Ledger *ledger, const Conf *conf, gint64 document, const char *actor, GError **error); /* NULL: nothing */
} Verdict;

/* Gives DOCUMENTS the verdict's state, settles the entry, and writes the event. */
static gboolean give(Act *act, const Verdict *verdict, const GArray *documents, const char *reason, GError **error)
{
    const Decision *decision = act->decision;
    for (guint i = 0; i < documents->len; i++) {
        gint64 document = g_array_index(documents, gint64, i);
        if (!ledger_document_set_state(decision->ledger, document, verdict->state, error) ||
            (verdict->told && !verdict->told(decision->ledger, decision->conf, document, decision->actor, error)))
            return FALSE;
    }
    g_autofree char *names = act_names(documents);
    return act_settle(act, decision->entry, verdict->state, error) &&
           ledger_event(decision->ledger, decision->entry, decision->actor, verdict->verb, error, "documents", "t",
                        *names ? names : NULL, "reason", "t", reason, NULL);
}

static void take_state(const LedgerEntry *entry, gpointer user)
{
    *(gboolean *)user = g_str_equal(entry->state, "accepted");
}

/* The completion is told once nothing of the entry is open any more. A question without documents has nothing to complete: it is
 * answered in a person's own words or not at all. */
static gboolean completes(Act *act, const GArray *documents, const DecisionLetter *letter)
{
    gboolean accepted = FALSE;
    ledger_entry_get(act->decision->ledger, act->decision->entry, take_state, &accepted, NULL);
    return accepted && (documents->len > 0 || (letter && letter->text));
}

/* The three decisions that are told to the sender. */
typedef enum { ACCEPT, RETURN, REJECT } Action;
static const struct {
    const char *name, *letter;
    Verdict verdict;
    gboolean needs_reason;
} actions[] = {
    [ACCEPT] = {"accept", "completion", {"accept", "accepted", duties_accepted}, FALSE},
    [RETURN] = {"return", "return", {"return", "waiting", NULL}, TRUE},
    [REJECT] = {"reject", "rejection", {"reject", "rejected", duties_rejected}, TRUE},
};

/* What an entry-level return is about: what is complete stays so, unless all of it is. */
static void leave_complete(Act *act, GArray *documents)
{
    g_autoptr(GArray) lacking = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < documents->len; i++) {
        g_autofree char *state = NULL;
        ledger_document_entry(act->decision->ledger, g_array_index(documents, gint64, i), &state);
        if (!g_str_equal(state, "complete"))
            g_array_append_val(lacking, g_array_index(documents, gint64, i));
    }
    if (lacking->len > 0) {
        g_array_set_size(documents, 0);
        g_array_append_vals(documents, lacking->data, lacking->len);
    }
}

/* Who decides on the whole entry has looked at what came for it. That a letter did not arrive is not settled by sending another. */
static gboolean settle_attention(Act *act, GError **error)
{
    return !act->attention || g_str_has_prefix(act->attention, "letter ") ||
           ledger_entry_attention(act->decision->ledger, act->decision->entry, NULL, error);
}

/* Carries out ACTION within the transaction under way; *RET_TELL: a letter goes with it. */
static gboolean carry_out(Act *act, Action action, gint64 document, const char *reason, const DecisionLetter *letter, gboolean *ret_tell,
                          GError **error)
{
    g_autoptr(GArray) documents = act_documents(act, document, DOCUMENTS_UNDECIDED, error);
    if (!documents)
        return FALSE;
    if (action == RETURN && !document)
        leave_complete(act, documents);
    if ((!document && !settle_attention(act, error)) || !give(act, &actions[action].verdict, documents, reason, error))
        return FALSE;
    *ret_tell = action != ACCEPT || completes(act, documents, letter);
    return TRUE;
}

/* A return without anybody to return to is none. */
static gboolean can_be_told(Act *act, Action action, const DecisionLetter *letter, GError **error)
{
    const char *silence = action != RETURN || (letter && letter->silent) ? NULL : act_silence(act);
    if (!silence)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_DATA, "%s cannot be returned: nobody can be written to (%s); it can be without a letter",
                act->reference, silence);
    return FALSE;
}

static gboolean decide(const Decision *decision, Action action, gint64 document, const char *reason, const DecisionLetter *letter,
                       GError **error)
{
    gboolean tell;
    g_auto(Act) act = {0};
    if ((actions[action].needs_reason && !act_needs(reason, "the reason", error)) || !act_begin(&act, decision, error))
        return FALSE;
    return can_be_told(&act, action, letter, error) && carry_out(&act, action, document, reason, letter, &tell, error) &&
           (!tell || act_letter(&act, actions[action].letter, action == ACCEPT ? 0 : document, reason, letter, error)) && act_end(&act, error);
}

gboolean decide_accept(const Decision *decision, gint64 document, const DecisionLetter *letter, GError **error)
{
    return decide(decision, ACCEPT, document, NULL, letter, error);
}

gboolean decide_return(const Decision *decision, gint64 document, const char *reason, const DecisionLetter *letter, GError **error)
{
    return decide(decision, RETURN, document, reason, letter, error);
}

gboolean decide_reject(const Decision *decision, gint64 document, const char *reason, const DecisionLetter *letter, GError **error)
{
    return decide(decision, REJECT, document, reason, letter, error);
}


static int find_action(const char *name, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
        if (g_str_equal(actions[i].name, name))
            return (int)i;
    g_set_error(error, FAILURE, FAILURE_USAGE, "no letter goes with '%s': accept, return and reject send one", name);
    return -1;
}

/* The decision is carried out and taken back: so the letter says of the documents what it will say. */
Letter *decide_letter(const Decision *decision, const char *action, gint64 document, const char *reason,
                      const DecisionLetter *letter, GError **error)
{
    gboolean tell;
    g_auto(Act) act = {0};
    int which = find_action(action, error);
    if (which < 0 || !act_begin(&act, decision, error))
        return NULL;
    const char *silence = act_silence(&act);
    if (silence) {
        g_set_error(error, FAILURE, FAILURE_DATA, "nobody can be written to about %s: %s", act.reference, silence);
        return NULL;
    }
    if (!carry_out(&act, (Action)which, document, reason, letter, &tell, error))
        return NULL;
    return act_preview(&act, actions[which].letter, which == ACCEPT ? 0 : document, reason, letter, error);
}

gboolean decide_reopen(const Decision *decision, gint64 document, const char *reason, GError **error)
{
    static const Verdict verdict = {"reopen", "review", duties_rejected};
    g_auto(Act) act = {0};
    if (!act_begin(&act, decision, error))
        return FALSE;
    g_autoptr(GArray) documents = act_documents(&act, document, DOCUMENTS_DECIDED, error);
    return documents && give(&act, &verdict, documents, reason, error) && act_end(&act, error);
}

gboolean decide_close(const Decision *decision, const char *reason, GError **error)
{
    static const Verdict verdict = {"close", "closed", NULL};
    g_auto(Act) act = {0};
    if (!act_begin(&act, decision, error))
        return FALSE;
    g_autoptr(GArray) documents = act_documents(&act, 0, DOCUMENTS_UNDECIDED, error);
    return documents && ledger_entry_attention(decision->ledger, decision->entry, NULL, error) &&
           give(&act, &verdict, documents, reason, error) && act_end(&act, error);
}
