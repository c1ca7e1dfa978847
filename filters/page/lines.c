#include <math.h>
#include <string.h>

#include "page/lines.h"

#define MIN_POINTS 11.0 /* shorter runs are strokes of characters */
#define CONTRAST 24     /* a line is this much darker than both its sides: light gray table lines count, shading not */
#define SOLID 90        /* thick lines have no lighter pixel near: so dark is a line by itself */
#define REACH_POINTS 2.5 /* how far away "both its sides" are looked at */
#define MAX_THICK 6.0   /* points; more is a filled box */

/* A line while it is collected: runs of neighbouring rows (or columns) that overlap. */
typedef struct {
    int first, last; /* rows, of a horizontal line */
    int from, to;
} Run;

typedef struct {
    GArray *open, *done;
    int min_length, max_thick;
} Collect;

static void collect_run(Collect *collect, int at, int from, int to)
{
    if (to - from < collect->min_length)
        return;
    for (guint i = 0; i < collect->open->len; i++) {
        Run *run = &g_array_index(collect->open, Run, i);
        if (at - run->last <= 1 && from <= run->to && to >= run->from) {
            run->last = at;
            run->from = MIN(run->from, from);
            run->to = MAX(run->to, to);
            return;
        }
    }
    Run fresh = {at, at, from, to};
    g_array_append_val(collect->open, fresh);
}

/* Takes the lines that the row before AT did not continue. */
static void collect_settle(Collect *collect, int at)
{
    for (guint i = 0; i < collect->open->len;) {
        Run run = g_array_index(collect->open, Run, i);
        if (at - run.last <= 1) {
            i++;
            continue;
        }
        if (run.last - run.first < collect->max_thick)
            g_array_append_val(collect->done, run);
        g_array_remove_index_fast(collect->open, i);
    }
}

/* MASK[i] = whether ROW[i] belongs to a line whose sides are BEFORE and AFTER. Kept simple for the vectoriser. */
static void mark(const guint8 *row, const guint8 *before, const guint8 *after, guint8 *mask, int count)
{
    for (int i = 0; i < count; i++) {
        int side = before[i] < after[i] ? before[i] : after[i];
        mask[i] = (row[i] + CONTRAST <= side) | (row[i] < SOLID);
    }
}

/* Collects the horizontal runs of PIXELS. */
static void scan(const guint8 *pixels, int width, int height, int stride, int reach, Collect *collect)
{
    g_autofree guint8 *mask = g_malloc((gsize)width + 8);
    memset(mask + width, 0, 8);
    for (int y = 0; y < height; y++) {
        const guint8 *before = pixels + (gsize)MAX(y - reach, 0) * (gsize)stride;
        const guint8 *after = pixels + (gsize)MIN(y + reach, height - 1) * (gsize)stride;
        mark(pixels + (gsize)y * (gsize)stride, before, after, mask, width);
        int x = 0;
        while (x < width) {
            const guint8 *next = memchr(mask + x, 1, (gsize)(width - x));
            if (!next)
                break;
            int from = (int)(next - mask);
            x = from;
            /* A gap of two pixels is noise of scaling, not the end of a line. */
            while (x < width && (mask[x] || mask[x + 1] || mask[x + 2]))
                x++;
            collect_run(collect, y, from, x);
        }
        collect_settle(collect, y);
    }
    collect_settle(collect, height + 2);
}

static guint8 *transpose(const guint8 *gray, int width, int height, int stride)
{
    enum { TILE = 32 };
    guint8 *turned = g_malloc((gsize)width * (gsize)height + 1);
    for (int y0 = 0; y0 < height; y0 += TILE)
        for (int x0 = 0; x0 < width; x0 += TILE)
            for (int y = y0; y < MIN(y0 + TILE, height); y++)
                for (int x = x0; x < MIN(x0 + TILE, width); x++)
                    turned[(gsize)x * (gsize)height + (gsize)y] = gray[(gsize)y * (gsize)stride + (gsize)x];
    return turned;
}

static void take(GArray *lines, const GArray *runs, gboolean horizontal, double scale)
{
    for (guint i = 0; i < runs->len; i++) {
        const Run *run = &g_array_index(runs, Run, i);
        RuleLine line = {horizontal, (float)((run->first + run->last + 1) / 2.0 / scale), (float)(run->from / scale),
                         (float)(run->to / scale)};
        g_array_append_val(lines, line);
    }
}

GArray *lines_find(const guint8 *gray, int width, int height, int stride, double scale)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(RuleLine));
    g_autofree guint8 *turned = transpose(gray, width, height, stride);
    int reach = MAX((int)lround(REACH_POINTS * scale), 2);
    for (int horizontal = 1; horizontal >= 0; horizontal--) {
        g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(Run));
        g_autoptr(GArray) done = g_array_new(FALSE, FALSE, sizeof(Run));
        Collect collect = {open, done, (int)(MIN_POINTS * scale), (int)ceil(MAX_THICK * scale)};
        if (horizontal)
            scan(gray, width, height, stride, reach, &collect);
        else
            scan(turned, height, width, height, reach, &collect);
        take(lines, done, horizontal, scale);
    }
    return lines;
}
