/* scan_part.h: the steps between a page laid straight and its characters. Parts of scan.c, in pixels of that page. */
#ifndef SHOUWEN_FILTERS_PAGE_SCAN_PART_H
#define SHOUWEN_FILTERS_PAGE_SCAN_PART_H

#include "page/layout.h"
#include "page/ocr.h"

#define SCAN_INK 190 /* darker pixels of a levelled page are ink */

typedef struct {
    int x0, y0, x1, y1;
    gboolean checked;
} ScanTick;

/* A piece of one line, straight, white around. */
typedef struct {
    GrayPicture *picture;
    int x;          /* of its left edge on the page */
    double bend[3]; /* height of its middle at x on the page: bend[0] + bend[1] x + bend[2] x² */
    float em;       /* about the size of a Chinese character */
} ScanStrip;

/* PAGE's ink, darker than LEVEL, as a mask of one bit; the caller destroys it. */
struct Pix;
struct Pix *scan_ink(const GrayPicture *page, int level);

/* Finds the ruling lines of forms and underlines, dashed and broken ones too, and makes them white; what crosses them
 * stays. GArray of RuleLine, in points. DPI of PAGE. */
GArray *scan_take_lines(GrayPicture *page, double dpi);

/* Finds tick boxes (square outlines as large as a character, or squares filled with ink), makes them white, and tells
 * whether there is a mark inside. GArray of ScanTick. Lines must be erased already. */
GArray *scan_take_ticks(GrayPicture *page, double dpi);

/* The lines of print on PAGE, those in each cell of GRIDS (Grid, in points) apart. GPtrArray of ScanStrip, with free
 * function. Rulings and tick boxes must be erased already. */
GPtrArray *scan_cut_lines(const GrayPicture *page, const GPtrArray *grids, double dpi);

/* The symbols of one line (OcrSymbol, in pixels of PICTURE), by the model that suits it. */
GArray *scan_read_strip(const GrayPicture *picture);

/* The symbols of each of STRIPS (ScanStrip), side by side where this process has helpers: GPtrArray of GArray, with free
 * function. NULL when clock_mono() reached UNTIL before all were read. */
GPtrArray *scan_read_strips(const GPtrArray *strips, gint64 until);

/* Sets right what the model does to marks: width, dashes, dust taken for quotes. */
void scan_mend(GArray *symbols);
/* The same for what the English model read: a dash inside a word is a hyphen. */
void scan_mend_latin(GArray *symbols);

/* How many values of the text TEXT have the form they must have, *RET_WRONG: and how many have not: e-mail addresses, telephone
 * numbers, postcodes and dates. BEFORE is the text left of it, which may be its label; either may be "". */
guint scan_check(const char *text, const char *before, guint *ret_wrong);

/* Reads those of STRIPS again, otherwise, of which READ holds a value in a form that it cannot have, and keeps what is better.
 * Stops at UNTIL. */
void scan_read_again(const GPtrArray *strips, GPtrArray *read, gint64 until);

/* Puts the symbols of STRIP (OcrSymbol) onto PAGE as glyphs whose boxes are as wide as their places and as high as their
 * line: flow.c finds lines and blanks by those. */
void scan_place(Page *page, const ScanStrip *strip, const GArray *symbols, double dpi);
void scan_place_tick(Page *page, const ScanTick *tick, double dpi);

#endif
