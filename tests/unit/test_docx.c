/* links: filters/readers/docx*.c filters/readers/pictures*.c filters/readers/zipdir.c filters/readers/numerals.c filters/readers/ole.c filters/readers/ooxml.c filters/readers/unzip.c filters/readers/member.c filters/readers/marks.c filters/readers/symbols.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libarchive libxml-2.0 libgsf-1 */
#include <string.h>

#include "base/limits.h"
#include "readers/rows.h"
#include "readers/unzip.h"

#define WORD "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define RELS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define ROOT                                                                                                          \
    "xmlns:w='" WORD "' xmlns:w14='http://schemas.microsoft.com/office/word/2010/wordml' "                            \
    "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006' xmlns:v='urn:schemas-microsoft-com:vml'"
#define MAIN_RELS                                                                                                     \
    "<Relationships><Relationship Id='r1' Type='" RELS "/officeDocument' Target='/word/main.xml'/></Relationships>"

/* The children of body as one line of XML without white space between elements. */
static char *dump(Xhtml *out)
{
    xmlDoc *doc = xhtml_doc(out);
    xmlBuffer *buffer = xmlBufferCreate();
    xmlNode *body = xmlDocGetRootElement(doc)->last;
    for (xmlNode *node = body->children; node; node = node->next)
        xmlNodeDump(buffer, doc, node, 0, 0);
    char *text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

static char *read_pairs(const char *const *pairs, Status *ret_status)
{
    g_autoptr(GByteArray) zip = unzip_pack(pairs);
    g_autofree guint8 *copy = g_memdup2(zip->data, zip->len);
    ReadInput input = {.bytes = copy, .length = zip->len};
    g_autoptr(Xhtml) out = xhtml_new();
    *ret_status = docx_read(&input, out, NULL);
    return dump(out);
}

/* The XHTML of a document whose body is BODY. */
static char *read_body(const char *body)
{
    g_autofree char *document = g_strconcat("<w:document " ROOT "><w:body>", body, "</w:body></w:document>", NULL);
    const char *const pairs[] = {"_rels/.rels", MAIN_RELS, "word/main.xml", document, NULL};
    Status status = STATUS_READ;
    char *text = read_pairs(pairs, &status);
    g_assert_cmpint(status, ==, STATUS_READ);
    return text;
}

static void assert_body(const char *body, const char *expected)
{
    g_autofree char *got = read_body(body);
    g_assert_cmpstr(got, ==, expected);
}

#define P(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"
#define R(text) "<w:r><w:t>" text "</w:t></w:r>"

static void test_text(void)
{
    assert_body(P("一") "<w:p/>" P("二"), "<p>一</p><p>二</p>");
    assert_body("<w:p>" R("a") "<w:r><w:br/><w:tab/><w:t>b</w:t><w:br w:type='page'/><w:noBreakHyphen/></w:r></w:p>",
                "<p>a<br/>\tb-</p>");
    assert_body("<w:p><w:pPr><w:tabs><w:tab w:val='left' w:pos='9'/></w:tabs></w:pPr>" R("x") "</w:p>", "<p>x</p>");
    assert_body("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>" R("seen") "</w:p>", "<p>seen</p>");
    assert_body("<w:p><w:pPr><w:outlineLvl w:val='1'/></w:pPr>" R("x") "</w:p>", "<h2>x</h2>");
    assert_body("<w:p><w:hyperlink>" R("link") "</w:hyperlink><w:smartTag>" R("!") "</w:smartTag></w:p>", "<p>link!</p>");
}

static void test_tables(void)
{
    assert_body("<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>" P("a") "</w:tc></w:tr>"
                "<w:tr><w:tc>" P("b") "</w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>",
                "<table><tr><td colspan=\"2\"><p>a</p></td></tr><tr><td><p>b</p></td><td/></tr></table>");
    assert_body("<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge w:val='restart'/></w:tcPr>" P("a") "</w:tc><w:tc>" P("1") "</w:tc></w:tr>"
                "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc>" P("2") "</w:tc></w:tr>"
                "<w:tr><w:tc>" P("c") "</w:tc><w:tc>" P("3") "</w:tc></w:tr></w:tbl>",
                "<table><tr><td rowspan=\"2\"><p>a</p></td><td><p>1</p></td></tr><tr><td><p>2</p></td></tr>"
                "<tr><td><p>c</p></td><td><p>3</p></td></tr></table>");
    assert_body("<w:tbl><w:tr><w:tc>" P("o") "<w:tbl><w:tr><w:tc>" P("i") "</w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>",
                "<table><tr><td><p>o</p><table><tr><td><p>i</p></td></tr></table></td></tr></table>");
    assert_body("<w:tbl><w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr><w:tc>" P("x") "</w:tc></w:tr></w:tbl>",
                "<table><tr><td colspan=\"1\"/><td><p>x</p></td></tr></table>");
    /* A continuation without a beginning is kept as a cell. */
    assert_body("<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>" P("x") "</w:tc></w:tr></w:tbl>",
                "<table><tr><td><p>x</p></td></tr></table>");
}

/* Cells merged as old programs write it: each continues the one before. */
static void test_merged_across(void)
{
#define ACROSS(kind, text) "<w:tc><w:tcPr><w:hMerge" kind "/></w:tcPr>" text "</w:tc>"
    assert_body("<w:tbl><w:tr>" ACROSS(" w:val='restart'", P("a")) ACROSS("", "<w:p/>") ACROSS(" w:val='continue'", P("b")) "<w:tc>" P("c")
                "</w:tc></w:tr><w:tr>" ACROSS("", P("d")) "<w:tc>" P("e") "</w:tc></w:tr></w:tbl>",
                "<table><tr><td colspan=\"3\"><p>a</p><p>b</p></td><td><p>c</p></td></tr><tr><td><p>d</p></td><td><p>e</p></td></tr></table>");
}

static void test_controls(void)
{
    assert_body("<w:tbl><w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent><w:tc><w:p><w:sdt><w:sdtContent>" R("v")
                "</w:sdtContent></w:sdt></w:p></w:tc></w:sdtContent></w:sdt></w:tr></w:sdtContent></w:sdt></w:tbl>",
                "<table><tr><td><p>v</p></td></tr></table>");
    assert_body("<w:p>" R("a") "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>" R("Click here")
                "</w:sdtContent></w:sdt></w:p>", "<p>a</p>");
    assert_body("<w:p><w:sdt><w:sdtPr><w:tag w:val='wg1'/><w14:checkbox><w14:checked w14:val='1'/></w14:checkbox></w:sdtPr>"
                "<w:sdtContent>" R("☒") "</w:sdtContent></w:sdt>" R("WG1") "</w:p>",
                "<p><input type=\"checkbox\" checked=\"checked\" data-control=\"wg1\"/>WG1</p>");
    assert_body("<w:p><w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val='0'/></w14:checkbox></w:sdtPr><w:sdtContent>"
                "<w:r><w:sym w:font='Wingdings' w:char='F0A8'/></w:r></w:sdtContent></w:sdt></w:p>",
                "<p><input type=\"checkbox\"/></p>");
    /* A check box control around a whole cell keeps the cell. */
    assert_body("<w:tbl><w:tr><w:sdt><w:sdtPr><w14:checkbox/></w:sdtPr><w:sdtContent><w:tc>" P("☐")
                "</w:tc></w:sdtContent></w:sdt><w:tc>" P("x") "</w:tc></w:tr></w:tbl>",
                "<table><tr><td><p><input type=\"checkbox\"/></p></td><td><p>x</p></td></tr></table>");
}

static void test_fields(void)
{
#define BEGIN(data) "<w:r><w:fldChar w:fldCharType='begin'>" data "</w:fldChar></w:r>"
#define CODE(text) "<w:r><w:instrText>" text "</w:instrText></w:r>"
#define SEPARATE "<w:r><w:fldChar w:fldCharType='separate'/></w:r>"
#define END "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    assert_body("<w:p>" BEGIN("") CODE("PAGE") SEPARATE R("7") END "</w:p>", "<p>7</p>");
    assert_body("<w:p>" BEGIN("") CODE("IF") BEGIN("") CODE("X") SEPARATE R("inner") END SEPARATE R("outer") END "</w:p>",
                "<p>outer</p>");
    assert_body("<w:p>" BEGIN("<w:ffData><w:name w:val='C1'/><w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox>"
                              "</w:ffData>") CODE("FORMCHECKBOX") END R("男") "</w:p>",
                "<p><input type=\"checkbox\" checked=\"checked\" data-control=\"C1\"/>男</p>");
    assert_body("<w:p>" BEGIN("<w:ffData><w:checkBox><w:default w:val='1'/><w:checked w:val='0'/></w:checkBox></w:ffData>")
                END "</w:p>", "<p><input type=\"checkbox\"/></p>");
    assert_body("<w:p>" BEGIN("<w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='a'/><w:listEntry w:val='b'/>"
                              "</w:ddList></w:ffData>") END "</w:p>", "<p>b</p>");
    assert_body("<w:p><w:fldSimple w:instr='DATE'>" R("today") "</w:fldSimple></w:p>", "<p>today</p>");
}

static void test_symbols(void)
{
    assert_body("<w:p><w:r><w:sym w:font='Wingdings' w:char='F0FE'/><w:sym w:font='Wingdings 2' w:char='F052'/>"
                "<w:sym w:font='Wingdings' w:char='F0A8'/><w:sym w:font='Wingdings' w:char='F06F'/></w:r></w:p>",
                "<p>☑☑☐☐</p>");
    assert_body("<w:p><w:r><w:rPr><w:rFonts w:ascii='Wingdings'/></w:rPr><w:t>þ</w:t></w:r>" R("þ") "</w:p>", "<p>☑þ</p>");
    assert_body("<w:p><w:r><w:t>\xef\x83\xbe是</w:t></w:r></w:p>", "<p>☑是</p>");
}

static void test_changes(void)
{
    assert_body("<w:p>" R("a") "<w:ins>" R("b") "</w:ins><w:del><w:r><w:delText>c</w:delText></w:r></w:del>"
                "<w:moveFrom>" R("d") "</w:moveFrom><w:moveTo>" R("e") "</w:moveTo></w:p>", "<p>abe</p>");
    assert_body("<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" R("one ") "</w:p><w:p>" R("two") "</w:p>" P("x"),
                "<p>one two</p><p>x</p>");
    assert_body("<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>" P("gone") "</w:tc></w:tr><w:tr><w:trPr><w:ins/></w:trPr><w:tc>"
                P("new") "</w:tc></w:tr></w:tbl>", "<table><tr><td><p>new</p></td></tr></table>");
    assert_body("<w:p><w:pPr><w:pPrChange><w:pPr><w:outlineLvl w:val='0'/></w:pPr></w:pPrChange></w:pPr>" R("x") "</w:p>",
                "<p>x</p>");
}

static void test_text_boxes(void)
{
#define BOX(text) "<w:txbxContent>" P(text) "</w:txbxContent>"
    assert_body("<w:p>" R("a") "<w:r><mc:AlternateContent><mc:Choice Requires='wps'>" BOX("once")
                "</mc:Choice><mc:Fallback><w:pict>" BOX("twice") "</w:pict></mc:Fallback></mc:AlternateContent></w:r>" R("b")
                "</w:p>" P("c"), "<p>ab</p><p>once</p><p>c</p>");
    assert_body("<w:p><w:r><w:pict><v:shape><v:textpath string='承诺书'/></v:shape></w:pict></w:r></w:p>", "<p>承诺书</p>");
    assert_body("<w:p><w:r><w:pict><v:textbox>" BOX("old") "</v:textbox></w:pict></w:r></w:p>", "<p>old</p>");
    assert_body("<w:tbl><w:tr><w:tc><w:p><w:r><w:pict>" BOX("in a cell") "</w:pict></w:r></w:p></w:tc></w:tr></w:tbl>",
                "<table><tr><td><p>in a cell</p></td></tr></table>");
}

static void test_stories(void)
{
    static const char *const pairs[] = {
        "_rels/.rels", MAIN_RELS,
        "word/_rels/main.xml.rels",
        "<Relationships><Relationship Id='1' Type='" RELS "/header' Target='header1.xml'/>"
        "<Relationship Id='2' Type='" RELS "/header' Target='header2.xml'/>"
        "<Relationship Id='3' Type='" RELS "/footer' Target='../word/footer1.xml'/>"
        "<Relationship Id='4' Type='" RELS "/footnotes' Target='footnotes.xml'/>"
        "<Relationship Id='5' Type='" RELS "/styles' Target='styles.xml'/>"
        "<Relationship Id='6' Type='" RELS "/header' Target='http://evil.example/x.xml' TargetMode='External'/></Relationships>",
        "word/header1.xml", "<w:hdr " ROOT ">" P("top") "</w:hdr>",
        "word/header2.xml", "<w:hdr " ROOT ">" P("top") "</w:hdr>",
        "word/footer1.xml", "<w:ftr " ROOT ">" P("page") "</w:ftr>",
        "word/footnotes.xml", "<w:footnotes " ROOT "><w:footnote w:type='separator'>" P("-") "</w:footnote><w:footnote>"
        P("note") "</w:footnote></w:footnotes>",
        "word/styles.xml", "<w:styles " ROOT "><w:style w:styleId='1'><w:name w:val='heading 1'/></w:style>"
        "<w:style w:styleId='own'><w:name w:val='own'/><w:basedOn w:val='1'/></w:style>"
        "<w:style w:styleId='loop'><w:name w:val='x'/><w:basedOn w:val='loop'/></w:style></w:styles>",
        "word/main.xml", "<w:document " ROOT "><w:body><w:p><w:pPr><w:pStyle w:val='own'/></w:pPr>" R("head") "</w:p>"
        "<w:p><w:pPr><w:pStyle w:val='loop'/></w:pPr>" R("text") "</w:p></w:body></w:document>",
        NULL};
    Status status = STATUS_READ;
    g_autofree char *got = read_pairs(pairs, &status);
    g_assert_cmpint(status, ==, STATUS_READ);
    g_assert_cmpstr(got, ==, "<p data-part=\"header\">top</p><h1>head</h1><p>text</p><p data-part=\"footnote\">note</p>"
                             "<p data-part=\"footer\">page</p>");
}

/* What a body reads as with these lists and styles. */
static void assert_numbered(const char *body, const char *expected)
{
    static const char rels[] = "<Relationships><Relationship Id='r1' Type='" RELS "/styles' Target='styles.xml'/>"
                               "<Relationship Id='r2' Type='" RELS "/numbering' Target='numbering.xml'/></Relationships>";
    static const char styles[] =
        "<w:styles " ROOT "><w:style w:styleId='H1'><w:name w:val='heading 1'/><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>"
        "<w:style w:styleId='H2'><w:name w:val='heading 2'/><w:basedOn w:val='H1'/><w:pPr><w:numPr><w:ilvl w:val='1'/></w:numPr></w:pPr></w:style>"
        "<w:style w:styleId='Item'><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style></w:styles>";
    static const char numbering[] =
        "<w:numbering " ROOT "><w:abstractNum w:abstractNumId='4'>"
        "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCountingThousand'/><w:lvlText w:val='%1、'/><w:suff w:val='nothing'/></w:lvl>"
        "<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:isLgl/><w:lvlText w:val='%1.%2'/></w:lvl>"
        "<w:lvl w:ilvl='2'><w:start w:val='3'/><w:pStyle w:val='Item'/><w:numFmt w:val='lowerLetter'/><w:lvlText w:val='(%3)'/></w:lvl></w:abstractNum>"
        "<w:abstractNum w:abstractNumId='5'><w:lvl w:ilvl='0'><w:numFmt w:val='bullet'/><w:lvlText w:val='\357\202\250'/>"
        "<w:rPr><w:rFonts w:ascii='Wingdings'/></w:rPr></w:lvl>"
        "<w:lvl w:ilvl='1'><w:numFmt w:val='bullet'/><w:lvlText w:val='o'/></w:lvl>"
        "<w:lvl w:ilvl='2'><w:start w:val='7'/><w:lvlText w:val='%3'/></w:lvl></w:abstractNum>"
        "<w:abstractNum w:abstractNumId='6'><w:numStyleLink w:val='L'/></w:abstractNum>"
        "<w:abstractNum w:abstractNumId='7'><w:styleLink w:val='L'/>"
        "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='upperRoman'/><w:lvlText w:val='%1.'/></w:lvl></w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='4'/></w:num>"
        "<w:num w:numId='2'><w:abstractNumId w:val='4'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride></w:num>"
        "<w:num w:numId='3'><w:abstractNumId w:val='5'/></w:num><w:num w:numId='4'><w:abstractNumId w:val='6'/></w:num>"
        "<w:num w:numId='9'><w:abstractNumId w:val='99'/></w:num></w:numbering>";
    g_autofree char *document = g_strconcat("<w:document " ROOT "><w:body>", body, "</w:body></w:document>", NULL);
    const char *const pairs[] = {"_rels/.rels", MAIN_RELS, "word/main.xml", document, "word/_rels/main.xml.rels", rels,
                                 "word/styles.xml", styles, "word/numbering.xml", numbering, NULL};
    Status status = STATUS_READ;
    g_autofree char *got = read_pairs(pairs, &status);
    g_assert_cmpstr(got, ==, expected);
}

#define N(list, level, text)                                                                                          \
    "<w:p><w:pPr><w:numPr><w:ilvl w:val='" level "'/><w:numId w:val='" list "'/></w:numPr></w:pPr>" R(text) "</w:p>"
#define S(style, text) "<w:p><w:pPr><w:pStyle w:val='" style "'/></w:pPr>" R(text) "</w:p>"

static void test_numbers(void)
{
    assert_numbered(N("1", "0", "甲") N("1", "1", "a") N("1", "1", "b") N("1", "0", "乙") N("1", "1", "c"),
                    "<p>一、甲</p><p>1.1 a</p><p>1.2 b</p><p>二、乙</p><p>2.1 c</p>");
    /* A list that starts anew counts on where it began; another one of the same way goes on from there. */
    assert_numbered(N("1", "0", "a") N("2", "0", "b") N("2", "0", "c") N("1", "0", "d"),
                    "<p>一、a</p><p>五、b</p><p>六、c</p><p>七、d</p>");
    /* Styles name lists, and lists name the styles of their levels; a paragraph may leave its style's list. */
    assert_numbered(S("H1", "t") S("H2", "u") S("Item", "x") S("Item", "y")
                    "<w:p><w:pPr><w:pStyle w:val='H1'/><w:numPr><w:numId w:val='0'/></w:numPr></w:pPr>" R("z") "</w:p>",
                    "<h1>一、t</h1><h2>1.1 u</h2><p>(c) x</p><p>(d) y</p><h1>z</h1>");
    assert_numbered(N("4", "0", "a") N("4", "0", "b"), "<p>I. a</p><p>II. b</p>");
    /* Boxes to tick are read, other bullets are ornament. */
    assert_numbered(N("3", "0", "WG1") N("3", "1", "x") N("3", "2", "姓名"), "<p>☐WG1</p><p>x</p><p>7. 姓名</p>");
    /* An empty paragraph counts and leaves nothing; what was deleted runs on without a number of its own. */
    assert_numbered(N("1", "0", "a") "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr></w:p>" N("1", "0", "c"),
                    "<p>一、a</p><p>三、c</p>");
    assert_numbered(N("9", "0", "a") N("77", "0", "b") N("1", "8", "c") N("1", "4000000000", "d") N("-1", "-1", "e"),
                    "<p>a</p><p>b</p><p>c</p><p>d</p><p>e</p>");
}

static void assert_flat(const char *xml, const char *expected)
{
    g_autofree guint8 *copy = g_memdup2(xml, strlen(xml));
    ReadInput input = {.bytes = copy, .length = strlen(xml)};
    g_autoptr(Xhtml) out = xhtml_new();
    g_assert_cmpint(docx_read(&input, out, NULL), ==, STATUS_READ);
    g_autofree char *got = dump(out);
    g_assert_cmpstr(got, ==, expected);
}

/* One XML file instead of a package: as of Word 2003, and as newer ones save it. */
static void test_flat(void)
{
    assert_flat("\xef\xbb\xbf<?xml version='1.0'?><w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'>"
                "<w:styles><w:style w:styleId='1'><w:name w:val='heading 1'/></w:style></w:styles>"
                "<w:body>" "<w:p><w:pPr><w:pStyle w:val='1'/></w:pPr>" R("t") "</w:p>" P("x") "</w:body></w:wordDocument>",
                "<h1>t</h1><p>x</p>");
#define PART(name, root, text) "<pkg:part pkg:name='/word/" name ".xml'><pkg:xmlData><w:" root " " ROOT ">" text "</w:" root "></pkg:xmlData></pkg:part>"
    assert_flat("<pkg:package xmlns:pkg='http://schemas.microsoft.com/office/2006/xmlPackage'>"
                PART("document", "document", "<w:body>" N("1", "0", "x") "</w:body>")
                PART("comments", "comments", P("between us")) PART("header1", "hdr", P("top"))
                PART("numbering", "numbering", "<w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:start w:val='1'/>"
                     "<w:lvlText w:val='%1.'/></w:lvl></w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>")
                "</pkg:package>", "<p>1. x</p><p data-part=\"header\">top</p>");
}

static Status status_of(const char *document)
{
    const char *const pairs[] = {"_rels/.rels", MAIN_RELS, "word/main.xml", document, NULL};
    Status status = STATUS_READ;
    g_autofree char *got = read_pairs(pairs, &status);
    return status;
}

static void test_hostile(void)
{
    g_assert_cmpint(status_of("<!DOCTYPE w [<!ENTITY a 'aaaa'>]><w:document " ROOT ">&a;</w:document>"), ==, STATUS_DAMAGED);
    g_assert_cmpint(status_of("<!DOCTYPE w SYSTEM 'file:///etc/passwd'><w:document " ROOT "/>"), ==, STATUS_DAMAGED);
    g_assert_cmpint(status_of("<w:document " ROOT "><w:body>" P("a") "</w:body>"), ==, STATUS_DAMAGED);
    g_assert_cmpint(status_of("<html/>"), ==, STATUS_UNSUPPORTED);
    g_assert_cmpint(status_of(""), ==, STATUS_DAMAGED);
    g_autoptr(GString) deep = g_string_new("<w:document " ROOT ">");
    for (int i = 0; i < 5000; i++)
        g_string_append(deep, "<w:tbl><w:tr><w:tc>");
    g_assert_cmpint(status_of(deep->str), !=, STATUS_READ);
    g_autoptr(GString) wide = g_string_new("<w:document " ROOT "><w:body><w:tbl><w:tr>");
    for (int i = 0; i < LIMIT_CELLS + 10; i++)
        g_string_append(wide, "<w:tc><w:p/></w:tc>");
    g_string_append(wide, "</w:tr></w:tbl></w:body></w:document>");
    g_assert_cmpint(status_of(wide->str), ==, STATUS_TOO_LARGE);
    static const char *const no_main[] = {"_rels/.rels", MAIN_RELS, NULL};
    Status status = STATUS_READ;
    g_autofree char *got = read_pairs(no_main, &status);
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/docx/text", test_text);
    g_test_add_func("/docx/tables", test_tables);
    g_test_add_func("/docx/merged-across", test_merged_across);
    g_test_add_func("/docx/controls", test_controls);
    g_test_add_func("/docx/fields", test_fields);
    g_test_add_func("/docx/symbols", test_symbols);
    g_test_add_func("/docx/changes", test_changes);
    g_test_add_func("/docx/text-boxes", test_text_boxes);
    g_test_add_func("/docx/stories", test_stories);
    g_test_add_func("/docx/numbers", test_numbers);
    g_test_add_func("/docx/flat", test_flat);
    g_test_add_func("/docx/hostile", test_hostile);
    return g_test_run();
}
