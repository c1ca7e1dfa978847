// links: src/spool/*.c src/base/failure.c src/base/clock.c src/base/durable.c; libs: glib-2.0
/* Every durable step of a writer, struck in turn. The system's calls are replaced in this program only: a child writes batches
 * of frames and says over a pipe which were synced; at one step it dies, or the step fails, or the power goes, with the sectors
 * that were not synced on disk or not, as a die falls. Then: whatever was said to be synced stands, whole; nothing else that
 * is visible is broken; and the next writer goes on. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/failure.h"
#include "spool/frame.h"

#define SECTOR 512
#define BATCHES 4
#define BATCH 3

typedef enum { COUNT, KILL, FAIL, FAIL_ON, POWER } Mode; /* FAIL_ON: that step and all of its sort after it */

static struct {
    Mode mode;
    int step, target, error, failing; /* FAILING: the sort of step that goes on failing */
    char *disk;                       /* folder of what a power cut leaves: contents at the last sync */
    const char *dir;                  /* of the segments */
} strike;

static const char entry_suffix[] = ".entry"; /* in `disk`: the folder was synced with that file in it */

/* --- the system under the writer ------------------------------------------------------------------------------------ */

static gboolean path_of(int fd, char path[PATH_MAX])
{
    char link[64];
    g_snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    gssize n = readlink(link, path, PATH_MAX - 1);
    path[MAX(n, 0)] = 0;
    return n > 0;
}

static void keep_synced(int fd)
{
    char path[PATH_MAX];
    struct stat facts;
    if (!strike.disk || !path_of(fd, path) || fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode))
        return;
    g_autofree char *name = g_path_get_basename(path), *to = g_build_filename(strike.disk, name, NULL), *bytes = NULL;
    gsize length;
    int target = strike.target;
    strike.target = -1; /* these are our own writes */
    if (g_file_get_contents(path, &bytes, &length, NULL))
        g_file_set_contents(to, bytes, (gssize)length, NULL);
    strike.target = target;
}

static void keep_entries(int fd)
{
    char path[PATH_MAX];
    gboolean ours = strike.disk && path_of(fd, path) && g_str_equal(path, strike.dir);
    g_autoptr(GDir) entries = ours ? g_dir_open(strike.dir, 0, NULL) : NULL;
    for (const char *name; entries && (name = g_dir_read_name(entries));) {
        g_autofree char *mark = g_strconcat(strike.disk, "/", name, entry_suffix, NULL);
        close(open(mark, O_CREAT | O_WRONLY, 0600));
    }
}

/* FALSE when the step shall fail. */
static gboolean step_on(int sort)
{
    if (strike.target < 0)
        return TRUE;
    gboolean struck = ++strike.step == strike.target;
    if (struck && (strike.mode == KILL || strike.mode == POWER))
        _exit(42);
    if (struck && strike.mode == FAIL_ON)
        strike.failing = sort;
    if ((struck && strike.mode == FAIL) || strike.failing == sort) {
        errno = strike.error;
        return FALSE;
    }
    return TRUE;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    /* Half of it is written, as a full disk does. */
    if (step_on('w'))
        return syscall(SYS_pwrite64, fd, bytes, length, offset);
    int error = errno;
    if (length > 1)
        syscall(SYS_pwrite64, fd, bytes, length / 2, offset);
    errno = error;
    return -1;
}

int fdatasync(int fd)
{
    if (!step_on('s'))
        return -1;
    keep_synced(fd);
    return 0;
}

int fsync(int fd)
{
    if (!step_on('d'))
        return -1;
    keep_entries(fd);
    return 0;
}

int ftruncate(int fd, off_t length)
{
    return step_on('t') ? (int)syscall(SYS_ftruncate, fd, length) : -1;
}

/* --- the child ------------------------------------------------------------------------------------------------------ */

/* Frame NUMBER has this body: told apart from every other, and over one buffer long at times. */
static GString *body_of(guint32 number)
{
    GString *body = g_string_new(NULL);
    g_string_printf(body, "Subject: frame %u\n\n", number);
    gsize head = body->len;
    g_string_set_size(body, head + (number % 5 == 4 ? 300000 : number * 700));
    memset(body->str + head, 'a' + (int)number, body->len - head);
    return body;
}

static gboolean write_frame(SegmentWriter *writer, guint32 number)
{
    FramePlace place;
    FrameInfo info = {.source = "box/INBOX", .uid = number};
    GString *body = body_of(number);
    gboolean good = segment_begin(writer, &info, NULL) && segment_append(writer, body->str, body->len, NULL) &&
                    segment_end(writer, &place, NULL);
    g_string_free(body, TRUE);
    if (!good)
        segment_abandon(writer);
    return good;
}

/* As fetch does: a batch that fails is fetched again; what was synced is said. Gives up after some failures. */
static void write_batches(const char *dir, int said)
{
    int failures = 0;
    g_autoptr(SegmentWriter) writer = NULL;
    while (!(writer = segment_writer_new(dir, "w", NULL)))
        if (++failures > 3)
            return;
    for (guint32 batch = 0; batch < BATCHES && failures <= 3;) {
        gboolean good = TRUE;
        for (guint32 i = 1; i <= BATCH && good; i++)
            good = write_frame(writer, batch * BATCH + i);
        good = segment_sync(writer, NULL) && good;
        for (guint32 i = 1; i <= BATCH && good; i++) {
            guint8 number = (guint8)(batch * BATCH + i);
            g_assert_cmpint(write(said, &number, 1), ==, 1);
        }
        if (good)
            batch++;
        else
            failures++;
    }
}

/* --- the disk after the power cut ----------------------------------------------------------------------------------- */

/* Each sector that differs from what was synced is as it was or as it should have become. */
static void mix(const char *path, const char *synced, GRand *rand)
{
    g_autofree char *now = NULL, *was = NULL;
    gsize length, old = 0;
    if (!g_file_get_contents(path, &now, &length, NULL))
        return;
    if (!g_file_get_contents(synced, &was, &old, NULL)) {
        if (g_rand_boolean(rand))
            g_assert_cmpint(truncate(path, 0), ==, 0);
        return;
    }
    gsize size = g_rand_boolean(rand) ? MAX(length, old) : old;
    g_autofree char *mixed = g_malloc0(size + 1);
    for (gsize at = 0; at < size; at += SECTOR) {
        gboolean take_old = g_rand_boolean(rand);
        const char *from = take_old ? was : now;
        gsize has = take_old ? old : length;
        if (at < has)
            memcpy(mixed + at, from + at, MIN(MIN(SECTOR, size - at), has - at));
    }
    g_assert_true(g_file_set_contents(path, mixed, (gssize)size, NULL));
}

static void cut_power(const char *dir, const char *disk, guint32 seed)
{
    GRand *rand = g_rand_new_with_seed(seed);
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    for (const char *name; (name = g_dir_read_name(entries));) {
        g_autofree char *path = g_build_filename(dir, name, NULL), *synced = g_build_filename(disk, name, NULL);
        g_autofree char *mark = g_strconcat(synced, entry_suffix, NULL);
        if (g_file_test(mark, G_FILE_TEST_EXISTS) || g_rand_boolean(rand))
            mix(path, synced, rand);
        else
            g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_rand_free(rand);
}

/* --- what is found -------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *dir;
    guint count[BATCHES * BATCH + 2];
} Found;

static WalkAnswer find(const FrameInfo *info, FramePlace place, guint64 next, gpointer user)
{
    Found *found = user;
    (void)next;
    GString *body = body_of(info->uid);
    g_autoptr(GError) error = NULL;
    g_assert_cmpuint(info->uid, <, G_N_ELEMENTS(found->count));
    g_assert_cmpuint(info->length, ==, body->len);
    g_assert_true(segment_verify(found->dir, place, &error));
    g_assert_no_error(error);
    g_string_free(body, TRUE);
    found->count[info->uid]++;
    return WALK_ON;
}

static void no_damage(guint32 number, guint64 offset, const char *what, gpointer user)
{
    (void)user;
    g_error("segment %u at %" G_GUINT64_FORMAT ": %s", number, offset, what);
}

static void find_all(const char *dir, Found *found)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) numbers = segment_list(dir, &error);
    memset(found, 0, sizeof *found);
    found->dir = dir;
    for (guint i = 0; i < numbers->len; i++) {
        guint64 end = segment_walk(dir, g_array_index(numbers, guint32, i), 0, find, no_damage, found, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(end, >=, SEGMENT_HEAD_BYTES);
    }
}

static void empty_folder(const char *dir)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    for (const char *name; entries && (name = g_dir_read_name(entries));) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_unlink(path);
    }
}

/* Runs the child with the strike set; returns its steps in COUNT. SAID: whether frame N was said to be synced. */
static int run_child(const char *dir, gboolean *said)
{
    int pipe_fds[2], status;
    guint8 number;
    memset(said, 0, sizeof(gboolean) * (BATCHES * BATCH + 2));
    g_assert_cmpint(pipe(pipe_fds), ==, 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(pipe_fds[0]);
        strike.step = 0;
        write_batches(dir, pipe_fds[1]);
        g_assert_cmpint(write(pipe_fds[1], &(guint8){0}, 1), ==, 1);
        g_assert_cmpint(write(pipe_fds[1], &strike.step, sizeof strike.step), ==, sizeof strike.step);
        _exit(0);
    }
    close(pipe_fds[1]);
    int steps = 0;
    while (read(pipe_fds[0], &number, 1) == 1 && number != 0)
        said[number] = TRUE;
    if (read(pipe_fds[0], &steps, sizeof steps) != sizeof steps)
        steps = 0;
    close(pipe_fds[0]);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 42));
    return steps;
}

static void strike_at(const char *dir, const char *disk, Mode mode, int target, int error, guint32 seed)
{
    gboolean said[BATCHES * BATCH + 2];
    Found found;
    empty_folder(dir);
    empty_folder(disk);
    strike.mode = mode;
    strike.target = target;
    strike.error = error;
    strike.dir = dir;
    strike.disk = mode == POWER ? g_strdup(disk) : NULL;
    run_child(dir, said);
    g_clear_pointer(&strike.disk, g_free);
    strike.target = -1;
    /* What a reader believes before anybody recovers is whole (the power takes readers with it). */
    if (mode == POWER)
        cut_power(dir, disk, seed);
    else
        find_all(dir, &found);
    g_autoptr(SegmentWriter) writer = segment_writer_new(dir, "next", NULL);
    find_all(dir, &found);
    for (guint i = 1; i <= BATCHES * BATCH; i++)
        if (said[i] && found.count[i] == 0)
            g_error("mode %d step %d seed %u: frame %u was synced and is gone", mode, target, seed, i);
    g_assert_true(write_frame(writer, BATCHES * BATCH + 1) && segment_sync(writer, NULL));
    find_all(dir, &found);
    g_assert_cmpuint(found.count[BATCHES * BATCH + 1], ==, 1);
}

static void test_steps(gconstpointer data)
{
    Mode mode = (Mode)GPOINTER_TO_INT(data);
    gboolean said[BATCHES * BATCH + 2];
    g_autofree char *top = g_dir_make_tmp("shouwen-steps-XXXXXX", NULL);
    g_autofree char *dir = g_build_filename(top, "segments", NULL), *disk = g_build_filename(top, "disk", NULL);
    g_mkdir(dir, 0700);
    g_mkdir(disk, 0700);
    strike.mode = COUNT;
    strike.target = 0;
    int steps = run_child(dir, said);
    g_assert_cmpint(steps, >, 20);
    g_assert_true(said[BATCHES * BATCH]);
    for (int target = 1; target <= steps; target++) {
        guint rounds = mode == POWER ? 3 : 1;
        for (guint32 seed = 0; seed < rounds; seed++)
            strike_at(dir, disk, mode, target, target % 2 ? ENOSPC : EIO, (guint32)target * 1000 + seed);
    }
    g_test_message("%d steps", steps);
    empty_folder(dir);
    empty_folder(disk);
    g_rmdir(dir);
    g_rmdir(disk);
    g_rmdir(top);
}

/* A failed sync: AGAIN, the batch is gone, the segment sealed, what was synced before stands, the next frame is elsewhere. */
static void test_failed_sync(void)
{
    Found found;
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("shouwen-steps-XXXXXX", NULL);
    g_autofree char *path = segment_path(dir, 1);
    SegmentWriter *writer = segment_writer_new(dir, "w", NULL);
    SegmentHead head;
    g_autofree char *bytes = NULL;
    gsize length;
    g_assert_true(write_frame(writer, 1) && segment_sync(writer, NULL));
    g_assert_true(write_frame(writer, 2));
    strike.mode = FAIL;
    strike.error = EIO;
    strike.step = 0;
    strike.target = 1;
    g_assert_false(segment_sync(writer, &error));
    strike.target = -1;
    g_assert_error(error, FAILURE, FAILURE_AGAIN);
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    g_assert_true(segment_head_decode((const guint8 *)bytes, &head) && head.sealed);
    g_assert_cmpuint(head.settled, ==, length);
    find_all(dir, &found);
    g_assert_cmpuint(found.count[1], ==, 1);
    g_assert_cmpuint(found.count[2], ==, 0);
    g_assert_true(segment_sync(writer, NULL)); /* nothing is owed */
    g_assert_true(write_frame(writer, 2) && segment_sync(writer, NULL));
    find_all(dir, &found);
    g_assert_cmpuint(found.count[2], ==, 1);
    struct stat facts;
    g_assert_cmpint(stat(path, &facts), ==, 0);
    g_assert_cmpuint(head.settled, ==, (guint64)facts.st_size);
    segment_writer_free(writer);
    empty_folder(dir);
    g_rmdir(dir);
}

int main(int argc, char **argv)
{
    strike.target = -1;
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/spool-crash/failed-sync", test_failed_sync);
    g_test_add_data_func("/spool-crash/kill", GINT_TO_POINTER(KILL), test_steps);
    g_test_add_data_func("/spool-crash/fail-once", GINT_TO_POINTER(FAIL), test_steps);
    g_test_add_data_func("/spool-crash/fail-on", GINT_TO_POINTER(FAIL_ON), test_steps);
    g_test_add_data_func("/spool-crash/power", GINT_TO_POINTER(POWER), test_steps);
    return g_test_run();
}
