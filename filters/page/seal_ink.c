#include <string.h>

#include "page/seal_parts.h"

#define BRIGHT 90        /* of 255: darker pictures have no paper */
#define GAIN_MIN 205     /* of 256: lamps and yellowed paper shift white by a fifth at most */
#define GAIN_MAX 320
#define GRAY_SPREAD 1    /* between the channels of a pixel: rounding of a gray picture stored in colours */
#define GRAY_INK 225     /* of 255: lighter is paper, or a seal too faint for a copy */
#define GRAY_TEXT 60     /* darker is black ink; red becomes 80 and more */
#define COLOUR_SHARE 3000 /* one pixel in so many may be more colourful on a picture without colours */

/* Red from orange-red to magenta: what green and blue lack towards red, 0 outside of these hues. Skin, wood and brass lie
 * nearer to yellow, blue pens and purple duplicates nearer to blue. */
int seal_redness(const SealWhite *white, int red, int green, int blue)
{
    if (white->gray)
        return green < GRAY_INK && green > GRAY_TEXT ? GRAY_INK - green : 0;
    int over_green = red - green, over_blue = red - blue;
    if (over_green <= 0 || over_blue <= 0 || 5 * over_blue < 2 * over_green || 20 * (green - blue) > 9 * over_blue)
        return 0;
    return (over_green + over_blue) / 2;
}

typedef struct {
    guint64 count, red, green, blue;
} Shade;

/* The mean colour of the bright middle of all shades is the paper's: above it are glares, below it is ink. */
static void find_white(SealInk *ink, const guint8 *rgb)
{
    Shade shades[64] = {0}, paper = {0};
    gsize pixels = (gsize)ink->width * (gsize)ink->height, colourful = 0, passed = 0;
    for (gsize i = 0; i < pixels; i++, rgb += 3) {
        int red = rgb[0], green = rgb[1], blue = rgb[2];
        Shade *shade = &shades[(red + 2 * green + blue) / 16];
        shade->count++;
        shade->red += (guint)red;
        shade->green += (guint)green;
        shade->blue += (guint)blue;
        colourful += MAX(red, MAX(green, blue)) - MIN(red, MIN(green, blue)) > GRAY_SPREAD;
    }
    for (guint i = 0; i < G_N_ELEMENTS(shades); i++) {
        passed += shades[i].count;
        if (passed * 2 < pixels)
            continue;
        paper.count += shades[i].count;
        paper.red += shades[i].red;
        paper.green += shades[i].green;
        paper.blue += shades[i].blue;
        if (passed * 20 > pixels * 19)
            break;
    }
    guint64 count = MAX(paper.count, 1), mean = (paper.red + paper.green + paper.blue) / 3;
    ink->dark = mean / count < BRIGHT;
    ink->white.gray = colourful * COLOUR_SHARE < pixels;
    ink->white.red = (int)CLAMP(mean * 256 / MAX(paper.red, 1), GAIN_MIN, GAIN_MAX);
    ink->white.green = (int)CLAMP(mean * 256 / MAX(paper.green, 1), GAIN_MIN, GAIN_MAX);
    ink->white.blue = (int)CLAMP(mean * 256 / MAX(paper.blue, 1), GAIN_MIN, GAIN_MAX);
}

static void find_red(SealInk *ink, const guint8 *rgb)
{
    gsize pixels = (gsize)ink->width * (gsize)ink->height;
    for (gsize i = 0; i < pixels; i++, rgb += 3) {
        int red = rgb[0] * ink->white.red >> 8, green = rgb[1] * ink->white.green >> 8;
        ink->red[i] = (guint8)MIN(seal_redness(&ink->white, red, green, rgb[2] * ink->white.blue >> 8), 255);
        ink->inked += ink->red[i] >= SEAL_INK;
    }
}

/* One row of means, three bytes a pixel. Of a block only four pixels are read: the line of a ring is wider than what
 * lies between. */
static void reduce_row(const SealPicture *picture, int factor, int y, int width, guint8 *rgb)
{
    int step = (factor + 1) / 2, taken = (factor + step - 1) / step, count = taken * taken;
    const guint8 *top = picture->pixels + (gsize)y * (gsize)factor * (gsize)picture->stride;
    for (int x = 0; x < width; x++, rgb += 3) {
        const guint8 *left = top + (gsize)x * (gsize)factor * 4;
        int red = 0, green = 0, blue = 0;
        for (int j = 0; j < taken; j++, left += (gsize)step * (gsize)picture->stride) {
            const guint8 *pixel = left;
            for (int i = 0; i < taken; i++, pixel += step * 4) {
                red += pixel[picture->red];
                green += pixel[picture->green];
                blue += pixel[picture->blue];
            }
        }
        rgb[0] = (guint8)(red / count);
        rgb[1] = (guint8)(green / count);
        rgb[2] = (guint8)(blue / count);
    }
}

SealInk *seal_ink_new(const SealPicture *picture, int factor)
{
    SealInk *ink = g_new0(SealInk, 1);
    ink->width = picture->width / factor;
    ink->height = picture->height / factor;
    ink->factor = factor;
    gsize pixels = (gsize)ink->width * (gsize)ink->height;
    ink->red = g_malloc(pixels + 1);
    g_autofree guint8 *rgb = g_malloc(pixels * 3 + 1);
    for (int y = 0; y < ink->height; y++)
        reduce_row(picture, factor, y, ink->width, rgb + (gsize)y * (gsize)ink->width * 3);
    find_white(ink, rgb);
    find_red(ink, rgb);
    return ink;
}

SealInk *seal_ink_quarter(const SealInk *ink)
{
    if (MIN(ink->width, ink->height) < 8 * SEAL_MIN_RADIUS)
        return NULL;
    SealInk *small = g_new0(SealInk, 1);
    small->width = ink->width / 4;
    small->height = ink->height / 4;
    small->factor = ink->factor * 4;
    small->white = ink->white;
    small->red = g_malloc((gsize)small->width * (gsize)small->height);
    for (int y = 0; y < small->height; y++) {
        guint8 *to = small->red + (gsize)y * (gsize)small->width;
        for (int x = 0; x < small->width; x++) {
            const guint8 *from = ink->red + (gsize)(4 * y) * (gsize)ink->width + 4 * x;
            int sum = 0;
            for (int row = 0; row < 4; row++, from += ink->width)
                sum += from[0] + from[1] + from[2] + from[3];
            to[x] = (guint8)(sum / 16);
            small->inked += to[x] >= SEAL_INK;
        }
    }
    return small;
}

void seal_ink_free(SealInk *ink)
{
    if (!ink)
        return;
    g_free(ink->red);
    g_free(ink);
}
