/* beat.c: when a mailbox was last read to its end, as the time of a file beside its cursor. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failure.h"
#include "source/source.h"

static char *beat_path(const Conf *conf, const char *mailbox, const char *what)
{
    g_autofree char *cursor = source_cursor_path(conf, mailbox);
    return g_strdup_printf("%s~%s", cursor, what); /* no mailbox is named with ~ */
}

gboolean source_beat(const Conf *conf, const char *mailbox, const char *what, gint64 instant, GError **error)
{
    g_autofree char *path = beat_path(conf, mailbox, what);
    struct timespec time = {.tv_sec = instant / G_USEC_PER_SEC, .tv_nsec = instant % G_USEC_PER_SEC * 1000};
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    gboolean good = fd >= 0 && futimens(fd, (const struct timespec[]){time, time}) == 0;
    if (!good)
        g_set_error(error, FAILURE, FAILURE_IO, "the time of %s cannot be set: %s", path, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return good;
}

gint64 source_beat_time(const Conf *conf, const char *mailbox, const char *what)
{
    g_autofree char *path = beat_path(conf, mailbox, what);
    struct stat facts;
    if (stat(path, &facts) != 0)
        return 0;
    return (gint64)facts.st_mtim.tv_sec * G_USEC_PER_SEC + facts.st_mtim.tv_nsec / 1000;
}
