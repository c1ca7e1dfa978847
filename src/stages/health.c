#include <math.h>

#include "base/clock.h"
#include "ledger/alarms.h"
#include "ledger/calendar.h"
#include "source/source.h"
#include "spool/segment.h"
#include "stages/health.h"

#define CALENDAR_AHEAD (14 * G_TIME_SPAN_DAY) /* so long before a year begins its days off should be known */

static void measure_free(gpointer data)
{
    Measure *measure = data;
    g_free(measure->mailbox);
    g_free(measure);
}

static void trouble_free(gpointer data)
{
    Trouble *trouble = data;
    g_free(trouble->name);
    g_free(trouble->text);
    g_free(trouble);
}

void health_free(Health *health)
{
    if (!health)
        return;
    g_ptr_array_unref(health->measures);
    g_ptr_array_unref(health->troubles);
    g_free(health);
}

static void add(Health *health, const char *name, const char *mailbox, double value, const char *help)
{
    Measure *measure = g_new0(Measure, 1);
    *measure = (Measure){.name = name, .help = help, .mailbox = g_strdup(mailbox), .value = value};
    g_ptr_array_add(health->measures, measure);
}

static void complain(Health *health, gboolean critical, const char *name, const char *format, ...) G_GNUC_PRINTF(4, 5);
static void complain(Health *health, gboolean critical, const char *name, const char *format, ...)
{
    va_list values;
    Trouble *trouble = g_new0(Trouble, 1);
    va_start(values, format);
    *trouble = (Trouble){.name = g_strdup(name), .critical = critical, .text = g_strdup_vprintf(format, values)};
    va_end(values);
    g_ptr_array_add(health->troubles, trouble);
}

/* "40 min" */
static char *duration(double seconds)
{
    static const struct {
        double unit;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}};
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (seconds >= 2 * units[i].unit)
            return g_strdup_printf("%.0f %s", seconds / units[i].unit, units[i].name);
    return g_strdup_printf("%.0f s", seconds);
}

static double age(gint64 now, gint64 instant)
{
    return instant ? (double)(now - instant) / G_USEC_PER_SEC : NAN;
}

/* --- mailboxes ------------------------------------------------------------------------------------------------------- */

static void look_at_fetch(Health *health, const Conf *conf, const char *mailbox, gint64 now)
{
    double since = age(now, source_beat_time(conf, mailbox, "alive"));
    add(health, "fetch_age_seconds", mailbox, since, "Seconds since the mailbox was last read to its end.");
    g_autofree char *name = g_strdup_printf("fetch %s", mailbox);
    if (isnan(since)) {
        complain(health, TRUE, name, "mailbox %s was never read to its end; see the log of 'shouwen run'", mailbox);
        return;
    }
    g_autofree char *text = duration(since);
    if (since > (double)conf_int(conf, "monitor", "fetch_age"))
        complain(health, TRUE, name, "mailbox %s was last read %s ago; is the mail server there and the password good?", mailbox, text);
}

static void look_at_token(Health *health, const Conf *conf, const char *mailbox, gint64 now)
{
    g_autofree char *group = g_strdup_printf("mailbox %s", mailbox), *name = g_strdup_printf("token %s", mailbox);
    if (!g_str_equal(conf_string(conf, group, "auth"), "xoauth2"))
        return;
    double since = age(now, source_beat_time(conf, mailbox, "token"));
    add(health, "token_age_seconds", mailbox, since, "Seconds since token_command last gave a token.");
    g_autofree char *text = duration(since);
    if (since > (double)conf_int(conf, "monitor", "token_age"))
        complain(health, FALSE, name, "[%s] token_command last gave a token %s ago", group, text);
}

/* --- ledger and disk ------------------------------------------------------------------------------------------------- */

/* Old mail that is imported has old dates: it is stuck only when nothing moves. */
static double unhandled_age(const LedgerBacklog *backlog, gint64 now)
{
    if (backlog->new_messages == 0)
        return 0;
    return MAX(0, MIN(age(now, backlog->oldest_new), age(now, MAX(backlog->last_entered, 1))));
}

static void look_at_ledger(Health *health, const Conf *conf, Ledger *ledger, gint64 now)
{
    LedgerBacklog b;
    ledger_backlog(ledger, now, &b);
    double unhandled = unhandled_age(&b, now), unsent = b.letters_queued ? age(now, b.oldest_queued) : 0;
    add(health, "backlog_messages", NULL, (double)b.new_messages, "Messages fetched and not yet entered.");
    add(health, "oldest_unhandled_seconds", NULL, unhandled, "Seconds that the oldest of them waits while nothing moves.");
    add(health, "quarantined_messages", NULL, (double)b.quarantined, "Messages that could not be entered and wait for a person.");
    add(health, "letters_queued", NULL, (double)b.letters_queued, "Letters that wait to be sent.");
    add(health, "oldest_letter_seconds", NULL, unsent, "Seconds that the oldest of them waits.");
    add(health, "letters_held", NULL, (double)b.letters_held, "Letters that wait for a person.");
    add(health, "letters_failed", NULL, (double)b.letters_failed, "Letters of the last seven days that failed.");
    add(health, "letters_bounced", NULL, (double)b.letters_bounced, "Letters of the last seven days that came back.");
    add(health, "entries_review", NULL, (double)b.review, "Entries that a person must look at.");
    add(health, "entries_waiting", NULL, (double)b.waiting, "Entries whose sender was asked for something.");
    add(health, "duties_overdue", NULL, (double)b.duties_overdue, "Duties past their date.");
    add(health, "events_total", NULL, (double)b.events, "Number of the newest event of the chain.");
    g_autofree char *unhandled_text = duration(unhandled), *unsent_text = duration(unsent);
    if (unhandled > (double)conf_int(conf, "monitor", "backlog_age"))
        complain(health, TRUE, "backlog", "%" G_GINT64_FORMAT " messages wait to be entered, and nothing has moved for %s", b.new_messages,
                 unhandled_text);
    if (unsent > (double)conf_int(conf, "monitor", "letter_age"))
        complain(health, TRUE, "letters", "letters have waited for %s to be sent; see 'shouwen letters'", unsent_text);
    if (b.quarantined)
        complain(health, FALSE, "quarantine", "%" G_GINT64_FORMAT " messages could not be entered; see 'shouwen queue'", b.quarantined);
    if (b.letters_stopped)
        complain(health, FALSE, LETTERS_STOPPED, "%" G_GINT64_FORMAT " letters are held because there were too many in an hour; is there a loop?",
                 b.letters_stopped);
    if (b.letters_failed)
        complain(health, FALSE, "letters failed", "%" G_GINT64_FORMAT " letters failed this week; see 'shouwen letters --state failed'",
                 b.letters_failed);
}

/* The State Council announces the days off of a year some weeks before it begins. */
static void look_at_calendar(Health *health, const Conf *conf, Ledger *ledger, gint64 now)
{
    int year = clock_year(now + CALENDAR_AHEAD, conf_string(conf, "general", "zone"));
    if (!ledger_year_known(ledger, year))
        complain(health, FALSE, "calendar", "no days off of %d are in the calendar: reminders would go out on holidays; see 'shouwen calendar import'",
                 year);
}

static void look_at_disk(Health *health, const Conf *conf)
{
    g_autofree char *spool = conf_path(conf, "general", "spool");
    g_autoptr(GError) problem = NULL;
    guint64 bytes = 0;
    gboolean known = spool_free_bytes(spool, &bytes, &problem);
    add(health, "disk_free_bytes", NULL, known ? (double)bytes : NAN, "Room on the file system of the spool.");
    if (!known)
        complain(health, TRUE, "disk", "%s", problem->message);
    else if (bytes < (guint64)conf_int(conf, "general", "min_free"))
        complain(health, TRUE, "disk", "only %" G_GUINT64_FORMAT " MB are free under %s; fetching pauses", bytes >> 20, spool);
}

Health *health_measure(const Conf *conf, Ledger *ledger, const char *reason, gint64 now)
{
    Health *health = g_new0(Health, 1);
    health->measures = g_ptr_array_new_with_free_func(measure_free);
    health->troubles = g_ptr_array_new_with_free_func(trouble_free);
    for (const char *const *name = conf_mailboxes(conf); *name; name++)
        look_at_fetch(health, conf, *name, now);
    for (const char *const *name = conf_mailboxes(conf); *name; name++)
        look_at_token(health, conf, *name, now);
    look_at_disk(health, conf);
    if (ledger) {
        look_at_ledger(health, conf, ledger, now);
        look_at_calendar(health, conf, ledger, now);
    } else if (reason)
        complain(health, TRUE, "ledger", "%s", reason);
    return health;
}

/* --- Prometheus ------------------------------------------------------------------------------------------------------ */

char *health_prometheus(const Health *health)
{
    GString *out = g_string_new(NULL);
    const char *last = "";
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    for (guint i = 0; i < health->measures->len; i++) {
        const Measure *measure = g_ptr_array_index(health->measures, i);
        if (!g_str_equal(measure->name, last))
            g_string_append_printf(out, "# HELP shouwen_%s %s\n# TYPE shouwen_%s gauge\n", measure->name, measure->help, measure->name);
        last = measure->name;
        g_string_append_printf(out, "shouwen_%s", measure->name);
        if (measure->mailbox) /* whose name needs no escapes (conf) */
            g_string_append_printf(out, "{mailbox=\"%s\"}", measure->mailbox);
        g_string_append_printf(out, " %s\n",
                               isnan(measure->value) ? "NaN" : g_ascii_formatd(number, sizeof number, "%.15g", measure->value));
    }
    g_string_append_printf(out, "# HELP shouwen_troubles Things that are wrong now.\n# TYPE shouwen_troubles gauge\nshouwen_troubles %u\n",
                           health->troubles->len);
    return g_string_free(out, FALSE);
}
