/* auth.h: who is asking, and whether he may. Decided from the headers alone, before a body is read or anything is looked up. */
#ifndef SHOUWEN_DESK_AUTH_H
#define SHOUWEN_DESK_AUTH_H

#include "desk/room.h"

/* Whether X may go on to its route (NULL: a page, for anybody). Fills in session, role, address, secure. FALSE: X is answered. */
gboolean auth_admit(Desk *desk, Exchange *x);

/* Notes that the session of X is used, once a minute. */
void auth_touch(Worker *w, const Exchange *x);

/* Begins a session of USER (inside a transaction) and puts its cookie into the answer of X, whose session is then that one. */
gboolean auth_begin_session(Worker *w, Exchange *x, gint64 user, GError **error);
/* Ends the one of X and takes the cookie away. */
gboolean auth_end_session(Worker *w, Exchange *x, GError **error);

/* The token to be sent as X-CSRF-Token; NULL: nobody is logged in. Caller frees. */
char *auth_csrf(const Desk *desk, const Exchange *x);

const char *role_name(Role role);

#endif
