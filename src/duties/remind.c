#include "base/clock.h"
#include "base/failure.h"
#include "duties/owed.h"
#include "duties/remind.h"
#include "duties/words.h"
#include "ledger/facts.h"

#define BATCH 50                            /* letters of one transaction */
#define AGAIN_USEC (5 * G_TIME_SPAN_MINUTE) /* when the hour's letters are used up */

/* One letter: the duties that it is about, each with the occurrence that it fulfils. */
typedef struct {
    const char *recipient;
    gboolean escalates;
    GPtrArray *duties;      /* LedgerDuty, borrowed, the most urgent first */
    GArray *occurrences;    /* Occurrence */
} Group;

typedef struct {
    Ledger *ledger;
    const Templates *templates;
    const Conf *conf;
    const Workdays *workdays;
    gint64 now;
    GPtrArray *groups;      /* Group, in the order in which they came up */
    GHashTable *by_address; /* "reminder address" -> Group */
    Reminded *reminded;
    GError **error;
} Reminding;

static void group_free(gpointer data)
{
    Group *group = data;
    g_ptr_array_unref(group->duties);
    g_array_unref(group->occurrences);
    g_free(group);
}

/* --- what is pending ------------------------------------------------------------------------------------------------------ */

static gboolean note(const Reminding *it, gint64 duty, const Occurrence *occurrence, gint64 letter, const char *why)
{
    LedgerReminder row = {duty, occurrence->name, occurrence->planned, it->now, letter, why};
    return ledger_reminder_add(it->ledger, &row, it->error);
}

static gboolean put_in_group(const Reminding *it, LedgerDuty *duty, const Occurrence *occurrence)
{
    const char *recipient = owed_recipient(it->conf, duty, occurrence->escalates);
    if (!recipient)
        return note(it, duty->id, occurrence, 0, occurrence->escalates ? "nobody is known to tell of it" : "no address is known");
    g_autofree char *key = g_strdup_printf("%d %s", occurrence->escalates, recipient);
    Group *group = g_hash_table_lookup(it->by_address, key);
    if (!group) {
        group = g_new0(Group, 1);
        group->recipient = recipient;
        group->escalates = occurrence->escalates;
        group->duties = g_ptr_array_new();
        group->occurrences = g_array_new(FALSE, FALSE, sizeof(Occurrence));
        g_hash_table_insert(it->by_address, g_steal_pointer(&key), group);
        g_ptr_array_add(it->groups, group);
    }
    g_ptr_array_add(group->duties, duty);
    g_array_append_val(group->occurrences, *occurrence);
    return TRUE;
}

static gboolean look_at(const Reminding *it, LedgerDuty *duty)
{
    g_auto(Pending) pending = {0};
    g_autoptr(GHashTable) done = owed_reminded(it->ledger, duty->id, it->error);
    if (!done)
        return FALSE;
    plan_pending(it->workdays, it->conf, duty, done, it->now, &pending);
    it->reminded->next = MIN(it->reminded->next, pending.next);
    for (guint i = 0; i < pending.passed->len; i++) {
        const PassedOver *passed = &g_array_index(pending.passed, PassedOver, i);
        if (!note(it, duty->id, &passed->occurrence, 0, passed->why))
            return FALSE;
    }
    return (!*pending.reminder.name || put_in_group(it, duty, &pending.reminder)) &&
           (!*pending.escalation.name || put_in_group(it, duty, &pending.escalation));
}

/* --- letters -------------------------------------------------------------------------------------------------------------- */

static gboolean send_group(const Reminding *it, const Group *group)
{
    gint64 letter;
    Posted posted;
    if (!words_post(it->ledger, it->templates, it->conf, it->workdays, group->recipient, group->escalates, group->duties, &letter,
                    &posted, it->error))
        return FALSE;
    for (guint i = 0; i < group->duties->len; i++) {
        const LedgerDuty *duty = g_ptr_array_index(group->duties, i);
        if (!note(it, duty->id, &g_array_index(group->occurrences, Occurrence, i), letter,
                  posted == POSTED_NEVER ? "the settings or the address allow no letter" : NULL))
            return FALSE;
    }
    it->reminded->letters += posted != POSTED_NEVER;
    return TRUE;
}

/* One letter that cannot be made (an address, a template) must not keep back those of others; what is wrong with the ledger or the disk
 * does. */
static gboolean try_group(const Reminding *it, Group *group)
{
    g_autoptr(GError) problem = NULL;
    Reminding own = *it;
    own.error = &problem;
    if (!ledger_savepoint(it->ledger, it->error))
        return FALSE;
    if (send_group(&own, group))
        return ledger_release(it->ledger, it->error);
    ledger_revert(it->ledger);
    if (failure_outcome(problem) == OUTCOME_AGAIN || g_error_matches(problem, FAILURE, FAILURE_IO)) {
        g_propagate_error(it->error, g_steal_pointer(&problem));
        return FALSE;
    }
    g_free(it->reminded->why);
    it->reminded->why = g_strdup(problem->message);
    it->reminded->next = MIN(it->reminded->next, it->now + AGAIN_USEC);
    return TRUE;
}

static gboolean send_all(const Reminding *it)
{
    gint64 left = conf_int(it->conf, "reminders", "per_hour") - ledger_reminders_since(it->ledger, it->now - G_TIME_SPAN_HOUR);
    guint room = (guint)CLAMP(left, 0, BATCH);
    for (guint i = 0; i < MIN(room, it->groups->len); i++)
        if (!try_group(it, g_ptr_array_index(it->groups, i)))
            return FALSE;
    it->reminded->more = it->groups->len > room && left > BATCH && it->reminded->letters > 0;
    if (it->groups->len > room)
        it->reminded->next = MIN(it->reminded->next, it->now + AGAIN_USEC);
    return TRUE;
}

gboolean remind_due(Ledger *ledger, const Templates *templates, const Conf *conf, const Workdays *workdays, Reminded *ret_reminded,
                    GError **error)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(group_free);
    g_autoptr(GHashTable) by_address = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *held = ledger_fact(ledger, REMINDERS_HELD);
    Reminding it = {ledger, templates, conf, workdays, clock_now(), groups, by_address, ret_reminded, error};
    DutyFilter filter = {.with_due = TRUE, .due_before = it.now + plan_reach(conf) * G_TIME_SPAN_DAY};
    *ret_reminded = (Reminded){.next = it.now + G_TIME_SPAN_DAY}; /* those due later come into reach by then */
    if (held)
        return TRUE;
    g_autoptr(GPtrArray) duties = owed_duties(ledger, &filter, error);
    if (!duties)
        return FALSE;
    for (guint i = 0; i < duties->len; i++)
        if (!look_at(&it, g_ptr_array_index(duties, i)))
            return FALSE;
    return send_all(&it);
}

/* --- the plan ------------------------------------------------------------------------------------------------------------- */

typedef struct {
    gint64 at;
    const LedgerDuty *duty;
    Occurrence occurrence;
} Row;

static int compare_rows(gconstpointer a, gconstpointer b)
{
    const Row *one = a, *other = b;
    return (one->at > other->at) - (one->at < other->at);
}

static void add_row(GArray *rows, const LedgerDuty *duty, const Occurrence *occurrence, gint64 at)
{
    Row row = {at, duty, *occurrence};
    if (*occurrence->name)
        g_array_append_val(rows, row);
}

/* Walks from instant to instant of DUTY's own plan, as the clock would. */
static gboolean plan_one(const Reminding *it, const LedgerDuty *duty, gint64 until, GArray *rows)
{
    g_autoptr(GHashTable) done = owed_reminded(it->ledger, duty->id, it->error);
    if (!done)
        return FALSE;
    for (gint64 at = workdays_next(it->workdays, it->now); at <= until;) {
        g_auto(Pending) pending = {0};
        plan_pending(it->workdays, it->conf, duty, done, at, &pending);
        add_row(rows, duty, &pending.reminder, at);
        add_row(rows, duty, &pending.escalation, at);
        for (guint i = 0; i < pending.passed->len; i++)
            g_hash_table_add(done, g_strdup(g_array_index(pending.passed, PassedOver, i).occurrence.name));
        g_hash_table_add(done, g_strdup(pending.reminder.name));
        g_hash_table_add(done, g_strdup(pending.escalation.name));
        at = pending.next;
    }
    return TRUE;
}

gboolean remind_plan(Ledger *ledger, const Conf *conf, const Workdays *workdays, gint64 until, PlannedVisitor visit, gpointer user,
                     GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Row));
    Reminding it = {.ledger = ledger, .conf = conf, .workdays = workdays, .now = clock_now(), .error = error};
    DutyFilter filter = {.with_due = TRUE, .due_before = until + plan_reach(conf) * G_TIME_SPAN_DAY};
    g_autoptr(GPtrArray) duties = owed_duties(ledger, &filter, error);
    for (guint i = 0; duties && i < duties->len; i++)
        if (!plan_one(&it, g_ptr_array_index(duties, i), until, rows))
            return FALSE;
    g_array_sort(rows, compare_rows);
    for (guint i = 0; i < rows->len; i++) {
        const Row *row = &g_array_index(rows, Row, i);
        PlannedReminder planned = {row->at, row->duty, row->occurrence.name,
                                   owed_recipient(conf, row->duty, row->occurrence.escalates)};
        visit(&planned, user);
    }
    return duties != NULL;
}
