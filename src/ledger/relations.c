#include "base/text.h"
#include "ledger/relations.h"
#include "ledger/sql.h"

gboolean ledger_document_about(Ledger *ledger, gint64 document, const char *about, GError **error)
{
    return sql_run(ledger, error, "UPDATE documents SET about = ? WHERE id = ?", "ti", about, document);
}

void ledger_kin_clear(LedgerKin *kin)
{
    g_clear_pointer(&kin->reference, g_free);
}

#define KIN                                                                                                            \
    "SELECT d.id, d.entry, e.reference, EXISTS (SELECT 1 FROM fields f WHERE f.document = d.id AND f.id = 'seal'"      \
    " AND f.shown = 'present'), d.state = 'waiting' FROM documents n JOIN documents d ON d.id < n.id"                  \
    " AND d.message <> n.message JOIN entries e ON e.id = d.entry JOIN messages m ON m.id = d.message"                 \
    " WHERE n.id = ?1 AND m.stranger = 0 "

static gboolean kin_from_row(Ledger *ledger, sqlite3_stmt *row, LedgerKin *ret)
{
    if (!row || !sql_step(ledger, row, NULL))
        return FALSE;
    ret->document = sqlite3_column_int64(row, 0);
    ret->entry = sqlite3_column_int64(row, 1);
    ret->reference = sql_text(row, 2);
    ret->sealed = sqlite3_column_int(row, 3) != 0;
    ret->waiting = sqlite3_column_int(row, 4) != 0;
    sqlite3_reset(row);
    return TRUE;
}

gboolean ledger_kin_find(Ledger *ledger, gint64 document, const char *address, LedgerKin *ret)
{
    return kin_from_row(ledger,
                        sql_query(ledger, NULL,
                                  KIN "AND d.kind = n.kind AND d.about = n.about AND d.state NOT IN ('rejected', 'closed')"
                                      " AND EXISTS (SELECT 1 FROM entry_addresses a WHERE a.entry = d.entry"
                                      " AND a.address = lower(?2)) ORDER BY d.id DESC LIMIT 1",
                                  "it", document, address),
                        ret);
}

gboolean ledger_kin_asked(Ledger *ledger, gint64 document, LedgerKin *ret)
{
    return kin_from_row(ledger,
                        sql_query(ledger, NULL,
                                  KIN "AND d.entry = n.entry AND n.status = 'read' AND d.state IN ('waiting', 'review') AND"
                                      " ((d.kind = n.kind AND n.kind <> 'unknown' AND d.state = 'waiting'"
                                      " AND (d.about IS NULL OR n.about IS NULL))"
                                      " OR (d.status <> 'read' AND (d.filename = n.filename OR 1 = (SELECT count(*) FROM documents u"
                                      " WHERE u.entry = n.entry AND u.status <> 'read' AND u.state IN ('waiting', 'review')))))"
                                      " ORDER BY d.kind = n.kind DESC, d.filename = n.filename DESC, d.id DESC LIMIT 1",
                                  "i", document),
                        ret);
}

gboolean ledger_attachment_came(Ledger *ledger, gint64 entry, gint64 message, GError **error)
{
    return sql_run(ledger, error, "DELETE FROM findings WHERE entry = ? AND rule = 'attachment-missing' AND message <> ?", "ii", entry,
                   message);
}

gboolean ledger_entry_wants(Ledger *ledger, gint64 entry)
{
    return sql_int(ledger, 0,
                   "SELECT EXISTS (SELECT 1 FROM entries WHERE id = ?1 AND state = 'waiting')"
                   " OR EXISTS (SELECT 1 FROM findings WHERE entry = ?1 AND rule = 'package-incomplete')",
                   "i", entry) != 0;
}

char *ledger_same_bytes(Ledger *ledger, gint64 document)
{
    sqlite3_stmt *row = sql_query(ledger, NULL,
                                  "SELECT e.reference FROM documents n JOIN documents d ON d.sha256 = n.sha256 AND d.id < n.id"
                                  " AND d.message <> n.message JOIN entries e ON e.id = d.entry WHERE n.id = ?"
                                  " ORDER BY d.id LIMIT 1",
                                  "i", document);
    return row && sql_step(ledger, row, NULL) ? sql_text(row, 0) : NULL;
}

gboolean ledger_same_values(Ledger *ledger, gint64 one, gint64 other)
{
    static const char differing[] = "SELECT count(*) FROM fields a LEFT JOIN fields b ON b.document = ? AND b.id = a.id"
                                    " WHERE a.document = ? AND a.id <> 'seal' AND a.value IS NOT b.value";
    return sql_int(ledger, 1, differing, "ii", one, other) == 0 && sql_int(ledger, 1, differing, "ii", other, one) == 0;
}

gboolean ledger_supersede(Ledger *ledger, gint64 newer, gint64 older, GError **error)
{
    return sql_run(ledger, error,
                   "UPDATE documents SET supersedes = ?, version = 1 + (SELECT version FROM documents o WHERE o.id = ?)"
                   " WHERE id = ?",
                   "iii", older, older, newer) &&
           sql_run(ledger, error, "UPDATE documents SET state = 'closed' WHERE id = ? AND state <> 'accepted'", "i", older);
}

/* --- proposals ------------------------------------------------------------------------------------------------------- */

gint64 ledger_proposal_find(Ledger *ledger, gint64 entry, const char *kind, const LedgerProposal *facts)
{
    gint64 named = sql_int(ledger, 0,
                           "SELECT id FROM proposals WHERE state = 'open' AND (key_zh = ? OR key_en = ?)"
                           " AND (organisation IS NULL OR ? IS NULL OR organisation = ?) ORDER BY id DESC LIMIT 1",
                           "tttt", facts->key_zh, facts->key_en, facts->organisation, facts->organisation);
    if (named)
        return named;
    return sql_int(ledger, 0,
                   "SELECT p.id FROM proposals p JOIN proposal_parts q ON q.proposal = p.id"
                   " JOIN documents d ON d.id = q.document WHERE d.entry = ? AND p.state = 'open' AND NOT EXISTS"
                   " (SELECT 1 FROM proposal_parts r JOIN documents k ON k.id = r.document WHERE r.proposal = p.id"
                   " AND k.kind = ? AND k.state NOT IN ('rejected', 'closed')) ORDER BY p.id DESC LIMIT 1",
                   "it", entry, kind);
}

gint64 ledger_proposal_new(Ledger *ledger, const LedgerProposal *facts, GError **error)
{
    if (!sql_run(ledger, error,
                 "INSERT INTO proposals (title, organisation, leader, state, key_zh, key_en) VALUES (?, ?, ?, 'open', ?, ?)",
                 "ttttt", facts->title, facts->organisation, facts->leader, facts->key_zh, facts->key_en))
        return 0;
    return sqlite3_last_insert_rowid(ledger->db);
}

gboolean ledger_proposal_join(Ledger *ledger, gint64 proposal, gint64 document, const LedgerProposal *facts, GError **error)
{
    return sql_run(ledger, error, "INSERT OR IGNORE INTO proposal_parts (proposal, document) VALUES (?, ?)", "ii", proposal,
                   document) &&
           sql_run(ledger, error,
                   "UPDATE proposals SET organisation = coalesce(organisation, ?), leader = coalesce(leader, ?),"
                   " key_zh = coalesce(key_zh, ?), key_en = coalesce(key_en, ?) WHERE id = ?",
                   "tttti", facts->organisation, facts->leader, facts->key_zh, facts->key_en, proposal);
}

gboolean ledger_proposal_parts(Ledger *ledger, gint64 proposal, const char *field, PartVisitor visit, gpointer user,
                               GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT d.kind, f.shown FROM proposal_parts p JOIN documents d ON d.id = p.document"
                                  " LEFT JOIN fields f ON f.document = d.id AND f.id = ? WHERE p.proposal = ?"
                                  " AND d.state NOT IN ('rejected', 'closed') ORDER BY d.id",
                                  "ti", field, proposal);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        visit((const char *)sqlite3_column_text(row, 0), (const char *)sqlite3_column_text(row, 1), user);
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean ledger_proposal_clear_findings(Ledger *ledger, gint64 proposal, gboolean *ret_asked, GError **error)
{
    *ret_asked = sql_int(ledger, 0,
                         "SELECT EXISTS (SELECT 1 FROM findings f JOIN documents d ON d.entry = f.entry"
                         " JOIN proposal_parts p ON p.document = d.id WHERE p.proposal = ? AND f.rule = 'package-incomplete')",
                         "i", proposal) != 0;
    return sql_run(ledger, error,
                   "DELETE FROM findings WHERE rule IN ('package-incomplete', 'package-inconsistent') AND entry IN"
                   " (SELECT d.entry FROM documents d JOIN proposal_parts p ON p.document = d.id WHERE p.proposal = ?)",
                   "i", proposal);
}

gboolean ledger_proposal_entries(Ledger *ledger, gint64 entry, SiblingVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT DISTINCT o.entry FROM documents d JOIN proposal_parts p ON p.document = d.id"
                                  " JOIN proposal_parts q ON q.proposal = p.proposal JOIN documents o ON o.id = q.document"
                                  " WHERE d.entry = ?1 AND o.entry <> ?1 ORDER BY o.entry",
                                  "i", entry);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        visit(sqlite3_column_int64(row, 0), user);
    return sql_good(failure, error);
}

char *ledger_proposal_led_by(Ledger *ledger, const char *name)
{
    sqlite3_stmt *row = sql_query(ledger, NULL, "SELECT title FROM proposals WHERE state = 'open' AND leader = ?", "t", name);
    return row && sql_step(ledger, row, NULL) ? sql_text(row, 0) : NULL;
}

gint64 ledger_ballot_closes(Ledger *ledger, const char *number)
{
    g_autofree char *key = text_key(number);
    return sql_int(ledger, 0, "SELECT max(closes) FROM ballots WHERE key = ? AND state = 'planned'", "t", key);
}
