/* entries.c: reference numbers and entries. */
#include "base/clock.h"
#include "base/failure.h"
#include "ledger/entries.h"
#include "ledger/listing.h"
#include "ledger/sql.h"

#define ENTRY_COLUMNS                                                                                                  \
    "SELECT id, year, number, reference, state, attention, sender_name, sender_address, subject, received, created,"  \
    " coalesce(due, 0), version FROM entries "

static int take_number(Ledger *ledger, int year, int fixed, GError **error)
{
    if (fixed > 0)
        return ledger_number_floor(ledger, year, fixed, error) ? fixed : 0;
    if (!sql_run(ledger, error,
                 "INSERT INTO numbers (year, last) VALUES (?, 1) ON CONFLICT (year) DO UPDATE SET last = last + 1", "i",
                 (gint64)year))
        return 0;
    return (int)sql_int(ledger, 0, "SELECT last FROM numbers WHERE year = ?", "i", (gint64)year);
}

gboolean ledger_number_floor(Ledger *ledger, int year, int number, GError **error)
{
    return sql_run(ledger, error,
                   "INSERT INTO numbers (year, last) VALUES (?, ?)"
                   " ON CONFLICT (year) DO UPDATE SET last = max(last, excluded.last)",
                   "ii", (gint64)year, (gint64)number);
}

char *ledger_entry_new(Ledger *ledger, const LedgerEntry *entry, const char *prefix, int width, int fixed,
                       gint64 *ret_id, int *ret_number, GError **error)
{
    int number = take_number(ledger, entry->year, fixed, error);
    if (number == 0)
        return NULL;
    g_autofree char *reference = g_strdup_printf("%s-%d-%0*d", prefix, entry->year, width, number);
    if (!sql_run(ledger, error,
                 "INSERT INTO entries (year, number, reference, state, attention, sender_name, sender_address, subject,"
                 " received, created, due) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0))",
                 "iittttttiii", (gint64)entry->year, (gint64)number, reference, entry->state, entry->attention,
                 entry->sender_name, entry->sender_address, entry->subject, entry->received, entry->created,
                 entry->due))
        return NULL;
    *ret_id = sqlite3_last_insert_rowid(ledger->db);
    *ret_number = number;
    return g_steal_pointer(&reference);
}

gint64 ledger_entry_by_reference(Ledger *ledger, const char *reference)
{
    return sql_int(ledger, 0, "SELECT id FROM entries WHERE reference = ?", "t", reference);
}

gint64 ledger_entry_by_letter(Ledger *ledger, const char *message_id)
{
    return sql_int(ledger, 0, "SELECT entry FROM letters WHERE message_id = ?", "t", message_id);
}

gint64 ledger_entry_by_document(Ledger *ledger, const char *sha256)
{
    return sql_int(ledger, 0, "SELECT entry FROM documents WHERE sha256 = ? ORDER BY id LIMIT 1", "t", sha256);
}

gboolean ledger_entry_has_address(Ledger *ledger, gint64 entry, const char *address)
{
    return sql_int(ledger, 0, "SELECT count(*) FROM entry_addresses WHERE entry = ? AND address = lower(?)", "it", entry,
                   address) > 0;
}

gboolean ledger_entry_add_address(Ledger *ledger, gint64 entry, const char *address, GError **error)
{
    return sql_run(ledger, error, "INSERT OR IGNORE INTO entry_addresses (entry, address) VALUES (?, lower(?))", "it",
                   entry, address);
}

gboolean ledger_entry_attention(Ledger *ledger, gint64 entry, const char *attention, GError **error)
{
    return sql_run(ledger, error, "UPDATE entries SET attention = ?, version = version + 1 WHERE id = ?", "ti",
                   attention, entry) &&
           ledger_entry_rank(ledger, entry, error);
}

gboolean ledger_entry_settle(Ledger *ledger, gint64 entry, const char *fallback, GError **error)
{
    return sql_run(ledger, error,
                   "UPDATE entries SET version = version + 1, state = coalesce((SELECT d.state FROM documents d"
                   " JOIN messages m ON m.id = d.message WHERE d.entry = entries.id AND m.stranger = 0"
                   " ORDER BY instr('review   waiting  complete accepted rejected closed', d.state) LIMIT 1), ?)"
                   " WHERE id = ?",
                   "ti", fallback, entry) &&
           ledger_entry_rank(ledger, entry, error);
}

gboolean ledger_party_known(Ledger *ledger, const char *address)
{
    return sql_int(ledger, 0, "SELECT count(*) FROM parties WHERE address = lower(?)", "t", address) > 0;
}

static void entry_from_row(sqlite3_stmt *row, EntryVisitor visit, gpointer user)
{
    LedgerEntry entry = {
        .id = sqlite3_column_int64(row, 0),
        .year = sqlite3_column_int(row, 1),
        .number = sqlite3_column_int(row, 2),
        .reference = (const char *)sqlite3_column_text(row, 3),
        .state = (const char *)sqlite3_column_text(row, 4),
        .attention = (const char *)sqlite3_column_text(row, 5),
        .sender_name = (const char *)sqlite3_column_text(row, 6),
        .sender_address = (const char *)sqlite3_column_text(row, 7),
        .subject = (const char *)sqlite3_column_text(row, 8),
        .received = sqlite3_column_int64(row, 9),
        .created = sqlite3_column_int64(row, 10),
        .due = sqlite3_column_int64(row, 11),
        .version = sqlite3_column_int64(row, 12),
    };
    visit(&entry, user);
}

gboolean ledger_entry_get(Ledger *ledger, gint64 id, EntryVisitor visit, gpointer user, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error, ENTRY_COLUMNS "WHERE id = ?", "i", id);
    if (!sql_step(ledger, row, error))
        return FALSE;
    entry_from_row(row, visit, user);
    sqlite3_reset(row);
    return TRUE;
}
