#include "readers/doc.h"
#include "readers/numerals.h"
#include "readers/ole.h"
#include "readers/symbols.h"

enum {
    LEVELS = 9,
    LISTS_MAX = 2000, /* of a document; honest ones have some hundreds */
    START_MAX = 1 << 20,
    TEXT_MAX = 100, /* bytes of a level's text */
};

/* An LVL (2.9.150). */
typedef struct {
    guint start;
    guint8 numeral;
    gboolean legal, never_restarts, no_suffix;
    guint8 restart;  /* 0: after any higher level; N: after a level before the Nth */
    Span text;       /* UTF-16 with the numbers 0–8 for those of levels */
    int font;
} Level;

/* An LSTF (2.9.147): a way of counting, which the lists that follow it share. */
typedef struct {
    guint32 id;
    Level levels[LEVELS];
    guint counts[LEVELS]; /* one more than the number, 0: not begun */
} Way;

/* An LFO (2.9.131): a list. */
typedef struct {
    Way *way;
    gboolean begun, restarts[LEVELS];
    guint starts[LEVELS];
    Level *own[LEVELS]; /* or NULL */
} List;

struct DocNumbers {
    GPtrArray *ways, *lists; /* Way *, List * */
};

static void list_free(gpointer data)
{
    List *list = data;
    for (guint i = 0; i < LEVELS; i++)
        g_free(list->own[i]);
    g_free(list);
}

void doc_numbers_free(DocNumbers *numbers)
{
    if (!numbers)
        return;
    g_ptr_array_unref(numbers->ways);
    g_ptr_array_unref(numbers->lists);
    g_free(numbers);
}

/* ---- reading ---- */

/* The LVL at *AT of BYTES: 28 bytes, properties of paragraph and number, a counted text. */
static void take_level(const Doc *doc, Span bytes, gsize *at, Level *level)
{
    guint8 flags = span_u8(bytes, *at + 5), char_bytes = span_u8(bytes, *at + 24), para_bytes = span_u8(bytes, *at + 25);
    *level = (Level){.start = MIN(span_u32(bytes, *at), START_MAX), .numeral = span_u8(bytes, *at + 4), .font = -1};
    level->legal = flags & 4;
    level->never_restarts = (flags & 8) && span_u8(bytes, *at + 26) == 0;
    level->restart = flags & 8 ? span_u8(bytes, *at + 26) : 0;
    level->no_suffix = span_u8(bytes, *at + 15) == 2;
    *at += 28 + (gsize)para_bytes;
    DocSprm sprm = {.doc = doc, .rest = span_part(bytes, *at, char_bytes)};
    while (doc_sprm_next(&sprm))
        if (sprm.code == 0x4a4f) /* sprmCRgFtc0 */
            level->font = span_u16(sprm.operand, 0);
    *at += char_bytes;
    level->text = span_part(bytes, *at + 2, 2 * (gsize)span_u16(bytes, *at));
    *at += 2 + 2 * (gsize)span_u16(bytes, *at);
}

/* The PlcfLst (2.9.192). The levels of all ways stand behind it, beyond the length that the FIB says. */
static void read_ways(const Doc *doc, DocNumbers *numbers)
{
    Span head = doc_part(doc, DOC_WAYS);
    if (head.length < 2)
        return;
    Span all = {head.data, (gsize)(doc->table.data + doc->table.length - head.data)};
    guint count = MIN(span_u16(all, 0), LISTS_MAX);
    gsize at = head.length;
    for (guint i = 0; i < count && span_has(all, at, 28); i++) {
        Way *way = g_new0(Way, 1);
        gsize head_at = 2 + 28 * (gsize)i;
        guint levels = span_u8(all, head_at + 26) & 1 ? 1 : LEVELS;
        way->id = span_u32(all, head_at);
        for (guint k = 0; k < levels; k++)
            take_level(doc, all, &at, &way->levels[k]);
        g_ptr_array_add(numbers->ways, way);
    }
}

static Way *way_of(const DocNumbers *numbers, guint32 id)
{
    for (guint i = 0; i < numbers->ways->len; i++)
        if (((Way *)numbers->ways->pdata[i])->id == id)
            return numbers->ways->pdata[i];
    return NULL;
}

/* What a list changes in its way: LFOLVLs (2.9.132). */
static void take_changes(const Doc *doc, Span bytes, gsize *at, List *list, guint count)
{
    *at += 4;
    for (guint i = 0; i < count && span_has(bytes, *at, 8); i++) {
        guint32 flags = span_u32(bytes, *at + 4);
        guint index = flags & 0xf;
        Level level, *own = index < LEVELS && !list->own[index] ? &level : NULL;
        if (index < LEVELS && flags & 0x10) {
            list->restarts[index] = TRUE;
            list->starts[index] = MIN(span_u32(bytes, *at), START_MAX);
        }
        *at += 8;
        if (!(flags & 0x20))
            continue;
        take_level(doc, bytes, at, &level);
        if (own)
            list->own[index] = g_memdup2(own, sizeof *own);
    }
}

/* The PlfLfo (2.9.193). */
static void read_lists(const Doc *doc, DocNumbers *numbers)
{
    Span all = doc_part(doc, DOC_LISTS);
    guint count = MIN(span_u32(all, 0), LISTS_MAX);
    gsize at = 4 + 16 * (gsize)count;
    for (guint i = 0; i < count && span_has(all, 4 + 16 * (gsize)i, 16); i++) {
        gsize head_at = 4 + 16 * (gsize)i;
        List *list = g_new0(List, 1);
        list->way = way_of(numbers, span_u32(all, head_at));
        take_changes(doc, all, &at, list, span_u8(all, head_at + 12));
        g_ptr_array_add(numbers->lists, list);
    }
}

DocNumbers *doc_numbers_new(const Doc *doc)
{
    DocNumbers *numbers = g_new0(DocNumbers, 1);
    numbers->ways = g_ptr_array_new_with_free_func(g_free);
    numbers->lists = g_ptr_array_new_with_free_func(list_free);
    if (!doc->old) {
        read_ways(doc, numbers);
        read_lists(doc, numbers);
    }
    return numbers;
}

/* ---- counting ---- */

static const Level *level_of(const List *list, guint index)
{
    return list->own[index] ? list->own[index] : &list->way->levels[index];
}

static void count(List *list, guint index)
{
    guint *counts = list->way->counts;
    for (guint i = 0; i < LEVELS && !list->begun; i++)
        if (list->restarts[i])
            counts[i] = 0;
    list->begun = TRUE;
    for (guint i = 0; i <= index; i++) {
        if (!counts[i])
            counts[i] = (list->restarts[i] ? list->starts[i] : level_of(list, i)->start) + 1;
        else if (i == index)
            counts[i]++;
    }
    for (guint i = index + 1; i < LEVELS; i++) {
        const Level *level = level_of(list, i);
        if (!level->never_restarts && (level->restart == 0 || index < level->restart))
            counts[i] = 0;
    }
}

/* Bullets are ornament, but for the boxes of a form that is ticked on paper. */
static char *bullet_text(const Doc *doc, const Level *level)
{
    const char *font = level->font >= 0 && (guint)level->font < doc->fonts->len ? doc->fonts->pdata[level->font] : NULL;
    gunichar c = symbols_char(font, span_u16(level->text, 0));
    return c == 0x2610 || c == 0x25a1 ? g_strdup("☐") : NULL;
}

char *doc_numbers_next(const Doc *doc, guint number, guint index)
{
    List *list = number && number <= doc->numbers->lists->len ? doc->numbers->lists->pdata[number - 1] : NULL;
    if (!list || !list->way || index >= LEVELS)
        return NULL;
    count(list, index);
    const Level *level = level_of(list, index);
    if (level->numeral == NUMERAL_BULLET)
        return bullet_text(doc, level);
    GString *text = g_string_new(NULL);
    for (gsize at = 0; at + 2 <= MIN(level->text.length, TEXT_MAX); at += 2) {
        guint16 c = span_u16(level->text, at);
        if (c <= index)
            numeral_append(text, level->legal ? NUMERAL_DECIMAL : level_of(list, c)->numeral, list->way->counts[c] - 1);
        else if (c >= LEVELS && g_unichar_validate(c))
            g_string_append_unichar(text, c);
    }
    if (text->len && !level->no_suffix)
        g_string_append_c(text, ' ');
    return g_string_free(text, text->len == 0);
}
