/* shim.c: preloaded under shouwen by matrix.py. Before every durable step (a write, sync, truncation, creation, rename or
 * removal below SHIM_SPOOL, and every send on a TCP connection) it asks the harness over a Unix socket what shall happen:
 *   c  go on        e<errno>  fail once with this errno        n  pretend success (a sync that does nothing)
 * A harness that wants a crash kills the process instead of answering. The product knows nothing of this. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define HARNESS_FD 950

static char spool[PATH_MAX];
static int harness = -1;

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void connect_harness(void)
{
    const char *path = getenv("SHIM_SOCKET"), *root = getenv("SHIM_SPOOL");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || !root || strlen(path) >= sizeof address.sun_path)
        return;
    strcpy(address.sun_path, path);
    snprintf(spool, sizeof spool, "%s/", root);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        return;
    harness = fcntl(fd, F_DUPFD_CLOEXEC, HARNESS_FD);
    close(fd);
}

/* A fork without exec shares the connection; one packet each way, so answers cannot be mixed within a process. */
static char ask(const char *step, const char *path)
{
    char packet[PATH_MAX + 64], answer[16];
    int length = snprintf(packet, sizeof packet, "%d %s %s", (int)getpid(), step, path);
    if (harness < 0 || length < 0 || (size_t)length >= sizeof packet)
        return 'c';
    ssize_t (*real_send)(int, const void *, size_t, int) = real("send");
    if (real_send(harness, packet, (size_t)length, MSG_NOSIGNAL) < 0)
        return 'c';
    ssize_t got = recv(harness, answer, sizeof answer - 1, 0);
    if (got <= 0)
        return 'c';
    answer[got] = 0;
    if (answer[0] == 'e')
        errno = atoi(answer + 1);
    return answer[0];
}

static int below_spool(const char *path)
{
    size_t length = strlen(path), root = strlen(spool) - 1;
    if (strncmp(path, spool, root) != 0 || (path[root] != '/' && path[root] != 0))
        return 0;
    return length < 4 || strcmp(path + length - 4, "-shm") != 0;
}

static int path_of(int fd, char path[PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return below_spool(path);
}

static char ask_fd(const char *step, int fd)
{
    char path[PATH_MAX];
    return harness >= 0 && path_of(fd, path) ? ask(step, path) : 'c';
}

static void absolute(int dir, const char *path, char out[PATH_MAX])
{
    char base[PATH_MAX];
    if (path[0] == '/') {
        snprintf(out, PATH_MAX, "%s", path);
    } else if (dir == AT_FDCWD) {
        if (getcwd(base, sizeof base))
            snprintf(out, PATH_MAX, "%.2000s/%.2000s", base, path);
    } else {
        path_of(dir, base);
        snprintf(out, PATH_MAX, "%.2000s/%.2000s", base, path);
    }
}

static char ask_path(const char *step, int dir, const char *path)
{
    char full[PATH_MAX] = "";
    absolute(dir, path, full);
    return harness >= 0 && below_spool(full) ? ask(step, full) : 'c';
}

static int is_tcp(int fd)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    int type = 0;
    socklen_t type_length = sizeof type;
    return getpeername(fd, (struct sockaddr *)&peer, &length) == 0 &&
           (peer.ss_family == AF_INET || peer.ss_family == AF_INET6) &&
           getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_length) == 0 && type == SOCK_STREAM;
}

static char ask_net(int fd)
{
    return harness >= 0 && fd != harness && is_tcp(fd) ? ask("net", "-") : 'c';
}

#define GUARD(answer) do { if ((answer) == 'e') return -1; } while (0)

ssize_t write(int fd, const void *bytes, size_t length)
{
    ssize_t (*next)(int, const void *, size_t) = real("write");
    if (fd > 2)
        GUARD(ask_fd("write", fd));
    return next(fd, bytes, length);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
    ssize_t (*next)(int, const void *, size_t, off64_t) = real("pwrite64");
    GUARD(ask_fd("write", fd));
    return next(fd, bytes, length, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    return pwrite64(fd, bytes, length, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int n)
{
    ssize_t (*next)(int, const struct iovec *, int) = real("writev");
    GUARD(ask_fd("write", fd));
    return next(fd, parts, n);
}

ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t offset)
{
    ssize_t (*next)(int, const struct iovec *, int, off_t) = real("pwritev");
    GUARD(ask_fd("write", fd));
    return next(fd, parts, n, offset);
}

static int sync_step(int fd)
{
    char path[PATH_MAX];
    struct stat facts;
    if (harness < 0 || !path_of(fd, path))
        return 0;
    GUARD(ask(fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode) ? "syncdir" : "sync", path));
    return 0; /* the harness keeps what is durable; the disk under the test need not spin */
}

int fdatasync(int fd)
{
    return sync_step(fd);
}

int fsync(int fd)
{
    return sync_step(fd);
}

int ftruncate64(int fd, off64_t length)
{
    int (*next)(int, off64_t) = real("ftruncate64");
    GUARD(ask_fd("truncate", fd));
    return next(fd, length);
}

int ftruncate(int fd, off_t length)
{
    return ftruncate64(fd, length);
}

int unlink(const char *path)
{
    int (*next)(const char *) = real("unlink");
    GUARD(ask_path("unlink", AT_FDCWD, path));
    return next(path);
}

int unlinkat(int dir, const char *path, int flags)
{
    int (*next)(int, const char *, int) = real("unlinkat");
    GUARD(ask_path("unlink", dir, path));
    return next(dir, path, flags);
}

int rename(const char *from, const char *to)
{
    int (*next)(const char *, const char *) = real("rename");
    GUARD(ask_path("rename", AT_FDCWD, to));
    return next(from, to);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    int (*next)(int, const char *, int, const char *) = real("renameat");
    GUARD(ask_path("rename", to_dir, to));
    return next(from_dir, from, to_dir, to);
}

static int open_step(int dir, const char *path, int flags, mode_t mode)
{
    int (*next)(int, const char *, int, ...) = real("openat64");
    if ((flags & O_CREAT) && faccessat(dir, path, F_OK, 0) != 0)
        GUARD(ask_path("create", dir, path));
    return next(dir, path, flags, mode);
}

#define WITH_MODE(flags)                                                                                               \
    mode_t mode = 0;                                                                                                   \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                             \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode = va_arg(rest, mode_t);                                                                                   \
        va_end(rest);                                                                                                  \
    }

int open(const char *path, int flags, ...)
{
    WITH_MODE(flags)
    return open_step(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    WITH_MODE(flags)
    return open_step(AT_FDCWD, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
    WITH_MODE(flags)
    return open_step(dir, path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...)
{
    WITH_MODE(flags)
    return open_step(dir, path, flags, mode);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    ssize_t (*next)(int, const void *, size_t, int) = real("send");
    GUARD(ask_net(fd));
    return next(fd, bytes, length, flags);
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t to_length)
{
    ssize_t (*next)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) = real("sendto");
    GUARD(ask_net(fd));
    return next(fd, bytes, length, flags, to, to_length);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t (*next)(int, const struct msghdr *, int) = real("sendmsg");
    GUARD(ask_net(fd));
    return next(fd, message, flags);
}
