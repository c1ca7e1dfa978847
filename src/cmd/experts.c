/* experts.c: `shouwen experts`: the registry of experts: list, import. */
#include <stdio.h>
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
    if (!cmd_parse(&argc, &argv, "list | import FILE.xlsx|csv…", "The registry of experts; 'shouwen export experts' writes it out.", own, &options,
                   &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    if (!conf)
        return cmd_end(error);
    const char *verb = argc > 1 ? argv[1] : "list";
    gboolean import = g_str_equal(verb, "import");
    g_autoptr(Ledger) ledger = cmd_ledger(conf, import ? LEDGER_CREATE : LEDGER_READ, &error);
    if (!ledger)
        return cmd_end(error);
    if ((import && argc < 3) || (!import && argc > 2) || (!import && !g_str_equal(verb, "list")))
        g_set_error(&error, FAILURE, FAILURE_USAGE, "see 'shouwen experts --help'");
    else if (import)
        given_import(ledger, conf, argv + 2, door_table, import_one, (gpointer)g_get_user_name(), dry, &error);
    else
        list(ledger, conf, state, options.json, &error);
    return cmd_end(error);
}
