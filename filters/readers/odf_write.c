#include <string.h>

#include "readers/blocks.h"
#include "readers/odf.h"
#include "readers/symbols.h"

/* ---- paragraphs ---- */

static const char *place_of(const OdfStory *story)
{
    static const char *const places[] = {"header", NULL, "footer"};
    return story->notes ? "footnote" : places[story->place];
}

static OdfPara *begin(OdfStory *story)
{
    static const char *const headings[] = {"p", "h1", "h2", "h3", "h4", "h5", "h6"};
    OdfPara *para = ODF_TOP(story->paras, OdfPara);
    if (!para || para->open)
        return para;
    para->tag = story->repeats->len ? "p" : headings[MIN(para->level, 6)];
    para->open = TRUE;
    xhtml_open(story->out, para->tag);
    if (place_of(story))
        xhtml_attr(story->out, "data-part", place_of(story));
    xhtml_text(story->out, para->number, -1);
    return para;
}

void odf_block_begin(OdfStory *story)
{
    OdfPara *para = begin(story);
    if (para)
        para->boxed = TRUE;
}

void odf_para_start(OdfStory *story, guint level, const OdfStyle *style, const char *number)
{
    OdfPara para = {.level = level, .blank = TRUE};
    g_strlcpy(para.number, number ? number : "", sizeof para.number);
    if (story->sheet.in_cell) {
        if (story->sheet.text->len)
            g_string_append_c(story->sheet.text, '\n');
    } else {
        odf_block_begin(story);
    }
    g_array_append_val(story->paras, para);
    g_ptr_array_add(story->fonts, *style->font ? (gpointer)style->font : NULL);
}

/* Removes the text of PARA, not the blocks inside it. */
static void hide(xmlNode *para)
{
    for (xmlNode *child = para->children, *next = NULL; child; child = next) {
        next = child->next;
        if (child->type == XML_ELEMENT_NODE && strcmp((const char *)child->name, "br") != 0 &&
            strcmp((const char *)child->name, "input") != 0)
            continue;
        xmlUnlinkNode(child);
        xmlFreeNode(child);
    }
}

void odf_para_end(OdfStory *story)
{
    OdfPara *para = ODF_TOP(story->paras, OdfPara);
    if (!para)
        return;
    if (para->open) {
        xmlNode *node = para->boxed || para->hidden ? xhtml_at(story->out) : NULL;
        gboolean own = node && strcmp((const char *)node->name, para->tag) == 0;
        xhtml_close(story->out, para->tag);
        if (own && para->hidden)
            hide(node);
        if (own)
            blocks_hoist(node);
    }
    g_array_set_size(story->paras, story->paras->len - 1);
    g_ptr_array_set_size(story->fonts, (int)story->fonts->len - 1);
}

/* ---- text ---- */

static gboolean is_private_symbol(gunichar c)
{
    return c >= 0xf020 && c <= 0xf0ff;
}

static gboolean has_private(const char *text, gsize length)
{
    for (const char *at = text; (at = memchr(at, 0xef, length - (gsize)(at - text))); at++)
        if (length - (gsize)(at - text) >= 3 && (guchar)at[1] >= 0x80 && (guchar)at[1] <= 0x83)
            return TRUE;
    return FALSE;
}

/* TEXT with the characters of FONT; private ones whose font is not known are nearly always of Wingdings. */
static void append_symbols(GString *out, const char *font, const char *text, gsize length)
{
    for (const char *at = text; at < text + length; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        gunichar shown = font || is_private_symbol(c) ? symbols_char(font ? font : "Wingdings", c) : c;
        if (shown && g_unichar_validate(shown))
            g_string_append_unichar(out, shown);
    }
}

void odf_put_text(OdfStory *story, const char *text, gsize length)
{
    const char *font = story->fonts->len ? story->fonts->pdata[story->fonts->len - 1] : NULL;
    g_autoptr(GString) symbols = NULL;
    OdfPara *para = ODF_TOP(story->paras, OdfPara);
    if (!para || length == 0 || (story->sheet.in_cell && para->hidden))
        return;
    para->blank = FALSE;
    if (font || has_private(text, length)) {
        symbols = g_string_new(NULL);
        append_symbols(symbols, font, text, length);
        text = symbols->str;
        length = symbols->len;
    }
    if (story->sheet.in_cell)
        g_string_append_len(story->sheet.text, text, (gssize)length);
    else if (begin(story))
        xhtml_text(story->out, text, (gssize)length);
}

/* Runs of white space are one blank, at a paragraph's start none (OpenDocument 6.1.2). */
void odf_put_folded(OdfStory *story, const char *text, gsize length)
{
    const char *end = text + length;
    while (text < end) {
        OdfPara *para = ODF_TOP(story->paras, OdfPara);
        const char *start = text;
        while (text < end && !strchr(" \t\r\n", *text))
            text++;
        odf_put_text(story, start, (gsize)(text - start));
        start = text;
        while (text < end && strchr(" \t\r\n", *text))
            text++;
        if (para && text > start && !para->blank) {
            odf_put_text(story, " ", 1);
            para->blank = TRUE;
        }
    }
}

void odf_put_break(OdfStory *story)
{
    OdfPara *para = ODF_TOP(story->paras, OdfPara);
    if (para)
        para->blank = TRUE;
    if (para && story->sheet.in_cell)
        g_string_append_c(story->sheet.text, '\n');
    else if (begin(story))
        xhtml_break(story->out);
}

void odf_put_box(OdfStory *story, gboolean checked, const char *name)
{
    OdfPara *para = ODF_TOP(story->paras, OdfPara);
    if (para)
        para->blank = FALSE;
    if (story->sheet.in_cell) {
        g_string_append(story->sheet.text, checked ? "☑" : "☐");
        return;
    }
    /* A box that stands between paragraphs is a paragraph. */
    if (!begin(story))
        xhtml_open(story->out, "p");
    xhtml_checkbox(story->out, checked);
    if (name && *name)
        xhtml_attr(story->out, "data-control", name);
    if (!para)
        xhtml_close(story->out, "p");
}

/* ---- tables of a text ---- */

enum { SPAN_MAX = 63, ROWS_MAX = 1000 };

static void write_span(OdfStory *story, const char *name, guint span)
{
    char value[16];
    g_snprintf(value, sizeof value, "%u", span);
    if (span > 1)
        xhtml_attr(story->out, name, value);
}

void odf_table_start(OdfStory *story, const char *name, const xmlChar **attrs, int count)
{
    if (strcmp(name, "table") == 0) {
        odf_block_begin(story);
        xhtml_open(story->out, "table");
    } else if (strcmp(name, "table-row") == 0) {
        xhtml_open(story->out, "tr");
    } else if (strcmp(name, "table-cell") == 0) {
        xhtml_open(story->out, "td");
        write_span(story, "colspan", odf_count(attrs, count, "number-columns-spanned", SPAN_MAX));
        write_span(story, "rowspan", odf_count(attrs, count, "number-rows-spanned", ROWS_MAX));
        guint repeat = odf_count(attrs, count, "number-columns-repeated", SPAN_MAX);
        g_ptr_array_add(story->repeats, GUINT_TO_POINTER(repeat));
    }
}

/* Writers repeat only empty cells; rows are not repeated in texts. */
static void end_cell(OdfStory *story)
{
    guint repeat = story->repeats->len ? GPOINTER_TO_UINT(story->repeats->pdata[story->repeats->len - 1]) : 1;
    gboolean empty = xhtml_at(story->out)->children == NULL;
    xhtml_close(story->out, "td");
    for (guint i = 1; empty && i < repeat; i++) {
        xhtml_open(story->out, "td");
        xhtml_close(story->out, "td");
    }
    if (story->repeats->len)
        g_ptr_array_set_size(story->repeats, (int)story->repeats->len - 1);
}

void odf_table_end(OdfStory *story, const char *name)
{
    if (strcmp(name, "table") == 0)
        xhtml_close(story->out, "table");
    else if (strcmp(name, "table-row") == 0)
        xhtml_close(story->out, "tr");
    else if (strcmp(name, "table-cell") == 0)
        end_cell(story);
}
