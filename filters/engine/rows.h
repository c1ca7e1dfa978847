/* rows.h: values that are tables: rows below a head whose cells name columns (comments, changes), and lists that stand in a
 * column (participants). */
#ifndef SHOUWEN_FILTERS_ENGINE_ROWS_H
#define SHOUWEN_FILTERS_ENGINE_ROWS_H

#include "engine/kinds.h"
#include "engine/model.h"

/* The rows of FIELD (TYPE_ROWS) among the blocks FIRST to LAST (not included): out of tables, else out of lines "label: value"
 * whose first column begins a row, else by its patterns with named groups. NULL when there are none. */
FieldValue *rows_read(const KindField *field, const Model *model, guint first, guint last);

/* The row of TABLE from which on its rows are a value of KIND's; G_MAXUINT when they are none. */
guint rows_head(const Kind *kind, const Block *table);

/* The items of FIELD (TYPE_LIST with a column): below the head of that column, after the field's own label. NULL: none. */
FieldValue *rows_column(const Kind *kind, const KindField *field, const Model *model, guint first, guint last);

#endif
