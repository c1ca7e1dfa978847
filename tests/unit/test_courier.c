// links: src/stages/courier.c src/stages/pace.c src/stages/bus.c src/stages/log.c src/send/*.c src/net/*.c src/ledger/*.c src/spool/*.c src/conf/*.c src/base/*.c; libs: glib-2.0 gio-2.0 gio-unix-2.0 sqlite3 jansson libseccomp; flags: -letpan
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

#include "base/clock.h"
#include "base/failure.h"
#include "ledger/ledger.h"
#include "stages/stages.h"

#define DAY_USEC (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define WAIT_SECONDS 20

typedef struct {
    char *folder, *spool, *file;
    GSubprocess *server;
    Conf *conf;
} Fixture;

static char *start_server(Fixture *f, const char *scenario)
{
    g_autoptr(GError) error = NULL;
    f->server = g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "python3",
                                 "tests/lib/smtp_fake.py", scenario, f->folder, NULL);
    g_assert_no_error(error);
    g_autoptr(GDataInputStream) said = g_data_input_stream_new(g_subprocess_get_stdout_pipe(f->server));
    return g_data_input_stream_read_line(said, NULL, NULL, NULL);
}

static void stop_server(Fixture *f)
{
    if (!f->server)
        return;
    g_output_stream_close(g_subprocess_get_stdin_pipe(f->server), NULL, NULL);
    g_subprocess_wait(f->server, NULL, NULL);
    g_clear_object(&f->server);
}

/* SCENARIO NULL: letters go into the folder. */
static Fixture *fixture_new(const char *scenario)
{
    g_autoptr(GError) error = NULL;
    Fixture *f = g_new0(Fixture, 1);
    f->folder = g_dir_make_tmp("shouwen-courier-XXXXXX", NULL);
    f->spool = g_build_filename(f->folder, "spool", NULL);
    f->file = g_build_filename(f->spool, "ledger.db", NULL);
    g_autofree char *port = scenario ? start_server(f, scenario) : g_strdup("1");
    g_autofree char *text = g_strdup_printf("[general]\nspool=%s\n[office]\naddress=office@committee.example\n"
                                            "[mailbox m]\ntype=eml\npath=/nonexistent\nsince=2026-01-01\n[letters]\nsend=%s\n"
                                            "[smtp]\nhost=127.0.0.1\nport=%s\nsecurity=plain\nauth=none\ntimeout=5s\n",
                                            f->spool, scenario ? "smtp" : "folder", port);
    g_autofree char *path = g_build_filename(f->folder, "shouwen.conf", NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    f->conf = conf_load(path, &error);
    g_assert_no_error(error);
    g_mkdir(f->spool, 0700);
    g_autoptr(Ledger) ledger = ledger_open(f->file, LEDGER_CREATE, &error);
    g_assert_no_error(error);
    return f;
}

static void fixture_free(Fixture *f)
{
    stop_server(f);
    conf_free(f->conf);
    const char *const clean[] = {"rm", "-rf", f->folder, NULL};
    g_spawn_sync(NULL, (char **)clean, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    g_free(f->folder);
    g_free(f->spool);
    g_free(f->file);
    g_free(f);
}

static gint64 add_letter(Fixture *f, const char *recipient)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Ledger) ledger = ledger_open(f->file, LEDGER_WRITE, &error);
    g_assert_no_error(error);
    static guint number;
    g_autofree char *id = g_strdup_printf("<%u@committee.example>", ++number);
    g_autofree char *text = g_strdup_printf("Message-ID: %s\r\n\r\nletter\r\n", id);
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    gint64 now = clock_now();
    LedgerLetter letter = {.kind = (char *)"acknowledgement", .state = (char *)"queued", .recipient = (char *)recipient,
                           .message_id = id, .subject = (char *)"s", .bytes = bytes, .created = now, .next_try = now};
    g_assert_true(ledger_begin(ledger, &error) && ledger_letter_add(ledger, &letter, "intake", &error) && ledger_commit(ledger, &error));
    return letter.id;
}

static LedgerLetter *letter_now(Fixture *f, gint64 id)
{
    g_autoptr(Ledger) ledger = ledger_open(f->file, LEDGER_READ, NULL);
    LedgerLetter *letter = ledger_letter_get(ledger, id, NULL);
    g_assert_nonnull(letter);
    return letter;
}

static void assert_state(Fixture *f, gint64 id, const char *state)
{
    g_autoptr(LedgerLetter) letter = letter_now(f, id);
    g_assert_cmpstr(letter->state, ==, state);
}

static gboolean is_state(Fixture *f, gint64 id, const char *state)
{
    g_autoptr(LedgerLetter) letter = letter_now(f, id);
    return g_str_equal(letter->state, state);
}

static void change(Fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    g_assert_cmpint(sqlite3_open(f->file, &db), ==, SQLITE_OK);
    sqlite3_busy_timeout(db, WAIT_SECONDS * 1000);
    g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(db);
}

/* The stage confines itself for good: a process of its own, as in the product. */
static pid_t start_stage(Fixture *f, gboolean once)
{
    pid_t child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child > 0)
        return child;
    g_autoptr(GError) error = NULL;
    StageOptions options = {.once = once};
    stage_courier(f->conf, &options, &error);
    if (error)
        g_printerr("# %s\n", error->message);
    _exit(failure_exit_code(error));
}

static int end_of(pid_t child)
{
    int status = 0;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int run_once(Fixture *f)
{
    return end_of(start_stage(f, TRUE));
}

static WalkAnswer count_frame(const FrameInfo *info, FramePlace place, guint64 next_offset, gpointer user)
{
    (void)place;
    (void)next_offset;
    g_assert_cmpstr(info->source, ==, "letter");
    ++*(guint *)user;
    return WALK_ON;
}

static guint frames(Fixture *f)
{
    guint n = 0;
    g_autofree char *sent = g_build_filename(f->spool, "sent", NULL);
    g_autoptr(GArray) segments = segment_list(sent, NULL);
    for (guint i = 0; i < segments->len; i++)
        segment_walk(sent, g_array_index(segments, guint32, i), 0, count_frame, NULL, &n, NULL);
    return n;
}

static guint files_in(const Fixture *f, const char *name)
{
    guint n = 0;
    g_autofree char *path = g_build_filename(f->folder, name, NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    while (dir && g_dir_read_name(dir))
        n++;
    return n;
}

static void test_folder(void)
{
    Fixture *f = fixture_new(NULL);
    for (guint i = 0; i < 120; i++)
        add_letter(f, "zhang@expert.example");
    g_assert_cmpint(run_once(f), ==, 0);
    g_assert_cmpuint(files_in(f, "spool/outgoing"), ==, 120);
    g_assert_cmpuint(frames(f), ==, 120);
    g_assert_cmpint(run_once(f), ==, 0);
    g_assert_cmpuint(frames(f), ==, 120);
    fixture_free(f);
}

static void test_each_its_own_fate(void)
{
    Fixture *f = fixture_new("recipients");
    gint64 later = add_letter(f, "later@x.example"), fine = add_letter(f, "fine@x.example");
    gint64 never = add_letter(f, "never@x.example"), bad = add_letter(f, "a b@x.example"), last = add_letter(f, "fine@y.example");
    g_assert_cmpint(run_once(f), ==, 0);
    assert_state(f, fine, "sent");
    assert_state(f, last, "sent");
    assert_state(f, never, "failed");
    assert_state(f, bad, "failed");
    g_autoptr(LedgerLetter) waiting = letter_now(f, later);
    g_assert_cmpstr(waiting->state, ==, "queued");
    g_assert_nonnull(strstr(waiting->reason, "450 4.2.1 greylisted"));
    g_assert_cmpuint(waiting->attempts, ==, 1);
    gint64 left = waiting->next_try - clock_now();
    g_assert_true(left > 50 * G_USEC_PER_SEC && left <= 60 * G_USEC_PER_SEC);
    g_assert_cmpuint(frames(f), ==, 5);
    /* Tried again, and again not taken: kept once. */
    change(f, "UPDATE letters SET next_try = 0 WHERE state = 'queued'");
    g_assert_cmpint(run_once(f), ==, 0);
    g_autoptr(LedgerLetter) again = letter_now(f, later);
    g_assert_cmpuint(again->attempts, ==, 2);
    g_assert_true(again->next_try - clock_now() > 110 * G_USEC_PER_SEC);
    g_assert_cmpuint(frames(f), ==, 5);
    g_assert_cmpuint(files_in(f, "mail"), ==, 2);
    fixture_free(f);
}

static void test_gives_up(void)
{
    Fixture *f = fixture_new("recipients");
    gint64 old = add_letter(f, "later@x.example"), held_long = add_letter(f, "later@y.example");
    g_autofree char *aged = g_strdup_printf("UPDATE letters SET created = %" G_GINT64_FORMAT, clock_now() - 6 * DAY_USEC);
    change(f, aged);
    g_autofree char *tired = g_strdup_printf("UPDATE letters SET attempts = 40 WHERE id = %" G_GINT64_FORMAT, old);
    change(f, tired);
    g_assert_cmpint(run_once(f), ==, 0);
    assert_state(f, old, "failed");
    assert_state(f, held_long, "queued");
    fixture_free(f);
}

static void test_server_away(void)
{
    Fixture *f = fixture_new("honest");
    gint64 first = add_letter(f, "a@x.example"), second = add_letter(f, "b@x.example");
    stop_server(f);
    g_assert_cmpint(run_once(f), ==, 75);
    g_autoptr(LedgerLetter) tried = letter_now(f, first), untried = letter_now(f, second);
    g_assert_cmpstr(tried->state, ==, "queued");
    g_assert_cmpuint(tried->attempts, ==, 1);
    g_assert_cmpstr(untried->state, ==, "queued");
    g_assert_cmpuint(untried->attempts, ==, 0);
    g_assert_cmpuint(frames(f), ==, 2);
    g_assert_cmpint(run_once(f), ==, 75);
    g_assert_cmpuint(frames(f), ==, 2);
    fixture_free(f);
}

/* A letter that no server can bear is tried again later, and the others go on. */
static void test_poison(void)
{
    Fixture *f = fixture_new("drops_first_data");
    gint64 poison = add_letter(f, "a@x.example"), next = add_letter(f, "b@x.example");
    g_assert_cmpint(run_once(f), ==, 0);
    assert_state(f, poison, "queued");
    assert_state(f, next, "sent");
    fixture_free(f);
}

/* More letters to one domain than the setting lets wait, without an attempt counted; others go. */
static void test_paced(void)
{
    Fixture *f = fixture_new("honest");
    g_autofree char *path = g_build_filename(f->folder, "shouwen.conf", NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_autofree char *paced = g_strconcat(text, "per_domain_per_minute=2\n", NULL);
    g_assert_true(g_file_set_contents(path, paced, -1, NULL));
    conf_free(f->conf);
    f->conf = conf_load(path, NULL);
    gint64 first = add_letter(f, "a@x.example"), second = add_letter(f, "b@x.example"), third = add_letter(f, "c@X.example");
    gint64 other = add_letter(f, "d@y.example");
    pid_t child = start_stage(f, FALSE);
    gint64 deadline = clock_mono() + WAIT_SECONDS * G_USEC_PER_SEC;
    while (!is_state(f, other, "sent") && clock_mono() < deadline)
        g_usleep(10 * 1000);
    kill(child, SIGTERM);
    g_assert_cmpint(end_of(child), ==, 0);
    assert_state(f, first, "sent");
    assert_state(f, second, "sent");
    g_autoptr(LedgerLetter) waiting = letter_now(f, third);
    g_assert_cmpstr(waiting->state, ==, "queued");
    g_assert_cmpuint(waiting->attempts, ==, 0);
    gint64 left = waiting->next_try - clock_now();
    g_assert_true(left > 30 * G_USEC_PER_SEC && left <= 60 * G_USEC_PER_SEC);
    g_assert_cmpuint(files_in(f, "mail"), ==, 3);
    fixture_free(f);
}

/* The server's yes was not recorded: the letter goes out once more with the same bytes. */
static void test_left_sending(void)
{
    Fixture *f = fixture_new("honest");
    gint64 id = add_letter(f, "a@x.example");
    g_assert_cmpint(run_once(f), ==, 0);
    change(f, "UPDATE letters SET state = 'sending'");
    g_assert_cmpint(run_once(f), ==, 0);
    assert_state(f, id, "sent");
    g_assert_cmpuint(frames(f), ==, 1);
    g_autofree char *one = g_build_filename(f->folder, "mail/1.eml", NULL), *two = g_build_filename(f->folder, "mail/2.eml", NULL);
    g_autofree char *first = NULL, *second = NULL;
    g_assert_true(g_file_get_contents(one, &first, NULL, NULL) && g_file_get_contents(two, &second, NULL, NULL));
    g_assert_cmpstr(first, ==, second);
    fixture_free(f);
}

static void test_daemon(void)
{
    Fixture *f = fixture_new("honest");
    gint64 id = add_letter(f, "a@x.example");
    pid_t child = start_stage(f, FALSE);
    gint64 deadline = clock_mono() + WAIT_SECONDS * G_USEC_PER_SEC;
    while (!is_state(f, id, "sent") && clock_mono() < deadline)
        g_usleep(10 * 1000);
    assert_state(f, id, "sent");
    kill(child, SIGTERM);
    g_assert_cmpint(end_of(child), ==, 0);
    fixture_free(f);
}

/* The server's yes cannot be recorded: it is tried until it can, and nothing is sent twice meanwhile. */
static void test_record_fails(void)
{
    Fixture *f = fixture_new("honest");
    gint64 id = add_letter(f, "a@x.example");
    change(f, "CREATE TRIGGER fault BEFORE UPDATE ON letters WHEN NEW.state = 'sent' BEGIN SELECT RAISE(ABORT, 'fault'); END");
    pid_t child = start_stage(f, FALSE);
    gint64 deadline = clock_mono() + WAIT_SECONDS * G_USEC_PER_SEC;
    while (files_in(f, "mail") == 0 && clock_mono() < deadline)
        g_usleep(10 * 1000);
    assert_state(f, id, "sending");
    change(f, "DROP TRIGGER fault");
    while (!is_state(f, id, "sent") && clock_mono() < deadline)
        g_usleep(10 * 1000);
    assert_state(f, id, "sent");
    kill(child, SIGTERM);
    g_assert_cmpint(end_of(child), ==, 0);
    g_assert_cmpuint(files_in(f, "mail"), ==, 1);
    fixture_free(f);
}

static void test_wrong_settings(void)
{
    Fixture *f = fixture_new("sender_refused");
    gint64 id = add_letter(f, "a@x.example");
    g_assert_cmpint(run_once(f), ==, 77);
    assert_state(f, id, "queued");
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/courier/folder", test_folder);
    g_test_add_func("/courier/fates", test_each_its_own_fate);
    g_test_add_func("/courier/gives-up", test_gives_up);
    g_test_add_func("/courier/server-away", test_server_away);
    g_test_add_func("/courier/poison", test_poison);
    g_test_add_func("/courier/left-sending", test_left_sending);
    g_test_add_func("/courier/record-fails", test_record_fails);
    g_test_add_func("/courier/paced", test_paced);
    g_test_add_func("/courier/daemon", test_daemon);
    g_test_add_func("/courier/wrong-settings", test_wrong_settings);
    return g_test_run();
}
