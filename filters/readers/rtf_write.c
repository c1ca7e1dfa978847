#include <string.h>

#include "readers/blocks.h"
#include "readers/rtf.h"

enum { LEVEL_MAX = 20 }; /* of tables in tables */

typedef struct {
    gboolean row_open, cell_open;
    RtfTable *table;
    GPtrArray *cells; /* <td>s of the open row */
} Level;

typedef struct {
    const char *part;
    GArray *levels;       /* open tables, Level */
    gboolean para_open, boxed;
    const char *tag;      /* of the open paragraph */
    xmlNode *before;      /* last block before the flow */
    gboolean at_top;      /* it began outside of every paragraph and table */
} Flow;

struct RtfWriter {
    Xhtml *out;
    GArray *flows;        /* innermost last; the first is the body */
    GHashTable *seen;     /* texts of headers and footers */
    GPtrArray *footers;   /* blocks that belong behind the body */
};

static Flow *top(RtfWriter *writer)
{
    return &g_array_index(writer->flows, Flow, writer->flows->len - 1);
}

static void push_flow(RtfWriter *writer, const char *part)
{
    xmlNode *at = xhtml_at(writer->out);
    Flow flow = {.part = part, .levels = g_array_new(FALSE, TRUE, sizeof(Level)), .before = at->last,
                 .at_top = strcmp((const char *)at->name, "body") == 0};
    g_array_append_val(writer->flows, flow);
}

RtfWriter *rtf_writer_new(Xhtml *out)
{
    RtfWriter *writer = g_new0(RtfWriter, 1);
    writer->out = out;
    writer->flows = g_array_new(FALSE, TRUE, sizeof(Flow));
    writer->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    writer->footers = g_ptr_array_new();
    push_flow(writer, NULL);
    return writer;
}

/* ---- paragraphs ---- */

void rtf_end_paragraph(RtfWriter *writer)
{
    Flow *flow = top(writer);
    if (!flow->para_open)
        return;
    xmlNode *node = flow->boxed ? xhtml_at(writer->out) : NULL;
    xhtml_close(writer->out, flow->tag);
    if (node && strcmp((const char *)node->name, flow->tag) == 0)
        blocks_hoist(node);
    flow->para_open = flow->boxed = FALSE;
}

/* ---- tables ---- */

static void close_cell(RtfWriter *writer, Level *level)
{
    if (level->cell_open)
        xhtml_close(writer->out, "td");
    level->cell_open = FALSE;
}

static void close_row(RtfWriter *writer, Level *level, const RtfRow *row)
{
    static const RtfRow none;
    close_cell(writer, level);
    if (!level->row_open)
        return;
    xhtml_close(writer->out, "tr");
    if (row && row != &none)
        rtf_table_row(level->table, level->cells, row);
    g_ptr_array_set_size(level->cells, 0);
    level->row_open = FALSE;
}

static void close_levels(RtfWriter *writer, guint keep)
{
    Flow *flow = top(writer);
    while (flow->levels->len > keep) {
        Level *level = &g_array_index(flow->levels, Level, flow->levels->len - 1);
        close_row(writer, level, NULL);
        xhtml_close(writer->out, "table");
        rtf_table_spans(level->table);
        rtf_table_free(level->table);
        g_ptr_array_unref(level->cells);
        g_array_set_size(flow->levels, flow->levels->len - 1);
    }
}

static void open_cell(RtfWriter *writer, Level *level)
{
    if (!level->row_open)
        xhtml_open(writer->out, "tr");
    level->row_open = TRUE;
    if (level->cell_open)
        return;
    level->cell_open = TRUE;
    xhtml_open(writer->out, "td");
    if (!xhtml_full(writer->out))
        g_ptr_array_add(level->cells, xhtml_at(writer->out));
}

/* Opens what is missing of a cell COUNT tables deep, and ends tables that are deeper. */
static void reach_level(RtfWriter *writer, guint count)
{
    Flow *flow = top(writer);
    count = MIN(count, LEVEL_MAX);
    close_levels(writer, count);
    for (guint i = 0; i < count; i++) {
        if (i == flow->levels->len) {
            Level fresh = {.table = rtf_table_new(), .cells = g_ptr_array_new()};
            g_array_append_val(flow->levels, fresh);
            xhtml_open(writer->out, "table");
        }
        open_cell(writer, &g_array_index(flow->levels, Level, i));
    }
}

void rtf_end_cell(RtfWriter *writer, guint level)
{
    level = CLAMP(level, 1, LEVEL_MAX);
    rtf_end_paragraph(writer);
    reach_level(writer, level);
    close_cell(writer, &g_array_index(top(writer)->levels, Level, level - 1));
}

void rtf_end_row(RtfWriter *writer, guint level, const RtfRow *row)
{
    level = CLAMP(level, 1, LEVEL_MAX);
    rtf_end_paragraph(writer);
    close_levels(writer, level);
    if (top(writer)->levels->len == level)
        close_row(writer, &g_array_index(top(writer)->levels, Level, level - 1), row);
}

/* ---- text ---- */

static void begin_paragraph(RtfWriter *writer, guint level, guint heading)
{
    static const char *const tags[] = {"p", "h1", "h2", "h3", "h4", "h5", "h6"};
    Flow *flow = top(writer);
    if (flow->para_open)
        return;
    reach_level(writer, level);
    flow->para_open = TRUE;
    flow->tag = level ? "p" : tags[MIN(heading, 6)];
    xhtml_open(writer->out, flow->tag);
    if (flow->part)
        xhtml_attr(writer->out, "data-part", flow->part);
}

void rtf_write_text(RtfWriter *writer, guint level, guint heading, const char *text, gsize length)
{
    begin_paragraph(writer, level, heading);
    xhtml_text(writer->out, text, (gssize)length);
}

void rtf_write_break(RtfWriter *writer, guint level, guint heading)
{
    begin_paragraph(writer, level, heading);
    xhtml_break(writer->out);
}

void rtf_write_box(RtfWriter *writer, guint level, gboolean checked, const char *name)
{
    begin_paragraph(writer, level, 0);
    xhtml_checkbox(writer->out, checked);
    if (name && *name)
        xhtml_attr(writer->out, "data-control", name);
}

/* ---- flows ---- */

/* Between cells a story opens the next one, between rows it ends the table: blocks stand nowhere else. */
void rtf_flow_begin(RtfWriter *writer, const char *part)
{
    Flow *around = top(writer);
    while (around->levels->len && !g_array_index(around->levels, Level, around->levels->len - 1).row_open)
        close_levels(writer, around->levels->len - 1);
    reach_level(writer, around->levels->len);
    around->boxed = around->para_open;
    push_flow(writer, part ? part : around->part);
}

static void pop_flow(RtfWriter *writer)
{
    rtf_end_paragraph(writer);
    close_levels(writer, 0);
    g_array_unref(top(writer)->levels);
    g_array_set_size(writer->flows, writer->flows->len - 1);
}

void rtf_flow_end(RtfWriter *writer)
{
    if (writer->flows->len < 2)
        return;
    Flow ended = *top(writer);
    pop_flow(writer);
    xmlNode *body = xhtml_at(writer->out);
    gboolean alone = writer->flows->len == 1 && strcmp((const char *)body->name, "body") == 0;
    if (!ended.part || !ended.at_top || !alone)
        return;
    blocks_drop_repeated(body, ended.before, writer->seen);
    if (strcmp(ended.part, "footer") != 0)
        return;
    for (xmlNode *node = ended.before ? ended.before->next : body->children; node; node = node->next)
        g_ptr_array_add(writer->footers, node);
}

void rtf_writer_free(RtfWriter *writer)
{
    while (writer->flows->len > 1)
        rtf_flow_end(writer);
    pop_flow(writer);
    for (guint i = 0; i < writer->footers->len; i++) {
        xmlNode *node = writer->footers->pdata[i], *body = node->parent;
        xmlUnlinkNode(node);
        xmlAddChild(body, node);
    }
    g_array_unref(writer->flows);
    g_hash_table_unref(writer->seen);
    g_ptr_array_unref(writer->footers);
    g_free(writer);
}
