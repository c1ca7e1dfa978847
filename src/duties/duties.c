/* duties.c: a person's word on a duty. */
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "duties/duties.h"
#include "ledger/duties.h"
#include "send/address.h"

static gboolean has_reason(const char *reason, GError **error)
{
    if (reason && *reason)
        return TRUE;
    g_set_error_literal(error, FAILURE, FAILURE_USAGE, "a reason is needed: it stands in the account of what happened");
    return FALSE;
}

gboolean duties_waive(Ledger *ledger, gint64 id, const char *reason, const char *actor, GError **error)
{
    return has_reason(reason, error) && ledger_duty_state(ledger, id, "open claimed", "waived", 0, reason, actor, NULL, error);
}

gboolean duties_hold(Ledger *ledger, gint64 id, gboolean held, const char *reason, const char *actor, GError **error)
{
    return ledger_duty_hold(ledger, id, held, reason, actor, error);
}

gboolean duties_meet(Ledger *ledger, gint64 id, const char *reason, const char *actor, GError **error)
{
    return has_reason(reason, error) && ledger_duty_state(ledger, id, "open claimed", "met", 0, reason, actor, NULL, error);
}

gboolean duties_add(Ledger *ledger, const DutyByHand *duty, const char *actor, gint64 *ret_id, GError **error)
{
    g_autofree char *uuid = g_uuid_string_random(), *key = g_strconcat("hand/", uuid, NULL);
    const char *why = duty->why ? duty->why : "";
    if (!duty->what || !*duty->what || duty->due <= 0) {
        g_set_error_literal(error, FAILURE, FAILURE_USAGE, "a duty needs to say what is owed and by when");
        return FALSE;
    }
    if (duty->address && *duty->address && !address_valid(duty->address)) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "'%s' is no mail address", duty->address);
        return FALSE;
    }
    LedgerDuty row = {.key = key, .origin = "hand", .what = duty->what, .party = duty->party, .name = duty->name,
                      .address = duty->address, .entry = duty->entry, .meeting = duty->meeting, .why_zh = why, .why_en = why,
                      .due = duty->due};
    return ledger_duty_put(ledger, &row, actor, ret_id, error);
}
