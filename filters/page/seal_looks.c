#include <math.h>
#include <string.h>

#include "page/seal_parts.h"

#define ANGLES 180
#define STEP 0.025       /* between two circles, as a radius */
#define DARK 110         /* of 255: black ink, also where a seal lies over it */
#define HARMONICS 5      /* radius, shift in x and y, and the two of an ellipse */
#define CIRCLES 34       /* inside of the line, STEP apart */
#define BAND_FROM 19     /* the first of them on which characters stand */
#define TALL 4           /* circles that a character touches at least */
#define REACH 3          /* cells that a stroke goes on to both sides when it is a spoke or an arc */
#define SECTORS 24
#define WHOLE 0.9        /* of the outline on the picture; a piece of less fits many ovals, and must be of a good circle */

/* A ring while it is fitted: REACH says how far the outline is in each direction, in parts of ABOUT's radius. */
typedef struct {
    const SealPicture *picture;
    SealWhite white;
    SealEllipse about;
    double reach[ANGLES], cosine[ANGLES], sine[ANGLES];
    int spread;          /* pixels between the four that make one sample */
    int ink;             /* redness that counts as ink here */
} Ring;

typedef enum { CELL_OUT, CELL_PAPER, CELL_DARK, CELL_INK } Cell;

/* Mean redness about one place; -1 outside of the picture, -2 for black. */
static int sample(const Ring *ring, double x, double y)
{
    const SealPicture *picture = ring->picture;
    int left = (int)floor(x) - ring->spread / 2, top = (int)floor(y) - ring->spread / 2;
    int right = left + ring->spread, bottom = top + ring->spread;
    if (left < 0 || top < 0 || right >= picture->width || bottom >= picture->height)
        return -1;
    const guint8 *rows = picture->pixels + (gsize)top * (gsize)picture->stride;
    const guint8 *below = rows + (gsize)ring->spread * (gsize)picture->stride;
    const guint8 *four[4] = {rows + left * 4, rows + right * 4, below + left * 4, below + right * 4};
    int red = 0, green = 0, blue = 0;
    for (int i = 0; i < 4; i++) {
        red += four[i][picture->red];
        green += four[i][picture->green];
        blue += four[i][picture->blue];
    }
    red = (red * ring->white.red) >> 10;
    green = (green * ring->white.green) >> 10;
    blue = (blue * ring->white.blue) >> 10;
    int redness = seal_redness(&ring->white, red, green, blue);
    return redness < ring->ink && !ring->white.gray && MAX(red, MAX(green, blue)) < DARK ? -2 : redness;
}

/* At FAR times the outline's distance in direction I. */
static int sample_at(const Ring *ring, int i, double far)
{
    const SealEllipse *about = &ring->about;
    double c = ring->cosine[i] * ring->reach[i] * far, s = ring->sine[i] * ring->reach[i] * far;
    return sample(ring, about->x + c * about->along_x + s * about->across_x,
                  about->y + c * about->along_y + s * about->across_y);
}

static Cell cell_at(const Ring *ring, int i, double far)
{
    int value = sample_at(ring, i, far);
    return value == -1 ? CELL_OUT : value == -2 ? CELL_DARK : value >= ring->ink ? CELL_INK : CELL_PAPER;
}

/* Solves the first COUNT equations of the symmetric system by elimination; FALSE when it has no single answer. */
static gboolean solve(double a[HARMONICS][HARMONICS + 1], int count)
{
    for (int k = 0; k < count; k++) {
        if (fabs(a[k][k]) < 1e-6)
            return FALSE;
        for (int row = 0; row < count; row++) {
            double times = row == k ? 0 : a[row][k] / a[k][k];
            for (int column = k; times != 0 && column <= HARMONICS; column++)
                a[row][column] -= times * a[k][column];
        }
    }
    for (int k = 0; k < count; k++)
        a[k][HARMONICS] /= a[k][k];
    return TRUE;
}

static void harmonics(const Ring *ring, int i, double terms[HARMONICS])
{
    double c = ring->cosine[i], s = ring->sine[i];
    terms[0] = 1;
    terms[1] = c;
    terms[2] = s;
    terms[3] = c * c - s * s;
    terms[4] = 2 * c * s;
}

/* Fits an ellipse to the distances FAR (0: none seen), leaving out what lies further than WITHIN from the last fit. A ring
 * that is seen in part only keeps its shape and is moved and sized: a piece of it would fit many ellipses. */
static gboolean fit(const Ring *ring, const double *far, double within, double *fitted)
{
    double a[HARMONICS][HARMONICS + 1] = {{0}}, terms[HARMONICS];
    int used = 0;
    for (int i = 0; i < ANGLES; i++) {
        if (far[i] <= 0 || fabs(far[i] - fitted[i]) > within)
            continue;
        harmonics(ring, i, terms);
        used++;
        for (int row = 0; row < HARMONICS; row++) {
            for (int column = 0; column < HARMONICS; column++)
                a[row][column] += terms[row] * terms[column];
            a[row][HARMONICS] += terms[row] * far[i];
        }
    }
    int count = used > ANGLES * 3 / 4 ? HARMONICS : 3;
    if (used < ANGLES * 2 / 5 || !solve(a, count))
        return FALSE;
    for (int i = 0; i < ANGLES; i++) {
        harmonics(ring, i, terms);
        fitted[i] = 0;
        for (int k = 0; k < count; k++)
            fitted[i] += a[k][HARMONICS] * terms[k];
    }
    return TRUE;
}

/* Moves REACH to the outermost ink within WINDOW of it. */
static gboolean tighten(Ring *ring, double window)
{
    double far[ANGLES], fitted[ANGLES];
    int out = 0, seen = 0;
    for (int i = 0; i < ANGLES; i++) {
        far[i] = 0;
        fitted[i] = 1;
        out += cell_at(ring, i, 1) == CELL_OUT;
        for (double at = 1 + window; at >= 1 - window && far[i] <= 0; at -= STEP / 2)
            if (cell_at(ring, i, at) == CELL_INK)
                far[i] = at;
        seen += far[i] > 0;
    }
    if (seen * 5 < (ANGLES - out) * 3 || !fit(ring, far, window + STEP, fitted) || !fit(ring, far, window / 2, fitted))
        return FALSE;
    for (int i = 0; i < ANGLES; i++) {
        if (fitted[i] < 0.5 || fitted[i] > 1.5)
            return FALSE;
        ring->reach[i] *= fitted[i];
    }
    return TRUE;
}

/* What counts as ink here: faint seals have faint rings. */
static void set_ink(Ring *ring)
{
    int values[ANGLES], seen = 0;
    for (int i = 0; i < ANGLES; i++) {
        int best = 0;
        for (double far = 0.94; far < 1.02; far += STEP)
            best = MAX(best, sample_at(ring, i, far));
        if (best > 0)
            values[seen++] = best;
    }
    int sum = 0;
    for (int i = 0; i < seen; i++)
        sum += values[i];
    ring->ink = seen ? CLAMP(sum / seen * 2 / 5, SEAL_INK * 3 / 4, 70) : SEAL_INK;
}

static void measure_size(const Ring *ring, SealLooks *looks)
{
    double x[ANGLES], y[ANGLES];
    looks->box[0] = looks->box[1] = looks->shortest = G_MAXDOUBLE;
    looks->box[2] = looks->box[3] = -G_MAXDOUBLE;
    for (int i = 0; i < ANGLES; i++) {
        double c = ring->cosine[i] * ring->reach[i], s = ring->sine[i] * ring->reach[i];
        x[i] = ring->about.x + c * ring->about.along_x + s * ring->about.across_x;
        y[i] = ring->about.y + c * ring->about.along_y + s * ring->about.across_y;
        looks->box[0] = MIN(looks->box[0], x[i]);
        looks->box[1] = MIN(looks->box[1], y[i]);
        looks->box[2] = MAX(looks->box[2], x[i]);
        looks->box[3] = MAX(looks->box[3], y[i]);
    }
    for (int i = 0; i < ANGLES / 2; i++) {
        double across = hypot(x[i] - x[i + ANGLES / 2], y[i] - y[i + ANGLES / 2]);
        looks->longest = MAX(looks->longest, across);
        looks->shortest = MIN(looks->shortest, across);
    }
}

/* How thick the line is in direction I, from its outer edge at FROM inwards. */
static double thickness(const Ring *ring, int i, double from)
{
    double at = from;
    while (at > 0.3 && cell_at(ring, i, at) == CELL_INK)
        at -= STEP / 2;
    return from - at;
}

static int compare_doubles(gconstpointer a, gconstpointer b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return one < other ? -1 : one > other;
}

static void measure_line(const Ring *ring, SealLooks *looks)
{
    int out = 0, hidden = 0, inked = 0;
    double rough = 0, thick[ANGLES];
    for (int i = 0; i < ANGLES; i++) {
        Cell best = CELL_OUT;
        double edge = 0;
        for (double far = 1.06; far > 0.9 && best != CELL_INK; far -= STEP / 2) {
            Cell cell = cell_at(ring, i, far);
            best = MAX(best, cell);
            edge = far;
        }
        out += best == CELL_OUT;
        hidden += best == CELL_DARK;
        if (best != CELL_INK)
            continue;
        rough += fabs(edge - 1);
        thick[inked++] = thickness(ring, i, edge);
    }
    int visible = ANGLES - out;
    looks->visible = visible / (double)ANGLES;
    looks->hidden = visible ? hidden / (double)visible : 0;
    looks->closed = visible > hidden ? inked / (double)(visible - hidden) : 0;
    looks->rough = inked ? rough / inked : 1;
    qsort(thick, (gsize)inked, sizeof thick[0], compare_doubles);
    looks->thick = inked ? thick[inked / 2] : 1;
}

/* What is seen along circles about the middle, from the innermost outwards. */
typedef struct {
    Cell cells[CIRCLES][ANGLES];
    double area, red;
    int strokes[CIRCLES];
} Inside;

static void look_inside(const Ring *ring, Inside *inside)
{
    for (int k = 0; k < CIRCLES; k++) {
        double far = (k + 1) * STEP;
        Cell last = CELL_OUT;
        for (int i = 0; i < ANGLES; i++) {
            Cell cell = inside->cells[k][i] = cell_at(ring, i, far);
            if (cell == CELL_OUT || cell == CELL_DARK)
                continue;
            inside->area += far;
            inside->red += cell == CELL_INK ? far : 0;
            inside->strokes[k] += last != CELL_OUT && last != cell;
            last = cell;
        }
    }
}

static gboolean is_ink(const Inside *inside, int circle, int angle)
{
    return inside->cells[circle][(angle + ANGLES) % ANGLES] == CELL_INK;
}

/* Characters have strokes in all directions; spokes and hands of clocks only point outwards, further rings and the ridges
 * of fingers only run around. */
static void measure_texture(const Inside *inside, SealLooks *looks)
{
    int ink = 0, outwards = 0, around = 0, inked = 0, visible = 0;
    for (int sector = 0; sector < SECTORS; sector++) {
        gboolean any = FALSE, seen = FALSE;
        for (int k = BAND_FROM; k < CIRCLES; k++)
            for (int i = sector * ANGLES / SECTORS; i < (sector + 1) * ANGLES / SECTORS; i++) {
                seen |= inside->cells[k][i] != CELL_OUT;
                if (!is_ink(inside, k, i))
                    continue;
                any = TRUE;
                ink++;
                outwards += is_ink(inside, k - REACH, i) && is_ink(inside, MIN(k + REACH, CIRCLES - 1), i);
                around += is_ink(inside, k, i - REACH) && is_ink(inside, k, i + REACH);
            }
        visible += seen;
        inked += any;
    }
    looks->lettered = visible ? inked / (double)visible : 0;
    looks->outwards = ink ? outwards / (double)ink : 1;
    looks->along = ink ? around / (double)ink : 1;
}

static int compare_counts(gconstpointer a, gconstpointer b)
{
    return *(const int *)b - *(const int *)a;
}

static void measure_inside(const Ring *ring, SealLooks *looks)
{
    Inside inside = {.area = 0};
    look_inside(ring, &inside);
    measure_texture(&inside, looks);
    looks->filled = inside.area > 0 ? inside.red / inside.area : 1;
    qsort(inside.strokes + BAND_FROM, CIRCLES - BAND_FROM, sizeof inside.strokes[0], compare_counts);
    looks->strokes = inside.strokes[BAND_FROM + TALL - 1];
}

static void measure_around(const Ring *ring, SealLooks *looks)
{
    int red = 0, seen = 0;
    for (double far = 1.12; far < 1.26; far += 2 * STEP)
        for (int i = 0; i < ANGLES; i++) {
            Cell cell = cell_at(ring, i, far);
            seen += cell != CELL_OUT;
            red += cell == CELL_INK;
        }
    looks->around = seen ? red / (double)seen : 0;
}

gboolean seal_measure(const SealPicture *picture, const SealWhite *white, const SealEllipse *about, SealLooks *looks)
{
    double radius = hypot(about->across_x, about->across_y);
    Ring ring = {.picture = picture, .white = *white, .about = *about, .ink = SEAL_INK,
                 .spread = (int)CLAMP(radius * STEP, 1, 8)};
    for (int i = 0; i < ANGLES; i++) {
        ring.reach[i] = 1;
        ring.cosine[i] = cos(i * 2 * G_PI / ANGLES);
        ring.sine[i] = sin(i * 2 * G_PI / ANGLES);
    }
    *looks = (SealLooks){.strokes = 0};
    if (!tighten(&ring, 0.16))
        return FALSE;
    set_ink(&ring);
    for (int i = 0; i < 4; i++)
        if (!tighten(&ring, i == 0 ? 0.1 : 0.06))
            return FALSE;
    measure_size(&ring, looks);
    measure_line(&ring, looks);
    measure_inside(&ring, looks);
    measure_around(&ring, looks);
    return TRUE;
}

/* A closed, even line of ink around the place, as round as it must be. */
static gboolean is_ring(const SealLooks *looks)
{
    gboolean whole = looks->visible >= WHOLE;
    double pixel = 2 / MAX(looks->shortest, 1), rough = whole ? 0.014 + 0.4 * pixel : 0.012, stretch = whole ? 1.9 : 1.12;
    return looks->visible >= 0.55 && looks->hidden <= 0.4 && looks->closed >= 0.75 && looks->rough <= rough &&
           looks->thick <= 0.2 && looks->around <= 0.35 && looks->longest <= stretch * looks->shortest;
}

/* Characters inside: neither a plain ring nor a disc; a company's name of four characters takes a third of the ring. */
static gboolean is_lettered(const SealLooks *looks)
{
    gboolean spokes = looks->outwards > 0.53 || (looks->outwards > 0.3 && looks->along < 0.02);
    return looks->filled >= 0.07 && looks->filled <= 0.55 && looks->lettered >= 0.27 && looks->strokes >= 14 &&
           !spokes && looks->along <= 0.53;
}

gboolean seal_may_be(const SealLooks *looks)
{
    return looks->visible >= 0.55 && looks->closed >= 0.85 && looks->rough <= 0.028 && looks->longest <= 1.3 * looks->shortest;
}

double seal_judge(const SealLooks *looks)
{
    return is_ring(looks) && is_lettered(looks) ? looks->closed * looks->visible * (1 - looks->rough * 10) : 0;
}
