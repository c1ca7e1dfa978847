/* hold.h: the spool's lock for the supervisor. */
#ifndef SHOUWEN_STAGES_HOLD_H
#define SHOUWEN_STAGES_HOLD_H

#include <glib.h>
#include <sys/types.h>

/* As spool_lock, but waits for the stages of a supervisor that was killed: they still hold its lock and end soon. */
int hold_spool(const char *spool, GError **error);

/* The pid of the supervisor that works on SPOOL; 0: none does. Takes no lock, so it disturbs nobody who wants it. */
pid_t hold_holder(const char *spool);

#endif
