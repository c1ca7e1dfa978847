/* compose.c: the folder of templates, and from a template to a message. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "base/text.h"
#include "letters/facts.h"
#include "letters/mime.h"
#include "send/address.h"

#define SUBJECT_CHARS 240 /* the sender's own subject is capped before, by facts */

/* --- the folder ---------------------------------------------------------------------------------------------------- */

typedef struct {
    Template *subject, *text, *html;
} Body; /* one letter in one language */

struct Templates {
    GHashTable *bodies; /* "KIND.FORM.LANG" -> Body * */
    Template *page;
    Names *names;
};

static const char *const kinds[] = {"acknowledgement"};
static const char *const forms[] = {[LETTER_MINIMAL] = "minimal", [LETTER_FULL] = "full"};
static const char *const languages[] = {"zh", "en"};

static void body_free(gpointer data)
{
    Body *body = data;
    template_free(body->subject);
    template_free(body->text);
    template_free(body->html);
    g_free(body);
}

void templates_free(Templates *templates)
{
    if (!templates)
        return;
    g_hash_table_unref(templates->bodies);
    template_free(templates->page);
    names_free(templates->names);
    g_free(templates);
}

/* Editors on Windows put a byte-order mark first and end lines with CR LF. */
static char *read_text(const char *file, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GError) problem = NULL;
    if (!g_file_get_contents(file, &text, &length, &problem)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "%s", problem->message);
        return NULL;
    }
    if (length > LIMIT_TEMPLATE_BYTES || strlen(text) != length) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "%s is no template: %s", file,
                    length > LIMIT_TEMPLATE_BYTES ? "it is too large" : "it holds a NUL byte");
        return NULL;
    }
    const char *from = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;
    GString *lines = g_string_sized_new(length);
    for (; *from; from++) {
        if (from[0] != '\r' || from[1] != '\n')
            g_string_append_c(lines, *from);
    }
    return g_string_free(lines, FALSE);
}

static Template *load_html(const char *dir, const char *name, TemplateUse use, GError **error)
{
    g_autofree char *base = g_strconcat(name, ".html", NULL);
    g_autofree char *file = g_build_filename(dir, base, NULL);
    g_autofree char *text = read_text(file, error);
    return text ? template_parse(file, 1, text, TEMPLATE_HTML, use, error) : NULL;
}

/* "Subject: …", an empty line, and the text. */
static gboolean load_text(Body *body, const char *dir, const char *name, TemplateUse use, GError **error)
{
    g_autofree char *base = g_strconcat(name, ".txt", NULL);
    g_autofree char *file = g_build_filename(dir, base, NULL);
    g_autofree char *text = read_text(file, error);
    if (!text)
        return FALSE;
    char *end = strstr(text, "\n\n");
    if (!g_str_has_prefix(text, "Subject: ") || !end || strchr(text, '\n') != end) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "%s:1: the first line must be 'Subject: …' and the second empty",
                    file);
        return FALSE;
    }
    *end = '\0';
    body->subject = template_parse(file, 1, text + strlen("Subject: "), TEMPLATE_TEXT, use, error);
    body->text = body->subject ? template_parse(file, 3, end + 2, TEMPLATE_TEXT, use, error) : NULL;
    return body->text != NULL;
}

static gboolean load_body(Templates *templates, const char *dir, const char *kind, LetterForm form,
                          const char *language, GError **error)
{
    char *name = g_strdup_printf("%s.%s.%s", kind, forms[form], language);
    TemplateUse use = form == LETTER_MINIMAL ? TEMPLATE_MINIMAL : TEMPLATE_FULL;
    Body *body = g_new0(Body, 1);
    g_hash_table_insert(templates->bodies, name, body);
    if (!load_text(body, dir, name, use, error))
        return FALSE;
    body->html = load_html(dir, name, use, error);
    return body->html != NULL;
}

Templates *templates_load(const char *dir, GError **error)
{
    g_autoptr(Templates) templates = g_new0(Templates, 1);
    g_autofree char *names = g_build_filename(dir, "names.conf", NULL);
    templates->bodies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, body_free);
    templates->names = names_load(names, error);
    if (!templates->names)
        return NULL;
    templates->page = load_html(dir, "page", TEMPLATE_PAGE, error);
    if (!templates->page)
        return NULL;
    for (guint kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
        for (guint form = LETTER_MINIMAL; form <= LETTER_FULL; form++) {
            for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
                if (!load_body(templates, dir, kinds[kind], (LetterForm)form, languages[i], error))
                    return NULL;
            }
        }
    }
    return g_steal_pointer(&templates);
}

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

static gboolean add_language(Texts *texts, const Templates *templates, const LetterFacts *from, const Conf *conf,
                             const char *language, GError **error)
{
    g_autofree char *name = g_strdup_printf("%s.%s.%s", from->kind, forms[from->form], language);
    const Body *body = g_hash_table_lookup(templates->bodies, name);
    if (!body) {
        g_set_error(error, FAILURE, FAILURE_BUG, "there is no template for the letter %s", name);
        return FALSE;
    }
    g_autoptr(Facts) facts = letter_facts(from, templates->names, conf, language);
    if (texts->text->len == 0) {
        texts->language = language;
        template_expand(body->subject, facts, texts->subject);
        trim_subject(texts->subject);
    } else {
        g_string_append(texts->text, "\n----------------------------------------\n\n");
        g_string_append(texts->html, "<hr style=\"border:0;border-top:1px solid #ccc;margin:2em 0\">\n");
    }
    g_string_append_printf(texts->html, "<div lang=\"%s\">\n", language);
    template_expand(body->text, facts, texts->text);
    template_expand(body->html, facts, texts->html);
    g_string_append(texts->html, "</div>\n");
    return TRUE;
}

static gboolean write_texts(Texts *texts, const Templates *templates, const LetterFacts *from, const Conf *conf,
                            GError **error)
{
    const char *wanted = conf_string(conf, "letters", "language");
    for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
        if ((g_str_equal(wanted, "both") || g_str_equal(wanted, languages[i])) &&
            !add_language(texts, templates, from, conf, languages[i], error))
            return FALSE;
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
static void put_thread(GString *out, const Record *record)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < record->references->len; i++)
        add_id(ids, g_ptr_array_index(record->references, i));
    if (ids->len == 0)
        add_id(ids, record->in_reply_to);
    add_id(ids, record->message_id);
    if (ids->len > LIMIT_LETTER_REFERENCES)
        g_ptr_array_remove_range(ids, 1, ids->len - LIMIT_LETTER_REFERENCES);
    if (mime_id_valid(record->message_id))
        g_string_append_printf(out, "In-Reply-To: %s\r\n", record->message_id);
    if (ids->len > 0)
        mime_ids_header(out, "References", ids);
}

static void put_headers(GString *out, const Letter *letter, const LetterFacts *from, const Conf *conf,
                        const char *office, const char *language)
{
    const Record *record = from->record;
    g_autoptr(GDateTime) now = letter_time(clock_now(), conf_string(conf, "general", "zone"));
    g_autofree char *date = mime_date(now);
    g_string_append_printf(out, "Date: %s\r\n", date);
    mime_address_header(out, "From", letter_office(conf, language), office);
    mime_address_header(out, "Reply-To", NULL, office);
    mime_address_header(out, "To", NULL, letter->recipient);
    mime_header(out, "Subject", letter->subject);
    g_string_append_printf(out, "Message-ID: %s\r\n", letter->message_id);
    put_thread(out, record);
    g_string_append(out, "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\n");
    g_string_append_printf(out, "X-Shouwen-Receipt: %s %s\r\n", from->reference, record->sha256);
}

static GBytes *write_message(const Letter *letter, const LetterFacts *from, const Conf *conf, const char *office,
                             const Texts *texts, const Templates *templates)
{
    g_autofree char *random = random_name();
    g_autofree char *boundary = g_strconcat("=_", random, NULL);
    g_autoptr(Facts) page = facts_new();
    g_autoptr(GString) html = g_string_new(NULL);
    facts_set_markup(page, "letter", texts->html->str);
    facts_set(page, "language", texts->language, LETTER_NAME_CHARS);
    template_expand(templates->page, page, html);
    GString *out = g_string_sized_new(2 * (texts->text->len + html->len));
    put_headers(out, letter, from, conf, office, texts->language);
    g_string_append_printf(out, "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"%s\"\r\n", boundary);
    g_string_append_printf(out, "\r\n--%s\r\n", boundary);
    mime_text_part(out, "plain", texts->text->str);
    g_string_append_printf(out, "\r\n--%s\r\n", boundary);
    mime_text_part(out, "html", html->str);
    g_string_append_printf(out, "\r\n--%s--\r\n", boundary);
    return g_string_free_to_bytes(out);
}

void letter_free(Letter *letter)
{
    if (!letter)
        return;
    g_free(letter->recipient);
    g_free(letter->message_id);
    g_free(letter->subject);
    g_clear_pointer(&letter->bytes, g_bytes_unref);
    g_free(letter);
}

Letter *letter_compose(const Templates *templates, const LetterFacts *from, const Conf *conf, GError **error)
{
    const char *office = conf_list(conf, "office", "address")[0];
    const char *recipient = letter_recipient(from->record, conf);
    if (!address_valid(office)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG,
                    "%s: [office] address must begin with the address that letters come from", conf_file(conf));
        return NULL;
    }
    if (!address_valid(recipient)) {
        g_set_error(error, FAILURE, FAILURE_BUG, "a letter to a sender without address");
        return NULL;
    }
    g_auto(Texts) texts = {g_string_new(NULL), g_string_new(NULL), g_string_new(NULL), languages[0]};
    if (!write_texts(&texts, templates, from, conf, error))
        return NULL;
    g_autofree char *random = random_name();
    g_autoptr(Letter) letter = g_new0(Letter, 1);
    letter->recipient = g_strdup(recipient);
    letter->message_id = g_strdup_printf("<%s@%s>", random, address_domain(office));
    letter->subject = text_plain(texts.subject->str, SUBJECT_CHARS);
    letter->bytes = write_message(letter, from, conf, office, &texts, templates);
    return g_steal_pointer(&letter);
}
