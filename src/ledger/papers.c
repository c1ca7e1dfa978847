/* papers.c: what duties/ asks about documents and entries. */
#include "ledger/duties.h"
#include "ledger/listing.h"
#include "ledger/sql.h"

gboolean ledger_paper_get(Ledger *ledger, gint64 document, PaperVisitor visit, gpointer user, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT d.id, d.entry, d.kind, d.state, m.sender_name, lower(m.sender_address)"
                                  " FROM documents d JOIN messages m ON m.id = d.message"
                                  " WHERE d.id = ?",
                                  "i", document);
    if (!row || !sql_step(ledger, row, error))
        return FALSE;
    LedgerPaper paper = {
        .id = sqlite3_column_int64(row, 0),
        .entry = sqlite3_column_int64(row, 1),
        .kind = (const char *)sqlite3_column_text(row, 2),
        .state = (const char *)sqlite3_column_text(row, 3),
        .sender_name = (const char *)sqlite3_column_text(row, 4),
        .sender = (const char *)sqlite3_column_text(row, 5),
    };
    visit(&paper, user);
    sqlite3_reset(row);
    return TRUE;
}

gboolean ledger_field_parts(Ledger *ledger, gint64 document, const char *field, FieldPartVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT CASE r.type WHEN 'object' THEN json_extract(r.value, '$.item') ELSE r.value END,"
                                  " CASE r.type WHEN 'object' THEN json_extract(r.value, '$.after') END"
                                  " FROM fields f, json_each(f.value) r WHERE f.document = ? AND f.id = ? ORDER BY r.id",
                                  "it", document, field);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        if (sqlite3_column_type(row, 0) == SQLITE_TEXT)
            visit((const char *)sqlite3_column_text(row, 0), (const char *)sqlite3_column_text(row, 1), user);
    return sql_good(failure, error);
}

gboolean ledger_entry_standing(Ledger *ledger, gint64 entry, char **ret_state, char **ret_name, char **ret_address, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error, "SELECT state, sender_name, lower(sender_address) FROM entries WHERE id = ?", "i", entry);
    if (!row || !sql_step(ledger, row, error))
        return FALSE;
    *ret_state = sql_text(row, 0);
    *ret_name = sql_text(row, 1);
    *ret_address = sql_text(row, 2);
    sqlite3_reset(row);
    return TRUE;
}

gboolean ledger_entry_set_due(Ledger *ledger, gint64 entry, gint64 due, GError **error)
{
    return sql_run(ledger, error, "UPDATE entries SET due = nullif(?, 0), version = version + 1 WHERE id = ? AND due IS NOT nullif(?, 0)",
                   "iii", due, entry, due) &&
           ledger_entry_rank(ledger, entry, error);
}
