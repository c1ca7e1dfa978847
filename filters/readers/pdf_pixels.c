#include <cairo.h>
#include <math.h>

#include "page/pen.h"
#include "readers/pdf.h"
#include "readers/pdf_strokes.h"

#define RENDER_SCALE 1.5      /* pixels a point (108 dpi): the coarsest at which thin lines stay apart */
#define RENDER_PIXELS 6000000 /* of one page; larger paper is rendered coarser */
#define RED 16                /* more red than green and blue by this: what the search for seals calls ink */
#define RED_PIXELS 200        /* of a digital page: the smallest ring has 400 */

/* The page in 32 bits a pixel; NULL when it cannot be drawn. */
static cairo_surface_t *draw(PopplerPage *pdf, const Page *page, double *ret_scale)
{
    double scale = RENDER_SCALE;
    if (page->width * page->height * scale * scale > RENDER_PIXELS)
        scale = sqrt(RENDER_PIXELS / ((double)page->width * page->height));
    int width = MAX((int)ceil(page->width * scale), 1), height = MAX((int)ceil(page->height * scale), 1);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
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
    *ret_scale = scale;
    return surface;
}

/* Which byte of a pixel of cairo's is which. */
enum {
    LITTLE = G_BYTE_ORDER == G_LITTLE_ENDIAN,
    RED_BYTE = LITTLE ? 2 : 1,
    GREEN_BYTE = LITTLE ? 1 : 2,
    BLUE_BYTE = LITTLE ? 0 : 3
};

static void take_lines(Page *page, const SealPicture *picture)
{
    int width = picture->width, height = picture->height;
    g_autofree guint8 *gray = g_malloc((gsize)width * (gsize)height);
    for (int y = 0; y < height; y++) {
        const guint8 *from = picture->pixels + (gsize)y * (gsize)picture->stride;
        guint8 *to = gray + (gsize)y * (gsize)width;
        for (int x = 0; x < width; x++)
            to[x] = (guint8)((from[4 * x + BLUE_BYTE] * 29 + from[4 * x + GREEN_BYTE] * 150 + from[4 * x + RED_BYTE] * 77) >> 8);
    }
    g_array_unref(page->lines);
    page->lines = lines_find(gray, width, height, width, picture->scale);
}

/* For a page with a place to sign: what is drawn there, and what of it is red. */
static void take_ink(Page *page, const SealPicture *picture)
{
    page->ink = gray_new(picture->width, picture->height);
    page->red = gray_new(picture->width, picture->height);
    page->ink_scale = picture->scale;
    for (int y = 0; y < picture->height; y++) {
        const guint8 *from = picture->pixels + (gsize)y * (gsize)picture->stride;
        gsize row = (gsize)y * (gsize)picture->width;
        for (int x = 0; x < picture->width; x++) {
            int more = from[4 * x + RED_BYTE] - MAX(from[4 * x + GREEN_BYTE], from[4 * x + BLUE_BYTE]);
            page->ink->gray[row + (gsize)x] = more > RED ? 255 : from[4 * x + RED_BYTE];
            page->red->gray[row + (gsize)x] = (guint8)(255 - MAX(more, 0));
        }
    }
}

/* Most digital pages have nothing red at all, and the search for a seal need not begin. */
static gboolean is_reddish(const SealPicture *picture)
{
    guint red = 0;
    for (int y = 0; y < picture->height && red < RED_PIXELS; y++) {
        const guint8 *from = picture->pixels + (gsize)y * (gsize)picture->stride;
        for (int x = 0; x < picture->width; x++) {
            int own = from[4 * x + RED_BYTE] - RED;
            red += (own >= from[4 * x + GREEN_BYTE]) & (own >= from[4 * x + BLUE_BYTE]);
        }
    }
    return red >= RED_PIXELS;
}

gboolean pdf_take_pixels(PopplerPage *pdf, Page *page, gboolean copy, gboolean wanted, SealAnswer *ret_seal, double box[4])
{
    double scale = 1;
    gboolean pictured = TRUE, known = page->glyphs->len > 0 && !copy && pdf_strokes(pdf, page, &pictured);
    *ret_seal = SEAL_ABSENT;
    gboolean signing = !copy && pen_possible(page);
    if (known && !signing && (!pictured || !wanted))
        return TRUE;
    cairo_surface_t *surface = draw(pdf, page, &scale);
    if (!surface)
        return FALSE;
    SealPicture picture = {.pixels = cairo_image_surface_get_data(surface), .width = cairo_image_surface_get_width(surface),
                           .height = cairo_image_surface_get_height(surface), .stride = cairo_image_surface_get_stride(surface),
                           .red = RED_BYTE, .green = GREEN_BYTE, .blue = BLUE_BYTE, .scale = scale, .copy = copy};
    if (page->glyphs->len > 0 && !known)
        take_lines(page, &picture);
    if (signing)
        take_ink(page, &picture);
    if (wanted && (copy || (pictured && is_reddish(&picture))))
        *ret_seal = seal_look(&picture, box);
    cairo_surface_destroy(surface);
    return TRUE;
}
