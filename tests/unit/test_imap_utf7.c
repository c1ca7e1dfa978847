/* links: src/source/utf7.c; libs: glib-2.0 */
#include <string.h>

#include "source/utf7.h"

static const struct {
    const char *name, *wire;
} pairs[] = {
    {"INBOX", "INBOX"},
    {"已处理", "&XfJZBHQG-"},
    {"垃圾邮件", "&V4NXPpCuTvY-"},
    {"已发送/2026", "&XfJT0ZAB-/2026"},
    {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"}, /* RFC 3501's example */
    {"R&D", "R&-D"},
    {"&", "&-"},
    {"龘𠮷", "&n5jYQt+3-"}, /* a surrogate pair */
    {"é", "&AOk-"},
    {"[Gmail]/All Mail", "[Gmail]/All Mail"},
    {"", ""},
};

static void test_both_ways(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *wire = utf7_encode(pairs[i].name);
        g_assert_cmpstr(wire, ==, pairs[i].wire);
        g_autofree char *name = utf7_decode(pairs[i].wire);
        g_assert_cmpstr(name, ==, pairs[i].name);
    }
}

static void test_every_length(void)
{
    g_autoptr(GString) name = g_string_new(NULL);
    for (gunichar c = 0x4E00; c < 0x4E40; c++) {
        g_string_append_unichar(name, c);
        if (c % 5 == 0)
            g_string_append_c(name, '&');
        g_autofree char *wire = utf7_encode(name->str);
        g_autofree char *back = utf7_decode(wire);
        g_assert_cmpstr(back, ==, name->str);
    }
}

static void test_no_command_can_be_slipped_in(void)
{
    g_autofree char *wire = utf7_encode("a\r\n1 DELETE INBOX\r\n");
    g_assert_null(strpbrk(wire, "\r\n"));
    g_assert_null(utf7_encode("\xff\xfe"));
}

static void test_broken_names_are_refused(void)
{
    static const char *const broken[] = {
        "&XfJZBHQG",  /* no end */
        "&XfJ!-",     /* no digit */
        "&XfK-",      /* bits left over that are not zero */
        "&2EI-",      /* half a surrogate pair */
        "&AAA-",      /* NUL */
        "a\nb",       /* control */
        "\xe5\xb7\xb2", /* raw UTF-8 */
    };
    for (guint i = 0; i < G_N_ELEMENTS(broken); i++)
        g_assert_null(utf7_decode(broken[i]));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/utf7/both-ways", test_both_ways);
    g_test_add_func("/utf7/every-length", test_every_length);
    g_test_add_func("/utf7/injection", test_no_command_can_be_slipped_in);
    g_test_add_func("/utf7/broken", test_broken_names_are_refused);
    return g_test_run();
}
