#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "door/answer_check.h"
#include "door/record_check.h"

#define CALENDAR_VALUES (LIMIT_CALENDAR_ITEMS * 600) /* an item: its keys, recurrences, categories and X-properties */
#define LISTED 100                                   /* categories of an item, X-properties of it, faults */
#define TABLE_VALUES (LIMIT_TABLE_CELLS + LIMIT_TABLE_ROWS + LIMIT_EXCEL_STRINGS / 16)

typedef gboolean (*CheckItem)(json_t *item, GError **error);

/* No control characters but line feed and tab: what stands in a cell or a description may have lines. */
static gboolean is_text(json_t *value, gsize most)
{
    if (!json_is_string(value) || json_string_length(value) > most)
        return FALSE;
    for (const char *p = json_string_value(value); *p; p++)
        if (((guchar)*p < ' ' && *p != '\n' && *p != '\t') || *p == 0x7f)
            return FALSE;
    return TRUE;
}

static gboolean is_text_list(json_t *list, gsize count, gsize most)
{
    if (!json_is_array(list) || json_array_size(list) > count)
        return FALSE;
    for (gsize i = 0; i < json_array_size(list); i++)
        if (!is_text(json_array_get(list, i), most))
            return FALSE;
    return TRUE;
}

static gboolean each(json_t *object, const char *key, gsize most, CheckItem check, GError **error)
{
    json_t *list;
    if (!check_list(object, key, most, &list, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(list); i++)
        if (!check(json_array_get(list, i), error))
            return FALSE;
    return TRUE;
}

/* The JSON of ROOT, which is let go; NULL when it is not GOOD. */
static char *anew(json_t *root, gboolean good)
{
    char *text = good ? json_dumps(root, JSON_COMPACT) : NULL;
    char *copy = g_strdup(text);
    free(text);
    json_decref(root);
    return copy;
}

static json_t *load(const char *text, gsize length, gsize most, guint values, GError **error)
{
    json_t *root = length > most || check_is_monstrous(text, length, values) ? NULL : json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(root))
        return root;
    json_decref(root);
    check_refuse(error, "an answer that is no JSON object, or too large");
    return NULL;
}

/* --- calendars --------------------------------------------------------------------------------------------------------- */

/* "2026-03-02" or "2026-03-02T09:00:00"; the calendar decides whether there is such a day. */
static gboolean is_moment(json_t *value)
{
    static const char pattern[] = "dddd-dd-ddTdd:dd:dd";
    const char *text = json_string_value(value);
    gsize length = text ? strlen(text) : 0;
    if (length != 10 && length != 19)
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if (pattern[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != pattern[i])
            return FALSE;
    int year = atoi(text), month = atoi(text + 5), day = atoi(text + 8);
    return year > 0 && month >= 1 && month <= 12 && g_date_valid_dmy((GDateDay)MIN(day, 99), (GDateMonth)month, (GDateYear)year) &&
           (length == 10 || (atoi(text + 11) < 24 && atoi(text + 14) < 60 && atoi(text + 17) < 60));
}

static gboolean is_zone(json_t *value)
{
    const char *text = json_string_value(value);
    return json_is_null(value) || (text && *text && strlen(text) <= 64 &&
                                   strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == strlen(text));
}

static gboolean are_moments(json_t *list)
{
    if (!json_is_array(list) || json_array_size(list) > LIMIT_RECURRENCES)
        return FALSE;
    for (gsize i = 0; i < json_array_size(list); i++)
        if (!is_moment(json_array_get(list, i)))
            return FALSE;
    return TRUE;
}

static gboolean are_own(json_t *object)
{
    const char *key;
    json_t *value;
    if (!json_is_object(object) || json_object_size(object) > LISTED)
        return FALSE;
    json_object_foreach(object, key, value)
        if (!g_str_has_prefix(key, "X-") || strlen(key) > 64 ||
            strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != strlen(key) || !is_text(value, LIMIT_TITLE_BYTES))
            return FALSE;
    return TRUE;
}

static gboolean check_item(json_t *item, gboolean task, GError **error)
{
    static const char *const texts[] = {"uid", "summary", "location", "description", "organizer", "status", "rrule"};
    json_t *starts = json_object_get(item, "starts"), *ends = json_object_get(item, task ? "due" : "ends");
    if (json_object_size(item) != G_N_ELEMENTS(texts) + 7)
        return check_refuse(error, "an event's keys");
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        json_t *text = json_object_get(item, texts[i]);
        if (!json_is_null(text) && !is_text(text, LIMIT_TITLE_BYTES))
            return check_refuse(error, texts[i]);
    }
    if (!(is_moment(starts) || (task && json_is_null(starts))) || !(is_moment(ends) || (task && json_is_null(ends))))
        return check_refuse(error, "an event's time");
    return (is_zone(json_object_get(item, "zone")) && json_is_boolean(json_object_get(item, "all_day")) &&
            are_moments(json_object_get(item, "recurrences")) &&
            is_text_list(json_object_get(item, "categories"), LISTED, LIMIT_ID_BYTES) && are_own(json_object_get(item, "x"))) ||
           check_refuse(error, "an event");
}

static gboolean check_event(json_t *item, GError **error)
{
    return check_item(item, FALSE, error);
}

static gboolean check_task(json_t *item, GError **error)
{
    return check_item(item, TRUE, error);
}

char *answer_check_calendar(const char *text, gsize length, GError **error)
{
    json_t *root = load(text, length, 2 * LIMIT_CALENDAR_BYTES, CALENDAR_VALUES, error);
    if (!root)
        return NULL;
    gboolean good = (json_object_size(root) == 3 || check_refuse(error, "a calendar's keys")) &&
                    each(root, "events", LIMIT_CALENDAR_ITEMS, check_event, error) &&
                    each(root, "tasks", LIMIT_CALENDAR_ITEMS, check_task, error) &&
                    (is_text_list(json_object_get(root, "faults"), LISTED, LIMIT_ID_BYTES) || check_refuse(error, "faults"));
    return anew(root, good);
}

/* --- tables ------------------------------------------------------------------------------------------------------------ */

static gboolean check_row(json_t *row, GError **error)
{
    return is_text_list(row, LIMIT_TABLE_CELLS, 4 * LIMIT_VALUE_CHARS) || check_refuse(error, "a row");
}

static gboolean check_sheet(json_t *sheet, GError **error)
{
    json_t *name = json_object_get(sheet, "name");
    return ((json_object_size(sheet) == 3 && (json_is_null(name) || is_text(name, LIMIT_ID_BYTES)) &&
             json_is_boolean(json_object_get(sheet, "hidden"))) ||
            check_refuse(error, "a sheet")) &&
           each(sheet, "rows", LIMIT_TABLE_ROWS, check_row, error);
}

char *answer_check_table(const char *text, gsize length, GError **error)
{
    json_t *root = load(text, length, LIMIT_TABLE_BYTES, TABLE_VALUES, error);
    if (!root)
        return NULL;
    gboolean good = (json_object_size(root) == 1 || check_refuse(error, "a table's keys")) &&
                    each(root, "sheets", LIMIT_TABLE_ROWS, check_sheet, error);
    return anew(root, good);
}

/* --- pictures ---------------------------------------------------------------------------------------------------------- */

static guint64 big(const guint8 *at)
{
    return (guint64)at[0] << 24 | (guint64)at[1] << 16 | (guint64)at[2] << 8 | at[3];
}

/* Signature, IHDR and IEND of the PNG specification (ISO/IEC 15948), 5.2, 11.2.2 and 11.2.5: eight bits of grey or colour. */
gboolean answer_check_png(const guint8 *bytes, gsize length, GError **error)
{
    static const guint8 head[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", end[] = "\0\0\0\0IEND\xae\x42\x60\x82";
    if (length < 45 || length > LIMIT_RENDER_BYTES || memcmp(bytes, head, 16) != 0 || memcmp(bytes + length - 12, end, 12) != 0)
        return check_refuse(error, "a picture that is no PNG");
    guint64 width = big(bytes + 16), height = big(bytes + 20);
    gboolean plain = bytes[24] == 8 && (bytes[25] == 0 || bytes[25] == 2) && bytes[26] == 0 && bytes[27] == 0 && bytes[28] == 0;
    return (width > 0 && height > 0 && width * height <= LIMIT_RENDER_PIXELS && plain) || check_refuse(error, "a picture's size");
}
