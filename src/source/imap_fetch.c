/* imap_fetch.c: fetching batch by batch. What is asked for is compared with what came; a batch that fails is taken up
 * again one message at a time; a message that fails three times alone is noted in the cursor, reported, and tried again
 * every day, so that it holds up nothing and is not forgotten. */
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "source/imap.h"

#define TRIES 3
#define RETRY_SECONDS (24 * 60 * 60)
#define RETRIES_AT_ONCE 100

typedef struct {
    Imap *imap;
    SegmentWriter *writer;
    SourceProgress progress;
    gpointer user;
    guint64 count;
    gboolean paused;
} Run;

static gboolean pause_now(Run *run)
{
    const Source *source = &run->imap->source;
    run->paused = run->paused || (source->pause && source->pause(source->user));
    return run->paused;
}

static void set_retry(ImapFolder *folder, guint32 uid)
{
    gint64 *due = g_new(gint64, 1);
    *due = clock_now() / G_USEC_PER_SEC + RETRY_SECONDS;
    g_hash_table_insert(folder->retry, GUINT_TO_POINTER(uid), due);
}

static void give_up(Imap *imap, ImapFolder *folder, ImapItem *item)
{
    set_retry(folder, item->uid);
    item->settled = TRUE;
    imap_report(imap, "message %u of %s cannot be fetched (tried %d times); it is tried again every day, look at it in "
                "the mailbox", item->uid, folder->name, TRIES);
}

static void note_stored(Imap *imap, const ImapFolder *folder, ImapItem *item)
{
    item->settled = TRUE;
    if (item->header)
        imap_report(imap, "message %u of %s exceeds %" G_GUINT64_FORMAT " MB: only its header was taken, look at it in "
                    "the mailbox", item->uid, folder->name, LIMIT_MESSAGE_BYTES >> 20);
}

/* One message to its end: stored, gone, or given up. FALSE when the connection is lost or the writer fails. */
static gboolean settle_alone(Run *run, ImapFolder *folder, ImapItem *item, GError **error)
{
    gboolean fine = TRUE;
    while (fine && !item->settled && item->tries < TRIES) {
        if (item->tries > 0 || !item->alone) {
            item->listed = FALSE; /* it did not come when asked for: is it still there? */
            fine = imap_list_facts(run->imap, item, 1, error);
        }
        if (!fine || item->settled)
            return fine;
        item->alone = TRUE;
        fine = imap_body_one(run->imap, folder, item, run->writer, error);
        if (item->stored)
            note_stored(run->imap, folder, item);
    }
    if (!item->settled && item->tries >= TRIES)
        give_up(run->imap, folder, item);
    return fine;
}

/* --- a batch ------------------------------------------------------------------------------------------------- */

/* How many of the first items make a batch; their sizes are asked for where unknown. 0 on error. */
static guint plan(Run *run, ImapFolder *folder, GError **error)
{
    ImapItem *items = (ImapItem *)(gpointer)folder->items->data;
    guint most = MIN(folder->items->len, LIMIT_FETCH_COUNT);
    guint known = 0;
    while (known < most && items[known].listed)
        known++;
    if (known < most && !imap_list_facts(run->imap, items + known, most - known, error))
        return 0;
    guint64 bytes = 0;
    guint count = 0;
    for (; count < most; count++) {
        bytes += items[count].settled ? 0 : items[count].size;
        if (count > 0 && bytes > run->imap->batch_bytes)
            break;
        items[count].alone = items[count].alone || items[count].size > LIMIT_FETCH_WHOLE;
    }
    return count;
}

static gboolean fetch_items(Run *run, ImapFolder *folder, ImapItem *items, guint count, GError **error)
{
    gboolean fine = imap_body_many(run->imap, folder, items, count, run->writer, error);
    for (guint i = 0; i < count; i++) {
        if (items[i].stored)
            items[i].settled = TRUE;
        else if (fine)
            fine = settle_alone(run, folder, &items[i], error);
    }
    return fine;
}

/* Makes what came durable, moves the cursor, tells the stage. A failed sync loses the batch: it is asked for again. */
static gboolean commit(Run *run, ImapFolder *folder, ImapItem *items, guint count, GError **error)
{
    guint64 messages = 0, bytes = 0;
    for (guint i = 0; i < count; i++) {
        messages += items[i].stored;
        bytes += items[i].stored ? items[i].size : 0;
    }
    if (messages > 0 && !segment_sync(run->writer, error)) {
        for (guint i = 0; i < count; i++) {
            if (items[i].stored)
                items[i].stored = items[i].settled = FALSE;
        }
        return FALSE;
    }
    guint kept = 0;
    for (guint i = 0; i < count; i++) {
        if (!items[i].settled)
            items[kept++] = items[i];
    }
    if (kept < count)
        g_array_remove_range(folder->items, kept, count - kept);
    folder->next = folder->items->len ? g_array_index(folder->items, ImapItem, 0).uid : folder->items_end;
    if (!imap_cursor_save(run->imap, error))
        return FALSE;
    run->count += messages;
    if (messages > 0 && run->progress)
        run->progress(messages, bytes, run->user);
    return TRUE;
}

static gboolean fetch_batch(Run *run, ImapFolder *folder, GError **error)
{
    guint count = plan(run, folder, error);
    if (count == 0)
        return FALSE;
    ImapItem *items = (ImapItem *)(gpointer)folder->items->data;
    g_autoptr(GError) problem = NULL;
    gboolean fine = fetch_items(run, folder, items, count, &problem);
    /* What came before the failure is kept: it need not come again. */
    gboolean committed = commit(run, folder, items, count, fine ? error : NULL);
    if (!fine)
        g_propagate_error(error, g_steal_pointer(&problem));
    return fine && committed;
}

/* --- messages that failed before ----------------------------------------------------------------------------- */

static gint compare_items(gconstpointer a, gconstpointer b)
{
    guint32 left = ((const ImapItem *)a)->uid, right = ((const ImapItem *)b)->uid;
    return left < right ? -1 : left > right;
}

static GArray *due_items(const ImapFolder *folder)
{
    GArray *items = g_array_new(FALSE, TRUE, sizeof(ImapItem));
    gint64 now = clock_now() / G_USEC_PER_SEC;
    GHashTableIter each;
    gpointer uid, due;
    g_hash_table_iter_init(&each, folder->retry);
    while (items->len < RETRIES_AT_ONCE && g_hash_table_iter_next(&each, &uid, &due)) {
        ImapItem item = {.uid = GPOINTER_TO_UINT(uid), .tries = TRIES - 1};
        if (*(gint64 *)due <= now)
            g_array_append_val(items, item);
    }
    g_array_sort(items, compare_items);
    return items;
}

/* One attempt each. The next one is set before it, so that a message that breaks the connection cannot do so again
 * and again. */
static gboolean fetch_due(Run *run, ImapFolder *folder, GError **error)
{
    g_autoptr(GArray) due = due_items(folder);
    ImapItem *items = (ImapItem *)(gpointer)due->data;
    g_autoptr(GError) problem = NULL;
    guint64 stored = 0, bytes = 0;
    gboolean fine = TRUE;
    for (guint i = 0; i < due->len && fine && !pause_now(run); i++) {
        set_retry(folder, items[i].uid);
        fine = imap_list_facts(run->imap, &items[i], 1, &problem) &&
               (items[i].settled || imap_body_one(run->imap, folder, &items[i], run->writer, &problem));
        if (items[i].stored)
            note_stored(run->imap, folder, &items[i]);
        stored += items[i].stored;
        bytes += items[i].stored ? items[i].size : 0;
    }
    if (stored > 0 && !segment_sync(run->writer, fine ? error : NULL))
        return FALSE;
    for (guint i = 0; i < due->len; i++) {
        if (items[i].settled)
            g_hash_table_remove(folder->retry, GUINT_TO_POINTER(items[i].uid));
    }
    gboolean saved = due->len == 0 || imap_cursor_save(run->imap, fine ? error : NULL);
    run->count += stored;
    if (stored > 0 && run->progress)
        run->progress(stored, bytes, run->user);
    if (!fine)
        g_propagate_error(error, g_steal_pointer(&problem));
    return fine && saved;
}

/* --- folders ------------------------------------------------------------------------------------------------- */

static gboolean finish_folder(Run *run, ImapFolder *folder, GError **error)
{
    g_clear_pointer(&folder->items, g_array_unref);
    if (folder->next == folder->items_end && folder->scan_to == 0)
        return TRUE;
    folder->next = folder->items_end;
    folder->scan_to = 0;
    return imap_cursor_save(run->imap, error);
}

/* A folder that cannot be opened must not keep the others from being read; it is reported once. The first one is
 * needed for IDLE, and what is wrong with it is usually wrong with all. */
static gboolean may_skip(Imap *imap, ImapFolder *folder, const GError *problem)
{
    if (!imap->session || imap->selected == folder || folder == imap->folders->pdata[0])
        return FALSE;
    if (!folder->reported)
        imap_report(imap, "%s", problem->message);
    folder->reported = TRUE;
    return TRUE;
}

static gboolean fetch_folder(Run *run, ImapFolder *folder, GError **error)
{
    Imap *imap = run->imap;
    gboolean writing = imap->action != ACTION_KEEP && !folder->watch;
    g_autoptr(GError) problem = NULL;
    if (!imap_select(imap, folder, writing, &problem)) {
        if (may_skip(imap, folder, problem))
            return TRUE;
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    folder->reported = FALSE;
    folder->uidnext = imap->session->imap_selection_info->sel_uidnext;
    if (!imap_list_new(imap, folder, error))
        return FALSE;
    while (folder->items->len > 0) {
        if (pause_now(run))
            return TRUE;
        if (!fetch_batch(run, folder, error))
            return FALSE;
    }
    return finish_folder(run, folder, error) && fetch_due(run, folder, error);
}

gboolean imap_fetch(Source *source, SegmentWriter *writer, SourceProgress progress, gpointer user,
                    guint64 *ret_count, GError **error)
{
    Imap *imap = (Imap *)source;
    Run run = {imap, writer, progress, user, 0, FALSE};
    *ret_count = 0;
    if (!imap_ready(imap, error))
        return FALSE;
    if (imap->first_fetch == 0) {
        imap->first_fetch = clock_now() / G_USEC_PER_SEC * G_USEC_PER_SEC;
        if (!imap_cursor_save(imap, error))
            return FALSE;
    }
    gboolean whole_round = clock_mono() >= imap->round_due;
    gboolean fine = TRUE;
    for (guint i = 0; i < imap->folders->len && fine && !run.paused; i++) {
        ImapFolder *folder = imap->folders->pdata[i];
        if (i == 0 || whole_round || folder->items)
            fine = fetch_folder(&run, folder, error);
    }
    if (fine && !run.paused && whole_round)
        imap->round_due = clock_mono() + imap->poll_seconds * G_USEC_PER_SEC;
    *ret_count = run.count;
    return fine;
}
