#include <stdarg.h>

#include "base/failure.h"
#include "ledger/sql.h"

gboolean sql_failed(Ledger *ledger, GError **error, const char *what)
{
    int code = sqlite3_extended_errcode(ledger->db);
    FailureCode failure = FAILURE_BUG;
    const char *advice = "this is a bug, please report it";
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        failure = FAILURE_AGAIN;
        advice = "another program holds it; it is tried again";
        break;
    case SQLITE_FULL:
        failure = FAILURE_AGAIN;
        advice = "the disk is full; make room, it is tried again";
        break;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        failure = FAILURE_IO;
        advice = "check the disk and the rights of the folder";
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        failure = FAILURE_DATA;
        advice = "it is damaged; restore a backup or run 'shouwen rebuild'";
        break;
    default:
        break;
    }
    g_set_error(error, FAILURE, failure, "ledger %s: %s: %s; %s", ledger->file, what, sqlite3_errmsg(ledger->db),
                advice);
    return FALSE;
}

static sqlite3_stmt *prepare(Ledger *ledger, const char *text, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(ledger->statements, text);
    if (statement) {
        sqlite3_reset(statement);
        return statement;
    }
    if (sqlite3_prepare_v3(ledger->db, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
        sql_failed(ledger, error, "prepare");
        return NULL;
    }
    g_hash_table_insert(ledger->statements, (gpointer)text, statement);
    return statement;
}

static void bind(sqlite3_stmt *statement, const char *types, va_list *values)
{
    for (int i = 0; types[i]; i++) {
        switch (types[i]) {
        case 'i':
            sqlite3_bind_int64(statement, i + 1, va_arg(*values, gint64));
            break;
        case 't':
            sqlite3_bind_text(statement, i + 1, va_arg(*values, const char *), -1, SQLITE_TRANSIENT);
            break;
        case 'r':
            sqlite3_bind_double(statement, i + 1, va_arg(*values, double));
            break;
        case 'b': {
            const void *bytes = va_arg(*values, const void *);
            gsize length = va_arg(*values, gsize);
            sqlite3_bind_blob64(statement, i + 1, bytes, length, SQLITE_TRANSIENT);
            break;
        }
        default:
            g_assert_not_reached();
        }
    }
}

gboolean sql_run(Ledger *ledger, GError **error, const char *text, const char *types, ...)
{
    sqlite3_stmt *statement = prepare(ledger, text, error);
    if (!statement)
        return FALSE;
    va_list values;
    va_start(values, types);
    bind(statement, types, &values);
    va_end(values);
    int code = sqlite3_step(statement);
    gboolean good = code == SQLITE_DONE || code == SQLITE_ROW;
    if (!good)
        sql_failed(ledger, error, "write");
    sqlite3_reset(statement);
    return good;
}

sqlite3_stmt *sql_query(Ledger *ledger, GError **error, const char *text, const char *types, ...)
{
    sqlite3_stmt *statement = prepare(ledger, text, error);
    if (!statement)
        return NULL;
    va_list values;
    va_start(values, types);
    bind(statement, types, &values);
    va_end(values);
    return statement;
}

gboolean sql_step(Ledger *ledger, sqlite3_stmt *statement, GError **error)
{
    if (!statement)
        return FALSE;
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return TRUE;
    if (code != SQLITE_DONE)
        sql_failed(ledger, error, "read");
    sqlite3_reset(statement);
    return FALSE;
}

gint64 sql_int(Ledger *ledger, gint64 otherwise, const char *text, const char *types, ...)
{
    sqlite3_stmt *statement = prepare(ledger, text, NULL);
    if (!statement)
        return otherwise;
    va_list values;
    va_start(values, types);
    bind(statement, types, &values);
    va_end(values);
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        otherwise = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return otherwise;
}

char *sql_text(sqlite3_stmt *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement, column));
}

gboolean sql_good(GError *failure, GError **error)
{
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}
