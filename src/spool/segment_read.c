#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/failure.h"
#include "spool/frame.h"

typedef struct {
    int fd;
    guint32 number;
    guint64 size;
    gboolean empty; /* torn when it was made */
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
    struct stat facts;
    reading->number = number;
    reading->path = segment_path(dir, number);
    reading->fd = open(reading->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (reading->fd >= 0 && !segment_head_read(reading->fd, reading->path, &reading->head, &reading->empty, error))
        return FALSE;
    /* The size after the state: what is settled is then already within it. */
    if (reading->fd < 0 || fstat(reading->fd, &facts) != 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot open segment %s: %s", reading->path, g_strerror(errno));
        return FALSE;
    }
    reading->size = (guint64)facts.st_size;
    return TRUE;
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
        guint64 number = g_ascii_strtoull(name, NULL, 10);
        guint32 value = (guint32)number;
        g_autofree char *exact = g_strdup_printf("%06u.seg", value);
        if (number > 0 && number <= G_MAXUINT32 && g_str_equal(name, exact))
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

/* --- walking ------------------------------------------------------------------------------------------------------ */

typedef struct {
    guint32 number;
    SegmentDamage damage;
    gpointer user;
} Alarm;

static void report(const Alarm *alarm, guint64 offset, const char *what)
{
    if (alarm->damage)
        alarm->damage(alarm->number, offset, what, alarm->user);
}

/* Where the frames that may be believed end. */
static guint64 believed_end(const Reading *reading, const Alarm *alarm)
{
    if (reading->empty)
        return SEGMENT_HEAD_BYTES;
    if (reading->head.state_damaged) {
        report(alarm, SEGMENT_STATE_OFFSET, "the state in the segment's head is damaged");
        return reading->size;
    }
    if (reading->head.settled > reading->size) {
        report(alarm, reading->size, "the file ends early: frames that were synced are missing");
        return reading->size;
    }
    return reading->head.settled;
}

static const char *describe(FrameState state)
{
    switch (state) {
    case FRAME_BLANK:
        return "zeros stand where a frame's header should";
    case FRAME_DAMAGED:
        return "the frame's header is damaged; what follows cannot be found";
    case FRAME_FOREIGN:
        return "the frame carries another segment's mark";
    case FRAME_SHORT:
        return "the frame reaches beyond the end";
    case FRAME_UNREADABLE:
        return "the disk does not give the frame's header";
    default:
        return "the frame is good";
    }
}

guint64 segment_walk(const char *dir, guint32 number, guint64 from, SegmentVisitor visit, SegmentDamage damage,
                     gpointer user, GError **error)
{
    FrameInfo info;
    const Alarm alarm = {number, damage, user};
    g_auto(Reading) reading = {.fd = -1};
    if (!reading_open(&reading, dir, number, error))
        return 0;
    guint64 offset = MAX(from, SEGMENT_HEAD_BYTES), end = believed_end(&reading, &alarm);
    if (offset > end)
        report(&alarm, end, "the segment ends before frames that were known");
    while (offset < end) {
        FrameState state = frame_read(reading.fd, &reading.head, offset, end, &info);
        if (state != FRAME_GOOD)
            report(&alarm, offset, describe(state));
        if (state != FRAME_GOOD && state != FRAME_FOREIGN)
            break;
        guint64 at = offset;
        offset += FRAME_HEADER_BYTES + info.length;
        if (state == FRAME_GOOD && visit && visit(&info, (FramePlace){number, at}, offset, user) == WALK_STOP)
            break;
    }
    return offset;
}

/* --- one message -------------------------------------------------------------------------------------------------- */

int segment_open(const char *dir, FramePlace place, FrameInfo *ret_info, guint64 *ret_offset, GError **error)
{
    g_auto(Reading) reading = {.fd = -1};
    if (!reading_open(&reading, dir, place.segment, error))
        return -1;
    FrameState state = reading.empty ? FRAME_SHORT
                                     : frame_read(reading.fd, &reading.head, place.offset, reading.size, ret_info);
    if (state != FRAME_GOOD) {
        g_set_error(error, FAILURE, FAILURE_DATA, "segment %s at byte %" G_GUINT64_FORMAT ": %s; run 'shouwen verify'",
                    reading.path, place.offset, describe(state));
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
    int fd = segment_open(dir, place, &info, &offset, error);
    if (fd < 0)
        return FALSE;
    gboolean whole = frame_body_whole(fd, offset, info.length, info.sha256);
    close(fd);
    if (!whole)
        g_set_error(error, FAILURE, FAILURE_DATA, "segment %06u at byte %" G_GUINT64_FORMAT
                    ": the message's bytes were changed; restore the segment from a backup", place.segment, place.offset);
    return whole;
}
