/* address.h: the mailbox of a From, Reply-To or Return-Path header (RFC 5322), read before its names are
 * decoded, so that an encoded "name <other@address>" cannot stand in for the sender. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_ADDRESS_H
#define SHOUWEN_FILTERS_ENVELOPE_ADDRESS_H

#include "base/no_reply.h"

/* First mailbox of RAW. RET_NAME (may be NULL) gets its name or comment decoded, NULL when there is none.
 * Returns the address with its domain in lower case, NULL when RAW has none. Caller frees both. */
char *address_parse(const char *raw, char **ret_name);

/* Whether TEXT is one address and nothing else: no blanks, one '@', a domain. */
gboolean address_valid(const char *text);

/* The first id "<…@…>" of RAW (Message-ID, In-Reply-To), comments skipped; NULL when there is none. */
char *address_message_id(const char *raw);

/* All ids of RAW in order, at most MAX of them: the last ones. char *, never NULL. */
GPtrArray *address_message_ids(const char *raw, guint max);

#endif
