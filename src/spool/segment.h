/* segment.h: the evidence on disk. spool/segments/NNNNNN.seg holds frames: a fixed-width header and one message's
 * bytes, untouched. DESIGN: the body is streamed first and the header written last over a blank one; one fdatasync a
 * batch; each writer owns its open segment (O_EXCL, lock held for life); offsets never move.
 *
 * A frame is believed when its header's checksum is right, it carries the segment's random mark, and it stands below the
 * end that the writer publishes in the segment's head after each sync that succeeded: a frame above it may be in memory
 * only, and be taken back. segment_walk visits no other. */
#ifndef SHOUWEN_SPOOL_SEGMENT_H
#define SHOUWEN_SPOOL_SEGMENT_H

#include <glib.h>

#define SEGMENT_MAX_BYTES (G_GUINT64_CONSTANT(64) << 20) /* then sealed and a new one opened */
#define SEGMENT_MAX_AGE_SECONDS (24 * 60 * 60)
#define FRAME_SOURCE_BYTES 160

enum {
    FRAME_HISTORY = 1 << 0, /* mail older than the start date's letters: silent */
    FRAME_WATCH = 1 << 1,   /* from a folder that is only watched (junk): review, no letter */
    FRAME_ERASED = 1 << 2,  /* personal data overwritten (erase) */
    FRAME_GIVEN = 1 << 3,   /* handed in by `intake FILE` */
    FRAME_HEADER = 1 << 4,  /* only the header was fetched: the message exceeds LIMIT_MESSAGE_BYTES; review, no letter */
};

typedef struct {
    char source[FRAME_SOURCE_BYTES]; /* "MAILBOX/FOLDER" as configured, UTF-8; letters: "letter" */
    guint32 uidvalidity, uid;        /* 0 where the source has none */
    gint64 internal_date;            /* microseconds; the server's INTERNALDATE, else the file's time */
    guint32 flags;                   /* FRAME_… */
    guint64 length;                  /* bytes of the message */
    guint8 sha256[32];               /* of the message's bytes */
} FrameInfo;

typedef struct {
    guint32 segment; /* number of the file */
    guint64 offset;  /* of the frame's header in it */
} FramePlace;

/* --- writing ------------------------------------------------------------------------------------------------ */
typedef struct SegmentWriter SegmentWriter;

/* Prepares to append to DIR (created 0700 when absent). No file is made before the first frame. OWNER names the
 * writer (letters, digits, '-') and stands in the segment's head. Segments that a dead writer left, of any owner, are
 * taken over under their lock: whole frames are kept, the torn tail is cut, the segment is sealed. A tail is cut only above
 * the published end, and the ledger knows no frame there: segment_sync_for_reading puts the published end itself on disk
 * before what stands below is entered. */
SegmentWriter *segment_writer_new(const char *dir, const char *owner, GError **error);
void segment_writer_free(SegmentWriter *writer); /* seals */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SegmentWriter, segment_writer_free)

/* One frame: begin, any number of appends, end. INFO's length and sha256 are computed, the rest is taken.
 * A failure leaves the file cut back to its last good frame; the frame is then gone, those before it stand. */
gboolean segment_begin(SegmentWriter *writer, const FrameInfo *info, GError **error);
gboolean segment_append(SegmentWriter *writer, const void *bytes, gsize length, GError **error);
gboolean segment_end(SegmentWriter *writer, FramePlace *ret_place, GError **error);
void segment_abandon(SegmentWriter *writer);

/* Makes every frame ended so far durable. When it fails the batch must be thought lost: the file is cut back to
 * the last synced frame and sealed, and the next frame opens a new segment (a failed sync is never retried). */
gboolean segment_sync(SegmentWriter *writer, GError **error);

/* --- reading ------------------------------------------------------------------------------------------------ */
/* Numbers of the segments in DIR, ascending; element type guint32. */
GArray *segment_list(const char *dir, GError **error);

/* fdatasync of segment NUMBER by a reader, before it commits what it saw: with it the published end is on disk, and no
 * recovery cuts below it. */
gboolean segment_sync_for_reading(const char *dir, guint32 number, GError **error);

typedef enum { WALK_ON, WALK_STOP } WalkAnswer;
typedef WalkAnswer (*SegmentVisitor)(const FrameInfo *info, FramePlace place, guint64 next_offset, gpointer user);

/* Calls VISIT for every good frame of segment NUMBER from FROM (0 = its beginning; else a next_offset seen before).
 * Damage is reported through DAMAGE (may be NULL): a frame with another segment's mark is stepped over by its length; a
 * header that cannot be read ends the walk there (a later frame that the ledger knows can be walked FROM); a segment that
 * ends too early is told. A body is not looked at (segment_verify). A segment torn when it was made has no frames.
 * Returns the offset to go on from, 0 on error. Erased frames are visited too (see flags). */
typedef void (*SegmentDamage)(guint32 number, guint64 offset, const char *what, gpointer user);
guint64 segment_walk(const char *dir, guint32 number, guint64 from, SegmentVisitor visit, SegmentDamage damage,
                     gpointer user, GError **error);

/* Opens the message at PLACE: a read-only descriptor, where its bytes begin, and INFO. Caller closes. -1 on error.
 * The checksum of the header is verified, the SHA-256 of the bytes is not (segment_verify does). */
int segment_open(const char *dir, FramePlace place, FrameInfo *ret_info, guint64 *ret_offset, GError **error);

/* Re-computes the SHA-256 of the message at PLACE. */
gboolean segment_verify(const char *dir, FramePlace place, GError **error);

/* --- one daemon per spool ------------------------------------------------------------------------------------- */
/* Takes the spool's lock (spool/lock, pid written in it). FAILURE_AGAIN naming the holder when it is taken.
 * The descriptor is to be kept open; -1 on error. */
int spool_lock(const char *spool, GError **error);

/* Bytes of the file system of DIR that are left for us. */
gboolean spool_free_bytes(const char *dir, guint64 *ret_bytes, GError **error);

/* Whether the file system of DIR has at least MIN_FREE bytes left for us. FALSE with ERROR set names both figures. */
gboolean spool_has_room(const char *dir, guint64 min_free, GError **error);

/* FAILURE_CONFIG when DIR lies on a network file system. */
gboolean spool_is_local(const char *dir, GError **error);

#endif
