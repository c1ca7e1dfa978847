/* links: filters/readers/pdf*.c filters/readers/symbols.c filters/readers/member.c filters/page/[fgilprtx]*.c filters/page/seal*.c src/base/charset.c src/base/clock.c src/base/text.c; libs: poppler-glib cairo lept libxml-2.0; flags: -lm */
#include <libxml/xpath.h>
#include <string.h>

#include "base/limits.h"
#include "page/ideograph.h"
#include "page/layout.h"
#include "readers/rows.h"

/* The caches of fontconfig and poppler's leak of a removed annotation are not ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpoppler\n";
}

/* ---- a PDF of given page contents, with the fonts F1 (Helvetica), F2 (STSong, not embedded), F3 and F4 ---- */

/* a, b, c, d are the first four Hebrew letters; F2 set down the page. */
#define HEBREW "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[97/uni05D0/uni05D1/uni05D2/uni05D3]>>"      \
               "/FirstChar 97/LastChar 100/Widths[500 500 500 500]>>"
#define DOWNWARD "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-V/DescendantFonts[5 0 R]>>"

typedef struct {
    GString *bytes;
    GArray *offsets;
} Pdf;

static guint pdf_object(Pdf *pdf, const char *body)
{
    gsize offset = pdf->bytes->len;
    g_array_append_val(pdf->offsets, offset);
    g_string_append_printf(pdf->bytes, "%u 0 obj%s\nendobj\n", pdf->offsets->len, body);
    return pdf->offsets->len;
}

static const char *catalog_more = ""; /* entries of the catalog that a test adds */

/* PAGES: contents, NULL-ended. FIELDS: the bodies of widget annotations on the first page, or NULL. */
static GBytes *pdf_make(const char *const *pages, const char *const *fields)
{
    Pdf pdf = {g_string_new("%PDF-1.4\n"), g_array_new(FALSE, FALSE, sizeof(gsize))};
    g_autoptr(GString) kids = g_string_new(NULL), widgets = g_string_new(NULL);
    guint count = g_strv_length((char **)pages), first = 6, first_field = first + 2 * count;
    for (guint i = 0; i < count; i++)
        g_string_append_printf(kids, "%u 0 R ", first + 2 * i);
    for (guint i = 0; fields && fields[i]; i++)
        g_string_append_printf(widgets, "%u 0 R ", first_field + i);
    g_autofree char *catalog = g_strdup_printf("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[%s]>>%s>>", widgets->str,
                                              catalog_more);
    pdf_object(&pdf, catalog);
    g_autofree char *tree = g_strdup_printf("<</Type/Pages/Kids[%s]/Count %u>>", kids->str, count);
    pdf_object(&pdf, tree);
    pdf_object(&pdf, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
    pdf_object(&pdf, "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[5 0 R]>>");
    pdf_object(&pdf, "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
                     "/Supplement 2>>/DW 1000/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6"
                     "/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>>>");
    for (guint i = 0; i < count; i++) {
        g_autofree char *page = g_strdup_printf(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents %u 0 R/Annots[%s]"
            "/Resources<</Font<</F1 3 0 R/F2 4 0 R/F3" HEBREW "/F4" DOWNWARD ">>>>>>", first + 2 * i + 1, i == 0 ? widgets->str : "");
        g_autofree char *content =
            g_strdup_printf("<</Length %zu>>stream\n%s\nendstream", strlen(pages[i]), pages[i]);
        pdf_object(&pdf, page);
        pdf_object(&pdf, content);
    }
    for (guint i = 0; fields && fields[i]; i++)
        pdf_object(&pdf, fields[i]);
    gsize start = pdf.bytes->len;
    g_string_append_printf(pdf.bytes, "xref\n0 %u\n0000000000 65535 f \n", pdf.offsets->len + 1);
    for (guint i = 0; i < pdf.offsets->len; i++)
        g_string_append_printf(pdf.bytes, "%010zu 00000 n \n", g_array_index(pdf.offsets, gsize, i));
    g_string_append_printf(pdf.bytes, "trailer<</Size %u/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", pdf.offsets->len + 1, start);
    g_array_unref(pdf.offsets);
    return g_string_free_to_bytes(pdf.bytes);
}

static Xhtml *pdf_xhtml(const char *const *pages, const char *const *fields)
{
    g_autoptr(GBytes) bytes = pdf_make(pages, fields);
    ReadInput input = {.bytes = g_bytes_get_data(bytes, NULL), .length = g_bytes_get_size(bytes), .until = G_MAXINT64};
    Xhtml *out = xhtml_new();
    g_assert_cmpint(pdf_read(&input, out, NULL), ==, STATUS_READ);
    return out;
}

/* EXPRESSION's string value with white space folded. */
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

#define TEXT(x, y, words) "BT /F1 10 Tf " #x " " #y " Td (" words ") Tj ET\n"
/* Two columns (50, 120, 350), rows at 250, 220, 190; the lower right cell is split at 240. */
#define TABLE                                                                                                         \
    "50 250 m 350 250 l 50 220 m 350 220 l 50 190 m 350 190 l 50 250 m 50 190 l 120 250 m 120 190 l "                   \
    "350 250 m 350 190 l 240 220 m 240 190 l S\n"

static void test_cells(void)
{
    static const char *const pages[] = {
        "0.5 w " TABLE TEXT(55, 270, "Application form") TEXT(55, 230, "Name") TEXT(130, 230, "Zhang San")
        TEXT(55, 200, "Phone") TEXT(130, 200, "010-1234") TEXT(245, 200, "a@b.example") TEXT(55, 150, "After the table."), NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "//p[1]", "Application form");
    assert_xpath(out, "//tr[1]/td[1]", "Name");
    assert_xpath(out, "//tr[1]/td[2]", "Zhang San");
    assert_xpath(out, "//tr[1]/td[2]/@colspan", "2");
    assert_xpath(out, "//tr[2]/td[3]/p", "a@b.example");
    assert_xpath(out, "count(//td)", "5");
    assert_xpath(out, "//table/following-sibling::p", "After the table.");
    assert_xpath(out, "//meta[@name='pages']/@content", "1");
    assert_xpath(out, "//meta[@name='seal']/@content", "absent");
    assert_xpath(out, "//tr[1]/td[1]/@data-page", "1");
    assert_xpath(out, "starts-with(//tr[1]/td[1]/@data-box, '1 0.12')", "true");
}

/* Places to sign: blank, drawn over with a pen of black, typed. Red ink is a stamp's. */
static void test_signing(void)
{
    static const char *const pages[] = {
        TEXT(50, 270, "Signature:") TEXT(50, 220, "Signature:") "1 w 120 222 m 130 235 140 210 150 225 c 160 240 170 210 180 222 c S\n"
        TEXT(50, 170, "Signature:") TEXT(110, 170, "Zhang San")
        TEXT(50, 120, "Signature:") "1 0 0 RG 4 w 120 122 m 130 135 140 110 150 125 c S\n", NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    static const char *const states[] = {"blank 1 ", "ink 1 ", "print 1 ", "unknown 1 "};
    g_autoptr(GPtrArray) said = xhtml_said(out, "signing");
    g_assert_cmpuint(said->len, ==, G_N_ELEMENTS(states));
    for (guint i = 0; i < said->len; i++) {
        g_assert_true(g_str_has_prefix(said->pdata[i], states[i]));
        g_assert_true(g_str_has_suffix(said->pdata[i], " Signature"));
    }
}

/* Needs poppler-data: without it the text would be empty. */
static void test_chinese(void)
{
    static const char *const pages[] = {
        "BT /F2 10 Tf 50 200 Td <59D3540DFF1A5F204E09> Tj ET", NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "//p", "姓名：张三");
}

/* A paragraph broken at the right margin is one; one that ends early is not. */
static void test_paragraphs(void)
{
    static const char *const pages[] = {
        TEXT(20, 250, "This is a long line of words that reaches up to the right margin of this new page")
        TEXT(20, 236, "and goes on here.") TEXT(20, 222, "Another one.") TEXT(20, 180, "Name: A") TEXT(220, 180, "Sex: B"), NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "count(//p)", "3");
    assert_xpath(out, "//p[1]", "This is a long line of words that reaches up to the right margin of this new page and goes on here.");
    assert_xpath(out, "//p[3]", "Name: A Sex: B");
}

/* Of a word broken at its hyphen none is a blank; a dash keeps its blanks. */
static void test_hyphens(void)
{
    static const char *const pages[] = {
        TEXT(20, 250, "This is a long line of words that reaches well up to the right margin of this long-")
        TEXT(20, 236, "term plan that fills another line of the same paragraph up to its right margin -")
        TEXT(20, 222, "perhaps."), NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "//p[1]", "This is a long line of words that reaches well up to the right margin of this long-term plan that fills "
                                "another line of the same paragraph up to its right margin - perhaps.");
}

static void test_table_over_pages(void)
{
    static const char *const pages[] = {
        "50 250 m 350 250 l 50 40 m 350 40 l 50 250 m 50 40 l 120 250 m 120 40 l 350 250 m 350 40 l 50 100 m 350 100 l S\n"
        TEXT(55, 230, "One") TEXT(130, 230, "first") TEXT(55, 80, "Two") TEXT(130, 80, "starts here") TEXT(200, 10, "- 1 -"),
        "50 250 m 350 250 l 50 190 m 350 190 l 50 250 m 50 190 l 120 250 m 120 190 l 350 250 m 350 190 l 50 220 m 350 220 l S\n"
        TEXT(130, 230, "ends here") TEXT(55, 200, "Three") TEXT(130, 200, "third"), NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "count(//table)", "1");
    assert_xpath(out, "count(//tr)", "3");
    assert_xpath(out, "//tr[2]/td[2]/p[1]", "starts here");
    assert_xpath(out, "//tr[2]/td[2]/p[2]", "ends here");
    assert_xpath(out, "//tr[3]/td[2]", "third");
    assert_xpath(out, "//p[@data-part='footer']", "- 1 -");
}

static void test_form_fields(void)
{
    static const char *const pages[] = {TABLE TEXT(55, 230, "Name") TEXT(55, 200, "Groups") TEXT(145, 200, "WG1"), NULL};
    static const char *const fields[] = {
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V<FEFF5F204E09>/Rect[125 225 345 245]/F 4/DA(/Helv 10 Tf)>>",
        "<</Type/Annot/Subtype/Widget/FT/Btn/T(wg1)/V/Yes/AS/Yes/Rect[125 198 137 210]/F 4/AP<</N<</Yes 3 0 R/Off 3 0 R>>>>>>",
        "<</Type/Annot/Subtype/Widget/FT/Btn/T(wg2)/V/Off/AS/Off/Rect[250 198 262 210]/F 4/AP<</N<</Yes 3 0 R/Off 3 0 R>>>>>>",
        NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, fields);
    assert_xpath(out, "//tr[1]/td[2]", "张三");
    assert_xpath(out, "//tr[1]/td[2]/p/@data-control", "name");
    assert_xpath(out, "//tr[2]/td[2]//input/@checked", "checked");
    assert_xpath(out, "//tr[2]/td[2]//input/@data-control", "wg1");
    assert_xpath(out, "//tr[2]/td[2]", "WG1");
    assert_xpath(out, "count(//tr[2]/td[3]//input[not(@checked)])", "1");
}

static Status read_status(const char *bytes, gsize length, Xhtml *out)
{
    g_autofree guint8 *copy = g_memdup2(bytes, length);
    ReadInput input = {.bytes = copy, .length = length, .until = G_MAXINT64};
    return pdf_read(&input, out, NULL);
}

static void test_damage(void)
{
    static const char *const pages[] = {TEXT(20, 250, "x"), NULL};
    g_autoptr(GBytes) bytes = pdf_make(pages, NULL);
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autoptr(Xhtml) out = xhtml_new();
    g_assert_cmpint(read_status(data, length / 2, out), ==, STATUS_DAMAGED);
    g_assert_cmpint(read_status("%PDF-1.4\n%%EOF", 14, out), ==, STATUS_DAMAGED);
    g_assert_cmpint(read_status("", 0, out), ==, STATUS_DAMAGED);
    /* What a mail gateway appends does not make it damaged. */
    g_autofree char *longer = g_malloc0(length + 5000);
    memcpy(longer, data, length);
    g_assert_cmpint(read_status(longer, length + 5000, out), ==, STATUS_READ);
}

/* Ends as small programs write them, and as gateways and cuts leave them. */
static void test_odd_ends(void)
{
    enum { PAST_TAIL = 40000 };
    static const char *const pages[] = {TEXT(20, 250, "x"), NULL};
    g_autoptr(GBytes) bytes = pdf_make(pages, NULL);
    const char *data = g_bytes_get_data(bytes, NULL);
    gsize length = g_bytes_get_size(bytes), mark = (gsize)((const char *)memmem(data, length, "startxref", 9) - data);
    g_autoptr(Xhtml) out = xhtml_new();
    g_assert_cmpint(read_status(data, mark, out), ==, STATUS_READ); /* a trailer, and nothing after it */
    g_autofree char *longer = g_malloc0(length + PAST_TAIL + 20);
    memcpy(longer, data, length);
    g_assert_cmpint(read_status(longer, length + PAST_TAIL, out), ==, STATUS_READ);
    memcpy(longer + length, "9 0 obj <</Length 99", 20); /* a change that was being sent */
    g_assert_cmpint(read_status(longer, length + PAST_TAIL, out), ==, STATUS_DAMAGED);
}

/* ---- how a page is written ---- */

/* The same table as in test_cells, across the paper: read as if it were turned, boxes where they are. */
static void test_rotated(void)
{
    static const char *const pages[] = {
        "0.5 w 0 .8 -.8 0 300 0 cm " TABLE TEXT(55, 270, "Application form") TEXT(55, 230, "Name") TEXT(130, 230, "Zhang San")
        TEXT(55, 200, "Phone") TEXT(130, 200, "010-1234") TEXT(245, 200, "a@b.example") TEXT(55, 150, "After the table."), NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "//p[1]", "Application form");
    assert_xpath(out, "//tr[1]/td[2]", "Zhang San");
    assert_xpath(out, "//tr[2]/td[3]/p", "a@b.example");
    assert_xpath(out, "//table/following-sibling::p", "After the table.");
    assert_xpath(out, "substring(//tr[1]/td[1]/@data-box, 1, 6)", "1 0.25"); /* x from 300 - 0.8 * 250 of 400 */
}

static guint count_cells(const char *page)
{
    const char *const pages[] = {page, NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    xmlXPathContext *context = xmlXPathNewContext(xhtml_doc(out));
    xmlXPathObject *cells = xmlXPathEvalExpression(BAD_CAST "//td", context);
    guint count = cells->nodesetval ? (guint)cells->nodesetval->nodeNr : 0;
    xmlXPathFreeObject(cells);
    xmlXPathFreeContext(context);
    return count;
}

/* What programs draw for borders, and what looks like them. */
static void test_borders(void)
{
    g_assert_cmpuint(count_cells("[3 3] 0 d 0.5 w " TABLE TEXT(55, 230, "dashed")), ==, 5);
    g_assert_cmpuint(count_cells("0.7 G 0.2 w " TABLE TEXT(55, 230, "pale and thin")), ==, 5);
    g_assert_cmpuint(count_cells("50 250 300 .5 re 50 220 300 .5 re 50 220 .5 30 re 120 220 .5 30 re 350 220 .5 30 re f "
                                 TEXT(55, 230, "filled")), ==, 2);
    g_assert_cmpuint(count_cells("q 50 250 300 .5 re W n 0 0 400 300 re f Q q 50 220 300 .5 re W n 0 0 400 300 re f Q "
                                 "50 220 m 50 250 l 120 220 m 120 250 l 350 220 m 350 250 l S " TEXT(55, 230, "clipped")), ==, 2);
    g_assert_cmpuint(count_cells("1 G 0.5 w " TABLE TEXT(55, 230, "white")), ==, 0);
    g_assert_cmpuint(count_cells("q 0 0 20 20 re W n 0.5 w " TABLE "Q " TEXT(55, 230, "clipped away")), ==, 0);
    g_assert_cmpuint(count_cells("0.8 g 50 190 300 60 re f 0 g " TEXT(55, 230, "shaded")), ==, 0);
}

/* Print made bold by drawing it twice, and a label beside two lines of its value, level with neither. */
static void test_doubles_and_levels(void)
{
    static const char *const pages[] = {
        TEXT(20, 250, "Mike told all") TEXT(21, 250, "Mike told all")
        TEXT(20, 200, "Label") TEXT(100, 205, "the first line of the value") TEXT(100, 195, "and the second one"), NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "//p[1]", "Mike told all");
    assert_xpath(out, "contains(//body, 'the first line of the value')", "true");
    assert_xpath(out, "contains(//body, 'and the second one')", "true");
}

/* Text drawn over text, and lines closer than their characters are high: each keeps its own words. */
static void test_overlapping(void)
{
    static const char *const pages[] = {
        TEXT(20, 250, "This is the 2nd") TEXT(78, 250, "1st stream part") TEXT(20, 200, "the first of two") TEXT(22, 194, "and the second"),
        NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "//p[1]", "This is the 2nd");
    assert_xpath(out, "//p[2]", "1st stream part");
    assert_xpath(out, "//p[3]", "the first of two");
    assert_xpath(out, "//p[4]", "and the second");
}

static void test_raised(void)
{
    static const char *const pages[] = {
        "BT /F1 12 Tf 20 150 Td (of the 33) Tj /F1 7 Tf 6 Ts (rd) Tj 0 Ts /F1 12 Tf ( meeting) Tj ET\n" TEXT(20, 100, "end"), NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "//p[1]", "of the 33rd meeting");
}

/* A mark up the margin, a column down the page: poppler puts the column before the lines, and keeps it to itself. */
static void test_sideways(void)
{
    static const char *const pages[] = {
        "BT /F1 10 Tf 0 1 -1 0 15 100 Tm (draft of 2021) Tj ET\n" TEXT(40, 250, "The first line") TEXT(40, 238, "Second")
        TEXT(40, 150, "Last"),
        "BT /F4 20 Tf 350 280 Td <59D3540D53554F4D804C52A1> Tj ET\n" TEXT(40, 290, "Above") TEXT(200, 20, "Below"), NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "count(//p[. = 'draft of 2021'])", "1");
    assert_xpath(out, "count(//p[. = 'The first line'])", "1");
    assert_xpath(out, "count(//*[. = '姓名单位职务' and @data-page])", "1");
    assert_xpath(out, "count(//p[. = 'Above']) + count(//p[. = 'Below'])", "2");
}

/* Hebrew is written into a PDF as it is seen, from the left; it is read from the right, numbers and Latin in it from the left. */
static void test_right_to_left(void)
{
    static const char *const pages[] = {
        "BT /F3 10 Tf 200 250 Td (dcdc) Tj /F1 10 Tf ( 12 ) Tj /F3 10 Tf [(bcd) -300 (dcba)] TJ ET\n"
        "BT /F3 10 Tf 200 230 Td [(dcba) -300 (dcba) -300 (dcba) -300 (dcba)] TJ ET\n" TEXT(40, 150, "Left to right"), NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "//p[1]", "אבגד דגב 12 גדגד");
    assert_xpath(out, "//p[2]", "אבגד אבגד אבגד אבגד");
    assert_xpath(out, "//p[3]", "Left to right");
    assert_xpath(out, "starts-with(//p[1]/@data-box, '1 0.5')", "true"); /* the page was not turned */
}

/* What someone typed upon a page with a reader's typewriter stands where it is seen; hidden notes do not. */
static void test_typed_upon(void)
{
    static const char *const pages[] = {TABLE TEXT(55, 230, "Name") TEXT(55, 200, "Phone"), NULL};
    static const char *const notes[] = {
        "<</Type/Annot/Subtype/FreeText/Contents<FEFF5F204E09>/Rect[125 225 345 245]/F 4/DA(/Helv 10 Tf)>>",
        "<</Type/Annot/Subtype/FreeText/Contents(hidden)/Rect[125 195 235 210]/F 2/DA(/Helv 10 Tf)>>", NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, notes);
    assert_xpath(out, "//tr[1]/td[2]", "张三");
    assert_xpath(out, "//tr[2]/td[2]", "");
}

static void test_lookalikes(void)
{
    g_assert_cmpuint(ideograph_plain(0x2f00), ==, 0x4e00);
    g_assert_cmpuint(ideograph_plain(0x2ed3), ==, 0x957f);
    g_assert_cmpuint(ideograph_plain(0x2ef3), ==, 0x9f9f);
    g_assert_cmpuint(ideograph_plain(0xf900), ==, 0x8c48);
    g_assert_cmpuint(ideograph_plain(0xff21), ==, 0xff21); /* a full-width letter stays */
    g_assert_cmpuint(ideograph_plain('a'), ==, 'a');
    g_assert_cmpstr(ideograph_letters(0xfb03), ==, "ffi");
    g_assert_cmpstr(ideograph_letters(0xfb07), ==, "");
}

/* ---- the whole document ---- */

static void test_pages_over_the_limit(void)
{
    g_autoptr(GPtrArray) pages = g_ptr_array_new();
    for (int i = 0; i < LIMIT_PAGES + 3; i++)
        g_ptr_array_add(pages, TEXT(20, 250, "x"));
    g_ptr_array_add(pages, NULL);
    g_autoptr(Xhtml) out = pdf_xhtml((const char *const *)pages->pdata, NULL);
    assert_xpath(out, "//meta[@name='pages']/@content", "203");
    assert_xpath(out, "//meta[@name='pages-unread']/@content", "201-203");
}

typedef struct {
    Members members;
    GString *seen;
} Witness;

static gboolean see_member(Members *self, const char *name, const guint8 *bytes, gsize length, Status status)
{
    g_string_append_printf(((Witness *)self)->seen, "%s=%.*s/%d;", name, (int)length, (const char *)bytes, (int)status);
    return TRUE;
}

static void test_attachments(void)
{
    static const char *const pages[] = {TEXT(20, 250, "See the attachment"), NULL};
    static const char *const objects[] = {
        "<</Type/Annot/Subtype/FileAttachment/Rect[9 9 19 19]/FS<</Type/Filespec/F(pin.txt)/EF<</F 10 0 R>>>>>>",
        "<</Type/Filespec/F(list.txt)/UF(../list.txt)/EF<</F 11 0 R>>>>",
        "<</Type/EmbeddedFile/Length 3>>stream\npin\nendstream", "<</Type/EmbeddedFile/Length 4>>stream\nlist\nendstream", NULL};
    catalog_more = "/Names<</EmbeddedFiles<</Names[(a) 9 0 R]>>>>";
    g_autoptr(GBytes) bytes = pdf_make(pages, objects);
    catalog_more = "";
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(Xhtml) out = xhtml_new();
    Witness witness = {.members = {.member = see_member}, .seen = seen};
    ReadInput input = {.bytes = g_bytes_get_data(bytes, NULL), .length = g_bytes_get_size(bytes), .until = G_MAXINT64};
    g_assert_cmpint(pdf_read(&input, out, &witness.members), ==, STATUS_READ);
    g_assert_cmpstr(seen->str, ==, "list.txt=list/0;pin.txt=pin/0;");
}

/* A form that only Adobe's own program lays out shows others this page. */
static void test_placeholder(void)
{
    static const char *const pages[] = {
        TEXT(20, 250, "Please wait...") TEXT(20, 220, "If this message is not eventually replaced with the proper contents"), NULL};
    g_autoptr(GBytes) bytes = pdf_make(pages, NULL);
    g_autoptr(Xhtml) out = xhtml_new();
    g_assert_cmpint(read_status(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), out), ==, STATUS_UNSUPPORTED);
}

static void test_no_text(void)
{
    static const char *const pages[] = {"0 0 0 rg 50 50 100 100 re f", NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "//meta[@name='text']/@content", "none");
    assert_xpath(out, "count(//p)", "0");
}

/* A seal on the page itself: a ring of four curves and red words in it; test_seal has all other kinds. */
static void test_seal_on_page(void)
{
    static const char *const pages[] = {
        TEXT(55, 270, "Signed") "1 0 0 RG 1 0 0 rg 3 w 260 100 m 260 133 233 160 200 160 c 167 160 140 133 140 100 c "
        "140 67 167 40 200 40 c 233 40 260 67 260 100 c S " TEXT(165, 130, "HHIHHIHIHI") TEXT(152, 115, "HIHHHIHHIHIHH")
        TEXT(150, 100, "HHIHHIHHIHHIH") TEXT(152, 85, "IHHIHHIHHIHHH") TEXT(165, 70, "HHIHIHHIHI"), NULL};
    g_autoptr(Xhtml) out = pdf_xhtml(pages, NULL);
    assert_xpath(out, "//meta[@name='seal']/@content", "present");
    assert_xpath(out, "starts-with(//meta[@name='seal-box']/@content, '1 0.3')", "true");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pdf/cells", test_cells);
    g_test_add_func("/pdf/signing", test_signing);
    g_test_add_func("/pdf/chinese", test_chinese);
    g_test_add_func("/pdf/paragraphs", test_paragraphs);
    g_test_add_func("/pdf/table-over-pages", test_table_over_pages);
    g_test_add_func("/pdf/form-fields", test_form_fields);
    g_test_add_func("/pdf/damage", test_damage);
    g_test_add_func("/pdf/odd-ends", test_odd_ends);
    g_test_add_func("/pdf/rotated", test_rotated);
    g_test_add_func("/pdf/borders", test_borders);
    g_test_add_func("/pdf/doubles", test_doubles_and_levels);
    g_test_add_func("/pdf/hyphens", test_hyphens);
    g_test_add_func("/pdf/overlapping", test_overlapping);
    g_test_add_func("/pdf/raised", test_raised);
    g_test_add_func("/pdf/sideways", test_sideways);
    g_test_add_func("/pdf/right-to-left", test_right_to_left);
    g_test_add_func("/pdf/typed-upon", test_typed_upon);
    g_test_add_func("/pdf/lookalikes", test_lookalikes);
    g_test_add_func("/pdf/limit", test_pages_over_the_limit);
    g_test_add_func("/pdf/attachments", test_attachments);
    g_test_add_func("/pdf/placeholder", test_placeholder);
    g_test_add_func("/pdf/no-text", test_no_text);
    g_test_add_func("/pdf/seal-on-page", test_seal_on_page);
    return g_test_run();
}
