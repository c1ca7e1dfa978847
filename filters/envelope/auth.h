/* auth.h: the verdict of our own mail server on the sender (RFC 8601). */
#ifndef SHOUWEN_FILTERS_ENVELOPE_AUTH_H
#define SHOUWEN_FILTERS_ENVELOPE_AUTH_H

#include <glib.h>

/* "pass", "fail" or "none". Only the top-most Authentication-Results counts, and only when it names
 * AUTHSERV_ID: whatever stands below was written before our server saw the message, perhaps by the sender. */
const char *auth_verdict(const GPtrArray *headers, const char *authserv_id, const char *from_address);

#endif
