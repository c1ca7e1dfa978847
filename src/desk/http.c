#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "desk/http_room.h"

#define HEAD_SECONDS 30
#define BODY_SECONDS 300
#define ANSWER_SECONDS 1800
#define IDLE_SECONDS 30u
#define CONNECTION_MEMORY ((gsize)32 << 10)

/* A connection, and until when what it does now must be over (clock_mono). */
typedef struct {
    int fd;
    gint64 until;
} Client;

static void give_until(Http *http, struct MHD_Connection *connection, gint64 seconds)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    Client *client = info ? info->socket_context : NULL;
    g_mutex_lock(&http->lock);
    if (client)
        client->until = seconds ? clock_mono() + seconds * G_USEC_PER_SEC : G_MAXINT64;
    g_mutex_unlock(&http->lock);
}

/* --- the request ------------------------------------------------------------------------------------------------------------ */

static char *header(struct MHD_Connection *connection, const char *name)
{
    const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
    return value && g_utf8_validate(value, -1, NULL) ? g_strdup(value) : NULL;
}

static enum MHD_Result take_argument(void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
    Exchange *x = data;
    (void)kind;
    if (g_utf8_validate(name, -1, NULL) && (!value || g_utf8_validate(value, -1, NULL)))
        g_hash_table_replace(x->query, g_strdup(name), g_strdup(value ? value : ""));
    return MHD_YES;
}

static char *peer_of(struct MHD_Connection *connection)
{
    char text[INET6_ADDRSTRLEN] = "";
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    if (address && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, sizeof text);
    else if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, text, sizeof text);
    return g_strdup(text);
}

static Exchange *take_head(Http *http, struct MHD_Connection *connection, const char *url, const char *method)
{
    gboolean readable = g_utf8_validate(url, -1, NULL);
    Exchange *x = exchange_new(method, readable ? url : "");
    x->connection = connection;
    x->peer = peer_of(connection);
    x->host = header(connection, "Host");
    x->origin = header(connection, "Origin");
    x->fetch_site = header(connection, "Sec-Fetch-Site");
    g_autofree char *destination = header(connection, "Sec-Fetch-Dest");
    x->framed = g_strcmp0(destination, "iframe") == 0;
    x->content_type = header(connection, "Content-Type");
    x->csrf = header(connection, "X-CSRF-Token");
    x->forwarded_for = header(connection, "X-Forwarded-For");
    x->forwarded_proto = header(connection, "X-Forwarded-Proto");
    x->last_event = header(connection, "Last-Event-ID");
    x->if_none_match = header(connection, "If-None-Match");
    x->unattended = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Unattended") != NULL;
    if (*http->options.proxy_header)
        x->proxy_user = header(connection, http->options.proxy_header);
    x->token = g_strdup(MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, "shouwen"));
    g_autofree char *length = header(connection, "Content-Length");
    x->announced = length ? g_ascii_strtoull(length, NULL, 10) : 0;
    x->secure = http->options.certificate != NULL;
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_argument, x);
    return x;
}

/* --- the answer ------------------------------------------------------------------------------------------------------------- */

#define PAGES_POLICY                                                                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self';"         \
    " font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

static void release_body(void *bytes)
{
    g_bytes_unref(bytes);
}

static struct MHD_Response *response_of(Answer *answer)
{
    if (answer->stream)
        return stream_response(g_steal_pointer(&answer->stream));
    if (answer->file >= 0) {
        struct MHD_Response *response = MHD_create_response_from_fd_at_offset64(answer->length, answer->file, answer->offset);
        if (response)
            answer->file = -1; /* it is the response's now */
        return response;
    }
    gsize length = 0;
    GBytes *body = answer->body ? g_bytes_ref(answer->body) : g_bytes_new_static("", 0);
    const void *bytes = g_bytes_get_data(body, &length);
    return MHD_create_response_from_buffer_with_free_callback_cls(length, (void *)(bytes ? bytes : ""), release_body, body);
}

static void add_headers(struct MHD_Response *response, const Answer *answer)
{
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    MHD_add_response_header(response, "Content-Security-Policy", answer->policy ? answer->policy : PAGES_POLICY);
    MHD_add_response_header(response, "Cache-Control", answer->kept ? "no-cache" : "no-store");
    if (answer->type)
        MHD_add_response_header(response, "Content-Type", answer->type);
    for (guint i = 0; i + 1 < answer->headers->len; i += 2)
        MHD_add_response_header(response, g_ptr_array_index(answer->headers, i), g_ptr_array_index(answer->headers, i + 1));
}

static enum MHD_Result send_answer(Http *http, Exchange *x)
{
    struct MHD_Response *response = response_of(&x->answer);
    if (!response)
        return MHD_NO;
    add_headers(response, &x->answer);
    give_until(http, x->connection, ANSWER_SECONDS);
    enum MHD_Result result = MHD_queue_response(x->connection, x->answer.status, response);
    MHD_destroy_response(response);
    return result;
}

/* --- one request ------------------------------------------------------------------------------------------------------------ */

static gboolean is_refused(Http *http, Exchange *x)
{
    x->refused = http->options.begin(x, http->options.user);
    if (!x->refused && x->announced > x->body_max) {
        x->refused = TRUE;
        reply_refuse(x, 413, "too-large", "the body is larger than this route takes");
    }
    return x->refused;
}

/* The first call comes with the headers. To answer in it makes MHD end the connection, which is right only for a body that is
 * not wanted; other answers wait for the second call. */
static enum MHD_Result first_call(Http *http, Exchange *x)
{
    give_until(http, x->connection, BODY_SECONDS);
    gboolean has_body = x->announced > 0 || MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Transfer-Encoding");
    return is_refused(http, x) && has_body ? send_answer(http, x) : MHD_YES;
}

static enum MHD_Result take_body(Exchange *x, const char *data, size_t *size)
{
    if (x->body->len + *size > x->body_max)
        return MHD_NO; /* it came in chunks and announced nothing: all that is left is to hang up */
    g_byte_array_append(x->body, (const guint8 *)data, (guint)*size);
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size, void **state)
{
    Http *http = data;
    (void)version;
    if (!*state) {
        *state = take_head(http, connection, url, method);
        return first_call(http, *state);
    }
    Exchange *x = *state;
    if (*upload_size > 0)
        return x->refused ? MHD_NO : take_body(x, upload, upload_size);
    if (x->refused || g_atomic_int_get(&x->answered) || http->options.handle(x, http->options.user))
        return send_answer(http, x);
    give_until(http, connection, 0);
    MHD_suspend_connection(connection);
    http->options.later(x, http->options.user);
    return MHD_YES;
}

void http_answered(Exchange *x)
{
    struct MHD_Connection *connection = x->connection;
    g_atomic_int_set(&x->answered, TRUE);
    MHD_resume_connection(connection); /* X may be gone after this */
}

static void on_completed(void *data, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how)
{
    (void)how;
    exchange_free(g_steal_pointer(state));
    give_until(data, connection, HEAD_SECONDS);
}

static void on_connection(void *data, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what)
{
    Http *http = data;
    g_mutex_lock(&http->lock);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        Client *client = g_new0(Client, 1);
        client->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        client->until = clock_mono() + HEAD_SECONDS * G_USEC_PER_SEC;
        g_hash_table_add(http->clients, client);
        *context = client;
    } else {
        g_hash_table_remove(http->clients, *context);
        *context = NULL;
    }
    g_mutex_unlock(&http->lock);
}

void http_tick(Http *http)
{
    GHashTableIter each;
    gpointer key;
    gint64 now = clock_mono();
    g_mutex_lock(&http->lock);
    g_hash_table_iter_init(&each, http->clients);
    while (g_hash_table_iter_next(&each, &key, NULL))
        if (((Client *)key)->until < now)
            shutdown(((Client *)key)->fd, SHUT_RDWR);
    g_mutex_unlock(&http->lock);
}

/* --- start and end ------------------------------------------------------------------------------------------------------------ */

static void be_silent(void *data, const char *format, va_list values)
{
    (void)data;
    (void)format;
    (void)values;
}

Http *http_start(const HttpOptions *options, GError **error)
{
    Http *http = g_new0(Http, 1);
    http->options = *options;
    http->clients = g_hash_table_new_full(g_direct_hash, g_direct_equal, g_free, NULL);
    http->streams = g_ptr_array_new();
    g_mutex_init(&http->lock);
    guint per_address = options->behind_proxy ? 0 : MAX(options->max_connections / 4, 8);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->key},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem *extra = options->certificate ? tls : tls + 2;
    /* poll, not epoll: with its edges MHD misses an end that comes together with bytes, and keeps the connection until it times out. */
    guint flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME;
    http->daemon = MHD_start_daemon(flags | (options->certificate ? MHD_USE_TLS : 0), 0, NULL, NULL, on_request, http,
                                    MHD_OPTION_EXTERNAL_LOGGER, be_silent, NULL, MHD_OPTION_LISTEN_SOCKET, options->listener,
                                    MHD_OPTION_NOTIFY_COMPLETED, on_completed, http, MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
                                    MHD_OPTION_CONNECTION_LIMIT, options->max_connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_address,
                                    MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
                                    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, extra, MHD_OPTION_END);
    if (http->daemon)
        return http;
    g_set_error(error, FAILURE, options->certificate ? FAILURE_CONFIG : FAILURE_UNAVAILABLE, "the web server does not start%s",
                options->certificate ? ": are tls_certificate and tls_key PEM files, and a pair?" : "");
    close(options->listener);
    http_stop(http);
    return NULL;
}

void http_quiesce(Http *http)
{
    int listener = (int)MHD_quiesce_daemon(http->daemon);
    if (listener >= 0)
        close(listener);
    streams_end(http);
}

void http_stop(Http *http)
{
    if (http->daemon)
        MHD_stop_daemon(http->daemon);
    g_hash_table_unref(http->clients);
    g_ptr_array_unref(http->streams);
    g_mutex_clear(&http->lock);
    g_free(http);
}

const char *http_library(void)
{
    return MHD_get_version();
}
