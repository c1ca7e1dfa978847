/* docx_numbers.h: the automatic numbers before paragraphs. Word counts them when it shows a document; the file holds only
 * which list and level a paragraph is of. Source: ECMA-376 part 1, 17.9. */
#ifndef SHOUWEN_FILTERS_READERS_DOCX_NUMBERS_H
#define SHOUWEN_FILTERS_READERS_DOCX_NUMBERS_H

#include "readers/ooxml.h"

enum { NUMBER_LEVELS = 9, NUMBER_LEVEL_UNKNOWN = 9 };

typedef struct DocxNumbers DocxNumbers;

/* The lists of the numbering PART, which may be NULL or damaged: then nothing has a number. */
DocxNumbers *docx_numbers_new(const GByteArray *part);
void docx_numbers_free(DocxNumbers *numbers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DocxNumbers, docx_numbers_free)

/* The level of list ID (w:numId) that paragraphs of STYLE are of by themselves; 0 when it names none. */
guint docx_numbers_level_of(const DocxNumbers *numbers, guint id, const char *style);

/* Counts one paragraph of list ID at LEVEL (0–8) and returns what stands before it ("2.1 ", "（三）"), or NULL when
 * nothing that is read does: bullets are left out unless they are boxes to tick. Caller frees. */
char *docx_numbers_next(DocxNumbers *numbers, guint id, guint level);

#endif
