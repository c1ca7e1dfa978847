#include <leptonica/allheaders.h>
#include <math.h>
#include <string.h>

#include "page/seal.h"

#define RED_EXCESS 30   /* of red over the larger of green and blue: faint ink on paper has 40 and more */
#define WORK_DPI 50.0   /* the mask is reduced to about this: a ring's line is one or two pixels there */
#define MIN_MM 15.0     /* smallest seal in use is 18 mm */
#define MAX_MM 65.0     /* contract seals of 58 mm and some blur */
#define MIN_RING 0.75   /* share of directions in which ink lies on the outline; half a seal has 0.56 */
#define MAX_FILL 0.72   /* share of the outline's inside that is ink: a stamp is mostly paper, a red disc is not */
#define MAX_ASPECT 1.8  /* oval seals are 45 x 30 mm */
#define DIRECTIONS 72

/* Red pixels of one FACTOR x FACTOR block each, as a mask: set when an eighth of the block is red. */
static PIX *red_mask(const SealPicture *picture, int factor, guint *ret_red)
{
    int width = picture->width, height = picture->height;
    PIX *mask = pixCreate(MAX(width / factor, 1), MAX(height / factor, 1), 1);
    l_uint32 *data = pixGetData(mask);
    l_int32 words = pixGetWpl(mask);
    g_autofree guint16 *counts = g_new0(guint16, (gsize)(width / factor) + 1);
    *ret_red = 0;
    for (int y = 0; y < height / factor * factor; y++) {
        const guint8 *row = picture->pixels + (gsize)y * (gsize)picture->stride;
        for (int x = 0; x < width / factor * factor; x++) {
            const guint8 *pixel = row + (gsize)x * 4;
            counts[x / factor] += pixel[picture->red] > MAX(pixel[picture->green], pixel[picture->blue]) + RED_EXCESS;
        }
        if ((y + 1) % factor)
            continue;
        for (int x = 0; x < width / factor; x++) {
            if (counts[x] * 8 >= factor * factor) {
                SET_DATA_BIT(data + (gsize)(y / factor) * (gsize)words, x);
                (*ret_red)++;
            }
            counts[x] = 0;
        }
    }
    return mask;
}

/* Share of directions from the middle of PART in which ink lies within the outer fifth of its ellipse. */
static double ring_share(PIX *part, int width, int height)
{
    gboolean seen[DIRECTIONS] = {FALSE};
    double middle_x = (width - 1) / 2.0, middle_y = (height - 1) / 2.0;
    l_uint32 *data = pixGetData(part);
    l_int32 words = pixGetWpl(part);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            if (!GET_DATA_BIT(data + (gsize)y * (gsize)words, x))
                continue;
            double dx = (x - middle_x) / MAX(middle_x, 1), dy = (y - middle_y) / MAX(middle_y, 1), far = hypot(dx, dy);
            if (far > 0.8 && far < 1.12)
                seen[(int)((atan2(dy, dx) + G_PI) / (2 * G_PI) * (DIRECTIONS - 0.001))] = TRUE;
        }
    int count = 0;
    for (int i = 0; i < DIRECTIONS; i++)
        count += seen[i];
    return (double)count / DIRECTIONS;
}

/* Share of PART's corners (outside of its ellipse) that is ink: a frame has ink there, a ring none. */
static double corner_share(PIX *part, int width, int height)
{
    int ink = 0, outside = 0;
    l_uint32 *data = pixGetData(part);
    l_int32 words = pixGetWpl(part);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double dx = (x + 0.5) / width * 2 - 1, dy = (y + 0.5) / height * 2 - 1;
            if (hypot(dx, dy) < 1.12)
                continue;
            outside++;
            ink += GET_DATA_BIT(data + (gsize)y * (gsize)words, x) != 0;
        }
    return outside ? (double)ink / outside : 0;
}

/* INK: the unclosed mask of the same place, by which a solid disc is told from a seal. */
static gboolean is_seal(PIX *part, PIX *ink, int width, int height, double dpi)
{
    double mm = 25.4 / dpi, long_side = MAX(width, height) * mm, short_side = MIN(width, height) * mm;
    if (short_side < MIN_MM || long_side > MAX_MM || long_side > MAX_ASPECT * short_side)
        return FALSE;
    l_int32 count = 0;
    pixCountPixels(ink, &count, NULL);
    double fill = count / (G_PI / 4 * width * height);
    return fill < MAX_FILL && ring_share(part, width, height) >= MIN_RING && corner_share(part, width, height) < 0.25;
}

static gboolean find_in(PIX *mask, double dpi, double box[4])
{
    int close = MAX((int)lround(dpi / 25.4 * 1.2), 2) | 1; /* 1.2 mm joins the specks of a faint ring */
    PIX *closed = pixCloseSafeBrick(NULL, mask, close, close);
    PIXA *parts = NULL;
    BOXA *boxes = closed ? pixConnComp(closed, &parts, 8) : NULL;
    gboolean found = FALSE;
    for (l_int32 i = 0; boxes && i < boxaGetCount(boxes) && !found; i++) {
        l_int32 x, y, width, height;
        boxaGetBoxGeometry(boxes, i, &x, &y, &width, &height);
        BOX *place = boxaGetBox(boxes, i, L_CLONE);
        PIX *part = pixaGetPix(parts, i, L_CLONE), *ink = pixClipRectangle(mask, place, NULL);
        found = part && ink && is_seal(part, ink, width, height, dpi);
        if (found) {
            box[0] = (double)x / pixGetWidth(mask);
            box[1] = (double)y / pixGetHeight(mask);
            box[2] = (double)(x + width) / pixGetWidth(mask);
            box[3] = (double)(y + height) / pixGetHeight(mask);
        }
        pixDestroy(&part);
        pixDestroy(&ink);
        boxDestroy(&place);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&parts);
    pixDestroy(&closed);
    return found;
}

SealAnswer seal_look(const SealPicture *picture, double box[4])
{
    guint red = 0;
    double scale = picture->scale > 0 ? picture->scale : MIN(picture->width, picture->height) / 595.0;
    int factor = MAX((int)lround(scale * 72 / WORK_DPI), 1);
    double dpi = scale * 72 / factor;
    PIX *mask = red_mask(picture, factor, &red);
    /* Less ink than the thinnest ring of 15 mm is no seal; most pages end here. */
    gboolean found = red > G_PI * MIN_MM / 25.4 * dpi / 2 && find_in(mask, dpi, box);
    pixDestroy(&mask);
    return found ? SEAL_PRESENT : SEAL_ABSENT;
}

const char *seal_name(SealAnswer answer)
{
    static const char *const names[] = {"absent", "present", "unknown"};
    return names[answer];
}
