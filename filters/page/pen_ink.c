/* pen_ink.c: how much is written in a part of a page. */
#include <math.h>
#include <string.h>

#include "page/pen_part.h"

#define DARK 185          /* darker pixels of a levelled page are ink */
#define REDDISH 215       /* Page.red below this: a stamp's ink; yellowish paper is above */
#define LEAST_EM 0.35f    /* of a stroke's longer side */
#define FLAT_EM 0.12f     /* lower ones over a long way are what is left of a ruling */
#define RULED 1.5f        /* points beside a ruling's middle that are its own */
#define GROWN 0.8f        /* points around a character that are its own */

/* A part of the page in pixels, 1 where there is ink. */
typedef struct {
    guint8 *ink;
    int x0, y0, width, height;
    double scale;
} Patch;

static void clear(Patch *patch, const PageBox *box, float grown)
{
    int x0 = (int)floor((double)(box->x0 - grown) * patch->scale) - patch->x0;
    int x1 = (int)ceil((double)(box->x1 + grown) * patch->scale) - patch->x0;
    int y0 = (int)floor((double)(box->y0 - grown) * patch->scale) - patch->y0;
    int y1 = (int)ceil((double)(box->y1 + grown) * patch->scale) - patch->y0;
    x0 = CLAMP(x0, 0, patch->width), x1 = CLAMP(x1, 0, patch->width);
    for (int y = MAX(y0, 0); y < MIN(y1, patch->height) && x1 > x0; y++)
        memset(patch->ink + (gsize)y * (gsize)patch->width + (gsize)x0, 0, (gsize)(x1 - x0));
}

static Patch cut(const GrayPicture *picture, double scale, const PageBox *zone, int level)
{
    int x0 = CLAMP((int)floor((double)zone->x0 * scale), 0, picture->width);
    int y0 = CLAMP((int)floor((double)zone->y0 * scale), 0, picture->height);
    int x1 = CLAMP((int)ceil((double)zone->x1 * scale), x0, picture->width);
    int y1 = CLAMP((int)ceil((double)zone->y1 * scale), y0, picture->height);
    Patch patch = {g_malloc0((gsize)(x1 - x0) * (gsize)(y1 - y0) + 1), x0, y0, x1 - x0, y1 - y0, scale};
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            patch.ink[(gsize)(y - y0) * (gsize)patch.width + (gsize)(x - x0)] =
                picture->gray[(gsize)y * (gsize)picture->width + (gsize)x] < level;
    return patch;
}

static void clear_rulings(Patch *patch, const GArray *lines)
{
    for (guint i = 0; i < lines->len; i++) {
        const RuleLine *line = &g_array_index(lines, RuleLine, i);
        PageBox box = line->horizontal ? (PageBox){line->from, line->at, line->to, line->at}
                                       : (PageBox){line->at, line->from, line->at, line->to};
        clear(patch, &box, RULED);
    }
}

/* The pixels connected with the one at AT, which are taken out; BOX grows around them. STACK holds all pixels. */
static guint take_stroke(Patch *patch, int at, int *stack, int box[4])
{
    guint count = 0, depth = 0;
    stack[depth++] = at;
    patch->ink[at] = 0;
    while (depth > 0) {
        int here = stack[--depth], x = here % patch->width, y = here / patch->width;
        count++;
        box[0] = MIN(box[0], x), box[1] = MIN(box[1], y), box[2] = MAX(box[2], x + 1), box[3] = MAX(box[3], y + 1);
        for (int j = MAX(y - 1, 0); j <= MIN(y + 1, patch->height - 1); j++)
            for (int i = MAX(x - 1, 0); i <= MIN(x + 1, patch->width - 1); i++)
                if (patch->ink[j * patch->width + i]) {
                    patch->ink[j * patch->width + i] = 0;
                    stack[depth++] = j * patch->width + i;
                }
    }
    return count;
}

double pen_strokes(const Page *page, const PageBox *zone, const GArray *masks, float em)
{
    Patch patch = cut(page->ink, page->ink_scale, zone, DARK);
    int size = patch.width * patch.height;
    g_autofree int *stack = g_new(int, size + 1);
    double least = (double)(LEAST_EM * em) * patch.scale, flat = (double)(FLAT_EM * em) * patch.scale, area = 0;
    clear_rulings(&patch, page->lines);
    for (guint i = 0; i < masks->len; i++)
        clear(&patch, &g_array_index(masks, PageBox, i), GROWN);
    for (int at = 0; at < size; at++) {
        int box[4] = {G_MAXINT, G_MAXINT, 0, 0};
        guint count = patch.ink[at] ? take_stroke(&patch, at, stack, box) : 0;
        if (count && MAX(box[2] - box[0], box[3] - box[1]) >= least && MIN(box[2] - box[0], box[3] - box[1]) >= flat)
            area += count;
    }
    g_free(patch.ink);
    return area / pow((double)em * patch.scale, 2);
}

double pen_red(const Page *page, const PageBox *zone, float em)
{
    if (!page->red)
        return 0;
    double scale = page->red->width / (double)page->width, area = 0;
    Patch patch = cut(page->red, scale, zone, REDDISH);
    for (int at = 0; at < patch.width * patch.height; at++)
        area += patch.ink[at];
    g_free(patch.ink);
    return area / pow((double)em * scale, 2);
}
