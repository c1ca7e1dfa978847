/* record_new.c: the memory of a Record. */
#include "door/record.h"

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

static void signing_free(gpointer data)
{
    Signing *signing = data;
    g_free(signing->label);
    g_free(signing->state);
    g_free(signing);
}

Signing *record_add_signing(Document *document)
{
    Signing *signing = g_new0(Signing, 1);
    g_ptr_array_add(document->signing, signing);
    return signing;
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
    g_free(document->inner_name);
    g_free(document->inner_address);
    g_free(document->inner_subject);
    g_free(document->inner_date);
    g_free(document->text);
    g_ptr_array_unref(document->fields);
    g_ptr_array_unref(document->findings);
    g_clear_pointer(&document->signatures, g_ptr_array_unref);
    g_ptr_array_unref(document->signing);
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

Record *record_new(gboolean bare)
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

Document *record_add_document(Record *record)
{
    Document *document = g_new0(Document, 1);
    document->fields = g_ptr_array_new_with_free_func(field_free);
    document->findings = g_ptr_array_new_with_free_func(finding_free);
    document->signatures = g_ptr_array_new_with_free_func(g_free);
    document->signing = g_ptr_array_new_with_free_func(signing_free);
    document->pages = -1;
    g_ptr_array_add(record->documents, document);
    return document;
}

Field *record_add_field(GPtrArray *fields)
{
    Field *field = g_new0(Field, 1);
    g_ptr_array_add(fields, field);
    return field;
}

Finding *record_finding_new(const char *rule, const char *severity, const char *zh, const char *en)
{
    Finding *finding = g_new0(Finding, 1);
    finding->rule = g_strdup(rule);
    finding->severity = g_strdup(severity);
    finding->zh = g_strdup(zh);
    finding->en = g_strdup(en);
    return finding;
}

void record_free(Record *record)
{
    if (!record)
        return;
    char **const texts[] = {&record->sha256,  &record->route,     &record->message_id,  &record->from_name, &record->from_address,
                            &record->subject, &record->date,      &record->reference,   &record->in_reply_to, &record->auth,
                            &record->reply_to, &record->return_path, &record->bounce_message_id, &record->bounce_fate, &record->text};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(*texts[i]);
    g_ptr_array_unref(record->references);
    g_ptr_array_unref(record->parts);
    g_ptr_array_unref(record->bounce_recipients);
    g_ptr_array_unref(record->documents);
    g_ptr_array_unref(record->findings);
    g_free(record);
}
