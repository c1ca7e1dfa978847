#include <jansson.h>
#include <string.h>
#include <stdlib.h>

#include "answers/answers.h"
#include "base/limits.h"

#define COLUMNS 16384 /* of a spreadsheet (ECMA-376) */

/* One table while it is taken: a cell that is as high as several rows has its place in each. */
typedef struct {
    json_t *rows;
    GArray *below; /* guint of each column: rows that are still covered by a cell above */
    guint cells, lines;
} Grid;

static guint span_of(xmlNode *cell, const char *name)
{
    xmlChar *value = xmlGetProp(cell, BAD_CAST name);
    gint64 number = value ? g_ascii_strtoll((const char *)value, NULL, 10) : 1;
    xmlFree(value);
    return (guint)CLAMP(number, 1, COLUMNS);
}

/* The text of CELL, a line for each paragraph and break. Its tree is flat: sheet.c wrote it. */
static json_t *text_of(xmlNode *cell)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (xmlNode *node = cell->children; node;) {
        gboolean is_p = node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, "p") == 0;
        if (node->type == XML_TEXT_NODE)
            g_string_append(text, (const char *)node->content);
        else if (node->type == XML_ELEMENT_NODE && (strcmp((const char *)node->name, "br") == 0 || (is_p && text->len)))
            g_string_append_c(text, '\n');
        if (node->children) {
            node = node->children;
            continue;
        }
        while (!node->next && node->parent != cell)
            node = node->parent;
        node = node->next;
    }
    if (text->len > 4 * LIMIT_VALUE_CHARS) {
        const char *cut = g_utf8_find_prev_char(text->str, text->str + 4 * LIMIT_VALUE_CHARS);
        g_string_truncate(text, cut ? (gsize)(cut - text->str) : 0);
    }
    return json_string(text->str);
}

/* Empty places where cells from above reach down. */
static void put_covered(Grid *grid, json_t *row)
{
    for (gsize at = json_array_size(row); at < grid->below->len && g_array_index(grid->below, guint, at) > 0; at++) {
        g_array_index(grid->below, guint, at)--;
        json_array_append_new(row, json_string(""));
        grid->cells++;
    }
}

static void put_cell(Grid *grid, json_t *row, xmlNode *cell)
{
    guint wide = span_of(cell, "colspan"), high = span_of(cell, "rowspan");
    for (guint i = 0; i < wide && json_array_size(row) < COLUMNS; i++) {
        gsize at = json_array_size(row);
        json_array_append_new(row, i == 0 ? text_of(cell) : json_string(""));
        grid->cells++;
        if (at >= grid->below->len)
            g_array_set_size(grid->below, (guint)at + 1);
        g_array_index(grid->below, guint, at) = high - 1;
    }
}

/* FALSE: more than is taken. */
static gboolean put_row(Grid *grid, xmlNode *tr)
{
    json_t *row = json_array();
    json_array_append_new(grid->rows, row);
    for (xmlNode *cell = tr->children; cell; cell = cell->next) {
        if (cell->type != XML_ELEMENT_NODE)
            continue;
        put_covered(grid, row);
        put_cell(grid, row, cell);
    }
    put_covered(grid, row);
    return ++grid->lines <= LIMIT_TABLE_ROWS && grid->cells <= LIMIT_TABLE_CELLS;
}

static gboolean put_sheet(Grid *grid, json_t *sheets, xmlNode *table, const char *name)
{
    json_t *sheet = json_object();
    xmlChar *part = xmlGetProp(table, BAD_CAST "data-part");
    gboolean hidden = part && strcmp((const char *)part, "hidden") == 0, taken = TRUE;
    xmlFree(part);
    grid->rows = json_array();
    g_array_set_size(grid->below, 0);
    json_object_set_new(sheet, "name", name ? json_string(name) : json_null());
    json_object_set_new(sheet, "hidden", json_boolean(hidden));
    json_object_set_new(sheet, "rows", grid->rows);
    json_array_append_new(sheets, sheet);
    for (xmlNode *tr = table->children; tr && taken; tr = tr->next)
        taken = tr->type != XML_ELEMENT_NODE || put_row(grid, tr);
    return taken;
}

/* A text longer than any that is taken stands for a table over its limits: the caller sees its length. */
static GString *as_text(json_t *root, gboolean whole)
{
    char *text = whole ? json_dumps(root, JSON_COMPACT) : NULL;
    GString *out = g_string_new(text);
    if (!whole)
        g_string_set_size(out, LIMIT_TABLE_BYTES + 1);
    free(text);
    json_decref(root);
    return out;
}

GString *answers_table(xmlDoc *doc)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    json_t *object = json_object(), *sheets = json_array();
    g_autoptr(GArray) below = g_array_new(FALSE, TRUE, sizeof(guint));
    Grid grid = {.below = below};
    xmlChar *name = NULL;
    gboolean whole = TRUE;
    json_object_set_new(object, "sheets", sheets);
    for (xmlNode *node = root && root->last ? root->last->children : NULL; node && whole; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (strcmp((const char *)node->name, "table") == 0)
            whole = put_sheet(&grid, sheets, node, (const char *)name);
        xmlFree(name);
        name = strcmp((const char *)node->name, "h2") == 0 ? xmlNodeGetContent(node) : NULL;
    }
    xmlFree(name);
    if (json_array_size(sheets) > 0)
        return as_text(object, whole);
    json_decref(object);
    return NULL;
}
