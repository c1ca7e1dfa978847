/* ideograph.h: characters that programs write into PDFs in place of the ordinary ones they look like. */
#ifndef SHOUWEN_FILTERS_PAGE_IDEOGRAPH_H
#define SHOUWEN_FILTERS_PAGE_IDEOGRAPH_H

#include <glib.h>

/* The ordinary character for a radical (U+2E80–2FD5) or a compatibility ideograph (U+F900–FAFF); others stay themselves.
 * Source: Unicode's compatibility mappings, and for the radicals' supplement, which has none, the character of that shape. */
gunichar ideograph_plain(gunichar c);

/* The letters of a ligature (U+FB00–FB06), "" for anything else. */
const char *ideograph_letters(gunichar c);

#endif
