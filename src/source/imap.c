/* imap.c: an IMAP mailbox as a source: its settings, its life, its row of the table. */
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "conf/secret.h"
#include "net/token.h"
#include "source/imap.h"
#include "source/utf7.h"

static void folder_free(gpointer data)
{
    ImapFolder *folder = data;
    g_free(folder->name);
    g_free(folder->wire);
    g_free(folder->since);
    g_hash_table_unref(folder->retry);
    if (folder->items)
        g_array_unref(folder->items);
    g_free(folder);
}

static void imap_close(Source *source)
{
    Imap *imap = (Imap *)source;
    imap_drop(imap, TRUE);
    g_ptr_array_unref(imap->folders);
    g_free(imap->mailbox);
    g_free(imap->group);
    g_free(imap->cursor_path);
    g_free(imap->ca_file);
    g_free(imap->user);
    secret_free(imap->password);
    g_free(imap->since);
    g_free(imap->action_name);
    g_free(imap);
}

static gboolean setting_failure(const Imap *imap, const char *key, const char *what, GError **error)
{
    g_set_error(error, FAILURE, FAILURE_CONFIG, "%s: [%s] %s: %s", conf_file(imap->conf), imap->group, key, what);
    return FALSE;
}

static gboolean add_folders(Imap *imap, const char *key, gboolean watch, GError **error)
{
    const char *const *names = conf_list(imap->conf, imap->group, key);
    for (; names && *names; names++) {
        g_autofree char *wire = utf7_encode(*names);
        if (!wire || !*wire)
            return setting_failure(imap, key, "a folder name is empty or not UTF-8", error);
        /* The frame must hold "MAILBOX/FOLDER" whole: it is the key that marks and reconciling go by. */
        if (strlen(imap->mailbox) + 1 + strlen(*names) >= FRAME_SOURCE_BYTES)
            return setting_failure(imap, key, "a folder name is too long", error);
        for (guint i = 0; i < imap->folders->len; i++) {
            if (g_str_equal(((ImapFolder *)imap->folders->pdata[i])->name, *names))
                return setting_failure(imap, key, "a folder is named twice", error);
        }
        ImapFolder *folder = g_new0(ImapFolder, 1);
        folder->name = g_strdup(*names);
        folder->wire = g_steal_pointer(&wire);
        folder->watch = watch;
        folder->retry = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        g_ptr_array_add(imap->folders, folder);
    }
    return TRUE;
}

/* A keyword goes to the server as an atom: it must not be able to end the command. */
static gboolean is_keyword(const char *text)
{
    if (!*text)
        return FALSE;
    for (; *text; text++) {
        if (!g_ascii_isgraph(*text) || strchr("(){%*\"\\]", *text))
            return FALSE;
    }
    return TRUE;
}

static gboolean read_action(Imap *imap, GError **error)
{
    const char *action = conf_string(imap->conf, imap->group, "action");
    const char *colon = strchr(action, ':');
    if (g_str_equal(action, "keep")) {
        imap->action = ACTION_KEEP;
    } else if (g_str_equal(action, "flag")) {
        imap->action = ACTION_FLAG;
    } else if (g_str_has_prefix(action, "keyword:")) {
        imap->action = ACTION_KEYWORD;
        if (!is_keyword(colon + 1))
            return setting_failure(imap, "action", "a keyword is letters, digits, '$', '-' and '_'", error);
        imap->action_name = g_strdup(colon + 1);
    } else if (g_str_has_prefix(action, "move:") && colon[1]) {
        imap->action = ACTION_MOVE;
        imap->action_name = utf7_encode(colon + 1);
        if (!imap->action_name)
            return setting_failure(imap, "action", "the folder's name is not UTF-8", error);
    } else {
        return setting_failure(imap, "action", "allowed are keep, flag, keyword:NAME and move:FOLDER", error);
    }
    for (guint i = 0; imap->action == ACTION_MOVE && i < imap->folders->len; i++) {
        if (g_str_equal(((ImapFolder *)imap->folders->pdata[i])->wire, imap->action_name))
            return setting_failure(imap, "action", "it moves mail into a folder that is fetched itself", error);
    }
    return TRUE;
}

static gboolean read_since(Imap *imap, GError **error)
{
    imap->since = g_strdup(conf_string(imap->conf, imap->group, "since"));
    g_autofree char *midnight = g_strconcat(imap->since, "T00:00:00Z", NULL);
    if (strlen(imap->since) != strlen("YYYY-MM-DD") || clock_parse_iso(midnight) < 0)
        return setting_failure(imap, "since", "a day is needed, as in 2026-01-31: older mail is left alone", error);
    return TRUE;
}

static gboolean read_secret(Imap *imap, GError **error)
{
    if (g_str_equal(conf_string(imap->conf, imap->group, "auth"), "xoauth2"))
        return TRUE;
    g_autoptr(GError) problem = NULL;
    imap->password = secret_get(imap->conf, imap->group, &problem);
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    if (!imap->password)
        return setting_failure(imap, "password_file",
                               "no password: set password_file, password_env or password_command", error);
    return TRUE;
}

static gboolean read_server(Imap *imap, GError **error)
{
    const Conf *conf = imap->conf;
    const char *group = imap->group;
    gint64 port = conf_int(conf, group, "port");
    if (!net_security_parse(conf_string(conf, group, "security"), &imap->target.security))
        return setting_failure(imap, "security", "allowed are tls, starttls and plain", error);
    imap->target.host = conf_string(conf, group, "host");
    if (!*imap->target.host)
        return setting_failure(imap, "host", "the IMAP server's name is needed", error);
    if (port < 1 || port > G_MAXUINT16)
        return setting_failure(imap, "port", "1 to 65535", error);
    imap->target.port = (guint16)port;
    imap->target.timeout_seconds = (guint)CLAMP(conf_int(conf, group, "timeout"), 1, 3600);
    if (*conf_string(conf, group, "ca_file"))
        imap->ca_file = conf_path(conf, group, "ca_file");
    imap->target.ca_file = imap->ca_file;
    imap->user = g_strdup(conf_string(conf, group, "user"));
    for (const char *at = imap->user; *at; at++) {
        if (g_ascii_iscntrl(*at))
            return setting_failure(imap, "user", "it holds a control character", error);
    }
    return *imap->user || setting_failure(imap, "user", "the login name is needed", error);
}

static gboolean read_settings(Imap *imap, GError **error)
{
    const Conf *conf = imap->conf;
    const char *group = imap->group;
    imap->idle = conf_bool(conf, group, "idle");
    imap->poll_seconds = MAX(conf_int(conf, group, "poll"), 1);
    imap->batch_bytes = (guint64)MAX(conf_int(conf, group, "batch"), 1);
    imap->answer_history = g_str_equal(conf_string(conf, group, "history"), "answer");
    if (!read_server(imap, error) || !read_since(imap, error) || !add_folders(imap, "folders", FALSE, error) ||
        !add_folders(imap, "watch", TRUE, error) || !read_action(imap, error) || !read_secret(imap, error))
        return FALSE;
    return imap->folders->len > 0 || setting_failure(imap, "folders", "at least one folder is needed", error);
}

static Source *imap_open(const Conf *conf, const char *mailbox, GError **error)
{
    Imap *imap = g_new0(Imap, 1);
    imap->source.type = &source_imap;
    imap->conf = conf;
    imap->mailbox = g_strdup(mailbox);
    imap->group = g_strdup_printf("mailbox %s", mailbox);
    imap->cursor_path = source_cursor_path(conf, mailbox);
    imap->folders = g_ptr_array_new_with_free_func(folder_free);
    if (read_settings(imap, error) && imap_cursor_load(imap, error))
        return &imap->source;
    imap_close(&imap->source);
    return NULL;
}

static ImapFolder *folder_named(Imap *imap, const char *name)
{
    for (guint i = 0; i < imap->folders->len; i++) {
        ImapFolder *folder = imap->folders->pdata[i];
        if (g_str_equal(folder->name, name))
            return folder;
    }
    return NULL;
}

static gboolean imap_list(Source *source,
                          void (*visit)(const char *folder, guint32 uidvalidity, guint32 uid, gpointer user),
                          gpointer user, GError **error)
{
    Imap *imap = (Imap *)source;
    if (!imap_ready(imap, error))
        return FALSE;
    for (guint i = 0; i < imap->folders->len; i++) {
        ImapFolder *folder = imap->folders->pdata[i];
        if (!imap_select(imap, folder, FALSE, error))
            return FALSE;
        guint32 uidvalidity = imap->session->imap_selection_info->sel_uidvalidity;
        g_autoptr(GArray) uids = imap_list_since(imap, imap->since, 1, error);
        if (!uids)
            return FALSE;
        for (guint u = 0; u < uids->len; u++)
            visit(folder->name, uidvalidity, g_array_index(uids, guint32, u), user);
    }
    return TRUE;
}

static gboolean imap_want(Source *source, const SourceMark *mark, GError **error)
{
    Imap *imap = (Imap *)source;
    ImapFolder *folder = folder_named(imap, mark->folder);
    if (!folder || folder->uidvalidity != mark->uidvalidity)
        return TRUE; /* of a folder that is gone or was made anew, which is read again as a whole */
    g_hash_table_insert(folder->retry, GUINT_TO_POINTER(mark->uid), g_new0(gint64, 1));
    return imap_cursor_save(imap, error);
}

gboolean imap_probe(Source *source, char **ret_text, GError **error)
{
    Imap *imap = (Imap *)source;
    if (!imap_ready(imap, error))
        return FALSE;
    for (guint i = 0; i < imap->folders->len; i++) {
        if (!imap_select(imap, imap->folders->pdata[i], FALSE, error))
            return FALSE;
    }
    static const char *const names[] = {"ID", "IDLE", "MOVE", "UIDPLUS"};
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_string_append_printf(text, "%s%s%s", i ? ", " : "", imap_can(imap, names[i]) ? "" : "no ", names[i]);
    *ret_text = g_strdup(text->str);
    return TRUE;
}

const SourceType source_imap = {
    .type = "imap",
    .open = imap_open,
    .fetch = imap_fetch,
    .wait = imap_wait,
    .mark = imap_mark,
    .mark_set = imap_mark_set,
    .list = imap_list,
    .want = imap_want,
    .close = imap_close,
};
