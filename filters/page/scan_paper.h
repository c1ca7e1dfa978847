/* scan_paper.h: where the sheet lies on a picture, how light falls on it, and how crooked its lines are. */
#ifndef SHOUWEN_FILTERS_PAGE_SCAN_PAPER_H
#define SHOUWEN_FILTERS_PAGE_SCAN_PAPER_H

#include "page/plane.h"

/* The corners of a bright sheet on a darker ground: top left, top right, bottom right, bottom left, in pixels of GRAY.
 * FALSE when the sheet fills the picture or no sheet is to be seen. */
gboolean scan_paper_find(const GrayPicture *gray, PlanePoint corners[4]);

/* The projection of a page photographed from the side whose edges are not seen, by the rulings of a table on it: MAP leads from
 * a page of WIDTH x HEIGHT to GRAY, in whose pixels both are. FALSE when there is no such table, or it is straight enough. */
gboolean scan_paper_slant(const GrayPicture *gray, double *width, double *height, PlaneMap *map);

/* Makes the paper white everywhere, whatever shadow lies on it; ink keeps its relative darkness. DPI about. */
void scan_paper_level(GrayPicture *gray, double dpi);

/* Degrees by which a levelled picture's text lines and rulings fall to the right (clockwise), up to 15; 0 when that
 * cannot be told. */
double scan_paper_skew(const GrayPicture *gray);

#endif
