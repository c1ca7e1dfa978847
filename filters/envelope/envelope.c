#include <string.h>

#include "envelope/address.h"
#include "envelope/auth.h"
#include "envelope/body.h"
#include "envelope/date.h"
#include "envelope/encoded_word.h"
#include "envelope/envelope.h"
#include "envelope/route.h"
#include "envelope/structure.h"

/* RFC 5322 sets no limit; mailers keep some twenty, and the last ones tell the thread. */
#define MAX_REFERENCES 100

static void part_free(gpointer data)
{
    MailPart *part = data;
    g_free(part->path);
    g_free(part->filename);
    g_free(part->mime);
    g_free(part->charset);
    g_free(part->sha256);
    g_clear_pointer(&part->bytes, g_bytes_unref);
    g_free(part);
}

static void recipient_free(gpointer data)
{
    BounceRecipient *recipient = data;
    g_free(recipient->address);
    g_free(recipient->status);
    g_free(recipient);
}

static Envelope *envelope_new(void)
{
    Envelope *envelope = g_new0(Envelope, 1);
    envelope->parts = g_ptr_array_new_with_free_func(part_free);
    envelope->bounce_recipients = g_ptr_array_new_with_free_func(recipient_free);
    return envelope;
}

void envelope_free(Envelope *envelope)
{
    if (!envelope)
        return;
    char *texts[] = {envelope->route,        envelope->message_id,  envelope->from_name,
                     envelope->from_address, envelope->subject,     envelope->date,
                     envelope->reference,    envelope->in_reply_to, envelope->auth,
                     envelope->reply_to,     envelope->return_path, envelope->bounce_message_id,
                     envelope->body};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_ptr_array_unref(envelope->references);
    g_ptr_array_unref(envelope->bounce_recipients);
    g_ptr_array_unref(envelope->parts);
    g_free(envelope);
}

void envelope_init(void)
{
    structure_init();
}

/* Where the message begins: behind a byte order mark, blanks, and the "From " line of an mbox. */
static gsize skip_preamble(const guint8 *bytes, gsize length)
{
    gsize at = length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < length && g_ascii_isspace(bytes[at]))
        at++;
    gboolean from = length - at > 5 && memcmp(bytes + at, "From ", 5) == 0;
    from |= length - at > 6 && memcmp(bytes + at, ">From ", 6) == 0;
    const guint8 *end = from ? memchr(bytes + at, '\n', length - at) : NULL;
    return end ? (gsize)(end - bytes) + 1 : at;
}

/* The message with line feeds: old Macintoshes end their lines with carriage returns alone. */
static GBytes *with_line_feeds(const guint8 *bytes, gsize length)
{
    if (length == 0 || memchr(bytes, '\n', length) || !memchr(bytes, '\r', length))
        return g_bytes_new_static(bytes, length);
    guint8 *copy = g_memdup2(bytes, length);
    for (gsize i = 0; i < length; i++)
        if (copy[i] == '\r')
            copy[i] = '\n';
    return g_bytes_new_take(copy, length);
}

static void read_sender(Envelope *envelope, const GPtrArray *headers)
{
    envelope->from_address = address_parse(header_first(headers, "From"), &envelope->from_name);
    if (!envelope->from_address)
        envelope->from_address = address_parse(header_first(headers, "Sender"), NULL);
    envelope->reply_to = address_parse(header_first(headers, "Reply-To"), NULL);
    const char *path = header_first(headers, "Return-Path");
    if (!path)
        return;
    g_autofree char *address = address_parse(path, NULL);
    g_autofree char *stripped = g_strstrip(g_strdup(path));
    if (address || strcmp(stripped, "<>") == 0)
        envelope->return_path = address ? g_steal_pointer(&address) : g_strdup("");
}

static void read_headers(Envelope *envelope, const GPtrArray *headers, const Context *context)
{
    const char *subject = header_first(headers, "Subject"), *reply = header_first(headers, "In-Reply-To");
    envelope->subject = subject ? encoded_word_decode(subject) : NULL;
    envelope->message_id = address_message_id(header_first(headers, "Message-ID"));
    envelope->in_reply_to = reply ? address_message_id(reply) : NULL;
    envelope->references = address_message_ids(header_first(headers, "References"), MAX_REFERENCES);
    envelope->date = date_parse(header_first(headers, "Date"));
    read_sender(envelope, headers);
    envelope->auth = g_strdup(auth_verdict(headers, context->authserv_id, envelope->from_address));
}

Envelope *envelope_read(const guint8 *bytes, gsize length, const Context *context)
{
    Envelope *envelope = envelope_new();
    g_autoptr(GBytes) lines = with_line_feeds(bytes, length);
    gsize start = length > 0 ? skip_preamble(g_bytes_get_data(lines, NULL), length) : 0;
    g_autoptr(GBytes) message = g_bytes_new_from_bytes(lines, start, length - start);
    g_autoptr(Structure) structure = structure_read(message);
    read_headers(envelope, structure->root->headers, context);
    body_collect(envelope, structure);
    route_decide(envelope, structure->root->headers, context);
    return envelope;
}
