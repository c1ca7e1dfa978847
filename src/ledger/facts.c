#include "ledger/facts.h"
#include "ledger/sql.h"

char *ledger_fact(Ledger *ledger, const char *name)
{
    sqlite3_stmt *row = sql_query(ledger, NULL, "SELECT value FROM facts WHERE name = ?", "t", name);
    if (!row || !sql_step(ledger, row, NULL))
        return NULL;
    char *value = sql_text(row, 0);
    sqlite3_reset(row);
    return value;
}

gboolean ledger_fact_set(Ledger *ledger, const char *name, const char *value, GError **error)
{
    if (!value)
        return sql_run(ledger, error, "DELETE FROM facts WHERE name = ?", "t", name);
    return sql_run(ledger, error, "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                   "tt", name, value);
}
