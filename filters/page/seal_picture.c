#include <leptonica/allheaders.h>

#include "base/limits.h"
#include "page/seal.h"

#define SHORT_SIDE 600 /* pixels: JPEGs are decoded at 1/2, 1/4 or 1/8 of their size as long as this is left */

SealAnswer seal_look_pix(PIX *pix, double scale, gboolean copy, double box[4])
{
    if (pixGetDepth(pix) == 1) /* a faint seal turns white in black and white */
        return copy ? SEAL_UNKNOWN : SEAL_ABSENT;
    PIX *wide = pixGetSpp(pix) == 4   ? pixAlphaBlendUniform(pix, 0xffffff00)
                : pixGetDepth(pix) == 32 ? pixClone(pix) : pixConvertTo32(pix);
    if (!wide)
        return SEAL_UNKNOWN;
    /* Leptonica keeps a pixel as one word, red in its highest byte. */
    gboolean little = G_BYTE_ORDER == G_LITTLE_ENDIAN;
    SealPicture picture = {.pixels = (const guint8 *)pixGetData(wide), .width = pixGetWidth(wide),
                           .height = pixGetHeight(wide), .stride = pixGetWpl(wide) * 4, .red = little ? 3 : 0,
                           .green = little ? 2 : 1, .blue = little ? 1 : 2, .scale = scale, .copy = copy};
    SealAnswer answer = seal_look(&picture, box);
    pixDestroy(&wide);
    return answer;
}

static PIX *decode(const guint8 *bytes, gsize length)
{
    l_int32 format = 0, width = 0, height = 0, reduction = 1;
    if (pixReadHeaderMem(bytes, length, &format, &width, &height, NULL, NULL, NULL) || width <= 0 || height <= 0 ||
        (gint64)width * height > LIMIT_PIXELS)
        return NULL;
    if (format != IFF_JFIF_JPEG)
        return pixReadMem(bytes, length);
    while (reduction < 8 && MIN(width, height) / (reduction * 2) >= SHORT_SIDE)
        reduction *= 2;
    return pixReadMemJpeg(bytes, length, 0, reduction, NULL, 0);
}

gboolean seal_in_picture(const guint8 *bytes, gsize length, double box[4])
{
    setMsgSeverity(L_SEVERITY_NONE);
    PIX *pix = decode(bytes, length);
    gboolean found = pix && seal_look_pix(pix, 0, TRUE, box) == SEAL_PRESENT;
    pixDestroy(&pix);
    return found;
}
