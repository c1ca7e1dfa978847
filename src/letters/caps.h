/* caps.h: letters are counted before they are queued, so that a loop or a flood stops at a number. */
#ifndef SHOUWEN_LETTERS_CAPS_H
#define SHOUWEN_LETTERS_CAPS_H

#include "letters/post.h"

/* NULL when the letter ORDER may be queued at NOW; else why it must be held (static): per address and day, per entry and day, or
 * the breaker for all letters an hour (*RET_FLOOD). What a person writes is held by the breaker only, and a notice by nothing
 * but the cap of its address: it is by it that the secretariat learns of the breaker. */
const char *caps_check(Ledger *ledger, const Conf *conf, const LetterOrder *order, gint64 now, gboolean *ret_flood);

#endif
