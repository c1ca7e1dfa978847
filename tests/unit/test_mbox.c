// links: src/source/mbox_split.c src/base/failure.c; libs: glib-2.0
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/failure.h"
#include "source/mbox_split.h"

typedef struct {
    const char *text;
    GString *out;
} Visit;

static gboolean note(guint64 offset, guint64 length, gpointer user)
{
    Visit *visit = user;
    g_string_append_c(visit->out, '[');
    g_string_append_len(visit->out, visit->text + offset, (gssize)length);
    g_string_append_c(visit->out, ']');
    return TRUE;
}

/* TEXT split from FROM: each message in brackets, or "!" when it is no mbox. */
static char *split(const char *text, gsize length, guint64 from, guint64 *ret_next)
{
    char name[] = "/tmp/shouwen-mbox-XXXXXX";
    int fd = g_mkstemp(name);
    g_unlink(name);
    g_assert_cmpint(write(fd, text, length), ==, (gssize)length);
    Visit visit = {text, g_string_new(NULL)};
    g_autoptr(GError) error = NULL;
    if (!mbox_split(fd, from, note, &visit, ret_next, &error)) {
        g_assert_error(error, FAILURE, FAILURE_DATA);
        g_string_assign(visit.out, "!");
    }
    close(fd);
    return g_string_free(visit.out, FALSE);
}

static void test_split(void)
{
    static const struct {
        const char *text, *messages;
    } cases[] = {
        {"", ""},
        {"From a\nS: 1\n\nx\n", "[S: 1\n\nx\n]"},
        {"From a\nS: 1\n\nx\n\nFrom b\nS: 2\n\ny\n", "[S: 1\n\nx\n][S: 2\n\ny\n]"},
        {"From a\nS: 1\n\nFrom here on\n\nFrom b\nS: 2\n\ny\n\n", "[S: 1\n][][S: 2\n\ny\n]"},
        {"From a\nS: 1\n\nx\nFrom inside\n\n", "[S: 1\n\nx\nFrom inside\n]"},
        {"From a\nS: 1\n\n>From quoted\n", "[S: 1\n\n>From quoted\n]"},
        {"From a\r\nS: 1\r\n\r\nx\r\n\r\nFrom b\r\nS: 2\r\n", "[S: 1\r\n\r\nx\r\n][S: 2\r\n]"},
        {"From a\n\nFrom b\n\nFrom c\n", "[][][]"},
        {"From a\nno end", "[no end]"},
        {"no mbox\nFrom a\n", "!"},
        {"Fro\nx", "!"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint64 next;
        g_autofree char *got = split(cases[i].text, strlen(cases[i].text), 0, &next);
        g_assert_cmpstr(got, ==, cases[i].messages);
    }
}

static void test_grown(void)
{
    const char *text = "From a\nS: 1\n\nx\n\nFrom b\nS: 2\n\ny\n\n";
    guint64 next;
    g_autofree char *first = split(text, strlen("From a\nS: 1\n\nx\n\n"), 0, &next);
    g_assert_cmpstr(first, ==, "[S: 1\n\nx\n]");
    g_autofree char *rest = split(text, strlen(text), next, &next);
    g_assert_cmpstr(rest, ==, "[S: 2\n\ny\n]");
    g_assert_cmpuint(next, ==, strlen(text));
}

/* A "From " line at every place around the edge of the reading buffer. */
static void test_edges(void)
{
    for (gsize pad = 65536 - 20; pad < 65536 + 4; pad++) {
        GString *text = g_string_new("From a\n");
        while (text->len < pad - 1)
            g_string_append_c(text, text->len % 64 == 63 ? '\n' : 'x');
        g_string_append(text, "\n\nFrom b\nend\n");
        guint64 next;
        g_autofree char *got = split(text->str, text->len, 0, &next);
        g_assert_true(g_str_has_suffix(got, "][end\n]"));
        g_string_free(text, TRUE);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mbox/split", test_split);
    g_test_add_func("/mbox/grown", test_grown);
    g_test_add_func("/mbox/edges", test_edges);
    return g_test_run();
}
