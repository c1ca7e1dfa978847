/* pdf_strokes.h: what a PDF page draws besides its text, taken without drawing it. Part of the PDF reader. */
#ifndef SHOUWEN_FILTERS_READERS_PDF_STROKES_H
#define SHOUWEN_FILTERS_READERS_PDF_STROKES_H

#include <poppler.h>

#include "page/layout.h"

/* Takes the ruling lines of PDF to PAGE. *RET_PICTURED: whether there is something that may show a seal, a picture or
 * anything red. FALSE when nothing can be said, and the page must be drawn. */
gboolean pdf_strokes(PopplerPage *pdf, Page *page, gboolean *ret_pictured);

#endif
