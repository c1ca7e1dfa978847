/* mht.c: web pages saved in one file (RFC 2557): the pages are read, their pictures looked at for a seal. */
#include <string.h>

#include "envelope/envelope.h"
#include "readers/pictures.h"
#include "readers/rows.h"

static void look_for_seals(const Envelope *envelope, Xhtml *out, Members *members)
{
    Pictures pictures = {.out = out, .members = members};
    for (guint i = 0; i < envelope->parts->len; i++) {
        const MailPart *part = g_ptr_array_index(envelope->parts, i);
        gsize length;
        const guint8 *bytes = g_str_has_prefix(part->mime, "image/") ? g_bytes_get_data(part->bytes, &length) : NULL;
        if (bytes && !pictures_look(&pictures, bytes, length))
            return;
    }
}

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
    if (status == STATUS_READ)
        look_for_seals(envelope, out, members);
    return status;
}
