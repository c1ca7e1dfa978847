#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/version.h"
#include "spool/segment.h"
#include "stages/hold.h"

#define WAIT_USEC (15 * G_USEC_PER_SEC)
#define LOOK_USEC 50000

static pid_t named_in_lock(const char *spool)
{
    g_autofree char *path = g_build_filename(spool, "lock", NULL), *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) ? (pid_t)atol(text) : 0;
}

/* Whether the process that the lock names is there no more. */
static gboolean holder_is_dead(const char *spool)
{
    pid_t pid = named_in_lock(spool);
    return pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
}

pid_t hold_holder(const char *spool)
{
    pid_t pid = named_in_lock(spool);
    g_autofree char *file = g_strdup_printf("/proc/%ld/comm", (long)pid), *name = NULL;
    /* A number in the file may be another program's by now. */
    return pid > 0 && g_file_get_contents(file, &name, NULL, NULL) && g_str_has_prefix(name, SHOUWEN_NAME) ? pid : 0;
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
