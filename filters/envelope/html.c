#include <stdlib.h>
#include <string.h>

#include "envelope/body.h"

static const struct {
    const char *name;
    gunichar c;
} entities[] = {
    {"nbsp", ' '},    {"lt", '<'},       {"gt", '>'},       {"amp", '&'},       {"quot", '"'},
    {"apos", '\''},   {"ensp", ' '},     {"emsp", ' '},     {"ldquo", 0x201c},  {"rdquo", 0x201d},
    {"middot", 0xb7}, {"mdash", 0x2014}, {"ndash", 0x2013}, {"hellip", 0x2026},
};

/* The character that stands at P ("&…;"); RET_LENGTH is its length there, 0 when it is only an ampersand. */
static gunichar entity_at(const char *p, gsize *ret_length)
{
    gsize length = strcspn(p + 1, "; <&\n");
    *ret_length = 0;
    if (p[length + 1] != ';' || length == 0 || length > 10)
        return '&';
    gunichar c = 0;
    if (p[1] == '#') {
        gboolean hex = p[2] == 'x' || p[2] == 'X';
        guint64 value = g_ascii_strtoull(p + (hex ? 3 : 2), NULL, hex ? 16 : 10);
        c = value > 0 && value <= 0x10ffff && g_unichar_validate((gunichar)value) ? (gunichar)value : 0xfffd;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(entities) && !c; i++)
        if (strlen(entities[i].name) == length && strncmp(p + 1, entities[i].name, length) == 0)
            c = entities[i].c;
    if (!c)
        return '&';
    *ret_length = length + 2;
    return c == 0xa0 ? ' ' : c;
}

static gboolean tag_is(const char *tag, const char *name)
{
    gsize length = strlen(name);
    return g_ascii_strncasecmp(tag, name, length) == 0 && !g_ascii_isalnum(tag[length]);
}

/* Tags whose content is no text. */
static const char *silent_tag(const char *tag)
{
    static const char *const names[] = {"style", "script", "title"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (tag_is(tag, names[i]))
            return names[i];
    return NULL;
}

static gboolean breaks_line(const char *tag)
{
    static const char *const names[] = {"br", "p",  "div", "tr", "li", "table",
                                        "h1", "h2", "h3",  "h4", "hr", "blockquote"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (tag_is(tag, names[i]))
            return TRUE;
    return FALSE;
}

/* Where the text goes on after the end of the silent element NAME; one that is never closed takes all the
 * rest, as it does in a browser. */
static const char *skip_element(const char *p, const char *name)
{
    for (p = strstr(p, "</"); p; p = strstr(p + 2, "</")) {
        const char *end = tag_is(p + 2, name) ? strchr(p, '>') : NULL;
        if (end)
            return end + 1;
    }
    return NULL;
}

static const char *strip_tag(const char *p, GString *out)
{
    if (g_str_has_prefix(p, "<!--")) {
        const char *end = strstr(p + 4, "-->");
        return end ? end + 3 : p + strlen(p);
    }
    const char *end = strchr(p, '>'), *tag = p[1] == '/' ? p + 2 : p + 1;
    if (!end)
        return p + strlen(p);
    if (breaks_line(tag) && out->len > 0 && out->str[out->len - 1] != '\n')
        g_string_append_c(out, '\n');
    else if (p[1] != '/' && (tag_is(tag, "td") || tag_is(tag, "th")) && out->len > 0 &&
             !g_ascii_isspace(out->str[out->len - 1]))
        g_string_append_c(out, ' ');
    const char *silent = p[1] == '/' ? NULL : silent_tag(tag);
    if (!silent)
        return end + 1;
    const char *after = skip_element(end, silent);
    return after ? after : end + strlen(end);
}

char *body_strip_html(const char *html)
{
    GString *out = g_string_sized_new(strlen(html) / 2);
    for (const char *p = html; *p;) {
        gsize length = 0;
        if (*p == '<' && (g_ascii_isalpha(p[1]) || p[1] == '/' || p[1] == '!' || p[1] == '?')) {
            p = strip_tag(p, out);
        } else if (*p == '&') {
            g_string_append_unichar(out, entity_at(p, &length));
            p += MAX(length, 1);
        } else {
            gboolean blank = g_ascii_isspace(*p);
            if (!blank)
                g_string_append_c(out, *p);
            else if (out->len > 0 && !g_ascii_isspace(out->str[out->len - 1]))
                g_string_append_c(out, ' ');
            p++;
        }
    }
    return g_strstrip(g_string_free(out, FALSE));
}
