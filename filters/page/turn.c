#include <math.h>

#include "base/text.h"
#include "page/turn.h"

#define NEAR 1.5f    /* of a glyph's longer side: what is further away is not the next character of a word */
#define FEWEST 12    /* steps: a label of four characters down a table's side is no page */
#define MOST 0.6f    /* of all steps in one direction */

typedef enum { RIGHT, DOWN, LEFT, UP, DIRECTIONS } Direction;

/* Where text goes from ONE to NEXT; DIRECTIONS when nobody can say. */
static Direction step(const PageGlyph *one, const PageGlyph *next)
{
    const PageBox *a = &one->box, *b = &next->box;
    float dx = (b->x0 + b->x1 - a->x0 - a->x1) / 2, dy = (b->y0 + b->y1 - a->y0 - a->y1) / 2;
    float side = MAX(MAX(a->x1 - a->x0, a->y1 - a->y0), 1);
    if (one->control >= 0 || next->control >= 0 || MAX(fabsf(dx), fabsf(dy)) > NEAR * side)
        return DIRECTIONS;
    if (text_is_rtl(one->c) && text_is_rtl(next->c))
        dx = -dx;
    if (fabsf(dx) > 2 * fabsf(dy))
        return dx > 0 ? RIGHT : LEFT;
    return fabsf(dy) > 2 * fabsf(dx) ? (dy > 0 ? DOWN : UP) : DIRECTIONS;
}

static Direction usual_direction(const Page *page)
{
    guint steps[DIRECTIONS + 1] = {0}, all = 0;
    for (guint i = 0; i + 1 < page->glyphs->len; i++)
        steps[step(&g_array_index(page->glyphs, PageGlyph, i), &g_array_index(page->glyphs, PageGlyph, i + 1))]++;
    for (Direction way = RIGHT; way < DIRECTIONS; way++)
        all += steps[way];
    for (Direction way = DOWN; way < DIRECTIONS; way++)
        if (steps[way] >= FEWEST && (float)steps[way] > MOST * (float)all)
            return way;
    return RIGHT;
}

static void turn_point(Direction way, float width, float height, float *x, float *y)
{
    float x0 = *x, y0 = *y;
    *x = way == DOWN ? y0 : way == UP ? height - y0 : width - x0;
    *y = way == DOWN ? width - x0 : way == UP ? x0 : height - y0;
}

static PageBox turn_box(Direction way, float width, float height, PageBox box)
{
    turn_point(way, width, height, &box.x0, &box.y0);
    turn_point(way, width, height, &box.x1, &box.y1);
    return (PageBox){MIN(box.x0, box.x1), MIN(box.y0, box.y1), MAX(box.x0, box.x1), MAX(box.y0, box.y1)};
}

/* From points on the turned page to shares of the page as it was. */
static PlaneMap lead_back(Direction way, double width, double height)
{
    switch (way) {
    case DOWN: return (PlaneMap){{0, -1 / width, 1, 1 / height, 0, 0, 0, 0, 1}};
    case UP: return (PlaneMap){{0, 1 / width, 0, -1 / height, 0, 1, 0, 0, 1}};
    default: return (PlaneMap){{-1 / width, 0, 1, 0, -1 / height, 1, 0, 0, 1}};
    }
}

void turn_upright(Page *page)
{
    Direction way = page->mapped ? RIGHT : usual_direction(page);
    float width = page->width, height = page->height;
    if (way == RIGHT)
        return;
    for (guint i = 0; i < page->glyphs->len; i++) {
        PageGlyph *glyph = &g_array_index(page->glyphs, PageGlyph, i);
        glyph->box = turn_box(way, width, height, glyph->box);
    }
    for (guint i = 0; i < page->lines->len; i++) {
        RuleLine *line = &g_array_index(page->lines, RuleLine, i);
        PageBox box = line->horizontal ? (PageBox){line->from, line->at, line->to, line->at}
                                       : (PageBox){line->at, line->from, line->at, line->to};
        box = turn_box(way, width, height, box);
        line->horizontal = way == LEFT ? line->horizontal : !line->horizontal;
        *line = line->horizontal ? (RuleLine){TRUE, box.y0, box.x0, box.x1} : (RuleLine){FALSE, box.x0, box.y0, box.y1};
    }
    g_clear_pointer(&page->ink, gray_free);
    g_clear_pointer(&page->red, gray_free);
    page->mapped = TRUE;
    page->back = lead_back(way, (double)width, (double)height);
    page->width = way == LEFT ? width : height;
    page->height = way == LEFT ? height : width;
}
