/* folder.h: private to src/letters: what Templates holds. */
#ifndef SHOUWEN_LETTERS_FOLDER_H
#define SHOUWEN_LETTERS_FOLDER_H

#include "letters/compose.h"
#include "letters/names.h"
#include "letters/template.h"

typedef struct {
    Template *subject, *text;
} LetterBody; /* one letter in one language */

/* The body of KIND in LANGUAGE: for LETTER_MINIMAL its own one where there is one. NULL: there is no such kind. */
const LetterBody *templates_body(const Templates *templates, const char *kind, LetterForm form, const char *language);
const Template *templates_page(const Templates *templates);

/* "zh" and "en", NULL-ended, in the order in which they stand in a letter. */
extern const char *const letter_languages[];

#endif
