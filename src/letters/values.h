/* values.h: private to src/letters: what stands in facts. */
#ifndef SHOUWEN_LETTERS_VALUES_H
#define SHOUWEN_LETTERS_VALUES_H

#include "letters/template.h"

/* The value NAME of FACTS, or of those around them; NULL: none. */
const char *facts_value(const Facts *facts, const char *name);

/* HTML that is put in as it is; NULL: none. */
const char *facts_markup(const Facts *facts, const char *name);

/* The rows of the list NAME, NULL: none. A list belongs to its own place only: an outer `findings` is not repeated inside a
 * document that has none. */
const GPtrArray *facts_rows(const Facts *facts, const char *name);

#endif
