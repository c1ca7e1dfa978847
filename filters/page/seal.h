/* seal.h: red seals on a rendered or scanned page. A seal seen is "present", never "authentic". */
#ifndef SHOUWEN_FILTERS_PAGE_SEAL_H
#define SHOUWEN_FILTERS_PAGE_SEAL_H

#include <glib.h>

/* Looks for a red round or oval ring of 15–65 mm on a picture of WIDTH x HEIGHT pixels, four bytes each with blue, green
 * and red first, STRIDE bytes a row, SCALE pixels a point (1/72 inch). BOX gets its x0, y0, x1, y1 as shares of the
 * picture. */
gboolean seal_find(const guint8 *bgrx, int width, int height, int stride, double scale, double box[4]);

#endif
