/* answer_check.h: private to src/door, and fuzzed: answers of the jailed side, taken only when they are what door.h says. */
#ifndef SHOUWEN_DOOR_ANSWER_CHECK_H
#define SHOUWEN_DOOR_ANSWER_CHECK_H

#include <glib.h>

/* The JSON of a calendar, or of a table, written anew; NULL with FAILURE_DATA when a key, a type, a count or a length is not
 * what door.h says. Caller frees. */
char *answer_check_calendar(const char *text, gsize length, GError **error);
char *answer_check_table(const char *text, gsize length, GError **error);

/* Whether LENGTH BYTES begin as a PNG of at most LIMIT_RENDER_PIXELS does, and end as one. Nothing is decoded. */
gboolean answer_check_png(const guint8 *bytes, gsize length, GError **error);

#endif
