/* experts.c: `shouwen experts`: the registry of experts: list, import, and who takes part in a meeting. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "cmd/cmd.h"
#include "cmd/given.h"
#include "cmd/output.h"
#include "ledger/parties.h"

static const OutputColumn columns[] = {
    {"id_n", "id", 0},         {"name", "name", 16},        {"organisation", "organisation", 32}, {"address", "address", 36},
    {"groups", "groups", 0},   {"state", "state", 0},       {"since", "since", 0},                {"name_latin", NULL, 0},
    {"title", NULL, 0},        {"phone", NULL, 0},          {"contact", NULL, 0},                 {"language", NULL, 0},
    {"origin", NULL, 0},       {"until", NULL, 0},
};

typedef struct {
    Output *output;
    const char *zone;
} Listing;

static char *day_of(gint64 instant, const char *zone)
{
    return instant ? clock_day_text(clock_day(instant, zone)) : NULL;
}

static void list_party(const LedgerParty *party, gpointer user)
{
    const Listing *listing = user;
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, party->id);
    g_autofree char *since = day_of(party->since, listing->zone), *until = day_of(party->until, listing->zone);
    output_row(listing->output, (const char *const[]){id, party->name, party->organisation, party->address, party->working_groups, party->state,
                                                      since, party->name_latin, party->title, party->phone, party->contact, party->language,
                                                      party->origin, until});
}

static gboolean list(Ledger *ledger, const Conf *conf, const char *state, gboolean json, GError **error)
{
    Listing listing = {output_new(json, columns, G_N_ELEMENTS(columns)), conf_string(conf, "general", "zone")};
    gboolean good = ledger_parties(ledger, state, list_party, &listing, error);
    output_end(listing.output);
    return good;
}

static gboolean import_one(Ledger *ledger, const char *json, Imported *ret, gpointer user, GError **error)
{
    return imported_experts(ledger, json, user, ret, error);
}

/* --- who takes part ------------------------------------------------------------------------------------------------------- */

static const OutputColumn attendance[] = {
    {"party_n", "id", 0}, {"name", "name", 16}, {"organisation", "organisation", 32}, {"address", "address", 36}, {"state", "state", 0},
};

static gboolean is_number(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == 0;
}

static void pass_meeting(G_GNUC_UNUSED const LedgerMeeting *meeting, G_GNUC_UNUSED gpointer user)
{
}

/* By number or name; 0 with ERROR. */
static gint64 meeting_of(Ledger *ledger, const char *text, GError **error)
{
    gint64 id = is_number(text) ? atoll(text) : ledger_meeting_named(ledger, text, NULL);
    if (id && ledger_meeting_get(ledger, id, pass_meeting, NULL, NULL))
        return id;
    g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no meeting '%s'; see 'shouwen calendar'", text);
    return 0;
}

static void pass_party(G_GNUC_UNUSED const LedgerParty *party, G_GNUC_UNUSED gpointer user)
{
}

/* By number, address or name; 0 with ERROR. */
static gint64 party_of(Ledger *ledger, const char *text, GError **error)
{
    gboolean several = FALSE;
    gint64 id = is_number(text)      ? atoll(text)
                : strchr(text, '@') ? ledger_party_by_address(ledger, text)
                                    : ledger_party_by_name(ledger, text, NULL, &several);
    if (id && ledger_party_get(ledger, id, pass_party, NULL, NULL))
        return id;
    g_set_error(error, FAILURE, FAILURE_NOINPUT, several ? "several experts are called '%s'; give the number" : "there is no expert '%s'; see 'shouwen experts'",
                text);
    return 0;
}

static void list_participant(const LedgerParticipant *participant, gpointer user)
{
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, participant->party);
    output_row(user, (const char *const[]){id, participant->name, participant->organisation, participant->address, participant->state});
}

static gboolean list_participants(Ledger *ledger, const char *meeting, gboolean json, GError **error)
{
    gint64 id = meeting_of(ledger, meeting, error);
    if (!id)
        return FALSE;
    Output *output = output_new(json, attendance, G_N_ELEMENTS(attendance));
    gboolean good = ledger_participants(ledger, id, list_participant, output, error);
    output_end(output);
    return good;
}

static gboolean note_each(Ledger *ledger, const char *meeting, char **experts, int count, const char *state, GError **error)
{
    LedgerParticipant participant = {.meeting = meeting_of(ledger, meeting, error), .state = state};
    for (int i = 0; participant.meeting && i < count; i++) {
        participant.party = party_of(ledger, experts[i], error);
        if (!participant.party || !ledger_participant_put(ledger, &participant, g_get_user_name(), NULL, error))
            return FALSE;
    }
    return participant.meeting != 0;
}

/* WORDS: the meeting, then nothing, or experts and at last their state. All of them, or none. */
static gboolean attend(Ledger *ledger, char **words, int count, gboolean json, GError **error)
{
    static const char *const states[] = {"registered", "attended", "absent", "excused", NULL};
    if (count == 1)
        return list_participants(ledger, words[0], json, error);
    if (count < 3 || !g_strv_contains(states, words[count - 1])) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "attend MEETING [EXPERT… registered|attended|absent|excused]");
        return FALSE;
    }
    if (!ledger_begin(ledger, error))
        return FALSE;
    if (note_each(ledger, words[0], words + 1, count - 2, words[count - 1], error) && ledger_commit(ledger, error))
        return TRUE;
    ledger_rollback(ledger);
    return FALSE;
}

int cmd_experts(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    g_autofree char *state = NULL;
    gboolean dry = FALSE;
    const GOptionEntry own[] = {
        {"state", 's', 0, G_OPTION_ARG_STRING, &state, "list only active or withdrawn ones", "STATE"},
        {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry, "import: say what would change, and change nothing", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, "list | import FILE.xlsx|csv… | attend MEETING [EXPERT… STATE]", "The registry of experts; 'shouwen export experts' writes it out.", own, &options,
                   &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    if (!conf)
        return cmd_end(error);
    const char *verb = argc > 1 ? argv[1] : "list";
    gboolean import = g_str_equal(verb, "import"), attends = g_str_equal(verb, "attend"), lists = g_str_equal(verb, "list");
    g_autoptr(Ledger) ledger = cmd_ledger(conf, import ? LEDGER_CREATE : attends ? LEDGER_WRITE : LEDGER_READ, &error);
    if (!ledger)
        return cmd_end(error);
    if (lists ? argc > 2 : argc < 3 || (!import && !attends))
        g_set_error(&error, FAILURE, FAILURE_USAGE, "see 'shouwen experts --help'");
    else if (attends)
        attend(ledger, argv + 2, argc - 2, options.json, &error);
    else if (import)
        given_import(ledger, conf, argv + 2, door_table, import_one, (gpointer)g_get_user_name(), dry, &error);
    else
        list(ledger, conf, state, options.json, &error);
    return cmd_end(error);
}
