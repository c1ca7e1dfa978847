// links: filters/readers/rtf*.c filters/readers/blocks.c filters/readers/pictures.c filters/readers/symbols.c filters/readers/word_field.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libxml-2.0
/* Rich Text Format: charsets, tables, fields, what is not seen, and what hostile files try. */
#include <string.h>

#include "base/limits.h"
#include "readers/rows.h"

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

static char *read_bytes(const void *bytes, gsize length, Status *ret_status)
{
    g_autofree guint8 *copy = g_memdup2(bytes, length);
    ReadInput input = {.bytes = copy, .length = length, .until = G_MAXINT64};
    g_autoptr(Xhtml) out = xhtml_new();
    *ret_status = rtf_read(&input, out, NULL);
    return dump(out);
}

/* The XHTML of a document whose body is BODY, in a Chinese Windows. */
static void body_is(const char *body, const char *expected)
{
    static const char head[] = "{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fnil\\fcharset134 \\'cb\\'ce\\'cc\\'e5;}"
                               "{\\f1\\froman\\fcharset0 Times New Roman;}{\\f2\\fnil\\fcharset2 Wingdings;}"
                               "{\\f3\\fnil\\fcharset136 PMingLiU;}{\\f4\\fnil\\fcharset128 MS Mincho;}"
                               "{\\f5\\fswiss\\fcharset204 Arial Cyr;}}{\\colortbl;\\red0\\green0\\blue0;}"
                               "{\\stylesheet{\\s0 Normal;}}{\\info{\\title secret}}";
    g_autofree char *document = g_strconcat(head, body, "}", NULL);
    Status status = STATUS_READ;
    g_autofree char *got = read_bytes(document, strlen(document), &status);
    g_assert_cmpstr(got, ==, expected);
    g_assert_cmpint(status, ==, STATUS_READ);
}

static void test_text(void)
{
    body_is("\\pard plain\\par\\pard \\par second\\line line\\tab x\\par", "<p>plain</p><p>second<br/>line\tx</p>");
    body_is("a\\{b\\}\\\\c\\~d\\_e\\-f", "<p>a{b}\\c d-ef</p>");
    body_is("a\r\nb\\\nc", "<p>ab</p><p>c</p>");
    body_is("\\pard\\outlinelevel0 Title\\par\\pard text\\par", "<h1>Title</h1><p>text</p>");
    body_is("one\\page two\\sect three", "<p>one</p><p>two</p><p>three</p>");
    body_is("\\ldblquote a\\rdblquote\\emdash b", "<p>“a”—b</p>");
}

static void test_charsets(void)
{
    body_is("\\f0\\'d0\\'d5\\'c3\\'fb", "<p>姓名</p>");
    body_is("\\f0 \xd0\xd5\xc3\xfb", "<p>姓名</p>");
    body_is("\\f3\\'a9\\'6d\\'a6W", "<p>姓名</p>");
    body_is("\\f4\\'8e\\'81\\'96\\'bc", "<p>氏名</p>");
    body_is("\\f5\\'c8\\'ec\\'ff", "<p>Имя</p>");
    /* A character in two halves, with fonts and groups between them. */
    body_is("\\f0\\'d0{\\f1\\'d5}\\f1\\b\\'c3\\b0\\f0\\'fb", "<p>姓名</p>");
    /* A Latin font that holds Chinese bytes, and one that holds quotation marks. */
    body_is("\\f1\\'d0\\'d5\\'c3\\'fb", "<p>姓名</p>");
    body_is("\\f1\\'93Hi\\'94", "<p>“Hi”</p>");
    body_is("\\f1\\dbch\\af0\\'d0\\'d5\\loch\\f1 ok", "<p>姓ok</p>");
    body_is("{\\f0\\'d0\\'d5}{\\f1 Zhang}{\\f0\\'c3\\'fb}", "<p>姓Zhang名</p>");
}

static void test_unicode(void)
{
    body_is("\\uc1\\u22995?\\u21517?", "<p>姓名</p>");
    body_is("\\uc2\\u22995\\'d0\\'d5\\uc1\\u21517?!", "<p>姓名!</p>");
    body_is("\\u22995\\u21517", "<p>姓名</p>");
    body_is("\\uc0\\u-10179\\u-8690 x", "<p>😎x</p>");
    body_is("{\\uc0 {\\uc2 \\u22995{x}y} z}", "<p>姓xy z</p>");
    body_is("{\\upr{\\f0\\'d0\\'d5}{\\*\\ud{\\u22995?}}}", "<p>姓</p>");
}

static void test_symbols(void)
{
    body_is("{\\f2\\'fe}{\\f0\\'ca\\'c7}{\\f2\\'a8}{\\f0\\'b7\\'f1}", "<p>☑是☐否</p>");
    body_is("\\f2\\u-3842?\\f0 x", "<p>☑x</p>");
    body_is("\\u-3842?", "<p>☑</p>");
    body_is("{\\field{\\*\\fldinst EQ \\\\o\\\\ac(\\u9633?,\\u8730?)}{\\fldrslt}}", "<p><input type=\"checkbox\" checked=\"checked\"/></p>");
}

#define ROW2 "\\trowd\\trleft0\\cellx1000\\cellx2000"

static void test_tables(void)
{
    body_is(ROW2 "\\pard\\intbl a\\cell b\\cell\\row" ROW2 "\\pard\\intbl c\\cell\\cell\\row\\pard after\\par",
            "<table><tr><td><p>a</p></td><td><p>b</p></td></tr><tr><td><p>c</p></td><td/></tr></table><p>after</p>");
    /* Widths tell which cells span columns; edges may differ a little. */
    body_is("\\trowd\\cellx2010\\pard\\intbl wide\\cell\\row" ROW2 "\\intbl c\\cell d\\cell\\row",
            "<table><tr><td colspan=\"2\"><p>wide</p></td></tr><tr><td><p>c</p></td><td><p>d</p></td></tr></table>");
    body_is("\\trowd\\clmgf\\cellx1000\\clmrg\\cellx2000\\pard\\intbl a\\cell\\cell\\row" ROW2 "\\intbl c\\cell d\\cell\\row",
            "<table><tr><td colspan=\"2\"><p>a</p></td></tr><tr><td><p>c</p></td><td><p>d</p></td></tr></table>");
    body_is("\\trowd\\clvmgf\\cellx1000\\cellx2000\\pard\\intbl a\\cell b\\cell\\row"
            "\\trowd\\clvmrg\\cellx1000\\cellx2000\\pard\\intbl\\cell d\\cell\\row" ROW2 "\\intbl e\\cell f\\cell\\row",
            "<table><tr><td rowspan=\"2\"><p>a</p></td><td><p>b</p></td></tr><tr><td><p>d</p></td></tr>"
            "<tr><td><p>e</p></td><td><p>f</p></td></tr></table>");
    /* A continuation of nothing is a cell; definitions may come after the cells, as Word repeats them. */
    body_is("\\trowd\\clvmrg\\cellx1000\\pard\\intbl x\\cell\\row", "<table><tr><td><p>x</p></td></tr></table>");
    body_is("\\pard\\intbl{a\\cell b\\cell}\\pard\\intbl{" ROW2 "\\row}\\pard z",
            "<table><tr><td><p>a</p></td><td><p>b</p></td></tr></table><p>z</p>");
    body_is(ROW2 "a\\cell b\\cell\\row", "<table><tr><td><p>a</p></td><td><p>b</p></td></tr></table>");
    body_is(ROW2 "\\intbl\\outlinelevel1 a\\par b\\cell\\cell\\row",
            "<table><tr><td><p>a</p><p>b</p></td><td/></tr></table>");
}

static void test_nested_tables(void)
{
    body_is(ROW2 "\\pard\\intbl out\\par\\pard\\intbl\\itap2 in\\nestcell two\\nestcell"
            "{\\*\\nesttableprops\\trowd\\cellx500\\cellx900\\nestrow}{\\nonesttables\\par fallback}"
            "\\pard\\intbl after\\cell b\\cell\\row",
            "<table><tr><td><p>out</p><table><tr><td><p>in</p></td><td><p>two</p></td></tr></table><p>after</p></td>"
            "<td><p>b</p></td></tr></table>");
}

static void test_fields(void)
{
    body_is("{\\field{\\*\\fldinst HYPERLINK \"http://a.example.cn\"}{\\fldrslt link}}", "<p>link</p>");
    body_is("{\\field{\\*\\fldinst FORMCHECKBOX {\\*\\formfield{\\fftype1\\ffres1{\\*\\ffname C1}}}}{\\fldrslt}}yes",
            "<p><input type=\"checkbox\" checked=\"checked\" data-control=\"C1\"/>yes</p>");
    body_is("{\\field{\\*\\fldinst FORMCHECKBOX {\\*\\formfield{\\fftype1\\ffres25\\ffdefres0}}}{\\fldrslt}}",
            "<p><input type=\"checkbox\"/></p>");
    body_is("{\\field{\\*\\fldinst{\\*\\formfield{\\fftype2\\ffres1{\\*\\ffl one}{\\*\\ffl two}}}}{\\fldrslt}}", "<p>two</p>");
    body_is("{\\field{\\*\\fldinst{\\*\\formfield{\\fftype0}}}{\\fldrslt typed}}", "<p>typed</p>");
}

static void test_unseen(void)
{
    body_is("a{\\v hidden}b{\\deleted gone}c{\\revised new}", "<p>abcnew</p>");
    body_is("a{\\*\\bkmkstart mark}{\\*\\unknown x{y}z}b{\\*\\annotation{\\pard no}}", "<p>ab</p>");
    body_is("a{\\pict\\wmetafile8 010009{\\*\\x}}b{\\object{\\*\\objdata 0105}{\\result{\\pict 00}seen}}", "<p>abseen</p>");
    body_is("{\\pict\\bin5 }}{\\'}x", "<p>x</p>");
    body_is("{\\listtext 1.\\tab}item", "<p>1.\titem</p>");
}

static void test_stories(void)
{
    body_is("{\\header\\pard top\\par}{\\headerl\\pard top\\par}{\\footer\\pard foot\\par}body{\\footnote note}\\par end",
            "<p data-part=\"header\">top</p><p>body</p><p data-part=\"footnote\">note</p><p>end</p>"
            "<p data-part=\"footer\">foot</p>");
    body_is("a{\\shp{\\*\\shpinst{\\sp{\\sn x}{\\sv 1}}{\\shptxt\\pard box\\par}}{\\shprslt{\\*\\do{\\dptxbxtext box}}}}b\\par",
            "<p>ab</p><p>box</p>");
    body_is(ROW2 "\\pard\\intbl a{\\shp{\\*\\shpinst{\\shptxt\\pard box\\par}}}\\cell b\\cell\\row",
            "<table><tr><td><p>a</p><p>box</p></td><td><p>b</p></td></tr></table>");
    /* A footer in a repeated header goes with it. */
    body_is("{\\header{\\footer a\\par}}{\\header{\\footer a\\par}}{\\footer z\\par}x",
            "<p data-part=\"footer\">a</p><p>x</p><p data-part=\"footer\">z</p>");
    /* A story that begins between cells, and between rows. */
    body_is(ROW2 "\\pard\\intbl a\\cell{\\footnote n\\par}b\\cell\\row{\\footnote m\\par}" ROW2 "\\pard\\intbl c\\cell\\row",
            "<table><tr><td><p>a</p></td><td><p data-part=\"footnote\">n</p><p>b</p></td></tr></table>"
            "<p data-part=\"footnote\">m</p><table><tr><td><p>c</p></td></tr></table>");
}

static void test_damaged(void)
{
    Status status = STATUS_READ;
    g_autofree char *cut = read_bytes("{\\rtf1 kept", 11, &status);
    g_assert_cmpstr(cut, ==, "<p>kept</p>");
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
    g_autofree char *other = read_bytes("no rtf", 6, &status);
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
    g_autoptr(GString) deep = g_string_new("{\\rtf1");
    for (guint i = 0; i < 100000; i++)
        g_string_append_c(deep, '{');
    g_autofree char *nested = read_bytes(deep->str, deep->len, &status);
    g_assert_cmpint(status, ==, STATUS_TOO_LARGE);
    g_string_assign(deep, "{\\rtf1");
    for (guint i = 0; i < 300; i++)
        g_string_append_printf(deep, "\\pard\\intbl\\itap%u x", i);
    g_string_append(deep, "\\nestcell\\nestrow\\cell\\row}");
    g_autofree char *tables = read_bytes(deep->str, deep->len, &status);
    g_assert_cmpint(status, ==, STATUS_READ);
    g_string_assign(deep, "{\\rtf1\\trowd");
    for (guint i = 0; i < 100000; i++)
        g_string_append_printf(deep, "\\cellx%u", i * 100);
    for (guint i = 0; i < LIMIT_CELLS + 10; i++)
        g_string_append(deep, "\\cell\\row");
    g_string_append_c(deep, '}');
    g_autofree char *cells = read_bytes(deep->str, deep->len, &status);
    g_assert_cmpint(status, ==, STATUS_TOO_LARGE);
}

/* Every cut and every changed byte of a document with a bit of everything: no fault, whatever comes out. */
static void test_mutations(void)
{
    static const char whole[] =
        "{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f0\\fcharset134 \\'cb;}{\\f2\\fcharset2 Wingdings;}}{\\header h}"
        "\\trowd\\clvmgf\\cellx9\\clmgf\\cellx20\\clmrg\\cellx30\\pard\\intbl\\f0\\'d0\\'d5\\cell{\\f2\\'fe}\\cell\\cell\\row"
        "\\trowd\\clvmrg\\cellx9\\cellx30\\intbl\\itap2 n\\nestcell{\\*\\nesttableprops\\trowd\\cellx5\\nestrow}\\cell\\cell\\row"
        "\\pard\\uc2\\u22995\\'d0\\'d5{\\field{\\*\\fldinst{\\*\\formfield{\\fftype1\\ffres1{\\*\\ffname C}}}}{\\fldrslt}}"
        "{\\shp{\\*\\shpinst{\\shptxt box\\par}}}{\\footnote n}{\\pict\\pngblip\\bin3 abc}{\\upr{a}{\\*\\ud{b}}}\\par}";
    for (gsize cut = 0; cut < sizeof whole; cut++) {
        Status status = STATUS_READ;
        g_autofree char *got = read_bytes(whole, cut, &status);
        for (guint c = 0; cut < sizeof whole - 1 && c < 4; c++) {
            g_autofree char *changed = g_memdup2(whole, sizeof whole);
            changed[cut] = "{}\\9"[c];
            g_autofree char *other = read_bytes(changed, sizeof whole - 1, &status);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rtf/text", test_text);
    g_test_add_func("/rtf/charsets", test_charsets);
    g_test_add_func("/rtf/unicode", test_unicode);
    g_test_add_func("/rtf/symbols", test_symbols);
    g_test_add_func("/rtf/tables", test_tables);
    g_test_add_func("/rtf/nested-tables", test_nested_tables);
    g_test_add_func("/rtf/fields", test_fields);
    g_test_add_func("/rtf/unseen", test_unseen);
    g_test_add_func("/rtf/stories", test_stories);
    g_test_add_func("/rtf/damaged", test_damaged);
    g_test_add_func("/rtf/mutations", test_mutations);
    return g_test_run();
}
