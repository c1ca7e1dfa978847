#include "answers/render.h"

#include <math.h>
#include <poppler.h>
#include <string.h>

#include "answers/answers.h"
#include "answers/render_text.h"
#include "base/limits.h"

#define SIDE_MOST 30000 /* pixels; cairo's own limit is 32,767 */

cairo_t *render_paper(double width, double height, guint dpi)
{
    double scale = dpi / 72.0;
    if (!(width > 0 && height > 0 && isfinite(width) && isfinite(height)))
        return NULL;
    scale = MIN(scale, sqrt(LIMIT_RENDER_PIXELS / width / height));
    scale = MIN(scale, SIDE_MOST / MAX(width, height));
    /* Rounded down: the limit holds. */
    int across = MAX((int)(width * scale), 1), down = MAX((int)(height * scale), 1);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, across, down);
    cairo_t *cairo = cairo_create(surface);
    cairo_surface_destroy(surface);
    if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS) {
        cairo_destroy(cairo);
        return NULL;
    }
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, across / width, down / height);
    return cairo;
}

static const char *draw_page(PopplerDocument *document, guint page, guint dpi, cairo_surface_t **ret)
{
    int pages = poppler_document_get_n_pages(document);
    PopplerPage *drawn = page >= 1 && (gint64)page <= pages ? poppler_document_get_page(document, (int)page - 1) : NULL;
    double width = 0, height = 0;
    if (!drawn)
        return "page";
    poppler_page_get_size(drawn, &width, &height);
    cairo_t *cairo = render_paper(width, height, dpi);
    if (cairo) {
        poppler_page_render(drawn, cairo);
        render_missing(document, drawn, cairo);
        *ret = cairo_surface_reference(cairo_get_target(cairo));
        cairo_destroy(cairo);
    }
    g_object_unref(drawn);
    return cairo ? NULL : "damaged";
}

const char *render_pdf(const guint8 *bytes, gsize length, guint page, guint dpi, cairo_surface_t **ret)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) data = g_bytes_new_static(bytes, length);
    PopplerDocument *document = poppler_document_new_from_bytes(data, NULL, &error);
    if (!document)
        return g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED) ? "encrypted" : "damaged";
    const char *why = draw_page(document, page, dpi, ret);
    g_object_unref(document);
    return why;
}

static cairo_status_t take_png(void *closure, const unsigned char *bytes, unsigned int length)
{
    GByteArray *png = closure;
    if (png->len + length > LIMIT_RENDER_BYTES)
        return CAIRO_STATUS_WRITE_ERROR;
    g_byte_array_append(png, bytes, length);
    return CAIRO_STATUS_SUCCESS;
}

const char *answers_render(const char *mime, const guint8 *bytes, gsize length, guint page, guint dpi, GByteArray *png)
{
    cairo_surface_t *surface = NULL;
    const Reader *reader = reader_for(mime);
    const char *name = reader ? reader->name : "", *why = "unsupported";
    if (strcmp(name, "pdf") == 0)
        why = render_pdf(bytes, length, page, dpi, &surface);
    else if (strcmp(name, "ofd") == 0)
        why = render_ofd(bytes, length, page, dpi, &surface);
    else if (g_str_has_prefix(mime, "image/"))
        why = render_picture(bytes, length, page, dpi, &surface);
    if (why)
        return why;
    cairo_surface_flush(surface);
    cairo_status_t status = cairo_surface_write_to_png_stream(surface, take_png, png);
    cairo_surface_destroy(surface);
    return status == CAIRO_STATUS_SUCCESS ? NULL : "too-large";
}
