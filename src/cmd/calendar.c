/* calendar.c: `shouwen calendar`: meetings, ballots, days off and worked: list, import, export. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "cmd/cmd.h"
#include "cmd/given.h"
#include "cmd/output.h"
#include "duties/exported.h"
#include "duties/imported.h"
#include "ledger/calendar.h"

static const OutputColumn columns[] = {
    {"kind", "kind", 0},     {"first_day", "from", 0}, {"last_day", "to", 0},     {"name", "name", 60},  {"place", "where", 24},
    {"groups", "groups", 0}, {"host", "host", 24},     {"state", "state", 0},     {"closes", NULL, 0},   {"document", NULL, 0},
    {"contact", NULL, 0},    {"uid", NULL, 0},         {"id_n", "id", 0},
};

typedef struct {
    Output *output;
    const char *zone;
} Listing;

static void list_meeting(const LedgerMeeting *m, gpointer user)
{
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, m->id);
    output_row(((Listing *)user)->output, (const char *const[]){"meeting", m->first_day, m->last_day, m->name, m->place, m->groups, m->host,
                                                                m->state, NULL, NULL, m->contact, m->uid, id});
}

static void list_ballot(const LedgerBallot *b, gpointer user)
{
    const Listing *listing = user;
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, b->id), *closes = clock_iso(b->closes, listing->zone);
    g_autofree char *opens = b->opens ? clock_iso(b->opens, listing->zone) : NULL;
    g_autofree char *first = opens ? g_strndup(opens, strlen("YYYY-MM-DD")) : NULL, *last = g_strndup(closes, strlen("YYYY-MM-DD"));
    output_row(listing->output, (const char *const[]){"ballot", first, last, b->title ? b->title : b->document, NULL, b->groups, NULL, b->state,
                                                      closes, b->document, NULL, b->uid, id});
}

static void list_day(const LedgerDay *day, gpointer user)
{
    output_row(((Listing *)user)->output,
               (const char *const[]){g_str_equal(day->kind, "off") ? "day off" : "workday", day->day, day->day, day->name, NULL, NULL, NULL, NULL,
                                     NULL, NULL, NULL, NULL, NULL});
}

static gboolean list(Ledger *ledger, const Conf *conf, const char *from, gboolean json, GError **error)
{
    const char *zone = conf_string(conf, "general", "zone");
    if (from && !clock_day_parse(from)) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "--from '%s' is no day such as 2026-01-31", from);
        return FALSE;
    }
    gint64 first = from ? clock_day_end(from, -1, zone) : G_MININT64;
    Listing listing = {output_new(json, columns, G_N_ELEMENTS(columns)), zone};
    gboolean good = ledger_meetings(ledger, from, NULL, list_meeting, &listing, error) &&
                    ledger_ballots(ledger, first, G_MAXINT64, list_ballot, &listing, error) &&
                    ledger_days(ledger, from, NULL, list_day, &listing, error);
    output_end(listing.output);
    return good;
}

typedef struct {
    const Conf *conf;
    EventSort as;
} Importing;

static gboolean import_one(Ledger *ledger, const char *json, Imported *ret, gpointer user, GError **error)
{
    const Importing *it = user;
    return imported_calendar(ledger, it->conf, json, it->as, g_get_user_name(), ret, error);
}

static gboolean print_export(Ledger *ledger, const Conf *conf, GError **error)
{
    g_autofree char *text = exported_calendar(ledger, conf, error);
    if (text)
        fputs(text, stdout);
    return text != NULL;
}

int cmd_calendar(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    g_autofree char *from = NULL, *as = NULL;
    gboolean dry = FALSE;
    const GOptionEntry own[] = {
        {"from", 0, 0, G_OPTION_ARG_STRING, &from, "list what is on this day or later", "YYYY-MM-DD"},
        {"as", 0, 0, G_OPTION_ARG_STRING, &as, "import: what events are that do not say it: meeting, ballot, off or work", "WHAT"},
        {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry, "import: say what would change, and change nothing", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, "list | import FILE.ics… | export", "Meetings, ballots, days off and days worked instead.", own, &options,
                   &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    if (!conf)
        return cmd_end(error);
    const char *verb = argc > 1 ? argv[1] : "list";
    gboolean import = g_str_equal(verb, "import");
    Importing importing = {conf, event_sort_named(as)};
    g_autoptr(Ledger) ledger = cmd_ledger(conf, import ? LEDGER_CREATE : LEDGER_READ, &error);
    if (!ledger)
        return cmd_end(error);
    if ((as && importing.as == EVENT_UNKNOWN) || (import && argc < 3) || (!import && argc > 2))
        g_set_error(&error, FAILURE, FAILURE_USAGE, "see 'shouwen calendar --help'");
    else if (import)
        given_import(ledger, conf, argv + 2, door_ical, import_one, &importing, dry, &error);
    else if (g_str_equal(verb, "list"))
        list(ledger, conf, from, options.json, &error);
    else if (g_str_equal(verb, "export"))
        print_export(ledger, conf, &error);
    else
        g_set_error(&error, FAILURE, FAILURE_USAGE, "calendar does list, import or export, not '%s'", verb);
    return cmd_end(error);
}
