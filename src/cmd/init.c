/* init.c: `shouwen init`: from nothing to a configuration that works. Asks on a terminal, takes everything as options without
 * one, tests the login before anything is written, and puts the password into a file of its own. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "conf/secret.h"
#include "source/source.h"

#define ANSWER_BYTES 512

typedef struct {
    char *host, *port, *security, *ca_file, *user, *folders, *since, *address, *name_zh, *name_en, *spool, *password_file;
    gboolean force, no_login;
} Answers;

static char *read_line(gboolean echo)
{
    char buffer[ANSWER_BYTES];
    struct termios normal, silent;
    if (!echo && tcgetattr(STDIN_FILENO, &normal) == 0) {
        silent = normal;
        silent.c_lflag &= (tcflag_t)~ECHO;
        tcsetattr(STDIN_FILENO, TCSANOW, &silent);
    }
    char *got = fgets(buffer, sizeof buffer, stdin);
    if (!echo) {
        tcsetattr(STDIN_FILENO, TCSANOW, &normal);
        putchar('\n');
    }
    char *line = got ? g_strdup(g_strchomp(buffer)) : NULL;
    explicit_bzero(buffer, sizeof buffer);
    return line;
}

/* Fills *ANSWER when no option gave it: from a terminal, else from FALLBACK (NULL: it must be given). */
static gboolean ask(char **answer, const char *option, const char *question, const char *fallback, GError **error)
{
    if (!*answer && isatty(STDIN_FILENO)) {
        printf("%s%s%s%s: ", question, fallback && *fallback ? " [" : "", fallback ? fallback : "", fallback && *fallback ? "]" : "");
        fflush(stdout);
        g_autofree char *line = read_line(TRUE);
        if (line && *line)
            *answer = g_steal_pointer(&line);
    }
    if (!*answer && fallback)
        *answer = g_strdup(fallback);
    if (!*answer) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "--%s is needed: %s", option, question);
        return FALSE;
    }
    for (const char *p = *answer; *p; p++)
        if (g_ascii_iscntrl(*p)) {
            g_set_error(error, FAILURE, FAILURE_USAGE, "--%s may not hold control characters", option);
            return FALSE;
        }
    return TRUE;
}

static gboolean ask_all(Answers *a, GError **error)
{
    g_autofree char *today = clock_iso(clock_now(), NULL);
    today[10] = 0;
    if (!ask(&a->host, "host", "IMAP server", NULL, error) || !ask(&a->security, "security", "security (tls, starttls, plain)", "tls", error))
        return FALSE;
    const char *port = g_str_equal(a->security, "tls") ? "993" : "143";
    g_autofree char *spool = g_strdup("/var/lib/shouwen");
    return ask(&a->port, "port", "port", port, error) && ask(&a->ca_file, "ca-file", "certificates to trust (empty: the system's)", "", error) &&
           ask(&a->user, "user", "login name", NULL, error) && ask(&a->folders, "folders", "folders (';' between them)", "INBOX", error) &&
           ask(&a->since, "since", "take mail since (YYYY-MM-DD)", today, error) &&
           ask(&a->address, "address", "the office's mail address", a->user, error) &&
           ask(&a->name_zh, "name-zh", "the office's name in Chinese", "标准委员会秘书处", error) &&
           ask(&a->name_en, "name-en", "the office's name in English", "Committee Secretariat", error) &&
           ask(&a->spool, "spool", "folder for spool and ledger", spool, error);
}

static char *compose(const Answers *a, const char *password_file)
{
    GString *text = g_string_new("# Written by 'shouwen init'. All settings: shouwen.conf(5), 'shouwen check --sample'.\n");
    g_string_append_printf(text, "[general]\nspool = %s\n\n[office]\nname_zh = %s\nname_en = %s\naddress = %s\n\n", a->spool, a->name_zh,
                           a->name_en, a->address);
    g_string_append_printf(text, "[mailbox office]\ntype = imap\nhost = %s\nport = %s\nsecurity = %s\n", a->host, a->port, a->security);
    if (*a->ca_file)
        g_string_append_printf(text, "ca_file = %s\n", a->ca_file);
    g_string_append_printf(text, "user = %s\npassword_file = %s\nfolders = %s\nsince = %s\n\n", a->user, password_file, a->folders, a->since);
    g_string_append(text, "[letters]\n# folder: letters are written into spool/outgoing; set smtp and fill [smtp] to send them\nsend = folder\n");
    return g_string_free(text, FALSE);
}

/* The password goes into PATH, unless the file is there and no one is at the terminal. */
static gboolean store_password(const Answers *a, const char *path, GError **error)
{
    if (a->password_file || !isatty(STDIN_FILENO)) {
        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return TRUE;
        g_set_error(error, FAILURE, FAILURE_USAGE, "there is no password file %s; make it (mode 0600), or run init on a terminal", path);
        return FALSE;
    }
    printf("password (163, 126, QQ: the authorisation code 授权码): ");
    fflush(stdout);
    char *password = read_line(FALSE);
    gboolean good = password && *password && durable_replace(path, password, strlen(password), 0600, error);
    if (!good && error && !*error)
        g_set_error(error, FAILURE, FAILURE_USAGE, "no password was given");
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
    g_autoptr(Source) source = source_open(conf, "office", error);
    if (!source || (source->type->list && !source->type->list(source, count_message, &messages, error)))
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

static gboolean init(Answers *a, const char *file, GError **error)
{
    if (g_file_test(file, G_FILE_TEST_EXISTS) && !a->force) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "%s exists; --force replaces it", file);
        return FALSE;
    }
    if (!ask_all(a, error))
        return FALSE;
    g_autofree char *absolute = g_canonicalize_filename(file, NULL);
    g_autofree char *dir = g_path_get_dirname(absolute);
    g_autofree char *password = a->password_file ? g_canonicalize_filename(a->password_file, NULL) : g_build_filename(dir, "password", NULL);
    g_autofree char *draft = g_strconcat(absolute, ".draft", NULL);
    g_autofree char *text = compose(a, password);
    if (!durable_mkdir(dir, 0700, error) || !store_password(a, password, error) ||
        !durable_replace(draft, text, strlen(text), 0600, error))
        return FALSE;
    g_autoptr(Conf) conf = conf_load(draft, error);
    gboolean works = conf && make_spool(conf, error) && (a->no_login || test_login(conf, error));
    if (works && rename(draft, absolute) != 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot put %s in place: %s", absolute, g_strerror(errno));
        works = FALSE;
    }
    if (!works) {
        unlink(draft);
        return FALSE;
    }
    printf("%s is written. Next: shouwen check --config %s\n", absolute, absolute);
    return durable_sync_dir(dir, error);
}

int cmd_init(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    Answers a = {0};
    const GOptionEntry own[] = {
        {"host", 0, 0, G_OPTION_ARG_STRING, &a.host, "IMAP server", "HOST"},
        {"port", 0, 0, G_OPTION_ARG_STRING, &a.port, "its port", "PORT"},
        {"security", 0, 0, G_OPTION_ARG_STRING, &a.security, "tls, starttls or plain", "HOW"},
        {"ca-file", 0, 0, G_OPTION_ARG_FILENAME, &a.ca_file, "certificates to trust", "FILE"},
        {"user", 0, 0, G_OPTION_ARG_STRING, &a.user, "login name", "NAME"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &a.password_file, "an existing file with the password, mode 0600", "FILE"},
        {"folders", 0, 0, G_OPTION_ARG_STRING, &a.folders, "folders to take mail from", "A;B"},
        {"since", 0, 0, G_OPTION_ARG_STRING, &a.since, "take mail since this day", "DAY"},
        {"address", 0, 0, G_OPTION_ARG_STRING, &a.address, "the office's mail address", "ADDRESS"},
        {"name-zh", 0, 0, G_OPTION_ARG_STRING, &a.name_zh, "the office's name in Chinese", "NAME"},
        {"name-en", 0, 0, G_OPTION_ARG_STRING, &a.name_en, "the office's name in English", "NAME"},
        {"spool", 0, 0, G_OPTION_ARG_FILENAME, &a.spool, "folder for spool and ledger", "FOLDER"},
        {"force", 0, 0, G_OPTION_ARG_NONE, &a.force, "replace an existing configuration", NULL},
        {"no-login", 0, 0, G_OPTION_ARG_NONE, &a.no_login, "do not test the login", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, NULL, "Asks for a mailbox, tests the login, writes the configuration (mode 0600), makes spool and ledger.",
                   own, &options, &error))
        return cmd_end(error);
    const char *file = options.config ? options.config : g_getenv("SHOUWEN_CONFIG");
    init(&a, file ? file : "/etc/shouwen/shouwen.conf", &error);
    return cmd_end(error);
}
