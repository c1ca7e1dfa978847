#include "page/ideograph.h"

/* Pairs: a radical that is a whole character, and that character. */
static const char supplement[] = "⺎兀⺏尣⺟母⺠民⺮竹⺸羊⺼肉⻁虎⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟"
                                 "⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙⻳龟";

gunichar ideograph_plain(gunichar c)
{
    if (c >= 0x2e80 && c < 0x2f00)
        for (const char *at = supplement; *at; at = g_utf8_next_char(g_utf8_next_char(at)))
            if (g_utf8_get_char(at) == c)
                return g_utf8_get_char(g_utf8_next_char(at));
    if ((c >= 0x2e80 && c <= 0x2fd5) || (c >= 0xf900 && c <= 0xfaff)) {
        gunichar plain[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
        return g_unichar_fully_decompose(c, TRUE, plain, G_N_ELEMENTS(plain)) == 1 ? plain[0] : c;
    }
    return c;
}

const char *ideograph_letters(gunichar c)
{
    static const char *const letters[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    return c >= 0xfb00 && c < 0xfb00 + G_N_ELEMENTS(letters) ? letters[c - 0xfb00] : "";
}
