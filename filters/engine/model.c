#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/labels.h"
#include "engine/model.h"

#define HEAD_BYTES 600 /* of a text that may be a label */

typedef struct {
    Model *model;
    guint paragraphs, tables;
} Walk;

static void cell_free(gpointer data)
{
    Cell *cell = data;
    g_free(cell->text);
    g_free(cell);
}

static void block_free(gpointer data)
{
    Block *block = data;
    g_free(block->text);
    g_free(block->folded);
    g_clear_pointer(&block->cells, g_ptr_array_unref);
    g_ptr_array_unref(block->heads);
    g_free(block);
}

static gboolean is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, BAD_CAST name);
}

static void read_box(xmlNode *node, double box[5])
{
    xmlChar *text = xmlGetProp(node, BAD_CAST "data-box");
    if (text && sscanf((char *)text, "%lf %lf %lf %lf %lf", &box[0], &box[1], &box[2], &box[3], &box[4]) != 5)
        box[0] = 0;
    xmlFree(text);
}

/* The least of what NODE and the paragraphs in it say. */
static double read_confidence(xmlNode *node)
{
    xmlChar *text = xmlGetProp(node, BAD_CAST "data-confidence");
    double confidence = text ? CLAMP(g_ascii_strtod((char *)text, NULL), 0, 1) : 1;
    xmlFree(text);
    for (xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            confidence = MIN(confidence, read_confidence(child));
    return confidence;
}

static guint read_span(xmlNode *node, const char *name)
{
    xmlChar *text = xmlGetProp(node, BAD_CAST name);
    long span = text ? strtol((char *)text, NULL, 10) : 1;
    xmlFree(text);
    return (guint)CLAMP(span, 1, 100);
}

static void end_line(GString *out)
{
    while (out->len > 0 && (out->str[out->len - 1] == ' ' || out->str[out->len - 1] == '\t'))
        g_string_truncate(out, out->len - 1);
    if (out->len > 0 && out->str[out->len - 1] != '\n')
        g_string_append_c(out, '\n');
}

/* A nested table's cells stand beside each other. */
static void end_cell(GString *out)
{
    if (out->len > 0 && out->str[out->len - 1] == '\n')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\t');
}

/* All text below NODE; blocks inside a cell (nested tables too) end their lines. */
static void collect(xmlNode *node, GString *out)
{
    for (xmlNode *child = node->children; child; child = child->next) {
        if (child->type == XML_TEXT_NODE) {
            g_string_append(out, (char *)child->content);
        } else if (is(child, "br")) {
            g_string_append_c(out, '\n');
        } else if (is(child, "input")) {
            xmlChar *checked = xmlGetProp(child, BAD_CAST "checked");
            g_string_append(out, checked ? "☑" : "☐");
            xmlFree(checked);
        } else if (child->type == XML_ELEMENT_NODE) {
            collect(child, out);
            if (is(child, "p") || is(child, "tr") || is(child, "li") || is(child, "table") ||
                child->name[0] == 'h')
                end_line(out);
            else if (is(child, "td"))
                end_cell(out);
        }
    }
}

static char *text_below(xmlNode *node)
{
    GString *text = g_string_new(NULL);
    collect(node, text);
    end_line(text);
    return g_strchomp(g_string_free(text, FALSE));
}

static void add_head(GPtrArray *heads, const char *text)
{
    char *whole = label_key_of(text), *key = label_key(text);
    g_ptr_array_add(heads, whole);
    if (g_str_equal(whole, key))
        g_free(key);
    else
        g_ptr_array_add(heads, key);
    /* "姓名 Name": the Chinese part alone. */
    gsize han = 0;
    while (whole[han] & 0x80)
        han++;
    if (han > 0 && whole[han])
        g_ptr_array_add(heads, g_strndup(whole, han));
}

static void add_heads(GPtrArray *heads, const char *text)
{
    const char *end = label_colon(text, HEAD_BYTES);
    gsize head = end ? (gsize)(end - text) : strcspn(text, "\n\t");
    if (*text && strlen(text) <= HEAD_BYTES)
        add_head(heads, text);
    g_autofree char *first = text[head] && head <= HEAD_BYTES ? g_strndup(text, head) : NULL;
    if (first && *first)
        add_head(heads, first);
}

static void add_paragraph(Walk *walk, xmlNode *node)
{
    g_autofree char *text = text_below(node);
    if (!*g_strstrip(text))
        return;
    Block *block = g_new0(Block, 1);
    block->number = ++walk->paragraphs;
    block->confidence = read_confidence(node);
    block->text = g_steal_pointer(&text);
    block->folded = label_fold(block->text);
    block->heads = g_ptr_array_new_with_free_func(g_free);
    add_heads(block->heads, block->text);
    read_box(node, block->box);
    g_ptr_array_add(walk->model->blocks, block);
}

/* --- tables
 * -----------------------------------------------------------------------------------------------------------
 */

static void add_row(Block *table, xmlNode *row, guint number, GString *all)
{
    guint column = 0;
    for (xmlNode *node = row->children; node; node = node->next) {
        if (!is(node, "td") && !is(node, "th"))
            continue;
        while (model_cell(table, number, column))
            column++;
        Cell *cell = g_new0(Cell, 1);
        *cell = (Cell){.text = text_below(node),
                       .row = number,
                       .column = column,
                       .rows = read_span(node, "rowspan"),
                       .columns = read_span(node, "colspan")};
        cell->confidence = read_confidence(node);
        read_box(node, cell->box);
        table->confidence = MIN(table->confidence, cell->confidence);
        g_ptr_array_add(table->cells, cell);
        add_heads(table->heads, cell->text);
        column += cell->columns;
        g_string_append_printf(all, "%s\t", cell->text);
    }
    g_string_append_c(all, '\n');
}

static void add_rows(Block *table, xmlNode *node, guint *rows, GString *all)
{
    for (xmlNode *child = node->children; child; child = child->next) {
        if (is(child, "tr"))
            add_row(table, child, (*rows)++, all);
        else if (is(child, "tbody") || is(child, "thead") || is(child, "tfoot"))
            add_rows(table, child, rows, all);
    }
}

static void add_table(Walk *walk, xmlNode *node)
{
    guint rows = 0;
    GString *all = g_string_new(NULL);
    Block *table = g_new0(Block, 1);
    table->is_table = TRUE;
    table->number = ++walk->tables;
    table->confidence = 1;
    table->cells = g_ptr_array_new_with_free_func(cell_free);
    table->heads = g_ptr_array_new_with_free_func(g_free);
    read_box(node, table->box);
    add_rows(table, node, &rows, all);
    table->text = g_string_free(all, FALSE);
    table->folded = label_fold(table->text);
    g_ptr_array_add(walk->model->blocks, table);
}

const Cell *model_cell(const Block *table, guint row, guint column)
{
    /* From the end: the cells asked for are near the ones added last, and tables are built row by row. */
    for (guint i = table->cells->len; i-- > 0;) {
        const Cell *cell = g_ptr_array_index(table->cells, i);
        if (row >= cell->row && row < cell->row + cell->rows && column >= cell->column &&
            column < cell->column + cell->columns)
            return cell;
        if (cell->row + 100 < row)
            break; /* no span is longer */
    }
    return NULL;
}

static gboolean has_blocks(xmlNode *node)
{
    for (xmlNode *child = node->children; child; child = child->next)
        if (is(child, "p") || is(child, "table") || is(child, "div") || is(child, "ul") || is(child, "ol") ||
            is(child, "li"))
            return TRUE;
    return FALSE;
}

static void walk_body(Walk *walk, xmlNode *node)
{
    for (xmlNode *child = node->children; child; child = child->next) {
        if (is(child, "table"))
            add_table(walk, child);
        else if (child->type == XML_ELEMENT_NODE && has_blocks(child))
            walk_body(walk, child);
        else if (child->type == XML_ELEMENT_NODE || (child->type == XML_TEXT_NODE && !xmlIsBlankNode(child)))
            add_paragraph(walk, child);
    }
}

static void read_meta(Model *model, xmlNode *head)
{
    for (xmlNode *node = head->children; node; node = node->next) {
        xmlChar *name = is(node, "meta") ? xmlGetProp(node, BAD_CAST "name") : NULL;
        xmlChar *content = name ? xmlGetProp(node, BAD_CAST "content") : NULL;
        if (content && xmlStrEqual(name, BAD_CAST "seal")) {
            g_free(model->seal);
            model->seal = g_strdup((char *)content);
        } else if (content && xmlStrEqual(name, BAD_CAST "seal-box") &&
                   sscanf((char *)content, "%lf %lf %lf %lf %lf", &model->seal_box[0], &model->seal_box[1],
                          &model->seal_box[2], &model->seal_box[3], &model->seal_box[4]) != 5) {
            model->seal_box[0] = 0;
        }
        xmlFree(name);
        xmlFree(content);
    }
}

Model *model_new(xmlDoc *xhtml)
{
    Model *model = g_new0(Model, 1);
    Walk walk = {.model = model};
    model->blocks = g_ptr_array_new_with_free_func(block_free);
    xmlNode *root = xmlDocGetRootElement(xhtml);
    for (xmlNode *node = root ? root->children : NULL; node; node = node->next) {
        if (is(node, "head"))
            read_meta(model, node);
        else if (is(node, "body"))
            walk_body(&walk, node);
    }
    return model;
}

void model_free(Model *model)
{
    if (!model)
        return;
    g_ptr_array_unref(model->blocks);
    g_free(model->seal);
    g_free(model);
}
