/* transfer.h: content transfer encodings. Nothing fails: what real mailers break is read as it was meant (RFC
 * 2045; padded chunks one after another, stray characters, missing padding, footers that a gateway put
 * behind). */
#ifndef SHOUWEN_FILTERS_ENVELOPE_TRANSFER_H
#define SHOUWEN_FILTERS_ENVELOPE_TRANSFER_H

#include <glib.h>

/* CONTENT decoded as ENCODING (a raw header value; NULL: none) says. Shares CONTENT's bytes when there is
 * nothing to decode. */
GBytes *transfer_decode(GBytes *content, const char *encoding);

/* Base64 of LENGTH characters appended to OUT. FALSE when more than a quarter of it is not base64 at all. */
gboolean transfer_base64(const char *text, gsize length, GByteArray *out);

/* Quoted-printable appended to OUT; with UNDERSCORE as in encoded words, where '_' is a blank. */
void transfer_quoted(const char *text, gsize length, gboolean underscore, GByteArray *out);

typedef struct {
    gsize start, end; /* where it stands in the text, with its begin and end lines */
    char *name;       /* raw bytes of the begin line */
    GBytes *bytes;
} Uuencoded;
void uuencoded_free(gpointer data);

/* Finds files uuencoded in a text, at most MAX of them. NULL when there are none. */
GPtrArray *transfer_find_uuencoded(const char *text, gsize length, guint max);

#endif
