/* pdf_scan.h: PDF pages that are pictures. Part of the PDF reader. */
#ifndef SHOUWEN_FILTERS_READERS_PDF_SCAN_H
#define SHOUWEN_FILTERS_READERS_PDF_SCAN_H

#include <poppler.h>

#include "page/layout.h"

/* Whether PDF's text, taken into PAGE already, is not what a person sees: none on a page with ink, the gibberish of fonts
 * without character codes, or the layer that another recogniser got wrong. */
gboolean pdf_scan_needed(PopplerPage *pdf, const Page *page);

/* PDF drawn and recognised, in place of PAGE; NULL when it cannot be drawn or there is no
 * time. Only where scan_read is linked. */
Page *pdf_scan_read(PopplerPage *pdf, const Page *page, gint64 until);

#endif
