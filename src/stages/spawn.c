#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "conf/secret.h"
#include "stages/spawn.h"

#define BUS_CHILD_FD 3
#define SECRET_CHILD_FD 4
#define LOCK_CHILD_FD 5

/* Out of the way of the numbers that are about to be taken. */
static int lifted(int descriptor)
{
    return descriptor < 0 ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, LOCK_CHILD_FD + 1);
}

/* Bus, secret and lock at their numbers; whatever else was open, also what we ourselves were started with, stays here. */
static void place_descriptors(int bus, int secret, int lock)
{
    bus = lifted(bus);
    secret = lifted(secret);
    lock = lifted(lock);
    close_range(BUS_CHILD_FD, ~0U, CLOSE_RANGE_CLOEXEC);
    dup2(bus, BUS_CHILD_FD);
    dup2(lock, LOCK_CHILD_FD);
    if (secret >= 0)
        dup2(secret, SECRET_CHILD_FD);
}

/* What speaks to the supervisor alone is taken out: a stage must not tell the service manager that it is ready. */
static void set_environment(gboolean secret)
{
    for (const char *const *name = (const char *const[]){"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS",
                                                         "LISTEN_PID", "LISTEN_FDNAMES", SECRET_FD_VARIABLE, NULL};
         *name; name++)
        unsetenv(*name);
    setenv("SHOUWEN_BUS", "1", 1);
    if (secret)
        setenv(SECRET_FD_VARIABLE, G_STRINGIFY(SECRET_CHILD_FD), 1);
}

static G_GNUC_NORETURN void become(const char *name, const char *config, gboolean once, int bus, int lock, int secret,
                                     pid_t parent)
{
    const char *colon = strchr(name, ':');
    g_autofree char *kind = colon ? g_strndup(name, (gsize)(colon - name)) : g_strdup(name);
    const char *words[9] = {"shouwen", "stage", kind, "--config", config};
    int n = 5;
    if (colon) {
        words[n++] = "--mailbox";
        words[n++] = colon + 1;
    }
    if (once)
        words[n++] = "--once";
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EX_TEMPFAIL);
    place_descriptors(bus, secret, lock);
    set_environment(secret >= 0);
    execv("/proc/self/exe", (char *const *)words);
    _exit(EX_OSERR);
}

pid_t spawn_stage(const char *name, const char *config, gboolean once, int lock, int secret, int *ret_bus)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become(name, config, once, pair[1], lock, secret, parent);
    int problem = errno;
    close(pair[1]);
    if (pid > 0) {
        *ret_bus = pair[0];
        return pid;
    }
    close(pair[0]);
    errno = problem;
    return -1;
}
