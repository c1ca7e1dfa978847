#include <string.h>

#include "base/charset.h"
#include "envelope/encoded_word.h"
#include "envelope/transfer.h"

typedef struct {
    const char *charset; /* points into the header */
    gsize charset_length;
    char encoding; /* 'b' or 'q' */
    const char *text;
    gsize length;
    const char *end; /* behind the word */
} Word;

/* The end of a B word's text: the '?' before an '=' that may stand apart, or where a cut-off word stops. */
static const char *base64_end(const char *text, const char **ret_after)
{
    const char *p = text;
    while (*p && (g_ascii_isalnum(*p) || strchr("+/= \t\r\n", *p)))
        p++;
    if (*p == '?') {
        const char *after = p + 1;
        while (*after == ' ' || *after == '\t')
            after++;
        /* "=?" begins the next word: then only the '?' is this one's. */
        gboolean closed = *after == '=' && after[1] != '?';
        *ret_after = closed ? after + 1 : p + 1;
        return p;
    }
    *ret_after = p;
    return *p ? NULL : p;
}

/* RFC 2047 allows 75 characters; some mailers put a whole subject into one word. Longer ones would only cost
 * time. */
#define MAX_WORD 8192

static const char *find_near(const char *text, const char *mark)
{
    return g_strstr_len(text, MAX_WORD, mark);
}

/* The end of a Q word's text. A bare '?' may stand inside, even before an escape: "?=E4" then does not end
 * it. */
static const char *quoted_end(const char *text, const char **ret_after)
{
    for (const char *p = find_near(text, "?="); p && p - text < MAX_WORD; p = find_near(p + 2, "?=")) {
        gboolean escape = g_ascii_isxdigit(p[2]) && g_ascii_isxdigit(p[3]);
        const char *rest = escape ? find_near(p + 2, "?=") : NULL;
        const char *blank = rest ? strpbrk(p + 2, " \t\r\n") : NULL;
        if (rest && (!blank || rest < blank) && !find_near(p + 2, "=?"))
            continue;
        *ret_after = p + 2;
        return p;
    }
    return NULL;
}

/* Reads the word that begins at P ("=?"); FALSE when there is none. */
static gboolean read_word(const char *p, Word *word)
{
    const char *charset = p + 2, *mark = strchr(charset, '?');
    if (!mark || mark - charset > 60 || !mark[1] || mark[2] != '?')
        return FALSE;
    for (const char *c = charset; c < mark; c++)
        if (!g_ascii_isgraph(*c) || *c == '=')
            return FALSE;
    const char *language = memchr(charset, '*', (gsize)(mark - charset));
    *word = (Word){.charset = charset,
                   .charset_length = (gsize)((language ? language : mark) - charset),
                   .encoding = g_ascii_tolower(mark[1]),
                   .text = mark + 3};
    const char *end = word->encoding == 'b'   ? base64_end(word->text, &word->end)
                      : word->encoding == 'q' ? quoted_end(word->text, &word->end)
                                              : NULL;
    if (!end)
        return FALSE;
    word->length = (gsize)(end - word->text);
    return TRUE;
}

gboolean encoded_word_within(const char *raw)
{
    Word word;
    for (const char *p = strstr(raw, "=?"); p; p = strstr(p + 2, "=?"))
        if (read_word(p, &word))
            return TRUE;
    return FALSE;
}

/* Adjacent words of one charset, whose bytes belong together. */
typedef struct {
    char *charset;        /* NULL when there is no run */
    GByteArray *bytes;    /* each word decoded for itself */
    GString *base64;      /* the base64 of all words in one, as mailers that cut one encoded text write it */
    gboolean unpadded;    /* a word but the last is no whole number of quanta */
    gboolean last_broken; /* the last word so far is one */
} Run;

static void flush_run(Run *run, GString *out)
{
    if (!run->charset)
        return;
    const char *bytes = (const char *)run->bytes->data;
    g_autofree char *text = NULL;
    if (run->unpadded) {
        text = charset_decode_strict(bytes, run->bytes->len, run->charset);
        g_autoptr(GByteArray) joined = g_byte_array_new();
        transfer_base64(run->base64->str, run->base64->len, joined);
        if (!text)
            text = charset_decode_strict((const char *)joined->data, joined->len, run->charset);
    }
    if (!text)
        text = charset_decode(bytes ? bytes : "", run->bytes->len, run->charset);
    g_string_append(out, text);
    g_clear_pointer(&run->charset, g_free);
    g_byte_array_set_size(run->bytes, 0);
    g_string_truncate(run->base64, 0);
    run->unpadded = run->last_broken = FALSE;
}

static void add_word(Run *run, const Word *word, GString *out)
{
    g_autofree char *charset = g_strndup(word->charset, word->charset_length);
    gboolean same =
        run->charset && (g_ascii_strcasecmp(run->charset, charset) == 0 ||
                         (strcmp(charset_canonical(run->charset), charset_canonical(charset)) == 0));
    if (!same) {
        flush_run(run, out);
        run->charset = g_steal_pointer(&charset);
    }
    run->unpadded |= run->last_broken;
    run->last_broken = FALSE;
    if (word->encoding == 'q') {
        transfer_quoted(word->text, word->length, TRUE, run->bytes);
        return;
    }
    transfer_base64(word->text, word->length, run->bytes);
    gsize letters = 0;
    for (gsize i = 0; i < word->length; i++)
        letters += !g_ascii_isspace(word->text[i]);
    run->last_broken = letters % 4 != 0;
    g_string_append_len(run->base64, word->text, (gssize)word->length);
}

/* Text between words: raw bytes of some charset, its folding undone. */
static void add_literal(GString *out, const char *text, gsize length)
{
    g_autoptr(GString) flat = g_string_sized_new(length);
    for (gsize i = 0; i < length; i++)
        if (text[i] != '\r' && text[i] != '\n')
            g_string_append_c(flat, text[i] == '\t' ? ' ' : text[i]);
    g_autofree char *decoded = charset_decode(flat->str, flat->len, NULL);
    g_string_append(out, decoded);
}

static gboolean is_blank(const char *text, const char *end)
{
    while (text < end && g_ascii_isspace(*text))
        text++;
    return text == end;
}

/* Control characters, a line end hidden in a word among them, become blanks. */
static char *without_controls(GString *text)
{
    for (char *p = text->str; *p; p++)
        if (g_ascii_iscntrl(*p))
            *p = ' ';
    return g_strstrip(g_string_free(text, FALSE));
}

char *encoded_word_decode(const char *raw)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GString) base64 = g_string_new(NULL);
    Run run = {.bytes = bytes, .base64 = base64};
    GString *out = g_string_sized_new(strlen(raw));
    const char *rest = raw;
    Word word;
    for (const char *p = strstr(raw, "=?"); p; p = strstr(p, "=?")) {
        if (!read_word(p, &word)) {
            p += 2;
            continue;
        }
        if (!run.charset || !is_blank(rest, p)) {
            flush_run(&run, out);
            add_literal(out, rest, (gsize)(p - rest));
        }
        add_word(&run, &word, out);
        p = rest = word.end;
    }
    flush_run(&run, out);
    add_literal(out, rest, strlen(rest));
    return without_controls(out);
}
