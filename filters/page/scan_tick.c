#include <leptonica/allheaders.h>
#include <math.h>

#include "page/scan_part.h"

#define MIN_POINTS 5.0   /* side of the smallest tick box: of 7-point print */
#define MAX_POINTS 17.0
#define SIDE_COVERED 0.84 /* of each side that is ink */
#define AS_HIGH 0.74      /* of the print around it */
#define MANY 40           /* parts of ink that tell how high print is */
#define MARKED 0.07      /* of the inside that is ink: dust is less */
#define FILLED 0.85
#define MAX_TAIL 1.5     /* ink of a tick outside of its box, in sides of it */

/* One connected part of the page's ink. */
typedef struct {
    PIX *pix;
    int width, height;
    PIX *page; /* all ink: a tick need not touch its box */
    int x, y;  /* of the part on it */
} Part;

static gboolean ink_at(const Part *part, int x, int y)
{
    return GET_DATA_BIT(pixGetData(part->pix) + (gsize)y * (gsize)pixGetWpl(part->pix), x);
}

/* Share of the run FROM–TO along row (or column) AT that is ink there or beside it: a side may lean by a pixel. */
static double covered(const Part *part, gboolean row, int at, int from, int to)
{
    int count = 0, limit = row ? part->height : part->width;
    for (int i = from; i <= to; i++) {
        gboolean any = FALSE;
        for (int k = MAX(at - 1, 0); k <= MIN(at + 1, limit - 1) && !any; k++)
            any = row ? ink_at(part, i, k) : ink_at(part, k, i);
        count += any;
    }
    return to >= from ? (double)count / (to - from + 1) : 0;
}

/* The outermost row (or column) within the first 35 % from one end that looks like a side; -1 when none. */
static int side_from(const Part *part, gboolean row, gboolean last, int from, int to)
{
    int size = row ? part->height : part->width;
    for (int i = 0; i < size * 35 / 100; i++) {
        int at = last ? size - 1 - i : i, count = 0;
        for (int k = from; k <= to; k++)
            count += row ? ink_at(part, k, at) : ink_at(part, at, k);
        if (count > 0.55 * (to - from + 1))
            return at;
    }
    return -1;
}

static int stroke_width(const Part *part, const ScanTick *box)
{
    int middle = (box->y0 + box->y1) / 2, width = 0;
    for (int x = box->x0; x <= box->x1 && ink_at(part, x, middle); x++)
        width++;
    return width;
}

static double inside(const Part *part, const ScanTick *box, int inset)
{
    int count = 0, all = 0;
    for (int y = box->y0 + inset; y <= box->y1 - inset; y++)
        for (int x = box->x0 + inset; x <= box->x1 - inset; x++, all++)
            count += GET_DATA_BIT(pixGetData(part->page) + (gsize)(y + part->y) * (gsize)pixGetWpl(part->page), x + part->x);
    return all ? (double)count / all : 0;
}

/* Ink outside of BOX, in shares of a side. A tick's tail sticks out above and on the right; the legs of 口 and the rest of
 * a character like 理 do elsewhere: *RET_WRONG. */
static double outside(const Part *part, const ScanTick *box, double *ret_wrong)
{
    int count = 0, wrong = 0, side = box->x1 - box->x0 + 1;
    for (int y = 0; y < part->height; y++)
        for (int x = 0; x < part->width; x++) {
            if ((x >= box->x0 - 1 && x <= box->x1 + 1 && y >= box->y0 - 1 && y <= box->y1 + 1) || !ink_at(part, x, y))
                continue;
            count++;
            wrong += x < box->x0 - 1 || y > box->y1 + 1;
        }
    *ret_wrong = (double)wrong / side;
    return (double)count / side;
}

/* Ink in all four corners: the letter o has none there. */
static gboolean has_corners(const Part *part, const ScanTick *box)
{
    for (int i = 0; i < 4; i++) {
        gboolean any = FALSE;
        for (int k = 0; k < 4; k++) {
            int x = i & 1 ? box->x1 - (k & 1) : box->x0 + (k & 1), y = i & 2 ? box->y1 - (k >> 1) : box->y0 + (k >> 1);
            any = any || ink_at(part, x, y);
        }
        if (!any)
            return FALSE;
    }
    return TRUE;
}

/* The square that PART draws, in its own pixels. */
static gboolean find_square(const Part *part, ScanTick *box)
{
    /* The sides are found in two rounds: a tail that sticks out makes the first guess too large. */
    *box = (ScanTick){0, 0, part->width - 1, part->height - 1, FALSE};
    for (int round = 0; round < 2; round++) {
        int left = side_from(part, FALSE, FALSE, box->y0, box->y1), right = side_from(part, FALSE, TRUE, box->y0, box->y1);
        if (left < 0 || right <= left)
            return FALSE;
        box->x0 = left, box->x1 = right;
        int top = side_from(part, TRUE, FALSE, box->x0, box->x1), bottom = side_from(part, TRUE, TRUE, box->x0, box->x1);
        if (top < 0 || bottom <= top)
            return FALSE;
        box->y0 = top, box->y1 = bottom;
    }
    double width = box->x1 - box->x0 + 1, height = box->y1 - box->y0 + 1;
    return width / height > 0.86 && height / width > 0.86 && has_corners(part, box) &&
           covered(part, TRUE, box->y0, box->x0, box->x1) > SIDE_COVERED &&
           covered(part, TRUE, box->y1, box->x0, box->x1) > SIDE_COVERED &&
           covered(part, FALSE, box->x0, box->y0, box->y1) > SIDE_COVERED &&
           covered(part, FALSE, box->x1, box->y0, box->y1) > SIDE_COVERED;
}

/* Whether PART is a tick box. *RET_PLAIN: an empty one, which no character looks like; a marked one may be 国 or 回 unless
 * there are others of its size. */
static gboolean judge(const Part *part, double scale, ScanTick *box, gboolean *ret_plain)
{
    if (!find_square(part, box))
        return FALSE;
    int side = box->x1 - box->x0 + 1, stroke = stroke_width(part, box);
    if (side < MIN_POINTS * scale || side > MAX_POINTS * scale)
        return FALSE;
    double wrong, out = outside(part, box, &wrong);
    if (inside(part, box, 0) > FILLED) {
        box->checked = *ret_plain = TRUE;
        return out < 0.15;
    }
    double ink = inside(part, box, MIN(stroke, side / 5) + 2);
    box->checked = ink > MARKED;
    *ret_plain = !box->checked && out < 0.06;
    return stroke <= side / 4 && wrong < 0.06 && (*ret_plain || (box->checked && out < MAX_TAIL));
}

typedef struct {
    ScanTick box;
    gboolean plain;
} Candidate;

static int compare_int(const void *a, const void *b)
{
    int one = *(const int *)a, other = *(const int *)b;
    return (one > other) - (one < other);
}

/* The least side of a tick box beside print like BOXES: it is as high as a capital, and the letter o is not. */
static int least_side(BOXA *boxes, double scale)
{
    g_autoptr(GArray) heights = g_array_new(FALSE, FALSE, sizeof(int));
    for (l_int32 i = 0; boxes && i < boxaGetCount(boxes); i++) {
        int height = 0;
        boxaGetBoxGeometry(boxes, i, NULL, NULL, NULL, &height);
        if (height >= MIN_POINTS * scale && height <= 2 * MAX_POINTS * scale)
            g_array_append_val(heights, height);
    }
    g_array_sort(heights, compare_int);
    int usual = heights->len < MANY ? 0 : g_array_index(heights, int, heights->len * 7 / 10);
    return MAX((int)(AS_HIGH * usual), (int)(MIN_POINTS * scale));
}

static GArray *find_candidates(PIX *ink, double scale)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Candidate));
    PIXA *parts = NULL;
    BOXA *boxes = pixConnComp(ink, &parts, 8);
    int least = least_side(boxes, scale);
    for (l_int32 i = 0; boxes && i < boxaGetCount(boxes); i++) {
        l_int32 x, y, width, height;
        boxaGetBoxGeometry(boxes, i, &x, &y, &width, &height);
        double low = MIN_POINTS * scale, high = 1.6 * MAX_POINTS * scale;
        if (width < low || height < low || width > high || height > high || width > 2 * height || height > 2 * width)
            continue;
        PIX *pix = pixaGetPix(parts, i, L_CLONE);
        Part part = {pix, width, height, ink, x, y};
        Candidate candidate = {0};
        if (judge(&part, scale, &candidate.box, &candidate.plain) && candidate.box.x1 - candidate.box.x0 + 1 >= least) {
            candidate.box.x0 += x, candidate.box.x1 += x + 1, candidate.box.y0 += y, candidate.box.y1 += y + 1;
            g_array_append_val(found, candidate);
        }
        pixDestroy(&pix);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&parts);
    return found;
}

/* Whether a plain box of CANDIDATE's size stands on the page. */
static gboolean has_like(const GArray *candidates, const Candidate *candidate)
{
    int side = candidate->box.x1 - candidate->box.x0;
    for (guint i = 0; i < candidates->len; i++) {
        const Candidate *other = &g_array_index(candidates, Candidate, i);
        int its = other->box.x1 - other->box.x0;
        if (other != candidate && other->plain && ABS(its - side) * 6 <= its)
            return TRUE;
    }
    return FALSE;
}

static void erase(GrayPicture *page, const ScanTick *box)
{
    int margin = (box->x1 - box->x0) / 6 + 1;
    for (int y = MAX(box->y0 - margin, 0); y < MIN(box->y1 + margin, page->height); y++)
        for (int x = MAX(box->x0 - margin, 0); x < MIN(box->x1 + margin, page->width); x++)
            page->gray[(gsize)y * (gsize)page->width + (gsize)x] = 255;
}

/* Thin outlines are pale; where the print is dark enough a paler level would join a box to its neighbours. */
GArray *scan_take_ticks(GrayPicture *page, double dpi)
{
    static const int levels[] = {210, 160};
    GArray *ticks = g_array_new(FALSE, FALSE, sizeof(ScanTick));
    for (guint l = 0; l < G_N_ELEMENTS(levels); l++) {
        PIX *ink = scan_ink(page, levels[l]);
        g_autoptr(GArray) candidates = find_candidates(ink, dpi / 72);
        pixDestroy(&ink);
        for (guint i = 0; i < candidates->len; i++) {
            const Candidate *candidate = &g_array_index(candidates, Candidate, i);
            if (!candidate->plain && !has_like(candidates, candidate))
                continue;
            g_array_append_val(ticks, candidate->box);
            erase(page, &candidate->box);
        }
    }
    return ticks;
}
