/* zipdir.h: the names in a zip, read without unpacking anything, to tell what kind of zip it is. Source: APPNOTE.TXT
 * 4.3. Falls back on the local headers when the central directory is missing (a cut file). */
#ifndef SHOUWEN_FILTERS_READERS_ZIPDIR_H
#define SHOUWEN_FILTERS_READERS_ZIPDIR_H

#include <glib.h>

typedef struct {
    const guint8 *name; /* raw bytes inside the zip */
    gsize length;
    guint flags, method;     /* general purpose bits; bit 0 = encrypted */
    const guint8 *data;      /* packed bytes, NULL when they do not lie inside the zip */
    gsize packed;
} ZipName;

/* GArray of ZipName, in the order of the directory, at most LIMIT_ARCHIVE_MEMBERS; points into BYTES. */
GArray *zipdir_read(const guint8 *bytes, gsize length);

/* Whether ENTRY is called NAME. */
gboolean zipdir_named(const ZipName *entry, const char *name);

/* Whether BYTES, which do not begin like a zip, end with a zip's whole directory: gateways put texts before attachments. */
gboolean zipdir_is_suffix(const guint8 *bytes, gsize length);

/* Whether the zip is one of a set of several files (APPNOTE.TXT 8). */
gboolean zipdir_is_volume(const guint8 *bytes, gsize length);

#endif
