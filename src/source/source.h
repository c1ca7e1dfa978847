/* source.h: where mail comes from. IMAP, Maildir, mbox and single files give messages to a segment writer through the
 * same interface; a row of the table in source.c is all that knows which is which. */
#ifndef SHOUWEN_SOURCE_SOURCE_H
#define SHOUWEN_SOURCE_SOURCE_H

#include "conf/conf.h"
#include "spool/segment.h"

typedef struct Source Source;

/* A message that intake has committed, and for which the server may now be told. */
typedef struct {
    char *folder;
    guint32 uidvalidity, uid;
} SourceMark;

/* For each batch that is synced: the places are final and the cursor has moved. */
typedef void (*SourceProgress)(guint64 messages, guint64 bytes, gpointer user);

typedef struct {
    const char *type; /* "imap" "maildir" "mbox" "eml" */
    Source *(*open)(const Conf *conf, const char *mailbox, GError **error);
    /* Fetches everything new: append, sync, move the cursor, batch by batch. TRUE with *RET_COUNT when there is nothing
     * more to get now. */
    gboolean (*fetch)(Source *source, SegmentWriter *writer, SourceProgress progress, gpointer user,
                      guint64 *ret_count, GError **error);
    /* Waits for news (IDLE or the poll interval), until DEADLINE (clock_mono), or until WAKE_FD is readable. */
    gboolean (*wait)(Source *source, int wake_fd, gint64 deadline, GError **error);
    /* The post-commit action (keep, flag, keyword, move) for MARK, idempotent. */
    gboolean (*mark)(Source *source, const SourceMark *mark, GError **error);
    /* The UIDs the server holds since the start date, for `reconcile`: FOLDER after FOLDER through VISIT. NULL where
     * the source has no UIDs. */
    gboolean (*list)(Source *source,
                     void (*visit)(const char *folder, guint32 uidvalidity, guint32 uid, gpointer user),
                     gpointer user, GError **error);
    void (*close)(Source *source);
    /* As mark, for COUNT UIDS of one folder in as few commands as possible. NULL: mark is called for each. */
    gboolean (*mark_set)(Source *source, const char *folder, guint32 uidvalidity, const guint32 *uids, gsize count,
                         GError **error);
    /* Has the next fetch get MARK's UID (again), whatever the cursor says: `reconcile` found it missing. NULL where
     * the source has no UIDs. */
    gboolean (*want)(Source *source, const SourceMark *mark, GError **error);
} SourceType;

/* The first member of every source. The stage may set the rest after source_open; NULL where it does not care. */
struct Source {
    const SourceType *type;
    /* Asked between batches: TRUE ends the fetch early (and well): a stop, marks that wait, a full disk. */
    gboolean (*pause)(gpointer user);
    /* One line a person should see: a message given up, a folder that was made anew. */
    void (*report)(const char *line, gpointer user);
    gpointer user;
};

/* Opens the mailbox NAME of CONF by its type. */
Source *source_open(const Conf *conf, const char *mailbox, GError **error);
void source_close(Source *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Source, source_close)

/* Writes down that MAILBOX was read to its end (WHAT "alive") or had a fresh token ("token") at INSTANT (microseconds), as the time
 * of the file spool/cursors/MAILBOX~WHAT. Not durable: it is only ever compared with now. */
gboolean source_beat(const Conf *conf, const char *mailbox, const char *what, gint64 instant, GError **error);

/* That time; 0: never. */
gint64 source_beat_time(const Conf *conf, const char *mailbox, const char *what);

extern const SourceType source_imap, source_maildir, source_mbox, source_eml;

/* The cursor file of a mailbox: spool/cursors/NAME, a GKeyFile with a group per folder; replaced durably. */
char *source_cursor_path(const Conf *conf, const char *mailbox);

#endif
