#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/limits.h"
#include "base/text.h"
#include "decide/values.h"

typedef enum { SHAPE_TEXT, SHAPE_DATE, SHAPE_DATES, SHAPE_EMAIL, SHAPE_CHOICE, SHAPE_NUMBER, SHAPE_GROUPS, SHAPE_LIST, SHAPE_ROWS } Shape;

static const struct {
    const char *field; /* "*x": every field that ends so */
    Shape shape;
    const char *allowed; /* a choice: "a|b" */
} rows[] = {
    {"date", SHAPE_DATE, NULL},
    {"*_date", SHAPE_DATE, NULL},
    {"first_meeting", SHAPE_DATE, NULL},
    {"meeting_dates", SHAPE_DATES, NULL},
    {"email", SHAPE_EMAIL, NULL},
    {"*_email", SHAPE_EMAIL, NULL},
    {"working_groups", SHAPE_GROUPS, NULL},
    {"seal", SHAPE_CHOICE, "present|absent|unknown"},
    {"patents", SHAPE_CHOICE, "yes|no"},
    {"patented", SHAPE_CHOICE, "yes|no"},
    {"mss", SHAPE_CHOICE, "yes|no"},
    {"directives_confirmed", SHAPE_CHOICE, "yes|no"},
    {"prepared_to_undertake", SHAPE_CHOICE, "yes|no"},
    {"attendance", SHAPE_CHOICE, "in-person|online"},
    {"origin", SHAPE_CHOICE, "national|industry|local|group|enterprise|other"},
    {"preferred_document", SHAPE_CHOICE, "IS|TS|PAS"},
    {"development_track", SHAPE_CHOICE, "18|24|36"},
    {"draft_attached", SHAPE_CHOICE, "draft|existing-document|outline"},
    {"comment_count", SHAPE_NUMBER, NULL},
    {"delegation", SHAPE_LIST, NULL},
    {"authors", SHAPE_LIST, NULL},
    {"sdgs", SHAPE_LIST, NULL},
    {"comments", SHAPE_ROWS, NULL},
    {"changes", SHAPE_ROWS, NULL},
};

static Shape shape_of(const char *field, const char *was, const char **ret_allowed)
{
    *ret_allowed = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        gboolean ending = *rows[i].field == '*';
        if (ending ? g_str_has_suffix(field, rows[i].field + 1) : g_str_equal(field, rows[i].field)) {
            *ret_allowed = rows[i].allowed;
            return rows[i].shape;
        }
    }
    json_t *value = was ? json_loads(was, JSON_DECODE_ANY, NULL) : NULL;
    Shape shape = !json_is_array(value)                         ? SHAPE_TEXT
                  : json_is_object(json_array_get(value, 0))    ? SHAPE_ROWS
                                                                : SHAPE_LIST;
    json_decref(value);
    return shape;
}

static gboolean refuse(GError **error, const char *field, const char *allowed)
{
    g_set_error(error, FAILURE, FAILURE_DATA, "%s must be %s", field, allowed);
    return FALSE;
}

/* --- single values ----------------------------------------------------------------------------------------------------- */

/* 2026-03-05, 2026/3/5, 2026.3.5, 2026年3月5日, each without the day too. NULL: none of them, or no such day. */
static char *date_from_text(const char *text)
{
    int year = 0, month = 0, day = 0, end = 0;
    char *date = NULL;
    g_autofree char *plain = g_strdup(text);
    static const char *const marks[] = {"年", "月", "日", "/", "."};
    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
        g_auto(GStrv) parts = g_strsplit(plain, marks[i], -1);
        g_free(plain);
        plain = g_strjoinv(g_str_equal(marks[i], "日") ? "" : "-", parts);
    }
    if (g_str_has_suffix(plain, "-"))
        plain[strlen(plain) - 1] = 0;
    if (sscanf(plain, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 && plain[end] == 0) {
        if (g_date_valid_dmy((GDateDay)CLAMP(day, 0, 99), (GDateMonth)CLAMP(month, 0, 13), (GDateYear)CLAMP(year, 0, 9999)))
            date = g_strdup_printf("%04d-%02d-%02d", year, month, day);
    } else if (sscanf(plain, "%4d-%2d%n", &year, &month, &end) == 2 && plain[end] == 0 && month >= 1 && month <= 12) {
        date = g_strdup_printf("%04d-%02d", year, month);
    }
    if (year >= 1900)
        return date;
    g_free(date);
    return NULL;
}

static char *dates_from_text(const char *text)
{
    g_auto(GStrv) ends = g_strsplit(text, "/", -1);
    if (g_strv_length(ends) != 2)
        return NULL;
    g_autofree char *first = date_from_text(g_strstrip(ends[0])), *last = date_from_text(g_strstrip(ends[1]));
    return first && last && strcmp(first, last) <= 0 ? g_strdup_printf("%s/%s", first, last) : NULL;
}

/* Enough to tell a slip from an address. The domain is in lower case. */
static char *email_from_text(const char *text)
{
    const char *at = strchr(text, '@');
    if (!at || at == text || strchr(at + 1, '@') || strpbrk(text, " \t<>,;\"") || strlen(text) > 254)
        return NULL;
    const char *dot = strrchr(at, '.');
    if (!dot || dot == at + 1 || !dot[1])
        return NULL;
    g_autofree char *domain = g_utf8_strdown(at, -1);
    return g_strdup_printf("%.*s%s", (int)(at - text), text, domain);
}

static char *choice_from_text(const char *allowed, const char *text)
{
    g_auto(GStrv) choices = g_strsplit(allowed, "|", -1);
    if (g_str_equal(allowed, "yes|no") && (g_str_equal(text, "是") || g_str_equal(text, "否")))
        text = g_str_equal(text, "是") ? "yes" : "no";
    for (char **choice = choices; *choice; choice++)
        if (g_ascii_strcasecmp(*choice, text) == 0)
            return g_strdup(*choice);
    return NULL;
}

static char *number_from_text(const char *text)
{
    gsize digits = strspn(text, "0123456789");
    return digits > 0 && digits < 10 && text[digits] == 0 ? g_strdup(text) : NULL;
}

/* "WG1", "wg 1", "1". */
static char *group_from_text(const char *text)
{
    if (g_ascii_strncasecmp(text, "WG", 2) == 0)
        text += 2;
    text += strspn(text, " ");
    return text[0] >= '1' && text[0] <= '9' && text[1] == 0 ? g_strdup_printf("WG%c", *text) : NULL;
}

static char *single(const char *field, Shape shape, const char *allowed, const char *text, GError **error)
{
    char *value = NULL;
    switch (shape) {
    case SHAPE_DATE:
        if (!(value = date_from_text(text)))
            refuse(error, field, "a date such as 2026-03-05 or 2026-03");
        return value;
    case SHAPE_DATES:
        if (!(value = dates_from_text(text)))
            refuse(error, field, "the first and the last day, such as 2026-03-05/2026-03-09");
        return value;
    case SHAPE_EMAIL:
        if (!(value = email_from_text(text)))
            refuse(error, field, "one mail address");
        return value;
    case SHAPE_CHOICE:
        if (!(value = choice_from_text(allowed, text))) {
            g_auto(GStrv) choices = g_strsplit(allowed, "|", -1);
            g_autofree char *list = g_strjoinv(" or ", choices);
            refuse(error, field, list);
        }
        return value;
    case SHAPE_NUMBER:
        if (!(value = number_from_text(text)))
            refuse(error, field, "a number");
        return value;
    case SHAPE_GROUPS:
        if (!(value = group_from_text(text)))
            refuse(error, field, "working groups such as WG1、WG4");
        return value;
    default:
        return g_strdup(text);
    }
}

/* --- lists and rows ---------------------------------------------------------------------------------------------------- */

static gboolean add_item(json_t *list, const char *field, Shape shape, const char *text, GError **error)
{
    g_autofree char *folded = text_fold(text);
    if (!*folded)
        return TRUE;
    g_autofree char *value = single(field, shape, NULL, folded, error);
    if (!value)
        return FALSE;
    json_array_append_new(list, json_string(value));
    return TRUE;
}

static json_t *list_from_json(const char *field, Shape shape, const json_t *given, GError **error)
{
    json_t *list = json_array(), *item;
    gsize i;
    gboolean good = TRUE;
    json_array_foreach((json_t *)given, i, item) {
        good = good && (json_is_string(item) || refuse(error, field, "a list of texts")) &&
               add_item(list, field, shape, json_string_value(item), error);
    }
    if (good && json_array_size(list) > 0)
        return list;
    if (good)
        refuse(error, field, "a list that holds something; to say that there is none, leave the value out");
    json_decref(list);
    return NULL;
}

static json_t *list_from_text(const char *field, Shape shape, const char *text, GError **error)
{
    static const char *const cuts[] = {"、", "；", "，", ";", "\n"};
    g_autofree char *plain = g_strdup(text);
    for (gsize i = 0; i < G_N_ELEMENTS(cuts); i++) {
        g_auto(GStrv) parts = g_strsplit(plain, cuts[i], -1);
        g_free(plain);
        plain = g_strjoinv(",", parts);
    }
    json_t *items = json_array();
    g_auto(GStrv) parts = g_strsplit(plain, ",", -1);
    for (char **part = parts; *part; part++)
        json_array_append_new(items, json_string(*part));
    json_t *list = list_from_json(field, shape, items, error);
    json_decref(items);
    return list;
}

static gboolean is_row(const json_t *row)
{
    const char *key;
    json_t *value;
    if (!json_is_object(row) || json_object_size(row) == 0 || json_object_size(row) > LIMIT_FIELDS)
        return FALSE;
    json_object_foreach((json_t *)row, key, value)
        if (!json_is_string(value))
            return FALSE;
    return TRUE;
}

static json_t *rows_from_json(const char *field, json_t *given, GError **error)
{
    gboolean good = json_is_array(given) && json_array_size(given) > 0 && json_array_size(given) <= LIMIT_ROWS;
    for (gsize i = 0; good && i < json_array_size(given); i++)
        good = is_row(json_array_get(given, i));
    if (!good)
        refuse(error, field, "a JSON list of objects whose values are texts");
    return good ? json_incref(given) : NULL;
}

/* --- both ---------------------------------------------------------------------------------------------------------------- */

static char *shown_of(const json_t *value)
{
    if (json_is_string(value))
        return g_strdup(json_string_value(value));
    if (json_is_object(json_array_get(value, 0)))
        return g_strdup_printf("%zu rows", json_array_size(value));
    GString *shown = g_string_new(NULL);
    for (gsize i = 0; i < json_array_size(value); i++)
        g_string_append_printf(shown, "%s%s", i ? "、" : "", json_string_value(json_array_get(value, i)));
    return g_string_free(shown, FALSE);
}

static json_t *parse(const char *field, const char *was, const char *text, GError **error)
{
    const char *allowed;
    Shape shape = shape_of(field, was, &allowed);
    json_t *given = strchr("\"[", *text) ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL, *value = NULL;
    gboolean list = shape == SHAPE_GROUPS || shape == SHAPE_LIST;
    if (shape == SHAPE_ROWS) {
        value = rows_from_json(field, given, error);
    } else if (list) {
        value = json_is_array(given) ? list_from_json(field, shape, given, error)
                                     : list_from_text(field, shape, json_is_string(given) ? json_string_value(given) : text, error);
    } else {
        g_autofree char *folded = text_fold(json_is_string(given) ? json_string_value(given) : text);
        g_autofree char *one = single(field, shape, allowed, folded, error);
        value = one ? json_string(one) : NULL;
    }
    json_decref(given);
    return value;
}

char *value_from_text(const char *field, const char *was, const char *text, char **ret_shown, GError **error)
{
    g_autofree char *trimmed = g_strstrip(g_utf8_make_valid(text, -1));
    if (!*trimmed || g_utf8_strlen(trimmed, -1) > LIMIT_VALUE_CHARS) {
        refuse(error, field, *trimmed ? "shorter" : "a value; to say that there is none, leave the value out");
        return NULL;
    }
    json_t *value = parse(field, was, trimmed, error);
    if (!value)
        return NULL;
    *ret_shown = shown_of(value);
    char *json = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY), *copy = g_strdup(json);
    json_decref(value);
    free(json);
    return copy;
}
