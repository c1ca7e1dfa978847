/* conf.c: the file becomes typed values, or a list of what is wrong with it. */
#include <string.h>

#include "base/failure.h"
#include "conf/conf.h"
#include "conf/installed.h"
#include "conf/scan.h"
#include "conf/settings.h"
#include "conf/together.h"

#define CONF_MAX_BYTES (1 << 20)

typedef struct {
    char *text;
    char **list; /* SETTING_LIST, SETTING_ADDRESSES, SETTING_DAYS */
    gint64 number;
} Value;

struct Conf {
    char *file, *dir;
    GHashTable *values;   /* "group\nkey" -> Value */
    GPtrArray *mailboxes; /* names, NULL-ended once loaded */
};

static void value_free(gpointer data)
{
    Value *value = data;
    g_free(value->text);
    g_strfreev(value->list);
    g_free(value);
}

void conf_free(Conf *conf)
{
    if (!conf)
        return;
    g_hash_table_unref(conf->values);
    g_ptr_array_unref(conf->mailboxes);
    g_free(conf->file);
    g_free(conf->dir);
    g_free(conf);
}

/* --- loading --------------------------------------------------------------------------------------------------------- */

static char **split_list(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ";", -1);
    GPtrArray *list = g_ptr_array_new();
    for (guint i = 0; parts[i]; i++)
        if (*g_strstrip(parts[i]))
            g_ptr_array_add(list, g_strdup(parts[i]));
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

static Value *value_new(const Setting *setting, const char *text)
{
    Value *value = g_new0(Value, 1);
    value->text = g_strdup(text);
    if (setting->type == SETTING_LIST || setting->type == SETTING_ADDRESSES || setting->type == SETTING_DAYS)
        value->list = split_list(text);
    setting_fits(setting, text, &value->number);
    return value;
}

static char *load_text(const char *file, GError **error)
{
    char *text = NULL;
    gsize length;
    g_autoptr(GError) failure = NULL;
    if (!g_file_get_contents(file, &text, &length, &failure)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "%s; run 'shouwen init', or name the file with --config", failure->message);
        return NULL;
    }
    if (length <= CONF_MAX_BYTES && strlen(text) == length)
        return text;
    g_set_error(error, FAILURE, FAILURE_CONFIG, "%s is no configuration: it is too long or holds zero bytes", file);
    g_free(text);
    return NULL;
}

static Conf *conf_new(const char *file)
{
    Conf *conf = g_new0(Conf, 1);
    g_autofree char *absolute = g_canonicalize_filename(file, NULL);
    conf->file = g_strdup(file);
    conf->dir = g_path_get_dirname(absolute);
    conf->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
    conf->mailboxes = g_ptr_array_new_with_free_func(g_free);
    return conf;
}

static void take_values(Conf *conf, const Scan *scan)
{
    GHashTableIter each;
    gpointer name, text;
    g_hash_table_iter_init(&each, scan->texts);
    while (g_hash_table_iter_next(&each, &name, &text)) {
        g_auto(GStrv) parts = g_strsplit(name, "\n", 2);
        g_hash_table_insert(conf->values, g_strdup(name), value_new(setting_find(parts[0], parts[1]), text));
    }
    for (guint i = 0; i < scan->mailboxes->len; i++)
        g_ptr_array_add(conf->mailboxes, g_strdup(g_ptr_array_index(scan->mailboxes, i)));
    g_ptr_array_add(conf->mailboxes, NULL);
}

Conf *conf_load(const char *file, GError **error)
{
    g_autofree char *text = load_text(file, error);
    if (!text)
        return NULL;
    g_autoptr(Conf) conf = conf_new(file);
    Scan scan;
    scan_init(&scan, file);
    scan_text(&scan, text);
    take_values(conf, &scan);
    if (scan.faults->len == 0)
        together_check(conf, &scan);
    g_autofree char *report = scan_report(&scan);
    scan_clear(&scan);
    if (!report)
        return g_steal_pointer(&conf);
    g_set_error_literal(error, FAILURE, FAILURE_CONFIG, report);
    return NULL;
}

/* --- values ---------------------------------------------------------------------------------------------------------- */

static const Value *get(const Conf *conf, const char *group, const char *key)
{
    g_autofree char *name = g_strdup_printf("%s\n%s", group, key);
    const Value *value = g_hash_table_lookup(conf->values, name);
    if (value)
        return value;
    const Setting *setting = setting_find(group, key);
    if (!setting)
        g_error("the setting [%s] %s is not in the table", group, key);
    Value *fallback = value_new(setting, setting->fallback ? setting->fallback : "");
    g_hash_table_insert(conf->values, g_steal_pointer(&name), fallback);
    return fallback;
}

const char *conf_string(const Conf *conf, const char *group, const char *key)
{
    return get(conf, group, key)->text;
}

gint64 conf_int(const Conf *conf, const char *group, const char *key)
{
    return get(conf, group, key)->number;
}

gboolean conf_bool(const Conf *conf, const char *group, const char *key)
{
    return get(conf, group, key)->number != 0;
}

const char *const *conf_list(const Conf *conf, const char *group, const char *key)
{
    return (const char *const *)get(conf, group, key)->list;
}

const char *const *conf_mailboxes(const Conf *conf)
{
    return (const char *const *)conf->mailboxes->pdata;
}

const char *conf_file(const Conf *conf)
{
    return conf->file;
}

char *conf_path(const Conf *conf, const char *group, const char *key)
{
    const char *value = conf_string(conf, group, key);
    if (*value || !g_str_equal(group, "general"))
        return g_canonicalize_filename(value, conf->dir);
    if (g_str_equal(key, "web"))
        return installed_web();
    return g_str_equal(key, "templates") ? installed_templates() : installed_filters();
}
