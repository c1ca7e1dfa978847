/* team.h: helpers of one child, so that the pages of a long scan are recognised side by side. They are forked by the child
 * before it sees a byte of a message and enter the same jail; they die with it. What they work on is hostile: a helper that
 * dies ends its child, which is then judged as if it had died itself. Bytes in, bytes out; what they mean is the caller's. */
#ifndef SHOUWEN_FILTERS_TEAM_H
#define SHOUWEN_FILTERS_TEAM_H

#include <glib.h>

#define TEAM_MOST 16

/* What a helper does with one task; the result is newly allocated. Runs in the helper. */
typedef GBytes *(*TeamWork)(const guint8 *task, gsize length);

/* Forks N helpers (at most TEAM_MOST) of the calling child; CONFINE is what makes each of them as powerless as its child. For
 * the child, before its own confinement. Without a call, or when forking fails, the team is smaller or empty. */
void team_fork(guint n, TeamWork work, void (*confine)(void));

/* Helpers that are idle. */
guint team_idle(void);

/* Gives TASK to an idle helper, with a NUMBER by which its result is known. Call only when team_idle() > 0. */
void team_give(guint number, const guint8 *task, gsize length);

/* Waits for a result that is under way; NULL when none is. Whoever waits too long is ended by the server's deadline. */
GBytes *team_take(guint *ret_number);

#endif
