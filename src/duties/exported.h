/* exported.h: our calendar for other programs. */
#ifndef SHOUWEN_DUTIES_EXPORTED_H
#define SHOUWEN_DUTIES_EXPORTED_H

#include "conf/conf.h"
#include "ledger/ledger.h"

/* Everything that the calendar holds, as iCalendar (RFC 5545), in the form that imported_calendar takes: imported into an empty ledger
 * it gives the same calendar. Caller frees; NULL on error. */
char *exported_calendar(Ledger *ledger, const Conf *conf, GError **error);

#endif
