/* clock.h: every reading of time goes through here, so that tests and simulations can set it.
 *
 * Instants are microseconds since 1970-01-01T00:00:00Z. SHOUWEN_NOW in the environment (ISO 8601 with zone) sets
 * the wall clock of a process at its start; from then on it runs at normal speed. */
#ifndef SHOUWEN_BASE_CLOCK_H
#define SHOUWEN_BASE_CLOCK_H

#include <glib.h>

/* Wall clock, microseconds. */
gint64 clock_now(void);

/* For simulations: from now on it is INSTANT, until the next call. Deadlines (clock_mono) go on. */
void clock_set(gint64 instant);

/* Monotonic clock for deadlines, microseconds. */
gint64 clock_mono(void);

/* Milliseconds left until DEADLINE (a clock_mono value), 0 when it has passed; fits poll(2). */
int clock_left_ms(gint64 deadline);

/* INSTANT as "2026-03-05T10:21:00+08:00" in ZONE (an Olson name; NULL = Asia/Shanghai). Caller frees. */
char *clock_iso(gint64 instant, const char *zone);

/* Parses ISO 8601 with zone; -1 when TEXT is none. */
gint64 clock_parse_iso(const char *text);

/* The end of the day DATE ("2026-03-05") plus DAYS in ZONE; -1 when DATE is none. */
gint64 clock_day_end(const char *date, int days, const char *zone);

/* The day of INSTANT in ZONE as a Julian day number (GDate), by which days are counted. */
guint32 clock_day(gint64 instant, const char *zone);

/* MINUTES (of the clock on the wall) into the Julian DAY in ZONE, as an instant. */
gint64 clock_at(guint32 day, int minutes, const char *zone);

/* The Julian day of "2026-03-05", 0 when DATE is none; and back (caller frees). */
guint32 clock_day_parse(const char *date);
char *clock_day_text(guint32 day);

/* The year of INSTANT in ZONE. */
int clock_year(gint64 instant, const char *zone);

#endif
