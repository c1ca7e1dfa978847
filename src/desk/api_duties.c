/* api_duties.c: who owes what, and the calendar. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "desk/api.h"
#include "desk/duty_json.h"
#include "desk/entries.h"
#include "duties/duties.h"
#include "duties/plan.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MOST 200
#define TEXT_CHARS 1000

static void take_meeting_name(const LedgerMeeting *meeting, gpointer user)
{
    *(char **)user = g_strdup(meeting->name);
}

json_t *duty_json(Worker *w, const LedgerDuty *duty)
{
    const char *zone = w->desk->zone;
    g_autofree char *meeting = NULL;
    gboolean unsettled = g_str_equal(duty->state, "open") || g_str_equal(duty->state, "claimed");
    if (duty->meeting)
        ledger_meeting_get(w->ledger, duty->meeting, take_meeting_name, &meeting, NULL);
    json_t *object = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)duty->id, "origin",
                               js_text(duty->origin), "what", js_text(duty->what), "party", js_id(duty->party), "name",
                               js_plain(duty->name), "address", js_text(duty->address), "entry", js_id(duty->entry), "reference",
                               js_text(duty->reference), "meeting", js_id(duty->meeting), "meeting_name", js_text(meeting), "ballot",
                               js_id(duty->ballot), "document", js_id(duty->document));
    json_t *more = json_pack("{s:o, s:o, s:o, s:o, s:b, s:o, s:b, s:o, s:o, s:o, s:o}", "article", js_text(duty->article), "why_zh",
                             js_text(duty->why_zh), "why_en", js_text(duty->why_en), "due", js_instant(duty->due, zone), "overdue",
                             unsettled && duty->due && duty->due < clock_now(), "state", js_text(duty->state), "held", duty->held,
                             "claimed", js_instant(duty->claimed, zone), "settled", js_instant(duty->settled, zone), "reason",
                             js_text(duty->reason), "created", js_instant(duty->created, zone));
    json_object_update(object, more);
    json_decref(more);
    return object;
}

/* --- the list ------------------------------------------------------------------------------------------------------------------- */

/* Duties come all in one order: a page is cut out of it. There are thousands, not millions. */
typedef struct {
    Worker *w;
    json_t *list;
    gint64 skip, limit, seen;
} Page;

static void add_duty(const LedgerDuty *duty, gpointer user)
{
    Page *page = user;
    if (page->seen++ >= page->skip && (gint64)json_array_size(page->list) < page->limit)
        json_array_append_new(page->list, duty_json(page->w, duty));
}

static gboolean duty_filter(const Exchange *x, DutyFilter *ret, GError **error)
{
    const char *state = exchange_query(x, "state"), *overdue = exchange_query(x, "overdue");
    *ret = (DutyFilter){
        .state = g_strcmp0(state, "unsettled") == 0 ? NULL : state,
        .who = exchange_query(x, "text"),
        .what = exchange_query(x, "what"),
        .due_before = g_strcmp0(overdue, "true") == 0 ? clock_now() : 0,
    };
    return query_number(x, "party", 1, G_MAXINT64, 0, &ret->party, error) && query_number(x, "entry", 1, G_MAXINT64, 0, &ret->entry, error);
}

gboolean run_duties(Worker *w, Exchange *x, GError **error)
{
    DutyFilter filter;
    gint64 key;
    json_auto_t *list = json_array();
    Page page = {.w = w, .list = list};
    if (!duty_filter(x, &filter, error) || !query_number(x, "limit", 1, LIMIT_MOST, LIMIT_DEFAULT, &page.limit, error) ||
        !place_parse(exchange_query(x, "after"), &key, &page.skip, error) ||
        !ledger_duties(w->ledger, &filter, add_duty, &page, error))
        return FALSE;
    g_autofree char *next = page.seen > page.skip + page.limit ? place_text(0, page.skip + page.limit) : NULL;
    reply_json(x, 200, json_pack("{s:O, s:o}", "duties", list, "next", js_text(next)));
    return TRUE;
}

/* --- one ------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
    Worker *w;
    json_t *object, *reminders;
    GHashTable *done; /* occurrences that have their row */
    gint64 due;
    gboolean goes_on;
} One;

static void take_duty(const LedgerDuty *duty, gpointer user)
{
    One *one = user;
    one->object = duty_json(one->w, duty);
    one->due = duty->due;
    one->goes_on = duty->due && !duty->held && (g_str_equal(duty->state, "open") || g_str_equal(duty->state, "claimed"));
}

static json_t *reminder_json(const char *occurrence, gint64 planned, gint64 done, gint64 letter, const char *why, const char *zone)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "occurrence", js_text(occurrence), "planned", js_instant(planned, zone), "done",
                     js_instant(done, zone), "letter", js_id(letter), "why", js_text(why));
}

static void add_reminder(const LedgerReminder *reminder, gpointer user)
{
    One *one = user;
    g_hash_table_add(one->done, g_strdup(reminder->occurrence));
    json_array_append_new(one->reminders, reminder_json(reminder->occurrence, reminder->planned, reminder->done, reminder->letter,
                                                        reminder->why, one->w->desk->zone));
}

static gboolean add_plan(One *one, GError **error)
{
    g_autoptr(Workdays) workdays = workdays_new(one->w->ledger, one->w->desk->conf, error);
    if (!workdays)
        return FALSE;
    g_autoptr(GArray) plan = plan_occurrences(workdays, one->w->desk->conf, one->due);
    for (guint i = 0; i < plan->len; i++) {
        const Occurrence *occurrence = &g_array_index(plan, Occurrence, i);
        if (!g_hash_table_contains(one->done, occurrence->name) && occurrence->planned > clock_now())
            json_array_append_new(one->reminders,
                                  reminder_json(occurrence->name, occurrence->planned, 0, 0, NULL, one->w->desk->zone));
    }
    return TRUE;
}

gboolean run_duty(Worker *w, Exchange *x, GError **error)
{
    g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    One one = {.w = w, .done = done};
    if (!ledger_duty_get(w->ledger, x->ids[0], take_duty, &one, error))
        return not_there("duty", error);
    json_auto_t *object = one.object;
    one.reminders = json_array();
    json_object_set_new(object, "reminders", one.reminders);
    if (!ledger_reminders(w->ledger, x->ids[0], add_reminder, &one, error) || (one.goes_on && !add_plan(&one, error)))
        return FALSE;
    reply_json(x, 200, json_incref(object));
    return TRUE;
}

/* --- a person's word --------------------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *reason;
    gboolean (*say)(Worker *w, gint64 id, const char *reason, const char *actor, GError **error);
} Word;

static gboolean write_word(Worker *w, Exchange *x, gpointer user, GError **error)
{
    const Word *word = user;
    return word->say(w, x->ids[0], word->reason, x->session.name, error);
}

static gboolean say(Worker *w, Exchange *x, Word word, GError **error)
{
    One one = {.w = w};
    json_auto_t *body = js_body(x, error);
    if (!body || !js_get_text(body, "reason", TRUE, TEXT_CHARS, &word.reason, error))
        return FALSE;
    if (!ledger_duty_get(w->ledger, x->ids[0], take_duty, &one, error))
        return not_there("duty", error);
    json_decref(one.object);
    if (!worker_write(w, x, write_word, &word, error) || !ledger_duty_get(w->ledger, x->ids[0], take_duty, &one, error))
        return FALSE;
    reply_json(x, 200, one.object);
    return TRUE;
}

static gboolean say_waive(Worker *w, gint64 id, const char *reason, const char *actor, GError **error)
{
    return duties_waive(w->ledger, id, reason, actor, error);
}

static gboolean say_hold(Worker *w, gint64 id, const char *reason, const char *actor, GError **error)
{
    return duties_hold(w->ledger, id, TRUE, reason, actor, error);
}

static gboolean say_release(Worker *w, gint64 id, const char *reason, const char *actor, GError **error)
{
    return duties_hold(w->ledger, id, FALSE, reason, actor, error);
}

static gboolean say_meet(Worker *w, gint64 id, const char *reason, const char *actor, GError **error)
{
    return duties_meet(w->ledger, id, reason, actor, error);
}

gboolean run_duty_waive(Worker *w, Exchange *x, GError **error)
{
    return say(w, x, (Word){.say = say_waive}, error);
}

gboolean run_duty_hold(Worker *w, Exchange *x, GError **error)
{
    return say(w, x, (Word){.say = say_hold}, error);
}

gboolean run_duty_release(Worker *w, Exchange *x, GError **error)
{
    return say(w, x, (Word){.say = say_release}, error);
}

gboolean run_duty_meet(Worker *w, Exchange *x, GError **error)
{
    return say(w, x, (Word){.say = say_meet}, error);
}

typedef struct {
    DutyByHand duty;
    gint64 id;
} Added;

static gboolean write_duty(Worker *w, Exchange *x, gpointer user, GError **error)
{
    Added *added = user;
    const DutyByHand *duty = &added->duty;
    if ((duty->party && !party_there(w, duty->party, error)) || (duty->meeting && !meeting_there(w, duty->meeting, error)))
        return FALSE;
    if (duty->entry && !entry_version(w->ledger, duty->entry))
        return not_there("entry", error);
    return duties_add(w->ledger, &added->duty, x->session.name, &added->id, error);
}

static gboolean read_duty(Worker *w, json_t *body, DutyByHand *ret, GError **error)
{
    const char *day;
    if (!js_get_text(body, "what", TRUE, TEXT_CHARS, &ret->what, error) || !js_get_text(body, "why", TRUE, TEXT_CHARS, &ret->why, error) ||
        !js_get_text(body, "due", TRUE, TEXT_CHARS, &day, error) || !js_get_text(body, "name", FALSE, TEXT_CHARS, &ret->name, error) ||
        !js_get_text(body, "address", FALSE, TEXT_CHARS, &ret->address, error) || !js_get_id(body, "party", FALSE, &ret->party, error) ||
        !js_get_id(body, "entry", FALSE, &ret->entry, error) || !js_get_id(body, "meeting", FALSE, &ret->meeting, error))
        return FALSE;
    ret->due = clock_day_end(day, 0, w->desk->zone);
    if (ret->due >= 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_USAGE, "'due' must be a day such as 2026-03-05");
    return FALSE;
}

gboolean run_duty_add(Worker *w, Exchange *x, GError **error)
{
    Added added = {0};
    json_auto_t *body = js_body(x, error);
    if (!body || !read_duty(w, body, &added.duty, error) || !worker_write(w, x, write_duty, &added, error))
        return FALSE;
    reply_json(x, 201, json_pack("{s:I}", "id", (json_int_t)added.id));
    return TRUE;
}

/* --- the calendar -------------------------------------------------------------------------------------------------------------------- */

json_t *meeting_json(const LedgerMeeting *meeting, const char *zone, gint64 participants)
{
    json_t *object = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)meeting->id, "uid", js_text(meeting->uid),
                               "name", js_plain(meeting->name), "place", js_plain(meeting->place), "first_day", js_text(meeting->first_day),
                               "last_day", js_text(meeting->last_day), "starts", js_instant(meeting->starts, zone), "ends",
                               js_instant(meeting->ends, zone));
    json_t *more = json_pack("{s:o, s:o, s:o, s:o, s:I}", "groups", js_words(meeting->groups), "host", js_plain(meeting->host), "contact",
                             js_text(meeting->contact), "state", js_text(meeting->state), "participants", (json_int_t)participants);
    json_object_update(object, more);
    json_decref(more);
    return object;
}

json_t *ballot_json(const LedgerBallot *ballot, const char *zone)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)ballot->id, "document", js_plain(ballot->document), "title",
                     js_plain(ballot->title), "groups", js_words(ballot->groups), "opens", js_instant(ballot->opens, zone), "closes",
                     js_instant(ballot->closes, zone), "state", js_text(ballot->state));
}

static void add_day(const LedgerDay *day, gpointer list)
{
    json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "day", js_text(day->day), "kind", js_text(day->kind), "name", js_text(day->name)));
}

static void count_one(const LedgerParticipant *participant, gpointer count)
{
    (void)participant;
    (*(gint64 *)count)++;
}

static void add_meeting(const LedgerMeeting *meeting, gpointer user)
{
    Page *page = user;
    gint64 participants = 0;
    ledger_participants(page->w->ledger, meeting->id, count_one, &participants, NULL);
    json_array_append_new(page->list, meeting_json(meeting, page->w->desk->zone, participants));
}

static void add_ballot(const LedgerBallot *ballot, gpointer user)
{
    Page *page = user;
    json_array_append_new(page->list, ballot_json(ballot, page->w->desk->zone));
}

/* The first and last day of the month that X asks for. */
static gboolean month_of(Worker *w, const Exchange *x, char ret_first[16], char ret_last[16], GError **error)
{
    int year, month, length = 0;
    g_autofree char *now = clock_iso(clock_now(), w->desk->zone);
    const char *text = exchange_query(x, "month");
    if (sscanf(text ? text : now, "%4d-%2d%n", &year, &month, &length) != 2 || (text && text[length]) || year < 1970 ||
        !g_date_valid_month((GDateMonth)month)) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "'month' must be such as 2026-03");
        return FALSE;
    }
    g_snprintf(ret_first, 16, "%04d-%02d-01", year, month);
    g_snprintf(ret_last, 16, "%04d-%02d-%02d", year, month, g_date_get_days_in_month((GDateMonth)month, (GDateYear)year));
    return TRUE;
}

gboolean run_calendar(Worker *w, Exchange *x, GError **error)
{
    char first[16], last[16];
    if (!month_of(w, x, first, last, error))
        return FALSE;
    gint64 from = clock_day_end(first, -1, w->desk->zone) + 1, to = clock_day_end(last, 0, w->desk->zone);
    json_auto_t *days = json_array(), *meetings = json_array(), *ballots = json_array(), *duties = json_array();
    Page meeting_page = {.w = w, .list = meetings}, ballot_page = {.w = w, .list = ballots},
         duty_page = {.w = w, .list = duties, .limit = G_MAXINT};
    DutyFilter filter = {.state = "all", .due_from = from, .due_before = to + 1};
    if (!ledger_days(w->ledger, first, last, add_day, days, error) ||
        !ledger_meetings(w->ledger, first, last, add_meeting, &meeting_page, error) ||
        !ledger_ballots(w->ledger, from, to, add_ballot, &ballot_page, error) ||
        !ledger_duties(w->ledger, &filter, add_duty, &duty_page, error))
        return FALSE;
    first[strlen("YYYY-MM")] = 0;
    reply_json(x, 200, json_pack("{s:s, s:O, s:O, s:O, s:O}", "month", first, "days", days, "meetings", meetings, "ballots", ballots,
                                  "duties", duties));
    return TRUE;
}
