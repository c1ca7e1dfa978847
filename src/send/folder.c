/* folder.c: letters as files, for another program to send or a person to look at. The name follows from the Message-ID:
 * a letter written again after a crash replaces itself. */
#include <string.h>

#include "base/durable.h"
#include "base/failure.h"
#include "send/way.h"

#define NAME_BYTES 120
#define DIGEST_CHARS 16

typedef struct {
    char *dir;
} Folder;

static gpointer folder_open(const Conf *conf, GError **error)
{
    g_autofree char *spool = conf_path(conf, "general", "spool");
    g_autofree char *dir = g_build_filename(spool, "outgoing", NULL);
    if (!durable_mkdir(dir, 0700, error))
        return NULL;
    Folder *folder = g_new0(Folder, 1);
    folder->dir = g_steal_pointer(&dir);
    return folder;
}

static void folder_close(gpointer way)
{
    Folder *folder = way;
    g_free(folder->dir);
    g_free(folder);
}

/* "<0f3a…@office.example>" is the file 0f3a…@office.example.eml. An id with other characters than ours have, or a long
 * one, keeps what is safe of it and gets a part of its hash, so that two ids never share a file. */
static char *name_of(const char *message_id)
{
    g_autoptr(GString) safe = g_string_new(NULL);
    gboolean changed = FALSE;
    for (const char *at = message_id; *at; at++) {
        if (*at == '<' || *at == '>')
            continue;
        gboolean good = g_ascii_isalnum(*at) || *at == '@' || *at == '_' || ((*at == '.' || *at == '-') && safe->len > 0);
        g_string_append_c(safe, good ? *at : '_');
        changed |= !good;
    }
    if (!changed && safe->len > 0 && safe->len <= NAME_BYTES)
        return g_strconcat(safe->str, ".eml", NULL);
    g_string_truncate(safe, MIN(safe->len, NAME_BYTES));
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, message_id, -1);
    return g_strdup_printf("%s-%.*s.eml", safe->str, DIGEST_CHARS, digest);
}

static gboolean folder_send(gpointer way, const Dispatch *dispatch, char **ret_answer, gboolean *ret_stuck,
                            GError **error)
{
    const Folder *folder = way;
    gsize length;
    const void *bytes = g_bytes_get_data(dispatch->message, &length);
    g_autofree char *name = name_of(dispatch->message_id);
    g_autofree char *path = g_build_filename(folder->dir, name, NULL);
    if (!durable_replace(path, bytes, length, 0600, error)) {
        *ret_stuck = TRUE;
        return FALSE;
    }
    *ret_answer = g_strdup_printf("outgoing/%s", name);
    return TRUE;
}

const SendWay send_way_folder = {
    .name = "folder",
    .open = folder_open,
    .send = folder_send,
    .close = folder_close,
};
