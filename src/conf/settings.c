#include <stdio.h>
#include <string.h>

#include "conf/settings.h"

#define REQUIRED NULL

const Setting settings[] = {
    {"general", "spool", SETTING_PATH, "/var/lib/shouwen", NULL, "folder of the segments, cursors, letters and the ledger; a local file system"},
    {"general", "zone", SETTING_TEXT, "Asia/Shanghai", NULL, "time zone of the office"},
    {"general", "min_free", SETTING_SIZE, "512M", NULL, "fetching pauses when less is free under the spool"},
    {"general", "filters", SETTING_PATH, "", NULL, "folder that holds kinds/; empty: the installed one"},
    {"general", "templates", SETTING_PATH, "", NULL, "folder of the letters; empty: the installed one"},

    {"office", "name_zh", SETTING_TEXT, "标准委员会秘书处", NULL, "the office in Chinese, as letters sign it"},
    {"office", "name_en", SETTING_TEXT, "Committee Secretariat", NULL, "the office in English"},
    {"office", "names", SETTING_LIST, "网安标委;全国网络安全标准化技术委员会;秘书处", NULL, "further names of ours by which 收文〔2026〕1号 is known as our number"},
    {"office", "address", SETTING_LIST, REQUIRED, NULL, "our mail addresses; letters come from the first"},

    {"reference", "prefix", SETTING_TEXT, "SC27", NULL, "first part of reference numbers"},
    {"reference", "width", SETTING_INT, "4", NULL, "digits of the running number"},

    {"mailbox", "type", SETTING_CHOICE, "imap", "imap|maildir|mbox|eml", "where this mail comes from"},
    {"mailbox", "path", SETTING_PATH, "", NULL, "the Maildir, mbox, or folder of .eml files"},
    {"mailbox", "host", SETTING_TEXT, "", NULL, "IMAP server; its certificate must bear this name"},
    {"mailbox", "port", SETTING_INT, "993", NULL, "port of the server"},
    {"mailbox", "security", SETTING_CHOICE, "tls", "tls|starttls|plain", "plain is allowed to this machine only"},
    {"mailbox", "ca_file", SETTING_PATH, "", NULL, "certificates to trust instead of the system's"},
    {"mailbox", "timeout", SETTING_TIME, "60s", NULL, "longest wait for the server"},
    {"mailbox", "user", SETTING_TEXT, "", NULL, "login name"},
    {"mailbox", "password_file", SETTING_PATH, "", NULL, "file whose first line is the password (mode 0600); at 163, 126 and QQ the authorisation code"},
    {"mailbox", "password_env", SETTING_TEXT, "", NULL, "environment variable that holds the password"},
    {"mailbox", "password_command", SETTING_TEXT, "", NULL, "command that prints the password"},
    {"mailbox", "auth", SETTING_CHOICE, "password", "password|xoauth2", "how to log in"},
    {"mailbox", "token_command", SETTING_TEXT, "", NULL, "command that prints an OAuth 2 token; run at every connection"},
    {"mailbox", "folders", SETTING_LIST, "INBOX", NULL, "folders to take mail from; IDLE watches the first"},
    {"mailbox", "watch", SETTING_LIST, "", NULL, "folders to look into read-only (junk): their mail is for review and gets no letter"},
    {"mailbox", "since", SETTING_DATE, REQUIRED, NULL, "mail before this day is not taken"},
    {"mailbox", "history", SETTING_CHOICE, "silent", "silent|answer", "mail that was there before the first fetch gets no letter, or gets one"},
    {"mailbox", "action", SETTING_ACTION, "keep", NULL, "what is done on the server once a mail is entered"},
    {"mailbox", "idle", SETTING_BOOL, "true", NULL, "let the server tell of new mail (IMAP IDLE) where it can"},
    {"mailbox", "poll", SETTING_TIME, "120s", NULL, "look for new mail that often in any case"},
    {"mailbox", "batch", SETTING_SIZE, "8M", NULL, "mail fetched between two syncs"},

    {"filter", "jobs", SETTING_INT, "0", NULL, "messages read at once; 0: one a processor"},
    {"filter", "deadline", SETTING_TIME, "60s", NULL, "longest time for one message"},
    {"filter", "reuse", SETTING_INT, "32", NULL, "messages a low-risk child may read before it ends; 1: a child for each"},
    {"filter", "authserv_id", SETTING_TEXT, "", NULL, "whose Authentication-Results headers to believe; empty: nobody's"},
    {"filter", "statement_minimum", SETTING_INT, "100", NULL, "characters of a sufficient 申请说明"},

    {"letters", "send", SETTING_CHOICE, "folder", "folder|smtp", "folder: letters are written as .eml into spool/outgoing"},
    {"letters", "language", SETTING_CHOICE, "both", "both|zh|en", "language of letters"},
    {"letters", "acknowledge", SETTING_BOOL, "true", NULL, "answer submissions with a receipt"},
    {"letters", "per_address_per_day", SETTING_INT, "20", NULL, "further letters to one address are held"},
    {"letters", "per_entry_per_day", SETTING_INT, "5", NULL, "further letters about one entry are held"},
    {"letters", "breaker_per_hour", SETTING_INT, "300", NULL, "above this all letters are held until a person looks"},

    {"smtp", "host", SETTING_TEXT, "", NULL, "mail server to send by"},
    {"smtp", "port", SETTING_INT, "465", NULL, "its port"},
    {"smtp", "security", SETTING_CHOICE, "tls", "tls|starttls|plain", "plain is allowed to this machine only"},
    {"smtp", "ca_file", SETTING_PATH, "", NULL, "certificates to trust instead of the system's"},
    {"smtp", "timeout", SETTING_TIME, "60s", NULL, "longest wait for the server"},
    {"smtp", "auth", SETTING_CHOICE, "password", "password|xoauth2|none", "how to log in"},
    {"smtp", "user", SETTING_TEXT, "", NULL, "login name"},
    {"smtp", "password_file", SETTING_PATH, "", NULL, "file whose first line is the password (mode 0600)"},
    {"smtp", "password_env", SETTING_TEXT, "", NULL, "environment variable that holds the password"},
    {"smtp", "password_command", SETTING_TEXT, "", NULL, "command that prints the password"},
    {"smtp", "token_command", SETTING_TEXT, "", NULL, "command that prints an OAuth 2 token"},
    {"smtp", "helo", SETTING_TEXT, "", NULL, "our name in EHLO; empty: this machine's"},
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

const char *setting_allowed(const Setting *setting)
{
    switch (setting->type) {
    case SETTING_INT:
        return "a whole number";
    case SETTING_SIZE:
        return "a number of bytes such as 512M";
    case SETTING_TIME:
        return "a time such as 90s, 25m or 2h";
    case SETTING_BOOL:
        return "true or false";
    case SETTING_CHOICE:
        return setting->allowed;
    case SETTING_ACTION:
        return "keep, flag, keyword:NAME or move:FOLDER";
    case SETTING_DATE:
        return "a day such as 2026-01-31";
    case SETTING_LIST:
        return "texts with ';' between them";
    default:
        return "a text";
    }
}

static gboolean parse_number(const char *value, const char *units, const gint64 *factors, gint64 *ret)
{
    char *end;
    if (!g_ascii_isdigit(*value))
        return FALSE;
    guint64 number = g_ascii_strtoull(value, &end, 10);
    gint64 factor = 1;
    if (*end && end[1] == 0) {
        const char *unit = *units ? strchr(units, *end) : NULL;
        if (!unit)
            return FALSE;
        factor = factors[unit - units];
    } else if (*end) {
        return FALSE;
    }
    if (number > (guint64)(G_MAXINT64 / factor))
        return FALSE;
    *ret = (gint64)number * factor;
    return TRUE;
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

gboolean setting_fits(const Setting *setting, const char *value, gint64 *ret_number)
{
    static const gint64 sizes[] = {1 << 10, 1 << 20, 1 << 30}, times[] = {1, 60, 3600, 86400};
    switch (setting->type) {
    case SETTING_INT:
        return parse_number(value, "", NULL, ret_number);
    case SETTING_SIZE:
        return parse_number(value, "KMG", sizes, ret_number);
    case SETTING_TIME:
        return parse_number(value, "smhd", times, ret_number);
    case SETTING_BOOL:
        *ret_number = g_str_equal(value, "true");
        return *ret_number || g_str_equal(value, "false");
    case SETTING_CHOICE:
        return is_choice(setting->allowed, value);
    case SETTING_ACTION:
        return is_choice("keep|flag", value) || (g_str_has_prefix(value, "keyword:") && value[8]) ||
               (g_str_has_prefix(value, "move:") && value[5]);
    case SETTING_DATE:
        return is_date(value);
    default:
        return TRUE;
    }
}
