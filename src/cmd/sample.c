#include "cmd/sample.h"
#include "conf/settings.h"

static void begin_group(GString *text, const char *group)
{
    if (g_str_equal(group, "mailbox"))
        g_string_append(text, "\n# one group for each mailbox; the name is yours to choose\n#[mailbox office]\n");
    else
        g_string_append_printf(text, "\n[%s]\n", group);
}

char *sample_conf(void)
{
    const char *group = "";
    GString *text = g_string_new("# shouwen.conf: every setting with its default; made by 'shouwen check --sample'.\n"
                                 "# Lines that begin with '#' are comments; take the '#' away to set a value.\n"
                                 "# See shouwen.conf(5). Passwords never stand here.\n");
    for (const Setting *s = settings; s->group; s++) {
        const char *fallback = s->fallback ? s->fallback : "";
        if (!g_str_equal(s->group, group))
            begin_group(text, s->group);
        group = s->group;
        g_string_append_printf(text, "# %s (%s%s)\n", s->help, setting_allowed(s), s->fallback ? "" : "; must be set");
        g_string_append_printf(text, "#%s =%s%s\n", s->key, *fallback ? " " : "", fallback);
    }
    return g_string_free(text, FALSE);
}

char *sample_man_table(void)
{
    const char *group = "";
    GString *text = g_string_new(NULL);
    for (const Setting *s = settings; s->group; s++) {
        if (!g_str_equal(s->group, group)) {
            g_string_append_printf(text, "%s.Ss [%s%s]\n.Bl -tag -width Ds\n", *group ? ".El\n" : "", s->group,
                                   g_str_equal(s->group, "mailbox") ? " NAME" : "");
            group = s->group;
        }
        g_string_append_printf(text, ".It Ic %s\n%c%s; %s.\n", s->key, g_ascii_toupper(s->help[0]), s->help + 1,
                               setting_allowed(s));
        if (!s->fallback)
            g_string_append(text, "It must be set.\n");
        else if (*s->fallback)
            g_string_append_printf(text, "Default:\n.Ql %s .\n", s->fallback);
    }
    g_string_append(text, ".El\n");
    return g_string_free(text, FALSE);
}
