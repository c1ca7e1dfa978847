/* listing.h: the queue as people see it: entries by what is most at risk, a page at a time.
 *
 * An entry's `rank` is an instant: by then somebody has to begin with it. So it needs no reckoning anew as time passes, and an index
 * keeps the order. It is the earlier of
 *   - due less work. due: the entry's, or the earliest due of its open duties. work: a day, and a day more for each error that
 *     was found in it (a missing part, a missing field), at most seven: what lacks much must be asked for sooner;
 *   - received plus patience: a day when it calls for attention, two in `review` (nobody has been told anything yet), five in
 *     `complete` (only our word is missing), fourteen in `waiting` (the sender was asked and has his turn).
 * Decided entries (accepted, rejected, closed) without attention stand behind all others, the latest first.
 * ledger_entry_settle and ledger_entry_attention reckon it; who changes a due or a duty calls ledger_entry_rank. */
#ifndef SHOUWEN_LEDGER_LISTING_H
#define SHOUWEN_LEDGER_LISTING_H

#include "ledger/ledger.h"

/* Reckons rank and organisation (the first that its documents name) of ENTRY, and notes when it first was complete. Expects a
 * transaction under way. */
gboolean ledger_entry_rank(Ledger *ledger, gint64 entry, GError **error);

typedef enum {
    LISTING_RANK,     /* the most urgent first */
    LISTING_OLDEST,   /* by receipt */
    LISTING_NEWEST,
    LISTING_REFERENCE,
} ListingOrder;

typedef enum { LISTING_DUE_ANY, LISTING_DUE_BEFORE, LISTING_DUE_NONE } ListingDue;

/* What must hold of an entry; NULL, 0 and LISTING_DUE_ANY ask nothing. "Part of": anywhere in it, ASCII letters of either case. */
typedef struct {
    const char *state;        /* a state, "open" (not yet decided, or with attention: NULL is the same), "attention", "all" */
    const char *kind;         /* one of its documents is of this kind */
    const char *sender;       /* part of name or address */
    const char *organisation; /* part of it */
    const char *meeting;      /* part of what its documents say of a meeting */
    const char *finding;      /* a rule, or a severity: error, warning, info */
    const char *text;         /* part of reference or subject */
    ListingDue due;
    gint64 due_before;        /* instant, for LISTING_DUE_BEFORE */
    gint64 since, until;      /* received at or after, before: instants */
    gint64 assignee;          /* user; -1: assigned to nobody */
} ListingFilter;

/* Where a page ended: the key of its last row in the order asked for. {0, 0}: before the first row. */
typedef struct {
    gint64 key, id;
} ListingPlace;

/* Texts are valid during the visitor only. */
typedef struct {
    ListingPlace place; /* give it back for the rows after this one */
    gint64 id, version;
    int year, number;
    const char *reference, *state, *attention, *sender_name, *sender_address, *organisation, *subject;
    const char *kinds;   /* of its documents, each once, blanks between; a document that was not read names its status */
    const char *missing; /* ids of fields that lack a value, and "package" for parts of a proposal, blanks between; "" none */
    gint64 received, created, due, rank; /* due 0: none */
    guint documents, errors, warnings, infos;
    gint64 assignee;            /* 0: nobody */
    const char *assignee_name;  /* as shown; NULL: nobody */
} ListingRow;
typedef void (*ListingVisitor)(const ListingRow *row, gpointer user);

/* At most LIMIT rows after AFTER. An unknown state is FAILURE_USAGE. */
gboolean ledger_listing(Ledger *ledger, const ListingFilter *filter, ListingOrder order, const ListingPlace *after, guint limit,
                        ListingVisitor visit, gpointer user, GError **error);

/* One entry as a row; FALSE without error when there is none. */
gboolean ledger_listing_entry(Ledger *ledger, gint64 entry, ListingVisitor visit, gpointer user, GError **error);

/* How many entries each tab would list under FILTER, whose state is ignored. */
typedef struct {
    guint64 open, attention, review, waiting, complete, accepted, rejected, closed, all;
} ListingCounts;
gboolean ledger_listing_counts(Ledger *ledger, const ListingFilter *filter, ListingCounts *ret, GError **error);

#endif
