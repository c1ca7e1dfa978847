#include <string.h>

#include "base/failure.h"
#include "letters/names.h"

struct Names {
    GHashTable *texts; /* "GROUP/LANGUAGE" -> char * */
    GHashTable *shown; /* kind -> GStrv */
};

static gboolean key_known(const char *group, const char *key)
{
    return g_str_equal(key, "zh") || g_str_equal(key, "en") ||
           (g_str_equal(key, "fields") && g_str_has_prefix(group, "kind "));
}

static gboolean group_known(const char *group)
{
    return g_str_has_prefix(group, "kind ") || g_str_has_prefix(group, "field ") ||
           g_str_has_prefix(group, "severity ") || g_str_has_prefix(group, "state ") || g_str_has_prefix(group, "rule ") ||
           g_str_has_prefix(group, "duty ") || g_str_has_prefix(group, "reason ") || g_str_has_prefix(group, "alarm ") ||
           g_str_has_prefix(group, "help ");
}

static gboolean take_key(Names *names, GKeyFile *keys, const char *file, const char *group, const char *key,
                         GError **error)
{
    if (!group_known(group) || !key_known(group, key)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG,
                    "%s: [%s] %s is not known; groups are [kind ID], [field ID], [severity ID], [state ID], [duty ID], [rule ID], "
                    "[reason WORDS], [alarm ID], [help ID], keys zh, en and (of kinds) fields",
                    file, group, key);
        return FALSE;
    }
    if (g_str_equal(key, "fields"))
        g_hash_table_insert(names->shown, g_strdup(group + strlen("kind ")),
                            g_key_file_get_string_list(keys, group, key, NULL, NULL));
    else
        g_hash_table_insert(names->texts, g_strdup_printf("%s/%s", group, key),
                            g_key_file_get_string(keys, group, key, NULL));
    return TRUE;
}

static void free_list(gpointer list)
{
    g_strfreev(list);
}

Names *names_load(const char *file, GError **error)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(GError) problem = NULL;
    if (!g_key_file_load_from_file(keys, file, G_KEY_FILE_NONE, &problem)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "%s: %s", file, problem->message);
        return NULL;
    }
    g_autoptr(Names) names = g_new0(Names, 1);
    names->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    names->shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_list);
    g_auto(GStrv) groups = g_key_file_get_groups(keys, NULL);
    for (char **group = groups; *group; group++) {
        g_auto(GStrv) each = g_key_file_get_keys(keys, *group, NULL, NULL);
        for (char **key = each; *key; key++) {
            if (!take_key(names, keys, file, *group, *key, error))
                return NULL;
        }
    }
    return g_steal_pointer(&names);
}

void names_free(Names *names)
{
    if (!names)
        return;
    g_hash_table_unref(names->texts);
    g_hash_table_unref(names->shown);
    g_free(names);
}

static const char *look_up(const Names *names, const char *group, const char *id, const char *language)
{
    g_autofree char *key = g_strdup_printf("%s %s/%s", group, id, language);
    const char *text = g_hash_table_lookup(names->texts, key);
    return text ? text : id;
}

const char *names_kind(const Names *names, const char *id, const char *language)
{
    return look_up(names, "kind", id, language);
}

const char *names_field(const Names *names, const char *id, const char *language)
{
    return look_up(names, "field", id, language);
}

const char *names_severity(const Names *names, const char *id, const char *language)
{
    return look_up(names, "severity", id, language);
}

const char *names_state(const Names *names, const char *id, const char *language)
{
    return look_up(names, "state", id, language);
}

const char *names_duty(const Names *names, const char *id, const char *language)
{
    const char *text = look_up(names, "duty", id, language);
    return text == id ? names_kind(names, id, language) : text;
}

const char *names_remedy(const Names *names, const char *rule, const char *language)
{
    const char *text = look_up(names, "rule", rule, language);
    return text == rule ? NULL : text;
}

const char *names_reason(const Names *names, const char *reason, const char *language)
{
    const char *text = look_up(names, "reason", reason, language);
    return text == reason ? names_state(names, reason, language) : text;
}

char *names_alarm(const Names *names, const char *id, const char *language, const char **ret_help)
{
    const char *text = look_up(names, "alarm", id, language), *blank = strchr(id, ' ');
    g_autofree char *kind = text == id && blank ? g_strndup(id, (gsize)(blank - id)) : g_strdup(id);
    const char *title = look_up(names, "alarm", kind, language), *help = look_up(names, "help", kind, language);
    if (ret_help)
        *ret_help = help == kind ? NULL : help;
    if (title == kind)
        return g_strdup(id);
    return g_strconcat(title, id[strlen(kind)] ? g_str_equal(language, "zh") ? "：" : ": " : "",
                       id[strlen(kind)] ? id + strlen(kind) + 1 : "", NULL);
}

const char *const *names_shown(const Names *names, const char *kind)
{
    static const char *const none[] = {NULL};
    const char *const *list = g_hash_table_lookup(names->shown, kind);
    return list ? list : none;
}
