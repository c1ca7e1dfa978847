// links: src/stages/bus.c src/stages/supervise.c src/stages/spawn.c src/stages/hold.c src/stages/notify.c src/stages/worst.c src/stages/log.c src/spool/*.c src/conf/*.c src/base/*.c; libs: glib-2.0 gio-2.0 libseccomp
/* The supervisor executes /proc/self/exe, which is this program: main plays the stages, each as its mailbox's name says. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "conf/secret.h"
#include "spool/segment.h"
#include "stages/bus.h"
#include "stages/stages.h"

#define LONG (20 * G_USEC_PER_SEC)
#define PASSWORD "from the environment"
#define MARK "intake mark 已处理\t1\t2"

static char *dir, *conf_name, *log_name;

/* --- the stages that are played ---------------------------------------------------------------------------------- */

static void note(const char *who, const char *what)
{
    g_autofree char *line = g_strdup_printf("%s %s\n", who, what);
    int fd = open(g_getenv("PLAY_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    g_assert_cmpint(write(fd, line, strlen(line)), ==, (gssize)strlen(line));
    close(fd);
}

static char *log_text(void)
{
    char *text = NULL;
    return g_file_get_contents(g_getenv("PLAY_LOG"), &text, NULL, NULL) ? text : g_strdup("");
}

/* The next hint, as "FROM text"; NULL when none comes for long. */
static char *next_hint(void)
{
    struct pollfd bus = {.fd = bus_fd(), .events = POLLIN};
    g_autofree char *from = NULL, *text = NULL;
    if (poll(&bus, 1, LONG / 1000) > 0)
        text = bus_receive(&from);
    return text ? g_strdup_printf("%s %s", from, text) : NULL;
}

static gboolean file_holds(const char *path, const char *text)
{
    g_autofree char *bytes = NULL;
    gsize length = 0;
    return g_file_get_contents(path, &bytes, &length, NULL) && memmem(bytes, length, text, strlen(text));
}

static void note_secret(const Conf *conf, const char *who, const char *group)
{
    char *secret = secret_get(conf, group, NULL);
    gboolean seen = file_holds("/proc/self/environ", PASSWORD) || file_holds("/proc/self/cmdline", PASSWORD) ||
                    g_getenv("BOX_PASSWORD");
    note(who, g_strcmp0(secret, PASSWORD) == 0 ? "has the secret" : "has no secret");
    note(who, seen || fcntl(4, F_GETFD) >= 0 ? "shows it" : "hides it");
    secret_free(secret);
}

static int play_fetch(const Conf *conf, const char *mailbox)
{
    g_autofree char *who = g_strconcat("fetch:", mailbox, NULL);
    g_autofree char *group = g_strconcat("mailbox ", mailbox, NULL);
    g_autofree char *started = g_strconcat(who, " started", NULL);
    g_autofree char *before = log_text();
    note(who, "started");
    if (g_str_equal(mailbox, "secret"))
        note_secret(conf, who, group);
    if (g_str_equal(mailbox, "denied"))
        return 77;
    if (g_str_equal(mailbox, "dies") && !strstr(before, started))
        return 75;
    if (g_str_equal(mailbox, "hostile")) {
        bus_send("intake", "stop");
        bus_send("intake", "drain");
        bus_send("courier", "stop");
        bus_send("intake", "arrived");
    }
    bus_send("supervise", "fetched");
    for (char *hint; (hint = next_hint()); g_free(hint)) {
        note(who, hint);
        if (g_str_has_prefix(hint, "intake mark "))
            bus_send("intake", "marked INBOX\t1\t2");
        if (g_str_equal(hint, "supervise stop"))
            exit(0);
    }
    return 70;
}

static int play_intake(const Conf *conf, gboolean once)
{
    note("intake", "started");
    note_secret(conf, "intake", "mailbox secret");
    for (char *hint; (hint = next_hint()); g_free(hint)) {
        note("intake", hint);
        if (g_str_equal(hint, "supervise drain"))
            bus_send("fetch:nobody", "mark INBOX\t1\t2");
        if (g_str_equal(hint, "supervise drain"))
            bus_send("fetch:good", "mark INBOX\t1\t2");
        if (g_str_has_suffix(hint, "marked INBOX\t1\t2") && once)
            exit(0);
    }
    return 70;
}

static int play(int argc, char **argv)
{
    g_autoptr(Conf) conf = conf_load(argv[4], NULL);
    gboolean once = g_str_equal(argv[argc - 1], "--once");
    secret_take_descriptor();
    if (g_str_equal(argv[2], "fetch"))
        return play_fetch(conf, argv[6]);
    if (g_str_equal(argv[2], "intake"))
        return play_intake(conf, once);
    note("courier", once ? "started once" : "started");
    if (!once)
        g_free(next_hint());
    return 0;
}

/* --- the supervisor ----------------------------------------------------------------------------------------------- */

static void put_conf(const char *const *mailboxes)
{
    g_autofree char *spool = g_build_filename(dir, "spool", NULL);
    GString *text = g_string_new(NULL);
    g_string_printf(text, "[general]\nspool = %s\n[office]\naddress = office@committee.example\n", spool);
    for (; *mailboxes; mailboxes++)
        g_string_append_printf(text, "[mailbox %s]\nhost = localhost\nuser = u\npassword_env = BOX_PASSWORD\nsince = 2026-01-01\n",
                               *mailboxes);
    g_assert_true(g_file_set_contents(conf_name, text->str, -1, NULL));
    g_string_free(text, TRUE);
    g_unlink(log_name);
}

#define MAILBOXES(...) ((const char *const[]){__VA_ARGS__, NULL})

static pid_t supervisor(gboolean once)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    g_setenv("BOX_PASSWORD", PASSWORD, TRUE);
    g_autoptr(GError) error = NULL;
    StageOptions options = {.once = once};
    Conf *conf = conf_load(conf_name, &error);
    g_assert_no_error(error);
    stage_supervise(conf, &options, &error);
    conf_free(conf);
    if (error)
        note("supervisor", error->message);
    _exit(failure_exit_code(error));
}

static void wait_for(const char *text)
{
    for (gint64 deadline = clock_mono() + LONG;; g_usleep(5000)) {
        g_autofree char *log = log_text();
        if (strstr(log, text))
            return;
        if (clock_mono() > deadline)
            g_error("'%s' never came; the log says:\n%s", text, log);
    }
}

static int ended(pid_t pid)
{
    int status;
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void assert_log(const char *text, gboolean there)
{
    g_autofree char *log = log_text();
    if ((strstr(log, text) != NULL) != there)
        g_error("'%s' %s in the log:\n%s", text, there ? "is not" : "is", log);
}

/* --- tests ---------------------------------------------------------------------------------------------------------- */

static void test_datagrams(void)
{
    int pair[2];
    char packet[64] = "";
    g_autofree char *from = NULL, *text = NULL;
    g_autofree char *long_text = g_strnfill(BUS_MAX_BYTES, 'x');
    g_unsetenv("SHOUWEN_BUS");
    g_assert_cmpint(bus_fd(), ==, -1);
    bus_send("intake", "arrived");
    g_assert_null(bus_receive(&from));
    int kept = fcntl(3, F_DUPFD_CLOEXEC, 20);
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), ==, 0);
    int ours = fcntl(pair[0], F_DUPFD_CLOEXEC, 20);
    dup2(pair[1], 3);
    for (int i = 0; i < 2; i++)
        if (pair[i] != 3)
            close(pair[i]);
    g_setenv("SHOUWEN_BUS", "1", TRUE);
    g_assert_null(bus_receive(&from));
    bus_send("intake", long_text); /* is lost, not cut */
    bus_send("intake", "arrived");
    g_assert_cmpint(recv(ours, packet, sizeof packet, 0), ==, strlen("intake arrived"));
    g_assert_cmpstr(packet, ==, "intake arrived");
    g_assert_cmpint(send(ours, "nonsense", 8, 0), ==, 8);
    g_assert_null(bus_receive(&from));
    g_assert_cmpint(send(ours, MARK, strlen(MARK), 0), ==, strlen(MARK));
    text = bus_receive(&from);
    g_assert_cmpstr(from, ==, "intake");
    g_assert_cmpstr(text, ==, "mark 已处理\t1\t2");
    close(ours);
    bus_send("intake", "arrived");
    g_clear_pointer(&from, g_free);
    g_free(text);
    text = bus_receive(&from);
    g_assert_cmpstr(from, ==, "supervise");
    g_assert_cmpstr(text, ==, "stop");
    g_unsetenv("SHOUWEN_BUS");
    close(3);
    if (kept >= 0)
        dup2(kept, 3);
}

static void test_allowed(void)
{
    g_assert_true(bus_allows("fetch:work", "intake", "arrived"));
    g_assert_true(bus_allows("fetch:work", "supervise", "fetched"));
    g_assert_true(bus_allows("intake", "fetch:work", "mark INBOX\t1\t2"));
    g_assert_true(bus_allows("intake", "courier", "letters"));
    g_assert_false(bus_allows("fetch:work", "intake", "stop"));
    g_assert_false(bus_allows("fetch:work", "intake", "drain"));
    g_assert_false(bus_allows("fetch:work", "courier", "letters"));
    g_assert_false(bus_allows("fetch:work", "fetch:other", "mark INBOX\t1\t2"));
    g_assert_false(bus_allows("courier", "intake", "arrived"));
}

static void test_once(void)
{
    put_conf(MAILBOXES("good", "hostile", "secret"));
    g_assert_cmpint(ended(supervisor(TRUE)), ==, 0);
    assert_log("intake supervise drain\n", TRUE);
    assert_log("fetch:good intake mark INBOX\t1\t2\n", TRUE);
    assert_log("intake fetch:good marked INBOX\t1\t2\n", TRUE);
    assert_log("intake supervise gone fetch:nobody\n", TRUE);
    g_autofree char *log = log_text();
    g_assert_true(g_str_has_suffix(log, "courier started once\n"));
    g_assert_null(strstr(log, "intake fetch:hostile stop"));
    g_assert_null(strstr(log, "intake fetch:hostile drain"));
    g_assert_nonnull(strstr(log, "intake fetch:hostile arrived"));
}

static void test_secrets(void)
{
    assert_log("fetch:secret has the secret\n", TRUE);
    assert_log("fetch:secret hides it\n", TRUE);
    assert_log("intake has no secret\n", TRUE);
    assert_log("intake hides it\n", TRUE);
}

static void test_worst_code(void)
{
    put_conf(MAILBOXES("good", "denied"));
    g_assert_cmpint(ended(supervisor(TRUE)), ==, 77);
    assert_log("courier started once\n", TRUE);
    assert_log("intake supervise gone fetch:denied\n", TRUE);
    assert_log("fetch:denied started\nfetch:denied started\n", FALSE);
}

static void test_restart(void)
{
    put_conf(MAILBOXES("dies"));
    pid_t pid = supervisor(FALSE);
    wait_for("courier started\n");
    wait_for("intake started\n");
    wait_for("fetch:dies started\n");
    for (gint64 deadline = clock_mono() + LONG;; g_usleep(5000)) {
        g_autofree char *log = log_text();
        char *first = strstr(log, "fetch:dies started\n");
        if (first && strstr(first + 1, "fetch:dies started\n"))
            break;
        g_assert_cmpint(clock_mono(), <, deadline);
    }
    kill(pid, SIGTERM);
    g_assert_cmpint(ended(pid), ==, 0);
}

static void test_second(void)
{
    put_conf(MAILBOXES("good"));
    pid_t first = supervisor(FALSE);
    g_autofree char *holder = g_strdup_printf("(pid %d)", (int)first);
    wait_for("intake started\n");
    g_assert_cmpint(ended(supervisor(FALSE)), ==, 75);
    assert_log(holder, TRUE);
    kill(first, SIGTERM);
    g_assert_cmpint(ended(first), ==, 0);
}

/* After kill -9 the stages get SIGTERM, and the next supervisor begins only when they have ended. */
static void test_killed(void)
{
    g_autofree char *spool = g_build_filename(dir, "spool", NULL);
    put_conf(MAILBOXES("good"));
    pid_t pid = supervisor(FALSE);
    wait_for("intake started\n");
    wait_for("fetch:good started\n");
    kill(pid, SIGKILL);
    g_assert_cmpint(ended(pid), ==, 128 + SIGKILL);
    put_conf(MAILBOXES("good"));
    g_assert_cmpint(ended(supervisor(TRUE)), ==, 0);
    int lock = spool_lock(spool, NULL);
    g_assert_cmpint(lock, >=, 0);
    close(lock);
}

static void test_reload(void)
{
    put_conf(MAILBOXES("good", "gone"));
    pid_t pid = supervisor(FALSE);
    wait_for("intake started\n");
    wait_for("fetch:gone started\n");
    wait_for("fetch:good started\n");
    put_conf(MAILBOXES("good", "secret"));
    kill(pid, SIGHUP);
    wait_for("fetch:secret hides it\n");
    wait_for("fetch:good started\n");
    wait_for("intake started\n");
    assert_log("fetch:gone started", FALSE);
    assert_log("fetch:secret has the secret\n", TRUE);
    /* Settings with a fault change nothing. */
    g_assert_true(g_file_set_contents(conf_name, "[nonsense]\n", -1, NULL));
    g_unlink(log_name);
    kill(pid, SIGHUP);
    kill(pid, SIGTERM);
    g_assert_cmpint(ended(pid), ==, 0);
    assert_log("started", FALSE);
}

static char *told(int fd)
{
    char text[256] = "";
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    g_assert_cmpint(poll(&poll_fd, 1, LONG / 1000), ==, 1);
    g_assert_cmpint(recv(fd, text, sizeof text - 1, 0), >, 0);
    return g_strdup(text);
}

static void test_notify(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_autofree char *path = g_build_filename(dir, "notify", NULL);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    put_conf(MAILBOXES("good"));
    g_setenv("NOTIFY_SOCKET", path, TRUE);
    g_setenv("WATCHDOG_USEC", "100000", TRUE);
    pid_t pid = supervisor(FALSE);
    g_unsetenv("NOTIFY_SOCKET");
    g_unsetenv("WATCHDOG_USEC");
    for (const char *const *wanted = MAILBOXES("READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"); *wanted; wanted++) {
        g_autofree char *state = told(fd);
        g_assert_cmpstr(state, ==, *wanted);
    }
    kill(pid, SIGTERM);
    g_assert_cmpint(ended(pid), ==, 0);
    for (g_autofree char *state = told(fd); !g_str_equal(state, "STOPPING=1");) {
        g_free(state);
        state = told(fd);
    }
    close(fd);
    g_unlink(path);
}

static void clean(void)
{
    g_autofree char *spool = g_build_filename(dir, "spool", NULL), *lock = g_build_filename(spool, "lock", NULL);
    g_unlink(lock);
    g_rmdir(spool);
    g_unlink(conf_name);
    g_unlink(log_name);
    g_rmdir(dir);
}

int main(int argc, char **argv)
{
    if (argc > 1 && g_str_equal(argv[1], "stage"))
        return play(argc, argv);
    g_test_init(&argc, &argv, NULL);
    dir = g_dir_make_tmp("shouwen-bus-XXXXXX", NULL);
    conf_name = g_build_filename(dir, "shouwen.conf", NULL);
    log_name = g_build_filename(dir, "log", NULL);
    g_setenv("PLAY_LOG", log_name, TRUE);
    g_test_add_func("/bus/datagrams", test_datagrams);
    g_test_add_func("/bus/allowed", test_allowed);
    g_test_add_func("/supervise/once", test_once);
    g_test_add_func("/supervise/secrets", test_secrets);
    g_test_add_func("/supervise/worst-code", test_worst_code);
    g_test_add_func("/supervise/restart", test_restart);
    g_test_add_func("/supervise/second", test_second);
    g_test_add_func("/supervise/killed", test_killed);
    g_test_add_func("/supervise/reload", test_reload);
    g_test_add_func("/supervise/notify", test_notify);
    int code = g_test_run();
    clean();
    g_free(dir);
    g_free(conf_name);
    g_free(log_name);
    return code;
}
