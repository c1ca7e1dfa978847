#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/failure.h"

static gboolean failed(GError **error, const char *what, const char *path)
{
    int number = errno;
    gboolean full = number == ENOSPC || number == EDQUOT;
    g_set_error(error, FAILURE, full ? FAILURE_AGAIN : FAILURE_IO, "cannot %s %s: %s%s", what, path,
                g_strerror(number), full ? "; make room, it is tried again" : "");
    return FALSE;
}

gboolean durable_write(int fd, const void *bytes, gsize length, goffset offset, const char *path, GError **error)
{
    const char *from = bytes;
    while (length > 0) {
        gssize n = offset < 0 ? write(fd, from, length) : pwrite(fd, from, length, offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (n == 0)
                errno = EIO;
            return failed(error, "write", path);
        }
        from += n;
        length -= (gsize)n;
        if (offset >= 0)
            offset += n;
    }
    return TRUE;
}

gboolean durable_sync(int fd, const char *path, GError **error)
{
    return fdatasync(fd) == 0 || failed(error, "sync", path);
}

gboolean durable_sync_dir(const char *dir, GError **error)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return failed(error, "open the folder", dir);
    gboolean good = fsync(fd) == 0 || failed(error, "sync the folder", dir);
    close(fd);
    return good;
}

static gboolean write_new(const char *path, const void *bytes, gsize length, mode_t mode, GError **error)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    int fd = open(path, flags, mode);
    /* One that a crash left may have another mode. */
    if (fd < 0 && errno == EEXIST && unlink(path) == 0)
        fd = open(path, flags, mode);
    if (fd < 0)
        return failed(error, "create", path);
    gboolean good = durable_write(fd, bytes, length, -1, path, error) && durable_sync(fd, path, error);
    if (close(fd) != 0 && good)
        good = failed(error, "close", path);
    return good;
}

gboolean durable_replace(const char *path, const void *bytes, gsize length, mode_t mode, GError **error)
{
    g_autofree char *temporary = g_strdup_printf("%s.new", path);
    g_autofree char *dir = g_path_get_dirname(path);
    if (!write_new(temporary, bytes, length, mode, error)) {
        unlink(temporary);
        return FALSE;
    }
    if (rename(temporary, path) != 0) {
        failed(error, "rename into place", path);
        unlink(temporary);
        return FALSE;
    }
    return durable_sync_dir(dir, error);
}

gboolean durable_mkdir(const char *path, mode_t mode, GError **error)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return TRUE;
    g_autofree char *parent = g_path_get_dirname(path);
    if (!g_str_equal(parent, path) && !durable_mkdir(parent, mode, error))
        return FALSE;
    if (mkdir(path, mode) != 0 && errno != EEXIST)
        return failed(error, "create the folder", path);
    return durable_sync_dir(parent, error);
}
