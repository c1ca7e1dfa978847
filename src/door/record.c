/* record.c: lines from the jailed side become a Record, or are refused. Whoever writes them may be a hostile document that took
 * over its process: nothing is believed that is not checked here. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "door/record.h"
#include "door/record_check.h"

#define TEXT_BYTES (4 * LIMIT_VALUE_CHARS)
#define DOCUMENTS_MAX (LIMIT_MIME_PARTS + LIMIT_ARCHIVE_MEMBERS)

struct RecordParser {
    Record *record;
    gboolean bare, either, has_envelope, ended;
    char *open_path, *escalate;
    GHashTable *places; /* path and segment of each document, owned */
};

static gboolean take_findings(json_t *object, GPtrArray *into, GError **error)
{
    static const char *const severities[] = {"error", "warning", "info", "", NULL};
    json_t *list;
    if (!check_list(object, "findings", LIMIT_FINDINGS, &list, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        Finding *finding = g_new0(Finding, 1);
        g_ptr_array_add(into, finding);
        if (!check_id(item, "rule", FALSE, &finding->rule, error) ||
            !check_choice(item, "severity", severities, &finding->severity, error) ||
            !check_id(item, "field", TRUE, &finding->field, error) || !check_text(item, "zh", LIMIT_TITLE_BYTES, FALSE, &finding->zh, error) ||
            !check_text(item, "en", LIMIT_TITLE_BYTES, FALSE, &finding->en, error))
            return FALSE;
    }
    return TRUE;
}

/* --- values ------------------------------------------------------------------------------------------------------------ */

static gboolean is_row(json_t *row)
{
    const char *key;
    json_t *cell;
    if (!json_is_object(row) || json_object_size(row) > LIMIT_FIELDS)
        return FALSE;
    json_object_foreach(row, key, cell)
        if (!check_is_id(key) || !(json_is_string(cell) || json_is_null(cell)) ||
            (json_is_string(cell) && json_string_length(cell) > TEXT_BYTES))
            return FALSE;
    return TRUE;
}

static gboolean is_value(json_t *value)
{
    if (json_is_string(value))
        return json_string_length(value) <= TEXT_BYTES;
    if (!json_is_array(value) || json_array_size(value) > LIMIT_ROWS)
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
        return check_refuse(error, "box");
    for (gsize i = 0; i < 5; i++) {
        json_t *number = json_array_get(value, i);
        box[i] = json_number_value(number);
        if (!json_is_number(number) || !isfinite(box[i]) || box[i] < 0 || box[i] > (i == 0 ? 100000 : 1))
            return check_refuse(error, "box");
    }
    return TRUE;
}

static gboolean take_fields(json_t *object, GPtrArray *into, GError **error)
{
    json_t *fields = json_object_get(object, "fields"), *item;
    const char *id;
    if (!json_is_object(fields) || json_object_size(fields) > LIMIT_FIELDS)
        return check_refuse(error, "fields");
    json_object_foreach(fields, id, item) {
        json_t *value = json_object_get(item, "value");
        if (!check_is_id(id) || !is_value(value))
            return check_refuse(error, "a field's value");
        Field *field = record_add_field(into);
        field->id = g_strdup(id);
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        field->value = g_strdup(text);
        free(text);
        field->shown = shown_value(value);
        if (!check_share(item, "confidence", &field->confidence, error) ||
            !check_line(item, "from", LIMIT_ID_BYTES, TRUE, &field->from, error) || !take_box(item, field->box, error))
            return FALSE;
    }
    return TRUE;
}

/* --- lines ------------------------------------------------------------------------------------------------------------- */

/* The list of one-line texts under KEY; absent: *RET stays. */
static gboolean take_texts(json_t *line, const char *key, gsize most, GPtrArray **ret, GError **error)
{
    json_t *list;
    if (!json_object_get(line, key))
        return TRUE;
    if (!check_list(line, key, most, &list, error))
        return FALSE;
    g_clear_pointer(ret, g_ptr_array_unref);
    *ret = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (!text || strlen(text) > LIMIT_ID_BYTES)
            return check_refuse(error, key);
        g_ptr_array_add(*ret, text_plain(text, LIMIT_ID_BYTES));
    }
    return TRUE;
}

/* Places to sign: absent from documents that have none. */
static gboolean take_signing(json_t *line, Document *document, GError **error)
{
    static const char *const states[] = {"ink", "print", "blank", "unknown", NULL};
    json_t *list;
    if (!json_object_get(line, "signing"))
        return TRUE;
    if (!check_list(line, "signing", LIMIT_SIGNATURES, &list, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        Signing *signing = record_add_signing(document);
        if (!check_line(item, "label", LIMIT_ID_BYTES, FALSE, &signing->label, error) ||
            !check_choice(item, "state", states, &signing->state, error) || !take_box(item, signing->box, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean take_inner(json_t *line, Document *document, GError **error)
{
    json_t *inner = json_object_get(line, "inner"), *from = json_object_get(inner, "from");
    if (!inner)
        return TRUE;
    if (!json_is_object(from))
        return check_refuse(error, "inner");
    document->is_inner = TRUE;
    return check_line(from, "name", LIMIT_TITLE_BYTES, TRUE, &document->inner_name, error) &&
           check_token(from, "address", &document->inner_address, error) &&
           check_line(inner, "subject", LIMIT_TITLE_BYTES, TRUE, &document->inner_subject, error) &&
           check_token(inner, "date", &document->inner_date, error);
}

static gboolean take_document(RecordParser *parser, json_t *line, GError **error)
{
    static const char *const statuses[] = {"read",    "encrypted",   "damaged", "too-large", "too-deep",
                                           "timeout", "unsupported", "empty",   NULL};
    guint64 segment = 0, pages;
    if (parser->record->documents->len >= DOCUMENTS_MAX)
        return check_refuse(error, "too many documents");
    Document *document = record_add_document(parser->record);
    if (json_is_integer(json_object_get(line, "segment")) && !check_number(line, "segment", 10000, &segment, error))
        return FALSE;
    document->segment = (guint)segment;
    if (json_is_integer(json_object_get(line, "pages"))) {
        if (!check_number(line, "pages", 100000, &pages, error))
            return FALSE;
        document->pages = (int)pages;
    }
    if (!check_line(line, "path", LIMIT_PATH_BYTES, FALSE, &document->path, error) ||
        !check_line(line, "filename", LIMIT_ID_BYTES, TRUE, &document->filename, error) ||
        !check_sha256(line, TRUE, &document->sha256, error) || !check_number(line, "bytes", G_MAXINT64, &document->bytes, error) ||
        !check_line(line, "mime", LIMIT_ID_BYTES, FALSE, &document->mime, error) ||
        !check_choice(line, "status", statuses, &document->status, error) || !check_id(line, "reader", TRUE, &document->reader, error) ||
        !check_id(line, "kind", FALSE, &document->kind, error) || !check_id(line, "guess", TRUE, &document->guess, error) ||
        !check_share(line, "confidence", &document->confidence, error) || !take_fields(line, document->fields, error) ||
        !take_findings(line, document->findings, error) || !take_texts(line, "explain", LIMIT_EXPLAIN, &document->explain, error) ||
        !take_texts(line, "signatures", LIMIT_SIGNATURES, &document->signatures, error) ||
        !take_signing(line, document, error) || !take_inner(line, document, error) ||
        !check_text(line, "text", LIMIT_INDEX_BYTES, TRUE, &document->text, error))
        return FALSE;
    if (!g_hash_table_add(parser->places, g_strdup_printf("%u %s", document->segment, document->path)))
        return check_refuse(error, "a document twice");
    /* A document that was not read has no kind and no values. */
    return g_str_equal(document->status, "read") || (g_str_equal(document->kind, "unknown") && document->fields->len == 0) ||
           check_refuse(error, "an unread document with values");
}

static gboolean take_bounce(Record *record, json_t *line, GError **error)
{
    static const char *const fates[] = {"failed", "delayed", "complaint", NULL};
    json_t *bounce = json_object_get(line, "bounce"), *list;
    if (!bounce || json_is_null(bounce))
        return TRUE;
    record->is_bounce = TRUE;
    if (!check_choice(bounce, "fate", fates, &record->bounce_fate, error) ||
        !check_token(bounce, "message_id", &record->bounce_message_id, error) ||
        !check_list(bounce, "recipients", LIMIT_RECIPIENTS, &list, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i), *permanent = json_object_get(item, "permanent");
        BounceRecipient *recipient = g_new0(BounceRecipient, 1);
        g_ptr_array_add(record->bounce_recipients, recipient);
        recipient->permanent = json_is_boolean(permanent) ? json_is_true(permanent) : -1;
        if (!check_line(item, "address", LIMIT_ID_BYTES, FALSE, &recipient->address, error) ||
            !check_line(item, "status", 64, TRUE, &recipient->status, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean take_parts(Record *record, json_t *line, GError **error)
{
    json_t *list;
    if (!check_list(line, "parts", LIMIT_MIME_PARTS, &list, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        Part *part = g_new0(Part, 1);
        g_ptr_array_add(record->parts, part);
        if (!check_line(item, "path", LIMIT_PATH_BYTES, FALSE, &part->path, error) ||
            !check_line(item, "filename", LIMIT_ID_BYTES, TRUE, &part->filename, error) ||
            !check_line(item, "mime", LIMIT_ID_BYTES, FALSE, &part->mime, error) ||
            !check_sha256(item, TRUE, &part->sha256, error) || !check_number(item, "bytes", G_MAXINT64, &part->bytes, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean take_references(Record *record, json_t *line, GError **error)
{
    json_t *list;
    if (!check_list(line, "references", LIMIT_REFERENCES, &list, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));
        if (!check_is_token(id))
            return check_refuse(error, "references");
        g_ptr_array_add(record->references, g_strdup(id));
    }
    return TRUE;
}

static gboolean take_envelope(RecordParser *parser, json_t *line, GError **error)
{
    static const char *const routes[] = {"submission", "reply", "bounce", "auto-reply", "bulk", "unreadable", NULL};
    static const char *const verdicts[] = {"pass", "fail", "none", NULL};
    if (parser->has_envelope)
        return TRUE; /* frozen: a second child's word counts no more */
    if (parser->bare && (!parser->either || parser->open_path))
        return check_refuse(error, "an envelope of a bare document");
    Record *record = parser->record;
    json_t *from = json_object_get(line, "from");
    if (!json_is_object(from))
        return check_refuse(error, "from");
    if (!check_sha256(line, FALSE, &record->sha256, error) ||
        !check_number(line, "bytes", G_MAXINT64, &record->bytes, error) || !check_choice(line, "route", routes, &record->route, error) ||
        !check_token(line, "message_id", &record->message_id, error) ||
        !check_line(from, "name", LIMIT_TITLE_BYTES, TRUE, &record->from_name, error) ||
        !check_token(from, "address", &record->from_address, error) ||
        !check_line(line, "subject", LIMIT_TITLE_BYTES, TRUE, &record->subject, error) ||
        !check_token(line, "date", &record->date, error) || !check_token(line, "reference", &record->reference, error) ||
        !check_token(line, "in_reply_to", &record->in_reply_to, error) ||
        !check_choice(line, "auth", verdicts, &record->auth, error) || !check_token(line, "reply_to", &record->reply_to, error) ||
        !check_token(line, "return_path", &record->return_path, error) || !take_references(record, line, error) ||
        !take_bounce(record, line, error) || !take_parts(record, line, error))
        return FALSE;
    record->bare = parser->bare = FALSE;
    record->no_reply = json_is_true(json_object_get(line, "no_reply"));
    record->asks_status = json_is_true(json_object_get(line, "asks_status"));
    parser->has_envelope = TRUE;
    return TRUE;
}

static gboolean take_end(RecordParser *parser, json_t *line, GError **error)
{
    Record *record = parser->record;
    guint64 bytes;
    char *sha256 = NULL;
    gboolean good = check_sha256(line, FALSE, &sha256, error) && check_number(line, "bytes", G_MAXINT64, &bytes, error) &&
                    take_findings(line, record->findings, error) &&
                    check_text(line, "text", LIMIT_INDEX_BYTES, TRUE, &record->text, error);
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

static gboolean take_line(RecordParser *parser, json_t *line, GError **error)
{
    const char *type = json_string_value(json_object_get(line, "t"));
    if (!type || parser->ended || parser->escalate)
        return check_refuse(error, "a line without type, or after the end");
    if (g_str_equal(type, "envelope"))
        return take_envelope(parser, line, error);
    if (!parser->bare && !parser->has_envelope)
        return check_refuse(error, "a line before the envelope");
    if (g_str_equal(type, "begin"))
        return check_line(line, "path", LIMIT_PATH_BYTES, FALSE, &parser->open_path, error);
    if (g_str_equal(type, "document"))
        return take_document(parser, line, error);
    if (g_str_equal(type, "escalate"))
        return check_id(line, "size", FALSE, &parser->escalate, error);
    if (g_str_equal(type, "end"))
        return take_end(parser, line, error);
    return check_refuse(error, "a line of unknown type");
}

gboolean record_parser_line(RecordParser *parser, const char *line, gsize length, GError **error)
{
    if (length > LIMIT_LINE_BYTES || check_is_monstrous(line, length, LIMIT_JSON_VALUES))
        return check_refuse(error, "a line that is too long, too deep or too full");
    json_t *root = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    gboolean good = json_is_object(root) ? take_line(parser, root, error) : check_refuse(error, "a line that is no JSON object");
    json_decref(root);
    return good;
}

/* --- the parser --------------------------------------------------------------------------------------------------------- */

RecordParser *record_parser_new(gboolean bare, gboolean either)
{
    RecordParser *parser = g_new0(RecordParser, 1);
    parser->bare = bare;
    parser->either = either;
    parser->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    parser->record = record_new(bare);
    return parser;
}

void record_parser_free(RecordParser *parser)
{
    if (!parser)
        return;
    record_free(parser->record);
    g_hash_table_unref(parser->places);
    g_free(parser->open_path);
    g_free(parser->escalate);
    g_free(parser);
}

void record_parser_retry(RecordParser *parser)
{
    g_ptr_array_set_size(parser->record->documents, 0);
    g_ptr_array_set_size(parser->record->findings, 0);
    g_hash_table_remove_all(parser->places);
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
