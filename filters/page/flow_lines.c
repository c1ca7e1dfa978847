#include <math.h>

#include "base/text.h"
#include "page/flow_lines.h"

#define FIELD_EM 10.5f   /* of a line that is nothing but a form field */
#define FIELD_LINE 20.0f /* height of a form field's first line, points: its label stands beside that */
#define LEVEL 0.3f       /* of a line's height: so far apart may the middles of its characters be */
#define DOUBLE 0.6f      /* of a character's width: the same one nearer than this is drawn twice */
#define RAISED 0.8f      /* of the height of its neighbours: a raised or lowered character is smaller */
#define COLLIDE 0.5f     /* of a character's width: two that overlap so much are not of one line */
#define SIDEWAYS 3       /* characters: fewer do not show which way they run */

enum { RUNS_MAX = 400 }; /* in one line; with more, nobody looks which of them collide */

/* The characters of one run that stand in one line. */
typedef struct {
    PageBox box;
    GPtrArray *glyphs;
} Piece;

void flow_line_free(FlowLine *line)
{
    g_ptr_array_unref(line->glyphs);
    g_free(line);
}

static FlowLine *line_new(PageBox box)
{
    FlowLine *line = g_new0(FlowLine, 1);
    line->glyphs = g_ptr_array_new();
    line->box = box;
    return line;
}

/* Where GLYPH's line ends below: a tall field has many, and its label stands beside the first. */
static float bottom_of(const PageGlyph *glyph)
{
    return glyph->c == PAGE_FIELD ? MIN(glyph->box.y1, glyph->box.y0 + FIELD_LINE) : glyph->box.y1;
}

static gint compare_middle(gconstpointer a, gconstpointer b)
{
    const PageGlyph *one = *(const PageGlyph *const *)a, *other = *(const PageGlyph *const *)b;
    float first = one->box.y0 + bottom_of(one), second = other->box.y0 + bottom_of(other);
    return (first > second) - (first < second);
}

static gint compare_left(gconstpointer a, gconstpointer b)
{
    const PageGlyph *one = *(const PageGlyph *const *)a, *other = *(const PageGlyph *const *)b;
    if (one->box.x0 > other->box.x0 || one->box.x0 < other->box.x0)
        return one->box.x0 > other->box.x0 ? 1 : -1;
    return (one > other) - (one < other);
}

static int compare_float(const void *a, const void *b)
{
    float one = *(const float *)a, other = *(const float *)b;
    return (one > other) - (one < other);
}

/* The em of a line: the usual width of its Chinese characters, or three quarters of the usual height. */
static float line_em(const GPtrArray *glyphs)
{
    g_autofree float *widths = g_new(float, glyphs->len), *heights = g_new(float, glyphs->len);
    guint wide = 0, high = 0;
    for (guint i = 0; i < glyphs->len; i++) {
        const PageGlyph *glyph = glyphs->pdata[i];
        if (glyph->c != PAGE_FIELD)
            heights[high++] = glyph->box.y1 - glyph->box.y0;
        if (text_is_han(glyph->c))
            widths[wide++] = glyph->box.x1 - glyph->box.x0;
    }
    qsort(widths, wide, sizeof(float), compare_float);
    qsort(heights, high, sizeof(float), compare_float);
    return MAX(wide ? widths[wide / 2] : high ? heights[high / 2] * 0.75f : FIELD_EM, 1);
}

void flow_box_add(PageBox *box, const PageBox *more)
{
    *box = (PageBox){MIN(box->x0, more->x0), MIN(box->y0, more->y0), MAX(box->x1, more->x1), MAX(box->y1, more->y1)};
}

/* Whether MIDDLE is about the line's own: a label that stands beside two lines, between them, must not join them. */
static gboolean is_level(const FlowLine *line, float middle)
{
    return fabsf(middle - (line->box.y0 + line->box.y1) / 2) < LEVEL * (line->box.y1 - line->box.y0);
}

static gboolean is_double(const PageGlyph *before, const PageGlyph *glyph)
{
    return glyph->control < 0 && before->control < 0 && glyph->c == before->c &&
           glyph->box.x0 - before->box.x0 < DOUBLE * (glyph->box.x1 - glyph->box.x0);
}

/* Counts GLYPH's run up in RUNS. */
static void count_run(GHashTable *runs, const PageGlyph *glyph)
{
    gpointer run = GUINT_TO_POINTER(glyph->run);
    g_hash_table_insert(runs, run, GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(runs, run)) + 1));
}

/* Bold print is sometimes made by drawing a character twice, a little apart. Where two different texts lie upon each other
 * a few of their characters are the same too: of a run drawn twice most are. */
static void drop_doubles(GPtrArray *glyphs)
{
    g_autoptr(GHashTable) all = g_hash_table_new(NULL, NULL), doubles = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < glyphs->len; i++) {
        const PageGlyph *glyph = glyphs->pdata[i];
        count_run(all, glyph);
        if (i && is_double(glyphs->pdata[i - 1], glyph))
            count_run(doubles, glyph);
    }
    guint kept = 0;
    for (guint i = 0; i < glyphs->len && g_hash_table_size(doubles); i++) {
        const PageGlyph *glyph = glyphs->pdata[i], *before = kept ? glyphs->pdata[kept - 1] : NULL;
        gpointer run = GUINT_TO_POINTER(glyph->run);
        gboolean most = !before || before->run == glyph->run || 2 * GPOINTER_TO_UINT(g_hash_table_lookup(doubles, run)) >=
                                                                   GPOINTER_TO_UINT(g_hash_table_lookup(all, run));
        if (!before || !is_double(before, glyph) || !most)
            glyphs->pdata[kept++] = (gpointer)glyph;
    }
    if (g_hash_table_size(doubles))
        g_ptr_array_set_size(glyphs, (int)kept);
}

/* A glyph belongs to the line whose middle height it covers. Adds to LINES. */
static void gather(const GPtrArray *glyphs, GPtrArray *lines)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_copy((GPtrArray *)glyphs, NULL, NULL);
    g_ptr_array_sort(sorted, compare_middle);
    FlowLine *line = NULL;
    for (guint i = 0; i < sorted->len; i++) {
        const PageGlyph *glyph = sorted->pdata[i];
        float bottom = bottom_of(glyph), middle = (glyph->box.y0 + bottom) / 2;
        float overlap = line ? MIN(line->box.y1, bottom) - MAX(line->box.y0, glyph->box.y0) : 0;
        float lower = line ? MIN(line->box.y1 - line->box.y0, bottom - glyph->box.y0) : 1;
        PageBox box = {glyph->box.x0, glyph->box.y0, glyph->box.x1, bottom};
        if (!line || overlap < 0.5f * lower || middle > line->box.y1) {
            line = line_new(box);
            g_ptr_array_add(lines, line);
        } else if (bottom - glyph->box.y0 < 1.6f * (line->box.y1 - line->box.y0) && is_level(line, middle)) {
            flow_box_add(&line->box, &box);
        }
        line->box.x0 = MIN(line->box.x0, glyph->box.x0);
        line->box.x1 = MAX(line->box.x1, glyph->box.x1);
        g_ptr_array_add(line->glyphs, (gpointer)glyph);
    }
}

/* ---- what the runs of the text itself tell ---- */

static float height_of(const PageGlyph *glyph)
{
    return glyph->box.y1 - glyph->box.y0;
}

/* The tallest glyph of each run in LINE, by its number. */
static GHashTable *tallest_by_run(const FlowLine *line)
{
    GHashTable *tallest = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < line->glyphs->len; i++) {
        const PageGlyph *glyph = line->glyphs->pdata[i];
        const PageGlyph *other = g_hash_table_lookup(tallest, GUINT_TO_POINTER(glyph->run));
        if (glyph->run && (!other || height_of(glyph) > height_of(other)))
            g_hash_table_insert(tallest, GUINT_TO_POINTER(glyph->run), (gpointer)glyph);
    }
    return tallest;
}

static gboolean is_raised_beside(const PageGlyph *glyph, const PageGlyph *tall)
{
    return tall && height_of(glyph) < RAISED * height_of(tall) &&
           MIN(glyph->box.y1, tall->box.y1) > MAX(glyph->box.y0, tall->box.y0);
}

/* The "nd" of a raised "2nd" is a line of its own by its height alone: it goes back to the neighbour that its run is in. */
static void bring_back_raised(GPtrArray *lines)
{
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)g_hash_table_unref);
    for (guint i = 0; i < lines->len; i++)
        g_ptr_array_add(runs, tallest_by_run(lines->pdata[i]));
    for (guint i = 0; i < lines->len; i++) {
        FlowLine *line = lines->pdata[i];
        guint kept = 0;
        for (guint g = 0; g < line->glyphs->len; g++) {
            PageGlyph *glyph = line->glyphs->pdata[g];
            gpointer run = GUINT_TO_POINTER(glyph->run);
            FlowLine *home = NULL;
            if (i > 0 && is_raised_beside(glyph, g_hash_table_lookup(runs->pdata[i - 1], run)))
                home = lines->pdata[i - 1];
            else if (i + 1 < lines->len && is_raised_beside(glyph, g_hash_table_lookup(runs->pdata[i + 1], run)))
                home = lines->pdata[i + 1];
            if (home)
                g_ptr_array_add(home->glyphs, glyph);
            else
                line->glyphs->pdata[kept++] = glyph;
        }
        g_ptr_array_set_size(line->glyphs, (int)kept);
    }
    for (guint i = lines->len; i-- > 0;)
        if (((FlowLine *)lines->pdata[i])->glyphs->len == 0)
            g_ptr_array_remove_index(lines, i);
}

/* Whether A and B, characters or pieces, share more than a part of a character's width. */
static gboolean overlaps(const PageBox *a, const PageBox *b)
{
    float width = MIN(a->x1 - a->x0, b->x1 - b->x0), height = MIN(a->y1 - a->y0, b->y1 - b->y0);
    return MIN(a->x1, b->x1) - MAX(a->x0, b->x0) > COLLIDE * MIN(width, height);
}

/* Whether characters of two runs lie upon each other in LINE. */
static gboolean collides(const FlowLine *line)
{
    for (guint i = 1; i < line->glyphs->len; i++) {
        const PageGlyph *before = line->glyphs->pdata[i - 1], *glyph = line->glyphs->pdata[i];
        if (before->run && glyph->run && before->run != glyph->run && overlaps(&before->box, &glyph->box))
            return TRUE;
    }
    return FALSE;
}

static void piece_free(Piece *piece)
{
    g_ptr_array_unref(piece->glyphs);
    g_free(piece);
}

static gint compare_piece(gconstpointer a, gconstpointer b)
{
    const Piece *one = *(const Piece *const *)a, *other = *(const Piece *const *)b;
    float first = one->box.y0 + one->box.y1, second = other->box.y0 + other->box.y1;
    const PageGlyph *start = one->glyphs->pdata[0], *other_start = other->glyphs->pdata[0];
    return first > second ? 1 : first < second ? -1 : start->run > other_start->run ? 1 : -1;
}

/* LINE's pieces by height, then as the text has them. Characters of no run, form fields, are a piece each. */
static GPtrArray *pieces_of(const FlowLine *line)
{
    GPtrArray *pieces = g_ptr_array_new_with_free_func((GDestroyNotify)piece_free);
    g_autoptr(GHashTable) by_run = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < line->glyphs->len; i++) {
        const PageGlyph *glyph = line->glyphs->pdata[i];
        Piece *piece = glyph->run ? g_hash_table_lookup(by_run, GUINT_TO_POINTER(glyph->run)) : NULL;
        if (!piece) {
            piece = g_new0(Piece, 1);
            piece->glyphs = g_ptr_array_new();
            piece->box = glyph->box;
            g_ptr_array_add(pieces, piece);
            g_hash_table_insert(by_run, GUINT_TO_POINTER(glyph->run), piece);
        }
        flow_box_add(&piece->box, &glyph->box);
        g_ptr_array_add(piece->glyphs, (gpointer)glyph);
    }
    g_ptr_array_sort(pieces, compare_piece);
    return pieces;
}

/* Of LAYERS (GPtrArray of Piece *) the nearest in height whose pieces leave room for PIECE; NULL when there is none. */
static GPtrArray *free_layer(const GPtrArray *layers, const Piece *piece)
{
    GPtrArray *found = NULL;
    float nearest = G_MAXFLOAT;
    for (guint i = 0; i < layers->len; i++) {
        GPtrArray *layer = layers->pdata[i];
        const Piece *first = layer->pdata[0];
        float distance = fabsf(first->box.y0 + first->box.y1 - piece->box.y0 - piece->box.y1);
        gboolean taken = distance >= nearest;
        for (guint p = 0; p < layer->len && !taken; p++)
            taken = overlaps(&((const Piece *)layer->pdata[p])->box, &piece->box);
        if (!taken) {
            found = layer;
            nearest = distance;
        }
    }
    return found;
}

/* Parts LINE where runs lie upon each other: lines set closer than their characters are high, words drawn over others. What
 * does not stay in LINE is put into LINES after place AT. How many lines came of it. */
static guint part_runs(GPtrArray *lines, guint at)
{
    FlowLine *line = lines->pdata[at];
    if (!collides(line))
        return 1;
    g_autoptr(GPtrArray) pieces = pieces_of(line);
    if (pieces->len > RUNS_MAX)
        return 1;
    g_autoptr(GPtrArray) layers = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < pieces->len; i++) {
        GPtrArray *layer = free_layer(layers, pieces->pdata[i]);
        if (!layer) {
            layer = g_ptr_array_new();
            g_ptr_array_add(layers, layer);
        }
        g_ptr_array_add(layer, pieces->pdata[i]);
    }
    for (guint i = 0; i < layers->len; i++) {
        const GPtrArray *layer = layers->pdata[i];
        FlowLine *part = line_new(((const Piece *)layer->pdata[0])->box);
        for (guint p = 0; p < layer->len; p++) {
            const Piece *piece = layer->pdata[p];
            flow_box_add(&part->box, &piece->box);
            g_ptr_array_extend(part->glyphs, piece->glyphs, NULL, NULL);
        }
        g_ptr_array_sort(part->glyphs, compare_left);
        g_ptr_array_insert(lines, (int)(at + 1 + i), part);
    }
    g_ptr_array_remove_index(lines, at);
    return layers->len;
}

/* ---- text that does not go from left to right ---- */

typedef struct {
    float edge; /* where its run begins */
    const PageGlyph *glyph;
} Placed;

static gint compare_placed(gconstpointer a, gconstpointer b)
{
    const Placed *one = a, *other = b;
    if (one->glyph->run != other->glyph->run || !one->glyph->run)
        return (one->edge > other->edge) - (one->edge < other->edge);
    return (one->glyph > other->glyph) - (one->glyph < other->glyph); /* the page's array keeps the order of the text */
}

/* Hebrew and Arabic: each run keeps the order of the text, and runs follow each other in the direction most letters have. */
static void order_right_to_left(FlowLine *line)
{
    guint rtl = 0, letters = 0;
    for (guint i = 0; i < line->glyphs->len; i++) {
        const PageGlyph *glyph = line->glyphs->pdata[i];
        rtl += glyph->run && text_is_rtl(glyph->c);
        letters += g_unichar_isalpha(glyph->c);
    }
    if (rtl == 0)
        return;
    line->rtl = TRUE;
    g_autoptr(GPtrArray) pieces = pieces_of(line);
    g_autoptr(GArray) placed = g_array_new(FALSE, FALSE, sizeof(Placed));
    for (guint i = 0; i < pieces->len; i++) {
        const Piece *piece = pieces->pdata[i];
        for (guint g = 0; g < piece->glyphs->len; g++) {
            Placed one = {rtl * 2 >= letters ? -piece->box.x1 : piece->box.x0, piece->glyphs->pdata[g]};
            g_array_append_val(placed, one);
        }
    }
    g_array_sort(placed, compare_placed);
    for (guint i = 0; i < placed->len; i++)
        line->glyphs->pdata[i] = (gpointer)g_array_index(placed, Placed, i).glyph;
}

static gboolean is_sideways(const GPtrArray *glyphs, guint from, guint to)
{
    const PageBox *first = &((const PageGlyph *)glyphs->pdata[from])->box;
    const PageBox *last = &((const PageGlyph *)glyphs->pdata[to - 1])->box;
    float dx = fabsf(first->x0 + first->x1 - last->x0 - last->x1), dy = fabsf(first->y0 + first->y1 - last->y0 - last->y1);
    return to - from >= SIDEWAYS && dy > 3 * dx;
}

/* A run that goes up or down the page, as a line in the order of its text. */
static FlowLine *make_sideways(const GPtrArray *glyphs, guint from, guint to)
{
    FlowLine *line = line_new(((const PageGlyph *)glyphs->pdata[from])->box);
    line->sideways = TRUE;
    for (guint i = from; i < to; i++) {
        flow_box_add(&line->box, &((const PageGlyph *)glyphs->pdata[i])->box);
        g_ptr_array_add(line->glyphs, glyphs->pdata[i]);
    }
    line->em = MAX((line->box.x1 - line->box.x0) * 0.75f, 1);
    return line;
}

/* Moves GLYPHS to LEVEL, but runs that go up or down the page, which are returned as lines. */
static GPtrArray *take_sideways(const GPtrArray *glyphs, GPtrArray *level)
{
    GPtrArray *lines = g_ptr_array_new();
    for (guint from = 0, to = 0; from < glyphs->len; from = to) {
        guint run = ((const PageGlyph *)glyphs->pdata[from])->run;
        for (to = from + 1; run && to < glyphs->len && ((const PageGlyph *)glyphs->pdata[to])->run == run;)
            to++;
        if (is_sideways(glyphs, from, to))
            g_ptr_array_add(lines, make_sideways(glyphs, from, to));
        else
            for (guint i = from; i < to; i++)
                g_ptr_array_add(level, glyphs->pdata[i]);
    }
    return lines;
}

GPtrArray *flow_lines(const GPtrArray *glyphs)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)flow_line_free);
    g_autoptr(GPtrArray) level = g_ptr_array_new();
    g_autoptr(GPtrArray) sideways = take_sideways(glyphs, level);
    gather(level, lines);
    bring_back_raised(lines);
    for (guint i = 0, made = 0; i < lines->len; i += made) {
        FlowLine *line = lines->pdata[i];
        g_ptr_array_sort(line->glyphs, compare_left);
        drop_doubles(line->glyphs);
        made = part_runs(lines, i);
    }
    for (guint i = 0; i < lines->len; i++) {
        FlowLine *line = lines->pdata[i];
        line->em = line_em(line->glyphs);
        order_right_to_left(line);
    }
    g_ptr_array_extend_and_steal(lines, g_steal_pointer(&sideways));
    return lines;
}
