/* process.h: private to src/door: one running filter server. */
#ifndef SHOUWEN_DOOR_PROCESS_H
#define SHOUWEN_DOOR_PROCESS_H

#include <glib.h>
#include <sys/types.h>

typedef struct {
    pid_t pid;   /* 0: not running */
    int control; /* SOCK_SEQPACKET to it, or -1 */
    int errors;  /* its standard error, or -1 */
    guint jobs;  /* handed to it and not done */
    gint64 last_sign; /* clock_mono of its last word, or of the first job after idleness */
} FilterProcess;

/* Starts PROGRAM with ARGUMENTS (argv[0] included, NULL-ended), waits until it says "ready". FAILURE_UNAVAILABLE or
 * FAILURE_CONFIG with what it wrote to standard error. */
gboolean filter_process_start(FilterProcess *process, const char *program, const char *const *arguments, GError **error);

/* Ends it at once; its children die with it. */
void filter_process_stop(FilterProcess *process);

/* What it wrote to standard error since the last call, at most LIMIT_STDERR_BYTES, "" when nothing. Caller frees. */
char *filter_process_errors(FilterProcess *process);

/* Sends one request with its two descriptors. */
gboolean filter_process_send(FilterProcess *process, const char *text, gsize length, const int descriptors[2], GError **error);

#endif
