#include <string.h>

#include "readers/docx_write.h"
#include "readers/symbols.h"

void docx_pop(GArray *array)
{
    if (array->len)
        g_array_set_size(array, array->len - 1);
}

/* ---- cells and paragraphs ---- */

void docx_cell_begin(Story *story)
{
    Table *table = TOP(story->tables, Table);
    if (!table || table->cell_open || !table->row_open)
        return;
    table->cell_open = TRUE;
    xhtml_open(story->out, "td");
    char span[8];
    g_snprintf(span, sizeof span, "%u", table->span);
    if (table->span > 1)
        xhtml_attr(story->out, "colspan", span);
    if (table->merge)
        xhtml_attr(story->out, "data-merge", table->merge);
    if (table->across)
        xhtml_attr(story->out, "data-across", "1");
}

char *docx_para_number(Story *story, Para *para)
{
    const DocxStyle *style = para->style;
    guint list = para->has_number ? para->number : style ? style->number : 0;
    guint level = para->number_level;
    if (para->number_done || !list)
        return NULL;
    para->number_done = TRUE;
    if (level == NUMBER_LEVEL_UNKNOWN && style)
        level = style->number_level;
    if (level == NUMBER_LEVEL_UNKNOWN)
        level = style && style->number_style ? docx_numbers_level_of(story->looks->numbers, list, style->number_style) : 0;
    return docx_numbers_next(story->looks->numbers, list, level);
}

Para *docx_para_begin(Story *story)
{
    Para *para = TOP(story->paras, Para);
    if (!para || para->open)
        return para;
    static const char *const headings[] = {"p", "h1", "h2", "h3", "h4", "h5", "h6"};
    docx_cell_begin(story);
    para->tag = story->tables->len ? "p" : headings[MIN(para->level, 6)];
    para->open = TRUE;
    xhtml_open(story->out, para->tag);
    if (story->place)
        xhtml_attr(story->out, "data-part", story->place);
    g_autofree char *number = docx_para_number(story, para);
    if (number)
        xhtml_text(story->out, number, -1);
    return para;
}

void docx_carry_end(Story *story)
{
    if (story->carry.open)
        xhtml_close(story->out, story->carry.tag);
    story->carry.open = FALSE;
}

/* Text boxes were written inside the paragraph they hang on: their blocks become its next siblings. */
static void hoist_blocks(xmlNode *para)
{
    xmlNode *after = para;
    for (xmlNode *child = para->children, *next = NULL; child; child = next) {
        next = child->next;
        if (child->type != XML_ELEMENT_NODE || strcmp((const char *)child->name, "br") == 0 ||
            strcmp((const char *)child->name, "input") == 0)
            continue;
        xmlUnlinkNode(child);
        after = xmlAddNextSibling(after, child);
    }
    if (!para->children) {
        xmlUnlinkNode(para);
        xmlFreeNode(para);
    }
}

void docx_para_end(Story *story)
{
    Para *para = TOP(story->paras, Para);
    if (!para)
        return;
    /* An empty one counts too, but shows nothing: a number alone would be taken for what somebody filled in. */
    g_free(para->open ? NULL : docx_para_number(story, para));
    if (para->open && para->mark_deleted && !para->boxed) {
        story->carry = *para;
    } else if (para->open) {
        xmlNode *node = para->boxed ? xhtml_at(story->out) : NULL;
        xhtml_close(story->out, para->tag);
        if (node && strcmp((const char *)node->name, para->tag) == 0)
            hoist_blocks(node);
    }
    docx_pop(story->paras);
}

void docx_para_start(Story *story)
{
    Para para = {.number_level = NUMBER_LEVEL_UNKNOWN};
    if (story->carry.open)
        para = (Para){.open = TRUE, .tag = story->carry.tag, .number_done = TRUE};
    story->carry.open = FALSE;
    g_array_append_val(story->paras, para);
    story->in_run = FALSE;
}

/* ---- text ---- */

static gboolean in_control(const Story *story, gboolean *ret_checkbox)
{
    for (guint i = story->controls->len; i-- > 0;) {
        const Control *control = &g_array_index(story->controls, Control, i);
        if (control->content && (control->checkbox || control->placeholder)) {
            *ret_checkbox = control->checkbox;
            return TRUE;
        }
    }
    return FALSE;
}

/* The result of a field nested in another's code is no text. One level of code with text in it is a field that lost
 * its separator: that text is kept. */
static gboolean in_code(const Story *story)
{
    for (guint i = 0; i + 1 < story->fields->len; i++)
        if (g_array_index(story->fields, FieldPart, i) == FIELD_CODE)
            return TRUE;
    return FALSE;
}

void docx_control_box(Story *story)
{
    Control *control = TOP(story->controls, Control);
    if (!control || !control->checkbox || control->written || !docx_para_begin(story))
        return;
    control->written = TRUE;
    xhtml_checkbox(story->out, control->checked);
    if (*control->name)
        xhtml_attr(story->out, "data-control", control->name);
}

gboolean docx_text_begin(Story *story)
{
    gboolean checkbox = FALSE;
    if (story->hidden || in_code(story))
        return FALSE;
    if (in_control(story, &checkbox)) {
        docx_control_box(story);
        return FALSE;
    }
    return docx_para_begin(story) != NULL;
}

void docx_put_char(Story *story, gunichar c)
{
    char utf8[6];
    if (c && g_unichar_validate(c) && docx_text_begin(story))
        xhtml_text(story->out, utf8, g_unichar_to_utf8(c, utf8));
}

static gboolean is_private_symbol(gunichar c)
{
    return c >= 0xf020 && c <= 0xf0ff;
}

void docx_put_text(Story *story, const char *text)
{
    gboolean symbols = *story->font != '\0' || strstr(text, "\xef\x80") || strstr(text, "\xef\x81") ||
                       strstr(text, "\xef\x82") || strstr(text, "\xef\x83");
    if (!*text || !docx_text_begin(story))
        return;
    if (!symbols) {
        xhtml_text(story->out, text, -1);
        return;
    }
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        /* Private characters without a font named come from a style: nearly always Wingdings. */
        docx_put_char(story, *story->font || is_private_symbol(c) ? symbols_char(*story->font ? story->font : "Wingdings", c) : c);
    }
}
