/* seal_parts.h: between the files of the seal detector only. Ink is found by colour on a reduced picture (seal_ink.c),
 * rings by votes for their middle (seal_ring.c), and each ring found is looked at closely on the picture itself
 * (seal_looks.c). */
#ifndef SHOUWEN_FILTERS_PAGE_SEAL_PARTS_H
#define SHOUWEN_FILTERS_PAGE_SEAL_PARTS_H

#include "page/seal.h"

#define SEAL_MIN_RADIUS 13 /* of a ring, in pixels of the reduced picture */
#define SEAL_MAX_RADIUS 66

/* What is white on a picture, as factors of 1/256 for red, green and blue that make it so. GRAY: a picture without colours,
 * whose ink is what is dark. */
typedef struct {
    int red, green, blue;
    gboolean gray;
} SealWhite;

/* A reduced picture: how red each pixel is, 0 for what is no red ink, up to 255. */
typedef struct {
    int width, height;
    double factor;      /* pixels of the picture for one of these */
    guint8 *red;
    guint inked;        /* pixels of SEAL_INK and more */
    SealWhite white;
    gboolean dark;       /* nothing on it is bright enough to be paper */
} SealInk;
#define SEAL_INK 16 /* noise of a JPEG stays below; ink faded to a quarter has 30 and more */

/* Every FACTOR x FACTOR pixels of PICTURE become one. */
SealInk *seal_ink_new(const SealPicture *picture, int factor);
/* Every 4 x 4 pixels of INK become one, for larger rings; NULL when too little is left. */
SealInk *seal_ink_quarter(const SealInk *ink);
void seal_ink_free(SealInk *ink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SealInk, seal_ink_free)

/* How red one pixel is, in the same measure, or how dark if WHITE is gray. */
int seal_redness(const SealWhite *white, int red, int green, int blue);

/* An ellipse: the point at the angle t is middle + cos t * (along_x, along_y) + sin t * (across_x, across_y). */
typedef struct {
    double x, y, along_x, along_y, across_x, across_y;
} SealEllipse;

/* Where rings may be on INK, best first, at most COUNT of them, in pixels of INK. Looks for circles, or for ellipses that
 * are STRETCH times as long as wide and lie at ANGLE. Returns how many. */
guint seal_rings(const SealInk *ink, double stretch, double angle, SealEllipse *rings, guint count);

/* What a close look at a ring says; shares are of 0 to 1, radii in parts of the outline's. */
typedef struct {
    double box[4];      /* x0, y0, x1, y1 in pixels of the picture; may reach over its edge */
    double longest, shortest; /* diameters in pixels */
    double visible;     /* share of the outline that lies on the picture */
    double hidden;      /* share of the visible outline that black ink covers */
    double closed;      /* share of the rest that bears red ink */
    double rough;       /* mean distance of the outline from its ellipse, as a radius */
    double thick;       /* of the line, as a radius */
    double filled;      /* share of the inside that is red */
    double lettered;    /* share of directions in which the band of the characters bears ink */
    int strokes;        /* changes between ink and paper along a circle through the characters */
    double outwards, along; /* shares of the ink there that belongs to spokes, and to further rings */
    double around;      /* share of the surroundings that is red */
} SealLooks;

/* Looks closely at the ring about ABOUT (in pixels of PICTURE). FALSE when there is none. */
gboolean seal_measure(const SealPicture *picture, const SealWhite *white, const SealEllipse *about, SealLooks *looks);

/* Whether a gray copy may have been a seal there: the text about it is as dark, so that less can be asked of its line. */
gboolean seal_may_be(const SealLooks *looks);

/* How sure it is that these are the looks of a seal: 0 for what is none, up to 1. */
double seal_judge(const SealLooks *looks);

#endif
