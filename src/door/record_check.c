#include <math.h>
#include <string.h>

#include "base/failure.h"
#include "base/limits.h"
#include "door/record_check.h"

#define ID_CHARS 40

gboolean check_refuse(GError **error, const char *what)
{
    if (!error || !*error)
        g_set_error(error, FAILURE, FAILURE_DATA, "the filter's answer is refused: %s", what);
    return FALSE;
}

/* A text of at most MAX bytes; absent or null gives NULL when NULLABLE. jansson has checked UTF-8 and refused NUL. */
gboolean check_text(json_t *object, const char *key, gsize max, gboolean nullable, char **ret, GError **error)
{
    json_t *value = json_object_get(object, key);
    if (!value || json_is_null(value))
        return nullable || check_refuse(error, key);
    if (!json_is_string(value) || json_string_length(value) > max)
        return check_refuse(error, key);
    g_free(*ret);
    *ret = g_strdup(json_string_value(value));
    return TRUE;
}

/* As take, for a text of one line: no control characters. These reach headers, logs and terminals. */
gboolean check_line(json_t *object, const char *key, gsize max, gboolean nullable, char **ret, GError **error)
{
    if (!check_text(object, key, max, nullable, ret, error))
        return FALSE;
    for (const char *p = *ret; p && *p; p++)
        if ((guchar)*p < ' ' || *p == 0x7f)
            return check_refuse(error, key);
    return TRUE;
}

gboolean check_is_token(const char *text)
{
    gsize length = text ? strlen(text) : 0;
    for (const char *p = text; p && *p; p++)
        if ((guchar)*p <= ' ' || *p == 0x7f)
            return FALSE;
    return text && length <= LIMIT_ID_BYTES;
}

/* A Message-ID, an address, a date: no blanks, no control characters. May be null. */
gboolean check_token(json_t *object, const char *key, char **ret, GError **error)
{
    return check_text(object, key, LIMIT_ID_BYTES, TRUE, ret, error) && (!*ret || check_is_token(*ret) || check_refuse(error, key));
}

gboolean check_is_id(const char *text)
{
    gsize length = strlen(text);
    for (const char *p = text; *p; p++)
        if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && *p != '-' && *p != '_')
            return FALSE;
    return length > 0 && length <= ID_CHARS;
}

gboolean check_id(json_t *object, const char *key, gboolean nullable, char **ret, GError **error)
{
    return check_text(object, key, ID_CHARS, nullable, ret, error) && (!*ret || check_is_id(*ret) || check_refuse(error, key));
}

gboolean check_choice(json_t *object, const char *key, const char *const *choices, char **ret, GError **error)
{
    return check_text(object, key, ID_CHARS, FALSE, ret, error) && (g_strv_contains(choices, *ret) || check_refuse(error, key));
}

gboolean check_number(json_t *object, const char *key, gint64 most, guint64 *ret, GError **error)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > most)
        return check_refuse(error, key);
    *ret = (guint64)json_integer_value(value);
    return TRUE;
}

gboolean check_share(json_t *object, const char *key, double *ret, GError **error)
{
    json_t *value = json_object_get(object, key);
    double number = json_number_value(value);
    if (!json_is_number(value) || !isfinite(number) || number < 0 || number > 1)
        return check_refuse(error, key);
    *ret = number;
    return TRUE;
}

gboolean check_sha256(json_t *object, gboolean nullable, char **ret, GError **error)
{
    if (!check_text(object, "sha256", 64, nullable, ret, error))
        return FALSE;
    return !*ret || (strlen(*ret) == 64 && strspn(*ret, "0123456789abcdef") == 64) || check_refuse(error, "sha256");
}

gboolean check_list(json_t *object, const char *key, gsize max, json_t **ret, GError **error)
{
    *ret = json_object_get(object, key);
    return (json_is_array(*ret) && json_array_size(*ret) <= max) || check_refuse(error, key);
}

/* Both bounds are kept before jansson builds anything: its own depth is 2,048, and a list of nothing but lists takes it
 * thirty times the memory of its text. */
gboolean check_is_monstrous(const char *text, gsize length, guint most)
{
    guint depth = 0, values = 0;
    gboolean quoted = FALSE;
    for (gsize i = 0; i < length; i++) {
        char c = text[i];
        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = FALSE;
        } else if (c == '"') {
            quoted = TRUE;
        } else if (c == '{' || c == '[' || c == ',') {
            if (++values > most || (c != ',' && ++depth > LIMIT_JSON_DEPTH))
                return TRUE;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return FALSE;
}
