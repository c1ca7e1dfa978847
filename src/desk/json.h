/* json.h: values into and out of the API's JSON. What comes out of the ledger may be any text; what comes in is hostile. */
#ifndef SHOUWEN_DESK_JSON_H
#define SHOUWEN_DESK_JSON_H

#include <glib.h>
#include <jansson.h>

#include "desk/exchange.h"

json_t *js_text(const char *text); /* NULL: null */
/* What a stranger wrote, on one line and without characters that turn the direction of others (text_plain); NULL: null. */
json_t *js_plain(const char *text);
json_t *js_id(gint64 id);          /* 0: null */
json_t *js_instant(gint64 instant, const char *zone); /* 0: null */
json_t *js_words(const char *words); /* "WG1 WG4" to a list; NULL: an empty one */
json_t *js_value(const char *json); /* a JSON text of the ledger; null when it is none */

/* The body as an object. NULL with FAILURE_USAGE when it is none, or nested or large beyond reason. */
json_t *js_body(const Exchange *x, GError **error);

/* Members of BODY; what has another type, or is absent and needed, is FAILURE_USAGE. Texts are borrowed. */
gboolean js_get_text(json_t *body, const char *key, gboolean needed, gsize max_chars, const char **ret, GError **error);
gboolean js_get_id(json_t *body, const char *key, gboolean needed, gint64 *ret, GError **error); /* null or absent: 0 */
gboolean js_get_bool(json_t *body, const char *key, gboolean *ret, GError **error); /* absent: *RET stays */

/* A number of the query: FALLBACK when absent; FAILURE_USAGE outside LEAST to MOST. */
gboolean query_number(const Exchange *x, const char *name, gint64 least, gint64 most, gint64 fallback, gint64 *ret, GError **error);
/* The beginning (PLUS_DAYS 0) or end (1) of a day YYYY-MM-DD of the query in ZONE; 0 when absent. */
gboolean query_day(const Exchange *x, const char *name, int plus_days, const char *zone, gint64 *ret, GError **error);

/* Places of pages: two numbers as an opaque word. FALSE with FAILURE_USAGE when TEXT is none; TEXT NULL gives zeros. */
char *place_text(gint64 key, gint64 id);
gboolean place_parse(const char *text, gint64 *ret_key, gint64 *ret_id, GError **error);

#endif
