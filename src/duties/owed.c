#include "duties/owed.h"

/* The texts of a LedgerDuty, by their places in it. */
static const gsize texts[] = {
    G_STRUCT_OFFSET(LedgerDuty, key),     G_STRUCT_OFFSET(LedgerDuty, origin),   G_STRUCT_OFFSET(LedgerDuty, what),
    G_STRUCT_OFFSET(LedgerDuty, name),    G_STRUCT_OFFSET(LedgerDuty, address),  G_STRUCT_OFFSET(LedgerDuty, article),
    G_STRUCT_OFFSET(LedgerDuty, why_zh),  G_STRUCT_OFFSET(LedgerDuty, why_en),   G_STRUCT_OFFSET(LedgerDuty, state),
    G_STRUCT_OFFSET(LedgerDuty, reason),  G_STRUCT_OFFSET(LedgerDuty, contact),  G_STRUCT_OFFSET(LedgerDuty, language),
    G_STRUCT_OFFSET(LedgerDuty, reference), G_STRUCT_OFFSET(LedgerDuty, meeting_name),
};

static void free_duty(gpointer duty)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(G_STRUCT_MEMBER(char *, duty, texts[i]));
    g_free(duty);
}

static void copy_duty(const LedgerDuty *row, gpointer user)
{
    LedgerDuty *duty = g_memdup2(row, sizeof *row);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        G_STRUCT_MEMBER(char *, duty, texts[i]) = g_strdup(G_STRUCT_MEMBER(char *, duty, texts[i]));
    g_ptr_array_add(user, duty);
}

GPtrArray *owed_duties(Ledger *ledger, const DutyFilter *filter, GError **error)
{
    g_autoptr(GPtrArray) duties = g_ptr_array_new_with_free_func(free_duty);
    return ledger_duties(ledger, filter, copy_duty, duties, error) ? g_steal_pointer(&duties) : NULL;
}

static void take_name(const LedgerReminder *reminder, gpointer user)
{
    g_hash_table_add(user, g_strdup(reminder->occurrence));
}

GHashTable *owed_reminded(Ledger *ledger, gint64 duty, GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return ledger_reminders(ledger, duty, take_name, names, error) ? g_steal_pointer(&names) : NULL;
}

gboolean owed_by_office(const LedgerDuty *duty)
{
    return !duty->party && !duty->name && !duty->address;
}

const char *owed_recipient(const Conf *conf, const LedgerDuty *duty, gboolean escalates)
{
    const char *office = *conf_list(conf, "office", "secretariat");
    if (escalates)
        return duty->contact ? duty->contact : office;
    return owed_by_office(duty) ? office : duty->address;
}
