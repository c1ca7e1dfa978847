/* render_text.c: characters drawn by us, in the one font we have: those of OFD pages, and of PDF pages where the file names a font
 * and does not hold it, since poppler can open no other in the jail. */
#include "answers/render_text.h"

#include <string.h>

#define BASELINE 0.82 /* of a character's box from its top; fonts of Chinese text differ by little */

void render_character(cairo_t *cairo, gunichar c, double x, double y, double width, double height)
{
    char text[8] = "";
    if (width <= 0 || height <= 0 || c <= ' ' || !g_unichar_validate(c))
        return;
    if (!render_font()) {
        cairo_rectangle(cairo, x, y + height / 4, width, height / 2);
        cairo_fill(cairo);
        return;
    }
    text[g_unichar_to_utf8(c, text)] = '\0';
    cairo_set_font_face(cairo, render_font());
    cairo_set_font_size(cairo, height);
    cairo_move_to(cairo, x, y + height * BASELINE);
    cairo_show_text(cairo, text);
}

/* The full names of the fonts of the first PAGES pages that the file does not hold. */
static GHashTable *missing_fonts(PopplerDocument *document, guint pages)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    PopplerFontInfo *info = poppler_font_info_new(document);
    PopplerFontsIter *iter = NULL;
    if (poppler_font_info_scan(info, (int)pages, &iter)) {
        do {
            const char *name = poppler_fonts_iter_get_full_name(iter);
            if (name && !poppler_fonts_iter_is_embedded(iter))
                g_hash_table_add(names, g_strdup(name));
        } while (poppler_fonts_iter_next(iter));
        poppler_fonts_iter_free(iter);
    }
    g_object_unref(info);
    return names;
}

/* The characters that ATTRIBUTES is about; those of TEXT and BOXES have the same places. */
static void draw_run(cairo_t *cairo, const PopplerTextAttributes *attributes, const gunichar *text, const PopplerRectangle *boxes, guint n)
{
    cairo_set_source_rgb(cairo, attributes->color.red / 65535.0, attributes->color.green / 65535.0, attributes->color.blue / 65535.0);
    for (int i = MAX(attributes->start_index, 0); i <= attributes->end_index && (guint)i < n; i++)
        render_character(cairo, text[i], boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1, boxes[i].y2 - boxes[i].y1);
}

void render_missing(PopplerDocument *document, PopplerPage *page, cairo_t *cairo)
{
    g_autoptr(GHashTable) missing = missing_fonts(document, (guint)poppler_page_get_index(page) + 1);
    if (g_hash_table_size(missing) == 0)
        return;
    PopplerRectangle *boxes = NULL;
    guint n = 0;
    glong length = 0;
    g_autofree char *plain = poppler_page_get_text(page);
    g_autofree gunichar *text = g_utf8_to_ucs4_fast(plain ? plain : "", -1, &length);
    GList *runs = poppler_page_get_text_attributes(page);
    if (poppler_page_get_text_layout(page, &boxes, &n))
        for (const GList *run = runs; run; run = run->next) {
            const PopplerTextAttributes *attributes = run->data;
            if (attributes->font_name && g_hash_table_contains(missing, attributes->font_name))
                draw_run(cairo, attributes, text, boxes, MIN(n, (guint)length));
        }
    g_free(boxes);
    poppler_page_free_text_attributes(runs);
}
