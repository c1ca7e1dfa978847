/* flow.h: characters inside one region (a cell, or the page outside of tables) to lines, and lines to paragraphs. */
#ifndef SHOUWEN_FILTERS_PAGE_FLOW_H
#define SHOUWEN_FILTERS_PAGE_FLOW_H

#include "page/layout.h"

typedef struct {
    GPtrArray *glyphs; /* const PageGlyph *, as they are read: left to right unless SIDEWAYS or RTL */
    gboolean sideways, rtl; /* a run that goes up or down the page; Hebrew or Arabic is in it */
    PageBox box;
    float em;          /* width of a Chinese character of this line, points */
} FlowLine;

typedef struct {
    GPtrArray *lines; /* FlowLine * */
    PageBox box;
    float em;
} FlowBlock;

/* Paragraphs of GLYPHS (const PageGlyph *), top to bottom. A line runs on into the next one when the next one's first
 * word had no room in it, up to REGION's right edge; REGION NULL is a whole page of PAGE_WIDTH points. GPtrArray of
 * FlowBlock *, with free function. */
GPtrArray *flow_blocks(const GPtrArray *glyphs, const PageBox *region, float page_width);

/* Writes BLOCK as a TAG element with its box; PART is its data-part or NULL. */
void flow_write(Xhtml *out, const Page *page, const FlowBlock *block, const char *tag, const char *part);

/* Characters in BLOCK. */
guint flow_length(const FlowBlock *block);

#endif
