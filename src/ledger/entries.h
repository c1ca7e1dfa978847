/* entries.h: what intake enters and the queue shows: arrivals, messages, entries, documents, fields, findings.
 *
 * Functions that write expect a transaction under way (ledger_begin) unless they say otherwise. Texts in the structs
 * are borrowed for the call when they go in, and valid only during the visitor when they come out. */
#ifndef SHOUWEN_LEDGER_ENTRIES_H
#define SHOUWEN_LEDGER_ENTRIES_H

#include "ledger/ledger.h"

/* --- frames and messages ----------------------------------------------------------------------------------------- */

/* Offset up to which segment NUMBER is indexed, 0 for a new one. */
guint64 ledger_indexed(Ledger *ledger, guint32 number);
gboolean ledger_set_indexed(Ledger *ledger, guint32 number, guint64 offset, GError **error);

/* Enters the frame at PLACE as an arrival. *RET_MESSAGE is the message of these bytes, *RET_NEW whether it is new
 * (state 'new', to be filtered). MARKED: the server need not be told of it. A frame already entered changes nothing. */
gboolean ledger_arrival_add(Ledger *ledger, const FrameInfo *info, FramePlace place, gboolean marked,
                            gint64 *ret_message, gboolean *ret_new, GError **error);

typedef struct {
    gint64 id;
    guint attempts;
    guint32 flags;
    gint64 received;
    gint64 entry; /* that it was entered under before (a redo); 0: none yet */
    FramePlace place; /* of its first arrival */
    guint8 sha256[32];
} LedgerMessage;

/* Messages in state 'new' (LedgerMessage), at most LIMIT, by id. Free with g_array_unref. NULL on error. */
GArray *ledger_messages_new(Ledger *ledger, guint limit, GError **error);
/* The ids (gint64) of all messages that stand under an entry. Free with g_array_unref. NULL on error. */
GArray *ledger_messages_entered(Ledger *ledger, GError **error);
gboolean ledger_message_get(Ledger *ledger, gint64 id, LedgerMessage *ret, GError **error);

/* Counts an attempt before filtering; takes it back when the fault was temporary. */
gboolean ledger_message_attempt(Ledger *ledger, gint64 id, int delta, GError **error);

/* After too many attempts: out of the way, with its reason, until a person redoes it. */
gboolean ledger_message_quarantine(Ledger *ledger, gint64 id, const char *reason, GError **error);

/* A person wants it filtered again: state 'new', attempts 0; its documents, fields and findings are kept until then. */
gboolean ledger_message_redo(Ledger *ledger, gint64 id, const char *actor, GError **error);

/* What the envelope said; state becomes 'done'. */
typedef struct {
    const char *route, *message_id, *sender_name, *sender_address, *subject, *date, *auth, *in_reply_to;
    const guint8 *attachments; /* 32 bytes, or NULL */
    gboolean stranger;
    gint64 entry; /* 0: none */
} MessageFacts;
gboolean ledger_message_done(Ledger *ledger, gint64 id, const MessageFacts *facts, GError **error);

/* The message (done, with an entry) that has this Message-ID, sender and attachment hash: 0 when there is none. */
gint64 ledger_message_twin(Ledger *ledger, const char *message_id, const char *sender, const guint8 *attachments,
                           gint64 *ret_entry);

/* --- entries ------------------------------------------------------------------------------------------------------ */
typedef struct {
    gint64 id;
    int year, number;
    const char *reference, *state, *attention, *sender_name, *sender_address, *subject;
    gint64 received, created, due; /* due 0: none */
    gint64 version;                /* coming out only */
} LedgerEntry;

/* Makes an entry with the next number of YEAR; id, number and reference (PREFIX-YEAR-NUMBER, WIDTH digits) are set in
 * *RET_ID, *RET_NUMBER and the returned text (caller frees). FIXED > 0 takes that number instead (rebuild); one in
 * use already is a failure. */
char *ledger_entry_new(Ledger *ledger, const LedgerEntry *entry, const char *prefix, int width, int fixed,
                       gint64 *ret_id, int *ret_number, GError **error);

/* Numbers of YEAR are given out above NUMBER from now on. */
gboolean ledger_number_floor(Ledger *ledger, int year, int number, GError **error);

gint64 ledger_entry_by_reference(Ledger *ledger, const char *reference);   /* 0: none */
gint64 ledger_entry_by_letter(Ledger *ledger, const char *message_id);     /* entry of a letter of ours; 0: none */
gint64 ledger_entry_by_document(Ledger *ledger, const char *sha256);       /* oldest entry that holds these bytes */
gboolean ledger_entry_has_address(Ledger *ledger, gint64 entry, const char *address);
gboolean ledger_entry_add_address(Ledger *ledger, gint64 entry, const char *address, GError **error);
gboolean ledger_entry_attention(Ledger *ledger, gint64 entry, const char *attention, GError **error);

/* Sets the entry's state to the most urgent of its documents' (review, waiting, complete, accepted, rejected, closed),
 * messages of strangers left out; to FALLBACK when it has none. */
gboolean ledger_entry_settle(Ledger *ledger, gint64 entry, const char *fallback, GError **error);

typedef void (*EntryVisitor)(const LedgerEntry *entry, gpointer user);
/* One entry; FALSE without error when there is none. */
gboolean ledger_entry_get(Ledger *ledger, gint64 id, EntryVisitor visit, gpointer user, GError **error);
gboolean ledger_party_known(Ledger *ledger, const char *address);

/* --- documents ------------------------------------------------------------------------------------------------------ */
typedef struct {
    gint64 id, entry, message;
    const char *path;
    guint segment;
    const char *filename, *sha256, *mime, *status, *reader, *kind, *guess, *state;
    guint64 bytes;
    int pages; /* -1 unknown */
    double confidence;
} LedgerDocument;
typedef struct {
    const char *id, *value, *shown, *place, *origin;
    double confidence, box[5]; /* page 0 = no box */
} LedgerField;
typedef struct {
    gint64 document; /* 0: of the message */
    const char *rule, *severity, *field, *zh, *en;
    const char *kind; /* going in: that the document was taken for when the rule was applied; NULL: whatever it is */
} LedgerFinding;

#define DOUBTFUL 0.6 /* confidence of a value: below it a person looks */

/* A document read again (same message, path, segment) replaces its row; its entry, and a kind and values that a person set right, stay. */
gboolean ledger_document_put(Ledger *ledger, const LedgerDocument *document, gint64 *ret_id, GError **error);
/* Documents of MESSAGE that a new reading no longer has. SEEN: ids just put. */
gboolean ledger_documents_prune(Ledger *ledger, gint64 message, const gint64 *seen, guint n, GError **error);
gboolean ledger_field_put(Ledger *ledger, gint64 document, const LedgerField *field, GError **error);
/* Takes away the read (not corrected) values of DOCUMENT, and all findings of MESSAGE, before a new reading. */
gboolean ledger_readings_clear(Ledger *ledger, gint64 message, GError **error);
/* ENTRY is that of the finding's document, when it has one. Not entered are findings that a person's correction of a value cured, or of
 * the kind of a document he said is another one. */
gboolean ledger_finding_add(Ledger *ledger, gint64 entry, gint64 message, const LedgerFinding *finding, GError **error);

typedef void (*DocumentVisitor)(const LedgerDocument *document, gpointer user);
typedef void (*FieldVisitor)(const LedgerField *field, gpointer user);
typedef void (*FindingVisitor)(const LedgerFinding *finding, gpointer user);
gboolean ledger_documents(Ledger *ledger, gint64 entry, DocumentVisitor visit, gpointer user, GError **error);
gboolean ledger_fields(Ledger *ledger, gint64 document, FieldVisitor visit, gpointer user, GError **error);
gboolean ledger_findings(Ledger *ledger, gint64 entry, FindingVisitor visit, gpointer user, GError **error);

typedef struct {
    gint64 id, entry, received;
    const char *route, *state, *reason, *sender_name, *sender_address, *subject, *message_id;
    FramePlace place;
    guint arrivals;
    gboolean stranger;
} LedgerMessageRow;
typedef void (*MessageVisitor)(const LedgerMessageRow *message, gpointer user);
/* Messages of ENTRY; ENTRY 0: those in quarantine. */
gboolean ledger_messages(Ledger *ledger, gint64 entry, MessageVisitor visit, gpointer user, GError **error);

/* --- after commit ------------------------------------------------------------------------------------------------ */
typedef struct {
    char *source; /* "MAILBOX/FOLDER" */
    guint32 uidvalidity, uid;
} LedgerMark;
void ledger_mark_free(LedgerMark *mark);

/* Arrivals with a UID whose message is done and of which the server was not yet told; at most LIMIT; element type
 * LedgerMark *, with free function. */
GPtrArray *ledger_marks_pending(Ledger *ledger, guint limit, GError **error);
/* The server was told (its own transaction when none is under way). */
gboolean ledger_marked(Ledger *ledger, const char *source, guint32 uidvalidity, guint32 uid, GError **error);

/* --- counting and checking ---------------------------------------------------------------------------------------- */
/* Whether an arrival of this UID is known. */
gboolean ledger_has_uid(Ledger *ledger, const char *source, guint32 uidvalidity, guint32 uid);
/* Highest end of a known frame in SEGMENT is its indexed offset; the arrivals in it, for `verify`. */
gint64 ledger_count(Ledger *ledger, const char *what); /* "messages" "arrivals" "entries" "letters" "duties" (not settled) "new" "quarantined" */
gboolean ledger_arrival_known(Ledger *ledger, FramePlace place, const guint8 sha256[32]);

#endif
