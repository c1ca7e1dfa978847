/* archive.c: zip, 7z, RAR, tar and compressed files: their members are the documents. */
#include <string.h>

#include "readers/marks.h"
#include "readers/member.h"
#include "readers/rardir.h"
#include "readers/rows.h"
#include "readers/unzip.h"
#include "readers/zipdir.h"

static gboolean all_digits(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

/* Names that archivers give to the parts of a set: a.7z.001, a.z01, a.r00, a.part2.rar. */
static gboolean is_volume_name(const char *name)
{
    const char *dot = name ? strrchr(name, '.') : NULL;
    if (!dot || dot == name)
        return FALSE;
    if (strlen(dot) == 4 && (all_digits(dot + 1) || (strchr("zZrR", dot[1]) && all_digits(dot + 2))))
        return TRUE;
    g_autofree char *stem = g_ascii_strdown(name, dot - name);
    const char *part = strrchr(stem, '.');
    return part && g_str_has_prefix(part, ".part") && all_digits(part + strlen(".part"));
}

/* What the headers rule out before anything is unpacked. A part of a set is called unsupported, not damaged: it is as the
 * sender made it. */
static Status look(const ReadInput *input)
{
    const char *mime = marks_archive(input->bytes, input->length);
    if (mime && g_str_equal(mime, MIME_RAR)) {
        RarFacts facts = rardir_read(input->bytes, input->length);
        return facts.encrypted ? STATUS_ENCRYPTED /* libarchive decrypts no RAR */ : facts.volume || facts.ancient ? STATUS_UNSUPPORTED : STATUS_READ;
    }
    return zipdir_is_volume(input->bytes, input->length) ? STATUS_UNSUPPORTED : STATUS_READ;
}

/* The name of what a compressed file holds: a.docx.gz holds a.docx. */
static char *inner_name(const ReadInput *input, const char *stored)
{
    if (strcmp(stored, "data") != 0 || !input->filename)
        return g_strdup(stored);
    const char *dot = strrchr(input->filename, '.');
    return dot && dot != input->filename ? g_strndup(input->filename, (gsize)(dot - input->filename)) : g_strdup(stored);
}

static Status read_members(const ReadInput *input, Unzip *zip, Members *members)
{
    const char *stored = NULL;
    Status status = STATUS_READ;
    while (unzip_next(zip, &stored, &status)) {
        if (member_is_litter(stored))
            continue;
        g_autofree char *name = unzip_nameless(zip) ? inner_name(input, stored) : g_strdup(stored);
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        Status member = unzip_read(zip, bytes);
        if (member == STATUS_TOO_LARGE || member == STATUS_ENCRYPTED)
            return member;
        gboolean whole = member == STATUS_READ;
        if (!members->member(members, name, whole ? bytes->data : NULL, whole ? bytes->len : 0, member))
            return STATUS_TOO_LARGE;
    }
    return status;
}

/* A damaged member is handed on as such and its neighbours are still read; an encrypted one makes the whole archive
 * encrypted, because the sender must pack it anew. sniff_mime sees that of a zip before this runs. */
Status archive_read(const ReadInput *input, G_GNUC_UNUSED Xhtml *out, Members *members)
{
    Status status = look(input);
    if (status != STATUS_READ)
        return status;
    g_autoptr(Unzip) zip = unzip_open_archive(input->bytes, input->length, input->password);
    status = zip ? read_members(input, zip, members) : STATUS_DAMAGED;
    return status == STATUS_DAMAGED && is_volume_name(input->filename) ? STATUS_UNSUPPORTED : status;
}
