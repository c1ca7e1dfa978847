#include <string.h>

#include "base/charset.h"
#include "base/limits.h"
#include "readers/member.h"

#define ENDING_CHARS 20 /* ".docx", ".tar.gz": longer ones are no endings */

/* STEP without its middle when it is longer than LIMIT_NAME_CHARS. */
static char *shorten(const char *step)
{
    glong length = g_utf8_strlen(step, -1);
    if (length <= LIMIT_NAME_CHARS)
        return g_strdup(step);
    g_autofree char *tail = g_utf8_substring(step, length - ENDING_CHARS, length);
    const char *dot = strrchr(tail, '.');
    glong ending = dot ? g_utf8_strlen(dot, -1) : 0;
    g_autofree char *head = g_utf8_substring(step, 0, LIMIT_NAME_CHARS - 1 - ending);
    return g_strconcat(head, "…", dot, NULL);
}

static gboolean is_step(const char *step)
{
    gboolean drive = g_ascii_isalpha(step[0]) && step[1] == ':' && !step[2];
    return *step && !drive && strcmp(step, ".") != 0 && strcmp(step, "..") != 0;
}

/* Decoding comes before splitting: the second byte of a GBK character can be 0x5C. */
char *member_name(const char *raw)
{
    g_autofree char *decoded = raw ? charset_decode(raw, strlen(raw), NULL) : g_strdup("");
    g_auto(GStrv) steps = g_strsplit_set(decoded, "/\\", -1);
    char *path = NULL;
    glong length = 0;
    for (guint i = g_strv_length(steps); i-- > 0;) {
        if (!is_step(steps[i]))
            continue;
        g_autofree char *step = shorten(steps[i]), *inner = path;
        length += g_utf8_strlen(step, -1) + 1;
        gboolean full = inner && length > MEMBER_NAME_CHARS - 2;
        path = !inner ? g_steal_pointer(&step) : g_strconcat(full ? "…" : step, "/", inner, NULL);
        if (full)
            break;
    }
    return path ? path : g_strdup("unnamed");
}

gboolean member_is_litter(const char *name)
{
    const char *base = strrchr(name, '/');
    base = base ? base + 1 : name;
    return g_str_has_prefix(name, "__MACOSX/") || strstr(name, "/__MACOSX/") || strcmp(base, ".DS_Store") == 0 ||
           g_str_has_prefix(base, "._") || g_str_has_prefix(base, "~$") || g_ascii_strcasecmp(base, "thumbs.db") == 0 ||
           g_ascii_strcasecmp(base, "desktop.ini") == 0;
}
