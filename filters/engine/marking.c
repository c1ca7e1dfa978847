#include "base/text.h"
#include "engine/marking.h"

#define MARK_CHARS 30 /* a line that is a mark is no longer */

static GRegex *mark;

void marking_init(void)
{
    if (!mark)
        mark = g_regex_new("^\\s*(?:密级\\s*[:：]?\\s*)?(?:绝\\s*密|机\\s*密|秘\\s*密)\\s*"
                           "(?:[★☆]|[*＊](?=\\s*(?:[0-9长启]|$))|(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})\\s*(?:年|个月)|长期)"
                           "|密级\\s*[:：]\\s*(?:绝密|机密|秘密)",
                           G_REGEX_OPTIMIZE, 0, NULL);
}

/* The line of TEXT that is a mark; NULL when none is. Caller frees. */
static char *marked_line(const char *text)
{
    g_auto(GStrv) lines = g_strsplit_set(text, "\n\t", -1);
    for (guint i = 0; lines[i]; i++)
        if (g_utf8_strlen(lines[i], -1) <= MARK_CHARS && g_regex_match(mark, lines[i], 0, NULL))
            return text_plain(lines[i], MARK_CHARS);
    return NULL;
}

Finding *marking_find(const Model *model)
{
    for (guint i = 0; i < model->blocks->len; i++) {
        g_autofree char *line = marked_line(((const Block *)g_ptr_array_index(model->blocks, i))->text);
        if (!line)
            continue;
        g_autofree char *zh = g_strdup_printf("材料标有密级“%s”。涉密材料不得经互联网传递（依据管理办法第23条），"
                                              "请勿再以邮件发送，并立即与秘书处电话联系。", line);
        g_autofree char *en = g_strdup_printf("The paper bears the mark of a state secret (\"%s\"). Such papers may not be sent over the "
                                              "Internet (Article 23): do not mail it again, and call the secretariat at once.", line);
        return finding_new("classified-marking", "error", NULL, zh, en);
    }
    return NULL;
}
