/* durable.h: files that survive a power cut. */
#ifndef SHOUWEN_BASE_DURABLE_H
#define SHOUWEN_BASE_DURABLE_H

#include <glib.h>
#include <sys/types.h>

/* Writes all LENGTH bytes at OFFSET (-1: at the file's position), retrying short writes and EINTR. */
gboolean durable_write(int fd, const void *bytes, gsize length, goffset offset, const char *path, GError **error);

/* fdatasync; PATH is for the message. */
gboolean durable_sync(int fd, const char *path, GError **error);

/* fsync of the folder DIR, after a file in it was made, renamed or removed. */
gboolean durable_sync_dir(const char *dir, GError **error);

/* Replaces PATH with BYTES: temporary file, sync, rename, folder sync. */
gboolean durable_replace(const char *path, const void *bytes, gsize length, mode_t mode, GError **error);

/* mkdir -p with MODE; syncs each parent it adds to. */
gboolean durable_mkdir(const char *path, mode_t mode, GError **error);

#endif
