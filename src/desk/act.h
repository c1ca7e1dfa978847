/* act.h: private to src/desk: the actions that can be taken on many entries at once. */
#ifndef SHOUWEN_DESK_ACT_H
#define SHOUWEN_DESK_ACT_H

#include "desk/json.h"
#include "desk/room.h"

typedef struct {
    const char *name;
    Role role; /* as its own route */
    gboolean (*run)(Worker *w, Exchange *x, gint64 entry, gint64 version, json_t *body, GError **error);
} ActBulk;

const ActBulk *act_bulk(const char *name); /* NULL: none of that name */

#endif
