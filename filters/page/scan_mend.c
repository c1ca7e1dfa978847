#include <string.h>

#include "base/text.h"
#include "page/scan_part.h"

/* What the model writes in half width, and Chinese print has in full width. */
static const struct {
    gunichar half, full;
} marks[] = {{',', 0xff0c}, {';', 0xff1b}, {':', 0xff1a}, {'?', 0xff1f}, {'!', 0xff01}, {'(', 0xff08}, {')', 0xff09}};

static gunichar at(const GArray *symbols, guint i)
{
    return i < symbols->len ? g_array_index(symbols, OcrSymbol, i).c : 0;
}

static gboolean is_quote(gunichar c)
{
    return (c >= 0x2018 && c <= 0x201f) || c == '"' || c == '\'' || c == '`' || c == 0x300d || c == 0x300f;
}

/* Dust and the rests of erased lines are read as marks: no line of Chinese print begins with one of these. */
static gboolean never_first(gunichar c)
{
    return is_quote(c) || g_utf8_strchr("，。、；：？！,.;:?!·_|~", -1, c) != NULL;
}

static gboolean is_chinese(gunichar c)
{
    return text_is_han(c) || (c >= 0x3001 && c <= 0x303f) || (c >= 0xff01 && c <= 0xff5e);
}

/* Quotes that no other quote answers are dust, too. */
static void drop_lone_quotes(GArray *symbols)
{
    guint quotes = 0;
    for (guint i = 0; i < symbols->len; i++)
        quotes += is_quote(at(symbols, i));
    for (guint i = symbols->len; quotes == 1 && i-- > 0;)
        if (is_quote(at(symbols, i)))
            g_array_remove_index(symbols, i);
}

static gboolean is_latin(gunichar c)
{
    return g_unichar_isalnum(c) && !text_is_han(c);
}

/* A dash between years or words is drawn like the character one (一). */
static gboolean is_dash(const GArray *symbols, guint i)
{
    gunichar before = i ? at(symbols, i - 1) : 0, after = at(symbols, i + 1);
    return at(symbols, i) == 0x4e00 && is_latin(after) && (is_latin(before) || g_utf8_strchr("年月日—", -1, before));
}

/* The model knows no ticks: a V by itself beside Chinese print, at the end of an option or before one, is √. */
static gboolean is_tick(const GArray *symbols, guint i)
{
    gunichar before = i ? at(symbols, i - 1) : 0, after = at(symbols, i + 1);
    return (at(symbols, i) == 'V' || at(symbols, i) == 'v') && !is_latin(before) && !is_latin(after) &&
           (is_chinese(before) || is_chinese(after) || before == ')' || after == '(');
}

/* What is left of an underline to write on. Addresses have such marks inside. */
static void drop_underlines(GArray *symbols)
{
    for (guint i = symbols->len; i-- > 0;)
        if (at(symbols, i) == '_' && !(i && is_latin(at(symbols, i - 1)) && is_latin(at(symbols, i + 1))))
            g_array_remove_index(symbols, i);
}

static gboolean is_digit(gunichar c)
{
    return c >= '0' && c <= '9';
}

/* In a year, month or day: what the model takes digits for. */
static gunichar digit_of(gunichar c)
{
    static const struct {
        gunichar like, digit;
    } pairs[] = {{'z', '2'}, {'Z', '2'}, {'O', '0'}, {'o', '0'}, {'l', '1'}, {'I', '1'}, {'|', '1'}, {']', '1'}};
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
        if (pairs[i].like == c)
            return pairs[i].digit;
    return c;
}

/* Sets right the number that begins at AT; where it ends. */
static guint mend_number(GArray *symbols, guint at, guint most)
{
    guint end = at;
    while (end < symbols->len && end - at < most && is_digit(digit_of(g_array_index(symbols, OcrSymbol, end).c)))
        end++;
    for (guint i = at; i < end; i++)
        g_array_index(symbols, OcrSymbol, i).c = digit_of(g_array_index(symbols, OcrSymbol, i).c);
    return end;
}

static gboolean is_year(const GArray *symbols, guint i)
{
    gboolean century = (at(symbols, i) == '1' && at(symbols, i + 1) == '9') || (at(symbols, i) == '2' && at(symbols, i + 1) == '0');
    return century && is_digit(at(symbols, i + 2)) && is_digit(at(symbols, i + 3)) && !(i && is_digit(at(symbols, i - 1)));
}

/* A seal over a date leaves dust: "2026人年4月，10旧" can be nothing but 2026年4月10日. */
static void mend_date(GArray *symbols, guint year)
{
    static const char alike[] = "昌晶旧四目曰白田吕臼旦口囗";
    guint i = year + 4;
    if (at(symbols, i) != 0x5e74 && at(symbols, i + 1) == 0x5e74)
        g_array_remove_index(symbols, i);
    if (at(symbols, i) != 0x5e74)
        return;
    guint month = mend_number(symbols, i + 1, 2);
    if (month == i + 1 || at(symbols, month) != 0x6708)
        return;
    if (at(symbols, month + 1) && g_utf8_strchr("，,。.、：:", -1, at(symbols, month + 1)) && is_digit(at(symbols, month + 2)))
        g_array_remove_index(symbols, month + 1);
    guint day = mend_number(symbols, month + 1, 2);
    if (day > month + 1 && at(symbols, day) && g_utf8_strchr(alike, -1, at(symbols, day)))
        g_array_index(symbols, OcrSymbol, day).c = 0x65e5;
}

/* The Chinese model's idea of the stroke in ISO/IEC: it takes the five letters around it for a word. */
static void mend_stroke(GArray *symbols, guint i)
{
    static const char before[] = "ISO", after[] = "IEC";
    guint end = i + 3, strange = 0;
    for (guint k = 0; k < 3; k++)
        if (at(symbols, i + k) != (gunichar)before[k])
            return;
    while (strange < 3 && at(symbols, end) && g_utf8_strchr("VQYlT/|1", -1, at(symbols, end)))
        end++, strange++;
    for (guint k = 0; k < 3; k++)
        if (at(symbols, end + k) != (gunichar)after[k])
            return;
    if (strange == 0)
        return;
    g_array_index(symbols, OcrSymbol, i + 3).c = '/';
    g_array_remove_range(symbols, i + 4, strange - 1);
}

void scan_mend(GArray *symbols)
{
    while (symbols->len > 0 && never_first(at(symbols, 0)))
        g_array_remove_index(symbols, 0);
    drop_lone_quotes(symbols);
    drop_underlines(symbols);
    for (guint i = 0; i < symbols->len; i++) {
        mend_stroke(symbols, i);
        if (is_year(symbols, i))
            mend_date(symbols, i);
    }
    for (guint i = 0; i < symbols->len; i++) {
        OcrSymbol *symbol = &g_array_index(symbols, OcrSymbol, i);
        gboolean beside = is_chinese(i ? at(symbols, i - 1) : 0) || is_chinese(at(symbols, i + 1));
        for (guint k = 0; beside && k < G_N_ELEMENTS(marks); k++)
            if (symbol->c == marks[k].half)
                symbol->c = marks[k].full;
        if (is_tick(symbols, i))
            symbol->c = 0x221a;
        if (is_dash(symbols, i))
            symbol->c = 0x2014;
    }
}

void scan_mend_latin(GArray *symbols)
{
    for (guint i = symbols->len; i-- > 0;) {
        OcrSymbol *symbol = &g_array_index(symbols, OcrSymbol, i);
        const OcrSymbol *before = i ? &g_array_index(symbols, OcrSymbol, i - 1) : NULL;
        if ((symbol->c != 0x2013 && symbol->c != 0x2014) || !before || before->word != symbol->word)
            continue;
        if (before->c == '-')
            g_array_remove_index(symbols, i);
        else
            symbol->c = '-';
    }
}
