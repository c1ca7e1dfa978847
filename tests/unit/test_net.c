/* links: src/source/*.c src/net/*.c src/spool/*.c src/conf/*.c src/base/*.c; libs: glib-2.0 gio-2.0 gio-unix-2.0 libseccomp; flags: -letpan */
/* The password leaves only after the server has proved who it is. */
#include "imap_fixture.h"

typedef struct {
    const char *name, *scenario, *settings;
    int code;             /* FailureCode, -1 = must work */
    const char *message;  /* a part of it */
} Case;

#define TRUSTED "ca_file=%s/ca/cert.pem\n"

static const Case cases[] = {
    /* Controls: with these the password does arrive, so that its absence below means something. */
    {"good-tls", "good_tls", "security=tls\n" TRUSTED "host=localhost", -1, NULL},
    {"good-starttls", "good_starttls", "security=starttls\n" TRUSTED "host=localhost", -1, NULL},
    {"self-signed", "self_signed", "security=tls\nhost=localhost", FAILURE_DENIED, "set ca_file"},
    {"unknown-authority", "good_tls", "security=tls\nhost=localhost", FAILURE_DENIED, "set ca_file"},
    {"self-signed-starttls", "self_signed_starttls", "security=starttls\n" TRUSTED "host=localhost", FAILURE_DENIED,
     "set ca_file"},
    {"wrong-host", "wrong_host", "security=tls\n" TRUSTED "host=localhost", FAILURE_DENIED,
     "another name than 'localhost'"},
    {"expired", "expired", "security=tls\n" TRUSTED "host=localhost", FAILURE_DENIED, "expired"},
    {"old-tls", "old_tls", "security=tls\n" TRUSTED "host=localhost", FAILURE_DENIED, "TLS"},
    {"stripped-starttls", "stripped", "security=starttls\nhost=localhost", FAILURE_DENIED, "does not offer STARTTLS"},
    {"refused-starttls", "refused_starttls", "security=starttls\n" TRUSTED "host=localhost", FAILURE_DENIED,
     "STARTTLS"},
    {"preauth", "preauth", "security=starttls\n" TRUSTED "host=localhost", FAILURE_DENIED, "PREAUTH"},
    {"injection", "injected", "security=starttls\n" TRUSTED "host=localhost", FAILURE_DENIED, "tamper"},
    {"injection-late", "injected_late", "security=starttls\n" TRUSTED "host=localhost", FAILURE_DENIED, ""},
    {"not-tls", "not_tls", "security=tls\nhost=localhost", FAILURE_DENIED, "check port and security"},
    {"no-ca-file", "good_tls", "security=tls\nhost=localhost\nca_file=/nonexistent/ca.pem", FAILURE_CONFIG, "ca_file"},
    /* 192.0.2.1 is a documentation address: nothing may even be sent to it. */
    {"plain-elsewhere", "honest", "security=plain\nhost=192.0.2.1", FAILURE_CONFIG, "security = plain"},
    {"plain-loopback", "honest", "security=plain\nhost=127.0.0.1", -1, NULL},
};

static gboolean holds_password(const char *received)
{
    g_autofree char *encoded = g_base64_encode((const guchar *)PASSWORD, strlen(PASSWORD));
    return strstr(received, "geheim") || strstr(received, "LOGIN") || strstr(received, "AUTHENTICATE") ||
           strstr(received, encoded);
}

static void test_case(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_new(c->scenario);
    g_autofree char *settings = NULL;
    g_auto(GStrv) parts = g_strsplit(c->settings, "%s", 2);
    settings = g_strjoinv(f->folder, parts);
    fixture_open(f, settings, &error);
    g_assert_no_error(error);
    g_autofree char *abilities = NULL;
    gboolean fine = imap_probe(f->source, &abilities, &error);
    g_autofree char *received = fixture_received(f);
    g_test_message("%s", error ? error->message : abilities);
    if (c->code < 0) {
        g_assert_no_error(error);
        g_assert_true(fine);
        g_assert_true(holds_password(received));
    } else {
        g_assert_false(fine);
        g_assert_error(error, FAILURE, c->code);
        g_assert_nonnull(strstr(error->message, c->message));
        g_assert_null(strstr(error->message, "geheim"));
        g_assert_false(holds_password(received));
    }
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_setenv("LC_ALL", "C.UTF-8", TRUE);
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/net/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    return g_test_run();
}
