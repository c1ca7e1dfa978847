/* xhtml.h: the builder every reader writes into. The result is a libxml2 tree of the XHTML subset that everything
 * after the readers reads: h1…h6 p table tr td(colspan,rowspan) ul li img input[type=checkbox|radio][checked] meta,
 * with data-page, data-box ("page x0 y0 x1 y1", 0–1, origin top left), data-control, and data-part ("header", "footer",
 * "footnote") on paragraphs that stand outside a page's own text. Text in a td stands in a p (or a nested table).
 *
 * Text is any UTF-8 (invalid bytes are replaced, control characters dropped); limits (cells, text bytes, depth) are
 * kept here, and xhtml_full() then tells the reader to stop with STATUS_TOO_LARGE. Unbalanced closes are ignored. */
#ifndef SHOUWEN_FILTERS_PAGE_XHTML_H
#define SHOUWEN_FILTERS_PAGE_XHTML_H

#include <glib.h>
#include <libxml/tree.h>

typedef struct Xhtml Xhtml;

Xhtml *xhtml_new(void);
Xhtml *xhtml_new_table(void); /* for one table as a whole, with its own limits: LIMIT_TABLE_CELLS and LIMIT_TABLE_BYTES */
void xhtml_free(Xhtml *xhtml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Xhtml, xhtml_free)

void xhtml_open(Xhtml *xhtml, const char *tag);
void xhtml_close(Xhtml *xhtml, const char *tag); /* closes up to and including the nearest open TAG */
/* An attribute of the element opened last; before its text or children. */
void xhtml_attr(Xhtml *xhtml, const char *name, const char *value);
void xhtml_box(Xhtml *xhtml, int page, double x0, double y0, double x1, double y1);
void xhtml_text(Xhtml *xhtml, const char *text, gssize length);
void xhtml_break(Xhtml *xhtml);                        /* <br/> */
void xhtml_checkbox(Xhtml *xhtml, gboolean checked);   /* <input type="checkbox"> */
/* What is known of the whole document; a name said again replaces the former, but "signature" and "signing" may be
 * said often:
 * "pages" (a number), "seal" (present, absent, unknown), "seal-box" ("page x0 y0 x1 y1"), "text" ("none": no page bears
 * any), "signature" (a digital one: who and what, and its state), "signing" (a place to sign: state,
 * page, x0 y0 x1 y1, label; pen.h), "pages-unread" ("3-60": over a limit or too late). */
void xhtml_meta(Xhtml *xhtml, const char *name, const char *content);

gboolean xhtml_full(const Xhtml *xhtml); /* a limit was reached; nothing more is taken */

guint xhtml_cells_most(const Xhtml *xhtml);    /* table cells that are taken */
gsize xhtml_text_most(const Xhtml *xhtml);     /* bytes of text that are taken */

/* The tree, owned by XHTML. */
xmlDoc *xhtml_doc(Xhtml *xhtml);

/* What was said under NAME: char *, owned by the result; empty when nothing was. */
GPtrArray *xhtml_said(const Xhtml *xhtml, const char *name);

/* The innermost open element (body when none), for a reader that must reshape what it has just written. It must not
 * unlink an open element. */
xmlNode *xhtml_at(Xhtml *xhtml);

/* All text in reading order, a line per block and a tab between cells. Caller frees. */
char *xhtml_plain_text(Xhtml *xhtml);

#endif
