/* changes.h: what people change in entries and documents. src/decide says when and what follows from it.
 *
 * All writers expect a transaction under way, and leave an entry's version and rank to ledger_entry_settle or ledger_entry_touch. */
#ifndef SHOUWEN_LEDGER_CHANGES_H
#define SHOUWEN_LEDGER_CHANGES_H

#include "ledger/entries.h"

/* The entry changed in something that is none of its documents' states: its version is raised. */
gboolean ledger_entry_touch(Ledger *ledger, gint64 entry, GError **error);

/* The account of that NAME that is not disabled; 0: none. */
gint64 ledger_user_find(Ledger *ledger, const char *name);

/* USER (an account's name): FAILURE_NOINPUT when there is none of that name. NULL: nobody. */
gboolean ledger_entry_assign(Ledger *ledger, gint64 entry, const char *user, GError **error);

/* The entry that ENTRY's papers are in now: itself, unless it was merged into another one. */
gint64 ledger_entry_current(Ledger *ledger, gint64 entry);

/* --- documents ------------------------------------------------------------------------------------------------------- */

typedef enum {
    DOCUMENTS_UNDECIDED, /* review, waiting or complete */
    DOCUMENTS_DECIDED,   /* accepted, rejected, or closed without a newer version of it */
    DOCUMENTS_ALL,
} DocumentsWhich;
/* Ids (gint64) of documents of ENTRY that its own people sent (what strangers sent is decided one by one), by id. Free with
 * g_array_unref. NULL on error. */
GArray *ledger_documents_which(Ledger *ledger, gint64 entry, DocumentsWhich which, GError **error);

/* How many documents ENTRY holds, strangers' included. */
gint64 ledger_documents_held(Ledger *ledger, gint64 entry);

/* The entry and the state (caller frees) of DOCUMENT; 0 when there is none. */
gint64 ledger_document_entry(Ledger *ledger, gint64 document, char **ret_state);

gboolean ledger_document_set_state(Ledger *ledger, gint64 document, const char *state, GError **error);

/* The state that follows from its findings, unless it is decided: with an error `waiting` stays and all else is `review`; with doubt
 * (unknown kind, one that only a person said, a value read below DOUBTFUL, a stranger's) `review`; else `complete`. */
gboolean ledger_document_settle(Ledger *ledger, gint64 document, GError **error);
/* The same for all documents of MESSAGE, and then ledger_entry_settle for all entries that hold them. */
gboolean ledger_message_settle(Ledger *ledger, gint64 message, GError **error);

/* --- corrections ----------------------------------------------------------------------------------------------------- */

/* The value (JSON) of FIELD of DOCUMENT; NULL: none. Caller frees. */
char *ledger_field_value(Ledger *ledger, gint64 document, const char *field);

/* ACTOR says that FIELD of DOCUMENT is VALUE (JSON; shown to people as SHOWN), or (NULL) that it has none. Findings that this cures go. */
gboolean ledger_correct(Ledger *ledger, gint64 document, const char *field, const char *value, const char *shown, const char *actor,
                        GError **error);
gboolean ledger_kind_occurs(Ledger *ledger, const char *kind); /* whether any document is of it */
/* ACTOR says that DOCUMENT is a KIND. Findings that follow from its being another kind go; its state becomes `review`. */
gboolean ledger_correct_kind(Ledger *ledger, gint64 document, const char *kind, const char *actor, GError **error);

/* --- moving ---------------------------------------------------------------------------------------------------------- */

/* DOCUMENTS (COUNT ids) with their findings go to entry TO, and so does every message all of whose documents are there then. */
gboolean ledger_documents_move(Ledger *ledger, const gint64 *documents, guint count, gint64 to, GError **error);
/* Messages, documents, findings, letters, duties and addresses of FROM go to INTO; FROM is closed and leads there. */
gboolean ledger_entry_merge(Ledger *ledger, gint64 from, gint64 into, GError **error);

/* --- whom to write to ------------------------------------------------------------------------------------------------ */

/* The mail of ENTRY that a letter would answer: the latest of its own people's. Texts are owned by the struct. */
typedef struct {
    gint64 message;
    char *message_id, *auth, *subject; /* NULL unknown */
    GPtrArray *thread; /* char *: Message-IDs of the entry's mails, oldest first, NULL at the end */
} LedgerThread;
void ledger_thread_clear(LedgerThread *thread);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LedgerThread, ledger_thread_clear)
gboolean ledger_entry_thread(Ledger *ledger, gint64 entry, LedgerThread *ret, GError **error);

#endif
