/* rules.h: ruling lines of a page from what it draws, for formats that say so (paths) instead of showing it (pixels).
 * Pure arithmetic. */
#ifndef SHOUWEN_FILTERS_PAGE_RULES_H
#define SHOUWEN_FILTERS_PAGE_RULES_H

#include "page/grid.h"

/* Adds the straight stroke from (X0,Y0) to (X1,Y1), points, to LINES (RuleLine). Slanted ones are no ruling lines, and
 * beyond RULES_STROKES a page is a drawing: both are passed over. */
#define RULES_STROKES 40000
void rules_add_stroke(GArray *lines, double x0, double y0, double x1, double y1);

/* Adds the filled rectangle BOX when it is so thin that it is meant as a line. */
void rules_add_fill(GArray *lines, const PageBox *box);

/* Joins strokes that go on one another, as borders drawn cell by cell do, and drops what is too short for a table. */
void rules_settle(GArray *lines);

#endif
