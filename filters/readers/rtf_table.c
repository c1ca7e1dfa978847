#include <stdlib.h>
#include <string.h>

#include "readers/rtf.h"

enum {
    SAME_EDGE = 40,   /* twips (0.7 mm): writers round edges, and rows are drawn by hand */
    COLUMNS_MAX = 200 /* different edges of one table */
};

typedef struct {
    int left;
    GArray *cells;    /* RtfCell */
    GPtrArray *nodes; /* xmlNode * of <td>, not owned */
} Line;

struct RtfTable {
    GPtrArray *lines;
};

static void free_line(gpointer data)
{
    Line *line = data;
    g_array_unref(line->cells);
    g_ptr_array_unref(line->nodes);
    g_free(line);
}

RtfTable *rtf_table_new(void)
{
    RtfTable *table = g_new0(RtfTable, 1);
    table->lines = g_ptr_array_new_with_free_func(free_line);
    return table;
}

void rtf_table_free(RtfTable *table)
{
    if (!table)
        return;
    g_ptr_array_unref(table->lines);
    g_free(table);
}

void rtf_table_row(RtfTable *table, GPtrArray *cells, const RtfRow *row)
{
    Line *line = g_new0(Line, 1);
    line->left = row->left;
    line->cells = g_array_copy(row->cells);
    line->nodes = g_ptr_array_copy(cells, NULL, NULL);
    g_ptr_array_add(table->lines, line);
}

static int compare_int(gconstpointer a, gconstpointer b)
{
    int one = *(const int *)a, other = *(const int *)b;
    return (one > other) - (one < other);
}

/* All right edges, those that are the same in effect folded into one. */
static GArray *find_edges(const RtfTable *table)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(int));
    GArray *edges = g_array_new(FALSE, FALSE, sizeof(int));
    for (guint i = 0; i < table->lines->len; i++) {
        const Line *line = table->lines->pdata[i];
        for (guint k = 0; k < line->cells->len; k++)
            g_array_append_val(all, g_array_index(line->cells, RtfCell, k).right);
    }
    g_array_sort(all, compare_int);
    for (guint i = 0; i < all->len && edges->len < COLUMNS_MAX; i++) {
        int edge = g_array_index(all, int, i);
        if (edges->len == 0 || edge - g_array_index(edges, int, edges->len - 1) > SAME_EDGE)
            g_array_append_val(edges, edge);
    }
    return edges;
}

/* How many columns lie left of the edge at RIGHT. */
static guint columns_until(const GArray *edges, int right)
{
    guint low = 0, high = edges->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(edges, int, middle) <= right)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void set_span(xmlNode *cell, const char *name, guint span)
{
    char value[16];
    g_snprintf(value, sizeof value, "%u", span);
    if (span > 1)
        xmlSetProp(cell, BAD_CAST name, BAD_CAST value);
}

/* A cell that continues another holds nothing in files of Word; text that stands in it all the same is kept. */
static void join(xmlNode *cell, xmlNode *into)
{
    for (xmlNode *child = cell->children, *next = NULL; child; child = next) {
        next = child->next;
        xmlUnlinkNode(child);
        xmlAddChild(into, child);
    }
    xmlUnlinkNode(cell);
    xmlFreeNode(cell);
}

/* By column: the cell that a continuation below extends, and over how many rows it runs already. */
typedef struct {
    xmlNode *cell[COLUMNS_MAX + 1];
    guint rows[COLUMNS_MAX + 1];
} Open;

/* Sets the spans of LINE's cells; OPEN is what the lines above left. */
static void span_line(const Line *line, const GArray *edges, Open *open)
{
    guint count = MIN(line->cells->len, line->nodes->len), column = 0;
    Open fresh = {.cell = {NULL}};
    for (guint i = 0; i < count;) {
        const RtfCell *cell = &g_array_index(line->cells, RtfCell, i);
        xmlNode *node = line->nodes->pdata[i];
        guint start = column, last = i++;
        for (; i < count && g_array_index(line->cells, RtfCell, i).across == RTF_MERGED; last = i++)
            join(line->nodes->pdata[i], node);
        column = MAX(columns_until(edges, g_array_index(line->cells, RtfCell, last).right), start);
        set_span(node, "colspan", column - start);
        if (cell->down == RTF_MERGED && open->cell[start]) {
            fresh.cell[start] = open->cell[start];
            fresh.rows[start] = open->rows[start] + 1;
            set_span(open->cell[start], "rowspan", fresh.rows[start]);
            join(node, open->cell[start]);
        } else if (cell->down != RTF_ALONE) {
            fresh.cell[start] = node;
            fresh.rows[start] = 1;
        }
    }
    *open = fresh;
}

void rtf_table_spans(RtfTable *table)
{
    g_autoptr(GArray) edges = find_edges(table);
    g_autofree Open *open = g_new0(Open, 1);
    for (guint i = 0; i < table->lines->len; i++)
        span_line(table->lines->pdata[i], edges, open);
}
