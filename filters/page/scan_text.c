/* scan_text.c: lines of print inside the cells of a form. Tesseract's own search for lines takes neighbouring cells for one
 * line and loses short ones; where the cells are known, lines are easy, and each is handed over by itself. */
#include <leptonica/allheaders.h>
#include <math.h>
#include <string.h>

#include "page/scan_part.h"

#define SMALLEST_POINTS 5.0 /* characters */
#define LARGEST_POINTS 40.0
#define USUAL_POINTS 10.5   /* where nothing can be measured */
#define NEAR_LINE 0.45f     /* of a character's height: how far its middle lies from its line's */
#define APART_EM 2.2f       /* a wider gap parts two pieces of a line */
#define MAX_PARTS 60000     /* of a page: more is a half-tone picture or noise */
#define MAX_LINES 2000

typedef struct {
    int x0, y0, x1, y1;
    int region; /* of the page: a cell, or outside of all */
    int line;   /* -1 none */
} Part;

/* A line while characters are added to it. */
typedef struct {
    int region;
    float middle, height; /* of its latest characters */
    guint count;
    double bend[3];       /* its middle's height at x: bend[0] + bend[1] x + bend[2] x² */
    int x0, x1;
    float em;
} Trail;

static int compare_int(const void *a, const void *b)
{
    int one = *(const int *)a, other = *(const int *)b;
    return (one > other) - (one < other);
}

static int compare_left(const void *a, const void *b)
{
    const Part *one = a, *other = b;
    return one->x0 != other->x0 ? (one->x0 > other->x0) - (one->x0 < other->x0) : (one->y0 > other->y0) - (one->y0 < other->y0);
}

/* The ink of PAGE in connected parts, from left to right, without dust and without what is too large for print. */
static GArray *find_parts(const GrayPicture *page, double scale)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(Part));
    PIX *ink = scan_ink(page, SCAN_INK);
    BOXA *boxes = pixConnCompBB(ink, 8);
    int largest = (int)(LARGEST_POINTS * scale), dust = MAX((int)(0.7 * scale), 1);
    for (l_int32 i = 0; boxes && i < boxaGetCount(boxes) && parts->len < MAX_PARTS; i++) {
        l_int32 x, y, width, height;
        boxaGetBoxGeometry(boxes, i, &x, &y, &width, &height);
        Part part = {x, y, x + width, y + height, 0, -1};
        if (height <= largest && width <= 3 * largest && MAX(width, height) > dust)
            g_array_append_val(parts, part);
    }
    boxaDestroy(&boxes);
    pixDestroy(&ink);
    g_array_sort(parts, compare_left);
    return parts;
}

/* The height most of the larger parts have: that of a Chinese character. */
static float usual_height(const GArray *parts, double scale)
{
    g_autoptr(GArray) heights = g_array_new(FALSE, FALSE, sizeof(int));
    for (guint i = 0; i < parts->len; i++) {
        const Part *part = &g_array_index(parts, Part, i);
        int height = part->y1 - part->y0;
        if (height >= SMALLEST_POINTS * scale)
            g_array_append_val(heights, height);
    }
    if (heights->len < 8)
        return (float)(USUAL_POINTS * scale);
    g_array_sort(heights, compare_int);
    return (float)g_array_index(heights, int, heights->len * 7 / 10);
}

/* The cell of the smallest table around a point, numbered; -1 outside of all. */
static int region_at(const GPtrArray *grids, float x, float y)
{
    int found = -1;
    float smallest = G_MAXFLOAT;
    for (guint i = 0; i < grids->len; i++) {
        const Grid *grid = grids->pdata[i];
        float area = (grid->box.x1 - grid->box.x0) * (grid->box.y1 - grid->box.y0);
        const GridCell *cell = area < smallest ? grid_cell_at(grid, x, y) : NULL;
        if (!cell)
            continue;
        smallest = area;
        found = (int)(i * 100000 + (guint)(cell - (const GridCell *)(gpointer)grid->cells->data));
    }
    return found;
}

/* The line of REGION that runs nearest to PART; -1 when none runs near enough. */
static int nearest_line(const GArray *trails, const Part *part, float reach)
{
    int found = -1;
    float middle = (float)(part->y0 + part->y1) / 2, height = (float)(part->y1 - part->y0), best = G_MAXFLOAT;
    for (guint i = 0; i < trails->len; i++) {
        const Trail *trail = &g_array_index(trails, Trail, i);
        float away = fabsf(trail->middle - middle);
        if (trail->region == part->region && away < best && away < reach * MAX(height, trail->height)) {
            best = away;
            found = (int)i;
        }
    }
    return found;
}

/* From left to right each character of full height goes on with the line it stands on, or begins one. */
static void trace_lines(GArray *parts, GArray *trails, float usual)
{
    for (guint i = 0; i < parts->len; i++) {
        Part *part = &g_array_index(parts, Part, i);
        float height = (float)(part->y1 - part->y0), middle = (float)(part->y0 + part->y1) / 2;
        if (part->line >= 0 || height < 0.62f * usual || part->x1 - part->x0 > 4 * height)
            continue;
        part->line = nearest_line(trails, part, NEAR_LINE);
        if (part->line < 0 && trails->len < MAX_LINES) {
            Trail fresh = {.region = part->region, .middle = middle, .height = height};
            g_array_append_val(trails, fresh);
            part->line = (int)trails->len - 1;
        }
        if (part->line < 0)
            continue;
        Trail *trail = &g_array_index(trails, Trail, part->line);
        float weight = trail->count++ ? 0.25f : 1;
        trail->middle += weight * (middle - trail->middle);
        trail->height += weight * (height - trail->height);
    }
}


static double middle_at(const Trail *trail, double x)
{
    double t = CLAMP(x, trail->x0, trail->x1);
    return trail->bend[0] + trail->bend[1] * t + trail->bend[2] * t * t;
}

/* Solves the three normal equations M b = V of a parabola. FALSE when they are nearly dependent. */
static gboolean solve(double m[3][4])
{
    for (int i = 0; i < 3; i++) {
        int best = i;
        for (int k = i + 1; k < 3; k++)
            best = fabs(m[k][i]) > fabs(m[best][i]) ? k : best;
        if (fabs(m[best][i]) < 1e-9)
            return FALSE;
        for (int c = 0; c < 4; c++) {
            double kept = m[i][c];
            m[i][c] = m[best][c], m[best][c] = kept;
        }
        for (int k = 0; k < 3; k++) {
            double times = k == i ? 0 : m[k][i] / m[i][i];
            for (int c = i; c < 4; c++)
                m[k][c] -= times * m[i][c];
        }
    }
    return TRUE;
}

/* Lays a parabola through the middles of MEMBERS: paper bends. Few characters tell only the height. */
static void fit(Trail *trail, const GPtrArray *members)
{
    double m[3][4] = {{0}}, sum = 0, weights = 0, width = MAX(trail->x1 - trail->x0, 1);
    for (guint i = 0; i < members->len; i++) {
        const Part *part = members->pdata[i];
        double x = ((part->x0 + part->x1) / 2.0 - trail->x0) / width, y = (part->y0 + part->y1) / 2.0;
        double weight = part->y1 - part->y0, powers[3] = {1, x, x * x};
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++)
                m[row][column] += weight * powers[row] * powers[column];
            m[row][3] += weight * powers[row] * y;
        }
        sum += weight * y;
        weights += weight;
    }
    memset(trail->bend, 0, sizeof trail->bend);
    trail->bend[0] = weights > 0 ? sum / weights : trail->middle;
    if (members->len < 14 || !solve(m))
        return;
    double a = m[0][3] / m[0][0], b = m[1][3] / m[1][1] / width, c = m[2][3] / m[2][2] / width / width, x0 = trail->x0;
    trail->bend[0] = a - b * x0 + c * x0 * x0;
    trail->bend[1] = b - 2 * c * x0;
    trail->bend[2] = c;
}

/* Measures every line by the characters it has so far. */
static void settle(GArray *parts, GArray *trails)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < trails->len; i++)
        g_ptr_array_add(all, g_ptr_array_new());
    for (guint i = 0; i < parts->len; i++) {
        Part *part = &g_array_index(parts, Part, i);
        if (part->line >= 0)
            g_ptr_array_add(all->pdata[part->line], part);
    }
    for (guint i = 0; i < trails->len; i++) {
        Trail *trail = &g_array_index(trails, Trail, i);
        const GPtrArray *members = all->pdata[i];
        g_autoptr(GArray) heights = g_array_new(FALSE, FALSE, sizeof(int));
        trail->count = members->len;
        trail->x0 = G_MAXINT, trail->x1 = 0;
        for (guint k = 0; k < members->len; k++) {
            const Part *part = members->pdata[k];
            int height = part->y1 - part->y0;
            trail->x0 = MIN(trail->x0, part->x0), trail->x1 = MAX(trail->x1, part->x1);
            if (height > trail->height / 2)
                g_array_append_val(heights, height);
        }
        g_array_sort(heights, compare_int);
        trail->em = heights->len ? 1.08f * (float)g_array_index(heights, int, heights->len * 3 / 4) : trail->height;
        fit(trail, members);
    }
}

/* Two lines that run in one: begun by the upper and the lower half of a character. The shorter one ends. */
static void merge_lines(GArray *parts, GArray *trails)
{
    g_autofree int *into = g_new(int, trails->len + 1);
    for (guint i = 0; i < trails->len; i++) {
        const Trail *one = &g_array_index(trails, Trail, i);
        into[i] = (int)i;
        for (guint k = 0; k < trails->len; k++) {
            const Trail *other = &g_array_index(trails, Trail, k);
            gboolean less = one->count < other->count || (one->count == other->count && k < i);
            double x = CLAMP((one->x0 + one->x1) / 2.0, other->x0, other->x1);
            if (k != i && less && one->region == other->region && other->x0 < one->x1 && one->x0 < other->x1 &&
                fabs(middle_at(one, x) - middle_at(other, x)) < 0.5 * other->em)
                into[i] = (int)k;
        }
    }
    for (guint i = 0; i < parts->len; i++) {
        Part *part = &g_array_index(parts, Part, i);
        while (part->line >= 0 && into[part->line] != part->line)
            part->line = into[part->line]; /* ends: each step leads to a longer line, or a later one as long */
    }
}

/* Marks, dots and flat strokes go to the line they lie in. */
static void attach_rest(GArray *parts, const GArray *trails)
{
    for (guint i = 0; i < parts->len; i++) {
        Part *part = &g_array_index(parts, Part, i);
        double middle = (part->y0 + part->y1) / 2.0, x = (part->x0 + part->x1) / 2.0, best = 0.75;
        for (guint k = 0; part->line < 0 && k < trails->len; k++) {
            const Trail *trail = &g_array_index(trails, Trail, k);
            double away = fabs(middle_at(trail, x) - middle) / MAX(trail->em, 1);
            if (trail->region != part->region || trail->count == 0 || away >= best || x < trail->x0 - 2 * trail->em ||
                x > trail->x1 + 2 * trail->em)
                continue;
            best = away;
            part->line = -2 - (int)k; /* the nearest so far */
        }
        if (part->line < -1)
            part->line = -2 - part->line;
    }
}

static void free_strip(ScanStrip *strip)
{
    gray_free(strip->picture);
    g_free(strip);
}

/* The pieces FROM–TO of one line, each part moved to the middle of a white strip. */
static ScanStrip *cut_strip(const GrayPicture *page, const Trail *trail, const GPtrArray *members, guint from, guint to)
{
    ScanStrip *strip = g_new0(ScanStrip, 1);
    int pad = (int)(trail->em / 2), left = G_MAXINT, right = 0, half = (int)(0.85 * trail->em) + 2;
    for (guint i = from; i < to; i++) {
        const Part *part = members->pdata[i];
        left = MIN(left, part->x0), right = MAX(right, part->x1);
    }
    strip->x = left - pad;
    strip->em = trail->em;
    memcpy(strip->bend, trail->bend, sizeof strip->bend);
    strip->picture = gray_new(right - left + 2 * pad, 2 * half);
    for (guint i = from; i < to; i++) {
        const Part *part = members->pdata[i];
        int shift = half - (int)lround(middle_at(trail, (part->x0 + part->x1) / 2.0));
        for (int y = MAX(part->y0 - 1, 0); y < MIN(part->y1 + 1, page->height); y++) {
            if (y + shift < 0 || y + shift >= strip->picture->height)
                continue;
            guint8 *to_row = strip->picture->gray + (gsize)(y + shift) * (gsize)strip->picture->width;
            for (int x = MAX(part->x0 - 1, 0); x < MIN(part->x1 + 1, page->width); x++)
                if (x >= strip->x && x < strip->x + strip->picture->width)
                    to_row[x - strip->x] = MIN(to_row[x - strip->x], page->gray[(gsize)y * (gsize)page->width + (gsize)x]);
        }
    }
    return strip;
}

static void cut_line(const GrayPicture *page, const Trail *trail, const GPtrArray *members, GPtrArray *strips)
{
    guint from = 0;
    int right = 0;
    for (guint i = 0; i <= members->len; i++) {
        const Part *part = i < members->len ? members->pdata[i] : NULL;
        if (i > from && (!part || part->x0 - right > APART_EM * trail->em)) {
            g_ptr_array_add(strips, cut_strip(page, trail, members, from, i));
            from = i;
        }
        right = part ? MAX(i == from ? 0 : right, part->x1) : right;
    }
}

GPtrArray *scan_cut_lines(const GrayPicture *page, const GPtrArray *grids, double dpi)
{
    double scale = dpi / 72;
    GPtrArray *strips = g_ptr_array_new_with_free_func((GDestroyNotify)free_strip);
    g_autoptr(GArray) parts = find_parts(page, scale), trails = g_array_new(FALSE, FALSE, sizeof(Trail));
    float usual = usual_height(parts, scale);
    for (guint i = 0; i < parts->len; i++) {
        Part *part = &g_array_index(parts, Part, i);
        part->region = region_at(grids, (float)((part->x0 + part->x1) / 2.0 / scale), (float)((part->y0 + part->y1) / 2.0 / scale));
    }
    for (int round = 0; round < 2; round++) {
        trace_lines(parts, trails, round ? 0.6f * usual : usual);
        settle(parts, trails);
        merge_lines(parts, trails);
        settle(parts, trails);
        attach_rest(parts, trails);
    }
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < trails->len; i++)
        g_ptr_array_add(all, g_ptr_array_new());
    for (guint i = 0; i < parts->len; i++) {
        Part *part = &g_array_index(parts, Part, i);
        if (part->line >= 0)
            g_ptr_array_add(all->pdata[part->line], part);
    }
    for (guint i = 0; i < trails->len; i++)
        cut_line(page, &g_array_index(trails, Trail, i), all->pdata[i], strips);
    return strips;
}
