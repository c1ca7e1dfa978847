#include <stdio.h>
#include <string.h>

#include "conf/settings.h"

#define REQUIRED NULL

const Setting settings[] = {
    {"general", "spool", SETTING_PATH, "/var/lib/shouwen", NULL,
     "folder of the segments, cursors, letters and the ledger; a local file system"},
    {"general", "zone", SETTING_ZONE, "Asia/Shanghai", NULL, "time zone of the office"},
    {"general", "min_free", SETTING_SIZE, "512M", NULL, "fetching pauses when less is free under the spool"},
    {"general", "filters", SETTING_PATH, "", NULL, "folder that holds kinds/; empty: the installed one"},
    {"general", "templates", SETTING_PATH, "", NULL, "folder of the letters; empty: the installed one"},
    {"general", "web", SETTING_PATH, "", NULL, "folder of the desk's pages; empty: the installed one"},

    {"office", "name_zh", SETTING_TEXT, "标准委员会秘书处", NULL, "the office in Chinese, as letters sign it"},
    {"office", "name_en", SETTING_TEXT, "Committee Secretariat", NULL, "the office in English"},
    {"office", "names", SETTING_LIST, "网安标委;全国网络安全标准化技术委员会;秘书处", NULL,
     "further names of ours by which 收文〔2026〕1号 is known as our number"},
    {"office", "address", SETTING_ADDRESSES, REQUIRED, NULL,
     "our mail addresses; letters come from the first"},
    {"office", "secretariat", SETTING_ADDRESSES, "", NULL,
     "who gets digests, alarms and escalations: other addresses than ours; empty: nobody"},

    {"reference", "prefix", SETTING_TEXT, "SC27", NULL, "first part of reference numbers"},
    {"reference", "width", SETTING_INT, "4", "1..9", "digits of the running number"},

    {"mailbox", "type", SETTING_CHOICE, "imap", "imap|maildir|mbox|eml", "where this mail comes from"},
    {"mailbox", "path", SETTING_PATH, "", NULL, "the Maildir, mbox, or folder of .eml files"},
    {"mailbox", "host", SETTING_TEXT, "", NULL, "IMAP server; its certificate must bear this name"},
    {"mailbox", "port", SETTING_INT, "993", "1..65535", "port of the server"},
    {"mailbox", "security", SETTING_CHOICE, "tls", "tls|starttls|plain",
     "plain is allowed to this machine only"},
    {"mailbox", "ca_file", SETTING_PATH, "", NULL, "certificates to trust instead of the system's"},
    {"mailbox", "timeout", SETTING_TIME, "60s", "1s..1h", "longest wait for the server"},
    {"mailbox", "user", SETTING_TEXT, "", NULL, "login name"},
    {"mailbox", "password_file", SETTING_PATH, "", NULL,
     "file whose first line is the password (mode 0600); at 163, 126 and QQ the authorisation code"},
    {"mailbox", "password_env", SETTING_TEXT, "", NULL, "environment variable that holds the password"},
    {"mailbox", "password_command", SETTING_TEXT, "", NULL, "command that prints the password"},
    {"mailbox", "auth", SETTING_CHOICE, "password", "password|xoauth2", "how to log in"},
    {"mailbox", "token_command", SETTING_TEXT, "", NULL,
     "command that prints an OAuth 2 token; run at every connection"},
    {"mailbox", "folders", SETTING_LIST, "INBOX", NULL, "folders to take mail from; IDLE watches the first"},
    {"mailbox", "watch", SETTING_LIST, "", NULL,
     "folders to look into read-only (junk): their mail is for review and gets no letter"},
    {"mailbox", "since", SETTING_DATE, REQUIRED, NULL, "mail before this day is not taken"},
    {"mailbox", "history", SETTING_CHOICE, "silent", "silent|answer",
     "mail that was there before the first fetch gets no letter, or gets one"},
    {"mailbox", "action", SETTING_ACTION, "keep", NULL, "what is done on the server once a mail is entered"},
    {"mailbox", "idle", SETTING_BOOL, "true", NULL,
     "let the server tell of new mail (IMAP IDLE) where it can"},
    {"mailbox", "poll", SETTING_TIME, "120s", "1s..1d", "look for new mail that often in any case"},
    {"mailbox", "batch", SETTING_SIZE, "8M", "64K..1G", "mail fetched between two syncs"},

    {"filter", "jobs", SETTING_INT, "0", "0..256", "messages read at once; 0: one a processor"},
    {"filter", "deadline", SETTING_TIME, "60s", "1s..10m", "longest time for one message"},
    {"filter", "scan_deadline", SETTING_TIME, "180s", "1s..30m",
     "longest time for one message with scanned pages; half of it is for reading them once"},
    {"filter", "reuse", SETTING_INT, "32", "1..1000",
     "messages a low-risk child may read before it ends; 1: a child for each"},
    {"filter", "authserv_id", SETTING_TEXT, "", NULL,
     "whose Authentication-Results headers to believe; empty: nobody's"},
    {"filter", "statement_minimum", SETTING_INT, "100", "0..10000", "characters of a sufficient 申请说明"},

    {"rules", "summary_days", SETTING_INT, "15", "0..365",
     "days after a meeting by which a participant's summary (参会工作总结) is due; 0: none"},
    {"rules", "hosting_days", SETTING_INT, "14", "0..365",
     "days after a meeting by which its host's summary (承办会议总结, Art. 28) is due; 0: none"},
    {"rules", "lead_days", SETTING_INT, "7", "0..365", "days before a ballot closes by which contributions are due"},
    {"rules", "completion_days", SETTING_INT, "10", "0..365",
     "days within which a sender is asked to send what is missing; 0: he gets no term"},
    {"rules", "work_report", SETTING_YEARDAY, "12-15", NULL,
     "day of each year by which the secretariat's work report (年度工作报告, Art. 3) is due; empty: none"},

    {"calendar", "hours", SETTING_HOURS, "09:00-17:00", NULL, "working hours of the office, on working days"},

    {"reminders", "before", SETTING_DAYS, "7;1", NULL, "reminders that many days before a duty is due; one goes on the day itself"},
    {"reminders", "after", SETTING_DAYS, "3;7;14", NULL, "reminders that many days after it was due"},
    {"reminders", "escalate", SETTING_INT, "21", "0..365",
     "days overdue after which the employer's contact is told, or the secretariat when there is none; 0: never"},
    {"reminders", "pause", SETTING_INT, "3", "0..30",
     "working days without reminders when an unverified sender's document claims a duty"},
    {"reminders", "per_hour", SETTING_INT, "120", "1..100000",
     "letters that remind, an hour; the others follow in the next (below breaker_per_hour)"},

    {"digest", "at", SETTING_HOUR, "09:00", NULL, "when the daily account goes to the secretariat on working days"},

    {"desk", "enabled", SETTING_BOOL, "true", NULL, "serve the web desk while 'shouwen run' runs"},
    {"desk", "listen", SETTING_TEXT, "127.0.0.1", NULL, "address to listen on; any but this machine's own needs tls_certificate"},
    {"desk", "port", SETTING_INT, "8473", "1..65535", "port to listen on"},
    {"desk", "hosts", SETTING_LIST, "", NULL, "names by which browsers may call the desk, beside localhost and the address"},
    {"desk", "tls_certificate", SETTING_PATH, "", NULL, "certificate (PEM, with its chain): the desk speaks HTTPS itself"},
    {"desk", "tls_key", SETTING_PATH, "", NULL, "its key (PEM, mode 0600)"},
    {"desk", "idle", SETTING_TIME, "60m", "1m..7d", "a session that was not used for so long ends"},
    {"desk", "absolute", SETTING_TIME, "12h", "1m..30d", "a session ends after so long in any case"},
    {"desk", "proxy_address", SETTING_TEXT, "", NULL,
     "address of a reverse proxy in front, whose X-Forwarded-For, X-Forwarded-Proto and proxy_header are believed"},
    {"desk", "proxy_header", SETTING_TEXT, "", NULL,
     "header in which that proxy names the user it has logged in; it must drop what browsers send under it"},
    {"desk", "max_connections", SETTING_INT, "256", "16..4096", "connections at once"},
    {"desk", "upload", SETTING_SIZE, "50M", "64K..150M", "largest file that may be handed in at the desk"},

    {"letters", "send", SETTING_CHOICE, "folder", "folder|smtp",
     "folder: letters are written as .eml into spool/outgoing"},
    {"letters", "language", SETTING_CHOICE, "both", "both|sender|zh|en",
     "language of letters, unless one is noted of the entry or the party; sender: that of his own mail"},
    {"letters", "acknowledgement", SETTING_CHOICE, "send", "send|hold|never",
     "receipts; hold: each waits until a person releases it"},
    {"letters", "completion", SETTING_CHOICE, "send", "send|hold|never", "that nothing is missing any more"},
    {"letters", "return", SETTING_CHOICE, "send", "send|hold|never", "that something must be corrected"},
    {"letters", "rejection", SETTING_CHOICE, "send", "send|hold|never", "that something was not accepted, and why"},
    {"letters", "status", SETTING_CHOICE, "send", "send|hold|never", "answers to 查询 or STATUS from those whom an entry belongs to"},
    {"letters", "reminder", SETTING_CHOICE, "send", "send|hold|never", "reminders of what is due"},
    {"letters", "escalation", SETTING_CHOICE, "send", "send|hold|never",
     "to the employer's contact or the secretariat, when reminders did not help"},
    {"letters", "digest", SETTING_CHOICE, "send", "send|hold|never", "the daily account for the secretariat"},
    {"letters", "reply", SETTING_CHOICE, "send", "send|hold|never", "letters that a person writes"},
    {"letters", "notice", SETTING_CHOICE, "send", "send|hold|never", "alarms and their end, to the secretariat"},
    {"letters", "per_address_per_day", SETTING_INT, "20", NULL, "further letters to one address are held"},
    {"letters", "per_entry_per_day", SETTING_INT, "5", NULL, "further letters about one entry are held"},
    {"letters", "breaker_per_hour", SETTING_INT, "300", NULL,
     "above this all letters are held until a person looks"},

    {"monitor", "interval", SETTING_TIME, "60s", "1s..1h", "how often the system looks at itself"},
    {"monitor", "fetch_age", SETTING_TIME, "30m", "1s..7d", "alarm when a mailbox was not read successfully for so long"},
    {"monitor", "backlog_age", SETTING_TIME, "30m", "1s..7d", "alarm when mail waits so long to be entered and nothing moves"},
    {"monitor", "letter_age", SETTING_TIME, "4h", "1s..7d", "alarm when a letter waits so long to be sent"},
    {"monitor", "token_age", SETTING_TIME, "2d", "1s..90d", "alarm when token_command gave no token for so long"},
    {"monitor", "alert_command", SETTING_TEXT, "", NULL,
     "program and arguments, run (no shell) once when an alarm begins and once when it is over; the text comes on standard input"},
    {"monitor", "metrics_file", SETTING_PATH, "", NULL, "figures for Prometheus; empty: metrics.prom in the spool"},

    {"smtp", "host", SETTING_TEXT, "", NULL, "mail server to send by"},
    {"smtp", "port", SETTING_INT, "465", "1..65535", "its port"},
    {"smtp", "security", SETTING_CHOICE, "tls", "tls|starttls|plain",
     "plain is allowed to this machine only"},
    {"smtp", "ca_file", SETTING_PATH, "", NULL, "certificates to trust instead of the system's"},
    {"smtp", "timeout", SETTING_TIME, "60s", "1s..1h", "longest wait for the server"},
    {"smtp", "auth", SETTING_CHOICE, "password", "password|xoauth2|none", "how to log in"},
    {"smtp", "user", SETTING_TEXT, "", NULL, "login name"},
    {"smtp", "password_file", SETTING_PATH, "", NULL, "file whose first line is the password (mode 0600)"},
    {"smtp", "password_env", SETTING_TEXT, "", NULL, "environment variable that holds the password"},
    {"smtp", "password_command", SETTING_TEXT, "", NULL, "command that prints the password"},
    {"smtp", "token_command", SETTING_TEXT, "", NULL, "command that prints an OAuth 2 token"},
    {"smtp", "helo", SETTING_TEXT, "", NULL, "our name in EHLO; empty: this machine's"},
    {"smtp", "per_domain_per_minute", SETTING_INT, "30", "0..1000", "further letters to one domain wait; 0: no limit"},
    {NULL, NULL, SETTING_TEXT, NULL, NULL, NULL},
};

const Setting *setting_find(const char *group, const char *key)
{
    const char *base = g_str_has_prefix(group, "mailbox ") ? "mailbox" : group;
    if (g_str_equal(group, "mailbox"))
        return NULL; /* needs a name */
    for (const Setting *s = settings; s->group; s++)
        if (g_str_equal(s->group, base) && g_str_equal(s->key, key))
            return s;
    return NULL;
}

static const char *kind_of(SettingType type)
{
    switch (type) {
    case SETTING_PATH:
        return "a file or folder";
    case SETTING_INT:
        return "a whole number";
    case SETTING_SIZE:
        return "a number of bytes such as 512M";
    case SETTING_TIME:
        return "a time such as 90s, 25m or 2h";
    case SETTING_BOOL:
        return "true or false";
    case SETTING_ACTION:
        return "keep, flag, keyword:NAME or move:FOLDER";
    case SETTING_DATE:
        return "a day such as 2026-01-31";
    case SETTING_ZONE:
        return "a time zone such as Asia/Shanghai";
    case SETTING_LIST:
        return "texts with ';' between them";
    case SETTING_ADDRESSES:
        return "mail addresses with ';' between them";
    case SETTING_DAYS:
        return "numbers of days, at most 365 each, with ';' between them";
    case SETTING_HOURS:
        return "hours such as 09:00-17:00";
    case SETTING_HOUR:
        return "an hour such as 09:00";
    case SETTING_YEARDAY:
        return "a day of the year such as 12-15, or nothing";
    default:
        return "a text";
    }
}

const char *setting_allowed(const Setting *setting)
{
    if (!setting->allowed)
        return kind_of(setting->type);
    g_autofree char *text = NULL;
    if (setting->type == SETTING_CHOICE) {
        g_auto(GStrv) choices = g_strsplit(setting->allowed, "|", -1);
        g_autofree char *joined = g_strjoinv(", ", choices);
        char *comma = strrchr(joined, ',');
        text = g_strdup_printf("%.*s or%s", (int)(comma - joined), joined, comma + 1);
    } else {
        g_auto(GStrv) ends = g_strsplit(setting->allowed, "..", 2);
        text = g_strdup_printf("%s, from %s to %s", kind_of(setting->type), ends[0], ends[1]);
    }
    return g_intern_string(text);
}

static gboolean parse_number(SettingType type, const char *value, gint64 *ret)
{
    static const struct {
        SettingType type;
        char unit;
        gint64 factor;
    } units[] = {{SETTING_SIZE, 'K', 1 << 10}, {SETTING_SIZE, 'M', 1 << 20}, {SETTING_SIZE, 'G', 1 << 30}, {SETTING_TIME, 's', 1},
                 {SETTING_TIME, 'm', 60},      {SETTING_TIME, 'h', 3600},    {SETTING_TIME, 'd', 86400}};
    char *end;
    gint64 factor = 0;
    if (!g_ascii_isdigit(*value))
        return FALSE;
    guint64 number = g_ascii_strtoull(value, &end, 10);
    if (*end == 0)
        factor = 1;
    for (gsize i = 0; i < G_N_ELEMENTS(units) && factor == 0; i++)
        if (units[i].type == type && units[i].unit == *end && end[1] == 0)
            factor = units[i].factor;
    if (factor == 0 || number > (guint64)(G_MAXINT64 / factor))
        return FALSE;
    *ret = (gint64)number * factor;
    return TRUE;
}

static gboolean is_number(const Setting *setting, const char *value, gint64 *ret)
{
    gint64 least, most;
    if (!parse_number(setting->type, value, ret))
        return FALSE;
    if (!setting->allowed)
        return TRUE;
    g_auto(GStrv) ends = g_strsplit(setting->allowed, "..", 2);
    return parse_number(setting->type, ends[0], &least) && parse_number(setting->type, ends[1], &most) && *ret >= least &&
           *ret <= most;
}

static gboolean is_date(const char *value)
{
    GDate date;
    int year, month, day;
    char rest;
    if (strlen(value) != 10 || sscanf(value, "%4d-%2d-%2d%c", &year, &month, &day, &rest) != 3 || year < 1970)
        return FALSE;
    g_date_clear(&date, 1);
    return g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static gboolean is_choice(const char *allowed, const char *value)
{
    g_auto(GStrv) choices = g_strsplit(allowed, "|", -1);
    return g_strv_contains((const char *const *)choices, value);
}

static gboolean is_zone(const char *value)
{
    GTimeZone *zone = g_time_zone_new_identifier(value);
    if (zone)
        g_time_zone_unref(zone);
    return zone != NULL;
}

/* A keyword goes into an IMAP command as it is: it must be an atom (RFC 3501 9, flag-keyword). */
static gboolean is_action(const char *value)
{
    if (g_str_has_prefix(value, "move:"))
        return value[strlen("move:")] != 0;
    if (!g_str_has_prefix(value, "keyword:"))
        return is_choice("keep|flag", value);
    const char *keyword = value + strlen("keyword:");
    for (const char *p = keyword; *p; p++)
        if (!g_ascii_isgraph(*p) || strchr("(){%*\"\\]", *p))
            return FALSE;
    return *keyword != 0;
}

/* Enough to tell a slip from an address; what is behind it only a mail server knows. */
static gboolean are_addresses(const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, ";", -1);
    for (char **part = parts; *part; part++) {
        const char *at = strchr(g_strstrip(*part), '@');
        if (**part && (!at || at == *part || !at[1] || strchr(at + 1, '@') || strpbrk(*part, " \t<>,\"")))
            return FALSE;
    }
    return TRUE;
}

static gboolean are_days(const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, ";", -1);
    for (char **part = parts; *part; part++) {
        gint64 days;
        if (*g_strstrip(*part) && (!parse_number(SETTING_INT, *part, &days) || days > 365))
            return FALSE;
    }
    return TRUE;
}

/* "HH:MM", two digits each, at the beginning of VALUE; minutes, or -1. */
static int minutes_at(const char *value)
{
    static const char form[] = "dd:dd";
    for (gsize i = 0; form[i]; i++)
        if (form[i] == ':' ? value[i] != ':' : !g_ascii_isdigit(value[i]))
            return -1;
    int hour = (value[0] - '0') * 10 + value[1] - '0', minute = (value[3] - '0') * 10 + value[4] - '0';
    return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

gboolean setting_hours(const char *value, int *ret_from, int *ret_to)
{
    *ret_from = minutes_at(value);
    *ret_to = *ret_from >= 0 && value[5] == '-' ? minutes_at(value + 6) : -1;
    return *ret_to > *ret_from && value[11] == 0;
}

static gboolean is_hour(const char *value, gint64 *ret_minutes)
{
    *ret_minutes = minutes_at(value);
    return *ret_minutes >= 0 && value[5] == 0;
}

/* In a year without 29 February too. */
static gboolean is_yearday(const char *value)
{
    g_autofree char *day = g_strconcat("2025-", value, NULL);
    return *value == 0 || is_date(day);
}

gboolean setting_fits(const Setting *setting, const char *value, gint64 *ret_number)
{
    switch (setting->type) {
    case SETTING_INT:
    case SETTING_SIZE:
    case SETTING_TIME:
        return is_number(setting, value, ret_number);
    case SETTING_BOOL:
        *ret_number = g_str_equal(value, "true");
        return *ret_number || g_str_equal(value, "false");
    case SETTING_CHOICE:
        return is_choice(setting->allowed, value);
    case SETTING_ACTION:
        return is_action(value);
    case SETTING_DATE:
        return is_date(value);
    case SETTING_ZONE:
        return is_zone(value);
    case SETTING_ADDRESSES:
        return are_addresses(value);
    case SETTING_DAYS:
        return are_days(value);
    case SETTING_HOURS: {
        int from, to;
        return setting_hours(value, &from, &to);
    }
    case SETTING_HOUR:
        return is_hour(value, ret_number);
    case SETTING_YEARDAY:
        return is_yearday(value);
    default:
        return TRUE;
    }
}
