// links: src/duties/workdays.c src/duties/plan.c src/ledger/*.c src/conf/*.c src/base/failure.c src/base/clock.c src/base/text.c src/base/durable.c; libs: glib-2.0 gio-2.0 sqlite3 jansson; flags: -lm
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "duties/plan.h"
#include "ledger/calendar.h"

#define AT(text) clock_parse_iso(text "+08:00")

typedef struct {
    char *dir;
    Ledger *ledger;
    Conf *conf;
    Workdays *workdays;
} Fixture;

static void begin(Fixture *f, gconstpointer settings)
{
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("shouwen-workdays-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(f->dir, "ledger.db", NULL), *conf = g_build_filename(f->dir, "c.conf", NULL);
    g_autofree char *text = g_strconcat("[office]\naddress = o@committee.example\n", settings, NULL);
    g_assert_true(g_file_set_contents(conf, text, -1, NULL));
    f->conf = conf_load(conf, &error);
    g_assert_no_error(error);
    f->ledger = ledger_open(file, LEDGER_CREATE, &error);
    g_assert_no_error(error);
    g_assert_true(ledger_begin(f->ledger, NULL));
    /* 劳动节 2026: off from 1 to 5 May, Saturday 9 May worked. */
    for (const char *const *day = (const char *const[]){"2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04", "2026-05-05", NULL}; *day; day++)
        g_assert_true(ledger_day_put(f->ledger, &(LedgerDay){*day, "off", "劳动节"}, "test", NULL, NULL));
    g_assert_true(ledger_day_put(f->ledger, &(LedgerDay){"2026-05-09", "work", "调休"}, "test", NULL, NULL));
    f->workdays = workdays_new(f->ledger, f->conf, &error);
    g_assert_no_error(error);
}

static void end(Fixture *f, G_GNUC_UNUSED gconstpointer settings)
{
    workdays_free(f->workdays);
    ledger_rollback(f->ledger);
    ledger_close(f->ledger);
    conf_free(f->conf);
    for (const char *const *name = (const char *const[]){"ledger.db", "ledger.db-wal", "ledger.db-shm", "c.conf", NULL}; *name; name++) {
        g_autofree char *path = g_build_filename(f->dir, *name, NULL);
        remove(path);
    }
    remove(f->dir);
    g_free(f->dir);
}

static void is_instant(gint64 instant, const char *text)
{
    g_autofree char *shown = clock_iso(instant, NULL);
    g_assert_cmpstr(shown, ==, text);
}

static void test_days(Fixture *f, G_GNUC_UNUSED gconstpointer settings)
{
    static const struct {
        const char *day;
        gboolean works;
    } days[] = {{"2026-04-30", TRUE}, {"2026-05-01", FALSE}, {"2026-05-05", FALSE}, {"2026-05-06", TRUE}, {"2026-05-09", TRUE},
                {"2026-05-10", FALSE}, {"2026-02-28", FALSE}, {"2024-02-29", TRUE}, {"2026-11-30", TRUE}};
    for (gsize i = 0; i < G_N_ELEMENTS(days); i++)
        g_assert_cmpint(workdays_is(f->workdays, clock_day_parse(days[i].day)), ==, days[i].works);
    g_autofree char *third = clock_day_text(workdays_add(f->workdays, clock_day_parse("2026-04-30"), 3));
    g_assert_cmpstr(third, ==, "2026-05-08");
    g_autofree char *fourth = clock_day_text(workdays_add(f->workdays, clock_day_parse("2026-04-30"), 4));
    g_assert_cmpstr(fourth, ==, "2026-05-09");
    g_autofree char *back = clock_day_text(workdays_add(f->workdays, clock_day_parse("2026-05-06"), -1));
    g_assert_cmpstr(back, ==, "2026-04-30");
}

static void test_hours(Fixture *f, G_GNUC_UNUSED gconstpointer settings)
{
    g_assert_true(workdays_open(f->workdays, AT("2026-04-30T09:00:00")));
    g_assert_true(workdays_open(f->workdays, AT("2026-04-30T16:59:59")));
    g_assert_false(workdays_open(f->workdays, AT("2026-04-30T17:00:00")));
    g_assert_false(workdays_open(f->workdays, AT("2026-04-30T08:59:59")));
    g_assert_false(workdays_open(f->workdays, AT("2026-05-01T10:00:00")));
    is_instant(workdays_next(f->workdays, AT("2026-04-30T10:30:00")), "2026-04-30T10:30:00+08:00");
    is_instant(workdays_next(f->workdays, AT("2026-04-30T03:00:00")), "2026-04-30T09:00:00+08:00");
    is_instant(workdays_next(f->workdays, AT("2026-04-30T17:00:00")), "2026-05-06T09:00:00+08:00");
}

/* An office that is not on Chinese time: its working hours move with its summer time. */
static void test_zone(Fixture *f, G_GNUC_UNUSED gconstpointer settings)
{
    g_assert_true(workdays_open(f->workdays, clock_parse_iso("2026-03-27T07:00:00Z")));
    g_assert_true(workdays_open(f->workdays, clock_parse_iso("2026-03-30T06:00:00Z")));
    g_assert_false(workdays_open(f->workdays, clock_parse_iso("2026-03-27T06:00:00Z")));
}

/* The occurrences of a duty due at DUE, one text: "before 7 2026-04-25; …". */
static void plan_is(Fixture *f, gint64 due, const char *text)
{
    g_autoptr(GArray) plan = plan_occurrences(f->workdays, f->conf, due);
    g_autoptr(GString) shown = g_string_new(NULL);
    for (guint i = 0; i < plan->len; i++) {
        const Occurrence *occurrence = &g_array_index(plan, Occurrence, i);
        g_autofree char *at = clock_iso(occurrence->planned, NULL);
        at[16] = 0;
        g_string_append_printf(shown, "%s%s %s", i ? "; " : "", occurrence->name, at + 5);
    }
    g_assert_cmpstr(shown->str, ==, text);
}

static void test_plan(Fixture *f, G_GNUC_UNUSED gconstpointer settings)
{
    plan_is(f, AT("2026-03-19T23:59:59"), "before 7 03-12T09:00; before 1 03-18T09:00; due 03-19T09:00; after 3 03-23T09:00;"
                                          " after 7 03-26T09:00; after 14 04-02T09:00; escalation 21 04-09T09:00");
    /* In the holiday: on the last working day before it, since nine o'clock of the next is too late. */
    plan_is(f, AT("2026-05-02T23:59:59"), "before 7 04-27T09:00; before 1 04-30T09:00; due 04-30T09:00; after 3 05-06T09:00;"
                                          " after 7 05-09T09:00; after 14 05-18T09:00; escalation 21 05-25T09:00");
    /* Due at eight in the morning: nine o'clock of that day is too late too. */
    plan_is(f, AT("2026-03-19T08:00:00"), "before 7 03-12T09:00; before 1 03-18T09:00; due 03-18T09:00; after 3 03-23T09:00;"
                                          " after 7 03-26T09:00; after 14 04-02T09:00; escalation 21 04-09T09:00");
}

static void test_odd_settings(Fixture *f, G_GNUC_UNUSED gconstpointer settings)
{
    plan_is(f, AT("2026-03-19T23:59:59"), "before 2 03-17T08:30; due 03-19T08:30");
}

/* What is pending for DUTY at NOW: "reminder NAME escalation NAME passed NAME,NAME next INSTANT". */
static void pending_is(Fixture *f, const LedgerDuty *duty, const char *done, gint64 now, const char *text)
{
    g_auto(Pending) pending = {0};
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(GStrv) parts = g_strsplit(done, ";", -1);
    for (char **part = parts; *part; part++)
        g_hash_table_add(names, *part);
    plan_pending(f->workdays, f->conf, duty, names, now, &pending);
    g_autoptr(GString) passed = g_string_new(NULL);
    for (guint i = 0; i < pending.passed->len; i++)
        g_string_append_printf(passed, "%s%s", i ? "," : "", g_array_index(pending.passed, PassedOver, i).occurrence.name);
    g_autofree char *next = pending.next == G_MAXINT64 ? g_strdup("never           ") : clock_iso(pending.next, NULL);
    next[16] = 0;
    g_autofree char *shown = g_strdup_printf("%s|%s|%s|%s", pending.reminder.name, pending.escalation.name, passed->str, g_strstrip(next));
    g_assert_cmpstr(shown, ==, text);
}

static void test_pending(Fixture *f, G_GNUC_UNUSED gconstpointer settings)
{
    LedgerDuty duty = {.origin = "meeting", .state = "open", .due = AT("2026-03-19T23:59:59"), .created = AT("2026-03-01T00:00:00")};
    pending_is(f, &duty, "", AT("2026-03-11T10:00:00"), "|||2026-03-12T09:00");
    pending_is(f, &duty, "", AT("2026-03-12T09:00:00"), "before 7|||2026-03-18T09:00");
    pending_is(f, &duty, "before 7", AT("2026-03-12T09:00:00"), "|||2026-03-18T09:00");
    /* At night it waits for the morning. */
    pending_is(f, &duty, "", AT("2026-03-12T22:00:00"), "|||2026-03-13T09:00");
    /* After a machine stood still: one for all. */
    pending_is(f, &duty, "before 7", AT("2026-03-23T11:00:00"), "after 3||before 1,due|2026-03-26T09:00");
    pending_is(f, &duty, "", AT("2026-04-20T11:00:00"), "after 14|escalation 21|before 7,before 1,due,after 3,after 7|never");
    duty.held = TRUE;
    pending_is(f, &duty, "", AT("2026-03-23T11:00:00"), "|||never");
    duty.held = FALSE;
    duty.state = "met";
    pending_is(f, &duty, "", AT("2026-03-23T11:00:00"), "|||never");
    duty.state = "claimed";
    duty.claimed = AT("2026-03-18T20:00:00");
    pending_is(f, &duty, "before 7;before 1", AT("2026-03-19T10:00:00"), "|||2026-03-24T09:00");
    pending_is(f, &duty, "before 7;before 1", AT("2026-03-24T09:00:00"), "after 3||due|2026-03-26T09:00");
    duty.due = 0;
    pending_is(f, &duty, "", AT("2026-03-24T09:00:00"), "|||never");
}

static void test_entered_late(Fixture *f, G_GNUC_UNUSED gconstpointer settings)
{
    LedgerDuty duty = {.origin = "ballot", .state = "open", .due = AT("2026-03-19T23:59:59"), .created = AT("2026-03-18T15:00:00")};
    pending_is(f, &duty, "", AT("2026-03-18T15:00:00"), "before 1||before 7|2026-03-19T09:00");
    /* The letter that asked for it has said so. */
    duty.origin = "finding";
    pending_is(f, &duty, "", AT("2026-03-18T15:00:00"), "||before 7,before 1|2026-03-19T09:00");
    /* History that was brought in is not held against anybody; what comes after is. */
    duty.origin = "meeting";
    duty.created = AT("2026-03-24T10:00:00");
    pending_is(f, &duty, "", AT("2026-03-24T10:00:00"), "||before 7,before 1,due,after 3|2026-03-26T09:00");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const char odd[] = "[calendar]\nhours = 08:30-12:00\n[reminders]\nbefore = 2;0;2\nafter =\nescalate = 0\n";
    g_test_add("/workdays/days", Fixture, "", begin, test_days, end);
    g_test_add("/workdays/hours", Fixture, "", begin, test_hours, end);
    g_test_add("/workdays/zone", Fixture, "[general]\nzone = Europe/Berlin\n[calendar]\nhours = 08:00-17:00\n", begin, test_zone, end);
    g_test_add("/plan/occurrences", Fixture, "", begin, test_plan, end);
    g_test_add("/plan/settings", Fixture, odd, begin, test_odd_settings, end);
    g_test_add("/plan/pending", Fixture, "", begin, test_pending, end);
    g_test_add("/plan/entered late", Fixture, "", begin, test_entered_late, end);
    return g_test_run();
}
