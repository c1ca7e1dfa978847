#include <math.h>
#include <string.h>

#include "page/seal_parts.h"

#define MIN_SLOPE 24      /* of redness over three pixels, where a line of ink begins */
#define MAX_EDGES 60000   /* on one picture; a page full of red photographs has more and is looked at coarsely */
#define MIN_VOTES 36      /* for a middle: half of the smallest ring's outline, seen from one side */
#define MIDDLES 10        /* looked at for their radius */
#define RADII 2           /* of each */

/* A point on the edge of ink and the direction across the edge. */
typedef struct {
    float x, y, across_x, across_y;
} Edge;

typedef struct {
    int width, height, left, top; /* of the field of votes, in stretched coordinates */
    guint16 *votes;
} Field;

/* Edges in coordinates in which the ellipses that are looked for are circles. */
static GArray *find_edges(const SealInk *ink, double stretch, double angle)
{
    GArray *edges = g_array_new(FALSE, FALSE, sizeof(Edge));
    float c = (float)cos(angle), s = (float)sin(angle), longer = (float)stretch;
    int width = ink->width, step = ink->inked > MAX_EDGES ? 2 : 1;
    for (int y = 1; y + 1 < ink->height; y += step)
        for (int x = 1; x + 1 < width; x += step) {
            const guint8 *at = ink->red + (gsize)y * (gsize)width + x, *up = at - width, *down = at + width;
            int dx = 2 * (at[1] - at[-1]) + up[1] - up[-1] + down[1] - down[-1];
            int dy = 2 * (down[0] - up[0]) + down[-1] - up[-1] + down[1] - up[1];
            if (dx * dx + dy * dy < 16 * MIN_SLOPE * MIN_SLOPE / 4 || edges->len >= MAX_EDGES)
                continue;
            /* A normal turns by the inverse of what points are turned by. */
            float along = ((float)dx * c + (float)dy * s) * longer, across = (float)dy * c - (float)dx * s;
            float size = hypotf(along, across);
            Edge edge = {((float)x * c + (float)y * s) / longer, (float)y * c - (float)x * s, along / size, across / size};
            g_array_append_val(edges, edge);
        }
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
            double sum = seen[r - 1] + seen[r] + seen[r + 1], best_sum = best ? seen[best - 1] + seen[best] + seen[best + 1] : 0.5;
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

static gboolean take_middle(guint32 *sums, const Field *field, int *ret_x, int *ret_y)
{
    gsize pixels = (gsize)field->width * (gsize)field->height, best = 0;
    for (gsize i = 1; i < pixels; i++)
        if (sums[i] > sums[best])
            best = i;
    if (pixels == 0 || sums[best] < MIN_VOTES)
        return FALSE;
    *ret_x = (int)(best % (gsize)field->width);
    *ret_y = (int)(best / (gsize)field->width);
    for (int y = MAX(*ret_y - 5, 0); y <= MIN(*ret_y + 5, field->height - 1); y++)
        for (int x = MAX(*ret_x - 5, 0); x <= MIN(*ret_x + 5, field->width - 1); x++)
            sums[(gsize)y * (gsize)field->width + (gsize)x] = 0;
    return TRUE;
}

guint seal_rings(const SealInk *ink, double stretch, double angle, SealEllipse *rings, guint count)
{
    g_autoptr(GArray) edges = find_edges(ink, stretch, angle);
    if (edges->len < MIN_VOTES)
        return 0;
    Field field;
    field_init(&field, edges);
    vote(&field, edges);
    g_autofree guint32 *sums = smooth(&field);
    g_free(field.votes);
    guint found = 0;
    int x, y, radii[RADII];
    for (guint i = 0; i < MIDDLES && found < count && take_middle(sums, &field, &x, &y); i++) {
        float middle_x = (float)(x + field.left), middle_y = (float)(y + field.top);
        guint known = find_radii(edges, middle_x, middle_y, radii);
        for (guint k = 0; k < known && found < count; k++)
            rings[found++] = ellipse_at(middle_x, middle_y, radii[k], stretch, angle);
    }
    return found;
}
