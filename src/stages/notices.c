#include "stages/notices.h"

#include "base/clock.h"
#include "ledger/facts.h"
#include "letters/say.h"

/* To every address of the secretariat, and the fact NAME that it was done (VALUE) or is to be forgotten (NULL). */
static gboolean post_all(Ledger *ledger, const Templates *templates, const Conf *conf, SayNotice *notice, const char *name,
                         const char *value, GError **error)
{
    for (const char *const *address = conf_list(conf, "office", "secretariat"); *address; address++) {
        Posted posted;
        LetterOrder order = {.kind = "notice", .form = LETTER_FULL, .recipient = *address, .add_facts = say_notice, .user = notice};
        if (!letter_post(ledger, templates, &order, conf, "monitor", NULL, &posted, error))
            return FALSE;
    }
    return ledger_fact_set(ledger, name, value, error);
}

gboolean notices_post(Ledger *ledger, const Templates *templates, const Conf *conf, const LedgerAlarm *alarm, gint64 over,
                      gboolean *ret_posted, GError **error)
{
    SayNotice notice = {alarm->name, alarm->text, alarm->since, over};
    g_autofree char *name = g_strdup_printf("notice %s", alarm->name), *known = ledger_fact(ledger, name);
    g_autofree char *since = clock_iso(alarm->since, NULL);
    *ret_posted = FALSE;
    if (!*conf_list(conf, "office", "secretariat") || (over != 0) != (known != NULL))
        return TRUE;
    if (!ledger_begin(ledger, error))
        return FALSE;
    *ret_posted = post_all(ledger, templates, conf, &notice, name, over ? NULL : since, error) && ledger_commit(ledger, error);
    if (!*ret_posted)
        ledger_rollback(ledger);
    return *ret_posted;
}
