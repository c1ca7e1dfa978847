/* exchange.h: one request and its answer, as everything in this room but http*.c sees them. */
#ifndef SHOUWEN_DESK_EXCHANGE_H
#define SHOUWEN_DESK_EXCHANGE_H

#include <glib.h>
#include <jansson.h>

#include "ledger/users.h"

typedef enum { ROLE_ANYBODY, ROLE_READER, ROLE_CLERK, ROLE_REVIEWER, ROLE_ADMINISTRATOR } Role;

typedef struct Stream Stream; /* http.h */
struct Route;                 /* routes.h */

typedef struct {
    guint status;
    const char *type;   /* static */
    const char *policy; /* Content-Security-Policy instead of the pages' own; NULL */
    GBytes *body;       /* or: */
    int file;           /* LENGTH bytes at OFFSET of it; -1: none. Owned */
    guint64 offset, length;
    Stream *stream;     /* or: goes on until either end has enough. Owned */
    GPtrArray *headers; /* further ones: name, value, name, value … */
    gboolean kept;      /* browsers may keep it and ask whether it changed; else no-store */
} Answer;

typedef struct {
    /* What was asked. Texts are UTF-8, NULL when absent. */
    char *method, *path; /* the path decoded, without the query */
    GHashTable *query;   /* name -> value */
    char *host, *origin, *fetch_site, *content_type, *csrf, *token, *forwarded_for, *forwarded_proto, *proxy_user, *last_event,
        *if_none_match;
    char *peer;          /* address of the other end of the connection */
    gboolean framed;     /* the answer stands in a frame of a page */
    gboolean unattended; /* the page asks by itself: nobody has touched it for a while */
    guint64 announced;   /* Content-Length; 0 when there is none */
    GByteArray *body;

    /* What begin() made of it. */
    gsize body_max;      /* a longer body is refused */
    const struct Route *route;
    gint64 ids[2];       /* {id}, {other} or {page} of its path */
    char *word[2];       /* {reference}, {what}, {format} */
    LedgerSession session; /* name NULL: nobody is logged in */
    Role role;
    gboolean by_proxy;   /* the reverse proxy said who it is */
    gboolean secure;     /* it came by HTTPS, to us or to the proxy */
    char *address;       /* of the browser, as far as the proxy is believed */

    Answer answer;
    gboolean refused;    /* answered before the body was read */
    gint answered;       /* atomic: the answer is whole */
    gpointer connection; /* http's */
} Exchange;

Exchange *exchange_new(const char *method, const char *path);
void exchange_free(Exchange *x);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Exchange, exchange_free)

const char *exchange_query(const Exchange *x, const char *name); /* NULL: absent or empty */

/* --- answers ---------------------------------------------------------------------------------------------------------- */

/* Takes JSON. */
void reply_json(Exchange *x, guint status, json_t *json);
void reply_nothing(Exchange *x); /* 204 */
/* Takes BODY. */
void reply_bytes(Exchange *x, guint status, const char *type, GBytes *body);
void reply_header(Exchange *x, const char *name, const char *value);

/* CODE as in openapi.json; MESSAGE for people. */
void reply_refuse(Exchange *x, guint status, const char *code, const char *message);
/* The answer for ERROR; what is our own fault is not told in detail. Whether it should be logged. */
gboolean reply_error(Exchange *x, const GError *error);

/* As a download under NAME, which may come from a stranger: RFC 6266 with an RFC 8187 form, nothing that a header or a file system
 * could take amiss. Also nosniff goes with every answer. */
void reply_attachment(Exchange *x, const char *name);
/* NAME as reply_attachment and the zip write it; FALLBACK when nothing is left. Caller frees. */
char *exchange_file_name(const char *name, const char *fallback);

/* The page of a stranger: may do nothing at all. */
void reply_sandboxed(Exchange *x, const char *html);

#endif
