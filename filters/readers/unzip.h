/* unzip.h: the members of an archive, one after the other, by libarchive, which only unzip.c names. */
#ifndef SHOUWEN_FILTERS_READERS_UNZIP_H
#define SHOUWEN_FILTERS_READERS_UNZIP_H

#include "record.h"

typedef struct Unzip Unzip;

/* A zip (office packages are zips too). BYTES must outlive the result. NULL when they are no zip at all. */
Unzip *unzip_open(const guint8 *bytes, gsize length);

/* Any archive of marks.h, told by its mark. A compressed file (gzip, bzip2, xz) is the tar in it, or one member. PASSWORD (NULL: none)
 * opens an encrypted zip; a wrong one is STATUS_ENCRYPTED as none is. Borrowed. */
Unzip *unzip_open_archive(const guint8 *bytes, gsize length, const char *password);

void unzip_free(Unzip *zip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Unzip, unzip_free)

/* Goes to the next regular file (links, devices and folders are passed over) and sets *ret_name to its path as member.h
 * cleans it (owned by ZIP, until the next call). FALSE at the end or at a fault; *ret_status then is STATUS_READ or
 * STATUS_DAMAGED, STATUS_ENCRYPTED, STATUS_UNSUPPORTED, STATUS_TOO_LARGE (too many members, or too much memory asked). */
gboolean unzip_next(Unzip *zip, const char **ret_name, Status *ret_status);

/* Appends the member that unzip_next stands at to OUT. Anything but STATUS_READ: OUT is not whole. Members together may
 * expand to LIMIT_EXPANDED_BYTES and LIMIT_EXPANDED_RATIO times the zip, else STATUS_TOO_LARGE. */
Status unzip_read(Unzip *zip, GByteArray *out);

/* Whether the member stands alone in a compressed file and so has no name of its own; known after unzip_next. */
gboolean unzip_nameless(const Unzip *zip);

/* A zip made of PAIRS: name, text, …, NULL. For the warm-up. */
GByteArray *unzip_pack(const char *const *pairs);

#endif
