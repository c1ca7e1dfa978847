#include <string.h>

#include "record.h"

static const char *const status_names[] = {
    [STATUS_READ] = "read",           [STATUS_ENCRYPTED] = "encrypted", [STATUS_DAMAGED] = "damaged",
    [STATUS_TOO_LARGE] = "too-large", [STATUS_TOO_DEEP] = "too-deep",   [STATUS_TIMEOUT] = "timeout",
    [STATUS_UNSUPPORTED] = "unsupported", [STATUS_EMPTY] = "empty",
};

const char *status_name(Status status)
{
    return status_names[status];
}

gboolean status_parse(const char *name, Status *ret)
{
    for (gsize i = 0; i < G_N_ELEMENTS(status_names); i++)
        if (g_strcmp0(name, status_names[i]) == 0) {
            *ret = (Status)i;
            return TRUE;
        }
    return FALSE;
}

Finding *finding_new(const char *rule, const char *severity, const char *field, const char *zh, const char *en)
{
    Finding *finding = g_new0(Finding, 1);
    finding->rule = g_strdup(rule);
    finding->severity = g_strdup(severity);
    finding->field = g_strdup(field);
    finding->zh = g_strdup(zh);
    finding->en = g_strdup(en);
    return finding;
}

void finding_free(Finding *finding)
{
    if (!finding)
        return;
    g_free(finding->rule);
    g_free(finding->severity);
    g_free(finding->field);
    g_free(finding->zh);
    g_free(finding->en);
    g_free(finding);
}

FieldValue *field_value_new(const char *id, ValueShape shape)
{
    FieldValue *field = g_new0(FieldValue, 1);
    field->id = g_strdup(id);
    field->shape = shape;
    if (shape == VALUE_LIST)
        field->list = g_ptr_array_new_with_free_func(g_free);
    if (shape == VALUE_ROWS)
        field->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    return field;
}

void field_value_free(FieldValue *field)
{
    if (!field)
        return;
    g_free(field->id);
    g_free(field->text);
    g_free(field->from);
    g_clear_pointer(&field->list, g_ptr_array_unref);
    g_clear_pointer(&field->rows, g_ptr_array_unref);
    g_free(field);
}

Form *form_new(void)
{
    Form *form = g_new0(Form, 1);
    form->fields = g_ptr_array_new_with_free_func((GDestroyNotify)field_value_free);
    form->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    return form;
}

void form_free(Form *form)
{
    if (!form)
        return;
    g_free(form->kind);
    g_free(form->guess);
    g_ptr_array_unref(form->fields);
    g_ptr_array_unref(form->findings);
    g_clear_pointer(&form->explain, g_ptr_array_unref);
    g_free(form);
}

const FieldValue *form_field(const Form *form, const char *id)
{
    for (guint i = 0; i < form->fields->len; i++) {
        const FieldValue *field = g_ptr_array_index(form->fields, i);
        if (g_str_equal(field->id, id))
            return field;
    }
    return NULL;
}

InnerMail *inner_mail_new(const char *name, const char *address, const char *subject, const char *date)
{
    InnerMail *mail = g_new0(InnerMail, 1);
    mail->name = g_strdup(name);
    mail->address = g_strdup(address);
    mail->subject = g_strdup(subject);
    mail->date = g_strdup(date);
    return mail;
}

void inner_mail_free(InnerMail *mail)
{
    if (!mail)
        return;
    g_free(mail->name);
    g_free(mail->address);
    g_free(mail->subject);
    g_free(mail->date);
    g_free(mail);
}

Signing *signing_parse(const char *said)
{
    g_auto(GStrv) words = g_strsplit(said, " ", 7);
    if (g_strv_length(words) < 7)
        return NULL;
    Signing *signing = g_new0(Signing, 1);
    signing->state = g_strdup(words[0]);
    for (int i = 0; i < 5; i++)
        signing->box[i] = g_ascii_strtod(words[i + 1], NULL);
    signing->label = g_strdup(words[6]);
    return signing;
}

void signing_free(Signing *signing)
{
    if (!signing)
        return;
    g_free(signing->label);
    g_free(signing->state);
    g_free(signing);
}

ReadDocument *read_document_new(const char *path, const char *filename, const char *mime)
{
    ReadDocument *document = g_new0(ReadDocument, 1);
    document->path = g_strdup(path);
    document->filename = g_strdup(filename);
    document->mime = g_strdup(mime);
    document->pages = -1;
    document->forms = g_ptr_array_new_with_free_func((GDestroyNotify)form_free);
    document->signatures = g_ptr_array_new_with_free_func(g_free);
    document->signing = g_ptr_array_new_with_free_func((GDestroyNotify)signing_free);
    return document;
}

void read_document_free(ReadDocument *document)
{
    if (!document)
        return;
    g_free(document->path);
    g_free(document->filename);
    g_free(document->mime);
    g_free(document->sha256);
    g_free(document->text);
    g_ptr_array_unref(document->forms);
    g_ptr_array_unref(document->signatures);
    g_ptr_array_unref(document->signing);
    inner_mail_free(document->inner);
    g_free(document);
}
