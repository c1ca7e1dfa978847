// links: src/source/mbox_split.c src/base/failure.c; libs: glib-2.0
/* Whatever the bytes are: messages come in order, lie within the file and do not overlap, the place to go on from is never
 * before a message's end, and the date of a line is a date or none. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/mbox_split.h"

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

typedef struct {
    guint64 size, seen, next;
} Course;

static gboolean visit(guint64 offset, guint64 length, gpointer user)
{
    Course *course = user;
    if (offset < course->seen || offset > course->size || length > course->size - offset || course->next < offset + length ||
        course->next > course->size)
        abort();
    course->seen = offset + length;
    return TRUE;
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    static GTimeZone *zone;
    if (!zone)
        zone = g_time_zone_new_utc();
    int fd = memfd_create("mbox", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, length) != (gssize)length)
        abort();
    Course course = {.size = length};
    g_autoptr(GError) error = NULL;
    if (mbox_split(fd, 0, visit, &course, &course.next, &error) != (error == NULL))
        abort();
    if (!error && course.next != length)
        abort();
    if (mbox_line_date((const char *)bytes, length, zone) < -1)
        abort();
    close(fd);
    return 0;
}
