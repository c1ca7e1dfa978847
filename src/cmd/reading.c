#include <string.h>

#include "cmd/reading.h"
#include "ledger/entries.h"

const OutputColumn reading_columns[READING_COLUMNS] = {
    {"message_n", "message", 8}, {"reference", "reference", 16}, {"what", "what", 40}, {"before", "before", 40}, {"after", "after", 40},
};

typedef struct {
    Ledger *ledger;
    gint64 message;
    GHashTable *texts;
    char *prefix;
} Taking;

static char *prefix_of(const char *path, guint segment)
{
    return segment ? g_strdup_printf("%s#%u", path, segment) : g_strdup(path);
}

static void note(GHashTable *texts, const char *prefix, const char *name, const char *text)
{
    g_hash_table_insert(texts, g_strdup_printf("%s %s", prefix, name), g_strdup(text));
}

static void take_field(const LedgerField *field, gpointer user)
{
    Taking *taking = user;
    note(taking->texts, taking->prefix, field->id, field->shown);
}

static void take_document(const LedgerDocument *document, gpointer user)
{
    Taking *taking = user;
    if (document->message != taking->message)
        return;
    g_free(taking->prefix);
    taking->prefix = prefix_of(document->path, document->segment);
    note(taking->texts, taking->prefix, "kind", document->kind);
    note(taking->texts, taking->prefix, "status", document->status);
    ledger_fields(taking->ledger, document->id, take_field, taking, NULL);
}

GHashTable *reading_of_ledger(Ledger *ledger, gint64 entry, gint64 message)
{
    Taking taking = {ledger, message, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free), NULL};
    if (entry)
        ledger_documents(ledger, entry, take_document, &taking, NULL);
    g_free(taking.prefix);
    return taking.texts;
}

GHashTable *reading_of_record(const Record *record)
{
    GHashTable *texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < record->documents->len; i++) {
        const Document *document = g_ptr_array_index(record->documents, i);
        g_autofree char *prefix = prefix_of(document->path, document->segment);
        note(texts, prefix, "kind", document->kind);
        note(texts, prefix, "status", document->status);
        for (guint k = 0; k < document->fields->len; k++) {
            const Field *field = g_ptr_array_index(document->fields, k);
            note(texts, prefix, field->id, field->shown);
        }
    }
    return texts;
}

static GList *sorted_names(GHashTable *before, GHashTable *after)
{
    g_autoptr(GHashTable) all = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTable *const both[] = {before, after};
    for (guint i = 0; i < G_N_ELEMENTS(both); i++) {
        GHashTableIter each;
        gpointer name;
        g_hash_table_iter_init(&each, both[i]);
        while (g_hash_table_iter_next(&each, &name, NULL))
            g_hash_table_add(all, name);
    }
    return g_list_sort(g_hash_table_get_keys(all), (GCompareFunc)strcmp);
}

guint reading_differences(Output *output, gint64 message, const char *reference, GHashTable *before, GHashTable *after)
{
    guint changes = 0;
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, message);
    g_autoptr(GList) names = sorted_names(before, after);
    for (GList *at = names; at; at = at->next) {
        const char *was = g_hash_table_lookup(before, at->data), *is = g_hash_table_lookup(after, at->data);
        if (g_strcmp0(was, is) == 0)
            continue;
        const char *const row[READING_COLUMNS] = {number, reference, at->data, was, is};
        output_row(output, row);
        changes++;
    }
    return changes;
}
