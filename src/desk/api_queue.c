/* api_queue.c: the queue, its counts, and one action on many entries. */
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "desk/act.h"
#include "desk/api.h"
#include "desk/entries.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MOST 200
#define WEEK_USEC (G_GINT64_CONSTANT(7) * 86400 * G_USEC_PER_SEC)
#define BULK_MAX 200
#define REASON_CHARS 4000

gboolean not_there(const char *what, GError **error)
{
    if (error && !*error)
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no such %s", what);
    return FALSE;
}

json_t *entry_row_json(const ListingRow *row, const char *zone)
{
    json_t *assignee = row->assignee ? json_pack("{s:I, s:o, s:o}", "id", (json_int_t)row->assignee, "name", js_text(row->assignee_name),
                                                 "shown", js_text(row->assignee_name))
                                     : json_null();
    json_t *object = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)row->id, "reference", js_text(row->reference),
                               "state", js_text(row->state), "attention", js_text(row->attention), "sender_name",
                               js_plain(row->sender_name), "sender_address", js_plain(row->sender_address), "subject", js_plain(row->subject));
    json_t *more = json_pack("{s:o, s:o, s:I, s:o, s:o, s:i, s:i, s:i, s:i, s:o, s:o, s:o}", "received", js_instant(row->received, zone),
                             "due", js_instant(row->due, zone), "version", (json_int_t)row->version, "assignee", assignee, "kinds",
                             js_words(row->kinds), "documents", (int)row->documents, "errors", (int)row->errors, "warnings",
                             (int)row->warnings, "infos", (int)row->infos, "missing", js_words(row->missing), "rank",
                             js_instant(row->rank, zone), "organisation", js_plain(row->organisation));
    json_object_update(object, more);
    json_decref(more);
    return object;
}

/* --- what is asked for -------------------------------------------------------------------------------------------------------- */

static gboolean filter_assignee(const Exchange *x, ListingFilter *ret, GError **error)
{
    const char *who = exchange_query(x, "assignee");
    if (g_strcmp0(who, "me") == 0)
        ret->assignee = x->session.user;
    else if (g_strcmp0(who, "nobody") == 0)
        ret->assignee = -1;
    else
        return query_number(x, "assignee", 1, G_MAXINT64, 0, &ret->assignee, error);
    return TRUE;
}

static gboolean filter_due(const Exchange *x, ListingFilter *ret, GError **error)
{
    const char *due = exchange_query(x, "due");
    if (!due)
        return TRUE;
    gboolean none = g_str_equal(due, "none"), week = g_str_equal(due, "week");
    ret->due = none ? LISTING_DUE_NONE : LISTING_DUE_BEFORE;
    ret->due_before = clock_now() + (week ? WEEK_USEC : 0);
    if (none || week || g_str_equal(due, "overdue"))
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_USAGE, "due is overdue, week or none");
    return FALSE;
}

gboolean queue_filter(Worker *w, Exchange *x, ListingFilter *ret, GError **error)
{
    *ret = (ListingFilter){
        .state = exchange_query(x, "state"),
        .kind = exchange_query(x, "kind"),
        .sender = exchange_query(x, "sender"),
        .organisation = exchange_query(x, "organisation"),
        .meeting = exchange_query(x, "meeting"),
        .finding = exchange_query(x, "finding"),
        .text = exchange_query(x, "text"),
    };
    return filter_assignee(x, ret, error) && filter_due(x, ret, error) &&
           query_day(x, "since", 0, w->desk->zone, &ret->since, error) && query_day(x, "until", 1, w->desk->zone, &ret->until, error);
}

static gboolean asked_order(const Exchange *x, ListingOrder *ret, GError **error)
{
    static const char *const names[] = {[LISTING_RANK] = "rank", [LISTING_OLDEST] = "received", [LISTING_NEWEST] = "-received",
                                        [LISTING_REFERENCE] = "reference"};
    const char *text = exchange_query(x, "order");
    *ret = LISTING_RANK;
    for (guint i = 0; text && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(text, names[i])) {
            *ret = (ListingOrder)i;
            return TRUE;
        }
    if (!text)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_USAGE, "order is rank, received, -received or reference");
    return FALSE;
}

/* --- the list ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
    json_t *list;
    const char *zone;
    ListingPlace last;
    guint count;
} Rows;

static void add_row(const ListingRow *row, gpointer user)
{
    Rows *rows = user;
    json_array_append_new(rows->list, entry_row_json(row, rows->zone));
    rows->last = row->place;
    rows->count++;
}

gboolean run_queue(Worker *w, Exchange *x, GError **error)
{
    ListingFilter filter;
    ListingOrder order;
    ListingPlace after;
    gint64 limit;
    json_auto_t *list = json_array();
    Rows rows = {.list = list, .zone = w->desk->zone};
    if (!queue_filter(w, x, &filter, error) || !asked_order(x, &order, error) ||
        !query_number(x, "limit", 1, LIMIT_MOST, LIMIT_DEFAULT, &limit, error) ||
        !place_parse(exchange_query(x, "after"), &after.key, &after.id, error) ||
        !ledger_listing(w->ledger, &filter, order, &after, (guint)limit, add_row, &rows, error))
        return FALSE;
    g_autofree char *next = rows.count == (guint)limit ? place_text(rows.last.key, rows.last.id) : NULL;
    reply_json(x, 200, json_pack("{s:O, s:o}", "entries", list, "next", js_text(next)));
    return TRUE;
}

gboolean run_queue_counts(Worker *w, Exchange *x, GError **error)
{
    ListingFilter filter;
    ListingCounts counts;
    if (!queue_filter(w, x, &filter, error) || !ledger_listing_counts(w->ledger, &filter, &counts, error))
        return FALSE;
    reply_json(x, 200,
                json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "open", (json_int_t)counts.open, "attention",
                          (json_int_t)counts.attention, "review", (json_int_t)counts.review, "waiting", (json_int_t)counts.waiting,
                          "complete", (json_int_t)counts.complete, "accepted", (json_int_t)counts.accepted, "rejected",
                          (json_int_t)counts.rejected, "closed", (json_int_t)counts.closed, "all", (json_int_t)counts.all,
                          "quarantined", (json_int_t)ledger_count(w->ledger, "quarantined")));
    return TRUE;
}

/* --- many at once ---------------------------------------------------------------------------------------------------------------- */

/* The result of one entry: what its own route would have answered. */
static json_t *bulk_result(Worker *w, Exchange *x, gint64 id, gboolean good, const GError *error)
{
    if (good)
        return json_pack("{s:I, s:b, s:I}", "id", (json_int_t)id, "ok", TRUE, "version", (json_int_t)entry_version(w->ledger, id));
    reply_error(x, error);
    gsize length;
    const char *text = g_bytes_get_data(x->answer.body, &length);
    json_auto_t *answer = json_loadb(text, length, 0, NULL);
    return json_pack("{s:I, s:b, s:O}", "id", (json_int_t)id, "ok", FALSE, "error", json_object_get(answer, "error"));
}

static gboolean bulk_allowed(const Exchange *x, const ActBulk *act, GError **error)
{
    if (act && x->role >= act->role)
        return TRUE;
    if (act)
        g_set_error(error, FAILURE, FAILURE_DENIED, "your role does not allow that");
    else
        g_set_error(error, FAILURE, FAILURE_USAGE, "action is accept, close, assign, attend or redo");
    return FALSE;
}

gboolean run_queue_act(Worker *w, Exchange *x, GError **error)
{
    const char *action;
    json_auto_t *body = js_body(x, error), *results = json_array();
    json_t *entries = json_object_get(body, "entries");
    if (!body || !js_get_text(body, "action", TRUE, REASON_CHARS, &action, error))
        return FALSE;
    const ActBulk *act = act_bulk(action);
    if (!bulk_allowed(x, act, error))
        return FALSE;
    if (json_array_size(entries) == 0 || json_array_size(entries) > BULK_MAX) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "entries must be a list of 1 to %d", BULK_MAX);
        return FALSE;
    }
    for (gsize i = 0; i < json_array_size(entries); i++) {
        g_autoptr(GError) failure = NULL;
        json_t *entry = json_array_get(entries, i);
        gint64 id = 0, version = 0;
        gboolean good = js_get_id(entry, "id", TRUE, &id, &failure) && js_get_id(entry, "version", TRUE, &version, &failure) &&
                        act->run(w, x, id, version, body, &failure);
        if (!good)
            ledger_rollback(w->ledger);
        json_array_append_new(results, bulk_result(w, x, id, good, failure));
    }
    reply_json(x, 200, json_pack("{s:O}", "results", results));
    return TRUE;
}
