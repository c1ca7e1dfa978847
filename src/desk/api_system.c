/* api_system.c: the state of the machinery. */
#include "base/clock.h"
#include "base/failure.h"
#include "base/version.h"
#include "desk/api.h"
#include "desk/entries.h"
#include "desk/http.h"
#include "desk/password.h"
#include "ledger/alarms.h"
#include "ledger/events.h"
#include "ledger/facts.h"
#include "source/source.h"

typedef struct {
    Worker *w;
    json_t *list;
    GHashTable *sources; /* mailbox -> json of what came from it */
} Listing;

static void note_source(const char *mailbox, gint64 arrivals, gint64 last, gpointer user)
{
    Listing *listing = user;
    g_hash_table_replace(listing->sources, g_strdup(mailbox),
                         json_pack("{s:I, s:I}", "arrivals", (json_int_t)arrivals, "last", (json_int_t)last));
}

static void release(gpointer json)
{
    json_decref(json);
}

/* Every mailbox of the settings; what was handed in by hand is none. */
static gboolean add_mailboxes(Worker *w, json_t *object, GError **error)
{
    const Conf *conf = w->desk->conf;
    json_t *list = json_array();
    g_autoptr(GHashTable) sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, release);
    Listing listing = {.w = w, .sources = sources};
    json_object_set_new(object, "mailboxes", list);
    if (!lookup_sources(w->ledger, note_source, &listing, error))
        return FALSE;
    for (const char *const *name = conf_mailboxes(conf); *name; name++) {
        g_autofree char *group = g_strdup_printf("mailbox %s", *name);
        json_t *known = g_hash_table_lookup(sources, *name);
        gint64 beat = source_beat_time(conf, *name, "alive");
        json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:I}", "name", js_text(*name), "type",
                                              js_text(conf_string(conf, group, "type")), "fetched", js_instant(beat, w->desk->zone),
                                              "last_arrival", js_instant(json_integer_value(json_object_get(known, "last")), w->desk->zone),
                                              "arrivals", json_integer_value(json_object_get(known, "arrivals"))));
    }
    return TRUE;
}

static void add_quarantined(const LedgerMessageRow *message, gpointer user)
{
    Listing *listing = user;
    json_array_append_new(listing->list,
                          json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)message->id, "received",
                                    js_instant(message->received, listing->w->desk->zone), "sender_name", js_plain(message->sender_name),
                                    "sender_address", js_plain(message->sender_address), "subject", js_plain(message->subject), "reason",
                                    js_text(message->reason)));
}

static gboolean add_quarantine(Worker *w, json_t *object, GError **error)
{
    Listing listing = {.w = w, .list = json_array()};
    json_object_set_new(object, "quarantine", listing.list);
    return ledger_messages(w->ledger, 0, add_quarantined, &listing, error);
}

static gboolean add_alarms(Worker *w, json_t *object, GError **error)
{
    json_t *list = json_array();
    json_object_set_new(object, "alarms", list);
    g_autoptr(GPtrArray) alarms = ledger_alarms(w->ledger, error);
    for (guint i = 0; alarms && i < alarms->len; i++) {
        const LedgerAlarm *alarm = g_ptr_array_index(alarms, i);
        if (!alarm->over)
            json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "name", js_text(alarm->name), "since",
                                                  js_instant(alarm->since, w->desk->zone), "text", js_text(alarm->text)));
    }
    return alarms != NULL;
}

static void add_figures(Worker *w, json_t *object)
{
    gint64 event;
    guint64 free_bytes = 0;
    g_autofree char *head = ledger_chain_head(w->ledger, &event);
    spool_free_bytes(w->desk->spool, &free_bytes, NULL);
    json_object_set_new(object, "backlog", json_integer(ledger_count(w->ledger, "new")));
    json_t *letters = json_object();
    for (const char *const *state = (const char *const[]){"held", "queued", "failed", "bounced", NULL}; *state; state++)
        json_object_set_new(letters, *state, json_integer(lookup_letters_in(w->ledger, *state)));
    json_object_set_new(object, "letters", letters);
    json_object_set_new(object, "chain", json_pack("{s:o, s:I}", "head", js_text(head), "event", (json_int_t)event));
    json_object_set_new(object, "free_bytes", json_integer((json_int_t)free_bytes));
    json_object_set_new(object, "versions", json_pack("{s:s, s:i, s:s, s:s, s:s}", "program", SHOUWEN_VERSION, "schema",
                                                      lookup_schema(w->ledger), "sqlite", lookup_library(), "microhttpd", http_library(),
                                                      "sodium", password_library()));
}

/* `shouwen reconcile` keeps its result in the facts "reconciled.at" and "reconciled.result". */
static void add_reconciled(Worker *w, json_t *object)
{
    g_autofree char *at = ledger_fact(w->ledger, "reconciled.at"), *result = ledger_fact(w->ledger, "reconciled.result");
    gint64 instant = at ? g_ascii_strtoll(at, NULL, 10) : 0;
    json_object_set_new(object, "reconciled",
                        instant ? json_pack("{s:o, s:o}", "at", js_instant(instant, w->desk->zone), "result", js_text(result)) : json_null());
}

gboolean run_system(Worker *w, Exchange *x, GError **error)
{
    json_auto_t *object = json_object();
    if (!add_mailboxes(w, object, error) || !add_quarantine(w, object, error) || !add_alarms(w, object, error))
        return FALSE;
    add_figures(w, object);
    add_reconciled(w, object);
    reply_json(x, 200, json_incref(object));
    return TRUE;
}
