/* tables.h: whole tables, row by row, for export. */
#ifndef SHOUWEN_LEDGER_TABLES_H
#define SHOUWEN_LEDGER_TABLES_H

#include "ledger/ledger.h"

typedef enum { TABLE_TEXT, TABLE_NUMBER, TABLE_INSTANT } TableType;
typedef struct {
    const char *key;   /* name for programs */
    const char *title; /* for people */
    TableType type;
} TableColumn;

typedef struct {
    const char *name;  /* documents experts duties letters meetings */
    const char *query;
    const TableColumn *columns;
    guint n;
} LedgerTable;

/* NULL: there is none of that name. */
const LedgerTable *ledger_table_find(const char *name);

/* One row, N texts (NULL: none; instants and numbers as digits), valid during the call. FALSE with ERROR ends the walk. */
typedef gboolean (*TableVisitor)(const char *const *texts, gpointer user, GError **error);

/* Every row of TABLE, as it was when the walk began. Only one row is held in memory. */
gboolean ledger_table(Ledger *ledger, const LedgerTable *table, TableVisitor visit, gpointer user, GError **error);

#endif
