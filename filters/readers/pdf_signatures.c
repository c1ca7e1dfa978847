#include <string.h>

#include "base/limits.h"
#include "readers/pdf_signatures.h"

#define AROUND 131072  /* bytes of a signature's object to both sides of its byte range: the contents take some 60,000 */
#define NAME_BYTES 400

static const char *find(const char *from, const char *end, const char *word)
{
    return from < end ? memmem(from, (gsize)(end - from), word, strlen(word)) : NULL;
}

/* The object around AT: from the "obj" before it to the "endobj" after. */
static void object_around(const char *bytes, gsize length, gsize at, const char **ret_start, const char **ret_end)
{
    gsize first = at > AROUND ? at - AROUND : 0, last = MIN(length, at + AROUND);
    const char *end = find(bytes + at, bytes + last, "endobj"), *start = bytes + at;
    while (start > bytes + first && !(start + 4 <= bytes + at && memcmp(start, " obj", 4) == 0))
        start--;
    *ret_start = start;
    *ret_end = end ? end : bytes + last;
}

/* The character of an escape in a literal string that begins at *AT, which is moved past it (ISO 32000-1 7.3.4.2). */
static char unescape(const char **at, const char *end)
{
    static const char named[] = "n\nr\rt\tb\bf\f";
    char c = *(*at)++;
    const char *found = c ? strchr(named, c) : NULL;
    if (found && (found - named) % 2 == 0)
        return found[1];
    if (c < '0' || c > '7')
        return c;
    int value = c - '0';
    for (int i = 0; i < 2 && *at < end && **at >= '0' && **at <= '7'; i++)
        value = value * 8 + *(*at)++ - '0';
    return (char)value;
}

static GString *literal_string(const char *at, const char *end)
{
    GString *text = g_string_new(NULL);
    for (int depth = 1; at < end && text->len < NAME_BYTES;) {
        char c = *at++;
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (depth == 0)
            break;
        if (c == '\\' && at < end)
            c = unescape(&at, end);
        g_string_append_c(text, c);
    }
    return text;
}

static GString *hex_string(const char *at, const char *end)
{
    GString *text = g_string_new(NULL);
    int high = -1;
    for (; at < end && *at != '>' && text->len < NAME_BYTES; at++) {
        int digit = g_ascii_xdigit_value(*at);
        if (digit < 0)
            continue;
        if (high >= 0)
            g_string_append_c(text, (char)(high * 16 + digit));
        high = high >= 0 ? -1 : digit;
    }
    return text;
}

/* Big-endian UTF-16 of LENGTH bytes, without iconv, which would load a module. */
static char *from_utf16(const char *bytes, gsize length)
{
    gunichar2 units[NAME_BYTES / 2 + 1];
    gsize count = MIN(length / 2, G_N_ELEMENTS(units));
    memcpy(units, bytes, count * 2);
    for (gsize i = 0; i < count; i++)
        units[i] = GUINT16_FROM_BE(units[i]);
    return g_utf16_to_utf8(units, (glong)count, NULL, NULL, NULL);
}

/* A text string as UTF-8: UTF-16 with a byte order mark, UTF-8 with one, else single bytes, of which ASCII is what occurs.
 * NULL for what is no text, as the strings of an encrypted file are. */
static char *to_utf8(const GString *raw)
{
    g_autofree char *text = NULL;
    if (raw->len >= 2 && memcmp(raw->str, "\xfe\xff", 2) == 0)
        text = from_utf16(raw->str + 2, raw->len - 2);
    else
        text = g_strdup(g_str_has_prefix(raw->str, "\xef\xbb\xbf") ? raw->str + 3 : raw->str);
    if (!text || !*text || !g_utf8_validate(text, -1, NULL))
        return NULL;
    for (const char *c = text; *c; c = g_utf8_next_char(c))
        if (!g_unichar_isprint(g_utf8_get_char(c)))
            return NULL;
    return g_strdup(g_strstrip(text));
}

/* The text string under KEY ("/Name"); NULL when there is none. */
static char *value_of(const char *start, const char *end, const char *key)
{
    for (const char *at = find(start, end, key); at; at = find(at, end, key)) {
        at += strlen(key);
        while (at < end && g_ascii_isspace(*at))
            at++;
        if (at >= end || (*at != '(' && *at != '<'))
            continue;
        GString *raw = *at == '(' ? literal_string(at + 1, end) : hex_string(at + 1, end);
        char *text = to_utf8(raw);
        g_string_free(raw, TRUE);
        return text;
    }
    return NULL;
}

/* "D:20260305101500+08'00'" as a day; NULL for what is none (ISO 32000-1 7.9.4). */
static char *day_of(const char *date)
{
    const char *digits = date && g_str_has_prefix(date, "D:") ? date + 2 : NULL;
    for (int i = 0; digits && i < 8; i++)
        if (!g_ascii_isdigit(digits[i]))
            return NULL;
    return digits ? g_strdup_printf("%.4s-%.2s-%.2s", digits, digits + 4, digits + 6) : NULL;
}

void pdf_signatures(const ReadInput *input, Xhtml *out)
{
    const char *bytes = (const char *)input->bytes, *end = bytes + input->length, *at = bytes;
    for (guint i = 0; i < LIMIT_SIGNATURES && (at = find(at, end, "/ByteRange")); i++) {
        const char *start, *stop;
        object_around(bytes, input->length, (gsize)(at - bytes), &start, &stop);
        g_autofree char *name = value_of(start, stop, "/Name"), *date = value_of(start, stop, "/M");
        g_autofree char *day = day_of(date);
        g_autofree char *said = g_strdup_printf("%s%s%s, not verified", name ? name : "PDF signature", day ? ", " : "",
                                                 day ? day : "");
        xhtml_meta(out, "signature", said);
        at = MAX(stop, at + 1);
    }
}
