#include <errno.h>
#include <string.h>

#include "base/charset.h"
#include "base/text.h"

/* "HZ" is decoded here: glibc has no converter for it. */
static const struct {
    const char *alias, *name;
} aliases[] = {
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"x-gbk", "GB18030"},
    {"euc-cn", "GB18030"},
    {"cp936", "GB18030"},
    {"ms936", "GB18030"},
    {"windows-936", "GB18030"},
    {"gb_2312-80", "GB18030"},
    {"gb18030", "GB18030"},
    {"gb-18030", "GB18030"},
    {"gb2312-80", "GB18030"},
    {"gb_2312", "GB18030"},
    {"chinesesimp", "GB18030"},
    {"csgb2312", "GB18030"},
    {"hz-gb-2312", "HZ"},
    {"hz-gb2312", "HZ"},
    {"hz", "HZ"},
    {"utf8", "UTF-8"},
    {"unicode-1-1-utf-8", "UTF-8"},
    {"utf-8-sig", "UTF-8"},
    {"unicode", "UTF-16"},
    {"ascii", "US-ASCII"},
    {"ansi_x3.4-1968", "US-ASCII"},
    {"latin1", "WINDOWS-1252"},
    {"iso-8859-1", "WINDOWS-1252"},
    {"iso8859-1", "WINDOWS-1252"},
    {"iso_8859-1", "WINDOWS-1252"},
    {"cp1252", "WINDOWS-1252"},
    {"ks_c_5601-1987", "CP949"},
    {"euc-kr", "CP949"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"big5", "BIG5-HKSCS"},
    {"big-5", "BIG5-HKSCS"},
    {"x-x-big5", "BIG5-HKSCS"},
    {"cp950", "BIG5-HKSCS"},
    {"windows-950", "BIG5-HKSCS"},
};

/* Every charset whose converter is kept open; the list jail.md's warm-up needs. */
static const char *const warm[] = {
    "GB18030",      "GBK",          "GB2312",       "BIG5",         "BIG5-HKSCS", "UTF-16",     "UTF-16LE",
    "UTF-16BE",     "UTF-32",       "UTF-7",        "ISO-8859-1",   "ISO-8859-2", "ISO-8859-5", "ISO-8859-15",
    "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1254", "KOI8-R",     "CP932",      "CP949",
    "EUC-JP",       "ISO-2022-JP",  "ISO-2022-CN",  "EUC-TW",       "US-ASCII",   "CP437",
    "WINDOWS-1253", "WINDOWS-1255", "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258", "MACINTOSH", "CP850",
};

/* What DECLARED stands for, NULL when it is a name we do not know. */
static const char *known(const char *declared)
{
    if (!declared || !*declared)
        return NULL;
    if (g_ascii_strcasecmp(declared, "UTF-8") == 0)
        return "UTF-8";
    for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++)
        if (g_ascii_strcasecmp(declared, aliases[i].alias) == 0)
            return aliases[i].name;
    for (gsize i = 0; i < G_N_ELEMENTS(warm); i++)
        if (g_ascii_strcasecmp(declared, warm[i]) == 0)
            return warm[i];
    return NULL;
}

const char *charset_canonical(const char *declared)
{
    const char *name = known(declared);
    return name ? name : "UTF-8";
}

/* Whether BYTES mean themselves in every charset of mail: ASCII without the escapes of UTF-7, HZ and ISO
 * 2022. */
static gboolean plain_ascii(const char *bytes, gsize length, const char *name)
{
    if (g_str_has_prefix(name, "UTF-16") || g_str_has_prefix(name, "UTF-32"))
        return FALSE;
    gboolean shifts = strcmp(name, "UTF-7") == 0 || strcmp(name, "HZ") == 0;
    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)bytes[i];
        if (c >= 0x80 || c == 0 || c == 0x1b || (shifts && (c == '+' || c == '~')))
            return FALSE;
    }
    return TRUE;
}

/* RFC 1843: ~{ and ~} switch between ASCII and 7-bit pairs, ~~ is a tilde, ~ at a line's end joins it. */
static char *decode_hz(const char *bytes, gsize length)
{
    g_autoptr(GString) gb = g_string_sized_new(length);
    gboolean shifted = FALSE;
    for (gsize i = 0; i < length; i++) {
        char c = bytes[i], next = i + 1 < length ? bytes[i + 1] : 0;
        if ((guchar)c >= 0x80)
            return NULL;
        if (c == '~' && (next == '{' || next == '}' || next == '\n' || (next == '~' && !shifted))) {
            shifted = next == '{' ? TRUE : next == '}' ? FALSE : shifted;
            if (next == '~')
                g_string_append_c(gb, '~');
            i++;
        } else if (c == '\n') {
            shifted = FALSE;
            g_string_append_c(gb, c);
        } else
            g_string_append_c(gb, shifted && c > 0x20 ? (char)(c | 0x80) : c);
    }
    return charset_decode_strict(gb->str, gb->len, "GB18030");
}

char *charset_decode_strict(const char *bytes, gsize length, const char *name)
{
    const char *canonical = charset_canonical(name);
    if (length == 0 || plain_ascii(bytes, length, canonical))
        return g_strndup(bytes, length);
    if (strcmp(canonical, "UTF-8") == 0)
        return g_utf8_validate(bytes, (gssize)length, NULL) ? g_strndup(bytes, length) : NULL;
    if (strcmp(canonical, "HZ") == 0)
        return decode_hz(bytes, length);
    gsize read = 0, written = 0;
    g_autofree char *out = g_convert(bytes, (gssize)length, "UTF-8", canonical, &read, &written, NULL);
    if (!out || read != length)
        return NULL;
    return text_valid(out, written);
}

/* Whether the bytes above ASCII are pairs of GB 2312, hanzi or its punctuation, rather than single letters of
 * a Latin charset, which GB18030 would decode as well, into rare hanzi. */
static gboolean looks_chinese(const char *bytes, gsize length)
{
    gsize pairs = 0, others = 0;
    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)bytes[i], next = i + 1 < length ? (guchar)bytes[i + 1] : 0;
        if (c < 0x80)
            continue;
        gboolean pair =
            next >= 0xa1 && next != 0xff && ((c >= 0xb0 && c <= 0xf7) || (c >= 0xa1 && c <= 0xa9));
        pairs += pair;
        others += !pair;
        i += pair || (next >= 0x80 && next != 0xff);
    }
    return pairs > others;
}

/* Whether it is Big5 rather than GBK: common hanzi whose second byte is ASCII, none of the rare GBK ones. */
static gboolean looks_big5(const char *bytes, gsize length)
{
    gsize pairs = 0, low = 0;
    for (gsize i = 0; i + 1 < length; i++) {
        guchar c = (guchar)bytes[i], next = (guchar)bytes[i + 1];
        if (c < 0x80)
            continue;
        if (c < 0xa1 || c > 0xf9 || next < 0x40 || (next > 0x7e && next < 0xa1))
            return FALSE;
        pairs++;
        low += next < 0x7f && c <= 0xc6;
        i++;
    }
    return pairs >= 4 && low * 4 >= pairs;
}

/* Whether most bytes above ASCII stand alone, as accented letters do; those of UTF-8 never do. */
static gboolean looks_latin(const char *bytes, gsize length)
{
    gsize alone = 0, high = 0;
    for (gsize i = 0; i < length; i++) {
        if ((guchar)bytes[i] < 0x80)
            continue;
        high++;
        alone += (i == 0 || (guchar)bytes[i - 1] < 0x80) && (i + 1 == length || (guchar)bytes[i + 1] < 0x80);
    }
    return alone * 2 > high;
}

/* Text of many bytes above ASCII that is valid UTF-8, but for a cut end or one byte in twenty, is UTF-8
 * whatever its label says: GB text of three characters and more practically never is. */
static gboolean surely_utf8(const char *bytes, gsize length)
{
    gsize high = 0, bad = 0;
    for (gsize i = 0; i < length; i++)
        high += (guchar)bytes[i] >= 0x80;
    for (const char *p = bytes, *end = bytes + length;
         high >= 6 && p < end && !g_utf8_validate(p, end - p, &p); p++) {
        if (end - p < 4 && g_utf8_get_char_validated(p, end - p) == (gunichar)-2)
            break;
        bad++;
    }
    return high >= 6 && bad * 20 <= high;
}

/* Everything of BYTES that decodes as NAME, with U+FFFD for each byte that does not; RET_LOST counts these.
 */
static char *decode_lossy(const char *bytes, gsize length, const char *name, gsize *ret_lost)
{
    *ret_lost = 0;
    GIConv converter = g_iconv_open("UTF-8", name);
    if (converter == (GIConv)-1) {
        *ret_lost = length;
        return text_valid(bytes, length);
    }
    GString *out = g_string_sized_new(length);
    char *in = (char *)bytes, buffer[4096];
    while (length > 0) {
        char *to = buffer;
        gsize room = sizeof buffer;
        gsize result = g_iconv(converter, &in, &length, &to, &room);
        int reason = errno;
        g_string_append_len(out, buffer, to - buffer);
        if (result == (gsize)-1 && reason != E2BIG && length > 0) {
            g_string_append(out, "\xef\xbf\xbd");
            (*ret_lost)++;
            if (reason == EINVAL) /* a character cut off at the end */
                break;
            in++;
            length--;
        }
    }
    g_iconv_close(converter);
    char *valid = text_valid(out->str, out->len);
    g_string_free(out, TRUE);
    return valid;
}

/* Damaged text: of the charsets it could be in, the one that loses least; earlier ones win a tie. */
static char *decode_damaged(const char *bytes, gsize length, const char *declared)
{
    const char *order[] = {declared, "UTF-8", "GB18030"};
    char *best = NULL;
    gsize best_lost = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
        if (!order[i] || strcmp(order[i], "HZ") == 0)
            continue;
        gsize lost;
        char *out = decode_lossy(bytes, length, order[i], &lost);
        if (!best || lost < best_lost) {
            g_free(best);
            best = out;
            best_lost = lost;
        } else
            g_free(out);
    }
    return best;
}

static char *decode_without_nul(const char *bytes, gsize length, const char *declared)
{
    g_autofree char *kept = g_malloc(length + 1);
    gsize n = 0;
    for (gsize i = 0; i < length; i++)
        if (bytes[i])
            kept[n++] = bytes[i];
    return charset_decode(kept, n, declared);
}

char *charset_decode(const char *bytes, gsize length, const char *declared)
{
    const char *name = known(declared);
    gboolean latin = name && (g_str_has_prefix(name, "WINDOWS-125") || g_str_has_prefix(name, "ISO-8859-"));
    if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        return charset_decode(bytes + 3, length - 3, "UTF-8");
    if (memchr(bytes, 0, length) &&
        !(name && (g_str_has_prefix(name, "UTF-16") || g_str_has_prefix(name, "UTF-32"))))
        return decode_without_nul(bytes, length, declared);
    char *out = NULL;
    /* A Latin label accepts any byte and a GB label most: what is surely UTF-8 is not read as either. */
    gboolean doubtful = !name || latin || strcmp(name, "GB18030") == 0 || strcmp(name, "US-ASCII") == 0 ||
                        strcmp(name, "UTF-8") == 0;
    gsize lost;
    if (doubtful && surely_utf8(bytes, length))
        return g_utf8_validate(bytes, (gssize)length, NULL) ? g_strndup(bytes, length)
                                                            : decode_lossy(bytes, length, "UTF-8", &lost);
    if (name && !latin)
        out = charset_decode_strict(bytes, length, name);
    if (!out)
        out = charset_decode_strict(bytes, length, "UTF-8");
    gboolean open = !name || latin || strcmp(name, "US-ASCII") == 0;
    if (!out && open && looks_big5(bytes, length))
        out = charset_decode_strict(bytes, length, "BIG5");
    if (!out && open && !looks_chinese(bytes, length) && looks_latin(bytes, length))
        out = charset_decode_strict(bytes, length, latin ? name : "WINDOWS-1252");
    if (!out)
        out = charset_decode_strict(bytes, length, "GB18030");
    if (!out && latin)
        out = charset_decode_strict(bytes, length, name);
    return out ? out : decode_damaged(bytes, length, name);
}

void charset_warm(void)
{
    /* Never closed: glibc unloads a converter's module with its last descriptor. */
    static GIConv kept[G_N_ELEMENTS(warm)];
    for (gsize i = 0; i < G_N_ELEMENTS(warm); i++) {
        if (!kept[i])
            kept[i] = g_iconv_open("UTF-8", warm[i]);
        if (kept[i] != (GIConv)-1)
            g_free(g_convert("a", 1, warm[i], "UTF-8", NULL, NULL, NULL));
    }
}
