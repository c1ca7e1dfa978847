#include <string.h>

#include "ledger/sql.h"
#include "ledger/stats.h"

#define SECOND 1000000.0

static gboolean ended(GError *failure, GError **error)
{
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

/* --- intake ------------------------------------------------------------------------------------------------------------ */

/* The Monday of the week that INSTANT is in. */
static char *monday_of(gint64 instant, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(instant / G_USEC_PER_SEC);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
    g_autoptr(GDateTime) monday = g_date_time_add_days(local, 1 - g_date_time_get_day_of_week(local));
    return g_date_time_format(monday, "%Y-%m-%d");
}

static int compare_keys(gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer user)
{
    return strcmp(a, b);
}

typedef struct {
    StatsIntakeVisitor visit;
    gpointer user;
} Giving;

/* KEY is "WEEK KIND". */
static gboolean give_week(gpointer key, gpointer count, gpointer user)
{
    const Giving *giving = user;
    g_auto(GStrv) parts = g_strsplit(key, " ", 2);
    giving->visit(parts[0], parts[1], *(guint64 *)count, giving->user);
    return FALSE;
}

gboolean ledger_stats_intake(Ledger *ledger, gint64 from, gint64 to, const char *zone, StatsIntakeVisitor visit, gpointer user,
                             GError **error)
{
    GError *failure = NULL;
    g_autoptr(GTimeZone) named = g_time_zone_new_identifier(zone);
    g_autoptr(GTimeZone) place = named ? g_time_zone_ref(named) : g_time_zone_new_utc();
    g_autoptr(GTree) weeks = g_tree_new_full(compare_keys, NULL, g_free, g_free);
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT m.received, d.kind FROM documents d JOIN messages m ON m.id = d.message"
                                  " WHERE m.received >= ? AND m.received < ?",
                                  "ii", from, to);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        g_autofree char *monday = monday_of(sqlite3_column_int64(row, 0), place);
        char *key = g_strdup_printf("%s %s", monday, (const char *)sqlite3_column_text(row, 1));
        guint64 *count = g_tree_lookup(weeks, key);
        if (count) {
            ++*count;
            g_free(key);
        } else {
            count = g_new0(guint64, 1);
            *count = 1;
            g_tree_insert(weeks, key, count);
        }
    }
    Giving giving = {visit, user};
    g_tree_foreach(weeks, give_week, &giving);
    return ended(failure, error);
}

/* --- times ------------------------------------------------------------------------------------------------------------- */

static int compare_times(gconstpointer a, gconstpointer b)
{
    gint64 one = *(const gint64 *)a, other = *(const gint64 *)b;
    return one < other ? -1 : one > other;
}

/* The value below which PART of all are: nearest rank. */
static double quantile(const GArray *times, double part)
{
    gsize rank = (gsize)(part * (double)times->len + 0.999999);
    return (double)g_array_index(times, gint64, CLAMP(rank, 1, times->len) - 1) / SECOND;
}

gboolean ledger_stats_spread(Ledger *ledger, StatsStep step, gint64 from, gint64 to, StatsSpread *ret, GError **error)
{
    static const char *const queries[] = {
        [STATS_ACKNOWLEDGED] = ("SELECT min(l.sent) - e.received FROM entries e JOIN letters l ON l.entry = e.id"
                               " AND l.kind = 'acknowledgement' AND l.sent IS NOT NULL WHERE e.received >= ? AND e.received < ?"
                               " GROUP BY e.id"),
        [STATS_COMPLETE] = "SELECT completed - received FROM entries WHERE received >= ? AND received < ? AND completed IS NOT NULL",
        [STATS_DECIDED] = ("SELECT min(v.at) - e.received FROM entries e JOIN events v ON v.entry = e.id"
                          " AND v.verb IN ('accept', 'reject') WHERE e.received >= ? AND e.received < ? GROUP BY e.id"),
    };
    GError *failure = NULL;
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(gint64));
    sqlite3_stmt *row = sql_query(ledger, error, queries[step], "ii", from, to);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        gint64 time = MAX(0, sqlite3_column_int64(row, 0)); /* clocks of two machines */
        g_array_append_val(times, time);
    }
    g_array_sort(times, compare_times);
    *ret = (StatsSpread){.n = times->len};
    if (times->len > 0) {
        ret->median = quantile(times, 0.5);
        ret->p90 = quantile(times, 0.9);
        ret->longest = quantile(times, 1);
    }
    return ended(failure, error);
}

/* --- accuracy ---------------------------------------------------------------------------------------------------------- */

/* What was read is the first correction's `was`; what is right, the last one's `became`. */
#define ACCURACY                                                                                                       \
    "WITH c AS (SELECT document, field, min(id) AS first, max(id) AS last FROM corrections GROUP BY document, field),"  \
    " v AS (SELECT c.document, c.field, a.was, b.became FROM c JOIN corrections a ON a.id = c.first"                   \
    " JOIN corrections b ON b.id = c.last),"                                                                           \
    " d AS (SELECT documents.id, kind FROM documents JOIN messages m ON m.id = message WHERE documents.state IN"       \
    " ('accepted', 'rejected') AND m.received >= ?1 AND m.received < ?2)"                                              \
    " SELECT d.kind, f.id, sum(v.document IS NULL OR v.was IS NOT NULL), sum(v.was IS NOT NULL AND v.was IS NOT v.became),"  \
    " sum(v.document IS NOT NULL AND v.was IS NULL) FROM d JOIN fields f ON f.document = d.id"                         \
    " LEFT JOIN v ON v.document = d.id AND v.field = f.id GROUP BY d.kind, f.id"                                       \
    " UNION ALL SELECT coalesce(v.was, d.kind) AS k, 'kind', count(*), sum(v.was IS NOT NULL AND v.was IS NOT v.became), 0"  \
    " FROM d LEFT JOIN v ON v.document = d.id AND v.field = 'kind' GROUP BY k ORDER BY 1, 2"

gboolean ledger_stats_accuracy(Ledger *ledger, gint64 from, gint64 to, StatsAccuracyVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error, ACCURACY, "ii", from, to);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        StatsAccuracy accuracy = {(const char *)sqlite3_column_text(row, 0), (const char *)sqlite3_column_text(row, 1),
                                  (guint64)sqlite3_column_int64(row, 2), (guint64)sqlite3_column_int64(row, 3),
                                  (guint64)sqlite3_column_int64(row, 4)};
        visit(&accuracy, user);
    }
    return ended(failure, error);
}

/* --- counts ------------------------------------------------------------------------------------------------------------ */

static gboolean give_counts(Ledger *ledger, sqlite3_stmt *row, StatsCountVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        visit((const char *)sqlite3_column_text(row, 0), (const char *)sqlite3_column_text(row, 1),
              (guint64)sqlite3_column_int64(row, 2), user);
    return ended(failure, error);
}

gboolean ledger_stats_entries(Ledger *ledger, gint64 from, gint64 to, StatsCountVisitor visit, gpointer user, GError **error)
{
    return give_counts(ledger,
                       sql_query(ledger, error,
                                 "SELECT '', state, count(*) FROM entries WHERE received >= ? AND received < ? GROUP BY state", "ii",
                                 from, to),
                       visit, user, error);
}

gboolean ledger_stats_letters(Ledger *ledger, gint64 from, gint64 to, StatsCountVisitor visit, gpointer user, GError **error)
{
    return give_counts(ledger,
                       sql_query(ledger, error,
                                 "SELECT kind, state, count(*) FROM letters WHERE created >= ? AND created < ? GROUP BY kind, state",
                                 "ii", from, to),
                       visit, user, error);
}
