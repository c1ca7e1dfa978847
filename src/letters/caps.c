#include "letters/caps.h"

#define HOUR_USEC (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define DAY_USEC (24 * HOUR_USEC)

const char *caps_check(Ledger *ledger, const Conf *conf, const char *address, gint64 entry, gint64 now)
{
    if (ledger_letters_reach(ledger, NULL, 0, now - HOUR_USEC, conf_int(conf, "letters", "breaker_per_hour")))
        return "too many letters this hour (letters.breaker_per_hour): a loop or a flood?";
    if (ledger_letters_reach(ledger, address, 0, now - DAY_USEC, conf_int(conf, "letters", "per_address_per_day")))
        return "too many letters to this address today (letters.per_address_per_day)";
    if (entry &&
        ledger_letters_reach(ledger, NULL, entry, now - DAY_USEC, conf_int(conf, "letters", "per_entry_per_day")))
        return "too many letters about this entry today (letters.per_entry_per_day)";
    return NULL;
}
