/* imap_fixture.h: a scripted IMAP server (tests/lib/imap_fake.py) and a mailbox that is configured for it. */
#ifndef SHOUWEN_TESTS_IMAP_FIXTURE_H
#define SHOUWEN_TESTS_IMAP_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "base/clock.h"
#include "base/failure.h"
#include "source/imap.h"

#define PASSWORD "geheim 密"

typedef struct {
    char *folder, *spool;
    GSubprocess *server;
    GDataInputStream *said;
    int port;
    Conf *conf;
    Source *source;
    SegmentWriter *writer;
    GPtrArray *reports; /* char * */
} Fixture;

static inline void fixture_report(const char *line, gpointer user)
{
    g_ptr_array_add(((Fixture *)user)->reports, g_strdup(line));
}

/* Starts SCENARIO. */
static inline Fixture *fixture_new(const char *scenario)
{
    g_autoptr(GError) error = NULL;
    Fixture *f = g_new0(Fixture, 1);
    const char *root = g_getenv("SHOUWEN_TESTS");
    g_autofree char *path = g_build_filename(root ? root : "tests", "lib", "imap_fake.py", NULL);
    f->folder = g_dir_make_tmp("imap-XXXXXX", &error);
    g_assert_no_error(error);
    f->spool = g_build_filename(f->folder, "spool", NULL);
    f->reports = g_ptr_array_new_with_free_func(g_free);
    f->server = g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "python3",
                                 "-W", "ignore", path, scenario, f->folder, NULL);
    g_assert_no_error(error);
    f->said = g_data_input_stream_new(g_subprocess_get_stdout_pipe(f->server));
    g_autofree char *port = g_data_input_stream_read_line(f->said, NULL, NULL, &error);
    g_assert_nonnull(port);
    f->port = atoi(port);
    return f;
}

/* KEY=VALUE unless SETTINGS say something else. */
static inline void fixture_default(GString *text, const char *settings, const char *key, const char *value)
{
    g_autofree char *line = g_strdup_printf("\n%s=", key);
    if (!strstr(settings, line) && !g_str_has_prefix(settings, line + 1))
        g_string_append_printf(text, "%s=%s\n", key, value);
}

/* Opens the mailbox; SETTINGS are further lines of its group. No source with ERROR when they are refused. */
static inline void fixture_open(Fixture *f, const char *settings, GError **error)
{
    g_autofree char *file = g_build_filename(f->folder, "shouwen.conf", NULL);
    g_autofree char *secret = g_build_filename(f->folder, "password", NULL);
    g_autofree char *segments = g_build_filename(f->spool, "segments", NULL);
    g_autofree char *port = g_strdup_printf("%d", f->port);
    g_autoptr(GString) text = g_string_new("[general]\n");
    g_string_append_printf(text, "spool=%s\n[office]\naddress=office@x.example\n[mailbox m]\ntype=imap\n", f->spool);
    fixture_default(text, settings, "port", port);
    fixture_default(text, settings, "user", "专家@x.example");
    fixture_default(text, settings, "password_file", secret);
    fixture_default(text, settings, "since", "2026-01-01");
    fixture_default(text, settings, "timeout", "5");
    g_string_append_printf(text, "%s\n", settings);
    g_assert_true(g_file_set_contents(file, text->str, -1, NULL));
    g_assert_true(g_file_set_contents_full(secret, PASSWORD "\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    g_mkdir_with_parents(segments, 0700);
    f->conf = conf_load(file, error);
    f->source = f->conf ? source_imap.open(f->conf, "m", error) : NULL;
    if (!f->source)
        return;
    f->source->report = fixture_report;
    f->source->user = f;
    f->writer = segment_writer_new(segments, "test", NULL);
    g_assert_nonnull(f->writer);
}

/* Closes and opens the source, as a restart does. */
static inline void fixture_reopen(Fixture *f)
{
    source_imap.close(f->source);
    f->source = source_imap.open(f->conf, "m", NULL);
    g_assert_nonnull(f->source);
    f->source->report = fixture_report;
    f->source->user = f;
}

static inline WalkAnswer fixture_visit(const FrameInfo *info, FramePlace place, guint64 next_offset, gpointer user)
{
    (void)place;
    (void)next_offset;
    const char *slash = strchr(info->source, '/');
    g_string_append_printf(user, "%s%s:%u%s%s%s", ((GString *)user)->len ? " " : "", slash + 1, info->uid,
                           info->flags & FRAME_HISTORY ? "h" : "", info->flags & FRAME_WATCH ? "w" : "",
                           info->flags & FRAME_HEADER ? "t" : "");
    return WALK_ON;
}

/* The frames that were stored, as "FOLDER:UID" each, with h(istory), w(atch) and t(runcated). */
static inline char *fixture_frames(const Fixture *f)
{
    g_autofree char *dir = g_build_filename(f->spool, "segments", NULL);
    g_autoptr(GArray) numbers = segment_list(dir, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; numbers && i < numbers->len; i++)
        segment_walk(dir, g_array_index(numbers, guint32, i), 0, fixture_visit, NULL, text, NULL);
    return g_strdup(text->str);
}

static inline gboolean fixture_reported(const Fixture *f, const char *part)
{
    for (guint i = 0; i < f->reports->len; i++)
        if (strstr(f->reports->pdata[i], part))
            return TRUE;
    return FALSE;
}

/* All that the server was sent so far. */
static inline char *fixture_received(const Fixture *f)
{
    g_autofree char *file = g_build_filename(f->folder, "received", NULL);
    char *text = NULL;
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    return text;
}

static inline void fixture_free(Fixture *f)
{
    if (f->source)
        source_imap.close(f->source);
    if (f->writer)
        segment_writer_free(f->writer);
    if (f->conf)
        conf_free(f->conf);
    g_output_stream_close(g_subprocess_get_stdin_pipe(f->server), NULL, NULL);
    g_subprocess_wait(f->server, NULL, NULL);
    g_clear_object(&f->said);
    g_clear_object(&f->server);
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", f->folder);
    g_assert_cmpint(system(remove), ==, 0);
    g_ptr_array_unref(f->reports);
    g_free(f->folder);
    g_free(f->spool);
    g_free(f);
}

#endif
