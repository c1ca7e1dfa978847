/* account.h: what the daily account (digest) tells. */
#ifndef SHOUWEN_LEDGER_ACCOUNT_H
#define SHOUWEN_LEDGER_ACCOUNT_H

#include "ledger/ledger.h"

/* Messages received and letters sent since the instant SINCE. */
gint64 ledger_account_arrived(Ledger *ledger, gint64 since);
gint64 ledger_account_answered(Ledger *ledger, gint64 since);

typedef struct {
    const char *reference, *person, *address, *subject, *reason;
    gint64 instant;
} AccountLine;
typedef void (*AccountVisitor)(const AccountLine *line, gpointer user);

/* WHAT: ACCOUNT_NEW entries made since SINCE; ACCOUNT_WAITING those that wait for the secretariat now (quarantined messages too);
 * ACCOUNT_HELD letters that wait to be released; ACCOUNT_FAILED letters of the week before SINCE and later that failed or came
 * back. The oldest first. */
typedef enum { ACCOUNT_NEW, ACCOUNT_WAITING, ACCOUNT_HELD, ACCOUNT_FAILED } Account;
gboolean ledger_account(Ledger *ledger, Account what, gint64 since, AccountVisitor visit, gpointer user, GError **error);

#endif
