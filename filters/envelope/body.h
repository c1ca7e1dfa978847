/* body.h: which part is the mail's own text, which are documents, and the text itself. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_BODY_H
#define SHOUWEN_FILTERS_ENVELOPE_BODY_H

#include "envelope/envelope.h"
#include "envelope/structure.h"

/* Fills ENVELOPE's parts (with roles, decoded) and body from STRUCTURE. */
void body_collect(Envelope *envelope, const Structure *structure);

/* HTML to lines of text, good enough to search it for words and numbers; the readers read forms. */
char *body_strip_html(const char *html);

/* RFC 3676: soft line breaks undone in place of LENGTH bytes of any ASCII-like charset. Caller frees the
 * result. */
char *body_unflow(const char *text, gsize length, gboolean delete_space);

#endif
