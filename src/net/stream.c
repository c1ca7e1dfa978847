/* stream.c: the stream driver under libetpan. The peer may be hostile until its certificate is verified, and
 * malicious or broken after that: it decides what and how slowly it sends, never how much we keep. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>

#include "base/clock.h"
#include "base/failure.h"
#include "net/stream.h"

typedef struct {
    GSocketConnection *tcp;
    GIOStream *tls; /* over tcp; NULL while plain */
    guint timeout;
    guint64 allowance; /* bytes that may still be read */
    gint64 deadline;   /* clock_mono, G_MAXINT64 when there is none */
    char *reason;
} Net;

gboolean net_security_parse(const char *name, NetSecurity *ret)
{
    static const char *const names[] = {[NET_TLS] = "tls", [NET_STARTTLS] = "starttls", [NET_PLAIN] = "plain"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(name, names[i])) {
            *ret = (NetSecurity)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* --- the driver ---------------------------------------------------------------------------------------------- */

static ssize_t net_refuse(Net *net, const char *reason)
{
    g_free(net->reason);
    net->reason = g_strdup(reason);
    errno = EIO;
    return -1;
}

/* The time left may be shorter than the timeout of one read. FALSE when it has passed. */
static gboolean net_arm(Net *net)
{
    guint seconds = net->timeout;
    if (net->deadline != G_MAXINT64) {
        gint64 left = net->deadline - clock_mono();
        if (left <= 0)
            return FALSE;
        seconds = (guint)MIN((gint64)seconds, left / G_USEC_PER_SEC + 1);
    }
    g_socket_set_timeout(g_socket_connection_get_socket(net->tcp), seconds);
    return TRUE;
}

static GIOStream *net_io(Net *net)
{
    return net->tls ? net->tls : G_IO_STREAM(net->tcp);
}

static ssize_t net_read(mailstream_low *low, void *buffer, size_t count)
{
    Net *net = low->data;
    if (!net_arm(net))
        return net_refuse(net, "the server takes too long to answer");
    if (net->allowance == 0)
        return net_refuse(net, "the server sends more than was asked for");
    g_autoptr(GError) problem = NULL;
    gssize got = g_input_stream_read(g_io_stream_get_input_stream(net_io(net)), buffer,
                                     MIN(count, net->allowance), NULL, &problem);
    if (got < 0)
        return net_refuse(net, problem->message);
    /* libetpan 1.9.4 would wait for ever for the rest of a literal: the end is an error to it. */
    if (got == 0)
        return net_refuse(net, "the server closed the connection");
    if (net->allowance != G_MAXUINT64)
        net->allowance -= (guint64)got;
    return got;
}

static ssize_t net_write(mailstream_low *low, const void *bytes, size_t count)
{
    Net *net = low->data;
    if (!net_arm(net))
        return net_refuse(net, "the server takes too long");
    g_autoptr(GError) problem = NULL;
    gssize done = g_output_stream_write(g_io_stream_get_output_stream(net_io(net)), bytes, count, NULL, &problem);
    return done < 0 ? net_refuse(net, problem->message) : done;
}

static int net_close(mailstream_low *low)
{
    Net *net = low->data;
    g_io_stream_close(net_io(net), NULL, NULL);
    return 0;
}

static int net_descriptor(mailstream_low *low)
{
    Net *net = low->data;
    return g_socket_get_fd(g_socket_connection_get_socket(net->tcp));
}

static void net_free(Net *net)
{
    g_clear_object(&net->tls);
    g_clear_object(&net->tcp);
    g_free(net->reason);
    g_free(net);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Net, net_free)

static void net_low_free(mailstream_low *low)
{
    net_free(low->data);
    free(low);
}

static mailstream_low_driver net_driver = {
    .mailstream_read = net_read,
    .mailstream_write = net_write,
    .mailstream_close = net_close,
    .mailstream_get_fd = net_descriptor,
    .mailstream_free = net_low_free,
};

/* --- TLS ----------------------------------------------------------------------------------------------------- */

static char *certificate_problem(GTlsCertificateFlags flags, const NetTarget *target)
{
    GString *text = g_string_new(NULL);
    const char *host = target->host;
    if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
        g_string_append(text, "it is signed by no authority we trust (self-signed?): set ca_file to the right one; ");
    if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
        g_string_append_printf(text, "it is for another name than '%s': set host to the name it is for; ", host);
    if (flags & G_TLS_CERTIFICATE_EXPIRED)
        g_string_append(text, "it has expired: the server must renew it, or this machine's clock is wrong; ");
    if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED)
        g_string_append(text, "it is not valid yet: is this machine's clock right? ; ");
    if (flags & G_TLS_CERTIFICATE_REVOKED)
        g_string_append(text, "it was revoked; ");
    if (flags & (G_TLS_CERTIFICATE_INSECURE | G_TLS_CERTIFICATE_GENERIC_ERROR) || text->len == 0)
        g_string_append(text, "it is invalid or made with weak cryptography; ");
    g_string_truncate(text, text->len - 2);
    return g_string_free(text, FALSE);
}

/* Only takes note: FALSE refuses, always. */
static gboolean note_certificate(GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags flags,
                                 gpointer user)
{
    (void)connection;
    (void)certificate;
    *(GTlsCertificateFlags *)user = flags;
    return FALSE;
}

static gboolean tls_failure(const NetTarget *target, const GError *problem, GTlsCertificateFlags flags, GError **error)
{
    if (flags) {
        g_autofree char *what = certificate_problem(flags, target);
        g_set_error(error, FAILURE, FAILURE_DENIED, "%s:%u: its certificate is refused: %s", target->host, target->port,
                    what);
        return FALSE;
    }
    gboolean lost = problem->domain != G_TLS_ERROR || problem->code == G_TLS_ERROR_EOF;
    g_set_error(error, FAILURE, lost ? FAILURE_AGAIN : FAILURE_DENIED, "%s:%u: no TLS connection: %s%s", target->host,
                target->port, problem->message,
                lost ? "" : " (does it speak TLS 1.2 or newer there? check port and security)");
    return FALSE;
}

static gboolean tls_trust(GTlsConnection *tls, const NetTarget *target, GError **error)
{
    if (!target->ca_file || !*target->ca_file)
        return TRUE;
    g_autoptr(GError) problem = NULL;
    g_autoptr(GTlsDatabase) trust = g_tls_file_database_new(target->ca_file, &problem);
    if (!trust) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "ca_file %s cannot be used: %s", target->ca_file, problem->message);
        return FALSE;
    }
    g_tls_connection_set_database(tls, trust);
    return TRUE;
}

static gboolean net_wrap(Net *net, const NetTarget *target, GError **error)
{
    if (!g_tls_backend_supports_tls(g_tls_backend_get_default())) {
        g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "GLib has no TLS here: install the package glib-networking");
        return FALSE;
    }
    g_autoptr(GError) problem = NULL;
    g_autoptr(GSocketConnectable) identity = g_network_address_new(target->host, target->port);
    g_autoptr(GIOStream) tls = g_tls_client_connection_new(G_IO_STREAM(net->tcp), identity, &problem);
    if (!tls)
        return tls_failure(target, problem, 0, error);
    GTlsCertificateFlags flags = 0;
    GTlsConnection *connection = G_TLS_CONNECTION(tls);
    if (!tls_trust(connection, target, error))
        return FALSE;
    gulong noting = g_signal_connect(tls, "accept-certificate", G_CALLBACK(note_certificate), &flags);
    gboolean shaken = g_tls_connection_handshake(connection, NULL, &problem);
    g_signal_handler_disconnect(tls, noting);
    if (!shaken)
        return tls_failure(target, problem, flags, error);
    if (g_tls_connection_get_protocol_version(connection) < G_TLS_PROTOCOL_VERSION_TLS_1_2) {
        g_set_error(error, FAILURE, FAILURE_DENIED, "%s:%u: it offers nothing newer than TLS 1.1, which is not secure",
                    target->host, target->port);
        return FALSE;
    }
    net->tls = g_steal_pointer(&tls);
    return TRUE;
}

/* --- connecting ---------------------------------------------------------------------------------------------- */

static gboolean refuse_plain(const NetTarget *target, GError **error)
{
    g_set_error(error, FAILURE, FAILURE_CONFIG,
                "%s:%u: security = plain is for servers on this machine only (it would show the password to the "
                "network); use tls or starttls",
                target->host, target->port);
    return FALSE;
}

/* Asked before connecting, so that nothing at all goes to a foreign machine, and once more of the real peer. */
static gboolean plain_allowed(const NetTarget *target, GError **error)
{
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    g_autoptr(GError) problem = NULL;
    GList *addresses = g_resolver_lookup_by_name(resolver, target->host, NULL, &problem);
    if (!addresses) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "%s: %s", target->host, problem->message);
        return FALSE;
    }
    gboolean loopback = TRUE;
    for (GList *each = addresses; each; each = each->next)
        loopback = loopback && g_inet_address_get_is_loopback(each->data);
    g_resolver_free_addresses(addresses);
    return loopback || refuse_plain(target, error);
}

static gboolean peer_is_loopback(GSocketConnection *tcp)
{
    g_autoptr(GSocketAddress) peer = g_socket_connection_get_remote_address(tcp, NULL);
    return peer && G_IS_INET_SOCKET_ADDRESS(peer) &&
           g_inet_address_get_is_loopback(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(peer)));
}

static Net *net_dial(const NetTarget *target, GError **error)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GError) problem = NULL;
    /* A proxy resolver would load modules and talk to D-Bus. */
    g_socket_client_set_enable_proxy(client, FALSE);
    g_socket_client_set_timeout(client, target->timeout_seconds);
    GSocketConnection *tcp = g_socket_client_connect_to_host(client, target->host, target->port, NULL, &problem);
    if (!tcp) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "%s:%u cannot be reached: %s", target->host, target->port,
                    problem->message);
        return NULL;
    }
    GSocket *socket = g_socket_connection_get_socket(tcp);
    g_socket_set_keepalive(socket, TRUE);
    g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
    Net *net = g_new0(Net, 1);
    net->tcp = tcp;
    net->timeout = target->timeout_seconds;
    net->allowance = G_MAXUINT64;
    net->deadline = G_MAXINT64;
    return net;
}

mailstream_low *net_connect(const NetTarget *target, GError **error)
{
    if (target->security == NET_PLAIN && !plain_allowed(target, error))
        return NULL;
    g_autoptr(Net) net = net_dial(target, error);
    if (!net)
        return NULL;
    if (target->security == NET_PLAIN && !peer_is_loopback(net->tcp)) {
        refuse_plain(target, error);
        return NULL;
    }
    if (target->security == NET_TLS && !net_wrap(net, target, error))
        return NULL;
    return mailstream_low_new(g_steal_pointer(&net), &net_driver);
}

gboolean net_starttls(mailstream *stream, const NetTarget *target, GError **error)
{
    Net *net = mailstream_get_low(stream)->data;
    /* A TLS server is silent until we speak: whatever is here already was put in by somebody to be taken for an
     * answer to a command we have yet to send. */
    if (stream->read_buffer_len > 0 ||
        g_socket_get_available_bytes(g_socket_connection_get_socket(net->tcp)) > 0) {
        g_set_error(error, FAILURE, FAILURE_DENIED,
                    "%s:%u: it sent plain text after STARTTLS: somebody on the way tampers with the connection",
                    target->host, target->port);
        return FALSE;
    }
    return net_wrap(net, target, error);
}

/* --- what callers may ask ------------------------------------------------------------------------------------ */

void net_allow(mailstream_low *low, guint64 bytes, gint64 deadline)
{
    Net *net = low->data;
    net->allowance = bytes;
    net->deadline = deadline;
}

void net_set_timeout(mailstream_low *low, guint seconds)
{
    ((Net *)low->data)->timeout = seconds;
}

const char *net_reason(mailstream_low *low)
{
    return ((Net *)low->data)->reason;
}

int net_fd(mailstream_low *low)
{
    return net_descriptor(low);
}

gboolean net_pending(mailstream *stream)
{
    Net *net = mailstream_get_low(stream)->data;
    return stream->read_buffer_len > 0 ||
           g_pollable_input_stream_is_readable(
               G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(net_io(net))));
}
