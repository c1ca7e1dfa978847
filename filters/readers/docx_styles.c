#include <string.h>

#include "readers/docx.h"

enum { BASED_ON_MAX = 16 }; /* a chain of styles is short; a circle of them must end */

typedef struct {
    char *based_on;
    guint level; /* 1–6, 0 unknown */
} Style;

typedef struct {
    GHashTable *styles;
    Style *style; /* inside w:style */
} Styles;

static void style_free(gpointer data)
{
    Style *style = data;
    g_free(style->based_on);
    g_free(style);
}

/* "heading 1", "标题 1", "Title"; Word names built-in styles in English whatever its language, WPS not always. */
static guint named_level(const char *name)
{
    static const char *const prefixes[] = {"heading ", "标题 ", "標題 "};
    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_ascii_strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0) {
            int level = atoi(name + strlen(prefixes[i]));
            return level >= 1 && level <= 9 ? MIN((guint)level, 6) : 0;
        }
    return g_ascii_strcasecmp(name, "title") == 0 || strcmp(name, "标题") == 0 ? 1 : 0;
}

static void style_start(void *data, OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Styles *all = data;
    char value[128];
    if (space != OOXML_W)
        return;
    if (strcmp(name, "style") == 0) {
        all->style = NULL;
        if (ooxml_attr(attrs, count, "styleId", value, sizeof value)) {
            all->style = g_new0(Style, 1);
            g_hash_table_replace(all->styles, g_strdup(value), all->style);
        }
        return;
    }
    if (!all->style || !ooxml_attr(attrs, count, "val", value, sizeof value))
        return;
    if (strcmp(name, "name") == 0 && named_level(value)) {
        all->style->level = named_level(value);
    } else if (strcmp(name, "basedOn") == 0) {
        g_free(all->style->based_on);
        all->style->based_on = g_strdup(value);
    } else if (strcmp(name, "outlineLvl") == 0 && atoi(value) >= 0 && atoi(value) < 9 && !all->style->level) {
        all->style->level = MIN((guint)atoi(value) + 1, 6);
    }
}

static void style_end(void *data, OoxmlSpace space, const char *name)
{
    Styles *all = data;
    if (space == OOXML_W && strcmp(name, "style") == 0)
        all->style = NULL;
}

GHashTable *docx_heading_styles(const GByteArray *part)
{
    GHashTable *headings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) styles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, style_free);
    Styles all = {.styles = styles};
    const OoxmlHandler handler = {.start = style_start, .end = style_end};
    /* Without styles the text is still all there: a damaged part only loses the headings. */
    if (part)
        ooxml_parse(part, &handler, &all);
    GHashTableIter iter;
    gpointer id = NULL, value = NULL;
    g_hash_table_iter_init(&iter, styles);
    while (g_hash_table_iter_next(&iter, &id, &value)) {
        const Style *style = value;
        for (int i = 0; i < BASED_ON_MAX && style && !style->level; i++)
            style = style->based_on ? g_hash_table_lookup(styles, style->based_on) : NULL;
        if (style && style->level)
            g_hash_table_insert(headings, g_strdup(id), GUINT_TO_POINTER(style->level));
    }
    return headings;
}
