/* no_reply.h: addresses behind which no person reads. Mail from them is not answered, and nothing is written to them. */
#ifndef SHOUWEN_BASE_NO_REPLY_H
#define SHOUWEN_BASE_NO_REPLY_H

#include <glib.h>

/* Whether mail to ADDRESS reaches no person: no-reply, daemons, bounce addresses, list owners. */
gboolean address_no_reply(const char *address);

#endif
