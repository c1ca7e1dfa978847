#include <string.h>

#include "base/charset.h"
#include "readers/rows.h"

/* UTF-16 by its mark, or by NUL bytes on one side only, as editors on Windows save "Unicode". */
static const char *utf16_name(const guint8 *bytes, gsize length)
{
    if (length < 2)
        return NULL;
    if (bytes[0] == 0xff && bytes[1] == 0xfe)
        return "UTF-16LE";
    if (bytes[0] == 0xfe && bytes[1] == 0xff)
        return "UTF-16BE";
    gsize even = 0, odd = 0, sample = MIN(length, 512) & ~(gsize)1;
    for (gsize i = 0; i < sample; i += 2) {
        even += bytes[i] == 0;
        odd += bytes[i + 1] == 0;
    }
    if (odd > sample / 8 && even == 0)
        return "UTF-16LE";
    return even > sample / 8 && odd == 0 ? "UTF-16BE" : NULL;
}

static char *decode(const ReadInput *input)
{
    const char *bytes = (const char *)input->bytes;
    const char *wide = utf16_name(input->bytes, input->length);
    char *text = wide ? charset_decode_strict(bytes, input->length & ~(gsize)1, wide) : NULL;
    return text ? text : charset_decode(bytes, input->length, input->charset);
}

/* A line is a paragraph: forms typed as text have a label and its value on each. */
Status text_read(const ReadInput *input, Xhtml *out, G_GNUC_UNUSED Members *members)
{
    g_autofree char *text = decode(input);
    for (const char *at = text; *at && !xhtml_full(out);) {
        gsize line = strcspn(at, "\r\n\f\v");
        if (strspn(at, " \t") < line) {
            xhtml_open(out, "p");
            xhtml_text(out, at, (gssize)line);
            xhtml_close(out, "p");
        }
        at += line;
        at += *at != '\0';
    }
    return xhtml_full(out) ? STATUS_TOO_LARGE : STATUS_READ;
}
