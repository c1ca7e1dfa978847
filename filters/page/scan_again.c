/* scan_again.c: a second look at the few lines whose values cannot be right. The model is sure of what it reads, wrong or
 * not; another size or a harder contrast is another chance. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "page/scan_part.h"

#define MOST_LINES 24   /* of a page: with more, the page is unreadable, and a second look would double its time */
#define FEWEST_SHARE 0.6 /* of the first reading's characters: fewer means that something was lost */

/* How a strip is shown again: its size, and the brightness from which on it is white (0: as it is). What a seal leaves behind
 * is paler than print. Measured on scans with seals over dates: each of these reads some that the others do not. */
static const struct {
    double scale;
    int white;
} ways[] = {{0.8, 0}, {1.25, 0}, {1, 150}, {1.25, 150}};

static void strip_free(gpointer data)
{
    ScanStrip *strip = data;
    gray_free(strip->picture);
    g_free(strip);
}

static ScanStrip *shown_otherwise(const ScanStrip *strip, guint way)
{
    ScanStrip *again = g_memdup2(strip, sizeof *strip);
    double back = 1 / ways[way].scale;
    PlaneMap map = plane_scale(back, back);
    again->picture = gray_warp(strip->picture, &map, (int)(strip->picture->width / back), (int)(strip->picture->height / back));
    gsize size = (gsize)again->picture->width * (gsize)again->picture->height;
    for (gsize i = 0; ways[way].white && i < size; i++)
        again->picture->gray[i] = again->picture->gray[i] > ways[way].white ? 255 : again->picture->gray[i];
    return again;
}

static char *text_of(const GArray *symbols)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; symbols && i < symbols->len; i++)
        g_string_append_unichar(text, g_array_index(symbols, OcrSymbol, i).c);
    return g_string_free(text, FALSE);
}

static double middle_of(const ScanStrip *strip)
{
    double x = strip->x + strip->picture->width / 2.0;
    return strip->bend[0] + strip->bend[1] * x + strip->bend[2] * x * x;
}

/* The text of the strip next to the left of INDEX on its line; "" when there is none. Caller frees. */
static char *text_before(const GPtrArray *strips, const GPtrArray *read, guint index)
{
    const ScanStrip *own = strips->pdata[index];
    const GArray *found = NULL;
    int nearest = G_MININT;
    for (guint i = 0; i < strips->len; i++) {
        const ScanStrip *other = strips->pdata[i];
        int right = other->x + other->picture->width;
        if (i != index && right - (int)other->em < own->x + (int)own->em && right > nearest &&
            fabs(middle_of(other) - middle_of(own)) < (double)own->em) {
            nearest = right;
            found = read->pdata[i];
        }
    }
    return text_of(found);
}

typedef struct {
    guint index; /* of the strip */
    guint right, wrong;
    char *before;
} Doubt;

static void doubt_clear(gpointer data)
{
    g_free(((Doubt *)data)->before);
}

static GArray *find_doubts(const GPtrArray *strips, const GPtrArray *read)
{
    GArray *doubts = g_array_new(FALSE, TRUE, sizeof(Doubt));
    g_array_set_clear_func(doubts, doubt_clear);
    for (guint i = 0; i < strips->len; i++) {
        g_autofree char *text = text_of(read->pdata[i]), *before = text_before(strips, read, i);
        Doubt doubt = {.index = i};
        doubt.right = scan_check(text, before, &doubt.wrong);
        if (doubt.wrong == 0)
            continue;
        doubt.before = g_steal_pointer(&before);
        g_array_append_val(doubts, doubt);
    }
    return doubts;
}

static double mean_doubt(const GArray *symbols)
{
    double sum = 0;
    for (guint i = 0; i < symbols->len; i++)
        sum += (double)g_array_index(symbols, OcrSymbol, i).doubt;
    return sum / MAX(symbols->len, 1);
}

/* The best of the readings COUNT from FROM on, when it is better than the first one; its number, or -1. What two ways agree
 * on counts more than what one is sure of. */
static int best_of(const Doubt *doubt, guint first_length, const GPtrArray *again, guint from)
{
    int best = -1;
    double score = 0;
    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        const GArray *symbols = again->pdata[from + i];
        guint wrong, agree = 0;
        g_autofree char *text = text_of(symbols);
        guint right = scan_check(text, doubt->before, &wrong);
        if (right <= doubt->right || wrong >= doubt->wrong || symbols->len < FEWEST_SHARE * first_length)
            continue;
        for (guint k = 0; k < G_N_ELEMENTS(ways); k++) {
            g_autofree char *other = text_of(again->pdata[from + k]);
            agree += strcmp(text, other) == 0;
        }
        double own = right - wrong + agree - mean_doubt(symbols);
        if (best < 0 || own > score) {
            best = (int)(from + i);
            score = own;
        }
    }
    return best;
}

void scan_read_again(const GPtrArray *strips, GPtrArray *read, gint64 until)
{
    g_autoptr(GArray) doubts = find_doubts(strips, read);
    g_autoptr(GPtrArray) shown = g_ptr_array_new_with_free_func(strip_free);
    for (guint i = 0; i < doubts->len && doubts->len <= MOST_LINES; i++)
        for (guint way = 0; way < G_N_ELEMENTS(ways); way++)
            g_ptr_array_add(shown, shown_otherwise(strips->pdata[g_array_index(doubts, Doubt, i).index], way));
    g_autoptr(GPtrArray) again = shown->len ? scan_read_strips(shown, until) : NULL;
    for (guint i = 0; again && i < doubts->len; i++) {
        const Doubt *doubt = &g_array_index(doubts, Doubt, i);
        GArray *first = read->pdata[doubt->index];
        int best = best_of(doubt, first->len, again, i * G_N_ELEMENTS(ways));
        if (best < 0)
            continue;
        GArray *better = g_array_ref(again->pdata[best]);
        double back = 1 / ways[(guint)best % G_N_ELEMENTS(ways)].scale;
        for (guint k = 0; k < better->len; k++) {
            OcrSymbol *symbol = &g_array_index(better, OcrSymbol, k);
            symbol->x0 = (int)(symbol->x0 * back), symbol->x1 = (int)(symbol->x1 * back);
            symbol->y0 = (int)(symbol->y0 * back), symbol->y1 = (int)(symbol->y1 * back);
        }
        g_array_unref(first);
        read->pdata[doubt->index] = better;
    }
}
