#include "base/clock.h"
#include "conf/settings.h"
#include "duties/workdays.h"
#include "ledger/calendar.h"

#define SEARCH_DAYS 400 /* in a year and more there is a working day, or the calendar is wrong */

struct Workdays {
    const char *zone;
    int from, to;        /* minutes */
    GHashTable *changed; /* Julian day -> 1 off, 2 work */
};

static void take_day(const LedgerDay *day, gpointer user)
{
    Workdays *workdays = user;
    guint32 julian = clock_day_parse(day->day);
    g_hash_table_insert(workdays->changed, GUINT_TO_POINTER(julian), GUINT_TO_POINTER(g_str_equal(day->kind, "work") ? 2 : 1));
}

Workdays *workdays_new(Ledger *ledger, const Conf *conf, GError **error)
{
    g_autoptr(Workdays) workdays = g_new0(Workdays, 1);
    workdays->zone = conf_string(conf, "general", "zone");
    workdays->changed = g_hash_table_new(NULL, NULL);
    setting_hours(conf_string(conf, "calendar", "hours"), &workdays->from, &workdays->to);
    return ledger_days(ledger, NULL, NULL, take_day, workdays, error) ? g_steal_pointer(&workdays) : NULL;
}

void workdays_free(Workdays *workdays)
{
    if (!workdays)
        return;
    g_hash_table_unref(workdays->changed);
    g_free(workdays);
}

gboolean workdays_is(const Workdays *workdays, guint32 day)
{
    guint changed = GPOINTER_TO_UINT(g_hash_table_lookup(workdays->changed, GUINT_TO_POINTER(day)));
    /* Julian day 1 is a Monday. */
    return changed ? changed == 2 : (day - 1) % 7 < 5;
}

guint32 workdays_add(const Workdays *workdays, guint32 day, int count)
{
    guint32 step = count < 0 ? (guint32)-1 : 1;
    for (int left = ABS(count); left > 0; left--)
        for (int n = 0; n < SEARCH_DAYS; n++) {
            day += step;
            if (workdays_is(workdays, day))
                break;
        }
    return day;
}

gint64 workdays_opening(const Workdays *workdays, guint32 day)
{
    return clock_at(day, workdays->from, workdays->zone);
}

gint64 workdays_closing(const Workdays *workdays, guint32 day)
{
    return clock_at(day, workdays->to, workdays->zone);
}

gboolean workdays_open(const Workdays *workdays, gint64 instant)
{
    guint32 day = workdays_day(workdays, instant);
    return workdays_is(workdays, day) && instant >= workdays_opening(workdays, day) && instant < workdays_closing(workdays, day);
}

gint64 workdays_next(const Workdays *workdays, gint64 instant)
{
    guint32 day = workdays_day(workdays, instant);
    if (workdays_open(workdays, instant))
        return instant;
    if (workdays_is(workdays, day) && instant < workdays_opening(workdays, day))
        return workdays_opening(workdays, day);
    return workdays_opening(workdays, workdays_add(workdays, day, 1));
}

const char *workdays_zone(const Workdays *workdays)
{
    return workdays->zone;
}

guint32 workdays_day(const Workdays *workdays, gint64 instant)
{
    return clock_day(instant, workdays->zone);
}
