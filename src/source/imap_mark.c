/* imap_mark.c: telling the server that a message is in the ledger: \Flagged, a keyword, or a move. Never \Seen, which
 * belongs to the people who read the mailbox. Everything may be asked for twice; a message that is gone is done. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/failure.h"
#include "base/limits.h"
#include "source/imap.h"

#define MARKS_AT_ONCE 500 /* UIDs a command names: within 8 KB, which every server takes */

static gboolean allows_keyword(const Imap *imap)
{
    const struct mailimap_selection_info *info = imap->session->imap_selection_info;
    if (!info->sel_perm_flags)
        return FALSE;
    for (clistiter *at = clist_begin(info->sel_perm_flags); at; at = clist_next(at)) {
        const struct mailimap_flag_perm *allowed = clist_content(at);
        if (allowed->fl_type == MAILIMAP_FLAG_PERM_ALL)
            return TRUE;
        if (allowed->fl_flag && allowed->fl_flag->fl_type == MAILIMAP_FLAG_KEYWORD &&
            strcasecmp(allowed->fl_flag->fl_data.fl_keyword, imap->action_name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean add_flag(Imap *imap, struct mailimap_set *set, struct mailimap_flag *flag, GError **error)
{
    struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
    mailimap_flag_list_add(flags, flag);
    struct mailimap_store_att_flags *change = mailimap_store_att_flags_new_add_flags_silent(flags);
    imap_allow(imap, LIMIT_ANSWER_BYTES);
    int result = mailimap_uid_store(imap->session, set, change);
    mailimap_store_att_flags_free(change);
    return result == MAILIMAP_NO_ERROR || imap_fail(imap, result, "UID STORE", error);
}

/* MOVE is one step; COPY, \Deleted and EXPUNGE are three, and a connection lost between them leaves a second copy in
 * the target, never none. */
static int move_or_copy(Imap *imap, struct mailimap_set *set, gboolean move)
{
    imap_allow(imap, LIMIT_ANSWER_BYTES);
    return move ? mailimap_uid_move(imap->session, set, imap->action_name)
                : mailimap_uid_copy(imap->session, set, imap->action_name);
}

static gboolean move_away(Imap *imap, struct mailimap_set *set, GError **error)
{
    gboolean move = imap_can(imap, "MOVE");
    int refused = move ? MAILIMAP_ERROR_UID_MOVE : MAILIMAP_ERROR_UID_COPY;
    int result = move_or_copy(imap, set, move);
    /* Older servers of libetpan's table answer with the codes of the plain commands. */
    if (result == refused || result == MAILIMAP_ERROR_MOVE || result == MAILIMAP_ERROR_COPY) {
        imap_allow(imap, LIMIT_ANSWER_BYTES);
        result = mailimap_create(imap->session, imap->action_name);
        if (result != MAILIMAP_NO_ERROR && result != MAILIMAP_ERROR_CREATE)
            return imap_fail(imap, result, "CREATE", error);
        result = move_or_copy(imap, set, move);
    }
    if (result != MAILIMAP_NO_ERROR)
        return imap_fail(imap, result, "moving messages (action = move)", error);
    if (move)
        return TRUE;
    if (!add_flag(imap, set, mailimap_flag_new_deleted(), error))
        return FALSE;
    /* A plain EXPUNGE would also remove what people have marked \Deleted. */
    if (!imap_can(imap, "UIDPLUS"))
        return TRUE;
    imap_allow(imap, LIMIT_ANSWER_BYTES);
    result = mailimap_uid_expunge(imap->session, set);
    return result == MAILIMAP_NO_ERROR || imap_fail(imap, result, "UID EXPUNGE", error);
}

static gboolean act(Imap *imap, struct mailimap_set *set, GError **error)
{
    switch (imap->action) {
    case ACTION_KEEP:
        return TRUE;
    case ACTION_FLAG:
        return add_flag(imap, set, mailimap_flag_new_flagged(), error);
    case ACTION_KEYWORD:
        if (allows_keyword(imap))
            return add_flag(imap, set, mailimap_flag_new_flag_keyword(strdup(imap->action_name)), error);
        if (!imap->selected->keywords_refused)
            imap_report(imap, "%s keeps no keywords in %s: set action to flag, move:FOLDER or keep in [%s]",
                        imap->target.host, imap->selected->name, imap->group);
        imap->selected->keywords_refused = TRUE;
        return TRUE;
    case ACTION_MOVE:
        return move_away(imap, set, error);
    }
    return TRUE;
}

/* Some servers answer NO when a UID is gone; then there is nothing left to do. */
static gboolean act_or_gone(Imap *imap, ImapItem *items, guint count, GError **error)
{
    struct mailimap_set *set = imap_set_of(items, count, FALSE);
    if (!set)
        return TRUE;
    g_autoptr(GError) problem = NULL;
    gboolean done = act(imap, set, &problem);
    mailimap_set_free(set);
    if (done)
        return TRUE;
    if (imap->session && imap_list_facts(imap, items, count, NULL)) {
        set = imap_set_of(items, count, FALSE);
        if (!set)
            return TRUE;
        mailimap_set_free(set);
    }
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
}

static ImapFolder *folder_to_mark(Imap *imap, const char *name)
{
    for (guint i = 0; i < imap->folders->len; i++) {
        ImapFolder *folder = imap->folders->pdata[i];
        if (g_str_equal(folder->name, name))
            return folder->watch ? NULL : folder; /* watched ones are never written to */
    }
    return NULL;
}

static gint compare_uids(gconstpointer a, gconstpointer b)
{
    guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;
    return left < right ? -1 : left > right;
}

gboolean imap_mark_set(Source *source, const char *name, guint32 uidvalidity, const guint32 *uids, gsize count,
                       GError **error)
{
    Imap *imap = (Imap *)source;
    ImapFolder *folder = folder_to_mark(imap, name);
    if (imap->action == ACTION_KEEP || !folder || count == 0)
        return TRUE;
    if (!imap_ready(imap, error) || !imap_select(imap, folder, TRUE, error))
        return FALSE;
    if (imap->session->imap_selection_info->sel_uidvalidity != uidvalidity)
        return TRUE; /* the folder was made anew: these UIDs name nothing any more */
    g_autofree guint32 *sorted = g_memdup2(uids, count * sizeof *uids);
    qsort(sorted, count, sizeof *sorted, compare_uids);
    for (gsize done = 0; done < count;) {
        ImapItem items[MARKS_AT_ONCE];
        guint taken = 0;
        for (; taken < MARKS_AT_ONCE && done < count; done++) {
            if (sorted[done] > 0)
                items[taken++] = (ImapItem){.uid = sorted[done]};
        }
        if (!act_or_gone(imap, items, taken, error))
            return FALSE;
    }
    return TRUE;
}

gboolean imap_mark(Source *source, const SourceMark *mark, GError **error)
{
    return imap_mark_set(source, mark->folder, mark->uidvalidity, &mark->uid, 1, error);
}
