/* links: filters/envelope/*.c src/base/charset.c src/base/text.c src/base/no_reply.c; libs: gmime-3.0 */
#include <string.h>
#include <time.h>

#include "base/charset.h"
#include "envelope/encoded_word.h"

static void check(const char *raw, const char *expected)
{
    g_autofree char *out = encoded_word_decode(raw);
    g_assert_cmpstr(out, ==, expected);
    g_assert_true(g_utf8_validate(out, -1, NULL));
}

static void test_plain(void)
{
    check("", "");
    check(" plain\r\n text ", "plain text");
    check(" =?utf-8?B?5Lit5paH?=", "中文");
    check("Re:=?utf-8?Q?=E4=B8=AD=E6=96=87?=(1)", "Re:中文(1)");
    check("=?utf-8*zh?b?5Lit5paH?= a", "中文 a");
    check("=?utf-8?q?a_b=20c?=", "a b c");
}

/* GMime 3.2.13 drops everything after the first word here. */
static void test_padded_words(void)
{
    check("=?gb2312?B?udjT2rb+weO2/sH5xOq2yA==?=\r\n =?gb2312?B?yerH67LEwc8uZG9jeA==?=",
          "关于二零二六年度申请材料.docx");
    check("=?utf-8?B?5Lit5g==?= =?utf-8?B?lofml6U=?=", "中文日");
}

static void test_split_characters(void)
{
    /* 申请 in GBK is C9 EA C7 EB: cut inside the second character, each half encoded for itself. */
    check("=?GBK?B?yerH?= =?GBK?B?6w==?=", "申请");
    /* Padding stripped, cut in mid-character. */
    check("=?GBK?B?yeo?= =?GBK?B?x+s?=", "申请");
    check("=?GBK?B?yQ?= =?GBK?B?6sfr?=", "申请");
    /* One base64 text cut anywhere. */
    check("=?GBK?B?yerH6?= =?GBK?B?w==?=", "申请");
    check("=?gb2312?Q?=C9?= =?GBK?Q?=EA=C7=EB?=", "申请");
}

static void test_mixed_charsets(void)
{
    check("=?gbk?B?yeo=?= =?utf-8?B?6K+3?= =?big5?B?pKQ=?=", "申请中");
}

static void test_wrong_forms(void)
{
    check("=?GBK?B?yerH 6w==?=", "申请");
    check("=?GBK?B?yerH6w==? =", "申请");
    check("=?GBK?B?yerH6w==", "申请");
    check("=?gb2312?Q?\xc9\xea=C7\xeb?=", "申请");
    check("=?utf-8?Q?what?=E4=B8=AD?=", "what?中");
    check("=?GBK?X?yerH6w==?=", "=?GBK?X?yerH6w==?=");
    check("=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x");
    check("=?", "=?");
    check("=?gbk?B?", "");
    check("\"=?GBK?B?yerH6w==?=\"", "\"申请\"");
    check("=?no-such?B?yerH6w==?=", "申请");
    check("=?hz-gb-2312?B?fntWUE5Efn0=?=", "中文");
}

static void test_raw(void)
{
    check("\xc9\xea\xc7\xeb\xb1\xed-A", "申请表-A");
    check("申请表-A", "申请表-A");
    check("\xc9\xea\xc7\xeb =?utf-8?B?6KGo?=", "申请 表");
}

/* A megabyte of beginnings must not be searched to its end from each of them. */
static void test_hostile(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < 1000000)
        g_string_append(text, "=?a?q?");
    clock_t start = clock(); /* processor time: the machine may be busy */
    g_autofree char *out = encoded_word_decode(text->str);
    g_assert_cmpuint(strlen(out), <=, text->len);
    g_assert_cmpint((clock() - start) / CLOCKS_PER_SEC, <, 30);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encoded-word/plain", test_plain);
    g_test_add_func("/encoded-word/padded", test_padded_words);
    g_test_add_func("/encoded-word/split", test_split_characters);
    g_test_add_func("/encoded-word/mixed", test_mixed_charsets);
    g_test_add_func("/encoded-word/wrong", test_wrong_forms);
    g_test_add_func("/encoded-word/raw", test_raw);
    g_test_add_func("/encoded-word/hostile", test_hostile);
    return g_test_run();
}
