/* links: filters/readers/odf*.c filters/readers/sheet*.c filters/readers/blocks.c filters/readers/numerals.c filters/readers/ooxml.c filters/readers/unzip.c filters/readers/marks.c filters/readers/member.c filters/readers/zipdir.c filters/readers/pictures.c filters/readers/pictures_zip.c filters/readers/symbols.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libarchive libxml-2.0; flags: -lm */
/* An OpenDocument file as one XML file, which shows the elements to the mutations. What is read must be text, and of a whole
 * document the cells stand in rows and no paragraph holds a block. */
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
    for (; node; node = node->next) {
        must(!(is(node, "p") || is(node, "table")) || !is(node->parent, "p"));
        if (node->type == XML_ELEMENT_NODE)
            check(node->children);
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree guint8 *bytes = g_memdup2(size ? data : (const guint8 *)"", MAX(size, 1));
    ReadInput input = {.bytes = bytes, .length = size, .until = G_MAXINT64};
    g_autoptr(Xhtml) out = xhtml_new();
    Status status = odf_read(&input, out, NULL);
    g_autofree char *text = xhtml_plain_text(out);
    must(g_utf8_validate(text, -1, NULL));
    if (status == STATUS_READ)
        check(xmlDocGetRootElement(xhtml_doc(out)));
    return 0;
}
