#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/jail.h"

/* Rights that Debian 12's header does not know yet. */
#define FS_TRUNCATE (1ULL << 14)  /* ABI 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#define NET_BIND_TCP (1ULL << 0)  /* ABI 4 */
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0) /* ABI 6 */
#define SCOPE_SIGNAL (1ULL << 1)

#define FS_WRITE_BITS                                                                                                  \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |                 \
     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG)
#define FS_FILE_BITS                                                                                                   \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE)

struct ruleset {
    guint64 fs, net, scoped;
};

int jail_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? (int)abi : 0;
}

gboolean jail_seccomp_available(void)
{
    guint32 action = SECCOMP_RET_KILL_PROCESS;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static gboolean refuse(GError **error, const char *what)
{
    g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "jail: cannot %s: %s; 'shouwen check' tells what this kernel offers", what,
                g_strerror(errno));
    return FALSE;
}

/* Every right this kernel can take away. */
static guint64 handled_fs(int abi)
{
    guint64 all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1; /* ABI 1 */
    if (abi >= 2)
        all |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3)
        all |= FS_TRUNCATE;
    if (abi >= 5)
        all |= FS_IOCTL_DEV;
    return all;
}

static guint64 rights_of(guint rights, gboolean folder, guint64 handled)
{
    guint64 bits = 0;
    if (rights & JAIL_READ)
        bits |= LANDLOCK_ACCESS_FS_READ_FILE;
    if (rights & JAIL_READ_DIR)
        bits |= LANDLOCK_ACCESS_FS_READ_DIR;
    if (rights & JAIL_EXECUTE)
        bits |= LANDLOCK_ACCESS_FS_EXECUTE;
    if (rights & JAIL_WRITE)
        bits |= FS_WRITE_BITS | FS_TRUNCATE | LANDLOCK_ACCESS_FS_REFER;
    return bits & handled & (folder ? G_MAXUINT64 : FS_FILE_BITS);
}

static gboolean allow(int ruleset, const JailPath *path, guint64 handled, GError **error)
{
    struct stat facts;
    int fd = open(path->path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return TRUE; /* what is not there needs no right */
    gboolean folder = fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode);
    struct landlock_path_beneath_attr rule = {.allowed_access = rights_of(path->rights, folder, handled), .parent_fd = fd};
    gboolean good = rule.allowed_access == 0 || syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    if (!good)
        refuse(error, path->path);
    close(fd);
    return good;
}

gboolean jail_landlock(const JailPath *paths, JailNetwork network, GError **error)
{
    int abi = jail_landlock_abi();
    if (abi == 0)
        return TRUE; /* the caller's seccomp filter has to do */
    struct ruleset wanted = {.fs = handled_fs(abi)};
    gsize size = abi >= 6 ? sizeof wanted : abi >= 4 ? offsetof(struct ruleset, scoped) : offsetof(struct ruleset, net);
    if (abi >= 4)
        wanted.net = network == JAIL_LOOPBACK_OR_NETWORK ? NET_BIND_TCP : NET_BIND_TCP | NET_CONNECT_TCP;
    if (abi >= 6)
        wanted.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | (network == JAIL_ALONE ? SCOPE_SIGNAL : 0);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &wanted, size, 0);
    if (ruleset < 0)
        return refuse(error, "make a Landlock ruleset");
    gboolean good = TRUE;
    for (; good && paths->path; paths++)
        good = allow(ruleset, paths, wanted.fs, error);
    good = good && (syscall(SYS_landlock_restrict_self, ruleset, 0) == 0 || refuse(error, "enter Landlock"));
    close(ruleset);
    return good;
}

int jail_call_number(const char *name)
{
    return seccomp_syscall_resolve_name(name);
}

static gboolean add_call(scmp_filter_ctx filter, const JailCall *call)
{
    static const guint32 answers[] = {
        [JAIL_ALLOW] = SCMP_ACT_ALLOW, [JAIL_REFUSE] = SCMP_ACT_ERRNO(EACCES), [JAIL_KILL] = SCMP_ACT_KILL_PROCESS};
    int number = jail_call_number(call->name);
    if (number < 0)
        return TRUE;
    struct scmp_arg_cmp test = {call->argument, SCMP_CMP_MASKED_EQ, call->mask, call->value};
    return seccomp_rule_add_array(filter, answers[call->answer], number, call->mask ? 1 : 0, &test) == 0;
}

/* The errors of libseccomp are returned, not left in errno. */
static gboolean load(scmp_filter_ctx filter, GError **error)
{
    int result = filter ? seccomp_load(filter) : -ENOMEM;
    if (filter)
        seccomp_release(filter);
    if (result == 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_UNAVAILABLE,
                "jail: the kernel takes no seccomp filter (%s); shouwen does not run without", g_strerror(-result));
    return FALSE;
}

gboolean jail_calls(const JailCall *calls, GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    for (; filter && calls->name; calls++)
        if (!add_call(filter, calls)) {
            seccomp_release(filter);
            g_set_error(error, FAILURE, FAILURE_BUG, "jail: the row of %s is no rule", calls->name);
            return FALSE;
        }
    return load(filter, error);
}

/* What could undo the jail of a stage: io_uring makes sockets past seccomp, the others reach into other processes. */
static const char *const undoing[] = {
    "io_uring_setup", "io_uring_enter", "io_uring_register", "ptrace", "process_vm_readv", "process_vm_writev",
    "pidfd_getfd", "bpf", "userfaultfd", "mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "keyctl",
    "add_key", "request_key", "init_module", "finit_module", "kexec_load", "perf_event_open",
};

static gboolean refuse_calls(JailNetwork network, GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    gboolean good = filter && seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0;
    for (gsize i = 0; good && i < G_N_ELEMENTS(undoing); i++)
        good = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), jail_call_number(undoing[i]), 0) == 0;
    if (good && network != JAIL_LOOPBACK_OR_NETWORK)
        good = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_NE, AF_UNIX, 0)) == 0;
    if (!good && filter) {
        seccomp_release(filter);
        filter = NULL;
    }
    return load(filter, error);
}

gboolean jail_confine(const JailPath *paths, JailNetwork network, GError **error)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return refuse(error, "set no_new_privs");
    return jail_landlock(paths, network, error) && refuse_calls(network, error);
}
