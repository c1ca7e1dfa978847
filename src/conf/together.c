#include <arpa/inet.h>
#include <string.h>

#include "conf/settings.h"
#include "conf/together.h"

static gboolean is_set(const Conf *conf, const char *group, const char *key)
{
    return *conf_string(conf, group, key) != 0;
}

static gboolean is(const Conf *conf, const char *group, const char *key, const char *value)
{
    return g_str_equal(conf_string(conf, group, key), value);
}

/* The line to name for KEY of GROUP: its own, else the group's head. */
static guint line_of(const Scan *scan, const char *group, const char *key)
{
    guint line = scan_line(scan, group, key);
    return line ? line : scan_line(scan, group, NULL);
}

static void need(const Conf *conf, Scan *scan, const char *group, const char *key, const char *why)
{
    if (!is_set(conf, group, key))
        scan_fault(scan, line_of(scan, group, key), "[%s] needs '%s'%s", group, key, why);
}

static void check_login(const Conf *conf, Scan *scan, const char *group)
{
    need(conf, scan, group, "user", "");
    if (is(conf, group, "auth", "xoauth2"))
        need(conf, scan, group, "token_command", " for auth = xoauth2");
    else if (!is_set(conf, group, "password_file") && !is_set(conf, group, "password_env") &&
             !is_set(conf, group, "password_command"))
        scan_fault(scan, line_of(scan, group, "auth"), "[%s] needs one of password_file, password_env, password_command", group);
}

/* Mail that is moved into a folder we take mail from would come in again, for ever. */
static void check_move(const Conf *conf, Scan *scan, const char *group)
{
    const char *action = conf_string(conf, group, "action");
    if (!g_str_has_prefix(action, "move:"))
        return;
    for (const char *const *key = (const char *const[]){"folders", "watch", NULL}; *key; key++)
        if (g_strv_contains(conf_list(conf, group, *key), action + strlen("move:")))
            scan_fault(scan, line_of(scan, group, "action"),
                       "[%s] action = %s moves mail into a folder that '%s' takes mail from", group, action, *key);
}

static void check_mailbox(const Conf *conf, Scan *scan, const char *group)
{
    need(conf, scan, group, "since", ": mail before that day is not taken");
    if (is(conf, group, "type", "imap")) {
        need(conf, scan, group, "host", "");
        check_login(conf, scan, group);
        check_move(conf, scan, group);
        return;
    }
    need(conf, scan, group, "path", "");
    if (!is(conf, group, "action", "keep"))
        scan_fault(scan, line_of(scan, group, "action"), "[%s] action = %s needs an IMAP server; allowed here: keep", group,
                   conf_string(conf, group, "action"));
}

static gboolean is_own(const Conf *conf, const char *address)
{
    gboolean own = FALSE;
    for (const char *const *ours = conf_list(conf, "office", "address"); *ours; ours++)
        own |= g_ascii_strcasecmp(address, *ours) == 0;
    for (const char *const *name = conf_mailboxes(conf); *name; name++) {
        g_autofree char *group = g_strdup_printf("mailbox %s", *name);
        own |= g_ascii_strcasecmp(address, conf_string(conf, group, "user")) == 0;
    }
    return own;
}

/* What is written to ourselves would come in as new mail. */
static void check_secretariat(const Conf *conf, Scan *scan)
{
    for (const char *const *address = conf_list(conf, "office", "secretariat"); *address; address++)
        if (is_own(conf, *address))
            scan_fault(scan, line_of(scan, "office", "secretariat"),
                       "[office] secretariat = %s is an address that we take mail from: letters to it would come in again", *address);
}

/* Nothing goes out at night: an account for a later hour would never be written. */
static void check_digest(const Conf *conf, Scan *scan)
{
    const char *hours = conf_string(conf, "calendar", "hours");
    int from, to, at = (int)conf_int(conf, "digest", "at");
    if (setting_hours(hours, &from, &to) && at >= to)
        scan_fault(scan, line_of(scan, "digest", "at"), "[digest] at must be before the end of [calendar] hours = %s, or no digest is ever sent",
                   hours);
}

/* Passwords and papers cross the network encrypted, or stay on this machine. */
static void check_desk(const Conf *conf, Scan *scan)
{
    const char *listen = conf_string(conf, "desk", "listen");
    struct in_addr four;
    struct in6_addr six;
    gboolean is_four = inet_pton(AF_INET, listen, &four) == 1, is_six = inet_pton(AF_INET6, listen, &six) == 1;
    if (!is_four && !is_six)
        scan_fault(scan, line_of(scan, "desk", "listen"), "[desk] listen = %s is no address; allowed: such as 127.0.0.1 or ::1", listen);
    else if (is_four ? ntohl(four.s_addr) >> 24 != IN_LOOPBACKNET : !IN6_IS_ADDR_LOOPBACK(&six))
        need(conf, scan, "desk", "tls_certificate", " to listen on an address that others reach; or put a proxy with TLS in front");
    if (is_set(conf, "desk", "tls_certificate"))
        need(conf, scan, "desk", "tls_key", " for tls_certificate");
    if (is_set(conf, "desk", "proxy_header"))
        need(conf, scan, "desk", "proxy_address", " for proxy_header: nobody else may name users");
}

void together_check(const Conf *conf, Scan *scan)
{
    if (!conf_list(conf, "office", "address")[0])
        scan_fault(scan, line_of(scan, "office", "address"), "[office] needs 'address': our own mail address");
    check_secretariat(conf, scan);
    check_digest(conf, scan);
    check_desk(conf, scan);
    for (const char *const *name = conf_mailboxes(conf); *name; name++) {
        g_autofree char *group = g_strdup_printf("mailbox %s", *name);
        check_mailbox(conf, scan, group);
    }
    if (!is(conf, "letters", "send", "smtp"))
        return;
    need(conf, scan, "smtp", "host", " for [letters] send = smtp");
    if (!is(conf, "smtp", "auth", "none"))
        check_login(conf, scan, "smtp");
}
