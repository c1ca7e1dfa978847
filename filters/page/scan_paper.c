#include <leptonica/allheaders.h>
#include <math.h>
#include <string.h>

#include "page/scan_paper.h"

#define WORK_SIDE 400      /* pixels of the longer side: edges are straight there, text has vanished */
#define MIN_SHARE 0.20     /* of the picture that the sheet covers at least */
#define MIN_STEP 22        /* the sheet is brighter than its ground by this */
#define HULL_POINTS 48     /* corners tried: their fourth power is looked at */
#define NEAR_EDGE 0.02     /* of the longer side: how far an edge's points lie from a first guess */

/* ---- the sheet ---- */

static int otsu(const GrayPicture *gray)
{
    guint counts[256] = {0};
    gsize total = (gsize)gray->width * (gsize)gray->height;
    double sum = 0, below = 0, weight = 0, best = -1;
    for (gsize i = 0; i < total; i++)
        counts[gray->gray[i]]++;
    for (int i = 0; i < 256; i++)
        sum += (double)i * counts[i];
    int level = 128;
    for (int i = 0; i < 255; i++) {
        weight += counts[i];
        below += (double)i * counts[i];
        double rest = (double)total - weight;
        if (weight < 1 || rest < 1)
            continue;
        double apart = below / weight - (sum - below) / rest, spread = weight * rest * apart * apart;
        if (spread > best) {
            best = spread;
            level = i;
        }
    }
    return level;
}

/* The largest bright part, its holes left as they are; NULL when it covers too little. */
static PIX *largest_bright(const GrayPicture *small, int level)
{
    PIX *mask = pixCreate(small->width, small->height, 1);
    for (int y = 0; y < small->height; y++)
        for (int x = 0; x < small->width; x++)
            if (small->gray[y * small->width + x] > level)
                pixSetPixel(mask, x, y, 1);
    PIX *closed = pixCloseSafeBrick(NULL, mask, 9, 9), *open = pixOpenBrick(NULL, closed, 7, 7);
    PIXA *parts = NULL;
    BOXA *boxes = pixConnComp(open, &parts, 4);
    PIX *found = NULL;
    l_int32 most = (l_int32)(MIN_SHARE * small->width * small->height);
    for (l_int32 i = 0; boxes && i < boxaGetCount(boxes); i++) {
        l_int32 x, y, count = 0;
        PIX *part = pixaGetPix(parts, i, L_CLONE);
        pixCountPixels(part, &count, NULL);
        if (count > most) {
            most = count;
            boxaGetBoxGeometry(boxes, i, &x, &y, NULL, NULL);
            pixDestroy(&found);
            found = pixCreate(small->width, small->height, 1);
            pixRasterop(found, x, y, pixGetWidth(part), pixGetHeight(part), PIX_SRC, part, 0, 0);
        }
        pixDestroy(&part);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&parts);
    pixDestroy(&mask);
    pixDestroy(&closed);
    pixDestroy(&open);
    return found;
}

/* The first and last set pixel of every row and column. GArray of PlanePoint. */
static GArray *outline(PIX *part)
{
    GArray *points = g_array_new(FALSE, FALSE, sizeof(PlanePoint));
    int width = pixGetWidth(part), height = pixGetHeight(part);
    for (int turned = 0; turned < 2; turned++)
        for (int i = 0; i < (turned ? width : height); i++) {
            int first = -1, last = -1;
            for (int k = 0; k < (turned ? height : width); k++) {
                l_uint32 set = 0;
                pixGetPixel(part, turned ? i : k, turned ? k : i, &set);
                if (!set)
                    continue;
                first = first < 0 ? k : first;
                last = k;
            }
            if (first < 0)
                continue;
            PlanePoint one = turned ? (PlanePoint){i + 0.5, first} : (PlanePoint){first, i + 0.5};
            PlanePoint other = turned ? (PlanePoint){i + 0.5, last + 1} : (PlanePoint){last + 1, i + 0.5};
            g_array_append_val(points, one);
            g_array_append_val(points, other);
        }
    return points;
}

static double cross(PlanePoint a, PlanePoint b, PlanePoint c)
{
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/* For each of HULL_POINTS directions the farthest point: near enough to the convex hull, clockwise on the picture. */
static int hull(const GArray *points, PlanePoint corners[HULL_POINTS])
{
    int count = 0;
    for (int i = 0; i < HULL_POINTS; i++) {
        double angle = 2 * G_PI * i / HULL_POINTS, far = -G_MAXDOUBLE;
        PlanePoint best = {0, 0};
        for (guint k = 0; k < points->len; k++) {
            PlanePoint point = g_array_index(points, PlanePoint, k);
            double along = point.x * cos(angle) + point.y * sin(angle);
            if (along > far) {
                far = along;
                best = point;
            }
        }
        if (count == 0 || hypot(best.x - corners[count - 1].x, best.y - corners[count - 1].y) > 0.5)
            corners[count++] = best;
    }
    return count;
}

/* The four hull points that span the largest area. */
static gboolean largest_quad(const GArray *points, PlanePoint quad[4])
{
    PlanePoint p[HULL_POINTS];
    int n = hull(points, p);
    double best = 0;
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++)
            for (int c = b + 1; c < n; c++)
                for (int d = c + 1; d < n; d++) {
                    double area = cross(p[a], p[b], p[c]) + cross(p[a], p[c], p[d]);
                    if (area <= best)
                        continue;
                    best = area;
                    quad[0] = p[a], quad[1] = p[b], quad[2] = p[c], quad[3] = p[d];
                }
    return best > 0;
}

typedef struct {
    double nx, ny, far; /* points with nx x + ny y = far */
} Edge;

/* The straight line through the outline's points near FROM–TO; their middle part only, for corners curl. */
static gboolean fit_edge(const GArray *points, PlanePoint from, PlanePoint to, double near, Edge *edge)
{
    double length = hypot(to.x - from.x, to.y - from.y), sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
    guint count = 0;
    if (length < 8 * near)
        return FALSE;
    for (guint i = 0; i < points->len; i++) {
        PlanePoint p = g_array_index(points, PlanePoint, i);
        double along = ((p.x - from.x) * (to.x - from.x) + (p.y - from.y) * (to.y - from.y)) / length / length;
        if (along < 0.06 || along > 0.94 || fabs(cross(from, to, p)) / length > near)
            continue;
        sx += p.x, sy += p.y, sxx += p.x * p.x, sxy += p.x * p.y, syy += p.y * p.y;
        count++;
    }
    if (count < length / 3)
        return FALSE; /* what looks like an edge is none */
    double mx = sx / count, my = sy / count, xx = sxx / count - mx * mx, yy = syy / count - my * my;
    double angle = 0.5 * atan2(2 * (sxy / count - mx * my), xx - yy);
    *edge = (Edge){-sin(angle), cos(angle), -sin(angle) * mx + cos(angle) * my};
    return TRUE;
}

static gboolean meet(const Edge *a, const Edge *b, PlanePoint *point)
{
    double whole = a->nx * b->ny - a->ny * b->nx;
    if (fabs(whole) < 0.3) /* edges of a sheet do not meet at less than some 17 degrees */
        return FALSE;
    *point = (PlanePoint){(a->far * b->ny - a->ny * b->far) / whole, (a->nx * b->far - a->far * b->nx) / whole};
    return TRUE;
}

/* The corner nearest the picture's own top left one comes first. */
static void order_corners(const PlanePoint quad[4], double scale, PlanePoint corners[4])
{
    int first = 0;
    for (int i = 1; i < 4; i++)
        if (quad[i].x + quad[i].y < quad[first].x + quad[first].y)
            first = i;
    for (int i = 0; i < 4; i++)
        corners[i] = (PlanePoint){quad[(first + i) % 4].x * scale, quad[(first + i) % 4].y * scale};
}

/* Whether PART is brighter than what lies around it, and does not fill the picture. */
static gboolean stands_out(const GrayPicture *small, PIX *part)
{
    double inside = 0, outside = 0;
    guint in = 0, out = 0;
    for (int y = 0; y < small->height; y++)
        for (int x = 0; x < small->width; x++) {
            l_uint32 set = 0;
            pixGetPixel(part, x, y, &set);
            *(set ? &inside : &outside) += small->gray[y * small->width + x];
            *(set ? &in : &out) += 1;
        }
    return in > 0 && out > 0.03 * small->width * small->height && inside / in - outside / out > MIN_STEP;
}

gboolean scan_paper_find(const GrayPicture *gray, PlanePoint corners[4])
{
    int factor = MAX(MAX(gray->width, gray->height) / WORK_SIDE, 1);
    g_autoptr(GrayPicture) small = gray_reduce(gray, factor);
    if (small->width < 40 || small->height < 40)
        return FALSE;
    PIX *part = largest_bright(small, otsu(small));
    g_autoptr(GArray) points = part && stands_out(small, part) ? outline(part) : NULL;
    pixDestroy(&part);
    PlanePoint guess[4], quad[4];
    if (!points || !largest_quad(points, guess))
        return FALSE;
    Edge edges[4];
    double near = NEAR_EDGE * MAX(small->width, small->height);
    for (int i = 0; i < 4; i++)
        if (!fit_edge(points, guess[i], guess[(i + 1) % 4], near, &edges[i]))
            return FALSE;
    for (int i = 0; i < 4; i++)
        if (!meet(&edges[(i + 3) % 4], &edges[i], &quad[i]) || hypot(quad[i].x - guess[i].x, quad[i].y - guess[i].y) > 4 * near)
            return FALSE;
    order_corners(quad, factor, corners);
    return TRUE;
}

/* ---- light ---- */

#define TILE_INCH 0.16 /* of the light map: wider than strokes, narrower than shadows */
#define WHITE 250

/* The brightness that a fifth of the tile's pixels exceed. */
static int tile_light(const GrayPicture *gray, int x0, int y0, int side)
{
    guint counts[256] = {0}, total = 0, seen = 0;
    for (int y = y0; y < MIN(y0 + side, gray->height); y += 2)
        for (int x = x0; x < MIN(x0 + side, gray->width); x += 2, total++)
            counts[gray->gray[(gsize)y * (gsize)gray->width + (gsize)x]]++;
    for (int i = 255; i >= 0; i--)
        if ((seen += counts[i]) * 5 > total)
            return i;
    return 0;
}

/* Takes ink out of the light map: a dark tile (a filled box, a photograph) takes the light of brighter ones around it. */
static void smooth_light(guint8 *light, int columns, int rows)
{
    g_autofree guint8 *before = g_malloc((gsize)columns * (gsize)rows);
    for (int pass = 0; pass < 3; pass++) {
        memcpy(before, light, (gsize)columns * (gsize)rows);
        for (int y = 0; y < rows; y++)
            for (int x = 0; x < columns; x++) {
                int sum = 0, most = 0, count = 0;
                for (int j = MAX(y - 1, 0); j <= MIN(y + 1, rows - 1); j++)
                    for (int i = MAX(x - 1, 0); i <= MIN(x + 1, columns - 1); i++, count++) {
                        sum += before[j * columns + i];
                        most = MAX(most, before[j * columns + i]);
                    }
                light[y * columns + x] = (guint8)(pass == 0 ? most : sum / count);
            }
    }
}

void scan_paper_level(GrayPicture *gray, double dpi)
{
    int side = MAX((int)lround(TILE_INCH * CLAMP(dpi, 50, 1200)), 8);
    int columns = (gray->width + side - 1) / side, rows = (gray->height + side - 1) / side;
    g_autofree guint8 *light = g_malloc((gsize)columns * (gsize)rows);
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns; x++)
            light[y * columns + x] = (guint8)MAX(tile_light(gray, x * side, y * side, side), 32);
    smooth_light(light, columns, rows);
    for (int y = 0; y < gray->height; y++) {
        double fy = CLAMP((y + 0.5) / side - 0.5, 0, rows - 1);
        int j = (int)fy, below = MIN(j + 1, rows - 1), ay = (int)((fy - j) * 256);
        for (int x = 0; x < gray->width; x++) {
            double fx = CLAMP((x + 0.5) / side - 0.5, 0, columns - 1);
            int i = (int)fx, right = MIN(i + 1, columns - 1), ax = (int)((fx - i) * 256);
            int upper = light[j * columns + i] * (256 - ax) + light[j * columns + right] * ax;
            int lower = light[below * columns + i] * (256 - ax) + light[below * columns + right] * ax;
            int here = MAX((upper * (256 - ay) + lower * ay) >> 16, 1);
            guint8 *pixel = &gray->gray[(gsize)y * (gsize)gray->width + (gsize)x];
            *pixel = (guint8)MIN(*pixel * WHITE / here, 255);
        }
    }
}

/* ---- skew ---- */

double scan_paper_skew(const GrayPicture *gray)
{
    PIX *ink = pixCreate(gray->width, gray->height, 1);
    for (int y = 0; y < gray->height; y++) {
        l_uint32 *line = pixGetData(ink) + (gsize)y * (gsize)pixGetWpl(ink);
        for (int x = 0; x < gray->width; x++)
            if (gray->gray[(gsize)y * (gsize)gray->width + (gsize)x] < 170)
                SET_DATA_BIT(line, x);
    }
    l_float32 angle = 0, confidence = 0;
    l_int32 failed = pixFindSkewSweepAndSearch(ink, &angle, &confidence, 2, 1, 15, 1, 0.01f);
    pixDestroy(&ink);
    return failed || confidence < 2 ? 0 : -angle;
}
