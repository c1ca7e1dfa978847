/* http.h: the HTTP server under the desk (libmicrohttpd, named in http.c and stream.c only). One thread moves all bytes; what
 * takes longer than a glance is done elsewhere while the connection is suspended.
 *
 * Limits: connections in all and (without a proxy) per address, 32 KB of headers, bodies as `begin` says, 30 s for a request's
 * headers or between two requests, 5 minutes for a body, 30 s without a byte moving, half an hour for an answer. */
#ifndef SHOUWEN_DESK_HTTP_H
#define SHOUWEN_DESK_HTTP_H

#include "desk/exchange.h"

typedef struct Http Http;

typedef struct {
    int listener;              /* listening socket; taken over */
    const char *certificate, *key; /* PEM texts; NULL: plain HTTP */
    guint max_connections;
    gboolean behind_proxy;     /* all connections come from one address */
    const char *proxy_header;  /* that proxy_user is taken from; "": none */
    /* The headers are there: sets body_max, or answers at once (then TRUE): the body is not read and the connection ends. In the
     * server's thread. */
    gboolean (*begin)(Exchange *x, gpointer user);
    /* The request is whole. TRUE: answered. FALSE: `later` is called once the connection is suspended. In the server's thread. */
    gboolean (*handle)(Exchange *x, gpointer user);
    void (*later)(Exchange *x, gpointer user); /* in the end somebody calls http_answered */
    gpointer user;
} HttpOptions;

Http *http_start(const HttpOptions *options, GError **error);

/* The answer of X is whole; any thread. */
void http_answered(Exchange *x);

/* Ends connections that are too slow. To be called about every second. */
void http_tick(Http *http);

/* No new connections; streams end. Then, once no request is under way, http_stop. */
void http_quiesce(Http *http);
void http_stop(Http *http);

const char *http_library(void); /* its version */

/* --- streams (server-sent events) --------------------------------------------------------------------------------------- */

#define STREAMS_MAX 64

/* For the answer of X. NULL: too many already. */
Stream *stream_new(Http *http, Exchange *x);
/* Gives TEXT to one stream whose answer is not sent yet. */
void stream_say(Stream *stream, const char *text);
/* Gives TEXT to every stream. */
void streams_say(Http *http, const char *text);

#endif
