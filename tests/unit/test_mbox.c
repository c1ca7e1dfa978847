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

#define A "From a@one.example Mon Mar  2 09:05:00 2026\n"
#define B "From b@two.example Mon Mar  2 09:06:00 2026\n"

static void test_split(void)
{
    static const struct {
        const char *text, *messages;
    } cases[] = {
        {"", ""},
        {A "S: 1\n\nx\n", "[S: 1\n\nx\n]"},
        {A "S: 1\n\nx\n\n" B "S: 2\n\ny\n", "[S: 1\n\nx\n][S: 2\n\ny\n]"},
        {A "S: 1\n\nFrom here on\n\n" B "S: 2\n\ny\n\n", "[S: 1\n\nFrom here on\n][S: 2\n\ny\n]"},
        {A "S: 1\n\nFrom the Archives: shoes (http://a.example/)\n", "[S: 1\n\nFrom the Archives: shoes (http://a.example/)\n]"},
        {"From - \nS: 1\n\nx\n\nFrom - \r\nS: 2\n\nFrom - the start\n", "[S: 1\n\nx\n][S: 2\n\nFrom - the start\n]"},
        {A "S: 1\n\nx\nFrom inside 10:20\n\n", "[S: 1\n\nx\nFrom inside 10:20\n]"},
        {A "S: 1\n\n>From quoted 10:20\n", "[S: 1\n\n>From quoted 10:20\n]"},
        {"From a 9:05\r\nS: 1\r\n\r\nx\r\n\r\nFrom b 9:05\r\nS: 2\r\n", "[S: 1\r\n\r\nx\r\n][S: 2\r\n]"},
        {"From a\n\nFrom b 1:00\n\nFrom c 1:00\n", "[][][]"},
        {"From a\nno end", "[no end]"},
        {"\n\r\n" A "S: 1\n", "[S: 1\n]"},
        {"\n\n", ""},
        {A, "[]"},
        {"From a 9:05", "[]"},
        {"no mbox\n" A, "!"},
        {"no mbox", "!"},
        {"Fro\nx", "!"},
        {"Fro", "!"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint64 next;
        g_autofree char *got = split(cases[i].text, strlen(cases[i].text), 0, &next);
        g_assert_cmpstr(got, ==, cases[i].messages);
    }
}

static void test_grown(void)
{
    const char *text = A "S: 1\n\nx\n\n" B "S: 2\n\ny\n\n";
    guint64 next;
    g_autofree char *first = split(text, strlen(A "S: 1\n\nx\n\n"), 0, &next);
    g_assert_cmpstr(first, ==, "[S: 1\n\nx\n]");
    g_autofree char *rest = split(text, strlen(text), next, &next);
    g_assert_cmpstr(rest, ==, "[S: 2\n\ny\n]");
    g_assert_cmpuint(next, ==, strlen(text));
    /* From within a message there is no going on. */
    g_autofree char *inside = split(text, strlen(text), strlen(A), &next);
    g_assert_cmpstr(inside, ==, "!");
    g_assert_cmpuint(next, ==, strlen(A));
}

/* A "From " line at every place around the edge of the reading buffer. */
static void test_edges(void)
{
    for (gsize pad = 65536 - 60; pad < 65536 + 4; pad++) {
        GString *text = g_string_new(A);
        while (text->len < pad - 1)
            g_string_append_c(text, text->len % 64 == 63 ? '\n' : 'x');
        g_string_append(text, "\n\n" B "end\n");
        guint64 next;
        g_autofree char *got = split(text->str, text->len, 0, &next);
        g_assert_true(g_str_has_suffix(got, "][end\n]"));
        g_string_free(text, TRUE);
    }
}

/* During a visit the place to go on from is the next "From " line, and reading from there gives exactly the rest. */
typedef struct {
    guint64 end, next[64], seen;
    const guint64 *current;
    guint count;
} Course;

static gboolean follow(guint64 offset, guint64 length, gpointer user)
{
    Course *course = user;
    g_assert_cmpuint(offset, >=, course->seen);
    g_assert_cmpuint(offset + length, <=, *course->current);
    g_assert_cmpuint(*course->current, <=, course->end);
    course->seen = *course->current;
    if (course->count < G_N_ELEMENTS(course->next))
        course->next[course->count] = *course->current;
    course->count++;
    return TRUE;
}

static void test_any_bytes(void)
{
    static const char *const bits[] = {"\n", "\r\n", "From ", "F", "-", "9:05", " ", A, ("\n" B), ">From a 1:11\n", "x", "\n\n", "\0"};
    for (guint round = 0; round < 2000; round++) {
        char name[] = "/tmp/shouwen-mbox-XXXXXX";
        g_autoptr(GString) text = g_string_new(round % 2 ? A : "");
        for (gint32 n = g_test_rand_int_range(0, 40); n > 0; n--) {
            gint32 bit = g_test_rand_int_range(0, G_N_ELEMENTS(bits));
            g_string_append_len(text, bits[bit], MAX(1, (gssize)strlen(bits[bit])));
        }
        int fd = g_mkstemp(name);
        g_unlink(name);
        g_assert_cmpint(write(fd, text->str, text->len), ==, (gssize)text->len);
        guint64 next, again;
        Course course = {.end = text->len, .current = &next};
        g_autoptr(GError) error = NULL;
        if (mbox_split(fd, 0, follow, &course, &next, &error)) {
            g_assert_cmpuint(next, ==, text->len);
            Course rest = {.end = text->len, .current = &again};
            guint from = course.count > 1 ? (course.count - 1) / 2 : 0;
            if (course.count > 1 && from < G_N_ELEMENTS(course.next)) {
                g_assert_true(mbox_split(fd, course.next[from], follow, &rest, &again, NULL));
                g_assert_cmpuint(rest.count, ==, course.count - from - 1);
            }
        } else {
            g_assert_error(error, FAILURE, FAILURE_DATA);
            g_assert_cmpuint(course.count, ==, 0);
        }
        close(fd);
    }
}

static void test_line_date(void)
{
    static const struct {
        const char *line, *instant;
    } cases[] = {
        {"From a Mon Mar  2 09:05:07 2026\n", "2026-03-02T09:05:07+08:00"},
        {"From a Mon Mar 12 09:05 2026\r\n", "2026-03-12T09:05:00+08:00"},
        {"From a b Mon Mar 12 09:05:07 CST 2026", "2026-03-12T09:05:07+08:00"},
        {"From - Sun Feb 29 00:00:00 2032", "2032-02-29T00:00:00+08:00"},
        {"From - Sun Feb 30 00:00:00 2032", NULL},
        {"From - Sun Feb 3 24:00:00 2032", NULL},
        {"From - Sun Feb 3 23:00:00 20320", NULL},
        {"From - Sun Feb 3 23:00:99999999999999999999 2032", NULL},
        {"From a Wed, 25 May 2011 23:49:40 +0100", NULL},
        {"From - ", NULL},
        {"From Mar Mar Mar Mar Mar", NULL},
        {"", NULL},
    };
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GDateTime) want = cases[i].instant ? g_date_time_new_from_iso8601(cases[i].instant, NULL) : NULL;
        g_assert_cmpint(mbox_line_date(cases[i].line, strlen(cases[i].line), zone), ==,
                        want ? g_date_time_to_unix(want) * G_USEC_PER_SEC : -1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mbox/split", test_split);
    g_test_add_func("/mbox/grown", test_grown);
    g_test_add_func("/mbox/edges", test_edges);
    g_test_add_func("/mbox/any-bytes", test_any_bytes);
    g_test_add_func("/mbox/line-date", test_line_date);
    return g_test_run();
}
