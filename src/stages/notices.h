/* notices.h: letters to the secretariat about what is wrong with the system itself, beside alert_command: mail may well work when
 * something else does not. One when an alarm begins and one when it is over, whatever becomes of the command. */
#ifndef SHOUWEN_STAGES_NOTICES_H
#define SHOUWEN_STAGES_NOTICES_H

#include "ledger/alarms.h"
#include "letters/post.h"

/* Posts the letter (kind notice) about ALARM to each address of [office] secretariat, unless it was posted before: that it began,
 * or (OVER not 0, whatever ALARM says) that it ended at OVER, which is told only of one whose beginning was. A transaction of its
 * own. *RET_POSTED: something was. */
gboolean notices_post(Ledger *ledger, const Templates *templates, const Conf *conf, const LedgerAlarm *alarm, gint64 over,
                      gboolean *ret_posted, GError **error);

#endif
