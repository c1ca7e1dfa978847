/* conf.c: the file becomes typed values, or a list of what is wrong with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/text.h"
#include "conf/conf.h"
#include "conf/installed.h"
#include "conf/settings.h"

#define CONF_MAX_BYTES (1 << 20)
#define FAULTS_MAX 20

typedef struct {
    char *text;
    char **list; /* SETTING_LIST */
    gint64 number;
} Value;

struct Conf {
    char *file, *dir;
    GHashTable *values;   /* "group\nkey" -> Value */
    GPtrArray *mailboxes; /* names, NULL-ended once loaded */
};

typedef struct {
    Conf *conf;
    GPtrArray *faults;
    GHashTable *lines; /* "group\nkey" -> line number: to find what stands twice */
    char *group;
    gboolean group_known;
} Scan;

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

static void fault(Scan *scan, guint line, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void fault(Scan *scan, guint line, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_autofree char *text = g_strdup_vprintf(format, values);
    va_end(values);
    g_autofree char *plain = text_plain(text, 400);
    g_ptr_array_add(scan->faults, line ? g_strdup_printf("%s:%u: %s", scan->conf->file, line, plain)
                                       : g_strdup_printf("%s: %s", scan->conf->file, plain));
}

/* --- what is allowed, for messages ------------------------------------------------------------------------------- */

static guint distance(const char *a, const char *b)
{
    gsize n = strlen(b);
    g_autofree guint *row = g_new(guint, n + 1);
    for (gsize j = 0; j <= n; j++)
        row[j] = (guint)j;
    for (gsize i = 1; a[i - 1]; i++) {
        guint corner = row[0];
        row[0] = (guint)i;
        for (gsize j = 1; j <= n; j++) {
            guint above = row[j];
            row[j] = MIN(MIN(row[j] + 1, row[j - 1] + 1), corner + (a[i - 1] != b[j - 1]));
            corner = above;
        }
    }
    return row[n];
}

static char *nearest_key(const char *group, const char *key)
{
    const char *best = NULL, *base = g_str_has_prefix(group, "mailbox ") ? "mailbox" : group;
    GString *all = g_string_new(NULL);
    guint least = 4;
    for (const Setting *s = settings; s->group; s++) {
        if (!g_str_equal(s->group, base))
            continue;
        g_string_append_printf(all, "%s%s", all->len ? ", " : "", s->key);
        guint d = distance(key, s->key);
        if (d < least) {
            least = d;
            best = s->key;
        }
    }
    if (!best)
        return g_strdup_printf("allowed in [%s]: %s", group, g_string_free(all, FALSE));
    g_string_free(all, TRUE);
    return g_strdup_printf("did you mean '%s'?", best);
}

/* --- lines ---------------------------------------------------------------------------------------------------------- */

static void take_group(Scan *scan, guint line, char *text)
{
    char *end = strrchr(text, ']');
    g_clear_pointer(&scan->group, g_free);
    scan->group_known = FALSE;
    if (!end || end[1] != 0) {
        fault(scan, line, "a group looks like [name]");
        return;
    }
    *end = 0;
    scan->group = g_strdup(g_strstrip(text + 1));
    if (g_str_has_prefix(scan->group, "mailbox ")) {
        const char *name = scan->group + strlen("mailbox ");
        for (const char *p = name; *p; p++)
            if (!g_ascii_isalnum(*p) && !strchr("-_.", *p)) {
                fault(scan, line, "the mailbox name '%s' may hold letters, digits, '-', '_' and '.' only", name);
                return;
            }
        if (g_ptr_array_find_with_equal_func(scan->conf->mailboxes, name, g_str_equal, NULL)) {
            fault(scan, line, "[%s] stands twice", scan->group);
            return;
        }
        g_ptr_array_add(scan->conf->mailboxes, g_strdup(name));
        scan->group_known = TRUE;
        return;
    }
    for (const Setting *s = settings; s->group; s++)
        scan->group_known |= g_str_equal(s->group, scan->group) && !g_str_equal(s->group, "mailbox");
    if (!scan->group_known)
        fault(scan, line, "unknown group [%s]; allowed: general, office, reference, mailbox NAME, filter, letters, smtp", scan->group);
}

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
    if (setting->type == SETTING_LIST)
        value->list = split_list(text);
    setting_fits(setting, text, &value->number);
    return value;
}

static void take_value(Scan *scan, guint line, const char *key, const char *text)
{
    const Setting *setting = setting_find(scan->group, key);
    gint64 number;
    if (!setting) {
        g_autofree char *hint = nearest_key(scan->group, key);
        fault(scan, line, "unknown setting '%s'; %s", key, hint);
        return;
    }
    char *name = g_strdup_printf("%s\n%s", scan->group, key);
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(scan->lines, name));
    g_hash_table_insert(scan->lines, g_strdup(name), GUINT_TO_POINTER(line));
    if (before)
        fault(scan, line, "'%s' stands twice in [%s], first in line %u", key, scan->group, before);
    else if (!setting_fits(setting, text, &number))
        fault(scan, line, "'%s' is '%s', but must be %s", key, text, setting_allowed(setting));
    g_hash_table_insert(scan->conf->values, name, value_new(setting, text));
}

static void take_line(Scan *scan, guint number, char *line)
{
    g_strstrip(line);
    if (*line == 0 || *line == '#' || *line == ';')
        return;
    if (*line == '[') {
        take_group(scan, number, line);
        return;
    }
    char *equals = strchr(line, '=');
    if (!equals) {
        fault(scan, number, "expected 'key = value', a [group] or a # comment");
        return;
    }
    if (!scan->group) {
        fault(scan, number, "a setting stands before the first [group]");
        return;
    }
    if (!scan->group_known)
        return;
    *equals = 0;
    take_value(scan, number, g_strstrip(line), g_strstrip(equals + 1));
}

/* --- what belongs together ------------------------------------------------------------------------------------------- */

static void need(Scan *scan, const char *group, const char *key, const char *why)
{
    const char *value = conf_string(scan->conf, group, key);
    if (!value || !*value)
        fault(scan, 0, "[%s] needs '%s'%s", group, key, why);
}

static void check_mailbox(Scan *scan, const char *group)
{
    const Conf *conf = scan->conf;
    gboolean imap = g_str_equal(conf_string(conf, group, "type"), "imap");
    const char *action = conf_string(conf, group, "action");
    need(scan, group, "since", ": mail before that day is not taken");
    if (!imap) {
        need(scan, group, "path", "");
        if (!g_str_equal(action, "keep"))
            fault(scan, 0, "[%s] action = %s needs an IMAP server; allowed here: keep", group, action);
        return;
    }
    need(scan, group, "host", "");
    need(scan, group, "user", "");
    if (g_str_equal(conf_string(conf, group, "auth"), "xoauth2"))
        need(scan, group, "token_command", " for auth = xoauth2");
    else if (!*conf_string(conf, group, "password_file") && !*conf_string(conf, group, "password_env") &&
             !*conf_string(conf, group, "password_command"))
        fault(scan, 0, "[%s] needs one of password_file, password_env, password_command", group);
}

static void check_together(Scan *scan)
{
    const Conf *conf = scan->conf;
    if (!conf_list(conf, "office", "address")[0])
        fault(scan, 0, "[office] needs 'address': our own mail address");
    for (guint i = 0; i < conf->mailboxes->len; i++) {
        g_autofree char *group = g_strdup_printf("mailbox %s", (char *)g_ptr_array_index(conf->mailboxes, i));
        check_mailbox(scan, group);
    }
    if (g_str_equal(conf_string(conf, "letters", "send"), "smtp"))
        need(scan, "smtp", "host", " for [letters] send = smtp");
}

static void scan_text(Scan *scan, char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        if (!g_utf8_validate(lines[i], -1, NULL))
            fault(scan, i + 1, "the line is not UTF-8; save the file as UTF-8");
        else
            take_line(scan, i + 1, lines[i]);
    }
    if (scan->faults->len == 0)
        check_together(scan);
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

Conf *conf_load(const char *file, GError **error)
{
    g_autofree char *text = load_text(file, error);
    if (!text)
        return NULL;
    g_autoptr(Conf) conf = g_new0(Conf, 1);
    conf->file = g_strdup(file);
    conf->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
    conf->mailboxes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *absolute = g_canonicalize_filename(file, NULL);
    conf->dir = g_path_get_dirname(absolute);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Scan scan = {.conf = conf, .faults = faults, .lines = lines};
    scan_text(&scan, text);
    g_free(scan.group);
    if (faults->len == 0) {
        g_ptr_array_add(conf->mailboxes, NULL);
        return g_steal_pointer(&conf);
    }
    g_ptr_array_set_size(faults, (int)MIN(faults->len, FAULTS_MAX));
    g_ptr_array_add(faults, NULL);
    g_autofree char *joined = g_strjoinv("\n", (char **)faults->pdata);
    g_set_error_literal(error, FAILURE, FAILURE_CONFIG, joined);
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
    return g_str_equal(key, "templates") ? installed_templates() : installed_filters();
}
