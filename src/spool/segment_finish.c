/* segment_finish.c: what is done, once, to a segment whose writer died.
 *
 * Below `settled` everything was synced, and all that the ledger or a cursor knows stands there or in the batch whose sync
 * succeeded just before the end: nothing below is ever cut, whatever its state. Above it frames may be whole, half written,
 * or (after a power cut, which writes sectors in any order) a whole header before bytes that never came. So each frame's
 * bytes are held against its SHA-256, read from the disk and not from memory. The first that fails ends the segment:
 * its batch was not synced, no cursor has moved over it, and it is fetched again. */
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "spool/frame.h"

/* Where the whole frames above `settled` end. */
static guint64 whole_end(int fd, const SegmentHead *head, guint64 size)
{
    FrameInfo info;
    guint64 end = head->settled;
    while (frame_read(fd, head, end, size, &info) == FRAME_GOOD &&
           frame_body_whole(fd, end + FRAME_HEADER_BYTES, info.length, info.sha256))
        end += FRAME_HEADER_BYTES + info.length;
    return end;
}

static void finish(int fd, const char *path, SegmentHead *head)
{
    struct stat facts;
    guint8 state[SEGMENT_STATE_BYTES];
    /* What the dead writer left in memory goes to disk, and is then read from there: a write that the disk refused is
     * called clean by the kernel afterwards, and would look whole. */
    if (fstat(fd, &facts) != 0 || (guint64)facts.st_size < head->settled || !durable_sync(fd, path, NULL))
        return;
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    head->settled = whole_end(fd, head, (guint64)facts.st_size);
    head->sealed = TRUE;
    segment_state_encode(head, state);
    /* The seal holds even where the tail cannot be cut; a tail that is cut and not sealed is finished next time. */
    gboolean cut = (guint64)facts.st_size == head->settled || ftruncate(fd, (off_t)head->settled) == 0;
    if (durable_write(fd, state, sizeof state, SEGMENT_STATE_OFFSET, path, NULL) && cut)
        durable_sync(fd, path, NULL);
}

/* A state that is damaged does not say where the tail begins: such a segment is left as it is, and readers report it. */
static gboolean unfinished(int fd, const char *path, SegmentHead *head)
{
    gboolean empty;
    return segment_head_read(fd, path, head, &empty, NULL) && !empty && !head->sealed && !head->state_damaged;
}

void segment_finish(const char *dir, guint32 number)
{
    SegmentHead head;
    g_autofree char *path = segment_path(dir, number);
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return;
    /* A writer takes the lock before it writes the head: a head whose lock is free was left. Looked at again under the lock,
     * for its writer may just have sealed it. */
    if (unfinished(fd, path, &head) && flock(fd, LOCK_EX | LOCK_NB) == 0 && unfinished(fd, path, &head))
        finish(fd, path, &head);
    close(fd);
}
