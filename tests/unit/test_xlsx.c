// links: filters/readers/xlsx*.c filters/readers/csv.c filters/readers/sheet*.c filters/readers/ooxml.c filters/readers/unzip.c filters/readers/marks.c filters/readers/member.c filters/readers/zipdir.c filters/readers/pictures.c filters/readers/pictures_zip.c filters/readers/symbols.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libarchive libxml-2.0; flags: -lm
/* Spreadsheets of Excel 2007 and text tables. */
#include <string.h>

#include "base/limits.h"
#include "readers/rows.h"
#include "readers/unzip.h"

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define STRICT "http://purl.oclc.org/ooxml/spreadsheetml/main"
#define RELS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELATION(id, type, target) "<Relationship Id='" id "' Type='" RELS type "' Target='" target "'/>"

static char *dump(Xhtml *out)
{
    xmlDoc *doc = xhtml_doc(out);
    xmlBuffer *buffer = xmlBufferCreate();
    for (xmlNode *node = xmlDocGetRootElement(doc)->last->children; node; node = node->next)
        xmlNodeDump(buffer, doc, node, 0, 0);
    char *text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

static char *read_zip(const GByteArray *zip, gsize length, Status *ret_status)
{
    g_autofree guint8 *copy = g_memdup2(zip->data, length);
    ReadInput input = {.bytes = copy, .length = length, .until = G_MAXINT64};
    g_autoptr(Xhtml) out = xhtml_new();
    *ret_status = xlsx_read(&input, out, NULL);
    return dump(out);
}

#define STYLES                                                                                                        \
    "<styleSheet xmlns='" MAIN "'><numFmts><numFmt numFmtId='176' formatCode='yyyy&quot;年&quot;m&quot;月&quot;'/></numFmts>" \
    "<fonts><font><name val='宋体'/></font><font><name val='Wingdings'/></font></fonts><cellStyleXfs><xf numFmtId='9'/>"  \
    "</cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='176'/><xf numFmtId='14'/><xf numFmtId='0' fontId='1'/>"    \
    "</cellXfs></styleSheet>"
#define STRINGS                                                                                                       \
    "<sst xmlns='" MAIN "'><si><t>姓名</t></si><si><r><t>张</t></r><r><rPr><rFont val='Wingdings'/></rPr><t>þ</t></r>"    \
    "<rPh><t>zhang</t></rPh></si><si><t>a_x000D_\nb</t></si></sst>"

/* The XHTML of one sheet with SHEET as its sheetData and what follows. */
static char *read_sheet(const char *sheet, const char *more_name, const char *more, Status *ret_status)
{
    g_autofree char *part = g_strconcat("<worksheet xmlns='" MAIN "' xmlns:r='" RELS "' "
                                        "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006' "
                                        "xmlns:xdr='urn:x'>", sheet, "</worksheet>", NULL);
    const char *const pairs[] = {
        "_rels/.rels", "<Relationships>" RELATION("r1", "/officeDocument", "xl/workbook.xml") "</Relationships>",
        "xl/workbook.xml", "<workbook xmlns='" MAIN "' xmlns:r='" RELS "'><sheets><sheet name='表' r:id='s1'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels",
        "<Relationships>" RELATION("s1", "/worksheet", "worksheets/one.xml") RELATION("s2", "/styles", "styles.xml")
        RELATION("s3", "/sharedStrings", "strings.xml") "</Relationships>",
        "xl/styles.xml", STYLES, "xl/strings.xml", STRINGS, "xl/worksheets/one.xml", part,
        "xl/worksheets/_rels/one.xml.rels",
        "<Relationships>" RELATION("c1", "/ctrlProp", "../ctrlProps/c1.xml") RELATION("d1", "/drawing", "../drawings/d1.xml")
        "</Relationships>",
        more_name, more, NULL};
    g_autoptr(GByteArray) zip = unzip_pack(pairs);
    return read_zip(zip, zip->len, ret_status);
}

static void sheet_is(const char *sheet, const char *expected)
{
    Status status = STATUS_READ;
    g_autofree char *got = read_sheet(sheet, NULL, NULL, &status);
    g_autofree char *whole = g_strconcat("<h2>表</h2><table>", expected, "</table>", NULL);
    g_assert_cmpstr(got, ==, whole);
    g_assert_cmpint(status, ==, STATUS_READ);
}

#define TD(text) "<td><p>" text "</p></td>"

static void test_cells(void)
{
    sheet_is("<sheetData><row r='2'><c r='B2' t='s'><v>0</v></c><c r='C2' t='s'><v>1</v></c></row></sheetData>",
             "<tr>" TD("姓名") TD("张☑") "</tr>");
    sheet_is("<sheetData><row><c t='inlineStr'><is><r><t>in</t></r><r><t>line</t></r></is></c><c t='str'><f>A1</f><v>formula</v></c>"
             "<c t='b'><v>1</v></c><c t='e'><v>#N/A</v></c></row><row><c><f>1+1</f><v>2</v></c></row></sheetData>",
             "<tr>" TD("inline") TD("formula") TD("TRUE") TD("#N/A") "</tr><tr>" TD("2") "</tr>");
    sheet_is("<sheetData><row r='1'><c r='A1' s='1'><v>45566</v></c><c r='B1' s='2'><v>45566</v></c><c r='C1' s='3' t='str'><v>þ</v></c>"
             "<c r='D1' t='d'><v>2024-10-01T00:00:00</v></c><c r='E1' t='s'><v>2</v></c><c r='F1' t='s'><v>99</v></c></row></sheetData>",
             "<tr>" TD("2024年10月") TD("2024/10/1") TD("☑") TD("2024-10-01") TD("a<br/>b") "<td/></tr>");
    sheet_is("<sheetData><row r='1'><c r='A1' t='str'><v>t</v></c><c r='B1'/></row><row r='2'><c r='A2' t='str'><v>a</v></c>"
             "<c r='B2' t='str'><v>b</v></c></row></sheetData><mergeCells><mergeCell ref='A1:B1'/></mergeCells>",
             "<tr><td colspan=\"2\"><p>t</p></td></tr><tr>" TD("a") TD("b") "</tr>");
    sheet_is("<sheetData><row><c t='str'><v>a</v></c><c t='str'><f>_xlfn.DISPIMG(1)</f><v>=DISPIMG(\"ID_1\",1)</v></c></row></sheetData>",
             "<tr>" TD("a") "<td/></tr>");
    sheet_is("<dimension ref='A1:XFD1048576'/><sheetData><row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData>"
             "<mergeCells><mergeCell ref='A1:XFD1048576'/><mergeCell ref='nonsense'/></mergeCells>",
             "<tr>" TD("1") "</tr>");
}

#define CONTROL                                                                                                       \
    "<mc:AlternateContent><mc:Choice><controls><mc:AlternateContent><mc:Choice><control shapeId='7' r:id='c1'><controlPr>" \
    "<anchor><from><xdr:col>1</xdr:col><xdr:colOff>9</xdr:colOff><xdr:row>0</xdr:row></from><to><xdr:col>5</xdr:col></to>" \
    "</anchor></controlPr></control></mc:Choice><mc:Fallback><control shapeId='7' r:id='c1'/></mc:Fallback>"           \
    "</mc:AlternateContent></controls></mc:Choice></mc:AlternateContent>"

static void test_controls(void)
{
    Status status = STATUS_READ;
    g_autofree char *box = read_sheet("<sheetData><row r='1'><c r='A1' t='s'><v>0</v></c></row></sheetData>" CONTROL,
                                      "xl/ctrlProps/c1.xml", "<formControlPr objectType='CheckBox' checked='Checked'/>", &status);
    g_assert_cmpstr(box, ==, "<h2>表</h2><table><tr>" TD("姓名") TD("☑") "</tr></table>");
    g_autofree char *button = read_sheet("<sheetData><row r='1'><c r='A1' t='s'><v>0</v></c></row></sheetData>" CONTROL,
                                         "xl/ctrlProps/c1.xml", "<formControlPr objectType='Button'/>", &status);
    g_assert_cmpstr(button, ==, "<h2>表</h2><table><tr>" TD("姓名") "</tr></table>");
    g_autofree char *text = read_sheet(
        "<sheetData/>", "xl/drawings/d1.xml",
        "<x:wsDr xmlns:x='u:x' xmlns:a='u:a'><x:sp><x:nvSpPr><x:cNvPr id='3'/></x:nvSpPr><x:txBody><a:p><a:r><a:t>框</a:t></a:r></a:p>"
        "<a:p><a:r><a:t>二</a:t></a:r></a:p></x:txBody></x:sp></x:wsDr>", &status);
    g_assert_cmpstr(text, ==, "<p>框</p><p>二</p>");
}

/* Sheets come in the order of their tabs, hidden ones say so; the strict namespace is the same format. */
static void test_workbook(void)
{
    const char *const pairs[] = {
        "xl/workbook.xml",
        "<workbook xmlns='" STRICT "' xmlns:r='" RELS "'><workbookPr date1904='1'/><sheets><sheet name='b' r:id='s2'/>"
        "<sheet name='a' state='hidden' r:id='s1'/><sheet name='again' r:id='s1'/><sheet name='none' r:id='s9'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels",
        "<Relationships>" RELATION("s1", "/worksheet", "worksheets/1.xml") RELATION("s2", "/worksheet", "/xl/worksheets/2.xml")
        RELATION("s3", "/styles", "styles.xml") "</Relationships>",
        "xl/styles.xml", STYLES,
        "xl/worksheets/1.xml", "<worksheet xmlns='" STRICT "'><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>",
        "xl/worksheets/2.xml", "<worksheet xmlns='" STRICT "'><sheetData><row><c s='2'><v>0</v></c></row></sheetData></worksheet>",
        NULL};
    g_autoptr(GByteArray) zip = unzip_pack(pairs);
    Status status = STATUS_READ;
    g_autofree char *got = read_zip(zip, zip->len, &status);
    g_assert_cmpstr(got, ==, "<h2>b</h2><table><tr>" TD("1904/1/1") "</tr></table>"
                    "<h2 data-part=\"hidden\">a</h2><table data-part=\"hidden\"><tr>" TD("1") "</tr></table>");
    g_assert_cmpint(status, ==, STATUS_READ);
    for (gsize cut = 0; cut < zip->len; cut += 7)
        g_free(read_zip(zip, cut, &status));
}

static void test_damaged(void)
{
    Status status = STATUS_READ;
    g_autofree char *open = read_sheet("<sheetData><row><c><v>1</v></c></row>", NULL, NULL, &status);
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
    const char *const bomb[] = {
        "xl/workbook.xml",
        "<!DOCTYPE w [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><workbook xmlns='" MAIN "'>&a;</workbook>", NULL};
    g_autoptr(GByteArray) zip = unzip_pack(bomb);
    g_autofree char *entity = read_zip(zip, zip->len, &status);
    g_assert_cmpstr(entity, ==, "");
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
    g_autoptr(GString) rows = g_string_new("<sheetData>");
    for (guint i = 0; i < LIMIT_CELLS + 10; i++)
        g_string_append(rows, "<row><c t='s'><v>0</v></c></row>");
    g_string_append(rows, "</sheetData>");
    g_autofree char *many = read_sheet(rows->str, NULL, NULL, &status);
    g_assert_cmpint(status, ==, STATUS_TOO_LARGE);
}

/* ---- csv ---- */

static void csv_is(const char *bytes, gsize length, const char *expected)
{
    g_autofree guint8 *copy = g_memdup2(bytes, length);
    ReadInput input = {.bytes = copy, .length = length, .until = G_MAXINT64};
    g_autoptr(Xhtml) out = xhtml_new();
    g_assert_cmpint(csv_read(&input, out, NULL), ==, STATUS_READ);
    g_autofree char *got = dump(out);
    g_assert_cmpstr(got, ==, expected);
}

#define CSV(bytes, expected) csv_is(bytes, sizeof(bytes) - 1, expected)

static void test_csv(void)
{
    CSV("a,b\r\nc,\"d, \"\"e\"\"\nf\"\r\n", "<table><tr>" TD("a") TD("b") "</tr><tr>" TD("c") TD("d, \"e\"<br/>f") "</tr></table>");
    CSV("a;b,1;c\nd;e;f", "<table><tr>" TD("a") TD("b,1") TD("c") "</tr><tr>" TD("d") TD("e") TD("f") "</tr></table>");
    CSV("sep=|\na|b", "<table><tr>" TD("a") TD("b") "</tr></table>");
    CSV("a\tb\n=\"0123\"\t\"open", "<table><tr>" TD("a") TD("b") "</tr><tr>" TD("0123") TD("\"open") "</tr></table>");
    CSV("\xef\xbb\xbf姓名,a", "<table><tr>" TD("姓名") TD("a") "</tr></table>");
    CSV("\xd0\xd5\xc3\xfb,\xd5\xc5\xc8\xfd", "<table><tr>" TD("姓名") TD("张三") "</tr></table>");
    CSV("\xff\xfe\xd3\x59,\0a\0", "<table><tr>" TD("姓") TD("a") "</tr></table>");
    CSV("\xa9\x6d\xa6\x57,\xa4\x48\xa4\xa4\xa4\xe5\xa6\x72", "<table><tr>" TD("姓名") TD("人中文字") "</tr></table>");
    CSV("\"", "<table><tr>" TD("\"") "</tr></table>");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xlsx/cells", test_cells);
    g_test_add_func("/xlsx/controls", test_controls);
    g_test_add_func("/xlsx/workbook", test_workbook);
    g_test_add_func("/xlsx/damaged", test_damaged);
    g_test_add_func("/csv", test_csv);
    return g_test_run();
}
