#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "base/limits.h"
#include "source/local.h"

#define READ_BYTES 65536

/* --- opening ------------------------------------------------------------------------------------------------------ */

/* The day begins in the office's zone. */
static gint64 day_begins(const char *day, GTimeZone *zone)
{
    int year = 0, month = 0, number = 0;
    if (sscanf(day, "%4d-%2d-%2d", &year, &month, &number) != 3)
        return 0;
    g_autoptr(GDateTime) start = g_date_time_new(zone, year, month, number, 0, 0, 0);
    return start ? g_date_time_to_unix(start) * G_USEC_PER_SEC : 0;
}

gboolean local_init(Local *local, const SourceType *type, const Conf *conf, const char *mailbox, GError **error)
{
    g_autofree char *group = g_strdup_printf("mailbox %s", mailbox);
    const char *action = conf_string(conf, group, "action");
    local->source.type = type;
    local->mailbox = g_strdup(mailbox);
    local->path = conf_path(conf, group, "path");
    local->cursor = source_cursor_path(conf, mailbox);
    local->zone = g_time_zone_new_identifier(conf_string(conf, "general", "zone"));
    if (!local->zone)
        local->zone = g_time_zone_new_utc();
    local->since = day_begins(conf_string(conf, group, "since"), local->zone);
    local->answer_history = g_str_equal(conf_string(conf, group, "history"), "answer");
    local->poll_seconds = MAX(conf_int(conf, group, "poll"), 1);
    local->batch_bytes = MAX(conf_int(conf, group, "batch"), 1);
    local->watch_fd = -1;
    if (!g_str_equal(action, "keep"))
        g_set_error(error, FAILURE, FAILURE_CONFIG, "%s: [%s] action = %s: mail in files is only read; set action = keep",
                    conf_file(conf), group, action);
    else if (!g_file_test(local->path, G_FILE_TEST_EXISTS))
        g_set_error(error, FAILURE, FAILURE_CONFIG, "%s: [%s] path: there is no %s", conf_file(conf), group, local->path);
    else
        return TRUE;
    return FALSE;
}

void local_clear(Local *local)
{
    g_free(local->mailbox);
    g_free(local->path);
    g_free(local->cursor);
    g_time_zone_unref(local->zone);
    if (local->watch_fd >= 0)
        close(local->watch_fd);
}

/* The instant of the first fetch is kept in a file of its own, so that history stays history. */
gboolean local_begin(Local *local, GError **error)
{
    g_autofree char *path = g_strconcat(local->cursor, ".first", NULL);
    g_autofree char *dir = g_path_get_dirname(path);
    g_autofree char *text = NULL;
    g_autoptr(GError) failure = NULL;
    if (local->first_fetch > 0)
        return TRUE;
    if (g_file_get_contents(path, &text, NULL, &failure)) {
        local->first_fetch = clock_parse_iso(g_strstrip(text));
        if (local->first_fetch > 0)
            return TRUE;
        g_set_error(error, FAILURE, FAILURE_DATA, "%s does not hold an instant; remove it, and mail from before now is history",
                    path);
        return FALSE;
    }
    if (!g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot read the instant of the first fetch: %s", failure->message);
        return FALSE;
    }
    gint64 instant = clock_now() / G_USEC_PER_SEC * G_USEC_PER_SEC;
    g_autofree char *now = clock_iso(instant, "UTC");
    if (!durable_mkdir(dir, 0700, error) || !durable_replace(path, now, strlen(now), 0600, error))
        return FALSE;
    local->first_fetch = instant;
    return TRUE;
}

void local_report(const Local *local, const char *line)
{
    if (local->source.report)
        local->source.report(line, local->source.user);
}

/* --- taking ------------------------------------------------------------------------------------------------------- */

gint64 local_written(const struct stat *facts)
{
    return (gint64)facts->st_mtim.tv_sec * G_USEC_PER_SEC + facts->st_mtim.tv_nsec / 1000;
}

static LocalResult unreadable(const char *path, const char *why, GError **error)
{
    g_set_error(error, FAILURE, FAILURE_AGAIN, "cannot read %s: %s", path, why);
    return LOCAL_UNREADABLE;
}

static LocalResult copy(SegmentWriter *writer, int fd, const char *path, guint64 offset, guint64 length, GError **error)
{
    char buffer[READ_BYTES];
    while (length > 0) {
        gssize n = pread(fd, buffer, MIN(length, sizeof buffer), (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return unreadable(path, n < 0 ? g_strerror(errno) : "it became shorter", error);
        if (!segment_append(writer, buffer, (gsize)n, error))
            return LOCAL_FAILED;
        offset += (guint64)n;
        length -= (guint64)n;
    }
    return LOCAL_TAKEN;
}

static gboolean same_file(int fd, const struct stat *was)
{
    struct stat is;
    return fstat(fd, &is) == 0 && is.st_size == was->st_size && local_written(&is) == local_written(was);
}

/* Up to and with the empty line, but never more than LIMIT_HEADER_BYTES. */
static guint64 header_length(int fd, guint64 offset)
{
    g_autofree char *head = g_malloc(LIMIT_HEADER_BYTES);
    gssize n = pread(fd, head, LIMIT_HEADER_BYTES, (off_t)offset);
    for (gssize i = 0; i + 2 < n; i++) {
        if (head[i] != '\n')
            continue;
        if (head[i + 1] == '\n')
            return (guint64)i + 2;
        if (head[i + 1] == '\r' && head[i + 2] == '\n')
            return (guint64)i + 3;
    }
    return (guint64)MAX(n, 0);
}

LocalResult local_append(const Local *local, SegmentWriter *writer, int fd, const char *path, guint64 offset, guint64 length,
                         gint64 received, const struct stat *was, GError **error)
{
    FramePlace place;
    FrameInfo info = {.internal_date = received};
    if (received < local->since)
        return LOCAL_OLD;
    g_snprintf(info.source, sizeof info.source, "%s/local", local->mailbox);
    if (received < local->first_fetch && !local->answer_history)
        info.flags |= FRAME_HISTORY;
    if (length > LIMIT_MESSAGE_BYTES) {
        g_autofree char *line = g_strdup_printf("%s: a message of %" G_GUINT64_FORMAT " MB is over the limit; only its header is taken",
                                                path, length >> 20);
        local_report(local, line);
        info.flags |= FRAME_HEADER | FRAME_WATCH;
        length = header_length(fd, offset);
    }
    if (!segment_begin(writer, &info, error))
        return LOCAL_FAILED;
    LocalResult result = copy(writer, fd, path, offset, length, error);
    if (result == LOCAL_TAKEN && was && !same_file(fd, was))
        result = unreadable(path, "it is being written", error);
    if (result == LOCAL_TAKEN && segment_end(writer, &place, error))
        return LOCAL_TAKEN;
    segment_abandon(writer);
    return result == LOCAL_TAKEN ? LOCAL_FAILED : result;
}

/* --- waiting ------------------------------------------------------------------------------------------------------ */

void local_watch(Local *local, const char *path)
{
    if (local->watch_fd < 0)
        local->watch_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (local->watch_fd >= 0)
        inotify_add_watch(local->watch_fd, path, IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVE_SELF);
}

gboolean local_wait(Source *source, int wake_fd, gint64 deadline, GError **error)
{
    const Local *local = (const Local *)source;
    char events[4096];
    struct pollfd ready[] = {{.fd = wake_fd, .events = POLLIN}, {.fd = local->watch_fd, .events = POLLIN}};
    gint64 until = MIN(deadline, clock_mono() + local->poll_seconds * G_USEC_PER_SEC);
    (void)error;
    /* What the news are is looked up by the fetch; those that come during it wake the next wait. */
    if (poll(ready, G_N_ELEMENTS(ready), clock_left_ms(until)) > 0 && (ready[1].revents & POLLIN))
        while (read(local->watch_fd, events, sizeof events) > 0)
            ;
    return TRUE;
}

gboolean local_mark(Source *source, const SourceMark *mark, GError **error)
{
    (void)source;
    (void)mark;
    (void)error;
    return TRUE;
}
