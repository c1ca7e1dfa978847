/* spawn.h: a stage as a process: our own program executed anew, with a bus, and with no more than it needs. */
#ifndef SHOUWEN_STAGES_SPAWN_H
#define SHOUWEN_STAGES_SPAWN_H

#include <glib.h>
#include <sys/types.h>

/* Starts NAME ("intake", "fetch:work") with the configuration file CONFIG. LOCK is the spool's: a stage holds it too, so that
 * nobody else begins on the spool before the last stage has ended, however we end. SECRET is a descriptor for this stage
 * alone (-1: none). *RET_BUS is our end of its bus; the caller closes it. The stage gets SIGTERM when we end. -1 with
 * errno set when there is no process to be had. */
pid_t spawn_stage(const char *name, const char *config, gboolean once, int lock, int secret, int *ret_bus);

#endif
