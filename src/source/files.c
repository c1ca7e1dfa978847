/* files.c: mail as a file each: a Maildir (new/ and cur/), a folder of .eml files, or one file. In a Maildir a file's name
 * without its flags is its identity; elsewhere people write over files, and size and time belong to it. The identities taken
 * stand in spool/cursors/MAILBOX, one a line, appended after the frames are synced. Files are never moved or changed. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/failure.h"
#include "source/local.h"

#define BATCH_FILES 500
#define PRUNE_ABOVE 1000 /* identities of files that are gone; then the cursor is written anew without them */

typedef struct {
    Local local;
    gboolean maildir;
    GHashTable *taken;    /* identities */
    GHashTable *reported; /* files that could not be taken: told once */
    GPtrArray *batch;     /* identities of the batch under way */
    GPtrArray *unwritten; /* synced in the spool, not yet in the cursor: the disk was full */
    guint64 batch_bytes, batch_taken, present;
} Files;

/* --- the cursor --------------------------------------------------------------------------------------------------- */

static char *identity(const Files *files, const char *name, const struct stat *facts)
{
    if (files->maildir)
        return g_strndup(name, strcspn(name, ":"));
    return g_strdup_printf("%s\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT, name, (gint64)facts->st_size, local_written(facts));
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

static gboolean append_lines(const Files *files, const GString *lines, GError **error)
{
    g_autofree char *dir = g_path_get_dirname(files->local.cursor);
    int fd = open(files->local.cursor, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot open the cursor %s: %s", files->local.cursor, g_strerror(errno));
        return FALSE;
    }
    /* A torn line of an earlier crash must not swallow the first new one. */
    char last = '\n';
    struct stat facts;
    gboolean torn = fstat(fd, &facts) == 0 && facts.st_size > 0 && pread(fd, &last, 1, facts.st_size - 1) == 1 && last != '\n';
    gboolean good = (!torn || durable_write(fd, "\n", 1, -1, files->local.cursor, error)) &&
                    durable_write(fd, lines->str, lines->len, -1, files->local.cursor, error) &&
                    durable_sync(fd, files->local.cursor, error) && durable_sync_dir(dir, error);
    close(fd);
    return good;
}

static gboolean remember(Files *files, GError **error)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    for (guint i = 0; i < files->unwritten->len; i++)
        g_string_append_printf(lines, "%s\n", (char *)g_ptr_array_index(files->unwritten, i));
    if (lines->len > 0 && !append_lines(files, lines, error))
        return FALSE;
    g_ptr_array_set_size(files->unwritten, 0);
    return TRUE;
}

static void move_batch(GPtrArray *from, GPtrArray *to)
{
    while (from->len > 0)
        g_ptr_array_add(to, g_ptr_array_steal_index_fast(from, from->len - 1));
}

static gboolean end_batch(Files *files, SegmentWriter *writer, SourceProgress progress, gpointer user, GError **error)
{
    if (!segment_sync(writer, error))
        return FALSE;
    move_batch(files->batch, files->unwritten);
    guint64 taken = files->batch_taken, bytes = files->batch_bytes;
    files->batch_taken = files->batch_bytes = 0;
    if (!remember(files, error))
        return FALSE;
    if (taken > 0 && progress)
        progress(taken, bytes, user);
    return TRUE;
}

/* Whatever was appended but not synced is forgotten with it, and taken anew. */
static void forget_batch(Files *files)
{
    for (guint i = 0; i < files->batch->len; i++)
        g_hash_table_remove(files->taken, g_ptr_array_index(files->batch, i));
    g_ptr_array_set_size(files->batch, 0);
    files->batch_taken = files->batch_bytes = 0;
}

/* --- one file ----------------------------------------------------------------------------------------------------- */

static void report_once(const Files *files, const char *path, const char *why)
{
    if (g_hash_table_add(files->reported, g_strdup(path))) {
        g_autofree char *line = g_strdup_printf("%s: %s is not taken: %s", files->local.mailbox, path, why);
        local_report(&files->local, line);
    }
}

/* FALSE only when the spool fails: one bad file must not keep the others from being taken. */
static gboolean append_file(Files *files, SegmentWriter *writer, const char *path, const struct stat *facts, char *id,
                            GError **error)
{
    g_autofree char *own_id = id;
    g_autoptr(GError) failure = NULL;
    /* Without waiting for whoever holds the other end, should somebody have put a pipe there meanwhile. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        if (errno != ENOENT) /* moved from new/ to cur/: seen there */
            report_once(files, path, g_strerror(errno));
        return TRUE;
    }
    LocalResult result = local_append(&files->local, writer, fd, path, 0, (guint64)facts->st_size, local_written(facts), facts,
                                      &failure);
    close(fd);
    if (result == LOCAL_FAILED) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (result == LOCAL_UNREADABLE) {
        report_once(files, path, failure->message);
        return TRUE;
    }
    if (result == LOCAL_TAKEN) {
        files->batch_taken++;
        files->batch_bytes += (guint64)facts->st_size;
    }
    g_hash_table_add(files->taken, g_strdup(own_id));
    g_ptr_array_add(files->batch, g_steal_pointer(&own_id));
    return TRUE;
}

static gboolean take_file(Files *files, SegmentWriter *writer, const char *dir, const char *name, GError **error)
{
    struct stat facts;
    g_autofree char *path = g_build_filename(dir, name, NULL);
    if (strchr(name, '\n')) {
        report_once(files, path, "its name holds a line break");
        return TRUE;
    }
    if (lstat(path, &facts) != 0)
        return TRUE;
    if (!S_ISREG(facts.st_mode)) {
        report_once(files, path, "it is no file");
        return TRUE;
    }
    char *id = identity(files, name, &facts);
    files->present++;
    if (!g_hash_table_contains(files->taken, id))
        return append_file(files, writer, path, &facts, id, error);
    g_free(id);
    return TRUE;
}

/* --- folders ------------------------------------------------------------------------------------------------------ */

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *list_names(const Files *files, const char *dir, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GDir) entries = g_dir_open(dir, 0, &failure);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    if (!entries) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "[mailbox %s] path: cannot read %s: %s", files->local.mailbox, dir,
                    failure->message);
        g_ptr_array_unref(names);
        return NULL;
    }
    for (const char *name; (name = g_dir_read_name(entries));)
        if (*name != '.' && (files->maildir || g_str_has_suffix(name, ".eml")))
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    return names;
}

/* *RET_PAUSED: the stage wants to do something else before the rest. */
static gboolean fetch_folder(Files *files, SegmentWriter *writer, const char *dir, SourceProgress progress, gpointer user,
                             guint64 *count, gboolean *ret_paused, GError **error)
{
    g_autoptr(GPtrArray) names = list_names(files, dir, error);
    const Source *source = &files->local.source;
    if (!names)
        return FALSE;
    for (guint i = 0; i < names->len && !*ret_paused; i++) {
        guint64 before = files->batch_taken;
        if (!take_file(files, writer, dir, g_ptr_array_index(names, i), error))
            return FALSE;
        *count += files->batch_taken - before;
        if (files->batch->len < BATCH_FILES && files->batch_bytes < (guint64)files->local.batch_bytes)
            continue;
        if (!end_batch(files, writer, progress, user, error))
            return FALSE;
        *ret_paused = source->pause && source->pause(source->user);
    }
    return TRUE;
}

static gboolean still_there(const Files *files, const char *dir, GHashTable *there, GError **error)
{
    g_autoptr(GPtrArray) names = list_names(files, dir, error);
    for (guint i = 0; names && i < names->len; i++) {
        struct stat facts;
        g_autofree char *path = g_build_filename(dir, g_ptr_array_index(names, i), NULL);
        if (lstat(path, &facts) == 0)
            g_hash_table_add(there, identity(files, g_ptr_array_index(names, i), &facts));
    }
    return names != NULL;
}

/* Names of files that are gone would make the cursor grow for ever. A folder that is empty at once may not be mounted. */
static gboolean prune(Files *files, const char *const *dirs, GError **error)
{
    if (files->present == 0 || g_hash_table_size(files->taken) < 2 * files->present + PRUNE_ABOVE)
        return TRUE;
    g_autoptr(GHashTable) there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (; *dirs; dirs++)
        if (!still_there(files, *dirs, there, error))
            return FALSE;
    GHashTableIter each;
    gpointer id;
    g_autoptr(GString) text = g_string_new(NULL);
    g_hash_table_iter_init(&each, files->taken);
    while (g_hash_table_iter_next(&each, &id, NULL)) {
        if (g_hash_table_contains(there, id))
            g_string_append_printf(text, "%s\n", (char *)id);
        else
            g_hash_table_iter_remove(&each);
    }
    return durable_replace(files->local.cursor, text->str, text->len, 0600, error);
}

/* new/ before cur/: what is moved meanwhile is then met at least once. */
static char **folders(const Files *files)
{
    char **dirs = g_new0(char *, 3);
    if (files->maildir) {
        dirs[0] = g_build_filename(files->local.path, "new", NULL);
        dirs[1] = g_build_filename(files->local.path, "cur", NULL);
    } else if (g_file_test(files->local.path, G_FILE_TEST_IS_DIR)) {
        dirs[0] = g_strdup(files->local.path);
    }
    return dirs;
}

static gboolean fetch_all(Files *files, SegmentWriter *writer, SourceProgress progress, gpointer user, guint64 *count,
                          GError **error)
{
    gboolean paused = FALSE;
    g_auto(GStrv) dirs = folders(files);
    files->present = 0;
    if (!dirs[0]) {
        g_autofree char *dir = g_path_get_dirname(files->local.path), *name = g_path_get_basename(files->local.path);
        gboolean good = take_file(files, writer, dir, name, error);
        *count = files->batch_taken;
        return good && end_batch(files, writer, progress, user, error);
    }
    for (char **dir = dirs; *dir && !paused; dir++)
        if (!fetch_folder(files, writer, *dir, progress, user, count, &paused, error))
            return FALSE;
    return end_batch(files, writer, progress, user, error) && (paused || prune(files, (const char *const *)dirs, error));
}

static gboolean files_fetch(Source *source, SegmentWriter *writer, SourceProgress progress, gpointer user, guint64 *ret_count,
                            GError **error)
{
    Files *files = (Files *)source;
    *ret_count = 0;
    if (!local_begin(&files->local, error) || !remember(files, error))
        return FALSE;
    if (fetch_all(files, writer, progress, user, ret_count, error))
        return TRUE;
    forget_batch(files);
    return FALSE;
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static void files_close(Source *source)
{
    Files *files = (Files *)source;
    local_clear(&files->local);
    g_hash_table_unref(files->taken);
    g_hash_table_unref(files->reported);
    g_ptr_array_unref(files->batch);
    g_ptr_array_unref(files->unwritten);
    g_free(files);
}

static Source *open_files(const SourceType *type, gboolean maildir, const Conf *conf, const char *mailbox, GError **error)
{
    Files *files = g_new0(Files, 1);
    files->maildir = maildir;
    files->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    files->reported = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    files->batch = g_ptr_array_new_with_free_func(g_free);
    files->unwritten = g_ptr_array_new_with_free_func(g_free);
    if (!local_init(&files->local, type, conf, mailbox, error) || !load_taken(files, error)) {
        files_close(&files->local.source);
        return NULL;
    }
    g_auto(GStrv) dirs = folders(files);
    for (char **dir = dirs; *dir; dir++)
        local_watch(&files->local, *dir);
    if (!dirs[0])
        local_watch(&files->local, files->local.path);
    return &files->local.source;
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
