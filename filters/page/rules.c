#include <math.h>

#include "page/rules.h"

#define STRAIGHT 0.6 /* points off the axis over the whole stroke */
#define THICK 6.0f   /* points: more is a filled box */
#define NEAR 1.0f    /* points: strokes this near to one another are one line drawn twice */
#define GAP 2.0f     /* points: corners and dashes leave such gaps */
#define SHORT 8.0f   /* points: no row or column is smaller */
#define MOST 2000    /* lines of one page: beyond that it is a drawing */

void rules_add_stroke(GArray *lines, double x0, double y0, double x1, double y1)
{
    double width = fabs(x1 - x0), height = fabs(y1 - y0);
    RuleLine line = {.horizontal = height <= STRAIGHT && width > height};
    if ((!line.horizontal && width > STRAIGHT) || lines->len >= RULES_STROKES)
        return;
    line.at = (float)(line.horizontal ? (y0 + y1) / 2 : (x0 + x1) / 2);
    line.from = (float)(line.horizontal ? MIN(x0, x1) : MIN(y0, y1));
    line.to = (float)(line.horizontal ? MAX(x0, x1) : MAX(y0, y1));
    g_array_append_val(lines, line);
}

void rules_add_fill(GArray *lines, const PageBox *box)
{
    float width = box->x1 - box->x0, height = box->y1 - box->y0, x = (box->x0 + box->x1) / 2, y = (box->y0 + box->y1) / 2;
    if (MIN(width, height) > THICK || MAX(width, height) < 2 * MIN(width, height))
        return;
    if (width > height)
        rules_add_stroke(lines, box->x0, y, box->x1, y);
    else
        rules_add_stroke(lines, x, box->y0, x, box->y1);
}

static gint compare_place(gconstpointer a, gconstpointer b)
{
    const RuleLine *one = a, *other = b;
    if (one->horizontal != other->horizontal)
        return one->horizontal - other->horizontal;
    return (one->at > other->at) - (one->at < other->at);
}

static gint compare_from(gconstpointer a, gconstpointer b)
{
    const RuleLine *one = a, *other = b;
    return (one->from > other->from) - (one->from < other->from);
}

/* The COUNT strokes at one height, joined, to OUT. */
static void join(RuleLine *strokes, guint count, GArray *out)
{
    qsort(strokes, count, sizeof *strokes, compare_from);
    for (guint i = 0; i < count;) {
        RuleLine line = strokes[i++];
        for (; i < count && strokes[i].from <= line.to + GAP; i++)
            line.to = MAX(line.to, strokes[i].to);
        if (line.to - line.from >= SHORT)
            g_array_append_val(out, line);
    }
}

void rules_settle(GArray *lines)
{
    g_autoptr(GArray) joined = g_array_new(FALSE, FALSE, sizeof(RuleLine));
    g_array_sort(lines, compare_place);
    for (guint i = 0; i < lines->len;) {
        RuleLine *first = &g_array_index(lines, RuleLine, i);
        guint count = 1;
        while (i + count < lines->len && first[count].horizontal == first->horizontal && first[count].at - first->at <= NEAR)
            count++;
        join(first, count, joined);
        i += count;
    }
    g_array_set_size(lines, 0);
    if (joined->len > 0 && joined->len <= MOST)
        g_array_append_vals(lines, joined->data, joined->len);
}
