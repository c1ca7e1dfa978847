// links: src/source/source.c src/source/local.c src/source/files.c src/source/mbox.c src/source/mbox_split.c src/spool/*.c src/conf/*.c src/base/*.c; libs: glib-2.0 gio-2.0 gio-unix-2.0 libseccomp
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "source/source.h"

const SourceType source_imap = {.type = "imap"}; /* a row of the table that is not opened here */

#define A "From a@one.example Mon Mar  2 09:05:00 2026\n"
#define B "From b@two.example Mon Mar  2 09:06:00 2026\n"
#define C "From c@two.example Mon Mar  2 09:07:00 2026\n"
#define MAIL(n) "Subject: " n "\n\nbody " n "\n"

typedef struct {
    char *dir, *path, *segments;
    Conf *conf;
    Source *source;
    SegmentWriter *writer;
    GString *said;
    guint pauses; /* pause says yes that many times */
} Fixture;

static void remove_tree(const char *path)
{
    g_autoptr(GDir) entries = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    for (const char *name; entries && (name = g_dir_read_name(entries));) {
        g_autofree char *inside = g_build_filename(path, name, NULL);
        remove_tree(inside);
    }
    g_remove(path);
}

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->dir = g_dir_make_tmp("shouwen-local-XXXXXX", NULL);
    f->path = g_build_filename(f->dir, "mail", NULL);
    f->segments = g_build_filename(f->dir, "spool", "segments", NULL);
    f->said = g_string_new(NULL);
    g_assert_cmpint(g_mkdir_with_parents(f->segments, 0700), ==, 0);
}

static void close_source(Fixture *f)
{
    g_clear_pointer(&f->writer, segment_writer_free);
    g_clear_pointer(&f->source, source_close);
    g_clear_pointer(&f->conf, conf_free);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    close_source(f);
    remove_tree(f->dir);
    g_string_free(f->said, TRUE);
    g_free(f->dir);
    g_free(f->path);
    g_free(f->segments);
}

static void on_report(const char *line, gpointer user)
{
    g_string_append_printf(((Fixture *)user)->said, "%s\n", line);
}

static gboolean on_pause(gpointer user)
{
    Fixture *f = user;
    return f->pauses > 0 && f->pauses-- > 0;
}

static gboolean open_source(Fixture *f, const char *type, const char *settings, GError **error)
{
    g_autofree char *file = g_build_filename(f->dir, "conf", NULL);
    g_autofree char *text = g_strdup_printf("[general]\nspool=%s/spool\n[office]\naddress=a@b.example\n[mailbox box]\ntype=%s\n"
                                            "path=%s\nsince=2026-01-10\n%s", f->dir, type, f->path, settings);
    close_source(f);
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
    f->conf = conf_load(file, error);
    f->source = f->conf ? source_open(f->conf, "box", error) : NULL;
    if (!f->source)
        return FALSE;
    f->source->report = on_report;
    f->source->pause = on_pause;
    f->source->user = f;
    f->writer = segment_writer_new(f->segments, "w", error);
    return f->writer != NULL;
}

static void reopen(Fixture *f, const char *type, const char *settings)
{
    g_autoptr(GError) error = NULL;
    open_source(f, type, settings, &error);
    g_assert_no_error(error);
}

static guint64 fetch(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    guint64 count;
    f->source->type->fetch(f->source, f->writer, NULL, NULL, &count, &error);
    g_assert_no_error(error);
    return count;
}

typedef struct {
    const Fixture *f;
    GString *text;
} Listing;

static WalkAnswer list_frame(const FrameInfo *info, FramePlace place, guint64 next, gpointer user)
{
    Listing *listing = user;
    guint64 offset;
    FrameInfo again;
    (void)next;
    int fd = segment_open(listing->f->segments, place, &again, &offset, NULL);
    g_autofree char *bytes = g_malloc0(info->length + 1);
    g_assert_cmpint(pread(fd, bytes, info->length, (off_t)offset), ==, (gssize)info->length);
    close(fd);
    g_assert_true(segment_verify(listing->f->segments, place, NULL));
    g_assert_cmpstr(info->source, ==, "box/local");
    char *subject = strstr(bytes, "Subject: ");
    g_string_append_printf(listing->text, "%.*s%s%s ", subject ? (int)strcspn(subject + 9, "\n") : 1,
                           subject ? subject + 9 : "?", info->flags & FRAME_HISTORY ? "h" : "",
                           info->flags & FRAME_HEADER ? "!" : "");
    return WALK_ON;
}

/* Subjects in the order of the spool; "h": history, "!": header only. */
static void expect(const Fixture *f, const char *frames)
{
    Listing listing = {f, g_string_new(NULL)};
    g_autoptr(GArray) numbers = segment_list(f->segments, NULL);
    for (guint i = 0; i < numbers->len; i++)
        segment_walk(f->segments, g_array_index(numbers, guint32, i), 0, list_frame, NULL, &listing, NULL);
    g_assert_cmpstr(g_strchomp(listing.text->str), ==, frames);
    g_string_free(listing.text, TRUE);
}

static void write_at(const char *path, const char *text, gint64 when)
{
    struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    if (when)
        g_assert_cmpint(utimensat(AT_FDCWD, path, times, 0), ==, 0);
}

static void write_mail(const Fixture *f, const char *name, const char *text, gint64 when)
{
    g_autofree char *path = g_build_filename(f->path, name, NULL);
    write_at(path, text, when);
}

static void append(const Fixture *f, const char *text)
{
    int fd = open(f->path, O_WRONLY | O_APPEND);
    g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
    close(fd);
}

static gint64 instant(const char *iso)
{
    return clock_parse_iso(iso) / G_USEC_PER_SEC;
}

/* --- Maildir -------------------------------------------------------------------------------------------------------- */

static void make_maildir(const Fixture *f)
{
    static const char *const parts[] = {"cur", "new", "tmp"};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *path = g_build_filename(f->path, parts[i], NULL);
        g_assert_cmpint(g_mkdir_with_parents(path, 0700), ==, 0);
    }
}

static void test_maildir(Fixture *f, gconstpointer data)
{
    (void)data;
    make_maildir(f);
    write_mail(f, "cur/1.a:2,S", MAIL("one"), instant("2026-02-01T00:00:00Z"));
    write_mail(f, "cur/2.a:2,", MAIL("old"), instant("2026-01-09T15:59:00Z")); /* the 9th in Shanghai, too */
    write_mail(f, "cur/3.a:2,", MAIL("first"), instant("2026-01-09T16:00:00Z")); /* the 10th there */
    write_mail(f, "tmp/4.a", MAIL("unfinished"), 0);
    reopen(f, "maildir", "");
    g_assert_cmpuint(fetch(f), ==, 2);
    expect(f, "oneh firsth");
    gint64 later = clock_now() / G_USEC_PER_SEC + 2;
    write_mail(f, "new/5.a", MAIL("two"), later);
    write_mail(f, "new/.6.a", MAIL("hidden"), later);
    g_assert_cmpuint(fetch(f), ==, 1);
    /* Seen and flagged by a person: the same mail. And so after a restart. */
    g_autofree char *from = g_build_filename(f->path, "new", "5.a", NULL), *to = g_build_filename(f->path, "cur", "5.a:2,FS", NULL);
    g_assert_cmpint(g_rename(from, to), ==, 0);
    g_assert_cmpuint(fetch(f), ==, 0);
    reopen(f, "maildir", "");
    g_assert_cmpuint(fetch(f), ==, 0);
    expect(f, "oneh firsth two");
    struct stat facts;
    g_assert_cmpint(stat(to, &facts), ==, 0);
    g_assert_cmpint(facts.st_mtime, ==, later);
}

static void test_answer_history(Fixture *f, gconstpointer data)
{
    (void)data;
    make_maildir(f);
    write_mail(f, "cur/1.a:2,S", MAIL("one"), instant("2026-02-01T00:00:00Z"));
    reopen(f, "maildir", "history=answer\n");
    fetch(f);
    expect(f, "one");
}

static void test_actions(Fixture *f, gconstpointer data)
{
    (void)data;
    static const char *const refused[] = {"action=flag\n", "action=move:Done\n", "action=keyword:x\n"};
    make_maildir(f);
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(open_source(f, "maildir", refused[i], &error));
        g_assert_error(error, FAILURE, FAILURE_CONFIG);
        g_assert_nonnull(strstr(error->message, "action"));
    }
    /* Opening alone leaves nothing behind. */
    g_autofree char *cursors = g_build_filename(f->dir, "spool", "cursors", NULL);
    reopen(f, "maildir", "action=keep\n");
    g_assert_false(g_file_test(cursors, G_FILE_TEST_EXISTS));
}

/* One that cannot be taken does not keep the others from it, and is told once. */
static void test_bad_files(Fixture *f, gconstpointer data)
{
    (void)data;
    make_maildir(f);
    g_autofree char *fifo = g_build_filename(f->path, "new", "1.fifo", NULL), *link = g_build_filename(f->path, "new", "2.link", NULL);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
    write_mail(f, "new/3.a\nb", MAIL("line"), 0);
    write_mail(f, "new/4.a", MAIL("good"), instant("2026-02-01T00:00:00Z"));
    reopen(f, "maildir", "");
    g_assert_cmpuint(fetch(f), ==, 1);
    g_assert_cmpuint(fetch(f), ==, 0);
    expect(f, "goodh");
    g_auto(GStrv) lines = g_strsplit(f->said->str, "is not taken", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 4);
}

static void test_large(Fixture *f, gconstpointer data)
{
    (void)data;
    make_maildir(f);
    write_mail(f, "new/1.a", "Subject: huge\r\nX: y\r\n\r\nbody", 0);
    g_autofree char *path = g_build_filename(f->path, "new", "1.a", NULL);
    g_assert_cmpint(truncate(path, (off_t)LIMIT_MESSAGE_BYTES + 1), ==, 0);
    reopen(f, "maildir", "");
    g_assert_cmpuint(fetch(f), ==, 1);
    Listing listing = {f, g_string_new(NULL)};
    segment_walk(f->segments, 1, 0, list_frame, NULL, &listing, NULL);
    g_assert_nonnull(strstr(listing.text->str, "huge"));
    g_assert_nonnull(strstr(listing.text->str, "!"));
    g_string_free(listing.text, TRUE);
    struct stat facts;
    g_autofree char *segment = g_build_filename(f->segments, "000001.seg", NULL);
    g_assert_cmpint(stat(segment, &facts), ==, 0);
    g_assert_cmpint(facts.st_size, <, 1000);
}

/* Batches, a pause between them, a torn cursor, and one that forgets files that are gone. */
static void test_many(Fixture *f, gconstpointer data)
{
    (void)data;
    make_maildir(f);
    for (int i = 0; i < 1700; i++) {
        g_autofree char *name = g_strdup_printf("new/%04d.a", i);
        write_mail(f, name, MAIL("x"), 0);
    }
    reopen(f, "maildir", "");
    f->pauses = 1;
    g_assert_cmpuint(fetch(f), ==, 500);
    g_assert_cmpuint(fetch(f), ==, 1200);
    g_autofree char *cursor = g_build_filename(f->dir, "spool", "cursors", "box", NULL), *text = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(cursor, &text, &length, NULL));
    g_assert_cmpint(truncate(cursor, (off_t)length - 3), ==, 0);
    reopen(f, "maildir", "");
    g_assert_cmpuint(fetch(f), ==, 1);
    reopen(f, "maildir", "");
    g_assert_cmpuint(fetch(f), ==, 0);
    for (int i = 10; i < 1700; i++) {
        g_autofree char *path = g_strdup_printf("%s/new/%04d.a", f->path, i);
        g_unlink(path);
    }
    g_assert_cmpuint(fetch(f), ==, 0);
    struct stat facts;
    g_assert_cmpint(stat(cursor, &facts), ==, 0);
    g_assert_cmpint(facts.st_size, ==, 10 * (gint64)strlen("0000.a\n"));
    reopen(f, "maildir", "");
    g_assert_cmpuint(fetch(f), ==, 0);
}

/* --- .eml ----------------------------------------------------------------------------------------------------------- */

static void test_eml(Fixture *f, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(g_mkdir(f->path, 0700), ==, 0);
    write_mail(f, "a.eml", MAIL("one"), instant("2026-02-01T00:00:00Z"));
    write_mail(f, "a.txt", MAIL("none"), instant("2026-02-01T00:00:00Z"));
    reopen(f, "eml", "");
    g_assert_cmpuint(fetch(f), ==, 1);
    g_assert_cmpuint(fetch(f), ==, 0);
    write_mail(f, "a.eml", MAIL("other"), instant("2026-02-02T00:00:00Z")); /* written over */
    g_assert_cmpuint(fetch(f), ==, 1);
    reopen(f, "eml", "");
    g_assert_cmpuint(fetch(f), ==, 0);
    expect(f, "oneh otherh");
}

static void test_one_file(Fixture *f, gconstpointer data)
{
    (void)data;
    write_at(f->path, MAIL("single"), instant("2026-02-01T00:00:00Z"));
    reopen(f, "eml", "");
    g_assert_cmpuint(fetch(f), ==, 1);
    g_assert_cmpuint(fetch(f), ==, 0);
    expect(f, "singleh");
}

/* --- mbox ----------------------------------------------------------------------------------------------------------- */

static void test_mbox(Fixture *f, gconstpointer data)
{
    (void)data;
    write_at(f->path, "From o Mon Jan  5 09:00:00 2026\n" MAIL("old") "\n" A MAIL("one") "\n" B MAIL("two") "\n",
             instant("2026-03-03T00:00:00Z"));
    reopen(f, "mbox", "");
    g_assert_cmpuint(fetch(f), ==, 2); /* each by the date of its line */
    g_assert_cmpuint(fetch(f), ==, 0);
    append(f, C MAIL("three") "\n");
    reopen(f, "mbox", "");
    g_assert_cmpuint(fetch(f), ==, 1);
    g_assert_cmpuint(fetch(f), ==, 0);
    expect(f, "oneh twoh three"); /* what was appended came now, whatever its line says */
}

static void test_mbox_rewritten(Fixture *f, gconstpointer data)
{
    (void)data;
    gint64 when = instant("2026-03-03T00:00:00Z");
    write_at(f->path, A MAIL("one") "\n" B MAIL("two") "\n", when);
    reopen(f, "mbox", "");
    g_assert_cmpuint(fetch(f), ==, 2);
    /* Copied: the same, under another number. */
    g_autofree char *copy = g_strconcat(f->path, ".copy", NULL);
    write_at(copy, A MAIL("one") "\n" B MAIL("two") "\n" C MAIL("three") "\n", when);
    g_assert_cmpint(g_rename(copy, f->path), ==, 0);
    g_assert_cmpuint(fetch(f), ==, 1);
    /* The first was deleted: all that is there is read again. */
    write_at(f->path, B MAIL("two") "\n" C MAIL("three") "\n", when);
    g_assert_cmpuint(fetch(f), ==, 2);
    write_at(f->path, "", when);
    g_assert_cmpuint(fetch(f), ==, 0);
    write_at(f->path, A MAIL("four") "\n", when);
    g_assert_cmpuint(fetch(f), ==, 1);
    g_assert_cmpuint(fetch(f), ==, 0);
}

/* Taken while it was delivered: taken whole the next time, and what follows too. */
static void test_mbox_half(Fixture *f, gconstpointer data)
{
    (void)data;
    write_at(f->path, A MAIL("one") "\n" B "Subject: two\n\nhalf of", instant("2026-03-03T00:00:00Z"));
    reopen(f, "mbox", "history=answer\n");
    g_assert_cmpuint(fetch(f), ==, 2);
    append(f, " its body\n\n" C MAIL("three") "\n");
    g_assert_cmpuint(fetch(f), ==, 2);
    g_assert_cmpuint(fetch(f), ==, 0);
    expect(f, "one two two three");
}

static void test_mbox_locked(Fixture *f, gconstpointer data)
{
    (void)data;
    guint64 count;
    write_at(f->path, A MAIL("one") "\n", 0);
    reopen(f, "mbox", "");
    int fd = open(f->path, O_RDWR);
    g_assert_cmpint(flock(fd, LOCK_EX), ==, 0);
    g_autoptr(GError) error = NULL;
    g_assert_false(f->source->type->fetch(f->source, f->writer, NULL, NULL, &count, &error));
    g_assert_error(error, FAILURE, FAILURE_AGAIN);
    close(fd);
    g_clear_error(&error);
    g_autofree char *dotlock = g_strconcat(f->path, ".lock", NULL);
    write_at(dotlock, "", 0);
    g_assert_false(f->source->type->fetch(f->source, f->writer, NULL, NULL, &count, &error));
    g_assert_error(error, FAILURE, FAILURE_AGAIN);
    write_at(dotlock, "", instant("2026-03-03T00:00:00Z")); /* left by a crash */
    g_assert_cmpuint(fetch(f), ==, 1);
}

static void test_mbox_batches(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 1200; i++)
        g_string_append(text, A MAIL("x") "\n");
    write_at(f->path, text->str, 0);
    reopen(f, "mbox", "");
    f->pauses = 1;
    g_assert_cmpuint(fetch(f), ==, 500);
    reopen(f, "mbox", ""); /* the cursor moved with the batch */
    g_assert_cmpuint(fetch(f), ==, 700);
    g_assert_cmpuint(fetch(f), ==, 0);
}

static void test_no_mbox(Fixture *f, gconstpointer data)
{
    (void)data;
    guint64 count;
    g_autoptr(GError) error = NULL;
    write_at(f->path, "Subject: a mail\n\nand no mbox\n", 0);
    reopen(f, "mbox", "");
    g_assert_false(f->source->type->fetch(f->source, f->writer, NULL, NULL, &count, &error));
    g_assert_error(error, FAILURE, FAILURE_DATA);
}

/* --- waiting -------------------------------------------------------------------------------------------------------- */

static void test_wait(Fixture *f, gconstpointer data)
{
    (void)data;
    int wake[2];
    make_maildir(f);
    reopen(f, "maildir", "poll=1h\n");
    g_assert_cmpint(pipe(wake), ==, 0);
    gint64 start = clock_mono();
    write_mail(f, "new/1.a", MAIL("one"), 0);
    g_assert_true(f->source->type->wait(f->source, wake[0], start + 20 * G_USEC_PER_SEC, NULL));
    g_assert_cmpint(write(wake[1], "x", 1), ==, 1);
    g_assert_true(f->source->type->wait(f->source, wake[0], start + 20 * G_USEC_PER_SEC, NULL));
    g_assert_cmpint(clock_mono() - start, <, 10 * G_USEC_PER_SEC);
    close(wake[0]);
    close(wake[1]);
    start = clock_mono();
    f->source->type->wait(f->source, -1, start + 20000, NULL);
    g_assert_cmpint(clock_mono() - start, >=, 19000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/local/" name, Fixture, NULL, set_up, function, tear_down)
    ADD("maildir", test_maildir);
    ADD("answer-history", test_answer_history);
    ADD("actions", test_actions);
    ADD("bad-files", test_bad_files);
    ADD("large", test_large);
    ADD("many", test_many);
    ADD("eml", test_eml);
    ADD("one-file", test_one_file);
    ADD("mbox", test_mbox);
    ADD("mbox-rewritten", test_mbox_rewritten);
    ADD("mbox-half", test_mbox_half);
    ADD("mbox-locked", test_mbox_locked);
    ADD("mbox-batches", test_mbox_batches);
    ADD("no-mbox", test_no_mbox);
    ADD("wait", test_wait);
    return g_test_run();
}
