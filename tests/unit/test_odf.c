// links: filters/readers/odf*.c filters/readers/sheet*.c filters/readers/blocks.c filters/readers/numerals.c filters/readers/ooxml.c filters/readers/unzip.c filters/readers/marks.c filters/readers/member.c filters/readers/zipdir.c filters/readers/pictures.c filters/readers/pictures_zip.c filters/readers/symbols.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libarchive libxml-2.0; flags: -lm
/* OpenDocument: texts and spreadsheets, zipped and flat. */
#include <string.h>

#include "base/limits.h"
#include "readers/rows.h"
#include "readers/unzip.h"

#define NS(name) "urn:oasis:names:tc:opendocument:xmlns:" name ":1.0"
#define ROOT                                                                                                          \
    "xmlns:office='" NS("office") "' xmlns:text='" NS("text") "' xmlns:table='" NS("table") "' xmlns:draw='" NS("drawing") \
    "' xmlns:form='" NS("form") "' xmlns:style='" NS("style") "' xmlns:svg='" NS("svg-compatible") "' "                 \
    "xmlns:field='urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0' "                                  \
    "xmlns:loext='urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0' "                              \
    "xmlns:dc='http://purl.org/dc/elements/1.1/'"
#define STYLE(family, name, properties) "<style:style style:family='" family "' style:name='" name "'>" properties "</style:style>"
#define AUTOMATIC                                                                                                     \
    "<office:automatic-styles>" STYLE("text", "hide", "<style:text-properties text:display='none'/>")                 \
    STYLE("text", "wing", "<style:text-properties style:font-name='Wingdings'/>")                                     \
    STYLE("text", "song", "<style:text-properties style:font-name='SimSun'/>")                                        \
    STYLE("table", "off", "<style:table-properties table:display='false'/>") "</office:automatic-styles>"

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

static char *read_bytes(const void *bytes, gsize length, Status *ret_status, Xhtml *out)
{
    g_autofree guint8 *copy = g_memdup2(bytes, length);
    ReadInput input = {.bytes = copy, .length = length, .until = G_MAXINT64};
    *ret_status = odf_read(&input, out, NULL);
    return dump(out);
}

/* A flat document whose office:body holds BODY. */
static char *read_flat(const char *body, Status *ret_status)
{
    g_autofree char *document = g_strconcat("<?xml version='1.0'?><office:document " ROOT ">" AUTOMATIC "<office:body>", body,
                                            "</office:body></office:document>", NULL);
    g_autoptr(Xhtml) out = xhtml_new();
    return read_bytes(document, strlen(document), ret_status, out);
}

static void body_is(const char *body, const char *expected)
{
    Status status = STATUS_READ;
    g_autofree char *got = read_flat(body, &status);
    g_assert_cmpstr(got, ==, expected);
    g_assert_cmpint(status, ==, STATUS_READ);
}

#define TEXT(body) "<office:text>" body "</office:text>"
#define P(text) "<text:p>" text "</text:p>"

static void test_text(void)
{
    body_is(TEXT(P("one") "<text:p/>" P("a<text:s text:c='2'/>b<text:tab/>c<text:line-break/>d")),
            "<p>one</p><p>a  b\tc<br/>d</p>");
    body_is(TEXT("<text:p>\n   white\n <text:span> space</text:span> </text:p>"), "<p>white space </p>");
    body_is(TEXT("<text:h text:outline-level='2'>head</text:h><text:list><text:list-item>" P("item") "</text:list-item></text:list>"),
            "<h2>head</h2><p>item</p>");
    body_is(TEXT(P("a<text:s text:c='2000000000'/>b") "<text:h text:outline-level='999'>x</text:h>"),
            "<p>a                                                                                                    b</p>"
            "<h6>x</h6>");
    body_is(TEXT(P("<text:a>link</text:a> <text:ruby><text:ruby-base>字</text:ruby-base><text:ruby-text>zi</text:ruby-text></text:ruby>")),
            "<p>link 字</p>");
}

static void test_unseen(void)
{
    body_is(TEXT("<text:tracked-changes><text:changed-region><text:deletion>" P("gone") "</text:deletion></text:changed-region>"
                 "</text:tracked-changes>" P("a<text:change/><text:change-start/>new<text:change-end/>")), "<p>anew</p>");
    body_is(TEXT(P("a<text:span text:style-name='hide'>secret</text:span>b<office:annotation><dc:creator>x</dc:creator>" P("note")
                   "</office:annotation><office:annotation-end/>")), "<p>ab</p>");
    body_is(TEXT("<text:section text:display='none'>" P("x") "</text:section>" P("y<text:placeholder>prompt</text:placeholder>")), "<p>y</p>");
    body_is(TEXT(P("a<text:hidden-paragraph text:is-hidden='true'/>") P("<text:hidden-text text:is-hidden='true'>x</text:hidden-text>b")),
            "<p>b</p>");
    body_is(TEXT(P("<draw:frame><svg:title>alt</svg:title><draw:image><office:binary-data>aGVsbG8=</office:binary-data></draw:image>"
                   "</draw:frame>seen<draw:object><office:document><office:body>" TEXT(P("inner")) "</office:body></office:document>"
                   "</draw:object>")), "<p>seen</p>");
}

static void test_tables(void)
{
    body_is(TEXT("<table:table><table:table-column/><table:table-row><table:table-cell table:number-columns-spanned='2'>" P("a")
                 "</table:table-cell><table:covered-table-cell>" P("x") "</table:covered-table-cell></table:table-row>"
                 "<table:table-row><table:table-cell table:number-rows-spanned='2'>" P("b") "</table:table-cell>"
                 "<table:table-cell table:number-columns-repeated='2'/></table:table-row></table:table>"),
            "<table><tr><td colspan=\"2\"><p>a</p></td></tr><tr><td rowspan=\"2\"><p>b</p></td><td/><td/></tr></table>");
    body_is(TEXT("<table:table><table:table-row><table:table-cell>" P("o") "<table:table><table:table-row><table:table-cell>" P("i")
                 "</table:table-cell></table:table-row></table:table></table:table-cell></table:table-row></table:table>"),
            "<table><tr><td><p>o</p><table><tr><td><p>i</p></td></tr></table></td></tr></table>");
    Status status = STATUS_READ;
    g_autofree char *many = read_flat(TEXT("<table:table><table:table-row><table:table-cell table:number-columns-repeated='2000000000' "
                                           "table:number-rows-spanned='-5'/></table:table-row></table:table>"), &status);
    g_assert_cmpint(status, ==, STATUS_READ);
    g_assert_cmpuint(strlen(many), <, 1000);
}

static void test_boxes(void)
{
    body_is(TEXT(P("a<draw:frame><draw:text-box>" P("box") "</draw:text-box></draw:frame>b") P("c")), "<p>ab</p><p>box</p><p>c</p>");
    body_is(TEXT(P("<draw:frame><draw:text-box><table:table><table:table-row><table:table-cell>" P("t")
                   "</table:table-cell></table:table-row></table:table></draw:text-box></draw:frame>")),
            "<table><tr><td><p>t</p></td></tr></table>");
    body_is(TEXT(P("a<text:note><text:note-citation>1</text:note-citation><text:note-body>" P("foot") "</text:note-body></text:note>b")),
            "<p>ab</p><p data-part=\"footnote\">foot</p>");
}

static void test_controls(void)
{
    body_is(TEXT("<office:forms><form:form><form:checkbox form:id='c1' form:current-state='checked'/><form:checkbox form:id='c2'/>"
                 "<form:radio form:id='r1' form:selected='true'/><form:text form:id='t1' form:value='old' form:current-value='张'/>"
                 "<form:listbox form:id='l1'><form:option form:label='一' form:selected='true'/><form:option form:label='二'/></form:listbox>"
                 "<form:textarea form:id='a1' form:current-value='长'>" P("not here") "</form:textarea></form:form></office:forms>"
                 P("<draw:control draw:control='c1'/>男<draw:control draw:control='c2'/>女<draw:control draw:control='r1'/>")
                 P("<draw:control draw:control='t1'/><draw:control draw:control='l1'/><draw:control draw:control='a1'/>")),
            "<p><input type=\"checkbox\" checked=\"checked\" data-control=\"c1\"/>男<input type=\"checkbox\" data-control=\"c2\"/>女"
            "<input type=\"checkbox\" checked=\"checked\" data-control=\"r1\"/></p><p>张一长</p>");
    body_is(TEXT(P("<loext:content-control loext:checkbox='true' loext:checked='true'>☒</loext:content-control>是"
                   "<loext:content-control loext:showing-place-holder='true'>Click</loext:content-control>")),
            "<p><input type=\"checkbox\" checked=\"checked\"/>是</p>");
    body_is(TEXT(P("<field:fieldmark text:name='f' field:type='vnd.oasis.opendocument.field.FORMCHECKBOX'><field:param "
                   "field:name='Checkbox_Checked' field:value='true'/></field:fieldmark><field:fieldmark "
                   "field:type='vnd.oasis.opendocument.field.FORMDROPDOWN'><field:param field:name='Dropdown_ListEntry' field:value='甲'/>"
                   "<field:param field:name='Dropdown_ListEntry' field:value='乙'/><field:param field:name='Dropdown_Selected' "
                   "field:value='1'/></field:fieldmark>")),
            "<p><input type=\"checkbox\" checked=\"checked\" data-control=\"f\"/>乙</p>");
    body_is(TEXT(P("<text:span text:style-name='wing'>þ</text:span>是<text:span text:style-name='song'>þ</text:span>\xef\x82\xa8")),
            "<p>☑是þ☐</p>");
}

#define CELL(text) "<table:table-cell>" P(text) "</table:table-cell>"
#define TD(text) "<td><p>" text "</p></td>"

static void test_spreadsheet(void)
{
    body_is("<office:spreadsheet><table:table table:name='表'><table:table-row>" CELL("姓名") "<table:table-cell office:value='5'>" P("5.00")
            "</table:table-cell><table:table-cell office:value='7'/><table:table-cell table:number-columns-repeated='16381'/></table:table-row>"
            "<table:table-row table:number-rows-repeated='1048575'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>"
            "</table:table></office:spreadsheet>",
            "<h2>表</h2><table><tr>" TD("姓名") TD("5.00") TD("7") "<td/></tr></table>");
    body_is("<office:spreadsheet><table:table table:name='a' table:style-name='off'><table:table-row><table:table-cell "
            "table:number-columns-spanned='2' table:number-rows-spanned='1'>" P("t<office:annotation>" P("x") "</office:annotation>")
            P("u") "</table:table-cell><table:covered-table-cell/></table:table-row><table:table-row table:number-rows-repeated='2'>"
            CELL("b") CELL("c") "</table:table-row></table:table></office:spreadsheet>",
            "<h2 data-part=\"hidden\">a</h2><table data-part=\"hidden\"><tr><td colspan=\"2\"><p>t<br/>u</p></td></tr><tr>"
            TD("b") TD("c") "</tr><tr>" TD("b") TD("c") "</tr></table>");
    Status status = STATUS_READ;
    g_autofree char *many = read_flat("<office:spreadsheet><table:table><table:table-row table:number-rows-repeated='2000000000'>"
                                      "<table:table-cell table:number-columns-repeated='2000000000'>" P("x") "</table:table-cell>"
                                      "</table:table-row></table:table></office:spreadsheet>", &status);
    g_assert_cmpint(status, ==, STATUS_TOO_LARGE);
}

static void test_package(void)
{
    const char *const pairs[] = {
        "mimetype", "application/vnd.oasis.opendocument.text",
        "content.xml", "<office:document-content " ROOT "><office:body>" TEXT(P("body")) "</office:body></office:document-content>",
        "styles.xml",
        "<office:document-styles " ROOT "><office:master-styles><style:master-page><style:header>" P("top") "</style:header>"
        "<style:header-left>" P("top") "</style:header-left><style:footer style:display='false'>" P("off") "</style:footer>"
        "<style:footer-first>" P("foot") "</style:footer-first></style:master-page></office:master-styles></office:document-styles>",
        "META-INF/documentsignatures.xml",
        "<document-signatures><Signature><X509IssuerName>CN=Test CA</X509IssuerName><X509SubjectName>CN=Zhang</X509SubjectName>"
        "</Signature></document-signatures>",
        NULL};
    g_autoptr(GByteArray) zip = unzip_pack(pairs);
    Status status = STATUS_READ;
    g_autoptr(Xhtml) out = xhtml_new();
    g_autofree char *got = read_bytes(zip->data, zip->len, &status, out);
    g_assert_cmpstr(got, ==, "<p data-part=\"header\">top</p><p>body</p><p data-part=\"footer\">foot</p>");
    g_autoptr(GPtrArray) signatures = xhtml_said(out, "signature");
    g_assert_cmpuint(signatures->len, ==, 1);
    g_assert_cmpstr(signatures->pdata[0], ==, "CN=Zhang, not verified");
    for (gsize cut = 2; cut < zip->len; cut += 11) {
        g_autoptr(Xhtml) other = xhtml_new();
        g_free(read_bytes(zip->data, cut, &status, other));
    }
}

#define LEVEL(number, format, more)                                                                                   \
    "<text:list-level-style-number text:level='" number "' style:num-format='" format "' " more "/>"
#define ITEM(text) "<text:list-item>" P(text) "</text:list-item>"

static void test_lists(void)
{
    static const char styles[] =
        "<office:automatic-styles><text:list-style style:name='L'>" LEVEL("1", "1", "style:num-suffix='.'")
        LEVEL("2", "a", "style:num-prefix='(' style:num-suffix=')'") LEVEL("3", "1", "text:display-levels='3'")
        "</text:list-style><text:list-style style:name='C'>" LEVEL("1", "一, 二, 三, ...", "style:num-suffix='、' text:start-value='2'")
        "</text:list-style><text:list-style style:name='B'><text:list-level-style-bullet text:level='1' text:bullet-char='•'/>"
        "</text:list-style><text:outline-style><text:outline-level-style text:level='1' style:num-format='1'/>"
        "<text:outline-level-style text:level='2' style:num-format='1' text:display-levels='2'/></text:outline-style>"
        "<style:style style:family='paragraph' style:name='Heading' style:default-outline-level='1'/>"
        "<style:style style:family='paragraph' style:name='H' style:parent-style-name='Heading'/>"
        "<style:style style:family='paragraph' style:name='Title' style:parent-style-name='H' style:list-style-name=''/>"
        "<style:style style:family='paragraph' style:name='P1' style:parent-style-name='Title'/></office:automatic-styles>";
    static const char body[] =
        "<text:list text:style-name='L'>" ITEM("one") "<text:list-item>" P("two") P("more") "<text:list>" ITEM("deep")
        "<text:list-item><text:list>" ITEM("deeper") "</text:list></text:list-item></text:list></text:list-item>"
        "<text:list-item text:start-value='9'>" P("nine") "</text:list-item></text:list>"
        "<text:list text:style-name='L' text:continue-numbering='true'>" ITEM("ten") "</text:list>"
        "<text:list text:style-name='L'>" ITEM("again") "</text:list><text:list text:style-name='C'>" ITEM("c") "</text:list>"
        "<text:list text:style-name='B'>" ITEM("b") "</text:list><text:list>" ITEM("n") ITEM("") "</text:list>"
        "<text:h text:style-name='P1' text:outline-level='1'>T</text:h><text:h text:outline-level='1'>O</text:h><text:h text:style-name='H' text:outline-level='1'>H</text:h><text:h text:style-name='H' text:outline-level='2'><text:number>1.1</text:number>K</text:h>"
        "<text:h text:style-name='H' text:outline-level='1' text:is-list-header='true'>U</text:h>";
    g_autofree char *document = g_strconcat("<office:document " ROOT ">", styles, "<office:body><office:text>", body,
                                            "</office:text></office:body></office:document>", NULL);
    Status status = STATUS_READ;
    g_autoptr(Xhtml) out = xhtml_new();
    g_autofree char *got = read_bytes(document, strlen(document), &status, out);
    g_assert_cmpstr(got, ==,
                    "<p>1. one</p><p>2. two</p><p>more</p><p>(a) deep</p><p>2.a.1 deeper</p><p>9. nine</p><p>10. ten</p><p>1. again</p>"
                    "<p>二、 c</p><p>b</p><p>n</p><h1>T</h1><h1>O</h1><h1>1 H</h1><h2>1.1 K</h2><h1>U</h1>");
}

/* A header that breaks off neither swallows the body nor leaves its list behind. */
static void test_broken_styles(void)
{
    const char *const pairs[] = {
        "styles.xml",
        "<office:document-styles " ROOT "><text:list-style style:name='L'>" LEVEL("1", "1", "") "</text:list-style>"
        STYLE("text", "wing", "<style:text-properties style:font-name='Wingdings'/>")
        "<style:header><text:list text:style-name='L'><text:list-item><text:p>top<text:span text:style-name='wing'>",
        "content.xml",
        "<office:document-content " ROOT "><text:list-style style:name='L'/>" STYLE("text", "wing", "") "<office:body>"
        TEXT(P("body")) "</office:body></office:document-content>",
        NULL};
    g_autoptr(GByteArray) zip = unzip_pack(pairs);
    Status status = STATUS_READ;
    g_autoptr(Xhtml) out = xhtml_new();
    g_autofree char *got = read_bytes(zip->data, zip->len, &status, out);
    g_assert_cmpstr(got, ==, "<p data-part=\"header\">1 top</p><p>body</p>");
    g_assert_cmpint(status, ==, STATUS_READ);
}

static void test_encrypted(void)
{
    const char *const pairs[] = {
        "META-INF/manifest.xml", "<manifest><file-entry><encryption-data/></file-entry></manifest>", "content.xml", "\x01\x02", NULL};
    g_autoptr(GByteArray) zip = unzip_pack(pairs);
    Status status = STATUS_READ;
    g_autoptr(Xhtml) out = xhtml_new();
    g_autofree char *got = read_bytes(zip->data, zip->len, &status, out);
    g_assert_cmpint(status, ==, STATUS_ENCRYPTED);
}

static void test_damaged(void)
{
    Status status = STATUS_READ;
    g_autofree char *open = read_flat(TEXT("<text:p>kept"), &status);
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
    static const char bomb[] = "<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><office:document " ROOT "><office:body>"
                               TEXT(P("&b;")) "</office:body></office:document>";
    g_autoptr(Xhtml) out = xhtml_new(), none = xhtml_new();
    g_autofree char *entity = read_bytes(bomb, sizeof bomb - 1, &status, out);
    g_assert_cmpstr(entity, ==, "");
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
    g_autofree char *other = read_bytes("<a/>", 4, &status, none);
    g_assert_cmpint(status, ==, STATUS_UNSUPPORTED);
    g_autoptr(GString) deep = g_string_new("<office:text>");
    for (guint i = 0; i < 100; i++)
        g_string_append(deep, "<table:table><table:table-row><table:table-cell><text:p>x</text:p>");
    g_autofree char *nested = read_flat(deep->str, &status);
    g_assert_cmpint(status, ==, STATUS_TOO_LARGE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/odf/text", test_text);
    g_test_add_func("/odf/unseen", test_unseen);
    g_test_add_func("/odf/tables", test_tables);
    g_test_add_func("/odf/boxes", test_boxes);
    g_test_add_func("/odf/controls", test_controls);
    g_test_add_func("/odf/spreadsheet", test_spreadsheet);
    g_test_add_func("/odf/package", test_package);
    g_test_add_func("/odf/lists", test_lists);
    g_test_add_func("/odf/broken-styles", test_broken_styles);
    g_test_add_func("/odf/encrypted", test_encrypted);
    g_test_add_func("/odf/damaged", test_damaged);
    return g_test_run();
}
