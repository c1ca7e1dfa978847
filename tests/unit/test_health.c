// links: src/stages/health.c src/source/beat.c src/source/source.c src/source/imap*.c src/source/local.c src/source/files.c src/source/mbox*.c src/source/utf7.c src/spool/*.c src/ledger/*.c src/conf/*.c src/net/*.c src/base/*.c; libs: glib-2.0 gio-2.0 gio-unix-2.0 sqlite3 jansson libseccomp; flags: -letpan
#include <glib/gstdio.h>
#include <string.h>

#include "base/clock.h"
#include "ledger/alarms.h"
#include "ledger/calendar.h"
#include "ledger/sql.h"
#include "source/source.h"
#include "stages/health.h"

typedef struct {
    char *dir;
    Conf *conf;
    Ledger *ledger;
} Fixture;

static void set_up(Fixture *f, gconstpointer mailbox)
{
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("shouwen-health-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(f->dir, "shouwen.conf", NULL), *cursors = g_build_filename(f->dir, "cursors", NULL);
    g_autofree char *ledger = g_build_filename(f->dir, "ledger.db", NULL);
    g_autofree char *text = g_strdup_printf("[general]\nspool = %s\nmin_free = 1K\n[office]\naddress = office@committee.example\n"
                                            "[mailbox %s]\ntype = eml\npath = %s\nsince = 2026-01-01\n[monitor]\nfetch_age = 40m\n",
                                            f->dir, (const char *)mailbox, f->dir);
    g_mkdir(cursors, 0700);
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
    f->conf = conf_load(file, &error);
    g_assert_no_error(error);
    f->ledger = ledger_open(ledger, LEDGER_CREATE, &error);
    g_assert_no_error(error);
}

static void tear_down(Fixture *f, G_GNUC_UNUSED gconstpointer mailbox)
{
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", f->dir);
    ledger_close(f->ledger);
    conf_free(f->conf);
    g_assert_true(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
    g_free(f->dir);
}

/* The text of the trouble NAME, "" when all is well. */
static char *trouble_of(const Fixture *f, const char *name, gint64 now)
{
    g_autoptr(Health) health = health_measure(f->conf, f->ledger, NULL, now);
    for (guint i = 0; i < health->troubles->len; i++) {
        const Trouble *trouble = g_ptr_array_index(health->troubles, i);
        if (g_str_equal(trouble->name, name))
            return g_strdup(trouble->text);
    }
    return g_strdup("");
}

static void test_fetch_age(Fixture *f, G_GNUC_UNUSED gconstpointer mailbox)
{
    gint64 now = clock_now(), minute = 60 * G_USEC_PER_SEC;
    g_autofree char *never = trouble_of(f, "fetch work", now);
    g_assert_nonnull(strstr(never, "never read"));
    g_assert_true(source_beat(f->conf, "work", "alive", now - 39 * minute, NULL));
    g_autofree char *well = trouble_of(f, "fetch work", now);
    g_assert_cmpstr(well, ==, "");
    g_autofree char *late = trouble_of(f, "fetch work", now + 2 * minute);
    g_assert_nonnull(strstr(late, "last read 41 min ago"));
}

static void add_new(Ledger *ledger, int id, gint64 received)
{
    g_assert_true(sql_run(ledger, NULL, "INSERT INTO messages (id, sha256, bytes, state, received, flags) VALUES (?, ?, 1, 'new', ?, 0)", "iii",
                          (gint64)id, (gint64)id, received));
}

/* Mail of last year that is being imported is no standstill; mail of an hour ago that nobody touches is. */
static void test_backlog(Fixture *f, G_GNUC_UNUSED gconstpointer mailbox)
{
    gint64 now = clock_now(), hour = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
    add_new(f->ledger, 1, now - 9000 * hour);
    g_assert_true(sql_run(f->ledger, NULL, "INSERT INTO events (at, actor, verb, payload_hash, hash) VALUES (?, 'intake', 'entry', '', '')", "i",
                          now - hour / 60));
    g_autofree char *moving = trouble_of(f, "backlog", now), *still = trouble_of(f, "backlog", now + hour);
    g_assert_cmpstr(moving, ==, "");
    g_assert_nonnull(strstr(still, "1 messages wait"));
}

static void test_alarm_once(Fixture *f, G_GNUC_UNUSED gconstpointer mailbox)
{
    g_assert_true(ledger_alarm_raise(f->ledger, "disk", "full", 10, NULL));
    g_assert_true(ledger_alarm_said(f->ledger, "disk", 11, NULL));
    g_assert_true(ledger_alarm_raise(f->ledger, "disk", "fuller", 20, NULL));
    g_autoptr(GPtrArray) on = ledger_alarms(f->ledger, NULL);
    const LedgerAlarm *alarm = g_ptr_array_index(on, 0);
    g_assert_cmpint(alarm->since, ==, 10);
    g_assert_cmpint(alarm->said, ==, 11);
    g_assert_cmpstr(alarm->text, ==, "full");
    g_assert_true(ledger_alarm_end(f->ledger, "disk", 30, NULL));
    g_assert_true(ledger_alarm_end(f->ledger, "disk", 31, NULL));
    g_autoptr(GPtrArray) over = ledger_alarms(f->ledger, NULL);
    g_assert_cmpint(((const LedgerAlarm *)g_ptr_array_index(over, 0))->over, ==, 30);
    g_assert_true(ledger_alarm_said(f->ledger, "disk", 32, NULL));
    /* One that is over before anybody was told needs no telling. */
    g_assert_true(ledger_alarm_raise(f->ledger, "short", "x", 40, NULL));
    g_assert_true(ledger_alarm_end(f->ledger, "short", 41, NULL));
    g_autoptr(GPtrArray) none = ledger_alarms(f->ledger, NULL);
    g_assert_cmpuint(none->len, ==, 0);
}

static void test_prometheus(Fixture *f, G_GNUC_UNUSED gconstpointer mailbox)
{
    g_autoptr(Health) health = health_measure(f->conf, f->ledger, NULL, clock_now());
    g_autofree char *text = health_prometheus(health);
    g_assert_true(g_str_has_prefix(text, "# HELP shouwen_fetch_age_seconds "));
    g_assert_nonnull(strstr(text, "\nshouwen_fetch_age_seconds{mailbox=\"work\"} NaN\n"));
    g_assert_nonnull(strstr(text, "\nshouwen_letters_failed 0\n"));
}

/* A year whose holidays nobody entered: told before it begins, and of an office that keeps such a calendar only. */
static void test_calendar(Fixture *f, G_GNUC_UNUSED gconstpointer mailbox)
{
    gint64 early = clock_parse_iso("2026-12-10T09:00:00+08:00"), late = clock_parse_iso("2026-12-20T09:00:00+08:00");
    LedgerDay of_2026 = {"2026-10-01", "off", "国庆节"}, of_2027 = {"2027-01-01", "off", "元旦"};
    g_autofree char *none = trouble_of(f, "calendar", late);
    g_assert_true(ledger_begin(f->ledger, NULL) && ledger_day_put(f->ledger, &of_2026, "test", NULL, NULL) && ledger_commit(f->ledger, NULL));
    g_autofree char *before = trouble_of(f, "calendar", early), *missing = trouble_of(f, "calendar", late);
    g_assert_true(ledger_begin(f->ledger, NULL) && ledger_day_put(f->ledger, &of_2027, "test", NULL, NULL) && ledger_commit(f->ledger, NULL));
    g_autofree char *known = trouble_of(f, "calendar", late);
    g_assert_cmpstr(none, ==, "");
    g_assert_cmpstr(before, ==, "");
    g_assert_nonnull(strstr(missing, "no days off of 2027"));
    g_assert_cmpstr(known, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, mailbox, function) g_test_add("/health/" name, Fixture, mailbox, set_up, function, tear_down)
    ADD("fetch-age", "work", test_fetch_age);
    ADD("backlog", "work", test_backlog);
    ADD("alarm-once", "work", test_alarm_once);
    ADD("prometheus", "work", test_prometheus);
    ADD("calendar", "work", test_calendar);
    return g_test_run();
}
