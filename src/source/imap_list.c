/* imap_list.c: which messages are new. The first reading goes by `UID SEARCH SINCE`; afterwards everything from the
 * cursor on is new, whatever its date or flags say: a person may have read it, or moved old mail here. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "source/imap.h"

static gint64 instant_of(const struct mailimap_date_time *date)
{
    g_autoptr(GDateTime) local = g_date_time_new_utc(date->dt_year, date->dt_month, date->dt_day, date->dt_hour,
                                                     date->dt_min, MIN(date->dt_sec, 59));
    if (!local || date->dt_zone < -2359 || date->dt_zone > 2359)
        return 0;
    gint64 east = (date->dt_zone / 100) * 3600 + (date->dt_zone % 100) * 60;
    return (g_date_time_to_unix(local) - east) * G_USEC_PER_SEC;
}

ImapItem imap_item_from(const struct mailimap_msg_att *answer, guint *ret_bodies)
{
    ImapItem item = {0};
    *ret_bodies = 0;
    for (clistiter *at = clist_begin(answer->att_list); at; at = clist_next(at)) {
        const struct mailimap_msg_att_item *part = clist_content(at);
        if (part->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC)
            continue;
        const struct mailimap_msg_att_static *fact = part->att_data.att_static;
        if (fact->att_type == MAILIMAP_MSG_ATT_UID) {
            item.uid = fact->att_data.att_uid;
        } else if (fact->att_type == MAILIMAP_MSG_ATT_RFC822_SIZE) {
            item.size = fact->att_data.att_rfc822_size;
            item.listed = TRUE;
        } else if (fact->att_type == MAILIMAP_MSG_ATT_INTERNALDATE && fact->att_data.att_internal_date) {
            item.date = instant_of(fact->att_data.att_internal_date);
        } else if (fact->att_type == MAILIMAP_MSG_ATT_BODY_SECTION) {
            (*ret_bodies)++;
        }
    }
    return item;
}

/* --- searching ----------------------------------------------------------------------------------------------- */

static gint compare_uids(gconstpointer a, gconstpointer b)
{
    guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;
    return left < right ? -1 : left > right;
}

/* The last possible UID is left out: there would be no cursor beyond it. */
static gboolean is_uid(guint32 uid)
{
    return uid > 0 && uid < G_MAXUINT32;
}

static GArray *ascending(clist *found, guint32 from)
{
    GArray *uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (clistiter *at = clist_begin(found); at; at = clist_next(at)) {
        guint32 uid = *(uint32_t *)clist_content(at);
        if (uid >= from && is_uid(uid))
            g_array_append_val(uids, uid);
    }
    g_array_sort(uids, compare_uids);
    guint kept = 0;
    for (guint i = 0; i < uids->len; i++) {
        if (i == 0 || g_array_index(uids, guint32, i) != g_array_index(uids, guint32, kept - 1))
            g_array_index(uids, guint32, kept++) = g_array_index(uids, guint32, i);
    }
    g_array_set_size(uids, kept);
    return uids;
}

GArray *imap_list_since(Imap *imap, const char *since, guint32 from, GError **error)
{
    int year = atoi(since), month = atoi(since + 5), day = atoi(since + 8); /* read_since saw to the form */
    struct mailimap_search_key *key = mailimap_search_key_new_since(mailimap_date_new(day, month, year));
    clist *found = NULL;
    imap_allow(imap, LIMIT_SEARCH_BYTES);
    int result = mailimap_uid_search(imap->session, NULL, key, &found);
    mailimap_search_key_free(key);
    if (result != MAILIMAP_NO_ERROR) {
        imap_fail(imap, result, "UID SEARCH SINCE", error);
        return NULL;
    }
    GArray *uids = ascending(found, from);
    mailimap_search_result_free(found);
    return uids;
}

/* --- UID, size, date ----------------------------------------------------------------------------------------- */

static void ignore_progress(size_t current, size_t maximum, void *user)
{
    (void)current;
    (void)maximum;
    (void)user;
}

int imap_fetch_command(Imap *imap, struct mailimap_set *set, struct mailimap_fetch_type *wanted, guint64 allowance,
                       mailimap_msg_att_handler *handler, void *user)
{
    mailimap *session = imap->session;
    clist *unused = NULL;
    mailimap_fetch_type_new_fetch_att_list_add(wanted, mailimap_fetch_att_new_uid());
    imap_allow(imap, allowance);
    /* Without progress functions libetpan calls no handler and gives no message. */
    mailimap_set_progress_callback(session, ignore_progress, ignore_progress, NULL);
    mailimap_set_msg_att_handler(session, handler, user);
    int result = mailimap_uid_fetch(session, set, wanted, &unused);
    if (result == MAILIMAP_NO_ERROR && unused)
        mailimap_fetch_list_free(unused);
    mailimap_set_msg_att_handler(session, NULL, NULL);
    mailimap_set_progress_callback(session, NULL, NULL, NULL);
    mailimap_fetch_type_free(wanted);
    return result;
}

static int fetch_facts(Imap *imap, struct mailimap_set *set, guint64 allowance, mailimap_msg_att_handler *handler,
                       void *user)
{
    struct mailimap_fetch_type *wanted = mailimap_fetch_type_new_fetch_att_list_empty();
    mailimap_fetch_type_new_fetch_att_list_add(wanted, mailimap_fetch_att_new_internaldate());
    mailimap_fetch_type_new_fetch_att_list_add(wanted, mailimap_fetch_att_new_rfc822_size());
    return imap_fetch_command(imap, set, wanted, allowance, handler, user);
}

typedef struct {
    guint32 from;
    GArray *items;
} Collecting;

static void collect(struct mailimap_msg_att *answer, void *user)
{
    Collecting *collecting = user;
    guint bodies;
    ImapItem item = imap_item_from(answer, &bodies);
    /* n:* names the last message even when its UID is below n; FLAGS alone are news of no interest. */
    if (item.listed && item.uid >= collecting->from && is_uid(item.uid))
        g_array_append_val(collecting->items, item);
}

static gint compare_items(gconstpointer a, gconstpointer b)
{
    return compare_uids(&((const ImapItem *)a)->uid, &((const ImapItem *)b)->uid);
}

static GArray *list_from(Imap *imap, guint32 from, GError **error)
{
    g_autoptr(GArray) items = g_array_new(FALSE, TRUE, sizeof(ImapItem));
    Collecting collecting = {from, items};
    struct mailimap_set *set = mailimap_set_new_interval(from, 0);
    int result = fetch_facts(imap, set, LIMIT_LISTING_BYTES, collect, &collecting);
    mailimap_set_free(set);
    /* Some servers answer NO where nothing is new. */
    if (result != MAILIMAP_NO_ERROR && !(result == MAILIMAP_ERROR_UID_FETCH && items->len == 0)) {
        imap_fail(imap, result, "listing new messages", error);
        return NULL;
    }
    g_array_sort(items, compare_items);
    return g_steal_pointer(&items);
}

ImapItem *imap_item_find(ImapItem *items, guint count, guint32 uid)
{
    ImapItem sought = {.uid = uid};
    return bsearch(&sought, items, count, sizeof sought, compare_items);
}

typedef struct {
    ImapItem *items;
    guint count;
} Asked;

static void note_facts(struct mailimap_msg_att *answer, void *user)
{
    Asked *asked = user;
    guint bodies;
    ImapItem fact = imap_item_from(answer, &bodies);
    ImapItem *item = fact.listed ? imap_item_find(asked->items, asked->count, fact.uid) : NULL;
    if (!item)
        return;
    item->size = fact.size;
    item->date = fact.date;
    item->listed = TRUE;
}

gboolean imap_list_facts(Imap *imap, ImapItem *items, guint count, GError **error)
{
    struct mailimap_set *set = imap_set_of(items, count, FALSE);
    if (!set)
        return TRUE;
    Asked asked = {items, count};
    int result = fetch_facts(imap, set, LIMIT_ANSWER_BYTES, note_facts, &asked);
    mailimap_set_free(set);
    if (result != MAILIMAP_NO_ERROR)
        return imap_fail(imap, result, "asking for sizes and dates", error);
    for (guint i = 0; i < count; i++)
        items[i].settled = items[i].settled || !items[i].listed; /* expunged meanwhile */
    return TRUE;
}

struct mailimap_set *imap_set_of(const ImapItem *items, guint count, gboolean together)
{
    struct mailimap_set *set = mailimap_set_new_empty();
    guint32 first = 0, last = 0;
    for (guint i = 0; i < count; i++) {
        if (items[i].settled || (together && items[i].alone))
            continue;
        if (first && items[i].uid == last + 1) {
            last++;
            continue;
        }
        if (first)
            mailimap_set_add_interval(set, first, last);
        first = last = items[i].uid;
    }
    if (first) {
        mailimap_set_add_interval(set, first, last);
        return set;
    }
    mailimap_set_free(set);
    return NULL;
}

/* --- what is new --------------------------------------------------------------------------------------------- */

static void begin_anew(Imap *imap, ImapFolder *folder, guint32 uidvalidity)
{
    if (folder->uidvalidity)
        imap_report(imap, "folder %s was made anew by the server (UIDVALIDITY %u, was %u): it is read again from %s",
                    folder->name, uidvalidity, folder->uidvalidity, imap->since);
    folder->uidvalidity = uidvalidity;
    folder->next = 0;
    folder->scan_to = 0;
    g_clear_pointer(&folder->items, g_array_unref);
    g_hash_table_remove_all(folder->retry);
}

/* An earlier start date in the settings: what lies between the old and the new one is fetched too. */
static gboolean widen(Imap *imap, ImapFolder *folder, GError **error)
{
    if (!folder->since || strcmp(imap->since, folder->since) >= 0)
        return TRUE;
    g_autoptr(GArray) wide = imap_list_since(imap, imap->since, 1, error);
    g_autoptr(GArray) narrow = wide ? imap_list_since(imap, folder->since, 1, error) : NULL;
    if (!narrow)
        return FALSE;
    for (guint w = 0, n = 0; w < wide->len; w++) {
        guint32 uid = g_array_index(wide, guint32, w);
        while (n < narrow->len && g_array_index(narrow, guint32, n) < uid)
            n++;
        gboolean known = n < narrow->len && g_array_index(narrow, guint32, n) == uid;
        if (!known && uid < folder->next)
            g_hash_table_insert(folder->retry, GUINT_TO_POINTER(uid), g_new0(gint64, 1));
    }
    return TRUE;
}

static gboolean scan(Imap *imap, ImapFolder *folder, guint32 uidnext, GError **error)
{
    g_autoptr(GArray) uids = imap_list_since(imap, imap->since, folder->next, error);
    if (!uids)
        return FALSE;
    folder->items = g_array_sized_new(FALSE, TRUE, sizeof(ImapItem), uids->len);
    for (guint i = 0; i < uids->len; i++) {
        ImapItem item = {.uid = g_array_index(uids, guint32, i)};
        g_array_append_val(folder->items, item);
    }
    guint32 beyond = uids->len ? g_array_index(uids, guint32, uids->len - 1) + 1 : 0;
    folder->items_end = MAX(MAX(beyond, uidnext), folder->next);
    folder->scan_to = folder->items_end;
    return TRUE;
}

gboolean imap_list_new(Imap *imap, ImapFolder *folder, GError **error)
{
    const struct mailimap_selection_info *info = imap->session->imap_selection_info;
    if (folder->uidvalidity != info->sel_uidvalidity)
        begin_anew(imap, folder, info->sel_uidvalidity);
    if (folder->items)
        return TRUE;
    if (folder->next > 0 && !widen(imap, folder, error))
        return FALSE;
    if (folder->next == 0 || folder->next < folder->scan_to) {
        if (!scan(imap, folder, info->sel_uidnext, error))
            return FALSE;
    } else {
        folder->items = list_from(imap, folder->next, error);
        if (!folder->items)
            return FALSE;
        guint length = folder->items->len;
        folder->items_end = length ? g_array_index(folder->items, ImapItem, length - 1).uid + 1 : folder->next;
    }
    g_free(folder->since);
    folder->since = g_strdup(imap->since);
    return TRUE;
}
