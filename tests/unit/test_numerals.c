// links: filters/readers/numerals.c; libs: glib-2.0
/* The numbers of automatic lists in the formats that Chinese and English documents use. */
#include "readers/numerals.h"

static void expect(const char *format, guint number, const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    numeral_append(out, numeral_by_name(format), number);
    g_assert_cmpstr(out->str, ==, text);
}

static void test_latin(void)
{
    expect("decimal", 12, "12");
    expect("decimalZero", 7, "07");
    expect("upperRoman", 1994, "MCMXCIV");
    expect("lowerRoman", 4, "iv");
    expect("lowerRoman", 4000, "4000");
    expect("upperLetter", 26, "Z");
    expect("lowerLetter", 28, "bb");
    expect("lowerLetter", 4000000000U, "vvvv");
    expect("bullet", 3, "");
    expect("none", 3, "");
    expect("somethingNew", 3, "3");
}

static void test_han(void)
{
    expect("chineseCounting", 10, "十");
    expect("chineseCountingThousand", 11, "十一");
    expect("chineseCountingThousand", 20, "二十");
    expect("chineseCountingThousand", 105, "一百零五");
    expect("chineseCountingThousand", 110, "一百一十");
    expect("chineseCountingThousand", 2003, "二千零三");
    expect("chineseCountingThousand", 10000, "10000");
    expect("chineseLegalSimplified", 12, "壹拾贰");
    expect("ideographDigital", 10, "一〇");
    expect("ideographTraditional", 11, "甲");
    expect("ideographZodiac", 12, "亥");
    expect("decimalEnclosedCircleChinese", 20, "⑳");
    expect("decimalEnclosedCircle", 21, "21");
    expect("decimalEnclosedParen", 1, "⑴");
    expect("decimalFullWidth", 10, "１０");
    expect("ideographEnclosedCircle", 2, "㊁");
    expect("chineseCounting", 0, "0");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/numerals/latin", test_latin);
    g_test_add_func("/numerals/han", test_han);
    return g_test_run();
}
