// links: filters/readers/ofd*.c filters/readers/ooxml.c filters/readers/unzip.c filters/readers/marks.c filters/readers/member.c filters/readers/pictures.c filters/page/layout.c filters/page/pen*.c filters/page/grid.c filters/page/flow*.c filters/page/plane.c filters/page/rules.c filters/page/turn.c filters/page/ideograph.c filters/page/xhtml.c src/base/charset.c src/base/clock.c src/base/text.c; libs: libarchive libxml-2.0; flags: -lm
/* OFD: text, tables, templates, annotations, signatures, attachments, and what is made to break the reader. */
#include <libxml/xpath.h>
#include <string.h>

#include "base/limits.h"
#include "readers/ofd.h"
#include "readers/rows.h"
#include "zip_build.h"

#define NS " xmlns:ofd='http://www.ofdspec.org/2016'"
#define OFD(bodies) "<ofd:OFD" NS " Version='1.1' DocType='OFD'>" bodies "</ofd:OFD>"
#define BODY(more) "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>" more "</ofd:DocBody>"
#define DOCUMENT(common, pages, more)                                                                                 \
    "<ofd:Document" NS "><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>" common \
    "</ofd:CommonData><ofd:Pages>" pages "</ofd:Pages>" more "</ofd:Document>"
#define PAGE_REF "<ofd:Page ID='1' BaseLoc='Pages/Page_0/Content.xml'/>"
#define PAGE(before, objects) "<ofd:Page" NS ">" before "<ofd:Content><ofd:Layer ID='2'>" objects "</ofd:Layer></ofd:Content></ofd:Page>"
#define TEXT_AT(x, y, deltas, words)                                                                                  \
    "<ofd:TextObject ID='9' Boundary='" x " " y " 80 6' Font='1' Size='4'><ofd:TextCode X='0' Y='4' " deltas ">" words   \
    "</ofd:TextCode></ofd:TextObject>"
#define PATH(attributes, colours, data)                                                                               \
    "<ofd:PathObject ID='8' Boundary='20 40 100 20' " attributes ">" colours "<ofd:AbbreviatedData>" data              \
    "</ofd:AbbreviatedData></ofd:PathObject>"
#define SIMPLE(objects)                                                                                               \
    {.name = "OFD.xml", .bytes = OFD(BODY(""))}, {.name = "Doc_0/Document.xml", .bytes = DOCUMENT("", PAGE_REF, "")}, \
        {.name = "Doc_0/Pages/Page_0/Content.xml", .bytes = PAGE("", objects)}

typedef struct {
    Members members;
    GString *seen; /* "name length;" of what is handed on, "larger ocr;" */
} Witness;

static gboolean see_member(Members *self, const char *name, G_GNUC_UNUSED const guint8 *bytes, gsize length,
                           G_GNUC_UNUSED Status status)
{
    g_string_append_printf(((Witness *)self)->seen, "%s %zu;", name, length);
    return TRUE;
}

static void see_larger(Members *self, Size size)
{
    g_string_append_printf(((Witness *)self)->seen, "larger %d;", (int)size);
}

static Status read_zip(const ZipMember *parts, Xhtml *out, GString *seen)
{
    g_autoptr(GByteArray) zip = zip_build(parts);
    g_autofree guint8 *copy = g_memdup2(zip->data, zip->len);
    ReadInput input = {.bytes = copy, .length = zip->len, .until = G_MAXINT64};
    Witness witness = {.members = {.member = see_member, .larger = see_larger}, .seen = seen};
    return ofd_read(&input, out, seen ? &witness.members : NULL);
}

static Xhtml *read_parts(const ZipMember *parts)
{
    Xhtml *out = xhtml_new();
    g_assert_cmpint(read_zip(parts, out, NULL), ==, STATUS_READ);
    return out;
}

static Status status_of(const ZipMember *parts)
{
    g_autoptr(Xhtml) out = xhtml_new();
    return read_zip(parts, out, NULL);
}

static void assert_text(const ZipMember *parts, const char *expected)
{
    g_autoptr(Xhtml) out = read_parts(parts);
    g_autofree char *text = xhtml_plain_text(out);
    g_assert_cmpstr(g_strstrip(text), ==, expected);
}

static void assert_xpath(Xhtml *out, const char *expression, const char *expected)
{
    xmlXPathContext *context = xmlXPathNewContext(xhtml_doc(out));
    g_autofree char *folded = g_strdup_printf("normalize-space(%s)", expression);
    xmlXPathObject *result = xmlXPathEvalExpression(BAD_CAST folded, context);
    g_assert_nonnull(result);
    g_assert_cmpstr((const char *)result->stringval, ==, expected);
    xmlXPathFreeObject(result);
    xmlXPathFreeContext(context);
}

/* ---- text ---- */

static void text_in_order_with_gaps(void)
{
    const ZipMember parts[] = {SIMPLE(TEXT_AT("20", "60", "DeltaX='g 3 4'", "联系电话") TEXT_AT("20", "20", "DeltaX='12'", "姓名")
                                      TEXT_AT("20", "100", "DeltaX='2 2 5 2 2'", "abcdef")), {.name = NULL}};
    assert_text(parts, "姓\t名\n联系电话\nabc def");
}

static void text_without_distances_is_set_close(void)
{
    const ZipMember parts[] = {SIMPLE(TEXT_AT("20", "20", "", "委员会 Ab1")), {.name = NULL}};
    assert_text(parts, "委员会 Ab1");
}

/* Several TextCodes of one object: the second begins where it says. */
static void lines_of_one_object(void)
{
    const ZipMember parts[] = {
        SIMPLE("<ofd:TextObject Boundary='20 20 80 30' Size='4'><ofd:TextCode X='0' Y='4' DeltaX='4'>首行</ofd:TextCode>"
               "<ofd:TextCode X='0' Y='24' DeltaX='4'>次行</ofd:TextCode></ofd:TextObject>"), {.name = NULL}};
    assert_text(parts, "首行\n次行");
}

static void matrices_place_text(void)
{
    /* Half the size at twice the distance; the second is turned upside down and so reads from right to left. */
    const ZipMember parts[] = {
        SIMPLE("<ofd:TextObject Boundary='20 20 80 30' CTM='2 0 0 2 0 0' Size='2'><ofd:TextCode X='0' Y='2' DeltaX='2'>放大"
               "</ofd:TextCode></ofd:TextObject>"
               "<ofd:TextObject Boundary='60 20 0 0' CTM='-1 0 0 1 0 0' Size='4'><ofd:TextCode X='0' Y='4' DeltaX='4'>反正"
               "</ofd:TextCode></ofd:TextObject>"), {.name = NULL}};
    assert_text(parts, "放大\t正反");
}

static void hidden_text_is_not_read(void)
{
    const ZipMember parts[] = {
        SIMPLE(TEXT_AT("20", "20", "", "看见")
               "<ofd:PageBlock ID='3'><ofd:PageBlock ID='4'>" TEXT_AT("20", "40", "", "块内") "</ofd:PageBlock></ofd:PageBlock>"
               "<ofd:TextObject Visible='false' Boundary='20 60 9 9' Size='4'><ofd:TextCode X='0' Y='4'>隐藏</ofd:TextCode></ofd:TextObject>"
               "<ofd:TextObject Fill='false' Boundary='20 70 9 9' Size='4'><ofd:TextCode X='0' Y='4'>透明</ofd:TextCode></ofd:TextObject>"
               "<ofd:TextObject Boundary='20 80 9 9' Size='4'><ofd:Clips><ofd:Clip><ofd:Area><ofd:Text><ofd:TextCode X='0' Y='0'>裁"
               "</ofd:TextCode></ofd:Text></ofd:Area></ofd:Clip></ofd:Clips><ofd:TextCode X='0' Y='4'>¤¤</ofd:TextCode></ofd:TextObject>"
               TEXT_AT("900", "20", "", "页外")), {.name = NULL}};
    assert_text(parts, "看见\n块内");
}

/* The layer of text that a scanner's program lays under the picture. */
static void clear_text_counts_when_there_is_no_other(void)
{
    const ZipMember parts[] = {
        SIMPLE("<ofd:TextObject Alpha='0' Boundary='20 70 9 9' Size='4'><ofd:TextCode X='0' Y='4'>底层</ofd:TextCode></ofd:TextObject>"),
        {.name = NULL}};
    assert_text(parts, "底层");
}

static void distances_with_repeats(void)
{
    const char list[] = " 1.5 g 2 3 g 2000000000 4 ";
    OfdDeltas deltas = {.rest = {list, list + strlen(list)}};
    const double expected[] = {1.5, 3, 3, 4, 4, 4};
    double value;
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_true(ofd_next_delta(&deltas, &value));
        g_assert_cmpfloat(value, ==, expected[i]);
    }
    const char *const broken[] = {"g", "g 3", "g -5 1", "g 0 1 g 0 2", ""};
    for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
        OfdDeltas none = {.rest = {broken[i], broken[i] + strlen(broken[i])}};
        g_assert_false(ofd_next_delta(&none, &value));
    }
}

/* ---- lines ---- */

static void assert_lines(const char *attributes, const char *colours, const char *data, guint expected)
{
    g_autofree char *content = g_strdup_printf(PAGE("", PATH("%s", "%s", "%s")), attributes, colours, data);
    const ZipMember parts[] = {{.name = "OFD.xml", .bytes = OFD(BODY(""))},
                               {.name = "Doc_0/Document.xml", .bytes = DOCUMENT("", PAGE_REF, "")},
                               {.name = "Doc_0/Pages/Page_0/Content.xml", .bytes = content}, {.name = NULL}};
    g_autoptr(GByteArray) zip = zip_build(parts);
    g_autoptr(GArray) pictures = g_array_new(FALSE, FALSE, sizeof(OfdPicture));
    g_autoptr(GArray) drawings = g_array_new(FALSE, FALSE, sizeof(PageBox));
    Status status;
    g_autoptr(OfdPackage) package = ofd_package_open(zip->data, zip->len, &status);
    g_autoptr(OfdDocument) document = ofd_document_load(package, "Doc_0/Document.xml");
    g_autoptr(Page) page = ofd_page_read(document, 0, 1, pictures, drawings);
    g_assert_cmpuint(page->lines->len, ==, expected);
}

/* Pages are not drawn: a bent path where one is to sign is ink. */
static void place_to_sign(void)
{
    static const char *const drawn[] = {"M 0 5 B 5 20 20 0 30 10", "M 0 19 L 100 19"}, *const states[] = {"ink 1 ", "blank 1 "};
    for (guint i = 0; i < G_N_ELEMENTS(drawn); i++) {
        g_autofree char *content = g_strdup_printf(PAGE("", TEXT_AT("20", "45", "", "签字：") PATH("", "", "%s")), drawn[i]);
        const ZipMember parts[] = {{.name = "OFD.xml", .bytes = OFD(BODY(""))},
                                   {.name = "Doc_0/Document.xml", .bytes = DOCUMENT("", PAGE_REF, "")},
                                   {.name = "Doc_0/Pages/Page_0/Content.xml", .bytes = content}, {.name = NULL}};
        g_autoptr(Xhtml) out = read_parts(parts);
        g_autoptr(GPtrArray) said = xhtml_said(out, "signing");
        g_assert_cmpuint(said->len, ==, 1);
        g_assert_true(g_str_has_prefix(said->pdata[0], states[i]));
    }
}

static void what_is_a_line(void)
{
    assert_lines("", "", "M 0 0 L 100 0", 1);
    assert_lines("", "", "M 0 0 L 100 0 L 100 20 L 0 20 C", 4);
    assert_lines("", "", "M0 0 L100 0 100 20", 2);
    assert_lines("", "", "M 0 0 L 40 0 M 40.3 0 L 100 0", 1);                     /* cell by cell */
    assert_lines("", "", "M 0 0 L 100 20", 0);                                    /* slanted */
    assert_lines("", "", "M 0 0 L 1 0", 0);                                       /* too short */
    assert_lines("Stroke='false' Fill='true'", "", "M 0 0 L 100 0 L 100 0.3 L 0 0.3 C", 1); /* a thin box */
    assert_lines("Stroke='false' Fill='true'", "", "M 0 0 L 100 0 L 100 20 L 0 20 C", 0);   /* a shaded one */
    assert_lines("Stroke='false'", "", "M 0 0 L 100 0", 0);
    assert_lines("", "<ofd:StrokeColor Value='255 255 255'/>", "M 0 0 L 100 0", 0);
    assert_lines("", "<ofd:StrokeColor Value='#FF #FF #FF'/>", "M 0 0 L 100 0", 0);
    assert_lines("", "<ofd:StrokeColor Value='0 0 0 0'/>", "M 0 0 L 100 0", 0);   /* CMYK */
    assert_lines("", "<ofd:StrokeColor Value='128 0 0'/>", "M 0 0 L 100 0", 1);
    assert_lines("", "<ofd:StrokeColor Value='0 0 0' Alpha='0'/>", "M 0 0 L 100 0", 0);
    assert_lines("", "", "M 0 0 Q 1 1 2 2 B 1 1 2 2 0 10 A 5 5 0 1 0 0 15 L 80 15", 1);
    assert_lines("", "", "L L L C C M x y L nan inf Z 5 5", 0);
}

static void table_of_lines(void)
{
    const ZipMember parts[] = {
        SIMPLE(PATH("", "", "M 0 0 L 100 0 L 100 20 L 0 20 C") PATH("", "", "M 0 10 L 100 10") PATH("", "", "M 30 0 L 30 20")
               TEXT_AT("22", "42", "DeltaX='4'", "姓名") TEXT_AT("52", "42", "DeltaX='4'", "甄真")
               TEXT_AT("22", "52", "DeltaX='4'", "单位") TEXT_AT("52", "52", "DeltaX='4 4'", "某公司")), {.name = NULL}};
    g_autoptr(Xhtml) out = read_parts(parts);
    assert_xpath(out, "count(//tr)", "2");
    assert_xpath(out, "//tr[1]/td[2]", "甄真");
    assert_xpath(out, "//tr[2]/td[1]", "单位");
    assert_xpath(out, "//tr[2]/td[2]/@data-box", "1 0.2381 0.1684 0.5714 0.2020");
    assert_xpath(out, "//meta[@name='pages']/@content", "1");
    assert_xpath(out, "//meta[@name='seal']/@content", "absent");
}

/* ---- what a page consists of ---- */

static void template_and_annotation(void)
{
    const ZipMember parts[] = {
        {.name = "OFD.xml", .bytes = OFD(BODY(""))},
        {.name = "Doc_0/Document.xml",
         .bytes = DOCUMENT("<ofd:TemplatePage ID='7' BaseLoc='Tpls/T.xml'/>", PAGE_REF,
                           "<ofd:Annotations>/Doc_0/Annots/Annotations.xml</ofd:Annotations>")},
        {.name = "Doc_0/Pages/Page_0/Content.xml",
         .bytes = PAGE("<ofd:Template TemplateID='7' ZOrder='Background'/><ofd:Template TemplateID='8'/>",
                       TEXT_AT("20", "40", "DeltaX='4'", "正文"))},
        {.name = "Doc_0/Tpls/T.xml", .bytes = PAGE("<ofd:Template TemplateID='7'/>", TEXT_AT("20", "20", "DeltaX='4'", "页眉"))},
        {.name = "Doc_0/Annots/Annotations.xml",
         .bytes = "<ofd:Annotations" NS "><ofd:Page PageID='1'><ofd:FileLoc>P0/A.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"},
        {.name = "Doc_0/Annots/P0/A.xml",
         .bytes = "<ofd:PageAnnot" NS "><ofd:Annot Type='Path' ID='5'><ofd:Appearance Boundary='20 100 50 10'>"
                  TEXT_AT("0", "0", "DeltaX='4'", "批注") "</ofd:Appearance></ofd:Annot>"
                  "<ofd:Annot Type='Watermark' ID='6'><ofd:Appearance Boundary='20 200 50 10'>" TEXT_AT("0", "0", "", "水印")
                  "</ofd:Appearance></ofd:Annot></ofd:PageAnnot>"},
        {.name = NULL}};
    g_autoptr(Xhtml) out = read_parts(parts);
    g_autofree char *text = xhtml_plain_text(out);
    g_assert_cmpstr(g_strstrip(text), ==, "页眉\n正文\n批注");
    assert_xpath(out, "substring(//p[3]/@data-box,1,15)", "1 0.0952 0.3383");
}

#define UNIT(id, content) "<ofd:CompositeGraphicUnit ID='" id "' Width='9' Height='9'><ofd:Content>" content "</ofd:Content></ofd:CompositeGraphicUnit>"
#define USE(id) "<ofd:CompositeObject Boundary='10 0 90 90' ResourceID='" id "'/>"

static void composites_end(void)
{
    const ZipMember parts[] = {
        {.name = "OFD.xml", .bytes = OFD(BODY(""))},
        {.name = "Doc_0/Document.xml", .bytes = DOCUMENT("<ofd:DocumentRes>Res.xml</ofd:DocumentRes>", PAGE_REF, "")},
        {.name = "Doc_0/Res.xml",
         .bytes = "<ofd:Res" NS " BaseLoc='Res'><ofd:CompositeGraphicUnits>" UNIT("5", TEXT_AT("10", "20", "", "甲") USE("6") USE("6"))
                  UNIT("6", USE("6") USE("5")) "</ofd:CompositeGraphicUnits></ofd:Res>"},
        {.name = "Doc_0/Pages/Page_0/Content.xml", .bytes = PAGE("", USE("5") USE("404"))}, {.name = NULL}};
    g_autoptr(Xhtml) out = read_parts(parts);
    g_autofree char *text = xhtml_plain_text(out);
    g_assert_true(g_str_has_prefix(text, "甲"));
}

/* A page without text and with a picture is for the server that recognises. */
static void scanned_page_asks_for_the_larger_server(void)
{
    const ZipMember parts[] = {
        {.name = "OFD.xml", .bytes = OFD(BODY(""))},
        {.name = "Doc_0/Document.xml", .bytes = DOCUMENT("<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>", PAGE_REF, "")},
        {.name = "Doc_0/PublicRes.xml",
         .bytes = "<ofd:Res" NS " BaseLoc='Res'><ofd:MultiMedias><ofd:MultiMedia ID='4' Type='Image'><ofd:MediaFile>scan.jpg"
                  "</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"},
        {.name = "Doc_0/Res/scan.jpg", .bytes = "no picture"},
        {.name = "Doc_0/Pages/Page_0/Content.xml",
         .bytes = PAGE("", "<ofd:ImageObject Boundary='0 0 210 297' CTM='210 0 0 297 0 0' ResourceID='4'/>")},
        {.name = NULL}};
    g_autoptr(Xhtml) out = xhtml_new();
    g_autoptr(GString) seen = g_string_new(NULL);
    g_assert_cmpint(read_zip(parts, out, seen), ==, STATUS_READ);
    g_assert_cmpstr(seen->str, ==, "larger 2;");
    assert_xpath(out, "//meta[@name='text']/@content", "none");
}

/* ---- the document ---- */

static void signatures_and_seal(void)
{
    const ZipMember parts[] = {
        {.name = "OFD.xml", .bytes = OFD(BODY("<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>"))},
        {.name = "Doc_0/Document.xml", .bytes = DOCUMENT("", PAGE_REF, "")},
        {.name = "Doc_0/Pages/Page_0/Content.xml", .bytes = PAGE("", TEXT_AT("20", "20", "", "承诺"))},
        {.name = "Doc_0/Signs/Signatures.xml",
         .bytes = "<ofd:Signatures" NS "><ofd:Signature ID='1' Type='Sign' BaseLoc='S1.xml'/>"
                  "<ofd:Signature ID='2' BaseLoc='/Doc_0/Signs/S2.xml'/><ofd:Signature ID='3' BaseLoc='none.xml'/></ofd:Signatures>"},
        {.name = "Doc_0/Signs/S1.xml",
         .bytes = "<ofd:Signature" NS "><ofd:SignedInfo><ofd:Provider ProviderName='某某签名'/>"
                  "<ofd:SignatureDateTime>200723130907Z</ofd:SignatureDateTime></ofd:SignedInfo></ofd:Signature>"},
        {.name = "Doc_0/Signs/S2.xml",
         .bytes = "<ofd:Signature" NS "><ofd:SignedInfo><ofd:Provider ProviderName='签章' Company='示例公司'/>"
                  "<ofd:SignatureDateTime>20200723130907.763Z</ofd:SignatureDateTime>"
                  "<ofd:StampAnnot ID='1' PageRef='9' Boundary='1 1 1 1'/><ofd:StampAnnot ID='1' PageRef='1' Boundary='21 29.7 42 59.4'/>"
                  "<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo></ofd:Signature>"},
        {.name = NULL}};
    g_autoptr(Xhtml) out = read_parts(parts);
    assert_xpath(out, "//meta[@name='signature'][1]/@content", "某某签名, 2020-07-23 13:09:07, not verified");
    assert_xpath(out, "//meta[@name='signature'][2]/@content", "签章 (示例公司), 2020-07-23 13:09:07, seal, not verified");
    assert_xpath(out, "//meta[@name='signature'][3]/@content", "unknown provider, not verified");
    assert_xpath(out, "//meta[@name='seal']/@content", "present");
    assert_xpath(out, "//meta[@name='seal-box']/@content", "1 0.1000 0.1000 0.3000 0.3000");
}

static void attachments_are_handed_on(void)
{
    const ZipMember parts[] = {
        {.name = "OFD.xml", .bytes = OFD(BODY(""))},
        {.name = "Doc_0/Document.xml", .bytes = DOCUMENT("", PAGE_REF, "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>")},
        {.name = "Doc_0/Pages/Page_0/Content.xml", .bytes = PAGE("", TEXT_AT("20", "20", "", "见附件"))},
        {.name = "Doc_0/Attachs/Attachments.xml",
         .bytes = "<ofd:Attachments" NS "><ofd:Attachment ID='1' Name='登记表'><ofd:FileLoc>a1.docx</ofd:FileLoc></ofd:Attachment>"
                  "<ofd:Attachment ID='2'><ofd:FileLoc>/Doc_0/Attachs/b.txt</ofd:FileLoc></ofd:Attachment>"
                  "<ofd:Attachment ID='3' Name='x'><ofd:FileLoc>../../../x.txt</ofd:FileLoc></ofd:Attachment></ofd:Attachments>"},
        {.name = "Doc_0/Attachs/a1.docx", .bytes = "docx"}, {.name = "Doc_0/Attachs/b.txt", .bytes = "text!"},
        {.name = "x.txt", .bytes = "outside"}, {.name = NULL}};
    g_autoptr(Xhtml) out = xhtml_new();
    g_autoptr(GString) seen = g_string_new(NULL);
    g_assert_cmpint(read_zip(parts, out, seen), ==, STATUS_READ);
    g_assert_cmpstr(seen->str, ==, "登记表.docx 4;b.txt 5;");
}

static void several_documents_and_versions(void)
{
    const ZipMember parts[] = {
        {.name = "OFD.xml",
         .bytes = OFD("<ofd:DocBody><ofd:DocRoot>A/Document.xml</ofd:DocRoot><ofd:Versions><ofd:Version ID='1' Index='1' BaseLoc='V1.xml'/>"
                      "<ofd:Version ID='2' Index='2' Current='true' BaseLoc='/V2.xml'/></ofd:Versions></ofd:DocBody>"
                      "<ofd:DocBody><ofd:DocRoot>B/Document.xml</ofd:DocRoot></ofd:DocBody>")},
        {.name = "V2.xml", .bytes = "<ofd:DocVersion" NS "><ofd:DocRoot>A/Current.xml</ofd:DocRoot></ofd:DocVersion>"},
        {.name = "A/Document.xml", .bytes = DOCUMENT("", "<ofd:Page ID='1' BaseLoc='old.xml'/>", "")},
        {.name = "A/Current.xml", .bytes = DOCUMENT("", "<ofd:Page ID='1' BaseLoc='new.xml'/>", "")},
        {.name = "A/old.xml", .bytes = PAGE("", TEXT_AT("20", "20", "", "旧稿"))},
        {.name = "A/new.xml", .bytes = PAGE("", TEXT_AT("20", "20", "", "新稿"))},
        {.name = "B/Document.xml", .bytes = DOCUMENT("", "<ofd:Page ID='1' BaseLoc='P.xml'/>", "")},
        {.name = "B/P.xml", .bytes = PAGE("", TEXT_AT("20", "20", "", "附页"))}, {.name = NULL}};
    g_autoptr(Xhtml) out = read_parts(parts);
    g_autofree char *text = xhtml_plain_text(out);
    g_assert_cmpstr(g_strstrip(text), ==, "新稿\n附页");
    assert_xpath(out, "//p[2]/@data-page", "2");
    assert_xpath(out, "//meta[@name='pages']/@content", "2");
}

/* ---- broken and hostile ---- */

static void places_stay_inside(void)
{
    static const struct {
        const char *from, *loc, *path;
    } rows[] = {{"Doc_0/Document.xml", "Pages/P.xml", "Doc_0/Pages/P.xml"}, {"Doc_0/Document.xml", "/Doc_1/P.xml", "Doc_1/P.xml"},
                {"OFD.xml", "Doc_0/D.xml", "Doc_0/D.xml"}, {"a/b/c.xml", "../x.xml", "a/x.xml"}, {"a/b/c.xml", "././/x.xml", "a/b/x.xml"},
                {"a/b.xml", "../../x.xml", NULL}, {"a/b.xml", "/../x.xml", NULL}, {"a/b.xml", "..\\..\\x.xml", NULL},
                {"a/b.xml", "//Doc_0/x.xml", "Doc_0/x.xml"}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = ofd_loc(rows[i].from, rows[i].loc);
        g_assert_cmpstr(path, ==, rows[i].path);
    }
}

static void missing_parts(void)
{
    const ZipMember nothing[] = {{.name = "x.xml", .bytes = "<a/>"}, {.name = NULL}};
    const ZipMember no_document[] = {{.name = "OFD.xml", .bytes = OFD(BODY(""))}, {.name = NULL}};
    const ZipMember no_page[] = {{.name = "OFD.xml", .bytes = OFD(BODY(""))},
                                 {.name = "Doc_0/Document.xml", .bytes = DOCUMENT("", PAGE_REF, "")}, {.name = NULL}};
    const ZipMember encrypted[] = {{.name = "OFD.xml", .bytes = OFD(BODY(""))}, {.name = "Encryptions.xml", .bytes = "<a/>"}, {.name = NULL}};
    const ZipMember locked[] = {{.name = "OFD.xml", .bytes = OFD(BODY("")), .flags = 1}, {.name = NULL}};
    const ZipMember one_page[] = {
        {.name = "OFD.xml", .bytes = OFD(BODY(""))},
        {.name = "Doc_0/Document.xml", .bytes = DOCUMENT("", PAGE_REF "<ofd:Page ID='2' BaseLoc='gone.xml'/>", "")},
        {.name = "Doc_0/Pages/Page_0/Content.xml", .bytes = PAGE("", TEXT_AT("20", "20", "", "尚在"))}, {.name = NULL}};
    g_assert_cmpint(status_of(nothing), ==, STATUS_DAMAGED);
    g_assert_cmpint(status_of(no_document), ==, STATUS_DAMAGED);
    g_assert_cmpint(status_of(no_page), ==, STATUS_DAMAGED);
    g_assert_cmpint(status_of(encrypted), ==, STATUS_ENCRYPTED);
    g_assert_cmpint(status_of(locked), ==, STATUS_ENCRYPTED);
    g_autoptr(Xhtml) out = read_parts(one_page);
    assert_xpath(out, "//p", "尚在");
    assert_xpath(out, "//meta[@name='pages-unread']/@content", "2-2");
}

static void entities_are_refused(void)
{
    const ZipMember parts[] = {{.name = "OFD.xml", .bytes = OFD(BODY(""))}, {.name = "Doc_0/Document.xml", .bytes = DOCUMENT("", PAGE_REF, "")},
                               {.name = "Doc_0/Pages/Page_0/Content.xml",
                                .bytes = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" PAGE("", TEXT_AT("20", "20", "", "&e;"))},
                               {.name = NULL}};
    g_assert_cmpint(status_of(parts), ==, STATUS_DAMAGED);
}

static void pages_beyond_the_limit_are_told(void)
{
    g_autoptr(GString) pages = g_string_new("<ofd:Document" NS "><ofd:Pages>");
    for (int i = 0; i < LIMIT_PAGES + 5; i++)
        g_string_append(pages, "<ofd:Page ID='1' BaseLoc='P.xml'/>");
    g_string_append(pages, "</ofd:Pages></ofd:Document>");
    const ZipMember parts[] = {{.name = "OFD.xml", .bytes = OFD(BODY(""))}, {.name = "Doc_0/Document.xml", .bytes = pages->str},
                               {.name = "Doc_0/P.xml", .bytes = PAGE("", TEXT_AT("20", "20", "", "页"))}, {.name = NULL}};
    g_autoptr(Xhtml) out = read_parts(parts);
    assert_xpath(out, "//meta[@name='pages']/@content", "205");
    assert_xpath(out, "//meta[@name='pages-unread']/@content", "201-205");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ofd/text/order", text_in_order_with_gaps);
    g_test_add_func("/ofd/text/close", text_without_distances_is_set_close);
    g_test_add_func("/ofd/text/lines", lines_of_one_object);
    g_test_add_func("/ofd/text/matrices", matrices_place_text);
    g_test_add_func("/ofd/text/hidden", hidden_text_is_not_read);
    g_test_add_func("/ofd/text/clear", clear_text_counts_when_there_is_no_other);
    g_test_add_func("/ofd/text/distances", distances_with_repeats);
    g_test_add_func("/ofd/lines", what_is_a_line);
    g_test_add_func("/ofd/signing", place_to_sign);
    g_test_add_func("/ofd/table", table_of_lines);
    g_test_add_func("/ofd/page/template", template_and_annotation);
    g_test_add_func("/ofd/page/composites", composites_end);
    g_test_add_func("/ofd/page/scan", scanned_page_asks_for_the_larger_server);
    g_test_add_func("/ofd/signatures", signatures_and_seal);
    g_test_add_func("/ofd/attachments", attachments_are_handed_on);
    g_test_add_func("/ofd/documents", several_documents_and_versions);
    g_test_add_func("/ofd/places", places_stay_inside);
    g_test_add_func("/ofd/missing", missing_parts);
    g_test_add_func("/ofd/entities", entities_are_refused);
    g_test_add_func("/ofd/limit", pages_beyond_the_limit_are_told);
    return g_test_run();
}
