/* routes.h: the one table of what the API answers. What has no row is refused; openapi.json describes the same rows, and tests
 * compare the two. */
#ifndef SHOUWEN_DESK_ROUTES_H
#define SHOUWEN_DESK_ROUTES_H

#include "desk/room.h"

#define API_PREFIX "/api/v1"

typedef struct Route {
    const char *method, *pattern; /* "/entries/{id}/accept" */
    const char *id;               /* openapi's operationId */
    Role role;                    /* the least that may */
    Lane lane;
    gsize body_max;               /* 0: no body */
    gboolean raw;                 /* the body is a file, not JSON */
    RouteRun run;
} Route;

/* Ends with a NULL method. */
extern const Route routes[];

/* The row for METHOD and PATH (without API_PREFIX); fills in X->ids and X->word. NULL; *RET_OTHER: the path exists for another
 * method. */
const Route *route_find(Exchange *x, const char *method, const char *path, gboolean *ret_other);

#endif
