#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "memory.h"
#include "team.h"

typedef struct {
    int line;      /* socket to it: length and bytes of a task one way, of a result the other */
    guint number;  /* of the task it works on */
    gboolean busy;
} Helper;

static Helper helpers[TEAM_MOST];
static guint size;
static int ready[2] = {-1, -1}; /* a helper writes its place there when its result waits */

static gboolean read_all(int fd, void *bytes, gsize length)
{
    for (guint8 *at = bytes; length > 0;) {
        gssize n = read(fd, at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        at += n;
        length -= (gsize)n;
    }
    return TRUE;
}

static gboolean write_all(int fd, const void *bytes, gsize length)
{
    for (const guint8 *at = bytes; length > 0;) {
        gssize n = write(fd, at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        at += n;
        length -= (gsize)n;
    }
    return TRUE;
}

static gboolean send_bytes(int fd, const void *bytes, gsize length)
{
    guint64 head = length;
    return write_all(fd, &head, sizeof head) && write_all(fd, bytes, length);
}

/* NULL at the end. Both sides are equally hostile once a document was read: a length is believed up to the limit only. */
static GBytes *receive_bytes(int fd)
{
    guint64 length;
    if (!read_all(fd, &length, sizeof length) || length > LIMIT_TASK_BYTES)
        return NULL;
    g_autofree guint8 *bytes = g_malloc(length + 1);
    return read_all(fd, bytes, length) ? g_bytes_new_take(g_steal_pointer(&bytes), length) : NULL;
}

/* --- the helper -------------------------------------------------------------------------------------------------------- */

static G_GNUC_NORETURN void help(guint8 place, int line, TeamWork work, void (*confine)(void))
{
    confine();
    for (;;) {
        g_autoptr(GBytes) task = receive_bytes(line);
        if (!task)
            _exit(0);
        gsize length;
        const guint8 *bytes = g_bytes_get_data(task, &length);
        g_autoptr(GBytes) result = work(bytes, length);
        if (write(ready[1], &place, 1) != 1 || !send_bytes(line, g_bytes_get_data(result, &length), g_bytes_get_size(result)))
            _exit(0);
    }
}

/* --- the child --------------------------------------------------------------------------------------------------------- */

/* A helper died: of too little memory, or of the page it read. So does the child, before it waits for ever. */
static void helper_died(G_GNUC_UNUSED int number, siginfo_t *facts, G_GNUC_UNUSED void *context)
{
    _exit(facts->si_code == CLD_EXITED && facts->si_status == MEMORY_EXIT ? MEMORY_EXIT : 1);
}

static gboolean fork_one(TeamWork work, void (*confine)(void))
{
    int line[2];
    pid_t child = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, line) != 0)
        return FALSE;
    pid_t pid = fork();
    if (pid == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != child)
            _exit(1);
        signal(SIGCHLD, SIG_DFL);
        for (guint i = 0; i < size; i++)
            close(helpers[i].line);
        close(line[0]);
        help((guint8)size, line[1], work, confine);
    }
    close(line[1]);
    if (pid < 0)
        close(line[0]);
    else
        helpers[size++] = (Helper){.line = line[0]};
    return pid > 0;
}

void team_fork(guint n, TeamWork work, void (*confine)(void))
{
    struct sigaction died = {.sa_sigaction = helper_died, .sa_flags = SA_SIGINFO};
    if (n == 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, ready) != 0)
        return;
    sigaction(SIGCHLD, &died, NULL);
    while (size < MIN(n, TEAM_MOST) && fork_one(work, confine))
        continue;
}

guint team_idle(void)
{
    guint idle = 0;
    for (guint i = 0; i < size; i++)
        idle += !helpers[i].busy;
    return idle;
}

void team_give(guint number, const guint8 *task, gsize length)
{
    for (guint i = 0; i < size; i++) {
        if (helpers[i].busy)
            continue;
        helpers[i].busy = TRUE;
        helpers[i].number = number;
        if (!send_bytes(helpers[i].line, task, length))
            _exit(1);
        return;
    }
}

GBytes *team_take(guint *ret_number)
{
    guint8 place;
    if (team_idle() == size)
        return NULL;
    if (!read_all(ready[0], &place, 1) || place >= size || !helpers[place].busy)
        _exit(1);
    GBytes *result = receive_bytes(helpers[place].line);
    if (!result)
        _exit(1);
    helpers[place].busy = FALSE;
    *ret_number = helpers[place].number;
    return result;
}
