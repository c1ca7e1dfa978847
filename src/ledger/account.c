#include "ledger/account.h"
#include "ledger/sql.h"

gint64 ledger_account_arrived(Ledger *ledger, gint64 since)
{
    return sql_int(ledger, 0, "SELECT count(*) FROM messages WHERE received > ?", "i", since);
}

gint64 ledger_account_answered(Ledger *ledger, gint64 since)
{
    return sql_int(ledger, 0, "SELECT count(*) FROM letters WHERE sent > ? AND state IN ('sent', 'bounced')", "i", since);
}

gboolean ledger_account(Ledger *ledger, Account what, gint64 since, AccountVisitor visit, gpointer user, GError **error)
{
    /* Each with the same columns; ?1 stands in all of them. */
    static const char *const queries[] = {
        [ACCOUNT_NEW] = "SELECT reference, coalesce(sender_name, sender_address), sender_address, subject, NULL, received FROM entries"
                        " WHERE created > ?1 ORDER BY id",
        [ACCOUNT_WAITING] = "SELECT reference, coalesce(sender_name, sender_address), sender_address, subject,"
                            " coalesce(attention, state), received FROM entries WHERE ?1 IS NOT NULL AND (state IN ('review', 'complete')"
                            " OR attention IS NOT NULL) UNION ALL SELECT NULL, coalesce(sender_name, sender_address, ''), sender_address,"
                            " subject, reason, received FROM messages WHERE state = 'quarantined' ORDER BY 6",
        [ACCOUNT_HELD] = "SELECT e.reference, NULL, l.recipient, l.subject, l.reason, l.created FROM letters l"
                         " LEFT JOIN entries e ON e.id = l.entry WHERE ?1 IS NOT NULL AND l.state = 'held'"
                         " AND l.reason IS NOT '" LETTER_OVERTAKEN "' ORDER BY l.id",
        [ACCOUNT_FAILED] = "SELECT e.reference, NULL, l.recipient, l.subject, l.reason, l.created FROM letters l"
                           " LEFT JOIN entries e ON e.id = l.entry WHERE l.created > ?1 - 604800000000"
                           " AND l.state IN ('failed', 'bounced') ORDER BY l.id",
    };
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error, queries[what], "i", since);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        AccountLine line = {(const char *)sqlite3_column_text(row, 0), (const char *)sqlite3_column_text(row, 1),
                            (const char *)sqlite3_column_text(row, 2), (const char *)sqlite3_column_text(row, 3),
                            (const char *)sqlite3_column_text(row, 4), sqlite3_column_int64(row, 5)};
        visit(&line, user);
    }
    return sql_good(failure, error);
}
