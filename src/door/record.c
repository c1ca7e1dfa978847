/* record.c: lines from the jailed side become a Record, or are refused. Whoever writes them may be a hostile document that took
 * over its process: nothing is believed that is not checked here. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/failure.h"
#include "base/limits.h"
#include "door/record.h"

#define ID_CHARS 40
#define NAME_BYTES 1024
#define HEADER_BYTES (16 * 1024)
#define TEXT_BYTES (4 * LIMIT_VALUE_CHARS)
#define DOCUMENTS_MAX (LIMIT_MIME_PARTS + LIMIT_ARCHIVE_MEMBERS)
#define FIELDS_MAX 200
#define FINDINGS_MAX 500
#define REFERENCES_MAX 200
#define RECIPIENTS_MAX 200
#define ROWS_MAX 5000
#define EXPLAIN_MAX 5000

struct RecordParser {
    Record *record;
    gboolean bare, has_envelope, ended;
    char *open_path, *escalate;
};

/* --- memory ----------------------------------------------------------------------------------------------------------- */

static void finding_free(gpointer data)
{
    Finding *finding = data;
    g_free(finding->rule);
    g_free(finding->severity);
    g_free(finding->field);
    g_free(finding->zh);
    g_free(finding->en);
    g_free(finding);
}

static void field_free(gpointer data)
{
    Field *field = data;
    g_free(field->id);
    g_free(field->value);
    g_free(field->shown);
    g_free(field->from);
    g_free(field);
}

static void document_free(gpointer data)
{
    Document *document = data;
    g_free(document->path);
    g_free(document->filename);
    g_free(document->sha256);
    g_free(document->mime);
    g_free(document->status);
    g_free(document->reader);
    g_free(document->kind);
    g_free(document->guess);
    g_free(document->text);
    g_ptr_array_unref(document->fields);
    g_ptr_array_unref(document->findings);
    g_clear_pointer(&document->explain, g_ptr_array_unref);
    g_free(document);
}

static void part_free(gpointer data)
{
    Part *part = data;
    g_free(part->path);
    g_free(part->filename);
    g_free(part->mime);
    g_free(part->sha256);
    g_free(part);
}

static void recipient_free(gpointer data)
{
    BounceRecipient *recipient = data;
    g_free(recipient->address);
    g_free(recipient->status);
    g_free(recipient);
}

static Record *record_new(gboolean bare)
{
    Record *record = g_new0(Record, 1);
    record->bare = bare;
    record->auth = g_strdup("none");
    record->references = g_ptr_array_new_with_free_func(g_free);
    record->parts = g_ptr_array_new_with_free_func(part_free);
    record->bounce_recipients = g_ptr_array_new_with_free_func(recipient_free);
    record->documents = g_ptr_array_new_with_free_func(document_free);
    record->findings = g_ptr_array_new_with_free_func(finding_free);
    return record;
}

void record_free(Record *record)
{
    if (!record)
        return;
    char **const texts[] = {&record->sha256,  &record->route,     &record->message_id,  &record->from_name, &record->from_address,
                            &record->subject, &record->date,      &record->reference,   &record->in_reply_to, &record->auth,
                            &record->reply_to, &record->return_path, &record->bounce_message_id};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(*texts[i]);
    g_ptr_array_unref(record->references);
    g_ptr_array_unref(record->parts);
    g_ptr_array_unref(record->bounce_recipients);
    g_ptr_array_unref(record->documents);
    g_ptr_array_unref(record->findings);
    g_free(record);
}

/* --- checked pieces --------------------------------------------------------------------------------------------------- */

static gboolean refuse(GError **error, const char *what)
{
    if (!error || !*error)
        g_set_error(error, FAILURE, FAILURE_DATA, "the filter's answer is refused: %s", what);
    return FALSE;
}

/* A text of at most MAX bytes; absent or null gives NULL when NULLABLE. jansson has checked UTF-8 and refused NUL. */
static gboolean take(json_t *object, const char *key, gsize max, gboolean nullable, char **ret, GError **error)
{
    json_t *value = json_object_get(object, key);
    if (!value || json_is_null(value))
        return nullable || refuse(error, key);
    if (!json_is_string(value) || json_string_length(value) > max)
        return refuse(error, key);
    g_free(*ret);
    *ret = g_strdup(json_string_value(value));
    return TRUE;
}

static gboolean is_id(const char *text)
{
    gsize length = strlen(text);
    for (const char *p = text; *p; p++)
        if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && *p != '-' && *p != '_')
            return FALSE;
    return length > 0 && length <= ID_CHARS;
}

static gboolean take_id(json_t *object, const char *key, gboolean nullable, char **ret, GError **error)
{
    return take(object, key, ID_CHARS, nullable, ret, error) && (!*ret || is_id(*ret) || refuse(error, key));
}

static gboolean take_choice(json_t *object, const char *key, const char *const *choices, char **ret, GError **error)
{
    return take(object, key, ID_CHARS, FALSE, ret, error) && (g_strv_contains(choices, *ret) || refuse(error, key));
}

static gboolean take_number(json_t *object, const char *key, gint64 most, guint64 *ret, GError **error)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > most)
        return refuse(error, key);
    *ret = (guint64)json_integer_value(value);
    return TRUE;
}

static gboolean take_share(json_t *object, const char *key, double *ret, GError **error)
{
    json_t *value = json_object_get(object, key);
    double number = json_number_value(value);
    if (!json_is_number(value) || !isfinite(number) || number < 0 || number > 1)
        return refuse(error, key);
    *ret = number;
    return TRUE;
}

static gboolean take_sha256(json_t *object, gboolean nullable, char **ret, GError **error)
{
    if (!take(object, "sha256", 64, nullable, ret, error))
        return FALSE;
    return !*ret || (strlen(*ret) == 64 && strspn(*ret, "0123456789abcdef") == 64) || refuse(error, "sha256");
}

static gboolean take_list(json_t *object, const char *key, gsize max, json_t **ret, GError **error)
{
    *ret = json_object_get(object, key);
    return (json_is_array(*ret) && json_array_size(*ret) <= max) || refuse(error, key);
}

static gboolean take_findings(json_t *object, GPtrArray *into, GError **error)
{
    static const char *const severities[] = {"error", "warning", "info", "", NULL};
    json_t *list;
    if (!take_list(object, "findings", FINDINGS_MAX, &list, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        Finding *finding = g_new0(Finding, 1);
        g_ptr_array_add(into, finding);
        if (!take_id(item, "rule", FALSE, &finding->rule, error) ||
            !take_choice(item, "severity", severities, &finding->severity, error) ||
            !take_id(item, "field", TRUE, &finding->field, error) || !take(item, "zh", HEADER_BYTES, FALSE, &finding->zh, error) ||
            !take(item, "en", HEADER_BYTES, FALSE, &finding->en, error))
            return FALSE;
    }
    return TRUE;
}

/* --- values ------------------------------------------------------------------------------------------------------------ */

static gboolean is_row(json_t *row)
{
    const char *key;
    json_t *cell;
    if (!json_is_object(row) || json_object_size(row) > FIELDS_MAX)
        return FALSE;
    json_object_foreach(row, key, cell)
        if (!is_id(key) || !(json_is_string(cell) || json_is_null(cell)) ||
            (json_is_string(cell) && json_string_length(cell) > TEXT_BYTES))
            return FALSE;
    return TRUE;
}

static gboolean is_value(json_t *value)
{
    if (json_is_string(value))
        return json_string_length(value) <= TEXT_BYTES;
    if (!json_is_array(value) || json_array_size(value) > ROWS_MAX)
        return FALSE;
    gboolean rows = json_is_object(json_array_get(value, 0));
    for (gsize i = 0; i < json_array_size(value); i++) {
        json_t *item = json_array_get(value, i);
        if (rows ? !is_row(item) : !json_is_string(item) || json_string_length(item) > TEXT_BYTES)
            return FALSE;
    }
    return TRUE;
}

static char *shown_value(json_t *value)
{
    if (json_is_string(value))
        return g_strdup(json_string_value(value));
    if (json_is_object(json_array_get(value, 0)))
        return g_strdup_printf("%zu rows", json_array_size(value));
    GString *joined = g_string_new(NULL);
    for (gsize i = 0; i < json_array_size(value); i++)
        g_string_append_printf(joined, "%s%s", i ? "、" : "", json_string_value(json_array_get(value, i)));
    return g_string_free(joined, FALSE);
}

static gboolean take_box(json_t *item, double box[5], GError **error)
{
    json_t *value = json_object_get(item, "box");
    if (!value || json_is_null(value))
        return TRUE;
    if (!json_is_array(value) || json_array_size(value) != 5)
        return refuse(error, "box");
    for (gsize i = 0; i < 5; i++) {
        json_t *number = json_array_get(value, i);
        box[i] = json_number_value(number);
        if (!json_is_number(number) || !isfinite(box[i]) || box[i] < 0 || box[i] > (i == 0 ? 100000 : 1))
            return refuse(error, "box");
    }
    return TRUE;
}

static gboolean take_fields(json_t *object, GPtrArray *into, GError **error)
{
    json_t *fields = json_object_get(object, "fields"), *item;
    const char *id;
    if (!json_is_object(fields) || json_object_size(fields) > FIELDS_MAX)
        return refuse(error, "fields");
    json_object_foreach(fields, id, item) {
        json_t *value = json_object_get(item, "value");
        if (!is_id(id) || !is_value(value))
            return refuse(error, "a field's value");
        Field *field = g_new0(Field, 1);
        g_ptr_array_add(into, field);
        field->id = g_strdup(id);
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        field->value = g_strdup(text);
        free(text);
        field->shown = shown_value(value);
        if (!take_share(item, "confidence", &field->confidence, error) ||
            !take(item, "from", NAME_BYTES, TRUE, &field->from, error) || !take_box(item, field->box, error))
            return FALSE;
    }
    return TRUE;
}

/* --- lines ------------------------------------------------------------------------------------------------------------- */

static gboolean take_explain(json_t *line, Document *document, GError **error)
{
    json_t *list;
    if (!json_object_get(line, "explain"))
        return TRUE;
    if (!take_list(line, "explain", EXPLAIN_MAX, &list, error))
        return FALSE;
    document->explain = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; i < json_array_size(list); i++)
        g_ptr_array_add(document->explain, g_strdup(json_string_value(json_array_get(list, i))));
    return TRUE;
}

static gboolean take_document(RecordParser *parser, json_t *line, GError **error)
{
    static const char *const statuses[] = {"read",    "encrypted",   "damaged", "too-large", "too-deep",
                                           "timeout", "unsupported", "empty",   NULL};
    guint64 segment = 0, pages;
    if (parser->record->documents->len >= DOCUMENTS_MAX)
        return refuse(error, "too many documents");
    Document *document = g_new0(Document, 1);
    document->fields = g_ptr_array_new_with_free_func(field_free);
    document->findings = g_ptr_array_new_with_free_func(finding_free);
    document->pages = -1;
    g_ptr_array_add(parser->record->documents, document);
    if (json_is_integer(json_object_get(line, "segment")) && !take_number(line, "segment", 10000, &segment, error))
        return FALSE;
    document->segment = (guint)segment;
    if (json_is_integer(json_object_get(line, "pages"))) {
        if (!take_number(line, "pages", 100000, &pages, error))
            return FALSE;
        document->pages = (int)pages;
    }
    if (!take(line, "path", NAME_BYTES * 4, FALSE, &document->path, error) ||
        !take(line, "filename", NAME_BYTES, TRUE, &document->filename, error) || !take_sha256(line, TRUE, &document->sha256, error) ||
        !take_number(line, "bytes", G_MAXINT64, &document->bytes, error) || !take(line, "mime", NAME_BYTES, FALSE, &document->mime, error) ||
        !take_choice(line, "status", statuses, &document->status, error) || !take_id(line, "reader", TRUE, &document->reader, error) ||
        !take_id(line, "kind", FALSE, &document->kind, error) || !take_id(line, "guess", TRUE, &document->guess, error) ||
        !take_share(line, "confidence", &document->confidence, error) || !take_fields(line, document->fields, error) ||
        !take_findings(line, document->findings, error) || !take_explain(line, document, error) ||
        !take(line, "text", LIMIT_TEXT_BYTES * 2, TRUE, &document->text, error))
        return FALSE;
    /* A document that was not read has no kind and no values (INSPECT.md). */
    return g_str_equal(document->status, "read") || (g_str_equal(document->kind, "unknown") && document->fields->len == 0) ||
           refuse(error, "an unread document with values");
}

static gboolean take_bounce(Record *record, json_t *line, GError **error)
{
    json_t *bounce = json_object_get(line, "bounce"), *list;
    if (!bounce || json_is_null(bounce))
        return TRUE;
    record->is_bounce = TRUE;
    if (!take(bounce, "message_id", NAME_BYTES, TRUE, &record->bounce_message_id, error) ||
        !take_list(bounce, "recipients", RECIPIENTS_MAX, &list, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i), *permanent = json_object_get(item, "permanent");
        BounceRecipient *recipient = g_new0(BounceRecipient, 1);
        g_ptr_array_add(record->bounce_recipients, recipient);
        recipient->permanent = json_is_boolean(permanent) ? json_is_true(permanent) : -1;
        if (!take(item, "address", NAME_BYTES, FALSE, &recipient->address, error) || !take(item, "status", 64, TRUE, &recipient->status, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean take_parts(Record *record, json_t *line, GError **error)
{
    json_t *list;
    if (!take_list(line, "parts", LIMIT_MIME_PARTS, &list, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        Part *part = g_new0(Part, 1);
        g_ptr_array_add(record->parts, part);
        if (!take(item, "path", NAME_BYTES, FALSE, &part->path, error) || !take(item, "filename", NAME_BYTES, TRUE, &part->filename, error) ||
            !take(item, "mime", NAME_BYTES, FALSE, &part->mime, error) || !take_sha256(item, TRUE, &part->sha256, error) ||
            !take_number(item, "bytes", G_MAXINT64, &part->bytes, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean take_references(Record *record, json_t *line, GError **error)
{
    json_t *list;
    if (!take_list(line, "references", REFERENCES_MAX, &list, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));
        if (!id || strlen(id) > NAME_BYTES)
            return refuse(error, "references");
        g_ptr_array_add(record->references, g_strdup(id));
    }
    return TRUE;
}

static gboolean take_envelope(RecordParser *parser, json_t *line, GError **error)
{
    static const char *const routes[] = {"submission", "reply", "bounce", "auto-reply", "bulk", "unreadable", NULL};
    static const char *const verdicts[] = {"pass", "fail", "none", NULL};
    if (parser->bare)
        return refuse(error, "an envelope of a bare document");
    if (parser->has_envelope)
        return TRUE; /* frozen: a second child's word counts no more */
    Record *record = parser->record;
    json_t *from = json_object_get(line, "from");
    if (!json_is_object(from) || !take_sha256(line, FALSE, &record->sha256, error) ||
        !take_number(line, "bytes", G_MAXINT64, &record->bytes, error) || !take_choice(line, "route", routes, &record->route, error) ||
        !take(line, "message_id", NAME_BYTES, TRUE, &record->message_id, error) ||
        !take(from, "name", HEADER_BYTES, TRUE, &record->from_name, error) ||
        !take(from, "address", NAME_BYTES, TRUE, &record->from_address, error) ||
        !take(line, "subject", HEADER_BYTES, TRUE, &record->subject, error) || !take(line, "date", 64, TRUE, &record->date, error) ||
        !take(line, "reference", 64, TRUE, &record->reference, error) ||
        !take(line, "in_reply_to", NAME_BYTES, TRUE, &record->in_reply_to, error) ||
        !take_choice(line, "auth", verdicts, &record->auth, error) || !take(line, "reply_to", NAME_BYTES, TRUE, &record->reply_to, error) ||
        !take(line, "return_path", NAME_BYTES, TRUE, &record->return_path, error) || !take_references(record, line, error) ||
        !take_bounce(record, line, error) || !take_parts(record, line, error))
        return FALSE;
    record->no_reply = json_is_true(json_object_get(line, "no_reply"));
    parser->has_envelope = TRUE;
    return TRUE;
}

static gboolean take_end(RecordParser *parser, json_t *line, GError **error)
{
    Record *record = parser->record;
    guint64 bytes;
    char *sha256 = NULL;
    gboolean good = take_sha256(line, FALSE, &sha256, error) && take_number(line, "bytes", G_MAXINT64, &bytes, error) &&
                    take_findings(line, record->findings, error);
    if (good && parser->bare) {
        g_free(record->sha256);
        record->sha256 = g_steal_pointer(&sha256);
        record->bytes = bytes;
    }
    g_free(sha256);
    parser->ended = good;
    g_clear_pointer(&parser->open_path, g_free);
    return good;
}

/* jansson's own bound of nesting is 2,048; ours is kept before it builds anything. */
static gboolean too_deep(const char *line, gsize length)
{
    guint depth = 0;
    gboolean quoted = FALSE;
    for (gsize i = 0; i < length; i++) {
        char c = line[i];
        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = FALSE;
        } else if (c == '"') {
            quoted = TRUE;
        } else if (c == '{' || c == '[') {
            if (++depth > LIMIT_JSON_DEPTH)
                return TRUE;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return FALSE;
}

static gboolean take_line(RecordParser *parser, json_t *line, GError **error)
{
    const char *type = json_string_value(json_object_get(line, "t"));
    if (!type || parser->ended || parser->escalate)
        return refuse(error, "a line without type, or after the end");
    if (g_str_equal(type, "envelope"))
        return take_envelope(parser, line, error);
    if (!parser->bare && !parser->has_envelope)
        return refuse(error, "a line before the envelope");
    if (g_str_equal(type, "begin"))
        return take(line, "path", NAME_BYTES * 4, FALSE, &parser->open_path, error);
    if (g_str_equal(type, "document"))
        return take_document(parser, line, error);
    if (g_str_equal(type, "escalate"))
        return take_id(line, "size", FALSE, &parser->escalate, error);
    if (g_str_equal(type, "end"))
        return take_end(parser, line, error);
    return refuse(error, "a line of unknown type");
}

gboolean record_parser_line(RecordParser *parser, const char *line, gsize length, GError **error)
{
    if (length > LIMIT_LINE_BYTES || too_deep(line, length))
        return refuse(error, "a line that is too long or too deep");
    json_t *root = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    gboolean good = json_is_object(root) ? take_line(parser, root, error) : refuse(error, "a line that is no JSON object");
    json_decref(root);
    return good;
}

/* --- the parser --------------------------------------------------------------------------------------------------------- */

RecordParser *record_parser_new(gboolean bare)
{
    RecordParser *parser = g_new0(RecordParser, 1);
    parser->bare = bare;
    parser->record = record_new(bare);
    return parser;
}

void record_parser_free(RecordParser *parser)
{
    if (!parser)
        return;
    record_free(parser->record);
    g_free(parser->open_path);
    g_free(parser->escalate);
    g_free(parser);
}

void record_parser_retry(RecordParser *parser)
{
    g_ptr_array_set_size(parser->record->documents, 0);
    g_ptr_array_set_size(parser->record->findings, 0);
    g_clear_pointer(&parser->open_path, g_free);
    g_clear_pointer(&parser->escalate, g_free);
    parser->ended = FALSE;
}

gboolean record_parser_has_envelope(const RecordParser *parser)
{
    return parser->has_envelope;
}

const char *record_parser_open_path(const RecordParser *parser)
{
    return parser->open_path;
}

const char *record_parser_escalate(const RecordParser *parser)
{
    return parser->escalate;
}

gboolean record_parser_ended(const RecordParser *parser)
{
    return parser->ended;
}

Record *record_parser_take(RecordParser *parser)
{
    Record *record = parser->record;
    parser->record = record_new(parser->bare);
    record_parser_retry(parser);
    parser->has_envelope = FALSE;
    return record;
}
