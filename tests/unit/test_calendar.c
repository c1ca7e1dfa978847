/* links: filters/answers/calendar*.c filters/answers/zones.c src/door/answer_check.c src/door/record_check.c src/base/failure.c src/base/charset.c src/base/clock.c src/base/text.c; libs: glib-2.0 jansson libxml-2.0; flags: -lical -lm */
/* test_calendar.c: iCalendar files as invitations and calendars of holidays bring them, and as nobody should. */
#include <string.h>

#include "answers/answers.h"
#include "answers/calendar.h"
#include "answers/zones.h"
#include "base/clock.h"
#include "base/limits.h"
#include "door/answer_check.h"

static json_t *read_text(const char *text)
{
    g_autoptr(GString) answer = answers_calendar((const guint8 *)text, strlen(text), clock_mono() + 20 * G_USEC_PER_SEC);
    g_autoptr(GError) error = NULL;
    g_assert_nonnull(answer);
    g_autofree char *checked = answer_check_calendar(answer->str, answer->len, &error);
    g_assert_no_error(error);
    return json_loads(checked, 0, NULL);
}

/* One event with LINES, in a calendar with ZONES. */
static json_t *read_event(const char *zones, const char *lines)
{
    g_autofree char *text = g_strconcat("BEGIN:VCALENDAR\r\n", zones, "BEGIN:VEVENT\r\nUID:u\r\n", lines, "END:VEVENT\r\nEND:VCALENDAR\r\n", NULL);
    return read_text(text);
}

static const char *event_text(json_t *root, const char *key)
{
    return json_string_value(json_object_get(json_array_get(json_object_get(root, "events"), 0), key));
}

static char *starts_of(json_t *root)
{
    json_t *list = json_object_get(json_array_get(json_object_get(root, "events"), 0), "recurrences");
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < json_array_size(list); i++)
        g_string_append_printf(text, "%s%s", i ? " " : "", json_string_value(json_array_get(list, i)));
    return g_string_free(text, FALSE);
}

/* ------------------------------------------------------------------------------------------------------------------------ */

static void test_zones(void)
{
    const char *shanghai = zones_find("Asia/Shanghai"), *berlin = zones_find("/example.org/20050126_1/Europe/Berlin");
    g_assert_cmpstr(shanghai, ==, "Asia/Shanghai");
    g_assert_cmpstr(berlin, ==, "Europe/Berlin");
    g_assert_cmpstr(zones_find("PRC"), ==, "PRC");
    g_assert_null(zones_find("China Standard Time"));
    g_assert_null(zones_find("../../etc/passwd"));
    g_assert_null(zones_find(""));
    g_assert_cmpint(zones_ahead(shanghai, 1772413200), ==, 28800);
    g_assert_cmpint(zones_ahead(shanghai, 646704000), ==, 32400); /* 1990-06-30: summer time */
    g_assert_cmpint(zones_ahead(berlin, 1774745999), ==, 3600);   /* 2026-03-29T00:59:59Z */
    g_assert_cmpint(zones_ahead(berlin, 1774746000), ==, 7200);
    g_assert_cmpint(zones_ahead(berlin, -10000000000), ==, 3208); /* Berlin's own time */
    g_assert_cmpint(zones_instant(shanghai, 1772442000), ==, 1772413200);
}

static void test_texts(void)
{
    json_t *root = read_event("", "SUMMARY:全体会议\\, 第一\r\n 天\r\nDESCRIPTION:a\\nb\\;c\x01\r\nLOCATION;LANGUAGE=zh:北京\r\nCATEGORIES:a,b\r\n"
                                  "ORGANIZER;CN=x:MAILTO:zhang@example.cn\r\nSTATUS:TENTATIVE\r\nX-own:1\\,2\r\nDTSTART;VALUE=DATE:20260302\r\n");
    g_assert_cmpstr(event_text(root, "summary"), ==, "全体会议, 第一天");
    g_assert_cmpstr(event_text(root, "description"), ==, "a\nb;c");
    g_assert_cmpstr(event_text(root, "location"), ==, "北京");
    g_assert_cmpstr(event_text(root, "organizer"), ==, "zhang@example.cn");
    g_assert_cmpstr(event_text(root, "status"), ==, "TENTATIVE");
    g_assert_cmpstr(event_text(root, "starts"), ==, "2026-03-02");
    g_assert_cmpstr(event_text(root, "ends"), ==, "2026-03-03");
    json_t *event = json_array_get(json_object_get(root, "events"), 0);
    g_assert_cmpint((int)json_array_size(json_object_get(event, "categories")), ==, 2);
    g_assert_cmpstr(json_string_value(json_object_get(json_object_get(event, "x"), "X-OWN")), ==, "1,2");
    json_decref(root);
    /* GB18030, and a file that was cut in its event */
    root = read_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART:20260302T090000\nSUMMARY:\xbb\xe1\xd2\xe9\n");
    g_assert_cmpstr(event_text(root, "summary"), ==, "会议");
    g_assert_cmpstr(event_text(root, "ends"), ==, "2026-03-02T09:00:00");
    g_assert_null(event_text(root, "zone"));
    json_decref(root);
}

#define OWN_ZONE                                                                                                            \
    "BEGIN:VTIMEZONE\r\nTZID:Mitte\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"  \
    "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\n"                   \
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"

/* Days that move with today would need a clock; these lie far enough ahead. */
static void check_series(const char *zones, const char *lines, const char *zone, const char *starts)
{
    json_t *root = read_event(zones, lines);
    g_autofree char *found = starts_of(root);
    g_assert_cmpstr(found, ==, starts);
    g_assert_cmpstr(event_text(root, "zone"), ==, zone);
    json_decref(root);
}

static void test_series(void)
{
    /* UNTIL, EXDATE and RDATE in other clocks than the start's; 2032-03-28 begins summer time in Berlin */
    check_series("", "DTSTART;TZID=Asia/Shanghai:20320302T090000\r\nRRULE:FREQ=WEEKLY;UNTIL=20320316T010000Z\r\nEXDATE:20320309T010000Z\r\n"
                     "RDATE;TZID=Europe/Berlin:20320330T030000\r\n",
                 "Asia/Shanghai", "2032-03-02T09:00:00 2032-03-16T09:00:00 2032-03-30T09:00:00");
    check_series("", "DTSTART;TZID=Asia/Shanghai:20320302T090000\r\nRRULE:FREQ=WEEKLY;UNTIL=20320316T005959Z\r\n", "Asia/Shanghai",
                 "2032-03-02T09:00:00 2032-03-09T09:00:00");
    check_series("", "DTSTART;TZID=Europe/Berlin:20320327T090000\r\nRRULE:FREQ=DAILY;COUNT=3\r\n", "Europe/Berlin",
                 "2032-03-27T09:00:00 2032-03-28T09:00:00 2032-03-29T09:00:00");
    check_series(OWN_ZONE, "DTSTART;TZID=Mitte:20320327T090000\r\nRRULE:FREQ=DAILY;COUNT=3\r\n", "UTC",
                 "2032-03-27T08:00:00 2032-03-28T07:00:00 2032-03-29T07:00:00");
    check_series("", "DTSTART;VALUE=DATE:20320101\r\nRRULE:FREQ=YEARLY\r\n", NULL, "2032-01-01 2033-01-01 2034-01-01");
    check_series("", "DTSTART:20320101T000000Z\r\nRRULE:FREQ=HOURLY\r\n", "UTC", "");
    check_series("", "DTSTART:20320101T000000Z\r\n", "UTC", "");
}

/* A series that began long ago is worked out around today. */
static void test_window(void)
{
    json_t *root = read_event("", "DTSTART;VALUE=DATE:20000101\r\nRRULE:FREQ=YEARLY\r\n");
    g_autofree char *starts = starts_of(root);
    int this_year = clock_year(clock_now(), NULL);
    g_autofree char *wanted = g_strdup_printf("%d-01-01 %d-01-01 %d-01-01", this_year, this_year + 1, this_year + 2);
    g_assert_nonnull(strstr(wanted, starts));
    g_assert_cmpuint(strlen(starts), >=, strlen("2026-01-01 2027-01-01"));
    json_decref(root);
    root = read_event("", "DTSTART:20320101T080000\r\nRRULE:FREQ=DAILY\r\n");
    g_assert_cmpuint(json_array_size(json_object_get(json_array_get(json_object_get(root, "events"), 0), "recurrences")), ==, LIMIT_RECURRENCES);
    json_decref(root);
}

static void test_override(void)
{
    json_t *root = read_text("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID=Asia/Shanghai:20320302T090000\r\nRRULE:FREQ=DAILY;COUNT=3\r\n"
                             "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:u\r\nRECURRENCE-ID:20320303T010000Z\r\nDTSTART;TZID=Asia/Shanghai:20320303T140000\r\n"
                             "END:VEVENT\r\nEND:VCALENDAR\r\n");
    g_autofree char *starts = starts_of(root);
    g_assert_cmpstr(starts, ==, "2032-03-02T09:00:00 2032-03-04T09:00:00");
    g_assert_cmpuint(json_array_size(json_object_get(root, "events")), ==, 2);
    json_decref(root);
}

static void test_tasks(void)
{
    json_t *root = read_text("BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:a\nDUE:20260401T160000Z\nEND:VTODO\nBEGIN:VTODO\nUID:b\nEND:VTODO\n"
                             "BEGIN:VTODO\nUID:c\nDTSTART;TZID=Asia/Shanghai:20260401T090000\nDURATION:PT2H\nEND:VTODO\nEND:VCALENDAR\n");
    json_t *tasks = json_object_get(root, "tasks");
    static const char *const wanted[][2] = {{NULL, "2026-04-01T16:00:00"}, {NULL, NULL}, {"2026-04-01T09:00:00", "2026-04-01T11:00:00"}};
    g_assert_cmpuint(json_array_size(tasks), ==, G_N_ELEMENTS(wanted));
    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
        g_assert_cmpstr(json_string_value(json_object_get(json_array_get(tasks, i), "starts")), ==, wanted[i][0]);
        g_assert_cmpstr(json_string_value(json_object_get(json_array_get(tasks, i), "due")), ==, wanted[i][1]);
    }
    json_decref(root);
}

static gboolean complains(json_t *root, const char *words)
{
    json_t *faults = json_object_get(root, "faults");
    for (gsize i = 0; i < json_array_size(faults); i++)
        if (strstr(json_string_value(json_array_get(faults, i)), words))
            return TRUE;
    return FALSE;
}

static void test_faults(void)
{
    json_t *root = read_event("", "DTSTART;TZID=Nowhere/Land:20260302T090000\r\n");
    g_assert_true(complains(root, "Nowhere/Land"));
    g_assert_null(event_text(root, "zone"));
    g_assert_cmpstr(event_text(root, "starts"), ==, "2026-03-02T09:00:00");
    json_decref(root);
    root = read_event("", "SUMMARY:x\r\n");
    g_assert_true(complains(root, "without a start"));
    json_decref(root);
    root = read_event("", "DTSTART:20260230T250000Z\r\n");
    g_assert_true(complains(root, "without a start"));
    json_decref(root);
    static const char *const none[] = {"", "x", "BEGIN:VCARD\nEND:VCARD\n", "BEGIN:VEVENT\nUID:u\nEND:VEVENT\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(none); i++)
        g_assert_null(answers_calendar((const guint8 *)none[i], strlen(none[i]), G_MAXINT64));
}

/* What is left out is left out before libical sees it. */
static void test_sieve(void)
{
    g_autoptr(GString) text = g_string_new("BEGIN:VCALENDAR\n");
    CalendarLeft left;
    for (guint i = 0; i < LIMIT_CALENDAR_ITEMS + 5; i++)
        g_string_append(text, "BEGIN:VEVENT\nDTSTART:20260302\nATTENDEE:x\nBEGIN:VALARM\nSUMMARY:no\nEND:VALARM\nEND:VEVENT\n");
    g_string_append(text, "END:VCALENDAR\n");
    g_autofree char *kept = calendar_lines((const guint8 *)text->str, text->len, &left);
    g_assert_cmpuint(left.items, ==, 5);
    g_assert_null(strstr(kept, "ATTENDEE"));
    g_assert_null(strstr(kept, "VALARM"));
    g_assert_null(strstr(kept, "no"));
    g_string_assign(text, "BEGIN:VCALENDAR\nBEGIN:VEVENT\n");
    for (guint i = 0; i < LIMIT_CALENDAR_LINES + 7; i++)
        g_string_append(text, "RRULE:FREQ=DAILY\n");
    g_autofree char *few = calendar_lines((const guint8 *)text->str, text->len, &left);
    g_assert_cmpuint(left.lines, ==, 7);
    g_assert_true(g_str_has_suffix(few, "END:VEVENT\r\nEND:VCALENDAR\r\n"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    answers_calendar_warm();
    g_test_add_func("/calendar/zones", test_zones);
    g_test_add_func("/calendar/texts", test_texts);
    g_test_add_func("/calendar/series", test_series);
    g_test_add_func("/calendar/window", test_window);
    g_test_add_func("/calendar/override", test_override);
    g_test_add_func("/calendar/tasks", test_tasks);
    g_test_add_func("/calendar/faults", test_faults);
    g_test_add_func("/calendar/sieve", test_sieve);
    return g_test_run();
}
