/* words.h: private to src/ledger: the words by which texts are searched (search.h says which they are). */
#ifndef SHOUWEN_LEDGER_WORDS_H
#define SHOUWEN_LEDGER_WORDS_H

#include <glib.h>

/* WORD, folded, stands at bytes START to END of the text. FALSE: enough. */
typedef gboolean (*WordVisitor)(const char *word, gsize start, gsize end, gpointer user);

/* Every word of TEXT (valid UTF-8) in its order. */
void words_each(const char *text, WordVisitor visit, gpointer user);

/* The words of TEXT with blanks between. Caller frees. */
char *words_of(const char *text);

/* Words that stand side by side. */
typedef struct {
    GPtrArray *words;   /* char * */
    gboolean beginning; /* the last one is a single Chinese character: any pair that begins with it will do */
} WordPhrase;

/* The phrases of QUERY (WordPhrase *, freed with the array): words between blanks, or between quotation marks. */
GPtrArray *words_phrases(const char *query);

/* PHRASES as a question of FTS5, all of which must hold; NULL when there is none. Caller frees. */
char *words_match(const GPtrArray *phrases);

/* Where phrases stand in a text. */
typedef struct {
    gsize start, end;
} WordSpan;

/* Spans of PHRASES in TEXT that begin within REACH bytes of the first one, at most LIMIT, in order and apart. Free with g_array_unref. */
GArray *words_find(const GPtrArray *phrases, const char *text, gsize reach, guint limit);

#endif
