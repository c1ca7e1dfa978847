/* flow_lines.h: the characters of one region to lines, in reading order. A part of flow.c. */
#ifndef SHOUWEN_FILTERS_PAGE_FLOW_LINES_H
#define SHOUWEN_FILTERS_PAGE_FLOW_LINES_H

#include "page/flow.h"

/* Lines of GLYPHS (const PageGlyph *, in the order of the page's array), top to bottom, then those that run sideways.
 * GPtrArray of FlowLine *, with free function. */
GPtrArray *flow_lines(const GPtrArray *glyphs);
void flow_line_free(FlowLine *line);

/* Makes BOX so large that MORE lies in it. */
void flow_box_add(PageBox *box, const PageBox *more);

#endif
