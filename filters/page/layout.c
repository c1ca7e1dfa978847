#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "page/flow.h"
#include "page/layout.h"
#include "page/pen.h"

#define SAME_COLUMN 3.0f  /* points: a table that runs on keeps its columns this exactly */
#define FOOTER_FROM 0.88f /* of the page's height: short lines below are page numbers */
#define FOOTER_CHARS 24
#define FRAME 2.5f         /* points: a form field's frame lies this near to it */
#define HEADING_RATIO 1.2f /* of the page's usual character size */

struct Layout {
    Xhtml *out;
    GArray *columns; /* of the table left open at the page's end, else NULL */
    guint signings;  /* places to sign so far */
};

/* One page while it is written. */
typedef struct {
    Layout *layout;
    const Page *page;
    GPtrArray *grids;  /* Grid * */
    GHashTable *held;  /* GridCell * -> GPtrArray of const PageGlyph * */
    GHashTable *nested; /* GridCell * -> GPtrArray of const Grid * */
    float em;          /* usual character size of the page */
} Work;

/* What stands in a region, by height: a paragraph or a table. */
typedef struct {
    float y;
    const FlowBlock *block;
    const Grid *grid;
} Item;

void page_control_free(PageControl *control)
{
    if (!control)
        return;
    g_free(control->name);
    g_free(control->text);
    g_free(control);
}

Page *page_new(int number, float width, float height)
{
    Page *page = g_new0(Page, 1);
    page->number = number;
    page->width = MAX(width, 1);
    page->height = MAX(height, 1);
    page->glyphs = g_array_new(FALSE, FALSE, sizeof(PageGlyph));
    page->controls = g_ptr_array_new_with_free_func((GDestroyNotify)page_control_free);
    page->lines = g_array_new(FALSE, FALSE, sizeof(RuleLine));
    return page;
}

void page_free(Page *page)
{
    if (!page)
        return;
    g_array_unref(page->glyphs);
    g_ptr_array_unref(page->controls);
    g_array_unref(page->lines);
    g_clear_pointer(&page->ink, gray_free);
    g_clear_pointer(&page->red, gray_free);
    g_free(page);
}

void page_shares(const Page *page, const PageBox *box, double shares[4])
{
    if (!page->mapped) {
        shares[0] = box->x0 / page->width, shares[1] = box->y0 / page->height;
        shares[2] = box->x1 / page->width, shares[3] = box->y1 / page->height;
        return;
    }
    double x0 = 1, y0 = 1, x1 = 0, y1 = 0;
    for (int i = 0; i < 4; i++) {
        PlanePoint corner = plane_point(&page->back, i & 1 ? box->x1 : box->x0, i & 2 ? box->y1 : box->y0);
        x0 = MIN(x0, corner.x), y0 = MIN(y0, corner.y), x1 = MAX(x1, corner.x), y1 = MAX(y1, corner.y);
    }
    shares[0] = CLAMP(x0, 0, 1), shares[1] = CLAMP(y0, 0, 1), shares[2] = CLAMP(x1, 0, 1), shares[3] = CLAMP(y1, 0, 1);
}

void page_write_box(Xhtml *out, const Page *page, const PageBox *box)
{
    double shares[4];
    page_shares(page, box, shares);
    xhtml_box(out, page->number, shares[0], shares[1], shares[2], shares[3]);
}

Layout *layout_new(Xhtml *out)
{
    Layout *layout = g_new0(Layout, 1);
    layout->out = out;
    return layout;
}

static void close_table(Layout *layout)
{
    if (!layout->columns)
        return;
    xhtml_close(layout->out, "table");
    g_array_unref(layout->columns);
    layout->columns = NULL;
}

void layout_free(Layout *layout)
{
    if (!layout)
        return;
    close_table(layout);
    g_free(layout);
}

/* ---- what belongs where ---- */

static float area(const Grid *grid)
{
    return (grid->box.x1 - grid->box.x0) * (grid->box.y1 - grid->box.y0);
}

/* The cell of the smallest table around the point, other than EXCEPT's own. */
static const GridCell *innermost(const GPtrArray *grids, const Grid *except, float x, float y)
{
    const GridCell *found = NULL;
    float smallest = G_MAXFLOAT;
    for (guint i = 0; i < grids->len; i++) {
        const Grid *grid = grids->pdata[i];
        if (grid == except || area(grid) >= smallest || (except && area(grid) <= area(except)))
            continue;
        const GridCell *cell = grid_cell_at(grid, x, y);
        if (cell) {
            found = cell;
            smallest = area(grid);
        }
    }
    return found;
}

static void hold(GHashTable *table, const GridCell *cell, gconstpointer thing)
{
    GPtrArray *things = g_hash_table_lookup(table, cell);
    if (!things) {
        things = g_ptr_array_new();
        g_hash_table_insert(table, (gpointer)cell, things);
    }
    g_ptr_array_add(things, (gpointer)thing);
}

static gint compare_item(gconstpointer a, gconstpointer b)
{
    const Item *one = a, *other = b;
    return (one->y > other->y) - (one->y < other->y);
}

static GArray *make_items(const GPtrArray *blocks, const GPtrArray *grids)
{
    GArray *items = g_array_new(FALSE, FALSE, sizeof(Item));
    for (guint i = 0; i < blocks->len; i++) {
        const FlowBlock *block = blocks->pdata[i];
        Item item = {.y = (block->box.y0 + block->box.y1) / 2, .block = block};
        g_array_append_val(items, item);
    }
    for (guint i = 0; grids && i < grids->len; i++) {
        const Grid *grid = grids->pdata[i];
        Item item = {.y = grid->box.y0, .grid = grid};
        g_array_append_val(items, item);
    }
    g_array_sort(items, compare_item);
    return items;
}

/* ---- tables ---- */

static void write_table(Work *work, const Grid *grid);

static void write_span(Xhtml *out, const char *name, int span)
{
    char value[16];
    g_snprintf(value, sizeof value, "%d", span);
    if (span > 1)
        xhtml_attr(out, name, value);
}

static void look_for_pens(Work *work, const Grid *grid, const GridCell *cell, const GPtrArray *blocks)
{
    PenRegion region = {work->page, grid, cell, work->held, blocks};
    work->layout->signings += pen_look(work->layout->out, &region, LIMIT_SIGNATURES - work->layout->signings);
}

static void write_cell(Work *work, const Grid *grid, const GridCell *cell)
{
    Xhtml *out = work->layout->out;
    const Page *page = work->page;
    xhtml_open(out, "td");
    write_span(out, "colspan", cell->colspan);
    write_span(out, "rowspan", cell->rowspan);
    page_write_box(out, page, &cell->box);
    const GPtrArray *glyphs = g_hash_table_lookup(work->held, cell);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GPtrArray) blocks = flow_blocks(glyphs ? glyphs : none, &cell->box, page->width);
    g_autoptr(GArray) items = make_items(blocks, g_hash_table_lookup(work->nested, cell));
    look_for_pens(work, grid, cell, blocks);
    for (guint i = 0; i < items->len; i++) {
        const Item *item = &g_array_index(items, Item, i);
        if (item->block) {
            flow_write(out, page, item->block, "p", NULL);
        } else {
            xhtml_open(out, "table");
            write_table(work, item->grid);
            xhtml_close(out, "table");
        }
    }
    xhtml_close(out, "td");
}

/* The rows of GRID, into the open table. */
static void write_table(Work *work, const Grid *grid)
{
    guint next = 0;
    for (int row = 0; next < grid->cells->len; row++) {
        xhtml_open(work->layout->out, "tr");
        for (; next < grid->cells->len && g_array_index(grid->cells, GridCell, next).row == row; next++)
            write_cell(work, grid, &g_array_index(grid->cells, GridCell, next));
        xhtml_close(work->layout->out, "tr");
    }
}

static gboolean same_columns(const GArray *before, const GArray *after)
{
    if (!before || before->len != after->len)
        return FALSE;
    for (guint i = 0; i < before->len; i++)
        if (fabsf(g_array_index(before, float, i) - g_array_index(after, float, i)) > SAME_COLUMN)
            return FALSE;
    return TRUE;
}

static guint count_children(const xmlNode *node)
{
    guint count = 0;
    for (const xmlNode *child = node->children; child; child = child->next)
        count++;
    return count;
}

/* A row that the page break cut: its label stands on the page before. What follows is moved up into that row. */
static void join_cut_row(xmlNode *above, xmlNode *below)
{
    if (!above || !below || !above->children || !below->children || below->children->children ||
        count_children(above) != count_children(below) || count_children(below) < 2)
        return;
    for (xmlNode *cell = below->children, *upper = above->children; cell; cell = cell->next, upper = upper->next)
        for (xmlNode *child = cell->children, *next = NULL; child; child = next) {
            next = child->next;
            xmlUnlinkNode(child);
            xmlAddChild(upper, child);
        }
    xmlUnlinkNode(below);
    xmlFreeNode(below);
}

static void write_top_table(Work *work, const Grid *grid, gboolean may_continue)
{
    Layout *layout = work->layout;
    gboolean goes_on = may_continue && same_columns(layout->columns, grid->columns);
    if (!goes_on) {
        close_table(layout);
        xhtml_open(layout->out, "table");
    }
    xmlNode *last = goes_on ? xhtml_at(layout->out)->last : NULL;
    write_table(work, grid);
    if (last)
        join_cut_row(last, last->next);
    g_clear_pointer(&layout->columns, g_array_unref);
    layout->columns = g_array_ref(grid->columns);
}

/* ---- the page ---- */

/* "12", "- 3 -", "第 1 页 共 2 页", "Page 1 of 2" near the lower edge. */
static gboolean is_footer(const Work *work, const FlowBlock *block)
{
    if (block->box.y0 < FOOTER_FROM * work->page->height || flow_length(block) > FOOTER_CHARS || block->lines->len != 1)
        return FALSE;
    const FlowLine *line = block->lines->pdata[0];
    gboolean digit = FALSE;
    for (guint i = 0; i < line->glyphs->len; i++) {
        gunichar c = ((const PageGlyph *)line->glyphs->pdata[i])->c;
        digit = digit || g_unichar_isdigit(c);
        if (!g_unichar_isdigit(c) && !g_utf8_strchr("-–—·./|PpAaGgEeOoFf第页頁共", -1, c))
            return FALSE;
    }
    return digit;
}

/* Whether LINE lies in GLYPH's box, or is the frame of a form field. */
static gboolean is_stroke_of(const RuleLine *line, const PageGlyph *glyph)
{
    const PageBox *box = &glyph->box;
    float low = line->horizontal ? box->x0 : box->y0, high = line->horizontal ? box->x1 : box->y1;
    float first = line->horizontal ? box->y0 : box->x0, last = line->horizontal ? box->y1 : box->x1;
    float edge = glyph->control >= 0 ? FRAME : 1;
    return line->from >= low - edge && line->to <= high + edge && line->at >= first - edge && line->at <= last + edge;
}

/* Strokes of large characters look like short lines: a line inside one character's box is none; nor is the frame of a
 * form field. */
static GArray *without_strokes(const Page *page)
{
    GArray *lines = g_array_sized_new(FALSE, FALSE, sizeof(RuleLine), page->lines->len);
    float longest = 0;
    for (guint g = 0; g < page->glyphs->len; g++) {
        const PageBox *box = &g_array_index(page->glyphs, PageGlyph, g).box;
        longest = MAX(longest, MAX(box->x1 - box->x0, box->y1 - box->y0) + 2 * FRAME);
    }
    for (guint i = 0; i < page->lines->len; i++) {
        const RuleLine *line = &g_array_index(page->lines, RuleLine, i);
        gboolean stroke = FALSE;
        for (guint g = 0; !stroke && g < page->glyphs->len && line->to - line->from <= longest; g++)
            stroke = is_stroke_of(line, &g_array_index(page->glyphs, PageGlyph, g));
        if (!stroke)
            g_array_append_val(lines, *line);
    }
    return lines;
}

static void sort_out(Work *work, GPtrArray *outside, GPtrArray *top)
{
    const Page *page = work->page;
    for (guint i = 0; i < page->glyphs->len; i++) {
        const PageGlyph *glyph = &g_array_index(page->glyphs, PageGlyph, i);
        const GridCell *cell = innermost(work->grids, NULL, (glyph->box.x0 + glyph->box.x1) / 2,
                                         (glyph->box.y0 + glyph->box.y1) / 2);
        if (cell)
            hold(work->held, cell, glyph);
        else
            g_ptr_array_add(outside, (gpointer)glyph);
    }
    for (guint i = 0; i < work->grids->len; i++) {
        const Grid *grid = work->grids->pdata[i];
        const GridCell *cell =
            innermost(work->grids, grid, (grid->box.x0 + grid->box.x1) / 2, (grid->box.y0 + grid->box.y1) / 2);
        if (cell)
            hold(work->nested, cell, grid);
        else
            g_ptr_array_add(top, (gpointer)grid);
    }
}

static int compare_em(const void *a, const void *b)
{
    float one = *(const float *)a, other = *(const float *)b;
    return (one > other) - (one < other);
}

/* The size most characters of the page have. */
static float usual_em(const GPtrArray *blocks, const Page *page)
{
    g_autoptr(GArray) ems = g_array_new(FALSE, FALSE, sizeof(float));
    for (guint i = 0; i < blocks->len; i++)
        g_array_append_val(ems, ((const FlowBlock *)blocks->pdata[i])->em);
    /* On a page of tables the few lines outside them are its headings: their cells' characters count instead. */
    for (guint i = 0; i < page->glyphs->len; i += 16) {
        const PageGlyph *glyph = &g_array_index(page->glyphs, PageGlyph, i);
        float width = glyph->box.x1 - glyph->box.x0;
        if (glyph->c >= 0x4e00 && glyph->c <= 0x9fff)
            g_array_append_val(ems, width);
    }
    g_array_sort(ems, compare_em);
    return ems->len ? g_array_index(ems, float, ems->len / 2) : 10;
}

/* A page number would break a table that runs on in two: it is put before the open one. */
static void write_footer(Work *work, const FlowBlock *block)
{
    flow_write(work->layout->out, work->page, block, "p", "footer");
    xmlNode *open = xhtml_at(work->layout->out);
    if (work->layout->columns && open->last && strcmp((const char *)open->last->name, "p") == 0)
        xmlAddPrevSibling(open, open->last);
}

static void write_items(Work *work, const GArray *items)
{
    Layout *layout = work->layout;
    gboolean first = TRUE;
    for (guint i = 0; i < items->len; i++) {
        const Item *item = &g_array_index(items, Item, i);
        if (item->block && is_footer(work, item->block)) {
            write_footer(work, item->block);
            continue;
        }
        if (item->grid) {
            write_top_table(work, item->grid, first);
        } else {
            close_table(layout);
            gboolean large = item->block->em > HEADING_RATIO * work->em && flow_length(item->block) < 80;
            flow_write(layout->out, work->page, item->block, large ? "h1" : "p", NULL);
        }
        first = FALSE;
    }
}

void layout_page(Layout *layout, const Page *page)
{
    g_autoptr(GArray) lines = without_strokes(page);
    g_autoptr(GPtrArray) grids = grid_find(lines);
    g_autoptr(GHashTable) held = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) nested = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GPtrArray) outside = g_ptr_array_new(), top = g_ptr_array_new();
    Work work = {.layout = layout, .page = page, .grids = grids, .held = held, .nested = nested};
    sort_out(&work, outside, top);
    g_autoptr(GPtrArray) blocks = flow_blocks(outside, NULL, page->width);
    g_autoptr(GArray) items = make_items(blocks, top);
    work.em = usual_em(blocks, page);
    look_for_pens(&work, NULL, NULL, blocks);
    write_items(&work, items);
}
