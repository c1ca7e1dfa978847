/* caps.h: letters are counted before they are queued, so that a loop or a flood stops at a number. */
#ifndef SHOUWEN_LETTERS_CAPS_H
#define SHOUWEN_LETTERS_CAPS_H

#include "conf/conf.h"
#include "ledger/ledger.h"

/* NULL when one more letter to ADDRESS about ENTRY may be queued at NOW; else why it must be held (static):
 * per address and day, per entry and day, or the breaker for all letters an hour. */
const char *caps_check(Ledger *ledger, const Conf *conf, const char *address, gint64 entry, gint64 now);

#endif
