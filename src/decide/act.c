#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "decide/act.h"
#include "duties/duties.h"
#include "ledger/events.h"
#include "ledger/listing.h"

void act_clear(Act *act)
{
    if (act->under_way)
        ledger_rollback(act->decision->ledger);
    act->under_way = FALSE;
    g_clear_pointer(&act->reference, g_free);
    g_clear_pointer(&act->state, g_free);
    g_clear_pointer(&act->attention, g_free);
    g_clear_pointer(&act->sender_name, g_free);
    g_clear_pointer(&act->sender_address, g_free);
    g_clear_pointer(&act->subject, g_free);
}

static void take_entry(const LedgerEntry *entry, gpointer user)
{
    Act *act = user;
    act->version = entry->version;
    act->year = entry->year;
    act->number = entry->number;
    act->received = entry->received;
    act->reference = g_strdup(entry->reference);
    act->state = g_strdup(entry->state);
    act->attention = g_strdup(entry->attention);
    act->sender_name = g_strdup(entry->sender_name);
    act->sender_address = g_strdup(entry->sender_address);
    act->subject = g_strdup(entry->subject);
}

typedef struct {
    const char *zone;
    char *text;
} Latest;

static void tell_latest(const LedgerEvent *event, gpointer user)
{
    Latest *latest = user;
    g_autofree char *at = clock_iso(event->at, latest->zone);
    latest->text = g_strdup_printf(" by %s (%s, %s)", event->actor, event->verb, at);
}

/* Somebody was faster: who, what, when. */
static gboolean conflict(Act *act, GError **error)
{
    const Decision *decision = act->decision;
    Latest latest = {conf_string(decision->conf, "general", "zone"), NULL};
    ledger_event_latest(decision->ledger, decision->entry, tell_latest, &latest, NULL);
    g_set_error(error, FAILURE, FAILURE_CONFLICT, "%s was changed meanwhile%s: look at it again, nothing was done", act->reference,
                latest.text ? latest.text : "");
    g_free(latest.text);
    return FALSE;
}

gboolean act_look(Act *act, const Decision *decision, GError **error)
{
    GError *failure = NULL;
    act->decision = decision;
    if (ledger_entry_get(decision->ledger, decision->entry, take_entry, act, &failure))
        return TRUE;
    if (failure)
        g_propagate_error(error, failure);
    else
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no entry %" G_GINT64_FORMAT, decision->entry);
    return FALSE;
}

gboolean act_begin(Act *act, const Decision *decision, GError **error)
{
    act->decision = decision;
    if (!ledger_begin(decision->ledger, error))
        return FALSE;
    act->under_way = TRUE;
    if (!act_look(act, decision, error))
        return FALSE;
    if (decision->version && decision->version != act->version)
        return conflict(act, error);
    if (ledger_entry_current(decision->ledger, decision->entry) == decision->entry)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_DATA, "%s was merged into another entry; decide there", act->reference);
    return FALSE;
}

gboolean act_settle(Act *act, gint64 entry, const char *fallback, GError **error)
{
    Ledger *ledger = act->decision->ledger;
    return ledger_entry_settle(ledger, entry, fallback, error) &&
           duties_settled(ledger, act->decision->conf, entry, FALSE, error) && ledger_entry_rank(ledger, entry, error);
}

gboolean act_end(Act *act, GError **error)
{
    act->under_way = FALSE; /* a commit that fails has rolled back */
    return ledger_commit(act->decision->ledger, error);
}

static gboolean is_decided(const char *state)
{
    return g_str_equal(state, "accepted") || g_str_equal(state, "rejected") || g_str_equal(state, "closed");
}

static gboolean fits(const char *state, DocumentsWhich which)
{
    return which == DOCUMENTS_ALL || is_decided(state) == (which == DOCUMENTS_DECIDED);
}

static gboolean nothing_left(Act *act, const char *what, const char *state, DocumentsWhich which, GError **error)
{
    g_set_error(error, FAILURE, FAILURE_DATA, which == DOCUMENTS_DECIDED ? "%s of %s is not decided yet: it is %s" :
                "%s of %s is decided already: it is %s; reopen it first", what, act->reference, state);
    return FALSE;
}

/* One document, named by a person. */
static gboolean take_document(Act *act, gint64 document, DocumentsWhich which, GArray *documents, GError **error)
{
    g_autofree char *state = NULL, *name = g_strdup_printf("document %" G_GINT64_FORMAT, document);
    if (ledger_document_entry(act->decision->ledger, document, &state) != act->decision->entry) {
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "%s has no %s", act->reference, name);
        return FALSE;
    }
    if (!fits(state, which))
        return nothing_left(act, name, state, which, error);
    g_array_append_val(documents, document);
    return TRUE;
}

GArray *act_documents(Act *act, gint64 document, DocumentsWhich which, GError **error)
{
    Ledger *ledger = act->decision->ledger;
    if (document) {
        g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof(gint64));
        return take_document(act, document, which, one, error) ? g_steal_pointer(&one) : NULL;
    }
    g_autoptr(GArray) documents = ledger_documents_which(ledger, act->decision->entry, which, error);
    g_autoptr(GArray) all = documents ? ledger_documents_which(ledger, act->decision->entry, DOCUMENTS_ALL, error) : NULL;
    if (!all)
        return NULL;
    if (documents->len == 0 && (all->len > 0 || !fits(act->state, which))) {
        nothing_left(act, "everything", act->state, which, error);
        return NULL;
    }
    return g_steal_pointer(&documents);
}

char *act_names(const GArray *documents)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < documents->len; i++)
        g_string_append_printf(names, "%s%" G_GINT64_FORMAT, i ? " " : "", g_array_index(documents, gint64, i));
    return g_string_free(names, FALSE);
}

gboolean act_needs(const char *text, const char *what, GError **error)
{
    if (text && text[strspn(text, " \t\r\n")])
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_USAGE, "%s must be given", what);
    return FALSE;
}
