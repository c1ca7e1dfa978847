/* pgp.h: OpenPGP blocks in the text of a mail (RFC 9580 sections 6 and 7), as far as they can be read without keys. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_PGP_H
#define SHOUWEN_FILTERS_ENVELOPE_PGP_H

#include <glib.h>

/* Whether TEXT is an encrypted block (perhaps after a line or two of greeting), of which nothing can be read. */
gboolean pgp_is_encrypted(const char *text, gsize length);

/* Whether TEXT begins with what only serves others: a signature on something else, or keys. */
gboolean pgp_is_service(const char *text, gsize length);

/* Whether BYTES begin with a packet of an encrypted message in binary form (RFC 9580 section 4.2). */
gboolean pgp_is_binary(const guint8 *bytes, gsize length);

/* TEXT with every signed block replaced by what was signed; NULL when there is none. Caller frees. */
char *pgp_signed_text(const char *text, gsize length);

#endif
