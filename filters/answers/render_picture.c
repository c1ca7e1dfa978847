#include <leptonica/allheaders.h>
#include <string.h>

#include "answers/render.h"
#include "base/limits.h"
#include "readers/picture_size.h"

#define LONG_SIDE (297 / 25.4)         /* inches, of A4 */
#define KEPT_PIXELS (24 * 1000 * 1000) /* of a JPEG; a larger one is decoded at half or a quarter of its size */

static PIX *decode(const guint8 *bytes, gsize length, guint page, guint64 pixels)
{
    PictureFormat format = picture_format(bytes, length);
    if (format == PICTURE_JPEG)
        return pixReadMemJpeg(bytes, length, 0, pixels > 4 * (guint64)KEPT_PIXELS ? 4 : pixels > KEPT_PIXELS ? 2 : 1, NULL, 0);
    return format == PICTURE_TIFF ? pixReadMemTiff(bytes, length, (l_int32)page - 1) : pixReadMem(bytes, length);
}

/* PIX at FACTOR, at most 1, in 32 bits, on white where it was transparent. Takes PIX. */
static PIX *shrink(PIX *pix, double factor)
{
    PIX *small = factor >= 1 ? pixClone(pix) : pixGetDepth(pix) == 1 ? pixScaleToGray(pix, (l_float32)factor)
                                                                     : pixScale(pix, (l_float32)factor, (l_float32)factor);
    pixDestroy(&pix);
    PIX *wide = small && pixGetSpp(small) == 4 ? pixAlphaBlendUniform(small, 0xffffff00) : small ? pixConvertTo32(small) : NULL;
    pixDestroy(&small);
    return wide;
}

/* As the Exif tag of a photograph asks (TIFF 6.0, tag 274). Takes PIX. */
static PIX *upright(PIX *pix, int orientation)
{
    static const int quarters[] = {0, 0, 0, 2, 2, 1, 1, 3, 3};
    static const gboolean mirrored[] = {FALSE, FALSE, TRUE, FALSE, TRUE, TRUE, FALSE, TRUE, FALSE};
    PIX *turned = pixRotateOrth(pix, quarters[orientation]);
    pixDestroy(&pix);
    return turned && mirrored[orientation] ? pixFlipLR(turned, turned) : turned;
}

/* Leptonica keeps a pixel as a word with red in its highest byte, cairo with red in the second. Takes PIX. */
static cairo_surface_t *surface_of(PIX *pix)
{
    int width = pixGetWidth(pix), height = pixGetHeight(pix);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    guint8 *to = cairo_image_surface_get_data(surface);
    if (!to) {
        cairo_surface_destroy(surface);
        surface = NULL;
    }
    for (int y = 0; to && y < height; y++) {
        const l_uint32 *from = pixGetData(pix) + (gsize)y * (gsize)pixGetWpl(pix);
        guint32 *row = (guint32 *)(void *)(to + (gsize)y * (gsize)cairo_image_surface_get_stride(surface));
        for (int x = 0; x < width; x++)
            row[x] = from[x] >> 8;
    }
    if (surface)
        cairo_surface_mark_dirty(surface);
    pixDestroy(&pix);
    return surface;
}

const char *render_picture(const guint8 *bytes, gsize length, guint page, guint dpi, cairo_surface_t **ret)
{
    guint32 width, height;
    PictureFormat format = picture_format(bytes, length);
    if (format == PICTURE_OTHER)
        return "unsupported";
    if (page < 1 || (page > 1 && format != PICTURE_TIFF))
        return "page";
    if (!picture_size(bytes, length, page - 1, &width, &height))
        return page > 1 ? "page" : "damaged";
    guint64 pixels = (guint64)width * height;
    /* A header costs nothing and may ask for anything. */
    if (pixels > LIMIT_PIXELS)
        return "too-large";
    PIX *pix = decode(bytes, length, page, pixels);
    if (!pix)
        return "damaged";
    pix = shrink(pix, LONG_SIDE * dpi / MAX(pixGetWidth(pix), pixGetHeight(pix)));
    pix = pix ? upright(pix, picture_orientation(bytes, length)) : NULL;
    *ret = pix ? surface_of(pix) : NULL;
    return *ret ? NULL : "damaged";
}
