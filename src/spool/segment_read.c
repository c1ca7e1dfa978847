#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/failure.h"
#include "spool/frame.h"

#define READ_BYTES (256 * 1024)

typedef struct {
    int fd;
    guint64 size;
    SegmentHead head;
    char *path;
} Reading;

static void reading_close(Reading *reading)
{
    if (reading->fd >= 0)
        close(reading->fd);
    g_free(reading->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_close)

static gboolean reading_open(Reading *reading, const char *dir, guint32 number, GError **error)
{
    guint8 bytes[SEGMENT_HEAD_BYTES];
    struct stat facts;
    reading->path = segment_path(dir, number);
    reading->fd = open(reading->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (reading->fd < 0 || fstat(reading->fd, &facts) != 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot open segment %s: %s", reading->path, g_strerror(errno));
        return FALSE;
    }
    reading->size = (guint64)facts.st_size;
    if (pread(reading->fd, bytes, sizeof bytes, 0) == (gssize)sizeof bytes && segment_head_decode(bytes, &reading->head))
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_DATA, "the head of segment %s is damaged; restore it from a backup", reading->path);
    return FALSE;
}

static int compare_numbers(gconstpointer a, gconstpointer b)
{
    guint32 one = *(const guint32 *)a, other = *(const guint32 *)b;
    return one < other ? -1 : one > other;
}

GArray *segment_list(const char *dir, GError **error)
{
    g_autoptr(GError) failure = NULL;
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GDir) entries = g_dir_open(dir, 0, &failure);
    if (!entries && !g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot read the folder %s: %s", dir, failure->message);
        g_array_unref(numbers);
        return NULL;
    }
    for (const char *name; entries && (name = g_dir_read_name(entries));) {
        char *end;
        guint64 number = g_ascii_strtoull(name, &end, 10);
        if (end == name || !g_str_equal(end, ".seg") || number == 0 || number > G_MAXUINT32)
            continue;
        guint32 value = (guint32)number;
        g_array_append_val(numbers, value);
    }
    g_array_sort(numbers, compare_numbers);
    return numbers;
}

gboolean segment_sync_for_reading(const char *dir, guint32 number, GError **error)
{
    g_autofree char *path = segment_path(dir, number);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot open segment %s: %s", path, g_strerror(errno));
        return FALSE;
    }
    gboolean good = durable_sync(fd, path, error);
    close(fd);
    return good;
}

static void report(const Reading *reading, guint64 offset, const char *what, SegmentDamage damage, gpointer user)
{
    if (damage)
        damage(reading->head.number, offset, what, user);
}

/* The frame at OFFSET: FALSE when nothing whole stands there (yet). */
static gboolean next_frame(const Reading *reading, guint64 offset, FrameInfo *info, SegmentDamage damage, gpointer user)
{
    guint8 bytes[FRAME_HEADER_BYTES];
    if (offset + FRAME_HEADER_BYTES > reading->size ||
        pread(reading->fd, bytes, sizeof bytes, (off_t)offset) != (gssize)sizeof bytes)
        return FALSE;
    switch (frame_decode(bytes, reading->head.mark, info)) {
    case FRAME_BLANK:
        return FALSE;
    case FRAME_DAMAGED:
        report(reading, offset, "the frame's header is damaged; what follows cannot be found", damage, user);
        return FALSE;
    case FRAME_FOREIGN:
        report(reading, offset, "the frame carries another segment's mark", damage, user);
        return FALSE;
    case FRAME_GOOD:
        break;
    }
    if (info->length > reading->size - offset - FRAME_HEADER_BYTES) {
        report(reading, offset, "the message's bytes end early", damage, user);
        return FALSE;
    }
    return TRUE;
}

guint64 segment_walk(const char *dir, guint32 number, guint64 from, SegmentVisitor visit, SegmentDamage damage,
                     gpointer user, GError **error)
{
    g_auto(Reading) reading = {.fd = -1};
    if (!reading_open(&reading, dir, number, error))
        return 0;
    guint64 offset = MAX(from, SEGMENT_HEAD_BYTES);
    FrameInfo info;
    while (next_frame(&reading, offset, &info, damage, user)) {
        guint64 next = offset + FRAME_HEADER_BYTES + info.length;
        WalkAnswer answer = visit ? visit(&info, (FramePlace){number, offset}, next, user) : WALK_ON;
        offset = next;
        if (answer == WALK_STOP)
            break;
    }
    return offset;
}

gboolean segment_tail_is_blank(int fd, guint64 offset)
{
    guint8 bytes[FRAME_HEADER_BYTES];
    gssize n = pread(fd, bytes, sizeof bytes, (off_t)offset);
    for (gssize i = 0; i < n; i++)
        if (bytes[i] != 0)
            return FALSE;
    return n >= 0;
}

int segment_open(const char *dir, FramePlace place, FrameInfo *ret_info, guint64 *ret_offset, GError **error)
{
    g_auto(Reading) reading = {.fd = -1};
    if (!reading_open(&reading, dir, place.segment, error))
        return -1;
    if (!next_frame(&reading, place.offset, ret_info, NULL, NULL)) {
        g_set_error(error, FAILURE, FAILURE_DATA, "segment %s holds no whole message at byte %" G_GUINT64_FORMAT
                    "; run 'shouwen verify'", reading.path, place.offset);
        return -1;
    }
    *ret_offset = place.offset + FRAME_HEADER_BYTES;
    int fd = reading.fd;
    reading.fd = -1;
    return fd;
}

gboolean segment_verify(const char *dir, FramePlace place, GError **error)
{
    FrameInfo info;
    guint64 offset;
    guint8 digest[32];
    gsize size = sizeof digest;
    int fd = segment_open(dir, place, &info, &offset, error);
    if (fd < 0)
        return FALSE;
    g_autofree guint8 *buffer = g_malloc(READ_BYTES);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint64 left = info.length;
    while (left > 0) {
        gssize n = pread(fd, buffer, MIN(left, READ_BYTES), (off_t)offset);
        if (n <= 0)
            break;
        g_checksum_update(sum, buffer, n);
        offset += (guint64)n;
        left -= (guint64)n;
    }
    close(fd);
    g_checksum_get_digest(sum, digest, &size);
    if (left == 0 && memcmp(digest, info.sha256, sizeof digest) == 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_DATA, "segment %06u at byte %" G_GUINT64_FORMAT
                ": the message's bytes were changed; restore the segment from a backup", place.segment, place.offset);
    return FALSE;
}
