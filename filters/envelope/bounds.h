/* bounds.h: how much of a message GMime may see. GMime follows 1,024 levels and any number of parts
 * (measured: a million parts take 18 s and 1.4 GB), so a cheap scan over the lines finds the point where a
 * limit is passed. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_BOUNDS_H
#define SHOUWEN_FILTERS_ENVELOPE_BOUNDS_H

#include <glib.h>

typedef struct {
    gsize length;      /* of the message that may be parsed */
    gsize headers_end; /* where the top-level headers end, after the blank line */
    gboolean too_deep, too_many;
    gboolean headers_too_long; /* the top-level headers alone pass LIMIT_HEADER_BYTES */
} Bounds;

Bounds bounds_scan(const guint8 *bytes, gsize length);

#endif
