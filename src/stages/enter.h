/* enter.h: what follows from one message: its entry, documents, states and the letter. Pure decision over a checked
 * Record; the caller owns the transaction (one SAVEPOINT a message). */
#ifndef SHOUWEN_STAGES_ENTER_H
#define SHOUWEN_STAGES_ENTER_H

#include "conf/conf.h"
#include "door/record.h"
#include "ledger/entries.h"
#include "letters/compose.h"

/* A letter found in spool/sent: what was already said about a message (rebuild). */
typedef struct {
    int year, number; /* of the entry it told */
    char *kind, *recipient, *message_id, *subject;
    GBytes *bytes;
    FramePlace place;
    gint64 sent;
} Receipt;
void receipt_free(Receipt *receipt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Receipt, receipt_free)

typedef struct Enter Enter;

/* RECEIPTS (SHA-256 hex of a message -> Receipt, may be NULL) makes this a rebuild: what was said is not said again,
 * numbers told are kept, and every other letter is held. All arguments are borrowed for the life of the Enter. */
Enter *enter_new(Ledger *ledger, const Conf *conf, GHashTable *receipts, GError **error);
void enter_free(Enter *enter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Enter, enter_free)

/* Enters RECORD, the reading of MESSAGE. *RET_LETTERS counts letters queued. On failure the caller goes back to its
 * savepoint; nothing is half written. */
gboolean enter_message(Enter *enter, const LedgerMessage *message, const Record *record, guint *ret_letters,
                       GError **error);

#endif
