/* zip.h: writes archives whose members are stored as they are (APPNOTE.TXT 6.3.3, method 0): scans and office files are compressed
 * already. Names are UTF-8 (flag bit 11). Below 4 GB and 65,535 members. */
#ifndef SHOUWEN_DESK_ZIP_H
#define SHOUWEN_DESK_ZIP_H

#include <glib.h>

typedef struct Zip Zip;

/* Writes to FD (not taken over) from its beginning; more than MOST bytes are refused with FAILURE_DATA. */
Zip *zip_new(int fd, guint64 most);
void zip_free(Zip *zip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zip, zip_free)

/* One member: LENGTH bytes at OFFSET of FROM. A name that is taken already gets a number. */
gboolean zip_add(Zip *zip, const char *name, int from, guint64 offset, guint64 length, GError **error);
/* The directory at the end. */
gboolean zip_end(Zip *zip, GError **error);

#endif
