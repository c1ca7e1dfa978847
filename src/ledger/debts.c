/* debts.c: from what duties follow: meetings, ballots and the registry, joined. */
#include <string.h>

#include "ledger/duties.h"
#include "ledger/sql.h"

/* Whether a party of the groups MINE belongs to something of the groups THEIRS (none: everybody does). */
static gboolean shares(const char *theirs, const char *mine)
{
    if (!theirs || !*theirs)
        return TRUE;
    g_auto(GStrv) wanted = g_strsplit(theirs, " ", -1), own = g_strsplit(mine ? mine : "", " ", -1);
    for (char **group = wanted; *group; group++)
        if (**group && g_strv_contains((const char *const *)own, *group))
            return TRUE;
    return FALSE;
}

/* The columns of every query here, in this order; what a row does not have is NULL. */
#define OF_DUTY "coalesce(d.id, 0), coalesce(d.due, 0), d.state = 'waived' AND d.reason IN ('" DUTY_GROUNDLESS "', '" DUTY_LAPSED "')"

static void debt_from_row(sqlite3_stmt *row, DebtVisitor visit, gpointer user)
{
    if (!shares((const char *)sqlite3_column_text(row, 12), (const char *)sqlite3_column_text(row, 13)))
        return;
    LedgerDebt debt = {
        .duty = sqlite3_column_int64(row, 0),
        .due = sqlite3_column_int64(row, 1),
        .groundless = sqlite3_column_int(row, 2),
        .meeting = sqlite3_column_int64(row, 3),
        .ballot = sqlite3_column_int64(row, 4),
        .party = sqlite3_column_int64(row, 5),
        .name = (const char *)sqlite3_column_text(row, 6),
        .last_day = (const char *)sqlite3_column_text(row, 7),
        .closes = sqlite3_column_int64(row, 8),
        .host = (const char *)sqlite3_column_text(row, 9),
        .contact = (const char *)sqlite3_column_text(row, 10),
        .attended = (const char *)sqlite3_column_text(row, 11),
    };
    visit(&debt, user);
}

static gboolean visit_all(Ledger *ledger, sqlite3_stmt *row, DebtVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        debt_from_row(row, visit, user);
    return sql_good(failure, error);
}

gboolean ledger_debts_meeting(Ledger *ledger, const char *day, DebtVisitor visit, gpointer user, GError **error)
{
    return visit_all(ledger,
                     sql_query(ledger, error,
                               "SELECT " OF_DUTY ", m.id, 0, p.id, m.name, m.last_day, 0, NULL, NULL, x.state, NULL, NULL"
                               " FROM meetings m JOIN participants x ON x.meeting = m.id JOIN parties p ON p.id = x.party"
                               " LEFT JOIN duties d ON d.key = 'meeting-summary/meeting ' || m.id || '/party ' || p.id"
                               " WHERE m.state = 'planned' AND m.last_day >= ? AND x.state IN ('registered', 'attended')"
                               " AND p.state = 'active' ORDER BY m.id, p.id",
                               "t", day),
                     visit, user, error);
}

gboolean ledger_debts_hosting(Ledger *ledger, const char *day, DebtVisitor visit, gpointer user, GError **error)
{
    return visit_all(ledger,
                     sql_query(ledger, error,
                               "SELECT " OF_DUTY ", m.id, 0, 0, m.name, m.last_day, 0, m.host, m.contact, NULL, NULL, NULL"
                               " FROM meetings m LEFT JOIN duties d ON d.key = 'hosting-summary/meeting ' || m.id"
                               " WHERE m.state = 'planned' AND m.host IS NOT NULL AND m.last_day >= ? ORDER BY m.id",
                               "t", day),
                     visit, user, error);
}

gboolean ledger_debts_ballot(Ledger *ledger, gint64 instant, DebtVisitor visit, gpointer user, GError **error)
{
    return visit_all(ledger,
                     sql_query(ledger, error,
                               "SELECT " OF_DUTY ", 0, b.id, p.id, b.document, NULL, b.closes, NULL, NULL, NULL, b.groups,"
                               " p.working_groups FROM ballots b JOIN parties p"
                               " LEFT JOIN duties d ON d.key = 'contribution/ballot ' || b.id || '/party ' || p.id"
                               " WHERE b.state = 'planned' AND b.closes > ? AND p.state = 'active' ORDER BY b.id, p.id",
                               "i", instant),
                     visit, user, error);
}

gboolean ledger_attendance(Ledger *ledger, gint64 instant, DebtVisitor visit, gpointer user, GError **error)
{
    return visit_all(ledger,
                     sql_query(ledger, error,
                               "SELECT 0, 0, 0, m.id, 0, p.id, m.name, m.last_day, 0, p.name, NULL, x.state, m.groups,"
                               " p.working_groups FROM parties p JOIN meetings m"
                               " LEFT JOIN participants x ON x.meeting = m.id AND x.party = p.id"
                               " WHERE p.state = 'active' AND m.state = 'planned' AND m.ends < ? AND m.starts > p.since"
                               " AND EXISTS (SELECT 1 FROM participants y WHERE y.meeting = m.id)"
                               " ORDER BY p.id, m.starts, m.id",
                               "i", instant),
                     visit, user, error);
}

/* That a state is one of two and then one of these is said for the index on what is not settled. */
gboolean ledger_duties_groundless(Ledger *ledger, gint64 instant, GroundlessVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(
        ledger, error,
        "SELECT d.id, b.groups, p.working_groups, coalesce(m.state = 'cancelled', 0) OR coalesce(b.state = 'cancelled', 0)"
        " OR (d.origin = 'hosting' AND m.host IS NULL) OR (d.origin IN ('meeting', 'ballot') AND p.state = 'withdrawn')"
        " OR (d.origin = 'meeting' AND coalesce(x.state IN ('absent', 'excused'), 1)), coalesce(b.closes <= ?, 0) FROM duties d"
        " LEFT JOIN meetings m ON m.id = d.meeting LEFT JOIN ballots b ON b.id = d.ballot LEFT JOIN parties p ON p.id = d.party"
        " LEFT JOIN participants x ON x.meeting = d.meeting AND x.party = d.party WHERE d.state IN ('open', 'claimed')"
        " AND d.state = 'open' ORDER BY d.id",
        "i", instant);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        if (sqlite3_column_int(row, 3) ||
            !shares((const char *)sqlite3_column_text(row, 1), (const char *)sqlite3_column_text(row, 2)))
            visit(sqlite3_column_int64(row, 0), DUTY_GROUNDLESS, user);
        else if (sqlite3_column_int(row, 4))
            visit(sqlite3_column_int64(row, 0), DUTY_LAPSED, user);
    return sql_good(failure, error);
}
