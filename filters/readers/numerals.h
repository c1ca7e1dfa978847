/* numerals.h: the numbers of automatic lists, as word processors write them. They are no text of the document, and yet
 * part of it for everybody who reads it on paper. */
#ifndef SHOUWEN_FILTERS_READERS_NUMERALS_H
#define SHOUWEN_FILTERS_READERS_NUMERALS_H

#include <glib.h>

/* The codes of Word's binary formats and RTF ([MS-OSHARED] 2.2.1.3 MSONFC). Others are written as decimals. */
typedef enum {
    NUMERAL_DECIMAL = 0,
    NUMERAL_UPPER_ROMAN = 1,
    NUMERAL_LOWER_ROMAN = 2,
    NUMERAL_UPPER_LETTER = 3,
    NUMERAL_LOWER_LETTER = 4,
    NUMERAL_KANJI_DIGITS = 10,     /* 一〇 */
    NUMERAL_KANJI = 11,            /* 十 */
    NUMERAL_FULL_WIDTH = 14,       /* １０ */
    NUMERAL_CIRCLED = 18,          /* ⑩ */
    NUMERAL_ZERO = 22,             /* 01 */
    NUMERAL_BULLET = 23,           /* no number at all */
    NUMERAL_PARENTHESIS = 26,      /* ⒈ */
    NUMERAL_BRACKET = 27,          /* ⑴ */
    NUMERAL_CIRCLED_HAN = 28,      /* ㊀ */
    NUMERAL_HEAVENLY_STEM = 30,    /* 甲 */
    NUMERAL_EARTHLY_BRANCH = 31,   /* 子 */
    NUMERAL_TAIWANESE = 33,
    NUMERAL_TAIWANESE_THOUSAND = 35,
    NUMERAL_CHINESE_DIGITS = 36,   /* 一〇 */
    NUMERAL_CHINESE = 37,          /* 十 */
    NUMERAL_CHINESE_FORMAL = 38,   /* 拾 */
    NUMERAL_CHINESE_THOUSAND = 39, /* 一百 */
    NUMERAL_NONE = 255,
} Numeral;

/* Appends NUMBER to OUT; nothing for NUMERAL_BULLET and NUMERAL_NONE. */
void numeral_append(GString *out, int numeral, guint number);

/* The code for NAME, a value of ST_NumberFormat (ECMA-376 part 1, 17.18.59). */
int numeral_by_name(const char *name);

#endif
