/* lock.c: one daemon per spool, and the disk under it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/failure.h"
#include "spool/segment.h"

static int refuse(int fd, const char *path, GError **error)
{
    char holder[64] = "";
    if (pread(fd, holder, sizeof holder - 1, 0) < 0)
        holder[0] = 0;
    g_strstrip(holder);
    g_set_error(error, FAILURE, FAILURE_AGAIN, "another shouwen (pid %s) works on this spool (%s); stop it first",
                *holder ? holder : "unknown", path);
    close(fd);
    return -1;
}

int spool_lock(const char *spool, GError **error)
{
    if (!durable_mkdir(spool, 0700, error))
        return -1;
    g_autofree char *path = g_build_filename(spool, "lock", NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot open the lock %s: %s", path, g_strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return refuse(fd, path, error);
    char pid[32];
    int length = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) == 0 && durable_write(fd, pid, (gsize)length, 0, path, error))
        return fd;
    if (error && !*error)
        g_set_error(error, FAILURE, FAILURE_IO, "cannot write the lock %s: %s", path, g_strerror(errno));
    close(fd);
    return -1;
}

gboolean spool_free_bytes(const char *dir, guint64 *ret_bytes, GError **error)
{
    struct statvfs facts;
    if (statvfs(dir, &facts) != 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot ask the file system of %s: %s", dir, g_strerror(errno));
        return FALSE;
    }
    *ret_bytes = (guint64)facts.f_bavail * facts.f_frsize;
    return TRUE;
}

gboolean spool_has_room(const char *dir, guint64 min_free, GError **error)
{
    guint64 left;
    if (!spool_free_bytes(dir, &left, error))
        return FALSE;
    if (left >= min_free)
        return TRUE;
    g_autofree char *has = g_format_size(left), *wants = g_format_size(min_free);
    g_set_error(error, FAILURE, FAILURE_AGAIN, "only %s are free under %s, setting min_free wants %s; fetching waits for room",
                has, dir, wants);
    return FALSE;
}

gboolean spool_is_local(const char *dir, GError **error)
{
    /* Network and user-space file systems: their locks and syncs promise less than the spool needs. */
    static const struct {
        guint32 magic;
        const char *name;
    } remote[] = {{0x6969, "NFS"},       {0x517b, "SMB"},        {0xff534d42, "CIFS"}, {0xfe534d42, "SMB2"},
                  {0x01021997, "9p"},    {0x5346414f, "AFS"},    {0x00c36400, "Ceph"}, {0x65735546, "FUSE"},
                  {0x6b414653, "AFS"},      {0x0bd00bd0, "Lustre"}, {0x47504653, "GPFS"},     {0x7461636f, "OCFS2"},
                  {0x01161970, "GFS2"},     {0x73757245, "Coda"},   {0x564c, "NCP"},          {0x19830326, "BeeGFS"},
                  {0x786f4256, "vboxsf"},   {0xaad7aaea, "PanFS"}};
    struct statfs facts;
    if (statfs(dir, &facts) != 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot ask the file system of %s: %s", dir, g_strerror(errno));
        return FALSE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(remote); i++)
        if ((guint32)facts.f_type == remote[i].magic) {
            g_set_error(error, FAILURE, FAILURE_CONFIG, "the spool %s lies on %s; use a local file system", dir, remote[i].name);
            return FALSE;
        }
    return TRUE;
}
