/* api_people.c: the registry of experts, and meetings with who took part. */
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "desk/api.h"
#include "desk/duty_json.h"
#include "desk/entries.h"
#include "ledger/parties.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MOST 200

/* The registry has hundreds of people: all are walked, and a page is cut out. */
typedef struct {
    Worker *w;
    json_t *list;
    GArray *ids;             /* gint64, in order; NULL: not collected */
    const char *text, *group;
    gint64 skip, limit, seen;
} Page;

static char *next_of(const Page *page)
{
    return page->seen > page->skip + page->limit ? place_text(0, page->skip + page->limit) : NULL;
}

static gboolean page_query(const Exchange *x, Page *page, GError **error)
{
    gint64 key;
    return query_number(x, "limit", 1, LIMIT_MOST, LIMIT_DEFAULT, &page->limit, error) &&
           place_parse(exchange_query(x, "after"), &key, &page->skip, error);
}

/* --- experts -------------------------------------------------------------------------------------------------------------------- */

static json_t *party_json(Worker *w, const LedgerParty *party)
{
    const char *zone = w->desk->zone;
    json_t *object = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)party->id, "name", js_plain(party->name),
                               "name_latin", js_plain(party->name_latin), "organisation", js_plain(party->organisation), "title",
                               js_plain(party->title), "phone", js_plain(party->phone), "address", js_text(party->address), "contact",
                               js_plain(party->contact));
    json_t *more = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "working_groups", js_words(party->working_groups), "language",
                             js_text(party->language), "origin", js_text(party->origin), "state", js_text(party->state), "since",
                             js_instant(party->since, zone), "until", js_instant(party->until, zone), "document",
                             js_id(party->document));
    json_object_update(object, more);
    json_decref(more);
    return object;
}

static void add_figures(Worker *w, json_t *party, gint64 id)
{
    LookupFigures f;
    lookup_figures(w->ledger, id, clock_now(), &f);
    json_object_set_new(party, "figures",
                        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "meetings", (json_int_t)f.meetings, "attended",
                                  (json_int_t)f.attended, "absent", (json_int_t)f.absent, "excused", (json_int_t)f.excused, "contributions",
                                  (json_int_t)f.contributions, "duties_open", (json_int_t)f.duties_open, "duties_met",
                                  (json_int_t)f.duties_met, "duties_late", (json_int_t)f.duties_late));
}

static gboolean has_part(const char *text, const char *part)
{
    g_autofree char *folded = text ? g_utf8_casefold(text, -1) : NULL;
    return folded && strstr(folded, part);
}

static gboolean in_group(const char *groups, const char *group)
{
    g_auto(GStrv) list = g_strsplit(groups ? groups : "", " ", -1);
    return g_strv_contains((const char *const *)list, group);
}

static void add_party(const LedgerParty *party, gpointer user)
{
    Page *page = user;
    if (page->text && !has_part(party->name, page->text) && !has_part(party->name_latin, page->text) &&
        !has_part(party->organisation, page->text) && !has_part(party->address, page->text))
        return;
    if (page->group && !in_group(party->working_groups, page->group))
        return;
    if (page->seen++ < page->skip || (gint64)json_array_size(page->list) >= page->limit)
        return;
    json_array_append_new(page->list, party_json(page->w, party));
    g_array_append_val(page->ids, party->id);
}

gboolean run_experts(Worker *w, Exchange *x, GError **error)
{
    const char *state = exchange_query(x, "state"), *text = exchange_query(x, "text");
    g_autofree char *folded = text ? g_utf8_casefold(text, -1) : NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    json_auto_t *list = json_array();
    Page page = {.w = w, .list = list, .ids = ids, .text = folded, .group = exchange_query(x, "group")};
    if (g_strcmp0(state, "all") == 0)
        state = NULL;
    if (!page_query(x, &page, error) || !ledger_parties(w->ledger, state, add_party, &page, error))
        return FALSE;
    for (guint i = 0; i < ids->len; i++)
        add_figures(w, json_array_get(list, i), g_array_index(ids, gint64, i));
    g_autofree char *next = next_of(&page);
    reply_json(x, 200, json_pack("{s:O, s:o}", "experts", list, "next", js_text(next)));
    return TRUE;
}

typedef struct {
    Worker *w;
    json_t *object;
    char *address;
} One;

static void take_party(const LedgerParty *party, gpointer user)
{
    One *one = user;
    one->object = party_json(one->w, party);
    one->address = g_strdup(party->address);
}

static void add_attended(gint64 id, const char *name, const char *first_day, const char *last_day, const char *state, gpointer list)
{
    json_array_append_new(list, json_pack("{s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t)id, "name", js_text(name), "first_day",
                                          js_text(first_day), "last_day", js_text(last_day), "state", js_text(state)));
}

static void add_document(const LookupDocument *document, gpointer user)
{
    Page *page = user;
    const LedgerDocument *facts = &document->facts;
    json_array_append_new(page->list, json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)facts->id, "entry",
                                                (json_int_t)facts->entry, "reference", js_text(document->reference), "kind",
                                                js_text(facts->kind), "filename", js_plain(facts->filename), "state", js_text(facts->state),
                                                "received", js_instant(document->received, page->w->desk->zone)));
}

static void add_duty(const LedgerDuty *duty, gpointer user)
{
    Page *page = user;
    json_array_append_new(page->list, duty_json(page->w, duty));
}

/* A new list under KEY of OBJECT. */
static json_t *list_under(json_t *object, const char *key)
{
    json_t *list = json_array();
    json_object_set_new(object, key, list);
    return list;
}

gboolean run_expert(Worker *w, Exchange *x, GError **error)
{
    One one = {.w = w};
    gint64 id = x->ids[0];
    if (!ledger_party_get(w->ledger, id, take_party, &one, error))
        return not_there("expert", error);
    json_auto_t *object = one.object;
    g_autofree char *address = one.address;
    add_figures(w, object, id);
    json_t *meetings = list_under(object, "meetings");
    Page documents = {.w = w, .list = list_under(object, "documents")}, duties = {.w = w, .list = list_under(object, "duties")};
    DutyFilter filter = {.state = "all", .party = id};
    if (!lookup_meetings_of(w->ledger, id, add_attended, meetings, error) ||
        (address && !lookup_documents_from(w->ledger, address, add_document, &documents, error)) ||
        !ledger_duties(w->ledger, &filter, add_duty, &duties, error))
        return FALSE;
    reply_json(x, 200, json_incref(object));
    return TRUE;
}

/* --- meetings --------------------------------------------------------------------------------------------------------------------- */

typedef struct {
    json_t *list;
    gint64 count;
} People;

static void add_participant(const LedgerParticipant *participant, gpointer user)
{
    People *people = user;
    people->count++;
    if (people->list)
        json_array_append_new(people->list, json_pack("{s:I, s:o, s:o, s:o, s:o}", "party", (json_int_t)participant->party, "name",
                                                      js_plain(participant->name), "organisation", js_plain(participant->organisation),
                                                      "state", js_text(participant->state), "document", js_id(participant->document)));
}

/* They come by first day; the latest shall stand first. */
static void add_meeting(const LedgerMeeting *meeting, gpointer user)
{
    Page *page = user;
    People people = {0};
    ledger_participants(page->w->ledger, meeting->id, add_participant, &people, NULL);
    json_array_insert_new(page->list, 0, meeting_json(meeting, page->w->desk->zone, people.count));
}

gboolean run_meetings(Worker *w, Exchange *x, GError **error)
{
    gint64 year;
    json_auto_t *all = json_array(), *cut = json_array();
    Page page = {.w = w, .list = all};
    if (!page_query(x, &page, error) || !query_number(x, "year", 1970, 9999, 0, &year, error))
        return FALSE;
    g_autofree char *first = year ? g_strdup_printf("%04d-01-01", (int)year) : NULL;
    g_autofree char *last = year ? g_strdup_printf("%04d-12-31", (int)year) : NULL;
    if (!ledger_meetings(w->ledger, first, last, add_meeting, &page, error))
        return FALSE;
    page.seen = (gint64)json_array_size(all);
    for (gint64 i = page.skip; i < MIN(page.seen, page.skip + page.limit); i++)
        json_array_append(cut, json_array_get(all, (gsize)i));
    g_autofree char *next = next_of(&page);
    reply_json(x, 200, json_pack("{s:O, s:o}", "meetings", cut, "next", js_text(next)));
    return TRUE;
}

static void take_meeting(const LedgerMeeting *meeting, gpointer user)
{
    One *one = user;
    People people = {.list = json_array()};
    ledger_participants(one->w->ledger, meeting->id, add_participant, &people, NULL);
    one->object = meeting_json(meeting, one->w->desk->zone, people.count);
    json_object_set_new(one->object, "participant_list", people.list);
}

gboolean run_meeting(Worker *w, Exchange *x, GError **error)
{
    One one = {.w = w};
    if (!ledger_meeting_get(w->ledger, x->ids[0], take_meeting, &one, error))
        return not_there("meeting", error);
    json_auto_t *object = one.object;
    Page duties = {.w = w, .list = list_under(object, "duties")};
    DutyFilter filter = {.state = "all", .meeting = x->ids[0]};
    if (!ledger_duties(w->ledger, &filter, add_duty, &duties, error))
        return FALSE;
    reply_json(x, 200, json_incref(object));
    return TRUE;
}

static void ignore_party(const LedgerParty *party, gpointer user)
{
    (void)party;
    (void)user;
}

static void ignore_meeting(const LedgerMeeting *meeting, gpointer user)
{
    (void)meeting;
    (void)user;
}

gboolean party_there(Worker *w, gint64 id, GError **error)
{
    return ledger_party_get(w->ledger, id, ignore_party, NULL, error) || not_there("expert", error);
}

gboolean meeting_there(Worker *w, gint64 id, GError **error)
{
    return ledger_meeting_get(w->ledger, id, ignore_meeting, NULL, error) || not_there("meeting", error);
}

static gboolean write_participant(Worker *w, Exchange *x, gpointer state, GError **error)
{
    LedgerParticipant participant = {.meeting = x->ids[0], .party = x->ids[1], .state = state};
    return meeting_there(w, participant.meeting, error) && party_there(w, participant.party, error) &&
           ledger_participant_put(w->ledger, &participant, x->session.name, NULL, error);
}

gboolean run_participant(Worker *w, Exchange *x, GError **error)
{
    static const char *const states[] = {"registered", "attended", "absent", "excused", NULL};
    const char *state;
    json_auto_t *body = js_body(x, error);
    if (!body || !js_get_text(body, "state", TRUE, LIMIT_NAME_CHARS, &state, error))
        return FALSE;
    if (!g_strv_contains(states, state)) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "'state' must be registered, attended, absent or excused");
        return FALSE;
    }
    return worker_write(w, x, write_participant, (gpointer)state, error) && run_meeting(w, x, error);
}
