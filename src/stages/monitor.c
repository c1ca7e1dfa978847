/* monitor.c: watches the system itself, and says so by another way than mail when something stands still: mail itself may be what is
 * dead. Each trouble is told once when it begins and once when it is over, to the command and by letter, whichever works.
 *
 * It is not confined: alert_command is a program of the administrator's and needs files and network of its own. It holds no
 * secret, reads nothing that came from outside, and shows the command nothing but our own sentences. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <gio/gio.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "ledger/alarms.h"
#include "stages/bus.h"
#include "stages/health.h"
#include "stages/log.h"
#include "stages/notices.h"
#include "stages/stages.h"

#define ALERT_SECONDS 60 /* longest run of alert_command */

typedef struct {
    const Conf *conf;
    char *ledger_file, *metrics_file;
    Templates *templates; /* NULL: there is something wrong with them, and no letters are written */
    int signal_fd;
    gint64 began; /* clock_mono */
    gboolean failed; /* alert_command failed the last time: logged once */
    LedgerAlarm lost; /* the ledger cannot be opened, so that this is kept in memory; since 0: it can */
} Monitor;

static char *in_spool(const Conf *conf, const char *name)
{
    g_autofree char *spool = conf_path(conf, "general", "spool");
    return g_build_filename(spool, name, NULL);
}

/* --- telling --------------------------------------------------------------------------------------------------------- */

typedef struct {
    GMainLoop *loop;
    GSubprocess *process;
    GError *error;
    gboolean late;
} Alert;

static void alert_ended(GObject *source, GAsyncResult *result, gpointer user)
{
    Alert *alert = user;
    g_subprocess_communicate_utf8_finish(G_SUBPROCESS(source), result, NULL, NULL, &alert->error);
    g_main_loop_quit(alert->loop);
}

static gboolean alert_late(gpointer user)
{
    Alert *alert = user;
    alert->late = TRUE;
    g_subprocess_force_exit(alert->process);
    return G_SOURCE_REMOVE;
}

/* Runs the command with TEXT on its standard input; its own output goes nowhere, so that it cannot fill anything. */
static gboolean run_command(const char *command, const LedgerAlarm *alarm, const char *text, GError **error)
{
    g_auto(GStrv) words = NULL;
    if (!g_shell_parse_argv(command, NULL, &words, error))
        return FALSE;
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_subprocess_launcher_setenv(launcher, "SHOUWEN_ALARM", alarm->name, TRUE);
    g_subprocess_launcher_setenv(launcher, "SHOUWEN_ALARM_STATE", alarm->over ? "over" : "begun", TRUE);
    g_subprocess_launcher_unsetenv(launcher, "SHOUWEN_BUS");
    g_autoptr(GSubprocess) process = g_subprocess_launcher_spawnv(launcher, (const char *const *)words, error);
    if (!process)
        return FALSE;
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Alert alert = {.loop = loop, .process = process};
    guint timer = g_timeout_add_seconds(ALERT_SECONDS, alert_late, &alert);
    g_subprocess_communicate_utf8_async(process, text, NULL, alert_ended, &alert);
    g_main_loop_run(loop);
    if (!alert.late)
        g_source_remove(timer);
    g_clear_error(&alert.error); /* a command that does not read its input is no failure */
    if (alert.late || !g_subprocess_get_successful(process)) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "alert_command %s", alert.late ? "did not end in time" : "ended with a failure");
        return FALSE;
    }
    return TRUE;
}

static gboolean tell(Monitor *monitor, const LedgerAlarm *alarm, gint64 now)
{
    const char *command = conf_string(monitor->conf, "monitor", "alert_command"), *zone = conf_string(monitor->conf, "general", "zone");
    g_autofree char *since = clock_iso(alarm->since, zone), *at = clock_iso(alarm->over ? alarm->over : now, zone);
    g_autofree char *text = alarm->over ? g_strdup_printf("shouwen: over since %s: %s (began %s)\n", at, alarm->text, since)
                                        : g_strdup_printf("shouwen: ALARM: %s (since %s)\n", alarm->text, since);
    g_autoptr(GError) problem = NULL;
    stage_log("monitor", "%s %s", alarm->over ? "over:" : "ALARM:", alarm->text);
    if (!*command || run_command(command, alarm, text, &problem)) {
        monitor->failed = FALSE;
        return TRUE;
    }
    if (!monitor->failed)
        stage_log("monitor", "%s; it is tried again", problem->message);
    monitor->failed = TRUE;
    return FALSE;
}

/* --- a look ---------------------------------------------------------------------------------------------------------- */

static gboolean has_trouble(const Health *health, const char *name)
{
    for (guint i = 0; i < health->troubles->len; i++)
        if (g_str_equal(((const Trouble *)g_ptr_array_index(health->troubles, i))->name, name))
            return TRUE;
    return FALSE;
}

/* A mailbox that is read for the first time since we began may take its time. An alarm that stands is not over for that. */
static gboolean is_early(const Monitor *monitor, const Trouble *trouble)
{
    gint64 age = clock_mono() - monitor->began;
    return g_str_has_prefix(trouble->name, "fetch ") && age < conf_int(monitor->conf, "monitor", "fetch_age") * G_USEC_PER_SEC;
}

/* By letter. What fails here leaves the other way of telling. */
static void write_notice(Monitor *monitor, Ledger *ledger, const LedgerAlarm *alarm, gint64 over)
{
    g_autoptr(GError) problem = NULL;
    gboolean posted = FALSE;
    if (monitor->templates && !notices_post(ledger, monitor->templates, monitor->conf, alarm, over, &posted, &problem))
        stage_log("monitor", "no notice of '%s' could be written: %s", alarm->name, problem->message);
    if (posted)
        bus_send("courier", "letters");
}

static gboolean note_troubles(Monitor *monitor, Ledger *ledger, const Health *health, gint64 now, GError **error)
{
    g_autoptr(GPtrArray) before = ledger_alarms(ledger, error);
    if (!before)
        return FALSE;
    for (guint i = 0; i < health->troubles->len; i++) {
        const Trouble *trouble = g_ptr_array_index(health->troubles, i);
        if (!is_early(monitor, trouble) && !ledger_alarm_raise(ledger, trouble->name, trouble->text, now, error))
            return FALSE;
    }
    for (guint i = 0; i < before->len; i++) {
        const LedgerAlarm *alarm = g_ptr_array_index(before, i);
        if (has_trouble(health, alarm->name))
            continue;
        write_notice(monitor, ledger, alarm, alarm->over ? alarm->over : now);
        if (!alarm->over && !ledger_alarm_end(ledger, alarm->name, now, error))
            return FALSE;
    }
    return TRUE;
}

/* What cannot be told now is told at the next look. */
static gboolean tell_alarms(Monitor *monitor, Ledger *ledger, gint64 now, GError **error)
{
    g_autoptr(GPtrArray) alarms = ledger_alarms(ledger, error);
    if (!alarms)
        return FALSE;
    for (guint i = 0; i < alarms->len; i++) {
        const LedgerAlarm *alarm = g_ptr_array_index(alarms, i);
        if (!alarm->over)
            write_notice(monitor, ledger, alarm, 0);
        if ((!alarm->said || alarm->over) && tell(monitor, alarm, now) && !ledger_alarm_said(ledger, alarm->name, now, error))
            return FALSE;
    }
    return TRUE;
}

/* The ledger itself: REASON why it cannot be opened, NULL when it can. */
static void watch_ledger(Monitor *monitor, const char *reason, gint64 now)
{
    LedgerAlarm *lost = &monitor->lost;
    if (reason && !lost->since)
        *lost = (LedgerAlarm){.name = (char *)"ledger", .text = g_strdup(reason), .since = now};
    if (reason && !lost->said && tell(monitor, lost, now))
        lost->said = now;
    if (reason || !lost->since)
        return;
    lost->over = now;
    if (lost->said && !tell(monitor, lost, now))
        return;
    g_free(lost->text);
    *lost = (LedgerAlarm){0};
}

static gboolean look(Monitor *monitor, GError **error)
{
    gint64 now = clock_now();
    g_autoptr(GError) reason = NULL;
    g_autoptr(Ledger) ledger = ledger_open(monitor->ledger_file, LEDGER_CREATE, &reason);
    g_autoptr(Health) health = health_measure(monitor->conf, ledger, reason ? reason->message : NULL, now);
    g_autofree char *text = health_prometheus(health);
    if (!durable_replace(monitor->metrics_file, text, strlen(text), 0644, error))
        return FALSE;
    watch_ledger(monitor, ledger ? NULL : reason->message, now);
    return !ledger || (note_troubles(monitor, ledger, health, now, error) && tell_alarms(monitor, ledger, now, error));
}

/* --- the stage ------------------------------------------------------------------------------------------------------- */

/* A letter that cannot be written is no reason not to watch. */
static void load_templates(Monitor *monitor)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *folder = conf_path(monitor->conf, "general", "templates");
    monitor->templates = templates_load(folder, &problem);
    if (!monitor->templates)
        stage_log("monitor", "no notices are written: %s", problem->message);
}

static gboolean told_to_stop(const Monitor *monitor)
{
    struct signalfd_siginfo info;
    gboolean stop = read(monitor->signal_fd, &info, sizeof info) > 0;
    char *text, *from = NULL;
    while ((text = bus_receive(&from))) {
        stop |= g_str_equal(text, "stop");
        g_free(text);
        g_clear_pointer(&from, g_free);
    }
    return stop;
}

static void rest(const Monitor *monitor)
{
    struct pollfd wake[] = {{.fd = monitor->signal_fd, .events = POLLIN}, {.fd = bus_fd(), .events = POLLIN}};
    poll(wake, 2, clock_left_ms(clock_mono() + conf_int(monitor->conf, "monitor", "interval") * G_USEC_PER_SEC));
}

gboolean stage_monitor(const Conf *conf, const StageOptions *options, GError **error)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    Monitor monitor = {.conf = conf, .signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK), .began = clock_mono()};
    g_autofree char *ledger = in_spool(conf, "ledger.db"), *metrics = in_spool(conf, "metrics.prom");
    g_autofree char *elsewhere = *conf_string(conf, "monitor", "metrics_file") ? conf_path(conf, "monitor", "metrics_file") : NULL;
    monitor.ledger_file = ledger;
    monitor.metrics_file = elsewhere ? elsewhere : metrics;
    load_templates(&monitor);
    gboolean good = TRUE;
    do {
        good = look(&monitor, error);
        if (good && !options->once)
            rest(&monitor);
    } while (good && !options->once && !told_to_stop(&monitor));
    close(monitor.signal_fd);
    templates_free(monitor.templates);
    g_free(monitor.lost.text);
    return good;
}
