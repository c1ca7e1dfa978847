#include "page/ideograph.h"
#include "readers/pdf.h"
#include "readers/symbols.h"

/* The font of each character that is set in a symbol font, by index; others are missing. */
static GHashTable *symbol_fonts(PopplerPage *pdf, GList **ret_attributes)
{
    GHashTable *fonts = g_hash_table_new(NULL, NULL);
    *ret_attributes = poppler_page_get_text_attributes(pdf);
    for (GList *at = *ret_attributes; at; at = at->next) {
        const PopplerTextAttributes *run = at->data;
        if (!symbols_is_font(run->font_name))
            continue;
        for (int i = run->start_index; i <= run->end_index; i++)
            g_hash_table_insert(fonts, GINT_TO_POINTER(i), run->font_name);
    }
    return fonts;
}

static gunichar text_char(gunichar c, const char *font)
{
    if (font)
        return symbols_char(font, c);
    return c >= 0xf020 && c <= 0xf0ff ? symbols_char("Wingdings", c) : c;
}

/* The character C at BOX; a ligature is as many as it has letters, side by side. */
static void put_char(Page *page, gunichar c, PageBox box, gboolean blank)
{
    const char *letters = ideograph_letters(c);
    glong count = g_utf8_strlen(letters, -1);
    float width = (box.x1 - box.x0) / (float)MAX(count, 1);
    for (glong i = 0; i < MAX(count, 1); i++) {
        PageGlyph glyph = {count ? (gunichar)letters[i] : ideograph_plain(c), -1,
                           {box.x0 + width * (float)i, box.y0, count ? box.x0 + width * (float)(i + 1) : box.x1, box.y1},
                           .blank = blank && i == 0};
        g_array_append_val(page->glyphs, glyph);
    }
}

void pdf_take_text(PopplerPage *pdf, Page *page)
{
    g_autofree char *text = poppler_page_get_text(pdf);
    g_autofree PopplerRectangle *boxes = NULL;
    guint count = 0;
    if (!text || !poppler_page_get_text_layout(pdf, &boxes, &count))
        return;
    GList *attributes = NULL;
    g_autoptr(GHashTable) fonts = symbol_fonts(pdf, &attributes);
    const char *at = text;
    gboolean blank = FALSE;
    for (guint i = 0; i < count && *at; i++, at = g_utf8_next_char(at)) {
        gunichar c = text_char(g_utf8_get_char(at), g_hash_table_lookup(fonts, GINT_TO_POINTER(i)));
        PageBox box = {(float)MIN(boxes[i].x1, boxes[i].x2), (float)MIN(boxes[i].y1, boxes[i].y2),
                       (float)MAX(boxes[i].x1, boxes[i].x2), (float)MAX(boxes[i].y1, boxes[i].y2)};
        gboolean seen = c && !g_unichar_isspace(c) && !g_unichar_iscntrl(c);
        if (seen)
            put_char(page, c, box, blank);
        blank = !seen;
    }
    poppler_page_free_text_attributes(attributes);
}
