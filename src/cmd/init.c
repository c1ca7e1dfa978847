/* init.c: `shouwen init`: from nothing to a configuration that works. Asks on a terminal, takes everything as options without
 * one, and tests the login before anything is put in place. The password gets a file of its own. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "conf/secret.h"
#include "conf/settings.h"
#include "desk/desk.h"
#include "ledger/users.h"
#include "source/source.h"

#define MAILBOX "mailbox office"

enum { HOST, SECURITY, PORT, CA_FILE, USER, FOLDERS, SINCE, ADDRESS, NAME_ZH, NAME_EN, SPOOL, N_ANSWERS };

static const struct {
    const char *option, *group, *key, *question;
} questions[N_ANSWERS] = {
    [HOST] = {"host", MAILBOX, "host", "IMAP server"},
    [SECURITY] = {"security", MAILBOX, "security", "security (tls, starttls, plain)"},
    [PORT] = {"port", MAILBOX, "port", "port"},
    [CA_FILE] = {"ca-file", MAILBOX, "ca_file", "file of certificates to trust (empty: the system's)"},
    [USER] = {"user", MAILBOX, "user", "login name"},
    [FOLDERS] = {"folders", MAILBOX, "folders", "folders to take mail from (';' between them)"},
    [SINCE] = {"since", MAILBOX, "since", "take mail since (YYYY-MM-DD)"},
    [ADDRESS] = {"address", "office", "address", "the office's mail address"},
    [NAME_ZH] = {"name-zh", "office", "name_zh", "the office's name in Chinese"},
    [NAME_EN] = {"name-en", "office", "name_en", "the office's name in English"},
    [SPOOL] = {"spool", "general", "spool", "folder for spool and ledger"},
};

typedef struct {
    char *answers[N_ANSWERS], *password_file;
    gboolean force, no_login;
    /* Where things will stand, and where they stand until the login works. */
    char *dir, *conf, *conf_draft, *password, *password_draft;
} Init;

static void init_clear(Init *init)
{
    if (init->conf_draft)
        unlink(init->conf_draft);
    if (init->password_draft)
        unlink(init->password_draft);
    for (guint i = 0; i < N_ANSWERS; i++)
        g_free(init->answers[i]);
    g_free(init->password_file);
    g_free(init->dir);
    g_free(init->conf);
    g_free(init->conf_draft);
    g_free(init->password);
    g_free(init->password_draft);
}

/* --- asking ---------------------------------------------------------------------------------------------------------- */

static gboolean fits(guint i, const char *answer)
{
    gint64 number;
    for (const char *p = answer; *p; p++)
        if (g_ascii_iscntrl(*p))
            return FALSE;
    const Setting *setting = setting_find(questions[i].group, questions[i].key);
    return g_utf8_validate(answer, -1, NULL) && setting_fits(setting, answer, &number) && (*answer || i == CA_FILE);
}

static void ask_terminal(Init *init, guint i, const char *fallback)
{
    gboolean shown = fallback && *fallback;
    while (!init->answers[i]) {
        printf("%s%s%s%s: ", questions[i].question, shown ? " [" : "", shown ? fallback : "", shown ? "]" : "");
        fflush(stdout);
        g_autofree char *line = ask_line(TRUE);
        if (!line)
            return;
        const char *answer = *g_strstrip(line) || !fallback ? line : fallback;
        if (fits(i, answer))
            init->answers[i] = g_strdup(answer);
        else
            printf("  it must be %s\n", setting_allowed(setting_find(questions[i].group, questions[i].key)));
    }
}

/* Fills in what no option gave: on a terminal by asking, else from FALLBACK (NULL: there is none). */
static gboolean ask(Init *init, guint i, const char *fallback, GError **error)
{
    if (!init->answers[i] && isatty(STDIN_FILENO))
        ask_terminal(init, i, fallback);
    else if (!init->answers[i] && fallback)
        init->answers[i] = g_strdup(fallback);
    if (!init->answers[i])
        g_set_error(error, FAILURE, FAILURE_USAGE, "--%s is needed: %s", questions[i].option, questions[i].question);
    else if (!fits(i, init->answers[i]))
        g_set_error(error, FAILURE, FAILURE_USAGE, "--%s must be %s", questions[i].option,
                    setting_allowed(setting_find(questions[i].group, questions[i].key)));
    else
        return TRUE;
    return FALSE;
}

static gboolean ask_all(Init *init, GError **error)
{
    g_autofree char *today = clock_iso(clock_now(), NULL);
    today[strlen("YYYY-MM-DD")] = 0;
    for (guint i = 0; i < N_ANSWERS; i++) {
        const Setting *setting = setting_find(questions[i].group, questions[i].key);
        const char *fallback = setting->fallback && *setting->fallback ? setting->fallback : NULL;
        if (i == PORT)
            fallback = g_str_equal(init->answers[SECURITY], "tls") ? "993" : "143";
        else if (i == CA_FILE)
            fallback = "";
        else if (i == SINCE)
            fallback = today;
        else if (i == ADDRESS && fits(ADDRESS, init->answers[USER]))
            fallback = init->answers[USER];
        if (!ask(init, i, fallback, error))
            return FALSE;
    }
    return TRUE;
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

static gboolean write_conf(const Init *init, const char *file, const char *password, GError **error)
{
    g_autoptr(GString) text = g_string_new("# Written by 'shouwen init'. All settings: shouwen.conf(5), "
                                           "'shouwen check --sample'.\n");
    for (const char *const *group = (const char *const[]){"general", "office", MAILBOX, NULL}; *group; group++) {
        g_string_append_printf(text, "\n[%s]\n", *group);
        for (guint i = 0; i < N_ANSWERS; i++)
            if (g_str_equal(questions[i].group, *group) && *init->answers[i])
                g_string_append_printf(text, "%s = %s\n", questions[i].key, init->answers[i]);
    }
    g_string_append_printf(text, "password_file = %s\n", password);
    g_string_append(text, "\n[letters]\n# folder: letters are written into SPOOL/outgoing; set smtp and fill [smtp] to send\n"
                          "send = folder\n");
    return durable_replace(file, text->str, text->len, 0600, error);
}

/* The password goes into its draft, unless a file with it was named. */
static gboolean take_password(const Init *init, GError **error)
{
    if (init->password_file)
        return TRUE;
    if (!isatty(STDIN_FILENO)) {
        g_set_error(error, FAILURE, FAILURE_USAGE,
                    "--password-file is needed without a terminal: a file of mode 0600 whose first line is the password");
        return FALSE;
    }
    printf("password (at 163, 126, QQ the authorisation code, 授权码): ");
    fflush(stdout);
    char *password = ask_line(FALSE);
    gboolean good = password && *password;
    if (!good)
        g_set_error(error, FAILURE, FAILURE_USAGE, "no password was given");
    good = good && durable_replace(init->password_draft, password, strlen(password), 0600, error);
    secret_free(password);
    return good;
}

static void count_message(const char *folder, guint32 uidvalidity, guint32 uid, gpointer user)
{
    (void)folder;
    (void)uidvalidity;
    (void)uid;
    (*(guint *)user)++;
}

static gboolean test_login(const Conf *conf, GError **error)
{
    guint messages = 0;
    printf("logging in …\n");
    g_autoptr(Source) source = source_open(conf, "office", error);
    if (!source || !source->type->list(source, count_message, &messages, error))
        return FALSE;
    printf("the login works; %u messages since the start date\n", messages);
    return TRUE;
}

static gboolean make_spool(const Conf *conf, GError **error)
{
    for (const char *const *sub = (const char *const[]){"segments", "sent", "outgoing", "cursors", NULL}; *sub; sub++) {
        g_autofree char *dir = cmd_spool(conf, *sub);
        if (!durable_mkdir(dir, 0700, error))
            return FALSE;
    }
    g_autoptr(Ledger) ledger = cmd_ledger(conf, LEDGER_CREATE, error);
    return ledger != NULL;
}

static gboolean put_in_place(const Init *init, GError **error)
{
    if (!init->password_file && rename(init->password_draft, init->password) != 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot put %s in place: %s", init->password, g_strerror(errno));
        return FALSE;
    }
    return write_conf(init, init->conf, init->password, error);
}

/* --- all of it --------------------------------------------------------------------------------------------------------- */

/* The password of /etc/x/office.conf stands in /etc/x/office.password. */
static void name_files(Init *init, const char *file)
{
    init->conf = g_canonicalize_filename(file, NULL);
    init->dir = g_path_get_dirname(init->conf);
    init->conf_draft = g_strconcat(init->conf, ".draft", NULL);
    g_autofree char *stem = g_str_has_suffix(init->conf, ".conf") ? g_strndup(init->conf, strlen(init->conf) - strlen(".conf"))
                                                                  : g_strdup(init->conf);
    init->password = init->password_file ? g_canonicalize_filename(init->password_file, NULL)
                                         : g_strconcat(stem, ".password", NULL);
    if (!init->password_file)
        init->password_draft = g_strconcat(init->password, ".draft", NULL);
}

static gboolean may_write(const Init *init, GError **error)
{
    const char *there = g_file_test(init->conf, G_FILE_TEST_EXISTS)                                  ? init->conf
                        : !init->password_file && g_file_test(init->password, G_FILE_TEST_EXISTS) ? init->password
                                                                                                    : NULL;
    if (there && !init->force) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "%s exists; --force replaces it, --config FILE names another", there);
        return FALSE;
    }
    if (durable_mkdir(init->dir, 0700, error))
        return TRUE;
    g_prefix_error(error, "--config FILE names a place of your own: ");
    return FALSE;
}

/* The first user of the desk is made there, with a token that stands nowhere but on this terminal. */
static gboolean offer_desk(const Conf *conf, GError **error)
{
    g_autoptr(Ledger) ledger = cmd_ledger(conf, LEDGER_WRITE, error);
    if (!ledger)
        return FALSE;
    if (!conf_bool(conf, "desk", "enabled") || ledger_has_users(ledger))
        return TRUE;
    g_autofree char *token = desk_setup_token(ledger, error), *url = desk_url(conf);
    if (!token)
        return FALSE;
    printf("The desk will be at %s once 'shouwen run' runs; make the first administrator there with this token:\n    %s\n", url, token);
    return TRUE;
}

static gboolean init_run(Init *init, const char *file, GError **error)
{
    name_files(init, file);
    if (!may_write(init, error) || !ask_all(init, error) || !take_password(init, error) ||
        !write_conf(init, init->conf_draft, init->password_file ? init->password : init->password_draft, error))
        return FALSE;
    g_autoptr(Conf) conf = conf_load(init->conf_draft, error);
    if (!conf)
        return FALSE;
    char *password = secret_get(conf, MAILBOX, error);
    secret_free(password);
    if (!password || !(init->no_login || test_login(conf, error)) || !make_spool(conf, error) || !put_in_place(init, error))
        return FALSE;
    printf("%s is written. Next: shouwen check --config %s\n", init->conf, init->conf);
    return offer_desk(conf, error);
}

int cmd_init(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    Init init = {0};
    GOptionEntry own[N_ANSWERS + 4] = {
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &init.password_file, "a file with the password, mode 0600", "FILE"},
        {"force", 0, 0, G_OPTION_ARG_NONE, &init.force, "replace an existing configuration", NULL},
        {"no-login", 0, 0, G_OPTION_ARG_NONE, &init.no_login, "do not test the login", NULL},
    };
    for (guint i = 0; i < N_ANSWERS; i++)
        own[3 + i] = (GOptionEntry){questions[i].option,   0, 0, G_OPTION_ARG_STRING, &init.answers[i],
                                    questions[i].question, "VALUE"};
    if (!cmd_parse(&argc, &argv, NULL,
                   "Asks for a mailbox, tests the login, writes the configuration (mode 0600), makes spool and ledger.", own,
                   &options, &error))
        return cmd_end(error);
    setvbuf(stdin, NULL, _IONBF, 0); /* no copy of the password in its buffer */
    init_run(&init, cmd_config(&options, FALSE), &error);
    init_clear(&init);
    return cmd_end(error);
}
