/* mht.c: web pages saved in one file (RFC 2557): the pages are read, their pictures are not. */
#include <string.h>

#include "envelope/envelope.h"
#include "readers/rows.h"

/* A workbook has a page for each sheet: all are read, one after the other. */
Status mht_read(const ReadInput *input, Xhtml *out, Members *members)
{
    const Context nobody = {.authserv_id = "", .reference_prefix = ""};
    g_autoptr(Envelope) envelope = envelope_read(input->bytes, input->length, &nobody);
    const Reader *reader = reader_for("text/html");
    Status status = STATUS_DAMAGED;
    for (guint i = 0; i < envelope->parts->len; i++) {
        const MailPart *part = g_ptr_array_index(envelope->parts, i);
        if (strcmp(part->mime, "text/html") != 0 || g_bytes_get_size(part->bytes) == 0)
            continue;
        ReadInput page = *input;
        page.bytes = g_bytes_get_data(part->bytes, &page.length);
        page.charset = part->charset;
        status = reader->read(&page, out, members);
        if (status != STATUS_READ)
            break;
    }
    return status;
}
