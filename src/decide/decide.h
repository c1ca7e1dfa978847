/* decide.h: what a person decides about an entry. One function an action, used by the command line and the desk alike: each is
 * one transaction with its event, names its actor, and checks that nobody else changed the entry meanwhile. */
#ifndef SHOUWEN_DECIDE_DECIDE_H
#define SHOUWEN_DECIDE_DECIDE_H

#include "conf/conf.h"
#include "ledger/ledger.h"
#include "letters/compose.h"

/* Who decides, and what he saw. All borrowed. */
typedef struct {
    Ledger *ledger;
    const Conf *conf;
    const Templates *templates;
    const char *actor;
    gint64 entry;
    gint64 version; /* of the entry when it was shown; 0: whatever it is (command line). FAILURE_CONFLICT, saying who
                     * changed what when, when it is another one by now: nothing is changed. */
} Decision;

/* What the letter that goes with a decision shall say. TEXT NULL: the template's words. SILENT: no letter. */
typedef struct {
    const char *subject, *text;
    gboolean silent;
} DecisionLetter;

/* DOCUMENT 0: all documents of the entry that are not yet decided, or the entry itself when it has none. FAILURE_DATA when there is
 * nothing to decide, and for a return when nobody can be written to; FAILURE_NOINPUT when there is no such entry or document.
 * Accepting sends the letter "completion" once nothing of the entry is undecided any more. An acceptance or a rejection stands also
 * when nobody can be written to: the event says so. A decision on the whole entry answers what called for attention, unless that was
 * the fate of a letter. */
gboolean decide_accept(const Decision *decision, gint64 document, const DecisionLetter *letter, GError **error);
gboolean decide_return(const Decision *decision, gint64 document, const char *reason, const DecisionLetter *letter, GError **error);
gboolean decide_reject(const Decision *decision, gint64 document, const char *reason, const DecisionLetter *letter, GError **error);
/* Back to review: a decision is taken back. */
gboolean decide_reopen(const Decision *decision, gint64 document, const char *reason, GError **error);
/* Nothing more is expected: closed without a decision on the content. */
gboolean decide_close(const Decision *decision, const char *reason, GError **error);

/* The letter that decide_return (ACTION "return"), decide_reject ("reject") or decide_accept ("accept") would send: for the
 * preview. NULL with FAILURE_DATA when nobody could be written to. */
Letter *decide_letter(const Decision *decision, const char *action, gint64 document, const char *reason,
                      const DecisionLetter *letter, GError **error);

/* VALUE: what a person typed, or JSON as in fields.value; NULL: there is no value. It is brought into the form of its field (values.h)
 * and refused when it has none. What was read is kept in `corrections`; findings that it lacks or is no value of its type go; other
 * rules are applied anew by `redo` only, in which the person's value stays. */
gboolean decide_correct(const Decision *decision, gint64 document, const char *field, const char *value, GError **error);
/* FAILURE_DATA when nobody knows such a KIND. Findings that only the kind it was taken for asks for go with it; a person looks at the document. */
gboolean decide_kind(const Decision *decision, gint64 document, const char *kind, GError **error);

gboolean decide_assign(const Decision *decision, const char *user, GError **error); /* NULL: nobody */
gboolean decide_comment(const Decision *decision, const char *text, GError **error);
gboolean decide_attend(const Decision *decision, GError **error); /* attention is no longer called for */
/* DOCUMENTS (ids) leave for an entry of their own; *RET_ENTRY is it. */
gboolean decide_split(const Decision *decision, const gint64 *documents, guint count, gint64 *ret_entry, GError **error);
/* Everything of the decision's entry moves to INTO; the emptied entry is closed and keeps its number. */
gboolean decide_merge(const Decision *decision, gint64 into, GError **error);
/* A free letter to the sender, held or sent as the settings say. */
gboolean decide_write(const Decision *decision, const DecisionLetter *letter, GError **error);

#endif
