#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "child.h"
#include "memory.h"
#include "policy.h"
#include "readers/reader.h"
#include "team.h"

static gboolean spent; /* a risky reader runs or ran in this process */

static void leave_work(void)
{
    if (!spent)
        close(WORK_FD);
    spent = TRUE;
}

static void limit(int what, rlim_t most)
{
    struct rlimit value = {most, most};
    if (setrlimit(what, &value) != 0)
        _exit(1);
}

static rlim_t cpu_seconds;

/* The limits and the second filter: of the child, and of each of its helpers. */
static void confine(void)
{
    limit(RLIMIT_CPU, cpu_seconds);
    limit(RLIMIT_NOFILE, LIMIT_CHILD_FILES);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NPROC, 0);
    limit(RLIMIT_FSIZE, 0);
    if (!memory_limit(LIMIT_CHILD_MEMORY) || !policy_enter_child())
        _exit(1);
}

static void confine_helper(void)
{
    close(WORK_FD);
    confine();
}

/* Everything of the server that a hostile document could use is given up: its control socket, its signals, the other
 * children's sockets, its standard error. What stays is the work socket. */
static void enter(int work, guint seconds, pid_t server, guint helpers)
{
    sigset_t none;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != server)
        _exit(1);
    signal(SIGPIPE, SIG_DFL); /* a record pipe that the door closed ends this process */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(work, WORK_FD) < 0 || dup2(STDOUT_FILENO, STDERR_FILENO) < 0 || close_range(WORK_FD + 1, ~0U, 0) != 0)
        _exit(1);
    cpu_seconds = seconds + 1;
    if (ocr_task && helpers > 0)
        team_fork(helpers, ocr_task, confine_helper);
    confine();
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

/* The message stands in a sealed memfd: it cannot shrink under the mapping. */
static void answer(const Kinds *kinds, const char *text, gsize length, int message, int pipe)
{
    struct stat facts;
    ReadSetup setup = {kinds, leave_work};
    g_autoptr(Request) request = request_parse(text, length);
    if (!request || fstat(message, &facts) != 0)
        _exit(1);
    gsize size = (gsize)facts.st_size;
    void *bytes = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, message, 0) : (void *)"";
    if (bytes == MAP_FAILED)
        _exit(MEMORY_EXIT);
    read_answer(&setup, request, bytes, size, pipe);
    if (size)
        munmap(bytes, size);
}

void child_serve(const Kinds *kinds, int work, pid_t server, guint reuse, guint seconds, guint helpers)
{
    static char text[LIMIT_REQUEST_BYTES];
    enter(work, seconds * MAX(reuse, 1), server, helpers);
    for (guint served = 0; served < reuse && !spent; served++) {
        int descriptors[2];
        gsize length;
        if (!receive(text, &length, descriptors))
            break;
        answer(kinds, text, length, descriptors[0], descriptors[1]);
        close(descriptors[0]);
        close(descriptors[1]);
        if (!spent && write(WORK_FD, "d", 1) != 1)
            break;
    }
    _exit(0);
}
