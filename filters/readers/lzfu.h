/* lzfu.h: the compressed RTF in which Outlook keeps a mail's text. Source: [MS-OXRTFCP]. */
#ifndef SHOUWEN_FILTERS_READERS_LZFU_H
#define SHOUWEN_FILTERS_READERS_LZFU_H

#include <glib.h>

/* The RTF of a PR_RTF_COMPRESSED value; what can be expanded of a damaged one, at most LIMIT_TEXT_BYTES; NULL when BYTES are
 * none. Caller unrefs. */
GByteArray *lzfu_expand(const guint8 *bytes, gsize length);

#endif
