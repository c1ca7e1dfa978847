#include <cairo.h>
#include <string.h>

#include "answers/render_text.h"
#include "base/limits.h"
#include "readers/ofd.h"

/* The pictures of a page, each in its place. One that cannot be decoded leaves its place white. */
static void draw_pictures(cairo_t *cairo, const OfdPackage *package, const GArray *pictures, guint dpi)
{
    for (guint i = 0; i < MIN(pictures->len, LIMIT_PICTURES); i++) {
        const OfdPicture *picture = &g_array_index(pictures, OfdPicture, i);
        const GByteArray *bytes = ofd_part(package, picture->path);
        cairo_surface_t *surface = NULL;
        double width = (double)(picture->box.x1 - picture->box.x0), height = (double)(picture->box.y1 - picture->box.y0);
        if (!bytes || width <= 0 || height <= 0 || render_picture(bytes->data, bytes->len, 1, dpi, &surface))
            continue;
        cairo_save(cairo);
        cairo_translate(cairo, (double)picture->box.x0, (double)picture->box.y0);
        cairo_scale(cairo, width / cairo_image_surface_get_width(surface), height / cairo_image_surface_get_height(surface));
        cairo_set_source_surface(cairo, surface, 0, 0);
        cairo_paint(cairo);
        cairo_restore(cairo);
        cairo_surface_destroy(surface);
    }
}

static void draw_lines(cairo_t *cairo, const GArray *lines)
{
    cairo_set_line_width(cairo, 0.6);
    for (guint i = 0; i < lines->len; i++) {
        const RuleLine *line = &g_array_index(lines, RuleLine, i);
        double at = (double)line->at, from = (double)line->from, to = (double)line->to;
        cairo_move_to(cairo, line->horizontal ? from : at, line->horizontal ? at : from);
        cairo_line_to(cairo, line->horizontal ? to : at, line->horizontal ? at : to);
    }
    cairo_stroke(cairo);
}

static void draw_text(cairo_t *cairo, const GArray *glyphs)
{
    for (guint i = 0; i < glyphs->len; i++) {
        const PageGlyph *glyph = &g_array_index(glyphs, PageGlyph, i);
        const PageBox *box = &glyph->box;
        render_character(cairo, glyph->c, (double)box->x0, (double)box->y0, (double)(box->x1 - box->x0), (double)(box->y1 - box->y0));
    }
}

/* Document INDEX of the file, and in it page PAGE (from 0) when it has that many; *PAGE is counted down. */
static OfdDocument *document_with(OfdPackage *package, const GPtrArray *bodies, guint *page)
{
    for (guint i = 0; i < bodies->len; i++) {
        const OfdBody *body = bodies->pdata[i];
        OfdDocument *document = body->root ? ofd_document_load(package, body->root) : NULL;
        if (document && *page < document->pages->len)
            return document;
        *page -= document ? document->pages->len : 0;
        ofd_document_free(document);
    }
    return NULL;
}

const char *render_ofd(const guint8 *bytes, gsize length, guint page, guint dpi, cairo_surface_t **ret)
{
    Status status = STATUS_DAMAGED;
    g_autoptr(OfdPackage) package = ofd_package_open(bytes, length, &status);
    if (!package)
        return status_name(status);
    g_autoptr(GPtrArray) bodies = ofd_bodies(package);
    guint index = page - 1;
    g_autoptr(OfdDocument) document = page >= 1 ? document_with(package, bodies, &index) : NULL;
    if (!document)
        return "page";
    ofd_fetch_others(document, NULL);
    g_autoptr(GArray) pictures = g_array_new(FALSE, FALSE, sizeof(OfdPicture));
    g_autoptr(GArray) drawings = g_array_new(FALSE, FALSE, sizeof(PageBox));
    g_autoptr(Page) drawn = ofd_page_read(document, index, (int)page, pictures, drawings);
    cairo_t *cairo = drawn ? render_paper((double)drawn->width, (double)drawn->height, dpi) : NULL;
    if (!cairo)
        return "damaged";
    draw_pictures(cairo, package, pictures, dpi);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    draw_lines(cairo, drawn->lines);
    draw_text(cairo, drawn->glyphs);
    *ret = cairo_surface_reference(cairo_get_target(cairo));
    cairo_destroy(cairo);
    return NULL;
}
