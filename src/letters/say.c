/* say.c: duties, digests and notices; papers.c has the documents of an entry. */
#include <string.h>

#include "base/limits.h"
#include "letters/facts.h"
#include "letters/say.h"

#define TEXT_CHARS 300
#define IDENT_CHARS 100

static gboolean is_zh(const LetterVoice *voice)
{
    return g_str_equal(voice->language, "zh");
}

static void set_day(Facts *facts, const char *name, gint64 instant, const LetterVoice *voice)
{
    g_autofree char *text = instant ? letter_day(instant, voice) : NULL;
    facts_set(facts, name, text, IDENT_CHARS);
}

static void set_minute(Facts *facts, const char *name, gint64 instant, const LetterVoice *voice)
{
    g_autofree char *text = instant ? letter_minute(instant, voice) : NULL;
    facts_set(facts, name, text, IDENT_CHARS);
}

/* --- a duty ---------------------------------------------------------------------------------------------------------- */

static guint32 day_number(gint64 instant, const LetterVoice *voice)
{
    g_autoptr(GDateTime) local = letter_time(instant, conf_string(voice->conf, "general", "zone"));
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)g_date_time_get_day_of_month(local), (GDateMonth)g_date_time_get_month(local),
                   (GDateYear)g_date_time_get_year(local));
    return g_date_get_julian(&date);
}

/* "25" as 二十五; what is no number below a hundred stays as it is. */
static char *numeral(const char *text)
{
    static const char *const digits[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    gsize length = strlen(text);
    if (length == 0 || length > 2 || strspn(text, "0123456789") != length || *text == '0')
        return g_strdup(text);
    if (length == 1)
        return g_strdup(digits[*text - '0']);
    return g_strdup_printf("%s十%s", *text == '1' ? "" : digits[*text - '0'], digits[text[1] - '0']);
}

static void set_article(Facts *facts, const char *article, const LetterVoice *voice)
{
    if (!article || !*article)
        return;
    g_autofree char *number = is_zh(voice) ? numeral(article) : g_strdup(article);
    g_autofree char *text = is_zh(voice) ? g_strdup_printf("《网络安全国际标准化活动管理办法》第%s条", number)
                                         : g_strdup_printf("Article %s of the regulation", number);
    facts_set(facts, "article", text, IDENT_CHARS);
}

static void set_count(Facts *facts, const char *name, guint32 days, const LetterVoice *voice)
{
    g_autofree char *text = g_strdup_printf(is_zh(voice) ? "%u 天" : days == 1 ? "%u day" : "%u days", days);
    facts_set(facts, name, text, IDENT_CHARS);
}

static void set_days(Facts *facts, gint64 due, gint64 now, const LetterVoice *voice)
{
    guint32 last = day_number(due, voice), today = day_number(now, voice);
    if (last > today)
        set_count(facts, "ahead", last - today, voice);
    else if (last == today)
        facts_set(facts, "last_day", "1", 1);
    else
        set_count(facts, "over", today - last, voice);
}

void say_duty(Facts *facts, const LetterVoice *voice, gpointer user)
{
    const SayDuty *duty = user;
    facts_set(facts, "what", names_duty(voice->names, duty->what, voice->language), IDENT_CHARS);
    facts_set(facts, "person", duty->person, LETTER_NAME_CHARS);
    facts_set(facts, "address", duty->address, TEXT_CHARS);
    facts_set(facts, "meeting", duty->meeting, LETTER_NAME_CHARS);
    facts_set(facts, "why", is_zh(voice) ? duty->why_zh : duty->why_en, TEXT_CHARS);
    facts_set(facts, "file", duty->file, IDENT_CHARS);
    facts_set(facts, "claimed", duty->claimed ? "1" : NULL, 1);
    set_article(facts, duty->article, voice);
    set_day(facts, "due", duty->due, voice);
    set_days(facts, duty->due, duty->now, voice);
    if (duty->reminded)
        facts_set_number(facts, "reminded", duty->reminded);
}

/* --- a digest -------------------------------------------------------------------------------------------------------- */

typedef struct {
    Facts *facts;
    const LetterVoice *voice;
    gint64 now;
    guint more;
} Digest;

/* A duty of nobody in particular is the office's own. */
static void set_owed(Facts *row, const SayLine *line, const LetterVoice *voice)
{
    const char *what = names_duty(voice->names, line->what, voice->language);
    facts_set(row, "person", line->person ? line->person : letter_office(voice->conf, voice->language),
              LETTER_NAME_CHARS);
    facts_set(row, "subject", what, IDENT_CHARS);
    facts_set(row, "what", what, IDENT_CHARS);
}

/* Figures of an alarm stand in its English text only; the Chinese one says what is wrong and since when. */
static void set_alarm(Facts *row, const SayLine *line, const LetterVoice *voice)
{
    g_autofree char *name = line->what ? names_alarm(voice->names, line->what, voice->language, NULL) : NULL;
    facts_set(row, "reason", is_zh(voice) && name ? name : line->reason, TEXT_CHARS);
}

static void add_line(Digest *digest, const char *list, const SayLine *line)
{
    const LetterVoice *voice = digest->voice;
    Facts *row = facts_add(digest->facts, list);
    const char *reason = !is_zh(voice) && line->reason_en ? line->reason_en : line->reason;
    facts_set(row, "reference", line->reference, IDENT_CHARS);
    facts_set(row, "person", line->person, LETTER_NAME_CHARS);
    facts_set(row, "address", line->address, TEXT_CHARS);
    facts_set(row, "subject", line->subject, LETTER_NAME_CHARS);
    facts_set(row, "what", line->what, IDENT_CHARS);
    facts_set(row, "reason", reason ? names_reason(voice->names, reason, voice->language) : NULL, TEXT_CHARS);
    if (g_str_equal(list, "alarms"))
        set_alarm(row, line, voice);
    else if (line->what && !g_str_equal(list, "mailboxes"))
        set_owed(row, line, voice);
    set_day(row, "due", line->due, voice);
    set_minute(row, "instant", line->instant, voice);
    if (line->due)
        set_days(row, line->due, digest->now, voice);
}

static void add_list(Digest *digest, const char *name, const GArray *lines)
{
    for (guint i = 0; lines && i < lines->len; i++) {
        if (i < LIMIT_LETTER_LINES_LISTED)
            add_line(digest, name, &g_array_index(lines, SayLine, i));
        else
            digest->more++;
    }
}

void say_digest(Facts *facts, const LetterVoice *voice, gpointer user)
{
    const SayDigest *from = user;
    Digest digest = {facts, voice, from->now, 0};
    g_autofree char *event = g_strdup_printf("%" G_GINT64_FORMAT, from->event);
    set_minute(facts, "since", from->since, voice);
    facts_set_number(facts, "arrived", from->arrived);
    facts_set_number(facts, "answered", from->answered);
    facts_set_number(facts, "new_count", from->fresh ? from->fresh->len : 0);
    facts_set_number(facts, "waiting_count", from->waiting ? from->waiting->len : 0);
    facts_set_number(facts, "overdue_count", from->overdue ? from->overdue->len : 0);
    add_list(&digest, "new", from->fresh);
    add_list(&digest, "waiting", from->waiting);
    add_list(&digest, "overdue", from->overdue);
    add_list(&digest, "held", from->held);
    add_list(&digest, "failed", from->failed);
    add_list(&digest, "mailboxes", from->mailboxes);
    add_list(&digest, "alarms", from->alarms);
    facts_set(facts, "head", from->head, IDENT_CHARS);
    facts_set(facts, "event", event, IDENT_CHARS);
    if (digest.more)
        facts_set_number(facts, "more", digest.more);
}

/* --- a notice -------------------------------------------------------------------------------------------------------- */

void say_notice(Facts *facts, const LetterVoice *voice, gpointer user)
{
    const SayNotice *notice = user;
    const char *help;
    g_autofree char *alarm = names_alarm(voice->names, notice->alarm, voice->language, &help);
    facts_set(facts, "alarm", alarm, IDENT_CHARS);
    facts_set(facts, "mark", names_state(voice->names, notice->over ? "over" : "alarm", voice->language), IDENT_CHARS);
    const char *advice = is_zh(voice) ? help : NULL;
    facts_set(facts, "reason", !advice ? notice->text : notice->over ? NULL : advice, TEXT_CHARS);
    set_minute(facts, "since", notice->since, voice);
    set_minute(facts, "over", notice->over, voice);
}
