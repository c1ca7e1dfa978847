/* plane.h: plane projections, by which a photographed or crooked page is laid straight. Pure arithmetic. */
#ifndef SHOUWEN_FILTERS_PAGE_PLANE_H
#define SHOUWEN_FILTERS_PAGE_PLANE_H

#include <glib.h>

typedef struct {
    double x, y;
} PlanePoint;

/* A projection of the plane: x' = (m0 x + m1 y + m2) / w, y' = (m3 x + m4 y + m5) / w, w = m6 x + m7 y + m8. */
typedef struct {
    double m[9];
} PlaneMap;

/* An 8-bit picture without gaps between its rows, 0 black. */
typedef struct {
    guint8 *gray;
    int width, height;
} GrayPicture;
void gray_free(GrayPicture *gray);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GrayPicture, gray_free)
GrayPicture *gray_new(int width, int height); /* white */

PlaneMap plane_scale(double x, double y);
PlaneMap plane_shift(double x, double y);
/* Turns by DEGREES about the middle of a picture of WIDTH x HEIGHT: what stood there stands at the result's places. */
PlaneMap plane_turn(double degrees, double width, double height);
/* QUARTERS of a turn clockwise (0–3); WIDTH and HEIGHT are those of the picture that is turned. */
PlaneMap plane_quarter(int quarters, double width, double height);
/* First INNER, then OUTER. */
PlaneMap plane_join(const PlaneMap *outer, const PlaneMap *inner);
PlanePoint plane_point(const PlaneMap *map, double x, double y);
/* The projection that takes the rectangle (0,0)–(WIDTH,HEIGHT) to the corners TO: top left, top right, bottom right,
 * bottom left. FALSE when they are no quadrilateral. */
gboolean plane_quad(const PlanePoint to[4], double width, double height, PlaneMap *map);

/* A picture of WIDTH x HEIGHT whose pixel (x, y) is FROM's at MAP(x, y), interpolated; places outside of FROM are
 * white. */
GrayPicture *gray_warp(const GrayPicture *from, const PlaneMap *map, int width, int height);
/* FROM reduced FACTOR times, each pixel the mean of its block. */
GrayPicture *gray_reduce(const GrayPicture *from, int factor);

#endif
