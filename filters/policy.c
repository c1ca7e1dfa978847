#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/failure.h"
#include "policy.h"

static const JailPath no_paths[] = {{NULL, 0, NULL}};
static const JailPath page_paths[] = {
    {"/usr/share/poppler", JAIL_READ, "poppler: CMaps of Chinese fonts that a PDF names without embedding"},
    {NULL, 0, NULL},
};

/* Neither writing nor making files: the whole of O_ACCMODE, and the flags that make, cut or name no file. */
#define OPEN_BITS (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))
#define FORK_FLAGS (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD) /* glibc's fork(), and nothing else */
#define WHOLE G_MAXUINT64

/* What server and children may do. Everything not named here gets EPERM. */
static const JailCall calls[] = {
    /* memory: never executable, once the libraries are loaded */
    {"brk", JAIL_ALLOW, 0, 0, 0},
    {"mmap", JAIL_ALLOW, 2, PROT_EXEC, 0},
    {"mmap", JAIL_KILL, 2, PROT_EXEC, PROT_EXEC},
    {"mprotect", JAIL_ALLOW, 2, PROT_EXEC, 0},
    {"mprotect", JAIL_KILL, 2, PROT_EXEC, PROT_EXEC},
    {"munmap", JAIL_ALLOW, 0, 0, 0},
    {"mremap", JAIL_ALLOW, 0, 0, 0},
    {"madvise", JAIL_ALLOW, 0, 0, 0},
    /* the message, the record pipe, poppler's data */
    {"read", JAIL_ALLOW, 0, 0, 0},
    {"readv", JAIL_ALLOW, 0, 0, 0},
    {"pread64", JAIL_ALLOW, 0, 0, 0},
    {"write", JAIL_ALLOW, 0, 0, 0},
    {"writev", JAIL_ALLOW, 0, 0, 0},
    {"lseek", JAIL_ALLOW, 0, 0, 0},
    {"fstat", JAIL_ALLOW, 0, 0, 0},
    {"newfstatat", JAIL_ALLOW, 0, 0, 0},
    {"close", JAIL_ALLOW, 0, 0, 0},
    /* stdio asks for these; F_SETOWN would send signals to others */
    {"fcntl", JAIL_ALLOW, 1, WHOLE, F_GETFD},
    {"fcntl", JAIL_ALLOW, 1, WHOLE, F_SETFD},
    {"fcntl", JAIL_ALLOW, 1, WHOLE, F_GETFL},
    /* glibc: locks, clocks, chance, the end; sysinfo: qsort */
    {"futex", JAIL_ALLOW, 0, 0, 0},
    {"rt_sigreturn", JAIL_ALLOW, 0, 0, 0},
    {"rt_sigprocmask", JAIL_ALLOW, 0, 0, 0},
    {"clock_gettime", JAIL_ALLOW, 0, 0, 0},
    {"gettimeofday", JAIL_ALLOW, 0, 0, 0},
    {"getrandom", JAIL_ALLOW, 0, 0, 0},
    {"sysinfo", JAIL_ALLOW, 0, 0, 0},
    {"getpid", JAIL_ALLOW, 0, 0, 0},
    {"gettid", JAIL_ALLOW, 0, 0, 0},
    {"sched_yield", JAIL_ALLOW, 0, 0, 0},
    {"exit", JAIL_ALLOW, 0, 0, 0},
    {"exit_group", JAIL_ALLOW, 0, 0, 0},
    /* what no reader of documents has a use for: whoever tries is ended, and the document is called damaged */
    {"execve", JAIL_KILL, 0, 0, 0},
    {"execveat", JAIL_KILL, 0, 0, 0},
    {"clone3", JAIL_KILL, 0, 0, 0},
    {"vfork", JAIL_KILL, 0, 0, 0},
    {"ptrace", JAIL_KILL, 0, 0, 0},
    {"process_vm_readv", JAIL_KILL, 0, 0, 0},
    {"process_vm_writev", JAIL_KILL, 0, 0, 0},
    {"pidfd_open", JAIL_KILL, 0, 0, 0},
    {"pidfd_getfd", JAIL_KILL, 0, 0, 0},
    {"pidfd_send_signal", JAIL_KILL, 0, 0, 0},
    {"tkill", JAIL_KILL, 0, 0, 0},
    {"rt_sigqueueinfo", JAIL_KILL, 0, 0, 0},
    {"rt_tgsigqueueinfo", JAIL_KILL, 0, 0, 0},
    {"socket", JAIL_KILL, 0, 0, 0},
    {"connect", JAIL_KILL, 0, 0, 0},
    {"bind", JAIL_KILL, 0, 0, 0},
    {"listen", JAIL_KILL, 0, 0, 0},
    {"accept", JAIL_KILL, 0, 0, 0},
    {"accept4", JAIL_KILL, 0, 0, 0},
    {"recvfrom", JAIL_KILL, 0, 0, 0},
    {"recvmmsg", JAIL_KILL, 0, 0, 0},
    {"io_uring_setup", JAIL_KILL, 0, 0, 0},
    {"io_uring_enter", JAIL_KILL, 0, 0, 0},
    {"io_uring_register", JAIL_KILL, 0, 0, 0},
    {"bpf", JAIL_KILL, 0, 0, 0},
    {"perf_event_open", JAIL_KILL, 0, 0, 0},
    {"userfaultfd", JAIL_KILL, 0, 0, 0},
    {"memfd_create", JAIL_KILL, 0, 0, 0},
    {"keyctl", JAIL_KILL, 0, 0, 0},
    {"add_key", JAIL_KILL, 0, 0, 0},
    {"request_key", JAIL_KILL, 0, 0, 0},
    {"mount", JAIL_KILL, 0, 0, 0},
    {"umount2", JAIL_KILL, 0, 0, 0},
    {"pivot_root", JAIL_KILL, 0, 0, 0},
    {"chroot", JAIL_KILL, 0, 0, 0},
    {"unshare", JAIL_KILL, 0, 0, 0},
    {"setns", JAIL_KILL, 0, 0, 0},
    {"init_module", JAIL_KILL, 0, 0, 0},
    {"finit_module", JAIL_KILL, 0, 0, 0},
    {"kexec_load", JAIL_KILL, 0, 0, 0},
    {"reboot", JAIL_KILL, 0, 0, 0},
};

/* What only the server may do; the second filter takes these from its children. recvmsg is left to them on WORK_FD. */
static const JailCall server_calls[] = {
    {"poll", JAIL_ALLOW, 0, 0, 0},
    {"recvmsg", JAIL_ALLOW, 0, 0, 0}, /* requests with their descriptors */
    {"sendmsg", JAIL_ALLOW, 0, 0, 0}, /* handing them on to a child */
    {"sendto", JAIL_ALLOW, 0, 0, 0},  /* words to the door */
    {"socketpair", JAIL_ALLOW, 0, 0, 0},
    {"clone", JAIL_ALLOW, 0, WHOLE, FORK_FLAGS},
    {"wait4", JAIL_ALLOW, 0, 0, 0},
    {"kill", JAIL_ALLOW, 1, WHOLE, SIGKILL},
    /* the first steps of a child */
    {"set_robust_list", JAIL_ALLOW, 0, 0, 0},
    {"rseq", JAIL_ALLOW, 0, 0, 0},
    {"rt_sigaction", JAIL_ALLOW, 0, 0, 0},
    {"getppid", JAIL_ALLOW, 0, 0, 0},
    {"dup2", JAIL_ALLOW, 0, 0, 0},
    {"dup3", JAIL_ALLOW, 0, 0, 0},
    {"close_range", JAIL_ALLOW, 0, 0, 0},
    {"prctl", JAIL_ALLOW, 0, 0, 0},
    {"prlimit64", JAIL_ALLOW, 0, 0, 0},
    {"seccomp", JAIL_ALLOW, 0, 0, 0},
};

/* Two instructions a call, five around them, four for recvmsg. */
static struct sock_filter child_code[2 * G_N_ELEMENTS(server_calls) + 9];
static guint child_length;

#if defined(__x86_64__)
#define AUDIT_ARCH_NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define AUDIT_ARCH_NATIVE AUDIT_ARCH_AARCH64
#else
#error "the children's filter knows x86_64 and arm64 only"
#endif

static void put(guint16 code, guint32 value, guint8 when_true, guint8 when_false)
{
    child_code[child_length++] = (struct sock_filter){code, when_true, when_false, value};
}

static void build_child_filter(void)
{
    const guint16 load = BPF_LD | BPF_W | BPF_ABS, answer = BPF_RET | BPF_K, equal = BPF_JMP | BPF_JEQ | BPF_K;
    child_length = 0;
    put(load, offsetof(struct seccomp_data, arch), 0, 0);
    put(equal, AUDIT_ARCH_NATIVE, 1, 0);
    put(answer, SECCOMP_RET_KILL_PROCESS, 0, 0);
    put(load, offsetof(struct seccomp_data, nr), 0, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(server_calls); i++) {
        int number = jail_call_number(server_calls[i].name);
        if (number < 0 || number == SYS_recvmsg)
            continue;
        put(equal, (guint32)number, 0, 1);
        put(answer, SECCOMP_RET_KILL_PROCESS, 0, 0);
    }
    put(equal, SYS_recvmsg, 0, 3);
    put(load, offsetof(struct seccomp_data, args[0]), 0, 0);
    put(equal, WORK_FD, 1, 0);
    put(answer, SECCOMP_RET_KILL_PROCESS, 0, 0);
    put(answer, SECCOMP_RET_ALLOW, 0, 0);
}

gboolean policy_enter_child(void)
{
    struct sock_fprog program = {.len = (unsigned short)child_length, .filter = child_code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

/* Without Landlock nothing would keep a child from reading files: then all opening is refused, and PDFs that need
 * poppler's tables lose text. */
static GArray *whole_table(void)
{
    const JailCall opening = {"openat", jail_landlock_abi() > 0 ? JAIL_ALLOW : JAIL_REFUSE, 2, OPEN_BITS, O_RDONLY};
    GArray *table = g_array_new(TRUE, TRUE, sizeof(JailCall));
    g_array_append_vals(table, calls, G_N_ELEMENTS(calls));
    g_array_append_vals(table, server_calls, G_N_ELEMENTS(server_calls));
    g_array_append_val(table, opening);
    return table;
}

gboolean policy_enter(gboolean pages, GError **error)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "jail: no_new_privs cannot be set");
        return FALSE;
    }
    build_child_filter();
    g_autoptr(GArray) table = whole_table();
    return jail_landlock(pages ? page_paths : no_paths, JAIL_ALONE, error) && jail_calls((const JailCall *)(void *)table->data, error);
}
