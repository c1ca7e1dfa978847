#include <string.h>

#include "answers/answers.h"

typedef enum { TAG_DROPPED, TAG_KEPT, TAG_VOID } Tag;

static Tag tag_of(const xmlNode *node)
{
    static const char *const kept[] = {"h1", "h2", "h3", "h4", "h5", "h6", "p", "table", "tr", "td", "ul", "ol", "li", NULL};
    static const char *const empty[] = {"br", "img", "input", NULL};
    if (g_strv_contains(kept, (const char *)node->name))
        return TAG_KEPT;
    return g_strv_contains(empty, (const char *)node->name) ? TAG_VOID : TAG_DROPPED;
}

static void put_escaped(GString *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<': g_string_append(out, "&lt;"); break;
        case '>': g_string_append(out, "&gt;"); break;
        case '&': g_string_append(out, "&amp;"); break;
        case '"': g_string_append(out, "&quot;"); break;
        default:
            if ((guchar)*text >= ' ' ? *text != 0x7f : *text == '\t' || *text == '\n')
                g_string_append_c(out, *text);
        }
}

/* The attribute NAME with the value it has, when all of that is made of CHARS (NULL: anything). */
static void put_attribute(GString *out, xmlNode *node, const char *name, const char *chars)
{
    xmlChar *value = xmlGetProp(node, BAD_CAST name);
    const char *text = (const char *)value;
    if (text && *text && (!chars || (strlen(text) <= 60 && strspn(text, chars) == strlen(text)))) {
        g_string_append_printf(out, " %s=\"", name);
        put_escaped(out, text);
        g_string_append_c(out, '"');
    }
    xmlFree(value);
}

static void put_span(GString *out, xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetProp(node, BAD_CAST name);
    gint64 number = value ? g_ascii_strtoll((const char *)value, NULL, 10) : 0;
    if (number > 1)
        g_string_append_printf(out, " %s=\"%d\"", name, (int)MIN(number, 10000));
    xmlFree(value);
}

static void put_input(GString *out, xmlNode *node)
{
    xmlChar *type = xmlGetProp(node, BAD_CAST "type");
    gboolean radio = type && strcmp((const char *)type, "radio") == 0;
    g_string_append_printf(out, " type=\"%s\"%s disabled=\"\"", radio ? "radio" : "checkbox",
                           xmlHasProp(node, BAD_CAST "checked") ? " checked=\"\"" : "");
    xmlFree(type);
}

static void put_start(GString *out, xmlNode *node)
{
    static const char digits[] = "0123456789. ", letters[] = "abcdefghijklmnopqrstuvwxyz";
    const char *name = (const char *)node->name;
    g_string_append_printf(out, "<%s", name);
    put_attribute(out, node, "data-page", digits);
    put_attribute(out, node, "data-box", digits);
    put_attribute(out, node, "data-part", letters);
    put_attribute(out, node, "data-control", NULL);
    if (strcmp(name, "td") == 0) {
        put_span(out, node, "colspan");
        put_span(out, node, "rowspan");
    } else if (strcmp(name, "img") == 0) {
        put_attribute(out, node, "alt", NULL);
    } else if (strcmp(name, "input") == 0) {
        put_input(out, node);
    }
    g_string_append_c(out, '>');
}

static void put_end(GString *out, const xmlNode *node)
{
    if (node->type != XML_ELEMENT_NODE || tag_of(node) != TAG_KEPT)
        return;
    g_string_append_printf(out, "</%s>", (const char *)node->name);
    if (strcmp((const char *)node->name, "td") != 0)
        g_string_append_c(out, '\n');
}

static xmlNode *body_of(xmlDoc *doc)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    return root ? root->last : NULL;
}

GString *answers_view(xmlDoc *doc)
{
    GString *out = g_string_new(NULL);
    xmlNode *body = body_of(doc);
    /* Without recursion: the tree is as deep as a stranger made it. */
    for (xmlNode *node = body ? body->children : NULL; node;) {
        if (node->type == XML_TEXT_NODE)
            put_escaped(out, (const char *)node->content);
        else if (node->type == XML_ELEMENT_NODE && tag_of(node) != TAG_DROPPED)
            put_start(out, node);
        if (node->type == XML_ELEMENT_NODE && node->children && tag_of(node) != TAG_VOID) {
            node = node->children;
            continue;
        }
        for (put_end(out, node); !node->next && node->parent != body; put_end(out, node))
            node = node->parent;
        node = node->next;
    }
    return out;
}
