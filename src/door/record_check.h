/* record_check.h: private to src/door: single values of a hostile JSON object, taken only when they are what they must be.
 * Each returns FALSE with FAILURE_DATA that names KEY; texts go into *RET, newly allocated. */
#ifndef SHOUWEN_DOOR_RECORD_CHECK_H
#define SHOUWEN_DOOR_RECORD_CHECK_H

#include <glib.h>
#include <jansson.h>

/* Sets ERROR to say that WHAT is refused; returns FALSE. */
gboolean check_refuse(GError **error, const char *what);

/* A text of at most MAX bytes; absent or null gives NULL when NULLABLE. */
gboolean check_text(json_t *object, const char *key, gsize max, gboolean nullable, char **ret, GError **error);

/* A text of one line: no control characters. These reach headers, logs and terminals. */
gboolean check_line(json_t *object, const char *key, gsize max, gboolean nullable, char **ret, GError **error);

/* A Message-ID, an address, a date: no blanks, no control characters, at most LIMIT_ID_BYTES. May be null. */
gboolean check_token(json_t *object, const char *key, char **ret, GError **error);
gboolean check_is_token(const char *text);

/* An identifier of ours: small letters, digits, '-' and '_', at most 40. */
gboolean check_id(json_t *object, const char *key, gboolean nullable, char **ret, GError **error);
gboolean check_is_id(const char *text);

/* One of CHOICES (NULL-ended). */
gboolean check_choice(json_t *object, const char *key, const char *const *choices, char **ret, GError **error);

/* A whole number from 0 to MOST; a number from 0 to 1. */
gboolean check_number(json_t *object, const char *key, gint64 most, guint64 *ret, GError **error);
gboolean check_share(json_t *object, const char *key, double *ret, GError **error);

/* "sha256": 64 hexadecimal digits. */
gboolean check_sha256(json_t *object, gboolean nullable, char **ret, GError **error);

/* A list of at most MAX items, borrowed from OBJECT. */
gboolean check_list(json_t *object, const char *key, gsize max, json_t **ret, GError **error);

/* Whether the JSON of LENGTH bytes nests deeper than LIMIT_JSON_DEPTH or has more than MOST values: asked before jansson. */
gboolean check_is_monstrous(const char *text, gsize length, guint most);

#endif
