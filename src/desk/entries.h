/* entries.h: private to src/desk: entries and what belongs to them as JSON; openapi.json has the shapes. */
#ifndef SHOUWEN_DESK_ENTRIES_H
#define SHOUWEN_DESK_ENTRIES_H

#include "desk/json.h"
#include "desk/room.h"
#include "ledger/listing.h"
#include "ledger/lookup.h"

gint64 entry_version(Ledger *ledger, gint64 id); /* 0: there is no such entry */
json_t *entry_row_json(const ListingRow *row, const char *zone);
json_t *document_json(Worker *w, const LookupDocument *document);
json_t *letter_json(const LookupLetter *letter, const char *zone);
json_t *message_json(Worker *w, const LedgerMessageRow *message);

/* The filter of the queue that the query of X names. Its texts are borrowed from X. */
gboolean queue_filter(Worker *w, Exchange *x, ListingFilter *ret, GError **error);

/* Refuse as not_there does when there is none of that id. */
gboolean party_there(Worker *w, gint64 id, GError **error);
gboolean meeting_there(Worker *w, gint64 id, GError **error);

/* Refuses with FAILURE_NOINPUT "there is no such WHAT" unless ERROR is set already; always FALSE. */
gboolean not_there(const char *what, GError **error);

#endif
