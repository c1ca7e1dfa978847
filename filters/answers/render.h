/* render.h: private to filters/answers: a page as a picture. Only the larger servers link it. */
#ifndef SHOUWEN_FILTERS_ANSWERS_RENDER_H
#define SHOUWEN_FILTERS_ANSWERS_RENDER_H

#include <cairo.h>
#include <glib.h>

/* A white page of WIDTH x HEIGHT points, drawn on in points, at DPI or as much less as LIMIT_RENDER_PIXELS asks. NULL when there is
 * no such page. The caller destroys it; its target is the picture. */
cairo_t *render_paper(double width, double height, guint dpi);

/* Each draws PAGE (from 1): a status name or "page" when it cannot, and NULL when *RET holds the picture. */
const char *render_pdf(const guint8 *bytes, gsize length, guint page, guint dpi, cairo_surface_t **ret);
const char *render_ofd(const guint8 *bytes, gsize length, guint page, guint dpi, cairo_surface_t **ret);
const char *render_picture(const guint8 *bytes, gsize length, guint page, guint dpi, cairo_surface_t **ret);

/* The installed font that was loaded before the jail, or NULL when there is none with Chinese characters. */
cairo_font_face_t *render_font(void);

#endif
