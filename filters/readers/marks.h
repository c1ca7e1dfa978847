/* marks.h: archives by their first bytes, so that sniffing and unpacking agree. */
#ifndef SHOUWEN_FILTERS_READERS_MARKS_H
#define SHOUWEN_FILTERS_READERS_MARKS_H

#include <glib.h>

#define MIME_ZIP "application/zip"
#define MIME_7Z "application/x-7z-compressed"
#define MIME_RAR "application/x-rar"
#define MIME_TAR "application/x-tar"
#define MIME_GZIP "application/gzip"
#define MIME_BZIP2 "application/x-bzip2"
#define MIME_XZ "application/x-xz"

/* The type of an archive or compressed file, NULL for anything else. A tar is told by the checksum of its first header
 * (POSIX.1-1988 and older ones have no other mark). Static string. */
const char *marks_archive(const guint8 *bytes, gsize length);

#endif
