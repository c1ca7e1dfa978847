#include <string.h>

#include "readers/marks.h"

static const struct {
    const char *start;
    gsize length;
    const char *mime;
} table[] = {
    {"PK\3\4", 4, MIME_ZIP},
    {"PK\5\6", 4, MIME_ZIP},
    {"PK\7\10PK\3\4", 8, MIME_ZIP}, /* first part of a split zip (APPNOTE.TXT 8.5.3) */
    {"PK00PK\3\4", 8, MIME_ZIP},    /* one that was to be split and needed not to */
    {"7z\xbc\xaf\x27\x1c", 6, MIME_7Z},
    {"Rar!\x1a\7", 6, MIME_RAR},
    {"RE\x7e\x5e", 4, MIME_RAR}, /* RAR 1.4 */
    {"\x1f\x8b\10", 3, MIME_GZIP},
    {"\xfd\x37\x7a\x58\x5a\0", 6, MIME_XZ},
};

/* Octal digits between blanks or NULs; negative when there are none. */
static gint64 octal(const guint8 *at, gsize length)
{
    gint64 value = 0;
    gsize i = 0, digits = 0;
    while (i < length && at[i] == ' ')
        i++;
    for (; i < length && at[i] >= '0' && at[i] <= '7'; i++, digits++)
        value = value * 8 + at[i] - '0';
    return digits ? value : -1;
}

static gboolean is_tar(const guint8 *bytes, gsize length)
{
    enum { BLOCK = 512, SUM = 148, SUM_SIZE = 8 };
    if (length < BLOCK || bytes[0] == 0)
        return FALSE;
    gint64 sum = 0, signed_sum = 0, told = octal(bytes + SUM, SUM_SIZE);
    for (gsize i = 0; i < BLOCK; i++) {
        guint8 byte = i >= SUM && i < SUM + SUM_SIZE ? ' ' : bytes[i];
        sum += byte;
        signed_sum += (gint8)byte;
    }
    return told >= 0 && (told == sum || told == signed_sum);
}

const char *marks_archive(const guint8 *bytes, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        if (length >= table[i].length && memcmp(bytes, table[i].start, table[i].length) == 0)
            return table[i].mime;
    if (length >= 10 && memcmp(bytes, "BZh", 3) == 0 &&
        (memcmp(bytes + 4, "1AY&SY", 6) == 0 || memcmp(bytes + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0))
        return MIME_BZIP2;
    return is_tar(bytes, length) ? MIME_TAR : NULL;
}
