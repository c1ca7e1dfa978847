/* pdf.h: the parts of the PDF reader. */
#ifndef SHOUWEN_FILTERS_READERS_PDF_H
#define SHOUWEN_FILTERS_READERS_PDF_H

#include <poppler.h>

#include "page/layout.h"
#include "page/seal.h"
#include "readers/reader.h"

/* pdf_text.c: the characters of PDF to PAGE. */
void pdf_take_text(PopplerPage *pdf, Page *page);

/* pdf_form.c: puts each form field where it stands, a tick box as the character it looks like, and takes what draws it
 * away from PDF. */
void pdf_take_fields(PopplerPage *pdf, Page *page);

/* pdf_form.c: puts what was typed upon PDF with a reader's typewriter (free-text annotations, 12.5.6.6) where it stands. */
void pdf_take_notes(PopplerPage *pdf, Page *page);

/* pdf_pixels.c: draws PDF, takes its ruling lines to PAGE when that has glyphs, and its ink when it has a place to
 * sign, and looks for a seal unless that is not WANTED.
 * COPY as in seal.h. FALSE when it cannot be drawn; *ret_seal and BOX then say nothing. */
gboolean pdf_take_pixels(PopplerPage *pdf, Page *page, gboolean copy, gboolean wanted, SealAnswer *ret_seal, double box[4]);

/* pdf_attached.c: hands on the files embedded in DOCUMENT and those that annotations hold. PACKED is the document's own length
 * in bytes, against which what they expand to is measured. */
void pdf_attached(PopplerDocument *document, gsize packed, Members *members);

#endif
