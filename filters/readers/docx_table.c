#include <string.h>

#include "readers/docx.h"

static guint span_of(xmlNode *cell, const char *name)
{
    xmlChar *value = xmlGetProp(cell, BAD_CAST name);
    guint span = value ? (guint)CLAMP(atoi((const char *)value), 1, 1000) : 1;
    xmlFree(value);
    return span;
}

static void grow_rowspan(xmlNode *cell)
{
    char value[8];
    g_snprintf(value, sizeof value, "%u", span_of(cell, "rowspan") + 1);
    xmlSetProp(cell, BAD_CAST "rowspan", BAD_CAST value);
}

/* Word hides what stands in a continued cell, so it is dropped with it. */
static void merge_cell(xmlNode *cell, guint column, GPtrArray *open)
{
    guint span = span_of(cell, "colspan");
    xmlAttr *mark = xmlHasProp(cell, BAD_CAST "data-merge");
    gboolean restart = mark && mark->children && strcmp((const char *)mark->children->content, "restart") == 0;
    gboolean runs_on = mark && !restart;
    if (mark)
        xmlRemoveProp(mark);
    if (open->len < column + span)
        g_ptr_array_set_size(open, (int)(column + span));
    if (runs_on && open->pdata[column]) {
        grow_rowspan(open->pdata[column]);
        xmlUnlinkNode(cell);
        xmlFreeNode(cell);
        return;
    }
    for (guint i = column; i < column + span; i++)
        open->pdata[i] = restart || runs_on ? cell : NULL;
}

/* A cell that continues the one before it (w:hMerge) becomes part of that one. */
static void merge_across(xmlNode *row)
{
    xmlNode *before = NULL;
    for (xmlNode *cell = row->children, *next = NULL; cell; cell = next) {
        next = cell->next;
        if (cell->type != XML_ELEMENT_NODE)
            continue;
        xmlAttr *mark = xmlHasProp(cell, BAD_CAST "data-across");
        if (mark)
            xmlRemoveProp(mark);
        if (!mark || !before) {
            before = cell;
            continue;
        }
        char span[8];
        g_snprintf(span, sizeof span, "%u", MIN(span_of(before, "colspan") + span_of(cell, "colspan"), 1000));
        xmlSetProp(before, BAD_CAST "colspan", BAD_CAST span);
        while (cell->children) {
            xmlNode *child = cell->children;
            xmlUnlinkNode(child);
            xmlAddChild(before, child);
        }
        xmlUnlinkNode(cell);
        xmlFreeNode(cell);
    }
}

void docx_merge_cells(xmlNode *table)
{
    g_autoptr(GPtrArray) open = g_ptr_array_new(); /* grid column -> the cell that a continuation there extends */
    for (xmlNode *row = table->children; row; row = row->next) {
        guint column = 0;
        if (row->type != XML_ELEMENT_NODE || strcmp((const char *)row->name, "tr") != 0)
            continue;
        merge_across(row);
        for (xmlNode *cell = row->children, *next = NULL; cell; cell = next) {
            next = cell->next;
            if (cell->type != XML_ELEMENT_NODE)
                continue;
            guint span = span_of(cell, "colspan");
            merge_cell(cell, column, open);
            column += span;
        }
        for (guint i = column; i < open->len; i++)
            open->pdata[i] = NULL;
    }
}
