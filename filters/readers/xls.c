#include "readers/ole.h"
#include "readers/rows.h"
#include "readers/xls.h"

static Status write_all(XlsBook *book, Xhtml *out)
{
    gboolean cut = FALSE;
    for (guint i = 0; i < book->sheets->len; i++)
        if (!xls_write_sheet(book, &g_array_index(book->sheets, XlsSheet, i), out, &cut) || xhtml_full(out))
            return STATUS_TOO_LARGE;
    return cut ? STATUS_DAMAGED : STATUS_READ;
}

Status xls_read(const ReadInput *input, Xhtml *out, G_GNUC_UNUSED Members *members)
{
    /* A sheet of BIFF3 or 4 is a file without a container. */
    Span file = {input->bytes, input->length};
    gboolean bare = span_u16(file, 0) == XLS_BOF_3 || span_u16(file, 0) == XLS_BOF_4;
    g_autoptr(GsfInfile) ole = bare ? NULL : ole_open(input->bytes, input->length);
    g_autoptr(GByteArray) stream = ole ? ole_stream(ole, "Workbook", input->length) : NULL;
    if (!stream && ole)
        stream = ole_stream(ole, "Book", input->length);
    if (!stream && !bare)
        return STATUS_DAMAGED;
    XlsBook book = {.stream = bare ? file : ole_span(stream)};
    Status status = xls_open(&book);
    if (status == STATUS_READ)
        status = write_all(&book, out);
    xls_clear(&book);
    return status;
}
