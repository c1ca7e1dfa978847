#include <string.h>
#include <sys/stat.h>

#include "stages/indexer.h"
#include "stages/log.h"

typedef struct {
    FrameInfo info;
    FramePlace place;
    guint64 next;
} Seen;

typedef struct {
    guint64 size;    /* of the file when it was last read to its end */
    guint64 indexed; /* committed */
} Known;

struct Indexer {
    const Conf *conf;
    const char *segments;
    Ledger *ledger;
    GHashTable *known; /* segment number -> Known */
    GArray *seen;      /* Seen, of this turn */
    guint limit;
    gboolean behind;
};

Indexer *indexer_new(const Conf *conf, const char *segments, Ledger *ledger)
{
    Indexer *indexer = g_new0(Indexer, 1);
    indexer->conf = conf;
    indexer->segments = segments;
    indexer->ledger = ledger;
    indexer->known = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    indexer->seen = g_array_new(FALSE, TRUE, sizeof(Seen));
    return indexer;
}

void indexer_free(Indexer *indexer)
{
    if (!indexer)
        return;
    g_hash_table_unref(indexer->known);
    g_array_unref(indexer->seen);
    g_free(indexer);
}

static WalkAnswer note_frame(const FrameInfo *info, FramePlace place, guint64 next_offset, gpointer user)
{
    Indexer *indexer = user;
    Seen seen = {*info, place, next_offset};
    g_array_append_val(indexer->seen, seen);
    if (indexer->seen->len < indexer->limit)
        return WALK_ON;
    indexer->behind = TRUE;
    return WALK_STOP;
}

static void note_damage(guint32 number, guint64 offset, const char *what, gpointer user)
{
    (void)user;
    stage_log("intake", "segment %06u is damaged at byte %" G_GUINT64_FORMAT ": %s; run 'shouwen verify'", number,
              offset, what);
}

static Known *known_segment(Indexer *indexer, guint32 number)
{
    Known *known = g_hash_table_lookup(indexer->known, GUINT_TO_POINTER(number));
    if (!known) {
        known = g_new0(Known, 1);
        known->indexed = ledger_indexed(indexer->ledger, number);
        g_hash_table_insert(indexer->known, GUINT_TO_POINTER(number), known);
    }
    return known;
}

static gboolean walk_segment(Indexer *indexer, guint32 number, GError **error)
{
    struct stat facts;
    Known *known = known_segment(indexer, number);
    g_autofree char *name = g_strdup_printf("%s/%06u.seg", indexer->segments, number);
    if (stat(name, &facts) != 0 || (guint64)facts.st_size == known->size)
        return TRUE;
    guint before = indexer->seen->len;
    guint64 next = segment_walk(indexer->segments, number, known->indexed, note_frame, note_damage, indexer, error);
    if (next == 0)
        return FALSE;
    /* Only a file read to its last byte is done with: an unfinished frame gets its header without growing. */
    if (next == (guint64)facts.st_size && indexer->seen->len == before)
        known->size = next;
    return indexer->seen->len == before || segment_sync_for_reading(indexer->segments, number, error);
}

gboolean indexer_walk(Indexer *indexer, guint limit, GError **error)
{
    g_array_set_size(indexer->seen, 0);
    indexer->limit = limit;
    indexer->behind = FALSE;
    g_autoptr(GArray) numbers = segment_list(indexer->segments, error);
    if (!numbers)
        return FALSE;
    for (guint i = 0; i < numbers->len && !indexer->behind; i++)
        if (!walk_segment(indexer, g_array_index(numbers, guint32, i), error)) {
            g_array_set_size(indexer->seen, 0);
            return FALSE;
        }
    return TRUE;
}

/* Nothing is to be told to the server of a mailbox whose action is keep, or of a folder that is only watched. */
static gboolean needs_no_mark(const Indexer *indexer, const FrameInfo *info)
{
    if (info->uid == 0 || (info->flags & (FRAME_WATCH | FRAME_GIVEN)))
        return TRUE;
    const char *slash = strchr(info->source, '/');
    g_autofree char *name = slash ? g_strndup(info->source, (gsize)(slash - info->source)) : g_strdup(info->source);
    if (!g_strv_contains(conf_mailboxes(indexer->conf), name))
        return TRUE;
    g_autofree char *group = g_strdup_printf("mailbox %s", name);
    return g_str_equal(conf_string(indexer->conf, group, "action"), "keep");
}

gboolean indexer_enter(Indexer *indexer, Ledger *ledger, GError **error)
{
    for (guint i = 0; i < indexer->seen->len; i++) {
        const Seen *seen = &g_array_index(indexer->seen, Seen, i);
        gint64 message;
        gboolean fresh;
        if (!ledger_arrival_add(ledger, &seen->info, seen->place, needs_no_mark(indexer, &seen->info), &message, &fresh,
                                error) ||
            !ledger_set_indexed(ledger, seen->place.segment, seen->next, error))
            return FALSE;
    }
    return TRUE;
}

void indexer_settled(Indexer *indexer)
{
    for (guint i = 0; i < indexer->seen->len; i++) {
        const Seen *seen = &g_array_index(indexer->seen, Seen, i);
        Known *known = known_segment(indexer, seen->place.segment);
        known->indexed = MAX(known->indexed, seen->next);
    }
    g_array_set_size(indexer->seen, 0);
}

void indexer_forget(Indexer *indexer)
{
    g_array_set_size(indexer->seen, 0);
    g_hash_table_remove_all(indexer->known);
}

gboolean indexer_behind(const Indexer *indexer)
{
    return indexer->behind;
}
