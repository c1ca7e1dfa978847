/* sql.h: private to src/ledger: prepared statements, kept for the life of the connection.
 *
 * TYPES names the arguments in order: i gint64, t const char * (NULL = SQL NULL), b const void * and gsize,
 * r double. Statement texts are string literals. */
#ifndef SHOUWEN_LEDGER_SQL_H
#define SHOUWEN_LEDGER_SQL_H

#include <sqlite3.h>

#include "ledger/ledger.h"

struct Ledger {
    sqlite3 *db;
    char *file;
    GHashTable *statements; /* text -> sqlite3_stmt */
};

/* Runs a statement that returns no rows. */
gboolean sql_run(Ledger *ledger, GError **error, const char *text, const char *types, ...);

/* A bound statement to be stepped with sql_step; it is reset by the next use of the same text. NULL on error. */
sqlite3_stmt *sql_query(Ledger *ledger, GError **error, const char *text, const char *types, ...);

/* TRUE: a row is there. FALSE: no more rows, or *error is set. */
gboolean sql_step(Ledger *ledger, sqlite3_stmt *statement, GError **error);

/* The first column of the first row, or OTHERWISE when there is none (errors too). */
gint64 sql_int(Ledger *ledger, gint64 otherwise, const char *text, const char *types, ...);

/* A text column, NULL for SQL NULL; newly allocated. */
char *sql_text(sqlite3_stmt *statement, int column);

/* TRUE when FAILURE is NULL; else it goes into ERROR. For the end of a loop over sql_step. */
gboolean sql_good(GError *failure, GError **error);

/* Sets ERROR from the connection's last error; always FALSE. */
gboolean sql_failed(Ledger *ledger, GError **error, const char *what);

#endif
