/* scan.h: a picture of a page to the characters, tick boxes and ruling lines on it. The picture may be crooked, turned,
 * photographed from the side, shadowed, faint, of one bit; it is laid straight in a copy. Linked into the OCR server only:
 * elsewhere scan_read is NULL. */
#ifndef SHOUWEN_FILTERS_PAGE_SCAN_H
#define SHOUWEN_FILTERS_PAGE_SCAN_H

#include "page/layout.h"

typedef struct {
    const guint8 *pixels;      /* four bytes each */
    int width, height, stride; /* pixels, pixels, bytes a row */
    int red, green, blue;      /* which of a pixel's four bytes */
    double dpi;                /* pixels an inch, 0 when nobody knows */
} ScanPicture;

/* Reads PICTURE as page NUMBER. Its boxes lead back to shares of PICTURE. A page without text has no glyphs. NULL when
 * clock_mono() reached UNTIL before all was read. *RET_DPI, unless NULL: what the sheet's size tells. */
Page *scan_read(const ScanPicture *picture, int number, gint64 until, double *ret_dpi) __attribute__((weak));

#endif
