/* pen_part.h: private to pen.c and pen_ink.c. */
#ifndef SHOUWEN_FILTERS_PAGE_PEN_PART_H
#define SHOUWEN_FILTERS_PAGE_PEN_PART_H

#include "page/layout.h"

/* The area of PAGE's strokes in ZONE but outside of MASKS (PageBox) and rulings, in squares of EM points. Dust, dots and what
 * is left of erased lines are no strokes. */
double pen_strokes(const Page *page, const PageBox *zone, const GArray *masks, float em);

/* The area of what is red in ZONE, likewise. */
double pen_red(const Page *page, const PageBox *zone, float em);

#endif
