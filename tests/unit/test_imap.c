/* links: src/source/*.c src/net/*.c src/spool/*.c src/conf/*.c src/base/*.c; libs: glib-2.0 gio-2.0 gio-unix-2.0 libseccomp; flags: -letpan */
/* What odd and hostile servers answer: nothing is lost, nothing is kept twice, nothing hangs. */
#include "imap_fixture.h"

/* Of the leak checker, where it is linked in. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

#define PLAIN "security=plain\nhost=127.0.0.1\n"
#define ALL "INBOX:1h INBOX:2h INBOX:3h INBOX:5h INBOX:8h"

static Fixture *begin(const char *scenario, const char *settings)
{
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new(scenario);
    g_autofree char *all = g_strconcat(PLAIN, settings, NULL);
    fixture_open(f, all, &error);
    g_assert_no_error(error);
    g_assert_nonnull(f->source);
    return f;
}

static gboolean fetch(Fixture *f, GError **error)
{
    guint64 count;
    return imap_fetch(f->source, f->writer, NULL, NULL, &count, error);
}

/* Fetches as the stage does, over failures; the failures it took. */
static guint fetch_through(Fixture *f)
{
    for (guint failures = 0; failures < 10; failures++) {
        g_autoptr(GError) error = NULL;
        if (fetch(f, &error))
            return failures;
        g_test_message("%s", error->message);
        g_assert_cmpint(error->code, ==, FAILURE_AGAIN);
    }
    g_assert_not_reached();
}

static void expect(Fixture *f, const char *frames)
{
    g_autofree char *stored = fixture_frames(f);
    g_assert_cmpstr(stored, ==, frames);
}

static void expect_sent(Fixture *f, const char *part, gboolean wanted)
{
    g_autofree char *received = fixture_received(f);
    g_assert_cmpint(strstr(received, part) != NULL, ==, wanted);
}

typedef struct {
    const char *scenario, *frames;
    guint failures;
    const char *report;
} Odd;

static const Odd odd[] = {
    {"honest", ALL, 0, NULL},
    {"partial_no", ALL, 0, NULL},
    {"uid_last", ALL, 0, NULL},
    {"backwards", "INBOX:8h INBOX:5h INBOX:3h INBOX:2h INBOX:1h", 0, NULL},
    {"quoted", ALL, 0, NULL},
    {"foreign_uid", ALL, 0, NULL},
    {"unsafe_login", ALL, 0, NULL},
    {"poison", "INBOX:1h INBOX:2h INBOX:5h INBOX:8h", 4, "message 3 of INBOX cannot be fetched"},
    {"garbage", "INBOX:1h INBOX:2h INBOX:5h INBOX:8h", 4, "message 3 of INBOX cannot be fetched"},
    {"empty_body", "INBOX:1h INBOX:2h INBOX:5h INBOX:8h", 0, "message 3 of INBOX cannot be fetched"},
    {"huge_literal", "INBOX:1h INBOX:2h INBOX:3hwt INBOX:5h INBOX:8h", 2, "message 3 of INBOX exceeds"},
    {"huge_announced", "INBOX:1h INBOX:2h INBOX:3hwt INBOX:5h INBOX:8h", 0, "message 3 of INBOX exceeds"},
};

static void test_odd(gconstpointer data)
{
    const Odd *o = data;
    Fixture *f = begin(o->scenario, "");
    g_assert_cmpuint(fetch_through(f), ==, o->failures);
    expect(f, o->frames);
    g_assert_cmpuint(f->reports->len, ==, o->report ? 1 : 0);
    if (o->report)
        g_assert_true(fixture_reported(f, o->report));
    /* Nothing comes twice, neither now nor after a restart. */
    g_assert_cmpuint(fetch_through(f), ==, 0);
    fixture_reopen(f);
    g_assert_cmpuint(fetch_through(f), ==, 0);
    expect(f, o->frames);
    fixture_free(f);
}

typedef struct {
    const char *scenario, *settings;
    int code;
    const char *message;
} Bad;

static const Bad bad[] = {
    {"endless", "", FAILURE_AGAIN, "more than was asked for"},
    {"one_line", "", FAILURE_AGAIN, "more than was asked for"},
    {"silent", "timeout=1s\n", FAILURE_AGAIN, "timed out"},
    {"bye", "", FAILURE_AGAIN, "too many connections"},
    {"unsafe_always", "", FAILURE_AGAIN, "NetEase"},
    {"wrong_password", "", FAILURE_DENIED, "check user and password"},
    {"wrong_password", "user=x@qq.com\n", FAILURE_DENIED, "授权码"},
    {"honest", "auth=xoauth2\ntoken_command=/bin/true\n", FAILURE_DENIED, "XOAUTH2"},
    {"honest", "folders=Nowhere\n", FAILURE_AGAIN, "is there such a folder"},
};

static void test_bad(gconstpointer data)
{
    const Bad *b = data;
    g_autoptr(GError) error = NULL;
    Fixture *f = begin(b->scenario, b->settings);
    /* libetpan itself leaks a greeting that is BYE: 61 bytes an attempt. */
    gboolean leaks = g_str_equal(b->scenario, "bye") && __lsan_disable;
    if (leaks)
        __lsan_disable();
    g_assert_false(fetch(f, &error));
    if (leaks)
        __lsan_enable();
    g_test_message("%s", error->message);
    g_assert_error(error, FAILURE, b->code);
    g_assert_nonnull(strstr(error->message, b->message));
    g_assert_null(strstr(error->message, "geheim"));
    g_assert_null(strchr(error->message, '\n'));
    expect(f, "");
    fixture_free(f);
}

static void test_settings(void)
{
    static const char *const wrong[] = {
        "since=yesterday", "folders=INBOX;INBOX", "action=move:INBOX", "action=keyword:a*b", "action=burn",
        "security=none", "host=", "user=",
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        Fixture *f = fixture_new("honest");
        g_autofree char *all = g_strconcat(PLAIN, wrong[i], NULL);
        g_autofree char *file = g_build_filename(f->folder, "shouwen.conf", NULL);
        fixture_open(f, all, &error);
        g_assert_null(f->source);
        g_assert_error(error, FAILURE, FAILURE_CONFIG);
        g_assert_nonnull(strstr(error->message, file));
        fixture_free(f);
    }
}

static void test_who_we_are(void)
{
    Fixture *f = begin("honest", "");
    g_assert_cmpuint(fetch_through(f), ==, 0);
    g_autofree char *received = fixture_received(f);
    const char *login = strstr(received, "LOGIN"), *id = strstr(received, "ID (\"name\" \"shouwen\""),
               *examine = strstr(received, "EXAMINE");
    g_assert_true(login && id && examine && login < id && id < examine);
    g_assert_nonnull(strstr(id, "\"vendor\""));
    static const char *const never[] = {"ENVELOPE", "BODYSTRUCTURE", "BODY[]", "Seen", "SELECT"};
    for (guint i = 0; i < G_N_ELEMENTS(never); i++)
        g_assert_null(strstr(received, never[i]));
    fixture_free(f);
}

static void test_history(void)
{
    Fixture *f = begin("honest", "history=answer\nwatch=Junk\n");
    g_assert_cmpuint(fetch_through(f), ==, 0);
    expect(f, "INBOX:1 INBOX:2 INBOX:3 INBOX:5 INBOX:8");
    expect_sent(f, "EXAMINE Junk", TRUE);
    fixture_free(f);
}

/* A folder that is not there does not keep the others from being read, and is said once. */
static void test_missing_folder(void)
{
    Fixture *f = begin("no_junk", "watch=Junk\n");
    g_assert_cmpuint(fetch_through(f), ==, 0);
    expect(f, ALL);
    f->source->pause = NULL;
    ((Imap *)f->source)->round_due = 0;
    g_assert_cmpuint(fetch_through(f), ==, 0);
    g_assert_cmpuint(f->reports->len, ==, 1);
    g_assert_true(fixture_reported(f, "Junk"));
    fixture_free(f);
}

static void test_remade(void)
{
    Fixture *f = begin("remade", "");
    g_assert_cmpuint(fetch_through(f), ==, 0);
    fixture_reopen(f);
    g_assert_cmpuint(fetch_through(f), ==, 0);
    expect(f, ALL " " ALL);
    g_assert_true(fixture_reported(f, "made anew"));
    fixture_free(f);
}

static void test_failed_is_tried_daily(void)
{
    Fixture *f = begin("empty_body", "");
    g_assert_cmpuint(fetch_through(f), ==, 0);
    g_autofree char *path = g_build_filename(f->spool, "cursors", "m", NULL);
    g_autoptr(GKeyFile) cursor = g_key_file_new();
    g_assert_true(g_key_file_load_from_file(cursor, path, G_KEY_FILE_NONE, NULL));
    g_autofree char *retry = g_key_file_get_string(cursor, "folder INBOX", "retry", NULL);
    g_assert_true(g_str_has_prefix(retry, "3:"));
    g_assert_cmpint(g_ascii_strtoll(retry + 2, NULL, 10), >, clock_now() / G_USEC_PER_SEC + 80000);
    g_assert_cmpint(g_key_file_get_integer(cursor, "folder INBOX", "next", NULL), ==, 9);
    fixture_free(f);
}

/* What `reconcile` misses is fetched whatever the cursor says. */
static void test_want(void)
{
    g_autoptr(GError) error = NULL;
    char inbox[] = "INBOX";
    Fixture *f = begin("honest", "");
    g_assert_cmpuint(fetch_through(f), ==, 0);
    g_assert_true(source_imap.want(f->source, &(SourceMark){inbox, 7, 5}, &error));
    g_assert_true(source_imap.want(f->source, &(SourceMark){inbox, 7, 6}, &error)); /* gone */
    fixture_reopen(f);
    g_assert_cmpuint(fetch_through(f), ==, 0);
    g_assert_cmpuint(fetch_through(f), ==, 0);
    expect(f, ALL " INBOX:5h");
    fixture_free(f);
}

/* --- login ---------------------------------------------------------------------------------------------------- */

static void test_login_disabled(void)
{
    Fixture *f = begin("login_disabled", "");
    g_assert_cmpuint(fetch_through(f), ==, 0);
    expect_sent(f, "LOGIN ", FALSE);
    fixture_free(f);
}

/* Tokens live an hour, connections may live longer: each connection asks the command anew. */
static void test_token_is_refreshed(void)
{
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new("xoauth2");
    g_autofree char *command = g_build_filename(f->folder, "token", NULL);
    g_autofree char *script = g_strdup_printf("#!/bin/sh\necho x >> %s/count\necho token-$(wc -l < %s/count)\n",
                                              f->folder, f->folder);
    g_assert_true(g_file_set_contents_full(command, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
    g_autofree char *settings = g_strdup_printf(PLAIN "auth=xoauth2\ntoken_command=%s\nuser=u@x.example\n", command);
    fixture_open(f, settings, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(fetch_through(f), ==, 0);
    g_assert_cmpuint(fetch_through(f), ==, 1); /* the server hangs up; the next token is right again */
    expect(f, ALL);
    fixture_free(f);
}

/* --- waiting -------------------------------------------------------------------------------------------------- */

static gint64 wait_ms(Fixture *f, gint64 longest_ms)
{
    g_autoptr(GError) error = NULL;
    gint64 start = clock_mono();
    gboolean fine = imap_wait(f->source, -1, start + longest_ms * 1000, &error);
    g_assert_no_error(error);
    g_assert_true(fine);
    return (clock_mono() - start) / 1000;
}

static void test_news(void)
{
    Fixture *f = begin("news", "");
    g_assert_cmpuint(fetch_through(f), ==, 0);
    g_assert_cmpint(wait_ms(f, 20000), <, 10000);
    g_assert_cmpuint(fetch_through(f), ==, 0);
    expect(f, ALL " INBOX:9h");
    fixture_free(f);
}

static void test_early_news(void)
{
    Fixture *f = begin("early_exists", "");
    g_assert_cmpuint(fetch_through(f), ==, 0);
    g_assert_cmpint(wait_ms(f, 20000), <, 10000);
    fixture_free(f);
}

static void test_wait_ends(void)
{
    Fixture *f = begin("honest", "");
    g_assert_cmpuint(fetch_through(f), ==, 0);
    gint64 took = wait_ms(f, 300);
    g_assert_cmpint(took, >=, 250);
    expect_sent(f, "DONE", TRUE);
    g_assert_cmpuint(fetch_through(f), ==, 0); /* the connection is still in step */
    fixture_free(f);
}

static void test_wake_ends_idle(void)
{
    int ends[2];
    g_assert_cmpint(pipe(ends), ==, 0);
    g_assert_cmpint(write(ends[1], "x", 1), ==, 1);
    Fixture *f = begin("honest", "");
    g_assert_cmpuint(fetch_through(f), ==, 0);
    gint64 start = clock_mono();
    g_assert_true(imap_wait(f->source, ends[0], start + 20 * G_USEC_PER_SEC, NULL));
    g_assert_cmpint(clock_mono() - start, <, 10 * G_USEC_PER_SEC);
    fixture_free(f);
    close(ends[0]);
    close(ends[1]);
}

/* Offered and refused: polling goes on without it. */
static void test_no_idle(void)
{
    Fixture *f = begin("no_idle", "");
    g_assert_cmpuint(fetch_through(f), ==, 0);
    g_assert_cmpint(wait_ms(f, 300), >=, 250);
    g_assert_cmpuint(fetch_through(f), ==, 0);
    fixture_free(f);
}

/* --- marks ---------------------------------------------------------------------------------------------------- */

static gboolean mark(Fixture *f, guint32 uidvalidity, guint32 uid)
{
    g_autoptr(GError) error = NULL;
    char inbox[] = "INBOX";
    gboolean fine = imap_mark(f->source, &(SourceMark){inbox, uidvalidity, uid}, &error);
    g_assert_no_error(error);
    return fine;
}

typedef struct {
    const char *scenario, *action, *sent, *not_sent;
} Marking;

static const Marking markings[] = {
    {"honest", "keep", NULL, "LOGIN"},
    {"honest", "flag", "UID STORE 2 +FLAGS.SILENT (\\Flagged)", "Seen"},
    {"honest", "keyword:$Taken", "UID STORE 2 +FLAGS.SILENT ($Taken)", NULL},
    {"no_keywords", "keyword:$Taken", "SELECT INBOX", "STORE"},
    {"honest", "move:已处理", "UID MOVE 2 \"&XfJZBHQG-\"", "COPY"},
    {"no_move", "move:已处理", "UID EXPUNGE 2", "MOVE"},
    {"no_uidplus", "move:已处理", "UID STORE 2 +FLAGS.SILENT (\\Deleted)", "EXPUNGE"},
};

static void test_marking(gconstpointer data)
{
    const Marking *m = data;
    g_autofree char *setting = g_strdup_printf("action=%s\n", m->action);
    Fixture *f = begin(m->scenario, setting);
    g_assert_true(mark(f, 7, 2));
    g_assert_true(mark(f, 7, 2));
    g_assert_true(mark(f, 7, 4)); /* never was */
    if (m->sent)
        expect_sent(f, m->sent, TRUE);
    if (m->not_sent)
        expect_sent(f, m->not_sent, FALSE);
    fixture_free(f);
}

static void test_mark_many(void)
{
    static const guint32 uids[] = {8, 1, 3, 2};
    Fixture *f = begin("honest", "action=flag\nwatch=Junk\n");
    g_assert_true(imap_mark_set(f->source, "INBOX", 7, uids, G_N_ELEMENTS(uids), NULL));
    expect_sent(f, "UID STORE 1:3,8 +FLAGS", TRUE);
    g_assert_true(imap_mark_set(f->source, "INBOX", 6, uids, 1, NULL)); /* UIDs of another UIDVALIDITY */
    g_assert_true(imap_mark_set(f->source, "Junk", 7, uids, 1, NULL));  /* watched: never written to */
    expect_sent(f, "UID STORE 8", FALSE);
    expect_sent(f, "SELECT Junk", FALSE);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_setenv("LC_ALL", "C.UTF-8", TRUE);
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autofree char *path = g_strdup_printf("/imap/odd/%s", odd[i].scenario);
        g_test_add_data_func(path, &odd[i], test_odd);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *path = g_strdup_printf("/imap/bad/%u-%s", i, bad[i].scenario);
        g_test_add_data_func(path, &bad[i], test_bad);
    }
    for (guint i = 0; i < G_N_ELEMENTS(markings); i++) {
        g_autofree char *path = g_strdup_printf("/imap/mark/%u-%s", i, markings[i].scenario);
        g_test_add_data_func(path, &markings[i], test_marking);
    }
    g_test_add_func("/imap/mark/many", test_mark_many);
    g_test_add_func("/imap/settings", test_settings);
    g_test_add_func("/imap/id", test_who_we_are);
    g_test_add_func("/imap/history", test_history);
    g_test_add_func("/imap/missing-folder", test_missing_folder);
    g_test_add_func("/imap/remade", test_remade);
    g_test_add_func("/imap/failed-daily", test_failed_is_tried_daily);
    g_test_add_func("/imap/want", test_want);
    g_test_add_func("/imap/login-disabled", test_login_disabled);
    g_test_add_func("/imap/token", test_token_is_refreshed);
    g_test_add_func("/imap/wait/news", test_news);
    g_test_add_func("/imap/wait/early-news", test_early_news);
    g_test_add_func("/imap/wait/ends", test_wait_ends);
    g_test_add_func("/imap/wait/wake", test_wake_ends_idle);
    g_test_add_func("/imap/wait/refused", test_no_idle);
    return g_test_run();
}
