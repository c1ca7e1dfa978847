/* events.h: the append-only, hash-chained account of what happened. */
#ifndef SHOUWEN_LEDGER_EVENTS_H
#define SHOUWEN_LEDGER_EVENTS_H

#include "ledger/ledger.h"

/* Appends an event inside the transaction under way. ACTOR: "intake", "courier" or a person. ENTRY 0: none. The
 * payload is a JSON object of triples NAME, "t" or "i", VALUE (const char * or gint64), ended by NULL; NULL texts
 * are left out. */
gboolean ledger_event(Ledger *ledger, gint64 entry, const char *actor, const char *verb, GError **error, ...)
    G_GNUC_NULL_TERMINATED;

/* The newest event's hash in hex ("" when there is none) and its id. Caller frees. */
char *ledger_chain_head(Ledger *ledger, gint64 *ret_id);

/* The hash of event ID in hex, "" when there is none. Caller frees. */
char *ledger_event_hash(Ledger *ledger, gint64 id);

typedef void (*ChainFault)(gint64 event, const char *what, gpointer user);

/* Recomputes the whole chain; every fault goes to FAULT. *RET_COUNT: events walked. FALSE only when reading fails. */
gboolean ledger_chain_verify(Ledger *ledger, ChainFault fault, gpointer user, guint64 *ret_count, GError **error);

typedef struct {
    gint64 id, at;
    const char *actor, *verb, *payload; /* payload JSON, "" when erased */
} LedgerEvent;
typedef void (*EventVisitor)(const LedgerEvent *event, gpointer user);
/* The newest of ENTRY; FALSE when there is none. */
gboolean ledger_event_latest(Ledger *ledger, gint64 entry, EventVisitor visit, gpointer user, GError **error);
gboolean ledger_events(Ledger *ledger, gint64 entry, EventVisitor visit, gpointer user, GError **error);

#endif
