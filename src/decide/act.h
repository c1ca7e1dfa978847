/* act.h: private to src/decide: one decision under way: its transaction, the entry it is about, and the letter that goes with it. */
#ifndef SHOUWEN_DECIDE_ACT_H
#define SHOUWEN_DECIDE_ACT_H

#include "decide/decide.h"
#include "ledger/changes.h"

typedef struct {
    const Decision *decision;
    gboolean under_way; /* its transaction */
    gint64 version;
    int year, number;
    gint64 received;
    char *reference, *state, *attention, *sender_name, *sender_address, *subject;
} Act;
void act_clear(Act *act); /* rolls back what was not ended */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Act, act_clear)

/* Begins the transaction, reads the entry and compares its version with the decision's. */
gboolean act_begin(Act *act, const Decision *decision, GError **error);

/* Reads the entry only: another one that the decision concerns, in the transaction under way. */
gboolean act_look(Act *act, const Decision *decision, GError **error);

/* What follows from changed documents: the entry's state (FALLBACK without documents of its own), its duties, its rank. */
gboolean act_settle(Act *act, gint64 entry, const char *fallback, GError **error);

/* Commits. */
gboolean act_end(Act *act, GError **error);

/* The documents (gint64) that a decision on DOCUMENT (0: all that WHICH names) is about; empty for an entry without any. FAILURE_NOINPUT
 * when DOCUMENT is not of the entry, FAILURE_DATA when there is nothing left to decide. Free with g_array_unref. */
GArray *act_documents(Act *act, gint64 document, DocumentsWhich which, GError **error);

/* Ids of DOCUMENTS for an event, blanks between. Caller frees. */
char *act_names(const GArray *documents);

/* A text that a person typed must be there; FAILURE_USAGE names WHAT. */
gboolean act_needs(const char *text, const char *what, GError **error);

/* --- letter.c -------------------------------------------------------------------------------------------------------- */

/* Why nobody can be written to about the entry (static), or NULL. */
const char *act_silence(Act *act);

/* Posts the letter KIND (completion, return, rejection, reply) about DOCUMENT (0: all of the entry) unless WORDS (may be NULL) say
 * silent; when nobody can be written to an event says so. */
gboolean act_letter(Act *act, const char *kind, gint64 document, const char *reason, const DecisionLetter *words, GError **error);

/* The same letter, only composed. */
Letter *act_preview(Act *act, const char *kind, gint64 document, const char *reason, const DecisionLetter *words, GError **error);

#endif
