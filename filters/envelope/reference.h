/* reference.h: our reference numbers in the words of a mail. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_REFERENCE_H
#define SHOUWEN_FILTERS_ENVELOPE_REFERENCE_H

#include <glib.h>

/* The first PREFIX-YYYY-NNNN in TEXT, any dash and width read, normalised ("SC27-2026-0008"); NULL when none.
 */
char *reference_find(const char *text, const char *prefix);

/* The same for the printed form 收文〔2026〕8号, which other offices' papers bear too: the caller must know
 * that it is ours. */
char *reference_find_printed(const char *text, const char *prefix);

#endif
