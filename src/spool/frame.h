/* frame.h: private to src/spool: how a segment's head and a frame's header stand on disk (spool/README.md has the tables).
 * Numbers are little-endian. A checksum is the first 8 bytes of the SHA-256 over everything before it. */
#ifndef SHOUWEN_SPOOL_FRAME_H
#define SHOUWEN_SPOOL_FRAME_H

#include "spool/segment.h"

#define SEGMENT_HEAD_BYTES 128
#define SEGMENT_MARK_BYTES 16
#define SEGMENT_OWNER_BYTES 32
#define SEGMENT_STATE_OFFSET 112 /* outside the head's checksum: the only bytes of a segment that are rewritten */
#define SEGMENT_STATE_BYTES 16
#define FRAME_HEADER_BYTES 320

typedef struct {
    guint32 number;
    guint8 mark[SEGMENT_MARK_BYTES]; /* random; every frame of the segment carries it */
    gint64 created;                  /* microseconds */
    char owner[SEGMENT_OWNER_BYTES];
    gboolean sealed;        /* nothing is appended any more */
    gboolean state_damaged; /* the two others cannot be believed */
    guint64 settled;        /* every frame that ends here or before is on disk; nothing above may be believed */
} SegmentHead;

void segment_head_encode(const SegmentHead *head, guint8 ret_bytes[SEGMENT_HEAD_BYTES]);
gboolean segment_head_decode(const guint8 bytes[SEGMENT_HEAD_BYTES], SegmentHead *ret_head);

/* The head's last part, which stands at SEGMENT_STATE_OFFSET: sealed or not, and settled. It lies within one sector and is
 * written in one piece. */
void segment_state_encode(const SegmentHead *head, guint8 ret_bytes[SEGMENT_STATE_BYTES]);

/* Reads the head of the open file FD. FALSE when it is damaged. A file that is shorter than a head, or all zeros up to its
 * end, was torn when it was made and never held a frame: *RET_EMPTY. PATH is for the message. */
gboolean segment_head_read(int fd, const char *path, SegmentHead *ret_head, gboolean *ret_empty, GError **error);

void frame_encode(const FrameInfo *info, const guint8 mark[SEGMENT_MARK_BYTES], guint8 ret_bytes[FRAME_HEADER_BYTES]);

/* FOREIGN: whole, but with another segment's mark. RET_INFO is filled for GOOD and FOREIGN. */
typedef enum { FRAME_GOOD, FRAME_BLANK, FRAME_DAMAGED, FRAME_FOREIGN, FRAME_SHORT, FRAME_UNREADABLE } FrameState;
FrameState frame_decode(const guint8 bytes[FRAME_HEADER_BYTES], const guint8 mark[SEGMENT_MARK_BYTES], FrameInfo *ret_info);

/* The frame at OFFSET of a file whose frames end at END. SHORT: the header or the message would reach beyond END. */
FrameState frame_read(int fd, const SegmentHead *head, guint64 offset, guint64 end, FrameInfo *ret_info);

/* Whether the LENGTH bytes at OFFSET have this SHA-256. Streams: a message may be large. */
gboolean frame_body_whole(int fd, guint64 offset, guint64 length, const guint8 sha256[32]);

/* segment_finish.c: takes over segment NUMBER of DIR when whoever wrote it died: keeps every whole frame, cuts the torn tail
 * above `settled`, and seals. Does nothing to a segment whose lock is held, whose head is damaged, or that is sealed. */
void segment_finish(const char *dir, guint32 number);

/* DIR/NNNNNN.seg; caller frees. */
char *segment_path(const char *dir, guint32 number);

#endif
