/* imap.h: what the files of the IMAP source share. libetpan gives the grammar, net/stream.h the connection.
 *
 * The server is believed in nothing that costs memory, disk or time: every command has a budget of bytes and a
 * deadline (imap_allow), lengths that it announces are only hints, and ENVELOPE and BODYSTRUCTURE are never asked for
 * (libetpan's parser follows their nesting on the stack). After a protocol error the connection is closed, because
 * nothing says where the next answer begins. */
#ifndef SHOUWEN_SOURCE_IMAP_H
#define SHOUWEN_SOURCE_IMAP_H

#include <libetpan/libetpan.h>

#include "net/stream.h"
#include "source/source.h"

typedef enum { ACTION_KEEP, ACTION_FLAG, ACTION_KEYWORD, ACTION_MOVE } ImapAction;

typedef struct {
    guint32 uid, size;
    gint64 date;    /* microseconds; 0 = not given */
    guint8 tries;   /* times it failed alone */
    guint8 listed;  /* size and date are known */
    guint8 alone;   /* to be fetched by a command of its own */
    guint8 header;  /* only its header is to be fetched */
    guint8 settled; /* stored, gone or given up */
    guint8 stored;
} ImapItem;

typedef struct {
    char *name, *wire; /* UTF-8 as configured, and as the server wants it */
    gboolean watch;
    gboolean reported, keywords_refused; /* a person was told that it cannot be opened, that it takes no keywords */
    /* The cursor: UIDs below NEXT are settled. While NEXT < SCAN_TO the folder is still being read from `since`. */
    guint32 uidvalidity, next, scan_to;
    char *since;       /* the setting with which it was read */
    GHashTable *retry; /* UID -> gint64 *: when to try again, seconds since 1970; 0 = now */
    /* The listing under way, ascending; survives a reconnection. NULL when there is none. */
    GArray *items;
    guint32 items_end; /* NEXT when all of them are settled */
    guint32 uidnext;   /* as the server said when the folder was last read */
} ImapFolder;

typedef struct {
    Source source;
    const Conf *conf;
    char *mailbox, *group, *cursor_path, *ca_file;
    char *user, *password; /* PASSWORD NULL with OAuth 2 */
    NetTarget target;
    GPtrArray *folders;
    char *since;
    gboolean idle, answer_history;
    gint64 poll_seconds;
    guint64 batch_bytes;
    ImapAction action;
    char *action_name;  /* the keyword, or the target folder on the wire */
    gint64 first_fetch; /* microseconds; 0 = never fetched */
    gint64 round_due;   /* clock_mono: when all folders are read again, not only the first */
    mailimap *session;  /* NULL while not connected */
    ImapFolder *selected;
    gboolean selected_for_writing;
} Imap;

/* --- imap_session.c --- */

/* Connects, secures, logs in, says who we are; nothing when already connected. */
gboolean imap_ready(Imap *imap, GError **error);

/* Ends the connection: politely, or at once when POLITE is FALSE. */
void imap_drop(Imap *imap, gboolean polite);

/* Selects FOLDER (EXAMINE unless WRITING) and tells its UIDVALIDITY. When it is selected already, NOOP. */
gboolean imap_select(Imap *imap, ImapFolder *folder, gboolean writing, GError **error);

/* The budget of the next command: BYTES of answer, and the time that they may take. */
void imap_allow(Imap *imap, guint64 bytes);

/* FALSE, with ERROR saying that DOING failed and why, after libetpan's RESULT. The connection is dropped unless the
 * server merely answered NO. */
gboolean imap_fail(Imap *imap, int result, const char *doing, GError **error);

/* Whether the server lists CAPABILITY. */
gboolean imap_can(const Imap *imap, const char *capability);

/* Tells the stage, if it listens. */
void imap_report(Imap *imap, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* --- imap_cursor.c --- */
gboolean imap_cursor_load(Imap *imap, GError **error);
gboolean imap_cursor_save(Imap *imap, GError **error);

/* --- imap_list.c --- */

/* Fills FOLDER->items with the UIDs that are new in the selected FOLDER, unless a listing is under way. */
gboolean imap_list_new(Imap *imap, ImapFolder *folder, GError **error);

/* Size and date of COUNT items, by one command; those that the server no longer has are settled. */
gboolean imap_list_facts(Imap *imap, ImapItem *items, guint count, GError **error);

/* UIDs (guint32, ascending) that the selected folder holds since the start date, at least FROM. */
GArray *imap_list_since(Imap *imap, const char *since, guint32 from, GError **error);

/* The set of the COUNT ascending items' UIDs, without those settled and, with TOGETHER, those to be fetched alone;
 * NULL when none is left. mailimap_set_free it. */
struct mailimap_set *imap_set_of(const ImapItem *items, guint count, gboolean together);

/* The item with UID among COUNT ascending ones, or NULL. */
ImapItem *imap_item_find(ImapItem *items, guint count, guint32 uid);

/* UID, size and date out of a FETCH answer; UID 0 when it has none. *RET_BODIES: body sections in it. */
ImapItem imap_item_from(const struct mailimap_msg_att *answer, guint *ret_bodies);

/* A FETCH of UID and what WANTED adds (it is freed), each answer given to HANDLER. */
int imap_fetch_command(Imap *imap, struct mailimap_set *set, struct mailimap_fetch_type *wanted, guint64 allowance,
                       mailimap_msg_att_handler *handler, void *user);

/* --- imap_body.c --- */

/* Fetches those of the COUNT items that are not alone by one command into WRITER and marks those that came as
 * stored. When the server fails, the rest is marked to be fetched alone. */
gboolean imap_body_many(Imap *imap, ImapFolder *folder, ImapItem *items, guint count, SegmentWriter *writer,
                        GError **error);

/* Fetches one item, streamed, or its header only. TRUE with item->stored unset: the server sent nothing. Every
 * failure that is the server's adds to item->tries. */
gboolean imap_body_one(Imap *imap, ImapFolder *folder, ImapItem *item, SegmentWriter *writer, GError **error);

/* --- the entries of source_imap --- */
gboolean imap_fetch(Source *source, SegmentWriter *writer, SourceProgress progress, gpointer user,
                    guint64 *ret_count, GError **error);
gboolean imap_wait(Source *source, int wake_fd, gint64 deadline, GError **error);
gboolean imap_mark(Source *source, const SourceMark *mark, GError **error);
gboolean imap_mark_set(Source *source, const char *folder, guint32 uidvalidity, const guint32 *uids, gsize count,
                       GError **error);

/* Connects, logs in and opens each folder once: what `init` and `check` do. *RET_TEXT: one line on what the server
 * can (IDLE, MOVE …); caller frees. */
gboolean imap_probe(Source *source, char **ret_text, GError **error);

#endif
