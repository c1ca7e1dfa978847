#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "base/text.h"
#include "desk/json.h"

json_t *js_text(const char *text)
{
    if (!text)
        return json_null();
    json_t *string = json_string(text);
    if (string)
        return string;
    g_autofree char *valid = text_valid(text, strlen(text));
    return json_string(valid);
}

json_t *js_plain(const char *text)
{
    g_autofree char *plain = text ? text_plain(text, LIMIT_VALUE_CHARS) : NULL;
    return js_text(plain);
}

json_t *js_id(gint64 id)
{
    return id ? json_integer(id) : json_null();
}

json_t *js_instant(gint64 instant, const char *zone)
{
    g_autofree char *text = instant ? clock_iso(instant, zone) : NULL;
    return js_text(text);
}

json_t *js_words(const char *words)
{
    json_t *list = json_array();
    g_auto(GStrv) parts = g_strsplit(words ? words : "", " ", -1);
    for (char **part = parts; *part; part++)
        if (**part)
            json_array_append_new(list, js_text(*part));
    return list;
}

json_t *js_value(const char *json)
{
    json_t *value = json ? json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
    return value ? value : json_null();
}

/* --- what comes in --------------------------------------------------------------------------------------------------------- */

/* jansson recurses; so does who walks the value. Brackets inside texts count too: nobody writes so many. */
static gboolean too_deep(const char *text, gsize length)
{
    int depth = 0;
    for (gsize i = 0; i < length; i++) {
        depth += (text[i] == '{' || text[i] == '[') - (text[i] == '}' || text[i] == ']');
        if (depth > LIMIT_JSON_DEPTH)
            return TRUE;
    }
    return FALSE;
}

json_t *js_body(const Exchange *x, GError **error)
{
    const char *text = (const char *)x->body->data;
    json_t *body = x->body->len > 0 && !too_deep(text, x->body->len) ? json_loadb(text, x->body->len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (json_is_object(body))
        return body;
    json_decref(body);
    g_set_error(error, FAILURE, FAILURE_USAGE, "the body must be a JSON object");
    return NULL;
}

static gboolean wrong(const char *key, const char *what, GError **error)
{
    g_set_error(error, FAILURE, FAILURE_USAGE, "'%s' must be %s", key, what);
    return FALSE;
}

gboolean js_get_text(json_t *body, const char *key, gboolean needed, gsize max_chars, const char **ret, GError **error)
{
    json_t *value = json_object_get(body, key);
    *ret = NULL;
    if (!value || json_is_null(value))
        return !needed || wrong(key, "a text", error);
    if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value))
        return wrong(key, "a text", error);
    *ret = json_string_value(value);
    if (needed && !**ret)
        return wrong(key, "a text that is not empty", error);
    return (gsize)g_utf8_strlen(*ret, -1) <= max_chars || wrong(key, "shorter", error);
}

gboolean js_get_id(json_t *body, const char *key, gboolean needed, gint64 *ret, GError **error)
{
    json_t *value = json_object_get(body, key);
    *ret = 0;
    if (!value || json_is_null(value))
        return !needed || wrong(key, "a number", error);
    if (!json_is_integer(value) || json_integer_value(value) <= 0)
        return wrong(key, "a number above 0", error);
    *ret = json_integer_value(value);
    return TRUE;
}

gboolean js_get_bool(json_t *body, const char *key, gboolean *ret, GError **error)
{
    json_t *value = json_object_get(body, key);
    if (!value || json_is_null(value))
        return TRUE;
    if (!json_is_boolean(value))
        return wrong(key, "true or false", error);
    *ret = json_is_true(value);
    return TRUE;
}

gboolean query_number(const Exchange *x, const char *name, gint64 least, gint64 most, gint64 fallback, gint64 *ret, GError **error)
{
    const char *text = exchange_query(x, name);
    *ret = fallback;
    return !text || g_ascii_string_to_signed(text, 10, least, most, ret, NULL) || wrong(name, "a number in its range", error);
}

gboolean query_day(const Exchange *x, const char *name, int plus_days, const char *zone, gint64 *ret, GError **error)
{
    const char *text = exchange_query(x, name);
    *ret = 0;
    if (!text)
        return TRUE;
    *ret = clock_day_end(text, plus_days - 1, zone);
    return *ret >= 0 || wrong(name, "a day such as 2026-03-05", error);
}

/* --- pages ------------------------------------------------------------------------------------------------------------------ */

#define PLACE_MOST (G_MAXINT64 / 2) /* a page is added to it */

char *place_text(gint64 key, gint64 id)
{
    return g_strdup_printf("%" G_GINT64_FORMAT "_%" G_GINT64_FORMAT, key, id);
}

gboolean place_parse(const char *text, gint64 *ret_key, gint64 *ret_id, GError **error)
{
    *ret_key = *ret_id = 0;
    if (!text)
        return TRUE;
    g_auto(GStrv) parts = g_strsplit(text, "_", 3);
    return (g_strv_length(parts) == 2 && g_ascii_string_to_signed(parts[0], 10, G_MININT64, G_MAXINT64, ret_key, NULL) &&
            g_ascii_string_to_signed(parts[1], 10, 0, PLACE_MOST, ret_id, NULL)) ||
           wrong("after", "what `next` said", error);
}
