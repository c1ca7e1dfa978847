/* scan_slant.c: a form photographed from the side whose sheet has no visible edges. The long rulings of its table run together
 * towards a point, the horizontal ones to one and the vertical ones to another: the slope of a line then grows evenly with
 * its place, and by how much is all that is needed to lay the page straight. */
#include <math.h>
#include <string.h>

#include "page/scan_paper.h"

#define WORK_SIDE 1200     /* pixels of the longer side: a ruling is one or two thick */
#define WORK_DPI 100.0
#define STEP 2             /* pixels from one look at a line to the next */
#define CONTRAST 28        /* a ruling is darker than what lies REACH pixels beside it */
#define REACH 4
#define NEAR 1.3           /* pixels between a line and where it goes on */
#define MISSES 6           /* looks in a row without it: print crosses, paper is dusty */
#define SURE_POINTS 12     /* before a line's own slope counts */
#define STEEPEST 0.27      /* 15 degrees */
#define LONG_SHARE 0.22    /* of the picture's side: shorter rulings say too little */
#define STRAIGHT 0.9       /* pixels of mean distance; bent paper is left to the strips */
#define FULL_SHARE 0.75    /* of a line's looks that found it */
#define FEWEST 3           /* lines in either direction */
#define SPREAD 0.3         /* of the picture's side between the outermost of them */
#define OUTLIER 0.012      /* of a slope: other lines than the table's */
#define CONVERGES 0.014    /* between the slopes at both edges: less is as good as straight, and not worth the pixels */
#define TOO_FAR 0.35       /* more is nothing a person would send */
#define MOST_TRACKS 400
#define INSET 0.1          /* where the four lines are taken that become the rectangle */
#define MARGIN 0.03

/* A line while it is followed. X runs along it. */
typedef struct {
    double n, sx, sy, sxx, sxy, syy;
    double x, y; /* its latest point */
    guint looks, missed;
    double first;
} Track;

static double slope_of(const Track *track)
{
    double across = track->n * track->sxx - track->sx * track->sx;
    return track->n < SURE_POINTS || across <= 0 ? 0 : (track->n * track->sxy - track->sx * track->sy) / across;
}

static double height_at(const Track *track, double x)
{
    return track->sy / track->n + slope_of(track) * (x - track->sx / track->n);
}

static void add_point(Track *track, double x, double y)
{
    track->n++;
    track->sx += x, track->sy += y, track->sxx += x * x, track->sxy += x * y, track->syy += y * y;
    track->x = x, track->y = y;
    track->missed = 0;
}

/* The thin dark places of column X, as heights. */
static guint peaks_of(const GrayPicture *gray, int x, double *peaks, guint most)
{
    guint count = 0;
    gsize width = (gsize)gray->width;
    const guint8 *column = gray->gray + x;
    for (int y = REACH; y < gray->height - REACH && count < most; y++) {
        int here = column[(gsize)y * width], above = column[(gsize)(y - 1) * width], below = column[(gsize)(y + 1) * width];
        if (here > above || here >= below || column[(gsize)(y - REACH) * width] < here + CONTRAST ||
            column[(gsize)(y + REACH) * width] < here + CONTRAST)
            continue;
        double bend = above + below - 2.0 * here; /* the parabola's lowest point */
        peaks[count++] = y + (bend > 0 ? (above - below) / (2 * bend) : 0);
    }
    return count;
}

/* The places at X go on with the lines that lead there; the others begin some. */
static void follow(GArray *open, GArray *closed, const double *peaks, guint count, double x)
{
    g_autofree gboolean *taken = g_new0(gboolean, count + 1);
    for (guint i = open->len; i-- > 0;) {
        Track *track = &g_array_index(open, Track, i);
        double wanted = track->n < SURE_POINTS ? track->y : height_at(track, x), best = NEAR;
        int found = -1;
        for (guint k = 0; k < count; k++)
            if (fabs(peaks[k] - wanted) < best && !taken[k]) {
                best = fabs(peaks[k] - wanted);
                found = (int)k;
            }
        track->looks++;
        if (found >= 0) {
            taken[found] = TRUE;
            add_point(track, x, peaks[found]);
        } else if (++track->missed > MISSES) {
            g_array_append_val(closed, *track);
            g_array_remove_index_fast(open, i);
        }
    }
    for (guint k = 0; k < count && open->len < MOST_TRACKS; k++) {
        Track fresh = {.first = x};
        if (taken[k])
            continue;
        add_point(&fresh, x, peaks[k]);
        g_array_append_val(open, fresh);
    }
}

static gboolean is_ruling(const Track *track, double length)
{
    double slope = slope_of(track), n = track->n, mx = track->sx / n, my = track->sy / n;
    double spread = track->syy / n - my * my - slope * (track->sxy / n - mx * my);
    return track->x - track->first >= length && fabs(slope) < STEEPEST && sqrt(MAX(spread, 0)) < STRAIGHT &&
           n >= FULL_SHARE * (track->looks - track->missed);
}

/* The long straight dark lines across GRAY, left to right. GArray of Track. */
static GArray *find_rulings(const GrayPicture *gray)
{
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(Track));
    GArray *closed = g_array_new(FALSE, FALSE, sizeof(Track));
    g_autofree double *peaks = g_new(double, (gsize)gray->height);
    guint kept = 0;
    for (int x = 0; x < gray->width; x += STEP) {
        guint count = peaks_of(gray, x, peaks, (guint)gray->height);
        follow(open, closed, peaks, count, x);
    }
    g_array_append_vals(closed, open->data, open->len);
    for (guint i = 0; i < closed->len; i++)
        if (is_ruling(&g_array_index(closed, Track, i), LONG_SHARE * gray->width))
            g_array_index(closed, Track, kept++) = g_array_index(closed, Track, i);
    g_array_set_size(closed, kept);
    return closed;
}

/* Lines that run to one point: the slope of the one at height Y in the picture's middle is LEVEL + GROWTH * Y. */
typedef struct {
    double level, growth;
} Pencil;

/* FALSE when the lines are too few, too near one another, or lead to no common point. */
static gboolean fit_pencil(const GrayPicture *gray, Pencil *pencil)
{
    g_autoptr(GArray) rulings = find_rulings(gray);
    guint used = 0;
    for (int round = 0; round < 3; round++) {
        double n = 0, sy = 0, sm = 0, syy = 0, sym = 0, low = G_MAXDOUBLE, high = -G_MAXDOUBLE;
        used = 0;
        for (guint i = 0; i < rulings->len; i++) {
            const Track *track = &g_array_index(rulings, Track, i);
            double y = height_at(track, gray->width / 2.0), slope = slope_of(track), weight = track->x - track->first;
            if (round && fabs(slope - pencil->level - pencil->growth * y) > (round == 1 ? 3 : 1) * OUTLIER)
                continue;
            n += weight, sy += weight * y, sm += weight * slope, syy += weight * y * y, sym += weight * y * slope;
            low = MIN(low, y), high = MAX(high, y);
            used++;
        }
        double across = n * syy - sy * sy;
        if (used < FEWEST || high - low < SPREAD * gray->height || across <= 0)
            return FALSE;
        pencil->growth = (n * sym - sy * sm) / across;
        pencil->level = (sm - pencil->growth * sy) / n;
    }
    return used * 4 >= rulings->len * 3; /* else they are no table's */
}

static GrayPicture *mirrored(const GrayPicture *gray)
{
    GrayPicture *to = gray_new(gray->height, gray->width);
    for (int y = 0; y < gray->height; y++)
        for (int x = 0; x < gray->width; x++)
            to->gray[(gsize)x * (gsize)to->width + (gsize)y] = gray->gray[(gsize)y * (gsize)gray->width + (gsize)x];
    return to;
}

/* Where the line at height Y of ACROSS meets the one at X of DOWN. */
static PlanePoint meeting(const Pencil *across, const Pencil *down, double x, double y, double width, double height)
{
    double slope = across->level + across->growth * y, lean = down->level + down->growth * x;
    /* px = x + lean (py - height / 2), py = y + slope (px - width / 2) */
    double px = (x + lean * (y - slope * width / 2 - height / 2)) / (1 - lean * slope);
    return (PlanePoint){px, y + slope * (px - width / 2)};
}

gboolean scan_paper_slant(const GrayPicture *gray, double *width, double *height, PlaneMap *map)
{
    int factor = MAX(MAX(gray->width, gray->height) / WORK_SIDE, 1);
    g_autoptr(GrayPicture) small = gray_reduce(gray, factor);
    if (small->width < WORK_SIDE / 4 || small->height < WORK_SIDE / 4)
        return FALSE;
    scan_paper_level(small, WORK_DPI);
    g_autoptr(GrayPicture) other = mirrored(small);
    Pencil across, down;
    if (!fit_pencil(small, &across) || !fit_pencil(other, &down))
        return FALSE;
    double w = small->width, h = small->height, most = MAX(fabs(across.growth) * h, fabs(down.growth) * w);
    if (most < CONVERGES || most > TOO_FAR)
        return FALSE;
    PlanePoint corners[4];
    for (int i = 0; i < 4; i++) {
        double x = i == 0 || i == 3 ? INSET : 1 - INSET, y = i < 2 ? INSET : 1 - INSET;
        corners[i] = meeting(&across, &down, x * w, y * h, w, h);
        corners[i].x *= factor, corners[i].y *= factor;
    }
    double top = hypot(corners[1].x - corners[0].x, corners[1].y - corners[0].y);
    double bottom = hypot(corners[2].x - corners[3].x, corners[2].y - corners[3].y);
    double left = hypot(corners[3].x - corners[0].x, corners[3].y - corners[0].y);
    double right = hypot(corners[2].x - corners[1].x, corners[2].y - corners[1].y);
    double wide = (top + bottom) / 2, high = (left + right) / 2, edge = (INSET + MARGIN) / (1 - 2 * INSET);
    PlaneMap quad, shift = plane_shift(-edge * wide, -edge * high);
    if (!plane_quad(corners, wide, high, &quad))
        return FALSE;
    *map = plane_join(&quad, &shift);
    *width = wide * (1 + 2 * edge);
    *height = high * (1 + 2 * edge);
    return TRUE;
}
