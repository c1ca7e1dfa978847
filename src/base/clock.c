#include <stdio.h>

#include "base/clock.h"

#define DEFAULT_ZONE "Asia/Shanghai"

static gint64 wall_offset(void)
{
    static gsize once;
    static gint64 offset;
    if (g_once_init_enter(&once)) {
        const char *set = g_getenv("SHOUWEN_NOW");
        gint64 now = set ? clock_parse_iso(set) : -1;
        if (now >= 0)
            offset = now - g_get_real_time();
        g_once_init_leave(&once, 1);
    }
    return offset;
}

static gint64 standing = -1; /* set by clock_set */

void clock_set(gint64 instant)
{
    standing = instant;
}

gint64 clock_now(void)
{
    return standing >= 0 ? standing : g_get_real_time() + wall_offset();
}

gint64 clock_mono(void)
{
    return g_get_monotonic_time();
}

int clock_left_ms(gint64 deadline)
{
    gint64 left = deadline - clock_mono();
    return left <= 0 ? 0 : (int)MIN(G_MAXINT, (left + 999) / 1000);
}

/* The zone asked for last: an office has one, and reading its file anew would cost more than the rest of a letter. */
static GTimeZone *zone_of(const char *name)
{
    static GTimeZone *last;
    static char *last_name;
    if (g_strcmp0(name, last_name) != 0 || !last) {
        g_clear_pointer(&last, g_time_zone_unref);
        g_free(last_name);
        last = g_time_zone_new_identifier(name);
        last_name = g_strdup(name);
    }
    return last ? g_time_zone_ref(last) : NULL;
}

static GDateTime *in_zone(gint64 instant, const char *zone)
{
    g_autoptr(GTimeZone) tz = zone_of(zone ? zone : DEFAULT_ZONE);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(instant / G_USEC_PER_SEC);
    return g_date_time_to_timezone(utc, tz ? tz : g_date_time_get_timezone(utc));
}

char *clock_iso(gint64 instant, const char *zone)
{
    g_autoptr(GDateTime) local = in_zone(instant, zone);
    return g_date_time_format(local, "%Y-%m-%dT%H:%M:%S%:z");
}

gint64 clock_parse_iso(const char *text)
{
    g_autoptr(GDateTime) parsed = g_date_time_new_from_iso8601(text, NULL);
    if (!parsed)
        return -1;
    return g_date_time_to_unix(parsed) * G_USEC_PER_SEC + g_date_time_get_microsecond(parsed);
}

int clock_year(gint64 instant, const char *zone)
{
    g_autoptr(GDateTime) local = in_zone(instant, zone);
    return g_date_time_get_year(local);
}

guint32 clock_day(gint64 instant, const char *zone)
{
    g_autoptr(GDateTime) local = in_zone(instant, zone);
    GDate day;
    int y, m, d;
    g_date_time_get_ymd(local, &y, &m, &d);
    g_date_clear(&day, 1);
    g_date_set_dmy(&day, (GDateDay)d, (GDateMonth)m, (GDateYear)y);
    return g_date_get_julian(&day);
}

gint64 clock_at(guint32 day, int minutes, const char *zone)
{
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, day);
    g_autoptr(GTimeZone) named = zone_of(zone ? zone : DEFAULT_ZONE), local = named ? g_time_zone_ref(named) : g_time_zone_new_utc();
    g_autoptr(GDateTime) at = g_date_time_new(local, g_date_get_year(&date), (int)g_date_get_month(&date), g_date_get_day(&date),
                                              minutes / 60, minutes % 60, 0);
    return g_date_time_to_unix(at) * G_USEC_PER_SEC;
}

guint32 clock_day_parse(const char *date)
{
    int year, month, day, length = 0;
    if (!date || sscanf(date, "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 || date[length] || year < 1 || month < 1 ||
        day < 1 || !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return 0;
    GDate parsed;
    g_date_clear(&parsed, 1);
    g_date_set_dmy(&parsed, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return g_date_get_julian(&parsed);
}

char *clock_day_text(guint32 day)
{
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, day);
    return g_strdup_printf("%04d-%02d-%02d", g_date_get_year(&date), (int)g_date_get_month(&date), g_date_get_day(&date));
}

gint64 clock_day_end(const char *date, int days, const char *zone)
{
    int year, month, day, length = 0;
    if (sscanf(date, "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 || date[length])
        return -1;
    g_autoptr(GTimeZone) local = zone_of(zone ? zone : DEFAULT_ZONE);
    g_autoptr(GDateTime) start = local ? g_date_time_new(local, year, month, day, 0, 0, 0) : NULL;
    g_autoptr(GDateTime) end = start ? g_date_time_add_days(start, days + 1) : NULL;
    return end ? g_date_time_to_unix(end) * G_USEC_PER_SEC - 1 : -1;
}
