#include <math.h>
#include <string.h>

#include "base/text.h"
#include "page/scan_part.h"

#define JOIN_EM 0.45   /* of a gap between words, beside a Chinese character: it is the character's own margin */

/* A line of Tesseract's while it is placed. */
typedef struct {
    const OcrSymbol *symbols;
    guint count;
    double em; /* pixels */
} Line;

static int compare_double(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

/* Tesseract's order of characters is right where its boxes are not: the places are handed out from left to right. */
static void spread(const Line *line, double *from, double *to)
{
    g_autofree double *middles = g_new(double, line->count);
    for (guint i = 0; i < line->count; i++)
        middles[i] = (line->symbols[i].x0 + line->symbols[i].x1) / 2.0;
    qsort(middles, line->count, sizeof(double), compare_double);
    for (guint i = 0; i < line->count; i++) {
        double half = MIN((line->symbols[i].x1 - line->symbols[i].x0) / 2.0, 0.6 * line->em);
        from[i] = middles[i] - half;
        to[i] = middles[i] + half;
    }
    for (guint i = 0; i + 1 < line->count; i++) {
        const OcrSymbol *one = &line->symbols[i], *next = &line->symbols[i + 1];
        gboolean chinese = !g_unichar_isalnum(one->c) || !g_unichar_isalnum(next->c) || text_is_han(one->c) || text_is_han(next->c);
        double gap = from[i + 1] - to[i];
        if (gap < 0 || (one->word == next->word && gap < 2 * line->em) || (chinese && gap < JOIN_EM * line->em))
            from[i + 1] = to[i] = (from[i + 1] + to[i]) / 2;
    }
}

void scan_place(Page *page, const ScanStrip *strip, const GArray *symbols, double dpi)
{
    Line line = {(const OcrSymbol *)(gpointer)symbols->data, symbols->len, (double)strip->em};
    g_autofree double *from = g_new(double, line.count + 1), *to = g_new(double, line.count + 1);
    spread(&line, from, to);
    double scale = 72 / dpi;
    for (guint i = 0; i < line.count; i++) {
        double x = (from[i] + to[i]) / 2 + strip->x, middle = strip->bend[0] + strip->bend[1] * x + strip->bend[2] * x * x;
        PageGlyph glyph = {line.symbols[i].c, -1,
                           {(float)((from[i] + strip->x) * scale), (float)((middle - line.em / 2) * scale),
                            (float)((to[i] + strip->x) * scale), (float)((middle + line.em / 2) * scale)},
                           line.symbols[i].doubt, FALSE, 0};
        g_array_append_val(page->glyphs, glyph);
    }
}

void scan_place_tick(Page *page, const ScanTick *tick, double dpi)
{
    float scale = (float)(72 / dpi);
    PageControl *control = g_new0(PageControl, 1);
    PageGlyph glyph = {PAGE_TICK, (int)page->controls->len, {(float)tick->x0 * scale, (float)tick->y0 * scale,
                                                             (float)tick->x1 * scale, (float)tick->y1 * scale}, 0, FALSE, 0};
    control->checked = tick->checked;
    g_ptr_array_add(page->controls, control);
    g_array_append_val(page->glyphs, glyph);
}

