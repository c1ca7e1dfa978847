#include <math.h>
#include <string.h>

#include "base/text.h"
#include "page/flow.h"

#define BLANK_EM 0.17f /* a wider gap is a blank; justified Chinese stays below it */
#define FIELD_EM 10.5f /* of a line that is nothing but a form field */
#define FIELD_LINE 20.0f /* height of a form field's first line, points: its label stands beside that */
#define LEVEL 0.3f     /* of a line's height: so far apart may the middles of its characters be */
#define DOUBLE 0.6f    /* of a character's width: the same one nearer than this is drawn twice */
#define TAB_EM 1.9f    /* a wider gap parts two things on one line */

static void line_free(FlowLine *line)
{
    g_ptr_array_unref(line->glyphs);
    g_free(line);
}

static void block_free(FlowBlock *block)
{
    g_ptr_array_unref(block->lines);
    g_free(block);
}

/* Where GLYPH's line ends below: a tall field has many, and its label stands beside the first. */
static float bottom_of(const PageGlyph *glyph)
{
    return glyph->c == PAGE_FIELD ? MIN(glyph->box.y1, glyph->box.y0 + FIELD_LINE) : glyph->box.y1;
}

static gint compare_middle(gconstpointer a, gconstpointer b)
{
    const PageGlyph *one = *(const PageGlyph *const *)a, *other = *(const PageGlyph *const *)b;
    float first = one->box.y0 + bottom_of(one), second = other->box.y0 + bottom_of(other);
    return (first > second) - (first < second);
}

static gint compare_left(gconstpointer a, gconstpointer b)
{
    const PageGlyph *one = *(const PageGlyph *const *)a, *other = *(const PageGlyph *const *)b;
    return (one->box.x0 > other->box.x0) - (one->box.x0 < other->box.x0);
}

static int compare_float(const void *a, const void *b)
{
    float one = *(const float *)a, other = *(const float *)b;
    return (one > other) - (one < other);
}

/* The em of a line: the usual width of its Chinese characters, or three quarters of the usual height. */
static float line_em(const GPtrArray *glyphs)
{
    g_autofree float *widths = g_new(float, glyphs->len), *heights = g_new(float, glyphs->len);
    guint wide = 0, high = 0;
    for (guint i = 0; i < glyphs->len; i++) {
        const PageGlyph *glyph = glyphs->pdata[i];
        if (glyph->c != PAGE_FIELD)
            heights[high++] = glyph->box.y1 - glyph->box.y0;
        if (text_is_han(glyph->c))
            widths[wide++] = glyph->box.x1 - glyph->box.x0;
    }
    qsort(widths, wide, sizeof(float), compare_float);
    qsort(heights, high, sizeof(float), compare_float);
    return MAX(wide ? widths[wide / 2] : high ? heights[high / 2] * 0.75f : FIELD_EM, 1);
}

static void box_add(PageBox *box, const PageBox *more)
{
    *box = (PageBox){MIN(box->x0, more->x0), MIN(box->y0, more->y0), MAX(box->x1, more->x1), MAX(box->y1, more->y1)};
}

/* Whether MIDDLE is about the line's own: a label that stands beside two lines, between them, must not join them. */
static gboolean is_level(const FlowLine *line, float middle)
{
    return fabsf(middle - (line->box.y0 + line->box.y1) / 2) < LEVEL * (line->box.y1 - line->box.y0);
}

/* Bold print is sometimes made by drawing a character twice, a little apart. */
static void drop_doubles(GPtrArray *glyphs)
{
    guint kept = 0;
    for (guint i = 0; i < glyphs->len; i++) {
        const PageGlyph *glyph = glyphs->pdata[i], *before = kept ? glyphs->pdata[kept - 1] : NULL;
        float width = glyph->box.x1 - glyph->box.x0;
        gboolean twice = before && glyph->control < 0 && before->control < 0 && glyph->c == before->c &&
                         glyph->box.x0 - before->box.x0 < DOUBLE * width;
        if (!twice)
            glyphs->pdata[kept++] = (gpointer)glyph;
    }
    g_ptr_array_set_size(glyphs, (int)kept);
}

/* A glyph belongs to the line whose middle height it covers. */
static GPtrArray *make_lines(const GPtrArray *glyphs)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)line_free);
    g_autoptr(GPtrArray) sorted = g_ptr_array_copy((GPtrArray *)glyphs, NULL, NULL);
    g_ptr_array_sort(sorted, compare_middle);
    FlowLine *line = NULL;
    for (guint i = 0; i < sorted->len; i++) {
        const PageGlyph *glyph = sorted->pdata[i];
        float bottom = bottom_of(glyph), middle = (glyph->box.y0 + bottom) / 2;
        float overlap = line ? MIN(line->box.y1, bottom) - MAX(line->box.y0, glyph->box.y0) : 0;
        float lower = line ? MIN(line->box.y1 - line->box.y0, bottom - glyph->box.y0) : 1;
        PageBox box = {glyph->box.x0, glyph->box.y0, glyph->box.x1, bottom};
        if (!line || overlap < 0.5f * lower || middle > line->box.y1) {
            line = g_new0(FlowLine, 1);
            line->glyphs = g_ptr_array_new();
            line->box = box;
            g_ptr_array_add(lines, line);
        } else if (bottom - glyph->box.y0 < 1.6f * (line->box.y1 - line->box.y0) && is_level(line, middle)) {
            box_add(&line->box, &box);
        }
        line->box.x0 = MIN(line->box.x0, glyph->box.x0);
        line->box.x1 = MAX(line->box.x1, glyph->box.x1);
        g_ptr_array_add(line->glyphs, (gpointer)glyph);
    }
    for (guint i = 0; i < lines->len; i++) {
        FlowLine *done = lines->pdata[i];
        g_ptr_array_sort(done->glyphs, compare_left);
        drop_doubles(done->glyphs);
        done->em = line_em(done->glyphs);
    }
    return lines;
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
    box_add(&block->box, &line->box);
    block->em = MAX(block->em, line->em);
    g_ptr_array_add(block->lines, line);
}

GPtrArray *flow_blocks(const GPtrArray *glyphs, const PageBox *region, float page_width)
{
    GPtrArray *blocks = g_ptr_array_new_with_free_func((GDestroyNotify)block_free);
    g_autoptr(GPtrArray) lines = make_lines(glyphs);
    float left = G_MAXFLOAT, right = 0, em = 1;
    for (guint i = 0; i < lines->len; i++) {
        const FlowLine *line = lines->pdata[i];
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
            block->lines = g_ptr_array_new_with_free_func((GDestroyNotify)line_free);
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

static void write_line(Xhtml *out, const Page *page, const FlowLine *line)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const PageGlyph *before = NULL;
    for (guint i = 0; i < line->glyphs->len; i++) {
        const PageGlyph *glyph = line->glyphs->pdata[i];
        float gap = before ? glyph->box.x0 - before->box.x1 : 0;
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

/* Whether a blank was swallowed by the line's end: between two words, but not beside Chinese, nor in an address. */
static gboolean blank_between(const FlowLine *line, const FlowLine *next)
{
    const PageGlyph *last = line->glyphs->pdata[line->glyphs->len - 1], *first = next->glyphs->pdata[0];
    return !breaks(last->c) && !breaks(first->c) && !ends_in_address(line);
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
