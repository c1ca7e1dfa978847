/* arrive.c: what a document does to duties: when it arrives, and when a person decides on it. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "duties/duties.h"
#include "duties/match.h"
#include "duties/registry.h"
#include "ledger/duties.h"
#include "ledger/entries.h"
#include "ledger/parties.h"
#include "ledger/relations.h"

/* --- arrival ------------------------------------------------------------------------------------------------------------ */

/* Nothing is missing in it and no person must look at it first. */
static gboolean is_whole(const Paper *paper)
{
    return g_str_equal(paper->state, "complete") || g_str_equal(paper->state, "accepted");
}

static void count_duty(G_GNUC_UNUSED const LedgerDuty *duty, gpointer user)
{
    ++*(guint *)user;
}

gboolean duties_arrived(Ledger *ledger, G_GNUC_UNUSED const Conf *conf, gint64 document, gboolean sure, GError **error)
{
    GError *failure = NULL;
    DutyFilter its_own = {.state = "all", .document = document};
    guint before = 0;
    Match match;
    if (!ledger_duties(ledger, &its_own, count_duty, &before, error))
        return FALSE;
    g_autoptr(Paper) paper = before ? NULL : paper_get(ledger, document, &failure);
    gint64 duty = paper ? match_duty(ledger, paper, &match, &failure) : 0;
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    if (!duty) /* or it was read before, and has met or claimed its own */
        return TRUE;
    if (sure && match == MATCH_SURE && is_whole(paper))
        return ledger_duty_state(ledger, duty, "open claimed", "met", document, NULL, "intake", NULL, error);
    return ledger_duty_state(ledger, duty, "open claimed", "claimed", document, NULL, "intake", NULL, error) &&
           ledger_entry_attention(ledger, paper->entry, "claims a duty", error);
}

/* --- decisions ---------------------------------------------------------------------------------------------------------- */

static void take_id(const LedgerDuty *duty, gpointer user)
{
    g_array_append_val((GArray *)user, duty->id);
}

/* Takes every duty of STATE that FILTER finds to the state TO. */
static gboolean move_all(Ledger *ledger, const DutyFilter *filter, const char *to, gint64 document, const char *reason,
                         const char *actor, guint *ret_count, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (!ledger_duties(ledger, filter, take_id, ids, error))
        return FALSE;
    for (guint i = 0; i < ids->len; i++)
        if (!ledger_duty_state(ledger, g_array_index(ids, gint64, i), "open claimed met waived", to, document, reason, actor, NULL,
                               error))
            return FALSE;
    if (ret_count)
        *ret_count = ids->len;
    return TRUE;
}

static gboolean meet_by(Ledger *ledger, const Paper *paper, const char *actor, GError **error)
{
    GError *failure = NULL;
    DutyFilter claimed = {.state = "claimed", .document = paper->id};
    guint count = 0;
    Match match;
    if (!move_all(ledger, &claimed, "met", paper->id, NULL, actor, &count, error))
        return FALSE;
    if (count)
        return TRUE;
    gint64 duty = match_duty(ledger, paper, &match, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    return !duty || ledger_duty_state(ledger, duty, "open claimed", "met", paper->id, NULL, actor, NULL, error);
}

gboolean duties_accepted(Ledger *ledger, G_GNUC_UNUSED const Conf *conf, gint64 document, const char *actor, GError **error)
{
    GError *failure = NULL;
    g_autoptr(Paper) paper = paper_get(ledger, document, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    return !paper || (meet_by(ledger, paper, actor, error) && registry_accepted(ledger, paper, actor, error));
}

gboolean duties_rejected(Ledger *ledger, G_GNUC_UNUSED const Conf *conf, gint64 document, const char *actor, GError **error)
{
    GError *failure = NULL;
    DutyFilter claimed = {.state = "claimed", .document = document}, met = {.state = "met", .document = document};
    g_autoptr(Paper) paper = paper_get(ledger, document, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    return !paper || (move_all(ledger, &claimed, "open", 0, NULL, actor, NULL, error) &&
                      move_all(ledger, &met, "open", 0, NULL, actor, NULL, error) &&
                      registry_rejected(ledger, paper, actor, error));
}

/* --- what an entry still lacks -------------------------------------------------------------------------------------------- */

typedef struct {
    gint64 open;
    guint count;
} Completion;

static void count_completion(const LedgerDuty *duty, gpointer user)
{
    Completion *completion = user;
    completion->count++;
    if (g_str_equal(duty->state, "open") || g_str_equal(duty->state, "claimed"))
        completion->open = duty->id;
}

static gboolean ask_completion(Ledger *ledger, const Conf *conf, gint64 entry, guint number, const char *name, const char *address,
                               GError **error)
{
    const char *zone = conf_string(conf, "general", "zone");
    int days = (int)conf_int(conf, "rules", "completion_days");
    g_autofree char *key = g_strdup_printf("completion/entry %" G_GINT64_FORMAT "/%u", entry, number);
    LedgerDuty duty = {.key = key, .origin = "finding", .what = "completion", .party = ledger_party_by_address(ledger, address),
                       .name = name, .address = address, .entry = entry, .why_zh = "来件不齐全或有误，请按回执补充",
                       .why_en = "the submission is incomplete or has faults; please send what the receipt names",
                       .due = days ? clock_at(clock_day(clock_now(), zone) + (guint32)days + 1, 0, zone) - 1 : 0};
    return ledger_duty_put(ledger, &duty, "intake", NULL, error) && ledger_entry_set_due(ledger, entry, duty.due, error);
}

/* What becomes of the duty to complete an entry that is in STATE now; NULL: it stays open. A proposal of which parts are missing is
 * not complete, whatever its parts are. */
static const char *completion_after(Ledger *ledger, gint64 entry, const char *state)
{
    if (g_str_equal(state, "complete") && ledger_entry_wants(ledger, entry))
        return NULL;
    static const char *const table[][2] = {
        {"review", "claimed"}, {"complete", "met"}, {"accepted", "met"}, {"rejected", "waived"}, {"closed", "waived"}};
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        if (g_str_equal(table[i][0], state))
            return table[i][1];
    return NULL;
}

gboolean duties_settled(Ledger *ledger, const Conf *conf, gint64 entry, gboolean told, GError **error)
{
    g_autofree char *state = NULL, *name = NULL, *address = NULL;
    g_autofree char *begins = g_strdup_printf("completion/entry %" G_GINT64_FORMAT "/", entry);
    DutyFilter filter = {.state = "all", .entry = entry, .key_begins = begins};
    Completion completion = {0};
    GError *failure = NULL;
    if (!ledger_entry_standing(ledger, entry, &state, &name, &address, &failure)) {
        if (failure)
            g_propagate_error(error, failure);
        return failure == NULL;
    }
    if (!ledger_duties(ledger, &filter, count_completion, &completion, error))
        return FALSE;
    const char *to = completion_after(ledger, entry, state);
    gboolean done;
    if (!to && !completion.open)
        return !address || (!told && !g_str_equal(state, "waiting")) ||
               ask_completion(ledger, conf, entry, completion.count + 1, name, address, error);
    if (!completion.open)
        return TRUE;
    if (!to)
        return ledger_duty_state(ledger, completion.open, "claimed", "open", 0, NULL, "intake", &done, error);
    return ledger_duty_state(ledger, completion.open, g_str_equal(to, "claimed") ? "open" : "open claimed", to, 0,
                             g_str_equal(to, "waived") ? "the entry was decided" : NULL, "intake", &done, error) &&
           (g_str_equal(to, "claimed") || ledger_entry_set_due(ledger, entry, 0, error));
}
