#include <string.h>

#include "base/limits.h"
#include "readers/rardir.h"

/* A window of bytes that is read forward; reading beyond its end sets BAD. */
typedef struct {
    const guint8 *at, *end;
    gboolean bad;
} Cursor;

static guint64 take(Cursor *cursor, guint bytes)
{
    guint64 value = 0;
    if ((gsize)(cursor->end - cursor->at) < bytes) {
        cursor->bad = TRUE;
        return 0;
    }
    for (guint i = 0; i < bytes; i++)
        value |= (guint64)*cursor->at++ << (8 * i);
    return value;
}

/* RAR 5's number: seven bits a byte, lowest first. */
static guint64 take_vint(Cursor *cursor)
{
    guint64 value = 0;
    for (guint shift = 0; shift < 63; shift += 7) {
        guint64 byte = take(cursor, 1);
        value |= (byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    cursor->bad = TRUE;
    return 0;
}

static void skip(Cursor *cursor, guint64 bytes)
{
    if (bytes > (guint64)(cursor->end - cursor->at))
        cursor->bad = TRUE;
    else
        cursor->at += bytes;
}

/* --- RAR 2 to 4 ------------------------------------------------------------------------------------------------------- */

enum { RAR4_MAIN = 0x73, RAR4_FILE = 0x74, RAR4_SERVICE = 0x7a };
enum { RAR4_HAS_DATA = 0x8000, RAR4_VOLUME = 0x0001, RAR4_LOCKED_HEADERS = 0x0080, RAR4_LOCKED = 0x0004, RAR4_LARGE = 0x0100 };
enum { RAR4_HEAD = 7, RAR4_FILE_HEAD = 32 };

static void read_rar4(Cursor cursor, RarFacts *facts)
{
    for (guint n = 0; n < LIMIT_ARCHIVE_ENTRIES && !cursor.bad && !facts->encrypted; n++) {
        Cursor head = cursor;
        skip(&head, 2);
        guint64 type = take(&head, 1), flags = take(&head, 2), size = take(&head, 2), data = 0;
        if (head.bad || size < RAR4_HEAD)
            return;
        gboolean file = type == RAR4_FILE || type == RAR4_SERVICE;
        if (file || (flags & RAR4_HAS_DATA))
            data = take(&head, 4);
        if (file && (flags & RAR4_LARGE)) {
            skip(&head, RAR4_FILE_HEAD - RAR4_HEAD - 4);
            data |= take(&head, 4) << 32;
        }
        if (head.bad)
            return;
        facts->volume |= type == RAR4_MAIN && (flags & RAR4_VOLUME);
        facts->encrypted |= (type == RAR4_MAIN && (flags & RAR4_LOCKED_HEADERS)) || (file && (flags & RAR4_LOCKED));
        skip(&cursor, size);
        skip(&cursor, data);
    }
}

/* --- RAR 5 ------------------------------------------------------------------------------------------------------------- */

enum { RAR5_MAIN = 1, RAR5_FILE = 2, RAR5_LOCKED_HEADERS = 4, RAR5_END = 5 };
enum { RAR5_HAS_EXTRA = 1, RAR5_HAS_DATA = 2, RAR5_VOLUME = 1, RAR5_EXTRA_LOCKED = 1 };

/* The extra area is the tail of a header: records of size and type. */
static gboolean extra_locked(Cursor extra)
{
    while (!extra.bad && extra.at < extra.end) {
        guint64 size = take_vint(&extra);
        Cursor record = extra;
        if (take_vint(&record) == RAR5_EXTRA_LOCKED && !record.bad)
            return TRUE;
        if (size == 0)
            return FALSE;
        skip(&extra, size);
    }
    return FALSE;
}

static void read_rar5(Cursor cursor, RarFacts *facts)
{
    for (guint n = 0; n < LIMIT_ARCHIVE_ENTRIES && !facts->encrypted; n++) {
        skip(&cursor, 4);
        guint64 size = take_vint(&cursor);
        if (cursor.bad || size == 0 || size > (guint64)(cursor.end - cursor.at))
            return;
        Cursor head = {cursor.at, cursor.at + size, FALSE};
        guint64 type = take_vint(&head), flags = take_vint(&head);
        guint64 extra = flags & RAR5_HAS_EXTRA ? take_vint(&head) : 0;
        guint64 data = flags & RAR5_HAS_DATA ? take_vint(&head) : 0;
        if (head.bad || type == RAR5_END || extra > size)
            return;
        facts->encrypted = type == RAR5_LOCKED_HEADERS ||
                           (type == RAR5_FILE && extra_locked((Cursor){head.end - extra, head.end, FALSE}));
        facts->volume |= type == RAR5_MAIN && (take_vint(&head) & RAR5_VOLUME);
        skip(&cursor, size);
        skip(&cursor, data);
    }
}

RarFacts rardir_read(const guint8 *bytes, gsize length)
{
    RarFacts facts = {FALSE, FALSE, FALSE};
    Cursor cursor = {bytes, bytes + length, FALSE};
    if (length >= 8 && memcmp(bytes, "Rar!\x1a\7\1\0", 8) == 0) {
        skip(&cursor, 8);
        read_rar5(cursor, &facts);
    } else if (length >= 7 && memcmp(bytes, "Rar!\x1a\7\0", 7) == 0) {
        skip(&cursor, 7);
        read_rar4(cursor, &facts);
    } else
        facts.ancient = length >= 4 && memcmp(bytes, "RE\x7e\x5e", 4) == 0;
    return facts;
}
