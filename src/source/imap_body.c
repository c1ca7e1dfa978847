/* imap_body.c: the messages themselves, from the connection into frames. Small ones come by the hundred and are held
 * in memory one at a time, because a server may name the UID after the bytes; a large one is asked for alone, so that
 * its UID is known, and streamed. */
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "source/imap.h"

#define ANSWER_OVERHEAD 1024 /* bytes of protocol around one message */

typedef struct {
    Imap *imap;
    ImapFolder *folder;
    ImapItem *items;
    guint count;
    SegmentWriter *writer;
    GByteArray *body; /* the message that is coming in; NULL when it is streamed */
    guint64 bytes;    /* of it so far */
    guint64 limit;    /* more than that is not taken */
    gboolean beyond;  /* it was more */
    guint bodies;     /* body sections in the whole answer */
    guint32 uid;      /* of the last answer with one */
    GError *error;    /* the writer's */
} Taking;

static void frame_info(const Taking *taking, const ImapItem *item, FrameInfo *info)
{
    const Imap *imap = taking->imap;
    const ImapFolder *folder = taking->folder;
    memset(info, 0, sizeof *info);
    g_snprintf(info->source, sizeof info->source, "%s/%s", imap->mailbox, folder->name);
    info->uidvalidity = folder->uidvalidity;
    info->uid = item->uid;
    info->internal_date = item->date ? item->date : clock_now();
    /* Without a date: what was there when the folder was first read is old. */
    gboolean old = item->date ? item->date < imap->first_fetch : item->uid < folder->scan_to;
    if (old && !imap->answer_history)
        info->flags |= FRAME_HISTORY;
    if (folder->watch)
        info->flags |= FRAME_WATCH;
    if (item->header)
        info->flags |= FRAME_HEADER | FRAME_WATCH;
}

static bool take_bytes(int kind, struct mailimap_msg_att_body_section *section, const char *bytes, size_t length,
                       void *user)
{
    (void)section;
    Taking *taking = user;
    if (kind != MAILIMAP_MSG_ATT_BODY_SECTION)
        return true;
    taking->bytes += length;
    taking->beyond = taking->beyond || taking->bytes > taking->limit;
    if (taking->beyond || taking->error)
        return false;
    if (!taking->body)
        return segment_append(taking->writer, bytes, length, &taking->error);
    g_byte_array_append(taking->body, (const guint8 *)bytes, (guint)length);
    return true;
}

static struct mailimap_fetch_type *wanted_body(gboolean header)
{
    struct mailimap_section *section = header ? mailimap_section_new_header() : mailimap_section_new(NULL);
    struct mailimap_fetch_type *wanted = mailimap_fetch_type_new_fetch_att_list_empty();
    mailimap_fetch_type_new_fetch_att_list_add(wanted, mailimap_fetch_att_new_body_peek_section(section));
    return wanted;
}

static int run(Taking *taking, struct mailimap_set *set, gboolean header, guint64 allowance,
               mailimap_msg_att_handler *handler)
{
    mailimap *session = taking->imap->session;
    mailimap_set_msg_body_handler(session, take_bytes, taking);
    int result = imap_fetch_command(taking->imap, set, wanted_body(header), allowance, handler, taking);
    mailimap_set_msg_body_handler(session, NULL, NULL);
    return result;
}

/* --- many ---------------------------------------------------------------------------------------------------- */

static void store_small(Taking *taking, ImapItem *item)
{
    FrameInfo info;
    FramePlace place;
    frame_info(taking, item, &info);
    if (!segment_begin(taking->writer, &info, &taking->error))
        return;
    if (!segment_append(taking->writer, taking->body->data, taking->body->len, &taking->error)) {
        segment_abandon(taking->writer);
        return;
    }
    item->stored = segment_end(taking->writer, &place, &taking->error);
}

static void small_came(struct mailimap_msg_att *answer, void *user)
{
    Taking *taking = user;
    guint bodies;
    ImapItem said = imap_item_from(answer, &bodies);
    ImapItem *item = bodies == 1 ? imap_item_find(taking->items, taking->count, said.uid) : NULL;
    gboolean asked = item && !item->settled && !item->stored && !item->alone;
    gboolean something = item && (taking->body->len > 0 || item->size == 0);
    if (asked && something && !taking->error)
        store_small(taking, item);
    g_byte_array_set_size(taking->body, 0);
    taking->bytes = 0;
}

gboolean imap_body_many(Imap *imap, ImapFolder *folder, ImapItem *items, guint count, SegmentWriter *writer,
                        GError **error)
{
    struct mailimap_set *set = imap_set_of(items, count, TRUE);
    if (!set)
        return TRUE;
    guint64 announced = 0;
    for (guint i = 0; i < count; i++)
        announced += items[i].alone || items[i].settled ? 0 : items[i].size;
    g_autoptr(GByteArray) body = g_byte_array_new();
    Taking taking = {.imap = imap, .folder = folder, .items = items, .count = count, .writer = writer, .body = body,
                     .limit = 2 * LIMIT_FETCH_WHOLE};
    /* Sizes that servers announce may be somewhat wrong, as where line ends are counted otherwise. */
    guint64 allowance = 2 * announced + (guint64)count * ANSWER_OVERHEAD + LIMIT_ANSWER_BYTES;
    int result = run(&taking, set, FALSE, allowance, small_came);
    mailimap_set_free(set);
    if (taking.error) {
        if (result != MAILIMAP_NO_ERROR)
            imap_drop(imap, FALSE);
        g_propagate_error(error, taking.error);
        return FALSE;
    }
    if (result == MAILIMAP_NO_ERROR || result == MAILIMAP_ERROR_UID_FETCH)
        return TRUE; /* what did not come is asked for alone */
    for (guint i = 0; i < count; i++)
        items[i].alone = TRUE;
    g_autofree char *doing = g_strdup_printf("fetching %u messages of %s", count, folder->name);
    return imap_fail(imap, result, doing, error);
}

/* --- one ----------------------------------------------------------------------------------------------------- */

static void large_came(struct mailimap_msg_att *answer, void *user)
{
    Taking *taking = user;
    guint bodies;
    ImapItem said = imap_item_from(answer, &bodies);
    taking->bodies += bodies;
    if (bodies > 0)
        taking->uid = said.uid;
}

static gboolean one_failed(Taking *taking, int result, GError **error)
{
    Imap *imap = taking->imap;
    ImapItem *item = taking->items;
    if (taking->error) {
        if (result != MAILIMAP_NO_ERROR)
            imap_drop(imap, FALSE);
        g_propagate_error(error, taking->error);
        return FALSE;
    }
    if (result == MAILIMAP_NO_ERROR || result == MAILIMAP_ERROR_UID_FETCH) {
        item->tries++;
        return TRUE;
    }
    if (taking->beyond && !item->header)
        item->header = TRUE; /* that is what is left to try, and no failure of this message */
    else
        item->tries++;
    g_autofree char *doing = g_strdup_printf("fetching message %u of %s%s", item->uid, taking->folder->name,
                                             taking->beyond ? " (it is larger than we take)" : "");
    return imap_fail(imap, result, doing, error);
}

gboolean imap_body_one(Imap *imap, ImapFolder *folder, ImapItem *item, SegmentWriter *writer, GError **error)
{
    item->header = item->header || item->size > LIMIT_MESSAGE_BYTES;
    FrameInfo info;
    FramePlace place;
    Taking taking = {.imap = imap, .folder = folder, .items = item, .count = 1, .writer = writer,
                     .limit = item->header ? LIMIT_HEADER_BYTES : LIMIT_MESSAGE_BYTES};
    struct mailimap_set *set = mailimap_set_new_single(item->uid);
    frame_info(&taking, item, &info);
    gboolean begun = segment_begin(writer, &info, &taking.error);
    int result = begun ? run(&taking, set, item->header, taking.limit + LIMIT_ANSWER_BYTES, large_came)
                       : MAILIMAP_NO_ERROR;
    mailimap_set_free(set);
    gboolean came = !taking.error && result == MAILIMAP_NO_ERROR && taking.bodies == 1 && taking.uid == item->uid &&
                    (taking.bytes > 0 || item->size == 0);
    if (came && segment_end(writer, &place, &taking.error)) {
        item->stored = TRUE;
        return TRUE;
    }
    if (begun && !came)
        segment_abandon(writer);
    return one_failed(&taking, result, error);
}
