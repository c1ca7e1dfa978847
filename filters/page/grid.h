/* grid.h: tables from ruling lines. */
#ifndef SHOUWEN_FILTERS_PAGE_GRID_H
#define SHOUWEN_FILTERS_PAGE_GRID_H

#include "page/lines.h"

typedef struct {
    float x0, y0, x1, y1; /* points, origin top left */
} PageBox;

typedef struct {
    int row, column, rowspan, colspan;
    PageBox box;
} GridCell;

typedef struct {
    PageBox box;
    GArray *columns; /* float: x of every column line, left to right */
    GArray *cells;   /* GridCell, by row, then column */
} Grid;
void grid_free(Grid *grid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Grid, grid_free)

/* The tables that LINES (RuleLine) form: lines that touch one another, with at least two cells. Tables inside a cell that
 * do not touch its borders stand apart. GPtrArray of Grid *, with free function, top to bottom. */
GPtrArray *grid_find(const GArray *lines);

/* The cell that holds the point, NULL when none does. */
const GridCell *grid_cell_at(const Grid *grid, float x, float y);

#endif
