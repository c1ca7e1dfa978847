/* throttle.h: how often somebody may try a password: kept in memory, per address and per name, whether the name exists or not. The
 * wait of a name does not hold where somebody logged in under it before: else whoever took each of its tries would lock him out. */
#ifndef SHOUWEN_DESK_THROTTLE_H
#define SHOUWEN_DESK_THROTTLE_H

#include <glib.h>

typedef struct Throttle Throttle;
Throttle *throttle_new(void);
void throttle_free(Throttle *throttle);

/* Seconds until the next try of ADDRESS for NAME is allowed at NOW (clock_mono); 0: now, and the try counts as failed until
 * throttle_good. Any thread. */
guint throttle_try(Throttle *throttle, const char *address, const char *name, gint64 now);
/* The try was good. */
void throttle_good(Throttle *throttle, const char *address, const char *name);

#endif
