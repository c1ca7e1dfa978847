#include <string.h>

#include "envelope/query.h"
#include "envelope/reference.h"

#define LINE_BYTES 400 /* a longer line says more than a question */

/* Behind "Re:", "回复：", "答复：", "Fw:" as often as they stand there. */
static const char *skip_answer(const char *text)
{
    static const char *const marks[] = {"re:", "re：", "回复:", "回复：", "答复:", "答复：", "fw:", "fwd:", "转发:", "转发："};
    for (gboolean found = TRUE; found;) {
        found = FALSE;
        text += strspn(text, " \t");
        for (gsize i = 0; i < G_N_ELEMENTS(marks) && !found; i++) {
            found = g_ascii_strncasecmp(text, marks[i], strlen(marks[i])) == 0;
            text += found ? strlen(marks[i]) : 0;
        }
    }
    return text;
}

/* Behind a word that asks, or NULL. */
static const char *behind_word(const char *text)
{
    static const char *const words[] = {"查询", "查詢", "status"};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strncasecmp(text, words[i], strlen(words[i])) == 0)
            return text + strlen(words[i]);
    return NULL;
}

/* Nothing but marks and what may stand beside the question. */
static gboolean is_empty(const char *text)
{
    static const char *const filling[] = {"办理情况", "办理进度", "进度", "状态", "请", "of", "for", "please"};
    while (*text) {
        gsize skipped = 0;
        for (gsize i = 0; i < G_N_ELEMENTS(filling) && !skipped; i++)
            if (g_ascii_strncasecmp(text, filling[i], strlen(filling[i])) == 0)
                skipped = strlen(filling[i]);
        gunichar c = g_utf8_get_char(text);
        if (!skipped && g_unichar_isalnum(c))
            return FALSE;
        text = skipped ? text + skipped : g_utf8_next_char(text);
    }
    return TRUE;
}

/* Whether REST is empty but for a number of ours, in one of its two forms. */
static gboolean is_number_only(const char *rest, const char *prefix)
{
    if (is_empty(rest))
        return TRUE;
    g_autofree char *number = reference_find(rest, prefix);
    g_autofree char *printed = number ? NULL : reference_find_printed(rest, prefix);
    if (!number && !printed)
        return FALSE;
    GString *other = g_string_new(NULL);
    for (const char *p = rest; *p; p = g_utf8_next_char(p)) {
        /* The number's own characters: digits, the prefix's letters, 收文…号. */
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isdigit(c) && !(c < 0x80 && strchr(prefix, g_ascii_toupper((char)c))) && c != 0x6536 && c != 0x6587 && c != 0x53f7 &&
            c != 0x7b2c)
            g_string_append_unichar(other, c);
    }
    gboolean empty = is_empty(other->str);
    g_string_free(other, TRUE);
    return empty;
}

static gboolean asks(const char *line, const char *prefix)
{
    const char *rest = strlen(line) <= LINE_BYTES ? behind_word(skip_answer(line)) : NULL;
    return rest && is_number_only(rest, prefix);
}

static gboolean first_line_asks(const char *body, const char *prefix)
{
    g_auto(GStrv) lines = g_strsplit(body, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_strstrip(*line);
        if (**line && **line != '>')
            return asks(*line, prefix);
    }
    return FALSE;
}

gboolean query_asks_status(const char *subject, const char *body, const char *prefix)
{
    prefix = prefix ? prefix : "";
    return (subject && asks(subject, prefix)) || (body && first_line_asks(body, prefix));
}

char *query_reference(const char *subject, const char *body, const char *prefix)
{
    char *found = subject && asks(subject, prefix) ? reference_find_printed(subject, prefix) : NULL;
    return found || !body || !first_line_asks(body, prefix) ? found : reference_find_printed(body, prefix);
}
