#include <string.h>

#include "engine/labels.h"
#include "engine/match.h"

#define LOOSE_LEAST 6 /* bytes of the end that counts: two Chinese characters */

gboolean match_label(const Kind *kind, const char *text, const KindField **ret_field)
{
    gpointer value;
    *ret_field = NULL;
    if (!*text || g_utf8_strlen(text, -1) > LABEL_CHARS)
        return FALSE;
    g_autofree char *whole = label_key_of(text), *key = label_key(text);
    if (!*key)
        return FALSE;
    if (g_hash_table_lookup_extended(kind->by_label, whole, NULL, &value) ||
        g_hash_table_lookup_extended(kind->by_label, key, NULL, &value)) {
        *ret_field = value;
        return TRUE;
    }
    /* A label in two languages: "姓名 Name", "姓名/Name"; both parts must be labels. */
    g_autofree char *folded = label_fold(text);
    gsize han = 0;
    for (const char *p = folded; *p && (*p & 0x80); p = g_utf8_next_char(p))
        han = (gsize)(g_utf8_next_char(p) - folded);
    if (han == 0 || folded[han] == 0 || strchr(text, '\t'))
        return FALSE;
    g_autofree char *chinese = g_strndup(folded, han);
    g_autofree char *short_key = label_key(chinese);
    g_autofree char *rest = label_key(folded + han + (folded[han] == '/'));
    if (!g_hash_table_contains(kind->by_label, rest) ||
        !g_hash_table_lookup_extended(kind->by_label, short_key, NULL, &value))
        return FALSE;
    *ret_field = value;
    return TRUE;
}

/* Words before a label that make it somebody else's: the applicant's telephone is not his contact's. */
static const char *const strangers[] = {"联系人", "推荐人", "介绍人", "紧急", "家庭", "曾用", "审核", "主管", "导师", "配偶", "抄送", "开户", "邮寄", NULL};

gboolean match_like_label(const Kind *kind, const char *text, const KindField **ret_field)
{
    gsize best = 0;
    *ret_field = NULL;
    if (strlen(text) > LABEL_CHARS)
        return FALSE;
    /* The end of an upright heading beside it may have run into its cell. */
    const char *last = strrchr(text, '\n');
    if (last && last - text <= (gssize)strlen("息"))
        return match_label(kind, last + 1, ret_field) && *ret_field;
    if (strpbrk(text, "\n\t0123456789@,;"))
        return FALSE;
    g_autofree char *key = label_key(text);
    gsize chars = (gsize)g_utf8_strlen(key, -1);
    if (chars < 3 || chars > LOOSE_CHARS)
        return FALSE;
    for (const char *const *stranger = strangers; *stranger; stranger++)
        if (strstr(key, *stranger))
            return FALSE;
    GHashTableIter each;
    gpointer label, field;
    g_hash_table_iter_init(&each, kind->by_label);
    while (g_hash_table_iter_next(&each, &label, &field)) {
        gsize length = strlen(label);
        if (length > best && length >= LOOSE_LEAST && length < strlen(key) && g_str_has_suffix(key, label)) {
            best = length;
            *ret_field = field;
        }
    }
    return best > 0;
}

/* "… will be developed by:": a Latin word with others before it, one blank apart, is no label of its own. */
static gboolean is_within_words(const char *line, const char *at)
{
    return g_ascii_isalpha(*at) && at - line >= 2 && at[-1] == ' ' && (g_ascii_isalnum(at[-2]) || at[-2] == ')');
}

/* Where the label before COLON begins: the longest stretch back from it that is one. */
static const char *label_before(const Kind *kind, const char *line, const char *colon,
                                const KindField **ret_field)
{
    const char *best = NULL;
    guint chars = 0;
    for (const char *p = colon; p > line && chars <= LABEL_CHARS; chars++) {
        const KindField *field;
        p = g_utf8_find_prev_char(line, p);
        if (!p)
            break;
        g_autofree char *text = g_strndup(p, (gsize)(colon - p));
        if (!g_ascii_isspace(*p) && g_utf8_get_char(p) != 0x3000 && match_label(kind, text, &field)) {
            /* Only at a beginning: "所在单位" must not be found as "单位" within another word. */
            const char *before = p > line ? g_utf8_find_prev_char(line, p) : NULL;
            gunichar c = before ? g_utf8_get_char(before) : ' ';
            if (!before || (!g_unichar_isalnum(c) && !is_within_words(line, p))) {
                best = p;
                *ret_field = field;
            }
        }
    }
    return best;
}

GArray *match_pairs(const Kind *kind, const char *line)
{
    GArray *pairs = g_array_new(FALSE, TRUE, sizeof(Pair));
    const char *begin = line;
    for (const char *p = line; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c != ':' && c != 0xff1a)
            continue;
        Pair pair = {.value = g_utf8_next_char(p)};
        pair.label = label_before(kind, begin, p, &pair.field);
        if (!pair.label)
            continue;
        g_array_append_val(pairs, pair);
        begin = pair.value;
    }
    return pairs;
}

/* The fields of KIND that have a label among the blocks. */
static GHashTable *labels_seen(const Kind *kind, const Model *model, guint first, guint last)
{
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    for (guint i = first; i < last; i++) {
        const GPtrArray *heads = ((const Block *)g_ptr_array_index(model->blocks, i))->heads;
        for (guint k = 0; k < heads->len; k++) {
            gpointer field = g_hash_table_lookup(kind->by_label, g_ptr_array_index(heads, k));
            if (field)
                g_hash_table_add(seen, field);
        }
    }
    return seen;
}

guint match_count(const Kind *kind, const Model *model, guint first, guint last)
{
    g_autoptr(GHashTable) seen = labels_seen(kind, model, first, last);
    return g_hash_table_size(seen);
}
