/* ledger_test.h: what tests of the ledger's upper side share: a ledger in a folder of its own, with mails, entries, documents. Everything
 * is written in one transaction, which is open while a test fills the ledger. */
#ifndef SHOUWEN_TESTS_LEDGER_TEST_H
#define SHOUWEN_TESTS_LEDGER_TEST_H

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "ledger/entries.h"
#include "ledger/events.h"

#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define NOON (G_GINT64_CONSTANT(1772683200) * G_USEC_PER_SEC) /* 2026-03-05T12:00:00+08:00 */

typedef struct {
    char *dir, *file;
    Ledger *ledger;
    guint messages;
} Fixture;

G_GNUC_UNUSED static void set_up(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("shouwen-ledger-XXXXXX", NULL);
    f->file = g_build_filename(f->dir, "ledger.db", NULL);
    f->ledger = ledger_open(f->file, LEDGER_CREATE, &error);
    g_assert_no_error(error);
    g_assert_true(ledger_begin(f->ledger, NULL));
}

G_GNUC_UNUSED static void tear_down(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    ledger_rollback(f->ledger);
    ledger_close(f->ledger);
    g_autoptr(GDir) dir = g_dir_open(f->dir, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(f->dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(f->dir);
    g_free(f->dir);
    g_free(f->file);
}

/* What TEXT gives in its first column and row, by a connection of its own; the ledger's transaction must be committed. */
G_GNUC_UNUSED static char *ask(const Fixture *f, const char *text)
{
    sqlite3 *db;
    sqlite3_stmt *row;
    g_assert_cmpint(sqlite3_open(f->file, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_prepare_v2(db, text, -1, &row, NULL), ==, SQLITE_OK);
    int code = sqlite3_step(row);
    g_assert_true(code == SQLITE_ROW || code == SQLITE_DONE);
    char *answer = code == SQLITE_ROW ? g_strdup((const char *)sqlite3_column_text(row, 0)) : NULL;
    sqlite3_finalize(row);
    sqlite3_close(db);
    return answer;
}

G_GNUC_UNUSED static void assert_asked(const Fixture *f, const char *text, const char *expected)
{
    g_autofree char *answer = ask(f, text);
    g_assert_cmpstr(answer, ==, expected);
}

G_GNUC_UNUSED static gint64 add_entry(Fixture *f, const char *state, gint64 received, gint64 due)
{
    g_autoptr(GError) error = NULL;
    gint64 id;
    int number;
    LedgerEntry entry = {.year = 2026, .state = state, .sender_name = "温若岚", .sender_address = "wen@expert.example",
                         .subject = "专家申请表", .received = received, .created = received, .due = due};
    g_autofree char *reference = ledger_entry_new(f->ledger, &entry, "SC27", 4, 0, &id, &number, &error);
    g_assert_no_error(error);
    g_assert_nonnull(reference);
    g_assert_true(ledger_entry_settle(f->ledger, id, state, NULL));
    return id;
}

/* A mail of ENTRY (0: none). */
G_GNUC_UNUSED static gint64 add_message(Fixture *f, gint64 entry, gboolean stranger)
{
    gint64 id;
    gboolean fresh;
    FrameInfo info = {.source = "work/INBOX", .uidvalidity = 7, .uid = ++f->messages, .length = 10, .internal_date = NOON};
    info.sha256[0] = (guint8)f->messages;
    info.sha256[1] = (guint8)(f->messages >> 8);
    g_assert_true(ledger_arrival_add(f->ledger, &info, (FramePlace){1, 100 * f->messages}, FALSE, &id, &fresh, NULL));
    g_autofree char *name = g_strdup_printf("<%u@expert.example>", f->messages);
    MessageFacts facts = {.route = "submission", .message_id = name, .sender_name = "温若岚", .sender_address = "wen@expert.example",
                          .subject = "专家申请表", .auth = "pass", .stranger = stranger, .entry = entry};
    g_assert_true(ledger_message_done(f->ledger, id, &facts, NULL));
    return id;
}

G_GNUC_UNUSED static gint64 add_document(Fixture *f, gint64 entry, gint64 message, const char *path, const char *kind, const char *state)
{
    gint64 id;
    g_autofree char *filename = g_strdup_printf("%s.docx", path);
    LedgerDocument document = {.entry = entry, .message = message, .path = path, .filename = filename, .bytes = 100, .mime = "text/plain",
                               .status = "read", .reader = "docx", .pages = 1, .kind = kind, .confidence = 0.9, .state = state};
    g_assert_true(ledger_document_put(f->ledger, &document, &id, NULL));
    return id;
}

G_GNUC_UNUSED static void add_field(Fixture *f, gint64 document, const char *id, const char *shown, double confidence)
{
    g_autofree char *value = g_strdup_printf("\"%s\"", shown);
    LedgerField field = {.id = id, .value = value, .shown = shown, .confidence = confidence};
    g_assert_true(ledger_field_put(f->ledger, document, &field, NULL));
}

G_GNUC_UNUSED static void add_finding(Fixture *f, gint64 entry, gint64 message, gint64 document, const char *rule, const char *severity,
                                      const char *field)
{
    LedgerFinding finding = {document, rule, severity, field, "缺少必填项。", "It is missing.", NULL};
    g_assert_true(ledger_finding_add(f->ledger, entry, message, &finding, NULL));
}

#endif
