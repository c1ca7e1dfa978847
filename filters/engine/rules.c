#include <libxml/xpathInternals.h>
#include <string.h>

#include "engine/extract.h"
#include "engine/rules.h"

static gboolean has_finding(const Form *form, const char *rule, const char *field)
{
    for (guint i = 0; i < form->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(form->findings, i);
        if (g_str_equal(finding->rule, rule) && g_strcmp0(finding->field, field) == 0)
            return TRUE;
    }
    return FALSE;
}

/* "第九条" / "Article 9"; an annex is named as it stands. */
static char *source_zh(const KindField *field)
{
    if (!field->article)
        return g_strdup("");
    return g_ascii_isdigit(*field->article) ? g_strdup_printf("（依据管理办法第%s条）", field->article)
                                            : g_strdup_printf("（依据管理办法%s）", field->article);
}

static char *source_en(const KindField *field)
{
    if (!field->article)
        return g_strdup("");
    return g_ascii_isdigit(*field->article)
               ? g_strdup_printf(" (Article %s)", field->article)
               : g_strdup_printf(" (Annex %s)", field->article + strcspn(field->article, "0123456789"));
}

static void require(const KindField *field, GHashTable *misread, Form *form)
{
    if (form_field(form, field->id) || has_finding(form, "field-invalid", field->id) ||
        has_finding(form, "kind-uncertain", field->id))
        return;
    if (g_hash_table_contains(misread, field->id)) {
        g_ptr_array_add(form->findings, extract_unsure(field));
        return;
    }
    g_autofree char *by_zh = source_zh(field), *by_en = source_en(field);
    g_autofree char *zh = g_strdup_printf("缺少“%s”%s，请补充填写后重新提交。", field->name_zh, by_zh);
    g_autofree char *en = g_strdup_printf("\"%s\" is missing%s; please fill it in and submit the form again.",
                                          field->name_en, by_en);
    g_ptr_array_add(form->findings, finding_new("field-missing", "error", field->id, zh, en));
}

static void check_seal(const KindField *field, Form *form)
{
    const FieldValue *seal = form_field(form, field->id);
    g_autofree char *by_zh = source_zh(field), *by_en = source_en(field);
    if (g_strcmp0(seal->text, "absent") == 0) {
        g_autofree char *zh = g_strdup_printf("未见%s%s，请加盖公章后提交扫描件。", field->name_zh, by_zh);
        g_autofree char *en = g_strdup_printf(
            "The %s was not found%s; please submit a scan of the sealed document.", field->name_en, by_en);
        g_ptr_array_add(form->findings, finding_new("seal-absent", "error", field->id, zh, en));
    } else if (g_strcmp0(seal->text, "unknown") == 0) {
        g_autofree char *zh =
            g_strdup_printf("只收到可编辑文件，无法看到%s%s，请另附盖章扫描件。", field->name_zh, by_zh);
        g_autofree char *en = g_strdup_printf("Only an editable copy was received, which cannot show the "
                                              "%s%s; please add a scan of the sealed document.",
                                              field->name_en, by_en);
        g_ptr_array_add(form->findings, finding_new("seal-unknown", "info", field->id, zh, en));
    }
}

/* The form as the small XML that rules are asked on: <form kind=…><field id=…>text or <item>s</field></form>.
 */
static xmlDoc *form_xml(const Form *form)
{
    xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNode *root = xmlNewNode(NULL, BAD_CAST "form");
    xmlDocSetRootElement(doc, root);
    for (guint i = 0; i < form->fields->len; i++) {
        const FieldValue *value = g_ptr_array_index(form->fields, i);
        xmlNode *field = xmlNewTextChild(root, NULL, BAD_CAST "field",
                                         value->shape == VALUE_TEXT ? BAD_CAST value->text : NULL);
        xmlNewProp(field, BAD_CAST "id", BAD_CAST value->id);
        for (guint k = 0; value->shape == VALUE_LIST && k < value->list->len; k++)
            xmlNewTextChild(field, NULL, BAD_CAST "item", g_ptr_array_index(value->list, k));
    }
    return doc;
}

static void ask_rules(const Kind *kind, Form *form, const Context *context)
{
    xmlDoc *doc = form_xml(form);
    xmlXPathContext *xpath = xmlXPathNewContext(doc);
    xpath->node = xmlDocGetRootElement(doc);
    xmlXPathRegisterVariable(xpath, BAD_CAST "statement_minimum",
                             xmlXPathNewFloat(context->statement_minimum));
    for (guint i = 0; i < kind->rules->len; i++) {
        const KindRule *rule = g_ptr_array_index(kind->rules, i);
        xmlXPathObject *answer = xmlXPathCompiledEval(rule->test, xpath);
        if (answer && xmlXPathCastToBoolean(answer))
            g_ptr_array_add(form->findings,
                            finding_new(rule->id, rule->severity, rule->field, rule->zh, rule->en));
        xmlXPathFreeObject(answer);
    }
    xmlXPathFreeContext(xpath);
    xmlFreeDoc(doc);
}

void rules_apply(const Kind *kind, Form *form, GHashTable *misread, const Context *context)
{
    for (guint i = 0; i < kind->fields->len; i++) {
        const KindField *field = g_ptr_array_index(kind->fields, i);
        if (field->type == TYPE_SEAL)
            check_seal(field, form);
        else if (field->required)
            require(field, misread, form);
    }
    ask_rules(kind, form, context);
}
