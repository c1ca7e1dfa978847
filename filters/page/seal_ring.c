#include <math.h>
#include <string.h>

#include "page/seal_parts.h"

#define MIN_SLOPE 48      /* as Sobel's sum: the edge of ink of a redness of 12 */
#define MAX_EDGES 12000   /* that vote for circles; a page full of red photographs has more, and only some of them count */
#define MAX_GRAY_EDGES 80000 /* on gray copies, where all text has edges */
#define MAX_OVAL_EDGES 4000 /* for ovals, which are looked for twelve times; one has some 1,000 */
#define MIN_VOTES 36      /* for a middle: half of the smallest ring's outline, seen from one side */
#define BLOCK 10          /* pixels: of the middles in one such square the best is taken */
#define MIDDLES 12        /* looked at for their radius */
#define GRAY_MIDDLES 60
#define RADII 2           /* of each */
#define DIRECTIONS 48     /* of a first look at a ring */

/* A point on the edge of ink and the direction across the edge. */
typedef struct {
    float x, y, across_x, across_y;
} Edge;

typedef struct {
    int width, height, left, top; /* of the field of votes, in stretched coordinates */
    guint16 *votes;
} Field;

static void thin_out(GArray *edges, guint most)
{
    guint every = edges->len / most + 1;
    for (guint i = 0; every > 1 && i < edges->len / every; i++)
        g_array_index(edges, Edge, i) = g_array_index(edges, Edge, i * every);
    g_array_set_size(edges, edges->len / every);
}

/* Edges in coordinates in which the ellipses that are looked for are circles. */
static GArray *find_edges(const SealInk *ink, double stretch, double angle)
{
    GArray *edges = g_array_new(FALSE, FALSE, sizeof(Edge));
    float c = (float)cos(angle), s = (float)sin(angle), longer = (float)stretch;
    int width = ink->width;
    for (int y = 1; y + 1 < ink->height; y++)
        for (int x = 1; x + 1 < width; x++) {
            const guint8 *at = ink->red + (gsize)y * (gsize)width + x, *up = at - width, *down = at + width;
            int dx = 2 * (at[1] - at[-1]) + up[1] - up[-1] + down[1] - down[-1];
            int dy = 2 * (down[0] - up[0]) + down[-1] - up[-1] + down[1] - up[1];
            if (dx * dx + dy * dy < MIN_SLOPE * MIN_SLOPE)
                continue;
            /* A normal turns by the inverse of what points are turned by. */
            float along = ((float)dx * c + (float)dy * s) * longer, across = (float)dy * c - (float)dx * s;
            float size = hypotf(along, across);
            Edge edge = {((float)x * c + (float)y * s) / longer, (float)y * c - (float)x * s, along / size, across / size};
            g_array_append_val(edges, edge);
        }
    thin_out(edges, ink->white.gray ? MAX_GRAY_EDGES : stretch > 1 ? MAX_OVAL_EDGES : MAX_EDGES);
    return edges;
}

static void field_init(Field *field, const GArray *edges)
{
    float left = G_MAXFLOAT, top = G_MAXFLOAT, right = -G_MAXFLOAT, bottom = -G_MAXFLOAT;
    for (guint i = 0; i < edges->len; i++) {
        const Edge *edge = &g_array_index(edges, Edge, i);
        left = MIN(left, edge->x);
        right = MAX(right, edge->x);
        top = MIN(top, edge->y);
        bottom = MAX(bottom, edge->y);
    }
    field->left = (int)left;
    field->top = (int)top;
    field->width = (int)(right - left) + 2;
    field->height = (int)(bottom - top) + 2;
    field->votes = g_new0(guint16, (gsize)field->width * (gsize)field->height);
}

/* Every edge votes for all middles that it may be a piece of a ring around, on both sides. */
static void vote(Field *field, const GArray *edges)
{
    for (guint i = 0; i < edges->len; i++) {
        const Edge *edge = &g_array_index(edges, Edge, i);
        for (int side = -1; side <= 1; side += 2) {
            float dx = edge->across_x * (float)side, dy = edge->across_y * (float)side;
            float x = edge->x - (float)field->left + dx * SEAL_MIN_RADIUS, y = edge->y - (float)field->top + dy * SEAL_MIN_RADIUS;
            for (int r = SEAL_MIN_RADIUS; r <= SEAL_MAX_RADIUS; r++, x += dx, y += dy) {
                if (x < 0 || y < 0 || x >= (float)field->width || y >= (float)field->height)
                    break;
                guint16 *votes = &field->votes[(gsize)y * (gsize)field->width + (gsize)x];
                *votes += *votes < G_MAXUINT16;
            }
        }
    }
}

/* Sums over 5 x 5 votes: edges point to the middle only nearly. */
static guint32 *smooth(const Field *field)
{
    gsize width = (gsize)field->width, height = (gsize)field->height;
    g_autofree guint32 *rows = g_new0(guint32, width * height);
    guint32 *sums = g_new0(guint32, width * height);
    for (gsize y = 0; y < height; y++)
        for (gsize x = 2; x + 2 < width; x++) {
            const guint16 *at = field->votes + y * width + x;
            rows[y * width + x] = (guint32)at[-2] + at[-1] + at[0] + at[1] + at[2];
        }
    for (gsize y = 2; y + 2 < height; y++)
        for (gsize x = 0; x < width; x++) {
            const guint32 *at = rows + y * width + x;
            sums[y * width + x] = *(at - 2 * width) + *(at - width) + at[0] + at[width] + at[2 * width];
        }
    return sums;
}

/* The radii at which most of a ring around X, Y is seen: edges there that point to the middle, for the length of a ring of
 * that radius. */
static guint find_radii(const GArray *edges, float x, float y, int radii[RADII])
{
    double seen[SEAL_MAX_RADIUS + 3] = {0};
    for (guint i = 0; i < edges->len; i++) {
        const Edge *edge = &g_array_index(edges, Edge, i);
        float dx = edge->x - x, dy = edge->y - y, far = dx * dx + dy * dy;
        if (far > (float)(SEAL_MAX_RADIUS * SEAL_MAX_RADIUS) || far < (float)(SEAL_MIN_RADIUS * SEAL_MIN_RADIUS))
            continue;
        far = sqrtf(far);
        if (fabsf(dx * edge->across_x + dy * edge->across_y) > 0.92F * far)
            seen[(int)(far + 0.5F)] += 1 / (2 * G_PI * far);
    }
    guint found = 0;
    for (; found < RADII; found++) {
        int best = 0;
        for (int r = SEAL_MIN_RADIUS; r <= SEAL_MAX_RADIUS; r++) {
            double sum = seen[r - 1] + seen[r] + seen[r + 1];
            double best_sum = best ? seen[best - 1] + seen[best] + seen[best + 1] : 0.5;
            if (sum > best_sum)
                best = r;
        }
        if (!best)
            break;
        radii[found] = best;
        for (int r = MAX(best - 4, 0); r <= MIN(best + 4, SEAL_MAX_RADIUS + 2); r++)
            seen[r] = 0;
    }
    return found;
}

/* A circle in stretched coordinates as the ellipse that it is on the picture. */
static SealEllipse ellipse_at(float x, float y, int radius, double stretch, double angle)
{
    double c = cos(angle), s = sin(angle), along = x * stretch;
    return (SealEllipse){along * c - y * s + 0.5, along * s + y * c + 0.5, radius * stretch * c, radius * stretch * s,
                         -radius * s, radius * c};
}

static gboolean is_inked(const SealInk *ink, const SealEllipse *at, double c, double s, double far)
{
    int x = (int)(at->x + far * (c * at->along_x + s * at->across_x));
    int y = (int)(at->y + far * (c * at->along_y + s * at->across_y));
    return x >= 0 && y >= 0 && x < ink->width && y < ink->height && ink->red[(gsize)y * (gsize)ink->width + (gsize)x] >= SEAL_INK;
}

/* A first look, on the reduced picture: most of the outline that lies on it bears ink, and the inside is no plain disc. */
static gboolean is_likely(const SealInk *ink, const SealEllipse *at)
{
    int seen = 0, closed = 0, inside = 0;
    double pixel = 1 / hypot(at->across_x, at->across_y);
    for (int i = 0; i < DIRECTIONS; i++) {
        double c = cos(i * 2 * G_PI / DIRECTIONS), s = sin(i * 2 * G_PI / DIRECTIONS);
        int x = (int)(at->x + c * at->along_x + s * at->across_x), y = (int)(at->y + c * at->along_y + s * at->across_y);
        gboolean any = FALSE;
        if (x < 0 || y < 0 || x >= ink->width || y >= ink->height)
            continue;
        for (int k = -2; k <= 2 && !any; k++)
            any = is_inked(ink, at, c, s, 1 + k * pixel);
        seen++;
        closed += any;
        inside += is_inked(ink, at, c, s, 0.8) + is_inked(ink, at, c, s, 0.6) + is_inked(ink, at, c, s, 0.4);
    }
    return seen * 2 > DIRECTIONS && closed * 20 > seen * 11 && inside * 10 < seen * 3 * 8;
}

/* The best places of a field of votes, at most one of each block of BLOCK x BLOCK, best first. */
typedef struct {
    guint32 votes;
    int x, y;
} Middle;

static int compare_middles(gconstpointer a, gconstpointer b)
{
    guint32 one = ((const Middle *)a)->votes, other = ((const Middle *)b)->votes;
    return one > other ? -1 : one < other;
}

static GArray *find_middles(const Field *field)
{
    g_autofree guint32 *sums = smooth(field);
    GArray *middles = g_array_new(FALSE, FALSE, sizeof(Middle));
    for (int top = 0; top < field->height; top += BLOCK)
        for (int left = 0; left < field->width; left += BLOCK) {
            Middle best = {.votes = MIN_VOTES - 1};
            for (int y = top; y < MIN(top + BLOCK, field->height); y++)
                for (int x = left; x < MIN(left + BLOCK, field->width); x++) {
                    guint32 votes = sums[(gsize)y * (gsize)field->width + (gsize)x];
                    if (votes > best.votes)
                        best = (Middle){votes, x, y};
                }
            if (best.votes >= MIN_VOTES)
                g_array_append_val(middles, best);
        }
    g_array_sort(middles, compare_middles);
    return middles;
}

guint seal_rings(const SealInk *ink, double stretch, double angle, SealEllipse *rings, guint count)
{
    g_autoptr(GArray) edges = find_edges(ink, stretch, angle);
    if (edges->len < MIN_VOTES)
        return 0;
    Field field;
    field_init(&field, edges);
    vote(&field, edges);
    g_autoptr(GArray) middles = find_middles(&field);
    g_free(field.votes);
    guint found = 0;
    int radii[RADII];
    guint most = MIN(middles->len, ink->white.gray ? GRAY_MIDDLES : MIDDLES);
    for (guint i = 0; i < most && found < count; i++) {
        const Middle *middle = &g_array_index(middles, Middle, i);
        float middle_x = (float)(middle->x + field.left), middle_y = (float)(middle->y + field.top);
        guint known = find_radii(edges, middle_x, middle_y, radii);
        for (guint k = 0; k < known && found < count; k++) {
            rings[found] = ellipse_at(middle_x, middle_y, radii[k], stretch, angle);
            found += is_likely(ink, &rings[found]);
        }
    }
    return found;
}
