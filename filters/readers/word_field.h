/* word_field.h: fields of Word (.doc, .docx, .rtf) that have no result, but show something all the same. */
#ifndef SHOUWEN_FILTERS_READERS_WORD_FIELD_H
#define SHOUWEN_FILTERS_READERS_WORD_FIELD_H

#include <glib.h>

typedef enum {
    WORD_FIELD_NOTHING, /* what it shows is its result, or nothing */
    WORD_FIELD_TEXT,
    WORD_FIELD_CHECKED, /* a box struck over with a tick: EQ \o\ac(□,√), Word's "enclose characters" */
} WordField;

/* What a field whose instruction is CODE (UTF-8) shows by itself: EQ, SYMBOL, MACROBUTTON, GOTOBUTTON. The text in
 * *ret_text is the caller's; set for WORD_FIELD_TEXT only. */
WordField word_field_shows(const char *code, char **ret_text);

#endif
