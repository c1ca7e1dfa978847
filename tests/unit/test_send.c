// links: src/send/*.c src/net/*.c src/conf/*.c src/base/*.c; libs: glib-2.0 gio-2.0 gio-unix-2.0 libseccomp; flags: -letpan
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "base/failure.h"
#include "send/send.h"

#define PASSWORD "geheim 密"
#define LETTER "Subject: x\r\n\r\n.a dot\r\n..two\r\n.\r\nthe end\r\n"
#define TRUSTED "ca_file=%s/ca/cert.pem\nhost=localhost\n"
#define WITH_LOGIN "user=office\npassword_file=%s/password\n"

/* A server of tests/lib/smtp_fake.py and the configuration to send by it. */
typedef struct {
    char *folder;
    GSubprocess *server;
    Conf *conf;
    Sender *sender;
} Fixture;

static char *start_server(Fixture *f, const char *scenario)
{
    g_autoptr(GError) error = NULL;
    f->server = g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "python3", "-W",
                                 "ignore", "tests/lib/smtp_fake.py", scenario, f->folder, NULL);
    g_assert_no_error(error);
    g_autoptr(GDataInputStream) said = g_data_input_stream_new(g_subprocess_get_stdout_pipe(f->server));
    char *port = g_data_input_stream_read_line(said, NULL, NULL, &error);
    g_assert_nonnull(port);
    return port;
}

static void write_file(const Fixture *f, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(f->folder, name, NULL);
    g_assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* SETTINGS of [smtp]; each %s in it is the folder. SCENARIO NULL: no server, letters go into a folder. */
static Fixture *fixture_new(const char *scenario, const char *settings, GError **error)
{
    Fixture *f = g_new0(Fixture, 1);
    f->folder = g_dir_make_tmp("shouwen-send-XXXXXX", NULL);
    g_autofree char *port = scenario ? start_server(f, scenario) : g_strdup("1");
    g_auto(GStrv) parts = g_strsplit(settings, "%s", -1);
    g_autofree char *filled = g_strjoinv(f->folder, parts);
    g_autofree char *text = g_strdup_printf("[general]\nspool=%s/spool\n[office]\naddress=office@committee.example\n"
                                            "[mailbox m]\ntype=eml\npath=/nonexistent\nsince=2026-01-01\n"
                                            "[letters]\nsend=%s\n[smtp]\nport=%s\ntimeout=2s\n%s%s%s%s",
                                            f->folder, scenario ? "smtp" : "folder", port, filled,
                                            strstr(filled, "host=") ? "" : "host=127.0.0.1\n",
                                            strstr(filled, "security=") ? "" : "security=plain\n",
                                            strstr(filled, "user=") ? "" : "auth=none\n");
    write_file(f, "password", PASSWORD "\n");
    write_file(f, "shouwen.conf", text);
    g_autofree char *path = g_build_filename(f->folder, "shouwen.conf", NULL);
    f->conf = conf_load(path, error);
    f->sender = f->conf ? sender_open(f->conf, error) : NULL;
    return f;
}

static void fixture_free(Fixture *f)
{
    sender_close(f->sender);
    conf_free(f->conf);
    if (f->server) {
        g_output_stream_close(g_subprocess_get_stdin_pipe(f->server), NULL, NULL);
        g_subprocess_wait(f->server, NULL, NULL);
        g_object_unref(f->server);
    }
    const char *const clean[] = {"rm", "-rf", f->folder, NULL};
    g_spawn_sync(NULL, (char **)clean, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    g_free(f->folder);
    g_free(f);
}

static char *content(const Fixture *f, const char *name)
{
    g_autofree char *path = g_build_filename(f->folder, name, NULL);
    char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("");
}

static gboolean put(Fixture *f, const char *recipient, const char *letter, char **ret_answer, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(letter, strlen(letter));
    return sender_send(f->sender, recipient, "<0123456789abcdef@committee.example>", bytes, ret_answer, error);
}

static void put_well(Fixture *f, const char *recipient)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *answer = NULL;
    put(f, recipient, LETTER, &answer, &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(answer, "250 2.0.0 taken as "));
}

static void put_badly(Fixture *f, const char *recipient, FailureCode code, gboolean stuck, const char *says)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *answer = NULL;
    g_assert_false(put(f, recipient, LETTER, &answer, &error));
    g_test_message("%s", error->message);
    g_assert_error(error, FAILURE, (gint)code);
    g_assert_cmpint(sender_stuck(f->sender), ==, stuck);
    if (!strstr(error->message, says))
        g_error("'%s' is not in: %s", says, error->message);
    g_assert_null(strpbrk(error->message, "\r\n"));
    g_assert_null(strstr(error->message, "geheim"));
}

/* --- TLS and login ------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name, *scenario, *settings;
    int code; /* FailureCode, -1: must work */
    const char *says;
} LoginCase;

static const LoginCase logins[] = {
    /* Controls: with these the password does arrive, so that its absence below means something. */
    {"tls", "good_tls", "security=tls\n" TRUSTED WITH_LOGIN, -1, NULL},
    {"starttls", "good_starttls", "security=starttls\n" TRUSTED WITH_LOGIN, -1, NULL},
    {"plain-loopback", "plain_login", WITH_LOGIN, -1, NULL},
    {"self-signed", "self_signed", "security=tls\nhost=localhost\n" WITH_LOGIN, FAILURE_DENIED, "set ca_file"},
    {"other-authority", "self_signed", "security=tls\n" TRUSTED WITH_LOGIN, FAILURE_DENIED, "set ca_file"},
    {"self-signed-starttls", "self_signed_starttls", "security=starttls\n" TRUSTED WITH_LOGIN, FAILURE_DENIED, "set ca_file"},
    {"wrong-host", "wrong_host", "security=tls\n" TRUSTED WITH_LOGIN, FAILURE_DENIED, "another name than 'localhost'"},
    {"expired", "expired", "security=tls\n" TRUSTED WITH_LOGIN, FAILURE_DENIED, "expired"},
    {"stripped", "stripped", "security=starttls\nhost=localhost\n" WITH_LOGIN, FAILURE_DENIED, "does not offer STARTTLS"},
    {"refused", "refused_starttls", "security=starttls\n" TRUSTED WITH_LOGIN, FAILURE_DENIED, "STARTTLS refused"},
    {"injected", "injected", "security=starttls\n" TRUSTED WITH_LOGIN, FAILURE_DENIED, "tampers"},
    {"no-login", "no_login", "security=tls\n" TRUSTED WITH_LOGIN, FAILURE_DENIED, "does not offer a login"},
    {"not-tls", "honest", "security=tls\nhost=localhost\n" WITH_LOGIN, FAILURE_DENIED, "check port and security"},
    {"plain-elsewhere", "honest", "security=plain\nhost=192.0.2.1\n" WITH_LOGIN, FAILURE_CONFIG, "security = plain"},
};

/* In clear or as either AUTH mechanism would encode it. */
static gboolean holds_password(const char *received)
{
    g_autofree char *alone = g_base64_encode((const guchar *)PASSWORD, strlen(PASSWORD));
    g_autofree char *whole = g_base64_encode((const guchar *)"\0office\0" PASSWORD, strlen(PASSWORD) + 8);
    return strstr(received, "geheim") || strstr(received, alone) || strstr(received, whole);
}

static void test_login(gconstpointer data)
{
    const LoginCase *c = data;
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new(c->scenario, c->settings, &error);
    g_assert_no_error(error);
    if (c->code < 0)
        put_well(f, "zhang@expert.example");
    else
        put_badly(f, "zhang@expert.example", (FailureCode)c->code, TRUE, c->says);
    g_autofree char *received = content(f, "received");
    g_assert_cmpint(holds_password(received), ==, c->code < 0);
    fixture_free(f);
}

static void test_login_refused(void)
{
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new("bad_login", "security=tls\n" TRUSTED WITH_LOGIN, &error);
    g_assert_no_error(error);
    put_badly(f, "a@x.example", FAILURE_DENIED, TRUE, "535 5.7.8 bad login");
    fixture_free(f);
    f = fixture_new("login_later", "security=tls\n" TRUSTED WITH_LOGIN, &error);
    put_badly(f, "a@x.example", FAILURE_AGAIN, TRUE, "454");
    fixture_free(f);
}

/* A token of 3,000 characters; libetpan's own XOAUTH2 would cut it. */
static void test_token(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *good = g_strnfill(3000, 't');
    const char *const tokens[] = {good, "wrong"};
    for (guint i = 0; i < G_N_ELEMENTS(tokens); i++) {
        g_autofree char *settings =
            g_strdup_printf("security=tls\n%s\nauth=xoauth2\nuser=office\ntoken_command=echo %s\n", TRUSTED, tokens[i]);
        Fixture *f = fixture_new("token", settings, &error);
        g_assert_no_error(error);
        if (i == 0)
            put_well(f, "zhang@expert.example");
        else
            put_badly(f, "zhang@expert.example", FAILURE_DENIED, TRUE, "token_command");
        fixture_free(f);
    }
}

static void test_settings(void)
{
    static const struct {
        const char *settings, *says;
    } cases[] = {
        {"user=office\n", "password_file"},
        {"user=office\npassword_file=/nonexistent\n", "/nonexistent"},
        {"user=\n", "user"},
        {"host=\n", "host"},
        {"helo=a b\n", "helo"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        Fixture *f = fixture_new("honest", cases[i].settings, &error);
        g_assert_error(error, FAILURE, FAILURE_CONFIG);
        if (!strstr(error->message, cases[i].says))
            g_error("%s", error->message);
        fixture_free(f);
    }
}

/* --- one letter and another ---------------------------------------------------------------------------------------- */

static void test_exact_bytes(void)
{
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new("multi_line", "helo=desk.committee.example\n", &error);
    put_well(f, "zhang@expert.example");
    put_well(f, "li@expert.example");
    sender_rest(f->sender);
    put_well(f, "wang@expert.example");
    g_autofree char *received = content(f, "received"), *mail = content(f, "mail/2.eml");
    g_assert_cmpstr(mail, ==, LETTER);
    g_autofree char *dialogue = g_strdup_printf(
        "EHLO desk.committee.example\r\nMAIL FROM:<office@committee.example> SIZE=%zu\r\nRCPT TO:<zhang@expert.example>\r\n"
        "DATA\r\nSubject: x\r\n\r\n..a dot\r\n...two\r\n..\r\nthe end\r\n.\r\nMAIL FROM:",
        strlen(LETTER));
    g_assert_nonnull(strstr(received, dialogue));
    g_assert_nonnull(strstr(received, "QUIT\r\nEHLO"));
    fixture_free(f);
}

static void test_recipients(void)
{
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new("recipients", "", &error);
    put_badly(f, "later@x.example", FAILURE_AGAIN, FALSE, "450 4.2.1 greylisted");
    put_well(f, "fine@x.example");
    put_badly(f, "never@x.example", FAILURE_DATA, FALSE, "550 5.1.1 no such user");
    put_badly(f, "many@x.example", FAILURE_AGAIN, FALSE, "452 4.5.3 too 4.5.3 many");
    put_badly(f, "busy@x.example", FAILURE_AGAIN, FALSE, "421 4.3.2 closing");
    put_well(f, "fine@x.example");
    g_autofree char *received = content(f, "received");
    guint hellos = 0;
    for (const char *at = received; (at = strstr(at, "EHLO")); at++)
        hellos++;
    g_assert_cmpuint(hellos, ==, 2); /* one connection until the server closed it */
    fixture_free(f);
}

static void test_bad_recipients_never_leave(void)
{
    static const char *const bad[] = {"a@x.example>\r\nRCPT TO:<victim@x.example", "<a@x.example>", "a b@x.example", "", "a"};
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new("honest", "", &error);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *answer = NULL;
        g_clear_error(&error);
        g_assert_false(put(f, bad[i], LETTER, &answer, &error));
        g_assert_error(error, FAILURE, FAILURE_DATA);
        g_assert_false(sender_stuck(f->sender));
    }
    g_autofree char *received = content(f, "received");
    g_assert_cmpstr(received, ==, "");
    fixture_free(f);
}

typedef struct {
    const char *scenario;
    FailureCode code;
    gboolean stuck;
    const char *says;
} OddCase;

static const OddCase odd[] = {
    {"greets_later", FAILURE_AGAIN, TRUE, "421 too busy"},
    {"greets_no", FAILURE_AGAIN, TRUE, "554 no mail here"},
    {"garbage", FAILURE_AGAIN, TRUE, "not SMTP"},
    {"endless", FAILURE_AGAIN, TRUE, "more than was asked"},
    {"endless_line", FAILURE_AGAIN, TRUE, "more than was asked"},
    {"silent", FAILURE_AGAIN, TRUE, "EHLO failed"},
    {"sender_refused", FAILURE_DENIED, TRUE, "[office] address"},
    {"data_no", FAILURE_DATA, FALSE, "554 5.6.0 looks like spam"},
    {"drops_first_data", FAILURE_AGAIN, FALSE, "closed"},
    {"drops_after_dot", FAILURE_AGAIN, FALSE, "closed"},
    {"answers_twice", FAILURE_AGAIN, FALSE, "more than it was asked"},
    {"small", FAILURE_DATA, FALSE, "the server takes 20"},
};

static void test_odd(gconstpointer data)
{
    const OddCase *c = data;
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new(c->scenario, "", &error);
    put_badly(f, "zhang@expert.example", c->code, c->stuck, c->says);
    g_autofree char *mail = content(f, "mail/1.eml");
    g_assert_cmpstr(mail, ==, "");
    if (g_str_has_prefix(c->scenario, "drops"))
        put_well(f, "zhang@expert.example");
    fixture_free(f);
}

/* A kept connection that the server has closed meanwhile is no failure. */
static void test_closed_between(void)
{
    static const char *const scenarios[] = {"closes_between", "says_421_between"};
    for (guint i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        g_autoptr(GError) error = NULL;
        Fixture *f = fixture_new(scenarios[i], "", &error);
        for (guint letter = 0; letter < 3; letter++)
            put_well(f, "zhang@expert.example");
        fixture_free(f);
    }
}

static void test_nobody_there(void)
{
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new("honest", "", &error);
    g_output_stream_close(g_subprocess_get_stdin_pipe(f->server), NULL, NULL);
    g_subprocess_wait(f->server, NULL, NULL);
    put_badly(f, "zhang@expert.example", FAILURE_AGAIN, TRUE, "cannot be reached");
    fixture_free(f);
}

static void test_foreign_addresses(void)
{
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new("utf8", "", &error);
    put_well(f, "用户@例子.example");
    g_autofree char *received = content(f, "received");
    g_assert_nonnull(strstr(received, "> SMTPUTF8\r\nRCPT TO:<用户@例子.example>\r\n"));
    fixture_free(f);
    f = fixture_new("honest", "", &error);
    put_badly(f, "用户@例子.example", FAILURE_DATA, FALSE, "ASCII");
    put_well(f, "a@x.example");
    fixture_free(f);
}

/* Reports are asked for where they are offered, and name the letter. */
static void test_reports(void)
{
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new("reports", "", &error);
    put_well(f, "a+b=c@x.example");
    put_well(f, "用户@例子.example");
    g_autofree char *received = content(f, "received");
    g_assert_nonnull(strstr(received, "MAIL FROM:<office@committee.example> RET=HDRS ENVID=0123456789abcdef@committee.example\r\n"
                                      "RCPT TO:<a+b=c@x.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb+3Dc@x.example\r\nDATA"));
    g_assert_nonnull(strstr(received, "RCPT TO:<用户@例子.example> NOTIFY=FAILURE,DELAY\r\nDATA"));
    fixture_free(f);
}

/* --- the folder ---------------------------------------------------------------------------------------------------- */

static guint files_in(const char *path)
{
    guint n = 0;
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    while (dir && g_dir_read_name(dir))
        n++;
    return n;
}

static void test_folder(void)
{
    static const char *const ids[] = {"<0123@committee.example>", "<../../etc/passwd@x>", "<.hidden@x>", "<a/b@x>", "<a_b@x>", "<>", ""};
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new(NULL, "", &error);
    g_assert_no_error(error);
    g_autofree char *outgoing = g_build_filename(f->folder, "spool", "outgoing", NULL);
    g_autoptr(GBytes) bytes = g_bytes_new_static(LETTER, strlen(LETTER));
    for (guint twice = 0; twice < 2; twice++) {
        for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
            g_autofree char *answer = NULL;
            g_assert_true(sender_send(f->sender, "zhang@expert.example", ids[i], bytes, &answer, &error));
            g_assert_true(g_str_has_prefix(answer, "outgoing/") && !strchr(answer + 9, '/') && answer[9] != '.');
        }
    }
    g_assert_cmpuint(files_in(outgoing), ==, G_N_ELEMENTS(ids));
    g_autofree char *mail = content(f, "spool/outgoing/0123@committee.example.eml");
    g_assert_cmpstr(mail, ==, LETTER);
    g_autofree char *long_id = g_strnfill(1000, 'x'), *answer = NULL;
    g_assert_true(sender_send(f->sender, "zhang@expert.example", long_id, bytes, &answer, &error));
    g_assert_cmpuint(strlen(answer), <, 200);
    fixture_free(f);
}

static void test_folder_gone(void)
{
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new(NULL, "", &error);
    g_autofree char *outgoing = g_build_filename(f->folder, "spool", "outgoing", NULL), *answer = NULL;
    g_assert_cmpint(g_rmdir(outgoing), ==, 0);
    g_assert_false(put(f, "zhang@expert.example", LETTER, &answer, &error));
    g_assert_true(sender_stuck(f->sender));
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(logins); i++) {
        g_autofree char *path = g_strconcat("/send/login/", logins[i].name, NULL);
        g_test_add_data_func(path, &logins[i], test_login);
    }
    for (guint i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autofree char *path = g_strconcat("/send/odd/", odd[i].scenario, NULL);
        g_test_add_data_func(path, &odd[i], test_odd);
    }
    g_test_add_func("/send/login-refused", test_login_refused);
    g_test_add_func("/send/token", test_token);
    g_test_add_func("/send/settings", test_settings);
    g_test_add_func("/send/exact-bytes", test_exact_bytes);
    g_test_add_func("/send/recipients", test_recipients);
    g_test_add_func("/send/bad-recipients", test_bad_recipients_never_leave);
    g_test_add_func("/send/closed-between", test_closed_between);
    g_test_add_func("/send/nobody-there", test_nobody_there);
    g_test_add_func("/send/foreign-addresses", test_foreign_addresses);
    g_test_add_func("/send/reports", test_reports);
    g_test_add_func("/send/folder", test_folder);
    g_test_add_func("/send/folder-gone", test_folder_gone);
    return g_test_run();
}
