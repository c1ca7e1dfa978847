#include <string.h>

#include "readers/rows.h"
#include "readers/unzip.h"

/* What archivers add for themselves is no document. */
static gboolean is_litter(const char *name)
{
    const char *base = strrchr(name, '/');
    base = base ? base + 1 : name;
    return !*base || g_str_has_prefix(name, "__MACOSX/") || strstr(name, "/__MACOSX/") || strcmp(base, ".DS_Store") == 0 ||
           g_str_has_prefix(base, "._") || g_ascii_strcasecmp(base, "thumbs.db") == 0 ||
           g_ascii_strcasecmp(base, "desktop.ini") == 0;
}

/* A damaged member is handed on as such and its neighbours are still read; an encrypted one makes the whole archive
 * encrypted, because the sender must pack it anew. sniff_mime sees the latter before this runs. */
Status zip_read(const ReadInput *input, G_GNUC_UNUSED Xhtml *out, Members *members)
{
    g_autoptr(Unzip) zip = unzip_open(input->bytes, input->length);
    if (!zip)
        return STATUS_DAMAGED;
    const char *name = NULL;
    Status status = STATUS_READ;
    while (unzip_next(zip, &name, &status)) {
        if (is_litter(name))
            continue;
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        Status member = unzip_read(zip, bytes);
        if (member == STATUS_TOO_LARGE)
            return STATUS_TOO_LARGE;
        gboolean whole = member == STATUS_READ;
        if (!members->member(members, name, whole ? bytes->data : NULL, whole ? bytes->len : 0, member))
            return STATUS_TOO_LARGE;
    }
    return status;
}
