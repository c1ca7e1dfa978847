#include <string.h>

#include "answers/calendar.h"
#include "answers/zones.h"
#include "base/clock.h"
#include "base/limits.h"

#define STEPS 20000 /* of one rule from its start: daily for 54 years */
#define TOO_OFTEN "重复次数过多，未全部展开 a rule recurs too often to be worked out whole"
#define YEAR 31557600
#define AFTER_YEARS 3

/* libical's own check lets 30 February pass. */
static gboolean is_sound(struct icaltimetype t)
{
    if (icaltime_is_null_time(t) || t.year < 1 || t.year > 9999 || t.month < 1 || t.month > 12 || t.day < 1 || t.day > 31 ||
        !g_date_valid_dmy((GDateDay)t.day, (GDateMonth)t.month, (GDateYear)t.year))
        return FALSE;
    return t.is_date || (t.hour >= 0 && t.hour < 24 && t.minute >= 0 && t.minute < 60 && t.second >= 0 && t.second <= 60);
}

gboolean calendar_moment(icalcomponent *calendar, icalproperty *property, Moment *ret, const char **ret_unknown)
{
    icalvalue *value = property ? icalproperty_get_value(property) : NULL;
    icalvalue_kind kind = value ? icalvalue_isa(value) : ICAL_NO_VALUE;
    *ret = (Moment){.kind = ZONE_NONE};
    if (kind == ICAL_DATETIMEPERIOD_VALUE) {
        struct icaldatetimeperiodtype either = icalvalue_get_datetimeperiod(value);
        ret->time = icaltime_is_null_time(either.time) ? either.period.start : either.time;
    } else if (kind == ICAL_DATE_VALUE || kind == ICAL_DATETIME_VALUE) {
        ret->time = kind == ICAL_DATE_VALUE ? icalvalue_get_date(value) : icalvalue_get_datetime(value);
    }
    if (!is_sound(ret->time))
        return FALSE;
    icalparameter *parameter = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
    const char *tzid = parameter ? icalparameter_get_tzid(parameter) : NULL;
    gboolean utc = icaltime_is_utc(ret->time);
    ret->time.zone = NULL;
    if (ret->time.is_date || (!utc && !tzid))
        return TRUE;
    ret->own = utc ? NULL : icalcomponent_get_timezone(calendar, tzid);
    ret->name = utc ? NULL : zones_find(tzid);
    if (!ret->name && ret->own)
        ret->name = zones_find(icaltimezone_get_location(ret->own));
    ret->kind = utc ? ZONE_UTC : ret->name ? ZONE_IANA : ret->own ? ZONE_OWN : ZONE_NONE;
    /* It is shown in UTC, where the year may be another one. */
    if (ret->kind == ZONE_OWN && (ret->time.year < 2 || ret->time.year > 9998))
        return FALSE;
    if (ret->kind == ZONE_NONE && ret_unknown)
        *ret_unknown = tzid;
    return TRUE;
}

/* Seconds since 1970 in UTC. */
static gint64 instant_of(const Moment *moment)
{
    gint64 local = icaltime_as_timet(moment->time);
    if (moment->kind == ZONE_OWN)
        return icaltime_as_timet_with_zone(moment->time, moment->own);
    return moment->kind == ZONE_IANA ? zones_instant(moment->name, local) : local;
}

Moment calendar_moment_in(const Moment *moment, const Moment *like)
{
    Moment there = *moment;
    if (moment->kind == ZONE_NONE || like->kind == ZONE_NONE ||
        (moment->kind == like->kind && moment->own == like->own && g_strcmp0(moment->name, like->name) == 0))
        return there;
    gint64 instant = instant_of(moment);
    there.kind = like->kind;
    there.name = like->name;
    there.own = like->own;
    if (like->kind == ZONE_OWN)
        there.time = icaltime_from_timet_with_zone(instant, 0, like->own);
    else
        there.time = icaltime_from_timet_with_zone(instant + (like->kind == ZONE_IANA ? zones_ahead(like->name, instant) : 0), 0, NULL);
    there.time.zone = NULL;
    return there;
}

static json_t *text_of(struct icaltimetype time)
{
    char text[32];
    if (!is_sound(time))
        return json_null();
    g_snprintf(text, sizeof text, time.is_date ? "%04d-%02d-%02d" : "%04d-%02d-%02dT%02d:%02d:%02d", time.year, time.month, time.day,
               time.hour, time.minute, MIN(time.second, 59));
    return json_string(text);
}

json_t *calendar_moment_json(const Moment *moment)
{
    static const Moment utc = {.kind = ZONE_UTC};
    Moment shown = moment->kind == ZONE_OWN ? calendar_moment_in(moment, &utc) : *moment;
    return text_of(shown.time);
}

json_t *calendar_zone_json(const Moment *moment)
{
    if (moment->kind == ZONE_NONE)
        return json_null();
    return json_string(moment->kind == ZONE_IANA ? moment->name : "UTC");
}

char *calendar_key(const Moment *moment, const Moment *like)
{
    Moment there = calendar_moment_in(moment, like);
    struct icaltimetype t = there.time;
    return t.is_date ? g_strdup_printf("%04d%02d%02d", t.year, t.month, t.day)
                     : g_strdup_printf("%04d%02d%02dT%02d%02d%02d", t.year, t.month, t.day, t.hour, t.minute, t.second);
}

/* --- recurrences ------------------------------------------------------------------------------------------------------- */

typedef struct {
    const Moment *start;
    GHashTable *without; /* keys, owned */
    GHashTable *overridden;
    GHashTable *seen;    /* keys of those found, owned */
    GPtrArray *found;    /* Moment * */
    gint64 from, to;     /* seconds in UTC */
    gint64 until;
    const char *fault;
} Series;

static gboolean is_left_out(const Series *series, const char *key)
{
    char day[9] = "";
    g_strlcpy(day, key, sizeof day);
    return g_hash_table_contains(series->without, key) || g_hash_table_contains(series->without, day) ||
           (series->overridden && g_hash_table_contains(series->overridden, key));
}

/* FALSE: it lies behind the window, or there are enough. */
static gboolean add(Series *series, const Moment *moment)
{
    gint64 instant = instant_of(moment);
    g_autofree char *key = calendar_key(moment, series->start);
    if (!is_sound(moment->time) || instant >= series->to || series->found->len >= LIMIT_RECURRENCES)
        return FALSE;
    if (instant >= series->from && !is_left_out(series, key) && g_hash_table_add(series->seen, g_steal_pointer(&key)))
        g_ptr_array_add(series->found, g_memdup2(moment, sizeof *moment));
    return TRUE;
}

/* UNTIL is in UTC where the start has a zone (RFC 5545, 3.3.10); the rule is worked out in the clocks of the start. */
static void settle_until(struct icalrecurrencetype *rule, const Moment *start)
{
    if (icaltime_is_null_time(rule->until))
        return;
    Moment until = {.time = rule->until, .kind = !rule->until.is_date && icaltime_is_utc(rule->until) ? ZONE_UTC : ZONE_NONE};
    until.time.zone = NULL;
    rule->until = calendar_moment_in(&until, start).time;
}

static void add_rule(Series *series, struct icalrecurrencetype rule)
{
    if (rule.freq < ICAL_DAILY_RECURRENCE || rule.freq > ICAL_YEARLY_RECURRENCE) {
        series->fault = "重复过密，未展开 a rule that recurs within a day is not worked out";
        g_ptr_array_set_size(series->found, 0);
        return;
    }
    /* libical may look for long before it finds nothing: so the time is asked before each rule too. */
    if (clock_mono() >= series->until) {
        series->fault = TOO_OFTEN;
        return;
    }
    settle_until(&rule, series->start);
    icalrecur_iterator *iterator = icalrecur_iterator_new(rule, series->start->time);
    for (guint step = 0; iterator; step++) {
        Moment moment = *series->start;
        moment.time = icalrecur_iterator_next(iterator);
        moment.time.zone = NULL;
        if (icaltime_is_null_time(moment.time) || !add(series, &moment))
            break;
        if (step >= STEPS || clock_mono() >= series->until) {
            series->fault = TOO_OFTEN;
            break;
        }
    }
    if (iterator)
        icalrecur_iterator_free(iterator);
}

static int compare_moments(gconstpointer a, gconstpointer b)
{
    gint64 one = instant_of(*(const Moment *const *)a), other = instant_of(*(const Moment *const *)b);
    return (one > other) - (one < other);
}

static void add_dates(Series *series, icalcomponent *calendar, icalcomponent *item)
{
    for (icalproperty *p = icalcomponent_get_first_property(item, ICAL_RDATE_PROPERTY); p;
         p = icalcomponent_get_next_property(item, ICAL_RDATE_PROPERTY)) {
        Moment moment;
        if (!calendar_moment(calendar, p, &moment, NULL))
            continue;
        moment = calendar_moment_in(&moment, series->start);
        add(series, &moment);
    }
}

static void leave_out(const Series *series, icalcomponent *calendar, icalcomponent *item)
{
    for (icalproperty *p = icalcomponent_get_first_property(item, ICAL_EXDATE_PROPERTY); p;
         p = icalcomponent_get_next_property(item, ICAL_EXDATE_PROPERTY)) {
        Moment moment;
        if (calendar_moment(calendar, p, &moment, NULL))
            g_hash_table_add(series->without, calendar_key(&moment, series->start));
    }
}

json_t *calendar_recurrences(icalcomponent *calendar, icalcomponent *item, const Moment *start, GHashTable *overridden, gint64 until,
                             const char **ret_fault)
{
    json_t *list = json_array();
    icalproperty *rule = icalcomponent_get_first_property(item, ICAL_RRULE_PROPERTY);
    gboolean several = rule && icalcomponent_get_next_property(item, ICAL_RRULE_PROPERTY);
    if (!rule && !icalcomponent_get_first_property(item, ICAL_RDATE_PROPERTY))
        return list;
    gint64 now = clock_now() / G_USEC_PER_SEC, first = instant_of(start);
    Series series = {.start = start, .overridden = overridden, .until = until, .from = MAX(first, now - YEAR)};
    series.to = series.from + AFTER_YEARS * (gint64)YEAR;
    series.without = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    series.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    series.found = g_ptr_array_new_with_free_func(g_free);
    leave_out(&series, calendar, item);
    add(&series, start);
    add_dates(&series, calendar, item);
    if (rule)
        add_rule(&series, icalproperty_get_rrule(icalcomponent_get_first_property(item, ICAL_RRULE_PROPERTY)));
    if (several)
        series.fault = "只展开第一条重复规则 only the first of several rules is worked out";
    g_ptr_array_sort(series.found, compare_moments);
    for (guint i = 0; i < series.found->len; i++) {
        json_t *text = calendar_moment_json(g_ptr_array_index(series.found, i));
        if (json_is_string(text))
            json_array_append(list, text);
        json_decref(text);
    }
    g_hash_table_unref(series.without);
    g_hash_table_unref(series.seen);
    g_ptr_array_unref(series.found);
    *ret_fault = series.fault;
    return list;
}
