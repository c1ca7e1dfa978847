/* http_room.h: private to http.c and stream.c. */
#ifndef SHOUWEN_DESK_HTTP_ROOM_H
#define SHOUWEN_DESK_HTTP_ROOM_H

#include <microhttpd.h>

#include "desk/http.h"

struct Http {
    struct MHD_Daemon *daemon;
    HttpOptions options;
    GMutex lock;
    GHashTable *clients; /* Client * of every connection; under LOCK */
    GPtrArray *streams;  /* Stream *; under LOCK */
    gboolean ending;     /* under LOCK */
};

/* The response that STREAM feeds; it is freed with it. */
struct MHD_Response *stream_response(Stream *stream);

/* All streams end; under no lock. */
void streams_end(Http *http);

#endif
