// links: src/spool/*.c src/base/failure.c src/base/clock.c src/base/durable.c; libs: glib-2.0
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/failure.h"
#include "spool/frame.h"

typedef struct {
    char *dir;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->dir = g_dir_make_tmp("shouwen-spool-XXXXXX", NULL);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GDir) dir = g_dir_open(f->dir, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(f->dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(f->dir);
    g_free(f->dir);
}

static FramePlace put(SegmentWriter *writer, const char *text, guint32 uid)
{
    g_autoptr(GError) error = NULL;
    FrameInfo info = {.source = "box/INBOX", .uidvalidity = 3, .uid = uid, .internal_date = 77, .flags = FRAME_HISTORY};
    FramePlace place;
    g_assert_true(segment_begin(writer, &info, &error));
    g_assert_true(segment_append(writer, text, strlen(text), &error));
    g_assert_true(segment_end(writer, &place, &error));
    g_assert_no_error(error);
    return place;
}

typedef struct {
    guint frames, damaged;
    guint32 last_uid;
} Seen;

static WalkAnswer see(const FrameInfo *info, FramePlace place, guint64 next, gpointer user)
{
    Seen *seen = user;
    g_assert_cmpuint(next, ==, place.offset + FRAME_HEADER_BYTES + info->length);
    seen->frames++;
    seen->last_uid = info->uid;
    return WALK_ON;
}

static void see_damage(guint32 number, guint64 offset, const char *what, gpointer user)
{
    (void)number;
    (void)offset;
    (void)what;
    ((Seen *)user)->damaged++;
}

static guint64 walk(const Fixture *f, guint32 number, guint64 from, Seen *seen)
{
    memset(seen, 0, sizeof *seen);
    return segment_walk(f->dir, number, from, see, see_damage, seen, NULL);
}

static void test_round_trip(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(SegmentWriter) writer = segment_writer_new(f->dir, "fetch-box", &error);
    FramePlace one = put(writer, "first", 1), two = put(writer, "", 2), three = put(writer, "third message", 3);
    g_assert_true(segment_sync(writer, &error));
    Seen seen;
    guint64 end = walk(f, one.segment, 0, &seen);
    g_assert_cmpuint(seen.frames, ==, 3);
    g_assert_cmpuint(walk(f, one.segment, two.offset, &seen), ==, end);
    g_assert_cmpuint(seen.frames, ==, 2);
    FrameInfo info;
    guint64 offset;
    char text[32] = "";
    int fd = segment_open(f->dir, three, &info, &offset, &error);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(pread(fd, text, sizeof text, (off_t)offset), ==, 13);
    g_assert_cmpstr(text, ==, "third message");
    g_assert_cmpstr(info.source, ==, "box/INBOX");
    g_assert_cmpuint(info.uidvalidity, ==, 3);
    g_assert_cmpuint(info.flags, ==, FRAME_HISTORY);
    g_assert_cmpint(info.internal_date, ==, 77);
    close(fd);
    g_assert_true(segment_verify(f->dir, three, &error));
    g_assert_true(segment_sync_for_reading(f->dir, three.segment, &error));
}

/* Whatever length a crash leaves the file at, whole frames are found and nothing else; and the next writer goes on. */
static void test_torn_everywhere(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(SegmentWriter) writer = segment_writer_new(f->dir, "w", NULL);
    FramePlace one = put(writer, "first", 1), two = put(writer, "second", 2);
    g_clear_pointer(&writer, segment_writer_free);
    g_autofree char *path = segment_path(f->dir, one.segment);
    g_autofree char *bytes = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    memset(bytes + SEGMENT_SEAL_OFFSET, 0, 8);
    for (gsize cut = SEGMENT_HEAD_BYTES; cut <= length; cut++) {
        Seen seen;
        g_assert_true(g_file_set_contents(path, bytes, (gssize)cut, NULL));
        guint64 end = walk(f, one.segment, 0, &seen);
        guint whole = cut >= length ? 2 : cut >= two.offset ? 1 : 0;
        g_assert_cmpuint(seen.frames, ==, whole);
        g_assert_cmpuint(end, ==, whole == 2 ? length : whole == 1 ? two.offset : one.offset);
    }
    /* A frame whose header never came is cut by the next writer of that name, and the segment sealed. */
    memset(bytes + two.offset, 0, FRAME_HEADER_BYTES);
    g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
    g_autoptr(SegmentWriter) next = segment_writer_new(f->dir, "w", NULL);
    struct stat facts;
    g_assert_cmpint(stat(path, &facts), ==, 0);
    g_assert_cmpuint((guint64)facts.st_size, ==, two.offset);
    FramePlace fresh = put(next, "third", 3);
    g_assert_cmpuint(fresh.segment, ==, one.segment + 1);
}

static void test_damage(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(SegmentWriter) writer = segment_writer_new(f->dir, "w", NULL);
    FramePlace one = put(writer, "first", 1), two = put(writer, "second", 2);
    put(writer, "third", 3);
    segment_sync(writer, NULL);
    g_autofree char *path = segment_path(f->dir, one.segment);
    int fd = open(path, O_RDWR);
    Seen seen;
    g_assert_cmpint(pwrite(fd, "F", 1, (off_t)(one.offset + FRAME_HEADER_BYTES)), ==, 1);
    walk(f, one.segment, 0, &seen);
    g_assert_cmpuint(seen.frames, ==, 3); /* a body is stepped over by its length … */
    g_autoptr(GError) error = NULL;
    g_assert_false(segment_verify(f->dir, one, &error)); /* … and verify sees it */
    for (guint64 at = two.offset; at < two.offset + FRAME_HEADER_BYTES; at += 7) {
        char was, other;
        g_assert_cmpint(pread(fd, &was, 1, (off_t)at), ==, 1);
        other = (char)(was ^ 0x40);
        g_assert_cmpint(pwrite(fd, &other, 1, (off_t)at), ==, 1);
        g_assert_cmpuint(walk(f, one.segment, 0, &seen), ==, two.offset);
        g_assert_cmpuint(seen.frames, ==, 1);
        g_assert_cmpuint(seen.damaged, ==, 1);
        g_assert_cmpint(pwrite(fd, &was, 1, (off_t)at), ==, 1);
    }
    close(fd);
    walk(f, one.segment, 0, &seen);
    g_assert_cmpuint(seen.frames, ==, 3);
}

static void test_two_writers(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(SegmentWriter) one = segment_writer_new(f->dir, "a", NULL);
    FramePlace first = put(one, "x", 1);
    /* One of the same name: the first is alive, so its segment is left alone. */
    g_autoptr(SegmentWriter) other = segment_writer_new(f->dir, "a", NULL);
    FramePlace second = put(other, "y", 2);
    g_assert_cmpuint(first.segment, !=, second.segment);
    FramePlace third = put(one, "z", 3);
    g_assert_cmpuint(third.segment, ==, first.segment);
}

static void test_abandon(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(SegmentWriter) writer = segment_writer_new(f->dir, "w", NULL);
    FrameInfo info = {.source = "s"};
    FramePlace one = put(writer, "first", 1);
    g_autofree char *big = g_strnfill(1 << 20, 'x');
    g_assert_true(segment_begin(writer, &info, NULL));
    g_assert_true(segment_append(writer, big, 1 << 20, NULL));
    segment_abandon(writer);
    FramePlace two = put(writer, "second", 2);
    g_assert_cmpuint(two.offset, ==, one.offset + FRAME_HEADER_BYTES + 5);
    g_assert_true(segment_verify(f->dir, two, NULL));
}

/* A full disk, played by a limit on the size of files: the frame is gone, what stood before stands. */
static void test_no_room(Fixture *f, gconstpointer data)
{
    (void)data;
    if (g_test_subprocess())
        return;
    pid_t pid = fork();
    if (pid == 0) {
        g_autoptr(SegmentWriter) writer = segment_writer_new(f->dir, "w", NULL);
        g_autoptr(GError) error = NULL;
        FrameInfo info = {.source = "s"};
        FramePlace one = put(writer, "first", 1), place;
        struct rlimit limit = {4096, 4096};
        signal(SIGXFSZ, SIG_IGN);
        g_autofree char *big = g_strnfill(1 << 20, 'x');
        setrlimit(RLIMIT_FSIZE, &limit);
        gboolean good = segment_begin(writer, &info, &error) && segment_append(writer, big, 1 << 20, &error) &&
                        segment_end(writer, &place, &error);
        Seen seen;
        guint64 end = walk(f, one.segment, 0, &seen);
        struct stat facts;
        g_autofree char *path = segment_path(f->dir, one.segment);
        stat(path, &facts);
        _exit(!good && error && seen.frames == 1 && end == (guint64)facts.st_size ? 0 : 1);
    }
    int status;
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void test_spool_lock(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    int fd = spool_lock(f->dir, &error);
    g_assert_cmpint(fd, >=, 0);
    g_autofree char *pid = g_strdup_printf("pid %ld", (long)getpid());
    g_assert_cmpint(spool_lock(f->dir, &error), ==, -1);
    g_assert_error(error, FAILURE, FAILURE_AGAIN);
    g_assert_nonnull(strstr(error->message, pid));
    close(fd);
    fd = spool_lock(f->dir, NULL);
    g_assert_cmpint(fd, >=, 0);
    close(fd);
    g_assert_true(spool_is_local(f->dir, NULL));
    g_assert_true(spool_has_room(f->dir, 1, NULL));
    g_assert_false(spool_has_room(f->dir, G_MAXUINT64, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/spool/" name, Fixture, NULL, set_up, function, tear_down)
    ADD("round-trip", test_round_trip);
    ADD("torn-everywhere", test_torn_everywhere);
    ADD("damage", test_damage);
    ADD("two-writers", test_two_writers);
    ADD("abandon", test_abandon);
    ADD("no-room", test_no_room);
    ADD("lock", test_spool_lock);
    return g_test_run();
}
