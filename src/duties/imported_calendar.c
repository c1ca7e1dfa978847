#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/text.h"
#include "duties/imported.h"
#include "ledger/calendar.h"

#define NAME_CHARS 200
#define LONGEST_DAYS 60 /* of one event that gives days off */

typedef struct {
    Ledger *ledger;
    const char *zone, *actor;
    Imported *ret;
    GError **error;
} Importing;

void imported_clear(Imported *imported)
{
    g_clear_pointer(&imported->notes, g_ptr_array_unref);
}

EventSort event_sort_named(const char *name)
{
    static const char *const names[] = {"", "meeting", "ballot", "off", "work"};
    for (EventSort sort = EVENT_MEETING; sort <= EVENT_WORK; sort++)
        if (g_strcmp0(name, names[sort]) == 0)
            return sort;
    return EVENT_UNKNOWN;
}

static const char *text_of(const json_t *event, const char *key)
{
    const char *text = json_string_value(json_object_get(event, key));
    return text && *text ? text : NULL;
}

static const char *extra_of(const json_t *event, const char *key)
{
    return text_of(json_object_get(event, "x"), key);
}

static void note(Importing *it, const json_t *event, const char *why)
{
    const char *summary = text_of(event, "summary");
    g_autofree char *plain = text_plain(summary ? summary : "(no summary)", NAME_CHARS);
    it->ret->refused++;
    g_ptr_array_add(it->ret->notes, g_strdup_printf("%s: %s", plain, why));
}

static void count(Importing *it, LedgerPut put)
{
    it->ret->added += put == PUT_NEW;
    it->ret->changed += put == PUT_CHANGED;
    it->ret->same += put == PUT_SAME;
}

/* --- what it is -------------------------------------------------------------------------------------------------------- */

static EventSort sort_by_category(const json_t *event)
{
    static const struct {
        const char *category;
        EventSort sort;
    } table[] = {{"MEETING", EVENT_MEETING}, {"BALLOT", EVENT_BALLOT},   {"HOLIDAY", EVENT_OFF}, {"WORKDAY", EVENT_WORK},
                 {"会议", EVENT_MEETING},    {"投票", EVENT_BALLOT},     {"假期", EVENT_OFF},    {"节假日", EVENT_OFF},
                 {"HOLIDAYS", EVENT_OFF},    {"WORKINGDAY", EVENT_WORK}, {"补班", EVENT_WORK}};
    size_t i;
    json_t *category;
    json_array_foreach(json_object_get(event, "categories"), i, category)
    {
        for (gsize row = 0; row < G_N_ELEMENTS(table); row++)
            if (g_ascii_strcasecmp(json_string_value(category), table[row].category) == 0)
                return table[row].sort;
    }
    return EVENT_UNKNOWN;
}

/* The number of a document of ISO at the beginning of TEXT or after a blank: "ISO/IEC CD 27090-2". Caller frees; NULL none. */
static char *document_in(const char *text)
{
    g_autoptr(GRegex) regex = g_regex_new("\\bISO(?:/IEC)?(?:/(?:TS|TR|PAS))?(?: JTC ?1)?(?:[ /](?:NP|PWI|WD|CD|CDV|DIS|FDIS|DTS|DTR|DAM|PRF|TS|TR|PAS))?"
                                          "(?: (?:TS|TR|PAS))? \\d{3,5}(?:-\\d{1,3})?",
                                          G_REGEX_DEFAULT, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    return text && g_regex_match(regex, text, 0, &match) ? g_match_info_fetch(match, 0) : NULL;
}

static gboolean has_any(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strstr(text, *words))
            return TRUE;
    return FALSE;
}

/* Calendars that are handed around write 春节（休）, 国庆节 补班, 元旦 放假. Only whole days can be days off. */
static EventSort sort_by_summary(const json_t *event)
{
    static const char *const work[] = {"补班", "上班", "（班）", "(班)", "调休工作日", NULL};
    static const char *const off[] = {"放假", "假期", "休假", "（休）", "(休)", "法定节假日", NULL};
    static const char *const ballot[] = {"ballot", "Ballot", "BALLOT", "投票", "征求意见", NULL};
    static const char *const meeting[] = {"meeting", "Meeting", "MEETING", "plenary", "Plenary", "会议", "全会", NULL};
    const char *summary = text_of(event, "summary");
    gboolean days = json_is_true(json_object_get(event, "all_day"));
    if (!summary)
        return EVENT_UNKNOWN;
    g_autofree char *document = document_in(summary);
    if (days && has_any(summary, work))
        return EVENT_WORK;
    if (days && has_any(summary, off))
        return EVENT_OFF;
    if (document && has_any(summary, ballot))
        return EVENT_BALLOT;
    return has_any(summary, meeting) ? EVENT_MEETING : EVENT_UNKNOWN;
}

/* --- times --------------------------------------------------------------------------------------------------------------- */

/* TEXT of an event as an instant: a date is its first moment in the office's zone, and so is floating time. -1: none. */
static gint64 instant_of(const Importing *it, const json_t *event, const char *text)
{
    const char *zone = text_of(event, "zone");
    if (!text)
        return -1;
    g_autofree char *day = g_strndup(text, strlen("YYYY-MM-DD"));
    guint32 julian = clock_day_parse(day);
    int hour = 0, minute = 0, second = 0;
    if (julian == 0)
        return -1;
    if (strchr(text, 'T')) {
        g_autoptr(GTimeZone) known = g_time_zone_new_identifier(zone ? zone : it->zone);
        g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
        g_autofree char *bare = g_strndup(text, strlen("YYYY-MM-DDTHH:MM:SS"));
        g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(bare, known ? known : utc);
        return time ? g_date_time_to_unix(time) * G_USEC_PER_SEC : -1;
    }
    return clock_at(julian, hour * 60 + minute, it->zone) + second;
}

/* The last day of what ends (exclusively) at TEXT; FIRST when it says nothing. */
static char *last_day_of(const json_t *event, const char *first, const char *ends)
{
    g_autofree char *day = g_strndup(ends ? ends : first, strlen("YYYY-MM-DD"));
    guint32 julian = clock_day_parse(day), begin = clock_day_parse(first);
    gboolean whole = json_is_true(json_object_get(event, "all_day"));
    /* Midnight is the end of the day before. */
    gboolean before = ends && (whole || g_str_has_suffix(ends, "T00:00:00"));
    return clock_day_text(MAX(julian - (before ? 1 : 0), begin));
}

/* --- what it becomes --------------------------------------------------------------------------------------------------- */

static const char *groups_of(const json_t *event, char **ret)
{
    const char *said = extra_of(event, "X-SHOUWEN-GROUPS");
    const char *text = said ? said : text_of(event, "summary");
    GString *groups = g_string_new(NULL);
    g_autoptr(GRegex) regex = g_regex_new("\\bWG ?([1-5])\\b", G_REGEX_CASELESS, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    for (gboolean found = text && g_regex_match(regex, text, 0, &match); found; found = g_match_info_next(match, NULL)) {
        g_autofree char *number = g_match_info_fetch(match, 1), *name = g_strconcat("WG", number, NULL);
        if (!strstr(groups->str, name))
            g_string_append_printf(groups, "%s%s", groups->len ? " " : "", name);
    }
    *ret = g_string_free(groups, FALSE);
    return **ret ? *ret : NULL;
}

static gboolean put_meeting(Importing *it, const json_t *event, const char *uid, const char *starts)
{
    LedgerPut put;
    const char *ends = text_of(event, "ends");
    if (g_strcmp0(text_of(event, "status"), "CANCELLED") == 0) {
        if (!ledger_meeting_cancel(it->ledger, uid, it->actor, &put, it->error))
            return FALSE;
        count(it, put);
        return TRUE;
    }
    g_autofree char *first = g_strndup(starts, strlen("YYYY-MM-DD")), *groups = NULL;
    /* A further one of a series lasts as long as the first. */
    gint64 first_start = instant_of(it, event, text_of(event, "starts")), first_end = instant_of(it, event, ends);
    gint64 begin = instant_of(it, event, starts), end = begin + MAX(first_end - first_start, 0);
    g_autofree char *last = g_str_equal(starts, text_of(event, "starts")) ? last_day_of(event, first, ends)
                                                                          : clock_day_text(clock_day(MAX(end - 1, begin), it->zone));
    const char *host = extra_of(event, "X-SHOUWEN-HOST"), *contact = extra_of(event, "X-SHOUWEN-CONTACT");
    LedgerMeeting meeting = {
        .uid = uid,
        .name = text_of(event, "summary"),
        .place = text_of(event, "location") ? text_of(event, "location") : "",
        .first_day = first,
        .last_day = last,
        .starts = begin,
        .ends = end > begin ? end : begin + 1,
        .groups = groups_of(event, &groups) ? groups : "",
        .host = host ? host : "",
        .contact = contact ? contact : "",
    };
    if (!meeting.name || begin < 0) {
        note(it, event, "a meeting needs a summary and a start");
        return TRUE;
    }
    if (!ledger_meeting_put(it->ledger, &meeting, it->actor, NULL, &put, it->error))
        return FALSE;
    count(it, put);
    return TRUE;
}

/* A meeting that recurs is several, each with an id of its own. */
static gboolean put_meetings(Importing *it, const json_t *event)
{
    size_t i;
    json_t *start;
    const char *uid = text_of(event, "uid"), *starts = text_of(event, "starts");
    if (!starts) {
        note(it, event, "a meeting needs a start");
        return TRUE;
    }
    if (!put_meeting(it, event, uid, starts))
        return FALSE;
    json_array_foreach(json_object_get(event, "recurrences"), i, start)
    {
        g_autofree char *own = g_strdup_printf("%s/%s", uid, json_string_value(start));
        if (!g_str_equal(json_string_value(start), starts) && !put_meeting(it, event, own, json_string_value(start)))
            return FALSE;
    }
    return TRUE;
}

/* A ballot closes when its event ends, or when its task is due. A date is meant to its last moment. */
static gint64 closing_of(const Importing *it, const json_t *event)
{
    const char *due = text_of(event, "due"), *ends = text_of(event, "ends"), *starts = text_of(event, "starts");
    const char *text = due ? due : ends ? ends : starts;
    if (!text)
        return -1;
    if (strchr(text, 'T'))
        return instant_of(it, event, text);
    return clock_day_end(text, !due && ends ? -1 : 0, it->zone);
}

static gboolean put_ballot(Importing *it, const json_t *event)
{
    LedgerPut put;
    const char *uid = text_of(event, "uid"), *said = extra_of(event, "X-SHOUWEN-DOCUMENT"), *summary = text_of(event, "summary");
    if (g_strcmp0(text_of(event, "status"), "CANCELLED") == 0) {
        if (!ledger_ballot_cancel(it->ledger, uid, it->actor, &put, it->error))
            return FALSE;
        count(it, put);
        return TRUE;
    }
    g_autofree char *found = document_in(said ? said : summary), *groups = NULL;
    gint64 opens = instant_of(it, event, text_of(event, "starts")), closes = closing_of(it, event);
    LedgerBallot ballot = {
        .uid = uid,
        .document = found ? found : said,
        .title = summary ? summary : "",
        .groups = groups_of(event, &groups) ? groups : "",
        .opens = opens > 0 && opens < closes ? opens : 0,
        .closes = closes,
    };
    if (!ballot.document || closes <= 0) {
        note(it, event, "a ballot needs the number of a document (X-SHOUWEN-DOCUMENT, or in the summary) and an end");
        return TRUE;
    }
    if (!ledger_ballot_put(it->ledger, &ballot, it->actor, NULL, &put, it->error))
        return FALSE;
    count(it, put);
    return TRUE;
}

static gboolean put_days(Importing *it, const json_t *event, const char *kind)
{
    LedgerPut put;
    const char *starts = text_of(event, "starts"), *summary = text_of(event, "summary");
    g_autofree char *first = g_strndup(starts ? starts : "", strlen("YYYY-MM-DD"));
    guint32 day = clock_day_parse(first);
    g_autofree char *last = day ? last_day_of(event, first, text_of(event, "ends")) : NULL;
    if (!day || clock_day_parse(last) - day >= LONGEST_DAYS) {
        note(it, event, "days off or worked need a start, and an end not far from it");
        return TRUE;
    }
    gboolean cancelled = g_strcmp0(text_of(event, "status"), "CANCELLED") == 0;
    for (; day <= clock_day_parse(last); day++) {
        g_autofree char *text = clock_day_text(day), *name = text_plain(summary ? summary : kind, NAME_CHARS);
        LedgerDay row = {text, kind, name};
        if (cancelled ? !ledger_day_remove(it->ledger, text, it->actor, &put, it->error)
                      : !ledger_day_put(it->ledger, &row, it->actor, &put, it->error))
            return FALSE;
        count(it, put);
    }
    return TRUE;
}

static gboolean import_event(Importing *it, const json_t *event, EventSort as)
{
    EventSort sort = sort_by_category(event);
    if (sort == EVENT_UNKNOWN)
        sort = as != EVENT_UNKNOWN ? as : sort_by_summary(event);
    if (!text_of(event, "uid")) {
        note(it, event, "it has no UID, so it could not be known again");
        return TRUE;
    }
    switch (sort) {
    case EVENT_MEETING:
        return put_meetings(it, event);
    case EVENT_BALLOT:
        return put_ballot(it, event);
    case EVENT_OFF:
    case EVENT_WORK:
        return put_days(it, event, sort == EVENT_OFF ? "off" : "work");
    default:
        note(it, event, "meeting, ballot, day off or day worked? say it with --as, or with CATEGORIES in the file");
        return TRUE;
    }
}

gboolean imported_calendar(Ledger *ledger, const Conf *conf, const char *json, EventSort as, const char *actor, Imported *ret,
                           GError **error)
{
    size_t i;
    json_t *item;
    json_t *root = json_loads(json, 0, NULL);
    Importing it = {ledger, conf_string(conf, "general", "zone"), actor, ret, error};
    gboolean good = TRUE;
    *ret = (Imported){.notes = g_ptr_array_new_with_free_func(g_free)};
    json_array_foreach(json_object_get(root, "faults"), i, item)
        g_ptr_array_add(ret->notes, g_strdup(json_string_value(item)));
    for (const char *const *list = (const char *const[]){"events", "tasks", NULL}; *list; list++)
        json_array_foreach(json_object_get(root, *list), i, item) good = good && import_event(&it, item, as);
    json_decref(root);
    return good;
}
