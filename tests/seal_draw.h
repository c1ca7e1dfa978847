/* seal_draw.h: draws sheets of paper with seals and with red things that are none, for the tests of the seal detector.
 * Lengths are millimetres. Characters are strokes made up on the spot, so that no font is needed. */
#ifndef SHOUWEN_TESTS_SEAL_DRAW_H
#define SHOUWEN_TESTS_SEAL_DRAW_H

#include <cairo.h>
#include <glib.h>
#include <leptonica/allheaders.h>
#include <math.h>
#include <string.h>

#define DRAW_RED 0xd2182aU

typedef struct {
    cairo_surface_t *surface;
    cairo_t *cairo; /* in millimetres */
    double width, height, dpi;
    GRand *chance;
} Sheet;

static inline Sheet sheet_new(double width, double height, double dpi, guint32 seed)
{
    Sheet sheet = {.width = width, .height = height, .dpi = dpi, .chance = g_rand_new_with_seed(seed)};
    sheet.surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(width / 25.4 * dpi), (int)(height / 25.4 * dpi));
    sheet.cairo = cairo_create(sheet.surface);
    cairo_set_source_rgb(sheet.cairo, 1, 1, 1);
    cairo_paint(sheet.cairo);
    cairo_scale(sheet.cairo, dpi / 25.4, dpi / 25.4);
    return sheet;
}

static inline void sheet_free(Sheet *sheet)
{
    cairo_destroy(sheet->cairo);
    cairo_surface_destroy(sheet->surface);
    g_rand_free(sheet->chance);
}

static inline double draw_chance(Sheet *sheet, double low, double high)
{
    return g_rand_double_range(sheet->chance, low, high);
}

static inline void draw_colour(cairo_t *cairo, guint32 rgb)
{
    cairo_set_source_rgb(cairo, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
}

/* Something like a Chinese character of SIZE about the origin. */
static inline void draw_glyph(Sheet *sheet, cairo_t *cairo, double size)
{
    double half = size / 2 * 0.9;
    cairo_set_line_width(cairo, size * 0.1);
    for (int i = 0; i < 4; i++) {
        double y = -half + (i + draw_chance(sheet, 0.2, 0.8)) * half / 2;
        cairo_move_to(cairo, -half * draw_chance(sheet, 0.5, 1), y);
        cairo_line_to(cairo, half * draw_chance(sheet, 0.5, 1), y);
    }
    for (int i = 0; i < 3; i++) {
        double x = -half + (i + draw_chance(sheet, 0.2, 0.8)) * half * 2 / 3;
        cairo_move_to(cairo, x, -half * draw_chance(sheet, 0.4, 1));
        cairo_line_to(cairo, x + half * draw_chance(sheet, -0.2, 0.2), half * draw_chance(sheet, 0.4, 1));
    }
    cairo_stroke(cairo);
}

/* A line of COUNT characters whose first stands at X, Y. */
static inline void draw_line(Sheet *sheet, double x, double y, int count, double size)
{
    for (int i = 0; i < count; i++) {
        cairo_save(sheet->cairo);
        cairo_translate(sheet->cairo, x + i * size * 1.05, y);
        draw_glyph(sheet, sheet->cairo, size);
        cairo_restore(sheet->cairo);
    }
}

/* Black text over the whole sheet, as a letter or form has. */
static inline void draw_text(Sheet *sheet, double from, double to)
{
    draw_colour(sheet->cairo, 0x202020);
    for (double y = from; y < to; y += 7)
        draw_line(sheet, 25, y, (int)((sheet->width - 50) / 4.2 * draw_chance(sheet, 0.5, 1)), 4);
}

static inline void draw_table(Sheet *sheet, double top, double row, int rows, guint32 colour)
{
    draw_colour(sheet->cairo, colour);
    cairo_set_line_width(sheet->cairo, 0.4);
    for (int i = 0; i <= rows; i++) {
        cairo_move_to(sheet->cairo, 20, top + i * row);
        cairo_line_to(sheet->cairo, sheet->width - 20, top + i * row);
    }
    for (double x = 20; x <= sheet->width - 20 + 0.1; x += (sheet->width - 40) / 4) {
        cairo_move_to(sheet->cairo, x, top);
        cairo_line_to(sheet->cairo, x, top + rows * row);
    }
    cairo_stroke(sheet->cairo);
}

static inline void draw_star(cairo_t *cairo, int points, double far, double near)
{
    for (int i = 0; i < 2 * points; i++) {
        double angle = -G_PI / 2 + i * G_PI / points, r = i % 2 ? near : far;
        cairo_line_to(cairo, r * cos(angle), r * sin(angle));
    }
    cairo_close_path(cairo);
}

static inline void draw_ellipse(cairo_t *cairo, double half_width, double half_height)
{
    cairo_save(cairo);
    cairo_scale(cairo, half_width, half_height);
    cairo_arc(cairo, 0, 0, 1, 0, 2 * G_PI);
    cairo_restore(cairo);
    cairo_close_path(cairo);
}

/* Characters along the upper part of an ellipse, SPAN radians wide. */
static inline void draw_arc_text(Sheet *sheet, cairo_t *cairo, double half_width, double half_height, int count, double size,
                                 double span)
{
    for (int i = 0; i < count; i++) {
        double angle = -G_PI / 2 - span / 2 + span * (i + 0.5) / count;
        cairo_save(cairo);
        cairo_translate(cairo, half_width * cos(angle), half_height * sin(angle));
        cairo_rotate(cairo, atan2(half_width * sin(angle), half_height * cos(angle)) + G_PI / 2);
        draw_glyph(sheet, cairo, size);
        cairo_restore(cairo);
    }
}

typedef struct {
    double x, y, width, height; /* height 0: as wide */
    double turn;                /* degrees */
    int characters;             /* 0: twelve */
    gboolean no_star, rows, doubled; /* ROWS: lines of characters in the middle; DOUBLED: a second, thinner ring */
    double strength;            /* of the ink; 0: 0.9 */
    double patchy;              /* 0 to 1: how much ink is missing in places */
    guint32 colour;             /* 0: red */
} Stamp;

static inline void draw_stamp_shape(Sheet *sheet, cairo_t *cairo, const Stamp *stamp)
{
    double a = stamp->width / 2, b = (stamp->height > 0 ? stamp->height : stamp->width) / 2;
    double size = CLAMP(b * 0.3, 1.8, 7), line = CLAMP(b * 0.055, 0.5, 1.2);
    int count = stamp->characters ? stamp->characters : 12;
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_set_line_width(cairo, line);
    draw_ellipse(cairo, a - line / 2, b - line / 2);
    cairo_stroke(cairo);
    if (stamp->doubled) {
        cairo_set_line_width(cairo, line / 3);
        draw_ellipse(cairo, a - line * 2, b - line * 2);
        cairo_stroke(cairo);
    }
    double inset = line * (stamp->doubled ? 3 : 2) + size * 0.5;
    draw_arc_text(sheet, cairo, a - inset, b - inset, count, size, MIN(count * 24 + 20, 285) * G_PI / 180);
    if (!stamp->no_star && !stamp->rows) {
        draw_star(cairo, 5, b * 0.34, b * 0.13);
        cairo_fill(cairo);
    }
    for (int i = -1; stamp->rows && i <= 1; i++)
        for (int k = -2; k <= 2; k++) {
            cairo_save(cairo);
            cairo_translate(cairo, k * size * 0.8, i * size);
            draw_glyph(sheet, cairo, size * 0.7);
            cairo_restore(cairo);
        }
}

/* How much ink lies at X, Y: patches of a few millimetres. */
static inline double draw_ink(const double grid[16][16], double x, double y, double patchy)
{
    double gx = CLAMP(x, 0, 0.999) * 15, gy = CLAMP(y, 0, 0.999) * 15;
    int i = (int)gx, j = (int)gy;
    double fx = gx - i, fy = gy - j;
    double value = (grid[j][i] * (1 - fx) + grid[j][i + 1] * fx) * (1 - fy) + (grid[j + 1][i] * (1 - fx) + grid[j + 1][i + 1] * fx) * fy;
    return 1 - patchy * value;
}

/* Ink multiplies what lies below, so that black text stays black. */
static inline void draw_stamp(Sheet *sheet, const Stamp *stamp)
{
    int width = cairo_image_surface_get_width(sheet->surface), height = cairo_image_surface_get_height(sheet->surface);
    cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
    cairo_t *cairo = cairo_create(mask);
    double grid[16][16], b = stamp->height > 0 ? stamp->height : stamp->width, k = sheet->dpi / 25.4;
    for (int i = 0; i < 256; i++)
        grid[i / 16][i % 16] = draw_chance(sheet, 0, 1);
    cairo_scale(cairo, k, k);
    cairo_translate(cairo, stamp->x, stamp->y);
    cairo_rotate(cairo, stamp->turn * G_PI / 180);
    draw_stamp_shape(sheet, cairo, stamp);
    cairo_destroy(cairo);
    cairo_surface_flush(mask);
    cairo_surface_flush(sheet->surface);
    guint32 colour = stamp->colour ? stamp->colour : DRAW_RED;
    double reach = MAX(stamp->width, b) / 2 + 1;
    int left = CLAMP((int)((stamp->x - reach) * k), 0, width), right = CLAMP((int)((stamp->x + reach) * k), 0, width);
    int top = CLAMP((int)((stamp->y - reach) * k), 0, height), bottom = CLAMP((int)((stamp->y + reach) * k), 0, height);
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) {
            double ink = cairo_image_surface_get_data(mask)[y * cairo_image_surface_get_stride(mask) + x] / 255.0;
            if (ink <= 0)
                continue;
            ink *= (stamp->strength > 0 ? stamp->strength : 0.9) *
                   draw_ink(grid, (double)(x - left) / MAX(right - left, 1), (double)(y - top) / MAX(bottom - top, 1), stamp->patchy);
            guint8 *pixel = cairo_image_surface_get_data(sheet->surface) + y * cairo_image_surface_get_stride(sheet->surface) + 4 * x;
            for (int c = 0; c < 3; c++)
                pixel[c] = (guint8)(pixel[c] * (1 - ink * (1 - (colour >> (8 * c) & 255) / 255.0)));
        }
    cairo_surface_mark_dirty(sheet->surface);
    cairo_surface_destroy(mask);
}

typedef struct {
    double noise;              /* of the scanner, in levels */
    double red, green, blue;   /* colour of the paper; 0: white */
    double contrast;           /* 0: full; 0.8: ink is a fifth lighter */
    int quality;               /* of JPEG; 0: not compressed */
    gboolean gray;
} Scan;

static inline guint8 draw_level(double value)
{
    return (guint8)CLAMP(value, 0, 255);
}

/* SHEET as a scanner or camera gives it. Caller destroys. */
static inline PIX *sheet_scan(Sheet *sheet, const Scan *scan)
{
    int width = cairo_image_surface_get_width(sheet->surface), height = cairo_image_surface_get_height(sheet->surface);
    PIX *pix = pixCreate(width, height, 32);
    double tint[3] = {scan->red > 0 ? scan->red : 1, scan->green > 0 ? scan->green : 1, scan->blue > 0 ? scan->blue : 1};
    double contrast = scan->contrast > 0 ? scan->contrast : 1;
    cairo_surface_flush(sheet->surface);
    for (int y = 0; y < height; y++) {
        const guint8 *row = cairo_image_surface_get_data(sheet->surface) + y * cairo_image_surface_get_stride(sheet->surface);
        l_uint32 *line = pixGetData(pix) + (gsize)y * (gsize)pixGetWpl(pix);
        for (int x = 0; x < width; x++) {
            double noise = scan->noise > 0 ? (g_rand_double(sheet->chance) + g_rand_double(sheet->chance) - 1) * 2.4 * scan->noise : 0;
            double rgb[3] = {row[4 * x + 2], row[4 * x + 1], row[4 * x]};
            for (int c = 0; c < 3; c++)
                rgb[c] = (255 - (255 - rgb[c]) * contrast) * tint[c] + noise;
            if (scan->gray)
                rgb[0] = rgb[1] = rgb[2] = 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2];
            composeRGBPixel(draw_level(rgb[0]), draw_level(rgb[1]), draw_level(rgb[2]), &line[x]);
        }
    }
    if (!scan->quality)
        return pix;
    l_uint8 *bytes = NULL;
    size_t size = 0;
    g_assert_cmpint(pixWriteMemJpeg(&bytes, &size, pix, scan->quality, 0), ==, 0);
    pixDestroy(&pix);
    pix = pixReadMem(bytes, size);
    lept_free(bytes);
    return pix;
}

#endif
