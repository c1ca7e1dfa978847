/* rardir.h: what the headers of a RAR say before anything is unpacked: libarchive takes encrypted data of RAR 5 for
 * damaged, and parts of a set for cut ones. Sources: RAR 5.0 archive format (rarlab.com/technote.htm); unrar's technote for
 * RAR 4. */
#ifndef SHOUWEN_FILTERS_READERS_RARDIR_H
#define SHOUWEN_FILTERS_READERS_RARDIR_H

#include <glib.h>

typedef struct {
    gboolean encrypted; /* the headers, or the data of some member */
    gboolean volume;    /* one of a set of several files */
    gboolean ancient;   /* RAR 1.4 */
} RarFacts;

/* BYTES begin with one of RAR's marks (marks.h). Headers that make no sense end the look. */
RarFacts rardir_read(const guint8 *bytes, gsize length);

#endif
