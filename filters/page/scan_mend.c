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

void scan_mend(GArray *symbols)
{
    while (symbols->len > 0 && never_first(at(symbols, 0)))
        g_array_remove_index(symbols, 0);
    drop_lone_quotes(symbols);
    drop_underlines(symbols);
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
