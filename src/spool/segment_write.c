/* segment_write.c: appending frames.
 *
 * What holds at every instant, whatever step is the last one taken (kill, power cut, failing disk):
 *  1. synced <= good <= written. Below `synced` everything is on disk; from there to `good` frames are whole but a power cut
 *     may lose any part of them; above `good` stands at most one unfinished frame, whose header is blank.
 *  2. `synced` is published in the segment's head after each sync that succeeded. Readers believe no frame above it, so a
 *     frame whose sync fails was never seen by anybody and may be taken back. The published value may be older on disk than
 *     in memory, never newer than the truth.
 *  3. A frame's header is written when its whole body was, and is never rewritten but by erasure. The header alone makes a
 *     frame; it carries the segment's random mark, so that no bytes of a mail can pass for one.
 *  4. The caller moves its cursor after segment_sync has succeeded. What is cut above `settled` is therefore fetched again.
 *  5. The file only grows, except that a failed append cuts it back to `good` and a failed sync to `synced`. Where even that
 *     cut fails the bytes are written over by the next frame, or stand above the seal, where nobody reads.
 *  6. A failed sync is never repeated: the kernel reports a lost write once and calls the page clean. The segment is sealed
 *     where it was last good, and the next frame opens a new one.
 *  7. The number is taken by O_EXCL, the lock before the head is written, and the folder is synced before the first frame:
 *     a segment that holds a frame cannot vanish. A number is never used again, except one whose making failed.
 *  8. A segment that a dead writer left is taken over by the next one (segment_finish.c), whatever its owner. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
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

/* Makes `synced` = SETTLED known to readers, and whether more will come. */
static gboolean publish(SegmentWriter *writer, guint64 settled, gboolean seal, GError **error)
{
    guint8 state[SEGMENT_STATE_BYTES];
    writer->head.settled = settled;
    writer->head.sealed = seal;
    segment_state_encode(&writer->head, state);
    return durable_write(writer->fd, state, sizeof state, SEGMENT_STATE_OFFSET, writer->path, error);
}

/* Leaves the segment, which holds nothing but synced frames. A seal that fails is made by the next writer. */
static void leave_segment(SegmentWriter *writer, gboolean sync)
{
    if (publish(writer, writer->synced, TRUE, NULL) && sync)
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
    writer->head.settled = SEGMENT_HEAD_BYTES;
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
    close(writer->fd);
    writer->fd = -1;
    g_clear_pointer(&writer->path, g_free);
    return FALSE;
}

static gboolean needs_new(const SegmentWriter *writer)
{
    return writer->good >= SEGMENT_MAX_BYTES ||
           clock_now() - writer->head.created > (gint64)SEGMENT_MAX_AGE_SECONDS * G_USEC_PER_SEC;
}

SegmentWriter *segment_writer_new(const char *dir, const char *owner, GError **error)
{
    /* A crash may have come between the making of the folder and its sync, and nobody would look again. */
    g_autofree char *parent = g_path_get_dirname(dir);
    if (!durable_mkdir(dir, 0700, error) || !durable_sync_dir(parent, error))
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
        segment_finish(dir, g_array_index(numbers, guint32, i));
    return writer;
}

void segment_writer_free(SegmentWriter *writer)
{
    if (!writer)
        return;
    segment_abandon(writer);
    if (writer->fd >= 0 && segment_sync(writer, NULL))
        leave_segment(writer, TRUE);
    g_checksum_free(writer->sum);
    g_free(writer->buffer);
    g_free(writer->dir);
    g_free(writer->owner);
    g_free(writer);
}

/* --- frames --------------------------------------------------------------------------------------------------------- */

/* The frame under way is gone, and the file ends at TO (see 5 above for a cut that fails). */
static void cut_back(SegmentWriter *writer, guint64 to)
{
    writer->in_frame = FALSE;
    writer->buffered = 0;
    writer->good = writer->written = to;
    gboolean cut = ftruncate(writer->fd, (off_t)to) == 0;
    (void)cut;
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
        leave_segment(writer, TRUE);
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
    if (durable_sync(writer->fd, writer->path, &failure) && publish(writer, writer->good, FALSE, &failure)) {
        writer->synced = writer->good;
        return TRUE;
    }
    g_set_error(error, FAILURE, FAILURE_AGAIN, "%s; the batch is fetched again into a new segment", failure->message);
    cut_back(writer, writer->synced);
    leave_segment(writer, FALSE);
    return FALSE;
}
