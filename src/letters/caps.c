#include "letters/caps.h"

#define HOUR_USEC (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define DAY_USEC (24 * HOUR_USEC)

const char *caps_check(Ledger *ledger, const Conf *conf, const LetterOrder *order, gint64 now, gboolean *ret_flood)
{
    *ret_flood = !g_str_equal(order->kind, "notice") &&
                 ledger_letters_reach(ledger, NULL, 0, now - HOUR_USEC, conf_int(conf, "letters", "breaker_per_hour"));
    if (*ret_flood)
        return "too many letters this hour (letters.breaker_per_hour): a loop or a flood?";
    if (order->by_person)
        return NULL;
    if (ledger_letters_reach(ledger, order->recipient, 0, now - DAY_USEC, conf_int(conf, "letters", "per_address_per_day")))
        return "too many letters to this address today (letters.per_address_per_day)";
    if (order->entry &&
        ledger_letters_reach(ledger, NULL, order->entry, now - DAY_USEC, conf_int(conf, "letters", "per_entry_per_day")))
        return "too many letters about this entry today (letters.per_entry_per_day)";
    return NULL;
}
