// links: src/conf/*.c src/cmd/sample.c src/base/failure.c src/base/clock.c src/base/text.c; libs: glib-2.0
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
        {HEAD "[mailbx x]\n", ":3: unknown group"},
        {HEAD "[general]\nminfree = 1M\n", "did you mean 'min_free'"},
        {HEAD "[general]\nmin_free = lots\n", ":4: 'min_free' is 'lots', but must be a number of bytes"},
        {HEAD "[general]\nzone = A\nzone = B\n", ":5: 'zone' stands twice in [general], first in line 4"},
        {HEAD "[letters]\nsend = pigeon\n", "folder|smtp"},
        {HEAD "[letters]\nacknowledge = yes\n", "true or false"},
        {HEAD "[filter]\njobs = -1\n", "a whole number"},
        {HEAD "[filter]\ndeadline = 60x\n", "a time such as"},
        {HEAD "[filter]\njobs = 99999999999999999999999\n", "a whole number"},
        {HEAD "nonsense\n", ":3: expected 'key = value'"},
        {"key = value\n", ":1: a setting stands before the first [group]"},
        {"[general]\n", "[office] needs 'address'"},
        {HEAD "[mailbox a/b]\n", "may hold letters"},
        {BOX "[mailbox work]\n", "[mailbox work] stands twice"},
        {HEAD "[mailbox w]\nhost = h\nuser = u\npassword_env = X\n", "needs 'since'"},
        {HEAD "[mailbox w]\nhost = h\nuser = u\nsince = 2026-01-01\n", "needs one of password_file"},
        {HEAD "[mailbox w]\nsince = 2026-02-30\n", "a day such as"},
        {HEAD "[mailbox w]\ntype = eml\nsince = 2026-01-01\n", "needs 'path'"},
        {HEAD "[mailbox w]\ntype = eml\npath = x\naction = flag\nsince = 2026-01-01\n", "allowed here: keep"},
        {HEAD "[letters]\nsend = smtp\n", "[smtp] needs 'host'"},
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
    g_autoptr(Conf) conf = load(HEAD "[general]\nzone = A\nzone = B\nmin_free = x\n[no]\n", &error);
    g_assert_null(conf);
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 3);
}

static void test_sample(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = sample_conf(), *committed = NULL;
    g_assert_true(g_file_get_contents("config/shouwen.conf", &committed, NULL, NULL));
    g_assert_cmpstr(text, ==, committed);
    g_autofree char *page = NULL, *table = sample_man_table();
    g_assert_true(g_file_get_contents("src/man/shouwen.conf.5", &page, NULL, NULL));
    g_assert_nonnull(strstr(page, table));
    /* Every line of it, with its '#' taken away, is a valid setting. */
    for (const Setting *s = settings; s->group; s++) {
        gint64 number;
        if (s->fallback && *s->fallback && !setting_fits(s, s->fallback, &number))
            g_error("the default of [%s] %s does not fit", s->group, s->key);
    }
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

static void test_password_environment(void)
{
    g_autoptr(GError) error = NULL;
    g_setenv("BOX_PASSWORD", "from-environment", TRUE);
    g_autoptr(Conf) conf = load(BOX, &error);
    secret_take_environment(conf);
    g_assert_null(g_getenv("BOX_PASSWORD"));
    char *secret = secret_get(conf, "mailbox work", &error);
    g_assert_cmpstr(secret, ==, "from-environment");
    secret_free(secret);
    int fd = secret_descriptor(conf, "mailbox work");
    char copy[64] = "";
    g_assert_cmpint(pread(fd, copy, sizeof copy - 1, 0), ==, 16);
    g_assert_cmpstr(copy, ==, "from-environment");
    close(fd);
}

static void test_password_command(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Conf) conf = load(HEAD "[mailbox w]\nhost = h\nuser = u\nsince = 2026-01-01\npassword_command = printf '%s\\nx' 'a b'\n", &error);
    g_assert_no_error(error);
    char *secret = secret_get(conf, "mailbox w", &error);
    g_assert_cmpstr(secret, ==, "a b");
    secret_free(secret);
    g_autoptr(Conf) bad = load(HEAD "[mailbox w]\nhost = h\nuser = u\nsince = 2026-01-01\npassword_command = false\n", NULL);
    g_assert_null(secret_get(bad, "mailbox w", &error));
    g_assert_error(error, FAILURE, FAILURE_AGAIN);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    dir = g_dir_make_tmp("shouwen-conf-XXXXXX", NULL);
    g_test_add_func("/conf/values", test_values);
    g_test_add_func("/conf/faults", test_faults);
    g_test_add_func("/conf/all-at-once", test_all_faults_at_once);
    g_test_add_func("/conf/sample", test_sample);
    g_test_add_func("/conf/password/file", test_password_file);
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
