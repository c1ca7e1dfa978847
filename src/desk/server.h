/* server.h: private to src/desk: from a request to the function that answers it. */
#ifndef SHOUWEN_DESK_SERVER_H
#define SHOUWEN_DESK_SERVER_H

#include "desk/room.h"

/* For HttpOptions; USER is the Desk. */
gboolean server_begin(Exchange *x, gpointer user);
gboolean server_handle(Exchange *x, gpointer user);
void server_later(Exchange *x, gpointer user);

/* For lanes_start: runs the route of X. */
void server_run(Worker *w, Exchange *x);

#endif
