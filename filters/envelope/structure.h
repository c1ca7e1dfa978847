/* structure.h: a message cut into headers and parts, nothing decoded yet. The only room that names GMime,
 * with its bounds kept by bounds.h before GMime sees a byte. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_STRUCTURE_H
#define SHOUWEN_FILTERS_ENVELOPE_STRUCTURE_H

#include <glib.h>

typedef struct {
    char *name, *value; /* the value raw: folded, encoded, of any charset; no NUL inside */
} Header;

typedef struct Entity {
    char *path;          /* "2.1" as IMAP counts; "" for a multipart at the top */
    GPtrArray *headers;  /* Header * */
    GPtrArray *children; /* Entity *; NULL for a leaf */
    GBytes *content;     /* leaf: encoded, shared with the message */
} Entity;

typedef struct {
    Entity *root; /* its headers are the message's */
    gboolean too_deep, too_many;
} Structure;

void structure_free(Structure *structure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Structure, structure_free)

/* GMime's start-up; message/rfc822 becomes a leaf there, so that nested messages are read one by one, each
 * with limits of its own. */
void structure_init(void);

/* Never NULL. What lies beyond LIMIT_MIME_DEPTH, LIMIT_MIME_PARTS or LIMIT_HEADER_BYTES is cut off and
 * flagged. */
Structure *structure_read(GBytes *message);

/* The first header of that name (any case), or NULL. */
const char *header_first(const GPtrArray *headers, const char *name);

/* The boundary parameter of a raw Content-Type value, as GMime will read it; NULL when it is no multipart or
 * has none. Caller frees. */
char *structure_boundary(const char *content_type);

#endif
