#include "base/failure.h"
#include "ledger/migrate.h"
#include "ledger/rank.h"
#include "ledger/sql.h"

/* Longer steps stand in files of their own, which the assembler puts into the program as they are. */
__asm__(".section .rodata\n"
        "migrate_to_3:\n"
        ".incbin \"src/ledger/to-3.sql\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char migrate_to_3[] __attribute__((visibility("hidden")));

/* steps[n] leads from version n to n + 1; version 1 is schema.sql itself. */
static const char *const steps[MIGRATE_VERSION] = {
    /* Nothing of version 1 ever put a row into the tables of proposals. */
    [1] = "ALTER TABLE documents ADD COLUMN about TEXT;"
          "CREATE INDEX documents_about ON documents (about, kind) WHERE about IS NOT NULL;"
          "DROP TABLE proposal_parts; DROP TABLE proposals;"
          "CREATE TABLE proposals (id INTEGER PRIMARY KEY, title TEXT NOT NULL, organisation TEXT, leader TEXT,"
          " state TEXT NOT NULL, key_zh TEXT, key_en TEXT);"
          "CREATE INDEX proposals_zh ON proposals (key_zh); CREATE INDEX proposals_en ON proposals (key_en);"
          "CREATE TABLE proposal_parts (proposal INTEGER NOT NULL REFERENCES proposals (id),"
          " document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,"
          " PRIMARY KEY (proposal, document)) WITHOUT ROWID;"
          "CREATE INDEX proposal_parts_document ON proposal_parts (document);",
    [2] = migrate_to_3,
};

static gboolean back_up(Ledger *ledger, const char *to, GError **error)
{
    if (g_file_test(to, G_FILE_TEST_EXISTS)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "%s exists already: an earlier migration did not finish; move it away first",
                    to);
        return FALSE;
    }
    sqlite3 *copy = NULL;
    int code = sqlite3_open(to, &copy);
    sqlite3_backup *backup = code == SQLITE_OK ? sqlite3_backup_init(copy, "main", ledger->db, "main") : NULL;
    if (backup) {
        sqlite3_backup_step(backup, -1);
        code = sqlite3_backup_finish(backup);
    }
    sqlite3_close(copy);
    if (!backup || code != SQLITE_OK) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot back up the ledger to %s before migrating it: %s", to,
                    sqlite3_errstr(code));
        return FALSE;
    }
    return TRUE;
}

static gboolean take_steps(Ledger *ledger, int from, GError **error)
{
    for (int version = from; version < MIGRATE_VERSION; version++) {
        if (!steps[version]) {
            g_set_error(error, FAILURE, FAILURE_CONFIG, "ledger %s: no way leads from schema %d to %d", ledger->file,
                        version, version + 1);
            return FALSE;
        }
        if (sqlite3_exec(ledger->db, steps[version], NULL, NULL, NULL) != SQLITE_OK)
            return sql_failed(ledger, error, "migrate");
    }
    if (!rank_all(ledger, error))
        return FALSE;
    g_autofree char *done = g_strdup_printf("PRAGMA user_version = %d", MIGRATE_VERSION);
    return sqlite3_exec(ledger->db, done, NULL, NULL, NULL) == SQLITE_OK || sql_failed(ledger, error, "migrate");
}

gboolean migrate_ledger(Ledger *ledger, int from, GError **error)
{
    g_autofree char *backup = g_strdup_printf("%s.before-v%d", ledger->file, MIGRATE_VERSION);
    if (!back_up(ledger, backup, error) || !ledger_begin(ledger, error))
        return FALSE;
    if (!take_steps(ledger, from, error)) {
        ledger_rollback(ledger);
        return FALSE;
    }
    return ledger_commit(ledger, error);
}
