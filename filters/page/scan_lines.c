#include <leptonica/allheaders.h>
#include <math.h>

#include "page/scan_part.h"

#define SHORT_POINTS 11.0 /* of the shortest side of a cell */
#define LONG_POINTS 22.0  /* of what is a line by itself: longer than a stroke of a heading */
#define FRAME_POINTS 40.0 /* of the lines that shorter ones must touch at both ends */
#define DASHED_POINTS 60.0
#define GAP_POINTS 1.2    /* holes in a line that count for nothing: dust, faint print */
#define DASH_POINTS 4.0   /* holes in a dashed line */
#define LONELY_POINTS 2.5  /* beside a dash nothing stands so near */
#define THICK_POINTS 3.0  /* thicker is no ruling */
#define BENT_POINTS 7.0   /* how far a line may wander from its middle on bent paper */
#define TOUCH_POINTS 4.0
#define MAX_LINES 3000

PIX *scan_ink(const GrayPicture *page, int level)
{
    PIX *ink = pixCreate(page->width, page->height, 1);
    for (int y = 0; y < page->height; y++) {
        l_uint32 *line = pixGetData(ink) + (gsize)y * (gsize)pixGetWpl(ink);
        const guint8 *row = page->gray + (gsize)y * (gsize)page->width;
        for (int x = 0; x < page->width; x++)
            if (row[x] < level)
                SET_DATA_BIT(line, x);
    }
    return ink;
}

/* Runs of INK in one direction that are LENGTH long with holes up to GAP. */
static PIX *runs_of(PIX *ink, gboolean horizontal, int gap, int length)
{
    PIX *closed = pixCloseSafeBrick(NULL, ink, horizontal ? gap | 1 : 1, horizontal ? 1 : gap | 1);
    PIX *runs = pixOpenBrick(NULL, closed, horizontal ? length : 1, horizontal ? 1 : length);
    pixDestroy(&closed);
    return runs;
}

/* INK without what is thick across the direction. */
static PIX *thin(PIX *ink, gboolean horizontal, int thick)
{
    PIX *fat = pixOpenBrick(NULL, ink, horizontal ? 1 : thick, horizontal ? thick : 1);
    PIX *rest = pixSubtract(NULL, ink, fat);
    pixDestroy(&fat);
    return rest;
}

/* INK with white on both sides across the direction: dashes, and not the strokes of characters. */
static PIX *lonely(PIX *ink, gboolean horizontal, int reach)
{
    PIX *rest = pixCopy(NULL, ink);
    PIX *wide = pixDilateBrick(NULL, ink, horizontal ? 1 : reach, horizontal ? reach : 1);
    for (int side = -1; side <= 1; side += 2) {
        int away = side * (reach / 2 + 4);
        PIX *moved = pixTranslate(NULL, wide, horizontal ? 0 : away, horizontal ? away : 0, L_BRING_IN_WHITE);
        pixSubtract(rest, rest, moved);
        pixDestroy(&moved);
    }
    pixDestroy(&wide);
    return rest;
}

/* Lines in one direction of at least LENGTH, dashed ones too. */
static PIX *line_mask(PIX *ink, gboolean horizontal, double length, double scale)
{
    PIX *solid = runs_of(ink, horizontal, (int)lround(GAP_POINTS * scale), (int)lround(length * scale));
    PIX *found = thin(solid, horizontal, MAX((int)lround(THICK_POINTS * scale), 3));
    PIX *alone = lonely(ink, horizontal, (int)lround(LONELY_POINTS * scale) | 1);
    PIX *dashed = runs_of(alone, horizontal, (int)lround(DASH_POINTS * scale), (int)lround(DASHED_POINTS * scale));
    pixOr(found, found, dashed);
    pixDestroy(&solid);
    pixDestroy(&alone);
    pixDestroy(&dashed);
    return found;
}

/* ---- rulings ---- */

static void collect(GArray *lines, PIX *mask, gboolean horizontal, double scale)
{
    BOXA *boxes = pixConnCompBB(mask, 8);
    for (l_int32 i = 0; boxes && i < boxaGetCount(boxes) && lines->len < MAX_LINES; i++) {
        l_int32 x, y, width, height;
        boxaGetBoxGeometry(boxes, i, &x, &y, &width, &height);
        int across = horizontal ? height : width, from = horizontal ? x : y, along = horizontal ? width : height;
        double middle = (horizontal ? y : x) + across / 2.0;
        RuleLine line = {horizontal, (float)(middle / scale), (float)(from / scale), (float)((from + along) / scale)};
        if (across < BENT_POINTS * scale && along > 2 * across)
            g_array_append_val(lines, line);
    }
    boxaDestroy(&boxes);
}

static gboolean touches(const GArray *lines, const RuleLine *line, float end)
{
    for (guint i = 0; i < lines->len; i++) {
        const RuleLine *other = &g_array_index(lines, RuleLine, i);
        if (other->horizontal != line->horizontal && other->to - other->from >= FRAME_POINTS &&
            fabsf(other->at - end) < TOUCH_POINTS && line->at > other->from - TOUCH_POINTS && line->at < other->to + TOUCH_POINTS)
            return TRUE;
    }
    return FALSE;
}

GArray *scan_find_lines(const GrayPicture *page, double dpi)
{
    double scale = dpi / 72;
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(RuleLine));
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(RuleLine));
    PIX *ink = scan_ink(page, SCAN_INK);
    for (int horizontal = 1; horizontal >= 0; horizontal--) {
        PIX *mask = line_mask(ink, horizontal, SHORT_POINTS, scale);
        collect(all, mask, horizontal, scale);
        pixDestroy(&mask);
    }
    pixDestroy(&ink);
    for (guint i = 0; i < all->len; i++) {
        const RuleLine *line = &g_array_index(all, RuleLine, i);
        if (line->to - line->from >= FRAME_POINTS || (touches(all, line, line->from) && touches(all, line, line->to)))
            g_array_append_val(lines, *line);
    }
    return lines;
}

/* ---- erasing ---- */

static gboolean bit(PIX *pix, int x, int y)
{
    return x >= 0 && y >= 0 && x < pixGetWidth(pix) && y < pixGetHeight(pix) &&
           GET_DATA_BIT(pixGetData(pix) + (gsize)y * (gsize)pixGetWpl(pix), x);
}

/* Makes MASK white on PAGE with the blurred pixels beside it, unless ink goes on at both sides: a stroke that crosses. */
static void erase(GrayPicture *page, PIX *ink, PIX *mask, gboolean horizontal)
{
    int rows = horizontal ? page->width : page->height, length = horizontal ? page->height : page->width;
    for (int i = 0; i < rows; i++)
        for (int at = 0; at < length; at++) {
            if (!bit(mask, horizontal ? i : at, horizontal ? at : i))
                continue;
            int end = at;
            while (end < length && bit(mask, horizontal ? i : end, horizontal ? end : i))
                end++;
            gboolean crossed = bit(ink, horizontal ? i : at - 2, horizontal ? at - 2 : i) &&
                               bit(ink, horizontal ? i : end + 1, horizontal ? end + 1 : i);
            for (int k = MAX(at - 2, 0); !crossed && k < MIN(end + 2, length); k++)
                page->gray[(gsize)(horizontal ? k : i) * (gsize)page->width + (gsize)(horizontal ? i : k)] = 255;
            at = end;
        }
}

void scan_erase_lines(GrayPicture *page, double dpi)
{
    PIX *ink = scan_ink(page, SCAN_INK);
    for (int horizontal = 1; horizontal >= 0; horizontal--) {
        PIX *mask = line_mask(ink, horizontal, LONG_POINTS, dpi / 72);
        erase(page, ink, mask, horizontal);
        pixDestroy(&mask);
    }
    pixDestroy(&ink);
}
