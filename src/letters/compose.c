/* compose.c: from an order to a message. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "base/text.h"
#include "letters/facts.h"
#include "letters/folder.h"
#include "letters/html.h"
#include "letters/mime.h"
#include "send/address.h"

#define SUBJECT_CHARS 240 /* the sender's own subject is capped before, by facts */

typedef struct {
    const Templates *templates;
    const LetterOrder *order;
    const Conf *conf;
    const char *office; /* our address */
} Writing;

/* --- the texts ----------------------------------------------------------------------------------------------------- */

typedef struct {
    GString *subject, *text, *html; /* html: the letters without the page around them */
    const char *language;           /* of the headers: the first one */
} Texts;

static void texts_clear(Texts *texts)
{
    g_string_free(texts->subject, TRUE);
    g_string_free(texts->text, TRUE);
    g_string_free(texts->html, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Texts, texts_clear)

/* A mail without subject leaves a colon at the end of ours. */
static void trim_subject(GString *subject)
{
    const char *last = subject->str + subject->len;
    while (last > subject->str) {
        const char *before = g_utf8_prev_char(last);
        if (*before != ' ' && *before != ':' && !g_str_has_prefix(before, "："))
            break;
        last = before;
    }
    g_string_truncate(subject, (gsize)(last - subject->str));
}

/* Sections that were left out leave empty lines: one is kept, none at the end. */
static void squeeze_lines(GString *text)
{
    gsize to = 0;
    for (const char *from = text->str; *from; from++) {
        if (*from == '\n' && (to == 0 || (to > 1 && text->str[to - 1] == '\n' && text->str[to - 2] == '\n')))
            continue;
        text->str[to++] = *from;
    }
    g_string_truncate(text, to);
    while (text->len > 1 && text->str[text->len - 2] == '\n')
        g_string_truncate(text, text->len - 1);
}

static void begin_language(Texts *texts, const char *language)
{
    if (texts->text->len > 0) {
        g_string_append(texts->text, "\n----------------------------------------\n\n");
        g_string_append(texts->html, "<hr style=\"border:0;border-top:1px solid #ccc;margin:2em 0\">\n");
    } else {
        texts->language = language;
    }
    g_string_append_printf(texts->html, "<div lang=\"%s\">\n", language);
}

static gboolean add_language(Texts *texts, const Writing *writing, const char *language, GError **error)
{
    const LetterOrder *order = writing->order;
    const LetterBody *body = templates_body(writing->templates, order->kind, order->form, language);
    if (!body) {
        g_set_error(error, FAILURE, FAILURE_BUG, "there is no template for the letter %s", order->kind);
        return FALSE;
    }
    LetterVoice voice = {language, templates_names(writing->templates), writing->conf};
    g_autoptr(Facts) facts = letter_facts(order, &voice);
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean minimal = order->form == LETTER_MINIMAL;
    if (texts->subject->len == 0) {
        template_expand(body->subject, facts, minimal, texts->subject);
        trim_subject(texts->subject);
    }
    template_expand(body->text, facts, minimal, text);
    squeeze_lines(text);
    begin_language(texts, language);
    g_string_append(texts->text, text->str);
    html_from_text(text->str, texts->html);
    g_string_append(texts->html, "</div>\n");
    return TRUE;
}

/* The words of a person, for all languages. */
static void add_edited(Texts *texts, const char *edited, const char *language)
{
    g_autofree char *plain = text_plain_lines(edited, LIMIT_LETTER_LINES, LIMIT_LETTER_LINE_CHARS);
    g_autoptr(GString) text = g_string_new(plain);
    g_string_append_c(text, '\n');
    squeeze_lines(text);
    begin_language(texts, language);
    g_string_append(texts->text, text->str);
    html_from_text(text->str, texts->html);
    g_string_append(texts->html, "</div>\n");
}

static gboolean write_texts(Texts *texts, const Writing *writing, GError **error)
{
    const LetterOrder *order = writing->order;
    const char *wanted = order->language ? order->language : conf_string(writing->conf, "letters", "language");
    gboolean both = !g_str_equal(wanted, "zh") && !g_str_equal(wanted, "en");
    if (order->edited_subject)
        g_string_append(texts->subject, order->edited_subject);
    if (order->edited && order->edited_subject) {
        add_edited(texts, order->edited, both ? letter_languages[0] : wanted);
        return TRUE;
    }
    for (const char *const *language = letter_languages; *language; language++) {
        if ((both || g_str_equal(wanted, *language)) && !add_language(texts, writing, *language, error))
            return FALSE;
    }
    if (order->edited) {
        g_string_truncate(texts->text, 0);
        g_string_truncate(texts->html, 0);
        add_edited(texts, order->edited, both ? letter_languages[0] : wanted);
    }
    return TRUE;
}

/* --- the message --------------------------------------------------------------------------------------------------- */

/* 128 random bits as hex: a Message-ID that can be guessed would let a stranger claim to answer a letter of ours. */
static char *random_name(void)
{
    guint8 bytes[16];
    gsize have = 0;
    while (have < sizeof bytes) {
        gssize got = getrandom(bytes + have, sizeof bytes - have, 0);
        if (got < 0 && errno != EINTR)
            g_error("no random numbers from the kernel: %s", g_strerror(errno));
        have += got > 0 ? (gsize)got : 0;
    }
    GString *name = g_string_new(NULL);
    for (gsize i = 0; i < sizeof bytes; i++)
        g_string_append_printf(name, "%02x", bytes[i]);
    return g_string_free(name, FALSE);
}

static void add_id(GPtrArray *ids, const char *id)
{
    if (!mime_id_valid(id))
        return;
    for (guint i = 0; i < ids->len; i++) {
        if (g_str_equal(g_ptr_array_index(ids, i), id))
            g_ptr_array_remove_index(ids, i--);
    }
    g_ptr_array_add(ids, (gpointer)id);
}

/* RFC 5322 3.6.4. The mail's own References may be long, or made up: the first and the latest are kept. */
static void put_thread(GString *out, const LetterOrder *order)
{
    const Record *record = order->record;
    const char *answered = NULL;
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; order->thread && order->thread[i]; i++)
        add_id(ids, answered = order->thread[i]);
    if (!order->thread && record) {
        for (guint i = 0; i < record->references->len; i++)
            add_id(ids, g_ptr_array_index(record->references, i));
        if (ids->len == 0)
            add_id(ids, record->in_reply_to);
        add_id(ids, answered = record->message_id);
    }
    if (ids->len > LIMIT_LETTER_REFERENCES)
        g_ptr_array_remove_range(ids, 1, ids->len - LIMIT_LETTER_REFERENCES);
    if (mime_id_valid(answered))
        g_string_append_printf(out, "In-Reply-To: %s\r\n", answered);
    if (ids->len > 0)
        mime_ids_header(out, "References", ids);
}

static void put_headers(GString *out, const Letter *letter, const Writing *writing, const char *language)
{
    const LetterOrder *order = writing->order;
    g_autoptr(GDateTime) now = letter_time(clock_now(), conf_string(writing->conf, "general", "zone"));
    g_autofree char *date = mime_date(now);
    g_string_append_printf(out, "Date: %s\r\n", date);
    mime_address_header(out, "From", letter_office(writing->conf, language), writing->office);
    mime_address_header(out, "Reply-To", NULL, writing->office);
    mime_address_header(out, "To", NULL, letter->recipient);
    mime_header(out, "Subject", letter->subject);
    g_string_append_printf(out, "Message-ID: %s\r\n", letter->message_id);
    put_thread(out, order);
    /* RFC 3834 5.1; a person's own letter is none of these, and its reader may well be away and say so. */
    if (order->answers || !order->by_person)
        g_string_append_printf(out, "Auto-Submitted: %s\r\nX-Auto-Response-Suppress: All\r\n",
                               order->answers ? "auto-replied" : "auto-generated");
    if (order->record)
        g_string_append_printf(out, "X-Shouwen-Receipt: %s %s %s\r\n", order->reference, order->record->sha256, order->kind);
    g_string_append(out, "MIME-Version: 1.0\r\n");
}

static void put_texts(GString *out, const Writing *writing, const Texts *texts, const char *boundary)
{
    g_autoptr(Facts) page = facts_new();
    g_autoptr(GString) html = g_string_new(NULL);
    facts_set_markup(page, "letter", texts->html->str);
    facts_set(page, "language", texts->language, LETTER_NAME_CHARS);
    template_expand(templates_page(writing->templates), page, FALSE, html);
    g_string_append_printf(out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n", boundary);
    g_string_append_printf(out, "\r\n--%s\r\n", boundary);
    mime_text_part(out, "plain", texts->text->str);
    g_string_append_printf(out, "\r\n--%s\r\n", boundary);
    mime_text_part(out, "html", html->str);
    g_string_append_printf(out, "\r\n--%s--\r\n", boundary);
}

static GBytes *write_message(const Letter *letter, const Writing *writing, const Texts *texts)
{
    const LetterFile *file = writing->order->file;
    g_autofree char *random = random_name();
    g_autofree char *inner = g_strconcat("=_", random, NULL), *outer = g_strconcat("=_m", random, NULL);
    GString *out = g_string_sized_new(4 * (texts->text->len + texts->html->len));
    put_headers(out, letter, writing, texts->language);
    if (!file) {
        put_texts(out, writing, texts, inner);
        return g_string_free_to_bytes(out);
    }
    g_string_append_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n", outer);
    g_string_append_printf(out, "\r\n--%s\r\n", outer);
    put_texts(out, writing, texts, inner);
    g_string_append_printf(out, "\r\n--%s\r\n", outer);
    mime_file_part(out, file->name, file->mime, file->bytes);
    g_string_append_printf(out, "\r\n--%s--\r\n", outer);
    return g_string_free_to_bytes(out);
}

void letter_free(Letter *letter)
{
    if (!letter)
        return;
    g_free(letter->recipient);
    g_free(letter->message_id);
    g_free(letter->subject);
    g_free(letter->text);
    g_clear_pointer(&letter->bytes, g_bytes_unref);
    g_free(letter);
}

Letter *letter_write(const Templates *templates, const LetterOrder *order, const Conf *conf, GError **error)
{
    Writing writing = {templates, order, conf, conf_list(conf, "office", "address")[0]};
    if (!address_valid(writing.office)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG,
                    "%s: [office] address must begin with the address that letters come from", conf_file(conf));
        return NULL;
    }
    if (!address_valid(order->recipient)) {
        g_set_error(error, FAILURE, FAILURE_DATA, "nobody can be written to at '%s'", order->recipient ? order->recipient : "");
        return NULL;
    }
    g_auto(Texts) texts = {g_string_new(NULL), g_string_new(NULL), g_string_new(NULL), letter_languages[0]};
    if (!write_texts(&texts, &writing, error))
        return NULL;
    g_autofree char *random = random_name();
    g_autoptr(Letter) letter = g_new0(Letter, 1);
    letter->recipient = g_strdup(order->recipient);
    letter->message_id = g_strdup_printf("<%s@%s>", random, address_domain(writing.office));
    letter->subject = text_plain(texts.subject->str, SUBJECT_CHARS);
    letter->text = g_strdup(texts.text->str);
    letter->bytes = write_message(letter, &writing, &texts);
    return g_steal_pointer(&letter);
}
