/* links: filters/envelope/*.c src/base/charset.c src/base/text.c src/base/no_reply.c; libs: gmime-3.0 */
#include <string.h>

#include "base/limits.h"
#include "envelope/parameter.h"

static void check(const char *raw, const char *name, const char *expected)
{
    g_autoptr(Parameters) parameters = parameters_parse(raw);
    g_autofree char *value = parameters_get(parameters, name);
    g_assert_cmpstr(value, ==, expected);
    g_assert_true(!value || g_utf8_validate(value, -1, NULL));
}

static void test_plain(void)
{
    g_autoptr(Parameters) none = parameters_parse(NULL), type = parameters_parse(" Text/Plain ; charset=gbk");
    g_assert_cmpstr(none->value, ==, "");
    g_assert_cmpstr(type->value, ==, "text/plain");
    check("text/plain; charset=\"GBK\"", "charset", "GBK");
    check("text/plain charset=gbk", "charset", "gbk");
    check("text/plain;\r\n\tcharset = gbk ; format=flowed", "format", "flowed");
    check("text/plain; charset=", "charset", NULL);
    check("attachment; filename=my form.doc; size=3", "filename", "my form.doc");
    check("attachment; filename=\"a;b.doc\"", "filename", "a;b.doc");
    check("attachment; filename=\"a \\\"b\\\".doc\"", "filename", "a \"b\".doc");
    check("attachment; filename=\"a \"b\".doc\"; x=1", "filename", "a \"b\".doc");
    check("attachment; filename=\"open.doc", "filename", "open.doc");
    check("attachment; filename=\"a.doc\" size=3", "size", "3");
}

static void test_encoded_words(void)
{
    check("attachment; filename=\"=?GBK?B?yerH67HtLmRvYw==?=\"", "filename", "申请表.doc");
    check("attachment; filename==?GBK?B?yerH67HtLmRvYw==?=", "filename", "申请表.doc");
    check("attachment; filename=\"=?gb2312?B?yerH6w==?=\r\n =?gb2312?B?se0uZG9j?=\"", "filename",
          "申请表.doc");
    /* An encoded word split over sections: GMime makes garbage of it. */
    check("attachment; filename*0=\"=?GBK?B?yerH67\"; filename*1=\"HtLmRvYw==?=\"", "filename", "申请表.doc");
    check("attachment; filename*=\"=?GBK?B?yerH67HtLmRvYw==?=\"", "filename", "申请表.doc");
}

static void test_extended(void)
{
    check("attachment; filename*=UTF-8''%E7%94%B3%E8%AF%B7.doc", "filename", "申请.doc");
    check("attachment; filename*=gb18030'zh-cn'%C9%EA%C7%EB.doc", "filename", "申请.doc");
    check("attachment; filename=\"wrong.doc\"; filename*=UTF-8''%E7%94%B3.doc", "filename", "申.doc");
    check("attachment; filename*=%E7%94%B3%E8%AF%B7.doc", "filename", "申请.doc");
    check("attachment; filename*=%C9%EA%C7%EB.doc", "filename", "申请.doc");
    check("attachment; filename*=''%C9%EA.doc", "filename", "申.doc");
    check("attachment; filename*0*=gb18030''%C9%EA%C7; filename*1*=%EB%B1%ED; filename*2=\".doc\"",
          "filename", "申请表.doc");
    check("attachment; filename*1=\"b.doc\"; filename*0=\"a\"", "filename", "ab.doc");
    check("attachment; filename*0*=UTF-8''%E7%94%B3.png", "filename", "申.png");
    check("attachment; filename*=UTF-8''100%.doc", "filename", "100%.doc");
}

static void test_percent(void)
{
    check("attachment; filename=\"%E7%94%B3%E8%AF%B7.doc\"", "filename", "申请.doc");
    check("attachment; filename=\"%C9%EA%C7%EB.doc\"", "filename", "申请.doc");
    check("attachment; filename=\"utf-8''%E7%94%B3.doc\"", "filename", "申.doc");
    check("attachment; filename=\"100%25.doc\"", "filename", "100%25.doc");
    check("attachment; filename=\"50%off.doc\"", "filename", "50%off.doc");
}

static void test_raw(void)
{
    check("attachment; filename=\"\xc9\xea\xc7\xeb\xb1\xed.doc\"", "filename", "申请表.doc");
    check("attachment; filename=\"申请表.doc\"", "filename", "申请表.doc");
    /* 5C as the second byte of a character is no escape: 昞 is 95 5C, 誠 is D5 5C. */
    check("attachment; filename=\"\xd5\x5c\xd0\xc5.doc\"", "filename", "誠信.doc");
}

static void check_name(const char *name, const char *expected)
{
    g_autofree char *out = parameter_filename(name);
    g_assert_cmpstr(out, ==, expected);
}

static void test_filename(void)
{
    check_name("../../etc/passwd", "passwd");
    check_name("C:\\Users\\李\\申请表.doc", "申请表.doc");
    check_name("/tmp/a.doc", "a.doc");
    check_name("ISO/IEC 申请表.docx", "ISO_IEC 申请表.docx");
    check_name("..", NULL);
    check_name("  ", NULL);
    check_name("a\x01\nb.doc", "ab.doc");
    check_name("form\xe2\x80\xae"
               "cod.exe",
               "formcod.exe");
    check_name("e\xcc\x81.doc", "é.doc");
    check_name("\xff.doc", "\xef\xbf\xbd.doc");
    g_autofree char *many = g_strnfill(1000, 'x'), *name = g_strconcat(many, ".docx", NULL);
    g_autofree char *out = parameter_filename(name);
    g_assert_cmpuint(strlen(out), ==, LIMIT_NAME_CHARS);
    g_assert_true(g_str_has_suffix(out, "x.docx"));
}

static void test_hostile(void)
{
    g_autoptr(GString) text = g_string_new("a; ");
    for (guint i = 0; i < 100000; i++)
        g_string_append_printf(text, "filename*%u*=%%41;", 100000 - i);
    check(text->str, "filename", NULL);
    g_string_assign(text, "a; filename=\"");
    for (guint i = 0; i < 300000; i++)
        g_string_append(text, "\"b");
    g_autoptr(Parameters) parameters = parameters_parse(text->str);
    g_autofree char *value = parameters_get(parameters, "filename");
    g_assert_nonnull(value);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parameter/plain", test_plain);
    g_test_add_func("/parameter/encoded-words", test_encoded_words);
    g_test_add_func("/parameter/extended", test_extended);
    g_test_add_func("/parameter/percent", test_percent);
    g_test_add_func("/parameter/raw", test_raw);
    g_test_add_func("/parameter/filename", test_filename);
    g_test_add_func("/parameter/hostile", test_hostile);
    return g_test_run();
}
