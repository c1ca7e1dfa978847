/* check.c: `shouwen check`: everything that can be wrong before the first mail, a line each. */
#include <stdio.h>
#include <string.h>

#include "base/failure.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/sample.h"
#include "conf/secret.h"
#include "door/door.h"
#include "letters/compose.h"
#include "spool/segment.h"

typedef struct {
    const Conf *conf;
    GError *worst; /* the first failure: gives the exit code */
    guint faults;
} Check;

static void good(const char *what, const char *detail)
{
    g_autofree char *plain = text_plain(detail, 300);
    printf("ok    %s%s%s\n", what, *plain ? ": " : "", plain);
}

static void bad(Check *check, const char *what, GError *error)
{
    g_autofree char *plain = text_plain(error->message, 600);
    printf("FAULT %s: %s\n", what, plain);
    check->faults++;
    if (!check->worst)
        check->worst = error;
    else
        g_error_free(error);
}

static void check_spool(Check *check)
{
    GError *error = NULL;
    g_autofree char *spool = conf_path(check->conf, "general", "spool");
    if (!g_file_test(spool, G_FILE_TEST_IS_DIR))
        g_set_error(&error, FAILURE, FAILURE_CONFIG, "the folder %s does not exist; run 'shouwen init' or make it", spool);
    if (error || !spool_is_local(spool, &error) ||
        !spool_has_room(spool, (guint64)conf_int(check->conf, "general", "min_free"), &error)) {
        bad(check, "spool", error);
        return;
    }
    good("spool", spool);
}

static void check_ledger(Check *check)
{
    GError *error = NULL;
    g_autofree char *file = cmd_spool(check->conf, "ledger.db");
    if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
        good("ledger", "none yet; the first run makes it");
        return;
    }
    g_autoptr(Ledger) ledger = cmd_ledger(check->conf, LEDGER_READ, &error);
    if (!ledger)
        bad(check, "ledger", error);
    else
        good("ledger", file);
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
        good(what, secret ? "can be read" : "none set");
    secret_free(secret);
}

static void check_secrets(Check *check)
{
    for (const char *const *name = conf_mailboxes(check->conf); *name; name++) {
        g_autofree char *group = g_strdup_printf("mailbox %s", *name);
        if (g_str_equal(conf_string(check->conf, group, "type"), "imap"))
            check_secret(check, group);
    }
    if (g_str_equal(conf_string(check->conf, "letters", "send"), "smtp") &&
        !g_str_equal(conf_string(check->conf, "smtp", "auth"), "none"))
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
        good("letters", dir);
}

static void check_filter(Check *check)
{
    GError *error = NULL;
    DoorOptions options;
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) report = door_jail_report();
    for (guint i = 0; report[i]; i++)
        good("jail", report[i]);
    door_options_from_conf(&options, check->conf);
    g_autoptr(Door) door = door_new(&options, &error);
    if (door && door_check_kinds(door, messages, &error)) {
        good("kinds", options.filters_dir);
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
    gboolean sample = FALSE, table = FALSE;
    const GOptionEntry own[] = {
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
    if (!conf)
        return cmd_end(error);
    secret_take_environment(conf);
    Check check = {.conf = conf};
    good("configuration", conf_file(conf));
    check_spool(&check);
    check_ledger(&check);
    check_secrets(&check);
    check_templates(&check);
    check_filter(&check);
    int code = failure_exit_code(check.worst);
    g_clear_error(&check.worst);
    return code;
}
