#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "child.h"
#include "server.h"

#define MAX_CHILDREN 64
#define IDLE_USEC (10 * G_USEC_PER_SEC) /* an idle child ends after that */

/* A request that waits for a child. */
typedef struct {
    gint64 id;
    char *text;
    gsize length;
    int descriptors[2];
} Waiting;

typedef struct {
    pid_t pid;
    int work;        /* our end of its work socket; -1 when it was closed */
    gint64 id;       /* of the request it works on; 0: idle */
    gint64 deadline; /* clock_mono: of the work, or of its idleness */
    gboolean late;   /* was killed by its deadline */
    guint served;
} Child;

typedef struct {
    const ServerOptions *options;
    Child children[MAX_CHILDREN];
    guint n;
    GQueue waiting;
    gboolean ended;
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

static void say_done(gint64 id, const char *how, int number)
{
    char text[128];
    int length = snprintf(text, sizeof text, "{\"id\":%" G_GINT64_FORMAT ",\"done\":\"%s\",\"signal\":%d}", id, how, number);
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

static gint64 request_id(const char *text)
{
    const char *at = strstr(text, "\"id\":");
    return at ? g_ascii_strtoll(at + strlen("\"id\":"), NULL, 10) : 0;
}

static void take_request(Server *server)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    g_autofree char *text = g_malloc(LIMIT_REQUEST_BYTES + 1);
    struct iovec part = {text, LIMIT_REQUEST_BYTES};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    gssize n = recvmsg(SERVER_CONTROL_FD, &message, MSG_CMSG_CLOEXEC);
    if (n < 0 && errno == EINTR)
        return;
    struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(2 * sizeof(int))) {
        server->ended = TRUE; /* closed, or nonsense: the door starts a new server */
        return;
    }
    text[n] = 0;
    Waiting *waiting = g_new0(Waiting, 1);
    waiting->id = request_id(text);
    waiting->length = (gsize)n;
    waiting->text = g_steal_pointer(&text);
    memcpy(waiting->descriptors, CMSG_DATA(header), sizeof waiting->descriptors);
    g_queue_push_tail(&server->waiting, waiting);
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
    return sendmsg(work, &message, MSG_NOSIGNAL) >= 0;
}

/* --- children --------------------------------------------------------------------------------------------------------- */

static void close_work(Child *child)
{
    if (child->work >= 0)
        close(child->work);
    child->work = -1;
}

static Child *new_child(Server *server)
{
    int pair[2];
    pid_t self = getpid();
    if (server->n >= MIN(server->options->jobs, MAX_CHILDREN) || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
        return NULL;
    pid_t pid = fork();
    if (pid == 0)
        child_serve(server->options->kinds, pair[1], self, server->options->reuse, server->options->deadline_seconds);
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return NULL;
    }
    Child *child = &server->children[server->n++];
    *child = (Child){.pid = pid, .work = pair[0]};
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
            close_work(child); /* it ended meanwhile; it is reaped soon */
            continue;
        }
        child->id = waiting->id;
        child->deadline = clock_mono() + (gint64)server->options->deadline_seconds * G_USEC_PER_SEC;
        g_queue_pop_head(&server->waiting);
        waiting_free(waiting);
    }
}

static void hear(Server *server, Child *child)
{
    char word;
    if (recv(child->work, &word, 1, MSG_DONTWAIT) != 1) {
        close_work(child); /* a risky reader runs, or it ended: only its exit tells */
        return;
    }
    say_done(child->id, "ok", 0);
    child->id = 0;
    child->deadline = clock_mono() + IDLE_USEC;
    if (++child->served >= server->options->reuse)
        close_work(child); /* it has served its last and ends by itself */
}

static void report(const Child *child, int status, const struct rusage *usage)
{
    gboolean swollen = (guint64)usage->ru_maxrss * 1024 > LIMIT_CHILD_MEMORY / 2;
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (child->late || number == SIGXCPU)
        say_done(child->id, "timeout", number);
    else if ((WIFEXITED(status) && WEXITSTATUS(status) == CHILD_EXIT_MEMORY) || (number && swollen))
        say_done(child->id, "memory", number);
    else if (number)
        say_done(child->id, "signal", number);
    else
        say_done(child->id, WEXITSTATUS(status) == 0 ? "ok" : "exit", 0);
}

static void reap(Server *server)
{
    struct signalfd_siginfo info;
    struct rusage usage;
    int status;
    pid_t pid;
    while (read(signals, &info, sizeof info) > 0)
        continue;
    while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0)
        for (guint i = 0; i < server->n; i++) {
            Child *child = &server->children[i];
            if (child->pid != pid)
                continue;
            /* Its last word may still stand in the socket. */
            if (child->id && child->work >= 0)
                hear(server, child);
            if (child->id)
                report(child, status, &usage);
            close_work(child);
            *child = server->children[--server->n];
            break;
        }
}

static void keep_deadlines(Server *server)
{
    for (guint i = 0; i < server->n; i++) {
        Child *child = &server->children[i];
        if (clock_mono() < child->deadline || (child->id == 0 && child->work < 0))
            continue;
        child->late = child->id != 0;
        if (child->id)
            kill(child->pid, SIGKILL);
        else
            close_work(child); /* idle: the end of its socket ends it */
    }
}

static gint64 next_deadline(const Server *server)
{
    gint64 next = G_MAXINT64;
    for (guint i = 0; i < server->n; i++)
        if (server->children[i].id || server->children[i].work >= 0)
            next = MIN(next, server->children[i].deadline);
    return next;
}

int server_serve(const ServerOptions *options)
{
    Server server = {.options = options};
    g_queue_init(&server.waiting);
    while (!server.ended) {
        struct pollfd polls[2 + MAX_CHILDREN] = {{.fd = SERVER_CONTROL_FD, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
        gint64 next = next_deadline(&server);
        for (guint i = 0; i < server.n; i++)
            polls[2 + i] = (struct pollfd){.fd = server.children[i].work, .events = POLLIN};
        poll(polls, 2 + server.n, next == G_MAXINT64 ? -1 : clock_left_ms(next));
        for (guint i = server.n; i-- > 0;)
            if (polls[2 + i].revents)
                hear(&server, &server.children[i]);
        if (polls[1].revents)
            reap(&server);
        if (polls[0].revents)
            take_request(&server);
        keep_deadlines(&server);
        assign(&server);
    }
    for (guint i = 0; i < server.n; i++)
        kill(server.children[i].pid, SIGKILL);
    return 0;
}
