/* cms.c: signed files (PKCS #7): what was signed is the document. Whole mails that were signed are taken apart with the mail
 * (envelope/body.c). */
#include <string.h>

#include "envelope/cms.h"
#include "readers/rows.h"

/* The name without its ".p7m": a.pdf.p7m holds a.pdf. */
static char *inner_name(const char *filename)
{
    gsize length = filename ? strlen(filename) : 0;
    gboolean ending = length > 4 && g_ascii_strncasecmp(filename + length - 4, ".p7", 3) == 0;
    return ending ? g_strndup(filename, length - 4) : g_strdup(filename ? filename : "signed");
}

Status cms_read(const ReadInput *input, Xhtml *out, Members *members)
{
    CmsType type = cms_type(input->bytes, input->length);
    g_autoptr(GBytes) content = cms_content(input->bytes, input->length);
    if (!content)
        return type == CMS_NONE ? STATUS_DAMAGED : STATUS_UNSUPPORTED;
    gsize length;
    const guint8 *bytes = g_bytes_get_data(content, &length);
    g_autofree char *name = inner_name(input->filename);
    xhtml_meta(out, "signature", "PKCS #7 signature of the file, not verified");
    return members->member(members, name, bytes, length, STATUS_READ) ? STATUS_READ : STATUS_TOO_LARGE;
}
