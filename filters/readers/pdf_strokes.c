/* poppler draws by calling cairo's functions by their names. Those that this file defines come before cairo's own, for the
 * program is searched before its libraries; while a page is collected they write down what would be drawn, and else they
 * pass the call on. Drawing a page to find its lines again among the pixels takes ten times as long, and finds lines in
 * print. */
#include <cairo.h>
#include <dlfcn.h>
#include <math.h>

#include "page/rules.h"
#include "readers/pdf_strokes.h"

#define WHITE 0.91      /* of 1: what cannot be told from paper */
#define CLEAR 0.1       /* of 1, alpha */
#define THICKEST 6.0    /* points: a thicker stroke is a bar */
#define REDDER 0.06     /* of 1: red over green and blue */
#define SEAL_SIDE 36.0  /* points: a smaller picture shows no seal, which has 15 mm and more */

typedef struct {
    GArray *lines;
    gboolean any;      /* a call came through: the names are bound to these functions */
    gboolean pictured;
} Collect;

static Collect *collecting; /* a child reads one page at a time */

/* ---- what is drawn ---- */

typedef struct {
    cairo_t *cairo;
    GArray *lines;
    gboolean fill;
    double clip[4];
    double x, y, start_x, start_y;
    PageBox box; /* of the figure, so far */
    gboolean any, curved;
} Figure;

static void reach(Figure *figure, double x, double y)
{
    PageBox *box = &figure->box;
    float fx = (float)CLAMP(x, figure->clip[0], figure->clip[2]), fy = (float)CLAMP(y, figure->clip[1], figure->clip[3]);
    *box = figure->any ? (PageBox){MIN(box->x0, fx), MIN(box->y0, fy), MAX(box->x1, fx), MAX(box->y1, fy)}
                       : (PageBox){fx, fy, fx, fy};
    figure->any = TRUE;
}

static void finish(Figure *figure)
{
    if (figure->fill && figure->any && !figure->curved)
        rules_add_fill(figure->lines, &figure->box);
    figure->any = figure->curved = FALSE;
}

static void line_to(Figure *figure, double x, double y)
{
    const double *clip = figure->clip;
    gboolean outside = MAX(figure->x, x) < clip[0] || MIN(figure->x, x) > clip[2] || MAX(figure->y, y) < clip[1] ||
                       MIN(figure->y, y) > clip[3];
    if (!figure->fill && !outside)
        rules_add_stroke(figure->lines, CLAMP(figure->x, clip[0], clip[2]), CLAMP(figure->y, clip[1], clip[3]),
                         CLAMP(x, clip[0], clip[2]), CLAMP(y, clip[1], clip[3]));
    reach(figure, x, y);
    figure->x = x;
    figure->y = y;
}

static void follow(Figure *figure, const cairo_path_data_t *data)
{
    const cairo_path_data_t *last = &data[MAX(data->header.length - 1, 0)];
    double x = last->point.x, y = last->point.y;
    if (data->header.length > 1)
        cairo_user_to_device(figure->cairo, &x, &y);
    switch (data->header.type) {
    case CAIRO_PATH_MOVE_TO:
        finish(figure);
        figure->x = figure->start_x = x;
        figure->y = figure->start_y = y;
        reach(figure, x, y);
        break;
    case CAIRO_PATH_LINE_TO: line_to(figure, x, y); break;
    case CAIRO_PATH_CLOSE_PATH: line_to(figure, figure->start_x, figure->start_y); break;
    default: /* a curve */
        figure->curved = TRUE;
        figure->x = x;
        figure->y = y;
    }
}

/* The box of the clip on the page. FALSE when nothing passes it. */
static gboolean clip_of(cairo_t *cairo, double clip[4])
{
    double x0, y0, x1, y1;
    cairo_clip_extents(cairo, &x0, &y0, &x1, &y1);
    if (x1 <= x0 || y1 <= y0)
        return FALSE;
    clip[0] = clip[1] = G_MAXDOUBLE;
    clip[2] = clip[3] = -G_MAXDOUBLE;
    for (int i = 0; i < 4; i++) {
        double x = i & 1 ? x1 : x0, y = i >> 1 ? y1 : y0;
        cairo_user_to_device(cairo, &x, &y);
        clip[0] = MIN(clip[0], x), clip[1] = MIN(clip[1], y), clip[2] = MAX(clip[2], x), clip[3] = MAX(clip[3], y);
    }
    return TRUE;
}

/* Whether the colour is seen on paper; red is remembered. What is no plain colour may be anything. */
static gboolean is_seen(Collect *collect, cairo_t *cairo)
{
    double red, green, blue, alpha;
    if (cairo_pattern_get_rgba(cairo_get_source(cairo), &red, &green, &blue, &alpha) != CAIRO_STATUS_SUCCESS) {
        collect->pictured = TRUE;
        return TRUE;
    }
    if (alpha < CLEAR)
        return FALSE;
    collect->pictured = collect->pictured || (red > green + REDDER && red > blue + REDDER);
    return MIN(red, MIN(green, blue)) < WHITE;
}

static void collect_path(Collect *collect, cairo_t *cairo, gboolean fill)
{
    Figure figure = {.cairo = cairo, .lines = collect->lines, .fill = fill};
    double width = cairo_get_line_width(cairo), none = 0;
    collect->any = TRUE;
    if (!is_seen(collect, cairo) || !clip_of(cairo, figure.clip))
        return;
    cairo_user_to_device_distance(cairo, &width, &none);
    if (!fill && hypot(width, none) > THICKEST)
        return;
    cairo_path_t *path = cairo_copy_path(cairo);
    for (int i = 0; i < path->num_data && path->data[i].header.length > 0; i += path->data[i].header.length)
        follow(&figure, &path->data[i]);
    finish(&figure);
    cairo_path_destroy(path);
}

static void collect_print(Collect *collect, cairo_t *cairo)
{
    collect->any = TRUE;
    is_seen(collect, cairo);
}

/* A picture, shading or group is put onto the page. */
static void collect_picture(Collect *collect, cairo_t *cairo)
{
    double clip[4];
    collect->any = TRUE;
    if (clip_of(cairo, clip) && clip[2] - clip[0] >= SEAL_SIDE && clip[3] - clip[1] >= SEAL_SIDE)
        collect->pictured = TRUE;
}

/* ---- cairo's names ---- */

/* The library's own function NAME. */
#define OWN(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void cairo_stroke(cairo_t *cr)
{
    if (!collecting) {
        OWN(cairo_stroke)(cr);
        return;
    }
    collect_path(collecting, cr, FALSE);
    cairo_new_path(cr);
}

void cairo_fill(cairo_t *cr)
{
    if (!collecting) {
        OWN(cairo_fill)(cr);
        return;
    }
    collect_path(collecting, cr, TRUE);
    cairo_new_path(cr);
}

void cairo_paint(cairo_t *cr)
{
    if (collecting)
        collect_picture(collecting, cr);
    else
        OWN(cairo_paint)(cr);
}

void cairo_paint_with_alpha(cairo_t *cr, double alpha)
{
    if (collecting)
        collect_picture(collecting, cr);
    else
        OWN(cairo_paint_with_alpha)(cr, alpha);
}

void cairo_mask(cairo_t *cr, cairo_pattern_t *pattern)
{
    if (collecting)
        collect_picture(collecting, cr);
    else
        OWN(cairo_mask)(cr, pattern);
}

void cairo_show_glyphs(cairo_t *cr, const cairo_glyph_t *glyphs, int num_glyphs)
{
    if (collecting)
        collect_print(collecting, cr);
    else
        OWN(cairo_show_glyphs)(cr, glyphs, num_glyphs);
}

void cairo_show_text_glyphs(cairo_t *cr, const char *utf8, int utf8_len, const cairo_glyph_t *glyphs, int num_glyphs,
                            const cairo_text_cluster_t *clusters, int num_clusters, cairo_text_cluster_flags_t cluster_flags)
{
    if (collecting)
        collect_print(collecting, cr);
    else
        OWN(cairo_show_text_glyphs)(cr, utf8, utf8_len, glyphs, num_glyphs, clusters, num_clusters, cluster_flags);
}

/* ---- a page ---- */

gboolean pdf_strokes(PopplerPage *pdf, Page *page, gboolean *ret_pictured)
{
    cairo_rectangle_t extents = {0, 0, (double)page->width, (double)page->height};
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extents);
    cairo_t *cairo = cairo_create(surface);
    Collect collect = {.lines = page->lines};
    collecting = &collect;
    poppler_page_render(pdf, cairo);
    collecting = NULL;
    gboolean drawn = cairo_status(cairo) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    rules_settle(page->lines);
    *ret_pictured = collect.pictured;
    return drawn && collect.any;
}
