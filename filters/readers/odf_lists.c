#include <stdlib.h>
#include <string.h>

#include "readers/numerals.h"
#include "readers/odf.h"

enum { LISTS_MAX = 200 }; /* open at once */

typedef struct {
    int numeral;
    char prefix[16], suffix[16];
    guint first, shown; /* start value; how many levels the number shows */
} Level;

typedef struct {
    Level levels[ODF_LIST_LEVELS];
    guint counts[ODF_LIST_LEVELS]; /* the last number given, 0 for none */
} ListStyle;

/* An open text:list. */
typedef struct {
    ListStyle *style; /* NULL: of no style that is known */
    guint level;
    gboolean pending; /* the next paragraph bears its item's number */
    guint start;      /* given by the item, 0 for none */
} OpenList;

void odf_lists_init(OdfLists *lists)
{
    lists->styles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    lists->open = g_array_new(FALSE, TRUE, sizeof(OpenList));
    lists->defined = NULL;
}

void odf_lists_clear(OdfLists *lists)
{
    g_hash_table_unref(lists->styles);
    g_array_unref(lists->open);
}

/* ---- styles (OpenDocument part 3, 16.30 to 16.34) ---- */

static int numeral_of(const char *format)
{
    static const struct {
        const char *format;
        int numeral;
    } formats[] = {
        {"1", NUMERAL_DECIMAL},     {"a", NUMERAL_LOWER_LETTER},   {"A", NUMERAL_UPPER_LETTER},  {"i", NUMERAL_LOWER_ROMAN},
        {"I", NUMERAL_UPPER_ROMAN}, {"一", NUMERAL_CHINESE_THOUSAND}, {"壹", NUMERAL_CHINESE_FORMAL}, {"甲", NUMERAL_HEAVENLY_STEM},
        {"子", NUMERAL_EARTHLY_BRANCH}, {"①", NUMERAL_CIRCLED},     {"１", NUMERAL_FULL_WIDTH},
    };
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
        if (g_str_has_prefix(format, formats[i].format))
            return formats[i].numeral;
    return NUMERAL_NONE;
}

static ListStyle *new_style(OdfLists *lists, const char *name)
{
    ListStyle *style = g_new0(ListStyle, 1);
    for (guint i = 0; i < ODF_LIST_LEVELS; i++)
        style->levels[i] = (Level){.numeral = NUMERAL_NONE, .first = 1, .shown = 1};
    g_hash_table_replace(lists->styles, g_strdup(name), style);
    return style;
}

static void define_level(ListStyle *style, const xmlChar **attrs, int count)
{
    char value[64];
    Level *level = &style->levels[odf_count(attrs, count, "level", ODF_LIST_LEVELS) - 1];
    level->numeral = ooxml_attr(attrs, count, "num-format", value, sizeof value) ? numeral_of(value) : NUMERAL_NONE;
    level->first = odf_count(attrs, count, "start-value", G_MAXINT);
    level->shown = odf_count(attrs, count, "display-levels", ODF_LIST_LEVELS);
    ooxml_attr(attrs, count, "num-prefix", level->prefix, sizeof level->prefix);
    ooxml_attr(attrs, count, "num-suffix", level->suffix, sizeof level->suffix);
}

void odf_lists_define(OdfLists *lists, const char *name, const xmlChar **attrs, int count)
{
    char value[256];
    if (strcmp(name, "list-style") == 0)
        lists->defined = ooxml_attr(attrs, count, "name", value, sizeof value) ? new_style(lists, value) : NULL;
    else if (strcmp(name, "outline-style") == 0)
        lists->defined = new_style(lists, "");
    else if (lists->defined && (strcmp(name, "list-level-style-number") == 0 || strcmp(name, "outline-level-style") == 0))
        define_level(lists->defined, attrs, count);
}

/* ---- counting ---- */

void odf_list_start(OdfLists *lists, const xmlChar **attrs, int count)
{
    char name[256], go_on[8];
    const OpenList *above = ODF_TOP(lists->open, OpenList);
    OpenList list = {.style = above ? above->style : NULL, .level = above ? MIN(above->level + 1, ODF_LIST_LEVELS - 1) : 0};
    if (ooxml_attr(attrs, count, "style-name", name, sizeof name))
        list.style = g_hash_table_lookup(lists->styles, name);
    gboolean continued = ooxml_attr(attrs, count, "continue-list", name, sizeof name) ||
                         (ooxml_attr(attrs, count, "continue-numbering", go_on, sizeof go_on) && strcmp(go_on, "true") == 0);
    if (list.style && !continued)
        memset(list.style->counts + list.level, 0, sizeof list.style->counts - list.level * sizeof(guint));
    if (lists->open->len < LISTS_MAX)
        g_array_append_val(lists->open, list);
    else
        lists->lost++;
}

void odf_list_end(OdfLists *lists)
{
    if (lists->lost)
        lists->lost--;
    else if (lists->open->len)
        g_array_set_size(lists->open, lists->open->len - 1);
}

void odf_list_item(OdfLists *lists, const xmlChar **attrs, int count)
{
    char value[16];
    OpenList *list = ODF_TOP(lists->open, OpenList);
    if (!list)
        return;
    list->pending = TRUE;
    list->start = ooxml_attr(attrs, count, "start-value", value, sizeof value) ? (guint)CLAMP(atoi(value), 0, 1000000) : 0;
}

/* Counts one paragraph at LEVEL of STYLE; START, unless 0, is where it begins anew. */
static char *next_number(ListStyle *style, guint level, guint start)
{
    const Level *own = &style->levels[level];
    guint *counts = style->counts;
    counts[level] = start ? start : counts[level] ? counts[level] + 1 : own->first;
    for (guint deeper = level + 1; deeper < ODF_LIST_LEVELS; deeper++)
        counts[deeper] = 0;
    if (own->numeral == NUMERAL_NONE)
        return NULL;
    GString *text = g_string_new(own->prefix);
    for (guint i = level + 1 - MIN(own->shown, level + 1); i <= level; i++) {
        const Level *shown = &style->levels[i];
        if (shown->numeral == NUMERAL_NONE)
            continue;
        counts[i] = counts[i] ? counts[i] : shown->first;
        numeral_append(text, shown->numeral, counts[i]);
        if (i < level)
            g_string_append_c(text, '.');
    }
    g_string_append(text, own->suffix);
    g_string_append_c(text, ' ');
    return g_string_free(text, FALSE);
}

char *odf_list_number(OdfLists *lists)
{
    OpenList *list = ODF_TOP(lists->open, OpenList);
    if (!list || !list->pending)
        return NULL;
    list->pending = FALSE;
    return list->style ? next_number(list->style, list->level, list->start) : NULL;
}

char *odf_heading_number(OdfLists *lists, guint level)
{
    ListStyle *style = g_hash_table_lookup(lists->styles, "");
    return style && level > 0 ? next_number(style, MIN(level, ODF_LIST_LEVELS) - 1, 0) : NULL;
}
