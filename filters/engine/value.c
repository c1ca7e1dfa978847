#include <string.h>

#include "engine/labels.h"
#include "engine/value.h"

ValueShape value_shape(const KindField *field)
{
    switch (field->type) {
    case TYPE_GROUPS:
    case TYPE_LIST:
    case TYPE_CHOICES:
    case TYPE_NUMBERS: return VALUE_LIST;
    case TYPE_ROWS: return VALUE_ROWS;
    default: return VALUE_TEXT;
    }
}

/* What follows the line of signature, seal or date below an opinion is no part of it. */
static char *without_signature(const char *text)
{
    static const char *const marks[] = {"签名", "签字",      "盖章",   "公章",  "簽名", "簽字",
                                        "蓋章", "signature", "(seal)", "date:", NULL};
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *kept = g_string_new(NULL);
    for (guint i = 0; lines[i]; i++) {
        g_autofree char *folded = label_fold(lines[i]);
        gboolean ends = FALSE, bad;
        for (const char *const *mark = marks; *mark; mark++)
            ends |= strstr(folded, *mark) && g_utf8_strlen(folded, -1) < 40;
        g_autofree char *date = g_utf8_strlen(folded, -1) < 20 ? type_find_date(lines[i], &bad) : NULL;
        gboolean blank_date = strstr(folded, "年月日") != NULL;
        if (ends || date || blank_date) {
            /* "同意推荐。（盖章）" on one line: what stands before the remark counts. */
            const char *open = strstr(lines[i], "（盖章）");
            open = open ? open : strstr(lines[i], "(盖章)");
            if (open && open > lines[i] && kept->len == 0)
                g_string_append_len(kept, lines[i], open - lines[i]);
            break;
        }
        g_string_append_printf(kept, "%s%s", kept->len ? "\n" : "", lines[i]);
    }
    return g_string_free(kept, FALSE);
}

gboolean value_is_ticked(const KindField *field)
{
    return field->options->len > 0 || field->type == TYPE_GROUPS || field->type == TYPE_NUMBERS;
}

/* --- options ----------------------------------------------------------------------------------------------------------- */

/* The option that LINE names first, "不涉及" before "涉及". NULL: none. */
static const Option *option_of(const KindField *field, const char *line)
{
    const Option *best = NULL;
    const char *best_at = NULL;
    g_autofree char *folded = label_fold(line);
    for (guint i = 0; i < field->options->len; i++) {
        const Option *option = g_ptr_array_index(field->options, i);
        const char *at = strstr(folded, option->phrase);
        if (at && (!best || at < best_at || (at == best_at && strlen(option->phrase) > strlen(best->phrase)))) {
            best = option;
            best_at = at;
        }
    }
    return best;
}

/* Every option that FOLDED names, but for those whose phrase is part of another one's there. */
static GPtrArray *all_options(const KindField *field, const char *folded)
{
    GPtrArray *values = g_ptr_array_new();
    for (const char *p = folded; *p;) {
        const Option *here = NULL;
        for (guint i = 0; i < field->options->len; i++) {
            const Option *option = g_ptr_array_index(field->options, i);
            if (g_str_has_prefix(p, option->phrase) && (!here || strlen(option->phrase) > strlen(here->phrase)))
                here = option;
        }
        if (here && !g_ptr_array_find_with_equal_func(values, here->value, g_str_equal, NULL))
            g_ptr_array_add(values, here->value);
        p = here ? p + strlen(here->phrase) : g_utf8_next_char(p);
    }
    return values;
}

/* The values of the options that TEXT ticks, or that it names when it has no marks (*RET_TICKED): char *, static. */
static GPtrArray *options_of(const KindField *field, const char *text, gboolean *ret_ticked)
{
    GPtrArray *values = g_ptr_array_new();
    g_autofree char *folded = label_fold(text), *ticked = type_ticked(text);
    *ret_ticked = ticked != NULL;
    /* A mark alone may be an option itself. */
    for (guint i = 0; i < field->options->len; i++) {
        const Option *option = g_ptr_array_index(field->options, i);
        if (g_str_equal(option->phrase, folded)) {
            g_ptr_array_add(values, option->value);
            return values;
        }
    }
    if (!ticked)
        return all_options(field, folded);
    g_auto(GStrv) lines = g_strsplit_set(ticked, "\n\t", -1);
    for (guint i = 0; lines[i]; i++) {
        const Option *option = option_of(field, lines[i]);
        if (option && !g_ptr_array_find_with_equal_func(values, option->value, g_str_equal, NULL))
            g_ptr_array_add(values, option->value);
    }
    return values;
}

/* A choice of which several are named and none is ticked was left open. */
static ValueVerdict pick(const KindField *field, const char *text, FieldValue *value)
{
    gboolean ticked;
    g_autoptr(GPtrArray) values = options_of(field, text, &ticked);
    if (values->len == 0 || (values->len > 1 && !ticked && field->type != TYPE_CHOICES))
        return VALUE_NONE;
    if (field->type == TYPE_CHOICES) {
        for (guint i = 0; i < values->len; i++)
            g_ptr_array_add(value->list, g_strdup(g_ptr_array_index(values, i)));
        return VALUE_GOOD;
    }
    value->text = g_strdup(g_ptr_array_index(values, 0));
    return VALUE_GOOD;
}

/* --- all of it ---------------------------------------------------------------------------------------------------------- */

static char *without_hints(const Kind *kind, const char *text)
{
    char *plain = g_strdup(text);
    for (guint i = 0; i < kind->hints->len; i++) {
        char *less = g_regex_replace_literal(g_ptr_array_index(kind->hints, i), plain, -1, 0, "", 0, NULL);
        if (less) {
            g_free(plain);
            plain = less;
        }
    }
    return plain;
}

ValueVerdict value_read(const Kind *kind, const KindField *field, const char *text, FieldValue *value)
{
    g_autofree char *plain = without_hints(kind, text);
    g_autofree char *cut = field->cut_signature ? without_signature(plain) : NULL;
    if (field->options->len > 0)
        return pick(field, plain, value);
    return type_normalise(field->type, cut ? cut : plain, value);
}
