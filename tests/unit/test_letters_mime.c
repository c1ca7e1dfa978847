// links: src/letters/*.c src/send/address.c src/conf/*.c src/ledger/*.c src/base/*.c; libs: glib-2.0 gio-2.0 sqlite3 jansson libseccomp
#include "letters_test.h"
#include "letters/mime.h"
#include "send/address.h"

static void test_headers(void)
{
    static const char *const values[] = {"plain words", "中文", "a =?UTF-8?B?eA==?= b", "Größe", "(comment) <a@b>, c;",
                                         "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十",
                                         "a long line of ordinary English words that has to be folded somewhere before it reaches its end"};
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        mime_header(out, "Subject", values[i]);
        g_auto(GStrv) lines = g_strsplit(out->str, "\r\n", -1);
        for (char **line = lines; *line; line++) {
            g_assert_cmpuint(strlen(*line), <=, 78);
            g_assert_true(line == lines || !**line || **line == ' ');
            g_assert_true(g_str_is_ascii(*line));
        }
    }
    g_autoptr(GDateTime) there = letter_time(RECEIVED, "Asia/Shanghai");
    g_autoptr(GDateTime) nowhere = letter_time(RECEIVED, "No/Such_Zone");
    g_autofree char *date = mime_date(there), *utc = mime_date(nowhere);
    g_assert_cmpstr(date, ==, "Thu, 5 Mar 2026 10:21:01 +0800");
    g_assert_cmpstr(utc, ==, "Thu, 5 Mar 2026 02:21:01 +0000");
}

static void test_quoted_printable(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *line = g_strnfill(200, 'a');
    g_autofree char *text = g_strdup_printf(".dot\nFrom here\nend \n=\n%s\nlast\xc3\xa9", line);
    mime_text_part(out, "plain", text);
    assert_in(out->str, "\r\n\r\n=2Edot\r\n=46rom here\r\nend=20\r\n=3D\r\n");
    assert_in(out->str, "=\r\n");
    assert_in(out->str, "last=C3=A9\r\n");
}

static void test_addresses(void)
{
    static const char *const good[] = {"a@b.example", "a.b+c=d@mail.example.cn", "用户@例子.中国", "o'neil@x.example", "a@localhost"};
    static const char *const bad[] = {"", "a", "@b", "a@", "a@b\r\nRCPT TO:<c@d>", "a b@c.example", "<a@b.example>", "a@b@c.example",
                                      "a@b..example", "a@-b.example", "a@[127.0.0.1]", "\"a b\"@c.example", "a,b@c.example",
                                      "a@b.example>", ".a@b.example", "a@b.exa mple", "a\x7f@b.example", "a\xe2\x80\xae@b.example",
                                      "\xff@b.example", "a;b@c.example"};
    for (guint i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(address_valid(good[i]));
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        if (address_valid(bad[i]))
            g_error("'%s' passes", bad[i]);
    }
    g_autofree char *local = g_strnfill(65, 'a'), *long_one = g_strconcat(local, "@x.example", NULL);
    g_assert_false(address_valid(long_one));
    g_assert_false(address_valid(NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("shouwen-letters-XXXXXX", NULL);
    g_test_add_func("/letters/headers", test_headers);
    g_test_add_func("/letters/quoted-printable", test_quoted_printable);
    g_test_add_func("/letters/addresses", test_addresses);
    return run_tests();
}
