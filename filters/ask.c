#include "ask.h"

#include <string.h>

#include "answers/answers.h"
#include "base/limits.h"
#include "base/text.h"
#include "write.h"

#define NAME_CHARS 255

/* A reader that runs for a question. What stands inside is named and not opened; the text of a mail inside is read too. */
typedef struct {
    Members members;
    Reading *reading;
    Xhtml *out;
    GPtrArray *names; /* char *: what stands inside */
    guint64 expanded;
    gboolean is_body;   /* a text inside is being read */
    gboolean escalated; /* a larger server was asked for */
} Asking;

static void escalate(Reading *reading, Size size)
{
    if (!reading->stop)
        write_escalate(reading->fd, size_name(size));
    reading->stop = TRUE;
}

static gboolean name_member(Members *self, const char *name, G_GNUC_UNUSED const guint8 *bytes, gsize length,
                            G_GNUC_UNUSED Status status)
{
    Asking *asking = (Asking *)self;
    asking->expanded += length;
    g_ptr_array_add(asking->names, text_plain(name, NAME_CHARS));
    return asking->names->len < LIMIT_ARCHIVE_MEMBERS && asking->expanded < LIMIT_EXPANDED_BYTES;
}

static void larger(Members *self, Size size)
{
    Asking *asking = (Asking *)self;
    asking->escalated = TRUE;
    escalate(asking->reading, size);
}

static Status run(Asking *asking, const Reader *reader, const Piece *piece)
{
    const ReadInput input = {.bytes = piece->bytes, .length = piece->length, .filename = piece->filename, .charset = piece->charset,
                       .password = asking->reading->request->context.password, .until = asking->reading->request->until};
    if (reader->risk == RISK_HIGH)
        asking->reading->setup->risky();
    Status status = reader->read(&input, asking->out, &asking->members);
    return status == STATUS_READ && xhtml_full(asking->out) ? STATUS_TOO_LARGE : status;
}

static void read_body(Members *self, const char *mime, const char *charset, const guint8 *bytes, gsize length)
{
    Asking *asking = (Asking *)self;
    const Reader *reader = reader_for(mime);
    Piece piece = {.bytes = bytes, .length = length, .charset = charset};
    if (asking->is_body || length == 0 || !reader || !reader->read)
        return;
    asking->is_body = TRUE;
    run(asking, reader, &piece);
    asking->is_body = FALSE;
}

static void put_line(Xhtml *out, const char *tag, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    xhtml_open(out, tag);
    xhtml_text(out, label, -1);
    xhtml_text(out, text, -1);
    xhtml_close(out, tag);
}

static void put_mail(Members *self, const char *name, const char *address, const char *subject, const char *date)
{
    Asking *asking = (Asking *)self;
    g_autofree char *from = g_strdup_printf("%s%s%s%s", name ? name : "", address ? " <" : "", address ? address : "", address ? ">" : "");
    put_line(asking->out, "h1", "", subject);
    put_line(asking->out, "p", "发件人 From: ", g_strstrip(from));
    put_line(asking->out, "p", "日期 Date: ", date);
}

static void put_names(Asking *asking)
{
    if (asking->names->len == 0)
        return;
    xhtml_open(asking->out, "ul");
    for (guint i = 0; i < asking->names->len; i++)
        put_line(asking->out, "li", "", g_ptr_array_index(asking->names, i));
    xhtml_close(asking->out, "ul");
}

static const Members members = {name_member, read_body, put_mail, larger};

/* --- the questions: each returns why it cannot be answered, or NULL -------------------------------------------------------- */

/* A mail: who, what, when, its text, and what is attached. */
static Status read_mail(Asking *asking, const Piece *piece)
{
    const Context *context = &asking->reading->request->context;
    g_autoptr(Envelope) envelope = envelope_read(piece->bytes, piece->length, context);
    put_mail(&asking->members, envelope->from_name, envelope->from_address, envelope->subject, envelope->date);
    for (guint i = 0; i < envelope->parts->len; i++) {
        const MailPart *part = g_ptr_array_index(envelope->parts, i);
        gsize length;
        const guint8 *bytes = g_bytes_get_data(part->bytes, &length);
        if (part->role == PART_BODY)
            read_body(&asking->members, part->mime, part->charset, bytes, length);
        else if (part->role != PART_INLINE)
            g_ptr_array_add(asking->names, text_plain(part->filename ? part->filename : part->path, NAME_CHARS));
    }
    return xhtml_full(asking->out) ? STATUS_TOO_LARGE : STATUS_READ;
}

/* PIECE as XHTML; STATUS_READ with asking->escalated: a larger server must. */
static Status read_whole(Asking *asking, const Piece *piece)
{
    const Reader *reader = piece->status == STATUS_READ ? reader_for(piece->mime) : NULL;
    if (piece->status != STATUS_READ)
        return piece->status;
    if (g_str_equal(piece->mime, "message/rfc822"))
        return read_mail(asking, piece);
    if (!reader)
        return STATUS_UNSUPPORTED;
    if (!reader->read) {
        larger(&asking->members, reader->size);
        return STATUS_READ;
    }
    Status status = run(asking, reader, piece);
    return asking->escalated ? STATUS_READ : status;
}

static const char *answer_tree(Reading *reading, Piece *piece, gboolean table)
{
    g_autoptr(Xhtml) xhtml = table ? xhtml_new_table() : xhtml_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Asking asking = {.members = members, .reading = reading, .out = xhtml, .names = names};
    piece_sniff(reading, piece);
    /* Whoever asks for the table in a text knows that it is one, whatever the file is called. */
    if (table && piece->status == STATUS_READ && g_str_equal(piece->mime, "text/plain"))
        piece->mime = "text/csv";
    Status status = read_whole(&asking, piece);
    if (asking.escalated)
        return NULL;
    if (status != STATUS_READ)
        return status_name(status);
    if (!table)
        put_names(&asking);
    g_autoptr(GString) text = table ? answers_table(xhtml_doc(xhtml)) : answers_view(xhtml_doc(xhtml));
    if (!text)
        return status_name(STATUS_UNSUPPORTED);
    if (text->len > (table ? LIMIT_TABLE_BYTES : LIMIT_VIEW_BYTES))
        return status_name(STATUS_TOO_LARGE);
    write_answer(reading->fd, (const guint8 *)text->str, text->len);
    return NULL;
}

static const char *answer_calendar(Reading *reading, const Piece *piece)
{
    reading->setup->risky();
    g_autoptr(GString) text = answers_calendar(piece->bytes, piece->length, reading->request->until);
    if (!text)
        return status_name(piece->length ? STATUS_UNSUPPORTED : STATUS_EMPTY);
    write_answer(reading->fd, (const guint8 *)text->str, text->len);
    return NULL;
}

static const char *answer_page(Reading *reading, Piece *piece)
{
    piece_sniff(reading, piece);
    if (piece->status != STATUS_READ)
        return status_name(piece->status);
    if (!answers_render) {
        escalate(reading, SIZE_PAGE);
        return NULL;
    }
    reading->setup->risky();
    g_autoptr(GByteArray) png = g_byte_array_new();
    const char *why = answers_render(piece->mime, piece->bytes, piece->length, reading->request->page, reading->request->dpi, png);
    if (!why)
        write_answer(reading->fd, png->data, png->len);
    return why;
}

void ask_piece(Reading *reading, Piece *piece)
{
    const char *why = NULL;
    switch (reading->request->verb) {
    case VERB_PART: write_answer(reading->fd, piece->bytes, piece->length); break;
    case VERB_VIEW: why = answer_tree(reading, piece, FALSE); break;
    case VERB_TABLE: why = answer_tree(reading, piece, TRUE); break;
    case VERB_ICAL: why = answer_calendar(reading, piece); break;
    case VERB_RENDER: why = answer_page(reading, piece); break;
    case VERB_READ: return;
    }
    if (why)
        write_fault(reading->fd, why);
    reading->stop = TRUE;
}
