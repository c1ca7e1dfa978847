#include <cairo.h>
#include <math.h>

#include "base/text.h"
#include "page/scan.h"
#include "readers/pdf_scan.h"

#define DRAW_DPI 225.0        /* Tesseract's best, so that nothing is scaled twice */
#define DRAW_PIXELS 20000000  /* A3 at 225 dpi has 9 million */
#define ROUGH_DPI 40.0        /* enough to see whether there is ink at all */
#define COVERED 0.6           /* of the page by one picture: a scan, or a page with a background */
#define FEW 80                /* characters: a scanning app's own mark, a page number; not a page's text */
#define INK_SHARE 0.0005      /* of an empty sheet's pixels: less is dust */

/* The page drawn at DPI or coarser, 32 bits a pixel; NULL when it cannot be drawn. */
static cairo_surface_t *draw(PopplerPage *pdf, const Page *page, double dpi, double *ret_dpi)
{
    double points = (double)page->width * (double)page->height, scale = dpi / 72;
    if (points * scale * scale > DRAW_PIXELS)
        scale = sqrt(DRAW_PIXELS / points);
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, MAX((int)ceil(page->width * scale), 1), MAX((int)ceil(page->height * scale), 1));
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(surface);
        return NULL;
    }
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, scale, scale);
    poppler_page_render(pdf, cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    *ret_dpi = scale * 72;
    return surface;
}

static gboolean has_ink(PopplerPage *pdf, const Page *page)
{
    double dpi;
    cairo_surface_t *surface = draw(pdf, page, ROUGH_DPI, &dpi);
    if (!surface)
        return FALSE;
    const guint8 *data = cairo_image_surface_get_data(surface);
    int width = cairo_image_surface_get_width(surface), height = cairo_image_surface_get_height(surface);
    int stride = cairo_image_surface_get_stride(surface), ink = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            ink += data[y * stride + 4 * x + 1] < 200;
    cairo_surface_destroy(surface);
    return ink > INK_SHARE * width * height;
}

/* The part of the page that its largest picture covers. */
static double picture_share(PopplerPage *pdf, const Page *page)
{
    double most = 0;
    GList *pictures = poppler_page_get_image_mapping(pdf);
    for (GList *at = pictures; at; at = at->next) {
        const PopplerRectangle *area = &((PopplerImageMapping *)at->data)->area;
        most = MAX(most, fabs((area->x2 - area->x1) * (area->y2 - area->y1)));
    }
    poppler_page_free_image_mapping(pictures);
    return most / ((double)page->width * (double)page->height);
}

static gboolean is_nonsense(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    return c == 0xfffd || type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_UNASSIGNED || type == G_UNICODE_CONTROL ||
           type == G_UNICODE_SURROGATE;
}

gboolean pdf_scan_needed(PopplerPage *pdf, const Page *page)
{
    guint characters = 0, han = 0, nonsense = 0;
    for (guint i = 0; i < page->glyphs->len; i++) {
        const PageGlyph *glyph = &g_array_index(page->glyphs, PageGlyph, i);
        characters += glyph->control < 0;
        han += text_is_han(glyph->c);
        nonsense += glyph->control < 0 && is_nonsense(glyph->c);
    }
    if (page->glyphs->len > characters)
        return FALSE; /* a form to fill in */
    if (characters == 0)
        return has_ink(pdf, page);
    if (nonsense * 3 > characters)
        return TRUE;
    if (characters >= FEW && han * 5 > characters && nonsense * 20 < characters)
        return FALSE;
    gboolean covered = picture_share(pdf, page) > COVERED;
    return covered && (characters < FEW || nonsense * 20 > characters);
}

Page *pdf_scan_read(PopplerPage *pdf, const Page *page, gint64 until)
{
    gboolean little = G_BYTE_ORDER == G_LITTLE_ENDIAN;
    ScanPicture picture = {.red = little ? 2 : 1, .green = little ? 1 : 2, .blue = little ? 0 : 3};
    cairo_surface_t *surface = draw(pdf, page, DRAW_DPI, &picture.dpi);
    if (!surface)
        return NULL;
    picture.pixels = cairo_image_surface_get_data(surface);
    picture.width = cairo_image_surface_get_width(surface);
    picture.height = cairo_image_surface_get_height(surface);
    picture.stride = cairo_image_surface_get_stride(surface);
    Page *scanned = scan_read(&picture, page->number, until, NULL);
    cairo_surface_destroy(surface);
    return scanned;
}
