/* lines.h: ruling lines of a page from its pixels. Pure arithmetic: no library, so scans can use it too. */
#ifndef SHOUWEN_FILTERS_PAGE_LINES_H
#define SHOUWEN_FILTERS_PAGE_LINES_H

#include <glib.h>

/* One straight line. Horizontal: AT is its y, FROM and TO are x; vertical: AT is its x, FROM and TO are y. In points
 * (1/72 inch) from the page's top left corner. */
typedef struct {
    gboolean horizontal;
    float at, from, to;
} RuleLine;

/* Lines at least 11 points long (a table row is 12 and more) on a gray picture of WIDTH x HEIGHT pixels, STRIDE bytes a
 * row, 0 black, SCALE pixels a point. GArray of RuleLine. Strokes of large characters are among them. */
GArray *lines_find(const guint8 *gray, int width, int height, int stride, double scale);

#endif
