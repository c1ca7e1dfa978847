#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "engine/labels.h"
#include "engine/rows.h"

#define NO_COLUMN G_MAXUINT
#define HEAD_ROWS 40 /* a table's head stands among its first rows */

/* Where each column of the field stands in a table; NO_COLUMN: it does not. */
typedef struct {
    guint at[16];
    guint found, row;
} Head;

static int column_named(const KindField *field, const char *text)
{
    g_autofree char *key = label_key(text);
    for (guint i = 0; *key && i < field->columns->len; i++) {
        const Column *column = g_ptr_array_index(field->columns, i);
        if (g_ptr_array_find_with_equal_func(column->labels, key, g_str_equal, NULL))
            return (int)i;
    }
    return -1;
}

static guint row_count(const Block *table)
{
    guint rows = 0;
    for (guint i = 0; i < table->cells->len; i++) {
        const Cell *cell = g_ptr_array_index(table->cells, i);
        rows = MAX(rows, cell->row + cell->rows);
    }
    return rows;
}

/* The cells of a table are in reading order: those of ROW begin at *FROM, which moves on. */
static gboolean read_head(const KindField *field, const Block *table, guint row, guint *from, Head *head)
{
    *head = (Head){.row = row};
    for (guint i = 0; i < G_N_ELEMENTS(head->at); i++)
        head->at[i] = NO_COLUMN;
    while (*from < table->cells->len && ((const Cell *)g_ptr_array_index(table->cells, *from))->row < row)
        (*from)++;
    for (guint i = *from; i < table->cells->len; i++) {
        const Cell *cell = g_ptr_array_index(table->cells, i);
        int column = cell->row == row ? column_named(field, cell->text) : -1;
        if (cell->row != row)
            break;
        if (column >= 0 && column < (int)G_N_ELEMENTS(head->at) && head->at[column] == NO_COLUMN) {
            head->at[column] = cell->column;
            head->found++;
        }
    }
    return head->found >= MIN(2, field->columns->len);
}

static gboolean find_head(const KindField *field, const Block *table, Head *head)
{
    guint from = 0, rows = MIN(row_count(table), HEAD_ROWS);
    for (guint row = 0; row < rows; row++)
        if (read_head(field, table, row, &from, head))
            return TRUE;
    return FALSE;
}

guint rows_head(const Kind *kind, const Block *table)
{
    Head head;
    for (guint i = 0; i < kind->fields->len; i++) {
        const KindField *field = g_ptr_array_index(kind->fields, i);
        if (field->type == TYPE_ROWS && find_head(field, table, &head))
            return head.row;
    }
    return G_MAXUINT;
}

static GPtrArray *row_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

static void add_text(GPtrArray *row, const Column *column, const char *text)
{
    g_autofree char *value = text_fold(text);
    if (!*value)
        return;
    g_ptr_array_add(row, g_strdup(column->id));
    g_ptr_array_add(row, g_steal_pointer(&value));
}

static gboolean has_required(const KindField *field, const GPtrArray *row)
{
    for (guint i = 0; i < field->columns->len; i++) {
        const Column *column = g_ptr_array_index(field->columns, i);
        gboolean there = !column->required;
        for (guint k = 0; k + 1 < row->len && !there; k += 2)
            there = g_str_equal(g_ptr_array_index(row, k), column->id);
        if (!there)
            return FALSE;
    }
    return row->len > 0;
}

static void take_row(const KindField *field, FieldValue *value, GPtrArray *row)
{
    if (has_required(field, row) && value->rows->len < LIMIT_ROWS)
        g_ptr_array_add(value->rows, row);
    else
        g_ptr_array_unref(row);
}

/* One row of TABLE under HEAD. A cell that spans from one column of ours into the next is a remark over the whole table. */
static GPtrArray *table_row(const KindField *field, const Block *table, const Head *head, guint number)
{
    GPtrArray *row = row_new();
    const Cell *before = NULL;
    for (guint i = 0; i < field->columns->len && i < G_N_ELEMENTS(head->at); i++) {
        const Cell *cell = head->at[i] == NO_COLUMN ? NULL : model_cell(table, number, head->at[i]);
        if (!cell)
            continue;
        if (cell == before) {
            g_ptr_array_set_size(row, 0);
            return row;
        }
        before = cell;
        if (column_named(field, cell->text) != (int)i) /* the head again, on a new page */
            add_text(row, g_ptr_array_index(field->columns, i), cell->text);
    }
    return row;
}

static void take_tables(const KindField *field, const Model *model, guint first, guint last, FieldValue *value)
{
    Head head = {.found = 0};
    for (guint i = first; i < last; i++) {
        const Block *table = g_ptr_array_index(model->blocks, i);
        Head own;
        if (!table->is_table)
            continue;
        gboolean headed = find_head(field, table, &own);
        /* Right after such a table, one without a head goes on with it. */
        gboolean goes_on = !headed && head.found && i > first && ((const Block *)g_ptr_array_index(model->blocks, i - 1))->is_table;
        if (!headed && !goes_on) {
            head.found = 0;
            continue;
        }
        if (headed)
            head = own;
        if (!value->from)
            value->from = g_strdup_printf("table %u", table->number);
        guint rows = row_count(table);
        for (guint row = headed ? head.row + 1 : 0; row < rows && value->rows->len < LIMIT_ROWS; row++)
            take_row(field, value, table_row(field, table, &head, row));
    }
}

/* "变更项目：职务", "变更前：…", "变更后：…", each on a line or in a cell of its own. */
static void take_lines(const KindField *field, const Model *model, guint first, guint last, FieldValue *value)
{
    GPtrArray *row = row_new();
    for (guint i = first; i < last; i++) {
        const Block *block = g_ptr_array_index(model->blocks, i);
        g_auto(GStrv) lines = g_strsplit_set(block->text, "\n\t", -1);
        for (guint k = 0; lines[k]; k++) {
            const char *colon = label_colon(lines[k], 20);
            g_autofree char *label = colon ? g_strndup(lines[k], (gsize)(colon - lines[k])) : NULL;
            int column = label ? column_named(field, label) : -1;
            if (column < 0)
                continue;
            if (column == 0) {
                take_row(field, value, row);
                row = row_new();
            }
            if (!value->from)
                value->from = g_strdup_printf("%s %u", block->is_table ? "table" : "paragraph", block->number);
            add_text(row, g_ptr_array_index(field->columns, (guint)column), g_utf8_next_char(colon));
        }
    }
    take_row(field, value, row);
}

static void take_patterns(const KindField *field, const Model *model, guint first, guint last, FieldValue *value)
{
    for (guint i = first; i < last; i++) {
        const Block *block = g_ptr_array_index(model->blocks, i);
        for (guint p = 0; p < field->patterns->len && value->rows->len < LIMIT_ROWS; p++) {
            g_autoptr(GMatchInfo) match = NULL;
            for (g_regex_match(((Pattern *)g_ptr_array_index(field->patterns, p))->regex, block->text, 0, &match);
                 g_match_info_matches(match); g_match_info_next(match, NULL)) {
                GPtrArray *row = row_new();
                for (guint c = 0; c < field->columns->len; c++) {
                    const Column *column = g_ptr_array_index(field->columns, c);
                    g_autofree char *text = g_match_info_fetch_named(match, column->id);
                    add_text(row, column, text ? text : "");
                }
                take_row(field, value, row);
                if (!value->from)
                    value->from = g_strdup_printf("paragraph %u", block->number);
            }
        }
    }
}

FieldValue *rows_read(const KindField *field, const Model *model, guint first, guint last)
{
    g_autoptr(FieldValue) value = field_value_new(field->id, VALUE_ROWS);
    take_tables(field, model, first, last, value);
    if (value->rows->len == 0)
        take_lines(field, model, first, last, value);
    if (value->rows->len == 0)
        take_patterns(field, model, first, last, value);
    return value->rows->len ? g_steal_pointer(&value) : NULL;
}

/* --- lists in a column -------------------------------------------------------------------------------------------------- */

static gboolean is_own_label(const KindField *field, const char *text)
{
    g_autofree char *key = label_key(text);
    return *key && g_ptr_array_find_with_equal_func(field->labels, key, g_str_equal, NULL);
}

/* The cells of TABLE below the head of the column, from row FROM on, until a cell that is a label of the kind. */
static void take_column(const Kind *kind, const KindField *field, const Block *table, guint from, FieldValue *value)
{
    const Cell *head = NULL;
    for (guint i = 0; i < table->cells->len; i++) {
        const Cell *cell = g_ptr_array_index(table->cells, i);
        if (cell->row < from)
            continue;
        if (!head) {
            if (column_named(field, cell->text) == 0)
                head = cell;
            continue;
        }
        if (cell->column != head->column || cell->row <= head->row)
            continue;
        g_autofree char *key = label_key(cell->text), *item = text_fold(cell->text);
        if (g_hash_table_contains(kind->by_label, key) || cell->columns > head->columns + 1)
            return;
        if (*item)
            g_ptr_array_add(value->list, g_steal_pointer(&item));
    }
}

FieldValue *rows_column(const Kind *kind, const KindField *field, const Model *model, guint first, guint last)
{
    g_autoptr(FieldValue) value = field_value_new(field->id, VALUE_LIST);
    gboolean named = FALSE; /* the field's label was the last heading */
    for (guint i = first; i < last && value->list->len == 0; i++) {
        const Block *block = g_ptr_array_index(model->blocks, i);
        if (!block->is_table) {
            named = is_own_label(field, block->text) || (named && !label_is_heading(block->text));
            continue;
        }
        guint from = 0;
        for (guint k = 0; k < block->cells->len && !named; k++) {
            const Cell *cell = g_ptr_array_index(block->cells, k);
            named = is_own_label(field, cell->text);
            from = cell->row;
        }
        if (!named)
            continue;
        take_column(kind, field, block, from, value);
        value->from = value->list->len ? g_strdup_printf("table %u", block->number) : NULL;
        named = FALSE;
    }
    return value->list->len ? g_steal_pointer(&value) : NULL;
}
