/* layout.h: a page's characters, form controls and ruling lines to XHTML. PDF, OFD and recognised scans share it:
 * poppler's own order of text goes column by column and parts labels from their values. */
#ifndef SHOUWEN_FILTERS_PAGE_LAYOUT_H
#define SHOUWEN_FILTERS_PAGE_LAYOUT_H

#include "page/grid.h"
#include "page/plane.h"
#include "page/xhtml.h"

enum { PAGE_FIELD = 0xfffc, PAGE_TICK = 0x2610 }; /* the characters that controls stand for: a text field, a tick box */

typedef struct {
    gunichar c;
    int control; /* place in Page.controls, -1 for a character */
    PageBox box;
    float doubt; /* 0 certain, 1 a guess: of a recognised character */
    gboolean blank; /* white space stands before it in the text itself */
    guint run;      /* the line of the text itself that it is of, from 1; 0 not known */
} PageGlyph;

typedef struct {
    char *name, *text; /* TEXT: what is filled in, NULL for a tick box */
    gboolean checked;
} PageControl;
void page_control_free(PageControl *control);

typedef struct {
    int number; /* from 1 */
    float width, height; /* points */
    GArray *glyphs;      /* PageGlyph in the order of the text itself, no white space: gaps are found by distance, and by what BLANK tells of words */
    GPtrArray *controls; /* PageControl * */
    GArray *lines;       /* RuleLine */
    gboolean mapped;     /* a picture laid straight: BACK leads from points to shares of the picture as it was sent */
    PlaneMap back;
    GrayPicture *ink;    /* what is drawn on it without what is red, INK_SCALE pixels a point, for pen.h; NULL: not known */
    double ink_scale;
    GrayPicture *red;    /* what is red, dark, about a pixel a point; NULL: nothing, or not known */
    gboolean scanned;    /* GLYPHS were recognised: handwriting may be among them */
} Page;
Page *page_new(int number, float width, float height);
void page_free(Page *page);
/* BOX as shares of the page, or of the picture it was made from: x0, y0, x1, y1. */
void page_shares(const Page *page, const PageBox *box, double shares[4]);
/* Gives the element opened last its data-box: BOX as shares of the page, or of the picture it was made from. */
void page_write_box(Xhtml *out, const Page *page, const PageBox *box);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Page, page_free)

/* Writes pages one after the other; a table that runs on over a page break stays one table. */
typedef struct Layout Layout;
Layout *layout_new(Xhtml *out);
void layout_page(Layout *layout, const Page *page);
void layout_free(Layout *layout); /* closes what is still open */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Layout, layout_free)

#endif
