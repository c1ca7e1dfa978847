#include "readers/doc.h"
#include "readers/ole.h"

#define NO_BASE 0xfff
#define CHAIN_MAX 11 /* styles that build on each other; Word allows 10 */

/* The property changes of a style: its UPXs (2.9.320), padded to even offsets. */
static void read_changes(Doc *doc, DocStyle *style, Span changes, gboolean paragraph)
{
    if (paragraph)
        changes = span_from(changes, 2);
    DocSprm sprm = {.doc = doc, .rest = changes};
    while (doc_sprm_next(&sprm)) {
        guint8 value = span_u8(sprm.operand, 0);
        if (sprm.code == 0x2640 && value < 9 && !style->level)
            style->level = MIN(value + 1u, 6);
        else if (sprm.code == 0x083c && value < 2)
            style->hidden = value;
        else if (sprm.code == 0x4a4f)
            style->font = span_u16(sprm.operand, 0);
        else if (sprm.code == 0x460b)
            style->list = span_u16(sprm.operand, 0);
        else if (sprm.code == 0x260a)
            style->list_level = value;
    }
}

/* An STD (2.9.258) whose fixed part has BASE bytes. */
static void read_style(Doc *doc, Span std, guint base)
{
    DocStyle style = {.base = NO_BASE, .hidden = -1, .font = -1, .list = -1, .list_level = -1};
    guint built_in = span_u16(std, 0) & 0xfff, kind = span_u16(std, 2) & 0xf, lists = span_u16(std, 4) & 0xf;
    if (std.length >= base && std.length > 6) {
        style.base = span_u16(std, 2) >> 4;
        if (kind == 1 && built_in >= 1 && built_in <= 9)
            style.level = MIN(built_in, 6);
        gsize at = base + (doc->old ? span_u8(std, base) + (gsize)2 : 2 * (gsize)span_u16(std, base) + 4);
        for (guint i = 0; i < lists && kind <= 2; i++) {
            gsize length = span_u16(std, at);
            read_changes(doc, &style, span_part(std, at + 2, length), kind == 1 && i == 0);
            at += 2 + length + (length & 1);
        }
    }
    g_array_append_val(doc->styles, style);
}

/* What a style does not say its base does. */
static void inherit(Doc *doc, DocStyle *style)
{
    guint16 base = style->base;
    for (guint i = 0; i < CHAIN_MAX && base < doc->styles->len; i++) {
        const DocStyle *other = &g_array_index(doc->styles, DocStyle, base);
        style->level = style->level ? style->level : other->level;
        style->hidden = style->hidden >= 0 ? style->hidden : other->hidden;
        style->font = style->font >= 0 ? style->font : other->font;
        style->list = style->list >= 0 ? style->list : other->list;
        style->list_level = style->list_level >= 0 ? style->list_level : other->list_level;
        base = other->base;
    }
}

void doc_read_styles(Doc *doc)
{
    doc->styles = g_array_new(FALSE, FALSE, sizeof(DocStyle));
    Span sheet = doc_part(doc, DOC_STYLES);
    guint count = span_u16(sheet, 2), base = span_u16(sheet, 4);
    gsize at = 2 + (gsize)span_u16(sheet, 0);
    for (guint i = 0; i < count && span_has(sheet, at, 2); i++) {
        gsize length = span_u16(sheet, at);
        read_style(doc, span_part(sheet, at + 2, length), base);
        at += 2 + length;
    }
    for (guint i = 0; i < doc->styles->len; i++)
        inherit(doc, &g_array_index(doc->styles, DocStyle, i));
}

const DocStyle *doc_style(const Doc *doc, guint index)
{
    static const DocStyle none = {.base = NO_BASE, .hidden = -1, .font = -1, .list = -1, .list_level = -1};
    return index < doc->styles->len ? &g_array_index(doc->styles, DocStyle, index) : &none;
}

/* An FFN (2.9.81) without its count: the name stands behind 39 bytes, in Word 6 and 95 behind 5 and in 8 bits. */
static char *font_name(const Doc *doc, Span ffn)
{
    Span name = span_from(ffn, doc->old ? 5 : 39);
    return !doc->old ? ole_utf16(name) : name.length ? g_strndup((const char *)name.data, name.length) : g_strdup("");
}

void doc_read_fonts(Doc *doc)
{
    doc->fonts = g_ptr_array_new_with_free_func(g_free);
    Span table = doc_part(doc, DOC_FONTS);
    guint count = doc->old ? G_MAXUINT16 : span_u16(table, 0);
    gsize at = doc->old ? 2 : 4;
    for (guint i = 0; i < count && span_has(table, at, 1); i++) {
        gsize length = span_u8(table, at);
        g_ptr_array_add(doc->fonts, font_name(doc, span_part(table, at + 1, length)));
        at += 1 + length;
    }
}
