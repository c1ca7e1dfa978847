/* turn.h: pages whose text does not run from left to right: tables laid across the paper, papers scanned upside down by
 * programs that knew, and vertical writing, whose columns follow one another from right to left. Pure arithmetic. */
#ifndef SHOUWEN_FILTERS_PAGE_TURN_H
#define SHOUWEN_FILTERS_PAGE_TURN_H

#include "page/layout.h"

/* Turns what stands on PAGE so that most of its text runs from left to right; its boxes lead back to where they were. The
 * glyphs must be in the order in which they are read. */
void turn_upright(Page *page);

#endif
