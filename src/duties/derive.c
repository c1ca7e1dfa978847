/* derive.c: duties that follow from meetings, ballots, the registry and the year. Each has a key, so that it follows once. */
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "duties/duties.h"
#include "ledger/duties.h"

#define PAST_DAYS 90 /* a meeting that ended longer ago is history */
#define NAME_CHARS 120
#define ABSENCES 3 /* Art. 12: three meetings running */

typedef struct {
    Ledger *ledger;
    const Conf *conf;
    const char *zone, *actor;
    GPtrArray *debts; /* Debt */
    GError **error;
} Deriving;

/* A LedgerDebt that outlives its visit. */
typedef struct {
    LedgerDebt debt;
    char *name, *last_day, *host, *contact, *attended;
} Debt;

static void debt_free(gpointer data)
{
    Debt *debt = data;
    g_free(debt->name);
    g_free(debt->last_day);
    g_free(debt->host);
    g_free(debt->contact);
    g_free(debt->attended);
    g_free(debt);
}

static void take_debt(const LedgerDebt *debt, gpointer user)
{
    Debt *kept = g_new0(Debt, 1);
    kept->debt = *debt;
    kept->name = text_plain(debt->name, NAME_CHARS);
    kept->last_day = g_strdup(debt->last_day);
    kept->host = g_strdup(debt->host);
    kept->contact = g_strdup(debt->contact);
    kept->attended = g_strdup(debt->attended);
    g_ptr_array_add(user, kept);
}

/* --- one duty ------------------------------------------------------------------------------------------------------------ */

/* Enters or moves DUTY, unless it stands as it should; one that was waived for want of a ground has it again. */
static gboolean owe(const Deriving *it, const LedgerDebt *debt, const LedgerDuty *duty)
{
    gboolean reopened;
    if (debt->groundless &&
        !ledger_duty_state(it->ledger, debt->duty, "waived", "open", 0, NULL, it->actor, &reopened, it->error))
        return FALSE;
    return (debt->duty && debt->due == duty->due) || ledger_duty_put(it->ledger, duty, it->actor, NULL, it->error);
}

static gboolean owe_summary(const Deriving *it, const Debt *debt)
{
    int days = (int)conf_int(it->conf, "rules", "summary_days");
    g_autofree char *key = g_strdup_printf("meeting-summary/meeting %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, debt->debt.meeting,
                                           debt->debt.party);
    g_autofree char *zh = g_strdup_printf("“%s”于 %s 结束，参会人应提交参会工作总结（办法第二十五条；期限由秘书处规定）", debt->name,
                                          debt->last_day);
    g_autofree char *en = g_strdup_printf("summary of participation in \"%s\", which ends on %s (Art. 25; the term is the secretariat's)",
                                          debt->name, debt->last_day);
    LedgerDuty duty = {.key = key, .origin = "meeting", .what = "meeting-summary", .party = debt->debt.party,
                       .meeting = debt->debt.meeting, .article = "25", .why_zh = zh, .why_en = en,
                       .due = clock_day_end(debt->last_day, days, it->zone)};
    return days == 0 || owe(it, &debt->debt, &duty);
}

static gboolean owe_hosting(const Deriving *it, const Debt *debt)
{
    int days = (int)conf_int(it->conf, "rules", "hosting_days");
    g_autofree char *key = g_strdup_printf("hosting-summary/meeting %" G_GINT64_FORMAT, debt->debt.meeting);
    g_autofree char *zh = g_strdup_printf("“%s”于 %s 结束，承办单位应在两周内向国家标准委提交承办会议总结，并抄送秘书处（办法第二十八条）",
                                          debt->name, debt->last_day);
    g_autofree char *en = g_strdup_printf("the host's summary of \"%s\", which ends on %s, is due to SAC within two weeks, with a copy to us "
                                          "(Art. 28)", debt->name, debt->last_day);
    LedgerDuty duty = {.key = key, .origin = "hosting", .what = "hosting-summary", .name = debt->host, .address = debt->contact,
                       .meeting = debt->debt.meeting, .article = "28", .why_zh = zh, .why_en = en,
                       .due = clock_day_end(debt->last_day, days, it->zone)};
    return days == 0 || owe(it, &debt->debt, &duty);
}

static gboolean owe_contribution(const Deriving *it, const Debt *debt)
{
    g_autofree char *key = g_strdup_printf("contribution/ballot %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, debt->debt.ballot,
                                           debt->debt.party);
    g_autofree char *closes = clock_iso(debt->debt.closes, it->zone);
    closes[sizeof "2026-03-05" - 1] = 0;
    g_autofree char *zh = g_strdup_printf("%s 投票将于 %s 截止，请专家提前提交技术贡献或意见（办法第十四条）", debt->name, closes);
    g_autofree char *en = g_strdup_printf("the ballot on %s closes on %s; comments are due some days before (Art. 14)", debt->name, closes);
    LedgerDuty duty = {.key = key, .origin = "ballot", .what = "contribution", .party = debt->debt.party, .ballot = debt->debt.ballot,
                       .article = "14", .why_zh = zh, .why_en = en,
                       .due = debt->debt.closes - conf_int(it->conf, "rules", "lead_days") * G_TIME_SPAN_DAY};
    return owe(it, &debt->debt, &duty);
}

static gboolean each(const Deriving *it, gboolean (*owe_one)(const Deriving *it, const Debt *debt))
{
    for (guint i = 0; i < it->debts->len; i++)
        if (!owe_one(it, g_ptr_array_index(it->debts, i)))
            return FALSE;
    g_ptr_array_set_size(it->debts, 0);
    return TRUE;
}

/* --- the year, absence, and what has no ground any more --------------------------------------------------------------------- */

/* Art. 3: the secretariat itself reports each year to those above it. */
static gboolean owe_work_report(const Deriving *it)
{
    const char *day = conf_string(it->conf, "rules", "work_report");
    int year = clock_year(clock_now(), it->zone);
    g_autofree char *key = g_strdup_printf("work-report/%d", year), *due = g_strdup_printf("%d-%s", year, day);
    g_autofree char *zh = g_strdup_printf("秘书处应按时向上级主管部门报送 %d 年度工作报告（办法第三条）", year);
    g_autofree char *en = g_strdup_printf("the secretariat's work report for %d is due to the authority above it (Art. 3)", year);
    LedgerDuty duty = {.key = key, .origin = "year", .what = "work-report", .article = "3", .why_zh = zh, .why_en = en,
                       .due = clock_day_end(due, 0, it->zone)};
    return !*day || duty.due < clock_now() || ledger_duty_put(it->ledger, &duty, it->actor, NULL, it->error);
}

static gboolean warn_of(const Deriving *it, const Debt *third)
{
    g_autofree char *key = g_strdup_printf("absence/party %" G_GINT64_FORMAT "/meeting %" G_GINT64_FORMAT, third->debt.party,
                                           third->debt.meeting);
    g_autofree char *who = text_plain(third->host, NAME_CHARS);
    g_autofree char *zh = g_strdup_printf("专家%s连续三次未参加 SC27 会议（最近一次“%s”，%s 结束）；如属无故，秘书处有权撤销其资格"
                                          "（办法第十二条第二款）", who, third->name, third->last_day);
    g_autofree char *en = g_strdup_printf("%s missed three SC27 meetings running (the last: \"%s\", ended %s); if without cause, the "
                                          "secretariat may revoke the registration (Art. 12(2))", who, third->name, third->last_day);
    LedgerDuty duty = {.key = key, .origin = "absence", .what = "warning", .meeting = third->debt.meeting, .article = "12",
                       .why_zh = zh, .why_en = en};
    return ledger_duty_put(it->ledger, &duty, it->actor, NULL, it->error);
}

/* One warning for each run of absences, at its third meeting. */
static gboolean warn_of_absences(const Deriving *it)
{
    gint64 party = 0;
    guint missed = 0;
    for (guint i = 0; i < it->debts->len; i++) {
        const Debt *debt = g_ptr_array_index(it->debts, i);
        gboolean absent = !debt->attended || g_str_equal(debt->attended, "absent");
        missed = !absent ? 0 : debt->debt.party == party ? missed + 1 : 1;
        party = debt->debt.party;
        if (missed == ABSENCES && !warn_of(it, debt))
            return FALSE;
    }
    g_ptr_array_set_size(it->debts, 0);
    return TRUE;
}

typedef struct {
    gint64 duty;
    const char *reason;
} Groundless;

static void take_groundless(gint64 duty, const char *reason, gpointer user)
{
    Groundless row = {duty, reason};
    g_array_append_val((GArray *)user, row);
}

static gboolean waive_groundless(const Deriving *it)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Groundless));
    if (!ledger_duties_groundless(it->ledger, clock_now(), take_groundless, rows, it->error))
        return FALSE;
    for (guint i = 0; i < rows->len; i++) {
        const Groundless *row = &g_array_index(rows, Groundless, i);
        if (!ledger_duty_state(it->ledger, row->duty, "open", "waived", 0, row->reason, it->actor, NULL, it->error))
            return FALSE;
    }
    return TRUE;
}

gboolean duties_derive(Ledger *ledger, const Conf *conf, const char *actor, GError **error)
{
    g_autoptr(GPtrArray) debts = g_ptr_array_new_with_free_func(debt_free);
    gint64 now = clock_now();
    Deriving it = {ledger, conf, conf_string(conf, "general", "zone"), actor, debts, error};
    g_autofree char *since = clock_day_text(clock_day(now, it.zone) - PAST_DAYS);
    return waive_groundless(&it) && ledger_debts_meeting(ledger, since, take_debt, debts, error) && each(&it, owe_summary) &&
           ledger_debts_hosting(ledger, since, take_debt, debts, error) && each(&it, owe_hosting) &&
           ledger_debts_ballot(ledger, now, take_debt, debts, error) && each(&it, owe_contribution) &&
           ledger_attendance(ledger, now, take_debt, debts, error) && warn_of_absences(&it) && owe_work_report(&it);
}
