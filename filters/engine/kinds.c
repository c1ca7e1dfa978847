/* kinds.c: loads filters/kinds: XML checked by RELAX NG, everything compiled that can be. Runs before the
 * jail, on our own files. */
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "engine/kinds.h"
#include "engine/labels.h"
#include "engine/marking.h"

typedef struct {
    GPtrArray *messages;
    const char *file;
} Loading;

static void complain(Loading *loading, long line, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void complain(Loading *loading, long line, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_autofree char *text = g_strdup_vprintf(format, values);
    va_end(values);
    g_ptr_array_add(loading->messages, g_strdup_printf("%s:%ld: %s", loading->file, line, g_strchomp(text)));
}

static void on_xml_error(void *user, xmlError *error)
{
    if (error->domain == XML_FROM_XPATH)
        return; /* load_rule says it with its line */
    complain(user, error->line, "%s", error->message);
}

/* --- memory
 * ------------------------------------------------------------------------------------------------------------
 */

static void clue_free(gpointer data)
{
    g_free(((Clue *)data)->phrase);
    g_free(data);
}

static void pattern_free(gpointer data)
{
    g_regex_unref(((Pattern *)data)->regex);
    g_free(data);
}

static void option_free(gpointer data)
{
    g_free(((Option *)data)->value);
    g_free(((Option *)data)->phrase);
    g_free(data);
}

static void column_free(gpointer data)
{
    g_free(((Column *)data)->id);
    g_ptr_array_unref(((Column *)data)->labels);
    g_free(data);
}

static void field_free(gpointer data)
{
    KindField *field = data;
    g_free(field->id);
    g_free(field->name_zh);
    g_free(field->name_en);
    g_free(field->article);
    g_ptr_array_unref(field->labels);
    g_ptr_array_unref(field->patterns);
    g_ptr_array_unref(field->options);
    g_ptr_array_unref(field->columns);
    g_free(field->with);
    g_free(field->count);
    g_free(field);
}

static void rule_free(gpointer data)
{
    KindRule *rule = data;
    g_free(rule->id);
    g_free(rule->severity);
    g_free(rule->field);
    g_free(rule->zh);
    g_free(rule->en);
    xmlXPathFreeCompExpr(rule->test);
    g_free(rule);
}

static void kind_free(gpointer data)
{
    Kind *kind = data;
    g_free(kind->id);
    g_free(kind->name_zh);
    g_free(kind->name_en);
    g_ptr_array_unref(kind->titles);
    g_ptr_array_unref(kind->title_patterns);
    g_ptr_array_unref(kind->clues);
    g_ptr_array_unref(kind->others);
    g_ptr_array_unref(kind->hints);
    g_ptr_array_unref(kind->fields);
    g_ptr_array_unref(kind->rules);
    g_hash_table_unref(kind->by_label);
    g_free(kind);
}

static Kind *kind_new(void)
{
    Kind *kind = g_new0(Kind, 1);
    kind->titles = g_ptr_array_new_with_free_func(g_free);
    kind->title_patterns = g_ptr_array_new_with_free_func((GDestroyNotify)g_regex_unref);
    kind->clues = g_ptr_array_new_with_free_func(clue_free);
    kind->others = g_ptr_array_new_with_free_func(g_free);
    kind->hints = g_ptr_array_new_with_free_func((GDestroyNotify)g_regex_unref);
    kind->fields = g_ptr_array_new_with_free_func(field_free);
    kind->rules = g_ptr_array_new_with_free_func(rule_free);
    kind->by_label = g_hash_table_new(g_str_hash, g_str_equal);
    return kind;
}

/* --- reading XML ---------------------------------------------------------------------------------------- */

static char *attribute(xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetProp(node, BAD_CAST name);
    char *copy = g_strdup((char *)value);
    xmlFree(value);
    return copy;
}

static gboolean says_yes(xmlNode *node, const char *name)
{
    g_autofree char *value = attribute(node, name);
    return g_strcmp0(value, "yes") == 0;
}

static char *content(xmlNode *node)
{
    xmlChar *value = xmlNodeGetContent(node);
    char *copy = g_strstrip(g_strdup((char *)value));
    xmlFree(value);
    return copy;
}

static GRegex *compile(Loading *loading, xmlNode *node)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = content(node);
    GRegex *regex = g_regex_new(text, G_REGEX_OPTIMIZE | G_REGEX_MULTILINE | G_REGEX_CASELESS, 0, &error);
    if (!regex)
        complain(loading, xmlGetLineNo(node), "the pattern does not compile: %s", error->message);
    return regex;
}

static void load_clue(Kind *kind, xmlNode *node)
{
    Clue *clue = g_new0(Clue, 1);
    g_autofree char *text = content(node), *place = attribute(node, "in"),
                    *weight = attribute(node, "weight");
    clue->phrase = label_fold(text);
    clue->place = g_strcmp0(place, "filename") == 0  ? CLUE_FILENAME
                  : g_strcmp0(place, "subject") == 0 ? CLUE_SUBJECT
                                                     : CLUE_TEXT;
    clue->weight = g_ascii_strtod(weight, NULL);
    g_ptr_array_add(kind->clues, clue);
}

static void load_pattern(Loading *loading, KindField *field, xmlNode *node)
{
    GRegex *regex = compile(loading, node);
    if (!regex)
        return;
    Pattern *pattern = g_new0(Pattern, 1);
    *pattern = (Pattern){regex, MIN(1, g_regex_get_capture_count(regex))};
    g_ptr_array_add(field->patterns, pattern);
}

static void load_label(Loading *loading, Kind *kind, KindField *field, xmlNode *node)
{
    g_autofree char *text = content(node);
    char *key = label_key_of(text);
    g_ptr_array_add(field->labels, key);
    const KindField *other = g_hash_table_lookup(kind->by_label, key);
    if (other && other != field)
        complain(loading, xmlGetLineNo(node), "the label '%s' stands for two fields", text);
    g_hash_table_insert(kind->by_label, key, field);
}

static void load_option(KindField *field, xmlNode *node)
{
    Option *option = g_new0(Option, 1);
    g_autofree char *text = content(node);
    option->value = attribute(node, "value");
    option->phrase = label_fold(text);
    g_ptr_array_add(field->options, option);
}

static void load_column(KindField *field, xmlNode *node)
{
    Column *column = g_new0(Column, 1);
    column->id = attribute(node, "id");
    column->required = says_yes(node, "required");
    column->labels = g_ptr_array_new_with_free_func(g_free);
    for (xmlNode *child = node->children; child; child = child->next)
        if (xmlStrEqual(child->name, BAD_CAST "label")) {
            g_autofree char *text = content(child);
            g_ptr_array_add(column->labels, label_key(text));
        }
    g_ptr_array_add(field->columns, column);
}

static void load_field(Loading *loading, Kind *kind, xmlNode *node)
{
    KindField *field = g_new0(KindField, 1);
    g_autofree char *type = attribute(node, "type");
    field->id = attribute(node, "id");
    field->name_zh = attribute(node, "zh");
    field->name_en = attribute(node, "en");
    field->article = attribute(node, "article");
    field->required = says_yes(node, "required");
    field->last_date = says_yes(node, "last-date");
    field->cut_signature = says_yes(node, "cut-signature");
    field->labels = g_ptr_array_new_with_free_func(g_free);
    field->patterns = g_ptr_array_new_with_free_func(pattern_free);
    type_parse(type, &field->type);
    g_ptr_array_add(kind->fields, field);
    field->with = attribute(node, "with");
    field->count = attribute(node, "count");
    field->options = g_ptr_array_new_with_free_func(option_free);
    field->columns = g_ptr_array_new_with_free_func(column_free);
    for (xmlNode *child = node->children; child; child = child->next) {
        if (xmlStrEqual(child->name, BAD_CAST "label"))
            load_label(loading, kind, field, child);
        else if (xmlStrEqual(child->name, BAD_CAST "pattern"))
            load_pattern(loading, field, child);
        else if (xmlStrEqual(child->name, BAD_CAST "option"))
            load_option(field, child);
        else if (xmlStrEqual(child->name, BAD_CAST "column"))
            load_column(field, child);
    }
}

static void load_rule(Loading *loading, Kind *kind, xmlNode *node)
{
    KindRule *rule = g_new0(KindRule, 1);
    g_autofree char *test = attribute(node, "test");
    rule->id = attribute(node, "id");
    rule->severity = attribute(node, "severity");
    rule->field = attribute(node, "field");
    rule->test = xmlXPathCompile(BAD_CAST test);
    g_ptr_array_add(kind->rules, rule);
    if (!rule->test)
        complain(loading, xmlGetLineNo(node), "the test is no XPath: %s", test);
    for (xmlNode *child = node->children; child; child = child->next) {
        if (xmlStrEqual(child->name, BAD_CAST "zh"))
            rule->zh = content(child);
        else if (xmlStrEqual(child->name, BAD_CAST "en"))
            rule->en = content(child);
    }
}

static void load_child(Loading *loading, Kind *kind, xmlNode *node)
{
    if (xmlStrEqual(node->name, BAD_CAST "title")) {
        g_autofree char *text = content(node);
        if (!says_yes(node, "pattern")) {
            g_ptr_array_add(kind->titles, label_fold(text));
            return;
        }
        GRegex *regex = compile(loading, node);
        if (regex)
            g_ptr_array_add(kind->title_patterns, regex);
    } else if (xmlStrEqual(node->name, BAD_CAST "clue")) {
        load_clue(kind, node);
    } else if (xmlStrEqual(node->name, BAD_CAST "other")) {
        g_autofree char *text = content(node);
        char *key = label_key_of(text);
        g_ptr_array_add(kind->others, key);
        g_hash_table_insert(kind->by_label, key, NULL);
    } else if (xmlStrEqual(node->name, BAD_CAST "hint")) {
        GRegex *regex = compile(loading, node);
        if (regex)
            g_ptr_array_add(kind->hints, regex);
    } else if (xmlStrEqual(node->name, BAD_CAST "field")) {
        load_field(loading, kind, node);
    } else if (xmlStrEqual(node->name, BAD_CAST "rule")) {
        load_rule(loading, kind, node);
    }
}

static void load_kind(Loading *loading, Kinds *kinds, xmlNode *root)
{
    Kind *kind = kind_new();
    kind->id = attribute(root, "id");
    kind->name_zh = attribute(root, "zh");
    kind->name_en = attribute(root, "en");
    kind->in_body = says_yes(root, "body");
    kind->personal = says_yes(root, "personal");
    for (xmlNode *node = root->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE)
            load_child(loading, kind, node);
    g_autofree char *wanted = g_strdup_printf("%s.xml", kind->id);
    g_autofree char *name = g_path_get_basename(loading->file);
    if (!g_str_equal(wanted, name))
        complain(loading, xmlGetLineNo(root), "the kind '%s' belongs into a file %s", kind->id, wanted);
    g_ptr_array_add(kinds->kinds, kind);
}

/* --- files
 * -------------------------------------------------------------------------------------------------------------
 */

static void load_file(Loading *loading, Kinds *kinds, xmlRelaxNG *schema)
{
    xmlSetStructuredErrorFunc(loading, (xmlStructuredErrorFunc)on_xml_error);
    xmlDoc *doc = xmlReadFile(loading->file, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
    if (doc) {
        xmlRelaxNGValidCtxt *context = xmlRelaxNGNewValidCtxt(schema);
        xmlRelaxNGSetValidStructuredErrors(context, (xmlStructuredErrorFunc)on_xml_error, loading);
        if (xmlRelaxNGValidateDoc(context, doc) == 0)
            load_kind(loading, kinds, xmlDocGetRootElement(doc));
        xmlRelaxNGFreeValidCtxt(context);
        xmlFreeDoc(doc);
    }
    xmlSetStructuredErrorFunc(NULL, NULL);
}

static xmlRelaxNG *load_schema(Loading *loading)
{
    xmlRelaxNGParserCtxt *context = xmlRelaxNGNewParserCtxt(loading->file);
    xmlRelaxNGSetParserStructuredErrors(context, (xmlStructuredErrorFunc)on_xml_error, loading);
    xmlRelaxNG *schema = xmlRelaxNGParse(context);
    xmlRelaxNGFreeParserCtxt(context);
    return schema;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *list_files(const char *dir, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GDir) entries = g_dir_open(dir, 0, &failure);
    if (!entries) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "the folder of kinds cannot be read: %s",
                    failure->message);
        return NULL;
    }
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(entries));)
        if (g_str_has_suffix(name, ".xml") && *name != '.')
            g_ptr_array_add(files, g_build_filename(dir, name, NULL));
    g_ptr_array_sort(files, compare_names);
    return files;
}

Kinds *kinds_load(const char *dir, GPtrArray *messages, GError **error)
{
    g_autoptr(GPtrArray) own = messages ? g_ptr_array_ref(messages) : g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) files = list_files(dir, error);
    if (!files)
        return NULL;
    guint before = own->len;
    types_init();
    labels_init();
    marking_init();
    g_autofree char *schema_file = g_build_filename(dir, "kinds.rng", NULL);
    Loading loading = {own, schema_file};
    g_autoptr(Kinds) kinds = g_new0(Kinds, 1);
    kinds->kinds = g_ptr_array_new_with_free_func(kind_free);
    xmlRelaxNG *schema = load_schema(&loading);
    for (guint i = 0; schema && i < files->len; i++) {
        loading.file = g_ptr_array_index(files, i);
        load_file(&loading, kinds, schema);
    }
    if (schema)
        xmlRelaxNGFree(schema);
    if (own->len == before && kinds->kinds->len > 0)
        return g_steal_pointer(&kinds);
    g_set_error(error, FAILURE, FAILURE_CONFIG, "%s",
                own->len > before ? (char *)g_ptr_array_index(own, before)
                                  : "the folder of kinds holds no kind");
    return NULL;
}

void kinds_free(Kinds *kinds)
{
    if (!kinds)
        return;
    g_ptr_array_unref(kinds->kinds);
    g_free(kinds);
}

const Kind *kinds_get(const Kinds *kinds, const char *id)
{
    for (guint i = 0; i < kinds->kinds->len; i++) {
        const Kind *kind = g_ptr_array_index(kinds->kinds, i);
        if (g_strcmp0(kind->id, id) == 0)
            return kind;
    }
    return NULL;
}
