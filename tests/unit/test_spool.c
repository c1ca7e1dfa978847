// links: src/spool/*.c src/base/failure.c src/base/clock.c src/base/durable.c; libs: glib-2.0
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

/* One frame that was synced and one that was not, as a crash leaves them. */
static char *crashed(const Fixture *f, FramePlace *one, FramePlace *two, gsize *length)
{
    g_autoptr(SegmentWriter) writer = segment_writer_new(f->dir, "w", NULL);
    *one = put(writer, "first", 1);
    g_assert_true(segment_sync(writer, NULL));
    *two = put(writer, "second", 2);
    g_autofree char *path = segment_path(f->dir, one->segment);
    char *bytes;
    g_assert_true(g_file_get_contents(path, &bytes, length, NULL));
    return bytes;
}

/* The next writer finds BYTES; returns how many frames stand then, in a segment that ends where they end. */
static guint recover(const Fixture *f, const char *bytes, gsize length, Seen *seen)
{
    struct stat facts;
    g_autofree char *path = segment_path(f->dir, 1);
    g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
    segment_writer_free(segment_writer_new(f->dir, "another", NULL));
    guint64 end = walk(f, 1, 0, seen);
    g_assert_cmpint(stat(path, &facts), ==, 0);
    g_assert_cmpuint((guint64)facts.st_size, ==, end);
    return seen->frames;
}

/* A frame above the published end is nobody's yet. */
static void test_unsynced_unseen(Fixture *f, gconstpointer data)
{
    (void)data;
    Seen seen;
    g_autoptr(SegmentWriter) writer = segment_writer_new(f->dir, "w", NULL);
    FramePlace one = put(writer, "first", 1);
    g_assert_cmpuint(walk(f, one.segment, 0, &seen), ==, one.offset);
    g_assert_cmpuint(seen.frames, ==, 0);
    g_assert_true(segment_sync(writer, NULL));
    FramePlace two = put(writer, "second", 2);
    g_assert_cmpuint(walk(f, one.segment, 0, &seen), ==, two.offset);
    g_assert_cmpuint(seen.frames, ==, 1);
    g_assert_cmpuint(seen.damaged, ==, 0);
}

/* Whatever length a crash leaves the file at, whole frames stand and nothing else. */
static void test_torn_everywhere(Fixture *f, gconstpointer data)
{
    (void)data;
    Seen seen;
    FramePlace one, two;
    gsize length;
    g_autofree char *bytes = crashed(f, &one, &two, &length);
    for (gsize cut = two.offset; cut <= length; cut++) {
        g_assert_cmpuint(recover(f, bytes, cut, &seen), ==, cut == length ? 2 : 1);
        g_assert_cmpuint(seen.damaged, ==, 0);
    }
    /* A frame whose header never came. */
    memset(bytes + two.offset, 0, FRAME_HEADER_BYTES);
    g_assert_cmpuint(recover(f, bytes, length, &seen), ==, 1);
    /* The next writer takes a new number. */
    g_autoptr(SegmentWriter) next = segment_writer_new(f->dir, "w", NULL);
    g_assert_cmpuint(put(next, "third", 3).segment, ==, one.segment + 1);
}

/* A power cut writes sectors in any order: a byte of the unsynced frame may be wrong anywhere. */
static void test_torn_inside(Fixture *f, gconstpointer data)
{
    (void)data;
    Seen seen;
    FramePlace one, two;
    gsize length;
    g_autofree char *bytes = crashed(f, &one, &two, &length);
    for (gsize at = two.offset; at < length; at++) {
        bytes[at] ^= 0x20;
        g_assert_cmpuint(recover(f, bytes, length, &seen), ==, 1);
        g_assert_cmpuint(seen.damaged, ==, 0);
        bytes[at] ^= 0x20;
    }
}

/* Below the published end nothing is ever cut, and damage is told. */
static void test_settled_stays(Fixture *f, gconstpointer data)
{
    (void)data;
    Seen seen;
    FramePlace one, two;
    gsize length;
    g_autofree char *bytes = crashed(f, &one, &two, &length);
    g_autofree char *path = segment_path(f->dir, 1);
    for (gsize at = SEGMENT_STATE_OFFSET; at < two.offset; at++) {
        struct stat facts;
        bytes[at] ^= 0x20;
        g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
        segment_writer_free(segment_writer_new(f->dir, "another", NULL));
        g_assert_cmpint(stat(path, &facts), ==, 0);
        g_assert_cmpuint((guint64)facts.st_size, >=, two.offset);
        walk(f, 1, 0, &seen);
        gboolean body = at >= one.offset + FRAME_HEADER_BYTES;
        g_assert_true(body ? !segment_verify(f->dir, one, NULL) : seen.damaged > 0);
        bytes[at] ^= 0x20;
    }
}

/* A segment whose file was cut short by others, or that was torn when it was made. */
static void test_ends_early(Fixture *f, gconstpointer data)
{
    (void)data;
    Seen seen;
    g_autoptr(GError) error = NULL;
    g_autoptr(SegmentWriter) writer = segment_writer_new(f->dir, "w", NULL);
    FramePlace one = put(writer, "first", 1), two = put(writer, "second", 2);
    g_clear_pointer(&writer, segment_writer_free);
    g_autofree char *path = segment_path(f->dir, one.segment), *torn = segment_path(f->dir, 7);
    g_assert_cmpint(truncate(path, (off_t)two.offset), ==, 0);
    walk(f, one.segment, 0, &seen);
    g_assert_cmpuint(seen.frames, ==, 1);
    g_assert_cmpuint(seen.damaged, ==, 1);
    g_assert_cmpuint(walk(f, one.segment, two.offset + FRAME_HEADER_BYTES + 6, &seen), ==, two.offset + FRAME_HEADER_BYTES + 6);
    g_assert_cmpuint(seen.damaged, ==, 2); /* the segment ends early, and so before what the caller knew */
    static const char zeros[SEGMENT_HEAD_BYTES];
    for (gssize length = 0; length <= SEGMENT_HEAD_BYTES; length += 64) {
        g_assert_true(g_file_set_contents(torn, zeros, length, NULL));
        g_assert_cmpuint(walk(f, 7, 0, &seen), ==, SEGMENT_HEAD_BYTES);
        g_assert_cmpuint(seen.frames + seen.damaged, ==, 0);
        g_assert_cmpint(segment_open(f->dir, (FramePlace){7, SEGMENT_HEAD_BYTES}, &(FrameInfo){0}, &(guint64){0}, NULL), ==, -1);
    }
    writer = segment_writer_new(f->dir, "w", NULL);
    g_assert_cmpuint(put(writer, "third", 3).segment, ==, 8);
    g_assert_true(g_file_set_contents(torn, "something else entirely, and longer than a head would be; it is no segment of ours, "
                                      "whoever put it there, and so it is not taken for one", -1, NULL));
    g_assert_cmpint(truncate(torn, 300), ==, 0);
    g_assert_cmpuint(segment_walk(f->dir, 7, 0, see, see_damage, &seen, &error), ==, 0);
    g_assert_error(error, FAILURE, FAILURE_DATA);
}

static void test_damage(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(SegmentWriter) writer = segment_writer_new(f->dir, "w", NULL);
    FramePlace one = put(writer, "first", 1), two = put(writer, "second", 2), three = put(writer, "third", 3);
    g_assert_true(segment_sync(writer, NULL));
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
        walk(f, one.segment, three.offset, &seen); /* a later frame that the ledger knows is still to be had */
        g_assert_cmpuint(seen.frames, ==, 1);
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

static void test_foreign(Fixture *f, gconstpointer data)
{
    (void)data;
    Seen seen;
    guint8 header[FRAME_HEADER_BYTES];
    g_autoptr(SegmentWriter) one = segment_writer_new(f->dir, "a", NULL), other = segment_writer_new(f->dir, "b", NULL);
    FramePlace here = put(one, "right", 1), there = put(other, "wrong", 2);
    put(one, "later", 3);
    g_assert_true(segment_sync(one, NULL) && segment_sync(other, NULL));
    g_autofree char *path = segment_path(f->dir, here.segment), *from = segment_path(f->dir, there.segment);
    int in = open(from, O_RDONLY), out = open(path, O_RDWR);
    g_assert_cmpint(pread(in, header, sizeof header, (off_t)there.offset), ==, sizeof header);
    g_assert_cmpint(pwrite(out, header, sizeof header, (off_t)here.offset), ==, sizeof header);
    close(in);
    close(out);
    walk(f, here.segment, 0, &seen); /* reported, and stepped over by its length */
    g_assert_cmpuint(seen.damaged, ==, 1);
    g_assert_cmpuint(seen.last_uid, ==, 3);
}

/* 64 MB end a segment, but not within a batch: one sync covers it. */
static void test_seal_by_size(Fixture *f, gconstpointer data)
{
    (void)data;
    Seen seen;
    FramePlace last = {0};
    FrameInfo info = {.source = "s"};
    g_autofree char *big = g_malloc0(1 << 20);
    g_autoptr(SegmentWriter) writer = segment_writer_new(f->dir, "w", NULL);
    for (int i = 0; i < 65; i++) {
        g_assert_true(segment_begin(writer, &info, NULL) && segment_append(writer, big, 1 << 20, NULL) &&
                      segment_end(writer, &last, NULL));
        g_assert_cmpuint(last.segment, ==, 1);
    }
    g_assert_true(segment_sync(writer, NULL));
    g_assert_cmpuint(put(writer, "next", 66).segment, ==, 2);
    walk(f, 1, 0, &seen);
    g_assert_cmpuint(seen.frames, ==, 65);
    SegmentHead head;
    g_autofree char *bytes = NULL, *path = segment_path(f->dir, 1);
    g_assert_true(g_file_get_contents(path, &bytes, NULL, NULL));
    g_assert_true(segment_head_decode((const guint8 *)bytes, &head));
    g_assert_true(head.sealed && !head.state_damaged);
    g_assert_cmpuint(head.settled, ==, last.offset + FRAME_HEADER_BYTES + (1 << 20));
}

/* A message of 150 MB goes through in pieces: the process does not grow by it. */
static void test_large_message(Fixture *f, gconstpointer data)
{
    (void)data;
    struct rusage before, after;
    FramePlace place;
    FrameInfo info = {.source = "s"};
    g_autofree char *piece = g_malloc0(64 << 10);
    g_autoptr(SegmentWriter) writer = segment_writer_new(f->dir, "w", NULL);
    put(writer, "warm", 1);
    getrusage(RUSAGE_SELF, &before);
    g_assert_true(segment_begin(writer, &info, NULL));
    for (int i = 0; i < 150 * 16; i++)
        g_assert_true(segment_append(writer, piece, 64 << 10, NULL));
    g_assert_true(segment_end(writer, &place, NULL) && segment_sync(writer, NULL));
    g_assert_true(segment_verify(f->dir, place, NULL));
    getrusage(RUSAGE_SELF, &after);
    g_assert_cmpint(after.ru_maxrss - before.ru_maxrss, <, 8 << 10);
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
    pid_t pid = fork();
    if (pid == 0) {
        g_autoptr(SegmentWriter) writer = segment_writer_new(f->dir, "w", NULL);
        g_autoptr(GError) error = NULL;
        FrameInfo info = {.source = "s"};
        FramePlace one = put(writer, "first", 1), place;
        segment_sync(writer, NULL);
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
    ADD("unsynced-unseen", test_unsynced_unseen);
    ADD("torn-everywhere", test_torn_everywhere);
    ADD("torn-inside", test_torn_inside);
    ADD("settled-stays", test_settled_stays);
    ADD("ends-early", test_ends_early);
    ADD("foreign", test_foreign);
    ADD("seal-by-size", test_seal_by_size);
    ADD("large-message", test_large_message);
    ADD("damage", test_damage);
    ADD("two-writers", test_two_writers);
    ADD("abandon", test_abandon);
    ADD("no-room", test_no_room);
    ADD("lock", test_spool_lock);
    return g_test_run();
}
