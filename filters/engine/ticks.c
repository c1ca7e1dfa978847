/* ticks.c: which options of a text are ticked, however forms and people mark them. */
#include "engine/types.h"

static gboolean is_mark(gunichar c, gboolean *ret_ticked)
{
    static const char ticked[] = "☑☒■√✓✔●🗹", unticked[] = "☐□○";
    *ret_ticked = g_utf8_strchr(ticked, -1, c) != NULL;
    return *ret_ticked || g_utf8_strchr(unticked, -1, c) != NULL;
}

/* "[x]", "(√)" and the like to one character, so that there is one way to find a mark. */
static char *unify_marks(const char *text)
{
    static const char *const pairs[][2] = {{"[x]", "☑"}, {"[X]", "☑"},   {"[√]", "☑"},   {"[✓]", "☑"},
                                           {"(x)", "☑"}, {"(√)", "☑"},   {"（√）", "☑"}, {"(✓)", "☑"},
                                           {"□√", "☑"},  {"√□", "☑"},    {"[ ]", "☐"},   {"[]", "☐"},
                                           {"( )", "☐"}, {"（ ）", "☐"}, {"（）", "☐"},  {"()", "☐"},
                                           {"（　）", "☐"}, {"(　)", "☐"}, {"[　]", "☐"}};
    char *out = g_strdup(text);
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_auto(GStrv) parts = g_strsplit(out, pairs[i][0], -1);
        g_free(out);
        out = g_strjoinv(pairs[i][1], parts);
    }
    return out;
}

/* The option that ends at END on the line that begins at LINE: in a table's row all of it, else its last word. */
static void add_behind(GString *out, const char *line, const char *end)
{
    g_autofree char *before = g_strchomp(g_strndup(line, (gsize)(end - line)));
    const char *last = strchr(before, '\t') ? before : before + strlen(before);
    while (last > before && !g_ascii_isspace(last[-1]))
        last--;
    gboolean word = *last && !g_ascii_isdigit(*last);
    g_string_append_printf(out, "%s\n", word ? last : before);
}

/* Marks behind their options: "男 女√". */
static void options_behind(const char *text, GString *out)
{
    const char *line = text;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gboolean ticked;
        if (*p == '\n') {
            line = p + 1;
        } else if (is_mark(g_utf8_get_char(p), &ticked)) {
            if (ticked)
                add_behind(out, line, p);
            line = g_utf8_next_char(p);
        }
    }
}

/* Marks before their options: "☐男 ☑女". */
static void options_after(const char *text, GString *out)
{
    gboolean taking = FALSE, words = FALSE, ticked;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (is_mark(c, &ticked)) {
            if (taking)
                g_string_append_c(out, '\n');
            taking = ticked;
            words = FALSE;
        } else if (taking && c == '\n' && words) {
            g_string_append_c(out, '\n'); /* what follows on the next line is no option any more */
            taking = FALSE;
        } else if (taking) {
            g_string_append_unichar(out, c);
            words = words || !g_unichar_isspace(c);
        }
    }
}

/* The options of TEXT that are ticked, a line each; NULL when TEXT has no marks. They stand behind their options
 * when something stands before the first of them on its line. */
char *type_ticked(const char *text)
{
    g_autofree char *unified = unify_marks(text);
    const char *first = NULL;
    gboolean ticked, behind = FALSE;
    for (const char *p = unified; *p && !first; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == '\n')
            behind = FALSE;
        else if (is_mark(c, &ticked))
            first = p;
        else if (!g_unichar_isspace(c))
            behind = TRUE;
    }
    if (!first)
        return NULL;
    GString *out = g_string_new(NULL);
    if (behind)
        options_behind(unified, out);
    else
        options_after(unified, out);
    return g_string_free(out, FALSE);
}
