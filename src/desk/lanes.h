/* lanes.h: the threads in which requests are answered. Each lane has a bounded queue, so that what is slow (a page to be drawn, a
 * password to be hashed) neither holds up the rest nor piles up. */
#ifndef SHOUWEN_DESK_LANES_H
#define SHOUWEN_DESK_LANES_H

#include "desk/exchange.h"

typedef struct Desk Desk;
typedef struct Worker Worker;
typedef struct Lanes Lanes;

typedef enum {
    LANE_LEDGER,   /* milliseconds */
    LANE_DOOR,     /* asks the filter: up to a minute */
    LANE_PASSWORD, /* Argon2id: a tenth of a second, 64 MB */
    LANES,
} Lane;

/* Opens a ledger for every thread, before the process is confined; no thread runs yet. */
Lanes *lanes_new(Desk *desk, const char *ledger, GError **error);
/* After the process was confined. RUN answers one exchange; http_answered follows. */
void lanes_start(Lanes *lanes, void (*run)(Worker *w, Exchange *x));
/* FALSE: the lane is full, or closed. */
gboolean lanes_push(Lanes *lanes, Lane lane, Exchange *x);
/* Takes nothing more, finishes what is queued, ends the threads. */
void lanes_close(Lanes *lanes);
void lanes_free(Lanes *lanes); /* closed, or never started; NULL is allowed */

#endif
