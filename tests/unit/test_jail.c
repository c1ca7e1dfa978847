/* links: src/base/jail.c src/base/failure.c; libs: glib-2.0 libseccomp */
/* test_jail.c: what a confined stage can still do. Each trial runs in a child that confines itself, and again in one that does not,
 * where it must succeed: else it would show nothing. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/jail.h"

enum { YES = 0, NO = 1, BROKEN = 2 };

static char *folder, *mine, *other; /* mine: where the stage may write; other: where it may not */
static int port;

typedef gboolean (*Trial)(void);

static char *in(const char *dir, const char *name)
{
    return g_build_filename(dir, name, NULL);
}

static gboolean can_open(const char *dir, const char *name, int flags)
{
    g_autofree char *path = in(dir, name);
    return open(path, flags | O_CLOEXEC, 0600) >= 0;
}

static gboolean write_mine(void) { return can_open(mine, "new", O_WRONLY | O_CREAT); }
static gboolean append_mine(void) { return can_open(mine, "there", O_WRONLY | O_APPEND); }
static gboolean read_other(void) { return can_open(other, "there", O_RDONLY); }
static gboolean write_other(void) { return can_open(other, "there", O_WRONLY); }
static gboolean create_other(void) { return can_open(other, "new", O_WRONLY | O_CREAT); }
static gboolean read_outside(void) { return can_open(folder, "outside", O_RDONLY); }

static gboolean truncate_other(void)
{
    g_autofree char *path = in(other, "there");
    return truncate(path, 0) == 0;
}

static gboolean remove_other(void)
{
    g_autofree char *path = in(other, "gone");
    return unlink(path) == 0;
}

static gboolean make_folder_other(void)
{
    g_autofree char *path = in(other, "folder");
    return mkdir(path, 0700) == 0;
}

static gboolean rename_out(void)
{
    g_autofree char *from = in(mine, "leaving"), *to = in(other, "left");
    return rename(from, to) == 0;
}

static gboolean rename_within(void)
{
    g_autofree char *from = in(mine, "old-name"), *to = in(mine, "new-name");
    return rename(from, to) == 0;
}

static gboolean link_out(void)
{
    g_autofree char *from = in(mine, "there"), *to = in(other, "linked");
    return link(from, to) == 0;
}

static gboolean symlink_other(void)
{
    g_autofree char *to = in(other, "symlink");
    return symlink("/etc/passwd", to) == 0;
}

static gboolean run_program(void)
{
    pid_t pid = fork();
    int status = 0;
    if (pid == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(1);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

static gboolean connect_tcp(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((guint16)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
}

static gboolean connect_tcp6(void)
{
    return socket(AF_INET6, SOCK_STREAM, 0) >= 0;
}

static gboolean send_udp(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    return fd >= 0 && sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof to) == 1;
}

static gboolean netlink(void)
{
    return socket(AF_NETLINK, SOCK_RAW, 0) >= 0;
}

static gboolean listen_tcp(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
}

static gboolean unix_socket(void)
{
    int pair[2];
    return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0;
}

static gboolean abstract_socket(void)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    int length = g_snprintf(to.sun_path + 1, sizeof to.sun_path - 1, "shouwen-test-%d", port);
    return fd >= 0 && connect(fd, (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (gsize)length)) == 0;
}

static gboolean trace_parent(void)
{
    return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0;
}

static gboolean use_io_uring(void)
{
    char parameters[256] = {0};
    return syscall(SYS_io_uring_setup, 4, parameters) >= 0;
}

static const struct {
    const char *name;
    Trial run;
    gboolean without_network, with_network; /* whether a stage may do it */
    int abi;        /* of Landlock that is needed to keep it away; 0: none */
    gboolean maybe; /* the machine may refuse it even to an unconfined process */
} trials[] = {
    {"write-mine", write_mine, TRUE, TRUE, 0, FALSE},
    {"append-mine", append_mine, TRUE, TRUE, 0, FALSE},
    {"rename-within", rename_within, TRUE, TRUE, 0, FALSE},
    {"read-other", read_other, TRUE, TRUE, 0, FALSE},
    {"unix-socket", unix_socket, TRUE, TRUE, 0, FALSE},
    {"write-other", write_other, FALSE, FALSE, 1, FALSE},
    {"create-other", create_other, FALSE, FALSE, 1, FALSE},
    {"truncate-other", truncate_other, FALSE, FALSE, 3, FALSE},
    {"remove-other", remove_other, FALSE, FALSE, 1, FALSE},
    {"make-folder-other", make_folder_other, FALSE, FALSE, 1, FALSE},
    {"rename-out", rename_out, FALSE, FALSE, 1, FALSE},
    {"link-out", link_out, FALSE, FALSE, 1, FALSE},
    {"symlink-other", symlink_other, FALSE, FALSE, 1, FALSE},
    {"read-outside", read_outside, FALSE, FALSE, 1, FALSE},
    {"run-program", run_program, FALSE, FALSE, 1, FALSE},
    {"connect-tcp", connect_tcp, FALSE, TRUE, 0, FALSE},
    {"connect-tcp6", connect_tcp6, FALSE, TRUE, 0, TRUE},
    {"send-udp", send_udp, FALSE, TRUE, 0, FALSE},
    {"netlink", netlink, FALSE, TRUE, 0, FALSE},
    {"listen-tcp", listen_tcp, FALSE, FALSE, 4, FALSE},
    {"abstract-socket", abstract_socket, FALSE, FALSE, 6, FALSE},
    {"trace-parent", trace_parent, FALSE, FALSE, 0, TRUE},
    {"io-uring", use_io_uring, FALSE, FALSE, 0, TRUE},
};

static gboolean confine(JailNetwork network)
{
    const JailPath paths[] = {
        {mine, JAIL_READ | JAIL_READ_DIR | JAIL_WRITE, "a stage's own folder"},
        {other, JAIL_READ | JAIL_READ_DIR, "a folder it reads"},
        {"/no/such/place", JAIL_READ, "absent ones are passed over"},
        {NULL, 0, NULL},
    };
    return jail_confine(paths, network, NULL);
}

static void put(const char *dir, const char *name)
{
    g_autofree char *path = in(dir, name);
    g_assert_true(g_file_set_contents(path, "text", -1, NULL));
}

/* The state every trial starts from. */
static void prepare(void)
{
    static const char *const gone[] = {"new", "folder", "left", "linked", "symlink", "new-name"};
    for (gsize i = 0; i < G_N_ELEMENTS(gone); i++) {
        g_autofree char *a = in(mine, gone[i]), *b = in(other, gone[i]);
        remove(a);
        remove(b);
    }
    put(mine, "there");
    put(mine, "leaving");
    put(mine, "old-name");
    put(other, "there");
    put(other, "gone");
    put(folder, "outside");
}

static int try(Trial run, gboolean confined, JailNetwork network)
{
    int status = 0;
    prepare();
    pid_t pid = fork();
    g_assert_cmpint(pid, >=, 0);
    if (pid == 0)
        _exit(confined && !confine(network) ? BROKEN : run() ? YES : NO);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_trial(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    int free_result = try(trials[i].run, FALSE, JAIL_NO_NETWORK);
    if (free_result != YES && trials[i].maybe) {
        g_test_skip("this machine allows it to nobody");
        return;
    }
    g_assert_cmpint(free_result, ==, YES);
    if (jail_landlock_abi() < trials[i].abi) {
        g_test_skip("this kernel's Landlock cannot keep it away");
        return;
    }
    g_assert_cmpint(try(trials[i].run, TRUE, JAIL_NO_NETWORK), ==, trials[i].without_network ? YES : NO);
    g_assert_cmpint(try(trials[i].run, TRUE, JAIL_LOOPBACK_OR_NETWORK), ==, trials[i].with_network ? YES : NO);
}

/* A table of calls: what is named, what is not, and what kills. */
static void test_calls(void)
{
    static const JailCall table[] = {
        {"exit_group", JAIL_ALLOW, 0, 0, 0},
        {"getppid", JAIL_REFUSE, 0, 0, 0},
        {"fcntl", JAIL_ALLOW, 1, G_MAXUINT64, F_GETFD},
        {"getpgid", JAIL_KILL, 0, 0, 0},
        {"no_such_call", JAIL_ALLOW, 0, 0, 0},
        {NULL, JAIL_ALLOW, 0, 0, 0},
    };
    for (int i = 0; i < 5; i++) {
        int status = 0;
        pid_t pid = fork();
        if (pid == 0) {
            if (!jail_confine((const JailPath[]){{NULL, 0, NULL}}, JAIL_NO_NETWORK, NULL) || !jail_calls(table, NULL))
                _exit(BROKEN);
            errno = 0;
            gboolean good = i == 0   ? syscall(SYS_getppid) == -1 && errno == EACCES
                            : i == 1 ? syscall(SYS_getuid) == -1 && errno == EPERM
                            : i == 2 ? syscall(SYS_fcntl, 0, F_GETFD) >= 0
                            : i == 3 ? syscall(SYS_fcntl, 0, F_SETOWN, 1) == -1 && errno == EPERM
                                     : syscall(SYS_getpgid, 0) >= 0;
            syscall(SYS_exit_group, good ? YES : NO);
        }
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        if (i == 4)
            g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
        else
            g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == YES);
    }
    g_assert_cmpint(jail_call_number("no_such_call"), <, 0);
}

static int listen_somewhere(struct sockaddr *at, socklen_t length)
{
    int fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(fd, at, length), ==, 0);
    g_assert_cmpint(listen(fd, 64), ==, 0);
    return fd;
}

static void make_places(int sockets[2])
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t size = sizeof at;
    folder = g_dir_make_tmp("shouwen-jail-XXXXXX", NULL);
    mine = in(folder, "mine");
    other = in(folder, "other");
    g_assert_cmpint(mkdir(mine, 0700) | mkdir(other, 0700), ==, 0);
    sockets[0] = listen_somewhere((struct sockaddr *)&at, sizeof at);
    g_assert_cmpint(getsockname(sockets[0], (struct sockaddr *)&at, &size), ==, 0);
    port = ntohs(at.sin_port);
    int length = g_snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "shouwen-test-%d", port);
    sockets[1] = listen_somewhere((struct sockaddr *)&name, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (gsize)length));
}

static void remove_places(const int sockets[2])
{
    static const char *const names[] = {"there", "leaving", "old-name", "gone", "new", "folder", "left", "linked", "symlink", "new-name", "outside"};
    const char *const dirs[] = {mine, other, folder};
    for (gsize d = 0; d < G_N_ELEMENTS(dirs); d++) {
        for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
            g_autofree char *path = in(dirs[d], names[i]);
            remove(path);
        }
        g_assert_cmpint(rmdir(dirs[d]), ==, 0);
    }
    close(sockets[0]);
    close(sockets[1]);
    g_free(folder);
    g_free(mine);
    g_free(other);
}

int main(int argc, char **argv)
{
    int sockets[2];
    g_test_init(&argc, &argv, NULL);
    make_places(sockets);
    for (gsize i = 0; i < G_N_ELEMENTS(trials); i++) {
        g_autofree char *path = g_strdup_printf("/jail/confine/%s", trials[i].name);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_trial);
    }
    g_test_add_func("/jail/calls", test_calls);
    int code = g_test_run();
    remove_places(sockets);
    return code;
}
