#include <string.h>

#include "readers/symbols.h"

typedef struct {
    guint8 code;
    gunichar c;
} Glyph;

/* Only what stands in forms: ticks, boxes, dots and arrows. The rest of these fonts is ornament. */
static const Glyph wingdings[] = {
    {0x28, 0x260e}, {0x2a, 0x2709}, {0x6c, 0x25cf}, {0x6d, 0x25cb}, {0x6e, 0x25a0}, {0x6f, 0x2610}, {0x70, 0x2610},
    {0x71, 0x2610}, {0x72, 0x2610}, {0x73, 0x25c6}, {0x74, 0x25c6}, {0x75, 0x25c6}, {0x76, 0x2756}, {0x77, 0x25c6},
    {0x78, 0x2612}, {0x79, 0x2612}, {0x9e, 0x00b7}, {0x9f, 0x2022}, {0xa0, 0x25aa}, {0xa1, 0x25cb}, {0xa2, 0x25cb},
    {0xa3, 0x25cb}, {0xa4, 0x25c9}, {0xa5, 0x25c9}, {0xa6, 0x25cb}, {0xa7, 0x25aa}, {0xa8, 0x2610}, {0xd8, 0x27a2},
    {0xdf, 0x2190}, {0xe0, 0x2192}, {0xe8, 0x2794}, {0xf0, 0x21e8}, {0xfb, 0x2717}, {0xfc, 0x2713}, {0xfd, 0x2612},
    {0xfe, 0x2611},
};
static const Glyph wingdings2[] = {
    {0x4f, 0x2717}, {0x50, 0x2713}, {0x51, 0x2612}, {0x52, 0x2611}, {0x53, 0x2612}, {0x54, 0x2612}, {0x98, 0x25cf},
    {0x99, 0x25cb}, {0xa2, 0x25a0}, {0xa3, 0x2610}, {0xa4, 0x2610}, {0xa5, 0x2610},
};
static const Glyph wingdings3[] = {{0x7d, 0x25b6}, {0x75, 0x25c0}};
static const Glyph webdings[] = {
    {0x61, 0x2713}, {0x63, 0x2610}, {0x67, 0x25a0}, {0x6e, 0x25cf}, {0x72, 0x2717},
};
static const Glyph symbol[] = {
    {0xa2, 0x2032}, {0xa3, 0x2264}, {0xa5, 0x221e}, {0xac, 0x2190}, {0xad, 0x2191}, {0xae, 0x2192}, {0xaf, 0x2193},
    {0xb2, 0x2033}, {0xb3, 0x2265}, {0xb4, 0x00d7}, {0xb7, 0x2022}, {0xb8, 0x00f7}, {0xb9, 0x2260}, {0xba, 0x2261},
    {0xbb, 0x2248}, {0xce, 0x2208}, {0xd6, 0x221a}, {0xe5, 0x2211},
};

/* Letters of Symbol are Greek: "mg" is a thousandth of a gram where "μg" was meant. */
static gunichar greek(gunichar letter)
{
    static const char lower[] = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", upper[] = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    if (letter >= 'a' && letter <= 'z')
        return g_utf8_get_char(lower + 2 * (letter - 'a')); /* each takes two bytes */
    return letter >= 'A' && letter <= 'Z' ? g_utf8_get_char(upper + 2 * (letter - 'A')) : letter;
}

/* Longer names first: "Wingdings" is a part of the others. */
static const struct {
    const char *font;
    const Glyph *glyphs;
    gsize count;
} fonts[] = {
    {"wingdings2", wingdings2, G_N_ELEMENTS(wingdings2)}, {"wingdings3", wingdings3, G_N_ELEMENTS(wingdings3)},
    {"wingdings", wingdings, G_N_ELEMENTS(wingdings)},    {"webdings", webdings, G_N_ELEMENTS(webdings)},
    {"symbolmt", symbol, G_N_ELEMENTS(symbol)},           {"symbol", symbol, G_N_ELEMENTS(symbol)},
};

/* The row of fonts[] for FONT, or -1. "Symbol" must be the whole name: "Segoe UI Symbol" is a Unicode font. */
static int font_row(const char *font)
{
    char name[40];
    gsize used = 0;
    const char *plus = font ? strchr(font, '+') : NULL;
    for (const char *at = plus ? plus + 1 : font; at && *at && used < sizeof name - 1; at++)
        if (g_ascii_isalnum(*at))
            name[used++] = g_ascii_tolower(*at);
    name[used] = '\0';
    for (guint i = 0; used && i < G_N_ELEMENTS(fonts); i++) {
        gboolean whole = g_str_has_prefix(fonts[i].font, "symbol");
        if (whole ? strcmp(name, fonts[i].font) == 0 : g_str_has_prefix(name, fonts[i].font))
            return (int)i;
    }
    return -1;
}

gboolean symbols_is_font(const char *font)
{
    return font_row(font) >= 0;
}

gunichar symbols_char(const char *font, gunichar code)
{
    int row = font_row(font);
    if (row < 0)
        return code;
    gunichar low = code >= 0xf000 && code <= 0xf0ff ? code - 0xf000 : code;
    if (low > 0xff)
        return code;
    for (gsize i = 0; i < fonts[row].count; i++)
        if (fonts[row].glyphs[i].code == low)
            return fonts[row].glyphs[i].c;
    return fonts[row].glyphs == symbol ? greek(low) : low == ' ' ? low : 0;
}
