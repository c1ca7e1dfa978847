#include <string.h>

#include "base/clock.h"
#include "duties/exported.h"
#include "ledger/calendar.h"
#include "letters/ics.h"

typedef struct {
    GString *out;
    gint64 now;
    const char *domain;
} Exporting;

static void begin(const Exporting *it, const char *uid, const char *category)
{
    g_string_append(it->out, "BEGIN:VEVENT\r\n");
    ics_text(it->out, "UID", uid);
    ics_instant(it->out, "DTSTAMP", it->now);
    ics_line(it->out, "CATEGORIES", category);
}

static void end(const Exporting *it, const char *state)
{
    if (g_strcmp0(state, "cancelled") == 0)
        ics_line(it->out, "STATUS", "CANCELLED");
    g_string_append(it->out, "END:VEVENT\r\n");
}

static void put_given(const Exporting *it, const char *name, const char *value)
{
    if (value && *value)
        ics_text(it->out, name, value);
}

/* DAY ("2026-03-02") plus DAYS as iCalendar writes it. */
static void put_day(const Exporting *it, const char *name, const char *day, guint32 days)
{
    g_autofree char *text = clock_day_text(clock_day_parse(day) + days);
    g_auto(GStrv) parts = g_strsplit(text, "-", 3);
    g_autofree char *value = g_strjoinv("", parts);
    ics_line(it->out, name, value);
}

static void put_meeting(const LedgerMeeting *meeting, gpointer user)
{
    const Exporting *it = user;
    begin(it, meeting->uid, "MEETING");
    ics_text(it->out, "SUMMARY", meeting->name);
    put_day(it, "DTSTART;VALUE=DATE", meeting->first_day, 0);
    put_day(it, "DTEND;VALUE=DATE", meeting->last_day, 1);
    put_given(it, "LOCATION", meeting->place);
    put_given(it, "X-SHOUWEN-GROUPS", meeting->groups);
    put_given(it, "X-SHOUWEN-HOST", meeting->host);
    put_given(it, "X-SHOUWEN-CONTACT", meeting->contact);
    end(it, meeting->state);
}

static void put_ballot(const LedgerBallot *ballot, gpointer user)
{
    const Exporting *it = user;
    begin(it, ballot->uid, "BALLOT");
    ics_text(it->out, "SUMMARY", ballot->title && *ballot->title ? ballot->title : ballot->document);
    ics_instant(it->out, "DTSTART", ballot->opens ? ballot->opens : ballot->closes);
    ics_instant(it->out, "DTEND", ballot->closes);
    ics_text(it->out, "X-SHOUWEN-DOCUMENT", ballot->document);
    put_given(it, "X-SHOUWEN-GROUPS", ballot->groups);
    end(it, ballot->state);
}

static void put_off(const LedgerDay *day, gpointer user)
{
    const Exporting *it = user;
    g_autofree char *uid = g_strdup_printf("day-%s@%s", day->day, it->domain);
    begin(it, uid, g_str_equal(day->kind, "off") ? "HOLIDAY" : "WORKDAY");
    ics_text(it->out, "SUMMARY", day->name);
    put_day(it, "DTSTART;VALUE=DATE", day->day, 0);
    put_day(it, "DTEND;VALUE=DATE", day->day, 1);
    end(it, NULL);
}

char *exported_calendar(Ledger *ledger, const Conf *conf, GError **error)
{
    const char *office = conf_list(conf, "office", "address")[0], *at = office ? strchr(office, '@') : NULL;
    Exporting it = {g_string_new(ICS_BEGIN), clock_now(), at ? at + 1 : "localhost"};
    gboolean good = ledger_meetings(ledger, NULL, NULL, put_meeting, &it, error) &&
                    ledger_ballots(ledger, G_MININT64, G_MAXINT64, put_ballot, &it, error) &&
                    ledger_days(ledger, NULL, NULL, put_off, &it, error);
    g_string_append(it.out, ICS_END);
    return g_string_free(it.out, !good);
}
