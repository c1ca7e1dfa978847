#include "base/text.h"
#include "letters/language.h"

static const char *known(const char *language)
{
    static const char *const all[] = {"zh", "en", "both"};
    for (guint i = 0; language && i < G_N_ELEMENTS(all); i++)
        if (g_str_equal(language, all[i]))
            return all[i];
    return NULL;
}

typedef struct {
    guint han, latin; /* characters */
} Letters;

static void count(Letters *letters, const char *text)
{
    for (const char *at = text ? text : ""; *at; at = g_utf8_next_char(at)) {
        letters->han += text_is_han(g_utf8_get_char(at));
        letters->latin += g_ascii_isalpha(*at) != 0;
    }
}

/* Our forms are in Chinese whoever fills them in: what counts is what the sender chose himself. One Chinese character says more
 * than any number of Latin letters, which stand in Chinese mails too. */
static const char *language_of_mail(const LetterOrder *order)
{
    Letters letters = {0, 0};
    count(&letters, order->subject);
    count(&letters, order->name);
    for (guint i = 0; order->record && i < order->record->parts->len; i++)
        count(&letters, ((const Part *)g_ptr_array_index(order->record->parts, i))->filename);
    if (letters.han > 0)
        return "zh";
    return letters.latin >= 8 ? "en" : "both";
}

const char *letter_language(Ledger *ledger, const LetterOrder *order, const Conf *conf)
{
    g_autofree char *noted = ledger_letter_language(ledger, order->entry, order->recipient);
    if (known(noted))
        return known(noted);
    const char *setting = conf_string(conf, "letters", "language");
    return g_str_equal(setting, "sender") ? language_of_mail(order) : known(setting);
}
