/* mbox.c: one file of many mails, written by others. The cursor holds the place of the next "From " line and, to know the file
 * again, the place and SHA-256 of the last message taken (its first 64 KB). What stands there decides, not the file's number:
 * mail readers write the whole file anew to delete one mail. When it is not there any more, the file was rewritten or cut
 * short and is read from its beginning: what is known already is only another arrival of the same bytes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "source/local.h"
#include "source/mbox_split.h"

#define BATCH_MESSAGES 500
#define KNOWN_BYTES (64 << 10) /* of the last message, under the digest */
#define DIGEST_CHARS 64
#define DOTLOCK_SECONDS (5 * 60) /* an older one was left by a crash */

typedef struct {
    guint64 next, last;
    char digest[DIGEST_CHARS + 1]; /* of what stands at `last`, before `next` */
} Cursor;

typedef struct {
    Local local;
    int fd;
    Cursor cursor;
    gint64 written; /* the file's time */
    gboolean grown; /* it was read before: what is new came just now */
    gboolean paused;
    guint64 split_next; /* mbox_split's */
    SegmentWriter *writer;
    guint64 count, seen, batch_messages, batch_bytes;
    SourceProgress progress;
    gpointer user;
    GError *problem;
} Mbox;

/* --- cursor ------------------------------------------------------------------------------------------------------- */

static gboolean load_cursor(Mbox *mbox, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) failure = NULL;
    memset(&mbox->cursor, 0, sizeof mbox->cursor);
    if (!g_file_get_contents(mbox->local.cursor, &text, NULL, &failure)) {
        if (g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return TRUE;
        g_set_error(error, FAILURE, FAILURE_IO, "cannot read the cursor: %s", failure->message);
        return FALSE;
    }
    Cursor *c = &mbox->cursor;
    if (sscanf(text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %64[0-9a-f]", &c->next, &c->last, c->digest) != 3 ||
        c->last >= c->next)
        memset(c, 0, sizeof *c);
    return TRUE;
}

static gboolean digest_of(int fd, const Cursor *cursor, char ret_digest[DIGEST_CHARS + 1])
{
    gsize length = (gsize)MIN(cursor->next - cursor->last, KNOWN_BYTES);
    g_autofree char *bytes = g_malloc(length);
    if (pread(fd, bytes, length, (off_t)cursor->last) != (gssize)length)
        return FALSE;
    g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, length);
    g_strlcpy(ret_digest, digest, DIGEST_CHARS + 1);
    return TRUE;
}

static gboolean save_cursor(Mbox *mbox, GError **error)
{
    const Cursor *c = &mbox->cursor;
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %s\n", c->next, c->last, c->digest);
    return durable_replace(mbox->local.cursor, text, strlen(text), 0600, error);
}

/* --- messages ----------------------------------------------------------------------------------------------------- */

/* Everything taken so far is synced; then the cursor moves to NEXT. */
static gboolean end_batch(Mbox *mbox, guint64 last, guint64 next, GError **error)
{
    if (mbox->seen == 0)
        return TRUE;
    if (!segment_sync(mbox->writer, error))
        return FALSE;
    mbox->cursor.last = last;
    mbox->cursor.next = next;
    if (!digest_of(mbox->fd, &mbox->cursor, mbox->cursor.digest)) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "%s changed while it was read", mbox->local.path);
        return FALSE;
    }
    if (!save_cursor(mbox, error))
        return FALSE;
    if (mbox->batch_messages > 0 && mbox->progress)
        mbox->progress(mbox->batch_messages, mbox->batch_bytes, mbox->user);
    mbox->seen = mbox->batch_messages = mbox->batch_bytes = 0;
    return TRUE;
}

/* The "From " line before OFFSET: *RET_START, and the instant in it, -1 when it has none. */
static gint64 line_before(const Mbox *mbox, guint64 offset, guint64 *ret_start)
{
    char line[MBOX_LINE_BYTES];
    gsize length = (gsize)MIN(offset, sizeof line);
    *ret_start = offset;
    if (pread(mbox->fd, line, length, (off_t)(offset - length)) != (gssize)length)
        return -1;
    gsize start = length > 0 ? length - 1 : 0;
    while (start > 0 && line[start - 1] != '\n')
        start--;
    *ret_start = offset - length + start;
    return mbox_line_date(line + start, length - start, mbox->local.zone);
}

/* When a mail came: what was appended since the last fetch came now; the rest when its "From " line says, if it can be true. */
static gint64 received(const Mbox *mbox, gint64 date)
{
    return mbox->grown || date < 0 || date > mbox->written ? mbox->written : date;
}

static gboolean take_message(guint64 offset, guint64 length, gpointer user)
{
    Mbox *mbox = user;
    guint64 start;
    gint64 date = line_before(mbox, offset, &start);
    LocalResult result = local_append(&mbox->local, mbox->writer, mbox->fd, mbox->local.path, offset, length,
                                      received(mbox, date), NULL, &mbox->problem);
    if (result == LOCAL_UNREADABLE || result == LOCAL_FAILED)
        return FALSE;
    mbox->seen++;
    if (result == LOCAL_TAKEN) {
        mbox->count++;
        mbox->batch_messages++;
        mbox->batch_bytes += length;
    }
    if (mbox->seen < BATCH_MESSAGES && mbox->batch_bytes < (guint64)mbox->local.batch_bytes) {
        mbox->cursor.last = start;
        return TRUE;
    }
    if (!end_batch(mbox, start, mbox->split_next, &mbox->problem))
        return FALSE;
    mbox->paused = mbox->local.source.pause && mbox->local.source.pause(mbox->local.source.user);
    return !mbox->paused;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static gboolean busy(const Mbox *mbox, GError **error)
{
    g_set_error(error, FAILURE, FAILURE_AGAIN, "%s is being written", mbox->local.path);
    return FALSE;
}

/* Delivery agents lock in three ways; all are asked, none is waited for. A file system without locks has no writers either. */
static gboolean lock_file(const Mbox *mbox, GError **error)
{
    struct stat facts;
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    g_autofree char *dotlock = g_strconcat(mbox->local.path, ".lock", NULL);
    if (stat(dotlock, &facts) == 0 && clock_now() - local_written(&facts) < (gint64)DOTLOCK_SECONDS * G_USEC_PER_SEC)
        return busy(mbox, error);
    if (fcntl(mbox->fd, F_SETLK, &lock) != 0 && (errno == EACCES || errno == EAGAIN))
        return busy(mbox, error);
    if (flock(mbox->fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return busy(mbox, error);
    return TRUE;
}

static gboolean known_still(const Mbox *mbox)
{
    char digest[DIGEST_CHARS + 1];
    return mbox->cursor.next > 0 && digest_of(mbox->fd, &mbox->cursor, digest) && g_str_equal(digest, mbox->cursor.digest);
}

static gboolean split_from(Mbox *mbox, guint64 from, GError **error)
{
    mbox->seen = mbox->batch_messages = mbox->batch_bytes = 0;
    g_autoptr(GError) failure = NULL;
    if (mbox_split(mbox->fd, from, take_message, mbox, &mbox->split_next, &failure))
        return end_batch(mbox, mbox->cursor.last, mbox->split_next, error);
    if (mbox->paused)
        return TRUE;
    g_propagate_error(error, mbox->problem ? g_steal_pointer(&mbox->problem) : g_steal_pointer(&failure));
    return FALSE;
}

static gboolean read_file(Mbox *mbox, GError **error)
{
    struct stat facts;
    if (!lock_file(mbox, error))
        return FALSE;
    if (fstat(mbox->fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "[mailbox %s] path: %s is no file", mbox->local.mailbox, mbox->local.path);
        return FALSE;
    }
    mbox->written = local_written(&facts);
    mbox->grown = known_still(mbox);
    guint64 from = mbox->grown ? mbox->cursor.next : 0;
    if ((guint64)facts.st_size == from)
        return TRUE;
    g_autoptr(GError) failure = NULL;
    if (split_from(mbox, from, &failure))
        return TRUE;
    /* No "From " line at the cursor: the last message was not yet complete when it was taken. It is taken once more. */
    if (from > 0 && mbox->split_next == from && g_error_matches(failure, FAILURE, FAILURE_DATA))
        return split_from(mbox, mbox->cursor.last, error);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

static gboolean mbox_fetch(Source *source, SegmentWriter *writer, SourceProgress progress, gpointer user, guint64 *ret_count,
                           GError **error)
{
    Mbox *mbox = (Mbox *)source;
    *ret_count = mbox->count = 0;
    mbox->writer = writer;
    mbox->progress = progress;
    mbox->user = user;
    mbox->paused = FALSE;
    if (!local_begin(&mbox->local, error) || !load_cursor(mbox, error))
        return FALSE;
    mbox->fd = open(mbox->local.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (mbox->fd < 0) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "[mailbox %s] path: cannot open %s: %s", mbox->local.mailbox,
                    mbox->local.path, g_strerror(errno));
        return FALSE;
    }
    gboolean good = read_file(mbox, error);
    g_clear_error(&mbox->problem);
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
    if (local_init(&mbox->local, &source_mbox, conf, mailbox, error)) {
        local_watch(&mbox->local, mbox->local.path);
        return &mbox->local.source;
    }
    mbox_close(&mbox->local.source);
    return NULL;
}

const SourceType source_mbox = {
    .type = "mbox", .open = mbox_open, .fetch = mbox_fetch, .wait = local_wait, .mark = local_mark, .close = mbox_close};
