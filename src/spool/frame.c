#include <string.h>

#include "spool/frame.h"

#define SEGMENT_MAGIC "SHOUWENS"
#define FRAME_MAGIC "SWFRAME1"
#define VERSION 1
#define CHECK_BYTES 8
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
    if (head->sealed)
        memcpy(b + SEGMENT_SEAL_OFFSET, "SEALED", 6);
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
    head->sealed = memcmp(b + SEGMENT_SEAL_OFFSET, "SEALED", 6) == 0;
    return TRUE;
}

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
    if (memcmp(b + 8, mark, SEGMENT_MARK_BYTES) != 0)
        return FRAME_FOREIGN;
    info->length = get64(b + 24);
    info->internal_date = (gint64)get64(b + 32);
    info->uidvalidity = get32(b + 40);
    info->uid = get32(b + 44);
    info->flags = get32(b + 48);
    memcpy(info->sha256, b + 56, 32);
    memcpy(info->source, b + 88, FRAME_SOURCE_BYTES - 1);
    return FRAME_GOOD;
}

char *segment_path(const char *dir, guint32 number)
{
    return g_strdup_printf("%s/%06u.seg", dir, number);
}
