/* date.h: the Date header. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_DATE_H
#define SHOUWEN_FILTERS_ENVELOPE_DATE_H

#include <glib.h>

/* An RFC 5322 date (obsolete forms and ISO 8601 too) as "2026-03-05T10:21:00+08:00" in the sender's own zone;
 * NULL when it cannot be one. Caller frees. */
char *date_parse(const char *raw);

#endif
