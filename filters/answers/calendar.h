/* calendar.h: private to filters/answers: the parts of the answer about an iCalendar file. */
#ifndef SHOUWEN_FILTERS_ANSWERS_CALENDAR_H
#define SHOUWEN_FILTERS_ANSWERS_CALENDAR_H

#include <glib.h>
#include <jansson.h>
#include <libical/ical.h>

/* calendar_lines.c: what of LENGTH BYTES is worth parsing, as UTF-8: events, tasks and zones with the lines that are asked for.
 * Memory is bounded here, since libical takes a hundred times that of its text. *RET_LEFT: items beyond LIMIT_CALENDAR_ITEMS and
 * lines that were left out. NULL when there is no calendar. Caller frees. */
typedef struct {
    guint items, lines;
} CalendarLeft;
char *calendar_lines(const guint8 *bytes, gsize length, CalendarLeft *ret_left);

/* --- calendar_times.c -------------------------------------------------------------------------------------------------- */

typedef enum { ZONE_NONE, ZONE_UTC, ZONE_IANA, ZONE_OWN } ZoneKind;

/* A time as it stands in the file. NONE: floating, or a date. */
typedef struct {
    struct icaltimetype time; /* its own zone is never set */
    ZoneKind kind;
    const char *name;  /* IANA */
    icaltimezone *own; /* OWN: the file defines it */
} Moment;

/* The time of PROPERTY in CALENDAR; FALSE when it has none. *RET_UNKNOWN (may be NULL) gets the name of a zone that nobody knows:
 * the time floats then. */
gboolean calendar_moment(icalcomponent *calendar, icalproperty *property, Moment *ret, const char **ret_unknown);

/* MOMENT in the zone of LIKE, when both have one. */
Moment calendar_moment_in(const Moment *moment, const Moment *like);

/* "2026-03-02", or "2026-03-02T09:00:00" in its zone, or in UTC when that is the file's own; null when there is no such time. */
json_t *calendar_moment_json(const Moment *moment);
json_t *calendar_zone_json(const Moment *moment);

/* The starts of ITEM, which starts at START, that door.h describes. OVERRIDDEN: set of calendar_key of times that the file gives
 * separately, or NULL. UNTIL: clock_mono. *RET_FAULT: why some are missing, or NULL; static. */
json_t *calendar_recurrences(icalcomponent *calendar, icalcomponent *item, const Moment *start, GHashTable *overridden, gint64 until,
                             const char **ret_fault);

/* MOMENT in the zone of LIKE as a key: "20260302T090000", or "20260302" for a date. Caller frees. */
char *calendar_key(const Moment *moment, const Moment *like);

#endif
