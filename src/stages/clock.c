/* clock.c: what time brings: duties that follow from the calendar, reminders that are due, the daily account. It looks at the ledger
 * again when another process has changed it, when something planned comes due, and when the day ends. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "base/jail.h"
#include "duties/digest.h"
#include "duties/duties.h"
#include "duties/remind.h"
#include "ledger/duties.h"
#include "ledger/facts.h"
#include "stages/bus.h"
#include "stages/log.h"
#include "stages/stages.h"

#define LOOK_SECONDS 20       /* another process's changes are noticed that soon */
#define DERIVE_SECONDS 60     /* and what follows from them is derived at most that often */
#define REST_SECONDS 60       /* after a failure */

typedef struct {
    const Conf *conf;
    const StageOptions *options;
    char *spool;
    Ledger *ledger;
    Templates *templates;
    Workdays *workdays;
    int signal_fd;
    gboolean stopping;
    gboolean stale;       /* something changed since duties were derived */
    gint64 version;       /* of the ledger's data when it was looked at */
    guint32 day;
    gint64 derived, next; /* clock_now; next: when something planned comes due */
} Clock;

static void clock_free(Clock *clock)
{
    workdays_free(clock->workdays);
    templates_free(clock->templates);
    ledger_close(clock->ledger);
    if (clock->signal_fd >= 0)
        close(clock->signal_fd);
    g_free(clock->spool);
    g_free(clock);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Clock, clock_free)

/* --- what is done ---------------------------------------------------------------------------------------------------------- */

static gboolean commit(Clock *clock, gboolean good, GError **error)
{
    if (good && ledger_commit(clock->ledger, error))
        return TRUE;
    ledger_rollback(clock->ledger);
    return FALSE;
}

static gboolean derive(Clock *clock, GError **error)
{
    g_autofree char *now = clock_iso(clock_now(), conf_string(clock->conf, "general", "zone"));
    if (!ledger_begin(clock->ledger, error) ||
        !commit(clock,
                duties_derive(clock->ledger, clock->conf, "clock", error) && ledger_fact_set(clock->ledger, "clock.ran", now, error),
                error))
        return FALSE;
    Workdays *workdays = workdays_new(clock->ledger, clock->conf, error);
    if (!workdays)
        return FALSE;
    workdays_free(clock->workdays);
    clock->workdays = workdays;
    clock->derived = clock_now();
    clock->next = 0;
    clock->stale = FALSE;
    return TRUE;
}

static gboolean remind(Clock *clock, GError **error)
{
    Reminded reminded = {.more = TRUE};
    guint letters = 0;
    while (reminded.more) {
        if (!ledger_begin(clock->ledger, error) ||
            !commit(clock, remind_due(clock->ledger, clock->templates, clock->conf, clock->workdays, &reminded, error), error))
            return FALSE;
        letters += reminded.letters;
        if (reminded.why)
            stage_log("clock", "a reminder could not be written: %s", reminded.why);
        g_clear_pointer(&reminded.why, g_free);
    }
    clock->next = reminded.next;
    if (letters)
        bus_send("courier", "letters");
    return TRUE;
}

static gboolean give_account(Clock *clock, GError **error)
{
    gboolean posted = FALSE;
    if (!digest_wanted(clock->ledger, clock->conf, clock->workdays))
        return TRUE;
    if (!ledger_begin(clock->ledger, error) ||
        !commit(clock, digest_post(clock->ledger, clock->templates, clock->conf, clock->workdays, &posted, error), error))
        return FALSE;
    if (posted)
        bus_send("courier", "letters");
    return TRUE;
}

/* Notices what changed, and that a day has passed. */
static void look(Clock *clock)
{
    gint64 version = ledger_data_version(clock->ledger);
    guint32 day = clock_day(clock_now(), conf_string(clock->conf, "general", "zone"));
    if (version == clock->version && day == clock->day)
        return;
    clock->stale = TRUE;
    clock->next = 0;
    if (day != clock->day)
        clock->derived = 0;
    clock->version = version;
    clock->day = day;
}

static gboolean round_once(Clock *clock, GError **error)
{
    look(clock);
    gboolean rested = clock_now() - clock->derived >= DERIVE_SECONDS * G_USEC_PER_SEC;
    return (!clock->stale || !rested || derive(clock, error)) && (clock_now() < clock->next || remind(clock, error)) &&
           give_account(clock, error);
}

/* --- the loop -------------------------------------------------------------------------------------------------------------- */

static void take_hints(Clock *clock)
{
    struct signalfd_siginfo signal_info;
    char *text, *from = NULL;
    if (read(clock->signal_fd, &signal_info, sizeof signal_info) > 0)
        clock->stopping = TRUE;
    while ((text = bus_receive(&from))) {
        clock->stopping |= g_str_equal(text, "stop");
        g_free(text);
        g_clear_pointer(&from, g_free);
    }
}

static void rest(Clock *clock, int seconds)
{
    gint64 left = CLAMP(clock->next - clock_now(), G_USEC_PER_SEC, seconds * G_USEC_PER_SEC);
    struct pollfd wake[] = {{.fd = clock->signal_fd, .events = POLLIN}, {.fd = bus_fd(), .events = POLLIN}};
    poll(wake, G_N_ELEMENTS(wake), clock_left_ms(clock_mono() + left));
}

static gboolean loop(Clock *clock, GError **error)
{
    for (take_hints(clock); !clock->stopping; take_hints(clock)) {
        g_autoptr(GError) problem = NULL;
        gboolean good = round_once(clock, &problem);
        if (!good && (clock->options->once || failure_outcome(problem) == OUTCOME_BUG)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return FALSE;
        }
        if (clock->options->once)
            return TRUE;
        if (!good) {
            stage_log("clock", "%s", problem->message);
            clock->next = G_MAXINT64;
        }
        rest(clock, good ? LOOK_SECONDS : REST_SECONDS);
        if (!good)
            clock->next = 0;
    }
    return TRUE;
}

/* From now until the instant `until`, hour for hour or however long a step is, without waiting. */
static gboolean simulate(Clock *clock, GError **error)
{
    for (gint64 at = clock_now(); at < clock->options->until; at += clock->options->step) {
        clock_set(at);
        if (!round_once(clock, error))
            return FALSE;
    }
    return TRUE;
}

/* --- start ----------------------------------------------------------------------------------------------------------------- */

static gboolean open_signals(Clock *clock, GError **error)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    clock->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (clock->signal_fd >= 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "no descriptor for signals: %s", g_strerror(errno));
    return FALSE;
}

/* Row "clock" of the table of stages: the ledger, and nothing else. */
static gboolean confine(const Clock *clock, GError **error)
{
    g_autofree char *ledger = g_build_filename(clock->spool, "ledger.db", NULL);
    g_autofree char *journal = g_strconcat(ledger, "-wal", NULL), *index = g_strconcat(ledger, "-shm", NULL);
    const JailPath paths[] = {
        {clock->spool, JAIL_READ_DIR, "SQLite syncs the folder when it has made its journal, or a power cut takes that"},
        {ledger, JAIL_READ | JAIL_WRITE, "the ledger"},
        {journal, JAIL_READ | JAIL_WRITE, "its journal"},
        {index, JAIL_READ | JAIL_WRITE, "its journal's index"},
        {"/usr/share/zoneinfo", JAIL_READ | JAIL_READ_DIR, "GLib: time zones"},
        {"/usr/lib", JAIL_READ | JAIL_READ_DIR, "glibc: character sets"},
        {"/dev/urandom", JAIL_READ, "GLib: random numbers"},
        {NULL, 0, NULL},
    };
    return jail_confine(paths, JAIL_NO_NETWORK, error);
}

static gboolean start(Clock *clock, GError **error)
{
    g_autofree char *ledger = g_build_filename(clock->spool, "ledger.db", NULL), *templates = conf_path(clock->conf, "general", "templates");
    if (!open_signals(clock, error) || !durable_mkdir(clock->spool, 0700, error))
        return FALSE;
    clock->templates = templates_load(templates, error);
    clock->ledger = clock->templates ? ledger_open(ledger, LEDGER_CREATE, error) : NULL;
    return clock->ledger && confine(clock, error);
}

gboolean stage_clock(const Conf *conf, const StageOptions *options, GError **error)
{
    g_autoptr(Clock) clock = g_new0(Clock, 1);
    clock->conf = conf;
    clock->options = options;
    clock->signal_fd = -1;
    clock->version = -1;
    clock->spool = conf_path(conf, "general", "spool");
    return start(clock, error) && (options->until ? simulate(clock, error) : loop(clock, error));
}
