/* supervise.c: starts the stages, restarts what dies, relays hints. It holds no connection and parses nothing. It is not
 * landlocked: a jail is inherited, and fetch and courier need the network and folders that differ from stage to stage. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "conf/secret.h"
#include "spool/segment.h"
#include "stages/bus.h"
#include "stages/log.h"
#include "stages/stages.h"

#define BUS_CHILD_FD 3
#define SECRET_CHILD_FD 4
#define BACKOFF_FIRST (1 * G_USEC_PER_SEC)
#define BACKOFF_LAST (G_GINT64_CONSTANT(300) * G_USEC_PER_SEC)
#define HEALTHY (G_GINT64_CONSTANT(600) * G_USEC_PER_SEC) /* alive so long: back-off starts anew */
#define STOP_SECONDS 15
#define FETCH_ONCE_SECONDS 3600 /* run --once gives up on a mailbox after that */

typedef struct {
    char *name;    /* "intake", "fetch:work" */
    char *group;   /* whose secret it gets; NULL none */
    pid_t pid;     /* 0: not running */
    int bus;       /* our end */
    gint64 started, backoff, start_at; /* clock_mono; start_at 0: not to be started */
    gboolean fetched, ended, reload;
    int code;
} Stage;

typedef struct {
    const Conf *conf;
    const StageOptions *options;
    GPtrArray *stages;
    int signals;
    gboolean stopping;
    gint64 stop_until;
} Supervisor;

static void stage_free(gpointer data)
{
    Stage *stage = data;
    if (stage->bus >= 0)
        close(stage->bus);
    g_free(stage->name);
    g_free(stage->group);
    g_free(stage);
}

static Stage *add_stage(Supervisor *s, const char *name, const char *group, gboolean start)
{
    Stage *stage = g_new0(Stage, 1);
    stage->name = g_strdup(name);
    stage->group = g_strdup(group);
    stage->bus = -1;
    stage->backoff = BACKOFF_FIRST;
    stage->start_at = start ? clock_mono() : 0;
    g_ptr_array_add(s->stages, stage);
    return stage;
}

static Stage *find_stage(Supervisor *s, const char *name)
{
    for (guint i = 0; i < s->stages->len; i++) {
        Stage *stage = g_ptr_array_index(s->stages, i);
        if (g_str_equal(stage->name, name))
            return stage;
    }
    return NULL;
}

/* --- starting -------------------------------------------------------------------------------------------------------- */

/* Puts DESCRIPTOR at TARGET for the new program. */
static void place(int descriptor, int target)
{
    if (descriptor == target)
        fcntl(descriptor, F_SETFD, 0);
    else
        dup2(descriptor, target);
}

/* Out of the way of the numbers that are about to be taken. */
static int lifted(int descriptor)
{
    return descriptor < 0 ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, SECRET_CHILD_FD + 1);
}

static G_GNUC_NORETURN void become(const Supervisor *s, const Stage *stage, int bus, int secret, pid_t parent)
{
    const char *colon = strchr(stage->name, ':');
    g_autofree char *kind = colon ? g_strndup(stage->name, (gsize)(colon - stage->name)) : g_strdup(stage->name);
    const char *words[10] = {"shouwen", "stage", kind, "--config", conf_file(s->conf), NULL};
    int n = 5;
    if (colon) {
        words[n++] = "--mailbox";
        words[n++] = colon + 1;
    }
    if (s->options->once)
        words[n++] = "--once";
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EX_TEMPFAIL);
    bus = lifted(bus);
    secret = lifted(secret);
    place(bus, BUS_CHILD_FD);
    if (secret >= 0) {
        place(secret, SECRET_CHILD_FD);
        g_setenv(SECRET_FD_VARIABLE, G_STRINGIFY(SECRET_CHILD_FD), TRUE);
    }
    g_setenv("SHOUWEN_BUS", "1", TRUE);
    execv("/proc/self/exe", (char *const *)words);
    _exit(EX_OSERR);
}

static void start(Supervisor *s, Stage *stage)
{
    int pair[2] = {-1, -1};
    int secret = stage->group ? secret_descriptor(s->conf, stage->group) : -1;
    pid_t parent = getpid(), pid = -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0)
        pid = fork();
    if (pid == 0)
        become(s, stage, pair[1], secret, parent);
    if (pair[1] >= 0)
        close(pair[1]);
    if (secret >= 0)
        close(secret);
    stage->start_at = 0;
    if (pid < 0) {
        stage_log("supervise", "%s cannot be started: %s", stage->name, g_strerror(errno));
        if (pair[0] >= 0)
            close(pair[0]);
        stage->start_at = clock_mono() + stage->backoff;
        return;
    }
    stage->pid = pid;
    stage->bus = pair[0];
    stage->started = clock_mono();
}

/* --- ending ---------------------------------------------------------------------------------------------------------- */

static void plan_restart(Stage *stage)
{
    gboolean needs_person = stage->code == EX_CONFIG || stage->code == EX_NOPERM;
    if (clock_mono() - stage->started > HEALTHY)
        stage->backoff = BACKOFF_FIRST;
    if (needs_person)
        stage->backoff = BACKOFF_LAST;
    stage->start_at = clock_mono() + (stage->reload ? 0 : stage->backoff);
    if (stage->reload) {
        stage->reload = FALSE;
        return;
    }
    stage_log("supervise", "%s ended (%d); it is started again in %d s", stage->name, stage->code,
              (int)(stage->backoff / G_USEC_PER_SEC));
    stage->backoff = MIN(stage->backoff * 2, BACKOFF_LAST);
}

static void reap(Supervisor *s)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (guint i = 0; i < s->stages->len; i++) {
            Stage *stage = g_ptr_array_index(s->stages, i);
            if (stage->pid != pid)
                continue;
            stage->pid = 0;
            stage->ended = TRUE;
            stage->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            close(stage->bus);
            stage->bus = -1;
            if (!s->stopping && !s->options->once)
                plan_restart(stage);
        }
    }
}

static void tell(Stage *stage, const char *text)
{
    g_autofree char *packet = g_strdup_printf("supervise %s", text);
    if (stage->bus >= 0)
        send(stage->bus, packet, strlen(packet), MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void stop_all(Supervisor *s)
{
    s->stopping = TRUE;
    s->stop_until = clock_mono() + STOP_SECONDS * G_USEC_PER_SEC;
    for (guint i = 0; i < s->stages->len; i++) {
        Stage *stage = g_ptr_array_index(s->stages, i);
        stage->start_at = 0;
        if (stage->pid)
            kill(stage->pid, SIGTERM);
    }
}

/* SIGHUP: every stage reads its configuration anew. Mailboxes that were added or taken away need a restart. */
static void reload_all(Supervisor *s)
{
    for (guint i = 0; i < s->stages->len; i++) {
        Stage *stage = g_ptr_array_index(s->stages, i);
        stage->reload = stage->pid != 0;
        if (stage->pid)
            kill(stage->pid, SIGTERM);
    }
}

static gboolean any_running(const Supervisor *s)
{
    for (guint i = 0; i < s->stages->len; i++)
        if (((Stage *)g_ptr_array_index(s->stages, i))->pid)
            return TRUE;
    return FALSE;
}

static void kill_late(Supervisor *s)
{
    for (guint i = 0; i < s->stages->len; i++) {
        Stage *stage = g_ptr_array_index(s->stages, i);
        if (stage->pid)
            kill(stage->pid, SIGKILL);
    }
}

/* --- hints ----------------------------------------------------------------------------------------------------------- */

static void relay(Supervisor *s, Stage *from)
{
    g_autofree char *packet = g_malloc(BUS_MAX_BYTES + 1);
    gssize n = recv(from->bus, packet, BUS_MAX_BYTES, MSG_DONTWAIT);
    if (n <= 0)
        return;
    packet[n] = 0;
    char *blank = strchr(packet, ' ');
    if (!blank)
        return;
    *blank = 0;
    if (g_str_equal(packet, "supervise")) {
        from->fetched |= g_str_equal(blank + 1, "fetched");
        return;
    }
    Stage *to = find_stage(s, packet);
    if (!to || to->bus < 0)
        return;
    g_autofree char *passed = g_strdup_printf("%s %s", from->name, blank + 1);
    send(to->bus, passed, strlen(passed), MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void notify(const char *state)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || strlen(path) >= sizeof address.sun_path || (*path != '/' && *path != '@'))
        return;
    memcpy(address.sun_path, path, strlen(path));
    if (*path == '@')
        address.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
    close(fd);
}

static void take_signals(Supervisor *s)
{
    struct signalfd_siginfo info;
    while (read(s->signals, &info, sizeof info) == (gssize)sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            continue;
        if (info.ssi_signo == SIGHUP)
            reload_all(s);
        else if (!s->stopping)
            stop_all(s);
    }
    reap(s);
}

/* One round: starts what is due, waits for a signal or a hint until UNTIL. */
static void turn(Supervisor *s, gint64 until)
{
    g_autoptr(GArray) polls = g_array_new(FALSE, TRUE, sizeof(struct pollfd));
    struct pollfd signals = {.fd = s->signals, .events = POLLIN};
    g_array_append_val(polls, signals);
    for (guint i = 0; i < s->stages->len; i++) {
        Stage *stage = g_ptr_array_index(s->stages, i);
        if (stage->start_at && stage->start_at <= clock_mono())
            start(s, stage);
        if (stage->start_at)
            until = MIN(until, stage->start_at);
        struct pollfd bus = {.fd = stage->bus, .events = POLLIN};
        g_array_append_val(polls, bus);
    }
    poll((struct pollfd *)polls->data, polls->len, clock_left_ms(until));
    for (guint i = 0; i < s->stages->len; i++)
        if (g_array_index(polls, struct pollfd, i + 1).revents & POLLIN)
            relay(s, g_ptr_array_index(s->stages, i));
    take_signals(s);
}

/* --- run --once ------------------------------------------------------------------------------------------------------ */

static gboolean all_fetched(const Supervisor *s)
{
    for (guint i = 0; i < s->stages->len; i++) {
        const Stage *stage = g_ptr_array_index(s->stages, i);
        if (g_str_has_prefix(stage->name, "fetch:") && !stage->fetched && !stage->ended)
            return FALSE;
    }
    return TRUE;
}

static gboolean fetches_ended(const Supervisor *s)
{
    for (guint i = 0; i < s->stages->len; i++) {
        const Stage *stage = g_ptr_array_index(s->stages, i);
        if (g_str_has_prefix(stage->name, "fetch:") && !stage->ended)
            return FALSE;
    }
    return TRUE;
}

static void run_until(Supervisor *s, gboolean (*done)(const Supervisor *), gint64 deadline)
{
    while (!s->stopping && !done(s) && clock_mono() < deadline)
        turn(s, deadline);
}

static gboolean intake_ended(const Supervisor *s)
{
    return find_stage((Supervisor *)s, "intake")->ended;
}

static gboolean courier_ended(const Supervisor *s)
{
    return find_stage((Supervisor *)s, "courier")->ended;
}

static void run_once(Supervisor *s)
{
    gint64 long_time = clock_mono() + (gint64)FETCH_ONCE_SECONDS * G_USEC_PER_SEC;
    run_until(s, all_fetched, long_time);
    if (!s->stopping)
        tell(find_stage(s, "intake"), "drain");
    run_until(s, intake_ended, G_MAXINT64);
    for (guint i = 0; i < s->stages->len; i++)
        tell(g_ptr_array_index(s->stages, i), "stop");
    run_until(s, fetches_ended, clock_mono() + STOP_SECONDS * G_USEC_PER_SEC);
    if (!s->stopping) {
        find_stage(s, "courier")->start_at = clock_mono();
        run_until(s, courier_ended, G_MAXINT64);
    }
}

static int worst_code(const Supervisor *s)
{
    static const int order[] = {EX_CONFIG, EX_NOPERM, EX_SOFTWARE, EX_IOERR, EX_UNAVAILABLE, EX_TEMPFAIL};
    int worst = 0;
    for (guint i = 0; i < s->stages->len; i++) {
        const Stage *stage = g_ptr_array_index(s->stages, i);
        if (stage->code == 0)
            continue;
        if (worst == 0)
            worst = stage->code;
        for (gsize k = 0; k < G_N_ELEMENTS(order) && worst != order[k]; k++)
            if (stage->code == order[k])
                worst = order[k];
    }
    return worst;
}

/* --- the supervisor --------------------------------------------------------------------------------------------------- */

static void add_stages(Supervisor *s)
{
    for (const char *const *name = conf_mailboxes(s->conf); *name; name++) {
        g_autofree char *stage = g_strdup_printf("fetch:%s", *name);
        g_autofree char *group = g_strdup_printf("mailbox %s", *name);
        add_stage(s, stage, group, TRUE);
    }
    add_stage(s, "intake", NULL, TRUE);
    add_stage(s, "courier", "smtp", !s->options->once);
}

static void wait_for_end(Supervisor *s)
{
    if (!s->stopping)
        stop_all(s);
    while (any_running(s) && clock_mono() < s->stop_until)
        turn(s, s->stop_until);
    kill_late(s);
    while (any_running(s))
        turn(s, clock_mono() + G_USEC_PER_SEC);
}

static gboolean outcome(const Supervisor *s, GError **error)
{
    int code = s->options->once ? worst_code(s) : 0;
    if (code == 0)
        return TRUE;
    FailureCode failure = code == EX_CONFIG        ? FAILURE_CONFIG
                          : code == EX_NOPERM      ? FAILURE_DENIED
                          : code == EX_TEMPFAIL    ? FAILURE_AGAIN
                          : code == EX_IOERR       ? FAILURE_IO
                          : code == EX_UNAVAILABLE ? FAILURE_UNAVAILABLE
                                                   : FAILURE_BUG;
    g_set_error(error, FAILURE, failure, "not everything could be done (see above); it is safe to run again");
    return FALSE;
}

gboolean stage_supervise(const Conf *conf, const StageOptions *options, GError **error)
{
    g_autofree char *spool = conf_path(conf, "general", "spool");
    int lock = spool_lock(spool, error);
    if (lock < 0)
        return FALSE;
    Supervisor s = {.conf = conf, .options = options};
    sigset_t handled;
    sigemptyset(&handled);
    for (const int *n = (const int[]){SIGCHLD, SIGTERM, SIGINT, SIGHUP, 0}; *n; n++)
        sigaddset(&handled, *n);
    sigprocmask(SIG_BLOCK, &handled, NULL);
    s.signals = signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
    secret_take_environment(conf);
    s.stages = g_ptr_array_new_with_free_func(stage_free);
    add_stages(&s);
    notify("READY=1");
    if (options->once)
        run_once(&s);
    while (!options->once && !s.stopping)
        turn(&s, G_MAXINT64);
    notify("STOPPING=1");
    wait_for_end(&s);
    gboolean good = outcome(&s, error);
    g_ptr_array_unref(s.stages);
    close(s.signals);
    close(lock);
    return good;
}
