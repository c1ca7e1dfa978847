#include "desk/throttle.h"

#define FREE_TRIES 5   /* without any wait */
#define NAME_MOST 60   /* seconds: who knows a name could lock its owner out for longer */
#define ADDRESS_MOST 900
#define FORGET_USEC (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define ROWS_MAX 20000 /* then the table begins anew: it never holds more than some megabytes */

typedef struct {
    guint failures;
    gint64 last;
} Row;

struct Throttle {
    GMutex lock;
    GHashTable *rows; /* "a ADDRESS", "n NAME" -> Row; "k ADDRESS NAME": known, NAME logged in from there */
};

Throttle *throttle_new(void)
{
    Throttle *throttle = g_new0(Throttle, 1);
    g_mutex_init(&throttle->lock);
    throttle->rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return throttle;
}

void throttle_free(Throttle *throttle)
{
    if (!throttle)
        return;
    g_hash_table_unref(throttle->rows);
    g_mutex_clear(&throttle->lock);
    g_free(throttle);
}

static char *known_key(const char *address, const char *name)
{
    return g_strdup_printf("k %.200s %.200s", address, name);
}

static Row *row_of(Throttle *throttle, char what, const char *word, gint64 now)
{
    g_autofree char *key = g_strdup_printf("%c %.200s", what, word);
    Row *row = g_hash_table_lookup(throttle->rows, key);
    if (!row) {
        row = g_new0(Row, 1);
        g_hash_table_insert(throttle->rows, g_steal_pointer(&key), row);
    }
    if (now - row->last > FORGET_USEC)
        row->failures = 0;
    return row;
}

/* 1 s after the sixth, 2 s after the seventh, … */
static gint64 wait_of(const Row *row, guint most, gint64 now)
{
    if (row->failures <= FREE_TRIES)
        return 0;
    gint64 seconds = MIN((gint64)1 << MIN(row->failures - FREE_TRIES - 1, 20), (gint64)most);
    return MAX(row->last + seconds * G_USEC_PER_SEC - now, 0);
}

guint throttle_try(Throttle *throttle, const char *address, const char *name, gint64 now)
{
    g_autofree char *key = known_key(address, name);
    g_mutex_lock(&throttle->lock);
    if (g_hash_table_size(throttle->rows) >= ROWS_MAX)
        g_hash_table_remove_all(throttle->rows);
    gboolean known = g_hash_table_contains(throttle->rows, key);
    Row *by_address = row_of(throttle, 'a', address, now), *by_name = row_of(throttle, 'n', name, now);
    gint64 wait = MAX(wait_of(by_address, ADDRESS_MOST, now), known ? 0 : wait_of(by_name, NAME_MOST, now));
    if (wait == 0) {
        by_address->failures++;
        by_name->failures++;
        by_address->last = by_name->last = now;
    }
    g_mutex_unlock(&throttle->lock);
    return (guint)((wait + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

void throttle_good(Throttle *throttle, const char *address, const char *name)
{
    g_autofree char *by_address = g_strdup_printf("a %.200s", address), *by_name = g_strdup_printf("n %.200s", name);
    g_mutex_lock(&throttle->lock);
    g_hash_table_remove(throttle->rows, by_address);
    g_hash_table_remove(throttle->rows, by_name);
    g_hash_table_replace(throttle->rows, known_key(address, name), g_new0(Row, 1));
    g_mutex_unlock(&throttle->lock);
}
