#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "cmd/filter.h"
#include "ledger/changes.h"

#define WEEK (7 * G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

void filter_clear(Filter *filter)
{
    char **const texts[] = {&filter->state, &filter->kind, &filter->sender,   &filter->organisation, &filter->meeting, &filter->finding,
                            &filter->text,  &filter->due,  &filter->assignee, &filter->since,        &filter->until};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_clear_pointer(texts[i], g_free);
}

gint64 filter_day(const char *day, gboolean after, const Conf *conf, GError **error)
{
    if (!day)
        return 0;
    gint64 end = clock_day_end(day, after ? 0 : -1, conf_string(conf, "general", "zone"));
    if (end >= 0)
        return end + 1;
    g_set_error(error, FAILURE, FAILURE_USAGE, "'%s' is no day such as 2026-03-05", day);
    return -1;
}

static gboolean settle_due(Filter *filter, const Conf *conf, GError **error)
{
    if (!filter->due)
        return TRUE;
    if (g_str_equal(filter->due, "none")) {
        filter->filter.due = LISTING_DUE_NONE;
        return TRUE;
    }
    filter->filter.due = LISTING_DUE_BEFORE;
    filter->filter.due_before = g_str_equal(filter->due, "overdue") ? clock_now()
                                : g_str_equal(filter->due, "week")  ? clock_now() + WEEK
                                                                    : filter_day(filter->due, FALSE, conf, error);
    return filter->filter.due_before >= 0;
}

gboolean filter_settle(Filter *filter, Ledger *ledger, const Conf *conf, GError **error)
{
    filter->filter = (ListingFilter){.state = filter->state, .kind = filter->kind, .sender = filter->sender,
                                     .organisation = filter->organisation, .meeting = filter->meeting, .finding = filter->finding,
                                     .text = filter->text};
    filter->filter.since = filter_day(filter->since, FALSE, conf, error);
    filter->filter.until = filter->filter.since < 0 ? -1 : filter_day(filter->until, TRUE, conf, error);
    if (filter->filter.until < 0 || !settle_due(filter, conf, error))
        return FALSE;
    if (!filter->assignee)
        return TRUE;
    filter->filter.assignee = g_str_equal(filter->assignee, "-") ? -1 : ledger_user_find(ledger, filter->assignee);
    if (filter->filter.assignee)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no user '%s'", filter->assignee);
    return FALSE;
}
