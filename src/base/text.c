#include <string.h>

#include "base/text.h"

gboolean text_is_han(gunichar c)
{
    return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0x20000 && c <= 0x323af) || (c >= 0x2e80 && c <= 0x2fdf) || (c >= 0x3005 && c <= 0x3007);
}

gboolean text_is_rtl(gunichar c)
{
    return (c >= 0x0590 && c <= 0x08ff) || (c >= 0xfb1d && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfefc);
}

/* Chinese punctuation also takes no blank beside it: ， 。 《 》 “ ” and the full-width forms. */
static gboolean takes_no_blank(gunichar c)
{
    return text_is_han(c) || (c >= 0x3001 && c <= 0x303f) || (c >= 0xff00 && c <= 0xffef) ||
           (c >= 0x2018 && c <= 0x201d) || c == 0x2026 || c == 0x2014;
}

static gboolean is_blank(gunichar c)
{
    return c == 0x200b || c == 0xfeff || c == 0xa0 || c == 0x3000 || g_unichar_isspace(c);
}

static gunichar fold_width(gunichar c)
{
    if ((c >= 0xff10 && c <= 0xff19) || (c >= 0xff21 && c <= 0xff3a) || (c >= 0xff41 && c <= 0xff5a) ||
        c == 0xff20 || c == 0xff1a)
        return c - 0xfee0;
    return c;
}

char *text_valid(const char *bytes, gsize length)
{
    g_autofree char *valid = g_utf8_make_valid(bytes, (gssize)length);
    GString *out = g_string_sized_new(length + 1);
    for (const char *p = valid; *p; p = g_utf8_next_char(p))
        g_string_append_len(out, p, g_utf8_next_char(p) - p);
    return g_string_free(out, FALSE);
}

char *text_fold(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *composed = g_utf8_normalize(valid, -1, G_NORMALIZE_NFC);
    GString *out = g_string_sized_new(strlen(composed) + 1);
    gunichar last = 0;
    gboolean pending = FALSE;
    for (const char *p = composed; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (is_blank(c)) {
            pending = last != 0;
            continue;
        }
        if (g_unichar_iscntrl(c))
            continue;
        c = fold_width(c);
        if (pending && !takes_no_blank(last) && !takes_no_blank(c))
            g_string_append_c(out, ' ');
        pending = FALSE;
        g_string_append_unichar(out, c);
        last = c;
    }
    return g_string_free(out, FALSE);
}

gboolean text_is_unsafe(gunichar c)
{
    return g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029 || c == 0x200e || c == 0x200f || c == 0x61c ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
           (c >= 0xe0000 && c <= 0xe007f);
}

char *text_plain(const char *text, gsize max_chars)
{
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
    GString *out = g_string_new(NULL);
    gsize n = 0;
    gboolean pending = FALSE;
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (text_is_unsafe(c) || c == ' ') {
            pending = n > 0;
            continue;
        }
        if (n + (pending ? 1 : 0) >= max_chars) {
            g_string_append(out, "…");
            break;
        }
        if (pending) {
            g_string_append_c(out, ' ');
            n++;
        }
        pending = FALSE;
        g_string_append_unichar(out, c);
        n++;
    }
    return g_string_free(out, FALSE);
}

char *text_key(const char *text)
{
    if (!text)
        return NULL;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *wide = g_utf8_normalize(valid, -1, G_NORMALIZE_ALL_COMPOSE);
    g_autofree char *folded = g_utf8_casefold(wide, -1);
    GString *key = g_string_new(NULL);
    for (const char *p = folded; *p; p = g_utf8_next_char(p))
        if (g_unichar_isalnum(g_utf8_get_char(p)))
            g_string_append_unichar(key, g_utf8_get_char(p));
    return g_string_free(key, key->len == 0);
}

char *text_plain_lines(const char *text, gsize max_lines, gsize max_chars)
{
    GString *out = g_string_new(NULL);
    for (gsize n = 0; n < max_lines; n++) {
        const char *end = strchrnul(text, '\n');
        gsize blanks = MIN(strspn(text, " "), (gsize)(end - text));
        g_autofree char *line = g_strndup(text + blanks, (gsize)(end - text) - blanks);
        g_autofree char *plain = text_plain(line, max_chars);
        g_string_append_len(out, text, (gssize)MIN(blanks, max_chars));
        g_string_append(out, plain);
        if (!*end)
            break;
        g_string_append_c(out, '\n');
        text = end + 1;
    }
    return g_string_free(out, FALSE);
}

char *text_html(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return g_markup_escape_text(valid, -1);
}

static gsize char_width(gunichar c)
{
    if (g_unichar_iszerowidth(c) || g_unichar_iscntrl(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

gsize text_width(const char *text)
{
    gsize width = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        width += char_width(g_utf8_get_char(p));
    return width;
}

char *text_fit(const char *text, gsize columns)
{
    g_autofree char *safe = text_plain(text, columns + 1);
    gboolean cut = text_width(safe) > columns;
    gsize room = cut && columns > 0 ? columns - 1 : columns, width = 0;
    GString *out = g_string_new(NULL);
    for (const char *p = safe; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (width + char_width(c) > room)
            break;
        g_string_append_unichar(out, c);
        width += char_width(c);
    }
    if (cut && columns > 0) {
        g_string_append(out, "…");
        width++;
    }
    for (; width < columns; width++)
        g_string_append_c(out, ' ');
    return g_string_free(out, FALSE);
}
