/* server.h: the fork server: takes requests on descriptor 3, hands each to an idle child or to a new one, keeps their deadlines,
 * and says how each ended. It never touches a message itself. */
#ifndef SHOUWEN_FILTERS_SERVER_H
#define SHOUWEN_FILTERS_SERVER_H

#include "engine/engine.h"

#define SERVER_CONTROL_FD 3

typedef struct {
    const Kinds *kinds;
    guint deadline_seconds; /* for one message */
    guint reuse;            /* messages a low-risk child may serve */
    guint jobs;             /* children at once */
} ServerOptions;

/* What must be had before the jail: the signal descriptor. */
gboolean server_prepare(GError **error);

/* Serves until the control socket is closed; returns the exit code. */
int server_serve(const ServerOptions *options);

#endif
