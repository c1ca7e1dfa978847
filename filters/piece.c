/* piece.c: one piece of a message: a part, a member of an archive, an attachment of a document. Runs a reader and the engine on
 * it. Limits of depth, number and size are kept here, since only here the whole is seen. */
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "ask.h"
#include "envelope/pgp.h"
#include "reading.h"
#include "readers/pictures.h"
#include "write.h"

#define NAME_CHARS 255

/* A container being unpacked, or a document with attachments: hands each member on. */
typedef struct {
    Members members;
    Reading *reading;
    const Piece *piece;
    gboolean container;
    InnerMail *inner; /* what the reader said of the mail it reads */
    guint count;
    Status status; /* READ, or why unpacking was stopped */
} Unpacking;

static const Skip *find_skip(const Reading *reading, const char *path)
{
    for (guint i = 0; i < reading->request->skip->len; i++) {
        const Skip *skip = g_ptr_array_index(reading->request->skip, i);
        if (g_str_equal(skip->path, path))
            return skip;
    }
    return NULL;
}

/* Whether PIECE is the one that was asked about. */
static gboolean is_wanted(const Reading *reading, const Piece *piece)
{
    const Request *request = reading->request;
    return request->verb != VERB_READ && g_strcmp0(request->path, piece->path) == 0;
}

static void begin(const Reading *reading, const Piece *piece)
{
    if (reading->request->verb == VERB_READ)
        write_begin(reading->fd, piece->path);
}

char *reading_hash(const guint8 *bytes, gsize length)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, length);
}

char *reading_path(Reading *reading, const char *parent, const char *name)
{
    g_autofree char *joined = parent ? g_strdup_printf("%s/%s", parent, name) : g_strdup(name);
    char *path = g_strdup(joined);
    for (guint i = 2; !g_hash_table_add(reading->paths, g_strdup(path)); i++) {
        g_free(path);
        path = g_strdup_printf("%s (%u)", joined, i);
    }
    return path;
}

/* --- documents ------------------------------------------------------------------------------------------------------- */

static ReadDocument *document_of(const Piece *piece)
{
    const char *mime = piece->mime ? piece->mime : piece->declared;
    ReadDocument *document = read_document_new(piece->path, piece->filename, mime ? mime : "application/octet-stream");
    document->sha256 = piece->sha256 ? g_strdup(piece->sha256) : piece->bytes ? reading_hash(piece->bytes, piece->length) : NULL;
    document->bytes = piece->length;
    document->is_body = piece->is_body;
    return document;
}

void piece_failed(Reading *reading, const Piece *piece, const Reader *reader, Status status)
{
    if (piece->is_body)
        return;
    ReadDocument *document = document_of(piece);
    Form *form = form_new();
    document->status = status;
    document->reader = reader ? reader->name : NULL;
    if (!form->kind)
        form->kind = g_strdup("unknown");
    g_ptr_array_add(form->findings, engine_unreadable(status, piece->filename, document->mime));
    g_ptr_array_add(document->forms, form);
    g_ptr_array_add(reading->documents, document);
}

/* The documents from FROM on stand in a mail inside the message; what stands in one still further inside knows its own. */
void piece_mark_inner(Reading *reading, guint from, const InnerMail *mail)
{
    for (guint i = from; mail && i < reading->documents->len; i++) {
        ReadDocument *document = g_ptr_array_index(reading->documents, i);
        if (!document->inner)
            document->inner = inner_mail_new(mail->name, mail->address, mail->subject, mail->date);
    }
}

void piece_mark_signed(Reading *reading, guint from, const char *signature)
{
    for (guint i = from; signature && i < reading->documents->len; i++)
        g_ptr_array_add(((ReadDocument *)g_ptr_array_index(reading->documents, i))->signatures, g_strdup(signature));
}

/* What the reader said of the whole document, beside its text. */
static void take_said(ReadDocument *document, const Xhtml *xhtml)
{
    g_autoptr(GPtrArray) pages = xhtml_said(xhtml, "pages");
    if (pages->len)
        document->pages = (int)g_ascii_strtoll(g_ptr_array_index(pages, 0), NULL, 10);
    g_ptr_array_unref(document->signatures);
    document->signatures = xhtml_said(xhtml, "signature");
    g_autoptr(GPtrArray) places = xhtml_said(xhtml, "signing");
    for (guint i = 0; i < places->len; i++) {
        Signing *signing = signing_parse(places->pdata[i]);
        if (signing)
            g_ptr_array_add(document->signing, signing);
    }
}

/* Pages beyond a limit are not lost silently. */
static void report_unread(ReadDocument *document, const Xhtml *xhtml)
{
    g_autoptr(GPtrArray) unread = xhtml_said(xhtml, "pages-unread");
    Form *first = document->forms->len ? g_ptr_array_index(document->forms, 0) : NULL;
    if (first && unread->len)
        g_ptr_array_add(first->findings, engine_pages_unread(document->filename, g_ptr_array_index(unread, 0)));
}

/* A form that is the mail's own text may bear its seal as a picture in it. Only forms are looked at: nearly every mail has a
 * logo. TRUE: a seal is seen. */
static gboolean see_body_seal(const Piece *piece, Members *asked, Xhtml *xhtml)
{
    Pictures pictures = {.out = xhtml, .members = asked};
    for (guint i = 0; piece->related && i < piece->related->len; i++) {
        const MailPart *part = g_ptr_array_index(piece->related, i);
        gsize length;
        const guint8 *bytes = part->shown ? g_bytes_get_data(part->bytes, &length) : NULL;
        if (bytes && !pictures_look(&pictures, bytes, length))
            break;
    }
    g_autoptr(GPtrArray) said = xhtml_said(xhtml, "seal");
    return said->len > 0;
}

static gboolean any_kind(const ReadDocument *document)
{
    for (guint i = 0; i < document->forms->len; i++)
        if (!g_str_equal(((Form *)g_ptr_array_index(document->forms, i))->kind, "unknown"))
            return TRUE;
    return FALSE;
}

static void run_engine(Reading *reading, ReadDocument *document, Xhtml *xhtml)
{
    EngineHints hints = {.filename = document->filename, .subject = reading->subject, .is_body = document->is_body,
                         .shows_seal = document->shows_seal};
    xmlDoc *doc = xhtml_doc(xhtml);
    g_ptr_array_set_size(document->forms, 0);
    g_ptr_array_set_size(document->signing, 0);
    g_free(document->text);
    take_said(document, xhtml);
    document->text = xhtml_plain_text(xhtml);
    g_autoptr(GPtrArray) forms = engine_read(reading->setup->kinds, doc, &hints, &reading->request->context);
    g_ptr_array_set_free_func(forms, NULL);
    for (guint i = 0; i < forms->len; i++)
        g_ptr_array_add(document->forms, g_ptr_array_index(forms, i));
    report_unread(document, xhtml);
}

/* --- containers ------------------------------------------------------------------------------------------------------ */

static gboolean within_limits(Reading *reading, gsize length)
{
    reading->expanded += length;
    return ++reading->members <= LIMIT_ARCHIVE_MEMBERS && reading->expanded <= LIMIT_EXPANDED_BYTES &&
           (reading->expanded <= (1 << 20) || reading->expanded / MAX(reading->packed, 1) <= LIMIT_EXPANDED_RATIO);
}

static gboolean take_member(Members *self, const char *name, const guint8 *bytes, gsize length, Status status)
{
    Unpacking *unpacking = (Unpacking *)self;
    Reading *reading = unpacking->reading;
    const Piece *outer = unpacking->piece;
    if (reading->stop || unpacking->status != STATUS_READ)
        return FALSE;
    unpacking->count++;
    if (!within_limits(reading, length)) {
        unpacking->status = STATUS_TOO_LARGE;
        return FALSE;
    }
    /* The members of a bare archive are called by their own names . */
    gboolean bare = outer->depth == 0 && reading->request->name && unpacking->container;
    g_autofree char *plain = text_plain(name, NAME_CHARS);
    g_autofree char *path = reading_path(reading, bare ? NULL : outer->path, plain);
    g_autofree char *filename = g_path_get_basename(plain);
    Piece piece = {.path = path, .filename = filename, .bytes = bytes, .length = length, .depth = outer->depth + 1};
    if (strlen(path) > LIMIT_PATH_BYTES)
        unpacking->status = STATUS_TOO_DEEP;
    else if (status != STATUS_READ)
        piece_failed(reading, &piece, NULL, status);
    else
        piece_read(reading, &piece);
    return !reading->stop && unpacking->status == STATUS_READ;
}

/* The text of a mail inside: read as the message's own is. */
static void take_body(Members *self, const char *mime, const char *charset, const guint8 *bytes, gsize length)
{
    Unpacking *unpacking = (Unpacking *)self;
    const Piece *outer = unpacking->piece;
    unpacking->count++;
    if (unpacking->reading->stop || unpacking->status != STATUS_READ || length == 0)
        return;
    g_autofree char *path = reading_path(unpacking->reading, outer->path, "body");
    Piece piece = {.path = path, .declared = mime, .charset = charset, .bytes = bytes, .length = length, .is_body = TRUE,
                   .depth = outer->depth + 1};
    piece_read(unpacking->reading, &piece);
}

static void take_inner(Members *self, const char *name, const char *address, const char *subject, const char *date)
{
    Unpacking *unpacking = (Unpacking *)self;
    inner_mail_free(unpacking->inner);
    unpacking->inner = inner_mail_new(name, address, subject, date);
}

/* A reader found inside that only a larger server can read on: that server gets the whole message. */
static void ask_larger(Members *self, Size size)
{
    Reading *reading = ((Unpacking *)self)->reading;
    if (reading->stop || reading->request->verb != VERB_READ)
        return;
    write_escalate(reading->fd, size_name(size));
    reading->stop = TRUE;
}

/* The time that is left is shared among this piece and the slow ones after it; a tenth is kept for what follows. */
static gint64 time_for(const Reading *reading)
{
    gint64 now = clock_mono(), left = MAX(reading->request->until - now, 0);
    return now + left / 10 * 9 / (1 + reading->slow_left);
}

static const Members members = {take_member, take_body, take_inner, ask_larger};

static Status run_reader(const Reader *reader, Unpacking *unpacking, Xhtml *xhtml)
{
    const Piece *piece = unpacking->piece;
    ReadInput input = {.bytes = piece->bytes, .length = piece->length, .filename = piece->filename, .charset = piece->charset,
                       .password = unpacking->reading->request->context.password, .until = time_for(unpacking->reading)};
    if (piece->depth == 0) {
        unpacking->reading->packed = piece->length;
        unpacking->reading->expanded = 0;
    }
    Status status = reader->read(&input, xhtml, &unpacking->members);
    if (status == STATUS_READ && xhtml_full(xhtml))
        status = STATUS_TOO_LARGE;
    return unpacking->status != STATUS_READ && reader->container ? unpacking->status : status;
}

static void unpack(Reading *reading, const Piece *piece, const Reader *reader)
{
    Unpacking unpacking = {members, reading, piece, TRUE, NULL, 0, STATUS_READ};
    g_autoptr(Xhtml) unused = xhtml_new();
    guint before = reading->documents->len;
    Status status = piece->depth < LIMIT_ARCHIVE_DEPTH ? run_reader(reader, &unpacking, unused) : STATUS_TOO_DEEP;
    g_autoptr(InnerMail) inner = unpacking.inner;
    if (reading->stop)
        return;
    if (status == STATUS_READ && unpacking.count == 0)
        status = STATUS_EMPTY;
    /* An encrypted archive is one document: itself. */
    if (status == STATUS_ENCRYPTED)
        g_ptr_array_set_size(reading->documents, (int)before);
    if (status != STATUS_READ)
        piece_failed(reading, piece, reader, status);
    piece_mark_inner(reading, before, inner);
    g_autoptr(GPtrArray) signatures = xhtml_said(unused, "signature");
    piece_mark_signed(reading, before, signatures->len ? g_ptr_array_index(signatures, 0) : NULL);
}

/* The document stands before what is attached to it. */
static void read_document(Reading *reading, const Piece *piece, const Reader *reader)
{
    Unpacking attached = {members, reading, piece, FALSE, NULL, 0, STATUS_READ};
    g_autoptr(Xhtml) xhtml = xhtml_new();
    guint before = reading->documents->len;
    if (piece->depth >= LIMIT_ARCHIVE_DEPTH)
        attached.status = STATUS_TOO_DEEP;
    Status status = run_reader(reader, &attached, xhtml);
    g_autoptr(InnerMail) inner = attached.inner;
    if (reading->stop)
        return;
    if (status != STATUS_READ) {
        piece_failed(reading, piece, reader, status);
        return;
    }
    g_autoptr(ReadDocument) document = document_of(piece);
    document->reader = reader->name;
    document->shows_seal = reader->shows_seal;
    run_engine(reading, document, xhtml);
    if (piece->is_body && any_kind(document) && see_body_seal(piece, &attached.members, xhtml))
        run_engine(reading, document, xhtml);
    if (reading->stop)
        return;
    /* The mail's own text is a document only when it bears a form. */
    if (!piece->is_body || any_kind(document))
        g_ptr_array_insert(reading->documents, (gint)before, g_steal_pointer(&document));
    piece_mark_inner(reading, before, inner);
}

/* --- one piece ------------------------------------------------------------------------------------------------------- */

/* The body is one of three texts whatever its bytes look like: somebody wrote it to be read. One that is nothing but an
 * encrypted block holds what was sent, and nobody can read that. */
void piece_sniff(const Reading *reading, Piece *piece)
{
    ReadInput input = {.bytes = piece->bytes, .length = piece->length, .filename = piece->filename, .charset = piece->charset,
                       .password = reading->request->context.password};
    piece->status = STATUS_READ;
    if (piece->is_body && pgp_is_encrypted((const char *)piece->bytes, piece->length)) {
        piece->is_body = FALSE;
        piece->mime = "application/pgp-encrypted";
        piece->status = STATUS_ENCRYPTED;
    } else if (piece->is_body) {
        gboolean html = g_strcmp0(piece->declared, "text/html") == 0, rtf = g_strcmp0(piece->declared, "text/rtf") == 0;
        piece->mime = html ? "text/html" : rtf ? "text/rtf" : "text/plain";
    }
    if (!piece->mime)
        piece->mime = sniff_mime(&input, piece->declared, &piece->status);
}

/* The reader that this server lacks for PIECE, or NULL. */
static const Reader *missing_reader(const Piece *piece)
{
    const Reader *reader = piece->status == STATUS_READ ? reader_for(piece->mime) : NULL;
    return reader && !reader->read ? reader : NULL;
}

/* The one that was asked about may stand inside PIECE. */
static gboolean may_hold(const Reading *reading, const Piece *piece, const Reader *reader)
{
    gsize length = strlen(piece->path);
    const char *path = reading->request->path;
    return reader->container || (path && strncmp(path, piece->path, length) == 0 && path[length] == '/');
}

/* Whether only a larger server can read it: that server gets the whole message. A question is about one document: the others
 * are not opened. */
static gboolean needs_larger(Reading *reading, const Piece *piece)
{
    const Reader *missing = missing_reader(piece);
    if (missing && reading->request->verb != VERB_READ && !may_hold(reading, piece, missing))
        return FALSE;
    if (!missing)
        return FALSE;
    write_escalate(reading->fd, size_name(missing->size));
    reading->stop = TRUE;
    return TRUE;
}

void piece_read(Reading *reading, Piece *piece)
{
    const Request *request = reading->request;
    const Skip *skip = find_skip(reading, piece->path);
    if (is_wanted(reading, piece)) {
        ask_piece(reading, piece);
        return;
    }
    if (skip || request->open_none) {
        piece_failed(reading, piece, NULL, skip ? skip->status : request->rest);
        return;
    }
    begin(reading, piece);
    if (!piece->mime)
        piece_sniff(reading, piece);
    if (needs_larger(reading, piece))
        return;
    const Reader *reader = piece->status == STATUS_READ ? reader_for(piece->mime) : NULL;
    if (piece->status == STATUS_READ && g_str_equal(piece->mime, "message/rfc822"))
        reading_take_mail(reading, piece);
    else if (piece->status != STATUS_READ || !reader || !reader->read)
        piece_failed(reading, piece, NULL, piece->status != STATUS_READ ? piece->status : STATUS_UNSUPPORTED);
    else if (request->verb != VERB_READ && !may_hold(reading, piece, reader))
        return;
    else {
        if (reader->risk == RISK_HIGH)
            reading->setup->risky();
        if (reader->size >= SIZE_PAGE && reading->slow_left > 0)
            reading->slow_left--;
        if (reader->container)
            unpack(reading, piece, reader);
        else
            read_document(reading, piece, reader);
    }
}

void piece_look_ahead(Reading *reading, GArray *pieces)
{
    const Piece *largest = NULL;
    Size size = SIZE_MAIL;
    if (reading->request->verb != VERB_READ || reading->request->open_none)
        return;
    for (guint i = 0; i < pieces->len; i++) {
        Piece *piece = &g_array_index(pieces, Piece, i);
        if (piece->mime || piece->is_body || find_skip(reading, piece->path))
            continue;
        begin(reading, piece);
        piece_sniff(reading, piece);
        const Reader *reader = reader_for(piece->mime), *missing = missing_reader(piece);
        reading->slow_left += reader && reader->size >= SIZE_PAGE;
        if (missing && missing->size > size) {
            size = missing->size;
            largest = piece;
        }
    }
    if (largest)
        needs_larger(reading, largest);
}
