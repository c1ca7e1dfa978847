/* search.c: what is searched, and hits with their snippets. */
#include <string.h>

#include "base/failure.h"
#include "base/limits.h"
#include "base/text.h"
#include "ledger/search.h"
#include "ledger/sql.h"
#include "ledger/words.h"

#define SHORT_CHARS "100" /* a value up to this long stands in the head; longer ones are sections, which the body has */
#define BEFORE_CHARS 30   /* of a snippet before its first hit */

/* --- what is searched ------------------------------------------------------------------------------------------------------ */

/* The row of MESSAGE and DOCUMENT in texts; 0: none. */
static gint64 find_text(Ledger *ledger, gint64 message, gint64 document)
{
    return sql_int(ledger, 0, "SELECT id FROM texts WHERE message = ? AND document IS nullif(?, 0)", "ii", message, document);
}

/* A column of texts row ID; caller frees; "" on any trouble. */
static char *text_of(Ledger *ledger, gint64 id, gboolean head)
{
    sqlite3_stmt *row = sql_query(ledger, NULL, head ? "SELECT head FROM texts WHERE id = ?" : "SELECT body FROM texts WHERE id = ?",
                                  "i", id);
    if (!sql_step(ledger, row, NULL))
        return g_strdup("");
    char *text = sql_text(row, 0);
    sqlite3_reset(row);
    return text;
}

char *ledger_search_text(Ledger *ledger, gint64 document)
{
    return text_of(ledger, sql_int(ledger, 0, "SELECT id FROM texts WHERE document = ?", "i", document), FALSE);
}

/* A contentless index forgets a row when it is given the row's words again. */
static gboolean forget(Ledger *ledger, gint64 id, GError **error)
{
    g_autofree char *head = text_of(ledger, id, TRUE), *body = text_of(ledger, id, FALSE);
    g_autofree char *head_words = words_of(head), *body_words = words_of(body);
    return sql_run(ledger, error, "INSERT INTO search (search, rowid, head, body) VALUES ('delete', ?, ?, ?)", "itt", id, head_words,
                   body_words) &&
           sql_run(ledger, error, "DELETE FROM texts WHERE id = ?", "i", id);
}

/* At most MAX bytes of TEXT, whole characters, valid. Caller frees. */
static char *capped(const char *text, gsize max)
{
    if (!text)
        return g_strdup("");
    gsize length = strlen(text);
    if (length > max)
        length = (gsize)(g_utf8_find_prev_char(text, text + max + 1) - text);
    return g_utf8_make_valid(text, (gssize)length);
}

static gboolean enter(Ledger *ledger, gint64 id, gint64 message, gint64 document, const char *head, const char *body, GError **error)
{
    g_autofree char *kept_head = capped(head, LIMIT_INDEX_BYTES);
    g_autofree char *kept_body = capped(body, LIMIT_INDEX_BYTES - strlen(kept_head));
    g_autofree char *head_words = words_of(kept_head), *body_words = words_of(kept_body);
    if (!sql_run(ledger, error, "INSERT INTO texts (id, message, document, head, body) VALUES (nullif(?, 0), ?, nullif(?, 0), ?, ?)",
                 "iiitt", id, message, document, kept_head, kept_body))
        return FALSE;
    return sql_run(ledger, error, "INSERT INTO search (rowid, head, body) VALUES (?, ?, ?)", "itt",
                   (gint64)sqlite3_last_insert_rowid(ledger->db), head_words, body_words);
}

static char *head_of(Ledger *ledger, gint64 message, gint64 document)
{
    sqlite3_stmt *row =
        document ? sql_query(ledger, NULL,
                             "SELECT coalesce(filename, '') || char(10) || coalesce((SELECT group_concat(shown, char(10)) FROM fields"
                             " WHERE document = documents.id AND length(shown) <= " SHORT_CHARS "), '') FROM documents WHERE id = ?",
                             "i", document)
                 : sql_query(ledger, NULL,
                             "SELECT coalesce(subject, '') || char(10) || coalesce(sender_name, '') || char(10) ||"
                             " coalesce(sender_address, '') FROM messages WHERE id = ?",
                             "i", message);
    if (!sql_step(ledger, row, NULL))
        return g_strdup("");
    char *head = sql_text(row, 0);
    sqlite3_reset(row);
    return head;
}

gboolean ledger_search_put(Ledger *ledger, gint64 message, gint64 document, const char *body, GError **error)
{
    gint64 id = find_text(ledger, message, document); /* a text read again keeps its place among the newest */
    if (id && !forget(ledger, id, error))
        return FALSE;
    g_autofree char *head = head_of(ledger, message, document);
    return enter(ledger, id, message, document, head, body, error);
}

gboolean ledger_search_refresh(Ledger *ledger, gint64 document, GError **error)
{
    gint64 message = sql_int(ledger, 0, "SELECT message FROM documents WHERE id = ?", "i", document);
    gint64 id = find_text(ledger, message, document);
    if (!id)
        return TRUE;
    g_autofree char *body = text_of(ledger, id, FALSE);
    return ledger_search_put(ledger, message, document, body, error);
}

gboolean ledger_search_clear(Ledger *ledger, gint64 message, gint64 document, GError **error)
{
    for (;;) {
        gint64 id = sql_int(ledger, 0, "SELECT id FROM texts WHERE message = ? AND (?2 = 0 OR document = ?2) LIMIT 1", "ii", message,
                            document);
        if (!id)
            return TRUE;
        if (!forget(ledger, id, error))
            return FALSE;
    }
}

gboolean ledger_search_purge(Ledger *ledger, GError **error)
{
    return sql_run(ledger, error, "INSERT INTO search (search) VALUES ('optimize')", "");
}

/* --- snippets -------------------------------------------------------------------------------------------------------------- */

typedef struct {
    GString *text;
    guint units; /* of UTF-16 so far */
    SearchRange ranges[LIMIT_SNIPPET_RANGES];
    guint n;
} Snippet;

/* Appends one line of TEXT from FROM on, and notes where SPANS stand in it. */
static void write_snippet(Snippet *snippet, const char *text, gsize from, const GArray *spans)
{
    gsize chars = 0;
    guint open = G_MAXUINT; /* the span under way */
    for (const char *p = text + from; *p && chars < LIMIT_SNIPPET_CHARS; p = g_utf8_next_char(p)) {
        gsize at = (gsize)(p - text);
        if (open != G_MAXUINT && at >= g_array_index(spans, WordSpan, open).end)
            open = G_MAXUINT;
        for (guint i = 0; i < spans->len && open == G_MAXUINT && snippet->n < LIMIT_SNIPPET_RANGES; i++) {
            if (g_array_index(spans, WordSpan, i).start != at)
                continue;
            open = i;
            snippet->ranges[snippet->n++] = (SearchRange){(guint)snippet->text->len, 0, snippet->units, 0};
        }
        gunichar c = g_utf8_get_char(p);
        gboolean blank = text_is_unsafe(c) || g_unichar_isspace(c);
        if (blank && (snippet->text->len == 0 || g_str_has_suffix(snippet->text->str, " ")))
            continue;
        g_string_append_unichar(snippet->text, blank ? ' ' : c);
        snippet->units += !blank && c > 0xffff ? 2 : 1;
        chars++;
        if (open != G_MAXUINT) {
            SearchRange *range = &snippet->ranges[snippet->n - 1];
            range->length = (guint)snippet->text->len - range->start;
            range->length16 = snippet->units - range->start16;
        }
    }
}

/* Around the first hit in HEAD, else in BODY; else their beginning. */
static void make_snippet(Snippet *snippet, const GPtrArray *phrases, const char *head, const char *body)
{
    const char *text = head;
    g_autoptr(GArray) spans = words_find(phrases, head, 6 * LIMIT_SNIPPET_CHARS, LIMIT_SNIPPET_RANGES);
    if (spans->len == 0 && *body) {
        g_array_unref(spans);
        spans = words_find(phrases, body, 6 * LIMIT_SNIPPET_CHARS, LIMIT_SNIPPET_RANGES);
        text = body;
    }
    const char *from = text + (spans->len ? g_array_index(spans, WordSpan, 0).start : 0);
    for (int i = 0; i < BEFORE_CHARS && from > text; i++)
        from = g_utf8_prev_char(from);
    write_snippet(snippet, text, (gsize)(from - text), spans);
}

/* --- hits ------------------------------------------------------------------------------------------------------------------ */

#define HITS                                                                                                           \
    "SELECT t.id, coalesce(d.entry, m.entry, 0), coalesce(t.document, 0), t.message, e.reference, coalesce(d.state, e.state),"  \
    " d.kind, d.filename, m.sender_name, m.sender_address, m.subject, m.received, t.head, t.body FROM search s"        \
    " JOIN texts t ON t.id = s.rowid JOIN messages m ON m.id = t.message LEFT JOIN documents d ON d.id = t.document"   \
    " LEFT JOIN entries e ON e.id = coalesce(d.entry, m.entry)"                                                        \
    " WHERE search MATCH ?1 AND s.rowid < ?2 AND (?3 IS NULL OR d.kind = ?3) ORDER BY s.rowid DESC LIMIT ?4"

typedef struct {
    const GPtrArray *phrases;
    SearchVisitor visit;
    gpointer user;
    int section;
    guint left;
} Search;

static void give_hit(Search *search, sqlite3_stmt *row)
{
    Snippet snippet = {.text = g_string_new(NULL)};
    make_snippet(&snippet, search->phrases, (const char *)sqlite3_column_text(row, 12), (const char *)sqlite3_column_text(row, 13));
    SearchHit hit = {
        .place = {search->section, sqlite3_column_int64(row, 0)},
        .entry = sqlite3_column_int64(row, 1),
        .document = sqlite3_column_int64(row, 2),
        .message = sqlite3_column_int64(row, 3),
        .reference = (const char *)sqlite3_column_text(row, 4),
        .state = (const char *)sqlite3_column_text(row, 5),
        .kind = (const char *)sqlite3_column_text(row, 6),
        .filename = (const char *)sqlite3_column_text(row, 7),
        .sender_name = (const char *)sqlite3_column_text(row, 8),
        .sender_address = (const char *)sqlite3_column_text(row, 9),
        .subject = (const char *)sqlite3_column_text(row, 10),
        .received = sqlite3_column_int64(row, 11),
        .snippet = snippet.text->str,
        .ranges = snippet.ranges,
        .n_ranges = snippet.n,
    };
    search->visit(&hit, search->user);
    search->left--;
    g_string_free(snippet.text, TRUE);
}

static gboolean give_section(Ledger *ledger, Search *search, const char *match, const char *kind, gint64 below, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error, HITS, "titi", match, below, kind, (gint64)search->left);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        give_hit(search, row);
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean ledger_search(Ledger *ledger, const char *query, const char *kind, const SearchPlace *after, guint limit,
                       SearchVisitor visit, gpointer user, GError **error)
{
    g_autoptr(GPtrArray) phrases = words_phrases(query);
    g_autofree char *match = words_match(phrases);
    if (!match) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "there is no word to look for in '%s'", query);
        return FALSE;
    }
    g_autofree char *heads = g_strdup_printf("head : (%s)", match), *bodies = g_strdup_printf("(%s) NOT (head : (%s))", match, match);
    int section = after ? after->section : 0;
    gint64 below = after && after->text ? after->text : G_MAXINT64;
    Search search = {.phrases = phrases, .visit = visit, .user = user, .section = 0, .left = limit};
    if (section == 0 && !give_section(ledger, &search, heads, kind, below, error))
        return FALSE;
    if (search.left == 0)
        return TRUE;
    search.section = 1;
    return give_section(ledger, &search, bodies, kind, section == 0 ? G_MAXINT64 : below, error);
}
