#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "write.h"

#define VALUE_BYTES (4 * LIMIT_VALUE_CHARS)

static void put_bytes(int fd, const guint8 *bytes, gsize length)
{
    while (length > 0) {
        gssize n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(1);
        bytes += n;
        length -= (gsize)n;
    }
}

static void put_line(int fd, json_t *object)
{
    char *line = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    gsize length = line ? strlen(line) : 0;
    if (!line)
        _exit(1);
    line[length++] = '\n'; /* over the end mark; the length is known */
    put_bytes(fd, (const guint8 *)line, length);
    free(line);
}

/* Valid UTF-8 without NUL, at most MAX bytes; NULL as null. */
static json_t *text_of(const char *text, gsize max)
{
    if (!text)
        return json_null();
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    gsize length = strlen(valid);
    if (length > max)
        for (length = max; length > 0 && ((guchar)valid[length] & 0xc0) == 0x80; length--)
            continue;
    return json_stringn(valid, length);
}

static void put_text(json_t *object, const char *key, const char *text, gsize max)
{
    json_object_set_new(object, key, text_of(text, max));
}

/* A text of one line: control characters are blanks. */
static void put_line_text(json_t *object, const char *key, const char *text, gsize max)
{
    g_autofree char *line = g_strdup(text);
    for (char *p = line; p && *p; p++)
        if ((guchar)*p < ' ' || *p == 0x7f)
            *p = ' ';
    put_text(object, key, line, max);
}

/* Something that means nothing when it is cut or holds blanks or control characters: then it is null. */
static json_t *token_of(const char *text)
{
    gboolean good = text && strlen(text) <= LIMIT_ID_BYTES;
    for (const char *p = text; good && *p; p++)
        good = (guchar)*p > ' ' && *p != 0x7f;
    return good ? text_of(text, LIMIT_ID_BYTES) : json_null();
}

static void put_token(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, token_of(text));
}

static json_t *bounce_of(const Envelope *envelope)
{
    if (!envelope->is_bounce)
        return json_null();
    static const char *const fates[] = {"failed", "delayed", "complaint"};
    json_t *bounce = json_object(), *recipients = json_array();
    json_object_set_new(bounce, "fate", json_string(fates[envelope->bounce_fate]));
    put_token(bounce, "message_id", envelope->bounce_message_id);
    for (guint i = 0; i < MIN(envelope->bounce_recipients->len, LIMIT_RECIPIENTS); i++) {
        const BounceRecipient *recipient = g_ptr_array_index(envelope->bounce_recipients, i);
        json_t *item = json_object();
        put_line_text(item, "address", recipient->address ? recipient->address : "", LIMIT_ID_BYTES);
        put_line_text(item, "status", recipient->status, 64);
        json_object_set_new(item, "permanent", recipient->permanent < 0 ? json_null() : json_boolean(recipient->permanent));
        json_array_append_new(recipients, item);
    }
    json_object_set_new(bounce, "recipients", recipients);
    return bounce;
}

static json_t *parts_of(const Envelope *envelope)
{
    json_t *parts = json_array();
    for (guint i = 0; i < envelope->parts->len; i++) {
        const MailPart *part = g_ptr_array_index(envelope->parts, i);
        if (part->role != PART_ATTACHMENT && part->role != PART_MESSAGE)
            continue;
        json_t *item = json_object();
        put_line_text(item, "path", part->path, LIMIT_PATH_BYTES);
        put_line_text(item, "filename", part->filename, LIMIT_ID_BYTES);
        put_line_text(item, "mime", part->mime ? part->mime : "application/octet-stream", LIMIT_ID_BYTES);
        put_text(item, "sha256", part->sha256, 64);
        json_object_set_new(item, "bytes", json_integer((json_int_t)g_bytes_get_size(part->bytes)));
        json_array_append_new(parts, item);
    }
    return parts;
}

void write_envelope(int fd, const Envelope *envelope, const char *sha256, guint64 bytes)
{
    json_t *line = json_object(), *from = json_object(), *references = json_array();
    guint n = envelope->references->len;
    put_text(line, "t", "envelope", LIMIT_ID_BYTES);
    put_text(line, "sha256", sha256, 64);
    json_object_set_new(line, "bytes", json_integer((json_int_t)bytes));
    put_text(line, "route", envelope->route, LIMIT_ID_BYTES);
    put_token(line, "message_id", envelope->message_id);
    put_line_text(from, "name", envelope->from_name, LIMIT_TITLE_BYTES);
    put_token(from, "address", envelope->from_address);
    json_object_set_new(line, "from", from);
    put_line_text(line, "subject", envelope->subject, LIMIT_TITLE_BYTES);
    put_token(line, "date", envelope->date);
    put_token(line, "reference", envelope->reference);
    put_token(line, "in_reply_to", envelope->in_reply_to);
    for (guint i = n > LIMIT_REFERENCES ? n - LIMIT_REFERENCES : 0; i < n; i++) {
        json_t *id = token_of(g_ptr_array_index(envelope->references, i));
        if (json_is_string(id))
            json_array_append(references, id);
        json_decref(id);
    }
    json_object_set_new(line, "references", references);
    put_text(line, "auth", envelope->auth, LIMIT_ID_BYTES);
    json_object_set_new(line, "bounce", bounce_of(envelope));
    put_token(line, "reply_to", envelope->reply_to);
    put_token(line, "return_path", envelope->return_path);
    json_object_set_new(line, "no_reply", json_boolean(envelope->no_reply));
    json_object_set_new(line, "asks_status", json_boolean(envelope->asks_status));
    json_object_set_new(line, "parts", parts_of(envelope));
    put_line(fd, line);
}

void write_escalate(int fd, const char *size)
{
    json_t *line = json_object();
    put_text(line, "t", "escalate", LIMIT_ID_BYTES);
    put_text(line, "size", size, LIMIT_ID_BYTES);
    put_line(fd, line);
}

void write_begin(int fd, const char *path)
{
    json_t *line = json_object();
    put_text(line, "t", "begin", LIMIT_ID_BYTES);
    put_line_text(line, "path", path, LIMIT_PATH_BYTES);
    put_line(fd, line);
}

static json_t *findings_of(const GPtrArray *findings)
{
    json_t *list = json_array();
    for (guint i = 0; findings && i < MIN(findings->len, LIMIT_FINDINGS); i++) {
        const Finding *finding = g_ptr_array_index(findings, i);
        json_t *item = json_object();
        put_text(item, "rule", finding->rule, LIMIT_ID_BYTES);
        put_text(item, "severity", finding->severity, LIMIT_ID_BYTES);
        put_text(item, "field", finding->field, LIMIT_ID_BYTES);
        put_text(item, "zh", finding->zh ? finding->zh : "", LIMIT_TITLE_BYTES);
        put_text(item, "en", finding->en ? finding->en : "", LIMIT_TITLE_BYTES);
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *rows_of(const GPtrArray *rows)
{
    json_t *list = json_array();
    for (guint i = 0; i < MIN(rows->len, LIMIT_ROWS); i++) {
        const GPtrArray *row = g_ptr_array_index(rows, i);
        json_t *item = json_object();
        for (guint k = 0; k + 1 < row->len; k += 2)
            put_text(item, g_ptr_array_index(row, k), g_ptr_array_index(row, k + 1), VALUE_BYTES);
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *value_of(const FieldValue *field)
{
    if (field->shape == VALUE_ROWS)
        return rows_of(field->rows);
    if (field->shape == VALUE_TEXT)
        return text_of(field->text, VALUE_BYTES);
    json_t *list = json_array();
    for (guint i = 0; i < MIN(field->list->len, LIMIT_ROWS); i++)
        json_array_append_new(list, text_of(g_ptr_array_index(field->list, i), VALUE_BYTES));
    return list;
}

static json_t *box_of(const double place[5])
{
    if (place[0] < 1)
        return json_null();
    json_t *box = json_array();
    json_array_append_new(box, json_integer((json_int_t)place[0]));
    for (int i = 1; i < 5; i++)
        json_array_append_new(box, json_real(CLAMP(place[i], 0.0, 1.0)));
    return box;
}

static json_t *fields_of(const Form *form)
{
    json_t *fields = json_object();
    for (guint i = 0; i < MIN(form->fields->len, LIMIT_FIELDS); i++) {
        const FieldValue *field = g_ptr_array_index(form->fields, i);
        json_t *item = json_object();
        json_object_set_new(item, "value", value_of(field));
        json_object_set_new(item, "confidence", json_real(CLAMP(field->confidence, 0.0, 1.0)));
        put_line_text(item, "from", field->from, LIMIT_ID_BYTES);
        json_object_set_new(item, "box", box_of(field->box));
        json_object_set_new(fields, field->id, item);
    }
    return fields;
}

static json_t *lines_of(const GPtrArray *lines, guint most)
{
    json_t *list = json_array();
    for (guint i = 0; i < MIN(lines->len, most); i++)
        json_array_append_new(list, text_of(g_ptr_array_index(lines, i), LIMIT_ID_BYTES));
    return list;
}

/* Where FORM's first value stands, in pages from the document's top; 0: nobody knows. A seal is the whole document's. */
static double form_begins(const Form *form)
{
    double first = 0;
    for (guint i = 0; i < form->fields->len; i++) {
        const FieldValue *field = g_ptr_array_index(form->fields, i);
        double at = field->box[0] < 1 || g_str_equal(field->id, "seal") ? 0 : field->box[0] + field->box[2];
        first = at > 0 && (first <= 0 || at < first) ? at : first;
    }
    return first;
}

/* The places to sign in the part of DOCUMENT that is form INDEX: from its first value to the next one's. */
static json_t *signing_of(const ReadDocument *document, guint index)
{
    json_t *list = json_array();
    double from = index ? form_begins(g_ptr_array_index(document->forms, index)) : 0;
    double to = index + 1 < document->forms->len ? form_begins(g_ptr_array_index(document->forms, index + 1)) : 0;
    for (guint i = 0; i < MIN(document->signing->len, LIMIT_SIGNATURES); i++) {
        const Signing *signing = g_ptr_array_index(document->signing, i);
        double at = signing->box[0] + signing->box[2];
        if (at < from || (to > 0 && at >= to))
            continue;
        json_t *item = json_object();
        put_line_text(item, "label", signing->label, LIMIT_ID_BYTES);
        put_text(item, "state", signing->state, LIMIT_ID_BYTES);
        json_object_set_new(item, "box", box_of(signing->box));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *inner_of(const InnerMail *mail)
{
    json_t *inner = json_object(), *from = json_object();
    put_line_text(from, "name", mail->name, LIMIT_TITLE_BYTES);
    put_token(from, "address", mail->address);
    json_object_set_new(inner, "from", from);
    put_line_text(inner, "subject", mail->subject, LIMIT_TITLE_BYTES);
    put_token(inner, "date", mail->date);
    return inner;
}

static void write_form(int fd, const ReadDocument *document, const Form *form, guint segment, gboolean text)
{
    json_t *line = json_object();
    put_text(line, "t", "document", LIMIT_ID_BYTES);
    put_line_text(line, "path", document->path, LIMIT_PATH_BYTES);
    json_object_set_new(line, "segment", segment ? json_integer(segment) : json_null());
    put_line_text(line, "filename", document->filename, LIMIT_ID_BYTES);
    put_text(line, "sha256", document->sha256, 64);
    json_object_set_new(line, "bytes", json_integer((json_int_t)document->bytes));
    put_line_text(line, "mime", document->mime, LIMIT_ID_BYTES);
    put_text(line, "status", status_name(document->status), LIMIT_ID_BYTES);
    put_text(line, "reader", document->reader, LIMIT_ID_BYTES);
    json_object_set_new(line, "pages", document->pages < 0 ? json_null() : json_integer(document->pages));
    put_text(line, "kind", form->kind, LIMIT_ID_BYTES);
    json_object_set_new(line, "confidence", json_real(CLAMP(form->confidence, 0.0, 1.0)));
    put_text(line, "guess", form->guess, LIMIT_ID_BYTES);
    json_object_set_new(line, "fields", fields_of(form));
    json_object_set_new(line, "findings", findings_of(form->findings));
    if (document->signatures->len)
        json_object_set_new(line, "signatures", lines_of(document->signatures, LIMIT_SIGNATURES));
    json_t *signing = signing_of(document, segment ? segment - 1 : 0);
    if (json_array_size(signing))
        json_object_set(line, "signing", signing);
    json_decref(signing);
    if (document->inner)
        json_object_set_new(line, "inner", inner_of(document->inner));
    if (form->explain)
        json_object_set_new(line, "explain", lines_of(form->explain, LIMIT_EXPLAIN));
    if (text && segment <= 1)
        put_text(line, "text", document->text, LIMIT_INDEX_BYTES);
    put_line(fd, line);
}

void write_document(int fd, const ReadDocument *document, gboolean text)
{
    for (guint i = 0; i < document->forms->len; i++)
        write_form(fd, document, g_ptr_array_index(document->forms, i), document->forms->len > 1 ? i + 1 : 0, text);
}

void write_end(int fd, const char *sha256, guint64 bytes, const GPtrArray *findings, const char *text)
{
    json_t *line = json_object();
    put_text(line, "t", "end", LIMIT_ID_BYTES);
    put_text(line, "sha256", sha256, 64);
    json_object_set_new(line, "bytes", json_integer((json_int_t)bytes));
    json_object_set_new(line, "findings", findings_of(findings));
    if (text)
        put_text(line, "text", text, LIMIT_INDEX_BYTES);
    put_line(fd, line);
}

void write_answer(int fd, const guint8 *bytes, gsize length)
{
    json_t *line = json_object();
    put_text(line, "t", "answer", LIMIT_ID_BYTES);
    json_object_set_new(line, "bytes", json_integer((json_int_t)length));
    put_line(fd, line);
    put_bytes(fd, bytes, length);
}

void write_fault(int fd, const char *why)
{
    json_t *line = json_object();
    put_text(line, "t", "fault", LIMIT_ID_BYTES);
    put_text(line, "why", why, LIMIT_ID_BYTES);
    put_line(fd, line);
}
