/* match.h: which duty a document is for. Private to the room. */
#ifndef SHOUWEN_DUTIES_MATCH_H
#define SHOUWEN_DUTIES_MATCH_H

#include "conf/conf.h"
#include "ledger/ledger.h"

/* A document with the values of its fields as they are shown. */
typedef struct {
    gint64 id, entry;
    char *kind, *state, *sender, *sender_name;
    GHashTable *fields; /* id -> text */
} Paper;
Paper *paper_get(Ledger *ledger, gint64 document, GError **error); /* NULL without error: there is none */
void paper_free(Paper *paper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Paper, paper_free)

/* The value of the field ID; NULL: none. */
const char *paper_value(const Paper *paper, const char *id);

/* How sure it is that PAPER is what the duty asks for. */
typedef enum { MATCH_NONE, MATCH_PERHAPS, MATCH_SURE } Match;

/* The duty, open or claimed, that PAPER is for: 0 when none is. *RET_MATCH: sure when the sender is the one who owes it (or his
 * employer's contact) and the form names him and the meeting, ballot or period. */
gint64 match_duty(Ledger *ledger, const Paper *paper, Match *ret_match, GError **error);

#endif
