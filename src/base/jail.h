/* jail.h: Landlock and seccomp for both sides. Policies are built by the callers from these pieces. No Landlock: seccomp
 * alone refuses what it can; no seccomp: nothing is confined and the caller must not go on. */
#ifndef SHOUWEN_BASE_JAIL_H
#define SHOUWEN_BASE_JAIL_H

#include <glib.h>

typedef enum { JAIL_READ = 1, JAIL_WRITE = 2, JAIL_EXECUTE = 4, JAIL_READ_DIR = 8 } JailRight;

typedef struct {
    const char *path;   /* a file or folder; absent ones are skipped */
    guint rights;       /* JailRight */
    const char *reason; /* which library or step needs it; shown by `shouwen check` */
} JailPath;

typedef enum {
    JAIL_NO_NETWORK,
    JAIL_LOOPBACK_OR_NETWORK,
    JAIL_ALONE, /* no network, and no signals to processes outside the jail either (kernels with Landlock ABI 6) */
} JailNetwork;

/* Confines this process: no_new_privs, Landlock to PATHS (ended by a NULL path), and a seccomp filter that refuses
 * what could undo that (io_uring, ptrace, foreign memory, mounts); without network also socket() of every family but
 * AF_UNIX. For the trusted stages. */
gboolean jail_confine(const JailPath *paths, JailNetwork network, GError **error);

/* Only the Landlock part, for the filter, which brings its own calls. Without Landlock it does nothing. */
gboolean jail_landlock(const JailPath *paths, JailNetwork network, GError **error);

typedef enum { JAIL_ALLOW, JAIL_REFUSE, JAIL_KILL } JailAnswer;

/* A row of a table of system calls. With MASK only calls whose argument number ARGUMENT, masked, is VALUE. */
typedef struct {
    const char *name;
    JailAnswer answer; /* REFUSE: EACCES */
    guint argument;
    guint64 mask, value;
} JailCall;

/* Loads the table (ended by a NULL name) as this process's filter; what no row names gets EPERM. Calls that this
 * machine does not have are passed over. */
gboolean jail_calls(const JailCall *calls, GError **error);

/* The number of a system call on this machine, negative when it has none of that name. */
int jail_call_number(const char *name);

/* Landlock's ABI version, 0 when the kernel has none. */
int jail_landlock_abi(void);
gboolean jail_seccomp_available(void);

#endif
