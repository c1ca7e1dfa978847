#include <string.h>

#include "readers/docx_numbers.h"
#include "readers/numerals.h"
#include "readers/symbols.h"

enum { LISTS_MAX = 5000 /* of a document; one that was pasted together for years has some hundreds */, TEXT_MAX = 64, START_MAX = 1 << 20 };

typedef struct {
    gboolean given; /* by the file */
    int numeral;
    guint start;
    int restart; /* -1: after any higher level; else w:lvlRestart: 0 never, N after a level before the Nth */
    gboolean legal, no_suffix;
    char text[TEXT_MAX], font[TEXT_MAX], style[TEXT_MAX];
} Level;

/* w:abstractNum: a way of counting. The lists that follow it go on counting where another one stopped. */
typedef struct {
    Level levels[NUMBER_LEVELS];
    guint counts[NUMBER_LEVELS]; /* 0: not begun */
    char link[TEXT_MAX], linked_by[TEXT_MAX]; /* w:numStyleLink, w:styleLink */
} Way;

/* w:num: a list. */
typedef struct {
    guint id;
    Way *way; /* what w:abstractNumId ID names, once the part is read */
    gboolean begun, restarts[NUMBER_LEVELS]; /* w:startOverride */
    guint starts[NUMBER_LEVELS];
    Level *own[NUMBER_LEVELS]; /* w:lvlOverride with a w:lvl, or NULL */
} List;

struct DocxNumbers {
    GHashTable *ways, *lists; /* by id */
    /* While the part is read: */
    Way *way;
    List *list;
    Level *level;
    guint at; /* level that a w:lvlOverride is for */
};

static void list_free(gpointer data)
{
    List *list = data;
    for (guint i = 0; i < NUMBER_LEVELS; i++)
        g_free(list->own[i]);
    g_free(list);
}

/* --- the part ----------------------------------------------------------------------------------------------------------- */

static guint attr_number(const xmlChar **attrs, int count, const char *name, guint fallback)
{
    char value[16];
    gboolean given = ooxml_attr(attrs, count, name, value, sizeof value) != NULL;
    return given ? (guint)CLAMP(g_ascii_strtoll(value, NULL, 10), 0, START_MAX) : fallback;
}

static void level_begin(DocxNumbers *numbers, guint index)
{
    Level **own = numbers->list && index < NUMBER_LEVELS ? &numbers->list->own[index] : NULL;
    numbers->level = NULL;
    if (own && !*own)
        *own = g_new0(Level, 1);
    if (own)
        numbers->level = *own;
    else if (numbers->way && index < NUMBER_LEVELS)
        numbers->level = &numbers->way->levels[index];
    if (numbers->level)
        *numbers->level = (Level){.given = TRUE, .start = 0, .restart = -1};
}

static void list_begin(DocxNumbers *numbers, const char *name, const xmlChar **attrs, int count)
{
    gboolean is_way = strcmp(name, "abstractNum") == 0;
    guint id = attr_number(attrs, count, is_way ? "abstractNumId" : "numId", 0);
    numbers->way = NULL;
    numbers->list = NULL;
    numbers->level = NULL;
    if (g_hash_table_size(numbers->ways) + g_hash_table_size(numbers->lists) >= LISTS_MAX)
        return;
    if (is_way) {
        numbers->way = g_new0(Way, 1);
        g_hash_table_replace(numbers->ways, GUINT_TO_POINTER(id), numbers->way);
    } else {
        numbers->list = g_new0(List, 1);
        g_hash_table_replace(numbers->lists, GUINT_TO_POINTER(id), numbers->list);
    }
}

static void level_part(Level *level, const char *name, const xmlChar **attrs, int count)
{
    char value[TEXT_MAX] = "";
    const char *given = ooxml_attr(attrs, count, "val", value, sizeof value);
    if (strcmp(name, "start") == 0)
        level->start = attr_number(attrs, count, "val", 0);
    else if (strcmp(name, "numFmt") == 0 && given)
        level->numeral = numeral_by_name(value);
    else if (strcmp(name, "lvlText") == 0 && given)
        g_strlcpy(level->text, value, sizeof level->text);
    else if (strcmp(name, "lvlRestart") == 0)
        level->restart = (int)attr_number(attrs, count, "val", 0);
    else if (strcmp(name, "isLgl") == 0)
        level->legal = ooxml_on(attrs, count);
    else if (strcmp(name, "suff") == 0 && given)
        level->no_suffix = strcmp(value, "nothing") == 0;
    else if (strcmp(name, "pStyle") == 0 && given)
        g_strlcpy(level->style, value, sizeof level->style);
    else if (strcmp(name, "rFonts") == 0)
        ooxml_attr(attrs, count, "ascii", level->font, sizeof level->font);
}

static void numbers_start(void *data, OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    DocxNumbers *numbers = data;
    if (space != OOXML_W)
        return;
    if (strcmp(name, "abstractNum") == 0 || strcmp(name, "num") == 0) {
        list_begin(numbers, name, attrs, count);
    } else if (strcmp(name, "lvl") == 0) {
        level_begin(numbers, attr_number(attrs, count, "ilvl", 0));
    } else if (numbers->level) {
        level_part(numbers->level, name, attrs, count);
    } else if (numbers->list && strcmp(name, "abstractNumId") == 0) {
        numbers->list->id = attr_number(attrs, count, "val", 0);
    } else if (numbers->list && strcmp(name, "lvlOverride") == 0) {
        numbers->at = attr_number(attrs, count, "ilvl", 0);
    } else if (numbers->list && strcmp(name, "startOverride") == 0 && numbers->at < NUMBER_LEVELS) {
        numbers->list->restarts[numbers->at] = TRUE;
        numbers->list->starts[numbers->at] = attr_number(attrs, count, "val", 1);
    } else if (numbers->way && strcmp(name, "numStyleLink") == 0) {
        ooxml_attr(attrs, count, "val", numbers->way->link, sizeof numbers->way->link);
    } else if (numbers->way && strcmp(name, "styleLink") == 0) {
        ooxml_attr(attrs, count, "val", numbers->way->linked_by, sizeof numbers->way->linked_by);
    }
}

static void numbers_end(void *data, OoxmlSpace space, const char *name)
{
    if (space == OOXML_W && strcmp(name, "lvl") == 0)
        ((DocxNumbers *)data)->level = NULL;
}

/* A way that only names a style of lists stands for the one which that style is defined by. */
static void join_ways(DocxNumbers *numbers)
{
    g_autoptr(GHashTable) defined = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer value = NULL;
    g_hash_table_iter_init(&iter, numbers->ways);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (*((Way *)value)->linked_by)
            g_hash_table_insert(defined, ((Way *)value)->linked_by, value);
    g_hash_table_iter_init(&iter, numbers->lists);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        List *list = value;
        list->way = g_hash_table_lookup(numbers->ways, GUINT_TO_POINTER(list->id));
        Way *other = list->way ? g_hash_table_lookup(defined, list->way->link) : NULL;
        if (other)
            list->way = other;
    }
}

DocxNumbers *docx_numbers_new(const GByteArray *part)
{
    DocxNumbers *numbers = g_new0(DocxNumbers, 1);
    const OoxmlHandler handler = {.start = numbers_start, .end = numbers_end};
    numbers->ways = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    numbers->lists = g_hash_table_new_full(NULL, NULL, NULL, list_free);
    if (part)
        ooxml_parse(part, &handler, numbers);
    join_ways(numbers);
    return numbers;
}

void docx_numbers_free(DocxNumbers *numbers)
{
    if (!numbers)
        return;
    g_hash_table_unref(numbers->ways);
    g_hash_table_unref(numbers->lists);
    g_free(numbers);
}

/* --- counting ----------------------------------------------------------------------------------------------------------- */

static const Level *level_of(const List *list, guint index)
{
    return list->own[index] ? list->own[index] : &list->way->levels[index];
}

guint docx_numbers_level_of(const DocxNumbers *numbers, guint id, const char *style)
{
    const List *list = g_hash_table_lookup(numbers->lists, GUINT_TO_POINTER(id));
    for (guint i = 0; list && list->way && i < NUMBER_LEVELS; i++)
        if (strcmp(level_of(list, i)->style, style) == 0)
            return i;
    return 0;
}

static void count(List *list, guint index)
{
    Way *way = list->way;
    if (!list->begun)
        for (guint i = 0; i < NUMBER_LEVELS; i++)
            if (list->restarts[i])
                way->counts[i] = 0;
    for (guint i = 0; i <= index; i++) {
        guint start = list->restarts[i] ? list->starts[i] : level_of(list, i)->start;
        /* Counts are kept one higher, so that 0 is free to mean: not begun. */
        if (!way->counts[i])
            way->counts[i] = start + 1;
        else if (i == index)
            way->counts[i]++;
    }
    list->begun = TRUE;
    for (guint i = index + 1; i < NUMBER_LEVELS; i++) {
        int restart = level_of(list, i)->restart;
        if (restart < 0 || (int)index < restart)
            way->counts[i] = 0;
    }
}

/* Bullets are ornament, but for the boxes of a form that is ticked on paper. */
static char *bullet_text(const Level *level)
{
    gunichar c = symbols_char(level->font, g_utf8_get_char_validated(level->text, -1));
    return c == 0x2610 || c == 0x25a1 ? g_strdup("☐") : NULL;
}

static char *number_text(const List *list, guint index)
{
    const Level *level = level_of(list, index);
    g_autoptr(GString) text = g_string_new(NULL);
    for (const char *at = level->text; *at; at++) {
        guint other = (guint)(at[1] - '1');
        if (*at != '%' || other > index) {
            g_string_append_c(text, *at);
            continue;
        }
        const Level *higher = level_of(list, other);
        numeral_append(text, level->legal ? NUMERAL_DECIMAL : higher->numeral, list->way->counts[other] - 1);
        at++;
    }
    /* A lone number without a mark after it would run into the label once blanks mean nothing. */
    if (text->len && g_ascii_isalnum(text->str[text->len - 1]) && strlen(level->text) == 2)
        g_string_append_c(text, '.');
    if (text->len && !level->no_suffix)
        g_string_append_c(text, ' ');
    return text->len ? g_strdup(text->str) : NULL;
}

char *docx_numbers_next(DocxNumbers *numbers, guint id, guint level)
{
    List *list = g_hash_table_lookup(numbers->lists, GUINT_TO_POINTER(id));
    if (!list || !list->way || level >= NUMBER_LEVELS || !level_of(list, level)->given)
        return NULL;
    count(list, level);
    const Level *here = level_of(list, level);
    return here->numeral == NUMERAL_BULLET ? bullet_text(here) : number_text(list, level);
}
