/* relations.h: what documents have to do with each other across messages: versions of one form, parts of one proposal.
 * Same rules as entries.h: functions that write expect a transaction under way; texts going in are borrowed. */
#ifndef SHOUWEN_LEDGER_RELATIONS_H
#define SHOUWEN_LEDGER_RELATIONS_H

#include "ledger/ledger.h"

/* Notes what DOCUMENT is about: a key of the person, meeting or proposal (stages/relate.c), equal for equal subjects. */
gboolean ledger_document_about(Ledger *ledger, gint64 document, const char *about, GError **error);

/* An earlier document about the same. Texts are owned by the struct. */
typedef struct {
    gint64 document, entry;
    char *reference; /* of its entry */
    gboolean sealed;  /* its field `seal` is present */
    gboolean waiting; /* its sender was asked for a better one */
} LedgerKin;
void ledger_kin_clear(LedgerKin *kin);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LedgerKin, ledger_kin_clear)

/* The latest document of the kind of DOCUMENT and about the same that was entered before it, with another message, under
 * an entry that ADDRESS belongs to, and was not rejected or replaced. FALSE: there is none. */
gboolean ledger_kin_find(Ledger *ledger, gint64 document, const char *address, LedgerKin *ret);

/* The document under the same entry that DOCUMENT is sent for, where nothing that was read tells: one that waits and is of the
 * same kind while one of the two does not say whom it is about, or one that could not be read and bears the same file name
 * or is the only such one. FALSE: there is none. */
gboolean ledger_kin_asked(Ledger *ledger, gint64 document, LedgerKin *ret);

/* Documents came under ENTRY with MESSAGE: an attachment that was missing before is missing no more. */
gboolean ledger_attachment_came(Ledger *ledger, gint64 entry, gint64 message, GError **error);

/* Whether something is asked for under ENTRY: a document waits, or its proposal is not complete. */
gboolean ledger_entry_wants(Ledger *ledger, gint64 entry);

/* The reference of the entry that holds the bytes of DOCUMENT from an earlier message; NULL: none. Caller frees. */
char *ledger_same_bytes(Ledger *ledger, gint64 document);

/* Whether two documents have the same values in all fields but the seal. */
gboolean ledger_same_values(Ledger *ledger, gint64 one, gint64 other);

/* NEWER takes the place of OLDER: its version is one more, and OLDER is closed unless it was accepted. */
gboolean ledger_supersede(Ledger *ledger, gint64 newer, gint64 older, GError **error);

/* --- proposals (提案, Art. 18) -------------------------------------------------------------------------------------- */

typedef struct {
    const char *title, *organisation, *leader; /* as people read them; NULL unknown */
    const char *key_zh, *key_en;               /* of the titles; NULL unknown */
} LedgerProposal;

/* The proposal under way with an equal title and no other organisation; else the one that ENTRY holds parts of and that
 * lacks KIND: its titles then differ. 0: none. */
gint64 ledger_proposal_find(Ledger *ledger, gint64 entry, const char *kind, const LedgerProposal *facts);
gint64 ledger_proposal_new(Ledger *ledger, const LedgerProposal *facts, GError **error); /* 0 on error */
/* Makes DOCUMENT a part of it, and adds what FACTS knows and the proposal did not. */
gboolean ledger_proposal_join(Ledger *ledger, gint64 proposal, gint64 document, const LedgerProposal *facts, GError **error);

/* What VISIT sees of each part that was not rejected or replaced; VALUE is the field FIELD as shown, or NULL. */
typedef void (*PartVisitor)(const char *kind, const char *value, gpointer user);
gboolean ledger_proposal_parts(Ledger *ledger, gint64 proposal, const char *field, PartVisitor visit, gpointer user,
                               GError **error);

/* Takes away what was found on the proposal as a whole, before it is looked at anew. *RET_ASKED: parts of it were missing. */
gboolean ledger_proposal_clear_findings(Ledger *ledger, gint64 proposal, gboolean *ret_asked, GError **error);

typedef void (*SiblingVisitor)(gint64 entry, gpointer user);
/* The other entries under which parts of ENTRY's proposals came. */
gboolean ledger_proposal_entries(Ledger *ledger, gint64 entry, SiblingVisitor visit, gpointer user, GError **error);

/* The title of a proposal under way that NAME leads; NULL: none. Caller frees. */
char *ledger_proposal_led_by(Ledger *ledger, const char *name);

/* The closing instant of the ballot on the document called NUMBER; 0: none is known. */
gint64 ledger_ballot_closes(Ledger *ledger, const char *number);

#endif
