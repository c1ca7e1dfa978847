#include <string.h>

#include "base/limits.h"
#include "readers/zipdir.h"

enum { LOCAL_SIZE = 30, CENTRAL_SIZE = 46, END_SIZE = 22, COMMENT_MAX = 65535 };

static guint le16(const guint8 *at)
{
    return (guint)at[0] | (guint)at[1] << 8;
}

static gsize le32(const guint8 *at)
{
    return (gsize)le16(at) | (gsize)le16(at + 2) << 16;
}

gboolean zipdir_named(const ZipName *entry, const char *name)
{
    return entry->length == strlen(name) && memcmp(entry->name, name, entry->length) == 0;
}

/* Where the bytes of the local header at OFFSET stand; NULL when they do not lie inside the zip. */
static const guint8 *local_data(const guint8 *bytes, gsize length, gsize offset, gsize packed)
{
    if (offset > length || length - offset < LOCAL_SIZE || memcmp(bytes + offset, "PK\3\4", 4) != 0)
        return NULL;
    gsize start = offset + LOCAL_SIZE + le16(bytes + offset + 26) + le16(bytes + offset + 28);
    return start <= length && packed <= length - start ? bytes + start : NULL;
}

static void read_central(const guint8 *bytes, gsize length, gsize at, GArray *names)
{
    while (at <= length && length - at >= CENTRAL_SIZE && memcmp(bytes + at, "PK\1\2", 4) == 0 &&
           names->len < LIMIT_ARCHIVE_MEMBERS) {
        const guint8 *head = bytes + at;
        gsize name = le16(head + 28);
        if (length - at - CENTRAL_SIZE < name)
            return;
        ZipName entry = {.name = head + CENTRAL_SIZE, .length = name, .flags = le16(head + 8),
                         .method = le16(head + 10), .packed = le32(head + 20)};
        entry.data = local_data(bytes, length, le32(head + 42), entry.packed);
        g_array_append_val(names, entry);
        at += CENTRAL_SIZE + name + le16(head + 30) + le16(head + 32);
    }
}

static void read_locals(const guint8 *bytes, gsize length, GArray *names)
{
    const guint8 *at = bytes, *end = bytes + length;
    while ((at = memmem(at, (gsize)(end - at), "PK\3\4", 4)) && end - at >= LOCAL_SIZE &&
           names->len < LIMIT_ARCHIVE_MEMBERS) {
        gsize name = le16(at + 26);
        if ((gsize)(end - at) - LOCAL_SIZE < name)
            return;
        ZipName entry = {.name = at + LOCAL_SIZE, .length = name, .flags = le16(at + 6), .method = le16(at + 8),
                         .packed = le32(at + 18)};
        entry.data = local_data(bytes, length, (gsize)(at - bytes), entry.packed);
        g_array_append_val(names, entry);
        at += LOCAL_SIZE + name;
    }
}

/* The end of the central directory; NULL when there is none. */
static const guint8 *find_end(const guint8 *bytes, gsize length)
{
    gsize lowest = length > END_SIZE + COMMENT_MAX ? length - END_SIZE - COMMENT_MAX : 0;
    for (gsize at = length >= END_SIZE ? length - END_SIZE + 1 : 0; at-- > lowest;)
        if (memcmp(bytes + at, "PK\5\6", 4) == 0)
            return bytes + at;
    return NULL;
}

GArray *zipdir_read(const guint8 *bytes, gsize length)
{
    GArray *names = g_array_new(FALSE, FALSE, sizeof(ZipName));
    const guint8 *end = find_end(bytes, length);
    if (end)
        read_central(bytes, length, le32(end + 16), names);
    if (names->len == 0)
        read_locals(bytes, length, names);
    return names;
}

gboolean zipdir_is_volume(const guint8 *bytes, gsize length)
{
    const guint8 *end = find_end(bytes, length);
    guint disk = end ? le16(end + 4) : 0;
    return end ? disk != 0 && disk != 0xffff : length >= 4 && memcmp(bytes, "PK\7\10", 4) == 0;
}

gboolean zipdir_is_suffix(const guint8 *bytes, gsize length)
{
    const guint8 *end = find_end(bytes, length);
    gsize size = end ? le32(end + 12) : 0;
    return size >= CENTRAL_SIZE && size <= (gsize)(end - bytes) && memcmp(end - size, "PK\1\2", 4) == 0;
}
