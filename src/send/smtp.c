/* smtp.c: connecting, TLS, login and one transaction a letter. Until the certificate is verified the server may be
 * anybody: it gets EHLO and STARTTLS from us, nothing else. */
#include <string.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/text.h"
#include "conf/secret.h"
#include "net/token.h"
#include "send/address.h"
#include "send/way.h"
#include "send/wire.h"

#define HOST_BYTES 256
#define ENVID_BYTES 100 /* RFC 3461 4.4 */

typedef struct {
    gboolean starttls, plain, login, xoauth2, eight_bit, utf8, size, dsn;
    guint64 max_bytes; /* 0: not said */
} Offers;

typedef struct {
    const Conf *conf;
    NetTarget target;
    char *ca_file, *password;
    const char *from, *user;
    gboolean by_token;
    Wire wire;
    Offers offers;
    guint letters;  /* tried on this connection */
    gboolean clean; /* no transaction is half done on it */
} Smtp;

static gboolean refuse(Smtp *smtp, FailureCode code, GError **error, const char *what, const char *hint)
{
    g_autofree char *answer = wire_answer(&smtp->wire);
    g_set_error(error, FAILURE, code, "%s:%u: %s: the server says \"%s\"%s", smtp->target.host, smtp->target.port, what,
                answer, hint);
    return FALSE;
}

static gboolean is_yes(const Smtp *smtp)
{
    return smtp->wire.code / 100 == 2;
}

static gboolean is_later(const Smtp *smtp)
{
    return smtp->wire.code / 100 == 4;
}

/* --- what it offers ------------------------------------------------------------------------------------------------ */

static gboolean has_word(const char *list, const char *word)
{
    g_auto(GStrv) words = g_strsplit_set(list, " \t", -1);
    for (char **each = words; *each; each++) {
        if (g_ascii_strcasecmp(*each, word) == 0)
            return TRUE;
    }
    return FALSE;
}

/* "AUTH PLAIN LOGIN", or "AUTH=PLAIN LOGIN" of old servers. */
static void note_auth(Offers *offers, const char *list)
{
    offers->plain |= has_word(list, "PLAIN");
    offers->login |= has_word(list, "LOGIN");
    offers->xoauth2 |= has_word(list, "XOAUTH2");
}

static void note_offers(Smtp *smtp)
{
    Offers *offers = &smtp->offers;
    memset(offers, 0, sizeof *offers);
    for (guint i = 1; i < smtp->wire.lines->len; i++) {
        const char *line = g_ptr_array_index(smtp->wire.lines, i);
        g_autofree char *word = g_ascii_strup(line, (gssize)strcspn(line, " =\t"));
        const char *rest = line + strlen(word) + (line[strlen(word)] ? 1 : 0);
        offers->starttls |= g_str_equal(word, "STARTTLS");
        offers->eight_bit |= g_str_equal(word, "8BITMIME");
        offers->utf8 |= g_str_equal(word, "SMTPUTF8");
        offers->dsn |= g_str_equal(word, "DSN");
        if (g_str_equal(word, "AUTH"))
            note_auth(offers, rest);
        if (g_str_equal(word, "SIZE")) {
            offers->size = TRUE;
            offers->max_bytes = g_ascii_strtoull(rest, NULL, 10);
        }
    }
}

/* What we call ourselves: the setting, this machine's name when it is a full one, else our address. */
static char *own_name(const Smtp *smtp)
{
    char host[HOST_BYTES] = "";
    const char *set = conf_string(smtp->conf, "smtp", "helo");
    if (*set)
        return g_strdup(set);
    if (gethostname(host, sizeof host - 1) == 0 && strchr(host, '.') && !strpbrk(host, " \t\r\n"))
        return g_strdup(host);
    return wire_own_literal(&smtp->wire);
}

static gboolean say_hello(Smtp *smtp, GError **error)
{
    g_autofree char *name = own_name(smtp);
    g_autofree char *command = g_strconcat("EHLO ", name, NULL);
    if (!wire_command(&smtp->wire, command, "EHLO", error))
        return FALSE;
    note_offers(smtp);
    return is_yes(smtp) || refuse(smtp, FAILURE_AGAIN, error, "EHLO refused", "");
}

/* --- TLS and login ------------------------------------------------------------------------------------------------- */

static gboolean start_tls(Smtp *smtp, GError **error)
{
    if (!smtp->offers.starttls) {
        g_set_error(error, FAILURE, FAILURE_DENIED,
                    "%s:%u: it does not offer STARTTLS (or somebody on the way removed it); try security = tls",
                    smtp->target.host, smtp->target.port);
        return FALSE;
    }
    if (!wire_command(&smtp->wire, "STARTTLS", "STARTTLS", error))
        return FALSE;
    if (!is_yes(smtp))
        return refuse(smtp, is_later(smtp) ? FAILURE_AGAIN : FAILURE_DENIED, error, "STARTTLS refused", "");
    /* What was offered before may have been put in by somebody on the way. */
    return wire_secure(&smtp->wire, error) && say_hello(smtp, error);
}

/* Base64 of LENGTH bytes after PREFIX; wiped by secret_free. */
static char *encoded(const char *prefix, const char *bytes, gsize length)
{
    char *base64 = g_base64_encode((const guchar *)bytes, length);
    char *line = g_strconcat(prefix, base64, NULL);
    secret_free(base64);
    return line;
}

static gboolean send_secret(Smtp *smtp, char *line, GError **error)
{
    gboolean sent = wire_command(&smtp->wire, line, "AUTH", error);
    secret_free(line);
    return sent;
}

/* RFC 4616: NUL, user, NUL, password. */
static gboolean log_in_plain(Smtp *smtp, GError **error)
{
    gsize user = strlen(smtp->user), password = strlen(smtp->password), length = user + password + 2;
    g_autofree char *flat = g_malloc0(length);
    memcpy(flat + 1, smtp->user, user);
    memcpy(flat + 2 + user, smtp->password, password);
    char *line = encoded("AUTH PLAIN ", flat, length);
    explicit_bzero(flat, length);
    return send_secret(smtp, line, error);
}

static gboolean log_in_login(Smtp *smtp, GError **error)
{
    return wire_command(&smtp->wire, "AUTH LOGIN", "AUTH", error) &&
           (smtp->wire.code != 334 || send_secret(smtp, encoded("", smtp->user, strlen(smtp->user)), error)) &&
           (smtp->wire.code != 334 || send_secret(smtp, encoded("", smtp->password, strlen(smtp->password)), error));
}

static gboolean log_in_token(Smtp *smtp, GError **error)
{
    char *token = token_get(smtp->conf, "smtp", error);
    if (!token)
        return FALSE;
    char *flat = g_strdup_printf("user=%s\x01" "auth=Bearer %s\x01\x01", smtp->user, token);
    char *line = encoded("AUTH XOAUTH2 ", flat, strlen(flat));
    secret_free(token);
    secret_free(flat);
    /* A refused token is told in a challenge, which an empty line ends. */
    return send_secret(smtp, line, error) &&
           (smtp->wire.code != 334 || wire_command(&smtp->wire, "", "AUTH", error));
}

static gboolean log_in(Smtp *smtp, GError **error)
{
    const Offers *offers = &smtp->offers;
    gboolean possible = smtp->by_token ? offers->xoauth2 : offers->plain || offers->login;
    if (!possible) {
        g_set_error(error, FAILURE, FAILURE_DENIED, "%s:%u: it does not offer %s; set auth in [smtp] to what it offers",
                    smtp->target.host, smtp->target.port,
                    smtp->by_token ? "XOAUTH2" : "a login with a password (PLAIN or LOGIN)");
        return FALSE;
    }
    gboolean asked = smtp->by_token    ? log_in_token(smtp, error)
                     : offers->plain ? log_in_plain(smtp, error)
                                     : log_in_login(smtp, error);
    if (!asked || is_yes(smtp))
        return asked;
    if (is_later(smtp))
        return refuse(smtp, FAILURE_AGAIN, error, "the login is not possible now", "");
    g_autofree char *what = g_strdup_printf("logging in as %s failed", smtp->user);
    return refuse(smtp, FAILURE_DENIED, error, what,
                  smtp->by_token ? "; is the token of token_command for this user and for SMTP?"
                                 : "; check user and password (QQ, 163 and 126 want an authorisation code, 授权码)");
}

static gboolean greeted(Smtp *smtp, GError **error)
{
    return is_yes(smtp) || refuse(smtp, FAILURE_AGAIN, error, "it takes no mail", "");
}

static gboolean ready(Smtp *smtp, GError **error)
{
    if (smtp->wire.stream)
        return TRUE;
    smtp->letters = 0;
    smtp->clean = TRUE;
    gboolean open = wire_connect(&smtp->wire, error) && greeted(smtp, error) && say_hello(smtp, error) &&
                    (smtp->target.security != NET_STARTTLS || start_tls(smtp, error)) &&
                    (!smtp->user || log_in(smtp, error));
    if (!open)
        wire_drop(&smtp->wire);
    return open;
}

/* --- one letter ---------------------------------------------------------------------------------------------------- */

/* How far a letter got. Before the data nothing has happened that may not be done again. A connection lost in the middle
 * counts against the letter: it may be what the server cannot bear, and must not hold up the others. If the server is
 * gone, connecting for the next letter will tell. */
typedef enum { LOST_BEFORE, STOPPED, TAKEN } Progress;

/* A reply that is no yes. A server that says 421 is about to close. */
static Progress refused(Smtp *smtp, const char *what, FailureCode permanent, const char *hint, GError **error)
{
    FailureCode code = is_later(smtp) ? FAILURE_AGAIN : permanent;
    refuse(smtp, code, error, what, code == permanent ? hint : "");
    if (smtp->wire.code == 421)
        wire_drop(&smtp->wire);
    return STOPPED;
}

static gboolean is_ascii(const void *bytes, gsize length)
{
    const guchar *at = bytes;
    for (gsize i = 0; i < length; i++) {
        if (at[i] >= 0x80)
            return FALSE;
    }
    return TRUE;
}

/* RFC 3461 4: what could be taken for syntax is coded. TEXT is ASCII. */
static void append_xtext(GString *command, const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (g_ascii_isgraph(text[i]) && text[i] != '+' && text[i] != '=')
            g_string_append_c(command, text[i]);
        else
            g_string_append_printf(command, "+%02X", (guchar)text[i]);
    }
}

/* A report shall bring the headers only, and name the letter even without them: by its Message-ID without the brackets. */
static void ask_for_report(GString *command, const char *message_id)
{
    gsize length = strlen(message_id);
    g_autoptr(GString) id = g_string_new(NULL);
    if (length > 2 && *message_id == '<' && is_ascii(message_id, length))
        append_xtext(id, message_id + 1, length - 2);
    g_string_append(command, " RET=HDRS");
    if (id->len > 0 && id->len <= ENVID_BYTES)
        g_string_append_printf(command, " ENVID=%s", id->str);
}

/* "RCPT TO:<…>". Who gets a letter is told of by nobody; whom it did not reach, or not yet, is. */
static char *rcpt_command(const Smtp *smtp, const char *recipient)
{
    GString *command = g_string_new(NULL);
    g_string_append_printf(command, "RCPT TO:<%s>", recipient);
    if (smtp->offers.dsn)
        g_string_append(command, " NOTIFY=FAILURE,DELAY");
    if (smtp->offers.dsn && is_ascii(recipient, strlen(recipient))) {
        g_string_append(command, " ORCPT=rfc822;");
        append_xtext(command, recipient, strlen(recipient));
    }
    return g_string_free(command, FALSE);
}

/* "MAIL FROM:<…>" with what the server offers of SIZE, BODY, SMTPUTF8 and DSN; NULL when the letter cannot go this way. */
static char *mail_command(Smtp *smtp, const Dispatch *dispatch, GError **error)
{
    gsize length;
    const void *bytes = g_bytes_get_data(dispatch->message, &length);
    const Offers *offers = &smtp->offers;
    gboolean foreign = !is_ascii(dispatch->recipient, strlen(dispatch->recipient)) ||
                       !is_ascii(smtp->from, strlen(smtp->from));
    if (foreign && !offers->utf8) {
        g_set_error(error, FAILURE, FAILURE_DATA, "%s: the server takes no addresses in other letters than ASCII (%s)",
                    smtp->target.host, dispatch->recipient);
        return NULL;
    }
    if (offers->max_bytes > 0 && length > offers->max_bytes) {
        g_set_error(error, FAILURE, FAILURE_DATA, "%s: the letter has %zu bytes, the server takes %" G_GUINT64_FORMAT,
                    smtp->target.host, length, offers->max_bytes);
        return NULL;
    }
    GString *command = g_string_new(NULL);
    g_string_append_printf(command, "MAIL FROM:<%s>", smtp->from);
    if (offers->size)
        g_string_append_printf(command, " SIZE=%zu", length);
    if (offers->eight_bit && !is_ascii(bytes, length))
        g_string_append(command, " BODY=8BITMIME");
    if (foreign)
        g_string_append(command, " SMTPUTF8");
    if (offers->dsn)
        ask_for_report(command, dispatch->message_id);
    return g_string_free(command, FALSE);
}

/* Ends a transaction that was refused half way. */
static gboolean reset(Smtp *smtp, GError **error)
{
    if (smtp->clean)
        return TRUE;
    if (!wire_command(&smtp->wire, "RSET", "RSET", error))
        return FALSE;
    if (is_yes(smtp))
        return TRUE;
    refuse(smtp, FAILURE_AGAIN, error, "RSET refused", "");
    wire_drop(&smtp->wire);
    return FALSE;
}

static Progress offer(Smtp *smtp, const Dispatch *dispatch, GError **error)
{
    Wire *wire = &smtp->wire;
    if (!reset(smtp, error))
        return LOST_BEFORE;
    g_autofree char *mail = mail_command(smtp, dispatch, error);
    g_autofree char *rcpt = rcpt_command(smtp, dispatch->recipient);
    if (!mail)
        return STOPPED;
    smtp->clean = FALSE;
    if (!wire_command(wire, mail, "MAIL", error))
        return LOST_BEFORE;
    if (wire->code == 421) {
        refused(smtp, "the server closes", FAILURE_AGAIN, "", error);
        return LOST_BEFORE;
    }
    /* A sender that is refused is refused for every letter: that is the configuration's fault, and no letter's. */
    if (!is_yes(smtp))
        return refused(smtp, "our sender address is refused", wire->code == 552 ? FAILURE_DATA : FAILURE_DENIED,
                       "; may [smtp] user send as the first of [office] address?", error);
    if (!wire_command(wire, rcpt, "RCPT", error))
        return LOST_BEFORE;
    if (!is_yes(smtp))
        return refused(smtp, "the recipient is refused", wire->code == 530 ? FAILURE_DENIED : FAILURE_DATA, "", error);
    if (!wire_command(wire, "DATA", "DATA", error))
        return LOST_BEFORE;
    if (wire->code != 354)
        return refused(smtp, "the letter is refused", FAILURE_DATA, "", error);
    if (!wire_data(wire, dispatch->message, error))
        return STOPPED;
    if (!is_yes(smtp))
        return refused(smtp, "the letter is refused", FAILURE_DATA, "", error);
    smtp->clean = TRUE;
    return TAKEN;
}

static gboolean smtp_send(gpointer way, const Dispatch *dispatch, char **ret_answer, gboolean *ret_stuck,
                          GError **error)
{
    Smtp *smtp = way;
    g_autoptr(GError) problem = NULL;
    Progress progress = STOPPED;
    gboolean kept;
    *ret_stuck = TRUE;
    do {
        g_clear_error(&problem);
        if (!ready(smtp, error))
            return FALSE;
        kept = smtp->letters++ > 0;
        progress = offer(smtp, dispatch, &problem);
        /* A kept connection may have been closed by the server meanwhile: that is no failure yet. */
    } while (progress == LOST_BEFORE && kept);
    *ret_stuck = problem && !g_error_matches(problem, FAILURE, FAILURE_AGAIN) &&
                 !g_error_matches(problem, FAILURE, FAILURE_DATA);
    if (progress == TAKEN) {
        *ret_answer = wire_answer(&smtp->wire);
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
}

/* --- opening and closing ------------------------------------------------------------------------------------------- */

static gboolean bad_setting(const Smtp *smtp, const char *what, GError **error)
{
    g_set_error(error, FAILURE, FAILURE_CONFIG, "%s: %s", conf_file(smtp->conf), what);
    return FALSE;
}

static gboolean read_login(Smtp *smtp, GError **error)
{
    const char *auth = conf_string(smtp->conf, "smtp", "auth");
    if (g_str_equal(auth, "none"))
        return TRUE;
    smtp->user = conf_string(smtp->conf, "smtp", "user");
    smtp->by_token = g_str_equal(auth, "xoauth2");
    if (!*smtp->user)
        return bad_setting(smtp, "[smtp] user is not set (auth = none for a server that wants no login)", error);
    if (smtp->by_token)
        return TRUE;
    g_autoptr(GError) problem = NULL;
    smtp->password = secret_get(smtp->conf, "smtp", &problem);
    if (problem)
        g_propagate_error(error, g_steal_pointer(&problem));
    else if (!smtp->password)
        bad_setting(smtp, "[smtp] has no password_file, password_env or password_command", error);
    return smtp->password != NULL;
}

static gboolean read_settings(Smtp *smtp, GError **error)
{
    const Conf *conf = smtp->conf;
    gint64 port = conf_int(conf, "smtp", "port");
    const char *helo = conf_string(conf, "smtp", "helo");
    smtp->from = conf_list(conf, "office", "address")[0];
    smtp->ca_file = *conf_string(conf, "smtp", "ca_file") ? conf_path(conf, "smtp", "ca_file") : g_strdup("");
    smtp->target.host = conf_string(conf, "smtp", "host");
    smtp->target.port = (guint16)port;
    smtp->target.ca_file = smtp->ca_file;
    smtp->target.timeout_seconds = (guint)CLAMP(conf_int(conf, "smtp", "timeout"), 1, 3600);
    if (!*smtp->target.host)
        return bad_setting(smtp, "[smtp] host is not set", error);
    if (port < 1 || port > G_MAXUINT16)
        return bad_setting(smtp, "[smtp] port must be 1 to 65535", error);
    if (!net_security_parse(conf_string(conf, "smtp", "security"), &smtp->target.security))
        return bad_setting(smtp, "[smtp] security must be tls, starttls or plain", error);
    if (!address_valid(smtp->from))
        return bad_setting(smtp, "[office] address must begin with the address that letters come from", error);
    for (const char *at = helo; *at; at++) {
        if (!g_ascii_isalnum(*at) && !strchr(".-[]:", *at))
            return bad_setting(smtp, "[smtp] helo must be a host name", error);
    }
    return read_login(smtp, error);
}

static void smtp_rest(gpointer way)
{
    Smtp *smtp = way;
    if (smtp->wire.stream)
        wire_command(&smtp->wire, "QUIT", "QUIT", NULL);
    wire_drop(&smtp->wire);
}

static void smtp_close(gpointer way)
{
    Smtp *smtp = way;
    smtp_rest(smtp);
    wire_clear(&smtp->wire);
    secret_free(smtp->password);
    g_free(smtp->ca_file);
    g_free(smtp);
}

static gpointer smtp_open(const Conf *conf, GError **error)
{
    Smtp *smtp = g_new0(Smtp, 1);
    smtp->conf = conf;
    wire_init(&smtp->wire, &smtp->target);
    if (read_settings(smtp, error))
        return smtp;
    smtp_close(smtp);
    return NULL;
}

const SendWay send_way_smtp = {
    .name = "smtp",
    .open = smtp_open,
    .send = smtp_send,
    .rest = smtp_rest,
    .close = smtp_close,
};
