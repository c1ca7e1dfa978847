/* check.c: `shouwen check`: everything that can be wrong before the first mail, a line each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/jail.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/monitor.h"
#include "cmd/output.h"
#include "cmd/sample.h"
#include "conf/secret.h"
#include "door/door.h"
#include "ledger/calendar.h"
#include "letters/compose.h"
#include "spool/segment.h"

#define DETAIL_CHARS 600

static const OutputColumn columns[] = {{"check", NULL, 0}, {"state", NULL, 0}, {"detail", NULL, 0}};

typedef struct {
    const Conf *conf;
    Output *json; /* NULL: lines for people */
    guint faults;
} Check;

static void say(const Check *check, gboolean good, const char *what, const char *detail)
{
    if (check->json) {
        output_row(check->json, (const char *const[]){what, good ? "ok" : "fault", detail});
        return;
    }
    g_autofree char *plain = text_plain(detail, DETAIL_CHARS);
    printf("%s %s%s%s\n", good ? "ok   " : "FAULT", what, *plain ? ": " : "", plain);
    fflush(stdout);
}

static void good(const Check *check, const char *what, const char *detail)
{
    say(check, TRUE, what, detail);
}

/* Takes ERROR. */
static void bad(Check *check, const char *what, GError *error)
{
    say(check, FALSE, what, error->message);
    check->faults++;
    g_error_free(error);
}

/* Who may write the configuration decides which commands we run and where passwords go. */
static void check_conf(Check *check)
{
    struct stat facts;
    const char *file = conf_file(check->conf);
    if (stat(file, &facts) == 0 && (facts.st_mode & 022))
        bad(check, "configuration",
            g_error_new(FAILURE, FAILURE_CONFIG, "%s can be changed by others (mode %03o); run: chmod 600 %s", file,
                        facts.st_mode & 0777, file));
    else
        good(check, "configuration", file);
}

static gboolean is_writable(const char *dir, GError **error)
{
    if (faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) == 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_CONFIG, "the folder %s cannot be written: %s", dir, g_strerror(errno));
    return FALSE;
}

static void check_spool(Check *check)
{
    GError *error = NULL;
    g_autofree char *spool = conf_path(check->conf, "general", "spool");
    if (!g_file_test(spool, G_FILE_TEST_IS_DIR))
        g_set_error(&error, FAILURE, FAILURE_CONFIG, "the folder %s does not exist; run 'shouwen init' or make it", spool);
    for (const char *const *sub = (const char *const[]){"", "segments", "sent", "outgoing", "cursors", NULL}; *sub && !error;
         sub++) {
        g_autofree char *dir = cmd_spool(check->conf, *sub);
        if (g_file_test(dir, G_FILE_TEST_IS_DIR))
            is_writable(dir, &error);
    }
    if (error || !spool_is_local(spool, &error) ||
        !spool_has_room(spool, (guint64)conf_int(check->conf, "general", "min_free"), &error))
        bad(check, "spool", error);
    else
        good(check, "spool", spool);
}

static void note_day(G_GNUC_UNUSED const LedgerDay *day, gpointer user)
{
    (*(guint *)user)++;
}

/* A year without its list has reminders on holidays and none on days worked instead. */
static void check_calendar(Check *check, Ledger *ledger)
{
    guint days = 0;
    const char *zone = conf_string(check->conf, "general", "zone");
    g_autofree char *year = g_strdup_printf("%d", clock_year(clock_now(), zone));
    g_autofree char *first = g_strconcat(year, "-01-01", NULL), *last = g_strconcat(year, "-12-31", NULL);
    g_autofree char *none = g_strdup_printf("the holidays of %s are not known, only weekends are off; see 'shouwen calendar --help'", year);
    ledger_days(ledger, first, last, note_day, &days, NULL);
    good(check, "calendar", days ? year : none);
}

static void check_ledger(Check *check)
{
    GError *error = NULL;
    g_autofree char *file = cmd_spool(check->conf, "ledger.db");
    if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
        good(check, "ledger", "none yet; the first run makes it");
        return;
    }
    g_autoptr(Ledger) ledger = cmd_ledger(check->conf, LEDGER_READ, &error);
    if (!ledger) {
        bad(check, "ledger", error);
        return;
    }
    good(check, "ledger", file);
    check_calendar(check, ledger);
}

static void check_secret(Check *check, const char *group)
{
    GError *error = NULL;
    gboolean token = g_str_equal(conf_string(check->conf, group, "auth"), "xoauth2");
    char *secret = token ? secret_token(check->conf, group, &error) : secret_get(check->conf, group, &error);
    g_autofree char *what = g_strdup_printf("[%s] %s", group, token ? "token" : "password");
    if (error)
        bad(check, what, error);
    else
        good(check, what, secret ? "can be read" : "none set");
    secret_free(secret);
}

/* The file or folder that KEY of GROUP names, if it does. */
static void check_path(Check *check, const char *group, const char *key)
{
    if (!*conf_string(check->conf, group, key))
        return;
    g_autofree char *path = conf_path(check->conf, group, key), *what = g_strdup_printf("[%s] %s", group, key);
    if (access(path, R_OK) == 0)
        good(check, what, path);
    else
        bad(check, what, g_error_new(FAILURE, FAILURE_CONFIG, "%s cannot be read: %s", path, g_strerror(errno)));
}

static void check_mailboxes(Check *check)
{
    for (const char *const *name = conf_mailboxes(check->conf); *name; name++) {
        g_autofree char *group = g_strdup_printf("mailbox %s", *name);
        gboolean imap = g_str_equal(conf_string(check->conf, group, "type"), "imap");
        check_path(check, group, imap ? "ca_file" : "path");
        if (imap)
            check_secret(check, group);
    }
    if (!*conf_mailboxes(check->conf))
        good(check, "mailbox", "none: mail comes by 'shouwen intake' only");
}

static void check_smtp(Check *check)
{
    if (!g_str_equal(conf_string(check->conf, "letters", "send"), "smtp"))
        return;
    check_path(check, "smtp", "ca_file");
    if (!g_str_equal(conf_string(check->conf, "smtp", "auth"), "none"))
        check_secret(check, "smtp");
}

static void check_templates(Check *check)
{
    GError *error = NULL;
    g_autofree char *dir = conf_path(check->conf, "general", "templates");
    g_autoptr(Templates) templates = templates_load(dir, &error);
    if (!templates)
        bad(check, "letters", error);
    else
        good(check, "letters", dir);
}

static void check_filter(Check *check)
{
    GError *error = NULL;
    DoorOptions options;
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) report = door_jail_report();
    for (guint i = 0; report[i]; i++)
        good(check, "jail", report[i]);
    if (!jail_seccomp_available())
        bad(check, "jail",
            g_error_new(FAILURE, FAILURE_CONFIG, "this kernel has no seccomp filters; nothing is read without them"));
    door_options_from_conf(&options, check->conf);
    g_autoptr(Door) door = door_new(&options, &error);
    if (door && door_check_kinds(door, messages, &error)) {
        good(check, "kinds", options.filters_dir);
        return;
    }
    for (guint i = 0; i < messages->len; i++)
        bad(check, "kinds", g_error_new_literal(FAILURE, FAILURE_CONFIG, g_ptr_array_index(messages, i)));
    if (error)
        bad(check, "filter", error);
}

int cmd_check(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    gboolean sample = FALSE, table = FALSE, monitor = FALSE;
    const GOptionEntry own[] = {
        {"monitor", 0, 0, G_OPTION_ARG_NONE, &monitor, "is the running system well? one line and exit code as for Nagios", NULL},
        {"sample", 0, 0, G_OPTION_ARG_NONE, &sample, "print a configuration with every setting and its default", NULL},
        {"man-table", 0, 0, G_OPTION_ARG_NONE, &table, "print the settings as the table of shouwen.conf(5)", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, NULL, "Checks settings, rights, disk, jail, kinds, letters and ledger.", own, &options, &error))
        return cmd_end(error);
    if (sample || table) {
        g_autofree char *text = sample ? sample_conf() : sample_man_table();
        fputs(text, stdout);
        return 0;
    }
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    if (monitor)
        return monitor_check(conf, error, options.json);
    if (!conf)
        return cmd_end(error);
    Check check = {.conf = conf, .json = options.json ? output_new(TRUE, columns, G_N_ELEMENTS(columns)) : NULL};
    check_conf(&check);
    check_spool(&check);
    check_ledger(&check);
    check_mailboxes(&check);
    check_smtp(&check);
    check_templates(&check);
    check_filter(&check);
    if (check.json)
        output_end(check.json);
    return check.faults ? EX_CONFIG : EX_OK;
}
