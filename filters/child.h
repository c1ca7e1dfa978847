/* child.h: a process that reads messages: forked by the server, inside its jail, with a second filter of its own. */
#ifndef SHOUWEN_FILTERS_CHILD_H
#define SHOUWEN_FILTERS_CHILD_H

#include <sys/types.h>

#include "read.h"

/* Serves requests from WORK (moved to WORK_FD) until told to end, at most REUSE of them; never returns. SECONDS: processor
 * time for one of them. HELPERS: further processes it may fork to recognise pages (team.h). The caller is a fork of SERVER.
 * After each message one byte goes back over the work socket, unless a risky reader ran: then the socket was closed before,
 * and the process ends. */
G_GNUC_NORETURN void child_serve(const Kinds *kinds, int work, pid_t server, guint reuse, guint seconds, guint helpers);

#endif
