/* lookup.h: what the desk shows of single things and short lists, beside entries.h and listing.h. Nothing here writes. Texts are
 * valid only during the visitor. Lists that may grow without end take a place to go on from and a limit. */
#ifndef SHOUWEN_LEDGER_LOOKUP_H
#define SHOUWEN_LEDGER_LOOKUP_H

#include "ledger/entries.h"

/* --- an entry and its documents ------------------------------------------------------------------------------------------ */

typedef struct {
    LedgerDocument facts;
    const char *reference; /* of its entry */
    int version;           /* of the form */
    gint64 supersedes, superseded_by; /* 0: none */
    gint64 received;       /* of its message */
    gboolean stranger;     /* of its message */
} LookupDocument;
typedef void (*LookupDocumentVisitor)(const LookupDocument *document, gpointer user);
gboolean lookup_documents(Ledger *ledger, gint64 entry, LookupDocumentVisitor visit, gpointer user, GError **error);
/* One; FALSE without error when there is none. */
gboolean lookup_document(Ledger *ledger, gint64 id, LookupDocumentVisitor visit, gpointer user, GError **error);
/* Of senders with ADDRESS, at most 200, the newest first. */
gboolean lookup_documents_from(Ledger *ledger, const char *address, LookupDocumentVisitor visit, gpointer user, GError **error);

/* Who set the field right, and when; NULL, 0: nobody. */
typedef void (*LookupFieldVisitor)(const LedgerField *field, const char *corrected_by, gint64 corrected, gpointer user);
gboolean lookup_fields(Ledger *ledger, gint64 document, LookupFieldVisitor visit, gpointer user, GError **error);

/* The verdict on the sender of MESSAGE; NULL: none. Caller frees. */
char *lookup_auth(Ledger *ledger, gint64 message);

/* Texts as a list: addresses of ENTRY. */
typedef void (*LookupTextVisitor)(const char *text, gpointer user);
gboolean lookup_addresses(Ledger *ledger, gint64 entry, LookupTextVisitor visit, gpointer user, GError **error);
char *lookup_reference(Ledger *ledger, gint64 entry); /* NULL: there is no such entry. Caller frees. */
char *lookup_language(Ledger *ledger, gint64 entry); /* of its letters; NULL: by setting. Caller frees. */

/* Proposals that ENTRY holds parts of. */
typedef void (*LookupProposalVisitor)(gint64 id, const char *title, const char *organisation, const char *leader, const char *state,
                                      gpointer user);
gboolean lookup_proposals(Ledger *ledger, gint64 entry, LookupProposalVisitor visit, gpointer user, GError **error);
/* The parts of PROPOSAL that were not replaced. */
gboolean lookup_parts(Ledger *ledger, gint64 proposal, LookupDocumentVisitor visit, gpointer user, GError **error);

/* The last event of ENTRY that changed it: who, what, when. FALSE: none. Texts are the caller's to free. */
gboolean lookup_last_event(Ledger *ledger, gint64 entry, char **ret_actor, char **ret_verb, gint64 *ret_at);

/* --- what changed -------------------------------------------------------------------------------------------------------- */

gint64 lookup_newest_event(Ledger *ledger);
/* Entries (gint64) with events after EVENT, at most LIMIT, each once. Free with g_array_unref. NULL on error. */
GArray *lookup_changed(Ledger *ledger, gint64 event, guint limit, GError **error);

/* --- letters --------------------------------------------------------------------------------------------------------------- */

typedef struct {
    gint64 id, entry, message, duty, created, sent, next_try; /* 0: none, never */
    const char *reference, *kind, *state, *recipient, *message_id, *subject, *reason, *answer, *released_by;
    guint attempts;
} LookupLetter;
typedef void (*LookupLetterVisitor)(const LookupLetter *letter, gpointer user);
/* STATE NULL and ENTRY 0: any. The newest first, those before BEFORE (0: from the newest). */
gboolean lookup_letters(Ledger *ledger, const char *state, gint64 entry, gint64 before, guint limit, LookupLetterVisitor visit,
                        gpointer user, GError **error);
/* One; FALSE without error when there is none. */
gboolean lookup_letter(Ledger *ledger, gint64 id, LookupLetterVisitor visit, gpointer user, GError **error);

/* --- experts -------------------------------------------------------------------------------------------------------------- */

/* What Art. 11, 12 and 29 ask after. */
typedef struct {
    gint64 meetings, attended, absent, excused; /* he registered for, and that are over at NOW */
    gint64 contributions; /* documents accepted or complete, but applications and registrations */
    gint64 duties_open, duties_met, duties_late; /* late: met after they were due */
} LookupFigures;
void lookup_figures(Ledger *ledger, gint64 party, gint64 now, LookupFigures *ret);

typedef void (*LookupMeetingVisitor)(gint64 id, const char *name, const char *first_day, const char *last_day, const char *state,
                                     gpointer user);
/* Meetings of PARTY and his state there, the latest first. */
gboolean lookup_meetings_of(Ledger *ledger, gint64 party, LookupMeetingVisitor visit, gpointer user, GError **error);

/* --- the machinery ---------------------------------------------------------------------------------------------------------- */

/* How much came from each mailbox, and when the last of it. */
typedef void (*LookupSourceVisitor)(const char *mailbox, gint64 arrivals, gint64 last, gpointer user);
gboolean lookup_sources(Ledger *ledger, LookupSourceVisitor visit, gpointer user, GError **error);
gint64 lookup_letters_in(Ledger *ledger, const char *state); /* how many */
const char *lookup_library(void); /* SQLite's version */
int lookup_schema(Ledger *ledger);

#endif
