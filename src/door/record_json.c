/* record_json.c: a Record as `shouwen inspect` prints it (keys and order as its contract has them). */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "door/record.h"

static json_t *text_of(const char *text)
{
    return text ? json_string(text) : json_null();
}

static void put(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, text_of(text));
}

/* Three decimals, as the contract has it. */
static json_t *share(double number)
{
    return json_real(round(number * 1000) / 1000);
}

static json_t *findings_of(const GPtrArray *findings)
{
    json_t *list = json_array();
    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = g_ptr_array_index(findings, i);
        json_t *item = json_object();
        put(item, "rule", finding->rule);
        put(item, "severity", finding->severity);
        put(item, "field", finding->field);
        put(item, "zh", finding->zh);
        put(item, "en", finding->en);
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *box_of(const double place[5])
{
    if (place[0] < 1)
        return json_null();
    json_t *box = json_array();
    json_array_append_new(box, json_integer((json_int_t)place[0]));
    for (int i = 1; i < 5; i++)
        json_array_append_new(box, json_real(round(place[i] * 10000) / 10000));
    return box;
}

static json_t *fields_of(const GPtrArray *fields)
{
    json_t *object = json_object();
    for (guint i = 0; i < fields->len; i++) {
        const Field *field = g_ptr_array_index(fields, i);
        json_t *item = json_object();
        json_object_set_new(item, "value", json_loads(field->value, JSON_DECODE_ANY, NULL));
        json_object_set_new(item, "confidence", share(field->confidence));
        put(item, "from", field->from);
        json_object_set_new(item, "box", box_of(field->box));
        json_object_set_new(object, field->id, item);
    }
    return object;
}

static json_t *list_of(const GPtrArray *texts)
{
    json_t *list = json_array();
    for (guint i = 0; i < texts->len; i++)
        json_array_append_new(list, text_of(g_ptr_array_index(texts, i)));
    return list;
}

static json_t *signing_of(const GPtrArray *places)
{
    json_t *list = json_array();
    for (guint i = 0; i < places->len; i++) {
        const Signing *signing = g_ptr_array_index(places, i);
        json_t *item = json_object();
        put(item, "label", signing->label);
        put(item, "state", signing->state);
        json_object_set_new(item, "box", box_of(signing->box));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *inner_of(const Document *document)
{
    json_t *inner = json_object(), *from = json_object();
    put(from, "name", document->inner_name);
    put(from, "address", document->inner_address);
    json_object_set_new(inner, "from", from);
    put(inner, "subject", document->inner_subject);
    put(inner, "date", document->inner_date);
    return inner;
}

static json_t *document_of(const Document *document)
{
    json_t *item = json_object();
    put(item, "path", document->path);
    if (document->segment)
        json_object_set_new(item, "segment", json_integer(document->segment));
    put(item, "filename", document->filename);
    put(item, "sha256", document->sha256);
    json_object_set_new(item, "bytes", json_integer((json_int_t)document->bytes));
    put(item, "mime", document->mime);
    put(item, "status", document->status);
    put(item, "reader", document->reader);
    json_object_set_new(item, "pages", document->pages < 0 ? json_null() : json_integer(document->pages));
    put(item, "kind", document->kind);
    json_object_set_new(item, "confidence", share(document->confidence));
    if (document->guess)
        put(item, "guess", document->guess);
    json_object_set_new(item, "fields", fields_of(document->fields));
    json_object_set_new(item, "findings", findings_of(document->findings));
    if (document->signatures && document->signatures->len)
        json_object_set_new(item, "signatures", list_of(document->signatures));
    if (document->signing->len)
        json_object_set_new(item, "signing", signing_of(document->signing));
    if (document->is_inner)
        json_object_set_new(item, "inner", inner_of(document));
    if (document->explain)
        json_object_set_new(item, "explain", list_of(document->explain));
    if (document->text)
        put(item, "text", document->text);
    return item;
}

static json_t *bounce_of(const Record *record)
{
    if (!record->is_bounce)
        return json_null();
    json_t *bounce = json_object(), *list = json_array();
    put(bounce, "message_id", record->bounce_message_id);
    for (guint i = 0; i < record->bounce_recipients->len; i++) {
        const BounceRecipient *recipient = g_ptr_array_index(record->bounce_recipients, i);
        json_t *item = json_object();
        put(item, "address", recipient->address);
        put(item, "status", recipient->status);
        json_object_set_new(item, "permanent", recipient->permanent < 0 ? json_null() : json_boolean(recipient->permanent));
        json_array_append_new(list, item);
    }
    json_object_set_new(bounce, "recipients", list);
    return bounce;
}

static void put_mail(json_t *object, const Record *record)
{
    json_t *from = json_object(), *references = json_array();
    put(object, "route", record->route);
    put(object, "message_id", record->message_id);
    put(from, "name", record->from_name);
    put(from, "address", record->from_address);
    json_object_set_new(object, "from", from);
    put(object, "subject", record->subject);
    put(object, "date", record->date);
    put(object, "reference", record->reference);
    put(object, "in_reply_to", record->in_reply_to);
    for (guint i = 0; i < record->references->len; i++)
        json_array_append_new(references, text_of(g_ptr_array_index(record->references, i)));
    json_object_set_new(object, "references", references);
    put(object, "auth", record->auth);
    json_object_set_new(object, "bounce", bounce_of(record));
}

char *record_to_json(const Record *record, const char *file, guint index)
{
    json_t *object = json_object(), *documents = json_array();
    g_autofree char *name = g_utf8_make_valid(file, -1);
    put(object, "file", name);
    if (index)
        json_object_set_new(object, "index", json_integer(index));
    put(object, "sha256", record->sha256);
    json_object_set_new(object, "bytes", json_integer((json_int_t)record->bytes));
    put(object, "type", record->bare ? "document" : "message");
    if (!record->bare)
        put_mail(object, record);
    for (guint i = 0; i < record->documents->len; i++)
        json_array_append_new(documents, document_of(g_ptr_array_index(record->documents, i)));
    json_object_set_new(object, "documents", documents);
    json_object_set_new(object, "findings", findings_of(record->findings));
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(object);
    char *copy = g_strdup(text);
    free(text);
    return copy;
}
