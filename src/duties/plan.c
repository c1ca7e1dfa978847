#include <stdlib.h>

#include "duties/plan.h"

#define LONGEST_HOLIDAY 16 /* days that an occurrence may be moved back by */

static int compare(gconstpointer a, gconstpointer b)
{
    const Occurrence *one = a, *other = b;
    return (one->planned > other->planned) - (one->planned < other->planned);
}

/* The beginning of working hours on DAY; of the next working day when DAY is off. Up to the due instant LIMIT (0: none) if
 * possible, else before it. */
static gint64 instant_of(const Workdays *workdays, guint32 day, gint64 limit)
{
    guint32 working = workdays_is(workdays, day) ? day : workdays_add(workdays, day, 1);
    gint64 opening = workdays_opening(workdays, working);
    while (limit && opening >= limit) {
        working = workdays_add(workdays, working, -1);
        opening = workdays_opening(workdays, working);
    }
    return opening;
}

static void add(GArray *occurrences, const char *kind, int days, gint64 planned)
{
    Occurrence occurrence = {.planned = planned, .escalates = g_str_equal(kind, "escalation")};
    if (days)
        g_snprintf(occurrence.name, sizeof occurrence.name, "%s %d", kind, days);
    else
        g_strlcpy(occurrence.name, kind, sizeof occurrence.name);
    g_array_append_val(occurrences, occurrence);
}

static int compare_days(gconstpointer a, gconstpointer b)
{
    return *(const int *)a - *(const int *)b;
}

/* The numbers of a setting, each once, 0 left out, from small to large. */
static GArray *days_of(const Conf *conf, const char *key)
{
    GArray *days = g_array_new(FALSE, FALSE, sizeof(int));
    for (const char *const *text = conf_list(conf, "reminders", key); *text; text++) {
        int number = atoi(*text);
        gboolean known = number == 0;
        for (guint i = 0; i < days->len; i++)
            known |= g_array_index(days, int, i) == number;
        if (!known)
            g_array_append_val(days, number);
    }
    g_array_sort(days, compare_days);
    return days;
}

GArray *plan_occurrences(const Workdays *workdays, const Conf *conf, gint64 due)
{
    GArray *occurrences = g_array_new(FALSE, FALSE, sizeof(Occurrence));
    g_autoptr(GArray) before = days_of(conf, "before"), after = days_of(conf, "after");
    guint32 day = workdays_day(workdays, due);
    for (guint i = before->len; i-- > 0;) {
        int days = g_array_index(before, int, i);
        add(occurrences, "before", days, instant_of(workdays, day - (guint32)days, due));
    }
    add(occurrences, "due", 0, instant_of(workdays, day, due));
    for (guint i = 0; i < after->len; i++) {
        int days = g_array_index(after, int, i);
        add(occurrences, "after", days, instant_of(workdays, day + (guint32)days, 0));
    }
    int escalate = (int)conf_int(conf, "reminders", "escalate");
    if (escalate)
        add(occurrences, "escalation", escalate, instant_of(workdays, day + (guint32)escalate, 0));
    g_array_sort(occurrences, compare);
    return occurrences;
}

int plan_reach(const Conf *conf)
{
    g_autoptr(GArray) before = days_of(conf, "before");
    return LONGEST_HOLIDAY + (before->len ? g_array_index(before, int, before->len - 1) : 0);
}

gint64 plan_resumes(const Workdays *workdays, const Conf *conf, gint64 claimed)
{
    int pause = (int)conf_int(conf, "reminders", "pause");
    guint32 day = workdays_day(workdays, claimed);
    return pause ? workdays_opening(workdays, workdays_add(workdays, workdays_add(workdays, day, pause), 1)) : claimed;
}

/* --- what is pending ------------------------------------------------------------------------------------------------------- */

void pending_clear(Pending *pending)
{
    g_clear_pointer(&pending->passed, g_array_unref);
}

static void pass_over(Pending *pending, const Occurrence *occurrence, const char *why)
{
    PassedOver passed = {*occurrence, why};
    g_array_append_val(pending->passed, passed);
}

/* Why an occurrence that lay before the duty was entered is not made up for; NULL: it is. */
static const char *too_late(const LedgerDuty *duty, const Occurrence *occurrence)
{
    if (occurrence->planned >= duty->created)
        return NULL;
    if (g_str_equal(duty->origin, "finding"))
        return "the letter that asked for it said so";
    return duty->due <= duty->created ? "it was overdue when it was entered" : NULL;
}

static void take(Pending *pending, const LedgerDuty *duty, const Occurrence *occurrence)
{
    const char *why = too_late(duty, occurrence);
    if (why) {
        pass_over(pending, occurrence, why);
        return;
    }
    if (occurrence->escalates) {
        pending->escalation = *occurrence;
        return;
    }
    if (*pending->reminder.name)
        pass_over(pending, &pending->reminder, "a later one goes instead");
    pending->reminder = *occurrence;
}

void plan_pending(const Workdays *workdays, const Conf *conf, const LedgerDuty *duty, GHashTable *done, gint64 now,
                  Pending *ret_pending)
{
    *ret_pending = (Pending){.passed = g_array_new(FALSE, FALSE, sizeof(PassedOver)), .next = G_MAXINT64};
    gboolean claimed = g_str_equal(duty->state, "claimed");
    if (!duty->due || duty->held || (!claimed && !g_str_equal(duty->state, "open")))
        return;
    gint64 resumes = claimed ? plan_resumes(workdays, conf, duty->claimed) : 0;
    g_autoptr(GArray) occurrences = plan_occurrences(workdays, conf, duty->due);
    for (guint i = 0; i < occurrences->len; i++) {
        const Occurrence *occurrence = &g_array_index(occurrences, Occurrence, i);
        gint64 at = MAX(occurrence->planned, resumes);
        if (done && g_hash_table_contains(done, occurrence->name))
            continue;
        if (duty->closes && MAX(at, now) >= duty->closes) /* comments on a closed ballot are of no use to anybody */
            continue;
        if (at <= now && workdays_open(workdays, now))
            take(ret_pending, duty, occurrence);
        else
            ret_pending->next = MIN(ret_pending->next, at <= now ? workdays_next(workdays, now) : at);
    }
}
