/* api_upload.c: a paper or a document from a chat becomes a submission: a mail is made around the file and appended to the desk's own
 * segment, and intake takes it like any other. A file that is a mail itself (.eml) is appended as it is. */
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "desk/api.h"
#include "desk/json.h"
#include "desk/password.h"
#include "ledger/events.h"
#include "letters/mime.h"
#include "send/address.h"
#include "stages/bus.h"

#define LINE_BYTES 57 /* of the file: 76 characters of base64 */
#define TEXT_CHARS 500

typedef struct {
    const char *name, *from_name, *from_address, *subject, *note;
    char *message_id; /* with its <>; NULL: the file is a mail */
} Upload;

static gboolean read_upload(Worker *w, const Exchange *x, Upload *ret, GError **error)
{
    const char *own = conf_list(w->desk->conf, "office", "address")[0];
    *ret = (Upload){
        .name = exchange_query(x, "name"),
        .from_name = exchange_query(x, "from_name"),
        .from_address = exchange_query(x, "from_address"),
        .subject = exchange_query(x, "subject"),
        .note = exchange_query(x, "note"),
    };
    if (!ret->name || x->body->len == 0)
        g_set_error(error, FAILURE, FAILURE_USAGE, "a file and its name are needed");
    else if (ret->from_address && !address_valid(ret->from_address))
        g_set_error(error, FAILURE, FAILURE_DATA, "from_address is no mail address");
    else {
        /* Without an address it comes from ourselves, and intake writes no letter to us. */
        ret->from_address = ret->from_address ? ret->from_address : own;
        return TRUE;
    }
    return FALSE;
}

static char *new_message_id(const char *own)
{
    guint8 unused[LEDGER_TOKEN_BYTES];
    g_autofree char *token = token_new(unused);
    const char *at = strchr(own, '@');
    return g_strdup_printf("<desk.%s@%s>", token, at ? at + 1 : "localhost");
}

static void add_base64(GString *out, const GByteArray *bytes)
{
    for (guint done = 0; done < bytes->len; done += LINE_BYTES) {
        g_autofree char *line = g_base64_encode(bytes->data + done, MIN(LINE_BYTES, bytes->len - done));
        g_string_append(out, line);
        g_string_append(out, "\r\n");
    }
}

static GString *mail_around(Worker *w, const Exchange *x, const Upload *upload)
{
    guint8 unused[LEDGER_TOKEN_BYTES];
    GString *out = g_string_sized_new((gsize)x->body->len * 4 / 3 + x->body->len / 20 + 4096);
    g_autofree char *boundary = token_new(unused), *name = exchange_file_name(upload->name, "file");
    g_autofree char *encoded = g_uri_escape_string(name, NULL, FALSE);
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(w->desk->zone);
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(clock_now() / G_USEC_PER_SEC);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(now, zone);
    g_autofree char *date = mime_date(local);
    g_autofree char *text = g_strdup_printf("%s\n\n（由 %s 在收文台录入 / handed in at the desk by %s）\n", upload->note ? upload->note : "",
                                            x->session.shown, x->session.name);
    mime_header(out, "Date", date);
    mime_address_header(out, "From", upload->from_name, upload->from_address);
    mime_header(out, "To", conf_list(w->desk->conf, "office", "address")[0]);
    mime_header(out, "Subject", upload->subject ? upload->subject : name);
    g_string_append_printf(out, "Message-ID: %s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n",
                           upload->message_id, boundary, boundary);
    mime_text_part(out, "plain", text);
    g_string_append_printf(out, "\r\n--%s\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
                                "Content-Disposition: attachment;\r\n filename*=UTF-8''%s\r\n\r\n", boundary, encoded);
    add_base64(out, x->body);
    g_string_append_printf(out, "--%s--\r\n", boundary);
    return out;
}

static gboolean append(Desk *desk, const char *name, const void *bytes, gsize length, GError **error)
{
    FramePlace place;
    FrameInfo info = {.flags = FRAME_GIVEN, .internal_date = clock_now()};
    g_autofree char *source = g_strdup_printf("desk/%s", name);
    g_strlcpy(info.source, source, sizeof info.source);
    /* A character that was cut in two at the end of the field is none. */
    const char *end;
    if (!g_utf8_validate(info.source, -1, &end))
        info.source[end - info.source] = 0;
    g_mutex_lock(&desk->upload_lock);
    gboolean good = spool_has_room(desk->spool, (guint64)conf_int(desk->conf, "general", "min_free"), error) &&
                    segment_begin(desk->uploads, &info, error);
    if (good && !(segment_append(desk->uploads, bytes, length, error) && segment_end(desk->uploads, &place, error))) {
        segment_abandon(desk->uploads);
        good = FALSE;
    }
    good = good && segment_sync(desk->uploads, error);
    g_mutex_unlock(&desk->upload_lock);
    return good;
}

static gboolean write_event(Worker *w, Exchange *x, gpointer user, GError **error)
{
    const Upload *upload = user;
    return ledger_event(w->ledger, 0, x->session.name, "handed-in", error, "file", "t", upload->name, "message_id", "t", upload->message_id,
                        NULL);
}

gboolean run_upload(Worker *w, Exchange *x, GError **error)
{
    Upload upload;
    if (!read_upload(w, x, &upload, error))
        return FALSE;
    gboolean is_mail = g_str_has_suffix(upload.name, ".eml");
    g_autofree char *id = is_mail ? NULL : new_message_id(conf_list(w->desk->conf, "office", "address")[0]);
    upload.message_id = id;
    g_autofree char *name = exchange_file_name(upload.name, "file");
    gboolean good;
    if (is_mail) {
        good = append(w->desk, name, x->body->data, x->body->len, error);
    } else {
        GString *mail = mail_around(w, x, &upload);
        good = append(w->desk, name, mail->str, mail->len, error);
        g_string_free(mail, TRUE);
    }
    if (!good || !worker_write(w, x, write_event, &upload, error))
        return FALSE;
    bus_send("intake", "arrived");
    g_autofree char *bare = id ? g_strndup(id + 1, strlen(id) - 2) : g_strdup("");
    reply_json(x, 202, json_pack("{s:b, s:o}", "queued", TRUE, "message_id", js_text(bare)));
    return TRUE;
}
