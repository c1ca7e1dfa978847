#include "readers/doc.h"

#define CELLS_MAX 63         /* of a row, as in Word */
#define SAME_EDGE 45         /* twips, 0.8 mm: edges dragged by hand seldom meet */
#define UNKNOWN_WIDTH 1000   /* of cells that no definition places */

/* The whole row (2.9.315): a count, the edges, then a TC80 for each cell, which may be cut short. */
static void define_row(const Doc *doc, Span operand, GArray *cells)
{
    guint count = MIN(span_u8(operand, 0), CELLS_MAX);
    gsize width = doc->old ? 10 : 20;
    Span merges = span_from(operand, 1 + 2 * ((gsize)count + 1));
    g_array_set_size(cells, 0);
    for (guint i = 0; i < count; i++) {
        DocCell cell = {.left = span_i16(operand, 1 + 2 * (gsize)i), .right = span_i16(operand, 3 + 2 * (gsize)i)};
        guint16 flags = span_u16(merges, width * i);
        cell.joins_left = (flags & 3) == 2;
        if (!doc->old && flags & 0x20)
            cell.vertical = flags & 0x40 ? CELL_MERGE_START : CELL_MERGE_GOES_ON;
        g_array_append_val(cells, cell);
    }
}

static void move_from(GArray *cells, guint first, int by)
{
    for (guint i = first; i < cells->len; i++) {
        g_array_index(cells, DocCell, i).left += by;
        g_array_index(cells, DocCell, i).right += by;
    }
}

static void insert_cells(GArray *cells, guint first, guint count, int width)
{
    first = MIN(first, cells->len);
    for (guint i = 0; i < count && cells->len < CELLS_MAX; i++) {
        int left = first < cells->len ? g_array_index(cells, DocCell, first).left
                   : first ? g_array_index(cells, DocCell, first - 1).right : 0;
        DocCell cell = {.left = left, .right = left + width};
        g_array_insert_val(cells, first, cell);
        move_from(cells, first + 1, width);
    }
}

static void delete_cells(GArray *cells, guint first, guint end)
{
    if (first >= end)
        return;
    int width = g_array_index(cells, DocCell, end - 1).right - g_array_index(cells, DocCell, first).left;
    g_array_remove_range(cells, first, end - first);
    move_from(cells, first, -width);
}

static void widen_cells(GArray *cells, guint first, guint end, int width)
{
    for (guint i = first; i < end; i++) {
        DocCell *cell = &g_array_index(cells, DocCell, i);
        int grown = width - (cell->right - cell->left);
        cell->right += grown;
        move_from(cells, i + 1, grown);
    }
}

static void apply_row(const Doc *doc, const DocSprm *sprm, GArray *cells)
{
    guint first = span_u8(sprm->operand, 0), second = span_u8(sprm->operand, 1);
    guint end = MIN(second, cells->len);
    int width = CLAMP(span_i16(sprm->operand, 2), 0, 31680);
    switch (sprm->code) {
    case 0xd608: /* sprmTDefTable */
        define_row(doc, sprm->operand, cells);
        break;
    case 0x7621: /* sprmTInsert */
        insert_cells(cells, first, second, width);
        break;
    case 0x5622: /* sprmTDelete */
        delete_cells(cells, first, end);
        break;
    case 0x7623: /* sprmTDxaCol */
        widen_cells(cells, first, end, width);
        break;
    case 0x5624: /* sprmTMerge */
        for (guint i = first + 1; i < end; i++)
            g_array_index(cells, DocCell, i).joins_left = TRUE;
        break;
    case 0x5625: /* sprmTSplit */
        for (guint i = first; i < end; i++)
            g_array_index(cells, DocCell, i).joins_left = FALSE;
        break;
    case 0xd62b: /* sprmTVertMerge */
        if (first < cells->len)
            g_array_index(cells, DocCell, first).vertical =
                second == 3 ? CELL_MERGE_START : second == 1 ? CELL_MERGE_GOES_ON : CELL_MERGE_NONE;
        break;
    default:
        break;
    }
}

GArray *doc_row_cells(const Doc *doc, const DocPara *mark)
{
    GArray *cells = g_array_new(FALSE, FALSE, sizeof(DocCell));
    DocSprm sprm = {.doc = doc, .rest = mark->row};
    while (doc_sprm_next(&sprm))
        apply_row(doc, &sprm, cells);
    return cells;
}

/* ---- the table ---- */

static int compare_int(gconstpointer a, gconstpointer b)
{
    int one = *(const int *)a, other = *(const int *)b;
    return one < other ? -1 : one > other;
}

/* Gives cells beyond the definition a place, and cells merged to the left to the cell before them. */
static void complete_row(DocTableRow *row)
{
    int left = 0;
    DocTableCell *joined = NULL;
    for (guint i = 0; i < row->cells->len; i++) {
        DocTableCell *cell = &g_array_index(row->cells, DocTableCell, i);
        if (cell->place.right <= cell->place.left && cell->place.left == 0)
            cell->place = (DocCell){.left = left, .right = left + UNKNOWN_WIDTH};
        left = cell->place.right;
        cell->hidden = cell->place.joins_left && joined;
        if (cell->hidden)
            joined->place.right = MAX(left, joined->place.right);
        else
            joined = cell;
    }
}

/* All edges of the table, sorted; those that nearly meet are one. */
static GArray *collect_edges(const GArray *rows)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(int));
    GArray *edges = g_array_new(FALSE, FALSE, sizeof(int));
    for (guint r = 0; r < rows->len; r++) {
        const GArray *cells = g_array_index(rows, DocTableRow, r).cells;
        for (guint i = 0; i < cells->len; i++) {
            const DocTableCell *cell = &g_array_index(cells, DocTableCell, i);
            if (!cell->hidden) {
                g_array_append_val(all, cell->place.left);
                g_array_append_val(all, cell->place.right);
            }
        }
    }
    g_array_sort(all, compare_int);
    for (guint i = 0; i < all->len; i++) {
        int edge = g_array_index(all, int, i);
        if (edges->len == 0 || edge - g_array_index(edges, int, edges->len - 1) > SAME_EDGE)
            g_array_append_val(edges, edge);
    }
    return edges;
}

/* The last edge at or before X. */
static guint column_of(const GArray *edges, int x)
{
    guint low = 0, high = edges->len;
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(edges, int, middle) <= x)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void place_row(DocTableRow *row, const GArray *edges)
{
    guint next = 0;
    for (guint i = 0; i < row->cells->len; i++) {
        DocTableCell *cell = &g_array_index(row->cells, DocTableCell, i);
        if (cell->hidden)
            continue;
        guint left = column_of(edges, cell->place.left), right = column_of(edges, cell->place.right);
        if (next == 0)
            row->skipped = next = left;
        cell->column = next;
        cell->columns = right > next ? right - next : 1;
        cell->rows = 1;
        next += cell->columns;
    }
}

/* OPEN: for each column the merged cell that reaches down to here. */
static void merge_row(DocTableRow *row, GPtrArray *open)
{
    guint done = 0;
    for (guint i = 0; i < row->cells->len; i++) {
        DocTableCell *cell = &g_array_index(row->cells, DocTableCell, i);
        guint end = cell->column + cell->columns;
        if (cell->hidden)
            continue;
        if (end > open->len)
            g_ptr_array_set_size(open, (int)end);
        for (; done < cell->column; done++)
            open->pdata[done] = NULL;
        DocTableCell *above = open->pdata[cell->column];
        if (cell->place.vertical == CELL_MERGE_GOES_ON && above) {
            above->rows++;
            cell->hidden = TRUE;
        }
        for (; done < end; done++)
            open->pdata[done] = cell->hidden ? above : cell->place.vertical ? cell : NULL;
    }
    for (; done < open->len; done++)
        open->pdata[done] = NULL;
}

void doc_table_arrange(GArray *rows)
{
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    for (guint r = 0; r < rows->len; r++)
        complete_row(&g_array_index(rows, DocTableRow, r));
    g_autoptr(GArray) edges = collect_edges(rows);
    for (guint r = 0; r < rows->len; r++) {
        place_row(&g_array_index(rows, DocTableRow, r), edges);
        merge_row(&g_array_index(rows, DocTableRow, r), open);
    }
}
