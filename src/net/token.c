#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "conf/secret.h"
#include "net/token.h"

#define TOKEN_SECONDS 40 /* secret_token gives the command 20 s; then some */

static int server = -1;
static gint64 taken;

static void answer(int fd, const Conf *conf, const char *group)
{
    g_autoptr(GError) error = NULL;
    char *token = secret_token(conf, group, &error);
    char reply[LIMIT_TOKEN_BYTES + 2];
    if (token)
        g_snprintf(reply, sizeof reply, "+%s", token);
    else
        g_snprintf(reply, sizeof reply, "%c%s", 'A' + (error ? error->code : FAILURE_CONFIG),
                   error ? error->message : "token_command is not set");
    send(fd, reply, strlen(reply), MSG_NOSIGNAL);
    explicit_bzero(reply, sizeof reply);
    secret_free(token);
}

static void serve(int fd, pid_t parent, const Conf *conf, const char *group)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    signal(SIGTERM, SIG_IGN); /* to the group; our end is the end of the socket */
    signal(SIGINT, SIG_IGN);
    if (fd != STDERR_FILENO + 1)
        dup2(fd, STDERR_FILENO + 1);
    close_range(STDERR_FILENO + 2, ~0U, 0);
    char request;
    while (recv(STDERR_FILENO + 1, &request, 1, 0) == 1)
        answer(STDERR_FILENO + 1, conf, group);
    _exit(0);
}

gboolean token_serve(const Conf *conf, const char *group, GError **error)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "no socket for token_command: %s", g_strerror(errno));
        return FALSE;
    }
    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "no process for token_command: %s", g_strerror(errno));
        close(pair[0]);
        close(pair[1]);
        return FALSE;
    }
    if (child == 0)
        serve(pair[1], parent, conf, group);
    close(pair[1]);
    server = pair[0];
    return TRUE;
}

static char *receive(GError **error)
{
    struct pollfd ready = {.fd = server, .events = POLLIN};
    gint64 deadline = clock_mono() + TOKEN_SECONDS * G_USEC_PER_SEC;
    while (poll(&ready, 1, clock_left_ms(deadline)) < 0 && errno == EINTR)
        ;
    char reply[LIMIT_TOKEN_BYTES + 3];
    gssize got = ready.revents ? recv(server, reply, sizeof reply - 1, MSG_DONTWAIT) : -1;
    if (got <= 0) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "token_command gave no answer");
        return NULL;
    }
    reply[got] = '\0';
    char *token = NULL;
    if (reply[0] == '+')
        token = g_strdup(reply + 1);
    else
        g_set_error(error, FAILURE, reply[0] - 'A', "%s", reply + 1);
    explicit_bzero(reply, sizeof reply);
    return token;
}

static char *ask_server(GError **error)
{
    if (send(server, "?", 1, MSG_NOSIGNAL) == 1)
        return receive(error);
    g_set_error(error, FAILURE, FAILURE_BUG, "the helper that runs token_command has ended");
    return NULL;
}

char *token_get(const Conf *conf, const char *group, GError **error)
{
    char *token = server < 0 ? secret_token(conf, group, error) : ask_server(error);
    if (token)
        taken = clock_now();
    return token;
}

gint64 token_taken(void)
{
    return taken;
}
