/* api_entry.c: one entry with everything about it. */
#include <string.h>

#include "base/failure.h"
#include "desk/api.h"
#include "desk/duty_json.h"
#include "desk/entries.h"
#include "ledger/events.h"
#include "ledger/search.h"
#include "stages/relate.h"

#define LINES_MAX 3000 /* of a text that is compared: some 60 pages */

#define LETTERS_SHOWN 500

static void take_version(const ListingRow *row, gpointer version)
{
    *(gint64 *)version = row->version;
}

gint64 entry_version(Ledger *ledger, gint64 id)
{
    gint64 version = 0;
    ledger_listing_entry(ledger, id, take_version, &version, NULL);
    return version;
}

/* --- documents ---------------------------------------------------------------------------------------------------------------- */

typedef struct {
    json_t *list;
    Worker *w;
    gint64 wanted; /* of findings: only those of this document; 0: those of none */
    GError **error;
} Listing;

static void add_field(const LedgerField *field, const char *corrected_by, gint64 corrected, gpointer user)
{
    Listing *listing = user;
    const double *b = field->box;
    json_t *box = b[0] > 0 ? json_pack("[i, f, f, f, f]", (int)b[0], b[1], b[2], b[3], b[4]) : json_null();
    json_array_append_new(listing->list,
                          json_pack("{s:o, s:o, s:o, s:f, s:o, s:o, s:o, s:o, s:o}", "id", js_text(field->id), "value", js_value(field->value),
                                    "shown", js_plain(field->shown), "confidence", field->confidence, "place", js_plain(field->place), "box",
                                    box, "origin", js_text(field->origin), "corrected_by", js_text(corrected_by), "corrected",
                                    js_instant(corrected, listing->w->desk->zone)));
}

static void add_finding(const LedgerFinding *finding, gpointer user)
{
    Listing *listing = user;
    if (finding->document != listing->wanted)
        return;
    json_array_append_new(listing->list, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "document", js_id(finding->document), "rule",
                                                   js_text(finding->rule), "severity", js_text(finding->severity), "field",
                                                   js_text(finding->field), "zh", js_plain(finding->zh), "en", js_plain(finding->en)));
}

/* Pages that can be drawn; what was read otherwise; or nothing. */
static const char *preview_of(const LedgerDocument *document)
{
    if (!g_str_equal(document->status, "read") || !document->mime)
        return "none";
    if (g_str_equal(document->mime, "application/pdf") || g_str_equal(document->mime, "application/ofd") ||
        g_str_has_prefix(document->mime, "image/"))
        return "pages";
    return document->reader ? "view" : "none";
}

json_t *document_json(Worker *w, const LookupDocument *document)
{
    const LedgerDocument *facts = &document->facts;
    Listing fields = {.list = json_array(), .w = w}, findings = {.list = json_array(), .w = w, .wanted = facts->id};
    lookup_fields(w->ledger, facts->id, add_field, &fields, NULL);
    ledger_findings(w->ledger, facts->entry, add_finding, &findings, NULL);
    json_t *object = json_pack("{s:I, s:I, s:o, s:i, s:o, s:o, s:I, s:o, s:o, s:o}", "id", (json_int_t)facts->id, "message",
                               (json_int_t)facts->message, "path", js_plain(facts->path), "segment", (int)facts->segment, "filename",
                               js_plain(facts->filename), "sha256", js_text(facts->sha256), "bytes", (json_int_t)facts->bytes, "mime",
                               js_text(facts->mime), "status", js_text(facts->status), "pages",
                               facts->pages < 0 ? json_null() : json_integer(facts->pages));
    json_t *more = json_pack("{s:o, s:o, s:f, s:o, s:i, s:o, s:o, s:b, s:s, s:o, s:o}", "kind", js_text(facts->kind), "guess",
                             js_text(facts->guess), "confidence", facts->confidence, "state", js_text(facts->state), "version",
                             document->version, "supersedes", js_id(document->supersedes), "superseded_by", js_id(document->superseded_by),
                             "stranger", document->stranger, "preview", preview_of(facts), "fields", fields.list, "findings",
                             findings.list);
    json_object_update(object, more);
    json_decref(more);
    return object;
}

static void add_document(const LookupDocument *document, gpointer user)
{
    Listing *listing = user;
    json_array_append_new(listing->list, document_json(listing->w, document));
}

/* --- messages, letters, events -------------------------------------------------------------------------------------------------- */

json_t *message_json(Worker *w, const LedgerMessageRow *message)
{
    g_autofree char *auth = lookup_auth(w->ledger, message->id);
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:i}", "id", (json_int_t)message->id, "received",
                     js_instant(message->received, w->desk->zone), "route", js_text(message->route), "state", js_text(message->state),
                     "reason", js_text(message->reason), "sender_name", js_plain(message->sender_name), "sender_address",
                     js_plain(message->sender_address), "subject", js_plain(message->subject), "message_id", js_plain(message->message_id),
                     "auth", js_text(auth), "stranger", message->stranger, "arrivals", (int)message->arrivals);
}

static void add_message(const LedgerMessageRow *message, gpointer user)
{
    Listing *listing = user;
    json_array_append_new(listing->list, message_json(listing->w, message));
}

json_t *letter_json(const LookupLetter *letter, const char *zone)
{
    json_t *object = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)letter->id, "entry",
                               js_id(letter->entry), "reference", js_text(letter->reference), "message", js_id(letter->message), "duty",
                               js_id(letter->duty), "kind", js_text(letter->kind), "state", js_text(letter->state), "recipient",
                               js_text(letter->recipient), "subject", js_text(letter->subject));
    gboolean waits = g_str_equal(letter->state, "queued") || g_str_equal(letter->state, "sending");
    json_t *more = json_pack("{s:o, s:i, s:o, s:o, s:o, s:o, s:o}", "reason", js_text(letter->reason), "attempts", (int)letter->attempts,
                             "created", js_instant(letter->created, zone), "sent", js_instant(letter->sent, zone), "next_try",
                             js_instant(waits ? letter->next_try : 0, zone), "answer", js_text(letter->answer), "released_by",
                             js_text(letter->released_by));
    json_object_update(object, more);
    json_decref(more);
    return object;
}

static void add_letter(const LookupLetter *letter, gpointer user)
{
    Listing *listing = user;
    json_array_insert_new(listing->list, 0, letter_json(letter, listing->w->desk->zone));
}

static void add_event(const LedgerEvent *event, gpointer user)
{
    Listing *listing = user;
    json_array_append_new(listing->list,
                          json_pack("{s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t)event->id, "at",
                                    js_instant(event->at, listing->w->desk->zone), "actor", js_text(event->actor), "verb",
                                    js_text(event->verb), "data", js_value(*event->payload ? event->payload : NULL)));
}

static void add_text(const char *text, gpointer user)
{
    json_array_append_new(((Listing *)user)->list, js_text(text));
}

static void add_duty(const LedgerDuty *duty, gpointer user)
{
    Listing *listing = user;
    json_array_append_new(listing->list, duty_json(listing->w, duty));
}

/* --- packages (齐套) -------------------------------------------------------------------------------------------------------------- */

/* Appends the list for KIND, made when it is not one of the required. */
static json_t *part_documents(json_t *parts, const char *kind, gboolean required)
{
    gsize i;
    json_t *part;
    json_array_foreach(parts, i, part)
        if (g_strcmp0(json_string_value(json_object_get(part, "kind")), kind) == 0)
            return json_object_get(part, "documents");
    part = json_pack("{s:o, s:b, s:[]}", "kind", js_text(kind), "required", required, "documents");
    json_array_append_new(parts, part);
    return json_object_get(part, "documents");
}

static void add_part(const LookupDocument *document, gpointer parts)
{
    const LedgerDocument *facts = &document->facts;
    json_array_append_new(part_documents(parts, facts->kind, FALSE),
                          json_pack("{s:I, s:I, s:o, s:o, s:o, s:i}", "id", (json_int_t)facts->id, "entry", (json_int_t)facts->entry,
                                    "reference", js_text(document->reference), "filename", js_plain(facts->filename), "state",
                                    js_text(facts->state), "version", document->version));
}

static void add_proposal(gint64 id, const char *title, const char *organisation, const char *leader, const char *state, gpointer user)
{
    Listing *listing = user;
    json_t *parts = json_array();
    for (guint i = 0; relate_part(i); i++)
        part_documents(parts, relate_part(i), TRUE);
    lookup_parts(listing->w->ledger, id, add_part, parts, NULL);
    json_array_append_new(listing->list, json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)id, "title", js_plain(title),
                                                   "organisation", js_plain(organisation), "leader", js_plain(leader), "state",
                                                   js_text(state), "parts", parts));
}

/* --- all of it ---------------------------------------------------------------------------------------------------------------------- */

typedef struct {
    json_t *object;
    const char *zone;
    gint64 created;
} Head;

static void take_head(const ListingRow *row, gpointer user)
{
    Head *head = user;
    head->object = entry_row_json(row, head->zone);
    head->created = row->created;
}

/* A new list under KEY of ENTRY. */
static Listing *list_under(Listing *listing, json_t *entry, const char *key)
{
    listing->list = json_array();
    json_object_set_new(entry, key, listing->list);
    return listing;
}

static gboolean fill(Worker *w, gint64 id, json_t *entry, GError **error)
{
    Listing l = {.w = w};
    DutyFilter duties = {.state = "all", .entry = id};
    return lookup_addresses(w->ledger, id, add_text, list_under(&l, entry, "addresses"), error) &&
           ledger_messages(w->ledger, id, add_message, list_under(&l, entry, "messages"), error) &&
           lookup_documents(w->ledger, id, add_document, list_under(&l, entry, "document_list"), error) &&
           ledger_findings(w->ledger, id, add_finding, list_under(&l, entry, "findings"), error) &&
           lookup_letters(w->ledger, NULL, id, 0, LETTERS_SHOWN, add_letter, list_under(&l, entry, "letters"), error) &&
           ledger_events(w->ledger, id, add_event, list_under(&l, entry, "events"), error) &&
           ledger_duties(w->ledger, &duties, add_duty, list_under(&l, entry, "duties"), error) &&
           lookup_proposals(w->ledger, id, add_proposal, list_under(&l, entry, "packages"), error);
}

gboolean run_entry(Worker *w, Exchange *x, GError **error)
{
    Head head = {.zone = w->desk->zone};
    gint64 id = x->ids[0];
    /* The version comes first: what changes after it was read leads to a conflict, not to a decision on half of it. */
    if (!ledger_listing_entry(w->ledger, id, take_head, &head, error))
        return not_there("entry", error);
    json_auto_t *entry = head.object;
    g_autofree char *language = lookup_language(w->ledger, id);
    json_object_set_new(entry, "created", js_instant(head.created, w->desk->zone));
    json_object_set_new(entry, "language", js_text(language));
    if (!fill(w, id, entry, error))
        return FALSE;
    reply_json(x, 200, json_incref(entry));
    return TRUE;
}

gboolean run_reference(Worker *w, Exchange *x, GError **error)
{
    gint64 entry = ledger_entry_by_reference(w->ledger, x->word[0]);
    if (!entry)
        return not_there("entry", error);
    reply_json(x, 200, json_pack("{s:I}", "entry", (json_int_t)entry));
    return TRUE;
}

/* --- two versions ------------------------------------------------------------------------------------------------------------------- */

static void note_one(const LedgerField *field, const char *by, gint64 at, gpointer values)
{
    (void)by;
    (void)at;
    g_hash_table_replace(values, g_strdup(field->id), g_strdup(field->shown));
}

static void add_compared(json_t *list, const char *id, const char *one, const char *other)
{
    json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:b}", "id", js_text(id), "one", js_plain(one), "other", js_plain(other), "same",
                                          g_strcmp0(one, other) == 0));
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void ignore(const LookupDocument *document, gpointer user)
{
    (void)document;
    (void)user;
}

/* The lines of what was read out of DOCUMENT; null when there are more than a browser compares. */
static json_t *lines_of(Worker *w, gint64 document)
{
    g_autofree char *text = ledger_search_text(w->ledger, document);
    g_auto(GStrv) lines = g_strsplit(text, "\n", LINES_MAX + 2);
    if (g_strv_length(lines) > LINES_MAX)
        return json_null();
    json_t *list = json_array();
    for (char **line = lines; *line; line++)
        json_array_append_new(list, js_plain(*line));
    return list;
}

gboolean run_document_compare(Worker *w, Exchange *x, GError **error)
{
    json_auto_t *list = json_array();
    g_autoptr(GHashTable) one = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                          other = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (gsize i = 0; i < G_N_ELEMENTS(x->ids); i++)
        if (!lookup_document(w->ledger, x->ids[i], ignore, NULL, error))
            return not_there("document", error);
    if (!lookup_fields(w->ledger, x->ids[0], note_one, one, error) || !lookup_fields(w->ledger, x->ids[1], note_one, other, error))
        return FALSE;
    g_autoptr(GHashTable) all = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter each;
    gpointer key;
    for (GHashTable **table = (GHashTable *[]){one, other, NULL}; *table; table++)
        for (g_hash_table_iter_init(&each, *table); g_hash_table_iter_next(&each, &key, NULL);)
            g_hash_table_add(all, key);
    guint n;
    g_autofree char **ids = (char **)g_hash_table_get_keys_as_array(all, &n);
    qsort(ids, n, sizeof *ids, by_text);
    for (guint i = 0; i < n; i++)
        add_compared(list, ids[i], g_hash_table_lookup(one, ids[i]), g_hash_table_lookup(other, ids[i]));
    reply_json(x, 200, json_pack("{s:I, s:I, s:O, s:o, s:o}", "one", (json_int_t)x->ids[0], "other", (json_int_t)x->ids[1], "fields", list,
                                  "one_lines", lines_of(w, x->ids[0]), "other_lines", lines_of(w, x->ids[1])));
    return TRUE;
}
