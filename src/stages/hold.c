#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>

#include "base/clock.h"
#include "spool/segment.h"
#include "stages/hold.h"

#define WAIT_USEC (15 * G_USEC_PER_SEC)
#define LOOK_USEC 50000

/* Whether the process that the lock names is there no more. */
static gboolean holder_is_dead(const char *spool)
{
    g_autofree char *path = g_build_filename(spool, "lock", NULL), *text = NULL;
    pid_t pid = g_file_get_contents(path, &text, NULL, NULL) ? (pid_t)atol(text) : 0;
    return pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
}

int hold_spool(const char *spool, GError **error)
{
    for (gint64 deadline = clock_mono() + WAIT_USEC;; g_usleep(LOOK_USEC)) {
        g_autoptr(GError) refusal = NULL;
        int lock = spool_lock(spool, &refusal);
        if (lock >= 0)
            return lock;
        if (!holder_is_dead(spool) || clock_mono() > deadline) {
            g_propagate_error(error, g_steal_pointer(&refusal));
            return -1;
        }
    }
}
