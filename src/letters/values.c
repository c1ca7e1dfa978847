/* values.c: the facts that are put into templates. */
#include "base/text.h"
#include "letters/template.h"
#include "letters/values.h"

struct Facts {
    GHashTable *values; /* char * */
    GHashTable *markup; /* char *: HTML as it is */
    GHashTable *lists;  /* GPtrArray * of Facts * */
    const Facts *around;
};

static void free_rows(gpointer rows)
{
    g_ptr_array_unref(rows);
}

Facts *facts_new(void)
{
    Facts *facts = g_new0(Facts, 1);
    facts->values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    facts->markup = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    facts->lists = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_rows);
    return facts;
}

void facts_free(Facts *facts)
{
    if (!facts)
        return;
    g_hash_table_unref(facts->values);
    g_hash_table_unref(facts->markup);
    g_hash_table_unref(facts->lists);
    g_free(facts);
}

static void free_row(gpointer row)
{
    facts_free(row);
}

void facts_set(Facts *facts, const char *name, const char *value, gsize max_chars)
{
    if (value && *value)
        g_hash_table_insert(facts->values, (gpointer)name, text_plain(value, max_chars));
}

void facts_set_number(Facts *facts, const char *name, guint value)
{
    g_hash_table_insert(facts->values, (gpointer)name, g_strdup_printf("%u", value));
}

void facts_set_markup(Facts *facts, const char *name, const char *markup)
{
    g_hash_table_insert(facts->markup, (gpointer)name, g_strdup(markup));
}

Facts *facts_add(Facts *facts, const char *name)
{
    GPtrArray *rows = g_hash_table_lookup(facts->lists, name);
    if (!rows) {
        rows = g_ptr_array_new_with_free_func(free_row);
        g_hash_table_insert(facts->lists, (gpointer)name, rows);
    }
    Facts *row = facts_new();
    row->around = facts;
    g_ptr_array_add(rows, row);
    return row;
}

const char *facts_value(const Facts *facts, const char *name)
{
    const char *value = NULL;
    for (; facts && !value; facts = facts->around)
        value = g_hash_table_lookup(facts->values, name);
    return value;
}

const GPtrArray *facts_rows(const Facts *facts, const char *name)
{
    return g_hash_table_lookup(facts->lists, name);
}

const char *facts_markup(const Facts *facts, const char *name)
{
    return g_hash_table_lookup(facts->markup, name);
}
