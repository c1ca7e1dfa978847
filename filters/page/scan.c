#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "page/ocr.h"
#include "page/pen.h"
#include "page/scan.h"
#include "page/scan_paper.h"
#include "page/scan_part.h"

#define SOURCE_SIDE 4200   /* pixels of the longer side that are kept: A4 at 350 dpi */
#define COLOURED 24        /* more red than that is ink; yellowish paper and wood have less */
#define READ_DPI 225.0     /* at which Tesseract reads usual print best (measured: 200–240) */
#define ROUGH_DPI 100.0    /* at which the skew is measured */
#define PAPER_INCH 11.69   /* longer side of A4 */
#define A4_RATIO 1.4142
#define DOUBTFUL 0.10  /* mean doubt of a page that may stand on its head: upright ones have 0.01 to 0.06 */
#define UPRIGHT 0.05   /* of its longest lines, when they are: on their heads or sides they have 0.09 and more */
#define CLEARLY 0.03
#define SAMPLES 4      /* lines that are read to find out */

/* A page while it is read. Straight pixels lead back to the source's by MAP. */
typedef struct {
    GrayPicture *source;
    double dpi;           /* of the page laid straight, before the last scale */
    double width, height; /* likewise, pixels */
    PlaneMap map;

    GrayPicture *straight; /* at READ_DPI; lines and ticks are taken out of it */
    PlaneMap straight_map;
    GArray *lines, *ticks;
    GPtrArray *strips, *read; /* ScanStrip; GArray of OcrSymbol for each */
} Work;

/* Red ink has nearly as much red as paper: in this channel seals vanish and what stands under them can be read. What is
 * left of them, coloured by a scanner or JPEG, is lightened by as much as it is red and bright; black ink is neither. */
static GrayPicture *without_red(const ScanPicture *picture)
{
    g_autoptr(GrayPicture) whole = gray_new(picture->width, picture->height);
    for (int y = 0; y < picture->height; y++) {
        const guint8 *from = picture->pixels + (gsize)y * (gsize)picture->stride;
        guint8 *to = whole->gray + (gsize)y * (gsize)whole->width;
        for (int x = 0; x < picture->width; x++) {
            int red = from[4 * x + picture->red], most = MAX(from[4 * x + picture->green], from[4 * x + picture->blue]);
            to[x] = (guint8)MIN(red + MAX(red - most - COLOURED, 0) * red / 160, 255);
        }
    }
    int factor = (MAX(whole->width, whole->height) + SOURCE_SIDE - 1) / SOURCE_SIDE;
    return factor > 1 ? gray_reduce(whole, factor) : g_steal_pointer(&whole);
}

static double apart(PlanePoint a, PlanePoint b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

/* The sheet on the source, by its corners; without visible edges the whole picture is the sheet, laid straight by
 * its table when it has one. */
static void find_sheet(Work *work, double dpi)
{
    PlanePoint corners[4];
    work->width = work->source->width;
    work->height = work->source->height;
    work->map = plane_scale(1, 1);
    if (scan_paper_find(work->source, corners)) {
        double width = (apart(corners[0], corners[1]) + apart(corners[3], corners[2])) / 2;
        double height = (apart(corners[0], corners[3]) + apart(corners[1], corners[2])) / 2;
        double ratio = MAX(width, height) / MIN(width, height);
        /* A sheet seen from the side is foreshortened: nearly A4 is A4. */
        if (fabs(ratio / A4_RATIO - 1) < 0.15)
            *(width < height ? &height : &width) = MIN(width, height) * A4_RATIO;
        if (plane_quad(corners, width, height, &work->map)) {
            work->width = width;
            work->height = height;
            dpi = 0;
        }
    } else {
        scan_paper_slant(work->source, &work->width, &work->height, &work->map);
    }
    double side = MAX(work->width, work->height);
    gboolean plausible = dpi > 0 && side / dpi > 4 && side / dpi < 1.5 * PAPER_INCH;
    work->dpi = plausible ? dpi : side / PAPER_INCH;
}

static GrayPicture *warp_to(const Work *work, double dpi, PlaneMap *map)
{
    double factor = work->dpi / dpi;
    PlaneMap scale = plane_scale(factor, factor);
    *map = plane_join(&work->map, &scale);
    int width = (int)(work->width / factor), height = (int)(work->height / factor);
    if (factor < 2)
        return gray_warp(work->source, map, width, height);
    /* Far smaller than the source: pixels in between must count too. */
    g_autoptr(GrayPicture) reduced = gray_reduce(work->source, (int)factor);
    PlaneMap shrink = plane_scale(1.0 / (int)factor, 1.0 / (int)factor), down = plane_join(&shrink, map);
    return gray_warp(reduced, &down, width, height);
}

/* Turns the page against its skew; it grows so that no corner is lost. */
static void straighten(Work *work)
{
    PlaneMap map;
    g_autoptr(GrayPicture) rough = warp_to(work, ROUGH_DPI, &map);
    scan_paper_level(rough, ROUGH_DPI);
    double skew = scan_paper_skew(rough);
    if (fabs(skew) < 0.03)
        return;
    double c = cos(skew * G_PI / 180), s = fabs(sin(skew * G_PI / 180));
    double width = work->width * c + work->height * s, height = work->height * c + work->width * s;
    PlaneMap turn = plane_turn(skew, width, height);
    PlaneMap shift = plane_shift((work->width - width) / 2, (work->height - height) / 2);
    PlaneMap moved = plane_join(&shift, &turn);
    work->map = plane_join(&work->map, &moved);
    work->width = width;
    work->height = height;
}

static double mean_doubt(const GArray *symbols)
{
    double sum = 0;
    for (guint i = 0; i < symbols->len; i++)
        sum += (double)g_array_index(symbols, OcrSymbol, i).doubt;
    return symbols->len ? sum / symbols->len : 1;
}

/* Whether there is hardly anything but Latin letters and digits. */
static gboolean looks_latin(const GArray *symbols)
{
    guint letters = 0, han = 0;
    for (guint i = 0; i < symbols->len; i++) {
        gunichar c = g_array_index(symbols, OcrSymbol, i).c;
        han += text_is_han(c) && c != 0x4e00;
        letters += g_unichar_isalpha(c) && c < 0x250;
    }
    return letters >= 3 && han * 8 <= letters;
}

/* The Chinese model is poor at Latin words, the English one knows nothing else. */
GArray *scan_read_strip(const GrayPicture *picture)
{
    g_autoptr(GArray) symbols = ocr_read(picture, READ_DPI, OCR_LINE);
    /* Tesseract takes short lines for dust now and then. */
    if (symbols->len == 0 && picture->width > picture->height) {
        g_array_unref(symbols);
        symbols = ocr_read(picture, READ_DPI, OCR_RAW);
    }
    if (looks_latin(symbols)) {
        g_autoptr(GArray) latin = ocr_read(picture, READ_DPI, OCR_LATIN);
        if (mean_doubt(latin) < mean_doubt(symbols)) {
            g_array_unref(symbols);
            symbols = g_steal_pointer(&latin);
            scan_mend_latin(symbols);
        }
    }
    scan_mend(symbols);
    return g_steal_pointer(&symbols);
}

static void clear(Work *work)
{
    g_clear_pointer(&work->straight, gray_free);
    g_clear_pointer(&work->lines, g_array_unref);
    g_clear_pointer(&work->ticks, g_array_unref);
    g_clear_pointer(&work->strips, g_ptr_array_unref);
    g_clear_pointer(&work->read, g_ptr_array_unref);
}

/* Lays the page straight, turned by QUARTERS besides, and takes it apart. */
static void take_apart(Work *work, int quarters)
{
    PlaneMap quarter = plane_quarter(quarters, work->width, work->height);
    clear(work);
    work->map = plane_join(&work->map, &quarter);
    if (quarters & 1) {
        double width = work->width;
        work->width = work->height;
        work->height = width;
    }
    work->straight = warp_to(work, READ_DPI, &work->straight_map);
    scan_paper_level(work->straight, READ_DPI);
    work->lines = scan_take_lines(work->straight, READ_DPI);
    work->ticks = scan_take_ticks(work->straight, READ_DPI);
    g_autoptr(GPtrArray) grids = grid_find(work->lines);
    work->strips = scan_cut_lines(work->straight, grids, READ_DPI);
}

/* Reads every strip. FALSE when there was no time for all. */
static gboolean read_strips(Work *work, gint64 until)
{
    g_clear_pointer(&work->read, g_ptr_array_unref);
    work->read = scan_read_strips(work->strips, until);
    return work->read != NULL;
}

static double page_doubt(const Work *work)
{
    double sum = 0;
    guint count = 0;
    for (guint i = 0; i < work->read->len; i++) {
        const GArray *symbols = work->read->pdata[i];
        sum += mean_doubt(symbols) * symbols->len;
        count += symbols->len;
    }
    return count ? sum / count : 1;
}

static int compare_width(gconstpointer a, gconstpointer b)
{
    const ScanStrip *one = *(const ScanStrip *const *)a, *other = *(const ScanStrip *const *)b;
    float first = (float)one->picture->width / one->em, second = (float)other->picture->width / other->em;
    return (first < second) - (first > second);
}

/* What the longest lines look like to the model, as they are or UPSIDE_DOWN. */
static double sample_doubt(const Work *work, gboolean upside_down)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_ptr_array_extend(sorted, work->strips, NULL, NULL);
    g_ptr_array_sort(sorted, compare_width);
    double sum = 0;
    guint count = MIN(sorted->len, SAMPLES);
    for (guint i = 0; i < count; i++) {
        const ScanStrip *strip = sorted->pdata[i];
        const GrayPicture *picture = strip->picture;
        g_autoptr(GrayPicture) turned = gray_new(picture->width, picture->height);
        gsize size = (gsize)picture->width * (gsize)picture->height;
        for (gsize k = 0; k < size; k++)
            turned->gray[k] = picture->gray[upside_down ? size - 1 - k : k];
        g_autoptr(GArray) symbols = ocr_read(turned, READ_DPI, OCR_LINE);
        sum += mean_doubt(symbols);
    }
    return count ? sum / count : 1;
}

/* The quarters of a turn that make the page, taken apart as it is, upright. It is left taken apart in some way. */
static int find_upright(Work *work)
{
    double best = sample_doubt(work, FALSE), other = sample_doubt(work, TRUE);
    int quarters = other < best - CLEARLY ? 2 : 0;
    best = MIN(best, other);
    if (best < UPRIGHT)
        return quarters;
    take_apart(work, 1);
    other = sample_doubt(work, FALSE);
    if (other < best - CLEARLY) {
        best = other;
        quarters = 1;
    }
    other = sample_doubt(work, TRUE);
    quarters = other < best - CLEARLY ? 3 : quarters;
    take_apart(work, 3);
    return quarters;
}

/* From points on the page laid straight to shares of the picture. */
static PlaneMap lead_back(const Work *work)
{
    PlaneMap pixels = plane_scale(READ_DPI / 72, READ_DPI / 72);
    PlaneMap shares = plane_scale(1.0 / work->source->width, 1.0 / work->source->height);
    PlaneMap whole = plane_join(&work->straight_map, &pixels);
    return plane_join(&shares, &whole);
}

/* What is red on PICTURE, laid straight with PAGE, a pixel a point. */
static GrayPicture *red_of(const Page *page, const ScanPicture *picture)
{
    GrayPicture *red = gray_new((int)page->width, (int)page->height);
    for (int y = 0; y < red->height; y++)
        for (int x = 0; x < red->width; x++) {
            PlanePoint share = plane_point(&page->back, x + 0.5, y + 0.5);
            double across = share.x * picture->width, down = share.y * picture->height;
            if (!(across >= 0 && down >= 0 && across < picture->width && down < picture->height))
                continue;
            const guint8 *at = picture->pixels + (gsize)down * (gsize)picture->stride + 4 * (gsize)across;
            int more = at[picture->red] - MAX(at[picture->green], at[picture->blue]);
            red->gray[(gsize)y * (gsize)red->width + (gsize)x] = (guint8)(255 - MAX(more, 0));
        }
    return red;
}

static Page *make_page(Work *work, const ScanPicture *picture, int number)
{
    Page *page = page_new(number, (float)(work->straight->width * 72 / READ_DPI),
                          (float)(work->straight->height * 72 / READ_DPI));
    g_array_append_vals(page->lines, work->lines->data, work->lines->len);
    for (guint i = 0; i < work->read->len; i++)
        scan_place(page, work->strips->pdata[i], work->read->pdata[i], READ_DPI);
    for (guint i = 0; i < work->ticks->len; i++)
        scan_place_tick(page, &g_array_index(work->ticks, ScanTick, i), READ_DPI);
    page->mapped = TRUE;
    page->back = lead_back(work);
    page->scanned = TRUE;
    if (pen_possible(page)) {
        page->ink = g_steal_pointer(&work->straight);
        page->ink_scale = READ_DPI / 72;
        page->red = red_of(page, picture);
    }
    return page;
}

Page *scan_read(const ScanPicture *picture, int number, gint64 until, double *ret_dpi)
{
    Work work = {.source = without_red(picture)};
    find_sheet(&work, picture->dpi * work.source->width / MAX(picture->width, 1));
    straighten(&work);
    take_apart(&work, 0);
    gboolean done = read_strips(&work, until);
    if (done && work.strips->len > 0 && page_doubt(&work) > DOUBTFUL) {
        int quarters = find_upright(&work);
        if (quarters) {
            take_apart(&work, quarters);
            done = read_strips(&work, until);
        } else if (work.read == NULL) {
            done = read_strips(&work, until);
        }
    }
    if (done)
        scan_read_again(work.strips, work.read, until);
    Page *page = done ? make_page(&work, picture, number) : NULL;
    if (ret_dpi)
        *ret_dpi = work.dpi * picture->width / work.source->width;
    clear(&work);
    gray_free(work.source);
    return page;
}
