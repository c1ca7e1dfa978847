#include <string.h>

#include "readers/odf.h"

static void free_control(gpointer data)
{
    OdfControl *control = data;
    g_free(control->text);
    g_free(control);
}

void odf_forms_init(OdfForms *forms)
{
    forms->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_control);
    forms->open = NULL;
}

void odf_forms_clear(OdfForms *forms)
{
    g_hash_table_unref(forms->by_id);
}

/* What a person entered comes before what the form was made with. */
static gboolean state(const xmlChar **attrs, int count, const char *now, const char *preset, const char *yes)
{
    char value[16];
    if (!ooxml_attr(attrs, count, now, value, sizeof value) && !ooxml_attr(attrs, count, preset, value, sizeof value))
        return FALSE;
    return strcmp(value, yes) == 0;
}

static char *entered(const xmlChar **attrs, int count)
{
    char value[4096];
    if (ooxml_attr(attrs, count, "current-value", value, sizeof value) ||
        ooxml_attr(attrs, count, "value", value, sizeof value))
        return g_strdup(value);
    return NULL;
}

static void add_option(OdfControl *list, const xmlChar **attrs, int count)
{
    char label[256];
    if (!state(attrs, count, "current-selected", "selected", "true") ||
        !ooxml_attr(attrs, count, "label", label, sizeof label))
        return;
    char *text = list->text ? g_strjoin("、", list->text, label, NULL) : g_strdup(label);
    g_free(list->text);
    list->text = text;
}

void odf_forms_start(OdfForms *forms, const char *name, const xmlChar **attrs, int count)
{
    static const char *const fields[] = {"text", "textarea", "formatted-text", "date", "time", "number", "combobox",
                                         "listbox"};
    gboolean check = strcmp(name, "checkbox") == 0, radio = strcmp(name, "radio") == 0, field = FALSE;
    char id[256];
    if (strcmp(name, "option") == 0 && forms->open)
        add_option(forms->open, attrs, count);
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        field = field || strcmp(name, fields[i]) == 0;
    if ((!check && !radio && !field) || !ooxml_attr(attrs, count, "id", id, sizeof id))
        return;
    OdfControl *control = g_new0(OdfControl, 1);
    control->box = check || radio;
    if (check)
        control->checked = state(attrs, count, "current-state", "state", "checked");
    else if (radio)
        control->checked = state(attrs, count, "current-selected", "selected", "true");
    else
        control->text = entered(attrs, count);
    forms->open = strcmp(name, "listbox") == 0 ? control : NULL;
    g_hash_table_replace(forms->by_id, g_strdup(id), control);
}

const OdfControl *odf_control(const OdfForms *forms, const char *id)
{
    return g_hash_table_lookup(forms->by_id, id);
}
