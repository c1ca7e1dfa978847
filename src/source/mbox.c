/* mbox.c: one file of many mails. The cursor is how far it was read, with the file's number; a file that became shorter or
 * another one is read from its beginning (what is known already is only another arrival). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/failure.h"
#include "source/local.h"
#include "source/mbox_split.h"

#define BATCH_MESSAGES 500

typedef struct {
    Local local;
    int fd;
    guint64 inode, next; /* cursor */
    gint64 received;     /* the file's time: mbox has no other that can be trusted */
    SegmentWriter *writer;
    guint64 count, batch_messages, batch_bytes;
    SourceProgress progress;
    gpointer user;
    GError **error;
} Mbox;

static void load_cursor(Mbox *mbox)
{
    g_autofree char *text = NULL;
    mbox->inode = mbox->next = 0;
    if (g_file_get_contents(mbox->local.cursor, &text, NULL, NULL) &&
        sscanf(text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &mbox->inode, &mbox->next) != 2)
        mbox->inode = mbox->next = 0;
}

static gboolean save_cursor(Mbox *mbox, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", mbox->inode, mbox->next);
    return durable_replace(mbox->local.cursor, text, strlen(text), 0600, error);
}

static gboolean end_batch(Mbox *mbox, GError **error)
{
    if (!segment_sync(mbox->writer, error))
        return FALSE;
    if (mbox->batch_messages > 0 && mbox->progress)
        mbox->progress(mbox->batch_messages, mbox->batch_bytes, mbox->user);
    mbox->batch_messages = mbox->batch_bytes = 0;
    return TRUE;
}

static gboolean take_message(guint64 offset, guint64 length, gpointer user)
{
    Mbox *mbox = user;
    gboolean taken;
    if (!local_append(&mbox->local, mbox->writer, mbox->fd, mbox->local.path, offset, length, mbox->received, &taken, mbox->error))
        return FALSE;
    if (taken) {
        mbox->count++;
        mbox->batch_messages++;
        mbox->batch_bytes += length;
    }
    if (mbox->batch_messages < BATCH_MESSAGES && mbox->batch_bytes < (guint64)mbox->local.batch_bytes)
        return TRUE;
    return end_batch(mbox, mbox->error);
}

static gboolean fetch_open(Mbox *mbox, GError **error)
{
    struct stat facts;
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    guint64 next = 0;
    if (fstat(mbox->fd, &facts) != 0 || fcntl(mbox->fd, F_SETLK, &lock) != 0) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "%s is being written: %s", mbox->local.path, g_strerror(errno));
        return FALSE;
    }
    if ((guint64)facts.st_ino != mbox->inode || (guint64)facts.st_size < mbox->next)
        mbox->next = 0;
    mbox->inode = (guint64)facts.st_ino;
    mbox->received = (gint64)facts.st_mtime * G_USEC_PER_SEC;
    if ((guint64)facts.st_size == mbox->next)
        return TRUE;
    mbox->error = error;
    if (!mbox_split(mbox->fd, mbox->next, take_message, mbox, &next, error) || !end_batch(mbox, error))
        return FALSE;
    mbox->next = next;
    return save_cursor(mbox, error);
}

static gboolean mbox_fetch(Source *source, SegmentWriter *writer, SourceProgress progress, gpointer user, guint64 *ret_count,
                           GError **error)
{
    Mbox *mbox = (Mbox *)source;
    load_cursor(mbox);
    mbox->writer = writer;
    mbox->progress = progress;
    mbox->user = user;
    mbox->count = mbox->batch_messages = mbox->batch_bytes = 0;
    mbox->fd = open(mbox->local.path, O_RDONLY | O_CLOEXEC);
    if (mbox->fd < 0) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "[mailbox %s] path: cannot open %s: %s", mbox->local.mailbox,
                    mbox->local.path, g_strerror(errno));
        return FALSE;
    }
    gboolean good = fetch_open(mbox, error);
    close(mbox->fd);
    *ret_count = mbox->count;
    return good;
}

static void mbox_close(Source *source)
{
    local_clear((Local *)source);
    g_free(source);
}

static Source *mbox_open(const Conf *conf, const char *mailbox, GError **error)
{
    Mbox *mbox = g_new0(Mbox, 1);
    if (local_init(&mbox->local, &source_mbox, conf, mailbox, error))
        return &mbox->local.source;
    mbox_close(&mbox->local.source);
    return NULL;
}

const SourceType source_mbox = {
    .type = "mbox", .open = mbox_open, .fetch = mbox_fetch, .wait = local_wait, .mark = local_mark, .close = mbox_close};
