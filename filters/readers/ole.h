/* ole.h: OLE2 compound files ([MS-CFB]) for the readers of .doc, .xls and .msg; libgsf follows the sector chains. */
#ifndef SHOUWEN_FILTERS_READERS_OLE_H
#define SHOUWEN_FILTERS_READERS_OLE_H

#include <gsf/gsf.h>

#include "readers/span.h"

/* The root storage of the file in BYTES, which must outlive it; NULL when it is none or is damaged. g_object_unref. */
GsfInfile *ole_open(const guint8 *bytes, gsize length);

/* Entries of STORAGE, by a name whose case does not matter. ole_child: NULL when there is none; g_object_unref. */
gboolean ole_has(GsfInfile *storage, const char *name);
GsfInput *ole_child(GsfInfile *storage, const char *name);

/* The whole stream NAME of STORAGE; NULL when there is none, its chain of sectors breaks off, or it claims more than
 * MOST bytes: those of the file it lies in. */
GByteArray *ole_stream(GsfInfile *storage, const char *name, gsize most);

/* UTF-16LE to UTF-8 up to the first NUL; half pairs are left out. Caller frees. */
char *ole_utf16(Span bytes);

static inline Span ole_span(const GByteArray *bytes)
{
    return bytes ? (Span){bytes->data, bytes->len} : (Span){NULL, 0};
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfInfile, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfInput, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfOutfile, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfOutput, g_object_unref)

#endif
