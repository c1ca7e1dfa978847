#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "child.h"
#include "memory.h"
#include "server.h"

#define MAX_CHILDREN 64
#define MAX_WAITING 1024
#define IDLE_USEC (10 * G_USEC_PER_SEC) /* an idle child is ended after that */
#define ENDING_USEC G_USEC_PER_SEC      /* a child that has served its last is ended after that */

/* A request that waits for a child. */
typedef struct {
    gint64 id;
    gint64 usec; /* its deadline, from the moment a child has it */
    char *text;
    gsize length;
    int descriptors[2];
} Waiting;

typedef struct {
    pid_t pid;
    int work;        /* our end of its work socket; -1 when it was closed */
    gint64 id;       /* of the request it works on; 0: idle */
    gint64 began;    /* clock_mono: when it got the request */
    gint64 deadline; /* clock_mono: of the work, of its idleness, or of its ending */
    gboolean late;   /* was killed by its deadline */
    guint served;
    guint helpers;   /* processes of its own; only in the server for scans */
} Child;

typedef struct {
    const ServerOptions *options;
    Child children[MAX_CHILDREN];
    guint n;
    GQueue waiting; /* Waiting * */
    gboolean ended;
    char buffer[LIMIT_REQUEST_BYTES];
} Server;

static int signals = -1;

gboolean server_prepare(GError **error)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &child, NULL) == 0 && (signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK)) >= 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "no signal descriptor: %s", g_strerror(errno));
    return FALSE;
}

/* --- words to the door ------------------------------------------------------------------------------------------------ */

/* How the request that CHILD has ended, and how long it took. */
static void say_done(const Child *child, const char *how, int number)
{
    char text[160];
    gint64 ms = (clock_mono() - child->began) / G_TIME_SPAN_MILLISECOND;
    int length = snprintf(text, sizeof text, "{\"id\":%" G_GINT64_FORMAT ",\"done\":\"%s\",\"signal\":%d,\"ms\":%" G_GINT64_FORMAT "}",
                          child->id, how, number, ms);
    while (send(SERVER_CONTROL_FD, text, (size_t)length, MSG_NOSIGNAL) < 0 && errno == EINTR)
        continue;
}

/* --- requests --------------------------------------------------------------------------------------------------------- */

static void waiting_free(Waiting *waiting)
{
    close(waiting->descriptors[0]);
    close(waiting->descriptors[1]);
    g_free(waiting->text);
    g_free(waiting);
}

/* Our own trusted side wrote the text: it begins {"id":N,"ms":N, and the rest is for the child. */
static gboolean request_head(Waiting *waiting)
{
    char *end;
    if (!g_str_has_prefix(waiting->text, "{\"id\":"))
        return FALSE;
    waiting->id = g_ascii_strtoll(waiting->text + strlen("{\"id\":"), &end, 10);
    if (!g_str_has_prefix(end, ",\"ms\":"))
        return FALSE;
    waiting->usec = g_ascii_strtoll(end + strlen(",\"ms\":"), &end, 10) * G_TIME_SPAN_MILLISECOND;
    return waiting->id > 0 && waiting->usec > 0;
}

/* FALSE: nothing whole came. */
static gboolean take_request(Server *server)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec part = {server->buffer, LIMIT_REQUEST_BYTES};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    gssize n = recvmsg(SERVER_CONTROL_FD, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return FALSE;
    struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(2 * sizeof(int))) {
        server->ended = TRUE; /* closed, or nonsense: the door starts a new server */
        return FALSE;
    }
    Waiting *waiting = g_new0(Waiting, 1);
    waiting->text = g_strndup(server->buffer, (gsize)n);
    waiting->length = (gsize)n;
    memcpy(waiting->descriptors, CMSG_DATA(header), sizeof waiting->descriptors);
    if (request_head(waiting) && server->waiting.length < MAX_WAITING) {
        g_queue_push_tail(&server->waiting, waiting);
        return TRUE;
    }
    waiting_free(waiting);
    server->ended = TRUE;
    return FALSE;
}

static gboolean pass_on(int work, const Waiting *waiting)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control = {0};
    struct iovec part = {waiting->text, waiting->length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof waiting->descriptors);
    memcpy(CMSG_DATA(header), waiting->descriptors, sizeof waiting->descriptors);
    return sendmsg(work, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

/* --- children --------------------------------------------------------------------------------------------------------- */

static void close_work(Child *child)
{
    if (child->work >= 0)
        close(child->work);
    child->work = -1;
}

/* Helpers for one more child, which waits while they work: what is idle, but one place for the next message. One alone would
 * gain nothing. */
static guint spare(const Server *server)
{
    guint taken = 1;
    for (guint i = 0; i < server->n; i++)
        taken += MAX(server->children[i].helpers, 1);
    guint left = taken < server->options->jobs ? server->options->jobs - taken : 0;
    return left > 1 ? left : 0;
}

static Child *new_child(Server *server)
{
    int pair[2];
    pid_t self = getpid();
    guint helpers = spare(server);
    if (server->n >= MIN(server->options->jobs, MAX_CHILDREN) || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
        return NULL;
    pid_t pid = fork();
    if (pid == 0)
        child_serve(server->options->kinds, pair[1], self, server->options->reuse, server->options->deadline_seconds, helpers);
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return NULL;
    }
    Child *child = &server->children[server->n++];
    *child = (Child){.pid = pid, .work = pair[0], .helpers = helpers};
    return child;
}

static Child *free_child(Server *server)
{
    for (guint i = 0; i < server->n; i++)
        if (server->children[i].id == 0 && server->children[i].work >= 0)
            return &server->children[i];
    return new_child(server);
}

static void assign(Server *server)
{
    while (server->waiting.length > 0) {
        Child *child = free_child(server);
        if (!child)
            return;
        Waiting *waiting = g_queue_peek_head(&server->waiting);
        if (!pass_on(child->work, waiting)) {
            close_work(child); /* it ended meanwhile, or takes nothing: it is reaped soon */
            child->deadline = 0;
            continue;
        }
        child->id = waiting->id;
        child->began = clock_mono();
        child->deadline = child->began + MIN(waiting->usec, (gint64)server->options->deadline_seconds * G_USEC_PER_SEC);
        g_queue_pop_head(&server->waiting);
        waiting_free(waiting);
    }
}

/* A byte: it is free again. The end: a risky reader runs, or the child is gone, and only its exit tells. The child may be
 * hostile: it can lie about being free, which gives it its next message sooner, and nothing else. */
static void hear(Server *server, Child *child)
{
    char word;
    struct iovec part = {&word, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    gssize n = recvmsg(child->work, &message, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n != 1 || child->id == 0) {
        close_work(child);
        child->deadline = child->id ? child->deadline : 0;
        return;
    }
    say_done(child, "ok", 0);
    child->id = 0;
    child->deadline = clock_mono() + IDLE_USEC;
    if (++child->served >= server->options->reuse) {
        close_work(child);
        child->deadline = clock_mono() + ENDING_USEC;
    }
}

static void report(const Child *child, int status)
{
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (child->late || number == SIGXCPU)
        say_done(child, "timeout", number);
    else if (number)
        say_done(child, "signal", number);
    else if (WEXITSTATUS(status) == MEMORY_EXIT)
        say_done(child, "memory", 0);
    else
        say_done(child, WEXITSTATUS(status) == 0 ? "ok" : "exit", 0);
}

static void bury(Server *server, Child *child, int status)
{
    /* Its last word may still stand in the socket. */
    if (child->id && child->work >= 0)
        hear(server, child);
    if (child->id)
        report(child, status);
    close_work(child);
    *child = server->children[--server->n];
}

static void reap(Server *server)
{
    struct signalfd_siginfo info;
    int status;
    pid_t pid;
    while (read(signals, &info, sizeof info) > 0)
        continue;
    while ((pid = wait4(-1, &status, WNOHANG, NULL)) > 0)
        for (guint i = 0; i < server->n; i++)
            if (server->children[i].pid == pid) {
                bury(server, &server->children[i], status);
                break;
            }
}

static void keep_deadlines(Server *server)
{
    gint64 now = clock_mono();
    for (guint i = 0; i < server->n; i++) {
        Child *child = &server->children[i];
        if (now < child->deadline)
            continue;
        child->late = child->id != 0;
        kill(child->pid, SIGKILL);
        close_work(child);
        child->deadline = now + ENDING_USEC;
    }
}

static gint64 next_deadline(const Server *server)
{
    gint64 next = G_MAXINT64;
    for (guint i = 0; i < server->n; i++)
        next = MIN(next, server->children[i].deadline);
    return next;
}

static void wait_for_something(Server *server)
{
    struct pollfd polls[2 + MAX_CHILDREN] = {{.fd = SERVER_CONTROL_FD, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    gint64 next = next_deadline(server);
    for (guint i = 0; i < server->n; i++)
        polls[2 + i] = (struct pollfd){.fd = server->children[i].work, .events = POLLIN};
    int n = poll(polls, 2 + server->n, next == G_MAXINT64 ? -1 : clock_left_ms(next));
    for (guint i = server->n; n > 0 && i-- > 0;)
        if (polls[2 + i].revents)
            hear(server, &server->children[i]);
    if (n > 0 && polls[1].revents)
        reap(server);
    while (n > 0 && polls[0].revents && take_request(server))
        continue;
}

int server_serve(const ServerOptions *options)
{
    g_autofree Server *server = g_new0(Server, 1);
    server->options = options;
    g_queue_init(&server->waiting);
    while (!server->ended) {
        wait_for_something(server);
        keep_deadlines(server);
        assign(server);
    }
    for (guint i = 0; i < server->n; i++)
        kill(server->children[i].pid, SIGKILL);
    g_queue_clear_full(&server->waiting, (GDestroyNotify)waiting_free);
    return 0;
}
