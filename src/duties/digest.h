/* digest.h: the daily account (letter kind digest) for the secretariat. */
#ifndef SHOUWEN_DUTIES_DIGEST_H
#define SHOUWEN_DUTIES_DIGEST_H

#include "duties/workdays.h"
#include "letters/compose.h"

/* Whether it is a working day, between the hour of [digest] at and the end of work, somebody is to get it ([office] secretariat) and today's has not
 * been written. */
gboolean digest_wanted(Ledger *ledger, const Conf *conf, const Workdays *workdays);

/* Inside a transaction: one letter to each of those addresses, about what happened since the last one, and a note that today's is
 * written. *RET_POSTED: whether there is any. */
gboolean digest_post(Ledger *ledger, const Templates *templates, const Conf *conf, const Workdays *workdays, gboolean *ret_posted,
                     GError **error);

#endif
