/* intake.c: `shouwen intake FILE…`: mail files handed in by hand, through the same spool as mail that was fetched. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "cmd/cmd.h"
#include "spool/segment.h"
#include "stages/intake.h"

#define READ_BYTES 65536

static gboolean copy(int fd, const char *path, SegmentWriter *writer, GError **error)
{
    char buffer[READ_BYTES];
    gssize n;
    while ((n = read(fd, buffer, sizeof buffer)) > 0)
        if (!segment_append(writer, buffer, (gsize)n, error))
            return FALSE;
    if (n == 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_IO, "cannot read %s: %s", path, g_strerror(errno));
    return FALSE;
}

static gboolean hand_in(const char *path, SegmentWriter *writer, GError **error)
{
    struct stat facts;
    FramePlace place;
    FrameInfo info = {.flags = FRAME_GIVEN, .internal_date = clock_now()};
    g_autofree char *name = g_path_get_basename(path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "cannot open %s as a file", path);
        if (fd >= 0)
            close(fd);
        return FALSE;
    }
    g_autofree char *source = g_strdup_printf("given/%s", name);
    g_autofree char *valid = g_utf8_make_valid(source, -1);
    g_strlcpy(info.source, valid, sizeof info.source);
    gboolean good = (guint64)facts.st_size <= LIMIT_MESSAGE_BYTES;
    if (!good)
        g_set_error(error, FAILURE, FAILURE_DATA, "%s is larger than the limit of %" G_GUINT64_FORMAT " MB", path,
                    LIMIT_MESSAGE_BYTES >> 20);
    good = good && segment_begin(writer, &info, error) && copy(fd, path, writer, error) &&
           segment_end(writer, &place, error);
    if (!good)
        segment_abandon(writer);
    close(fd);
    return good;
}

static gboolean store(const Conf *conf, char **paths, int n, GError **error)
{
    g_autofree char *dir = cmd_spool(conf, "segments");
    g_autofree char *owner = g_strdup_printf("given-%ld", (long)getpid());
    g_autoptr(SegmentWriter) writer = segment_writer_new(dir, owner, error);
    if (!writer)
        return FALSE;
    for (int i = 0; i < n; i++)
        if (!hand_in(paths[i], writer, error))
            return FALSE;
    return segment_sync(writer, error);
}

static void on_progress(guint64 entered, guint64 left, gpointer user)
{
    progress_at(user, entered, entered + left);
}

int cmd_intake(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    Progress progress;
    if (!cmd_parse(&argc, &argv, "FILE…", "Hands in mails (.eml) by hand; they are entered and answered as if they had been fetched.",
                   NULL, &options, &error))
        return cmd_end(error);
    if (argc < 2)
        g_set_error(&error, FAILURE, FAILURE_USAGE, "which files? 'shouwen intake FILE.eml…'");
    g_autoptr(Conf) conf = error ? NULL : cmd_conf(&options, &error);
    if (!conf || !store(conf, argv + 1, argc - 1, &error))
        return cmd_end(error);
    g_autoptr(GError) busy = NULL;
    g_autofree char *spool = conf_path(conf, "general", "spool");
    int lock = spool_lock(spool, &busy);
    if (lock < 0 && g_error_matches(busy, FAILURE, FAILURE_AGAIN)) {
        puts("handed in; the running daemon enters it within seconds");
        return cmd_end(NULL);
    }
    progress_begin(&progress, "entered");
    if (lock >= 0)
        intake_everything(conf, NULL, on_progress, &progress, &error);
    progress_end(&progress);
    return cmd_end(lock < 0 ? g_steal_pointer(&busy) : error);
}
