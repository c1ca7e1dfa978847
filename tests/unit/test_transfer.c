/* links: filters/envelope/transfer.c; libs: glib-2.0 */
#include <string.h>

#include "envelope/transfer.h"

static void check(const char *text, const char *encoding, const char *expected)
{
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text)), out = transfer_decode(content, encoding);
    gsize length;
    const char *bytes = g_bytes_get_data(out, &length);
    g_autofree char *got = g_strndup(bytes ? bytes : "", length);
    g_assert_cmpstr(got, ==, expected);
}

static void test_base64(void)
{
    check("aGVsbG8gd29ybGQ=\r\n", "base64", "hello world");
    check("aGVs\nbG8g\nd29y\nbGQ=", " BASE64 ", "hello world");
    check("aGVsbG8gd29ybGQ", "base64", "hello world");
    check("a GV sb\tG8g\x01"
          "d29ybGQ=",
          "base64", "hello world");
    check("aGVsbG8gd29ybGQ=", "base64 (really)", "hello world");
    check("", "base64", "");
}

/* GMime 3.2.13 and Python cut at the first padding. */
static void test_base64_chunks(void)
{
    check("aGVsbG8=\r\nIHdvcmxk\r\nIQ==\r\nIQ==", "base64", "hello world!!");
    check("aGVsbG8=IHdvcmxk", "base64", "hello world");
}

static void test_base64_footer(void)
{
    check("aGVsbG8=\r\n-- \r\nThis mail was scanned. No virus found.\r\n", "base64", "hello");
    check("aGVsbG8=\r\n_______________\r\nlist mailing list\r\nlist@lists.example\r\nIHdv", "base64",
          "hello wo");
}

/* A text that is not what its header says stays as it is. */
static void test_base64_not(void)
{
    check("您好，申请表见附件。", "base64", "您好，申请表见附件。");
}

static void test_quoted(void)
{
    check("a=3Db=\r\nc", "quoted-printable", "a=bc");
    check("a=  \r\nb", "quoted-printable", "ab");
    check("=c9=EA", "Quoted-Printable", "\xc9\xea");
    check("50=off =Z9 =", "quoted-printable", "50=off =Z9 ");
    check("\xc9\xea=C7", "quoted-printable", "\xc9\xea\xc7");
}

static void test_uuencode(void)
{
    check("begin 644 a.txt\n+:&5L;&\\@=V]R;&0`\n`\nend\n", "x-uuencode", "hello world");
    check("begin 644 a.txt\n+:&5L;&\\@=V]R;&0\n \nend\n", "x-uue", "hello world");
    check("no file", "uuencode", "no file");
}

static void test_uuencode_in_text(void)
{
    static const char text[] = "Hello,\r\nbegin 644 my form.doc\r\n+:&5L;&\\@=V]R;&0`\r\n`\r\nend\r\nBye\r\n"
                               "begin 2026 with joy\r\nbegin 644 \xc9\xea.doc\r\n!80``\r\n`\r\nend\r\n";
    g_autoptr(GPtrArray) files = transfer_find_uuencoded(text, strlen(text), 10);
    g_assert_cmpuint(files->len, ==, 2);
    const Uuencoded *first = files->pdata[0], *second = files->pdata[1];
    g_assert_cmpstr(first->name, ==, "my form.doc");
    g_assert_cmpmem(g_bytes_get_data(first->bytes, NULL), g_bytes_get_size(first->bytes), "hello world", 11);
    g_assert_cmpmem(text, first->start, "Hello,\r\n", 8);
    g_assert_true(g_str_has_prefix(text + first->end, "Bye"));
    g_assert_cmpstr(second->name, ==, "\xc9\xea.doc");
    g_assert_cmpmem(g_bytes_get_data(second->bytes, NULL), g_bytes_get_size(second->bytes), "a", 1);
    g_assert_null(transfer_find_uuencoded("begin 644 is how it starts\n\nbut 这不是\n", 38, 10));
    g_assert_null(transfer_find_uuencoded("", 0, 10));
}

static void test_identity_is_shared(void)
{
    g_autoptr(GBytes) content = g_bytes_new_static("abc", 3), out = transfer_decode(content, "8bit");
    g_assert_true(out == content);
}

/* Every length of base64 with every cut gives the same bytes as the whole. */
static void test_base64_lengths(void)
{
    guint8 data[64];
    for (guint i = 0; i < sizeof data; i++)
        data[i] = (guint8)(i * 37);
    for (gsize length = 0; length <= sizeof data; length++) {
        g_autofree char *text = g_base64_encode(data, length);
        g_autoptr(GByteArray) out = g_byte_array_new();
        for (gsize cut = 1; cut < strlen(text); cut++) {
            g_autofree char *broken = g_strdup_printf("%.*s\r\n%s", (int)cut, text, text + cut);
            g_byte_array_set_size(out, 0);
            g_assert_true(transfer_base64(broken, strlen(broken), out));
            g_assert_cmpmem(out->data, out->len, data, length);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/transfer/base64", test_base64);
    g_test_add_func("/transfer/base64-chunks", test_base64_chunks);
    g_test_add_func("/transfer/base64-footer", test_base64_footer);
    g_test_add_func("/transfer/base64-not", test_base64_not);
    g_test_add_func("/transfer/base64-lengths", test_base64_lengths);
    g_test_add_func("/transfer/quoted", test_quoted);
    g_test_add_func("/transfer/uuencode", test_uuencode);
    g_test_add_func("/transfer/uuencode-in-text", test_uuencode_in_text);
    g_test_add_func("/transfer/identity", test_identity_is_shared);
    return g_test_run();
}
