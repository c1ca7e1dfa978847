/* stats.c: `shouwen stats`: figures of the office's work. */
#include <stdio.h>

#include "base/clock.h"
#include "base/failure.h"
#include "cmd/filter.h"
#include "cmd/output.h"
#include "ledger/stats.h"

#define YEAR (365 * G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

/* One table of it. The first column says in JSON which. */
typedef struct {
    const char *figure;
    Output *output;
} Figures;

static const OutputColumn intake_columns[] = {
    {"figure", NULL, 0}, {"week", "week of", 0}, {"kind", "kind", 0}, {"count_n", "documents", 0}};
static const OutputColumn state_columns[] = {{"figure", NULL, 0}, {"kind", "letter", 0}, {"state", "state", 0}, {"count_n", "number", 0}};
static const OutputColumn entry_columns[] = {{"figure", NULL, 0}, {"kind", NULL, 0}, {"state", "state", 0}, {"count_n", "entries", 0}};
static const OutputColumn time_columns[] = {{"figure", "from receipt until", 0}, {"count_n", "entries", 0}, {"median_seconds_n", "median", 0},
                                            {"p90_seconds_n", "90 %", 0}, {"longest_seconds_n", "longest", 0}};
static const OutputColumn accuracy_columns[] = {{"figure", NULL, 0},      {"kind", "kind", 0},           {"field", "field", 0},
                                                {"read_n", "read", 0},    {"corrected_n", "corrected", 0}, {"added_n", "added", 0},
                                                {"accuracy", "right", 0}};

static void intake_row(const char *week, const char *kind, guint64 count, gpointer user)
{
    const Figures *figures = user;
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, count);
    output_row(figures->output, (const char *const[]){figures->figure, week, kind, number});
}

static void count_row(const char *name, const char *state, guint64 count, gpointer user)
{
    intake_row(name, state, count, user);
}

static void accuracy_row(const StatsAccuracy *accuracy, gpointer user)
{
    const Figures *figures = user;
    g_autofree char *read = g_strdup_printf("%" G_GUINT64_FORMAT, accuracy->read),
                    *corrected = g_strdup_printf("%" G_GUINT64_FORMAT, accuracy->corrected),
                    *added = g_strdup_printf("%" G_GUINT64_FORMAT, accuracy->added),
                    *right = accuracy->read ? g_strdup_printf("%.3f", 1 - (double)accuracy->corrected / (double)accuracy->read) : NULL;
    output_row(figures->output,
               (const char *const[]){figures->figure, accuracy->kind, accuracy->field, read, corrected, added, right});
}

/* Seconds as people say them. */
static char *duration(double seconds, gboolean json)
{
    if (json)
        return g_strdup_printf("%.0f", seconds);
    if (seconds < 120)
        return g_strdup_printf("%.0f s", seconds);
    if (seconds < 2 * 3600)
        return g_strdup_printf("%.0f min", seconds / 60);
    return seconds < 2 * 86400 ? g_strdup_printf("%.1f h", seconds / 3600) : g_strdup_printf("%.1f d", seconds / 86400);
}

static gboolean times(Ledger *ledger, gint64 from, gint64 to, gboolean json, GError **error)
{
    static const char *const names[] = {
        [STATS_ACKNOWLEDGED] = "acknowledged", [STATS_COMPLETE] = "complete", [STATS_DECIDED] = "decided"};
    Output *output = output_new(json, time_columns, G_N_ELEMENTS(time_columns));
    gboolean good = TRUE;
    for (guint step = 0; good && step < G_N_ELEMENTS(names); step++) {
        StatsSpread spread;
        good = ledger_stats_spread(ledger, (StatsStep)step, from, to, &spread, error);
        if (!good)
            break;
        g_autofree char *n = g_strdup_printf("%" G_GUINT64_FORMAT, spread.n), *median = duration(spread.median, json),
                        *p90 = duration(spread.p90, json), *longest = duration(spread.longest, json);
        output_row(output, (const char *const[]){names[step], n, spread.n ? median : NULL, spread.n ? p90 : NULL,
                                                 spread.n ? longest : NULL});
    }
    output_end(output);
    return good;
}

static Figures begin(const char *figure, gboolean json, const OutputColumn *columns, guint n)
{
    return (Figures){figure, output_new(json, columns, n)};
}

/* Ends FIGURES with an empty line for people. */
static void end(Figures *figures, gboolean json)
{
    output_end(figures->output);
    if (!json)
        putchar('\n');
}

static gboolean print(Ledger *ledger, gint64 from, gint64 to, const char *zone, gboolean json, GError **error)
{
    Figures intake = begin("intake", json, intake_columns, G_N_ELEMENTS(intake_columns));
    gboolean good = ledger_stats_intake(ledger, from, to, zone, intake_row, &intake, error);
    end(&intake, json);
    Figures entries = begin("entries", json, entry_columns, G_N_ELEMENTS(entry_columns));
    good = good && ledger_stats_entries(ledger, from, to, count_row, &entries, error);
    end(&entries, json);
    good = good && times(ledger, from, to, json, error);
    if (!json)
        putchar('\n');
    Figures letters = begin("letters", json, state_columns, G_N_ELEMENTS(state_columns));
    good = good && ledger_stats_letters(ledger, from, to, count_row, &letters, error);
    end(&letters, json);
    Figures accuracy = begin("accuracy", json, accuracy_columns, G_N_ELEMENTS(accuracy_columns));
    good = good && ledger_stats_accuracy(ledger, from, to, accuracy_row, &accuracy, error);
    output_end(accuracy.output);
    return good;
}

int cmd_stats(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    g_autofree char *since = NULL, *until = NULL;
    const GOptionEntry own[] = {
        {"since", 0, 0, G_OPTION_ARG_STRING, &since, "the first day; without it: a year ago", "YYYY-MM-DD"},
        {"until", 0, 0, G_OPTION_ARG_STRING, &until, "the last day; without it: today", "YYYY-MM-DD"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, NULL,
                   "Figures: intake by week and kind, times from receipt, letters by state, how often people set right what was read.", own,
                   &options, &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, LEDGER_READ, &error) : NULL;
    gint64 from = ledger ? filter_day(since, FALSE, conf, &error) : -1, to = from < 0 ? -1 : filter_day(until, TRUE, conf, &error);
    if (to >= 0)
        print(ledger, from ? from : clock_now() - YEAR, to ? to : G_MAXINT64, conf_string(conf, "general", "zone"), options.json, &error);
    return cmd_end(error);
}
