#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failure.h"
#include "spool/frame.h"

#define SEGMENT_MAGIC "SHOUWENS"
#define FRAME_MAGIC "SWFRAME1"
#define VERSION 1
#define CHECK_BYTES 8
#define STATE_WORD_BYTES 4  /* "OPEN" or "SEAL" */
#define STATE_CHECK_BYTES 4
#define STATE_TRIES 20      /* a reader may meet the writer's sixteen bytes half copied */
#define READ_BYTES (256 * 1024)
#define HEAD_CHECKED 104  /* bytes of the head under its checksum */
#define FRAME_CHECKED 312 /* bytes of the header under its checksum */

static void put32(guint8 *at, guint32 value)
{
    value = GUINT32_TO_LE(value);
    memcpy(at, &value, sizeof value);
}

static void put64(guint8 *at, guint64 value)
{
    value = GUINT64_TO_LE(value);
    memcpy(at, &value, sizeof value);
}

static guint32 get32(const guint8 *at)
{
    guint32 value;
    memcpy(&value, at, sizeof value);
    return GUINT32_FROM_LE(value);
}

static guint64 get64(const guint8 *at)
{
    guint64 value;
    memcpy(&value, at, sizeof value);
    return GUINT64_FROM_LE(value);
}

static void check(const guint8 *bytes, gsize length, guint8 ret_check[CHECK_BYTES])
{
    guint8 digest[32];
    gsize size = sizeof digest;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, bytes, (gssize)length);
    g_checksum_get_digest(sum, digest, &size);
    memcpy(ret_check, digest, CHECK_BYTES);
}

static gboolean checked(const guint8 *bytes, gsize length)
{
    guint8 wanted[CHECK_BYTES];
    check(bytes, length, wanted);
    return memcmp(bytes + length, wanted, CHECK_BYTES) == 0;
}

/* --- the head ----------------------------------------------------------------------------------------------------- */

static void state_check(const SegmentHead *head, const guint8 b[SEGMENT_STATE_BYTES], guint8 ret_check[STATE_CHECK_BYTES])
{
    guint8 covered[SEGMENT_MARK_BYTES + STATE_WORD_BYTES + 8], digest[CHECK_BYTES];
    memcpy(covered, head->mark, SEGMENT_MARK_BYTES);
    memcpy(covered + SEGMENT_MARK_BYTES, b, STATE_WORD_BYTES);
    memcpy(covered + SEGMENT_MARK_BYTES + STATE_WORD_BYTES, b + 8, 8);
    check(covered, sizeof covered, digest);
    memcpy(ret_check, digest, STATE_CHECK_BYTES);
}

void segment_state_encode(const SegmentHead *head, guint8 b[SEGMENT_STATE_BYTES])
{
    memcpy(b, head->sealed ? "SEAL" : "OPEN", STATE_WORD_BYTES);
    put64(b + 8, head->settled);
    state_check(head, b, b + STATE_WORD_BYTES);
}

static void state_decode(SegmentHead *head, const guint8 b[SEGMENT_STATE_BYTES])
{
    guint8 wanted[STATE_CHECK_BYTES];
    state_check(head, b, wanted);
    head->sealed = memcmp(b, "SEAL", STATE_WORD_BYTES) == 0;
    head->settled = get64(b + 8);
    head->state_damaged = memcmp(b + STATE_WORD_BYTES, wanted, STATE_CHECK_BYTES) != 0 || head->settled < SEGMENT_HEAD_BYTES ||
                          head->settled > G_MAXINT64;
}

void segment_head_encode(const SegmentHead *head, guint8 b[SEGMENT_HEAD_BYTES])
{
    memset(b, 0, SEGMENT_HEAD_BYTES);
    memcpy(b, SEGMENT_MAGIC, 8);
    put32(b + 8, VERSION);
    put32(b + 12, head->number);
    memcpy(b + 16, head->mark, SEGMENT_MARK_BYTES);
    put64(b + 32, (guint64)head->created);
    g_strlcpy((char *)b + 40, head->owner, SEGMENT_OWNER_BYTES);
    check(b, HEAD_CHECKED, b + HEAD_CHECKED);
    segment_state_encode(head, b + SEGMENT_STATE_OFFSET);
}

gboolean segment_head_decode(const guint8 b[SEGMENT_HEAD_BYTES], SegmentHead *head)
{
    memset(head, 0, sizeof *head);
    if (memcmp(b, SEGMENT_MAGIC, 8) != 0 || get32(b + 8) != VERSION || !checked(b, HEAD_CHECKED))
        return FALSE;
    head->number = get32(b + 12);
    memcpy(head->mark, b + 16, SEGMENT_MARK_BYTES);
    head->created = (gint64)get64(b + 32);
    memcpy(head->owner, b + 40, SEGMENT_OWNER_BYTES - 1);
    state_decode(head, b + SEGMENT_STATE_OFFSET);
    return TRUE;
}

gboolean segment_head_read(int fd, const char *path, SegmentHead *head, gboolean *ret_empty, GError **error)
{
    static const guint8 blank[SEGMENT_HEAD_BYTES];
    guint8 bytes[SEGMENT_HEAD_BYTES] = {0};
    struct stat facts;
    *ret_empty = FALSE;
    for (int i = 0; i < STATE_TRIES; i++) {
        gssize n = pread(fd, bytes, sizeof bytes, 0);
        if (n < 0 || fstat(fd, &facts) != 0) {
            g_set_error(error, FAILURE, FAILURE_IO, "cannot read segment %s: %s", path, g_strerror(errno));
            return FALSE;
        }
        *ret_empty = facts.st_size <= SEGMENT_HEAD_BYTES &&
                     (n < SEGMENT_HEAD_BYTES || memcmp(bytes, blank, sizeof blank) == 0);
        if (*ret_empty)
            return TRUE;
        if (n == SEGMENT_HEAD_BYTES && segment_head_decode(bytes, head) && !head->state_damaged)
            return TRUE;
        sched_yield();
    }
    if (segment_head_decode(bytes, head))
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_DATA, "the head of segment %s is damaged; restore it from a backup", path);
    return FALSE;
}

/* --- frames ------------------------------------------------------------------------------------------------------- */

void frame_encode(const FrameInfo *info, const guint8 mark[SEGMENT_MARK_BYTES], guint8 b[FRAME_HEADER_BYTES])
{
    memset(b, 0, FRAME_HEADER_BYTES);
    memcpy(b, FRAME_MAGIC, 8);
    memcpy(b + 8, mark, SEGMENT_MARK_BYTES);
    put64(b + 24, info->length);
    put64(b + 32, (guint64)info->internal_date);
    put32(b + 40, info->uidvalidity);
    put32(b + 44, info->uid);
    put32(b + 48, info->flags);
    memcpy(b + 56, info->sha256, 32);
    g_strlcpy((char *)b + 88, info->source, FRAME_SOURCE_BYTES);
    check(b, FRAME_CHECKED, b + FRAME_CHECKED);
}

FrameState frame_decode(const guint8 b[FRAME_HEADER_BYTES], const guint8 mark[SEGMENT_MARK_BYTES], FrameInfo *info)
{
    static const guint8 blank[FRAME_HEADER_BYTES];
    memset(info, 0, sizeof *info);
    if (memcmp(b, blank, FRAME_HEADER_BYTES) == 0)
        return FRAME_BLANK;
    if (memcmp(b, FRAME_MAGIC, 8) != 0 || !checked(b, FRAME_CHECKED))
        return FRAME_DAMAGED;
    info->length = get64(b + 24);
    info->internal_date = (gint64)get64(b + 32);
    info->uidvalidity = get32(b + 40);
    info->uid = get32(b + 44);
    info->flags = get32(b + 48);
    memcpy(info->sha256, b + 56, 32);
    memcpy(info->source, b + 88, FRAME_SOURCE_BYTES - 1);
    return memcmp(b + 8, mark, SEGMENT_MARK_BYTES) == 0 ? FRAME_GOOD : FRAME_FOREIGN;
}

FrameState frame_read(int fd, const SegmentHead *head, guint64 offset, guint64 end, FrameInfo *info)
{
    guint8 bytes[FRAME_HEADER_BYTES];
    if (offset > end || end - offset < FRAME_HEADER_BYTES)
        return FRAME_SHORT;
    gssize n = pread(fd, bytes, sizeof bytes, (off_t)offset);
    if (n < 0)
        return FRAME_UNREADABLE;
    if (n < FRAME_HEADER_BYTES)
        return FRAME_SHORT;
    FrameState state = frame_decode(bytes, head->mark, info);
    gboolean whole = state == FRAME_GOOD || state == FRAME_FOREIGN;
    return whole && info->length > end - offset - FRAME_HEADER_BYTES ? FRAME_SHORT : state;
}

gboolean frame_body_whole(int fd, guint64 offset, guint64 length, const guint8 sha256[32])
{
    guint8 digest[32];
    gsize size = sizeof digest;
    g_autofree guint8 *buffer = g_malloc(READ_BYTES);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    while (length > 0) {
        gssize n = pread(fd, buffer, MIN(length, READ_BYTES), (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        g_checksum_update(sum, buffer, n);
        offset += (guint64)n;
        length -= (guint64)n;
    }
    g_checksum_get_digest(sum, digest, &size);
    return memcmp(digest, sha256, sizeof digest) == 0;
}

char *segment_path(const char *dir, guint32 number)
{
    return g_strdup_printf("%s/%06u.seg", dir, number);
}
