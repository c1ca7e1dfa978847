#include <leptonica/allheaders.h>
#include <math.h>

#include "page/scan_part.h"

#define SHORT_POINTS 11.0 /* of the shortest side of a cell */
#define FRAME_POINTS 40.0 /* of the lines that shorter ones must touch at both ends */
#define LONG_POINTS 100.0
#define DASHED_POINTS 60.0
#define GAP_POINTS 1.2    /* holes in a line that count for nothing: dust, faint print */
#define DASH_POINTS 4.0   /* holes in a dashed line */
#define LONELY_POINTS 2.5  /* beside a dash nothing stands so near */
#define THICK_POINTS 3.0  /* thicker is no ruling */
#define BENT_POINTS 7.0   /* how far a line may wander from its middle on bent paper */
#define TOUCH_POINTS 4.0
#define LONELY_SHARE 0.5  /* of a ruling: the rest is touched by characters */
#define MAX_LINES 3000

typedef struct {
    RuleLine line;
    int part; /* of its direction's mask */
} Found;

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

/* Parts of one direction's mask that may be rulings. Beside a ruling there is white; a column of characters whose strokes
 * happen to stand below one another has none. */
static void collect(GArray *lines, PIXA *parts, BOXA *boxes, PIX *alone, gboolean horizontal, double scale)
{
    for (l_int32 i = 0; i < boxaGetCount(boxes) && lines->len < MAX_LINES; i++) {
        l_int32 x, y, width, height, count = 0, lonely_count = 0;
        boxaGetBoxGeometry(boxes, i, &x, &y, &width, &height);
        int across = horizontal ? height : width, from = horizontal ? x : y, along = horizontal ? width : height;
        if (across >= BENT_POINTS * scale || along <= 2 * across)
            continue;
        PIX *part = pixaGetPix(parts, i, L_COPY);
        pixCountPixels(part, &count, NULL);
        pixRasterop(part, 0, 0, width, height, PIX_SRC & PIX_DST, alone, x, y);
        pixCountPixels(part, &lonely_count, NULL);
        pixDestroy(&part);
        double middle = (horizontal ? y : x) + across / 2.0;
        Found found = {{horizontal, (float)(middle / scale), (float)(from / scale), (float)((from + along) / scale)}, i};
        /* Print stands tight above and below long rulings; strokes in a row never make such long ones. */
        double share = along < LONG_POINTS * scale ? LONELY_SHARE : horizontal ? 0 : LONELY_SHARE / 2;
        if (lonely_count >= share * count)
            g_array_append_val(lines, found);
    }
}

static gboolean touches(const GArray *lines, const RuleLine *line, float end)
{
    for (guint i = 0; i < lines->len; i++) {
        const RuleLine *other = &g_array_index(lines, Found, i).line;
        if (other->horizontal != line->horizontal && other->to - other->from >= FRAME_POINTS &&
            fabsf(other->at - end) < TOUCH_POINTS && line->at > other->from - TOUCH_POINTS && line->at < other->to + TOUCH_POINTS)
            return TRUE;
    }
    return FALSE;
}

static gboolean bit(PIX *pix, int x, int y)
{
    return x >= 0 && y >= 0 && x < pixGetWidth(pix) && y < pixGetHeight(pix) &&
           GET_DATA_BIT(pixGetData(pix) + (gsize)y * (gsize)pixGetWpl(pix), x);
}

/* Makes PART, which stands at X, Y, white on PAGE with the blurred pixels beside it, unless ink goes on at both sides: a
 * stroke that crosses. */
static void erase(GrayPicture *page, PIX *ink, PIX *part, int x, int y, gboolean horizontal)
{
    int rows = horizontal ? pixGetWidth(part) : pixGetHeight(part), length = horizontal ? pixGetHeight(part) : pixGetWidth(part);
    int limit = horizontal ? page->height : page->width, shift = horizontal ? y : x, side = horizontal ? x : y;
    for (int i = 0; i < rows; i++)
        for (int at = 0; at < length; at++) {
            if (!bit(part, horizontal ? i : at, horizontal ? at : i))
                continue;
            int end = at;
            while (end < length && bit(part, horizontal ? i : end, horizontal ? end : i))
                end++;
            int low = at + shift - 2, high = end + shift + 1;
            gboolean crossed = bit(ink, horizontal ? i + side : low, horizontal ? low : i + side) &&
                               bit(ink, horizontal ? i + side : high, horizontal ? high : i + side);
            for (int k = MAX(low, 0); !crossed && k <= MIN(high, limit - 1); k++)
                page->gray[(gsize)(horizontal ? k : i + side) * (gsize)page->width + (gsize)(horizontal ? i + side : k)] = 255;
            at = end;
        }
}

/* The mask of one direction, in parts. */
typedef struct {
    PIXA *parts;
    BOXA *boxes;
} Mask;

/* INK's solid lines of at least LENGTH. */
static PIX *solid_lines(PIX *ink, gboolean horizontal, double length, double scale)
{
    PIX *solid = runs_of(ink, horizontal, (int)lround(GAP_POINTS * scale), (int)lround(length * scale));
    PIX *found = thin(solid, horizontal, MAX((int)lround(THICK_POINTS * scale), 3));
    pixDestroy(&solid);
    return found;
}

static void add_parts(Mask *mask, PIX *found)
{
    PIXA *parts = NULL;
    BOXA *boxes = pixConnComp(found, &parts, 8);
    if (boxes && parts) {
        boxaJoin(mask->boxes, boxes, 0, -1);
        pixaJoin(mask->parts, parts, 0, -1);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&parts);
}

static Mask look(PIX *ink, gboolean horizontal, double scale, GArray *all)
{
    Mask mask = {pixaCreate(0), boxaCreate(0)};
    PIX *alone = lonely(ink, horizontal, (int)lround(LONELY_POINTS * scale) | 1);
    /* Long lines first, and short ones from what they leave: strokes that lean on a line are no part of it. */
    PIX *lines = solid_lines(ink, horizontal, FRAME_POINTS, scale), *small = solid_lines(ink, horizontal, SHORT_POINTS, scale);
    PIX *wide = pixDilateBrick(NULL, lines, 3, 3);
    pixSubtract(small, small, wide);
    /* What a solid line would lend to a row of strokes beyond its end does not count as dashes. */
    PIX *dashes = pixSubtract(NULL, alone, wide);
    PIX *dashed = runs_of(dashes, horizontal, (int)lround(DASH_POINTS * scale), (int)lround(DASHED_POINTS * scale));
    PIX *beside = pixOr(NULL, alone, dashed);
    add_parts(&mask, lines);
    add_parts(&mask, small);
    add_parts(&mask, dashed);
    collect(all, mask.parts, mask.boxes, beside, horizontal, scale);
    PIX **made[] = {&alone, &lines, &small, &wide, &dashes, &dashed, &beside};
    for (guint i = 0; i < G_N_ELEMENTS(made); i++)
        pixDestroy(made[i]);
    return mask;
}

GArray *scan_take_lines(GrayPicture *page, double dpi)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Found));
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(RuleLine));
    PIX *ink = scan_ink(page, SCAN_INK);
    Mask masks[2];
    for (int horizontal = 0; horizontal < 2; horizontal++)
        masks[horizontal] = look(ink, horizontal, dpi / 72, all);
    for (guint i = 0; i < all->len; i++) {
        const Found *found = &g_array_index(all, Found, i);
        const RuleLine *line = &found->line;
        if (line->to - line->from < FRAME_POINTS && !(touches(all, line, line->from) && touches(all, line, line->to)))
            continue;
        g_array_append_val(lines, *line);
        l_int32 x, y;
        boxaGetBoxGeometry(masks[line->horizontal].boxes, found->part, &x, &y, NULL, NULL);
        PIX *part = pixaGetPix(masks[line->horizontal].parts, found->part, L_CLONE);
        erase(page, ink, part, x, y, line->horizontal);
        pixDestroy(&part);
    }
    for (int i = 0; i < 2; i++) {
        pixaDestroy(&masks[i].parts);
        boxaDestroy(&masks[i].boxes);
    }
    pixDestroy(&ink);
    return lines;
}
