#include <math.h>
#include <string.h>

#include "page/seal_parts.h"

#define ANGLES 180
#define STEP 0.025       /* between two circles, as a radius */
#define DARK 110         /* of 255: black ink, also where a seal lies over it */
#define HARMONICS 5      /* radius, shift in x and y, and the two of an ellipse */
#define BAND_FROM 0.45   /* where the characters stand */
#define BAND_TO 0.86
#define SECTORS 24

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
    int redness = seal_redness(red, green, blue);
    return redness < ring->ink && MAX(red, MAX(green, blue)) < DARK ? -2 : redness;
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

/* Solves the symmetric system by elimination; FALSE when it has no single answer. */
static gboolean solve(double a[HARMONICS][HARMONICS + 1])
{
    for (int k = 0; k < HARMONICS; k++) {
        if (fabs(a[k][k]) < 1e-6)
            return FALSE;
        for (int row = 0; row < HARMONICS; row++) {
            double times = row == k ? 0 : a[row][k] / a[k][k];
            for (int column = k; times != 0 && column <= HARMONICS; column++)
                a[row][column] -= times * a[k][column];
        }
    }
    for (int k = 0; k < HARMONICS; k++)
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

/* Fits an ellipse to the distances FAR (0: none seen), leaving out what lies WITHIN away from the last fit. */
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
    if (used < ANGLES / 3 || !solve(a))
        return FALSE;
    for (int i = 0; i < ANGLES; i++) {
        harmonics(ring, i, terms);
        fitted[i] = 0;
        for (int k = 0; k < HARMONICS; k++)
            fitted[i] += a[k][HARMONICS] * terms[k];
    }
    return TRUE;
}

/* Moves REACH to the outermost ink within WINDOW of it. */
static gboolean tighten(Ring *ring, double window)
{
    double far[ANGLES], fitted[ANGLES];
    for (int i = 0; i < ANGLES; i++) {
        far[i] = 0;
        fitted[i] = 1;
        for (double at = 1 + window; at >= 1 - window && far[i] <= 0; at -= STEP / 2)
            if (cell_at(ring, i, at) == CELL_INK)
                far[i] = at;
    }
    if (!fit(ring, far, window + STEP, fitted) || !fit(ring, far, window / 2, fitted))
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
    return *(const double *)a < *(const double *)b ? -1 : *(const double *)a > *(const double *)b;
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

static void measure_inside(const Ring *ring, SealLooks *looks)
{
    double area = 0, red = 0;
    gboolean sector[SECTORS] = {FALSE}, seen[SECTORS] = {FALSE};
    for (double far = STEP; far < BAND_TO; far += STEP) {
        Cell last = CELL_OUT;
        int strokes = 0;
        for (int i = 0; i < ANGLES; i++) {
            Cell cell = cell_at(ring, i, far);
            if (cell == CELL_OUT || cell == CELL_DARK)
                continue;
            area += far;
            red += cell == CELL_INK ? far : 0;
            strokes += last != CELL_OUT && last != cell;
            last = cell;
            if (far > BAND_FROM) {
                seen[i * SECTORS / ANGLES] = TRUE;
                sector[i * SECTORS / ANGLES] |= cell == CELL_INK;
            }
        }
        if (far > BAND_FROM)
            looks->strokes = MAX(looks->strokes, strokes);
    }
    int inked = 0, visible = 0;
    for (int i = 0; i < SECTORS; i++) {
        inked += sector[i];
        visible += seen[i];
    }
    looks->filled = area > 0 ? red / area : 1;
    looks->lettered = visible ? inked / (double)visible : 0;
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
    if (!tighten(&ring, 0.1) || !tighten(&ring, 0.06))
        return FALSE;
    measure_size(&ring, looks);
    measure_line(&ring, looks);
    measure_inside(&ring, looks);
    measure_around(&ring, looks);
    return TRUE;
}

double seal_judge(const SealLooks *looks)
{
    if (looks->visible < 0.55 || looks->hidden > 0.4 || looks->closed < 0.75 || looks->rough > 0.03 ||
        looks->thick > 0.2 || looks->filled < 0.05 || looks->filled > 0.6 || looks->lettered < 0.6 ||
        looks->strokes < 14 || looks->around > 0.35 || looks->longest > 1.9 * looks->shortest)
        return 0;
    return looks->closed * looks->visible;
}
