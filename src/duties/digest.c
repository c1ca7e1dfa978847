#include "base/clock.h"
#include "duties/digest.h"
#include "duties/owed.h"
#include "ledger/account.h"
#include "ledger/alarms.h"
#include "ledger/events.h"
#include "ledger/facts.h"
#include "letters/say.h"
#include "source/source.h"

#define SENT "digest.sent" /* a fact: the instant of the last one */

/* When the last one was written; a day ago when there was none. */
static gint64 last_one(Ledger *ledger)
{
    g_autofree char *sent = ledger_fact(ledger, SENT);
    gint64 instant = sent ? clock_parse_iso(sent) : -1;
    return instant >= 0 ? instant : clock_now() - G_TIME_SPAN_DAY;
}

gboolean digest_wanted(Ledger *ledger, const Conf *conf, const Workdays *workdays)
{
    gint64 now = clock_now();
    guint32 today = workdays_day(workdays, now);
    g_autofree char *sent = ledger_fact(ledger, SENT);
    return *conf_list(conf, "office", "secretariat") && workdays_is(workdays, today) &&
           now >= clock_at(today, (int)conf_int(conf, "digest", "at"), workdays_zone(workdays)) &&
           now < workdays_closing(workdays, today) &&
           (!sent || workdays_day(workdays, clock_parse_iso(sent)) != today);
}

/* --- what it says ----------------------------------------------------------------------------------------------------------- */

/* The lists of a SayDigest, and what their texts live in. */
typedef struct {
    SayDigest say;
    GStringChunk *texts;
    GPtrArray *lists;
} Telling;

static void telling_free(Telling *telling)
{
    g_string_chunk_free(telling->texts);
    g_ptr_array_unref(telling->lists);
    g_free(telling);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Telling, telling_free)

static void free_list(gpointer list)
{
    g_array_unref(list);
}

static GArray *new_list(Telling *telling)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(SayLine));
    g_ptr_array_add(telling->lists, list);
    return list;
}

static const char *keep(Telling *telling, const char *text)
{
    return text ? g_string_chunk_insert(telling->texts, text) : NULL;
}

typedef struct {
    Telling *telling;
    GArray *list;
} Taking;

static void take_line(const AccountLine *line, gpointer user)
{
    const Taking *taking = user;
    SayLine row = {.reference = keep(taking->telling, line->reference), .person = keep(taking->telling, line->person),
                   .address = keep(taking->telling, line->address),     .subject = keep(taking->telling, line->subject),
                   .reason = keep(taking->telling, line->reason),       .instant = line->instant};
    g_array_append_val(taking->list, row);
}

static const GArray *take_account(Telling *telling, Ledger *ledger, Account what, GError **error)
{
    Taking taking = {telling, new_list(telling)};
    return ledger_account(ledger, what, telling->say.since, take_line, &taking, error) ? taking.list : NULL;
}

/* What is overdue; and what has no day and is the secretariat's own affair (a warning, somebody to be reached) waits for it. */
static void take_duty(const LedgerDuty *duty, gpointer user)
{
    Telling *telling = user;
    SayLine row = {.reference = keep(telling, duty->reference), .person = keep(telling, duty->name ? duty->name : duty->address),
                   .address = keep(telling, duty->address),     .what = keep(telling, duty->what),
                   .reason = keep(telling, duty->why_zh),       .reason_en = keep(telling, duty->why_en), .due = duty->due};
    if (duty->due ? duty->due < telling->say.now : owed_by_office(duty) || g_str_equal(duty->what, "reach"))
        g_array_append_val((GArray *)(duty->due ? telling->say.overdue : telling->say.waiting), row);
}

static gboolean take_duties(Telling *telling, Ledger *ledger, GError **error)
{
    DutyFilter filter = {0};
    telling->say.overdue = new_list(telling);
    return ledger_duties(ledger, &filter, take_duty, telling, error);
}

static const GArray *take_mailboxes(Telling *telling, const Conf *conf)
{
    GArray *list = new_list(telling);
    for (const char *const *name = conf_mailboxes(conf); *name; name++) {
        SayLine row = {.what = *name, .instant = source_beat_time(conf, *name, "alive")};
        g_array_append_val(list, row);
    }
    return list;
}

static const GArray *take_alarms(Telling *telling, Ledger *ledger, GError **error)
{
    GArray *list = new_list(telling);
    g_autoptr(GPtrArray) alarms = ledger_alarms(ledger, error);
    for (guint i = 0; alarms && i < alarms->len; i++) {
        const LedgerAlarm *alarm = g_ptr_array_index(alarms, i);
        SayLine row = {.what = keep(telling, alarm->name), .reason = keep(telling, alarm->text), .instant = alarm->since};
        if (!alarm->over)
            g_array_append_val(list, row);
    }
    return alarms ? list : NULL;
}

static Telling *tell(Ledger *ledger, const Conf *conf, GError **error)
{
    g_autoptr(Telling) telling = g_new0(Telling, 1);
    SayDigest *say = &telling->say;
    telling->texts = g_string_chunk_new(4096);
    telling->lists = g_ptr_array_new_with_free_func(free_list);
    say->since = last_one(ledger);
    say->now = clock_now();
    say->arrived = (guint)ledger_account_arrived(ledger, say->since);
    say->answered = (guint)ledger_account_answered(ledger, say->since);
    g_autofree char *head = ledger_chain_head(ledger, &say->event);
    say->head = keep(telling, head);
    say->mailboxes = take_mailboxes(telling, conf);
    if (!(say->fresh = take_account(telling, ledger, ACCOUNT_NEW, error)) ||
        !(say->waiting = take_account(telling, ledger, ACCOUNT_WAITING, error)) ||
        !(say->held = take_account(telling, ledger, ACCOUNT_HELD, error)) ||
        !(say->failed = take_account(telling, ledger, ACCOUNT_FAILED, error)) ||
        !take_duties(telling, ledger, error) || !(say->alarms = take_alarms(telling, ledger, error)))
        return NULL;
    return g_steal_pointer(&telling);
}

gboolean digest_post(Ledger *ledger, const Templates *templates, const Conf *conf, const Workdays *workdays, gboolean *ret_posted,
                     GError **error)
{
    g_autoptr(Telling) telling = tell(ledger, conf, error);
    g_autofree char *now = clock_iso(clock_now(), workdays_zone(workdays));
    *ret_posted = FALSE;
    if (!telling)
        return FALSE;
    for (const char *const *address = conf_list(conf, "office", "secretariat"); *address; address++) {
        Posted posted;
        LetterOrder order = {.kind = "digest", .form = LETTER_FULL, .recipient = *address, .add_facts = say_digest, .user = &telling->say};
        if (!letter_post(ledger, templates, &order, conf, "clock", NULL, &posted, error))
            return FALSE;
        *ret_posted |= posted == POSTED_QUEUED;
    }
    return ledger_fact_set(ledger, SENT, now, error);
}
