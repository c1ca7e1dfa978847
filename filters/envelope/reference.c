#include <string.h>

#include "envelope/reference.h"

/* Full-width forms, every dash and bracket folded to ASCII; blanks kept. */
static char *fold(const char *text)
{
    GString *out = g_string_sized_new(strlen(text));
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c >= 0xff01 && c <= 0xff5e)
            c -= 0xfee0;
        else if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xfe63)
            c = '-';
        else if (c == 0x3014 || c == 0x3010 || c == 0x3016)
            c = '[';
        else if (c == 0x3015 || c == 0x3011 || c == 0x3017)
            c = ']';
        g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

static const char *digits(const char *p, guint min, guint max, guint *ret)
{
    guint n = 0;
    *ret = 0;
    while (n < max && g_ascii_isdigit(p[n]))
        *ret = *ret * 10 + (guint)(p[n++] - '0');
    return n >= min && !g_ascii_isdigit(p[n]) ? p + n : NULL;
}

static char *print(const char *prefix, guint year, guint number)
{
    if (year < 2000 || year > 2199 || number == 0)
        return NULL;
    return g_strdup_printf("%s-%04u-%04u", prefix, year, number);
}

char *reference_find(const char *text, const char *prefix)
{
    gsize length = prefix ? strlen(prefix) : 0;
    if (length == 0)
        return NULL;
    g_autofree char *folded = fold(text);
    char *found = NULL;
    for (const char *p = folded; *p && !found; p++) {
        if (g_ascii_strncasecmp(p, prefix, length) != 0 || p[length] != '-' ||
            (p > folded && (g_ascii_isalnum(p[-1]) || p[-1] == '-')))
            continue;
        guint year, number;
        const char *next = digits(p + length + 1, 4, 4, &year);
        next = next && *next == '-' ? digits(next + 1, 1, 8, &number) : NULL;
        if (next && !g_ascii_isalpha(*next))
            found = print(prefix, year, number);
    }
    return found;
}

char *reference_find_printed(const char *text, const char *prefix)
{
    static const char word[] = "收文";
    if (!prefix || !*prefix)
        return NULL;
    g_autofree char *folded = fold(text);
    char *found = NULL;
    for (const char *p = strstr(folded, word); p && !found; p = strstr(p, word)) {
        p += sizeof word - 1;
        const char *at = p + strspn(p, " ");
        guint year, number;
        if (*at != '[' && *at != '(')
            continue;
        at = digits(at + 1, 4, 4, &year);
        if (!at || (*at != ']' && *at != ')'))
            continue;
        at++;
        at += strspn(at, " ");
        if (g_str_has_prefix(at, "第"))
            at += strlen("第") + strspn(at + strlen("第"), " ");
        at = digits(at, 1, 8, &number);
        if (at && g_str_has_prefix(at + strspn(at, " "), "号"))
            found = print(prefix, year, number);
    }
    return found;
}
