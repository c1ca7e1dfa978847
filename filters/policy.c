#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/failure.h"
#include "policy.h"

static const JailPath no_paths[] = {{NULL, 0, NULL}};
static const JailPath page_paths[] = {
    {"/usr/share/poppler", JAIL_READ, "poppler: CMaps of Chinese fonts that a PDF names without embedding"},
    {NULL, 0, NULL},
};

/* Calls of the server and of its children. Whatever is not named gets EPERM. */
static const int allowed[] = {
    /* memory */
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    /* files that are open, and poppler's data by openat below */
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(lseek), SCMP_SYS(fstat),
    SCMP_SYS(newfstatat), SCMP_SYS(close), SCMP_SYS(close_range), SCMP_SYS(fcntl), SCMP_SYS(dup2), SCMP_SYS(dup3),
    /* threads' and signals' plumbing of glibc; abort() signals itself by tgkill */
    SCMP_SYS(futex), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(getppid), SCMP_SYS(tgkill), SCMP_SYS(sched_yield), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
    /* time and chance */
    SCMP_SYS(clock_gettime), SCMP_SYS(getrandom), SCMP_SYS(sysinfo),
    /* the end */
    SCMP_SYS(exit), SCMP_SYS(exit_group),
    /* the server: requests, children; the second filter takes these from a child */
    SCMP_SYS(poll), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(socketpair), SCMP_SYS(clone), SCMP_SYS(wait4),
    SCMP_SYS(kill), SCMP_SYS(prctl), SCMP_SYS(prlimit64), SCMP_SYS(seccomp),
};

/* Whoever tries these is no document reader. */
static const int deadly[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen),
    SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd),
    SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(unshare), SCMP_SYS(setns),
    SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(kexec_load), SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_open),
};

/* Memory is never executable; files are opened for reading only. */
static gboolean add_careful_rules(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC)) == 0 &&
           /* O_WRONLY and O_RDWR are the low two bits, O_CREAT 0100. */
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 0103, 0)) == 0;
}

static gboolean load_filter(GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    gboolean good = filter != NULL;
    for (gsize i = 0; good && i < G_N_ELEMENTS(allowed); i++)
        good = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    for (gsize i = 0; good && i < G_N_ELEMENTS(deadly); i++)
        good = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0) == 0;
    good = good && add_careful_rules(filter) && seccomp_load(filter) == 0;
    if (filter)
        seccomp_release(filter);
    if (!good)
        g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "jail: the kernel takes no seccomp filter; shouwen does not run without");
    return good;
}

gboolean policy_enter(gboolean pages, GError **error)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "jail: no_new_privs cannot be set");
        return FALSE;
    }
    return jail_landlock(pages ? page_paths : no_paths, JAIL_NO_NETWORK, error) && load_filter(error);
}

#if defined(__x86_64__)
#define AUDIT_ARCH_NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define AUDIT_ARCH_NATIVE AUDIT_ARCH_AARCH64
#else
#error "the child's filter knows x86_64 and arm64 only"
#endif

#define NUMBER offsetof(struct seccomp_data, nr)
#define ARGUMENT offsetof(struct seccomp_data, args[0])
#define KILL_ON(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

gboolean policy_enter_child(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_NATIVE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NUMBER),
        KILL_ON(SYS_clone),
        KILL_ON(SYS_clone3),
        KILL_ON(SYS_kill),
        KILL_ON(SYS_wait4),
        KILL_ON(SYS_sendmsg),
        KILL_ON(SYS_sendto),
        KILL_ON(SYS_socketpair),
        KILL_ON(SYS_dup3),
        KILL_ON(SYS_prctl),
        KILL_ON(SYS_prlimit64),
        KILL_ON(SYS_seccomp),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_recvmsg, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WORK_FD, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = G_N_ELEMENTS(code), .filter = code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}
