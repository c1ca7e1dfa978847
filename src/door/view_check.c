#include <string.h>

#include "base/limits.h"
#include "door/record_check.h"
#include "door/view_check.h"

#define NAME_BYTES 16

typedef enum { VALUE_ANY, VALUE_NUMBER, VALUE_BOX, VALUE_WORD, VALUE_EMPTY, VALUE_INPUT } Value;

static const char *const tags[] = {"h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "table", "tr", "td", "ul", "ol", "li", "img", "input"};

/* ON: the only element it may stand on; NULL: any. */
static const struct {
    const char *name, *on;
    Value value;
} attributes[] = {
    {"data-page", NULL, VALUE_NUMBER}, {"data-box", NULL, VALUE_BOX},      {"data-control", NULL, VALUE_ANY},
    {"data-part", NULL, VALUE_WORD},   {"colspan", "td", VALUE_NUMBER},    {"rowspan", "td", VALUE_NUMBER},
    {"alt", "img", VALUE_ANY},         {"type", "input", VALUE_INPUT},     {"checked", "input", VALUE_EMPTY},
    {"disabled", "input", VALUE_EMPTY},
};

typedef struct {
    const char *at, *end;
    guint8 open[LIMIT_XML_DEPTH + 1]; /* places in `tags` */
    guint depth;
} Check;

/* Text up to STOP or '<': steps over it. FALSE at something that a browser might take for more than text. */
static gboolean skip_text(Check *check, char stop)
{
    static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&quot;"};
    while (check->at < check->end && *check->at != '<' && *check->at != stop) {
        guchar c = (guchar)*check->at;
        if (c == '&') {
            guint i = 0;
            while (i < G_N_ELEMENTS(entities) && strncmp(check->at, entities[i], strlen(entities[i])) != 0)
                i++;
            if (i == G_N_ELEMENTS(entities))
                return FALSE;
            check->at += strlen(entities[i]);
        } else if (c == '>' || c == '"' || c == 0x7f || (c < ' ' && c != '\t' && c != '\n')) {
            return FALSE;
        } else {
            check->at++;
        }
    }
    return TRUE;
}

static gboolean take(Check *check, const char *word)
{
    gsize length = strlen(word);
    if ((gsize)(check->end - check->at) < length || memcmp(check->at, word, length) != 0)
        return FALSE;
    check->at += length;
    return TRUE;
}

static gsize name_of(const Check *check)
{
    gsize n = 0;
    while (check->at + n < check->end && n < NAME_BYTES &&
           (g_ascii_islower(check->at[n]) || g_ascii_isdigit(check->at[n]) || check->at[n] == '-'))
        n++;
    return n;
}

static gboolean is_name(const char *at, gsize length, const char *name)
{
    return strlen(name) == length && memcmp(at, name, length) == 0;
}

/* The place of the element named at CHECK in `tags`; their number when it is none of them. */
static guint take_tag(Check *check)
{
    gsize length = name_of(check);
    guint tag = 0;
    while (tag < G_N_ELEMENTS(tags) && !is_name(check->at, length, tags[tag]))
        tag++;
    check->at += length;
    return tag;
}

static gboolean is_value(Value kind, const char *at, gsize length)
{
    switch (kind) {
    case VALUE_NUMBER: return length > 0 && length <= 6 && strspn(at, "0123456789") >= length;
    case VALUE_BOX: return length > 0 && length <= 60 && strspn(at, "0123456789. ") >= length;
    case VALUE_WORD: return length <= 20 && strspn(at, "abcdefghijklmnopqrstuvwxyz-") >= length;
    case VALUE_EMPTY: return length == 0;
    case VALUE_INPUT: return is_name(at, length, "checkbox") || is_name(at, length, "radio");
    case VALUE_ANY: return TRUE;
    }
    return FALSE;
}

static gboolean take_attributes(Check *check, const char *tag)
{
    guint seen = 0;
    gboolean typed = FALSE;
    while (take(check, " ")) {
        gsize length = name_of(check);
        guint i = 0;
        while (i < G_N_ELEMENTS(attributes) && !is_name(check->at, length, attributes[i].name))
            i++;
        if (i == G_N_ELEMENTS(attributes) || (seen & 1u << i) || (attributes[i].on && strcmp(attributes[i].on, tag) != 0))
            return FALSE;
        seen |= 1u << i;
        typed = typed || attributes[i].value == VALUE_INPUT;
        check->at += length;
        if (!take(check, "=\""))
            return FALSE;
        const char *value = check->at;
        if (!skip_text(check, '"') || !is_value(attributes[i].value, value, (gsize)(check->at - value)) || !take(check, "\""))
            return FALSE;
    }
    /* A browser takes an input without a type for a field to write in. */
    return strcmp(tag, "input") != 0 || typed;
}

static gboolean is_void(const char *tag)
{
    return strcmp(tag, "br") == 0 || strcmp(tag, "img") == 0 || strcmp(tag, "input") == 0;
}

static gboolean take_element(Check *check)
{
    gboolean closing = check->at[1] == '/';
    check->at += closing ? 2 : 1;
    guint tag = take_tag(check);
    if (tag == G_N_ELEMENTS(tags))
        return FALSE;
    if (closing)
        return check->depth > 0 && check->open[--check->depth] == tag && take(check, ">");
    if (!take_attributes(check, tags[tag]) || !take(check, ">"))
        return FALSE;
    if (!is_void(tags[tag])) {
        if (check->depth >= LIMIT_XML_DEPTH)
            return FALSE;
        check->open[check->depth++] = (guint8)tag;
    }
    return TRUE;
}

gboolean view_check(const char *body, gsize length, GError **error)
{
    Check check = {.at = body, .end = body + length};
    if (!g_utf8_validate_len(body, length, NULL))
        return check_refuse(error, "a view that is no UTF-8");
    while (check.at < check.end)
        if (*check.at == '<' ? !take_element(&check) : !skip_text(&check, '<'))
            return check_refuse(error, "a view with something that no view holds");
    return check.depth == 0 || check_refuse(error, "a view that is not whole");
}
