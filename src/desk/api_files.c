/* api_files.c: pictures of pages, what was read, originals and attachments. Nothing here looks into a mail: pictures, text and
 * attachments come through the door. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/failure.h"
#include "base/limits.h"
#include "desk/api.h"
#include "desk/entries.h"
#include "desk/files.h"
#include "desk/json.h"
#include "desk/zip.h"
#include "stages/unlock.h"

#define DPI_LEAST 36
#define DPI_MOST 200
#define DPI_DEFAULT 110
#define PASSWORD_CHARS 1000
#define HEADERS_MAX ((gsize)256 << 10)
#define ZIP_MEMBERS 500
#define ZIP_BYTES ((guint64)300 << 20)

gboolean run_document_page(Worker *w, Exchange *x, GError **error)
{
    g_auto(Place) place = {.job.fd = -1};
    gint64 dpi;
    if (!query_number(x, "dpi", DPI_LEAST, DPI_MOST, DPI_DEFAULT, &dpi, error) || !place_document(w, x->ids[0], &place, error))
        return FALSE;
    GBytes *picture = door_render(w->door, &place.job, place.path, (guint)MIN(x->ids[1], G_MAXINT), (guint)dpi, error);
    if (!picture)
        return FALSE;
    reply_bytes(x, 200, "image/png", picture);
    return TRUE;
}

static gboolean answer_view(Worker *w, Exchange *x, const DoorJob *job, const char *path, GError **error)
{
    g_autofree char *html = door_view(w->door, job, path, error);
    if (!html)
        return FALSE;
    reply_sandboxed(x, html);
    return TRUE;
}

gboolean run_document_view(Worker *w, Exchange *x, GError **error)
{
    g_auto(Place) place = {.job.fd = -1};
    return place_document(w, x->ids[0], &place, error) && answer_view(w, x, &place.job, place.path, error);
}

gboolean run_message_view(Worker *w, Exchange *x, GError **error)
{
    g_auto(Place) place = {.job.fd = -1};
    return place_message(w, x->ids[0], &place, error) && answer_view(w, x, &place.job, NULL, error);
}

gboolean run_document_file(Worker *w, Exchange *x, GError **error)
{
    g_auto(Place) place = {.job.fd = -1};
    if (!place_document(w, x->ids[0], &place, error))
        return FALSE;
    int fd = scratch_file(error);
    if (fd < 0)
        return FALSE;
    if (!door_part(w->door, &place.job, place.path, fd, error)) {
        close(fd);
        return FALSE;
    }
    x->answer.status = 200;
    x->answer.type = "application/octet-stream";
    x->answer.length = (guint64)lseek(fd, 0, SEEK_END);
    x->answer.file = fd;
    reply_attachment(x, place.filename ? place.filename : "attachment");
    return TRUE;
}

/* --- the mail itself ------------------------------------------------------------------------------------------------------------ */

/* "SC27-2026-0001-17.eml" */
static char *mail_name(Worker *w, const Place *place)
{
    g_autofree char *reference = lookup_reference(w->ledger, place->entry);
    return g_strdup_printf("%s-%" G_GINT64_FORMAT ".eml", reference ? reference : "mail", place->message);
}

gboolean run_message_original(Worker *w, Exchange *x, GError **error)
{
    g_auto(Place) place = {.job.fd = -1};
    if (!place_message(w, x->ids[0], &place, error))
        return FALSE;
    g_autofree char *name = mail_name(w, &place);
    x->answer.status = 200;
    x->answer.type = "message/rfc822";
    x->answer.offset = place.job.offset;
    x->answer.length = place.job.length;
    x->answer.file = place.job.fd;
    place.job.fd = -1;
    reply_attachment(x, name);
    return TRUE;
}

/* Everything before the first empty line. */
static gsize headers_end(const char *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (bytes[i] == '\n' && (i + 1 >= length || bytes[i + 1] == '\n' || (bytes[i + 1] == '\r' && i + 2 < length && bytes[i + 2] == '\n')))
            return i + 1;
    return length;
}

gboolean run_message_headers(Worker *w, Exchange *x, GError **error)
{
    g_auto(Place) place = {.job.fd = -1};
    if (!place_message(w, x->ids[0], &place, error))
        return FALSE;
    gsize most = MIN(place.job.length, HEADERS_MAX);
    g_autofree char *bytes = g_malloc(most + 1);
    gssize n = pread(place.job.fd, bytes, most, (off_t)place.job.offset);
    if (n < 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot read the message: %s", g_strerror(errno));
        return FALSE;
    }
    /* As they are, in whatever charset: no browser may take them for anything else. */
    reply_bytes(x, 200, "text/plain; charset=utf-8", g_bytes_new(bytes, headers_end(bytes, (gsize)n)));
    x->answer.policy = "sandbox; default-src 'none'; frame-ancestors 'self'";
    return TRUE;
}

static gboolean redo_message(Worker *w, Exchange *x, gpointer user, GError **error)
{
    (void)user;
    LedgerMessage message;
    if (!ledger_message_get(w->ledger, x->ids[0], &message, error))
        return not_there("message", error);
    return ledger_message_redo(w->ledger, x->ids[0], x->session.name, error);
}

gboolean run_message_redo(Worker *w, Exchange *x, GError **error)
{
    if (!worker_write(w, x, redo_message, NULL, error))
        return FALSE;
    reply_nothing(x);
    return TRUE;
}

/* Blocks while the message is read, twice: the lane of the door is for that. */
gboolean run_message_unlock(Worker *w, Exchange *x, GError **error)
{
    const char *password;
    json_t *body = js_body(x, error);
    gboolean good = body && js_get_text(body, "password", TRUE, PASSWORD_CHARS, &password, error) &&
                    unlock_message(w->ledger, w->desk->conf, w->door, x->ids[0], password, x->session.name, error);
    json_decref(body);
    if (good)
        reply_nothing(x);
    return good;
}

/* --- letters ---------------------------------------------------------------------------------------------------------------------- */

static LedgerLetter *letter_of(Worker *w, Exchange *x, GError **error)
{
    LedgerLetter *letter = ledger_letter_get(w->ledger, x->ids[0], error);
    if (!letter)
        not_there("letter", error);
    return letter;
}

gboolean run_letter_original(Worker *w, Exchange *x, GError **error)
{
    g_autoptr(LedgerLetter) letter = letter_of(w, x, error);
    if (!letter)
        return FALSE;
    g_autofree char *name = g_strdup_printf("letter-%" G_GINT64_FORMAT ".eml", letter->id);
    reply_bytes(x, 200, "message/rfc822", g_bytes_ref(letter->bytes));
    reply_attachment(x, name);
    return TRUE;
}

gboolean run_letter_view(Worker *w, Exchange *x, GError **error)
{
    g_autoptr(LedgerLetter) letter = letter_of(w, x, error);
    int fd = letter ? scratch_file(error) : -1;
    if (fd < 0)
        return FALSE;
    gsize length;
    const void *bytes = g_bytes_get_data(letter->bytes, &length);
    DoorJob job = {.fd = fd, .length = length};
    gboolean good = durable_write(fd, bytes, length, 0, "a letter", error) && answer_view(w, x, &job, NULL, error);
    close(fd);
    return good;
}

/* --- all of an entry -------------------------------------------------------------------------------------------------------------- */

typedef struct {
    GArray *messages, *documents; /* gint64 */
} Contents;

static void note_message(const LedgerMessageRow *message, gpointer user)
{
    g_array_append_val(((Contents *)user)->messages, message->id);
}

/* A file that holds several forms is one file. */
static void note_document(const LookupDocument *document, gpointer user)
{
    if (document->facts.segment <= 1)
        g_array_append_val(((Contents *)user)->documents, document->facts.id);
}

static gboolean add_mail(Worker *w, Zip *zip, gint64 id, GError **error)
{
    g_auto(Place) place = {.job.fd = -1};
    if (!place_message(w, id, &place, error))
        return FALSE;
    g_autofree char *name = mail_name(w, &place);
    return zip_add(zip, name, place.job.fd, place.job.offset, place.job.length, error);
}

/* A part that cannot be had (an encrypted archive's member) is left out, and said so in its stead. */
static gboolean add_attachment(Worker *w, Zip *zip, gint64 id, guint number, GError **error)
{
    g_auto(Place) place = {.job.fd = -1};
    g_autoptr(GError) failure = NULL;
    if (!place_document(w, id, &place, error))
        return FALSE;
    int fd = scratch_file(error);
    if (fd < 0)
        return FALSE;
    g_autofree char *clean = exchange_file_name(place.filename, "attachment");
    g_autofree char *name = NULL;
    gboolean there = door_part(w->door, &place.job, place.path, fd, &failure);
    if (there)
        name = g_strdup_printf("%03u-%s", number, clean);
    else
        name = g_strdup_printf("%03u-%s.missing.txt", number, clean);
    gboolean good = there || (ftruncate(fd, 0) == 0 && durable_write(fd, failure->message, strlen(failure->message), 0, name, error));
    good = good && zip_add(zip, name, fd, 0, (guint64)lseek(fd, 0, SEEK_END), error);
    close(fd);
    return good;
}

static gboolean fill_zip(Worker *w, Zip *zip, const Contents *contents, GError **error)
{
    if (contents->messages->len + contents->documents->len > ZIP_MEMBERS) {
        g_set_error(error, FAILURE, FAILURE_DATA, "the entry has more than %d files; fetch them one by one", ZIP_MEMBERS);
        return FALSE;
    }
    for (guint i = 0; i < contents->messages->len; i++)
        if (!add_mail(w, zip, g_array_index(contents->messages, gint64, i), error))
            return FALSE;
    for (guint i = 0; i < contents->documents->len; i++)
        if (!add_attachment(w, zip, g_array_index(contents->documents, gint64, i), i + 1, error))
            return FALSE;
    return zip_end(zip, error);
}

gboolean run_entry_zip(Worker *w, Exchange *x, GError **error)
{
    g_autofree char *reference = lookup_reference(w->ledger, x->ids[0]);
    if (!reference)
        return not_there("entry", error);
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(gint64)), documents = g_array_new(FALSE, FALSE, sizeof(gint64));
    Contents contents = {messages, documents};
    int fd = ledger_messages(w->ledger, x->ids[0], note_message, &contents, error) &&
                     lookup_documents(w->ledger, x->ids[0], note_document, &contents, error)
                 ? scratch_file(error)
                 : -1;
    if (fd < 0)
        return FALSE;
    g_autoptr(Zip) zip = zip_new(fd, ZIP_BYTES);
    if (!fill_zip(w, zip, &contents, error)) {
        close(fd);
        return FALSE;
    }
    x->answer.status = 200;
    x->answer.type = "application/zip";
    x->answer.file = fd;
    x->answer.length = (guint64)lseek(fd, 0, SEEK_END);
    g_autofree char *name = g_strconcat(reference, ".zip", NULL);
    reply_attachment(x, name);
    return TRUE;
}
