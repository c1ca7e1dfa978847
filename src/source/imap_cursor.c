/* imap_cursor.c: what was fetched, in spool/cursors/MAILBOX. Written only after the frames are synced, so that a crash
 * can make us fetch a message again but never skip one. Lost cursors cost a new reading from `since`, nothing else. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "source/imap.h"

#define GROUP_MAILBOX "mailbox"

/* A GKeyFile's group cannot hold brackets, and Gmail's folders do. */
static char *group_of(const ImapFolder *folder)
{
    g_autofree char *safe = g_uri_escape_string(folder->name, " /:@!$&'()*+,;=#?", TRUE);
    return g_strconcat("folder ", safe, NULL);
}

static guint32 read_number(GKeyFile *file, const char *group, const char *key)
{
    guint64 value = g_key_file_get_uint64(file, group, key, NULL);
    return (guint32)MIN(value, G_MAXUINT32);
}

/* "UID:SECONDS" each. */
static void read_retries(GKeyFile *file, const char *group, ImapFolder *folder)
{
    g_auto(GStrv) entries = g_key_file_get_string_list(file, group, "retry", NULL, NULL);
    for (char **entry = entries; entry && *entry; entry++) {
        const char *colon = strchr(*entry, ':');
        guint64 uid = g_ascii_strtoull(*entry, NULL, 10);
        if (!colon || uid == 0 || uid > G_MAXUINT32)
            continue;
        gint64 *due = g_new(gint64, 1);
        *due = g_ascii_strtoll(colon + 1, NULL, 10);
        g_hash_table_insert(folder->retry, GUINT_TO_POINTER((guint)uid), due);
    }
}

gboolean imap_cursor_load(Imap *imap, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) problem = NULL;
    if (!g_key_file_load_from_file(file, imap->cursor_path, G_KEY_FILE_NONE, &problem)) {
        if (g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return TRUE;
        g_set_error(error, FAILURE, FAILURE_DATA, "%s: %s; move it away and all mail since %s is read again",
                    imap->cursor_path, problem->message, imap->since);
        return FALSE;
    }
    g_autofree char *first = g_key_file_get_string(file, GROUP_MAILBOX, "first_fetch", NULL);
    imap->first_fetch = first ? MAX(clock_parse_iso(first), 0) : 0;
    for (guint i = 0; i < imap->folders->len; i++) {
        ImapFolder *folder = imap->folders->pdata[i];
        g_autofree char *group = group_of(folder);
        folder->uidvalidity = read_number(file, group, "uidvalidity");
        folder->next = read_number(file, group, "next");
        folder->scan_to = read_number(file, group, "scan_to");
        g_free(folder->since);
        folder->since = g_key_file_get_string(file, group, "since", NULL);
        read_retries(file, group, folder);
    }
    return TRUE;
}

static void write_folder(GKeyFile *file, const ImapFolder *folder)
{
    g_autofree char *group = group_of(folder);
    g_autoptr(GString) retries = g_string_new(NULL);
    GHashTableIter each;
    gpointer uid, due;
    g_hash_table_iter_init(&each, folder->retry);
    while (g_hash_table_iter_next(&each, &uid, &due))
        g_string_append_printf(retries, "%u:%" G_GINT64_FORMAT ";", GPOINTER_TO_UINT(uid), *(gint64 *)due);
    g_key_file_set_uint64(file, group, "uidvalidity", folder->uidvalidity);
    g_key_file_set_uint64(file, group, "next", folder->next);
    g_key_file_set_uint64(file, group, "scan_to", folder->scan_to);
    if (folder->since)
        g_key_file_set_string(file, group, "since", folder->since);
    if (retries->len > 0)
        g_key_file_set_value(file, group, "retry", retries->str);
}

gboolean imap_cursor_save(Imap *imap, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    /* UTC to the second: only mail that is clearly older than the first fetch is history. */
    g_autofree char *first = clock_iso(imap->first_fetch, "UTC");
    g_key_file_set_string(file, GROUP_MAILBOX, "first_fetch", first);
    for (guint i = 0; i < imap->folders->len; i++) {
        const ImapFolder *folder = imap->folders->pdata[i];
        if (folder->uidvalidity)
            write_folder(file, folder);
    }
    gsize length;
    g_autofree char *text = g_key_file_to_data(file, &length, NULL);
    g_autofree char *dir = g_path_get_dirname(imap->cursor_path);
    return durable_mkdir(dir, 0700, error) && durable_replace(imap->cursor_path, text, length, 0600, error);
}
