/* stats.h: figures of the office's work between two instants (FROM included, TO not). */
#ifndef SHOUWEN_LEDGER_STATS_H
#define SHOUWEN_LEDGER_STATS_H

#include "ledger/ledger.h"

/* Documents that came in, by week and kind: WEEK is the date of its Monday in ZONE, "2026-03-02". By week, then kind. */
typedef void (*StatsIntakeVisitor)(const char *week, const char *kind, guint64 count, gpointer user);
gboolean ledger_stats_intake(Ledger *ledger, gint64 from, gint64 to, const char *zone, StatsIntakeVisitor visit, gpointer user,
                             GError **error);

/* Seconds from receipt of an entry until something was done. N 0: nothing was measured. */
typedef struct {
    guint64 n;
    double median, p90, longest;
} StatsSpread;
typedef enum {
    STATS_ACKNOWLEDGED, /* its first acknowledgement was sent */
    STATS_COMPLETE,     /* nothing was missing any more */
    STATS_DECIDED,      /* a person accepted or rejected it */
} StatsStep;
gboolean ledger_stats_spread(Ledger *ledger, StatsStep step, gint64 from, gint64 to, StatsSpread *ret, GError **error);

/* How often people set right what was read, by kind and field ("kind": the kind itself, as read), in documents that a person accepted or
 * rejected: values nobody looked at say nothing. */
typedef struct {
    const char *kind, *field;
    guint64 read;      /* values that were read */
    guint64 corrected; /* of them */
    guint64 added;     /* values that had not been read, and that a person put in */
} StatsAccuracy;
typedef void (*StatsAccuracyVisitor)(const StatsAccuracy *accuracy, gpointer user);
gboolean ledger_stats_accuracy(Ledger *ledger, gint64 from, gint64 to, StatsAccuracyVisitor visit, gpointer user, GError **error);

typedef void (*StatsCountVisitor)(const char *name, const char *state, guint64 count, gpointer user);
/* Entries received in the time by the state that they have now (name ""), and letters made in it by kind and state. */
gboolean ledger_stats_entries(Ledger *ledger, gint64 from, gint64 to, StatsCountVisitor visit, gpointer user, GError **error);
gboolean ledger_stats_letters(Ledger *ledger, gint64 from, gint64 to, StatsCountVisitor visit, gpointer user, GError **error);

#endif
