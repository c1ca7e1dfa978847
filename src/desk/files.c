#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/failure.h"
#include "desk/entries.h"
#include "desk/files.h"

void place_clear(Place *place)
{
    if (place->job.fd > 0)
        close(place->job.fd);
    g_free(place->path);
    g_free(place->filename);
    g_free(place->reference);
    *place = (Place){.job.fd = -1};
}

static void take_document(const LookupDocument *document, gpointer user)
{
    Place *place = user;
    place->id = document->facts.id;
    place->entry = document->facts.entry;
    place->message = document->facts.message;
    place->path = g_strdup(document->facts.path);
    place->filename = g_strdup(document->facts.filename);
    place->reference = g_strdup(document->reference);
}

static gboolean open_frame(Worker *w, Place *place, GError **error)
{
    LedgerMessage message = {0};
    FrameInfo info;
    if (!ledger_message_get(w->ledger, place->message, &message, error))
        return not_there("message", error);
    place->entry = message.entry;
    place->job.fd = segment_open(w->desk->segments, message.place, &info, &place->job.offset, error);
    if (place->job.fd < 0)
        return FALSE;
    place->job.length = info.length;
    return !(info.flags & FRAME_ERASED) || not_there("message any more: it was erased", error);
}

gboolean place_document(Worker *w, gint64 id, Place *ret, GError **error)
{
    *ret = (Place){.job.fd = -1};
    if (!lookup_document(w->ledger, id, take_document, ret, error))
        return not_there("document", error);
    return open_frame(w, ret, error);
}

gboolean place_message(Worker *w, gint64 id, Place *ret, GError **error)
{
    *ret = (Place){.job.fd = -1, .message = id};
    return open_frame(w, ret, error);
}

int scratch_file(GError **error)
{
    int fd = memfd_create("desk", MFD_CLOEXEC);
    if (fd < 0)
        g_set_error(error, FAILURE, FAILURE_AGAIN, "no memory for a file: %s", g_strerror(errno));
    return fd;
}
