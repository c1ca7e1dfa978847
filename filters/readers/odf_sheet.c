#include <string.h>

#include "readers/odf.h"

enum { COLUMNS_MAX = 16384, ROWS_MAX = 1048576, REPEATS_MAX = 1000 };

/* A cell of the row being read. */
typedef struct {
    guint column, repeat, columns, rows;
    char *text;
} RowCell;

static void begin_table(OdfStory *story, const xmlChar **attrs, int count)
{
    OdfSheet *sheet = &story->sheet;
    char name[256];
    if (sheet->depth++ > 0)
        return;
    gboolean hidden = odf_style(&story->styles, "table", attrs, count)->hidden;
    sheet->row = 0;
    sheet->sheet = sheet_begin(story->out, ooxml_attr(attrs, count, "name", name, sizeof name), hidden);
}

static void begin_cell(OdfSheet *sheet, const char *name, const xmlChar **attrs, int count)
{
    /* What is shown of a cell that has no text, by its type. */
    static const char *const values[] = {"string-value", "date-value", "time-value", "boolean-value", "value"};
    char value[4096];
    sheet->in_cell = TRUE;
    sheet->covered = strcmp(name, "covered-table-cell") == 0;
    sheet->cell_repeat = odf_count(attrs, count, "number-columns-repeated", COLUMNS_MAX);
    sheet->columns_spanned = odf_count(attrs, count, "number-columns-spanned", COLUMNS_MAX);
    sheet->rows_spanned = odf_count(attrs, count, "number-rows-spanned", ROWS_MAX);
    g_string_truncate(sheet->text, 0);
    g_clear_pointer(&sheet->value, g_free);
    for (guint i = 0; i < G_N_ELEMENTS(values) && !sheet->value; i++)
        if (ooxml_attr(attrs, count, values[i], value, sizeof value))
            sheet->value = g_strdup(value);
}

static void end_cell(OdfSheet *sheet)
{
    const char *text = sheet->text->len ? sheet->text->str : sheet->value;
    RowCell cell = {.column = sheet->column, .repeat = text && *text ? MIN(sheet->cell_repeat, REPEATS_MAX) : 1,
                    .columns = sheet->columns_spanned, .rows = sheet->rows_spanned};
    sheet->in_cell = FALSE;
    sheet->column = MIN(sheet->column + sheet->cell_repeat, COLUMNS_MAX);
    if (cell.column >= COLUMNS_MAX || sheet->covered)
        return;
    cell.text = text && *text ? g_strdup(text) : NULL;
    g_array_append_val(sheet->cells, cell);
}

static void give_row(OdfSheet *sheet)
{
    for (guint i = 0; i < sheet->cells->len && !sheet->full; i++) {
        const RowCell *cell = &g_array_index(sheet->cells, RowCell, i);
        for (guint k = 0; k < cell->repeat && !sheet->full; k++)
            sheet->full = !sheet_cell(sheet->sheet, sheet->row, cell->column + k, cell->text);
        if (cell->columns > 1 || cell->rows > 1)
            sheet_merge(sheet->sheet, sheet->row, cell->column, sheet->row + cell->rows - 1,
                        cell->column + cell->columns - 1);
    }
}

/* Rows below the last one in use are said to repeat a million times: those without text count as one. */
static void end_row(OdfSheet *sheet)
{
    gboolean text = FALSE;
    for (guint i = 0; i < sheet->cells->len; i++)
        text = text || g_array_index(sheet->cells, RowCell, i).text;
    guint given = text ? MIN(sheet->row_repeat, REPEATS_MAX) : 1, start = sheet->row;
    for (guint i = 0; i < given && !sheet->full; i++, sheet->row++)
        give_row(sheet);
    sheet->row = MIN(start + sheet->row_repeat, ROWS_MAX);
    g_array_set_size(sheet->cells, 0);
}

void odf_sheet_start(OdfStory *story, const char *name, const xmlChar **attrs, int count)
{
    OdfSheet *sheet = &story->sheet;
    gboolean cell = strcmp(name, "table-cell") == 0 || strcmp(name, "covered-table-cell") == 0;
    if (strcmp(name, "table") == 0) {
        begin_table(story, attrs, count);
    } else if (sheet->depth == 1 && strcmp(name, "table-row") == 0) {
        sheet->column = 0;
        sheet->row_repeat = odf_count(attrs, count, "number-rows-repeated", ROWS_MAX);
    } else if (sheet->depth == 1 && cell) {
        begin_cell(sheet, name, attrs, count);
    }
}

void odf_sheet_end(OdfStory *story, const char *name)
{
    OdfSheet *sheet = &story->sheet;
    if (strcmp(name, "table") == 0 && sheet->depth > 0) {
        if (--sheet->depth == 0)
            sheet->full = !sheet_end(g_steal_pointer(&sheet->sheet)) || sheet->full;
    } else if (sheet->depth == 1 && strcmp(name, "table-row") == 0) {
        end_row(sheet);
    } else if (sheet->depth == 1 && sheet->in_cell) {
        end_cell(sheet);
    }
}

static void clear_row_cell(gpointer cell)
{
    g_free(((RowCell *)cell)->text);
}

void odf_sheet_init(OdfSheet *sheet)
{
    sheet->text = g_string_new(NULL);
    sheet->cells = g_array_new(FALSE, FALSE, sizeof(RowCell));
    g_array_set_clear_func(sheet->cells, clear_row_cell);
}

void odf_sheet_clear(OdfSheet *sheet)
{
    sheet_end(g_steal_pointer(&sheet->sheet));
    g_string_free(sheet->text, TRUE);
    g_array_unref(sheet->cells);
    g_free(sheet->value);
}
