#include <string.h>

#include "base/limits.h"
#include "page/xhtml.h"

struct Xhtml {
    xmlDoc *doc;
    xmlNode *head, *body;
    xmlNode *at;      /* innermost open element */
    xmlNode *last;    /* element opened last: xhtml_attr's */
    GString *pending; /* text of AT not yet in the tree: appending to a text node is quadratic in libxml2 */
    guint depth, cells, elements;
    guint cells_most, elements_most;
    gsize text_bytes, text_most;
    gboolean full;
};

Xhtml *xhtml_new(void)
{
    Xhtml *xhtml = g_new0(Xhtml, 1);
    xhtml->doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNode *root = xmlNewDocNode(xhtml->doc, NULL, BAD_CAST "html", NULL);
    xmlDocSetRootElement(xhtml->doc, root);
    xhtml->head = xmlNewChild(root, NULL, BAD_CAST "head", NULL);
    xhtml->body = xmlNewChild(root, NULL, BAD_CAST "body", NULL);
    xhtml->at = xhtml->last = xhtml->body;
    xhtml->pending = g_string_new(NULL);
    xhtml->cells_most = LIMIT_CELLS;
    xhtml->elements_most = LIMIT_ELEMENTS;
    xhtml->text_most = LIMIT_TEXT_BYTES;
    return xhtml;
}

Xhtml *xhtml_new_table(void)
{
    Xhtml *xhtml = xhtml_new();
    xhtml->cells_most = LIMIT_TABLE_CELLS;
    xhtml->elements_most = 3 * LIMIT_TABLE_CELLS; /* a cell, its paragraph, a row of its own */
    xhtml->text_most = LIMIT_TABLE_BYTES;
    return xhtml;
}

guint xhtml_cells_most(const Xhtml *xhtml)
{
    return xhtml->cells_most;
}

gsize xhtml_text_most(const Xhtml *xhtml)
{
    return xhtml->text_most;
}

void xhtml_free(Xhtml *xhtml)
{
    if (!xhtml)
        return;
    xmlFreeDoc(xhtml->doc);
    g_string_free(xhtml->pending, TRUE);
    g_free(xhtml);
}

static void xhtml_flush(Xhtml *xhtml)
{
    if (xhtml->pending->len == 0)
        return;
    xmlAddChild(xhtml->at, xmlNewDocTextLen(xhtml->doc, BAD_CAST xhtml->pending->str, (int)xhtml->pending->len));
    g_string_truncate(xhtml->pending, 0);
}

/* Adds a child to the innermost open element; NULL when a limit is reached. */
static xmlNode *xhtml_add(Xhtml *xhtml, const char *tag)
{
    if (xhtml->full)
        return NULL;
    gboolean cell = strcmp(tag, "td") == 0;
    if (++xhtml->elements > xhtml->elements_most || (cell && ++xhtml->cells > xhtml->cells_most)) {
        xhtml->full = TRUE;
        return NULL;
    }
    xhtml_flush(xhtml);
    xhtml->last = xmlNewDocNode(xhtml->doc, NULL, BAD_CAST tag, NULL);
    return xmlAddChild(xhtml->at, xhtml->last);
}

void xhtml_open(Xhtml *xhtml, const char *tag)
{
    if (xhtml->depth >= LIMIT_XML_DEPTH)
        xhtml->full = TRUE;
    xmlNode *node = xhtml_add(xhtml, tag);
    if (!node)
        return;
    xhtml->at = node;
    xhtml->depth++;
}

void xhtml_close(Xhtml *xhtml, const char *tag)
{
    guint up = 1;
    xmlNode *node = xhtml->at;
    for (; node != xhtml->body && strcmp((const char *)node->name, tag) != 0; node = node->parent)
        up++;
    if (node == xhtml->body)
        return;
    xhtml_flush(xhtml);
    xhtml->at = xhtml->last = node->parent;
    xhtml->depth -= up;
}

void xhtml_attr(Xhtml *xhtml, const char *name, const char *value)
{
    if (xhtml->full || xhtml->last == xhtml->body)
        return;
    g_autoptr(GString) clean = g_string_new(NULL);
    for (const char *at = value; *at; at++)
        if ((guchar)*at >= 0x20)
            g_string_append_c(clean, *at);
    g_autofree char *valid = g_utf8_make_valid(clean->str, (gssize)clean->len);
    xmlSetProp(xhtml->last, BAD_CAST name, BAD_CAST valid);
}

void xhtml_box(Xhtml *xhtml, int page, double x0, double y0, double x1, double y1)
{
    char number[5][G_ASCII_DTOSTR_BUF_SIZE];
    const double value[] = {x0, y0, x1, y1};
    g_snprintf(number[4], sizeof number[4], "%d", page);
    for (int i = 0; i < 4; i++)
        g_ascii_formatd(number[i], sizeof number[i], "%.4f", CLAMP(value[i], 0, 1));
    g_autofree char *box = g_strjoin(" ", number[4], number[0], number[1], number[2], number[3], NULL);
    xhtml_attr(xhtml, "data-page", number[4]);
    xhtml_attr(xhtml, "data-box", box);
}

/* Whether XML 1.0 can hold C, and a reader should see it. */
static gboolean xhtml_char_allowed(gunichar c)
{
    return c == '\t' || (c >= 0x20 && c < 0x7f) || (c >= 0xa0 && c < 0xfffe && c != 0xfeff) || c > 0xffff;
}

/* Appends CHUNK, valid UTF-8 of LENGTH bytes, without what XML forbids; white space of any kind is a blank. */
static void xhtml_append(GString *out, const char *chunk, gsize length)
{
    for (const char *at = chunk; at < chunk + length; at = g_utf8_next_char(at)) {
        guchar byte = (guchar)*at;
        if (byte < 0x80) {
            if (byte >= 0x20 && byte != 0x7f)
                g_string_append_c(out, *at);
            else if (byte == '\t')
                g_string_append_c(out, '\t');
            else if (byte == '\n')
                g_string_append_c(out, ' ');
        } else if (xhtml_char_allowed(g_utf8_get_char(at))) {
            g_string_append_len(out, at, g_utf8_next_char(at) - at);
        }
    }
}

void xhtml_text(Xhtml *xhtml, const char *text, gssize length)
{
    gsize bytes = length < 0 ? strlen(text) : (gsize)length;
    if (xhtml->full || bytes == 0)
        return;
    if (xhtml->text_bytes + bytes > xhtml->text_most) {
        xhtml->full = TRUE;
        return;
    }
    xhtml->text_bytes += bytes;
    const char *end = NULL;
    if (g_utf8_validate(text, (gssize)bytes, &end)) {
        xhtml_append(xhtml->pending, text, bytes);
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)bytes);
    xhtml_append(xhtml->pending, valid, strlen(valid));
}

void xhtml_break(Xhtml *xhtml)
{
    xhtml_add(xhtml, "br");
}

void xhtml_checkbox(Xhtml *xhtml, gboolean checked)
{
    if (!xhtml_add(xhtml, "input"))
        return;
    xhtml_attr(xhtml, "type", "checkbox");
    if (checked)
        xhtml_attr(xhtml, "checked", "checked");
}

/* The first <meta> called NAME from META on, or NULL. */
static xmlNode *find_meta(xmlNode *meta, const char *name)
{
    for (; meta; meta = meta->next) {
        xmlChar *other = xmlGetProp(meta, BAD_CAST "name");
        gboolean same = other && strcmp((const char *)other, name) == 0;
        xmlFree(other);
        if (same)
            break;
    }
    return meta;
}

void xhtml_meta(Xhtml *xhtml, const char *name, const char *content)
{
    gboolean often = strcmp(name, "signature") == 0 || strcmp(name, "signing") == 0;
    xmlNode *meta = often ? NULL : find_meta(xhtml->head->children, name);
    if (!meta) {
        meta = xmlNewChild(xhtml->head, NULL, BAD_CAST "meta", NULL);
        xmlSetProp(meta, BAD_CAST "name", BAD_CAST name);
    }
    xmlSetProp(meta, BAD_CAST "content", BAD_CAST content);
}

GPtrArray *xhtml_said(const Xhtml *xhtml, const char *name)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    for (xmlNode *meta = xhtml->head->children; (meta = find_meta(meta, name)); meta = meta->next) {
        xmlChar *content = xmlGetProp(meta, BAD_CAST "content");
        g_ptr_array_add(all, g_strdup((const char *)content));
        xmlFree(content);
    }
    return all;
}

gboolean xhtml_full(const Xhtml *xhtml)
{
    return xhtml->full;
}

xmlDoc *xhtml_doc(Xhtml *xhtml)
{
    xhtml_flush(xhtml);
    return xhtml->doc;
}

xmlNode *xhtml_at(Xhtml *xhtml)
{
    xhtml_flush(xhtml);
    return xhtml->at;
}

static gboolean is_block(const char *name)
{
    return strcmp(name, "p") == 0 || strcmp(name, "li") == 0 || strcmp(name, "tr") == 0 || strcmp(name, "table") == 0 ||
           (name[0] == 'h' && g_ascii_isdigit(name[1]));
}

/* Ends the block or cell whose text stops here: lines end at blocks, cells of a row are parted by tabs. */
static void plain_end(GString *out, const xmlNode *node, guint in_cells)
{
    const char *name = (const char *)node->name;
    gboolean cell = strcmp(name, "td") == 0;
    if (cell && node->next)
        g_string_append_c(out, '\t');
    else if (!cell && is_block(name) && out->len > 0 && out->str[out->len - 1] != '\n') {
        if (in_cells == 0)
            g_string_append_c(out, '\n');
        else if (node->next && !g_ascii_isspace(out->str[out->len - 1]))
            g_string_append_c(out, ' ');
    }
}

char *xhtml_plain_text(Xhtml *xhtml)
{
    xhtml_flush(xhtml);
    GString *out = g_string_new(NULL);
    guint in_cells = 0;
    /* Without recursion: the tree is as deep as a stranger made it. */
    for (xmlNode *node = xhtml->body; node;) {
        const char *name = (const char *)node->name;
        if (node->type == XML_TEXT_NODE)
            g_string_append(out, (const char *)node->content);
        else if (strcmp(name, "br") == 0)
            g_string_append_c(out, in_cells ? ' ' : '\n');
        else if (strcmp(name, "input") == 0)
            g_string_append(out, xmlHasProp(node, BAD_CAST "checked") ? "☑" : "☐");
        else if (strcmp(name, "td") == 0)
            in_cells++;
        if (node->type == XML_ELEMENT_NODE && node->children) {
            node = node->children;
            continue;
        }
        while (node != xhtml->body && node) {
            if (node->type == XML_ELEMENT_NODE) {
                in_cells -= strcmp((const char *)node->name, "td") == 0;
                plain_end(out, node, in_cells);
            }
            if (node->next)
                break;
            node = node->parent;
        }
        node = node == xhtml->body ? NULL : node->next;
    }
    return g_string_free(out, FALSE);
}
