#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "door/process.h"

#define READY_SECONDS 20 /* the page server needs 0.2 s on an idle machine */
#define ENDING_SECONDS 2
#define CONTROL_FD 3

/* Nothing of our environment goes in. One OpenMP thread must be set before the program starts: libgomp reads it then.
 * All symbols are looked up at the start once, not by every child anew. */
static const char *const environment[] = {"LC_ALL=C.UTF-8", "TZ=UTC", "OMP_THREAD_LIMIT=1", "LD_BIND_NOW=1", NULL};

static G_GNUC_NORETURN void become(const char *program, const char *const *arguments, int control, int errors)
{
    int null = open("/dev/null", O_RDWR);
    control = fcntl(control, F_DUPFD, 10);
    errors = fcntl(errors, F_DUPFD, 10);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    dup2(control, CONTROL_FD);
    close_range(CONTROL_FD + 1, ~0U, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(program, (char *const *)arguments, (char *const *)environment);
    _exit(EX_UNAVAILABLE);
}

/* Whether PID ended by itself; its socket is closed, so it is about to. */
static gboolean ended_within(pid_t pid, int seconds, int *ret_status)
{
    gint64 deadline = clock_mono() + seconds * G_USEC_PER_SEC;
    while (waitpid(pid, ret_status, WNOHANG) == 0) {
        if (clock_mono() >= deadline)
            return FALSE;
        g_usleep(G_TIME_SPAN_MILLISECOND);
    }
    return TRUE;
}

static gboolean await_ready(FilterProcess *process, GError **error)
{
    char word[16] = "";
    struct pollfd poll_fd = {.fd = process->control, .events = POLLIN};
    gint64 deadline = clock_mono() + READY_SECONDS * G_USEC_PER_SEC;
    int n;
    while ((n = poll(&poll_fd, 1, clock_left_ms(deadline))) < 0 && errno == EINTR)
        continue;
    if (n == 1 && recv(process->control, word, sizeof word - 1, MSG_DONTWAIT) > 0 && g_str_equal(word, "ready"))
        return TRUE;
    int status = 0;
    if (n == 1 && ended_within(process->pid, ENDING_SECONDS, &status))
        process->pid = 0;
    g_autofree char *text = filter_process_errors(process);
    gboolean config = WIFEXITED(status) && WEXITSTATUS(status) == EX_CONFIG;
    g_set_error(error, FAILURE, config ? FAILURE_CONFIG : FAILURE_UNAVAILABLE, "%s",
                *text ? g_strchomp(text) : n == 0 ? "the filter did not start within 20 s" : "the filter ended while it started");
    return FALSE;
}

gboolean filter_process_start(FilterProcess *process, const char *program, const char *const *arguments, GError **error)
{
    int control[2], errors[2];
    *process = (FilterProcess){.control = -1, .errors = -1};
    if (access(program, X_OK) != 0) {
        g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "the filter %s is missing; install shouwen whole", program);
        return FALSE;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) != 0 || pipe2(errors, O_CLOEXEC | O_NONBLOCK) != 0) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "no socket for the filter: %s", g_strerror(errno));
        return FALSE;
    }
    process->pid = fork();
    if (process->pid == 0)
        become(program, arguments, control[1], errors[1]);
    close(control[1]);
    close(errors[1]);
    process->control = control[0];
    process->errors = errors[0];
    if (process->pid > 0 && await_ready(process, error)) {
        process->last_sign = clock_mono();
        return TRUE;
    }
    if (error && !*error)
        g_set_error(error, FAILURE, FAILURE_AGAIN, "the filter cannot be started: %s", g_strerror(errno));
    filter_process_stop(process);
    return FALSE;
}

void filter_process_stop(FilterProcess *process)
{
    if (process->control >= 0)
        close(process->control);
    if (process->errors >= 0)
        close(process->errors);
    if (process->pid > 0) {
        kill(process->pid, SIGKILL);
        waitpid(process->pid, NULL, 0);
    }
    *process = (FilterProcess){.control = -1, .errors = -1};
}

char *filter_process_errors(FilterProcess *process)
{
    char *text = g_malloc0(LIMIT_STDERR_BYTES + 1);
    gsize length = 0;
    gssize n;
    while (process->errors >= 0 && length < LIMIT_STDERR_BYTES &&
           (n = read(process->errors, text + length, LIMIT_STDERR_BYTES - length)) > 0)
        length += (gsize)n;
    return text;
}

gboolean filter_process_send(FilterProcess *process, const char *text, gsize length, const int descriptors[2], GError **error)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control = {0};
    struct iovec part = {(char *)text, length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(2 * sizeof(int));
    memcpy(CMSG_DATA(header), descriptors, 2 * sizeof(int));
    gssize n;
    while ((n = sendmsg(process->control, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR)
        continue;
    if (n == (gssize)length) {
        if (process->jobs++ == 0)
            process->last_sign = clock_mono();
        return TRUE;
    }
    g_set_error(error, FAILURE, FAILURE_AGAIN, "the filter took no request: %s", g_strerror(errno));
    return FALSE;
}
