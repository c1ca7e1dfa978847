/* correct.c: what was read wrong is set right. */
#include <string.h>

#include "base/failure.h"
#include "decide/act.h"
#include "decide/values.h"
#include "ledger/events.h"
#include "ledger/search.h"

/* Ids of fields and kinds as filters/kinds/kinds.rng lets them be. */
static gboolean is_id(const char *id, const char *what, const char *allowed, GError **error)
{
    gsize length = strspn(id, allowed);
    if (length > 0 && length < 64 && id[length] == 0 && g_ascii_islower(*id))
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_USAGE, "'%s' is no %s", id, what);
    return FALSE;
}

/* The document must be of the entry, decided or not. */
static gboolean has_document(Act *act, gint64 document, GError **error)
{
    if (!document) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "which document of %s?", act->reference);
        return FALSE;
    }
    g_autoptr(GArray) one = act_documents(act, document, DOCUMENTS_ALL, error);
    return one != NULL;
}

gboolean decide_correct(const Decision *decision, gint64 document, const char *field, const char *value, GError **error)
{
    g_auto(Act) act = {0};
    if (!is_id(field, "field", "abcdefghijklmnopqrstuvwxyz0123456789_", error) || !act_begin(&act, decision, error) ||
        !has_document(&act, document, error))
        return FALSE;
    g_autofree char *was = ledger_field_value(decision->ledger, document, field), *shown = NULL;
    g_autofree char *became = value ? value_from_text(field, was, value, &shown, error) : NULL;
    if (value && !became)
        return FALSE;
    return ledger_correct(decision->ledger, document, field, became, shown, decision->actor, error) &&
           ledger_search_refresh(decision->ledger, document, error) &&
           ledger_document_settle(decision->ledger, document, error) && act_settle(&act, decision->entry, act.state, error) &&
           ledger_event(decision->ledger, decision->entry, decision->actor, "correct", error, "document", "i", document, "field", "t",
                        field, "was", "t", was, "became", "t", became, NULL) &&
           act_end(&act, error);
}

/* A kind that people have a name for, or that documents are of: who adds one to the filter may have given it no name. */
static gboolean is_known(const Decision *decision, const char *kind, GError **error)
{
    if (g_str_equal(kind, "unknown") || names_kind(templates_names(decision->templates), kind, "zh") != kind ||
        ledger_kind_occurs(decision->ledger, kind))
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_DATA, "there is no kind %s", kind);
    return FALSE;
}

gboolean decide_kind(const Decision *decision, gint64 document, const char *kind, GError **error)
{
    g_auto(Act) act = {0};
    if (!is_id(kind, "kind", "abcdefghijklmnopqrstuvwxyz0123456789-", error) || !act_begin(&act, decision, error) ||
        !is_known(decision, kind, error) || !has_document(&act, document, error))
        return FALSE;
    return ledger_correct_kind(decision->ledger, document, kind, decision->actor, error) &&
           act_settle(&act, decision->entry, act.state, error) &&
           ledger_event(decision->ledger, decision->entry, decision->actor, "kind", error, "document", "i", document, "kind", "t", kind,
                        NULL) &&
           act_end(&act, error);
}
