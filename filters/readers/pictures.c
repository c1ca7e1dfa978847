#include <string.h>

#include "base/limits.h"
#include "page/seal.h"
#include "readers/pictures.h"

#define MIN_BYTES 400  /* the smallest drawing of a ring with letters is larger */
#define MIN_SIDE 48    /* pixels: on less, the characters of a seal are no characters any more */
#define MAX_ASPECT 8   /* banners and rules */
#define JPEG_SEGMENTS 200 /* before the frame header; cameras write some thirty */

typedef struct {
    guint32 width, height;
    gboolean gray;
} Shape;

static guint32 big_endian(const guint8 *bytes, guint count)
{
    guint32 value = 0;
    for (guint i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

static guint32 little_endian(const guint8 *bytes, guint count)
{
    guint32 value = 0;
    for (guint i = count; i > 0; i--)
        value = value << 8 | bytes[i - 1];
    return value;
}

/* ISO/IEC 15948 11.2.2: the colour types 0 and 4 are gray. */
static gboolean shape_of_png(const guint8 *bytes, gsize length, Shape *shape)
{
    if (length < 33 || memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) != 0 || memcmp(bytes + 12, "IHDR", 4) != 0)
        return FALSE;
    *shape = (Shape){big_endian(bytes + 16, 4), big_endian(bytes + 20, 4), bytes[25] == 0 || bytes[25] == 4};
    return TRUE;
}

static gboolean is_frame(guint8 marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* ITU-T T.81 B.2.2: the frame header has height, width and the number of components. */
static gboolean shape_of_jpeg(const guint8 *bytes, gsize length, Shape *shape)
{
    if (length < 4 || memcmp(bytes, "\xff\xd8\xff", 3) != 0)
        return FALSE;
    gsize at = 2;
    for (guint i = 0; i < JPEG_SEGMENTS && length - at >= 10; i++) {
        guint8 marker = bytes[at + 1];
        if (bytes[at] != 0xff)
            return FALSE;
        if (is_frame(marker)) {
            *shape = (Shape){big_endian(bytes + at + 7, 2), big_endian(bytes + at + 5, 2), bytes[at + 9] == 1};
            return TRUE;
        }
        gsize step = marker == 0xff ? 1 : 2 + (gsize)big_endian(bytes + at + 2, 2);
        if (step > length - at)
            return FALSE;
        at += step;
    }
    return FALSE;
}

/* Formats whose header does not tell gray from colour at a fixed place. A TIFF's size stands in its directory, which is
 * left to the decoder. */
static gboolean shape_of_other(const guint8 *bytes, gsize length, Shape *shape)
{
    if (length >= 10 && memcmp(bytes, "GIF8", 4) == 0)
        *shape = (Shape){little_endian(bytes + 6, 2), little_endian(bytes + 8, 2), FALSE};
    else if (length >= 26 && memcmp(bytes, "BM", 2) == 0 && little_endian(bytes + 14, 4) >= 40)
        *shape = (Shape){little_endian(bytes + 18, 4), (guint32)ABS((gint64)(gint32)little_endian(bytes + 22, 4)), FALSE};
    else if (length >= 8 && (memcmp(bytes, "II*\0", 4) == 0 || memcmp(bytes, "MM\0*", 4) == 0))
        *shape = (Shape){MIN_SIDE, MIN_SIDE, FALSE};
    else
        return FALSE;
    return TRUE;
}

static gboolean shape_of(const guint8 *bytes, gsize length, Shape *shape)
{
    return shape_of_png(bytes, length, shape) || shape_of_jpeg(bytes, length, shape) ||
           shape_of_other(bytes, length, shape);
}

static gboolean may_show_seal(const Shape *shape)
{
    guint32 long_side = MAX(shape->width, shape->height), short_side = MIN(shape->width, shape->height);
    return !shape->gray && short_side >= MIN_SIDE && long_side / short_side < MAX_ASPECT &&
           (guint64)shape->width * shape->height <= LIMIT_PIXELS;
}

gboolean pictures_look(Pictures *pictures, const guint8 *bytes, gsize length)
{
    Shape shape;
    double box[4];
    if (length < MIN_BYTES || !shape_of(bytes, length, &shape) || !may_show_seal(&shape))
        return TRUE;
    if (!seal_in_picture) {
        if (pictures->members)
            pictures->members->larger(pictures->members, SIZE_PAGE);
        return FALSE;
    }
    pictures->pixels += (guint64)shape.width * shape.height;
    if (++pictures->looked > LIMIT_PICTURES || pictures->pixels > LIMIT_PIXELS)
        return FALSE;
    if (!seal_in_picture(bytes, length, box))
        return TRUE;
    xhtml_meta(pictures->out, "seal", "present");
    return FALSE;
}
