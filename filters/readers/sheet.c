#include <string.h>

#include "base/limits.h"
#include "readers/sheet.h"

#define NOWHERE G_MAXUINT

typedef struct {
    guint row, column, order;
    char *text;
    gboolean appended; /* to the one before it in the same place */
} Cell;

typedef struct {
    guint row0, column0, row1, column1;
} Merge;

struct Sheet {
    Xhtml *out;
    char *name;
    gboolean hidden, cut;
    gsize bytes; /* of all text */
    GArray *cells, *merges;
};

/* A sheet with its empty rows and columns taken out: what is left is numbered anew, in order. */
typedef struct {
    GArray *rows, *columns; /* new number -> the sheet's own; guint */
    /* By new column, of the merge that last covered it: the first new row below it, its first row and first column. */
    guint *covered, *merge_top, *merge_left;
} Plan;

static void clear_cell(gpointer cell)
{
    g_free(((Cell *)cell)->text);
}

Sheet *sheet_begin(Xhtml *out, const char *name, gboolean hidden)
{
    Sheet *sheet = g_new0(Sheet, 1);
    *sheet = (Sheet){.out = out, .name = g_strdup(name), .hidden = hidden};
    sheet->cells = g_array_new(FALSE, FALSE, sizeof(Cell));
    g_array_set_clear_func(sheet->cells, clear_cell);
    sheet->merges = g_array_new(FALSE, FALSE, sizeof(Merge));
    return sheet;
}

static gboolean add_cell(Sheet *sheet, guint row, guint column, const char *text, gboolean appended)
{
    sheet->bytes += text ? strlen(text) : 0;
    gboolean full = sheet->cells->len >= MAX(LIMIT_SHEET_CELLS, xhtml_cells_most(sheet->out)) ||
                    sheet->bytes > xhtml_text_most(sheet->out);
    if (full || row == NOWHERE || column == NOWHERE) {
        sheet->cut = TRUE;
        return FALSE;
    }
    Cell cell = {.row = row, .column = column, .order = sheet->cells->len, .appended = appended};
    cell.text = text && *text ? g_strdup(text) : NULL;
    g_array_append_val(sheet->cells, cell);
    return TRUE;
}

gboolean sheet_cell(Sheet *sheet, guint row, guint column, const char *text)
{
    return add_cell(sheet, row, column, text, FALSE);
}

gboolean sheet_append(Sheet *sheet, guint row, guint column, const char *text)
{
    return add_cell(sheet, row, column, text, TRUE);
}

void sheet_merge(Sheet *sheet, guint row0, guint column0, guint row1, guint column1)
{
    Merge merge = {MIN(row0, row1), MIN(column0, column1), MAX(row0, row1), MAX(column0, column1)};
    if (sheet->merges->len < LIMIT_CELLS)
        g_array_append_val(sheet->merges, merge);
}

static int compare_guint(gconstpointer a, gconstpointer b)
{
    guint one = *(const guint *)a, other = *(const guint *)b;
    return (one > other) - (one < other);
}

static int compare_cells(gconstpointer a, gconstpointer b)
{
    const Cell *one = a, *other = b;
    if (one->row != other->row)
        return one->row < other->row ? -1 : 1;
    if (one->column != other->column)
        return one->column < other->column ? -1 : 1;
    return (one->order > other->order) - (one->order < other->order);
}

static int compare_merges(gconstpointer a, gconstpointer b)
{
    const Merge *one = a, *other = b;
    if (one->row0 != other->row0)
        return one->row0 < other->row0 ? -1 : 1;
    return (one->column0 > other->column0) - (one->column0 < other->column0);
}

static void sort_unique(GArray *numbers)
{
    guint kept = 0;
    g_array_sort(numbers, compare_guint);
    for (guint i = 0; i < numbers->len; i++)
        if (i == 0 || g_array_index(numbers, guint, i) != g_array_index(numbers, guint, kept - 1))
            g_array_index(numbers, guint, kept++) = g_array_index(numbers, guint, i);
    g_array_set_size(numbers, kept);
}

/* The first of NUMBERS that is not below WANTED; their count when there is none. */
static guint first_from(const GArray *numbers, guint wanted)
{
    guint low = 0, high = numbers->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(numbers, guint, middle) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Of each run of columns without text one is kept, so that a label keeps the empty answer beside it. */
static void keep_one_empty(GArray *columns)
{
    guint filled = columns->len;
    for (guint i = 0; i + 1 < filled; i++) {
        guint next = g_array_index(columns, guint, i) + 1;
        if (g_array_index(columns, guint, i + 1) > next)
            g_array_append_val(columns, next);
    }
    sort_unique(columns);
}

static void plan_init(Plan *plan, const Sheet *sheet)
{
    plan->rows = g_array_new(FALSE, FALSE, sizeof(guint));
    plan->columns = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < sheet->cells->len; i++) {
        const Cell *cell = &g_array_index(sheet->cells, Cell, i);
        if (!cell->text)
            continue;
        g_array_append_val(plan->rows, cell->row);
        g_array_append_val(plan->columns, cell->column);
    }
    sort_unique(plan->rows);
    sort_unique(plan->columns);
    guint last = plan->columns->len ? g_array_index(plan->columns, guint, plan->columns->len - 1) : 0;
    for (guint i = 0, beside = last + 1; plan->columns->len && i < sheet->cells->len; i++) {
        const Cell *cell = &g_array_index(sheet->cells, Cell, i);
        if (cell->column != beside)
            continue;
        g_array_append_val(plan->columns, beside);
        break;
    }
    keep_one_empty(plan->columns);
    plan->covered = g_new0(guint, plan->columns->len + 1);
    plan->merge_top = g_new0(guint, plan->columns->len + 1);
    plan->merge_left = g_new0(guint, plan->columns->len + 1);
}

static void plan_clear(Plan *plan)
{
    g_array_unref(plan->rows);
    g_array_unref(plan->columns);
    g_free(plan->covered);
    g_free(plan->merge_top);
    g_free(plan->merge_left);
}

/* Marks the columns of MERGE, which begins at the new row ROW, up to the first that another merge already covers. */
static void cover(Plan *plan, const Merge *merge, guint row)
{
    guint left = first_from(plan->columns, merge->column0);
    guint below = first_from(plan->rows, merge->row1 == NOWHERE ? NOWHERE : merge->row1 + 1);
    for (guint column = left; column < plan->columns->len && plan->covered[column] <= row; column++) {
        if (g_array_index(plan->columns, guint, column) > merge->column1)
            break;
        plan->covered[column] = below;
        plan->merge_top[column] = row;
        plan->merge_left[column] = left;
    }
}

static void write_span(Xhtml *out, const char *name, guint span)
{
    char value[16];
    g_snprintf(value, sizeof value, "%u", span);
    if (span > 1)
        xhtml_attr(out, name, value);
}

static void write_text(Xhtml *out, const char *text)
{
    xhtml_open(out, "p");
    for (const char *at = text;;) {
        gsize line = strcspn(at, "\r\n");
        xhtml_text(out, at, (gssize)line);
        at += line;
        at += at[0] == '\r' && at[1] == '\n' ? 2 : *at != '\0';
        if (!*at)
            break;
        xhtml_break(out);
    }
    xhtml_close(out, "p");
}

static guint plan_width(const Plan *plan, const Cell *cell, const Cell *after)
{
    guint width = 0;
    for (; cell < after; cell++)
        if (cell->column <= g_array_index(plan->columns, guint, plan->columns->len - 1))
            width = first_from(plan->columns, cell->column) + 1;
    return width;
}

/* How many columns from COLUMN on belong to the same merge. */
static guint merged_columns(const Plan *plan, guint column)
{
    guint span = 1;
    while (column + span < plan->columns->len && plan->covered[column + span] == plan->covered[column] &&
           plan->merge_left[column + span] == plan->merge_left[column] &&
           plan->merge_top[column + span] == plan->merge_top[column])
        span++;
    return span;
}

/* The cells from CELL to AFTER, which are those of one row, sorted. */
static void write_row(Xhtml *out, const Plan *plan, guint row, const Cell *cell, const Cell *after)
{
    guint width = plan_width(plan, cell, after), span = 1;
    xhtml_open(out, "tr");
    for (guint column = 0; column < width && !xhtml_full(out); column += span) {
        gboolean merged = plan->covered[column] > row;
        const Cell *first = NULL;
        for (; cell < after && cell->column <= g_array_index(plan->columns, guint, column); cell++)
            if (cell->column == g_array_index(plan->columns, guint, column) && (!first || !cell->appended))
                first = cell;
        span = merged ? merged_columns(plan, column) : 1;
        if (merged && plan->merge_top[column] < row)
            continue;
        xhtml_open(out, "td");
        if (merged) {
            write_span(out, "colspan", span);
            write_span(out, "rowspan", plan->covered[column] - row);
        }
        for (; first && first < cell; first++)
            if (first->text)
                write_text(out, first->text);
        xhtml_close(out, "td");
    }
    xhtml_close(out, "tr");
}

static void write_table(Sheet *sheet, Plan *plan)
{
    const Cell *cell = (const Cell *)(gpointer)sheet->cells->data, *end = cell + sheet->cells->len;
    guint merge = 0;
    for (guint row = 0; row < plan->rows->len && !xhtml_full(sheet->out); row++) {
        guint own = g_array_index(plan->rows, guint, row);
        for (; merge < sheet->merges->len && g_array_index(sheet->merges, Merge, merge).row0 <= own; merge++)
            cover(plan, &g_array_index(sheet->merges, Merge, merge), row);
        while (cell < end && cell->row < own)
            cell++;
        const Cell *after = cell;
        while (after < end && after->row == own)
            after++;
        write_row(sheet->out, plan, row, cell, after);
        cell = after;
    }
}

static void write_sheet(Sheet *sheet)
{
    Plan plan;
    g_array_sort(sheet->cells, compare_cells);
    g_array_sort(sheet->merges, compare_merges);
    plan_init(&plan, sheet);
    if (plan.rows->len && sheet->name && *sheet->name) {
        xhtml_open(sheet->out, "h2");
        if (sheet->hidden)
            xhtml_attr(sheet->out, "data-part", "hidden");
        xhtml_text(sheet->out, sheet->name, -1);
        xhtml_close(sheet->out, "h2");
    }
    if (plan.rows->len) {
        xhtml_open(sheet->out, "table");
        if (sheet->hidden)
            xhtml_attr(sheet->out, "data-part", "hidden");
        write_table(sheet, &plan);
        xhtml_close(sheet->out, "table");
    }
    plan_clear(&plan);
}

gboolean sheet_end(Sheet *sheet)
{
    if (!sheet)
        return TRUE;
    write_sheet(sheet);
    gboolean whole = !sheet->cut && !xhtml_full(sheet->out);
    g_array_unref(sheet->cells);
    g_array_unref(sheet->merges);
    g_free(sheet->name);
    g_free(sheet);
    return whole;
}
