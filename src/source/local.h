/* local.h: private to src/source: what sources on this machine's disk share. They have no UIDs: nothing can be marked, and
 * `action` must be keep. */
#ifndef SHOUWEN_SOURCE_LOCAL_H
#define SHOUWEN_SOURCE_LOCAL_H

#include <sys/stat.h>

#include "source/source.h"

typedef struct {
    Source source;
    char *mailbox, *path, *cursor;
    GTimeZone *zone;
    gint64 since, first_fetch; /* microseconds; first_fetch is 0 before local_begin */
    gboolean answer_history;
    gint64 poll_seconds, batch_bytes;
    int watch_fd; /* inotify; -1: polling alone */
} Local;

/* Fills the common part from [mailbox MAILBOX]. Nothing on disk is changed. */
gboolean local_init(Local *local, const SourceType *type, const Conf *conf, const char *mailbox, GError **error);
void local_clear(Local *local);

/* Wakes local_wait when something is finished in PATH, a folder or file. Where that cannot be had, polling has to do. */
void local_watch(Local *local, const char *path);

/* To be called by each fetch: knows, or writes down, the instant of the first one. */
gboolean local_begin(Local *local, GError **error);

/* What became of a message. OLD: from before the start date, left out. UNREADABLE: it is the message's fault, ERROR says
 * which, and others may be taken. FAILED: the spool's fault. */
typedef enum { LOCAL_TAKEN, LOCAL_OLD, LOCAL_UNREADABLE, LOCAL_FAILED } LocalResult;

/* Appends LENGTH bytes of FD at OFFSET as one frame, received at RECEIVED. With WAS, a file whose size or time is another at
 * the end is being written and so UNREADABLE. Of a message over the limit only the header is taken. */
LocalResult local_append(const Local *local, SegmentWriter *writer, int fd, const char *path, guint64 offset, guint64 length,
                         gint64 received, const struct stat *was, GError **error);

/* The time at which a file was last written, microseconds. */
gint64 local_written(const struct stat *facts);

/* One line to the stage, if it listens. */
void local_report(const Local *local, const char *line);

/* SourceType's wait: news by inotify, the poll interval, WAKE_FD, or DEADLINE. */
gboolean local_wait(Source *source, int wake_fd, gint64 deadline, GError **error);

/* SourceType's mark: nothing is told to a folder. */
gboolean local_mark(Source *source, const SourceMark *mark, GError **error);

#endif
