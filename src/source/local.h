/* local.h: private to src/source: what sources on this machine's disk share. They have no UIDs: nothing can be marked. */
#ifndef SHOUWEN_SOURCE_LOCAL_H
#define SHOUWEN_SOURCE_LOCAL_H

#include "source/source.h"

typedef struct {
    Source source;
    char *mailbox, *path, *cursor;
    gint64 since, first_fetch; /* microseconds */
    gboolean answer_history;
    gint64 poll_seconds, batch_bytes;
} Local;

/* Fills the common part from [mailbox MAILBOX]; the file of the cursor is not touched. */
gboolean local_init(Local *local, const SourceType *type, const Conf *conf, const char *mailbox, GError **error);
void local_clear(Local *local);

/* Appends LENGTH bytes of FD at OFFSET as one frame, received at RECEIVED. Mail from before the start date is left out:
 * *RET_TAKEN is then FALSE. */
gboolean local_append(const Local *local, SegmentWriter *writer, int fd, const char *path, guint64 offset, guint64 length,
                      gint64 received, gboolean *ret_taken, GError **error);

/* SourceType's wait: poll interval, WAKE_FD, or DEADLINE. */
gboolean local_wait(Source *source, int wake_fd, gint64 deadline, GError **error);

/* SourceType's mark: nothing is told to a folder. */
gboolean local_mark(Source *source, const SourceMark *mark, GError **error);

#endif
