#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/limits.h"
#include "door/job.h"

#define READ_BYTES 65536
#define LEAST_MS 1000 /* an attempt gets half of the time left, but at least this */

/* Exactly one message, in memory that nobody can change any more. */
static int seal_message(const DoorJob *job, GError **error)
{
    int fd = memfd_create("message", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    off_t offset = (off_t)job->offset;
    guint64 left = job->length;
    errno = 0;
    while (fd >= 0 && left > 0) {
        gssize n = sendfile(fd, job->fd, &offset, MIN(left, (guint64)1 << 30));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        left -= (guint64)n;
    }
    if (fd >= 0 && left == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
        return fd;
    g_set_error(error, FAILURE, FAILURE_AGAIN, "a message cannot be copied for the filter: %s",
                errno ? g_strerror(errno) : "its file has become shorter");
    if (fd >= 0)
        close(fd);
    return -1;
}

Job *job_new(const DoorJob *wanted, const Question *question, guint seconds, guint scan_seconds, GError **error)
{
    int message = seal_message(wanted, error);
    if (message < 0)
        return NULL;
    Job *job = g_new0(Job, 1);
    job->message = message;
    job->pipe = -1;
    job->password = g_strdup(wanted->password);
    job->name = wanted->name ? g_utf8_make_valid(wanted->name, -1) : NULL;
    job->either = wanted->either;
    job->explain = wanted->explain;
    job->text = wanted->text;
    job->user = wanted->user;
    job->question = question;
    job->answer = question ? answer_new(question->most, question->fd) : NULL;
    job->size = question ? question->size : SIZE_MAIL;
    job->parser = record_parser_new(wanted->name != NULL, wanted->either);
    job->line = g_byte_array_new();
    job->skip = g_ptr_array_new();
    job->left_ms = (gint64)seconds * 1000;
    job->scan_ms = (gint64)(scan_seconds - seconds) * 1000;
    return job;
}

void job_free(Job *job)
{
    if (!job)
        return;
    job_close_pipe(job);
    close(job->message);
    record_parser_free(job->parser);
    g_byte_array_unref(job->line);
    for (guint i = 0; i < job->skip->len; i += 2)
        g_free(g_ptr_array_index(job->skip, i));
    g_ptr_array_unref(job->skip);
    if (job->password)
        explicit_bzero(job->password, strlen(job->password));
    g_free(job->password);
    g_free(job->name);
    answer_free(job->answer);
    g_clear_error(&job->fault);
    g_free(job->done);
    g_free(job);
}

/* --- the request ------------------------------------------------------------------------------------------------------- */

static void put_string(GString *text, const char *before, const char *value)
{
    json_t *string = value ? json_string(value) : json_null();
    char *quoted = json_dumps(string, JSON_ENCODE_ANY);
    g_string_append_printf(text, "%s%s", before, quoted);
    free(quoted);
    json_decref(string);
}

char *job_request(const Job *job, const char *context)
{
    /* A question has no second attempt. */
    gint64 ms = job->rest ? LEAST_MS : MAX(job->question ? job->left_ms : job->left_ms / 2, LEAST_MS);
    const Question *question = job->question;
    GString *text = g_string_sized_new(512);
    g_string_printf(text, "{\"id\":%" G_GINT64_FORMAT ",\"ms\":%" G_GINT64_FORMAT ",\"verb\":\"%s\"", job->id, ms,
                    question ? question->verb : "read");
    put_string(text, ",\"name\":", job->name);
    if (question) {
        put_string(text, ",\"path\":", question->path);
        g_string_append_printf(text, ",\"page\":%u,\"dpi\":%u", question->page, question->dpi);
    }
    if (job->password)
        put_string(text, ",\"password\":", job->password);
    if (job->rest)
        put_string(text, ",\"rest\":", job->rest);
    g_string_append(text, ",\"skip\":[");
    for (guint i = 0; i < job->skip->len; i += 2) {
        put_string(text, i ? ",{\"path\":" : "{\"path\":", g_ptr_array_index(job->skip, i));
        put_string(text, ",\"status\":", g_ptr_array_index(job->skip, i + 1));
        g_string_append_c(text, '}');
    }
    g_string_append_printf(text, "],\"either\":%s,\"explain\":%s,\"text\":%s,\"context\":%s}", job->either ? "true" : "false",
                           job->explain ? "true" : "false", job->text ? "true" : "false", context);
    return g_string_free(text, FALSE);
}

/* --- the answer -------------------------------------------------------------------------------------------------------- */

void job_close_pipe(Job *job)
{
    if (job->pipe >= 0)
        close(job->pipe);
    job->pipe = -1;
}

/* Closing the pipe ends the child by SIGPIPE, or its deadline does; the server then tells. */
static void refuse(Job *job, const char *status)
{
    job->refused = status;
    job_close_pipe(job);
}

static void take_lines(Job *job, const guint8 *bytes, gsize length)
{
    while (length > 0) {
        const guint8 *end = memchr(bytes, '\n', length);
        gsize n = end ? (gsize)(end - bytes) : length;
        if (job->line->len + n > LIMIT_LINE_BYTES) {
            refuse(job, "too-large");
            return;
        }
        g_byte_array_append(job->line, bytes, (guint)n);
        if (!end)
            return;
        if (!record_parser_line(job->parser, (const char *)job->line->data, job->line->len, NULL)) {
            refuse(job, "damaged");
            return;
        }
        g_byte_array_set_size(job->line, 0);
        bytes += n + 1;
        length -= n + 1;
    }
}

static void take_bytes(Job *job, const guint8 *bytes, gsize length)
{
    job->received += length;
    if (job->answer && !answer_take(job->answer, bytes, length))
        refuse(job, "damaged");
    else if (!job->answer && job->received > LIMIT_RECORD_BYTES)
        refuse(job, "too-large");
    else if (!job->answer)
        take_lines(job, bytes, length);
}

void job_read_pipe(Job *job)
{
    guint8 buffer[READ_BYTES];
    gssize n = 0;
    while (job->pipe >= 0 && ((n = read(job->pipe, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR)))
        if (n > 0)
            take_bytes(job, buffer, (gsize)n);
    if (job->pipe >= 0 && n == 0)
        job_close_pipe(job);
}

/* --- what follows ------------------------------------------------------------------------------------------------------ */

static const char *status_of_death(const Job *job)
{
    if (job->refused)
        return job->refused;
    if (g_str_equal(job->done, "memory"))
        return "too-large";
    return g_str_equal(job->done, "timeout") ? "timeout" : "damaged";
}

const char *const door_sizes[SIZES] = {"mail", "page", "ocr"};

static gboolean is_skipped(const Job *job, const char *path)
{
    for (guint i = 0; i < job->skip->len; i += 2)
        if (g_str_equal(g_ptr_array_index(job->skip, i), path))
            return TRUE;
    return FALSE;
}

/* The child died in the middle. When it said what it was at, everything but that is read once more; after too many such
 * documents, or too much time, the rest is listed and not opened. */
static gboolean leave_out(Job *job)
{
    const char *open = record_parser_open_path(job->parser), *status = status_of_death(job);
    if (job->rest || (!open && !record_parser_has_envelope(job->parser)))
        return FALSE;
    if (open && job->skip->len / 2 < LIMIT_SKIPS && job->left_ms > 0 && !is_skipped(job, open)) {
        g_ptr_array_add(job->skip, g_strdup(open));
        g_ptr_array_add(job->skip, (gpointer)status);
    } else {
        job->rest = status;
    }
    return TRUE;
}

/* To the server that was asked for, which must be a larger one. */
static gboolean grow(Job *job, const char *larger)
{
    for (DoorSize size = job->size + 1; size < SIZES; size++)
        if (g_str_equal(larger, door_sizes[size])) {
            job->size = size;
            job->left_ms += size == SIZE_OCR ? job->scan_ms : 0;
            return TRUE;
        }
    return FALSE;
}

gboolean job_forget(Job *job)
{
    if (job->answer && !answer_forget(job->answer))
        return FALSE;
    record_parser_retry(job->parser);
    g_clear_pointer(&job->done, g_free);
    g_byte_array_set_size(job->line, 0);
    job->received = 0;
    job->refused = NULL;
    return TRUE;
}

gboolean job_again(Job *job)
{
    const char *larger = job->answer ? answer_escalate(job->answer) : record_parser_escalate(job->parser);
    if (larger && grow(job, larger))
        return job_forget(job);
    if (job->answer || (record_parser_ended(job->parser) && !job->refused) || !leave_out(job))
        return FALSE;
    return job_forget(job);
}

/* What no child lived to say. */
static void complete(const Job *job, Record *record)
{
    guint8 buffer[READ_BYTES];
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    gssize n;
    for (record->bytes = 0; (n = pread(job->message, buffer, sizeof buffer, (off_t)record->bytes)) > 0; record->bytes += (guint64)n)
        g_checksum_update(sum, buffer, n);
    record->sha256 = g_strdup(g_checksum_get_string(sum));
}

Record *job_record(Job *job)
{
    gboolean whole = record_parser_ended(job->parser) && !job->refused;
    Record *record = record_parser_take(job->parser);
    if (!whole && record->bare && job->either)
        record->bare = FALSE;
    /* Without its documents a submission would be taken for one that brought none. */
    if (!whole && !record->bare) {
        g_free(record->route);
        record->route = g_strdup("unreadable");
    }
    if (!record->sha256)
        complete(job, record);
    return record;
}
