/* changes.h: tells the browsers that watch which entries changed. What they are told is a hint: the truth is in the other routes. */
#ifndef SHOUWEN_DESK_CHANGES_H
#define SHOUWEN_DESK_CHANGES_H

#include "desk/http.h"
#include "ledger/ledger.h"

typedef struct Changes Changes;
/* LEDGER is borrowed, and must not be written through: what it wrote itself it would not notice. */
Changes *changes_new(Ledger *ledger);
void changes_free(Changes *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Changes, changes_free)

/* Looks, and tells all streams of HTTP what is new; every 15 s a sign of life. */
void changes_tell(Changes *changes, Http *http);

/* The event "change" for what happened after EVENT, as a stream takes it; NULL: nothing did. *RET_NEWEST is the newest event. Caller
 * frees. */
char *changes_since(Ledger *ledger, gint64 event, gint64 *ret_newest);

#endif
