/* links: filters/readers/docx*.c filters/readers/pictures_zip.c filters/readers/zipdir.c filters/readers/pictures.c filters/readers/numerals.c filters/readers/ole.c filters/readers/ooxml.c filters/readers/unzip.c filters/readers/member.c filters/readers/marks.c filters/readers/symbols.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libarchive libxml-2.0 libgsf-1 */
/* A Word document as one XML file, which shows the elements to the mutations; the zip around most of them is libarchive's. What
 * is read must be text, and its tables whole: no mark of an unfinished merge is left. */
#include <stdlib.h>
#include <string.h>

#include "readers/rows.h"

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

static void must(gboolean holds)
{
    if (!holds)
        abort();
}

static void check_node(const xmlNode *node)
{
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        gboolean cell = strcmp((const char *)node->name, "td") == 0;
        must(!cell || strcmp((const char *)node->parent->name, "tr") == 0);
        must(!xmlHasProp((xmlNode *)node, BAD_CAST "data-merge") && !xmlHasProp((xmlNode *)node, BAD_CAST "data-across"));
        check_node(node->children);
    }
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    ReadInput input = {.bytes = bytes, .length = length};
    g_autoptr(Xhtml) out = xhtml_new();
    Status status = docx_read(&input, out, NULL);
    g_autofree char *text = xhtml_plain_text(out);
    must(g_utf8_validate(text, -1, NULL));
    if (status == STATUS_READ)
        check_node(xmlDocGetRootElement(xhtml_doc(out)));
    return 0;
}
