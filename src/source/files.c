/* files.c: mail as a file each: a Maildir (new/ and cur/), or a folder of .eml files. A file's name is its identity (in a
 * Maildir the part before the flags); the names taken stand in spool/cursors/MAILBOX, one a line, appended after the frames
 * are synced. Files are never moved or changed. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/failure.h"
#include "source/local.h"

#define BATCH_FILES 500

typedef struct {
    Local local;
    gboolean maildir;
    GHashTable *taken;   /* identities */
    GString *to_remember; /* of the batch under way, a line each */
    guint64 batch_bytes, batch_files;
} Files;

static char *identity(const Files *files, const char *name)
{
    return files->maildir ? g_strndup(name, strcspn(name, ":")) : g_strdup(name);
}

static gboolean load_taken(Files *files, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) failure = NULL;
    if (!g_file_get_contents(files->local.cursor, &text, NULL, &failure)) {
        if (g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return TRUE;
        g_set_error(error, FAILURE, FAILURE_IO, "cannot read the cursor: %s", failure->message);
        return FALSE;
    }
    /* A last line without its end was torn by a crash: that file is taken once more, as another arrival. */
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
        g_hash_table_add(files->taken, g_strndup(line, (gsize)(end - line)));
    return TRUE;
}

static gboolean remember(Files *files, GError **error)
{
    if (files->to_remember->len == 0)
        return TRUE;
    int fd = open(files->local.cursor, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    g_autofree char *dir = g_path_get_dirname(files->local.cursor);
    if (fd < 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot open the cursor %s: %s", files->local.cursor, g_strerror(errno));
        return FALSE;
    }
    /* A torn line of an earlier crash must not swallow the first new one. */
    char last = '\n';
    struct stat facts;
    if (fstat(fd, &facts) == 0 && facts.st_size > 0 && pread(fd, &last, 1, facts.st_size - 1) == 1 && last != '\n')
        g_string_prepend_c(files->to_remember, '\n');
    gboolean good = durable_write(fd, files->to_remember->str, files->to_remember->len, -1, files->local.cursor, error) &&
                    durable_sync(fd, files->local.cursor, error) && durable_sync_dir(dir, error);
    close(fd);
    g_string_truncate(files->to_remember, 0);
    return good;
}

static gboolean end_batch(Files *files, SegmentWriter *writer, SourceProgress progress, gpointer user, GError **error)
{
    if (!segment_sync(writer, error) || !remember(files, error))
        return FALSE;
    if (files->batch_files > 0 && progress)
        progress(files->batch_files, files->batch_bytes, user);
    files->batch_files = files->batch_bytes = 0;
    return TRUE;
}

static gboolean take_file(Files *files, SegmentWriter *writer, const char *dir, const char *name, guint64 *count, GError **error)
{
    struct stat facts;
    gboolean taken = FALSE;
    g_autofree char *id = identity(files, name);
    g_autofree char *path = g_build_filename(dir, name, NULL);
    if (strchr(name, '\n') || g_hash_table_contains(files->taken, id))
        return TRUE;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return TRUE; /* moved from new/ to cur/ meanwhile: seen next time */
    gboolean good = TRUE;
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode))
        good = local_append(&files->local, writer, fd, path, 0, (guint64)facts.st_size,
                            (gint64)facts.st_mtime * G_USEC_PER_SEC, &taken, error);
    close(fd);
    if (!good)
        return FALSE;
    g_string_append_printf(files->to_remember, "%s\n", id);
    g_hash_table_add(files->taken, g_steal_pointer(&id));
    if (taken) {
        (*count)++;
        files->batch_files++;
        files->batch_bytes += (guint64)facts.st_size;
    }
    return TRUE;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *list_names(const Files *files, const char *dir, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GDir) entries = g_dir_open(dir, 0, &failure);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    if (!entries && !(files->maildir && g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "[mailbox %s] path: cannot read %s: %s", files->local.mailbox, dir,
                    failure->message);
        g_ptr_array_unref(names);
        return NULL;
    }
    for (const char *name; entries && (name = g_dir_read_name(entries));)
        if (*name != '.' && (files->maildir || g_str_has_suffix(name, ".eml")))
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    return names;
}

static gboolean fetch_folder(Files *files, SegmentWriter *writer, const char *dir, SourceProgress progress, gpointer user,
                             guint64 *count, GError **error)
{
    g_autoptr(GPtrArray) names = list_names(files, dir, error);
    if (!names)
        return FALSE;
    for (guint i = 0; i < names->len; i++) {
        if (!take_file(files, writer, dir, g_ptr_array_index(names, i), count, error))
            return FALSE;
        if (files->batch_files < BATCH_FILES && files->batch_bytes < (guint64)files->local.batch_bytes)
            continue;
        if (!end_batch(files, writer, progress, user, error))
            return FALSE;
        if (files->local.source.pause && files->local.source.pause(files->local.source.user))
            return TRUE;
    }
    return TRUE;
}

/* Whatever was appended but not synced is forgotten with it, and taken anew. */
static void forget_batch(Files *files)
{
    g_auto(GStrv) lines = g_strsplit(files->to_remember->str, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        g_hash_table_remove(files->taken, lines[i]);
    g_string_truncate(files->to_remember, 0);
    files->batch_files = files->batch_bytes = 0;
}

static gboolean files_fetch(Source *source, SegmentWriter *writer, SourceProgress progress, gpointer user, guint64 *ret_count,
                            GError **error)
{
    Files *files = (Files *)source;
    gboolean good;
    *ret_count = 0;
    if (files->maildir) {
        g_autofree char *fresh = g_build_filename(files->local.path, "new", NULL);
        g_autofree char *seen = g_build_filename(files->local.path, "cur", NULL);
        good = fetch_folder(files, writer, fresh, progress, user, ret_count, error) &&
               fetch_folder(files, writer, seen, progress, user, ret_count, error);
    } else if (g_file_test(files->local.path, G_FILE_TEST_IS_DIR)) {
        good = fetch_folder(files, writer, files->local.path, progress, user, ret_count, error);
    } else {
        g_autofree char *dir = g_path_get_dirname(files->local.path), *name = g_path_get_basename(files->local.path);
        good = take_file(files, writer, dir, name, ret_count, error);
    }
    if (good && end_batch(files, writer, progress, user, error))
        return TRUE;
    forget_batch(files);
    return FALSE;
}

static void files_close(Source *source)
{
    Files *files = (Files *)source;
    local_clear(&files->local);
    g_hash_table_unref(files->taken);
    g_string_free(files->to_remember, TRUE);
    g_free(files);
}

static Source *open_files(const SourceType *type, gboolean maildir, const Conf *conf, const char *mailbox, GError **error)
{
    Files *files = g_new0(Files, 1);
    files->maildir = maildir;
    files->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    files->to_remember = g_string_new(NULL);
    if (local_init(&files->local, type, conf, mailbox, error) && load_taken(files, error))
        return &files->local.source;
    files_close(&files->local.source);
    return NULL;
}

static Source *maildir_open(const Conf *conf, const char *mailbox, GError **error)
{
    return open_files(&source_maildir, TRUE, conf, mailbox, error);
}

static Source *eml_open(const Conf *conf, const char *mailbox, GError **error)
{
    return open_files(&source_eml, FALSE, conf, mailbox, error);
}

const SourceType source_maildir = {
    .type = "maildir", .open = maildir_open, .fetch = files_fetch, .wait = local_wait, .mark = local_mark, .close = files_close};
const SourceType source_eml = {
    .type = "eml", .open = eml_open, .fetch = files_fetch, .wait = local_wait, .mark = local_mark, .close = files_close};
