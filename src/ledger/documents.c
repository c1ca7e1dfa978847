/* documents.c: documents with their fields and findings. */
#include <stdio.h>

#include "base/failure.h"
#include "ledger/cured.h"
#include "ledger/entries.h"
#include "ledger/search.h"
#include "ledger/sql.h"

gboolean ledger_document_put(Ledger *ledger, const LedgerDocument *d, gint64 *ret_id, GError **error)
{
    if (!sql_run(ledger, error,
                 "INSERT INTO documents (entry, message, path, segment, filename, sha256, bytes, mime, status, reader,"
                 " pages, kind, guess, confidence, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, -1), ?, ?, ?, ?)"
                 " ON CONFLICT (message, path, segment) DO UPDATE SET filename = excluded.filename, sha256 = excluded.sha256,"
                 " bytes = excluded.bytes, mime = excluded.mime, status = excluded.status, reader = excluded.reader, pages = excluded.pages, guess = excluded.guess,"
                 " kind = CASE WHEN EXISTS (SELECT 1 FROM corrections c WHERE c.document = documents.id AND c.field = 'kind')"
                 " THEN kind ELSE excluded.kind END, confidence = excluded.confidence, state = CASE WHEN state IN"
                 " ('accepted', 'rejected', 'closed') THEN state ELSE excluded.state END",
                 "iitittitttittrt", d->entry, d->message, d->path, (gint64)d->segment, d->filename, d->sha256,
                 (gint64)d->bytes, d->mime, d->status, d->reader, (gint64)d->pages, d->kind, d->guess, d->confidence,
                 d->state))
        return FALSE;
    *ret_id = sql_int(ledger, 0, "SELECT id FROM documents WHERE message = ? AND path = ? AND segment = ?", "iti",
                      d->message, d->path, (gint64)d->segment);
    return TRUE;
}

gboolean ledger_documents_prune(Ledger *ledger, gint64 message, const gint64 *seen, guint n, GError **error)
{
    GError *failure = NULL;
    g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, sizeof(gint64));
    sqlite3_stmt *row = sql_query(ledger, error, "SELECT id FROM documents WHERE message = ?", "i", message);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        gint64 id = sqlite3_column_int64(row, 0);
        gboolean kept = FALSE;
        for (guint i = 0; i < n && !kept; i++)
            kept = seen[i] == id;
        if (!kept)
            g_array_append_val(gone, id);
    }
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    for (guint i = 0; i < gone->len; i++)
        if (!ledger_search_clear(ledger, message, g_array_index(gone, gint64, i), error) ||
            !sql_run(ledger, error, "DELETE FROM documents WHERE id = ?", "i", g_array_index(gone, gint64, i)))
            return FALSE;
    return TRUE;
}

gboolean ledger_field_put(Ledger *ledger, gint64 document, const LedgerField *field, GError **error)
{
    char box[80] = "";
    if (field->box[0] > 0)
        snprintf(box, sizeof box, "%d %.4f %.4f %.4f %.4f", (int)field->box[0], field->box[1], field->box[2],
                 field->box[3], field->box[4]);
    return sql_run(ledger, error,
                   "INSERT INTO fields (document, id, value, shown, confidence, place, box) VALUES (?, ?, ?, ?, ?, ?,"
                   " nullif(?, '')) ON CONFLICT (document, id) DO NOTHING",
                   "itttrtt", document, field->id, field->value, field->shown, field->confidence, field->place, box);
}

gboolean ledger_readings_clear(Ledger *ledger, gint64 message, GError **error)
{
    return sql_run(ledger, error,
                   "DELETE FROM fields WHERE origin = 'read' AND document IN"
                   " (SELECT id FROM documents WHERE message = ?)",
                   "i", message) &&
           sql_run(ledger, error, "DELETE FROM findings WHERE message = ?", "i", message);
}

gboolean ledger_finding_add(Ledger *ledger, gint64 entry, gint64 message, const LedgerFinding *f, GError **error)
{
    return sql_run(ledger, error,
                   "INSERT INTO findings (entry, message, document, rule, severity, field, zh, en)"
                   " SELECT coalesce((SELECT entry FROM documents WHERE id = ?1), ?3), nullif(?4, 0), nullif(?1, 0), rule, ?6, ?2, ?7, ?8"
                   " FROM (SELECT ?5 AS rule)"
                   " WHERE NOT (" CURED " AND EXISTS (SELECT 1 FROM fields p WHERE p.document = ?1 AND p.id = ?2 AND p.origin = 'person'))"
                   " AND (?9 IS NULL OR rule IN (" ANY_KIND ") OR ?9 = (SELECT kind FROM documents WHERE id = ?1))",
                   "itiittttt", f->document, f->field, entry, message, f->rule, f->severity, f->zh, f->en, f->kind);
}

gboolean ledger_documents(Ledger *ledger, gint64 entry, DocumentVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT id, message, path, segment, filename, sha256, bytes, mime, status, reader,"
                                  " coalesce(pages, -1), kind, guess, confidence, state FROM documents WHERE entry = ?"
                                  " ORDER BY id",
                                  "i", entry);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        LedgerDocument document = {
            .id = sqlite3_column_int64(row, 0),
            .entry = entry,
            .message = sqlite3_column_int64(row, 1),
            .path = (const char *)sqlite3_column_text(row, 2),
            .segment = (guint)sqlite3_column_int(row, 3),
            .filename = (const char *)sqlite3_column_text(row, 4),
            .sha256 = (const char *)sqlite3_column_text(row, 5),
            .bytes = (guint64)sqlite3_column_int64(row, 6),
            .mime = (const char *)sqlite3_column_text(row, 7),
            .status = (const char *)sqlite3_column_text(row, 8),
            .reader = (const char *)sqlite3_column_text(row, 9),
            .pages = sqlite3_column_int(row, 10),
            .kind = (const char *)sqlite3_column_text(row, 11),
            .guess = (const char *)sqlite3_column_text(row, 12),
            .confidence = sqlite3_column_double(row, 13),
            .state = (const char *)sqlite3_column_text(row, 14),
        };
        visit(&document, user);
    }
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean ledger_fields(Ledger *ledger, gint64 document, FieldVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT id, value, shown, confidence, place, box, origin FROM fields"
                                  " WHERE document = ? ORDER BY id",
                                  "i", document);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        LedgerField field = {
            .id = (const char *)sqlite3_column_text(row, 0),
            .value = (const char *)sqlite3_column_text(row, 1),
            .shown = (const char *)sqlite3_column_text(row, 2),
            .confidence = sqlite3_column_double(row, 3),
            .place = (const char *)sqlite3_column_text(row, 4),
            .origin = (const char *)sqlite3_column_text(row, 6),
        };
        const char *box = (const char *)sqlite3_column_text(row, 5);
        if (box && sscanf(box, "%lf %lf %lf %lf %lf", &field.box[0], &field.box[1], &field.box[2], &field.box[3],
                          &field.box[4]) != 5)
            field.box[0] = 0;
        visit(&field, user);
    }
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean ledger_findings(Ledger *ledger, gint64 entry, FindingVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT coalesce(document, 0), rule, severity, field, zh, en FROM findings"
                                  " WHERE entry = ? ORDER BY id",
                                  "i", entry);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        LedgerFinding finding = {
            .document = sqlite3_column_int64(row, 0),
            .rule = (const char *)sqlite3_column_text(row, 1),
            .severity = (const char *)sqlite3_column_text(row, 2),
            .field = (const char *)sqlite3_column_text(row, 3),
            .zh = (const char *)sqlite3_column_text(row, 4),
            .en = (const char *)sqlite3_column_text(row, 5),
        };
        visit(&finding, user);
    }
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}
