/* symbols.h: characters of symbol fonts (Wingdings, Wingdings 2, Webdings, Symbol), whose codes are no Unicode. */
#ifndef SHOUWEN_FILTERS_READERS_SYMBOLS_H
#define SHOUWEN_FILTERS_READERS_SYMBOLS_H

#include <glib.h>

/* Whether FONT (any string, may be NULL; subset prefixes as "ABCDEF+" count as part of the name) is one of them. */
gboolean symbols_is_font(const char *font);

/* The Unicode character for CODE (0x20–0xFF, or 0xF020–0xF0FF of the private area) of FONT; CODE itself when FONT is
 * none of ours, 0 when the symbol has no meaning in a form. */
gunichar symbols_char(const char *font, gunichar code);

#endif
