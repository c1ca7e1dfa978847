/* files.h: private to src/desk: bytes out of the spool and through the door. */
#ifndef SHOUWEN_DESK_FILES_H
#define SHOUWEN_DESK_FILES_H

#include "desk/room.h"
#include "ledger/lookup.h"

/* A document and where its message's bytes stand. Texts are owned. */
typedef struct {
    gint64 id, entry, message;
    char *path, *filename, *reference;
    DoorJob job; /* fd is open, or -1 */
} Place;
void place_clear(Place *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

/* Of the document ID; FAILURE_NOINPUT when there is none, or its bytes were erased. */
gboolean place_document(Worker *w, gint64 id, Place *ret, GError **error);
/* Of the message ID. */
gboolean place_message(Worker *w, gint64 id, Place *ret, GError **error);

/* A file in memory, at most LIMIT bytes. -1 on error. */
int scratch_file(GError **error);

#endif
