#include <math.h>
#include <string.h>

#include "base/text.h"
#include "page/flow.h"
#include "page/flow_lines.h"

#define BLANK_EM 0.17f /* a wider gap is a blank; justified Chinese stays below it */
#define TAB_EM 1.9f    /* a wider gap parts two things on one line */

static void block_free(FlowBlock *block)
{
    g_ptr_array_unref(block->lines);
    g_free(block);
}

static gboolean is_tick(gunichar c)
{
    return c == 0x2610 || c == 0x2611 || c == 0x2612 || c == 0x25a1 || c == 0x25a0 || c == 0x25cb || c == 0x25cf;
}

/* A character after which a line may break: every Chinese one, and the marks beside it. */
static gboolean breaks(gunichar c)
{
    return text_is_han(c) || (c >= 0x3000 && c <= 0x303f) || (c >= 0xff00 && c <= 0xffef) || c == PAGE_FIELD || is_tick(c);
}

/* Marks that must not begin a line, so that the character before them goes down with them. */
static gboolean never_first(gunichar c)
{
    return g_utf8_strchr("，。、；：？！）》」』】〉”’…,.;:?!)%", -1, c) != NULL;
}

/* Width of what could not be broken at the start of LINE: one Chinese character or a whole word, and marks after it. */
static float first_word(const FlowLine *line)
{
    const PageGlyph *first = line->glyphs->pdata[0], *last = first;
    for (guint i = 1; i < line->glyphs->len; i++) {
        const PageGlyph *glyph = line->glyphs->pdata[i];
        gboolean apart = breaks(first->c) || breaks(glyph->c) || glyph->box.x0 - last->box.x1 > BLANK_EM * line->em;
        if (apart && !never_first(glyph->c))
            break;
        last = glyph;
    }
    return last->box.x1 - first->box.x0;
}

/* "1.", "一、", "（3）": a numbered item, which begins a paragraph. */
static gboolean starts_item(const FlowLine *line)
{
    guint i = 0, digits = 0;
    for (; i < line->glyphs->len && i < 5; i++) {
        gunichar c = ((const PageGlyph *)line->glyphs->pdata[i])->c;
        if (g_unichar_isdigit(c) || g_utf8_strchr("一二三四五六七八九十", -1, c))
            digits++;
        else if (!(i == 0 && (c == '(' || c == 0xff08)))
            return digits > 0 && g_utf8_strchr(".．、）)", -1, c) != NULL;
    }
    return FALSE;
}

static gboolean ends_sentence(const FlowLine *line)
{
    const PageGlyph *last = line->glyphs->pdata[line->glyphs->len - 1];
    return g_utf8_strchr("。；：？！;:?!", -1, last->c) != NULL;
}

/* Whether NEXT goes on with the sentence of LINE. FIRST: LINE is the first of its paragraph. */
static gboolean runs_on(const FlowLine *line, const FlowLine *next, gboolean first, float left, float right)
{
    float em = line->em, free_right = right - line->box.x1, indent = next->box.x0 - left;
    const PageGlyph *start = line->glyphs->pdata[0], *next_start = next->glyphs->pdata[0];
    const PageGlyph *end = line->glyphs->pdata[line->glyphs->len - 1];
    if (line->sideways || next->sideways)
        return FALSE;
    if (next->box.y0 - line->box.y1 > 1.2f * em || fabsf(next->em - em) > 0.2f * em || next_start->control >= 0 ||
        end->control >= 0)
        return FALSE;
    if ((is_tick(next_start->c) && is_tick(start->c)) || free_right > first_word(next) + 0.45f * em)
        return FALSE;
    if (ends_sentence(line) && starts_item(next))
        return FALSE;
    if (indent < 0.9f * em)
        return TRUE;
    /* A block that is indented as a whole, or a heading whose lines are centred. */
    gboolean same_left = fabsf(next->box.x0 - line->box.x0) < 0.5f * em;
    float middle = fabsf((next->box.x0 + next->box.x1) - (left + right)) / 2;
    gboolean centred = middle < em && line->box.x0 - left < 3 * em && free_right < em;
    return (same_left && !first) || (centred && !same_left);
}

static void block_add(FlowBlock *block, FlowLine *line)
{
    if (block->lines->len == 0)
        block->box = line->box;
    flow_box_add(&block->box, &line->box);
    block->em = MAX(block->em, line->em);
    g_ptr_array_add(block->lines, line);
}

GPtrArray *flow_blocks(const GPtrArray *glyphs, const PageBox *region, float page_width)
{
    GPtrArray *blocks = g_ptr_array_new_with_free_func((GDestroyNotify)block_free);
    g_autoptr(GPtrArray) lines = flow_lines(glyphs);
    float left = G_MAXFLOAT, right = 0, em = 1;
    for (guint i = 0; i < lines->len; i++) {
        const FlowLine *line = lines->pdata[i];
        if (line->sideways)
            continue;
        left = MIN(left, line->box.x0);
        right = MAX(right, line->box.x1);
        em = MAX(em, line->em);
    }
    if (!region)
        right = MAX(right, page_width - left); /* the margins of a page are alike */
    if (region) {
        /* A cell's padding is the same on both sides, and less than a character. */
        float padding = CLAMP(left - region->x0, 0, 0.6f * em);
        left = MIN(left, region->x0 + 0.6f * em);
        right = MAX(right, region->x1 - padding);
    }
    FlowBlock *block = NULL;
    for (guint i = 0; i < lines->len; i++) {
        FlowLine *line = lines->pdata[i];
        const FlowLine *last = block ? block->lines->pdata[block->lines->len - 1] : NULL;
        if (!last || !runs_on(last, line, block->lines->len == 1, left, right)) {
            block = g_new0(FlowBlock, 1);
            block->lines = g_ptr_array_new_with_free_func((GDestroyNotify)flow_line_free);
            g_ptr_array_add(blocks, block);
        }
        block_add(block, line);
    }
    g_ptr_array_set_free_func(lines, NULL);
    return blocks;
}

guint flow_length(const FlowBlock *block)
{
    guint length = 0;
    for (guint i = 0; i < block->lines->len; i++)
        length += ((const FlowLine *)block->lines->pdata[i])->glyphs->len;
    return length;
}

static void write_control(Xhtml *out, const PageControl *control, gboolean alone)
{
    if (control->text) {
        g_auto(GStrv) lines = g_strsplit_set(control->text, "\r\n", -1);
        for (guint i = 0, written = 0; lines[i]; i++) {
            if (!*lines[i])
                continue;
            if (written++)
                xhtml_break(out);
            xhtml_text(out, lines[i], -1);
        }
        return;
    }
    xhtml_checkbox(out, control->checked);
    if (control->name && !alone)
        xhtml_attr(out, "data-control", control->name);
}

/* Whether the text itself parts the two: words may stand closer than any distance tells, and Chinese is set wide. */
static gboolean between_words(const PageGlyph *before, const PageGlyph *glyph)
{
    return glyph->blank && !breaks(before->c) && !breaks(glyph->c);
}

/* How far GLYPH stands from BEFORE, the one read before it. Where text goes sideways or to and fro no distance tells, but the
 * text's own blanks do. */
static float gap_between(const FlowLine *line, const PageGlyph *before, const PageGlyph *glyph)
{
    float left = before->box.x0 - glyph->box.x1, right = glyph->box.x0 - before->box.x1;
    if (!glyph->run || before->run != glyph->run || !(line->sideways || line->rtl))
        return MAX(left, right);
    if (glyph->blank)
        return breaks(before->c) ? 0 : line->em;
    return text_is_rtl(before->c) && text_is_rtl(glyph->c) ? left : 0;
}

static void write_line(Xhtml *out, const Page *page, const FlowLine *line)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const PageGlyph *before = NULL;
    for (guint i = 0; i < line->glyphs->len; i++) {
        const PageGlyph *glyph = line->glyphs->pdata[i];
        float gap = before ? gap_between(line, before, glyph) : 0;
        if (gap > TAB_EM * line->em)
            g_string_append_c(text, '\t');
        else if (gap > BLANK_EM * line->em || (before && between_words(before, glyph)))
            g_string_append_c(text, ' ');
        before = glyph;
        if (glyph->control < 0) {
            g_string_append_unichar(text, glyph->c);
            continue;
        }
        xhtml_text(out, text->str, (gssize)text->len);
        g_string_truncate(text, 0);
        write_control(out, page->controls->pdata[glyph->control], line->glyphs->len == 1);
    }
    xhtml_text(out, text->str, (gssize)text->len);
}

/* Whether the last word of LINE holds a mark of an address: such a word is broken anywhere, without a blank. */
static gboolean ends_in_address(const FlowLine *line)
{
    for (guint i = line->glyphs->len; i-- > 0;) {
        const PageGlyph *glyph = line->glyphs->pdata[i];
        const PageGlyph *before = i ? line->glyphs->pdata[i - 1] : NULL;
        if (glyph->c == '@' || (glyph->c == '/' && before && before->c == '/'))
            return TRUE;
        if (breaks(glyph->c) || (before && glyph->box.x0 - before->box.x1 > BLANK_EM * line->em))
            return FALSE;
    }
    return FALSE;
}

/* Whether LINE ends in a word and its hyphen. */
static gboolean ends_in_hyphen(const FlowLine *line)
{
    guint count = line->glyphs->len;
    if (count < 2)
        return FALSE;
    const PageGlyph *hyphen = line->glyphs->pdata[count - 1], *before = line->glyphs->pdata[count - 2];
    return (hyphen->c == '-' || hyphen->c == 0x2010) && !hyphen->blank && g_unichar_isalnum(before->c) &&
           hyphen->box.x0 - before->box.x1 <= BLANK_EM * line->em;
}

/* Whether a blank was swallowed by the line's end: between two words, but not beside Chinese, nor in an address, nor where
 * a word was broken at its hyphen. */
static gboolean blank_between(const FlowLine *line, const FlowLine *next)
{
    const PageGlyph *last = line->glyphs->pdata[line->glyphs->len - 1], *first = next->glyphs->pdata[0];
    return !breaks(last->c) && !breaks(first->c) && !ends_in_address(line) &&
           !(ends_in_hyphen(line) && g_unichar_isalnum(first->c));
}

/* What the recogniser thinks of BLOCK's least certain character. */
static void write_confidence(Xhtml *out, const FlowBlock *block)
{
    float doubt = 0;
    char value[16];
    for (guint i = 0; i < block->lines->len; i++) {
        const FlowLine *line = block->lines->pdata[i];
        for (guint g = 0; g < line->glyphs->len; g++)
            doubt = MAX(doubt, ((const PageGlyph *)line->glyphs->pdata[g])->doubt);
    }
    if (doubt > 0)
        xhtml_attr(out, "data-confidence", g_ascii_formatd(value, sizeof value, "%.2f", 1 - (double)doubt));
}

void flow_write(Xhtml *out, const Page *page, const FlowBlock *block, const char *tag, const char *part)
{
    xhtml_open(out, tag);
    page_write_box(out, page, &block->box);
    write_confidence(out, block);
    if (part)
        xhtml_attr(out, "data-part", part);
    const FlowLine *first = block->lines->pdata[0];
    const PageGlyph *only = flow_length(block) == 1 ? first->glyphs->pdata[0] : NULL;
    if (only && only->control >= 0) {
        const PageControl *control = page->controls->pdata[only->control];
        if (control->name)
            xhtml_attr(out, "data-control", control->name);
    }
    for (guint i = 0; i < block->lines->len; i++) {
        if (i && blank_between(block->lines->pdata[i - 1], block->lines->pdata[i]))
            xhtml_text(out, " ", 1);
        write_line(out, page, block->lines->pdata[i]);
    }
    xhtml_close(out, tag);
}
