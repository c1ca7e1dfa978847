#include <string.h>

#include "readers/numerals.h"

enum { LETTERS = 26, LETTERS_MAX = 780 /* "z" thirty times, where Word begins again */, ROMAN_MAX = 3999, HAN_MAX = 9999 };

static void append_roman(GString *out, guint number, gboolean upper)
{
    static const struct {
        guint value;
        const char *text;
    } steps[] = {{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
                 {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"}};
    gsize from = out->len;
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++)
        for (; number >= steps[i].value; number -= steps[i].value)
            g_string_append(out, steps[i].text);
    if (upper)
        for (gsize i = from; i < out->len; i++)
            out->str[i] = g_ascii_toupper(out->str[i]);
}

/* a … z, aa … zz: the letter is repeated. */
static void append_letters(GString *out, guint number, char first)
{
    for (guint i = 0; i <= (number - 1) / LETTERS; i++)
        g_string_append_c(out, (char)(first + (char)((number - 1) % LETTERS)));
}

static void append_nth(GString *out, const char *characters, guint index)
{
    const char *at = g_utf8_offset_to_pointer(characters, (glong)index);
    g_string_append_unichar(out, g_utf8_get_char(at));
}

static void append_digits(GString *out, const char *digits, guint number)
{
    char decimal[16];
    g_snprintf(decimal, sizeof decimal, "%u", number);
    for (const char *at = decimal; *at; at++)
        append_nth(out, digits, (guint)(*at - '0'));
}

/* 1 一, 10 十, 21 二十一, 105 一百零五; DIGITS from zero on, UNITS for ten, hundred and thousand. */
static void append_han(GString *out, const char *digits, const char *units, gboolean one_ten, guint number)
{
    static const guint values[] = {1000, 100, 10, 1};
    gboolean begun = FALSE, gap = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        guint digit = number / values[i] % 10;
        if (!digit) {
            gap = begun;
            continue;
        }
        if (gap)
            append_nth(out, digits, 0);
        if (begun || values[i] != 10 || digit != 1 || one_ten)
            append_nth(out, digits, digit);
        if (values[i] > 1)
            append_nth(out, units, 2 - i);
        begun = TRUE;
        gap = FALSE;
    }
}

/* Characters that Unicode has for 1 to MOST in a row from FIRST on. */
static gboolean append_from(GString *out, gunichar first, guint most, guint number)
{
    if (number > most)
        return FALSE;
    g_string_append_unichar(out, first + number - 1);
    return TRUE;
}

static gboolean append_named(GString *out, int numeral, guint number)
{
    static const char digits[] = "〇一二三四五六七八九", counting[] = "零一二三四五六七八九", units[] = "十百千";
    switch (numeral) {
    case NUMERAL_UPPER_ROMAN:
    case NUMERAL_LOWER_ROMAN:
        if (number <= ROMAN_MAX)
            append_roman(out, number, numeral == NUMERAL_UPPER_ROMAN);
        return number <= ROMAN_MAX;
    case NUMERAL_UPPER_LETTER:
    case NUMERAL_LOWER_LETTER:
        append_letters(out, (number - 1) % LETTERS_MAX + 1, numeral == NUMERAL_UPPER_LETTER ? 'A' : 'a');
        return TRUE;
    case NUMERAL_KANJI_DIGITS:
    case NUMERAL_CHINESE_DIGITS: append_digits(out, digits, number); return TRUE;
    case NUMERAL_FULL_WIDTH: append_digits(out, "０１２３４５６７８９", number); return TRUE;
    case NUMERAL_KANJI:
    case NUMERAL_CHINESE:
    case NUMERAL_TAIWANESE:
    case NUMERAL_TAIWANESE_THOUSAND:
    case NUMERAL_CHINESE_THOUSAND:
        if (number <= HAN_MAX)
            append_han(out, counting, units, FALSE, number);
        return number <= HAN_MAX;
    case NUMERAL_CHINESE_FORMAL:
        if (number <= HAN_MAX)
            append_han(out, "零壹贰叁肆伍陆柒捌玖", "拾佰仟", TRUE, number);
        return number <= HAN_MAX;
    case NUMERAL_CIRCLED: return append_from(out, 0x2460, 20, number);
    case NUMERAL_BRACKET: return append_from(out, 0x2474, 20, number);
    case NUMERAL_PARENTHESIS: return append_from(out, 0x2488, 20, number);
    case NUMERAL_CIRCLED_HAN: return append_from(out, 0x3280, 10, number);
    case NUMERAL_HEAVENLY_STEM: append_nth(out, "甲乙丙丁戊己庚辛壬癸", (number - 1) % 10); return TRUE;
    case NUMERAL_EARTHLY_BRANCH: append_nth(out, "子丑寅卯辰巳午未申酉戌亥", (number - 1) % 12); return TRUE;
    default: return FALSE;
    }
}

void numeral_append(GString *out, int numeral, guint number)
{
    if (numeral == NUMERAL_BULLET || numeral == NUMERAL_NONE)
        return;
    if (number == 0 || !append_named(out, numeral, number))
        g_string_append_printf(out, numeral == NUMERAL_ZERO ? "%02u" : "%u", number);
}

int numeral_by_name(const char *name)
{
    static const struct {
        const char *name;
        Numeral numeral;
    } names[] = {
        {"bullet", NUMERAL_BULLET},
        {"chineseCounting", NUMERAL_CHINESE},
        {"chineseCountingThousand", NUMERAL_CHINESE_THOUSAND},
        {"chineseLegalSimplified", NUMERAL_CHINESE_FORMAL},
        {"decimalEnclosedCircle", NUMERAL_CIRCLED},
        {"decimalEnclosedCircleChinese", NUMERAL_CIRCLED},
        {"decimalEnclosedFullstop", NUMERAL_PARENTHESIS},
        {"decimalEnclosedParen", NUMERAL_BRACKET},
        {"decimalFullWidth", NUMERAL_FULL_WIDTH},
        {"decimalFullWidth2", NUMERAL_FULL_WIDTH},
        {"decimalZero", NUMERAL_ZERO},
        {"ideographDigital", NUMERAL_CHINESE_DIGITS},
        {"ideographEnclosedCircle", NUMERAL_CIRCLED_HAN},
        {"ideographTraditional", NUMERAL_HEAVENLY_STEM},
        {"ideographZodiac", NUMERAL_EARTHLY_BRANCH},
        {"japaneseCounting", NUMERAL_KANJI},
        {"japaneseDigitalTenThousand", NUMERAL_KANJI_DIGITS},
        {"lowerLetter", NUMERAL_LOWER_LETTER},
        {"lowerRoman", NUMERAL_LOWER_ROMAN},
        {"none", NUMERAL_NONE},
        {"taiwaneseCounting", NUMERAL_TAIWANESE},
        {"taiwaneseCountingThousand", NUMERAL_TAIWANESE_THOUSAND},
        {"upperLetter", NUMERAL_UPPER_LETTER},
        {"upperRoman", NUMERAL_UPPER_ROMAN},
    };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(name, names[i].name) == 0)
            return names[i].numeral;
    return NUMERAL_DECIMAL;
}
