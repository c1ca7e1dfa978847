#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "base/limits.h"
#include "source/local.h"

#define READ_BYTES 65536

/* The instant of the first fetch is kept in a file of its own, so that history stays history. */
static gboolean know_first_fetch(Local *local, GError **error)
{
    g_autofree char *path = g_strconcat(local->cursor, ".first", NULL);
    g_autofree char *dir = g_path_get_dirname(path);
    g_autofree char *text = NULL;
    if (g_file_get_contents(path, &text, NULL, NULL) && (local->first_fetch = clock_parse_iso(g_strstrip(text))) > 0)
        return TRUE;
    local->first_fetch = clock_now();
    g_autofree char *now = clock_iso(local->first_fetch, "UTC");
    return durable_mkdir(dir, 0700, error) && durable_replace(path, now, strlen(now), 0600, error);
}

gboolean local_init(Local *local, const SourceType *type, const Conf *conf, const char *mailbox, GError **error)
{
    g_autofree char *group = g_strdup_printf("mailbox %s", mailbox);
    g_autofree char *since = g_strdup_printf("%sT00:00:00Z", conf_string(conf, group, "since"));
    local->source.type = type;
    local->mailbox = g_strdup(mailbox);
    local->path = conf_path(conf, group, "path");
    local->cursor = source_cursor_path(conf, mailbox);
    local->since = clock_parse_iso(since);
    local->answer_history = g_str_equal(conf_string(conf, group, "history"), "answer");
    local->poll_seconds = MAX(conf_int(conf, group, "poll"), 1);
    local->batch_bytes = MAX(conf_int(conf, group, "batch"), 1);
    if (!g_file_test(local->path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "%s: [%s] path: there is no %s", conf_file(conf), group, local->path);
        return FALSE;
    }
    return know_first_fetch(local, error);
}

void local_clear(Local *local)
{
    g_free(local->mailbox);
    g_free(local->path);
    g_free(local->cursor);
}

static gboolean copy(SegmentWriter *writer, int fd, const char *path, guint64 offset, guint64 length, GError **error)
{
    char buffer[READ_BYTES];
    while (length > 0) {
        gssize n = pread(fd, buffer, MIN(length, sizeof buffer), (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            g_set_error(error, FAILURE, FAILURE_AGAIN, "cannot read %s: %s", path, n < 0 ? g_strerror(errno) : "it became shorter");
            return FALSE;
        }
        if (!segment_append(writer, buffer, (gsize)n, error))
            return FALSE;
        offset += (guint64)n;
        length -= (guint64)n;
    }
    return TRUE;
}

gboolean local_append(const Local *local, SegmentWriter *writer, int fd, const char *path, guint64 offset, guint64 length,
                      gint64 received, gboolean *ret_taken, GError **error)
{
    FramePlace place;
    FrameInfo info = {.internal_date = received};
    *ret_taken = FALSE;
    if (received < local->since)
        return TRUE;
    if (length > LIMIT_MESSAGE_BYTES) {
        /* Its head goes in, so that it becomes an entry a person looks at. */
        if (local->source.report) {
            g_autofree char *line = g_strdup_printf("%s: a message of %" G_GUINT64_FORMAT " MB is over the limit; only its beginning is kept",
                                                    path, length >> 20);
            local->source.report(line, local->source.user);
        }
        length = LIMIT_HEADER_BYTES;
    }
    g_snprintf(info.source, sizeof info.source, "%s/local", local->mailbox);
    if (received < local->first_fetch && !local->answer_history)
        info.flags |= FRAME_HISTORY;
    *ret_taken = TRUE;
    if (segment_begin(writer, &info, error) && copy(writer, fd, path, offset, length, error) &&
        segment_end(writer, &place, error))
        return TRUE;
    segment_abandon(writer);
    return FALSE;
}

gboolean local_wait(Source *source, int wake_fd, gint64 deadline, GError **error)
{
    const Local *local = (const Local *)source;
    struct pollfd wake = {.fd = wake_fd, .events = POLLIN};
    gint64 until = MIN(deadline, clock_mono() + local->poll_seconds * G_USEC_PER_SEC);
    (void)error;
    poll(&wake, 1, clock_left_ms(until));
    return TRUE;
}

gboolean local_mark(Source *source, const SourceMark *mark, GError **error)
{
    (void)source;
    (void)mark;
    (void)error;
    return TRUE;
}
