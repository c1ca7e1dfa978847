/* jail.h: Landlock and seccomp for both sides. Policies are built by the callers from these pieces. No Landlock:
 * seccomp alone refuses opens where that is possible; no seccomp: JAIL_REQUIRED refuses to start. */
#ifndef SHOUWEN_BASE_JAIL_H
#define SHOUWEN_BASE_JAIL_H

#include <glib.h>

typedef enum { JAIL_READ = 1, JAIL_WRITE = 2, JAIL_EXECUTE = 4, JAIL_READ_DIR = 8 } JailRight;

typedef struct {
    const char *path;   /* a file or folder; absent ones are skipped */
    guint rights;       /* JailRight */
    const char *reason; /* which library or step needs it; shown by `shouwen check` */
} JailPath;

typedef enum { JAIL_NO_NETWORK, JAIL_LOOPBACK_OR_NETWORK } JailNetwork;

/* Confines this process: no_new_privs, Landlock to PATHS (ended by a NULL path), and with JAIL_NO_NETWORK a seccomp
 * filter that refuses socket() of every family but AF_UNIX. For the trusted stages. */
gboolean jail_confine(const JailPath *paths, JailNetwork network, GError **error);

/* Only the Landlock part, for the filter, which brings its own seccomp filters. Without Landlock it does nothing. */
gboolean jail_landlock(const JailPath *paths, JailNetwork network, GError **error);

/* Landlock's ABI version, 0 when the kernel has none. */
int jail_landlock_abi(void);
gboolean jail_seccomp_available(void);

#endif
