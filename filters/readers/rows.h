/* rows.h: the entry points of the readers, for the table in readers.c only. Each is the `read` of reader.h. */
#ifndef SHOUWEN_FILTERS_READERS_ROWS_H
#define SHOUWEN_FILTERS_READERS_ROWS_H

#include "readers/reader.h"

Status text_read(const ReadInput *input, Xhtml *out, Members *members);
Status html_read(const ReadInput *input, Xhtml *out, Members *members);
Status docx_read(const ReadInput *input, Xhtml *out, Members *members);
Status rtf_read(const ReadInput *input, Xhtml *out, Members *members);
Status xlsx_read(const ReadInput *input, Xhtml *out, Members *members);
Status csv_read(const ReadInput *input, Xhtml *out, Members *members);
Status odf_read(const ReadInput *input, Xhtml *out, Members *members);
Status tnef_read(const ReadInput *input, Xhtml *out, Members *members);
Status cms_read(const ReadInput *input, Xhtml *out, Members *members);
Status mbox_read(const ReadInput *input, Xhtml *out, Members *members);
Status mht_read(const ReadInput *input, Xhtml *out, Members *members);
Status archive_read(const ReadInput *input, Xhtml *out, Members *members);
Status xls_read(const ReadInput *input, Xhtml *out, Members *members);
Status ofd_read(const ReadInput *input, Xhtml *out, Members *members);
Status msg_read(const ReadInput *input, Xhtml *out, Members *members);
Status doc_read(const ReadInput *input, Xhtml *out, Members *members);

/* Page server. */
Status pdf_read(const ReadInput *input, Xhtml *out, Members *members) LARGER_ONLY;
/* Opens a PDF for good: poppler forgets its tables (and reads them from disk again) with its last document. */
void pdf_warm(void) LARGER_ONLY;

/* OCR server. */
Status picture_read(const ReadInput *input, Xhtml *out, Members *members) LARGER_ONLY;

#endif
