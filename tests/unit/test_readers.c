/* links: filters/readers/[!p]*.c filters/page/layout.c filters/page/pen*.c filters/page/grid.c filters/page/flow*.c filters/page/plane.c filters/page/rules.c filters/page/turn.c filters/page/ideograph.c src/base/clock.c filters/readers/pictures*.c filters/readers/pgp*.c filters/envelope/*.c filters/page/xhtml.c src/base/charset.c src/base/text.c src/base/no_reply.c src/base/failure.c; libs: gmime-3.0 libarchive libxml-2.0 libgsf-1; flags: -lmagic -lm */
#include <string.h>

#include "base/limits.h"
#include "readers/reader.h"

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

static void assert_reads(const char *mime, const void *bytes, gsize length, const char *charset, const char *expected)
{
    g_autofree guint8 *copy = g_memdup2(bytes, length);
    ReadInput input = {.bytes = copy, .length = length, .charset = charset};
    g_autoptr(Xhtml) out = xhtml_new();
    g_assert_cmpint(reader_for(mime)->read(&input, out, NULL), ==, STATUS_READ);
    g_autofree char *got = dump(out);
    g_assert_cmpstr(got, ==, expected);
}

static void assert_html(const char *html, const char *expected)
{
    assert_reads("text/html", html, strlen(html), NULL, expected);
}

static void test_table(void)
{
    g_assert_cmpstr(reader_for("application/zip")->name, ==, "zip");
    g_assert_true(reader_for("application/zip")->container);
    g_assert_cmpstr(reader_for("application/vnd.ms-word.document.macroenabled.12")->name, ==, "docx");
    g_assert_null(reader_for("application/x-dosexec"));
    g_assert_null(reader_for(NULL));
    /* The mail server knows that a PDF can be read, but not by itself. */
    g_assert_nonnull(reader_for("application/pdf"));
    g_assert_null(reader_for("application/pdf")->read);
    g_assert_cmpint(reader_for("application/pdf")->size, ==, SIZE_PAGE);
}

static void test_text(void)
{
    static const char gb[] = "\xd0\xd5\xc3\xfb\xa3\xba\xd5\xc5\r\n\r\n  \r\n\x95\x50";
    assert_reads("text/plain", gb, sizeof gb - 1, NULL, "<p>姓名：张</p><p>昉</p>");
    assert_reads("text/plain", gb, sizeof gb - 1, "gb2312", "<p>姓名：张</p><p>昉</p>");
    assert_reads("text/plain", "a\tb\nc", 5, "utf-8", "<p>a\tb</p><p>c</p>");
    assert_reads("text/plain", "\xff\xfe\x59\x4e\n\0x\0", 8, NULL, "<p>乙</p><p>x</p>");
}

static void test_text_wide(void)
{
    static const char big[] = "\0n\0a\0m\0e\0:\0 \x5f\x20";
    assert_reads("text/plain", big, sizeof big - 1, NULL, "<p>name: 张</p>");
}

static void test_html_blocks(void)
{
    assert_html("<title>t</title><h2>题</h2><div>一<br>二<span> 三</span></div><p>四</p>",
                "<h2>题</h2><p>一</p><p>二 三</p><p>四</p>");
    assert_html("<style>x</style><script>y</script><p>a<o:p>&nbsp;</o:p></p><!--[if gte mso 9]>z<![endif]-->", "<p>a </p>");
    assert_html("<p>a<o:p></o:p>b<![if !supportLists]>c<![endif]></p><!--[if mso]><p>no</p><![endif]-->d", "<p>abc</p><p>d</p>");
    assert_html("<ul><li>a</li><li><p>b</p></li></ul>", "<ul><li><p>a</p></li><li><p>b</p></li></ul>");
    assert_html("<div style='display : none'>preview</div><p>seen</p>", "<p>seen</p>");
    assert_html("<pre>a: 1\nb: 2</pre>", "<p>a: 1</p><p>b: 2</p>");
    assert_html("<p>x <del>old</del><ins>new</ins></p>", "<p>x new</p>");
}

static void test_html_tables(void)
{
    assert_html("<table><tr><td colspan=2 rowspan='3'>a<br>b<th>c</table>",
                "<table><tr><td colspan=\"2\" rowspan=\"3\"><p>a<br/>b</p></td><td><p>c</p></td></tr></table>");
    assert_html("<table><tr><td colspan=99999999999>x</table>", "<table><tr><td colspan=\"1000\"><p>x</p></td></tr></table>");
    assert_html("<table><tr><td>o<table><tr><td>i</table></table>",
                "<table><tr><td><p>o</p><table><tr><td><p>i</p></td></tr></table></td></tr></table>");
    assert_html("<input type=checkbox name=wg1 checked>WG1<input type=radio>B<input type=hidden value=x><input value=v>",
                "<p><input type=\"checkbox\" checked=\"checked\" data-control=\"wg1\"/>WG1<input type=\"checkbox\"/>Bv</p>");
    assert_html("<select><option>a<option selected>b</select>", "<p>b</p>");
}

/* libxml2 itself stops at the first character that GB2312 lacks: 镕 is in GBK, 㐀 in GB18030 only. */
static void test_html_charsets(void)
{
    static const char meta[] = "<meta http-equiv=Content-Type content='text/html; charset=gb2312'><p>\xd6\xec\xe9\x46\x81\x39\xee\x39.";
    assert_reads("text/html", meta, sizeof meta - 1, NULL, "<p>朱镕㐀.</p>");
    static const char none[] = "<p>\xd6\xec\xe9\x46";
    assert_reads("text/html", none, sizeof none - 1, NULL, "<p>朱镕</p>");
    assert_reads("text/html", none, sizeof none - 1, "gb2312", "<p>朱镕</p>");
    assert_reads("text/html", none, sizeof none - 1, "iso-8859-1", "<p>朱镕</p>");
    assert_html("<meta charset=gbk><p>朱", "<p>朱</p>");
}

static void test_html_depth(void)
{
    g_autoptr(GString) html = g_string_new(NULL);
    for (int i = 0; i < 20000; i++)
        g_string_append(html, "<table><tr><td>");
    g_string_append(html, "x");
    g_autofree guint8 *copy = g_memdup2(html->str, html->len);
    ReadInput input = {.bytes = copy, .length = html->len};
    g_autoptr(Xhtml) out = xhtml_new();
    g_assert_cmpint(reader_for("text/html")->read(&input, out, NULL), ==, STATUS_TOO_LARGE);
}

static void test_builder(void)
{
    g_autoptr(Xhtml) out = xhtml_new();
    xhtml_open(out, "table");
    xhtml_open(out, "tr");
    xhtml_open(out, "td");
    xhtml_box(out, 2, -1, 0.25, 0.5, 7);
    xhtml_open(out, "p");
    xhtml_text(out, "a\x01\xff\xef\xbf\xbf&<", -1);
    xhtml_checkbox(out, TRUE);
    xhtml_close(out, "ul"); /* nothing to close */
    xhtml_close(out, "td"); /* closes p too */
    xhtml_open(out, "td");
    xhtml_close(out, "table");
    xhtml_open(out, "p");
    xhtml_text(out, "end", 2);
    xhtml_meta(out, "seal", "unknown");
    xhtml_meta(out, "seal", "absent");
    g_autofree char *got = dump(out);
    g_assert_cmpstr(got, ==, "<table><tr><td data-page=\"2\" data-box=\"2 0.0000 0.2500 0.5000 1.0000\"><p>a\xef\xbf\xbd&amp;&lt;"
                             "<input type=\"checkbox\" checked=\"checked\"/></p></td><td/></tr></table><p>en</p>");
    g_autofree char *plain = xhtml_plain_text(out);
    g_assert_cmpstr(plain, ==, "a\xef\xbf\xbd&<☑\t\nen\n");
    g_assert_false(xhtml_full(out));
    g_autofree char *much = g_strnfill(LIMIT_TEXT_BYTES, 'x');
    xhtml_text(out, much, -1);
    g_assert_true(xhtml_full(out));
}

static void test_warm(void)
{
    readers_warm();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/readers/table", test_table);
    g_test_add_func("/readers/text", test_text);
    g_test_add_func("/readers/text-wide", test_text_wide);
    g_test_add_func("/readers/html-blocks", test_html_blocks);
    g_test_add_func("/readers/html-tables", test_html_tables);
    g_test_add_func("/readers/html-charsets", test_html_charsets);
    g_test_add_func("/readers/html-depth", test_html_depth);
    g_test_add_func("/readers/builder", test_builder);
    g_test_add_func("/readers/warm", test_warm);
    return g_test_run();
}
