#include <string.h>

#include "readers/mbox.h"
#include "readers/rows.h"

/* Whether a "From " line and a header line begin at TEXT. */
static gboolean starts_mail(const guint8 *text, const guint8 *end)
{
    if (end - text < 5 || memcmp(text, "From ", 5) != 0)
        return FALSE;
    const guint8 *line = memchr(text, '\n', (gsize)(end - text));
    const guint8 *p = line ? line + 1 : end;
    while (p < end && *p > ' ' && *p < 127 && *p != ':')
        p++;
    return line && p > line + 1 && p < end && *p == ':';
}

/* The next mail after the one at TEXT: its "From " line stands behind an empty line. END when there is none. */
static const guint8 *next_mail(const guint8 *text, const guint8 *end)
{
    for (const guint8 *at = text; (at = memmem(at, (gsize)(end - at), "\nFrom ", 6)); at++) {
        gboolean empty = (at > text && at[-1] == '\n') || (at > text + 1 && at[-1] == '\r' && at[-2] == '\n');
        if (empty && starts_mail(at + 1, end))
            return at + 1;
    }
    return end;
}

gboolean mbox_is(const guint8 *text, gsize length)
{
    return starts_mail(text, text + length) && next_mail(text, text + length) < text + length;
}

Status mbox_read(const ReadInput *input, G_GNUC_UNUSED Xhtml *out, Members *members)
{
    const guint8 *at = input->bytes, *end = input->bytes + input->length;
    for (guint number = 1; at < end; number++) {
        const guint8 *next = next_mail(at, end), *line = memchr(at, '\n', (gsize)(next - at));
        const guint8 *mail = line ? line + 1 : next;
        g_autofree char *name = g_strdup_printf("%u.eml", number);
        if (!members->member(members, name, mail, (gsize)(next - mail), STATUS_READ))
            return STATUS_TOO_LARGE;
        at = next;
    }
    return STATUS_READ;
}
