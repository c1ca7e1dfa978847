/* open.c: opening, creating and migrating the ledger, and its transactions. */
#include <errno.h>
#include <sys/stat.h>

#include "base/failure.h"
#include "ledger/migrate.h"
#include "ledger/sql.h"

#define BUSY_MS 10000

/* The schema stands in schema.sql, which the assembler puts into the program as it is. */
__asm__(".section .rodata\n"
        "ledger_schema:\n"
        ".incbin \"src/ledger/schema.sql\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char ledger_schema[] __attribute__((visibility("hidden")));

static gboolean run(Ledger *ledger, const char *text, const char *what, GError **error)
{
    if (sqlite3_exec(ledger->db, text, NULL, NULL, NULL) == SQLITE_OK)
        return TRUE;
    return sql_failed(ledger, error, what);
}

static int version_of(Ledger *ledger)
{
    return (int)sql_int(ledger, -1, "PRAGMA user_version", "");
}

static gboolean create_schema(Ledger *ledger, GError **error)
{
    g_autofree char *version = g_strdup_printf("PRAGMA user_version = %d", MIGRATE_VERSION);
    if (!run(ledger, "BEGIN IMMEDIATE", "create", error))
        return FALSE;
    /* Another process may have made it while we waited for the lock. */
    if (version_of(ledger) == MIGRATE_VERSION)
        return run(ledger, "COMMIT", "create", error);
    if (run(ledger, ledger_schema, "create", error) && run(ledger, version, "create", error) &&
        run(ledger, "COMMIT", "create", error))
        return TRUE;
    ledger_rollback(ledger);
    return FALSE;
}

static gboolean settle_schema(Ledger *ledger, LedgerMode mode, GError **error)
{
    int version = version_of(ledger);
    if (version < 0)
        return sql_failed(ledger, error, "open");
    if (version == MIGRATE_VERSION)
        return TRUE;
    if (version > MIGRATE_VERSION) {
        g_set_error(error, FAILURE, FAILURE_CONFIG,
                    "ledger %s was written by a newer shouwen (schema %d, this program knows %d); install the newer one",
                    ledger->file, version, MIGRATE_VERSION);
        return FALSE;
    }
    if (mode == LEDGER_CREATE && version == 0)
        return create_schema(ledger, error);
    if (mode == LEDGER_READ || version == 0) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "ledger %s has schema %d, not %d; run 'shouwen init' or 'shouwen run'",
                    ledger->file, version, MIGRATE_VERSION);
        return FALSE;
    }
    return migrate_ledger(ledger, version, error);
}

static void finalize(gpointer statement)
{
    sqlite3_finalize(statement);
}

Ledger *ledger_open(const char *file, LedgerMode mode, GError **error)
{
    if (mode != LEDGER_CREATE && !g_file_test(file, G_FILE_TEST_EXISTS)) {
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "ledger %s does not exist; run 'shouwen init' first", file);
        return NULL;
    }
    g_autoptr(Ledger) ledger = g_new0(Ledger, 1);
    ledger->file = g_strdup(file);
    ledger->statements = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, finalize);
    mode_t old_mask = umask(077);
    int flags = mode == LEDGER_CREATE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
    int code = sqlite3_open_v2(file, &ledger->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    umask(old_mask);
    if (code != SQLITE_OK) {
        sql_failed(ledger, error, "open");
        return NULL;
    }
    sqlite3_busy_timeout(ledger->db, BUSY_MS);
    if (!run(ledger,
             "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
             "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;"
             "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864",
             "open", error) ||
        !settle_schema(ledger, mode, error))
        return NULL;
    return g_steal_pointer(&ledger);
}

void ledger_close(Ledger *ledger)
{
    if (!ledger)
        return;
    g_clear_pointer(&ledger->statements, g_hash_table_unref);
    sqlite3_close(ledger->db);
    g_free(ledger->file);
    g_free(ledger);
}

gboolean ledger_begin(Ledger *ledger, GError **error)
{
    return run(ledger, "BEGIN IMMEDIATE", "begin", error);
}

gboolean ledger_commit(Ledger *ledger, GError **error)
{
    if (run(ledger, "COMMIT", "commit", error))
        return TRUE;
    ledger_rollback(ledger);
    return FALSE;
}

void ledger_rollback(Ledger *ledger)
{
    if (!sqlite3_get_autocommit(ledger->db))
        sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
}

gboolean ledger_savepoint(Ledger *ledger, GError **error)
{
    return sql_run(ledger, error, "SAVEPOINT message", "");
}

gboolean ledger_release(Ledger *ledger, GError **error)
{
    return sql_run(ledger, error, "RELEASE message", "");
}

void ledger_revert(Ledger *ledger)
{
    sqlite3_exec(ledger->db, "ROLLBACK TO message; RELEASE message", NULL, NULL, NULL);
}
