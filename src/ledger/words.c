/* words.c: words of texts and questions. */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "ledger/words.h"

/* --- words of a text --------------------------------------------------------------------------------------------------- */

typedef struct {
    WordVisitor visit;
    gpointer user;
    GString *word;      /* a word under way */
    gsize start, end;   /* of it */
    gunichar han;       /* the last character of a Chinese run under way; 0: none */
    gsize han_start, han_end;
    gsize run;          /* characters of that run */
    gboolean enough;
} Cutter;

static void give(Cutter *cutter, const char *word, gsize start, gsize end)
{
    if (!cutter->enough)
        cutter->enough = !cutter->visit(word, start, end, cutter->user);
}

static void end_word(Cutter *cutter)
{
    if (cutter->word->len == 0)
        return;
    give(cutter, cutter->word->str, cutter->start, cutter->end);
    g_string_truncate(cutter->word, 0);
}

static void end_run(Cutter *cutter)
{
    char alone[8];
    if (!cutter->han)
        return;
    alone[g_unichar_to_utf8(cutter->han, alone)] = 0;
    give(cutter, alone, cutter->han_start, cutter->han_end);
    cutter->han = 0;
    cutter->run = 0;
}

static void take_han(Cutter *cutter, gunichar c, gsize start, gsize end)
{
    char pair[16];
    end_word(cutter);
    if (cutter->han) {
        int length = g_unichar_to_utf8(cutter->han, pair);
        length += g_unichar_to_utf8(c, pair + length);
        pair[length] = 0;
        give(cutter, pair, cutter->han_start, end);
    }
    cutter->han = c;
    cutter->han_start = start;
    cutter->han_end = end;
    cutter->run++;
}

/* One folded character. */
static void take(Cutter *cutter, gunichar c, gsize start, gsize end)
{
    if (text_is_han(c)) {
        take_han(cutter, c, start, end);
    } else if (g_unichar_isalnum(c)) {
        end_run(cutter);
        if (cutter->word->len == 0)
            cutter->start = start;
        cutter->end = end;
        g_string_append_unichar(cutter->word, g_unichar_tolower(c));
    } else if (!g_unichar_ismark(c)) {
        end_word(cutter);
        if (!g_unichar_isspace(c))
            end_run(cutter);
    }
}

static void cut(Cutter *cutter, const char *text)
{
    gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
    for (const char *p = text, *next; *p && !cutter->enough; p = next) {
        next = g_utf8_next_char(p);
        gunichar c = g_utf8_get_char(p);
        gsize start = (gsize)(p - text), end = (gsize)(next - text), n = 1;
        parts[0] = c;
        if (c >= 0x80 && !(c >= 0x4e00 && c <= 0x9fff)) /* the others are what they are */
            n = g_unichar_fully_decompose(c, TRUE, parts, G_N_ELEMENTS(parts));
        for (gsize i = 0; i < n; i++)
            take(cutter, parts[i], start, end);
    }
    end_word(cutter);
}

void words_each(const char *text, WordVisitor visit, gpointer user)
{
    Cutter cutter = {.visit = visit, .user = user, .word = g_string_new(NULL)};
    cut(&cutter, text);
    end_run(&cutter);
    g_string_free(cutter.word, TRUE);
}

static gboolean append_word(const char *word, G_GNUC_UNUSED gsize start, G_GNUC_UNUSED gsize end, gpointer user)
{
    GString *out = user;
    if (out->len)
        g_string_append_c(out, ' ');
    g_string_append(out, word);
    return TRUE;
}

char *words_of(const char *text)
{
    GString *out = g_string_sized_new(3 * strlen(text));
    words_each(text, append_word, out);
    return g_string_free(out, FALSE);
}

/* --- questions ----------------------------------------------------------------------------------------------------------- */

static void phrase_free(gpointer data)
{
    WordPhrase *phrase = data;
    g_ptr_array_unref(phrase->words);
    g_free(phrase);
}

static gboolean add_word(const char *word, G_GNUC_UNUSED gsize start, G_GNUC_UNUSED gsize end, gpointer user)
{
    GPtrArray *words = user;
    g_ptr_array_add(words, g_strdup(word));
    return words->len < LIMIT_QUERY_WORDS;
}

/* The text may go on behind the last character of a question: it is then no last one there. */
static void add_phrase(GPtrArray *phrases, const char *term)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    Cutter cutter = {.visit = add_word, .user = words, .word = g_string_new(NULL)};
    cut(&cutter, term);
    gboolean beginning = cutter.run == 1;
    if (beginning)
        end_run(&cutter);
    g_string_free(cutter.word, TRUE);
    if (words->len == 0 || phrases->len >= LIMIT_QUERY_PHRASES)
        return;
    WordPhrase *phrase = g_new0(WordPhrase, 1);
    phrase->words = g_steal_pointer(&words);
    phrase->beginning = beginning;
    g_ptr_array_add(phrases, phrase);
}

static gboolean is_quote(gunichar c)
{
    return c == '"' || c == 0xff02 || c == 0x201c || c == 0x201d || (c >= 0x300c && c <= 0x300f);
}

GPtrArray *words_phrases(const char *query)
{
    GPtrArray *phrases = g_ptr_array_new_with_free_func(phrase_free);
    g_autofree char *valid = g_utf8_make_valid(query, -1);
    g_autoptr(GString) term = g_string_new(NULL);
    gboolean quoted = FALSE;
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (is_quote(c) || (!quoted && g_unichar_isspace(c))) {
            add_phrase(phrases, term->str);
            g_string_truncate(term, 0);
            quoted ^= is_quote(c);
        } else {
            g_string_append_unichar(term, c);
        }
    }
    add_phrase(phrases, term->str);
    return phrases;
}

/* Words hold letters and digits only: nothing in them means anything to FTS5 between quotation marks. */
char *words_match(const GPtrArray *phrases)
{
    if (phrases->len == 0)
        return NULL;
    GString *match = g_string_new(NULL);
    for (guint i = 0; i < phrases->len; i++) {
        const WordPhrase *phrase = g_ptr_array_index(phrases, i);
        g_string_append(match, i ? " AND \"" : "\"");
        for (guint w = 0; w < phrase->words->len; w++)
            g_string_append_printf(match, w ? " %s" : "%s", (const char *)g_ptr_array_index(phrase->words, w));
        g_string_append(match, phrase->beginning ? "\" *" : "\"");
    }
    return g_string_free(match, FALSE);
}

/* --- hits ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
    char *word;
    gsize start, end;
} Seen;

typedef struct {
    const GPtrArray *phrases;
    const char *text;
    Seen ring[LIMIT_QUERY_WORDS]; /* the latest words */
    gsize seen;
    gsize reach;
    guint limit;
    GArray *spans;
} Finder;

static const Seen *latest(const Finder *finder, gsize back)
{
    return &finder->ring[(finder->seen - 1 - back) % LIMIT_QUERY_WORDS];
}

/* Whether the latest words are PHRASE. */
static gboolean ends_here(const Finder *finder, const WordPhrase *phrase)
{
    guint n = phrase->words->len;
    if (n > finder->seen)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        const char *wanted = g_ptr_array_index(phrase->words, n - 1 - i), *word = latest(finder, i)->word;
        if (i == 0 && phrase->beginning ? !g_str_has_prefix(word, wanted) : !g_str_equal(word, wanted))
            return FALSE;
    }
    return TRUE;
}

static void add_span(Finder *finder, const WordPhrase *phrase)
{
    const Seen *last = latest(finder, 0);
    WordSpan span = {latest(finder, phrase->words->len - 1)->start, last->end};
    if (phrase->beginning)
        span.end = last->start + (gsize)(g_utf8_next_char(finder->text + last->start) - (finder->text + last->start));
    WordSpan *before = finder->spans->len ? &g_array_index(finder->spans, WordSpan, finder->spans->len - 1) : NULL;
    if (before && span.start <= before->end) {
        before->start = MIN(before->start, span.start);
        before->end = MAX(before->end, span.end);
    } else if (finder->spans->len < finder->limit) {
        g_array_append_val(finder->spans, span);
    }
}

static gboolean find_word(const char *word, gsize start, gsize end, gpointer user)
{
    Finder *finder = user;
    if (finder->spans->len && start > g_array_index(finder->spans, WordSpan, 0).start + finder->reach)
        return FALSE;
    Seen *seen = &finder->ring[finder->seen++ % LIMIT_QUERY_WORDS];
    g_free(seen->word);
    *seen = (Seen){g_strdup(word), start, end};
    for (guint i = 0; i < finder->phrases->len; i++)
        if (ends_here(finder, g_ptr_array_index(finder->phrases, i)))
            add_span(finder, g_ptr_array_index(finder->phrases, i));
    return TRUE;
}

GArray *words_find(const GPtrArray *phrases, const char *text, gsize reach, guint limit)
{
    Finder finder = {.phrases = phrases, .text = text, .reach = reach, .limit = limit,
                     .spans = g_array_new(FALSE, FALSE, sizeof(WordSpan))};
    words_each(text, find_word, &finder);
    for (gsize i = 0; i < LIMIT_QUERY_WORDS; i++)
        g_free(finder.ring[i].word);
    return finder.spans;
}
