/* request.h: one request of the door, as the child takes it from its work socket. */
#ifndef SHOUWEN_FILTERS_REQUEST_H
#define SHOUWEN_FILTERS_REQUEST_H

#include "context.h"
#include "record.h"

/* All but VERB_READ ask for one document: its bytes, its XHTML, one of its pages, what a calendar or a table says. */
typedef enum { VERB_READ, VERB_PART, VERB_VIEW, VERB_RENDER, VERB_ICAL, VERB_TABLE } Verb;

typedef struct {
    char *path;
    Status status;
} Skip;

typedef struct {
    Verb verb;
    char *name;        /* of a bare document; NULL for a message */
    gboolean either;   /* NAME may be a mail after all: decide by its bytes */
    char *path;        /* which one; NULL: the message or bare document itself */
    guint page, dpi;   /* VERB_RENDER; pages count from 1 */
    gint64 until;      /* clock_mono() at which the answer is too late */
    GPtrArray *skip;   /* Skip *: documents that ended a child before, and what they are to be called */
    gboolean open_none; /* open nothing at all any more: every document is called REST */
    Status rest;
    Context context;
    char *authserv_id, *reference_prefix, *password; /* owned; `context` borrows them */
} Request;

/* Parses LENGTH bytes of JSON; NULL when they are no request. The sender is our own trusted side. */
Request *request_parse(const char *text, gsize length);
void request_free(Request *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Request, request_free)

#endif
