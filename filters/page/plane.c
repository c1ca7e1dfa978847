#include <math.h>
#include <string.h>

#include "page/plane.h"

void gray_free(GrayPicture *gray)
{
    if (!gray)
        return;
    g_free(gray->gray);
    g_free(gray);
}

GrayPicture *gray_new(int width, int height)
{
    GrayPicture *gray = g_new0(GrayPicture, 1);
    gray->width = MAX(width, 1);
    gray->height = MAX(height, 1);
    gray->gray = g_malloc((gsize)gray->width * (gsize)gray->height);
    memset(gray->gray, 255, (gsize)gray->width * (gsize)gray->height);
    return gray;
}

/* ---- projections ---- */

PlaneMap plane_scale(double x, double y)
{
    return (PlaneMap){{x, 0, 0, 0, y, 0, 0, 0, 1}};
}

PlaneMap plane_shift(double x, double y)
{
    return (PlaneMap){{1, 0, x, 0, 1, y, 0, 0, 1}};
}

PlaneMap plane_turn(double degrees, double width, double height)
{
    double angle = degrees * G_PI / 180, c = cos(angle), s = sin(angle), x = width / 2, y = height / 2;
    return (PlaneMap){{c, -s, x - c * x + s * y, s, c, y - s * x - c * y, 0, 0, 1}};
}

PlaneMap plane_quarter(int quarters, double width, double height)
{
    switch (quarters & 3) {
    case 1: return (PlaneMap){{0, 1, 0, -1, 0, height, 0, 0, 1}};
    case 2: return (PlaneMap){{-1, 0, width, 0, -1, height, 0, 0, 1}};
    case 3: return (PlaneMap){{0, -1, width, 1, 0, 0, 0, 0, 1}};
    default: return plane_scale(1, 1);
    }
}

PlaneMap plane_join(const PlaneMap *outer, const PlaneMap *inner)
{
    PlaneMap joined = {{0}};
    for (int row = 0; row < 3; row++)
        for (int column = 0; column < 3; column++)
            for (int i = 0; i < 3; i++)
                joined.m[3 * row + column] += outer->m[3 * row + i] * inner->m[3 * i + column];
    return joined;
}

PlanePoint plane_point(const PlaneMap *map, double x, double y)
{
    const double *m = map->m;
    double w = m[6] * x + m[7] * y + m[8];
    if (fabs(w) < 1e-9)
        w = 1e-9;
    return (PlanePoint){(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w};
}

/* The unit square to a quadrilateral has a closed form (Heckbert 1989, section 2.2). */
gboolean plane_quad(const PlanePoint to[4], double width, double height, PlaneMap *map)
{
    double dx1 = to[1].x - to[2].x, dx2 = to[3].x - to[2].x, sx = to[0].x - to[1].x + to[2].x - to[3].x;
    double dy1 = to[1].y - to[2].y, dy2 = to[3].y - to[2].y, sy = to[0].y - to[1].y + to[2].y - to[3].y;
    double whole = dx1 * dy2 - dx2 * dy1;
    if (fabs(whole) < 1e-6 || width <= 0 || height <= 0)
        return FALSE;
    double g = (sx * dy2 - dx2 * sy) / whole, h = (dx1 * sy - sx * dy1) / whole;
    PlaneMap unit = {{to[1].x - to[0].x + g * to[1].x, to[3].x - to[0].x + h * to[3].x, to[0].x,
                     to[1].y - to[0].y + g * to[1].y, to[3].y - to[0].y + h * to[3].y, to[0].y, g, h, 1}};
    PlaneMap shrink = plane_scale(1 / width, 1 / height);
    *map = plane_join(&unit, &shrink);
    return TRUE;
}

/* ---- pixels ---- */

GrayPicture *gray_warp(const GrayPicture *from, const PlaneMap *map, int width, int height)
{
    GrayPicture *to = gray_new(width, height);
    const double *m = map->m;
    gsize stride = (gsize)from->width;
    for (int y = 0; y < to->height; y++) {
        guint8 *row = to->gray + (gsize)y * (gsize)to->width;
        /* Pixels are taken at their middles. */
        double px = m[0] * 0.5 + m[1] * (y + 0.5) + m[2], py = m[3] * 0.5 + m[4] * (y + 0.5) + m[5];
        double pw = m[6] * 0.5 + m[7] * (y + 0.5) + m[8];
        for (int x = 0; x < to->width; x++, px += m[0], py += m[3], pw += m[6]) {
            double fx = px / pw - 0.5, fy = py / pw - 0.5;
            if (!(fx > -0.5 && fy > -0.5 && fx < from->width - 0.5 && fy < from->height - 0.5))
                continue;
            int ix = (int)MAX(fx, 0), iy = (int)MAX(fy, 0);
            int right = ix + 1 < from->width, below = iy + 1 < from->height;
            int ax = (int)((MAX(fx, 0) - ix) * 256), ay = (int)((MAX(fy, 0) - iy) * 256);
            const guint8 *at = from->gray + (gsize)iy * stride + (gsize)ix;
            const guint8 *next = at + (below ? stride : 0);
            int upper = at[0] * (256 - ax) + at[right] * ax, lower = next[0] * (256 - ax) + next[right] * ax;
            row[x] = (guint8)((upper * (256 - ay) + lower * ay) >> 16);
        }
    }
    return to;
}

GrayPicture *gray_reduce(const GrayPicture *from, int factor)
{
    factor = CLAMP(factor, 1, MIN(from->width, from->height));
    GrayPicture *to = gray_new(from->width / factor, from->height / factor);
    g_autofree guint *sums = g_new0(guint, (gsize)to->width);
    for (int y = 0; y < to->height; y++) {
        memset(sums, 0, sizeof(guint) * (gsize)to->width);
        for (int i = 0; i < factor; i++) {
            const guint8 *row = from->gray + ((gsize)y * (gsize)factor + (gsize)i) * (gsize)from->width;
            for (int x = 0; x < to->width; x++)
                for (int k = 0; k < factor; k++)
                    sums[x] += row[x * factor + k];
        }
        for (int x = 0; x < to->width; x++)
            to->gray[(gsize)y * (gsize)to->width + (gsize)x] = (guint8)(sums[x] / (guint)(factor * factor));
    }
    return to;
}
