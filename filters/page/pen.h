/* pen.h: places to sign (签名, 签字, 承诺人, Signature), and whether there is ink on them. A hint for a person and nothing
 * more: nobody can tell from pixels who wrote, nor what. Pure arithmetic on Page.ink, which scans and drawn pages have. */
#ifndef SHOUWEN_FILTERS_PAGE_PEN_H
#define SHOUWEN_FILTERS_PAGE_PEN_H

#include "page/layout.h"

/* One region of a page: a cell, or all that stands outside of tables (GRID and CELL NULL). */
typedef struct {
    const Page *page;
    const Grid *grid;
    const GridCell *cell;
    GHashTable *held;        /* GridCell * -> GPtrArray of const PageGlyph *: what stands in the cells of all tables */
    const GPtrArray *blocks; /* FlowBlock *: what stands in this region */
} PenRegion;

/* Whether PAGE bears a word of signing at all: else its pixels need not be drawn or kept. */
gboolean pen_possible(const Page *page);

/* Says of each place to sign whose label stands in REGION its state, box and label (meta "signing"): "ink" for anything
 * drawn or written there, on a scan also print; "print" for characters of a digital page and nothing else; "blank";
 * "unknown" where a stamp lies on it or dust may be writing. Nothing when the page has no ink. At most MOST places; returns
 * how many there were. */
guint pen_look(Xhtml *out, const PenRegion *region, guint most);

#endif
