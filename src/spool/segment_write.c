/* segment_write.c: appending frames.
 *
 * What holds at every instant, whatever step is the last one taken:
 * - below `synced` everything is on disk; between `synced` and `good` frames are whole but may be lost by a power cut; above
 *   `good` stands at most one unfinished frame, whose header is blank.
 * - a header is written only when its whole body was written, and is never rewritten but by erasure.
 * - the file only grows, except when an append or sync failed: then it is cut back to `good` or `synced`. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "spool/frame.h"

#define BUFFER_BYTES (256 * 1024)
#define NUMBER_TRIES 1000

struct SegmentWriter {
    char *dir, *owner, *path;
    int fd; /* -1: no segment is open */
    SegmentHead head;
    guint64 synced, good, written; /* ends, as above; `written` is where the buffer goes */
    gboolean in_frame;
    FrameInfo info;
    GChecksum *sum;
    guint8 *buffer;
    gsize buffered;
};

static gboolean failed(GError **error, FailureCode code, const char *what, const char *path)
{
    g_set_error(error, FAILURE, code, "cannot %s %s: %s", what, path, g_strerror(errno));
    return FALSE;
}

/* --- opening and sealing ------------------------------------------------------------------------------------------ */

static void close_segment(SegmentWriter *writer, gboolean seal)
{
    if (writer->fd < 0)
        return;
    if (seal && durable_write(writer->fd, "SEALED", 6, SEGMENT_SEAL_OFFSET, writer->path, NULL))
        durable_sync(writer->fd, writer->path, NULL);
    close(writer->fd);
    writer->fd = -1;
    g_clear_pointer(&writer->path, g_free);
}

static int create_exclusive(SegmentWriter *writer, GError **error)
{
    g_autoptr(GArray) numbers = segment_list(writer->dir, error);
    if (!numbers)
        return -1;
    guint32 next = numbers->len > 0 ? g_array_index(numbers, guint32, numbers->len - 1) + 1 : 1;
    for (int i = 0; i < NUMBER_TRIES; i++, next++) {
        g_autofree char *path = segment_path(writer->dir, next);
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0) {
            writer->head.number = next;
            writer->path = g_steal_pointer(&path);
            return fd;
        }
        if (errno != EEXIST) {
            failed(error, errno == ENOSPC || errno == EDQUOT ? FAILURE_AGAIN : FAILURE_IO, "create segment", path);
            return -1;
        }
    }
    g_set_error(error, FAILURE, FAILURE_AGAIN, "no free segment number in %s: other writers take them all", writer->dir);
    return -1;
}

static gboolean open_segment(SegmentWriter *writer, GError **error)
{
    guint8 head[SEGMENT_HEAD_BYTES];
    memset(&writer->head, 0, sizeof writer->head);
    writer->fd = create_exclusive(writer, error);
    if (writer->fd < 0)
        return FALSE;
    writer->head.created = clock_now();
    g_strlcpy(writer->head.owner, writer->owner, sizeof writer->head.owner);
    gboolean good = getrandom(writer->head.mark, SEGMENT_MARK_BYTES, 0) == SEGMENT_MARK_BYTES ||
                    failed(error, FAILURE_AGAIN, "draw a random mark for", writer->path);
    good = good && (flock(writer->fd, LOCK_EX | LOCK_NB) == 0 || failed(error, FAILURE_IO, "lock", writer->path));
    segment_head_encode(&writer->head, head);
    if (good && durable_write(writer->fd, head, sizeof head, 0, writer->path, error) &&
        durable_sync(writer->fd, writer->path, error) && durable_sync_dir(writer->dir, error)) {
        writer->synced = writer->good = writer->written = SEGMENT_HEAD_BYTES;
        return TRUE;
    }
    /* Nothing refers to the file yet. */
    unlink(writer->path);
    close_segment(writer, FALSE);
    return FALSE;
}

static gboolean needs_new(const SegmentWriter *writer)
{
    return writer->good >= SEGMENT_MAX_BYTES ||
           clock_now() - writer->head.created > (gint64)SEGMENT_MAX_AGE_SECONDS * G_USEC_PER_SEC;
}

/* An earlier writer of this name died: cut what it had not finished, and seal. Its lock is free, so nobody writes. */
static void finish_leftover(SegmentWriter *writer, guint32 number)
{
    SegmentHead head;
    guint8 bytes[SEGMENT_HEAD_BYTES];
    struct stat facts;
    g_autofree char *path = segment_path(writer->dir, number);
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return;
    if (pread(fd, bytes, sizeof bytes, 0) == (gssize)sizeof bytes && segment_head_decode(bytes, &head) && !head.sealed &&
        g_str_equal(head.owner, writer->owner) && flock(fd, LOCK_EX | LOCK_NB) == 0) {
        guint64 end = segment_walk(writer->dir, number, 0, NULL, NULL, NULL, NULL);
        /* Only a blank header marks a torn tail; a damaged frame is evidence and stays. */
        if (end > 0 && fstat(fd, &facts) == 0 && (guint64)facts.st_size > end && segment_tail_is_blank(fd, end) &&
            ftruncate(fd, (off_t)end) == 0)
            durable_sync(fd, path, NULL);
        if (durable_write(fd, "SEALED", 6, SEGMENT_SEAL_OFFSET, path, NULL))
            durable_sync(fd, path, NULL);
    }
    close(fd);
}

SegmentWriter *segment_writer_new(const char *dir, const char *owner, GError **error)
{
    if (!durable_mkdir(dir, 0700, error))
        return NULL;
    g_autoptr(GArray) numbers = segment_list(dir, error);
    if (!numbers)
        return NULL;
    SegmentWriter *writer = g_new0(SegmentWriter, 1);
    writer->dir = g_strdup(dir);
    writer->owner = g_strndup(owner, SEGMENT_OWNER_BYTES - 1);
    writer->fd = -1;
    writer->buffer = g_malloc(BUFFER_BYTES);
    writer->sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (guint i = 0; i < numbers->len; i++)
        finish_leftover(writer, g_array_index(numbers, guint32, i));
    return writer;
}

void segment_writer_free(SegmentWriter *writer)
{
    if (!writer)
        return;
    segment_abandon(writer);
    close_segment(writer, TRUE);
    g_checksum_free(writer->sum);
    g_free(writer->buffer);
    g_free(writer->dir);
    g_free(writer->owner);
    g_free(writer);
}

/* --- frames --------------------------------------------------------------------------------------------------------- */

/* After a failed append: the frame is gone, the file ends where the last whole frame ends. */
static gboolean cut_back(SegmentWriter *writer, guint64 to)
{
    writer->in_frame = FALSE;
    writer->buffered = 0;
    if (writer->fd < 0)
        return FALSE;
    writer->good = writer->written = to;
    if (ftruncate(writer->fd, (off_t)to) == 0)
        return TRUE;
    close_segment(writer, FALSE); /* the tail is left for the next start to cut */
    return FALSE;
}

static gboolean flush(SegmentWriter *writer, GError **error)
{
    if (writer->buffered > 0 &&
        !durable_write(writer->fd, writer->buffer, writer->buffered, (goffset)writer->written, writer->path, error)) {
        cut_back(writer, writer->good);
        return FALSE;
    }
    writer->written += writer->buffered;
    writer->buffered = 0;
    return TRUE;
}

static gboolean put(SegmentWriter *writer, const guint8 *bytes, gsize length, GError **error)
{
    while (length > 0) {
        gsize n = MIN(length, BUFFER_BYTES - writer->buffered);
        memcpy(writer->buffer + writer->buffered, bytes, n);
        writer->buffered += n;
        bytes += n;
        length -= n;
        if (writer->buffered == BUFFER_BYTES && !flush(writer, error))
            return FALSE;
    }
    return TRUE;
}

gboolean segment_begin(SegmentWriter *writer, const FrameInfo *info, GError **error)
{
    static const guint8 blank[FRAME_HEADER_BYTES];
    g_assert(!writer->in_frame);
    /* A segment is left only when all it holds is synced, so that one sync covers a batch. */
    if (writer->fd >= 0 && needs_new(writer) && writer->synced == writer->good)
        close_segment(writer, TRUE);
    if (writer->fd < 0 && !open_segment(writer, error))
        return FALSE;
    writer->info = *info;
    writer->info.length = 0;
    writer->in_frame = TRUE;
    g_checksum_reset(writer->sum);
    return put(writer, blank, sizeof blank, error);
}

gboolean segment_append(SegmentWriter *writer, const void *bytes, gsize length, GError **error)
{
    if (!writer->in_frame) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "the frame was given up before");
        return FALSE;
    }
    g_checksum_update(writer->sum, bytes, (gssize)length);
    writer->info.length += length;
    return put(writer, bytes, length, error);
}

gboolean segment_end(SegmentWriter *writer, FramePlace *ret_place, GError **error)
{
    guint8 header[FRAME_HEADER_BYTES];
    gsize size = sizeof writer->info.sha256;
    if (!writer->in_frame) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "the frame was given up before");
        return FALSE;
    }
    g_checksum_get_digest(writer->sum, writer->info.sha256, &size);
    frame_encode(&writer->info, writer->head.mark, header);
    if (!flush(writer, error))
        return FALSE;
    if (!durable_write(writer->fd, header, sizeof header, (goffset)writer->good, writer->path, error)) {
        cut_back(writer, writer->good);
        return FALSE;
    }
    *ret_place = (FramePlace){writer->head.number, writer->good};
    writer->good = writer->written;
    writer->in_frame = FALSE;
    return TRUE;
}

void segment_abandon(SegmentWriter *writer)
{
    if (writer->in_frame)
        cut_back(writer, writer->good);
}

gboolean segment_sync(SegmentWriter *writer, GError **error)
{
    g_assert(!writer->in_frame);
    if (writer->fd < 0 || writer->synced == writer->good)
        return TRUE;
    g_autoptr(GError) failure = NULL;
    if (durable_sync(writer->fd, writer->path, &failure)) {
        writer->synced = writer->good;
        return TRUE;
    }
    /* The kernel reports a lost write once and then calls the pages clean: the batch is lost, whatever a second sync says. */
    g_set_error(error, FAILURE, FAILURE_AGAIN, "%s; the batch is fetched again into a new segment", failure->message);
    if (cut_back(writer, writer->synced))
        close_segment(writer, TRUE);
    return FALSE;
}
