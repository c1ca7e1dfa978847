/* links: filters/readers/rtf*.c filters/readers/blocks.c filters/readers/pictures.c filters/readers/symbols.c filters/readers/word_field.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libxml-2.0 */
/* A Rich Text document. What is read must be text, rows stand in tables and cells in rows, spans are small numbers, and no
 * paragraph holds a table or another paragraph. */
#include <stdlib.h>
#include <string.h>

#include "readers/rows.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void must(gboolean holds)
{
    if (!holds)
        abort();
}

static gboolean is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static void check(const xmlNode *node)
{
    must(!is(node, "tr") || is(node->parent, "table"));
    must(!is(node, "td") || is(node->parent, "tr"));
    must(!is(node, "p") || is(node->parent, "td") || is(node->parent, "body"));
    must(!is(node, "table") || is(node->parent, "td") || is(node->parent, "body"));
    for (const xmlAttr *attr = node->type == XML_ELEMENT_NODE ? node->properties : NULL; attr; attr = attr->next)
        if (g_str_has_suffix((const char *)attr->name, "span"))
            must(atoi((const char *)attr->children->content) > 1);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const char head[] = "{\\rtf1";
    gboolean whole = size > 5 && memcmp(data, "{\\rtf", 5) == 0;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    if (!whole)
        g_byte_array_append(bytes, (const guint8 *)head, sizeof head - 1);
    g_byte_array_append(bytes, data, (guint)size);
    ReadInput input = {.bytes = bytes->data, .length = bytes->len, .until = G_MAXINT64};
    g_autoptr(Xhtml) out = xhtml_new();
    Status status = rtf_read(&input, out, NULL);
    must(status == STATUS_READ || status == STATUS_DAMAGED || status == STATUS_TOO_LARGE);
    g_autofree char *text = xhtml_plain_text(out);
    must(g_utf8_validate(text, -1, NULL));
    const xmlNode *body = xmlDocGetRootElement(xhtml_doc(out))->last;
    for (const xmlNode *node = body->children; node && status != STATUS_TOO_LARGE;) {
        check(node);
        if (node->type == XML_ELEMENT_NODE && node->children) {
            node = node->children;
            continue;
        }
        while (node != body && !node->next)
            node = node->parent;
        node = node == body ? NULL : node->next;
    }
    return 0;
}
