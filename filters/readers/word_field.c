#include <stdlib.h>
#include <string.h>

#include "readers/symbols.h"
#include "readers/word_field.h"

/* SYMBOL code [\f "font"] …: the code is decimal, 0x… is hexadecimal. */
static char *symbol_text(const char *args)
{
    gunichar code = (gunichar)MIN(strtoul(args, NULL, 0), 0xffff);
    g_autofree char *font = NULL;
    const char *named = strstr(args, "\\f");
    if (named) {
        g_auto(GStrv) parts = g_strsplit_set(g_strchug(g_strdelimit(font = g_strdup(named + 2), "\"", ' ')), "\\", 2);
        g_free(font);
        font = g_strdup(g_strstrip(parts[0]));
    }
    char utf8[7] = "";
    gunichar c = symbols_char(font, code);
    if (c && g_unichar_validate(c) && c >= ' ')
        g_unichar_to_utf8(c, utf8);
    return g_strdup(utf8);
}

static gboolean one_of(const char *text, const char *all)
{
    return *text && g_utf8_strlen(text, 3) == 1 && strstr(all, text);
}

/* The arguments of the innermost list that ends TEXT, "(a,b)": commas part them, in Chinese Word semicolons, too. */
static GStrv overstrike_args(const char *text)
{
    const char *open = strchr(text, '('), *close = strrchr(text, ')');
    g_autofree char *inside = open && close > open ? g_strndup(open + 1, (gsize)(close - open - 1)) : g_strdup(text);
    /* A ruby, \s\up 9(above),base: only what stands on the line is text. */
    const char *comma = strstr(inside, "),");
    g_autofree char *line = comma && strstr(inside, "\\s") ? g_strconcat(",", comma + 2, NULL) : g_strdup(inside);
    return g_strsplit_set(line, ",;", 20);
}

/* EQ without its switches: \o (one over the other) shows its last argument, all others show everything. */
static WordField equation(const char *args, char **ret_text)
{
    gsize switches = strcspn(args, "(");
    if (g_strstr_len(args, (gssize)switches, "\\o") || g_strstr_len(args, (gssize)switches, "\\O")) {
        g_auto(GStrv) parts = overstrike_args(args);
        guint count = g_strv_length(parts);
        for (guint i = 0; i < count; i++)
            g_strstrip(parts[i]);
        if (count == 2 && one_of(parts[0], "□☐口▢") && one_of(parts[1], "√✓✔×✕✗✘xXvV"))
            return WORD_FIELD_CHECKED;
        *ret_text = g_strdup(count ? parts[count - 1] : "");
        return WORD_FIELD_TEXT;
    }
    GString *text = g_string_new(NULL);
    for (const char *at = args; *at; at++) {
        if (*at == '\\') { /* a switch with its numbers: up to the list */
            while (at[1] && !strchr("(\\", at[1]))
                at++;
        } else if (!strchr("()", *at)) {
            g_string_append_c(text, strchr(",;", *at) ? ' ' : *at);
        }
    }
    *ret_text = g_string_free(text, FALSE);
    return WORD_FIELD_TEXT;
}

WordField word_field_shows(const char *code, char **ret_text)
{
    while (g_ascii_isspace(*code))
        code++;
    gsize word = strcspn(code, " \t\\(");
    const char *args = code + word + strspn(code + word, " \t");
    *ret_text = NULL;
    if (word == 2 && g_ascii_strncasecmp(code, "EQ", 2) == 0)
        return equation(args, ret_text);
    if (word == 6 && g_ascii_strncasecmp(code, "SYMBOL", 6) == 0) {
        *ret_text = symbol_text(args);
        return WORD_FIELD_TEXT;
    }
    if ((word == 11 && g_ascii_strncasecmp(code, "MACROBUTTON", 11) == 0) ||
        (word == 10 && g_ascii_strncasecmp(code, "GOTOBUTTON", 10) == 0)) {
        gsize target = strcspn(args, " \t");
        *ret_text = g_strstrip(g_strdup(args + target));
        return WORD_FIELD_TEXT;
    }
    return WORD_FIELD_NOTHING;
}
