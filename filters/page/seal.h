/* seal.h: company seals (公章) on rendered and scanned pages, photographs and embedded pictures: a round or oval line of
 * red ink with characters inside it. Square seals are names of persons (法人章) and do not count: where the regulation
 * asks for a seal it asks for 单位公章, which is round or oval. A seal seen is "present", never "authentic". */
#ifndef SHOUWEN_FILTERS_PAGE_SEAL_H
#define SHOUWEN_FILTERS_PAGE_SEAL_H

#include <glib.h>

typedef enum {
    SEAL_ABSENT,
    SEAL_PRESENT,
    SEAL_UNKNOWN /* a black-and-white copy, a gray one with a ring on it, or too small or dark a picture to tell */
} SealAnswer;
const char *seal_name(SealAnswer answer); /* "absent", "present", "unknown": what meta "seal" says */

typedef struct {
    const guint8 *pixels;     /* four bytes each */
    int width, height, stride; /* pixels, pixels, bytes a row */
    int red, green, blue;     /* which of a pixel's four bytes; cairo has 2, 1, 0 on little-endian machines */
    double scale;             /* pixels a point (1/72 inch); 0: unknown, as on photographs and embedded pictures */
    gboolean copy;            /* a scan, photograph or copy, which may have lost its colours; FALSE: a digital page */
} SealPicture;

/* Looks for a seal of 15–65 mm, or, where the scale is unknown, of a twentieth of the picture up to all of it. BOX gets
 * the x0, y0, x1, y1 of one that is present, as shares of the picture. */
SealAnswer seal_look(const SealPicture *picture, double box[4]);

/* The same on a picture of Leptonica, of any depth. */
struct Pix;
SealAnswer seal_look_pix(struct Pix *pix, double scale, gboolean copy, double box[4]);

/* Whether a picture file (PNG, JPEG, GIF, BMP, TIFF) shows a seal. Only larger programs link it; in others it is NULL.
 * Callers use readers/pictures.h, which looks at the picture's size first. */
gboolean seal_in_picture(const guint8 *bytes, gsize length, double box[4]) __attribute__((weak));

#endif
