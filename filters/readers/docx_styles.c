#include <string.h>

#include "readers/docx.h"

enum { BASED_ON_MAX = 16 }; /* a chain of styles is short; a circle of them must end */

typedef struct {
    DocxStyle own;
    char *based_on;
    gboolean numbered; /* it says which list it is of, be it none */
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

static void docx_style_free(gpointer data)
{
    DocxStyle *style = data;
    g_free(style->number_style);
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
            all->style->own.number_level = NUMBER_LEVEL_UNKNOWN;
            g_hash_table_replace(all->styles, g_strdup(value), all->style);
        }
        return;
    }
    if (!all->style || !ooxml_attr(attrs, count, "val", value, sizeof value))
        return;
    if (strcmp(name, "name") == 0 && named_level(value)) {
        all->style->own.level = named_level(value);
    } else if (strcmp(name, "basedOn") == 0) {
        g_free(all->style->based_on);
        all->style->based_on = g_strdup(value);
    } else if (strcmp(name, "outlineLvl") == 0 && atoi(value) >= 0 && atoi(value) < 9 && !all->style->own.level) {
        all->style->own.level = MIN((guint)atoi(value) + 1, 6);
    } else if (strcmp(name, "numId") == 0) {
        all->style->own.number = (guint)CLAMP(g_ascii_strtoll(value, NULL, 10), 0, G_MAXINT);
        all->style->numbered = TRUE;
    } else if (strcmp(name, "ilvl") == 0) {
        all->style->own.number_level = (guint)CLAMP(g_ascii_strtoll(value, NULL, 10), 0, NUMBER_LEVEL_UNKNOWN);
    }
}

static void style_end(void *data, OoxmlSpace space, const char *name)
{
    Styles *all = data;
    if (space == OOXML_W && strcmp(name, "style") == 0)
        all->style = NULL;
}

/* What STYLE, called ID, says together with what it is based on; NULL when that is nothing. */
static DocxStyle *whole_style(GHashTable *styles, const char *id, const Style *style)
{
    DocxStyle whole = {.number_level = NUMBER_LEVEL_UNKNOWN};
    gboolean numbered = FALSE;
    for (int i = 0; i < BASED_ON_MAX && style; i++) {
        if (!whole.level)
            whole.level = style->own.level;
        if (!numbered && whole.number_level == NUMBER_LEVEL_UNKNOWN)
            whole.number_level = style->own.number_level;
        if (!numbered && style->numbered) {
            whole.number = style->own.number;
            whole.number_style = (char *)id;
            numbered = TRUE;
        }
        id = style->based_on;
        style = id ? g_hash_table_lookup(styles, id) : NULL;
    }
    if (!whole.level && !whole.number)
        return NULL;
    whole.number_style = g_strdup(whole.number_style);
    return g_memdup2(&whole, sizeof whole);
}

GHashTable *docx_styles(const GByteArray *part)
{
    GHashTable *wholes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, docx_style_free);
    g_autoptr(GHashTable) styles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, style_free);
    Styles all = {.styles = styles};
    const OoxmlHandler handler = {.start = style_start, .end = style_end};
    /* Without styles the text is still all there: a damaged part only loses headings and numbers. */
    if (part)
        ooxml_parse(part, &handler, &all);
    GHashTableIter iter;
    gpointer id = NULL, value = NULL;
    g_hash_table_iter_init(&iter, styles);
    while (g_hash_table_iter_next(&iter, &id, &value)) {
        DocxStyle *whole = whole_style(styles, id, value);
        if (whole)
            g_hash_table_insert(wholes, g_strdup(id), whole);
    }
    return wholes;
}
