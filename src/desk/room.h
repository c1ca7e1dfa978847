/* room.h: private to src/desk: what its files share. */
#ifndef SHOUWEN_DESK_ROOM_H
#define SHOUWEN_DESK_ROOM_H

#include "conf/conf.h"
#include "desk/exchange.h"
#include "desk/http.h"
#include "desk/lanes.h"
#include "desk/throttle.h"
#include "door/door.h"
#include "letters/compose.h"
#include "ledger/ledger.h"

struct Desk {
    const Conf *conf;
    Templates *templates;
    const char *zone;
    char *spool, *segments, *scratch, *web;
    DoorOptions door;

    Ledger *glance;     /* of the server's thread: sessions are looked up in it before a body is read */
    GPtrArray *hosts;   /* names by which we may be called */
    gint64 idle, absolute; /* of sessions, microseconds */
    const char *proxy;  /* its address; "": none */
    guint8 key[32];     /* random at each start: CSRF tokens of users that the proxy logs in */
    char *no_password;  /* the hash of nothing, checked for names that do not exist */

    Throttle *throttle;
    Lanes *lanes;
    gboolean started;   /* the lanes have threads */
    Http *http;
    GMutex upload_lock;
    SegmentWriter *uploads; /* under upload_lock */
};

/* What a thread works with. */
struct Worker {
    Desk *desk;
    Ledger *ledger;
    Door *door; /* LANE_DOOR only */
};

/* Answers X, or sets ERROR (reply_error follows). */
typedef gboolean (*RouteRun)(Worker *w, Exchange *x, GError **error);

/* One transaction around a function that writes. */
typedef gboolean (*WorkerWrite)(Worker *w, Exchange *x, gpointer user, GError **error);
gboolean worker_write(Worker *w, Exchange *x, WorkerWrite write, gpointer user, GError **error);

#endif
