#include <leptonica/allheaders.h>
#include <string.h>

#include "readers/picture_size.h"

#define TAIL_BYTES 65536 /* phones append motion pictures and vendors' blocks, but mark the end of the picture before them */

PictureFormat picture_format(const guint8 *bytes, gsize length)
{
    if (length < 16)
        return PICTURE_OTHER;
    if (memcmp(bytes, "\xff\xd8\xff", 3) == 0)
        return PICTURE_JPEG;
    if (memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
        return PICTURE_PNG;
    if (memcmp(bytes, "II*\0", 4) == 0 || memcmp(bytes, "MM\0*", 4) == 0)
        return PICTURE_TIFF;
    if (memcmp(bytes, "BM", 2) == 0)
        return PICTURE_BMP;
    if (memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0)
        return PICTURE_WEBP;
    return memcmp(bytes, "GIF8", 4) == 0 ? PICTURE_GIF : PICTURE_OTHER;
}

static guint32 little(const guint8 *at, int bytes)
{
    guint32 value = 0;
    for (int i = bytes; i-- > 0;)
        value = value << 8 | at[i];
    return value;
}

static guint32 big(const guint8 *at, int bytes)
{
    guint32 value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

/* The screen's and the first frame's size: a frame may be larger than the screen. */
static gboolean gif_size(const guint8 *bytes, gsize length, guint32 *width, guint32 *height)
{
    if (length < 13)
        return FALSE;
    *width = little(bytes + 6, 2);
    *height = little(bytes + 8, 2);
    return TRUE;
}

/* Height is negative for rows from top to bottom. */
static gboolean bmp_size(const guint8 *bytes, gsize length, guint32 *width, guint32 *height)
{
    if (length < 26 || little(bytes + 14, 4) < 40)
        return FALSE;
    *width = little(bytes + 18, 4);
    *height = little(bytes + 22, 4);
    if (*height > G_MAXINT32)
        *height = -*height;
    return TRUE;
}

gboolean picture_size(const guint8 *bytes, gsize length, guint page, guint32 *width, guint32 *height)
{
    l_int32 w = 0, h = 0, samples, failed = 1;
    PictureFormat format = picture_format(bytes, length);
    *width = *height = 0;
    if (page > 0 && format != PICTURE_TIFF)
        return FALSE;
    switch (format) {
    case PICTURE_JPEG: failed = readHeaderMemJpeg(bytes, length, &w, &h, NULL, NULL, NULL); break;
    case PICTURE_PNG: failed = readHeaderMemPng(bytes, length, &w, &h, NULL, NULL, NULL); break;
    case PICTURE_WEBP: failed = readHeaderMemWebP(bytes, length, &w, &h, &samples); break;
    case PICTURE_TIFF:
        failed = readHeaderMemTiff(bytes, length, (l_int32)page, &w, &h, NULL, NULL, NULL, NULL, NULL);
        break;
    case PICTURE_GIF: return gif_size(bytes, length, width, height) && *width > 0 && *height > 0;
    case PICTURE_BMP: return bmp_size(bytes, length, width, height) && *width > 0 && *height > 0;
    default: return FALSE;
    }
    if (failed || w <= 0 || h <= 0)
        return FALSE;
    *width = (guint32)w;
    *height = (guint32)h;
    return TRUE;
}

/* ---- JPEG segments ---- */

/* Tag 274 of the first directory of the TIFF structure that Exif is (Exif 2.32, section 4.6). */
static int exif_orientation(const guint8 *tiff, gsize length)
{
    if (length < 8 || (memcmp(tiff, "II*\0", 4) != 0 && memcmp(tiff, "MM\0*", 4) != 0))
        return 1;
    guint32 (*number)(const guint8 *, int) = tiff[0] == 'I' ? little : big;
    guint32 at = number(tiff + 4, 4);
    if (at > length - 2 || length < 2)
        return 1;
    guint32 entries = number(tiff + at, 2);
    for (guint32 i = 0; i < entries && (gsize)at + 2 + 12 * ((gsize)i + 1) <= length; i++) {
        const guint8 *entry = tiff + at + 2 + 12 * i;
        if (number(entry, 2) != 274)
            continue;
        guint32 value = number(entry + 8, 2);
        return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

int picture_orientation(const guint8 *bytes, gsize length)
{
    if (picture_format(bytes, length) != PICTURE_JPEG)
        return 1;
    for (gsize at = 2; at + 4 <= length && bytes[at] == 0xff && bytes[at + 1] != 0xda;) {
        gsize size = big(bytes + at + 2, 2);
        if (size < 2 || size > length - at - 2)
            return 1;
        if (bytes[at + 1] == 0xe1 && size >= 16 && memcmp(bytes + at + 4, "Exif\0\0", 6) == 0)
            return exif_orientation(bytes + at + 10, size - 8);
        at += 2 + size;
    }
    return 1;
}

gboolean picture_jpeg_whole(const guint8 *bytes, gsize length)
{
    gsize tail = MIN(length, TAIL_BYTES);
    return memmem(bytes + length - tail, tail, "\xff\xd9", 2) != NULL;
}
