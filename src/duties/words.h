/* words.h: what a letter says of duties. Private to the room. */
#ifndef SHOUWEN_DUTIES_WORDS_H
#define SHOUWEN_DUTIES_WORDS_H

#include "duties/owed.h"
#include "letters/post.h"

/* One letter to RECIPIENT about DUTIES (LedgerDuty, the most urgent first), as letter_post enters it: a reminder, or an escalation
 * about somebody else's; with the deadlines as iCalendar while they are ahead. */
gboolean words_post(Ledger *ledger, const Templates *templates, const Conf *conf, const Workdays *workdays, const char *recipient,
                    gboolean escalates, const GPtrArray *duties, gint64 *ret_letter, Posted *ret_posted, GError **error);

#endif
