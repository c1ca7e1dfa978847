/* notify.h: what the service manager is told (the datagrams of sd_notify(3)), without its library. Nothing happens when we
 * were not started by one. */
#ifndef SHOUWEN_STAGES_NOTIFY_H
#define SHOUWEN_STAGES_NOTIFY_H

#include <glib.h>

/* STATE as sd_notify takes it: "READY=1". */
void notify_send(const char *state);

/* "RELOADING=1" with the instant that goes with it; "READY=1" ends it. */
void notify_reloading(void);

/* The watchdog's interval of us, halved: *RET_USEC microseconds. FALSE when none is wanted. */
gboolean notify_watchdog(gint64 *ret_usec);

#endif
