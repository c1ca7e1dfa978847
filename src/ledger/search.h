/* search.h: full text over everything read.
 *
 * Words are told apart by our own means, since SQLite's leave Chinese whole or miss names of two characters: a run of Chinese
 * characters (white space in it counts for nothing) gives each pair of neighbours and its last character alone; every other run of
 * letters and digits is one word. Width, case, accents and compatibility forms are folded. So a name of two characters is one pair,
 * and a longer term is its pairs side by side. */
#ifndef SHOUWEN_LEDGER_SEARCH_H
#define SHOUWEN_LEDGER_SEARCH_H

#include "ledger/ledger.h"

/* These expect a transaction under way. */

/* Takes up what was read: DOCUMENT (with the text BODY, NULL: none), or the mail MESSAGE itself (DOCUMENT 0). Replaces what stood there
 * for the same. The head, in which hits count most, is taken from the ledger: file name and short values, or subject and sender. Both
 * together are kept up to LIMIT_INDEX_BYTES. */
gboolean ledger_search_put(Ledger *ledger, gint64 message, gint64 document, const char *body, GError **error);
/* The values of DOCUMENT changed: its head is taken anew. Nothing is done for a document that was not taken up. */
gboolean ledger_search_refresh(Ledger *ledger, gint64 document, GError **error);
/* Takes the texts of MESSAGE away (erasure); only that of DOCUMENT when it is not 0. */
gboolean ledger_search_clear(Ledger *ledger, gint64 message, gint64 document, GError **error);
/* Rewrites the index so that nothing of what was taken away is left in its pages (erasure). Takes a second for 100,000 texts. */
gboolean ledger_search_purge(Ledger *ledger, GError **error);

/* What was read out of DOCUMENT, line by line, up to LIMIT_INDEX_BYTES; "" when nothing was. Caller frees. Needs no transaction. */
char *ledger_search_text(Ledger *ledger, gint64 document);

/* Where a page of hits ended; {0, 0}: before the first. */
typedef struct {
    int section; /* 0: hits in heads; 1: hits in bodies only */
    gint64 text;
} SearchPlace;

/* A hit's range in the snippet, in bytes, and in UTF-16 units as browsers count. */
typedef struct {
    guint start, length, start16, length16;
} SearchRange;

/* Texts are valid during the visitor only. */
typedef struct {
    SearchPlace place; /* give it back for the hits after this one */
    gint64 entry, document, message; /* 0: none */
    const char *reference, *state, *kind, *filename; /* state: of the document, or of the entry; NULL: none */
    const char *sender_name, *sender_address, *subject;
    gint64 received;
    const char *snippet;  /* one line of plain text around the first hit */
    const SearchRange *ranges;
    guint n_ranges;
} SearchHit;
typedef void (*SearchVisitor)(const SearchHit *hit, gpointer user);

/* Hits for QUERY: every word must occur; words in quotation marks ("" “” 「」) stand side by side. Chinese may be part of a longer
 * run, one character too; other words are whole. Hits in heads come before hits in bodies, and the newest first in each. KIND: only
 * documents of that kind; NULL: all. FAILURE_USAGE when QUERY holds no word. */
gboolean ledger_search(Ledger *ledger, const char *query, const char *kind, const SearchPlace *after, guint limit,
                       SearchVisitor visit, gpointer user, GError **error);

#endif
