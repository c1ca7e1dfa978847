/* zones.h: the time zones of this machine (RFC 8536), read whole before the jail: libical would open their files when it meets
 * one, and to load all of them into it takes 0.3 s and 18 MB. */
#ifndef SHOUWEN_FILTERS_ANSWERS_ZONES_H
#define SHOUWEN_FILTERS_ANSWERS_ZONES_H

#include <glib.h>

void zones_load(void);

/* The IANA zone that TZID names, whatever stands before its name ("/example.org/20050126_1/Europe/Berlin"); NULL when it names none.
 * Owned by the table. */
const char *zones_find(const char *tzid);

/* Seconds that the clocks of ZONE (from zones_find) are ahead of UTC at INSTANT, seconds since 1970 in UTC. */
int zones_ahead(const char *zone, gint64 instant);

/* The instant at which the clocks of ZONE show LOCAL, seconds since 1970 as if it were UTC. */
gint64 zones_instant(const char *zone, gint64 local);

#endif
