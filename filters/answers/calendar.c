#include "answers/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "answers/answers.h"
#include "answers/zones.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"

#define TEXT_BYTES 4096   /* of a description; a page of print has 2,000 */
#define LISTED 100        /* categories, X-properties, faults */
#define FAULT_CHARS 200

typedef struct {
    json_t *events, *tasks, *faults;
    GHashTable *overridden; /* uid -> set of keys that the file gives separately; keys and sets are owned */
    gint64 until;
    gsize starts; /* recurrences of all items */
} Answer;

static void complain(Answer *answer, const char *what, const char *of)
{
    g_autofree char *text = g_strdup_printf("%s%s%s", what, of ? ": " : "", of ? of : "");
    g_autofree char *plain = text_plain(text, FAULT_CHARS);
    json_t *fault = json_string(plain);
    gboolean known = json_array_size(answer->faults) >= LISTED;
    for (gsize i = 0; i < json_array_size(answer->faults) && !known; i++)
        known = json_equal(json_array_get(answer->faults, i), fault);
    if (!known)
        json_array_append(answer->faults, fault);
    json_decref(fault);
}

/* Valid UTF-8, control characters but tab and line feed left out, at most MOST bytes; NULL or empty as null. */
static json_t *plain_of(const char *text, gsize most)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gsize n = (gsize)(g_utf8_next_char(at) - at);
        if (plain->len + n > most)
            break;
        if (g_unichar_isprint(g_utf8_get_char(at)) || *at == '\t' || *at == '\n')
            g_string_append_len(plain, at, (gssize)n);
    }
    return plain->len ? json_string(plain->str) : json_null();
}

static json_t *value_of(icalproperty *property, gsize most)
{
    icalvalue *value = property ? icalproperty_get_value(property) : NULL;
    icalvalue_kind kind = value ? icalvalue_isa(value) : ICAL_NO_VALUE;
    if (kind == ICAL_TEXT_VALUE)
        return plain_of(icalvalue_get_text(value), most);
    char *text = property ? icalproperty_get_value_as_string_r(property) : NULL;
    json_t *plain = plain_of(text, most);
    free(text);
    return plain;
}

static json_t *first_of(icalcomponent *item, icalproperty_kind kind, gsize most)
{
    return value_of(icalcomponent_get_first_property(item, kind), most);
}

static json_t *organizer_of(icalcomponent *item)
{
    json_t *text = first_of(item, ICAL_ORGANIZER_PROPERTY, LIMIT_ID_BYTES);
    const char *address = json_string_value(text);
    if (!address || g_ascii_strncasecmp(address, "mailto:", 7) != 0)
        return text;
    json_t *bare = plain_of(address + 7, LIMIT_ID_BYTES);
    json_decref(text);
    return bare;
}

static json_t *categories_of(icalcomponent *item)
{
    json_t *list = json_array();
    for (icalproperty *p = icalcomponent_get_first_property(item, ICAL_CATEGORIES_PROPERTY); p;
         p = icalcomponent_get_next_property(item, ICAL_CATEGORIES_PROPERTY)) {
        json_t *text = value_of(p, LIMIT_ID_BYTES);
        if (json_is_string(text) && json_array_size(list) < LISTED)
            json_array_append(list, text);
        json_decref(text);
    }
    return list;
}

static json_t *own_of(icalcomponent *item)
{
    json_t *own = json_object();
    for (icalproperty *p = icalcomponent_get_first_property(item, ICAL_X_PROPERTY); p;
         p = icalcomponent_get_next_property(item, ICAL_X_PROPERTY)) {
        g_autofree char *name = icalproperty_get_x_name(p) ? g_ascii_strup(icalproperty_get_x_name(p), -1) : NULL;
        json_t *text = plain_of(icalproperty_get_x(p), TEXT_BYTES);
        if (name && g_str_has_prefix(name, "X-") && strlen(name) <= 64 && json_is_string(text) && json_object_size(own) < LISTED &&
            strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == strlen(name))
            json_object_set(own, name, text);
        json_decref(text);
    }
    return own;
}

/* The end as it stands, or the start and the duration, or as RFC 5545, 3.6.1, says for none: the next day, or at once. */
static Moment end_of(Answer *answer, icalcomponent *calendar, icalcomponent *item, icalproperty_kind kind, const Moment *start)
{
    const char *unknown = NULL;
    Moment end;
    icalproperty *duration = icalcomponent_get_first_property(item, ICAL_DURATION_PROPERTY);
    if (calendar_moment(calendar, icalcomponent_get_first_property(item, kind), &end, &unknown)) {
        if (unknown)
            complain(answer, "时区未知，按当地时间理解 a time zone nobody knows", unknown);
        return calendar_moment_in(&end, start);
    }
    end = *start;
    if (duration)
        end.time = icaltime_add(start->time, icalproperty_get_duration(duration));
    else if (start->time.is_date)
        icaltime_adjust(&end.time, 1, 0, 0, 0);
    end.time.zone = NULL;
    return end;
}

static GHashTable *overridden_of(const Answer *answer, icalcomponent *item)
{
    const char *uid = icalcomponent_get_uid(item);
    gboolean single = icalcomponent_get_first_property(item, ICAL_RECURRENCEID_PROPERTY) != NULL;
    return uid && !single ? g_hash_table_lookup(answer->overridden, uid) : NULL;
}

static json_t *recurrences_of(Answer *answer, icalcomponent *calendar, icalcomponent *item, const Moment *start)
{
    const char *fault = NULL;
    json_t *list = NULL;
    if (answer->starts < LIMIT_CALENDAR_STARTS)
        list = calendar_recurrences(calendar, item, start, overridden_of(answer, item), answer->until, &fault);
    else if (icalcomponent_get_first_property(item, ICAL_RRULE_PROPERTY) || icalcomponent_get_first_property(item, ICAL_RDATE_PROPERTY))
        fault = "重复日程过多，未全部展开 too many recurrences in one file, not all are worked out";
    if (fault)
        complain(answer, fault, icalcomponent_get_summary(item));
    answer->starts += json_array_size(list);
    return list ? list : json_array();
}

static void put_texts(json_t *object, icalcomponent *item)
{
    json_object_set_new(object, "uid", first_of(item, ICAL_UID_PROPERTY, LIMIT_ID_BYTES));
    json_object_set_new(object, "summary", first_of(item, ICAL_SUMMARY_PROPERTY, TEXT_BYTES));
    json_object_set_new(object, "location", first_of(item, ICAL_LOCATION_PROPERTY, TEXT_BYTES));
    json_object_set_new(object, "description", first_of(item, ICAL_DESCRIPTION_PROPERTY, TEXT_BYTES));
    json_object_set_new(object, "categories", categories_of(item));
    json_object_set_new(object, "organizer", organizer_of(item));
    json_object_set_new(object, "status", first_of(item, ICAL_STATUS_PROPERTY, LIMIT_ID_BYTES));
    json_object_set_new(object, "rrule", first_of(item, ICAL_RRULE_PROPERTY, LIMIT_ID_BYTES));
    json_object_set_new(object, "x", own_of(item));
}

/* Start and end, which each are NULL when the item has none. An end that no calendar has (a duration of a million years) is none. */
static void put_times(json_t *object, const char *end_key, const Moment *start, const Moment *end)
{
    json_t *first = start ? calendar_moment_json(start) : json_null(), *last = end ? calendar_moment_json(end) : json_null();
    gboolean ends = json_is_string(last) || g_str_equal(end_key, "due");
    const Moment *zoned = start ? start : end;
    json_object_set(object, end_key, ends ? last : first);
    json_object_set_new(object, "starts", first);
    json_decref(last);
    json_object_set_new(object, "zone", zoned ? calendar_zone_json(zoned) : json_null());
    json_object_set_new(object, "all_day", json_boolean(zoned && zoned->time.is_date));
}

static void take_item(Answer *answer, icalcomponent *calendar, icalcomponent *item)
{
    gboolean task = icalcomponent_isa(item) == ICAL_VTODO_COMPONENT;
    const char *unknown = NULL;
    Moment start, end;
    gboolean starts = calendar_moment(calendar, icalcomponent_get_first_property(item, ICAL_DTSTART_PROPERTY), &start, &unknown);
    gboolean ends = task && calendar_moment(calendar, icalcomponent_get_first_property(item, ICAL_DUE_PROPERTY), &end, &unknown);
    if (!starts && !task) {
        complain(answer, "没有开始时间 an event without a start is left out", icalcomponent_get_summary(item));
        return;
    }
    if (unknown)
        complain(answer, "时区未知，按当地时间理解 a time zone nobody knows", unknown);
    ends = !task || ends || (starts && icalcomponent_get_first_property(item, ICAL_DURATION_PROPERTY));
    if (starts)
        end = end_of(answer, calendar, item, task ? ICAL_DUE_PROPERTY : ICAL_DTEND_PROPERTY, &start);
    json_t *object = json_object();
    put_texts(object, item);
    put_times(object, task ? "due" : "ends", starts ? &start : NULL, ends ? &end : NULL);
    json_object_set_new(object, "recurrences", starts ? recurrences_of(answer, calendar, item, &start) : json_array());
    json_array_append_new(task ? answer->tasks : answer->events, object);
}

static void note_override(Answer *answer, icalcomponent *calendar, icalcomponent *item)
{
    const char *uid = icalcomponent_get_uid(item);
    Moment start, moment;
    /* Its own start need not be in the zone of the series; what it stands for is. */
    if (!uid || !calendar_moment(calendar, icalcomponent_get_first_property(item, ICAL_RECURRENCEID_PROPERTY), &moment, NULL) ||
        !calendar_moment(calendar, icalcomponent_get_first_property(item, ICAL_DTSTART_PROPERTY), &start, NULL))
        return;
    GHashTable *keys = g_hash_table_lookup(answer->overridden, uid);
    if (!keys) {
        keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(answer->overridden, g_strdup(uid), keys);
    }
    g_hash_table_add(keys, calendar_key(&moment, &start));
}

static void each_item(Answer *answer, icalcomponent *calendar, void (*take)(Answer *, icalcomponent *, icalcomponent *))
{
    for (icalcomponent *item = icalcomponent_get_first_component(calendar, ICAL_ANY_COMPONENT); item;
         item = icalcomponent_get_next_component(calendar, ICAL_ANY_COMPONENT))
        if (icalcomponent_isa(item) == ICAL_VEVENT_COMPONENT || icalcomponent_isa(item) == ICAL_VTODO_COMPONENT)
            take(answer, calendar, item);
}

/* One file may hold several calendars: libical then puts them into one more component. */
static void take_all(Answer *answer, icalcomponent *root, void (*take)(Answer *, icalcomponent *, icalcomponent *))
{
    if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT) {
        each_item(answer, root, take);
        return;
    }
    for (icalcomponent *calendar = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT); calendar;
         calendar = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT))
        each_item(answer, calendar, take);
}

static GString *as_text(Answer *answer)
{
    json_t *root = json_object();
    json_object_set_new(root, "events", answer->events);
    json_object_set_new(root, "tasks", answer->tasks);
    json_object_set_new(root, "faults", answer->faults);
    char *text = json_dumps(root, JSON_COMPACT);
    GString *out = g_string_new(text);
    free(text);
    json_decref(root);
    return out;
}

GString *answers_calendar(const guint8 *bytes, gsize length, gint64 until)
{
    CalendarLeft left = {0, 0};
    g_autofree char *text = calendar_lines(bytes, length, &left);
    icalcomponent *root = text ? icalparser_parse_string(text) : NULL;
    if (!root)
        return NULL;
    gint64 now = clock_mono();
    Answer answer = {.events = json_array(), .tasks = json_array(), .faults = json_array(), .until = now + MAX(until - now, 0) / 2};
    answer.overridden = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
    g_autofree char *items = g_strdup_printf("%u", left.items);
    if (left.items)
        complain(&answer, "日程过多，其余未读 too many events and tasks, left out", items);
    if (left.lines)
        complain(&answer, "个别日程内容过长，有删略 an event is too long, lines of it are left out", NULL);
    take_all(&answer, root, note_override);
    take_all(&answer, root, take_item);
    g_hash_table_unref(answer.overridden);
    icalcomponent_free(root);
    return as_text(&answer);
}

void answers_calendar_warm(void)
{
    static const char sample[] = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART;TZID=Asia/Shanghai:20260302T090000\r\n"
                                 "RRULE:FREQ=WEEKLY;COUNT=2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    icalerror_set_errors_are_fatal(0);
    zones_load();
    g_string_free(answers_calendar((const guint8 *)sample, sizeof sample - 1, clock_mono() + G_USEC_PER_SEC), TRUE);
}
