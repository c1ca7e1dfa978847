/* supervise.c: starts the stages, restarts what dies, relays hints. It holds no connection and parses nothing.
 *
 * It is not confined itself: Landlock and seccomp are inherited, and each stage needs what others may not have (fetch and
 * courier the network, intake the filter's programs, each its own folders), so whatever were taken away here would be taken
 * from all. Every stage confines itself before it touches anything from outside; the supervisor touches nothing of that
 * kind but hints, and of those it passes on only the ones in its table. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "conf/secret.h"
#include "spool/segment.h"
#include "stages/bus.h"
#include "stages/hold.h"
#include "stages/log.h"
#include "stages/notify.h"
#include "stages/spawn.h"
#include "stages/stages.h"
#include "stages/worst.h"

#define BACKOFF_FIRST (1 * G_USEC_PER_SEC)
#define BACKOFF_LAST (G_GINT64_CONSTANT(300) * G_USEC_PER_SEC)
#define HEALTHY (G_GINT64_CONSTANT(600) * G_USEC_PER_SEC) /* alive so long: back-off starts anew */
#define STOP_USEC (15 * G_USEC_PER_SEC) /* then SIGKILL */
#define FETCH_ONCE_SECONDS 3600         /* run --once gives up on a mailbox after that */
#define SIGNAL_CODE 128 /* a stage's code when a signal ended it: this and the signal, as shells say it */

typedef struct {
    char *name;  /* "intake", "fetch:work" */
    char *group; /* whose secret it gets; NULL none */
    pid_t pid;   /* 0: not running */
    int bus;     /* our end; -1 none */
    gint64 started, backoff, start_at, kill_at; /* clock_mono; start_at, kill_at 0: not to be started, not to be killed */
    gboolean fetched, ended;  /* of run --once */
    gboolean reload, retired; /* stopped for new settings; and not in them any more */
    int code;
} Stage;

typedef struct {
    const Conf *conf;
    Conf *reloaded; /* owns conf after a SIGHUP */
    const StageOptions *options;
    GPtrArray *stages;
    char *spool;
    int lock, signals;
    gint64 watchdog, watchdog_due; /* 0: none */
    gboolean stopping;
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

static void add_stage(Supervisor *s, const char *name, const char *group, gboolean start)
{
    Stage *stage = g_new0(Stage, 1);
    stage->name = g_strdup(name);
    stage->group = g_strdup(group);
    stage->bus = -1;
    stage->backoff = BACKOFF_FIRST;
    stage->start_at = start ? clock_mono() : 0;
    g_ptr_array_add(s->stages, stage);
}

static Stage *find_stage(const Supervisor *s, const char *name)
{
    for (guint i = 0; i < s->stages->len; i++) {
        Stage *stage = g_ptr_array_index(s->stages, i);
        if (g_str_equal(stage->name, name))
            return stage;
    }
    return NULL;
}

static gboolean is_fetch(const Stage *stage)
{
    return g_str_has_prefix(stage->name, "fetch:");
}

/* --- starting -------------------------------------------------------------------------------------------------------- */

/* Stages read the file themselves. Should it have changed to another spool, they would work there without its lock. */
static gboolean same_spool(const Supervisor *s, const Conf *conf)
{
    g_autofree char *spool = conf_path(conf, "general", "spool");
    if (g_str_equal(spool, s->spool))
        return TRUE;
    stage_log("supervise", "%s names another spool now; stop and start 'shouwen run' for that", conf_file(conf));
    return FALSE;
}

static void start(Supervisor *s, Stage *stage)
{
    g_autoptr(Conf) now = conf_load(conf_file(s->conf), NULL);
    if (now && !same_spool(s, now)) {
        stage->start_at = clock_mono() + BACKOFF_LAST;
        return;
    }
    int secret = stage->group ? secret_descriptor(s->conf, stage->group) : -1;
    pid_t pid = spawn_stage(stage->name, conf_file(s->conf), s->options->once, s->lock, secret, &stage->bus);
    int problem = errno;
    if (secret >= 0)
        close(secret);
    if (pid < 0) {
        stage_log("supervise", "%s cannot be started: %s", stage->name, g_strerror(problem));
        stage->start_at = clock_mono() + stage->backoff;
        return;
    }
    stage->pid = pid;
    stage->start_at = stage->kill_at = 0;
    stage->started = clock_mono();
}

/* --- ending ---------------------------------------------------------------------------------------------------------- */

static void plan_restart(Stage *stage)
{
    gboolean needs_person = stage->code == EX_CONFIG || stage->code == EX_NOPERM;
    gint64 now = clock_mono();
    if (stage->reload) {
        stage->reload = FALSE;
        stage->backoff = BACKOFF_FIRST;
        stage->start_at = now;
        return;
    }
    if (now - stage->started > HEALTHY)
        stage->backoff = BACKOFF_FIRST;
    if (needs_person)
        stage->backoff = BACKOFF_LAST;
    stage->start_at = now + stage->backoff;
    g_autofree char *how = stage->code > SIGNAL_CODE ? g_strdup_printf("was ended by signal %d", stage->code - SIGNAL_CODE)
                                                     : g_strdup_printf("ended with code %d", stage->code);
    stage_log("supervise", "%s %s; it is started again in %d s%s", stage->name, how, (int)(stage->backoff / G_USEC_PER_SEC),
              needs_person ? ", or at once when the settings are corrected and SIGHUP is sent" : "");
    stage->backoff = MIN(stage->backoff * 2, BACKOFF_LAST);
}

static void close_bus(Stage *stage)
{
    if (stage->bus >= 0)
        close(stage->bus);
    stage->bus = -1;
}

static void tell(const Stage *stage, const char *text)
{
    g_autofree char *packet = g_strdup_printf("supervise %s", text);
    if (stage->bus >= 0)
        send(stage->bus, packet, strlen(packet), MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* In run --once a mailbox's stage that has ended, or never was, does not come back: intake need not wait for its marks. */
static void tell_gone(const Supervisor *s, const char *name)
{
    g_autofree char *text = g_strconcat("gone ", name, NULL);
    if (s->options->once && g_str_has_prefix(name, "fetch:"))
        tell(find_stage(s, "intake"), text);
}

static void note_end(Supervisor *s, Stage *stage, int status)
{
    stage->pid = 0;
    stage->kill_at = 0;
    stage->ended = TRUE;
    stage->code = WIFEXITED(status) ? WEXITSTATUS(status) : SIGNAL_CODE + WTERMSIG(status);
    close_bus(stage);
    tell_gone(s, stage->name);
    if (stage->retired)
        g_ptr_array_remove(s->stages, stage);
    else if (!s->stopping && !s->options->once)
        plan_restart(stage);
}

static void reap(Supervisor *s)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        Stage *ended = NULL;
        for (guint i = 0; i < s->stages->len && !ended; i++) {
            Stage *stage = g_ptr_array_index(s->stages, i);
            ended = stage->pid == pid ? stage : NULL;
        }
        if (ended)
            note_end(s, ended, status);
    }
}

static void stop(Stage *stage)
{
    if (stage->pid == 0)
        return;
    kill(stage->pid, SIGTERM);
    if (!stage->kill_at)
        stage->kill_at = clock_mono() + STOP_USEC;
}

static void stop_all(Supervisor *s)
{
    s->stopping = TRUE;
    for (guint i = 0; i < s->stages->len; i++) {
        Stage *stage = g_ptr_array_index(s->stages, i);
        stage->start_at = 0;
        stop(stage);
    }
}

static gboolean any_running(const Supervisor *s)
{
    for (guint i = 0; i < s->stages->len; i++)
        if (((Stage *)g_ptr_array_index(s->stages, i))->pid)
            return TRUE;
    return FALSE;
}

/* --- new settings ------------------------------------------------------------------------------------------------------ */

static void renew_stage(Stage *stage)
{
    stage->reload = stage->pid != 0;
    if (stage->reload)
        stop(stage);
    else
        stage->start_at = clock_mono();
    stage->backoff = BACKOFF_FIRST;
}

/* Mailboxes that are new in the settings get a stage, those that are gone lose theirs. */
static void match_mailboxes(Supervisor *s)
{
    const char *const *names = conf_mailboxes(s->conf);
    for (guint i = s->stages->len; i-- > 0;) {
        Stage *stage = g_ptr_array_index(s->stages, i);
        if (!is_fetch(stage) || g_strv_contains(names, stage->name + strlen("fetch:")))
            continue;
        stage->retired = TRUE;
        stage->start_at = 0;
        stop(stage);
        if (stage->pid == 0)
            g_ptr_array_remove(s->stages, stage);
    }
    for (; *names; names++) {
        g_autofree char *name = g_strdup_printf("fetch:%s", *names);
        g_autofree char *group = g_strdup_printf("mailbox %s", *names);
        Stage *stage = find_stage(s, name);
        if (stage)
            stage->retired = FALSE;
        else
            add_stage(s, name, group, TRUE);
    }
}

/* SIGHUP. Settings with faults change nothing: the stages go on with what they have. */
static void reload(Supervisor *s)
{
    g_autoptr(GError) error = NULL;
    notify_reloading();
    g_autoptr(Conf) fresh = conf_load(conf_file(s->conf), &error);
    if (!fresh)
        stage_log("supervise", "the new settings are not taken: %s", error->message);
    if (fresh && same_spool(s, fresh)) {
        secret_take_environment(fresh);
        conf_free(s->reloaded);
        s->conf = s->reloaded = g_steal_pointer(&fresh);
        for (guint i = 0; i < s->stages->len; i++)
            renew_stage(g_ptr_array_index(s->stages, i));
        match_mailboxes(s);
        stage_log("supervise", "new settings");
    }
    notify_send("READY=1");
}

/* --- hints ----------------------------------------------------------------------------------------------------------- */

static void relay(Supervisor *s, Stage *from)
{
    char packet[BUS_MAX_BYTES + 1];
    gssize n = recv(from->bus, packet, BUS_MAX_BYTES, MSG_DONTWAIT | MSG_TRUNC);
    if (n == 0)
        close_bus(from); /* it has left the bus: an end that stays readable would keep us busy */
    if (n <= 0 || n > BUS_MAX_BYTES)
        return;
    packet[n] = 0;
    char *blank = strchr(packet, ' ');
    if (!blank)
        return;
    *blank = 0;
    const char *text = blank + 1;
    if (!bus_allows(from->name, packet, text))
        return;
    from->fetched |= g_str_equal(packet, "supervise");
    const Stage *to = find_stage(s, packet);
    if (!to || to->bus < 0) {
        tell_gone(s, packet);
        return;
    }
    g_autofree char *passed = g_strdup_printf("%s %s", from->name, text);
    send(to->bus, passed, strlen(passed), MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* --- one round ------------------------------------------------------------------------------------------------------- */

static void take_signals(Supervisor *s)
{
    struct signalfd_siginfo info;
    while (read(s->signals, &info, sizeof info) == (gssize)sizeof info) {
        if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
            stop_all(s);
        else if (info.ssi_signo == SIGHUP && !s->stopping && !s->options->once)
            reload(s);
    }
    reap(s);
}

static void keep_watchdog(Supervisor *s)
{
    if (!s->watchdog || clock_mono() < s->watchdog_due)
        return;
    notify_send("WATCHDOG=1");
    s->watchdog_due = clock_mono() + s->watchdog;
}

/* Starts and kills what is due, and says when the next is. */
static gint64 do_what_is_due(Supervisor *s)
{
    gint64 next = s->watchdog ? s->watchdog_due : G_MAXINT64;
    for (guint i = 0; i < s->stages->len; i++) {
        Stage *stage = g_ptr_array_index(s->stages, i);
        gint64 now = clock_mono();
        if (stage->start_at && stage->start_at <= now)
            start(s, stage);
        if (stage->kill_at && stage->kill_at <= now) {
            kill(stage->pid, SIGKILL);
            stage->kill_at = now + G_USEC_PER_SEC;
        }
        next = MIN(next, stage->start_at ? stage->start_at : G_MAXINT64);
        next = MIN(next, stage->kill_at ? stage->kill_at : G_MAXINT64);
    }
    return next;
}

/* Waits for a signal or a hint, at longest until UNTIL. */
static void turn(Supervisor *s, gint64 until)
{
    keep_watchdog(s);
    until = MIN(until, do_what_is_due(s));
    g_autoptr(GArray) polls = g_array_new(FALSE, TRUE, sizeof(struct pollfd));
    struct pollfd signals = {.fd = s->signals, .events = POLLIN};
    g_array_append_val(polls, signals);
    for (guint i = 0; i < s->stages->len; i++) {
        struct pollfd bus = {.fd = ((Stage *)g_ptr_array_index(s->stages, i))->bus, .events = POLLIN};
        g_array_append_val(polls, bus);
    }
    poll((struct pollfd *)polls->data, polls->len, clock_left_ms(until));
    for (guint i = 0; i < s->stages->len; i++)
        if (g_array_index(polls, struct pollfd, i + 1).revents)
            relay(s, g_ptr_array_index(s->stages, i));
    take_signals(s);
}

/* --- run --once ------------------------------------------------------------------------------------------------------ */

static gboolean fetches_are_done(const Supervisor *s, gboolean fetched_is_done)
{
    for (guint i = 0; i < s->stages->len; i++) {
        const Stage *stage = g_ptr_array_index(s->stages, i);
        if (is_fetch(stage) && !stage->ended && !(fetched_is_done && stage->fetched))
            return FALSE;
    }
    return TRUE;
}

static gboolean all_fetched(const Supervisor *s)
{
    return fetches_are_done(s, TRUE);
}

static gboolean fetches_ended(const Supervisor *s)
{
    return fetches_are_done(s, FALSE);
}

static gboolean intake_ended(const Supervisor *s)
{
    return find_stage(s, "intake")->ended;
}

static gboolean clock_ended(const Supervisor *s)
{
    return find_stage(s, "clock")->ended;
}

static gboolean courier_ended(const Supervisor *s)
{
    return find_stage(s, "courier")->ended;
}

static void run_until(Supervisor *s, gboolean (*done)(const Supervisor *), gint64 deadline)
{
    while (!s->stopping && !done(s) && clock_mono() < deadline)
        turn(s, deadline);
}

static void run_once(Supervisor *s)
{
    run_until(s, all_fetched, clock_mono() + (gint64)FETCH_ONCE_SECONDS * G_USEC_PER_SEC);
    if (!s->stopping)
        tell(find_stage(s, "intake"), "drain");
    run_until(s, intake_ended, G_MAXINT64);
    for (guint i = 0; i < s->stages->len; i++)
        tell(g_ptr_array_index(s->stages, i), "stop");
    run_until(s, fetches_ended, clock_mono() + STOP_USEC);
    if (!s->stopping) {
        find_stage(s, "clock")->start_at = clock_mono();
        run_until(s, clock_ended, G_MAXINT64);
    }
    if (!s->stopping) {
        find_stage(s, "courier")->start_at = clock_mono();
        run_until(s, courier_ended, G_MAXINT64);
    }
}

/* What the worst stage says is what `run --once` says. */
static gboolean outcome(const Supervisor *s, gboolean interrupted, GError **error)
{
    int worst = EX_OK;
    for (guint i = 0; i < s->stages->len; i++)
        worst = worst_of(worst, ((Stage *)g_ptr_array_index(s->stages, i))->code);
    if (!s->options->once || (worst == EX_OK && !interrupted))
        return TRUE;
    g_set_error_literal(error, FAILURE, interrupted ? FAILURE_AGAIN : worst_failure(worst),
                        interrupted ? "stopped before everything was done; the next run goes on"
                                    : "not everything could be done (see above); it is safe to run again");
    return FALSE;
}

/* --- the supervisor --------------------------------------------------------------------------------------------------- */

static void take_over_signals(Supervisor *s)
{
    sigset_t handled;
    sigemptyset(&handled);
    for (const int *n = (const int[]){SIGCHLD, SIGTERM, SIGINT, SIGHUP, 0}; *n; n++)
        sigaddset(&handled, *n);
    sigprocmask(SIG_BLOCK, &handled, NULL);
    s->signals = signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
}

static gboolean supervise(Supervisor *s, GError **error)
{
    match_mailboxes(s);
    add_stage(s, "intake", NULL, TRUE);
    add_stage(s, "clock", NULL, !s->options->once);
    add_stage(s, "courier", "smtp", !s->options->once);
    if (!s->options->once)
        add_stage(s, "monitor", NULL, TRUE);
    if (!s->options->once && conf_bool(s->conf, "desk", "enabled"))
        add_stage(s, "desk", NULL, TRUE);
    if (notify_watchdog(&s->watchdog))
        s->watchdog_due = clock_mono();
    do_what_is_due(s);
    notify_send("READY=1");
    if (s->options->once)
        run_once(s);
    while (!s->options->once && !s->stopping)
        turn(s, G_MAXINT64);
    gboolean interrupted = s->stopping;
    notify_send("STOPPING=1");
    stop_all(s);
    while (any_running(s))
        turn(s, G_MAXINT64);
    return outcome(s, interrupted, error);
}

gboolean stage_supervise(const Conf *conf, const StageOptions *options, GError **error)
{
    g_autofree char *spool = conf_path(conf, "general", "spool");
    int lock = hold_spool(spool, error);
    if (lock < 0)
        return FALSE;
    Supervisor s = {.conf = conf, .options = options, .spool = spool, .lock = lock};
    gboolean good = spool_is_local(spool, error);
    if (good) {
        take_over_signals(&s);
        secret_take_environment(conf);
        s.stages = g_ptr_array_new_with_free_func(stage_free);
        good = supervise(&s, error);
        g_ptr_array_unref(s.stages);
        close(s.signals);
        conf_free(s.reloaded);
    }
    close(s.lock);
    return good;
}
