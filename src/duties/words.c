#include "base/clock.h"
#include "duties/words.h"
#include "letters/ics.h"
#include "letters/say.h"

#define FILE_NAME "deadline.ics"

typedef struct {
    SayDuty duty;
    const GPtrArray *duties; /* LedgerDuty; the first is DUTY */
} Words;

static void say_words(Facts *facts, const LetterVoice *voice, gpointer user)
{
    const Words *words = user;
    say_duty(facts, voice, (gpointer)&words->duty);
    for (guint i = 1; i < words->duties->len; i++) {
        const LedgerDuty *duty = g_ptr_array_index(words->duties, i);
        SayDuty other = {.what = duty->what, .person = duty->name, .why_zh = duty->why_zh, .why_en = duty->why_en, .due = duty->due,
                         .now = words->duty.now};
        say_duty(facts_add(facts, "others"), voice, &other);
    }
}

/* The deadline of DUTY, for the calendar of who owes it: what is due, and why. */
static GBytes *deadline_of(const Conf *conf, const Templates *templates, const Workdays *workdays, const LedgerDuty *duty)
{
    gboolean english = g_strcmp0(duty->language, "en") == 0;
    const char *what = names_duty(templates_names(templates), duty->what, english ? "en" : "zh");
    g_autofree char *summary = g_strdup_printf(english ? "Due: %s" : "截止：%s", what);
    const char *office = *conf_list(conf, "office", "address"), *at = g_strrstr(office, "@");
    g_autofree char *uid = g_strdup_printf("duty-%" G_GINT64_FORMAT "%s", duty->id, at ? at : "");
    gboolean one = g_str_equal(duty->why_zh, duty->why_en);
    g_autofree char *description = english ? g_strdup(duty->why_en) : g_strconcat(duty->why_zh, one ? NULL : "\n", duty->why_en, NULL);
    IcsDeadline deadline = {uid, summary, description, duty->due, workdays_zone(workdays), clock_now()};
    return ics_deadline(&deadline);
}

gboolean words_post(Ledger *ledger, const Templates *templates, const Conf *conf, const Workdays *workdays, const char *recipient,
                    gboolean escalates, const GPtrArray *duties, gint64 *ret_letter, Posted *ret_posted, GError **error)
{
    const LedgerDuty *first = g_ptr_array_index(duties, 0);
    gint64 now = clock_now();
    gboolean ahead = !escalates && first->due > now;
    g_autoptr(GBytes) deadline = ahead ? deadline_of(conf, templates, workdays, first) : NULL;
    LetterFile file = {FILE_NAME, ICS_MIME, deadline};
    Words words = {{.what = first->what, .person = first->name, .address = first->address, .meeting = first->meeting_name,
                    .why_zh = first->why_zh, .why_en = first->why_en, .article = first->article, .due = first->due, .now = now,
                    .reminded = first->reminded, .claimed = g_str_equal(first->state, "claimed"), .file = ahead ? FILE_NAME : NULL},
                   duties};
    LetterOrder order = {
        .kind = escalates ? "escalation" : "reminder",
        .form = LETTER_FULL,
        .language = escalates ? NULL : first->language,
        .recipient = recipient,
        .name = escalates ? NULL : first->name,
        .entry = first->entry,
        .duty = first->id,
        .reference = first->reference,
        .year = first->year,
        .number = first->number,
        .due = first->due,
        .add_facts = say_words,
        .user = &words,
        .file = ahead ? &file : NULL,
    };
    return letter_post(ledger, templates, &order, conf, "clock", ret_letter, ret_posted, error);
}
