/* probe.c: preloaded under shouwen by stages.t. At SIGUSR2 a process tries to make each file named in PROBE_FILES (a
 * ':'-separated list) and to open a connection, and says how each went, a line "PID NAME RESULT", in the file PROBE_OUT that
 * it opened before its jail. The product knows nothing of this. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OUT_FD 960

static char *files;

static void say(const char *name, int good)
{
    char line[600];
    int length = snprintf(line, sizeof line, "%d %s %s\n", (int)getpid(), name, good ? "done" : "refused");
    if (write(OUT_FD, line, (size_t)length) != length)
        _exit(99);
}

static void try_everything(int number)
{
    int kept = errno;
    char copy[4096], *rest;
    (void)number;
    snprintf(copy, sizeof copy, "%s", files);
    for (char *name = strtok_r(copy, ":", &rest); name; name = strtok_r(NULL, ":", &rest)) {
        int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0)
            close(fd);
        say(name, fd >= 0);
    }
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        close(fd);
    say("network", fd >= 0);
    say("end", 1);
    errno = kept;
}

__attribute__((constructor)) static void prepare(void)
{
    const char *out = getenv("PROBE_OUT");
    struct sigaction action = {.sa_handler = try_everything, .sa_flags = SA_RESTART};
    files = getenv("PROBE_FILES");
    int fd = out && files ? open(out, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd < 0)
        return;
    files = strdup(files);
    dup3(fd, OUT_FD, O_CLOEXEC);
    close(fd);
    sigaction(SIGUSR2, &action, NULL);
}
