#include "stages/pace.h"

#include <string.h>

#define MINUTE_USEC (60 * G_USEC_PER_SEC)
#define MAX_DOMAINS 1000 /* more are known at once by nobody but an attacker */

/* The instants of the last PER_MINUTE letters, in a ring: the oldest stands where the next one goes. */
typedef struct {
    guint next;
    gint64 instants[];
} Domain;

struct Pace {
    guint per_minute;
    GHashTable *domains; /* lower case -> Domain */
    GHashTable *kept;    /* letter -> its instant */
    gint64 last;         /* the latest instant ever kept */
};

Pace *pace_new(guint per_minute)
{
    Pace *pace = g_new0(Pace, 1);
    pace->per_minute = per_minute;
    pace->domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    pace->kept = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return pace;
}

void pace_free(Pace *pace)
{
    g_hash_table_unref(pace->domains);
    g_hash_table_unref(pace->kept);
    g_free(pace);
}

static Domain *domain_of(Pace *pace, const char *name)
{
    g_autofree char *key = g_utf8_strdown(name, -1);
    Domain *domain = g_hash_table_lookup(pace->domains, key);
    if (domain)
        return domain;
    if (g_hash_table_size(pace->domains) >= MAX_DOMAINS)
        g_hash_table_remove_all(pace->domains);
    domain = g_malloc0(sizeof *domain + pace->per_minute * sizeof domain->instants[0]);
    g_hash_table_insert(pace->domains, g_steal_pointer(&key), domain);
    return domain;
}

gint64 pace_take(Pace *pace, gint64 letter, const char *domain, gint64 now)
{
    const gint64 *kept = g_hash_table_lookup(pace->kept, &letter);
    if (pace->per_minute == 0)
        return now;
    if (kept) {
        gint64 instant = *kept;
        if (instant <= now)
            g_hash_table_remove(pace->kept, &letter);
        return MAX(instant, now);
    }
    Domain *row = domain_of(pace, domain);
    gint64 *oldest = &row->instants[row->next];
    gint64 instant = *oldest ? MAX(now, *oldest + MINUTE_USEC) : now;
    *oldest = instant;
    row->next = (row->next + 1) % pace->per_minute;
    if (instant > now) {
        g_hash_table_insert(pace->kept, g_memdup2(&letter, sizeof letter), g_memdup2(&instant, sizeof instant));
        pace->last = MAX(pace->last, instant);
    }
    return instant;
}

gboolean pace_holds(const Pace *pace, gint64 now)
{
    return pace->last > now;
}
