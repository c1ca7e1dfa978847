/* read.c: walks a message: its parts, the members of archives, nested mails; runs a reader and the engine on each; then the
 * rules over the whole message. Limits of depth, number and size are kept here, since only here the whole is seen. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "envelope/envelope.h"
#include "read.h"
#include "readers/reader.h"
#include "write.h"

#define NAME_CHARS 255

typedef struct {
    const ReadSetup *setup;
    const Request *request;
    int fd;
    GPtrArray *documents; /* ReadDocument * */
    const char *subject;
    guint members;        /* of all archives together */
    gboolean escalated;   /* a larger server is needed: nothing more is written */
    gboolean found;       /* VERB_PART: the part was written */
} Reading;

/* A container being unpacked: hands each member on. */
typedef struct {
    Members members;
    Reading *reading;
    const char *path; /* NULL: a bare archive, whose members' paths begin with themselves */
    guint depth;
    gsize packed;
    guint64 expanded;
    guint count;
    Status status; /* READ, or why unpacking was stopped */
} Unpacking;

static void read_part(Reading *reading, const char *path, const char *filename, const char *declared, const char *charset,
                      const guint8 *bytes, gsize length, const char *sha256, gboolean is_body, guint depth);

static const Skip *find_skip(const Reading *reading, const char *path)
{
    for (guint i = 0; i < reading->request->skip->len; i++) {
        const Skip *skip = g_ptr_array_index(reading->request->skip, i);
        if (g_str_equal(skip->path, path))
            return skip;
    }
    return NULL;
}

static void put_bytes(int fd, const guint8 *bytes, gsize length)
{
    while (length > 0) {
        gssize n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(1);
        bytes += n;
        length -= (gsize)n;
    }
}

static char *hash(const guint8 *bytes, gsize length)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, length);
}

static void add_unknown(ReadDocument *document, Finding *finding)
{
    Form *form = form_new();
    form->kind = g_strdup("unknown");
    if (finding)
        g_ptr_array_add(form->findings, finding);
    g_ptr_array_add(document->forms, form);
}

static void fail_document(ReadDocument *document, Status status)
{
    document->status = status;
    g_ptr_array_set_size(document->forms, 0);
    add_unknown(document, engine_unreadable(status, document->filename, document->mime));
}

/* --- containers ------------------------------------------------------------------------------------------------------ */

static gboolean take_member(Members *self, const char *name, const guint8 *bytes, gsize length, Status status)
{
    Unpacking *unpacking = (Unpacking *)self;
    Reading *reading = unpacking->reading;
    unpacking->expanded += length;
    unpacking->count++;
    if (++reading->members > LIMIT_ARCHIVE_MEMBERS || unpacking->expanded > LIMIT_EXPANDED_BYTES ||
        (unpacking->expanded > (1 << 20) && unpacking->expanded / MAX(unpacking->packed, 1) > LIMIT_EXPANDED_RATIO)) {
        unpacking->status = STATUS_TOO_LARGE;
        return FALSE;
    }
    g_autofree char *plain = text_plain(name, NAME_CHARS);
    g_autofree char *path = unpacking->path ? g_strdup_printf("%s/%s", unpacking->path, plain) : g_strdup(plain);
    g_autofree char *filename = g_path_get_basename(plain);
    if (status != STATUS_READ) {
        ReadDocument *document = read_document_new(path, filename, "application/octet-stream");
        fail_document(document, status);
        g_ptr_array_add(reading->documents, document);
        return TRUE;
    }
    read_part(reading, path, filename, NULL, NULL, bytes, length, NULL, FALSE, unpacking->depth + 1);
    return !reading->escalated && !reading->found;
}

static Status unpack(Reading *reading, const Reader *reader, const ReadInput *input, const char *path, guint depth)
{
    if (depth >= LIMIT_ARCHIVE_DEPTH)
        return STATUS_TOO_DEEP;
    Unpacking unpacking = {.members = {take_member}, .reading = reading, .path = path, .depth = depth, .packed = input->length};
    g_autoptr(Xhtml) unused = xhtml_new();
    guint before = reading->documents->len;
    Status status = reader->read(input, unused, &unpacking.members);
    if (unpacking.status != STATUS_READ)
        status = unpacking.status;
    /* An encrypted archive is one document: itself. */
    if (status == STATUS_ENCRYPTED)
        g_ptr_array_set_size(reading->documents, (int)before);
    if (status == STATUS_READ && unpacking.count == 0)
        status = STATUS_EMPTY;
    return status;
}

/* --- documents ------------------------------------------------------------------------------------------------------- */

static int page_count(xmlDoc *doc)
{
    for (xmlNode *node = xmlDocGetRootElement(doc) ? xmlDocGetRootElement(doc)->children : NULL; node; node = node->next)
        for (xmlNode *meta = xmlStrEqual(node->name, BAD_CAST "head") ? node->children : NULL; meta; meta = meta->next) {
            xmlChar *name = xmlGetProp(meta, BAD_CAST "name"), *content = xmlGetProp(meta, BAD_CAST "content");
            int pages = name && content && xmlStrEqual(name, BAD_CAST "pages") ? (int)g_ascii_strtoll((char *)content, NULL, 10) : -1;
            xmlFree(name);
            xmlFree(content);
            if (pages >= 0)
                return pages;
        }
    return -1;
}

static void run_engine(Reading *reading, ReadDocument *document, Xhtml *xhtml)
{
    EngineHints hints = {.filename = document->filename, .subject = reading->subject, .is_body = document->is_body,
                         .shows_seal = document->shows_seal};
    xmlDoc *doc = xhtml_doc(xhtml);
    document->pages = page_count(doc);
    document->text = xhtml_plain_text(xhtml);
    g_autoptr(GPtrArray) forms = engine_read(reading->setup->kinds, doc, &hints, &reading->request->context);
    g_ptr_array_set_free_func(forms, NULL);
    for (guint i = 0; i < forms->len; i++)
        g_ptr_array_add(document->forms, g_ptr_array_index(forms, i));
}

static gboolean any_kind(const ReadDocument *document)
{
    for (guint i = 0; i < document->forms->len; i++)
        if (!g_str_equal(((Form *)g_ptr_array_index(document->forms, i))->kind, "unknown"))
            return TRUE;
    return FALSE;
}

static void read_document(Reading *reading, ReadDocument *document, const Reader *reader, const ReadInput *input)
{
    g_autoptr(Xhtml) xhtml = xhtml_new();
    document->reader = reader->name;
    document->shows_seal = reader->shows_seal;
    Status status = reader->read(input, xhtml, NULL);
    if (status == STATUS_READ && xhtml_full(xhtml))
        status = STATUS_TOO_LARGE;
    if (status != STATUS_READ)
        fail_document(document, status);
    else
        run_engine(reading, document, xhtml);
}

/* Finds the reader and runs it. FALSE when the document is none by itself (a container's members are, an escalation). */
static gboolean dispatch(Reading *reading, ReadDocument *document, const ReadInput *input, const char *declared, guint depth)
{
    Status status;
    const char *mime = sniff_mime(input, declared, &status);
    const Reader *reader = status == STATUS_READ ? reader_for(mime) : NULL;
    g_free(document->mime);
    document->mime = g_strdup(mime);
    if (status == STATUS_READ && !reader)
        status = STATUS_UNSUPPORTED;
    if (status != STATUS_READ) {
        fail_document(document, status);
        return TRUE;
    }
    if (!reader->read) {
        write_escalate(reading->fd, "page");
        reading->escalated = TRUE;
        return FALSE;
    }
    if (reader->risk == RISK_HIGH)
        reading->setup->risky();
    if (!reader->container) {
        read_document(reading, document, reader, input);
        return TRUE;
    }
    gboolean bare = depth == 0 && reading->request->name;
    status = unpack(reading, reader, input, bare ? NULL : document->path, depth);
    if (status == STATUS_READ)
        return FALSE;
    document->reader = reader->name;
    fail_document(document, status);
    return TRUE;
}

static void read_part(Reading *reading, const char *path, const char *filename, const char *declared, const char *charset,
                      const guint8 *bytes, gsize length, const char *sha256, gboolean is_body, guint depth)
{
    const Skip *skip = find_skip(reading, path);
    if (reading->request->verb == VERB_PART && g_strcmp0(reading->request->path, path) == 0) {
        put_bytes(reading->fd, bytes, length);
        reading->found = TRUE;
        return;
    }
    if (skip && is_body)
        return;
    if (reading->request->verb == VERB_READ)
        write_begin(reading->fd, path);
    g_autoptr(ReadDocument) document = read_document_new(path, filename, declared ? declared : "application/octet-stream");
    document->sha256 = sha256 ? g_strdup(sha256) : hash(bytes, length);
    document->bytes = length;
    document->is_body = is_body;
    ReadInput input = {bytes, length, filename, charset};
    if (skip)
        fail_document(document, skip->status);
    else if (!dispatch(reading, document, &input, declared, depth))
        return;
    /* The mail's own text is a document only when it bears a form. */
    if (is_body && (document->status != STATUS_READ || !any_kind(document)))
        return;
    g_ptr_array_add(reading->documents, g_steal_pointer(&document));
}

/* --- messages -------------------------------------------------------------------------------------------------------- */

static void read_parts(Reading *reading, const Envelope *envelope, const char *prefix, guint depth);

static void read_nested(Reading *reading, const MailPart *part, const char *path, guint depth)
{
    gsize length;
    const guint8 *bytes = g_bytes_get_data(part->bytes, &length);
    if (reading->request->verb == VERB_PART && g_strcmp0(reading->request->path, path) == 0) {
        put_bytes(reading->fd, bytes, length);
        reading->found = TRUE;
        return;
    }
    if (depth >= LIMIT_ARCHIVE_DEPTH)
        return;
    g_autoptr(Envelope) inner = envelope_read(bytes, length, &reading->request->context);
    read_parts(reading, inner, path, depth + 1);
}

static void read_parts(Reading *reading, const Envelope *envelope, const char *prefix, guint depth)
{
    for (guint i = 0; i < envelope->parts->len && !reading->escalated && !reading->found; i++) {
        const MailPart *part = g_ptr_array_index(envelope->parts, i);
        g_autofree char *path = prefix ? g_strdup_printf("%s/%s", prefix, part->path) : g_strdup(part->path);
        gsize length;
        const guint8 *bytes = g_bytes_get_data(part->bytes, &length);
        if (part->role == PART_MESSAGE)
            read_nested(reading, part, path, depth);
        else if (part->role != PART_INLINE)
            read_part(reading, path, part->filename, part->mime, part->charset, bytes, length, part->sha256,
                      part->role == PART_BODY, depth);
    }
}

static void finish(Reading *reading, const EngineMessage *message, const guint8 *bytes, gsize length)
{
    if (reading->escalated || reading->request->verb == VERB_PART)
        return;
    g_autofree char *sha256 = hash(bytes, length);
    g_autoptr(GPtrArray) findings =
        message ? engine_message(reading->setup->kinds, reading->documents, message, &reading->request->context) : NULL;
    for (guint i = 0; i < reading->documents->len; i++)
        write_document(reading->fd, g_ptr_array_index(reading->documents, i), reading->request->context.text);
    write_end(reading->fd, sha256, length, findings);
}

static void read_message(Reading *reading, const guint8 *bytes, gsize length)
{
    g_autoptr(Envelope) envelope = envelope_read(bytes, length, &reading->request->context);
    if (reading->request->verb == VERB_READ) {
        g_autofree char *sha256 = hash(bytes, length);
        write_envelope(reading->fd, envelope, sha256, length);
    }
    gboolean answered = g_str_equal(envelope->route, "submission") || g_str_equal(envelope->route, "reply");
    reading->subject = envelope->subject;
    /* What is no submission (a bounce, a newsletter) is not opened: its attachments are nobody's documents. */
    if (answered || reading->request->verb == VERB_PART)
        read_parts(reading, envelope, NULL, 0);
    EngineMessage message = {envelope->from_name, envelope->from_address, envelope->subject, envelope->body, envelope->route};
    finish(reading, answered ? &message : NULL, bytes, length);
}

void read_answer(const ReadSetup *setup, const Request *request, const guint8 *bytes, gsize length, int fd)
{
    Reading reading = {.setup = setup, .request = request, .fd = fd};
    reading.documents = g_ptr_array_new_with_free_func((GDestroyNotify)read_document_free);
    if (request->name) {
        read_part(&reading, request->name, request->name, NULL, NULL, bytes, length, NULL, FALSE, 0);
        finish(&reading, NULL, bytes, length);
    } else {
        read_message(&reading, bytes, length);
    }
    g_ptr_array_unref(reading.documents);
}
