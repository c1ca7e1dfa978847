#include "base/clock.h"
#include "ledger/alarms.h"
#include "ledger/events.h"
#include "letters/caps.h"
#include "letters/language.h"
#include "letters/post.h"

/* Why ORDER waits for a person, or NULL. *RET_FLOOD: all letters do. */
static const char *why_held(Ledger *ledger, const LetterOrder *order, const Conf *conf, gboolean *ret_flood)
{
    *ret_flood = FALSE;
    if (order->hold)
        return order->hold;
    if (g_str_equal(conf_string(conf, "letters", order->kind), "hold"))
        return "letters of this kind are released by a person";
    return caps_check(ledger, conf, order, clock_now(), ret_flood);
}

static gboolean never(Ledger *ledger, const LetterOrder *order, const char *actor, const char *why, gint64 *ret_id, Posted *ret_posted,
                      GError **error)
{
    *ret_posted = POSTED_NEVER;
    if (ret_id)
        *ret_id = 0;
    return ledger_event(ledger, order->entry, actor, "no-letter", error, "kind", "t", order->kind, "why", "t", why, NULL);
}

static gboolean enter(Ledger *ledger, const LetterOrder *order, const Letter *letter, const char *held, const char *actor,
                      gint64 *ret_id, GError **error)
{
    gint64 now = clock_now();
    LedgerLetter row = {
        .entry = order->entry,
        .message = order->message,
        .duty = order->duty,
        .kind = (char *)order->kind,
        .state = (char *)(held ? "held" : "queued"),
        .recipient = letter->recipient,
        .message_id = letter->message_id,
        .subject = letter->subject,
        .reason = (char *)held,
        .bytes = letter->bytes,
        .created = now,
        .next_try = now,
    };
    if (!ledger_letter_add(ledger, &row, actor, error))
        return FALSE;
    if (ret_id)
        *ret_id = row.id;
    return TRUE;
}

gboolean letter_post(Ledger *ledger, const Templates *templates, const LetterOrder *order, const Conf *conf, const char *actor,
                     gint64 *ret_id, Posted *ret_posted, GError **error)
{
    LetterOrder own = *order;
    gboolean flood;
    const char *silent = letter_address_silent(conf, order->recipient);
    if (silent || g_str_equal(conf_string(conf, "letters", order->kind), "never"))
        return never(ledger, order, actor, silent ? silent : "letters of this kind are switched off", ret_id, ret_posted, error);
    if (!own.language)
        own.language = letter_language(ledger, order, conf);
    g_autoptr(Letter) letter = letter_write(templates, &own, conf, error);
    if (!letter)
        return FALSE;
    const char *held = why_held(ledger, order, conf, &flood);
    *ret_posted = held ? POSTED_HELD : POSTED_QUEUED;
    return enter(ledger, order, letter, held, actor, ret_id, error) &&
           (!flood || ledger_alarm_raise(ledger, LETTERS_STOPPED, held, clock_now(), error));
}
