#include "letters/caps.h"

#define HOUR_USEC (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define DAY_USEC (24 * HOUR_USEC)

static gboolean reached(const Conf *conf, const char *setting, guint letters)
{
    return letters >= conf_int(conf, "letters", setting);
}

const char *caps_check(Ledger *ledger, const Conf *conf, const char *address, gint64 entry, gint64 now)
{
    if (reached(conf, "breaker_per_hour", ledger_letters_since(ledger, NULL, 0, now - HOUR_USEC)))
        return "too many letters this hour (letters.breaker_per_hour): a loop or a flood?";
    if (reached(conf, "per_address_per_day", ledger_letters_since(ledger, address, 0, now - DAY_USEC)))
        return "too many letters to this address today (letters.per_address_per_day)";
    if (entry && reached(conf, "per_entry_per_day", ledger_letters_since(ledger, NULL, entry, now - DAY_USEC)))
        return "too many letters about this entry today (letters.per_entry_per_day)";
    return NULL;
}
