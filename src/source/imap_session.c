/* imap_session.c: connecting, STARTTLS, logging in, ID, selecting. Until the certificate is verified the peer may be
 * anybody: it gets CAPABILITY and STARTTLS from us, nothing else. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/version.h"
#include "conf/secret.h"
#include "net/token.h"
#include "source/imap.h"

#define GOODBYE_SECONDS 5
#define ANSWER_CHARS 200 /* of a server's sentence in our messages */

void imap_report(Imap *imap, const char *format, ...)
{
    if (!imap->source.report)
        return;
    va_list values;
    va_start(values, format);
    g_autofree char *line = g_strdup_vprintf(format, values);
    va_end(values);
    imap->source.report(line, imap->source.user);
}

void imap_allow(Imap *imap, guint64 bytes)
{
    gint64 seconds = imap->target.timeout_seconds + (gint64)(bytes / LIMIT_SLOWEST_BYTES);
    net_allow(mailstream_get_low(imap->session->imap_stream), bytes, clock_mono() + seconds * G_USEC_PER_SEC);
}

gboolean imap_can(const Imap *imap, const char *capability)
{
    return mailimap_has_extension(imap->session, capability) != 0;
}

void imap_drop(Imap *imap, gboolean polite)
{
    mailimap *session = g_steal_pointer(&imap->session);
    imap->selected = NULL;
    if (!session)
        return;
    if (session->imap_stream && polite) {
        net_allow(mailstream_get_low(session->imap_stream), LIMIT_ANSWER_BYTES,
                  clock_mono() + GOODBYE_SECONDS * G_USEC_PER_SEC);
        mailimap_logout(session);
    }
    if (session->imap_stream)
        mailstream_close(session->imap_stream);
    session->imap_stream = NULL; /* else mailimap_free says LOGOUT over a connection that is broken */
    mailimap_free(session);
}

/* The server's answer was a clean NO: the connection is still in step. */
static gboolean is_plain_no(int result)
{
    switch (result) {
    case MAILIMAP_ERROR_BAD_STATE:
    case MAILIMAP_ERROR_STREAM:
    case MAILIMAP_ERROR_PARSE:
    case MAILIMAP_ERROR_CONNECTION_REFUSED:
    case MAILIMAP_ERROR_MEMORY:
    case MAILIMAP_ERROR_FATAL:
    case MAILIMAP_ERROR_PROTOCOL:
    case MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION:
    case MAILIMAP_ERROR_NEEDS_MORE_DATA:
    case MAILIMAP_ERROR_SSL:
        return FALSE;
    default:
        return TRUE;
    }
}

static char *reason_of(const Imap *imap, int result)
{
    mailimap *session = imap->session;
    const char *reason = session->imap_stream ? net_reason(mailstream_get_low(session->imap_stream)) : NULL;
    if (reason && !is_plain_no(result))
        return g_strdup(reason);
    gboolean said = session->imap_response && *session->imap_response && result != MAILIMAP_ERROR_PARSE;
    if (said) {
        g_autofree char *plain = text_plain(session->imap_response, ANSWER_CHARS);
        return g_strdup_printf("the server says \"%s\"", plain);
    }
    return g_strdup_printf("the server's answer is not IMAP (libetpan error %d)", result);
}

static gboolean fail_as(Imap *imap, FailureCode code, int result, const char *doing, const char *hint, GError **error)
{
    g_autofree char *reason = reason_of(imap, result);
    g_set_error(error, FAILURE, code, "%s: %s failed: %s%s", imap->target.host, doing, reason, hint);
    if (!is_plain_no(result))
        imap_drop(imap, FALSE);
    return FALSE;
}

gboolean imap_fail(Imap *imap, int result, const char *doing, GError **error)
{
    return fail_as(imap, FAILURE_AGAIN, result, doing, "", error);
}

/* --- before the login ---------------------------------------------------------------------------------------- */

static gboolean refuse(Imap *imap, const char *what, GError **error)
{
    g_set_error(error, FAILURE, FAILURE_DENIED, "%s:%u: %s", imap->target.host, imap->target.port, what);
    return FALSE;
}

static gboolean ask_capabilities(Imap *imap, GError **error)
{
    struct mailimap_capability_data *unused = NULL;
    imap_allow(imap, LIMIT_ANSWER_BYTES);
    int result = mailimap_capability(imap->session, &unused);
    if (result != MAILIMAP_NO_ERROR)
        return imap_fail(imap, result, "CAPABILITY", error);
    mailimap_capability_data_free(unused);
    return TRUE;
}

static gboolean secure(Imap *imap, GError **error)
{
    if (!ask_capabilities(imap, error))
        return FALSE;
    if (!imap_can(imap, "STARTTLS"))
        return refuse(imap, "it does not offer STARTTLS (or somebody on the way removed it); try security = tls",
                      error);
    imap_allow(imap, LIMIT_ANSWER_BYTES);
    int result = mailimap_starttls(imap->session);
    if (result == MAILIMAP_ERROR_SSL || result == MAILIMAP_ERROR_STARTTLS)
        return refuse(imap,
                      "STARTTLS failed or was tampered with: text came in before the connection was secure; "
                      "try security = tls",
                      error);
    if (result != MAILIMAP_NO_ERROR)
        return imap_fail(imap, result, "STARTTLS", error);
    return net_starttls(imap->session->imap_stream, &imap->target, error);
}

static gboolean connect_to(Imap *imap, GError **error)
{
    mailstream_low *low = net_connect(&imap->target, error);
    if (!low)
        return FALSE;
    imap->session = mailimap_new(0, NULL);
    mailimap_set_163_workaround_enabled(imap->session, 1); /* tags of letter and number, as NetEase wants them */
    mailstream *stream = mailstream_new(low, 65536);
    gint64 deadline = clock_mono() + imap->target.timeout_seconds * G_USEC_PER_SEC;
    net_allow(low, LIMIT_ANSWER_BYTES, deadline);
    int result = mailimap_connect(imap->session, stream);
    imap->session->imap_stream = stream;
    if (result == MAILIMAP_NO_ERROR_AUTHENTICATED && imap->target.security == NET_STARTTLS)
        return refuse(imap, "it claims that we are logged in (PREAUTH) before the connection is secure", error);
    if (result != MAILIMAP_NO_ERROR_AUTHENTICATED && result != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
        return imap_fail(imap, result, "connecting", error);
    return imap->target.security != NET_STARTTLS || secure(imap, error);
}

/* --- login --------------------------------------------------------------------------------------------------- */

/* Providers where the password of the web page is not the one for IMAP. */
static gboolean wants_authorisation_code(const Imap *imap)
{
    static const char *const providers[] = {"qq.com", "foxmail.com", "163.com", "126.com", "yeah.net", "188.com"};
    for (guint i = 0; i < G_N_ELEMENTS(providers); i++) {
        if (g_str_has_suffix(imap->target.host, providers[i]) || g_str_has_suffix(imap->user, providers[i]))
            return TRUE;
    }
    return FALSE;
}

/* A command for which libetpan has no function, or a bad one: mailimap_custom_command adds a blank at the end that
 * strict servers refuse, mailimap_id leaks, and mailimap_id_basic dies of a NIL in the answer. Returns libetpan's
 * codes; MAILIMAP_ERROR_CUSTOM_COMMAND for NO. */
static int say(Imap *imap, const char *command)
{
    mailimap *session = imap->session;
    struct mailimap_response *response = NULL;
    int result = mailimap_send_current_tag(session);
    if (result != MAILIMAP_NO_ERROR)
        return result;
    if (mailstream_write(session->imap_stream, command, strlen(command)) < 0 ||
        mailstream_write(session->imap_stream, "\r\n", 2) < 0 || mailstream_flush(session->imap_stream) < 0 ||
        !mailimap_read_line(session))
        return MAILIMAP_ERROR_STREAM;
    result = mailimap_parse_response(session, &response);
    if (result != MAILIMAP_NO_ERROR)
        return result;
    gboolean good = response->rsp_resp_done->rsp_data.rsp_tagged->rsp_cond_state->rsp_type ==
                    MAILIMAP_RESP_COND_STATE_OK;
    mailimap_response_free(response);
    return good ? MAILIMAP_NO_ERROR : MAILIMAP_ERROR_CUSTOM_COMMAND;
}

/* SASL's initial response in the command itself: what libetpan calls AUTHENTICATE needs modules of libsasl2. */
static int authenticate_plain(Imap *imap)
{
    g_autofree char *flat = g_strdup_printf("\x01%s\x01%s", imap->user, imap->password);
    gsize length = strlen(flat);
    gsize middle = 1 + strlen(imap->user);
    flat[0] = flat[middle] = '\0';
    char *encoded = g_base64_encode((const guchar *)flat, length);
    char *command = g_strconcat("AUTHENTICATE PLAIN ", encoded, NULL);
    int result = say(imap, command);
    explicit_bzero(flat, length);
    secret_free(encoded);
    secret_free(command);
    if (result == MAILIMAP_NO_ERROR)
        imap->session->imap_state = MAILIMAP_STATE_AUTHENTICATED;
    return result;
}

static int log_in_by_password(Imap *imap, gboolean *ret_possible)
{
    *ret_possible = TRUE;
    if (!imap_can(imap, "LOGINDISABLED"))
        return mailimap_login(imap->session, imap->user, imap->password);
    *ret_possible = mailimap_has_authentication(imap->session, "PLAIN") && imap_can(imap, "SASL-IR");
    return *ret_possible ? authenticate_plain(imap) : MAILIMAP_ERROR_LOGIN;
}

static int log_in_by_token(Imap *imap, gboolean *ret_possible, GError **error)
{
    *ret_possible = mailimap_has_xoauth2(imap->session);
    char *token = *ret_possible ? token_get(imap->conf, imap->group, error) : NULL;
    if (!token)
        return MAILIMAP_ERROR_LOGIN;
    int result = mailimap_oauth2_authenticate(imap->session, imap->user, token);
    secret_free(token);
    return result;
}

static gboolean log_in(Imap *imap, GError **error)
{
    g_autoptr(GError) problem = NULL;
    gboolean possible;
    imap_allow(imap, LIMIT_ANSWER_BYTES);
    int result = imap->password ? log_in_by_password(imap, &possible) : log_in_by_token(imap, &possible, &problem);
    if (result == MAILIMAP_NO_ERROR)
        return TRUE;
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    if (!possible)
        return refuse(imap, imap->password ? "it offers no way to log in with a password"
                                           : "it does not offer XOAUTH2; set auth = password", error);
    if (!is_plain_no(result) && result != MAILIMAP_ERROR_PROTOCOL)
        return imap_fail(imap, result, "logging in", error);
    const char *hint = "; check user and password";
    if (!imap->password)
        hint = "; token_command gave a token that is refused: is it for this user and for IMAP?";
    else if (wants_authorisation_code(imap))
        hint = "; this provider wants an authorisation code (授权码) from its web page's settings, where IMAP must be "
               "switched on, and not the web password";
    g_autofree char *doing = g_strdup_printf("logging in as %s", imap->user);
    return fail_as(imap, FAILURE_DENIED, result, doing, hint, error);
}

/* NetEase (163, 126, yeah) refuses SELECT as "Unsafe Login" to clients that have not said who they are. */
static gboolean say_who_we_are(Imap *imap, GError **error)
{
    if (!imap_can(imap, "ID"))
        return TRUE;
    imap_allow(imap, LIMIT_ANSWER_BYTES);
    int result = say(imap, "ID (\"name\" \"" SHOUWEN_NAME "\" \"version\" \"" SHOUWEN_VERSION "\""
                           " \"vendor\" \"" SHOUWEN_NAME "\")");
    /* NO or BAD: it offered ID and dislikes ours; SELECT will tell whether that matters. */
    if (result == MAILIMAP_NO_ERROR || result == MAILIMAP_ERROR_CUSTOM_COMMAND || result == MAILIMAP_ERROR_PROTOCOL)
        return TRUE;
    return imap_fail(imap, result, "ID", error);
}

gboolean imap_ready(Imap *imap, GError **error)
{
    if (imap->session)
        return TRUE;
    gboolean fresh = connect_to(imap, error) && ask_capabilities(imap, error);
    if (fresh && imap->session->imap_state == MAILIMAP_STATE_NON_AUTHENTICATED)
        fresh = log_in(imap, error) && ask_capabilities(imap, error);
    if (fresh && say_who_we_are(imap, error))
        return TRUE;
    imap_drop(imap, FALSE);
    return FALSE;
}

/* --- selecting ----------------------------------------------------------------------------------------------- */

static gboolean select_failure(Imap *imap, int result, const ImapFolder *folder, GError **error)
{
    const char *said = imap->session->imap_response;
    const char *hint = "; is there such a folder?";
    g_autofree char *doing = g_strdup_printf("opening the folder %s", folder->name);
    if (said && strcasestr(said, "unsafe login"))
        hint = "; NetEase refuses programs that it does not know (it wants the ID command, which we sent if it offered "
               "ID): switch IMAP on in the web page's settings and use an authorisation code (授权码), or ask the "
               "provider's mail desk to unlock the account";
    else if (!is_plain_no(result))
        hint = "";
    return fail_as(imap, FAILURE_AGAIN, result, doing, hint, error);
}

gboolean imap_select(Imap *imap, ImapFolder *folder, gboolean writing, GError **error)
{
    mailimap *session = imap->session;
    int result;
    imap_allow(imap, LIMIT_ANSWER_BYTES);
    if (imap->selected == folder && imap->selected_for_writing == writing) {
        result = mailimap_noop(session);
        return result == MAILIMAP_NO_ERROR || imap_fail(imap, result, "NOOP", error);
    }
    imap->selected = NULL;
    result = writing ? mailimap_select(session, folder->wire) : mailimap_examine(session, folder->wire);
    if (result != MAILIMAP_NO_ERROR)
        return select_failure(imap, result, folder, error);
    if (!session->imap_selection_info || session->imap_selection_info->sel_uidvalidity == 0) {
        imap_drop(imap, FALSE);
        g_set_error(error, FAILURE, FAILURE_DATA, "%s: the folder %s has no UIDVALIDITY: this server cannot be used",
                    imap->target.host, folder->name);
        return FALSE;
    }
    imap->selected = folder;
    imap->selected_for_writing = writing;
    return TRUE;
}
