/* read.c: walks a message: its parts and the mails inside it, and then the rules over the whole. */
#include <string.h>

#include "ask.h"
#include "base/limits.h"
#include "base/text.h"
#include "reading.h"
#include "write.h"

#define NAME_CHARS 255
#define LOOK_LINES 40

/* --- messages -------------------------------------------------------------------------------------------------------- */

static GArray *pieces_of(Reading *reading, const Envelope *envelope, const char *parent, guint depth)
{
    GArray *pieces = g_array_new(FALSE, TRUE, sizeof(Piece));
    for (guint i = 0; i < envelope->parts->len; i++) {
        const MailPart *part = g_ptr_array_index(envelope->parts, i);
        if (part->role == PART_INLINE)
            continue;
        Piece piece = {.path = reading_path(reading, parent, part->path), .filename = part->filename, .declared = part->mime,
                       .charset = part->charset, .sha256 = part->sha256, .signature = part->signature,
                       .is_body = part->role == PART_BODY, .related = envelope->parts, .depth = depth};
        piece.bytes = g_bytes_get_data(part->bytes, &piece.length);
        if (!piece.bytes)
            piece.bytes = (const guint8 *)"";
        if (part->role == PART_MESSAGE)
            piece.mime = "message/rfc822";
        g_array_append_val(pieces, piece);
    }
    return pieces;
}

static void read_parts(Reading *reading, const Envelope *envelope, const char *parent, guint depth)
{
    g_autoptr(GArray) pieces = pieces_of(reading, envelope, parent, depth);
    piece_look_ahead(reading, pieces);
    for (guint i = 0; i < pieces->len && !reading->stop; i++) {
        Piece *piece = &g_array_index(pieces, Piece, i);
        guint before = reading->documents->len;
        piece_read(reading, piece);
        piece_mark_signed(reading, before, piece->signature);
    }
    for (guint i = 0; i < pieces->len; i++)
        g_free((char *)g_array_index(pieces, Piece, i).path);
    if (envelope->too_deep || envelope->too_many)
        g_ptr_array_add(reading->findings,
                        engine_unreadable(envelope->too_deep ? STATUS_TOO_DEEP : STATUS_TOO_LARGE, NULL, "message/rfc822"));
}

/* A mail inside a mail or an archive. */
void reading_take_mail(Reading *reading, const Piece *piece)
{
    if (piece->length == 0 || piece->depth >= LIMIT_ARCHIVE_DEPTH) {
        piece_failed(reading, piece, NULL, piece->length == 0 ? STATUS_EMPTY : STATUS_TOO_DEEP);
        return;
    }
    g_autoptr(Envelope) envelope = envelope_read(piece->bytes, piece->length, &reading->request->context);
    guint before = reading->documents->len;
    read_parts(reading, envelope, piece->path, piece->depth + 1);
    InnerMail mail = {envelope->from_name, envelope->from_address, envelope->subject, envelope->date};
    piece_mark_inner(reading, before, &mail);
}

/* What the mail itself says, for searching; NULL when that is a document already, or nobody asked. */
static const char *own_text(const Reading *reading, const EngineMessage *message)
{
    for (guint i = 0; i < reading->documents->len; i++)
        if (((const ReadDocument *)g_ptr_array_index(reading->documents, i))->is_body)
            return NULL;
    return message && reading->request->context.text ? message->body : NULL;
}

static void finish(Reading *reading, const EngineMessage *message, const char *sha256, gsize length)
{
    if (reading->request->verb != VERB_READ && !reading->stop)
        write_fault(reading->fd, "missing");
    if (reading->stop || reading->request->verb != VERB_READ)
        return;
    g_autoptr(GPtrArray) findings =
        message ? engine_message(reading->setup->kinds, reading->documents, message, &reading->request->context) : NULL;
    for (guint i = 0; findings && i < findings->len; i++)
        g_ptr_array_add(reading->findings, g_ptr_array_index(findings, i));
    if (findings)
        g_ptr_array_set_free_func(findings, NULL);
    gsize text = 0;
    for (guint i = 0; i < reading->documents->len; i++) {
        const ReadDocument *document = g_ptr_array_index(reading->documents, i);
        text += document->text ? MIN(strlen(document->text), LIMIT_INDEX_BYTES) : 0;
        write_document(reading->fd, document, reading->request->context.text && text <= LIMIT_INDEX_TOTAL);
    }
    write_end(reading->fd, sha256, length, reading->findings, own_text(reading, message));
}

/* What is no submission (a bounce, a newsletter, an automatic answer) is not opened: its attachments are nobody's documents. */
static void read_message(Reading *reading, const guint8 *bytes, gsize length)
{
    if (reading->request->verb != VERB_READ && !reading->request->path) {
        Piece whole = {.path = "", .mime = "message/rfc822", .bytes = bytes, .length = length};
        ask_piece(reading, &whole);
        return;
    }
    g_autofree char *sha256 = reading_hash(bytes, length);
    g_autoptr(Envelope) envelope = envelope_read(bytes, length, &reading->request->context);
    gboolean opened = g_str_equal(envelope->route, "submission") || g_str_equal(envelope->route, "reply");
    if (reading->request->verb == VERB_READ)
        write_envelope(reading->fd, envelope, sha256, length);
    reading->subject = envelope->subject;
    if (opened || reading->request->verb != VERB_READ)
        read_parts(reading, envelope, NULL, 0);
    EngineMessage message = {envelope->from_name, envelope->from_address, envelope->subject, envelope->body, envelope->route};
    finish(reading, opened ? &message : NULL, sha256, length);
}

static void read_bare(Reading *reading, const guint8 *bytes, gsize length)
{
    g_autofree char *sha256 = reading_hash(bytes, length);
    g_autofree char *name = text_plain(reading->request->name, NAME_CHARS);
    Piece piece = {.path = name, .filename = name, .bytes = bytes, .length = length, .sha256 = sha256};
    if (reading->request->verb != VERB_READ && !reading->request->path)
        ask_piece(reading, &piece);
    else
        piece_read(reading, &piece);
    finish(reading, NULL, sha256, length);
}

/* The length of a header line's name: printable characters without blanks before a colon; 0: no header. */
static gsize header_name(const guint8 *bytes, gsize length)
{
    gsize n = 0;
    while (n < length && bytes[n] > ' ' && bytes[n] < 127 && bytes[n] != ':')
        n++;
    return n < length && bytes[n] == ':' ? n : 0;
}

/* A mail begins with headers, and among the first is one that mails have. */
static gboolean looks_like_mail(const guint8 *bytes, gsize length)
{
    static const char *const known[] = {"received", "from", "date", "message-id", "return-path", "delivered-to", "mime-version",
                                        "x-originating-ip", "subject", "dkim-signature", NULL};
    for (guint lines = 0; length > 0 && lines < LOOK_LINES; lines++) {
        const guint8 *end = memchr(bytes, '\n', length);
        gsize line = end ? (gsize)(end - bytes) + 1 : length, name = header_name(bytes, line);
        if (name == 0 && (lines == 0 || (*bytes != ' ' && *bytes != '\t')))
            return FALSE;
        for (const char *const *k = known; *k; k++)
            if (name == strlen(*k) && g_ascii_strncasecmp((const char *)bytes, *k, name) == 0)
                return TRUE;
        bytes += line;
        length -= line;
    }
    return FALSE;
}

void read_answer(const ReadSetup *setup, const Request *request, const guint8 *bytes, gsize length, int fd)
{
    Reading reading = {.setup = setup, .request = request, .fd = fd};
    reading.documents = g_ptr_array_new_with_free_func((GDestroyNotify)read_document_free);
    reading.findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    reading.paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (request->name && !(request->either && looks_like_mail(bytes, length)))
        read_bare(&reading, bytes, length);
    else
        read_message(&reading, bytes, length);
    g_ptr_array_unref(reading.documents);
    g_ptr_array_unref(reading.findings);
    g_hash_table_unref(reading.paths);
}
