#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/text.h"
#include "ledger/events.h"
#include "ledger/parties.h"
#include "ledger/sql.h"

#define PARTY_COLUMNS                                                                                                           \
    "SELECT id, name, name_latin, organisation, title, phone, address, contact, working_groups, language, origin, state,"       \
    " coalesce(document, 0), since, coalesce(until, 0) FROM parties "

/* --- finding -------------------------------------------------------------------------------------------------------- */

gint64 ledger_party_by_address(Ledger *ledger, const char *address)
{
    return sql_int(ledger, 0, "SELECT id FROM parties WHERE address = lower(?)", "t", address);
}

typedef struct {
    gint64 id;
    gboolean addressed;
    guint count;
} Namesake;

/* The parties whose name has KEY and whose organisation is ORGANISATION (NULL: any). */
static Namesake find_namesakes(Ledger *ledger, const char *key, const char *organisation)
{
    Namesake found = {0};
    g_autofree char *wanted = text_key(organisation);
    sqlite3_stmt *row = sql_query(ledger, NULL,
                                  "SELECT id, organisation, address IS NOT NULL FROM parties WHERE key = ?1 OR key_latin = ?1"
                                  " ORDER BY id",
                                  "t", key);
    while (sql_step(ledger, row, NULL)) {
        g_autofree char *house = text_key((const char *)sqlite3_column_text(row, 1));
        if (wanted && g_strcmp0(wanted, house) != 0)
            continue;
        found.id = sqlite3_column_int64(row, 0);
        found.addressed = sqlite3_column_int(row, 2);
        found.count++;
    }
    return found;
}

gint64 ledger_party_by_name(Ledger *ledger, const char *name, const char *organisation, gboolean *ret_several)
{
    g_autofree char *key = text_key(name);
    Namesake found = key ? find_namesakes(ledger, key, organisation) : (Namesake){0};
    if (ret_several)
        *ret_several = found.count > 1;
    return found.count == 1 ? found.id : 0;
}

gint64 ledger_party_match(Ledger *ledger, const LedgerParty *party)
{
    if (party->id)
        return party->id;
    gboolean addressed = party->address && *party->address;
    gint64 id = addressed ? ledger_party_by_address(ledger, party->address) : 0;
    g_autofree char *key = text_key(party->name);
    if (id || !key || !party->organisation)
        return id;
    Namesake found = find_namesakes(ledger, key, party->organisation);
    return found.count == 1 && !(addressed && found.addressed) ? found.id : 0;
}

/* --- entering ------------------------------------------------------------------------------------------------------- */

static gboolean check(Ledger *ledger, const LedgerParty *party, gint64 id, GError **error)
{
    gint64 holder = party->address && *party->address ? ledger_party_by_address(ledger, party->address) : 0;
    if (holder && holder != id) {
        g_set_error(error, FAILURE, FAILURE_DATA, "the address %s belongs to another person of the registry", party->address);
        return FALSE;
    }
    g_autofree char *key = text_key(party->name);
    if (key || (id && !party->name))
        return TRUE;
    g_set_error_literal(error, FAILURE, FAILURE_DATA, "a person without a name cannot be entered");
    return FALSE;
}

static gboolean insert(Ledger *ledger, const LedgerParty *party, GError **error)
{
    g_autofree char *key = text_key(party->name), *latin = text_key(party->name_latin);
    return sql_run(ledger, error,
                   "INSERT INTO parties (name, name_latin, key, key_latin, organisation, title, phone, address, contact,"
                   " working_groups, language, origin, state, document, since) VALUES (?, nullif(?, ''), ?, ?, nullif(?, ''),"
                   " nullif(?, ''), nullif(?, ''), nullif(lower(?), ''), nullif(lower(?), ''), nullif(?, ''), nullif(?, ''),"
                   " coalesce(?, 'hand'), coalesce(?, 'active'), nullif(?, 0), ?)",
                   "tttttttttttttii", party->name, party->name_latin, key, latin, party->organisation, party->title, party->phone,
                   party->address, party->contact, party->working_groups, party->language, party->origin, party->state,
                   party->document, party->since ? party->since : clock_now());
}

#define MERGED(column, n) "nullif(coalesce(" n ", " column "), '')"

static gboolean merge(Ledger *ledger, const LedgerParty *party, gint64 id, GError **error)
{
    g_autofree char *key = text_key(party->name), *latin = text_key(party->name_latin);
    return sql_run(ledger, error,
                   "UPDATE parties SET name = coalesce(?2, name), name_latin = " MERGED("name_latin", "?3") ","
                   " key = coalesce(?4, key), key_latin = CASE WHEN ?3 IS NULL THEN key_latin ELSE ?5 END,"
                   " organisation = " MERGED("organisation", "?6") ", title = " MERGED("title", "?7") ","
                   " phone = " MERGED("phone", "?8") ", address = " MERGED("address", "lower(?9)") ","
                   " contact = " MERGED("contact", "lower(?10)") ", working_groups = " MERGED("working_groups", "?11") ","
                   " language = " MERGED("language", "?12") ", state = coalesce(?13, state),"
                   " document = coalesce(nullif(?14, 0), document),"
                   " until = CASE WHEN ?13 = 'active' THEN NULL ELSE until END WHERE id = ?1 AND"
                   " (name, name_latin, organisation, title, phone, address, contact, working_groups, language, state, document)"
                   " IS NOT (coalesce(?2, name), " MERGED("name_latin", "?3") ", " MERGED("organisation", "?6") ", "
                   MERGED("title", "?7") ", " MERGED("phone", "?8") ", " MERGED("address", "lower(?9)") ", "
                   MERGED("contact", "lower(?10)") ", " MERGED("working_groups", "?11") ", " MERGED("language", "?12") ","
                   " coalesce(?13, state), coalesce(nullif(?14, 0), document))",
                   "itttttttttttti", id, party->name, party->name_latin, key, latin, party->organisation, party->title,
                   party->phone, party->address, party->contact, party->working_groups, party->language, party->state,
                   party->document);
}

gboolean ledger_party_put(Ledger *ledger, const LedgerParty *party, const char *actor, gint64 *ret_id, LedgerPut *ret_put,
                          GError **error)
{
    gint64 id = ledger_party_match(ledger, party);
    if (!check(ledger, party, id, error) || !(id ? merge(ledger, party, id, error) : insert(ledger, party, error)))
        return FALSE;
    LedgerPut put = id == 0 ? PUT_NEW : sqlite3_changes(ledger->db) > 0 ? PUT_CHANGED : PUT_SAME;
    if (put == PUT_NEW)
        id = sqlite3_last_insert_rowid(ledger->db);
    if (ret_id)
        *ret_id = id;
    if (ret_put)
        *ret_put = put;
    return put == PUT_SAME || ledger_event(ledger, 0, actor, put == PUT_NEW ? "party" : "party-changed", error, "party", "i", id,
                                           "name", "t", party->name, "document", "i", party->document, NULL);
}

gboolean ledger_party_state(Ledger *ledger, gint64 id, const char *state, const char *reason, const char *actor, GError **error)
{
    gboolean active = g_str_equal(state, "active");
    if (!sql_run(ledger, error, "UPDATE parties SET state = ?1, until = nullif(?2, 0) WHERE id = ?3 AND state <> ?1", "tii", state,
                 active ? G_GINT64_CONSTANT(0) : clock_now(), id))
        return FALSE;
    return sqlite3_changes(ledger->db) == 0 || ledger_event(ledger, 0, actor, active ? "party-active" : "party-withdrawn", error,
                                                            "party", "i", id, "reason", "t", reason, NULL);
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

static void party_from_row(sqlite3_stmt *row, PartyVisitor visit, gpointer user)
{
    LedgerParty party = {
        .id = sqlite3_column_int64(row, 0),
        .name = (const char *)sqlite3_column_text(row, 1),
        .name_latin = (const char *)sqlite3_column_text(row, 2),
        .organisation = (const char *)sqlite3_column_text(row, 3),
        .title = (const char *)sqlite3_column_text(row, 4),
        .phone = (const char *)sqlite3_column_text(row, 5),
        .address = (const char *)sqlite3_column_text(row, 6),
        .contact = (const char *)sqlite3_column_text(row, 7),
        .working_groups = (const char *)sqlite3_column_text(row, 8),
        .language = (const char *)sqlite3_column_text(row, 9),
        .origin = (const char *)sqlite3_column_text(row, 10),
        .state = (const char *)sqlite3_column_text(row, 11),
        .document = sqlite3_column_int64(row, 12),
        .since = sqlite3_column_int64(row, 13),
        .until = sqlite3_column_int64(row, 14),
    };
    visit(&party, user);
}

gboolean ledger_parties(Ledger *ledger, const char *state, PartyVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error, PARTY_COLUMNS "WHERE ?1 IS NULL OR state = ?1 ORDER BY name, id", "t", state);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        party_from_row(row, visit, user);
    return sql_good(failure, error);
}

gboolean ledger_party_get(Ledger *ledger, gint64 id, PartyVisitor visit, gpointer user, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error, PARTY_COLUMNS "WHERE id = ?", "i", id);
    if (!row || !sql_step(ledger, row, error))
        return FALSE;
    party_from_row(row, visit, user);
    sqlite3_reset(row);
    return TRUE;
}
