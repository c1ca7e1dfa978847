/* view_check.h: private to src/door, and fuzzed: the body of a view as the jailed side wrote it. */
#ifndef SHOUWEN_DOOR_VIEW_CHECK_H
#define SHOUWEN_DOOR_VIEW_CHECK_H

#include <glib.h>

/* Whether BODY is nothing but text and the tags and attributes that door.h lists, each closed where it must be, so that every
 * browser reads it alike: names in small letters, values in double quotes, no '<', '>' or '&' but in "&lt;", "&gt;", "&amp;" and
 * "&quot;", valid UTF-8 without control characters but tab and line feed. BODY ends with a NUL behind its LENGTH. FAILURE_DATA
 * says what is not so. */
gboolean view_check(const char *body, gsize length, GError **error);

#endif
