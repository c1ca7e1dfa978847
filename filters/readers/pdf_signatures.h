/* pdf_signatures.h: the digital signatures of a PDF. Part of the PDF reader. */
#ifndef SHOUWEN_FILTERS_READERS_PDF_SIGNATURES_H
#define SHOUWEN_FILTERS_READERS_PDF_SIGNATURES_H

#include "readers/reader.h"

/* Says each signature to OUT: who and when as its dictionary tells, and that nobody has verified it. Reads the bytes
 * themselves: a signature dictionary is never compressed, since the byte range that it names leaves out its own contents
 * (ISO 32000-1 12.8.1), and poppler tells of them only by verifying them, which opens certificate stores. */
void pdf_signatures(const ReadInput *input, Xhtml *out);

#endif
