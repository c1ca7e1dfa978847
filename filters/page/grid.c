#include <math.h>
#include <string.h>

#include "page/grid.h"

#define TOUCH 3.5f    /* points: lines this near meet */
#define SAME 4.0f     /* points: lines this near are one (double borders) */
#define COVERED 0.6f  /* of a cell's side must be drawn for a wall */
#define MAX_LINES 600 /* of one page: a table of 300 rows; beyond that it is a drawing */

void grid_free(Grid *grid)
{
    if (!grid)
        return;
    g_array_unref(grid->columns);
    g_array_unref(grid->cells);
    g_free(grid);
}

static guint find_root(guint *parent, guint i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

static gboolean lines_touch(const RuleLine *a, const RuleLine *b)
{
    if (a->horizontal == b->horizontal)
        return fabsf(a->at - b->at) < SAME && a->from < b->to + TOUCH && b->from < a->to + TOUCH;
    return a->at > b->from - TOUCH && a->at < b->to + TOUCH && b->at > a->from - TOUCH && b->at < a->to + TOUCH;
}

static int compare_float(const void *a, const void *b)
{
    float one = *(const float *)a, other = *(const float *)b;
    return (one > other) - (one < other);
}

/* Positions nearer than SAME become one, at their mean. */
static void cluster(GArray *positions)
{
    g_array_sort(positions, compare_float);
    guint kept = 0;
    for (guint i = 0; i < positions->len;) {
        float first = g_array_index(positions, float, i), sum = 0;
        guint count = 0;
        for (; i < positions->len && g_array_index(positions, float, i) - first < SAME; i++, count++)
            sum += g_array_index(positions, float, i);
        g_array_index(positions, float, kept++) = sum / (float)count;
    }
    g_array_set_size(positions, kept);
}

/* A table while it is built: elementary cells between all lines, and which sides of them are drawn. */
typedef struct {
    const GPtrArray *lines; /* const RuleLine * */
    GArray *xs, *ys;
    guint columns, rows;
} Raw;

/* How much of FROM–TO the lines at AT draw, as a share. */
static float drawn(const Raw *raw, gboolean horizontal, float at, float from, float to)
{
    float sum = 0;
    for (guint i = 0; i < raw->lines->len; i++) {
        const RuleLine *line = raw->lines->pdata[i];
        if (line->horizontal != horizontal || fabsf(line->at - at) >= SAME)
            continue;
        sum += MAX(MIN(line->to, to) - MAX(line->from, from), 0);
    }
    return to > from ? sum / (to - from) : 0;
}

#define AT(array, i) g_array_index((array), float, (i))

/* Whether the lower (or right) side of elementary cell ROW, COLUMN is drawn. */
static gboolean wall_below(const Raw *raw, guint row, guint column)
{
    return drawn(raw, TRUE, AT(raw->ys, row + 1), AT(raw->xs, column), AT(raw->xs, column + 1)) >= COVERED;
}

static gboolean wall_right(const Raw *raw, guint row, guint column)
{
    return drawn(raw, FALSE, AT(raw->xs, column + 1), AT(raw->ys, row), AT(raw->ys, row + 1)) >= COVERED;
}

/* Removes inner line positions that wall off nothing: strokes of text that touched a border. */
static void drop_empty(Raw *raw)
{
    for (guint i = 1; i + 1 < raw->ys->len;) {
        gboolean used = FALSE;
        for (guint column = 0; !used && column + 1 < raw->xs->len; column++)
            used = wall_below(raw, i - 1, column);
        if (used)
            i++;
        else
            g_array_remove_index(raw->ys, i);
    }
    for (guint i = 1; i + 1 < raw->xs->len;) {
        gboolean used = FALSE;
        for (guint row = 0; !used && row + 1 < raw->ys->len; row++)
            used = wall_right(raw, row, i - 1);
        if (used)
            i++;
        else
            g_array_remove_index(raw->xs, i);
    }
    raw->columns = raw->xs->len - 1;
    raw->rows = raw->ys->len - 1;
}

static GArray *join_cells(const Raw *raw)
{
    guint count = raw->columns * raw->rows;
    g_autofree guint *parent = g_new(guint, count);
    for (guint i = 0; i < count; i++)
        parent[i] = i;
    for (guint row = 0; row < raw->rows; row++)
        for (guint column = 0; column < raw->columns; column++) {
            guint here = row * raw->columns + column;
            if (column + 1 < raw->columns && !wall_right(raw, row, column))
                parent[find_root(parent, here + 1)] = find_root(parent, here);
            if (row + 1 < raw->rows && !wall_below(raw, row, column))
                parent[find_root(parent, here + raw->columns)] = find_root(parent, here);
        }
    GArray *cells = g_array_new(FALSE, FALSE, sizeof(GridCell));
    g_autofree guint *slot = g_new0(guint, count); /* root -> 1 + its place in CELLS */
    for (guint i = 0; i < count; i++) {
        guint root = find_root(parent, i);
        GridCell fresh = {.row = (int)(i / raw->columns), .column = (int)(i % raw->columns)};
        if (!slot[root]) {
            g_array_append_val(cells, fresh);
            slot[root] = cells->len;
        }
        GridCell *cell = &g_array_index(cells, GridCell, slot[root] - 1);
        int right = MAX(cell->column + cell->colspan, fresh.column + 1);
        cell->column = MIN(cell->column, fresh.column);
        cell->colspan = right - cell->column;
        cell->rowspan = fresh.row - cell->row + 1;
    }
    for (guint i = 0; i < cells->len; i++) {
        GridCell *cell = &g_array_index(cells, GridCell, i);
        cell->box = (PageBox){AT(raw->xs, cell->column), AT(raw->ys, cell->row),
                              AT(raw->xs, cell->column + cell->colspan), AT(raw->ys, cell->row + cell->rowspan)};
    }
    return cells;
}

/* The table that the touching LINES form; NULL when it has no two cells. */
static Grid *grid_build(const GPtrArray *lines)
{
    g_autoptr(GArray) xs = g_array_new(FALSE, FALSE, sizeof(float));
    g_autoptr(GArray) ys = g_array_new(FALSE, FALSE, sizeof(float));
    guint vertical = 0;
    PageBox box = {G_MAXFLOAT, G_MAXFLOAT, 0, 0};
    for (guint i = 0; i < lines->len; i++) {
        const RuleLine *line = lines->pdata[i];
        PageBox own = line->horizontal ? (PageBox){line->from, line->at, line->to, line->at}
                                       : (PageBox){line->at, line->from, line->at, line->to};
        box = (PageBox){MIN(box.x0, own.x0), MIN(box.y0, own.y0), MAX(box.x1, own.x1), MAX(box.y1, own.y1)};
        g_array_append_val(*(line->horizontal ? &ys : &xs), line->at);
        vertical += !line->horizontal;
    }
    if (vertical == 0 || vertical == lines->len)
        return NULL;
    /* Tables without outer borders end where their lines end. */
    g_array_append_val(xs, box.x0);
    g_array_append_val(xs, box.x1);
    g_array_append_val(ys, box.y0);
    g_array_append_val(ys, box.y1);
    cluster(xs);
    cluster(ys);
    if (xs->len < 2 || ys->len < 2)
        return NULL;
    Raw raw = {.lines = lines, .xs = xs, .ys = ys};
    drop_empty(&raw);
    g_autoptr(GArray) cells = join_cells(&raw);
    if (cells->len < 2)
        return NULL;
    Grid *grid = g_new0(Grid, 1);
    grid->box = box;
    grid->columns = g_array_ref(xs);
    grid->cells = g_steal_pointer(&cells);
    return grid;
}

static gint compare_grid(gconstpointer a, gconstpointer b)
{
    const Grid *one = *(Grid *const *)a, *other = *(Grid *const *)b;
    return (one->box.y0 > other->box.y0) - (one->box.y0 < other->box.y0);
}

GPtrArray *grid_find(const GArray *lines)
{
    GPtrArray *grids = g_ptr_array_new_with_free_func((GDestroyNotify)grid_free);
    if (lines->len > MAX_LINES)
        return grids;
    g_autofree guint *parent = g_new(guint, lines->len + 1);
    for (guint i = 0; i < lines->len; i++)
        parent[i] = i;
    for (guint i = 0; i < lines->len; i++)
        for (guint other = 0; other < i; other++)
            if (lines_touch(&g_array_index(lines, RuleLine, i), &g_array_index(lines, RuleLine, other)))
                parent[find_root(parent, other)] = find_root(parent, i);
    for (guint i = 0; i < lines->len; i++) {
        if (parent[i] != i)
            continue;
        g_autoptr(GPtrArray) own = g_ptr_array_new();
        for (guint other = 0; other < lines->len; other++)
            if (find_root(parent, other) == i)
                g_ptr_array_add(own, &g_array_index(lines, RuleLine, other));
        Grid *grid = grid_build(own);
        if (grid)
            g_ptr_array_add(grids, grid);
    }
    g_ptr_array_sort(grids, compare_grid);
    return grids;
}

const GridCell *grid_cell_at(const Grid *grid, float x, float y)
{
    for (guint i = 0; i < grid->cells->len; i++) {
        const GridCell *cell = &g_array_index(grid->cells, GridCell, i);
        if (x >= cell->box.x0 && x < cell->box.x1 && y >= cell->box.y0 && y < cell->box.y1)
            return cell;
    }
    return NULL;
}
