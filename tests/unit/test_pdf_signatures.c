// links: filters/readers/pdf_signatures.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libxml-2.0
#include <string.h>

#include "readers/pdf_signatures.h"

/* What is said of the signatures in a file of BYTES, one a line. */
static char *signatures(const char *bytes, gsize length)
{
    g_autofree guint8 *copy = g_memdup2(bytes, length);
    ReadInput input = {.bytes = copy, .length = length, .until = G_MAXINT64};
    g_autoptr(Xhtml) out = xhtml_new();
    pdf_signatures(&input, out);
    g_autoptr(GPtrArray) said = xhtml_said(out, "signature");
    g_autoptr(GString) lines = g_string_new(NULL);
    for (guint i = 0; i < said->len; i++)
        g_string_append_printf(lines, "%s%s", i ? "\n" : "", (char *)said->pdata[i]);
    return g_strdup(lines->str);
}

static void expect(const char *bytes, const char *expected)
{
    g_autofree char *got = signatures(bytes, strlen(bytes));
    g_assert_cmpstr(got, ==, expected);
}

static void test_names(void)
{
    expect("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj", "");
    expect("9 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/Contents <30820000>/ByteRange [0 10 20 30]/Name (Zhang San)/M (D:20260305101500+08'00')>>\nendobj",
           "Zhang San, 2026-03-05, not verified");
    expect("9 0 obj<</ByteRange[0 1 2 3]/Name<FEFF 5F20 4E09>/Contents<00>>>endobj", "张三, not verified");
    expect("9 0 obj<</Name(\\(a\\) (b) \\103)/ByteRange[0 1 2 3]>>endobj", "(a) (b) C, not verified");
    expect("9 0 obj<</ByteRange[0 1 2 3]>>endobj 10 0 obj<</Name(other object)>>endobj", "PDF signature, not verified");
    expect("8 0 obj<</Name(other)>>endobj 9 0 obj<</ByteRange[0 1 2 3]/M(D:2026)>>endobj", "PDF signature, not verified");
    expect("9 0 obj<</ByteRange[]/Name(A)>>endobj 10 0 obj<</ByteRange[]/Name(B)>>endobj", "A, not verified\nB, not verified");
    expect("9 0 obj<</ByteRange[]/Name(\x01\x92\xfe)>>endobj", "PDF signature, not verified"); /* encrypted */
}

/* Ends anywhere. */
static void test_cut(void)
{
    static const char whole[] = "9 0 obj<</ByteRange[0 1 2 3]/Name<FEFF5F204E09>/M(D:20260305\\1)/Name(\\";
    for (gsize length = 0; length < sizeof whole; length++)
        g_free(signatures(whole, length));
}

/* Hostile: no more is said than the limit, and soon. */
static void test_many(void)
{
    g_autoptr(GString) many = g_string_new(NULL);
    for (int i = 0; i < 50000; i++)
        g_string_append(many, "/ByteRange/Name");
    g_autofree char *got = signatures(many->str, many->len);
    g_assert_cmpuint(strlen(got), <, 100 * 60);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pdf-signatures/names", test_names);
    g_test_add_func("/pdf-signatures/cut", test_cut);
    g_test_add_func("/pdf-signatures/many", test_many);
    return g_test_run();
}
