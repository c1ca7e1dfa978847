/* duties.c: `shouwen duties`: who owes what by when, and what a person says of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "duties/duties.h"
#include "duties/remind.h"
#include "ledger/duties.h"
#include "ledger/facts.h"
#include "ledger/parties.h"
#include "letters/post.h"

static const OutputColumn columns[] = {
    {"id_n", "id", 0},         {"state", "state", 0},    {"due", "due", 25},          {"who", "who", 24},
    {"what", "what", 0},       {"why", "why", 60},       {"address", NULL, 0},        {"origin", NULL, 0},
    {"key", NULL, 0},          {"article", NULL, 0},     {"reference", NULL, 0},      {"party_n", NULL, 0},
    {"meeting_n", NULL, 0},    {"ballot_n", NULL, 0},    {"document_n", NULL, 0},     {"held_n", NULL, 0},
    {"reminded_n", NULL, 0},   {"reason", NULL, 0},      {"why_en", NULL, 0},         {"created", NULL, 0},
    {"settled", NULL, 0},
};

static const OutputColumn plan_columns[] = {
    {"at", "when", 25}, {"recipient", "to", 40}, {"who", "who", 24}, {"what", "what", 0}, {"occurrence", "occurrence", 0},
    {"due", "due", 25}, {"duty_n", "duty", 0},
};

typedef struct {
    char *state, *who, *due_before, *reason, *what, *due, *name, *address, *why, *entry, *until, *now;
    gint64 party;
    gboolean all;
} Wishes;

typedef struct {
    const Conf *conf;
    Ledger *ledger;
    const Wishes *wishes;
    const char *zone;
    gboolean json;
    Output *output;
} Duties;

/* --- printing ------------------------------------------------------------------------------------------------------------ */

static char *instant_text(const Duties *it, gint64 instant)
{
    return instant ? clock_iso(instant, it->zone) : NULL;
}

static const char *debtor(const LedgerDuty *duty)
{
    return duty->name ? duty->name : duty->address ? duty->address : "(the secretariat)";
}

static char *number(gint64 value)
{
    return g_strdup_printf("%" G_GINT64_FORMAT, value);
}

static void print_duty(const LedgerDuty *duty, gpointer user)
{
    const Duties *it = user;
    g_autofree char *id = number(duty->id), *due = instant_text(it, duty->due), *party = number(duty->party);
    g_autofree char *meeting = number(duty->meeting), *ballot = number(duty->ballot), *document = number(duty->document);
    g_autofree char *created = instant_text(it, duty->created), *settled = instant_text(it, duty->settled);
    g_autofree char *held = number(duty->held), *reminded = number(duty->reminded);
    g_autofree char *state = g_strconcat(duty->state, duty->held && !it->json ? ", held" : "", NULL);
    const char *row[] = {id,           state,         due,           debtor(duty),    duty->what, duty->why_zh, duty->address,
                         duty->origin, duty->key,     duty->article, duty->reference, party,      meeting,      ballot,
                         document,     held,          reminded,      duty->reason,    duty->why_en, created,    settled};
    output_row(it->output, row);
}

static gboolean list(Duties *it, GError **error)
{
    DutyFilter filter = {.state = it->wishes->state, .who = it->wishes->who};
    if (it->wishes->due_before && !cmd_instant(it->wishes->due_before, it->zone, &filter.due_before, error))
        return FALSE;
    it->output = output_new(it->json, columns, G_N_ELEMENTS(columns));
    gboolean good = ledger_duties(it->ledger, &filter, print_duty, it, error);
    output_end(it->output);
    return good;
}

static void print_planned(const PlannedReminder *planned, gpointer user)
{
    const Duties *it = user;
    g_autofree char *at = instant_text(it, planned->at), *due = instant_text(it, planned->duty->due), *id = number(planned->duty->id);
    const char *row[] = {at, planned->recipient, debtor(planned->duty), planned->duty->what, planned->occurrence, due, id};
    output_row(it->output, row);
}

static gboolean plan(Duties *it, GError **error)
{
    gint64 until = clock_now() + 31 * G_TIME_SPAN_DAY;
    if (it->wishes->until && !cmd_instant(it->wishes->until, it->zone, &until, error))
        return FALSE;
    g_autoptr(Workdays) workdays = workdays_new(it->ledger, it->conf, error);
    if (!workdays)
        return FALSE;
    it->output = output_new(it->json, plan_columns, G_N_ELEMENTS(plan_columns));
    gboolean good = remind_plan(it->ledger, it->conf, workdays, until, print_planned, it, error);
    output_end(it->output);
    return good;
}

static void line(const char *label, const char *value)
{
    if (!value || !*value)
        return;
    g_autofree char *name = text_fit(label, 14), *plain = text_plain(value, 400);
    printf("  %s %s\n", name, plain);
}

static void show_duty(const LedgerDuty *duty, gpointer user)
{
    const Duties *it = user;
    g_autofree char *due = instant_text(it, duty->due), *created = instant_text(it, duty->created);
    g_autofree char *settled = instant_text(it, duty->settled), *claimed = instant_text(it, duty->claimed);
    const char *const lines[][2] = {
        {"state", duty->state},     {"held", duty->held ? "reminders are held back" : NULL}, {"who", debtor(duty)},
        {"address", duty->address}, {"what", duty->what},       {"due", due},                {"article", duty->article},
        {"why", duty->why_zh},      {"", duty->why_en},         {"entry", duty->reference},  {"meeting", duty->meeting_name},
        {"from", duty->origin},     {"key", duty->key},         {"entered", created},        {"claimed", claimed},
        {"settled", settled},       {"reason", duty->reason}};
    printf("duty %" G_GINT64_FORMAT "\n", duty->id);
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        line(lines[i][0], lines[i][1]);
}

static void show_reminder(const LedgerReminder *reminder, gpointer user)
{
    const Duties *it = user;
    g_autofree char *planned = instant_text(it, reminder->planned), *done = instant_text(it, reminder->done);
    g_autofree char *text = reminder->letter ? g_strdup_printf("planned %s, letter %" G_GINT64_FORMAT " of %s", planned, reminder->letter, done)
                                             : g_strdup_printf("planned %s, passed over: %s", planned, reminder->why);
    line(reminder->occurrence, text);
}

/* --- what a person says ----------------------------------------------------------------------------------------------------- */

static void pass_party(G_GNUC_UNUSED const LedgerParty *party, G_GNUC_UNUSED gpointer user)
{
}

/* What letters have no name for would be asked for by a word that nobody knows. */
static gboolean is_named(const Duties *it, const char *what, GError **error)
{
    g_autofree char *folder = conf_path(it->conf, "general", "templates");
    g_autoptr(Templates) templates = templates_load(folder, error);
    if (!templates)
        return FALSE;
    if (what && names_duty(templates_names(templates), what, "zh") != what)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_USAGE, "--what is a kind of document, such as work-report, or completion, reach, warning or other");
    return FALSE;
}

static gboolean add(Duties *it, GError **error)
{
    const Wishes *wishes = it->wishes;
    DutyByHand duty = {.what = wishes->what, .name = wishes->name, .address = wishes->address, .why = wishes->why, .party = wishes->party};
    gint64 id = 0;
    if (!wishes->due) {
        g_set_error_literal(error, FAILURE, FAILURE_USAGE, "--what and --due are needed, and --party or --name and --address; neither is the secretariat");
        return FALSE;
    }
    if (!is_named(it, wishes->what, error) || !cmd_instant(wishes->due, it->zone, &duty.due, error) ||
        (wishes->entry && !(duty.entry = cmd_entry(it->ledger, wishes->entry, error))))
        return FALSE;
    if (wishes->party && !ledger_party_get(it->ledger, wishes->party, pass_party, NULL, NULL)) {
        g_set_error(error, FAILURE, FAILURE_DATA, "there is no person %" G_GINT64_FORMAT " in the registry", wishes->party);
        return FALSE;
    }
    if (!duties_add(it->ledger, &duty, g_get_user_name(), &id, error))
        return FALSE;
    printf(it->json ? "{\"id\":%" G_GINT64_FORMAT "}\n" : "duty %" G_GINT64_FORMAT "\n", id);
    return TRUE;
}

static gboolean say(Duties *it, const char *verb, gint64 id, GError **error)
{
    const char *actor = g_get_user_name(), *reason = it->wishes->reason;
    if (g_str_equal(verb, "waive"))
        return duties_waive(it->ledger, id, reason, actor, error);
    if (g_str_equal(verb, "meet"))
        return duties_meet(it->ledger, id, reason, actor, error);
    return duties_hold(it->ledger, id, g_str_equal(verb, "hold"), reason, actor, error);
}

static gboolean show(Duties *it, gint64 id, GError **error)
{
    GError *failure = NULL;
    if (ledger_duty_get(it->ledger, id, show_duty, it, &failure))
        return ledger_reminders(it->ledger, id, show_reminder, it, error);
    if (failure)
        g_propagate_error(error, failure);
    else
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no duty %" G_GINT64_FORMAT, id);
    return FALSE;
}

/* The ids in ARGV, one after the other. */
static gboolean each(Duties *it, const char *verb, int argc, char **argv, GError **error)
{
    if (g_str_equal(verb, "release") && it->wishes->all)
        return ledger_fact_set(it->ledger, REMINDERS_HELD, NULL, error);
    if (argc == 0) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "%s which duty?", verb);
        return FALSE;
    }
    for (int i = 0; i < argc; i++) {
        gint64 id = g_ascii_strtoll(argv[i], NULL, 10);
        if (!(g_str_equal(verb, "show") ? show(it, id, error) : say(it, verb, id, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean run(Duties *it, const char *verb, int argc, char **argv, GError **error)
{
    if (g_str_equal(verb, "list"))
        return list(it, error);
    if (g_str_equal(verb, "plan"))
        return plan(it, error);
    if (g_str_equal(verb, "show"))
        return each(it, verb, argc, argv, error);
    if (!ledger_begin(it->ledger, error))
        return FALSE;
    if ((g_str_equal(verb, "add") ? add(it, error) : each(it, verb, argc, argv, error)) && ledger_commit(it->ledger, error))
        return TRUE;
    ledger_rollback(it->ledger);
    return FALSE;
}

static void wishes_clear(Wishes *wishes)
{
    for (char **const *text = (char **const[]){&wishes->state, &wishes->who, &wishes->due_before, &wishes->reason, &wishes->what,
                                               &wishes->due, &wishes->name, &wishes->address, &wishes->why, &wishes->entry,
                                               &wishes->until, &wishes->now, NULL};
         *text; text++)
        g_free(**text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wishes, wishes_clear)

int cmd_duties(int argc, char **argv)
{
    static const char *const verbs[] = {"list", "show", "plan", "add", "waive", "meet", "hold", "release", NULL};
    GError *error = NULL;
    CmdOptions options = {0};
    g_auto(Wishes) wishes = {0};
    const GOptionEntry own[] = {
        {"state", 's', 0, G_OPTION_ARG_STRING, &wishes.state, "list: open, claimed, met, waived or all (else open and claimed)", "STATE"},
        {"who", 'w', 0, G_OPTION_ARG_STRING, &wishes.who, "list: part of a name or address, or an organisation", "WHO"},
        {"due-before", 0, 0, G_OPTION_ARG_STRING, &wishes.due_before, "list: due on or before that day", "DAY"},
        {"until", 0, 0, G_OPTION_ARG_STRING, &wishes.until, "plan: up to that day (31 days)", "DAY"},
        {"reason", 'r', 0, G_OPTION_ARG_STRING, &wishes.reason, "waive, meet, hold: why", "TEXT"},
        {"all", 0, 0, G_OPTION_ARG_NONE, &wishes.all, "release: the reminders that a rebuild or restore held back", NULL},
        {"what", 0, 0, G_OPTION_ARG_STRING, &wishes.what, "add: the kind of document, or other", "KIND"},
        {"due", 0, 0, G_OPTION_ARG_STRING, &wishes.due, "add: by when", "DAY"},
        {"party", 0, 0, G_OPTION_ARG_INT64, &wishes.party, "add: who owes it, by number of the registry", "ID"},
        {"name", 0, 0, G_OPTION_ARG_STRING, &wishes.name, "add: who owes it", "NAME"},
        {"address", 0, 0, G_OPTION_ARG_STRING, &wishes.address, "add: his mail address", "ADDRESS"},
        {"entry", 'e', 0, G_OPTION_ARG_STRING, &wishes.entry, "add: the entry that it is about", "REFERENCE"},
        {"why", 0, 0, G_OPTION_ARG_STRING, &wishes.why, "add: a sentence for the letter", "TEXT"},
        {"now", 0, 0, G_OPTION_ARG_STRING, &wishes.now, "as if it were that instant", "INSTANT"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, "[list|show ID…|plan|add|waive ID…|meet ID…|hold ID…|release ID…]", "Who owes what by when.", own,
                   &options, &error) ||
        !cmd_now(wishes.now, &error))
        return cmd_end(error);
    const char *verb = argc > 1 ? argv[1] : "list";
    if (!g_strv_contains(verbs, verb)) {
        g_set_error(&error, FAILURE, FAILURE_USAGE, "there is no 'duties %s'; see '%s --help'", verb, g_get_prgname());
        return cmd_end(error);
    }
    gboolean reads = g_str_equal(verb, "list") || g_str_equal(verb, "show") || g_str_equal(verb, "plan");
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, reads ? LEDGER_READ : LEDGER_WRITE, &error) : NULL;
    if (ledger) {
        Duties it = {.conf = conf, .ledger = ledger, .wishes = &wishes, .zone = conf_string(conf, "general", "zone"), .json = options.json};
        run(&it, verb, MAX(argc - 2, 0), argv + 2, &error);
    }
    return cmd_end(error);
}
