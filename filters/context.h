/* context.h: what one request tells the jailed side of the configuration. All strings live as long as the request. */
#ifndef SHOUWEN_FILTERS_CONTEXT_H
#define SHOUWEN_FILTERS_CONTEXT_H

#include <glib.h>

typedef struct {
    const char *authserv_id;      /* "" none */
    const char *reference_prefix; /* "SC27" */
    char **own_addresses, **own_names; /* NULL-ended */
    guint statement_minimum;      /* characters */
    gboolean explain;             /* collect why each decision was taken */
    gboolean text;                /* put the text read into the record */
    const char *password;         /* that opens what is encrypted; NULL none */
} Context;

#endif
