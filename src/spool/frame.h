/* frame.h: private to src/spool: how a segment's head and a frame's header stand on disk (spool/README.md has the tables).
 * Numbers are little-endian. A checksum is the first 8 bytes of the SHA-256 over everything before it. */
#ifndef SHOUWEN_SPOOL_FRAME_H
#define SHOUWEN_SPOOL_FRAME_H

#include "spool/segment.h"

#define SEGMENT_HEAD_BYTES 128
#define SEGMENT_MARK_BYTES 16
#define SEGMENT_OWNER_BYTES 32
#define SEGMENT_SEAL_OFFSET 112 /* of 8 bytes outside the checksum: zeros, or "SEALED\0\0" */
#define FRAME_HEADER_BYTES 320

typedef struct {
    guint32 number;
    guint8 mark[SEGMENT_MARK_BYTES]; /* random; every frame of the segment carries it */
    gint64 created;                  /* microseconds */
    char owner[SEGMENT_OWNER_BYTES];
    gboolean sealed;
} SegmentHead;

void segment_head_encode(const SegmentHead *head, guint8 ret_bytes[SEGMENT_HEAD_BYTES]);
gboolean segment_head_decode(const guint8 bytes[SEGMENT_HEAD_BYTES], SegmentHead *ret_head);

void frame_encode(const FrameInfo *info, const guint8 mark[SEGMENT_MARK_BYTES], guint8 ret_bytes[FRAME_HEADER_BYTES]);

typedef enum { FRAME_GOOD, FRAME_BLANK, FRAME_DAMAGED, FRAME_FOREIGN /* another segment's mark */ } FrameState;
FrameState frame_decode(const guint8 bytes[FRAME_HEADER_BYTES], const guint8 mark[SEGMENT_MARK_BYTES], FrameInfo *ret_info);

/* Whether only zeros stand where the header of the frame at OFFSET would. */
gboolean segment_tail_is_blank(int fd, guint64 offset);

/* DIR/NNNNNN.seg; caller frees. */
char *segment_path(const char *dir, guint32 number);

#endif
