#include <string.h>

#include "base/charset.h"
#include "base/text.h"

static const struct {
    const char *alias, *name;
} aliases[] = {
    {"gb2312", "GB18030"},     {"gbk", "GB18030"},           {"x-gbk", "GB18030"},      {"euc-cn", "GB18030"},
    {"cp936", "GB18030"},      {"ms936", "GB18030"},         {"windows-936", "GB18030"}, {"gb_2312-80", "GB18030"},
    {"gb18030", "GB18030"},    {"hz-gb2312", "GB18030"},     {"utf8", "UTF-8"},         {"utf-8", "UTF-8"},
    {"unicode-1-1-utf-8", "UTF-8"}, {"us-ascii", "US-ASCII"}, {"ascii", "US-ASCII"},    {"latin1", "ISO-8859-1"},
    {"iso-8859-1", "WINDOWS-1252"}, {"ks_c_5601-1987", "CP949"}, {"euc-kr", "CP949"},
    {"shift_jis", "CP932"},    {"shift-jis", "CP932"},       {"big5", "BIG5-HKSCS"},    {"x-x-big5", "BIG5-HKSCS"},
};

/* Every charset whose converter is kept open; the list jail.md's warm-up needs. */
static const char *const warm[] = {
    "GB18030", "GBK", "GB2312", "BIG5", "BIG5-HKSCS", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-7",
    "ISO-8859-1", "ISO-8859-2", "ISO-8859-5", "ISO-8859-15", "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252",
    "WINDOWS-1254", "KOI8-R", "CP932", "CP949", "EUC-JP", "ISO-2022-JP", "US-ASCII", "CP437",
};

const char *charset_canonical(const char *declared)
{
    if (!declared || !*declared)
        return "UTF-8";
    for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++)
        if (g_ascii_strcasecmp(declared, aliases[i].alias) == 0)
            return aliases[i].name;
    for (gsize i = 0; i < G_N_ELEMENTS(warm); i++)
        if (g_ascii_strcasecmp(declared, warm[i]) == 0)
            return warm[i];
    return "UTF-8";
}

char *charset_decode_strict(const char *bytes, gsize length, const char *name)
{
    const char *canonical = charset_canonical(name);
    if (strcmp(canonical, "UTF-8") == 0)
        return g_utf8_validate(bytes, (gssize)length, NULL) ? g_strndup(bytes, length) : NULL;
    gsize read = 0, written = 0;
    g_autofree char *out = g_convert(bytes, (gssize)length, "UTF-8", canonical, &read, &written, NULL);
    if (!out || read != length)
        return NULL;
    return text_valid(out, written);
}

char *charset_decode(const char *bytes, gsize length, const char *declared)
{
    const char *order[] = {declared && *declared ? charset_canonical(declared) : NULL, "UTF-8", "GB18030"};
    /* A Latin label accepts any byte, so Chinese bytes under it would become mojibake: UTF-8 and GB18030 come first. */
    if (order[0] && g_str_has_prefix(order[0], "WINDOWS-125"))
        order[0] = "UTF-8";
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
        char *out = order[i] ? charset_decode_strict(bytes, length, order[i]) : NULL;
        if (out)
            return out;
    }
    if (declared) {
        char *out = charset_decode_strict(bytes, length, declared);
        if (out)
            return out;
    }
    /* Damaged text: keep what decodes as GB18030 character by character, else as UTF-8. */
    GString *kept = g_string_sized_new(length);
    for (gsize i = 0; i < length;) {
        gsize step = 1;
        if ((guchar)bytes[i] < 0x80) {
            if (bytes[i])
                g_string_append_c(kept, bytes[i]);
        } else {
            char *one = NULL;
            for (step = 4; step >= 1 && !one; step--)
                if (i + step <= length &&
                    (one = charset_decode_strict(bytes + i, step, order[0] ? order[0] : "UTF-8")))
                    break;
            if (one && g_utf8_strlen(one, -1) == 1)
                g_string_append(kept, one);
            else {
                g_string_append(kept, "\xef\xbf\xbd");
                step = 1;
            }
            g_free(one);
        }
        i += step;
    }
    return g_string_free(kept, FALSE);
}

void charset_warm(void)
{
    /* Never closed: glibc unloads a converter's module with its last descriptor. */
    static GIConv kept[G_N_ELEMENTS(warm)];
    for (gsize i = 0; i < G_N_ELEMENTS(warm); i++) {
        if (!kept[i])
            kept[i] = g_iconv_open("UTF-8", warm[i]);
        if (kept[i] == (GIConv)-1)
            continue;
        g_autofree char *probe = g_convert("a", 1, warm[i], "UTF-8", NULL, NULL, NULL);
    }
}
