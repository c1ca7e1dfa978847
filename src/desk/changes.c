#include <stdlib.h>

#include "base/clock.h"
#include "desk/changes.h"
#include "ledger/duties.h"
#include "ledger/lookup.h"

#define ENTRIES_MAX 100
#define ALIVE_USEC (15 * G_USEC_PER_SEC)

struct Changes {
    Ledger *ledger;
    gint64 version, event, alive;
};

Changes *changes_new(Ledger *ledger)
{
    Changes *changes = g_new0(Changes, 1);
    changes->ledger = ledger;
    changes->version = ledger_data_version(ledger);
    changes->event = lookup_newest_event(ledger);
    return changes;
}

void changes_free(Changes *changes)
{
    g_free(changes);
}

char *changes_since(Ledger *ledger, gint64 event, gint64 *ret_newest)
{
    *ret_newest = lookup_newest_event(ledger);
    if (*ret_newest <= event)
        return NULL;
    g_autoptr(GArray) entries = lookup_changed(ledger, event, ENTRIES_MAX + 1, NULL);
    json_t *list = json_array();
    for (guint i = 0; entries && i < MIN(entries->len, ENTRIES_MAX); i++)
        json_array_append_new(list, json_integer(g_array_index(entries, gint64, i)));
    json_t *object = json_pack("{s:I, s:o, s:b}", "event", (json_int_t)*ret_newest, "entries", list, "more",
                               !entries || entries->len > ENTRIES_MAX);
    char *data = json_dumps(object, JSON_COMPACT);
    char *text = g_strdup_printf("event: change\nid: %" G_GINT64_FORMAT "\ndata: %s\n\n", *ret_newest, data);
    free(data);
    json_decref(object);
    return text;
}

void changes_tell(Changes *changes, Http *http)
{
    gint64 version = ledger_data_version(changes->ledger), now = clock_mono();
    if (version != changes->version) {
        g_autofree char *text = changes_since(changes->ledger, changes->event, &changes->event);
        changes->version = version;
        if (text)
            streams_say(http, text);
    }
    if (now - changes->alive < ALIVE_USEC)
        return;
    changes->alive = now;
    streams_say(http, ":\n\n");
}
