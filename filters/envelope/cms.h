/* cms.h: what is inside S/MIME (RFC 8551) and other PKCS #7 files, as far as it can be told without keys. Only the way to
 * the content is walked (RFC 5652 sections 3, 5 and 6, in BER as mailers write it); nothing is verified. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_CMS_H
#define SHOUWEN_FILTERS_ENVELOPE_CMS_H

#include <glib.h>

typedef enum {
    CMS_NONE,      /* no CMS at all */
    CMS_SIGNED,    /* signed, the content may be inside */
    CMS_ENCRYPTED, /* for the holder of a key */
    CMS_OTHER,     /* compressed, digested, … */
} CmsType;

/* By the first bytes. */
CmsType cms_type(const guint8 *bytes, gsize length);

/* The content of CMS_SIGNED; NULL when there is none inside (a detached signature, certificates only) or BYTES are damaged.
 * Caller frees. */
GBytes *cms_content(const guint8 *bytes, gsize length);

/* Whether CONTENT is a MIME part with its headers, as S/MIME signs it. */
gboolean cms_is_mime(GBytes *content);

#endif
