/* values.h: values as people type them, brought into the form that fields have (JSON text of a string, a list of strings, or rows).
 * What a field is stands in filters/kinds on the other side of the door; here is only what keeps a slip from becoming a value. */
#ifndef SHOUWEN_DECIDE_VALUES_H
#define SHOUWEN_DECIDE_VALUES_H

#include <glib.h>

/* TEXT, plain or as JSON, for FIELD; WAS (JSON, may be NULL) shows its shape where the field's name does not. *RET_SHOWN is the value
 * for people: lists joined by "、", rows as "N rows". Plain lists are cut at 、;；，, and line ends; rows are JSON only. Both are freed by
 * the caller. FAILURE_DATA says what the field may hold. */
char *value_from_text(const char *field, const char *was, const char *text, char **ret_shown, GError **error);

#endif
