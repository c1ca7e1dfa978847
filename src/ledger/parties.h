/* parties.h: the registry of experts (Art. 9-12). Same rules as calendar.h: writers expect a transaction under way and record an
 * event; going in, NULL keeps what stands and "" takes it away. */
#ifndef SHOUWEN_LEDGER_PARTIES_H
#define SHOUWEN_LEDGER_PARTIES_H

#include "ledger/calendar.h"

typedef struct {
    gint64 id;              /* going in: 0 = to be found or made */
    const char *name, *name_latin, *organisation, *title, *phone;
    const char *address;    /* mail address; lower case in the ledger */
    const char *contact;    /* mail address of the employer's contact, who is told when reminders do not help */
    const char *working_groups; /* "WG1 WG4" */
    const char *language;   /* of letters: zh, en, both; NULL: by setting */
    const char *origin;     /* imported accepted hand; kept once set */
    const char *state;      /* active withdrawn; going in NULL: as it stands, active for a new one */
    gint64 document;        /* the application that was accepted; 0: none */
    gint64 since, until;    /* instants; until 0: not withdrawn; since going in 0: now */
} LedgerParty;

/* 0: none. */
gint64 ledger_party_by_address(Ledger *ledger, const char *address);

/* The party called NAME (in Chinese or Latin letters) of ORGANISATION (NULL: whichever), compared by text_key. 0: none, or
 * several (*RET_SEVERAL, may be NULL): a name alone does not tell namesakes apart. */
gint64 ledger_party_by_name(Ledger *ledger, const char *name, const char *organisation, gboolean *ret_several);

/* Which party PARTY is: the one with its id; else with its address; else with its name and organisation, unless both have an
 * address (namesakes in one house do exist). 0: a new one. */
gint64 ledger_party_match(Ledger *ledger, const LedgerParty *party);

/* Enters PARTY, or merges it into the one that it matches: what it says takes the place of what stood. *RET_ID and *RET_PUT may
 * be NULL. No name is FAILURE_DATA, so is an address that somebody else has. */
gboolean ledger_party_put(Ledger *ledger, const LedgerParty *party, const char *actor, gint64 *ret_id, LedgerPut *ret_put,
                          GError **error);

/* active or withdrawn, with REASON (may be NULL) for the event. Duties are the caller's (duties/). */
gboolean ledger_party_state(Ledger *ledger, gint64 id, const char *state, const char *reason, const char *actor, GError **error);

typedef void (*PartyVisitor)(const LedgerParty *party, gpointer user);
/* Parties in STATE (NULL: any), by name. */
gboolean ledger_parties(Ledger *ledger, const char *state, PartyVisitor visit, gpointer user, GError **error);
/* One; FALSE without error when there is none. */
gboolean ledger_party_get(Ledger *ledger, gint64 id, PartyVisitor visit, gpointer user, GError **error);

#endif
