/* address.h: what counts as an address that a letter may be sent to. Stricter than RFC 5321 (no quoted local parts, no
 * address literals): whatever passes can stand in a header and in an SMTP command as it is. */
#ifndef SHOUWEN_SEND_ADDRESS_H
#define SHOUWEN_SEND_ADDRESS_H

#include <glib.h>

/* LOCAL@DOMAIN without blanks, control characters or any of <>()[],;:\" ; NULL is not valid. UTF-8 beyond ASCII is
 * (RFC 6531): whether the server takes it is asked when sending. */
gboolean address_valid(const char *address);

/* Whether A and B are the same mailbox to anybody but a very odd server: case does not count. */
gboolean address_equal(const char *a, const char *b);

/* What follows the '@' of a valid address; part of it. */
const char *address_domain(const char *address);

#endif
