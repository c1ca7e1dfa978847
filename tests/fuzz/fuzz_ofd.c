// links: filters/readers/ofd*.c filters/readers/ooxml.c filters/readers/unzip.c filters/readers/marks.c filters/readers/member.c filters/readers/pictures.c filters/page/layout.c filters/page/pen*.c filters/page/grid.c filters/page/flow*.c filters/page/plane.c filters/page/rules.c filters/page/turn.c filters/page/ideograph.c filters/page/xhtml.c src/base/charset.c src/base/clock.c src/base/text.c; libs: libarchive libxml-2.0; flags: -lm
/* An OFD package whose parts are given one after the other, a form feed between them: the page's content, Document.xml, the
 * resources, a signature, OFD.xml. A part that is left out is an ordinary one, so that mutations of any part are reached. What is
 * read must be text, its cells stand in rows and its boxes on the page. */
#include <stdlib.h>
#include <string.h>

#include "readers/ofd.h"
#include "readers/rows.h"
#include "zip_build.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static ZipMember parts[] = {
    {.name = "D/P.xml", .bytes = "<Page><Content><Layer/></Content></Page>"},
    {.name = "D/Document.xml",
     .bytes = "<Document><CommonData><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea><TemplatePage ID='3' "
              "BaseLoc='T.xml'/><PublicRes>R.xml</PublicRes></CommonData><Pages><Page ID='1' BaseLoc='P.xml'/></Pages>"
              "<Annotations>A.xml</Annotations><Attachments>F.xml</Attachments></Document>"},
    {.name = "D/R.xml",
     .bytes = "<Res BaseLoc='R'><MultiMedias><MultiMedia ID='4' Type='Image'><MediaFile>4.png</MediaFile></MultiMedia></MultiMedias>"
              "<CompositeGraphicUnits><CompositeGraphicUnit ID='5'><Content><TextObject Size='4' Boundary='0 0 9 9'><TextCode X='0' "
              "Y='4'>a</TextCode></TextObject><CompositeObject ResourceID='5'/></Content></CompositeGraphicUnit></CompositeGraphicUnits></Res>"},
    {.name = "D/S.xml", .bytes = "<Signature><SignedInfo><StampAnnot PageRef='1' Boundary='1 1 9 9'/></SignedInfo></Signature>"},
    {.name = "OFD.xml",
     .bytes = "<OFD><DocBody><DocRoot>D/Document.xml</DocRoot><Signatures>D/L.xml</Signatures></DocBody></OFD>"},
    {.name = "D/T.xml", .bytes = "<Page><Content><PathObject Boundary='9 9 99 99'><AbbreviatedData>M 0 0 L 90 0 L 90 40 L 0 40 C"
                                 "</AbbreviatedData></PathObject></Content></Page>"},
    {.name = "D/L.xml", .bytes = "<Signatures><Signature BaseLoc='S.xml'/></Signatures>"},
    {.name = "D/A.xml", .bytes = "<Annotations><Page PageID='1'><FileLoc>P.xml</FileLoc></Page></Annotations>"},
    {.name = "D/F.xml", .bytes = "<Attachments><Attachment Name='a'><FileLoc>T.xml</FileLoc></Attachment></Attachments>"},
    {.name = "D/R/4.png", .bytes = "png"},
    {.name = NULL}};

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
        must(!is(node, "td") || is(node->parent, "tr"));
        if (node->type == XML_ELEMENT_NODE)
            check(node->children);
    }
}

/* The parts with those of DATA in place of their own. Caller unrefs. */
static GByteArray *package(const guint8 *data, gsize size)
{
    enum { GIVEN = 5 };
    g_autofree char *text = g_strndup((const char *)(size ? data : (const guint8 *)""), size);
    g_auto(GStrv) given = g_strsplit(text, "\f", GIVEN);
    ZipMember members[G_N_ELEMENTS(parts)];
    memcpy(members, parts, sizeof members);
    for (guint i = 0; given[i]; i++)
        if (*given[i])
            members[i].bytes = given[i];
    return zip_build(members);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(GByteArray) zip = package(data, size);
    g_autofree guint8 *bytes = g_memdup2(zip->data, zip->len);
    ReadInput input = {.bytes = bytes, .length = zip->len, .until = G_MAXINT64};
    g_autoptr(Xhtml) out = xhtml_new();
    ofd_read(&input, out, NULL);
    g_autofree char *text = xhtml_plain_text(out);
    must(g_utf8_validate(text, -1, NULL));
    check(xmlDocGetRootElement(xhtml_doc(out)));
    return 0;
}
