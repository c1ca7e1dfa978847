#include <libxml/HTMLparser.h>
#include <string.h>

#include "base/charset.h"
#include "base/limits.h"
#include "readers/rows.h"

/* What stands open in the output while the tree is walked. */
typedef struct {
    Xhtml *out;
    const char *block; /* paragraph-like element open for inline content, or NULL */
    gboolean blank;    /* the last thing written was a blank: further ones fold into it */
    gboolean pre;
    guint cells;       /* open td elements: a line break inside one stays a break */
    guint depth;
} Walk;

typedef enum { TAG_INLINE, TAG_BLOCK, TAG_HEADING, TAG_SKIP, TAG_BREAK, TAG_TABLE, TAG_ROW, TAG_CELL, TAG_LIST,
               TAG_ITEM, TAG_PRE, TAG_INPUT, TAG_OPTION, TAG_IMAGE } Tag;

/* Everything not named here is inline: o:p, font, span, the made-up tags of webmail. Sorted. */
static const struct {
    const char *name;
    Tag tag;
} tags[] = {
    {"address", TAG_BLOCK},  {"article", TAG_BLOCK},  {"aside", TAG_BLOCK},    {"blockquote", TAG_BLOCK},
    {"br", TAG_BREAK},       {"button", TAG_SKIP},    {"caption", TAG_BLOCK},  {"center", TAG_BLOCK},
    {"dd", TAG_BLOCK},       {"del", TAG_SKIP},       {"details", TAG_BLOCK},  {"dir", TAG_LIST},
    {"div", TAG_BLOCK},      {"dl", TAG_BLOCK},       {"dt", TAG_BLOCK},       {"fieldset", TAG_BLOCK},
    {"figure", TAG_BLOCK},   {"footer", TAG_BLOCK},   {"form", TAG_BLOCK},     {"h1", TAG_HEADING},
    {"h2", TAG_HEADING},     {"h3", TAG_HEADING},     {"h4", TAG_HEADING},     {"h5", TAG_HEADING},
    {"h6", TAG_HEADING},     {"head", TAG_SKIP},      {"header", TAG_BLOCK},   {"hr", TAG_BLOCK},
    {"iframe", TAG_SKIP},    {"img", TAG_IMAGE},      {"input", TAG_INPUT},    {"legend", TAG_BLOCK},
    {"li", TAG_ITEM},        {"main", TAG_BLOCK},     {"map", TAG_SKIP},       {"math", TAG_INLINE},
    {"menu", TAG_LIST},      {"nav", TAG_BLOCK},      {"noframes", TAG_BLOCK}, {"noscript", TAG_SKIP},
    {"object", TAG_SKIP},    {"ol", TAG_LIST},        {"option", TAG_OPTION},  {"p", TAG_BLOCK},
    {"pre", TAG_PRE},        {"script", TAG_SKIP},    {"section", TAG_BLOCK},  {"style", TAG_SKIP},     {"svg", TAG_SKIP},       {"table", TAG_TABLE},
    {"td", TAG_CELL},        {"template", TAG_SKIP},  {"textarea", TAG_PRE},   {"th", TAG_CELL},
    {"title", TAG_SKIP},     {"tr", TAG_ROW},         {"ul", TAG_LIST},        {"video", TAG_SKIP},
};

static int compare_tag(const void *key, const void *row)
{
    return strcmp(key, *(const char *const *)row);
}

/* libxml2 makes a plain "p" of Outlook's o:p, which only marks an end of text. A real one never lies in another, because
 * the parser would have closed that. */
static gboolean is_office_p(const xmlNode *node)
{
    static const char *const holders[] = {"td", "th", "div", "li", "body", "table", "blockquote"};
    if (strcmp((const char *)node->name, "p") != 0)
        return FALSE;
    const xmlNode *up = node->parent;
    for (int steps = 0; steps < 10 && up && up->type == XML_ELEMENT_NODE; steps++, up = up->parent) {
        if (strcmp((const char *)up->name, "p") == 0)
            return TRUE;
        for (guint i = 0; i < G_N_ELEMENTS(holders); i++)
            if (strcmp((const char *)up->name, holders[i]) == 0)
                return FALSE;
    }
    return FALSE;
}

static Tag tag_of(const xmlNode *node)
{
    if (is_office_p(node))
        return TAG_INLINE;
    const char *const *row = bsearch(node->name, tags, G_N_ELEMENTS(tags), sizeof tags[0], compare_tag);
    return row ? tags[(gsize)((const guint8 *)row - (const guint8 *)tags) / sizeof tags[0]].tag : TAG_INLINE;
}

static char *attribute(xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetProp(node, BAD_CAST name);
    char *copy = g_strdup((const char *)value);
    xmlFree(value);
    return copy;
}

static void end_block(Walk *walk)
{
    if (walk->block)
        xhtml_close(walk->out, walk->block);
    walk->block = NULL;
}

static void begin_block(Walk *walk)
{
    if (walk->block)
        return;
    walk->block = "p";
    walk->blank = TRUE;
    xhtml_open(walk->out, "p");
}

/* Folds white space as browsers do; a no-break space is kept as a blank, forms use runs of it as a gap. */
static void put_text(Walk *walk, const char *text)
{
    g_autoptr(GString) kept = g_string_new(NULL);
    gboolean blank = walk->block ? walk->blank : TRUE;
    for (const char *at = text; *at; at++) {
        if (g_ascii_isspace(*at)) {
            if (!blank)
                g_string_append_c(kept, ' ');
            blank = TRUE;
        } else if (g_str_has_prefix(at, "\xc2\xa0")) {
            g_string_append_c(kept, ' ');
            at++;
        } else {
            g_string_append_c(kept, *at);
            blank = FALSE;
        }
    }
    if (kept->len == 0 || (!walk->block && strspn(kept->str, " ") == kept->len))
        return;
    begin_block(walk);
    xhtml_text(walk->out, kept->str, (gssize)kept->len);
    walk->blank = blank;
}

/* Preformatted text: every line is a paragraph, as in a text file. */
static void put_lines(Walk *walk, const char *text)
{
    for (const char *at = text; *at;) {
        gsize line = strcspn(at, "\r\n");
        if (line > 0) {
            begin_block(walk);
            xhtml_text(walk->out, at, (gssize)line);
        }
        at += line;
        if (*at)
            end_block(walk);
        at += *at != '\0';
    }
}

static void walk_children(Walk *walk, xmlNode *node);

static void put_break(Walk *walk)
{
    /* Mails part their lines with br alone: outside of tables each is a paragraph, as in a text file. */
    if (walk->cells == 0 && g_strcmp0(walk->block, "p") == 0)
        end_block(walk);
    else if (walk->block)
        xhtml_break(walk->out);
    walk->blank = TRUE;
}

static void put_input(Walk *walk, xmlNode *node)
{
    g_autofree char *type = attribute(node, "type");
    g_autofree char *name = attribute(node, "name");
    if (type && (g_ascii_strcasecmp(type, "checkbox") == 0 || g_ascii_strcasecmp(type, "radio") == 0)) {
        begin_block(walk);
        xhtml_checkbox(walk->out, xmlHasProp(node, BAD_CAST "checked") != NULL);
        if (name)
            xhtml_attr(walk->out, "data-control", name);
        walk->blank = FALSE;
    } else if (!type || g_ascii_strcasecmp(type, "text") == 0 || g_ascii_strcasecmp(type, "email") == 0 ||
               g_ascii_strcasecmp(type, "tel") == 0 || g_ascii_strcasecmp(type, "date") == 0) {
        g_autofree char *value = attribute(node, "value");
        if (value)
            put_text(walk, value);
    }
}

/* An element that holds blocks. SPANS: whether it is a cell, whose spans are kept. */
static void put_container(Walk *walk, xmlNode *node, const char *tag, gboolean cell)
{
    static const char *const spans[] = {"colspan", "rowspan"};
    end_block(walk);
    xhtml_open(walk->out, tag);
    for (guint i = 0; cell && i < G_N_ELEMENTS(spans); i++) {
        g_autofree char *value = attribute(node, spans[i]);
        guint64 span = value ? g_ascii_strtoull(value, NULL, 10) : 1;
        g_autofree char *number = g_strdup_printf("%u", (guint)CLAMP(span, 1, 1000));
        if (span > 1)
            xhtml_attr(walk->out, spans[i], number);
    }
    walk->cells += cell;
    walk_children(walk, node);
    walk->cells -= cell;
    end_block(walk);
    xhtml_close(walk->out, tag);
}

static void put_heading(Walk *walk, xmlNode *node, const char *tag)
{
    end_block(walk);
    xhtml_open(walk->out, tag);
    walk->block = tag;
    walk->blank = TRUE;
    walk_children(walk, node);
    end_block(walk);
}

/* What the browser would not show is no part of the form. */
static gboolean is_hidden(xmlNode *node)
{
    if (xmlHasProp(node, BAD_CAST "hidden"))
        return TRUE;
    g_autofree char *style = attribute(node, "style");
    if (!style)
        return FALSE;
    g_autofree char *lower = g_ascii_strdown(style, -1);
    g_auto(GStrv) words = g_strsplit_set(lower, " \t\r\n", -1);
    g_autofree char *packed = g_strjoinv("", words);
    return strstr(packed, "display:none") || strstr(packed, "visibility:hidden") || strstr(packed, "mso-hide:all");
}

static void put_element(Walk *walk, xmlNode *node)
{
    Tag tag = tag_of(node);
    if (tag == TAG_SKIP || is_hidden(node))
        return;
    gboolean pre = walk->pre;
    switch (tag) {
    case TAG_BREAK: put_break(walk); break;
    case TAG_INPUT: put_input(walk, node); break;
    case TAG_HEADING: put_heading(walk, node, (const char *)node->name); break;
    case TAG_TABLE: put_container(walk, node, "table", FALSE); break;
    case TAG_ROW: put_container(walk, node, "tr", FALSE); break;
    case TAG_CELL: put_container(walk, node, "td", TRUE); break;
    case TAG_LIST: put_container(walk, node, "ul", FALSE); break;
    case TAG_ITEM: put_container(walk, node, "li", FALSE); break;
    case TAG_OPTION:
        if (xmlHasProp(node, BAD_CAST "selected"))
            walk_children(walk, node);
        break;
    case TAG_IMAGE:
        begin_block(walk);
        xhtml_open(walk->out, "img");
        xhtml_close(walk->out, "img");
        break;
    case TAG_PRE:
    case TAG_BLOCK:
        end_block(walk);
        walk->pre = pre || tag == TAG_PRE;
        walk_children(walk, node);
        walk->pre = pre;
        end_block(walk);
        break;
    default: walk_children(walk, node);
    }
}

static void walk_children(Walk *walk, xmlNode *node)
{
    if (++walk->depth <= LIMIT_HTML_DEPTH)
        for (xmlNode *child = node->children; child && !xhtml_full(walk->out); child = child->next) {
            if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
                (walk->pre ? put_lines : put_text)(walk, (const char *)child->content);
            else if (child->type == XML_ELEMENT_NODE)
                put_element(walk, child);
        }
    walk->depth--;
}

/* The charset that a meta element of the first bytes names; NULL when none does. Caller frees. */
static char *meta_charset(const guint8 *bytes, gsize length)
{
    g_autofree char *head = g_ascii_strdown((const char *)bytes, (gssize)MIN(length, 4096));
    char *at = strstr(head, "charset");
    if (!at)
        return NULL;
    at += strlen("charset");
    at += strspn(at, " \t\r\n=\"'");
    return g_strndup(at, strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-_:."));
}

static char *decode(const ReadInput *input)
{
    const char *bytes = (const char *)input->bytes;
    if (input->length >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)) {
        char *wide = charset_decode_strict(bytes, input->length & ~(gsize)1, bytes[0] == '\xff' ? "UTF-16LE" : "UTF-16BE");
        if (wide)
            return wide;
    }
    /* The mail part's label outranks the page's own (RFC 2854), unless the bytes deny it. */
    g_autofree char *meta = meta_charset(input->bytes, input->length);
    if (input->charset) {
        char *text = charset_decode_strict(bytes, input->length, input->charset);
        if (text && g_ascii_strncasecmp(input->charset, "iso-8859", 8) != 0)
            return text;
        g_free(text);
    }
    return charset_decode(bytes, input->length, meta ? meta : input->charset);
}

/* Cuts out Office's bare conditions, "<![if !supportLists]>", which libxml2 would take for text. Those that end a
 * comment ("<![endif]-->") stay. */
static void drop_conditions(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        gsize inside = g_str_has_prefix(from, "<![") ? strcspn(from + 3, "<>") : 0;
        if (inside > 0 && from[3 + inside] == '>' && from[3 + inside - 1] == ']')
            from += 3 + inside + 1;
        else
            *to++ = *from++;
    }
    *to = '\0';
}

/* The whole text is decoded before libxml2 sees it: given "gb2312" for GBK bytes it would stop at the first
 * character it does not know. */
Status html_read(const ReadInput *input, Xhtml *out, G_GNUC_UNUSED Members *members)
{
    g_autofree char *text = decode(input);
    drop_conditions(text);
    gsize length = strlen(text);
    if (length > LIMIT_EXPANDED_BYTES)
        return STATUS_TOO_LARGE;
    htmlDocPtr doc = htmlReadMemory(text, (int)length, NULL, "UTF-8", HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                    HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_COMPACT);
    if (!doc)
        return STATUS_DAMAGED;
    Walk walk = {.out = out};
    walk_children(&walk, (xmlNode *)doc);
    end_block(&walk);
    xmlFreeDoc(doc);
    return xhtml_full(out) ? STATUS_TOO_LARGE : STATUS_READ;
}
