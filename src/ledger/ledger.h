/* ledger.h: the one interface to the ledger (SQLite). All SQL stands in this room (schema.sql, *.c here).
 *
 * Writers use BEGIN IMMEDIATE through ledger_begin; everything that follows from one message is written between
 * ledger_savepoint and ledger_release, many messages in one transaction. A locked or full ledger is FAILURE_AGAIN,
 * a newer schema FAILURE_CONFIG, a constraint that breaks FAILURE_BUG. Instants are microseconds (base/clock). */
#ifndef SHOUWEN_LEDGER_LEDGER_H
#define SHOUWEN_LEDGER_LEDGER_H

#include <glib.h>

#include "spool/segment.h"

typedef struct Ledger Ledger;
typedef enum { LEDGER_READ, LEDGER_WRITE, LEDGER_CREATE } LedgerMode;

/* Opens FILE. LEDGER_CREATE makes it with the schema when absent. LEDGER_WRITE migrates an older schema, after a
 * backup beside it (FILE.before-vN). */
Ledger *ledger_open(const char *file, LedgerMode mode, GError **error);
void ledger_close(Ledger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ledger, ledger_close)

gboolean ledger_begin(Ledger *ledger, GError **error);
gboolean ledger_commit(Ledger *ledger, GError **error);
void ledger_rollback(Ledger *ledger);
gboolean ledger_savepoint(Ledger *ledger, GError **error); /* one message's part of a transaction */
gboolean ledger_release(Ledger *ledger, GError **error);
void ledger_revert(Ledger *ledger); /* back to the savepoint */

/* --- letters ------------------------------------------------------------------------------------------------ */
typedef struct {
    gint64 id, entry, message, duty; /* entry 0: none; message: the one it answers, duty: that it reminds of, 0: none */
    char *kind, *state, *recipient, *message_id, *subject, *reason; /* reason: why held, failed or bounced; may be NULL */
    char *released_by; /* who let it go when it was held; NULL: nobody */
    GBytes *bytes;    /* the exact message, RFC 5322 */
    guint attempts;
    gint64 created, next_try;
    FramePlace sent;  /* in spool/sent; segment 0 = not yet written there */
} LedgerLetter;
void ledger_letter_free(LedgerLetter *letter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerLetter, ledger_letter_free)

/* Enters LETTER (id is set) in its state: queued, or held with a reason. ACTOR of the event: "intake", "clock" or a person. */
gboolean ledger_letter_add(Ledger *ledger, LedgerLetter *letter, const char *actor, GError **error);

/* The language noted of ENTRY, else of the party at ADDRESS; NULL: none. Caller frees. */
char *ledger_letter_language(Ledger *ledger, gint64 entry, const char *address);

/* Whether the latest mail of the people of ENTRY came from a verified sender, or from a party of the registry. */
gboolean ledger_entry_trusted(Ledger *ledger, gint64 entry);

/* By when something is asked for of the people of ENTRY: the first open duty's, else the entry's own; 0: nothing is. */
gint64 ledger_entry_due(Ledger *ledger, gint64 entry);

/* At most LIMIT letters to send (LedgerLetter *, freed with the array): queued and due at NOW, or left in `sending` by a crash; the
 * longest due first. NULL on error. */
GPtrArray *ledger_letters_due(Ledger *ledger, gint64 now, guint limit, GError **error);

/* The bytes of each of LETTERS stand in spool/sent at its `sent`: one durable transaction, so that a crash from here on
 * does not append them again. States do not change. */
gboolean ledger_letters_placed(Ledger *ledger, const GPtrArray *letters, GError **error);

/* State sending; its bytes stand in spool/sent at PLACE. FAILURE_CONFLICT when it is not to be sent any more. Each of these is one
 * durable transaction with its event, and none takes a letter that came back meanwhile for anything else. */
gboolean ledger_letter_sending(Ledger *ledger, gint64 id, FramePlace place, GError **error);
gboolean ledger_letter_sent(Ledger *ledger, gint64 id, gint64 now, const char *answer, GError **error);
gboolean ledger_letter_again(Ledger *ledger, gint64 id, gint64 next_try, const char *why, GError **error);
gboolean ledger_letter_failed(Ledger *ledger, gint64 id, const char *why, GError **error);

/* Each of LETTERS waits for its `next_try`, as a letter that was not tried: one durable transaction. */
gboolean ledger_letters_postponed(Ledger *ledger, const GPtrArray *letters, GError **error);

/* The letter ID, or NULL (without error when there is none). */
LedgerLetter *ledger_letter_get(Ledger *ledger, gint64 id, GError **error);

/* Every letter of STATE (NULL: any) and ENTRY (0: any), by id. */
/* Why a reminder is kept back that nobody need release: no account of what waits names it. */
#define LETTER_OVERTAKEN "what it reminds of is settled"

typedef void (*LetterVisitor)(const LedgerLetter *letter, gpointer user);
gboolean ledger_letters(Ledger *ledger, const char *state, gint64 entry, LetterVisitor visit, gpointer user,
                        GError **error);

/* A person lets a held letter go, holds back one that is queued, or has one that failed or came back sent again (the same bytes under
 * the same Message-ID). Each expects a transaction under way and is an event; FAILURE_CONFLICT: there is no such letter in that state. */
gboolean ledger_letter_release(Ledger *ledger, gint64 id, const char *actor, GError **error);
gboolean ledger_letter_hold(Ledger *ledger, gint64 id, const char *reason, const char *actor, GError **error);
gboolean ledger_letter_resend(Ledger *ledger, gint64 id, const char *actor, GError **error);

/* Inside a transaction, what a report says became of a letter. Each returns the letter's id (and in *RET_ENTRY its entry, 0:
 * none), 0 when it is none of ours, -1 on error.
 * _bounced: the letter MESSAGE_ID came back. State bounced, the entry calls for attention, the duty "reach this person" is
 * opened; once, however many reports say so, and whatever the courier still hears of the letter.
 * _noted: the letter stays as it is, VERB ("letter-delayed", "letter-complaint") becomes an event.
 * _suspect: a report names no letter, but ADDRESS, to which one went out since INSTANT. Anybody can write that much, so a
 * person must look, and nothing else happens. */
gint64 ledger_letter_bounced(Ledger *ledger, const char *message_id, const char *why, gint64 *ret_entry, GError **error);
gint64 ledger_letter_noted(Ledger *ledger, const char *message_id, const char *verb, const char *why, gint64 *ret_entry,
                           GError **error);
gint64 ledger_letter_suspect(Ledger *ledger, const char *address, gint64 instant, const char *why, gint64 *ret_entry,
                             GError **error);

/* Whether a letter went out to ADDRESS between two instants. */
gboolean ledger_letter_between(Ledger *ledger, const char *address, gint64 from, gint64 to);

/* When the next queued letter is due; G_MAXINT64 when none waits. */
gint64 ledger_letter_due(Ledger *ledger);

/* Whether at least LIMIT letters were made for ADDRESS (NULL: anybody) and ENTRY (0: any) since INSTANT, held ones not
 * counted. Costs no more than LIMIT rows, however many letters there are. */
gboolean ledger_letters_reach(Ledger *ledger, const char *address, gint64 entry, gint64 instant, gint64 limit);

#endif
