#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "child.h"
#include "policy.h"

static gboolean spent; /* a risky reader ran in this process */

static gboolean close_work(void)
{
    if (!spent)
        close(WORK_FD);
    spent = TRUE;
    return TRUE;
}

/* GLib aborts when memory is refused; the message tells that from a crash. */
static void on_log(const char *domain, GLogLevelFlags level, const char *message, gpointer user)
{
    (void)domain;
    (void)user;
    if ((level & G_LOG_LEVEL_ERROR) && strstr(message, "allocate"))
        _exit(CHILD_EXIT_MEMORY);
}

static void limit(int what, rlim_t most)
{
    struct rlimit value = {most, most};
    setrlimit(what, &value);
}

static void enter(int work, guint seconds, pid_t server)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != server)
        _exit(1);
    signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (work != WORK_FD)
        dup2(work, WORK_FD);
    close_range(WORK_FD + 1, ~0U, 0);
    limit(RLIMIT_AS, LIMIT_CHILD_MEMORY);
    limit(RLIMIT_CPU, seconds + 1);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NPROC, 0);
    limit(RLIMIT_FSIZE, 0);
    g_log_set_default_handler(on_log, NULL);
    if (!policy_enter_child())
        _exit(1);
}

/* One request with its two descriptors: the message and the record pipe. FALSE at the end of the work. */
static gboolean receive(char *text, gsize *ret_length, int descriptors[2])
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec part = {text, LIMIT_REQUEST_BYTES};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    gssize n;
    while ((n = recvmsg(WORK_FD, &message, 0)) < 0 && errno == EINTR)
        continue;
    struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(2 * sizeof(int)))
        return FALSE;
    memcpy(descriptors, CMSG_DATA(header), 2 * sizeof(int));
    *ret_length = (gsize)n;
    return TRUE;
}

static void answer(const Kinds *kinds, const char *text, gsize length, int message, int pipe)
{
    struct stat facts;
    ReadSetup setup = {kinds, close_work};
    g_autoptr(Request) request = request_parse(text, length);
    if (!request || fstat(message, &facts) != 0)
        _exit(1);
    gsize size = (gsize)facts.st_size;
    void *bytes = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, message, 0) : (void *)"";
    if (bytes == MAP_FAILED)
        _exit(CHILD_EXIT_MEMORY);
    read_answer(&setup, request, bytes, size, pipe);
    if (size)
        munmap(bytes, size);
}

void child_serve(const Kinds *kinds, int work, pid_t server, guint reuse, guint seconds)
{
    static char text[LIMIT_REQUEST_BYTES];
    enter(work, seconds * MAX(reuse, 1), server);
    for (guint served = 0; served < reuse; served++) {
        int descriptors[2];
        gsize length;
        if (!receive(text, &length, descriptors))
            break;
        answer(kinds, text, length, descriptors[0], descriptors[1]);
        close(descriptors[0]);
        close(descriptors[1]);
        if (spent || write(WORK_FD, "d", 1) != 1)
            break;
    }
    _exit(0);
}
