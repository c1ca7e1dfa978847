#include <string.h>

#include "base/charset.h"
#include "readers/rtf.h"
#include "readers/symbols.h"

static const struct {
    int page, font; /* code page, \fcharset */
    const char *charset;
} charsets[] = {
    {936, 134, "GB18030"},        {54936, -1, "GB18030"},       {950, 136, "BIG5-HKSCS"},     {932, 128, "CP932"},
    {949, 129, "CP949"},          {1361, 130, "CP949"},         {1250, 238, "WINDOWS-1250"},  {1251, 204, "WINDOWS-1251"},
    {1252, 0, "WINDOWS-1252"},    {1253, 161, "WINDOWS-1253"},  {1254, 162, "WINDOWS-1254"},  {1255, 177, "WINDOWS-1255"},
    {1256, 178, "WINDOWS-1256"},  {1257, 186, "WINDOWS-1257"},  {1258, 163, "WINDOWS-1258"},  {874, 222, "CP874"},
    {437, 255, "CP437"},          {850, 254, "CP850"},          {10000, 77, "MACINTOSH"},     {65001, -1, "UTF-8"},
    {10008, 80, "GB18030"},       {10002, 81, "BIG5-HKSCS"},    {10001, 78, "CP932"},         {10003, 79, "CP949"},
};

const char *rtf_code_page(int number)
{
    for (guint i = 0; i < G_N_ELEMENTS(charsets); i++)
        if (charsets[i].page == number)
            return charsets[i].charset;
    return NULL;
}

const char *rtf_font_charset(int number)
{
    for (guint i = 0; i < G_N_ELEMENTS(charsets); i++)
        if (charsets[i].font == number)
            return charsets[i].charset;
    return NULL;
}

static gboolean is_double(const char *charset)
{
    return strcmp(charset, "GB18030") == 0 || strcmp(charset, "BIG5-HKSCS") == 0 || strcmp(charset, "CP932") == 0 ||
           strcmp(charset, "CP949") == 0;
}

gboolean rtf_is_lead(const char *charset, guint8 byte)
{
    if (byte < 0x81 || byte == 0xff || !is_double(charset))
        return FALSE;
    return strcmp(charset, "CP932") != 0 || byte < 0xa0 || byte >= 0xe0;
}

/* Whether all bytes above ASCII are pairs in the range of GB 2312 and its kin: what a font of Latin letters holds in a
 * Chinese document. The quotation marks of Latin charsets are no such pairs. */
static gboolean only_pairs(const guint8 *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] < 0x80)
            continue;
        if (bytes[i] < 0xa1 || i + 1 >= length || bytes[i + 1] < 0xa1)
            return FALSE;
        i++;
    }
    return TRUE;
}

static char *decode_symbols(const char *font, const guint8 *bytes, gsize length)
{
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < length; i++) {
        gunichar c = symbols_char(font, bytes[i]);
        if (c)
            g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

char *rtf_decode(const RtfFont *font, const char *page, const guint8 *bytes, gsize length)
{
    const char *charset = font && font->charset ? font->charset : page;
    if (font && *font->name)
        return decode_symbols(font->name, bytes, length);
    if (font && font->latin && is_double(page) && only_pairs(bytes, length))
        charset = page;
    char *text = charset_decode_strict((const char *)bytes, length, charset);
    return text ? text : charset_decode((const char *)bytes, length, charset);
}
