/* hostile.c: readers that attack, linked into test builds of the filter only (jail.mk). An attachment that begins with
 * "HOSTILE NAME ARGUMENT\n" is read by the attack of that name. Each ends with STATUS_READ when it got what it wanted and
 * with STATUS_DAMAGED when the kernel said no; a jail that kills it does so on the way. Compiled with JAIL_OFF, the same
 * program has no jail: there every attack must succeed, or it proves nothing. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "readers/reader.h"

#define NEIGHBOURS 200 /* process numbers tried on either side */

typedef gboolean (*Attack)(const char *argument);


/* --- files, programs, network ------------------------------------------------------------------------------------------ */

static gboolean attack_open(const char *path)
{
    return open(path, O_RDONLY) >= 0;
}

static gboolean attack_write_file(const char *path)
{
    return open(path, O_WRONLY | O_CREAT, 0666) >= 0;
}

static gboolean attack_list(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY) >= 0;
}

static gboolean attack_exec(const char *path)
{
    char *const arguments[] = {(char *)"touch", (char *)path, NULL}, *const none[] = {NULL};
    execve("/usr/bin/touch", arguments, none);
    return FALSE;
}

static gboolean attack_connect(const char *port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((guint16)atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
}

static gboolean attack_unix_socket(G_GNUC_UNUSED const char *argument)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

/* A kernel without io_uring has nothing to be kept away. */
static gboolean attack_io_uring(G_GNUC_UNUSED const char *argument)
{
    char parameters[256] = {0};
    return syscall(SYS_io_uring_setup, 8, parameters) >= 0 || errno == ENOSYS || errno == EPERM;
}

/* --- other processes --------------------------------------------------------------------------------------------------- */

static gboolean attack_fork(G_GNUC_UNUSED const char *argument)
{
    for (int i = 0; i < 20; i++) {
        pid_t pid = fork();
        if (pid < 0)
            return FALSE;
        if (pid == 0)
            _exit(0);
    }
    while (waitpid(-1, NULL, 0) > 0)
        continue;
    return TRUE;
}

static int do_nothing(G_GNUC_UNUSED void *nothing)
{
    syscall(SYS_exit, 0);
    return 0;
}

static gboolean attack_thread(G_GNUC_UNUSED const char *argument)
{
    static char stack[65536] __attribute__((aligned(16)));
    return clone(do_nothing, stack + sizeof stack, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS | CLONE_FILES, NULL) > 0;
}

static gboolean attack_kill(G_GNUC_UNUSED const char *argument)
{
    return syscall(SYS_kill, getppid(), SIGKILL) == 0;
}

static gboolean attack_tgkill(G_GNUC_UNUSED const char *argument)
{
    return syscall(SYS_tgkill, getppid(), getppid(), SIGKILL) == 0;
}

/* A pipe of ours that signals its owner, which we say is the server. */
static gboolean attack_signal_by_fcntl(G_GNUC_UNUSED const char *argument)
{
    return fcntl(STDOUT_FILENO, F_SETOWN, getppid()) == 0;
}

static gboolean attack_ptrace(G_GNUC_UNUSED const char *argument)
{
    if (ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) != 0)
        return FALSE;
    return TRUE;
}

static gboolean attack_starve_server(G_GNUC_UNUSED const char *argument)
{
    struct rlimit now;
    return syscall(SYS_prlimit64, getppid(), RLIMIT_NOFILE, NULL, &now) == 0;
}

static gboolean attack_raise_limits(G_GNUC_UNUSED const char *argument)
{
    struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
    return syscall(SYS_prlimit64, 0, RLIMIT_CPU, &more, NULL) == 0;
}

/* --- memory, time ------------------------------------------------------------------------------------------------------ */

static gboolean attack_rwx(G_GNUC_UNUSED const char *argument)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static gboolean attack_make_executable(G_GNUC_UNUSED const char *argument)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static gboolean attack_4gb(G_GNUC_UNUSED const char *argument)
{
    for (int i = 0; i < 64; i++) {
        char *piece = malloc(64 << 20);
        if (!piece)
            return FALSE;
        piece[0] = piece[32 << 20] = 1;
    }
    return TRUE;
}

static gboolean attack_4gb_mapped(G_GNUC_UNUSED const char *argument)
{
    return mmap(NULL, (gsize)4 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static gboolean attack_spin(G_GNUC_UNUSED const char *argument)
{
    volatile gboolean on = TRUE;
    while (on)
        continue;
    return FALSE;
}

static gboolean attack_sleep(G_GNUC_UNUSED const char *argument)
{
    struct timespec long_time = {3600, 0};
    return nanosleep(&long_time, NULL) == 0;
}

static gboolean attack_wait_for_ever(G_GNUC_UNUSED const char *argument)
{
    volatile int lock = 0;
    while (lock == 0)
        syscall(SYS_futex, &lock, FUTEX_WAIT, 0, NULL, NULL, 0);
    return FALSE;
}

static gboolean attack_crash(G_GNUC_UNUSED const char *argument)
{
    __builtin_trap();
    return TRUE;
}

/* --- the door ---------------------------------------------------------------------------------------------------------- */

/* The record pipe: the highest pipe that can be written. */
static int find_pipe(void)
{
    struct stat facts;
    for (int fd = 63; fd > STDERR_FILENO; fd--)
        if (fstat(fd, &facts) == 0 && S_ISFIFO(facts.st_mode) && write(fd, "", 0) == 0)
            return fd;
    return -1;
}

static gboolean attack_flood(G_GNUC_UNUSED const char *argument)
{
    static char much[65536];
    sigset_t all;
    int fd = find_pipe();
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    memset(much, 'x', sizeof much);
    while (write(fd, much, sizeof much) > 0)
        continue;
    return FALSE;
}

static gboolean attack_flood_lines(G_GNUC_UNUSED const char *argument)
{
    static const char line[] = "{\"t\":\"begin\",\"path\":\"2\"}\n";
    int fd = find_pipe();
    while (write(fd, line, sizeof line - 1) > 0)
        continue;
    return FALSE;
}

static gboolean say(const char *line)
{
    int fd = find_pipe();
    return write(fd, line, strlen(line)) == (gssize)strlen(line) && write(fd, "\n", 1) == 1;
}

#define HASH "0000000000000000000000000000000000000000000000000000000000000000"

static gboolean attack_forge_sender(G_GNUC_UNUSED const char *argument)
{
    return say("{\"t\":\"envelope\",\"sha256\":\"" HASH "\",\"bytes\":1,\"route\":\"bulk\",\"message_id\":null,\"from\":{\"name\":\"x\","
               "\"address\":\"forged@evil.example\"},\"subject\":null,\"date\":null,\"reference\":null,\"in_reply_to\":null,"
               "\"references\":[],\"auth\":\"pass\",\"bounce\":null,\"reply_to\":null,\"return_path\":null,\"no_reply\":true,"
               "\"parts\":[]}");
}

static gboolean attack_deep_json(G_GNUC_UNUSED const char *argument)
{
    char line[20001];
    memset(line, '[', sizeof line - 1);
    line[sizeof line - 1] = 0;
    return say(line);
}

/* --- neighbours -------------------------------------------------------------------------------------------------------- */

/* A neighbour to be robbed: its message stands in its memory and descriptors while it waits. */
static gboolean attack_victim(const char *milliseconds)
{
    gint64 until = g_get_monotonic_time() + atoi(milliseconds) * G_TIME_SPAN_MILLISECOND;
    while (g_get_monotonic_time() < until)
        continue;
    return TRUE;
}

static gboolean holds_secret(int fd)
{
    char bytes[8192];
    gssize n = pread(fd, bytes, sizeof bytes, 0);
    return n > 0 && memmem(bytes, (gsize)n, "HOSTILE victim", strlen("HOSTILE victim"));
}

/* Sockets of the server and of other children that came along with the fork. */
static gboolean attack_neighbour_inherited(G_GNUC_UNUSED const char *argument)
{
    struct stat facts;
    for (int fd = 4; fd < 64; fd++)
        if (fstat(fd, &facts) == 0 && S_ISSOCK(facts.st_mode))
            return TRUE;
    return FALSE;
}

static gboolean attack_neighbour_proc(G_GNUC_UNUSED const char *argument)
{
    char path[64];
    for (pid_t pid = getpid() - NEIGHBOURS; pid < getpid() + NEIGHBOURS; pid++)
        for (int number = 3; number < 24 && pid != getpid(); number++) {
            snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, number);
            int fd = open(path, O_RDONLY | O_NONBLOCK);
            if (fd >= 0 && holds_secret(fd))
                return TRUE;
            if (fd >= 0)
                close(fd);
        }
    return FALSE;
}

static gboolean attack_neighbour_pidfd(G_GNUC_UNUSED const char *argument)
{
    for (pid_t pid = getpid() - NEIGHBOURS; pid < getpid() + NEIGHBOURS; pid++) {
        int process = pid == getpid() ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
        for (int number = 3; process >= 0 && number < 24; number++) {
            int fd = (int)syscall(SYS_pidfd_getfd, process, number, 0);
            if (fd >= 0 && holds_secret(fd))
                return TRUE;
            if (fd >= 0)
                close(fd);
        }
        if (process >= 0)
            close(process);
    }
    return FALSE;
}

/* Memory at an address of ours stands at the same address in every fork of the server. */
static gboolean attack_neighbour_memory(G_GNUC_UNUSED const char *argument)
{
    static char here[16];
    char there[16];
    struct iovec local = {there, sizeof there}, remote = {here, sizeof here};
    return process_vm_readv(getppid(), &local, 1, &remote, 1, 0) == sizeof there;
}

/* Taking descriptors that were not sent to us: on any socket but our own. */
static gboolean attack_receive_elsewhere(G_GNUC_UNUSED const char *argument)
{
    char byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    return recvmsg(STDOUT_FILENO, &message, MSG_DONTWAIT) >= 0 || errno == ENOTSOCK;
}

static const struct {
    const char *name;
    Attack run;
} attacks[] = {
    {"open", attack_open},
    {"write-file", attack_write_file},
    {"list", attack_list},
    {"exec", attack_exec},
    {"connect", attack_connect},
    {"unix-socket", attack_unix_socket},
    {"io-uring", attack_io_uring},
    {"fork", attack_fork},
    {"thread", attack_thread},
    {"kill", attack_kill},
    {"tgkill", attack_tgkill},
    {"signal-by-fcntl", attack_signal_by_fcntl},
    {"ptrace", attack_ptrace},
    {"starve-server", attack_starve_server},
    {"raise-limits", attack_raise_limits},
    {"rwx", attack_rwx},
    {"make-executable", attack_make_executable},
    {"4gb", attack_4gb},
    {"4gb-mapped", attack_4gb_mapped},
    {"spin", attack_spin},
    {"sleep", attack_sleep},
    {"wait-for-ever", attack_wait_for_ever},
    {"crash", attack_crash},
    {"flood", attack_flood},
    {"flood-lines", attack_flood_lines},
    {"forge-sender", attack_forge_sender},
    {"deep-json", attack_deep_json},
    {"victim", attack_victim},
    {"neighbour-inherited", attack_neighbour_inherited},
    {"neighbour-proc", attack_neighbour_proc},
    {"neighbour-pidfd", attack_neighbour_pidfd},
    {"neighbour-memory", attack_neighbour_memory},
    {"receive-elsewhere", attack_receive_elsewhere},
};

static Status hostile_read(const ReadInput *input, Xhtml *out, G_GNUC_UNUSED Members *members)
{
    g_autofree char *text = g_strndup((const char *)input->bytes, input->length);
    text[strcspn(text, "\r\n")] = 0;
    g_auto(GStrv) words = g_strsplit(text, " ", 3);
    for (gsize i = 0; words[1] && i < G_N_ELEMENTS(attacks); i++)
        if (g_str_equal(attacks[i].name, words[1])) {
            gboolean won = attacks[i].run(words[2] ? words[2] : "");
            xhtml_text(out, "an attack", -1);
            return won ? STATUS_READ : STATUS_DAMAGED;
        }
    return STATUS_UNSUPPORTED;
}

/* --- in place of the filter's own (ld --wrap) --------------------------------------------------------------------------- */

#define HOSTILE_MIME "application/x-hostile"

const Reader *__real_reader_for(const char *mime);
const Reader *__wrap_reader_for(const char *mime);
const char *__real_sniff_mime(const ReadInput *input, const char *declared, Status *ret_status);
const char *__wrap_sniff_mime(const ReadInput *input, const char *declared, Status *ret_status);

const Reader *__wrap_reader_for(const char *mime)
{
    static const char *const mimes[] = {HOSTILE_MIME, NULL};
    static const Reader low = {.name = "hostile", .mimes = mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .read = hostile_read};
    return g_strcmp0(mime, HOSTILE_MIME) == 0 ? &low : __real_reader_for(mime);
}

const char *__wrap_sniff_mime(const ReadInput *input, const char *declared, Status *ret_status)
{
    if (input->length < 8 || memcmp(input->bytes, "HOSTILE ", 8) != 0)
        return __real_sniff_mime(input, declared, ret_status);
    *ret_status = STATUS_READ;
    return HOSTILE_MIME;
}

#ifdef JAIL_OFF
gboolean __wrap_policy_enter(gboolean pages, GError **error);
gboolean __wrap_policy_enter_child(void);
gboolean __wrap_memory_limit(guint64 bytes);
int __wrap_setrlimit(int what, const struct rlimit *limit);
int __wrap_close_range(unsigned first, unsigned last, int flags);
int __wrap_setgroups(size_t n, const gid_t *groups);
int __wrap_setresgid(gid_t real, gid_t effective, gid_t saved);
int __wrap_setresuid(uid_t real, uid_t effective, uid_t saved);
int __wrap_kill(pid_t pid, int number);

gboolean __wrap_policy_enter(G_GNUC_UNUSED gboolean pages, G_GNUC_UNUSED GError **error)
{
    return TRUE;
}

gboolean __wrap_policy_enter_child(void)
{
    return TRUE;
}

gboolean __wrap_memory_limit(G_GNUC_UNUSED guint64 bytes)
{
    return TRUE;
}

int __wrap_setrlimit(G_GNUC_UNUSED int what, G_GNUC_UNUSED const struct rlimit *limit)
{
    return 0;
}

int __wrap_close_range(G_GNUC_UNUSED unsigned first, G_GNUC_UNUSED unsigned last, G_GNUC_UNUSED int flags)
{
    return 0;
}

int __wrap_setgroups(G_GNUC_UNUSED size_t n, G_GNUC_UNUSED const gid_t *groups)
{
    return 0;
}

int __wrap_setresgid(G_GNUC_UNUSED gid_t real, G_GNUC_UNUSED gid_t effective, G_GNUC_UNUSED gid_t saved)
{
    return 0;
}

int __wrap_setresuid(G_GNUC_UNUSED uid_t real, G_GNUC_UNUSED uid_t effective, G_GNUC_UNUSED uid_t saved)
{
    return 0;
}

/* The server's only use of it: ending a child at its deadline. */
int __wrap_kill(G_GNUC_UNUSED pid_t pid, G_GNUC_UNUSED int number)
{
    return 0;
}
#endif
