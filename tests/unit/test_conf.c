// links: src/conf/*.c src/cmd/sample.c src/base/failure.c src/base/clock.c src/base/text.c; libs: glib-2.0
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failure.h"
#include "cmd/sample.h"
#include "conf/conf.h"
#include "conf/secret.h"
#include "conf/settings.h"

#define HEAD "[office]\naddress = a@b.example\n"
#define BOX HEAD "[mailbox work]\nhost = h\nuser = u\npassword_env = BOX_PASSWORD\nsince = 2026-01-01\n"

static char *dir;

static Conf *load(const char *text, GError **error)
{
    g_autofree char *file = g_build_filename(dir, "shouwen.conf", NULL);
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
    return conf_load(file, error);
}

static void test_values(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Conf) conf = load(BOX "folders = INBOX; 已处理 ;\npoll = 2m\nbatch = 16M\nidle = false\n[general]\nspool = data\n", &error);
    g_assert_no_error(error);
    g_assert_cmpint(conf_int(conf, "mailbox work", "poll"), ==, 120);
    g_assert_cmpint(conf_int(conf, "mailbox work", "batch"), ==, 16 << 20);
    g_assert_false(conf_bool(conf, "mailbox work", "idle"));
    g_assert_cmpstr(conf_list(conf, "mailbox work", "folders")[1], ==, "已处理");
    g_assert_null(conf_list(conf, "mailbox work", "folders")[2]);
    g_assert_cmpstr(conf_string(conf, "mailbox work", "security"), ==, "tls");
    g_assert_cmpint(conf_int(conf, "filter", "reuse"), ==, 32);
    g_assert_cmpstr(conf_mailboxes(conf)[0], ==, "work");
    g_autofree char *spool = conf_path(conf, "general", "spool"), *wanted = g_build_filename(dir, "data", NULL);
    g_assert_cmpstr(spool, ==, wanted);
}

static void test_faults(void)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {HEAD "[mailbx x]\n", ":3: unknown group [mailbx x]; did you mean 'mailbox NAME'"},
        {HEAD "[mailbox]\n", "did you mean 'mailbox NAME'"},
        {HEAD "[Letter]\n", "did you mean 'letters'?"},
        {HEAD "[other things]\n", "allowed: general, office, reference, mailbox NAME, filter, rules, calendar, reminders, digest, desk, letters, monitor, smtp"},
        {HEAD "[general\n", ":3: a group looks like [name]"},
        {HEAD "[reference]\nsomething = 1\n", ":4: unknown setting 'something' in [reference]; allowed: prefix, width"},
        {HEAD "[general]\nminfree = 1M\n", "did you mean 'min_free'"},
        {HEAD "[general]\nmin_free = lots\n", ":4: 'min_free' is 'lots', but must be a number of bytes"},
        {HEAD "[general]\nzone = UTC\nzone = UTC\n", ":5: 'zone' stands twice in [general], first in line 4"},
        {HEAD "[letters]\nsend = pigeon\n", "'send' is 'pigeon', but must be folder or smtp"},
        {HEAD "[general]\nzone = Asia/Nowhere\n", "a time zone such as"},
        {HEAD "[mailbox w]\nport = 0\n", "a whole number, from 1 to 65535"},
        {HEAD "[mailbox w]\nport = 65536\n", "a whole number, from 1 to 65535"},
        {HEAD "[mailbox w]\ntimeout = 2h\n", "from 1s to 1h"},
        {HEAD "[mailbox w]\nbatch = 1K\n", "from 64K to 1G"},
        {HEAD "[mailbox w]\naction = keyword:two words\n", "keyword:NAME"},
        {HEAD "[mailbox w]\naction = keyword:(x\n", "keyword:NAME"},
        {HEAD "[mailbox w]\naction = move:\n", "move:FOLDER"},
        {"[office]\naddress = 秘书处\n", ":2: 'address' is '秘书处', but must be mail addresses"},
        {"[office]\naddress = a@b.example, c@d.example\n", "mail addresses with ';' between them"},
        {"[office]\naddress = a@b.example\nsecretariat = A@b.example\n", "would come in again"},
        {"[office]\naddress = a@b.example\nsecretariat = C@d.example\n[mailbox x]\nuser = c@d.example\n", "would come in again"},
        {"[office]\naddress = a@b.example\n[calendar]\nhours = 08:30-17:30\n[digest]\nat = 18:00\n", "no digest is ever sent"},
        {BOX "idle = yes\n", "true or false"},
        {HEAD "[letters]\nacknowledgement = yes\n", "send, hold or never"},
        {HEAD "[filter]\njobs = -1\n", "a whole number"},
        {HEAD "[filter]\ndeadline = 60x\n", "a time such as"},
        {HEAD "[filter]\njobs = 99999999999999999999999\n", "a whole number"},
        {HEAD "nonsense\n", ":3: expected 'key = value'"},
        {"key = value\n", ":1: a setting stands before the first [group]"},
        {"[general]\n", "[office] needs 'address'"},
        {"[office]\nname_en = A\n", ":1: [office] needs 'address'"},
        {HEAD "[mailbox a/b]\n", "may hold letters"},
        {HEAD "[mailbox ..]\n", "not '.' first"},
        {HEAD "[mailbox 0123456789012345678901234567890123456789a]\n", "at most 40"},
        {BOX "[mailbox work]\n", ":8: [mailbox work] stands twice, first in line 3"},
        {BOX "folders = INBOX;已处理\naction = move:已处理\n", ":9: [mailbox work] action = move:已处理 moves mail into"},
        {HEAD "[mailbox w]\nhost = h\nuser = u\npassword_env = X\n", ":3: [mailbox w] needs 'since'"},
        {HEAD "[mailbox w]\nhost = h\nuser = u\nsince = 2026-01-01\n", "needs one of password_file"},
        {HEAD "[mailbox w]\nsince = 2026-02-30\n", "a day such as"},
        {HEAD "[mailbox w]\ntype = eml\nsince = 2026-01-01\n", "needs 'path'"},
        {HEAD "[mailbox w]\ntype = eml\npath = x\naction = flag\nsince = 2026-01-01\n", "allowed here: keep"},
        {HEAD "[letters]\nsend = smtp\n", "[smtp] needs 'host'"},
        {HEAD "[letters]\nsend = smtp\n[smtp]\nhost = h\nuser = u\n", ":5: [smtp] needs one of password_file"},
        {HEAD "[letters]\nsend = smtp\n[smtp]\nhost = h\nuser = u\nauth = xoauth2\n", "[smtp] needs 'token_command'"},
        {HEAD "[general]\nzone = \xff\xfe\n", ":4: the line is not UTF-8"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Conf) conf = load(cases[i].text, &error);
        g_assert_null(conf);
        g_assert_error(error, FAILURE, FAILURE_CONFIG);
        if (!strstr(error->message, cases[i].says))
            g_error("case %zu says: %s", i, error->message);
    }
}

static void test_all_faults_at_once(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Conf) conf = load(HEAD "[general]\nzone = UTC\nzone = UTC\nmin_free = x\n[no]\nof = no\ninterest = here\n", &error);
    g_assert_null(conf);
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 3);
}

static void test_many_faults(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(HEAD);
    for (int i = 0; i < 50; i++)
        g_string_append(text, "nonsense\n");
    g_autoptr(Conf) conf = load(text->str, &error);
    g_assert_null(conf);
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 21);
    g_assert_true(g_str_has_suffix(lines[20], "and 30 faults more"));
}

/* What editors do to files, and what may stand in a value. */
static void test_forms(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Conf) conf = load("\xef\xbb\xbf[office]\r\n# 注释\r\n; also one\r\naddress=a@b.example; 秘书处@例.example\r\n\r\n"
                                "  [office]  \r\nname_zh = 秘书处 = [一] # 二\r\n", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(conf_string(conf, "office", "name_zh"), ==, "秘书处 = [一] # 二");
    g_assert_cmpstr(conf_list(conf, "office", "address")[0], ==, "a@b.example");
    g_assert_cmpstr(conf_list(conf, "office", "address")[1], ==, "秘书处@例.example");
    g_assert_null(conf_mailboxes(conf)[0]);
    g_autoptr(Conf) missing = conf_load("/nonexistent/shouwen.conf", &error);
    g_assert_null(missing);
    g_assert_error(error, FAILURE, FAILURE_CONFIG);
    g_assert_nonnull(strstr(error->message, "shouwen init"));
}

static void test_several_mailboxes(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Conf) conf = load(BOX "[mailbox junk.2]\ntype = maildir\npath = mail/junk\nsince = 2026-02-28\nhistory = answer\n", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(conf_mailboxes(conf)[0], ==, "work");
    g_assert_cmpstr(conf_mailboxes(conf)[1], ==, "junk.2");
    g_assert_null(conf_mailboxes(conf)[2]);
    g_assert_cmpstr(conf_string(conf, "mailbox junk.2", "history"), ==, "answer");
    g_assert_cmpstr(conf_string(conf, "mailbox work", "history"), ==, "silent");
    g_autofree char *path = conf_path(conf, "mailbox junk.2", "path"), *wanted = g_build_filename(dir, "mail/junk", NULL);
    g_assert_cmpstr(path, ==, wanted);
}

static void test_sample(void)
{
    g_autofree char *text = sample_conf(), *committed = NULL;
    g_assert_true(g_file_get_contents("config/shouwen.conf", &committed, NULL, NULL));
    g_assert_cmpstr(text, ==, committed);
    g_autofree char *page = NULL, *table = sample_man_table();
    g_assert_true(g_file_get_contents("src/man/shouwen.conf.5", &page, NULL, NULL));
    g_assert_nonnull(strstr(page, table));
    for (const Setting *s = settings; s->group; s++) {
        gint64 number;
        if (s->fallback && *s->fallback && !setting_fits(s, s->fallback, &number))
            g_error("the default of [%s] %s does not fit", s->group, s->key);
    }
}

/* The sample with every '#' before a setting taken away and the blanks filled in is a configuration. */
static void test_sample_loads(void)
{
    static const struct {
        const char *key, *value;
    } blanks[] = {{"#address =", "a@b.example"}, {"#since =", "2026-01-01"}, {"#host =", "h"},
                  {"#user =", "u"},              {"#path =", "p"},           {"#password_file =", "p"}};
    g_autoptr(GError) error = NULL;
    g_autofree char *sample = sample_conf();
    g_auto(GStrv) lines = g_strsplit(sample, "\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (char **line = lines; *line; line++) {
        gboolean setting = g_str_has_prefix(*line, "#") && !g_str_has_prefix(*line, "# ");
        g_string_append(text, *line + (setting ? 1 : 0));
        for (gsize i = 0; setting && i < G_N_ELEMENTS(blanks); i++)
            if (g_str_equal(*line, blanks[i].key))
                g_string_append_printf(text, " %s", blanks[i].value);
        g_string_append_c(text, '\n');
    }
    g_autoptr(Conf) conf = load(text->str, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(conf_mailboxes(conf)[0], ==, "office");
}

static void test_password_file(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_build_filename(dir, "password", NULL);
    g_autofree char *text = g_strdup_printf(HEAD "[mailbox w]\nhost = h\nuser = u\nsince = 2026-01-01\npassword_file = %s\n", file);
    g_assert_true(g_file_set_contents(file, "geheim \r\nsecond line\n", -1, NULL));
    g_chmod(file, 0600);
    g_autoptr(Conf) conf = load(text, &error);
    g_assert_no_error(error);
    char *secret = secret_get(conf, "mailbox w", &error);
    g_assert_cmpstr(secret, ==, "geheim ");
    secret_free(secret);
    for (const mode_t *mode = (const mode_t[]){0640, 0604, 0660, 0}; *mode; mode++) {
        g_autoptr(GError) refused = NULL;
        g_chmod(file, *mode);
        g_assert_null(secret_get(conf, "mailbox w", &refused));
        g_assert_error(refused, FAILURE, FAILURE_CONFIG);
        g_assert_nonnull(strstr(refused->message, "chmod 600"));
        g_assert_null(strstr(refused->message, "geheim"));
    }
}

static void test_password_file_forms(void)
{
    g_autofree char *file = g_build_filename(dir, "password", NULL);
    g_autofree char *text = g_strdup_printf(HEAD "[mailbox w]\nhost = h\nuser = u\nsince = 2026-01-01\npassword_file = password\n");
    g_autofree char *longest = g_strnfill(4095, 'x'), *too_long = g_strnfill(4096, 'x');
    const struct {
        const char *bytes;
        gssize length;
        const char *secret;
    } cases[] = {
        {"秘密 abcd", -1, "秘密 abcd"}, {" lead\n", -1, " lead"}, {"", 0, NULL}, {"\nsecond", -1, NULL}, {"a\0b\n", 4, NULL},
        {longest, -1, longest},        {too_long, -1, NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_true(g_file_set_contents(file, cases[i].bytes, cases[i].length, NULL));
        g_chmod(file, 0600);
        g_autoptr(Conf) conf = load(text, &error);
        g_assert_no_error(error);
        char *secret = secret_get(conf, "mailbox w", &error);
        g_assert_cmpstr(secret, ==, cases[i].secret);
        g_assert_true((error == NULL) == (cases[i].secret != NULL));
        secret_free(secret);
    }
    g_autoptr(GError) error = NULL;
    g_unlink(file);
    g_assert_cmpint(mkfifo(file, 0600), ==, 0);
    g_autoptr(Conf) conf = load(text, NULL);
    g_assert_null(secret_get(conf, "mailbox w", &error)); /* and does not wait for a writer */
    g_assert_error(error, FAILURE, FAILURE_CONFIG);
    g_unlink(file);
}

static void test_password_environment(void)
{
    g_autoptr(GError) error = NULL;
    g_setenv("BOX_PASSWORD", "from-environment", TRUE);
    const char *in_environ = g_getenv("BOX_PASSWORD");
    g_autoptr(Conf) conf = load(BOX, &error);
    secret_take_environment(conf);
    g_assert_null(g_getenv("BOX_PASSWORD"));
    g_assert_cmpint(in_environ[0], ==, 0);
    char *secret = secret_get(conf, "mailbox work", &error);
    g_assert_cmpstr(secret, ==, "from-environment");
    secret_free(secret);
    int fd = secret_descriptor(conf, "mailbox work");
    char copy[64] = "";
    g_assert_cmpint(pread(fd, copy, sizeof copy - 1, 0), ==, 16);
    g_assert_cmpstr(copy, ==, "from-environment");
    g_assert_cmpint(secret_descriptor(conf, "smtp"), ==, -1);
    g_autoptr(Conf) other = load(HEAD "[mailbox w]\nhost = h\nuser = u\npassword_env = NEVER_SET\nsince = 2026-01-01\n", NULL);
    g_assert_null(secret_get(other, "mailbox w", &error));
    g_assert_error(error, FAILURE, FAILURE_CONFIG);
    g_assert_nonnull(strstr(error->message, "NEVER_SET"));
    /* As in a stage: the descriptor answers and is closed. */
    g_autofree char *number = g_strdup_printf("%d", fd);
    g_setenv(SECRET_FD_VARIABLE, number, TRUE);
    secret_take_descriptor();
    g_assert_null(g_getenv(SECRET_FD_VARIABLE));
    g_assert_cmpint(fcntl(fd, F_GETFD), ==, -1);
    char *handed = secret_get(other, "mailbox w", NULL);
    g_assert_cmpstr(handed, ==, "from-environment");
    secret_free(handed);
}

static char *from_command(const char *command, GError **error)
{
    g_autofree char *text =
        g_strdup_printf(HEAD "[mailbox w]\nhost = h\nuser = u\nsince = 2026-01-01\npassword_command = %s\n", command);
    g_autoptr(Conf) conf = load(text, error);
    return conf ? secret_get(conf, "mailbox w", error) : NULL;
}

static void test_password_command(void)
{
    static const struct {
        const char *command, *says;
    } bad[] = {
        {"false", "failed"},
        {"printf ''", "printed no line"},
        {"printf '\\nx'", "printed no line"},
        {"printf '%05000d' 1", "at most 4 KB"},
        {"/nonexistent/program", "cannot be run"},
        {"printf 'unbalanced", "cannot be run"},
        {"sh -c 'echo geheim; exit 3'", "failed"},
    };
    g_autoptr(GError) error = NULL;
    char *secret = from_command("printf '%s\\nx' 'a b'", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(secret, ==, "a b");
    secret_free(secret);
    /* No shell: what would be special there is an argument. */
    secret = from_command("printf %s $HOME;id", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(secret, ==, "$HOME;id");
    secret_free(secret);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) failure = NULL;
        g_assert_null(from_command(bad[i].command, &failure));
        if (!failure || !strstr(failure->message, bad[i].says) || strstr(failure->message, "geheim"))
            g_error("%s says: %s", bad[i].command, failure ? failure->message : "nothing");
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    dir = g_dir_make_tmp("shouwen-conf-XXXXXX", NULL);
    g_test_add_func("/conf/values", test_values);
    g_test_add_func("/conf/faults", test_faults);
    g_test_add_func("/conf/all-at-once", test_all_faults_at_once);
    g_test_add_func("/conf/many-faults", test_many_faults);
    g_test_add_func("/conf/forms", test_forms);
    g_test_add_func("/conf/several-mailboxes", test_several_mailboxes);
    g_test_add_func("/conf/sample", test_sample);
    g_test_add_func("/conf/sample-loads", test_sample_loads);
    g_test_add_func("/conf/password/file", test_password_file);
    g_test_add_func("/conf/password/file-forms", test_password_file_forms);
    g_test_add_func("/conf/password/environment", test_password_environment);
    g_test_add_func("/conf/password/command", test_password_command);
    int code = g_test_run();
    for (const char *const *name = (const char *const[]){"shouwen.conf", "password", NULL}; *name; name++) {
        g_autofree char *path = g_build_filename(dir, *name, NULL);
        g_unlink(path);
    }
    g_rmdir(dir);
    g_free(dir);
    return code;
}
