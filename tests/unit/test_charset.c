/* links: src/base/charset.c src/base/text.c; libs: glib-2.0 */
#include <string.h>
#include <time.h>

#include "base/charset.h"

static void check(const char *bytes, gsize length, const char *declared, const char *expected)
{
    g_autofree char *out = charset_decode(bytes, length, declared);
    g_assert_cmpstr(out, ==, expected);
    g_assert_true(g_utf8_validate(out, -1, NULL));
}

static char *encode(const char *text, const char *charset, gsize *ret_length)
{
    char *out = g_convert(text, -1, charset, "UTF-8", NULL, ret_length, NULL);
    g_assert_nonnull(out);
    return out;
}

static void test_gb_labels(void)
{
    static const char *const labels[] = {"gb2312", "GBK",     "x-gbk",      "euc-cn",
                                         "cp936",  "GB18030", "hz-unknown", NULL};
    gsize length;
    g_autofree char *bytes = encode("朱镕基与龘靐在会上讲话", "GB18030", &length);
    for (gsize i = 0; i < G_N_ELEMENTS(labels); i++)
        check(bytes, length, labels[i], "朱镕基与龘靐在会上讲话");
    g_autofree char *four = encode("𠮷野先生", "GB18030", &length);
    check(four, length, "gb2312", "𠮷野先生");
}

static void test_wrong_labels(void)
{
    gsize length;
    g_autofree char *gbk = encode("您好，更新后的申请表见附件。", "GBK", &length);
    check(gbk, length, "iso-8859-1", "您好，更新后的申请表见附件。");
    check(gbk, length, "us-ascii", "您好，更新后的申请表见附件。");
    check(gbk, length, "utf-8", "您好，更新后的申请表见附件。");
    check("申请表见附件", strlen("申请表见附件"), "gb2312", "申请表见附件");
    check("申请", strlen("申请"), "us-ascii", "申请");
}

/* Nothing says what it is: common Chinese of either script is told apart. */
static void test_unlabelled(void)
{
    static const char *const simplified = "您好，现提交专家申请表一份，请查收。朱镕基";
    static const char *const traditional = "您好，茲寄上專家申請表一份，敬請查收。國立大學";
    gsize length;
    g_autofree char *gbk = encode(simplified, "GBK", &length);
    check(gbk, length, NULL, simplified);
    g_autofree char *big5 = encode(traditional, "BIG5", &length);
    check(big5, length, NULL, traditional);
    check(big5, length, "big5", traditional);
    g_autofree char *in_gbk = encode(traditional, "GBK", &length);
    check(in_gbk, length, NULL, traditional);
}

static void test_latin(void)
{
    check("f\xfcr M\xfcller", 10, "iso-8859-1", "für Müller");
    check("f\xfcr M\xfcller", 10, NULL, "für Müller");
    check("caf\xe9", 4, "windows-1252", "café");
}

static void test_stateful(void)
{
    check("~{VPND~} mail ~~", 16, "hz-gb-2312", "中文 mail ~");
    check("+Ti1lhw-", 8, "utf-7", "中文");
    check("\x1b$B4A;z\x1b(B", 10, "iso-2022-jp", "漢字");
    check("\xff\xfe\x2d\x4e\x87\x65", 6, "utf-16", "中文");
}

static void test_damaged(void)
{
    gsize length;
    g_autofree char *gbk = encode("申请表", "GBK", &length);
    check(gbk, length - 1, "gbk", "申请\xef\xbf\xbd");
    check("\xe7\x94\xb3\xe8\xaf", 5, "utf-8", "申\xef\xbf\xbd");
    check("申请表见附件\xe8\xaf", 20, "utf-8", "申请表见附件\xef\xbf\xbd");
    check("申请表见附件\xe8\xaf", 20, NULL, "申请表见附件\xef\xbf\xbd");
    check("\xff\xfe\xff", 3, "gb18030", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    check("a\0b", 3, "utf-8", "ab");
    check("", 0, NULL, "");
    check("\xef\xbb\xbf中", 6, "gbk", "中");
}

static void test_strict(void)
{
    g_assert_null(charset_decode_strict("\xd6", 1, "gbk"));
    g_assert_null(charset_decode_strict("\xd6\xd0", 2, "utf-8"));
    g_assert_cmpstr(charset_canonical("GB2312"), ==, "GB18030");
    g_assert_cmpstr(charset_canonical("no-such-charset"), ==, "UTF-8");
}

/* A lot of damage takes no more than a moment. */
static void test_damage_is_quick(void)
{
    gsize length = 256 << 10; /* the sanitizer checks all the rest of the text on each call of iconv */
    g_autofree char *bytes = g_malloc(length);
    memset(bytes, 0xff, length);
    clock_t start = clock(); /* processor time: the machine may be busy */
    g_autofree char *out = charset_decode(bytes, length, "gb2312");
    g_assert_cmpuint(strlen(out), ==, length * 3);
    g_assert_cmpint((clock() - start) / CLOCKS_PER_SEC, <, 10);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/charset/gb-labels", test_gb_labels);
    g_test_add_func("/charset/wrong-labels", test_wrong_labels);
    g_test_add_func("/charset/unlabelled", test_unlabelled);
    g_test_add_func("/charset/latin", test_latin);
    g_test_add_func("/charset/stateful", test_stateful);
    g_test_add_func("/charset/damaged", test_damaged);
    g_test_add_func("/charset/strict", test_strict);
    g_test_add_func("/charset/damage-is-quick", test_damage_is_quick);
    return g_test_run();
}
