/* labels.h: labels as people write them and as they are compared. */
#ifndef SHOUWEN_FILTERS_ENGINE_LABELS_H
#define SHOUWEN_FILTERS_ENGINE_LABELS_H

#include <glib.h>

void labels_init(void); /* the table of characters; before anything else here */

/* TEXT as a label is compared: no blanks, width folded, simplified characters, lower case, without numbering before, colon and
 * bracketed remarks behind. Caller frees. */
char *label_key(const char *text);

/* The key of a label that a kind declares: a remark in brackets that it bears tells it from others and is kept. */
char *label_key_of(const char *text);

/* Whether TEXT is the numbered heading of a section: "三、…", "（二）…", "4. …", short and no sentence. */
gboolean label_is_heading(const char *text);

/* TEXT folded in the same way but for numbering, colons and brackets, for titles and clues. Caller frees. */
char *label_fold(const char *text);

/* Where the first colon (: or ：) of TEXT stands within its first MAX characters; NULL when there is none. */
const char *label_colon(const char *text, gsize max);

#endif
