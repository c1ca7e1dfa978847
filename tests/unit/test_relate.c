// links: src/stages/relate.c src/ledger/*.c src/conf/*.c src/door/record*.c src/base/failure.c src/base/clock.c src/base/text.c src/base/durable.c; libs: glib-2.0 gio-2.0 sqlite3 jansson; flags: -lm
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "ledger/relations.h"
#include "stages/relate.h"

typedef struct {
    char *dir, *file;
    Ledger *ledger;
    Conf *conf;
    guint messages;
    gboolean asked; /* of relate_documents */
    const char *state, *status; /* of the next documents; NULL: complete, read */
} Fixture;

static void set_up(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("shouwen-relate-XXXXXX", NULL);
    f->file = g_build_filename(f->dir, "ledger.db", NULL);
    g_autofree char *settings = g_build_filename(f->dir, "shouwen.conf", NULL);
    g_assert_true(g_file_set_contents(settings, "[office]\naddress = office@committee.example\n", -1, NULL));
    f->conf = conf_load(settings, &error);
    g_assert_no_error(error);
    f->ledger = ledger_open(f->file, LEDGER_CREATE, &error);
    g_assert_no_error(error);
    g_assert_true(ledger_begin(f->ledger, NULL));
}

static void tear_down(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    ledger_rollback(f->ledger);
    ledger_close(f->ledger);
    conf_free(f->conf);
    g_autoptr(GDir) dir = g_dir_open(f->dir, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(f->dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(f->dir);
    g_free(f->dir);
    g_free(f->file);
}

/* A form: its kind, then fields and values in turn. */
typedef const char *const *Form;

static Document *add_document(Record *record, Form form)
{
    Document *document = record_add_document(record);
    document->path = g_strdup("2");
    document->filename = g_strdup("form.docx");
    document->mime = g_strdup("text/plain");
    document->status = g_strdup("read");
    document->kind = g_strdup(*form++);
    for (; *form; form += 2) {
        Field *field = record_add_field(document->fields);
        field->id = g_strdup(form[0]);
        field->shown = g_strdup(form[1]);
        field->value = g_strdup_printf("\"%s\"", form[1]);
    }
    return document;
}

typedef struct {
    Record *record;
    gint64 entry, document;
} Sent;

/* A message from ADDRESS that brings one document, entered under ENTRY (0: a new one) and related. */
static Sent send_document(Fixture *f, const char *address, gint64 entry, const char *received, Form form)
{
    g_autoptr(GError) error = NULL;
    Sent sent = {record_new(FALSE), entry, 0};
    Document *document = add_document(sent.record, form);
    guint n = ++f->messages;
    FrameInfo info = {.source = "m", .uidvalidity = 1, .uid = n, .length = 10};
    LedgerMessage message = {0};
    LedgerEntry row = {.year = 2026, .state = "review", .sender_address = address, .received = 1, .created = 1};
    int number;
    gboolean fresh;
    memset(info.sha256, (int)n, sizeof info.sha256);
    g_assert_true(ledger_arrival_add(f->ledger, &info, (FramePlace){1, n * 100}, FALSE, &message.id, &fresh, NULL));
    message.received = clock_parse_iso(received);
    if (!entry) {
        g_autofree char *reference = ledger_entry_new(f->ledger, &row, "SC27", 4, 0, &sent.entry, &number, NULL);
        g_assert_true(ledger_entry_add_address(f->ledger, sent.entry, address, NULL));
    }
    document->sha256 = g_strdup_printf("%064u", n);
    LedgerDocument put = {.entry = sent.entry, .message = message.id, .path = document->path, .filename = document->filename,
                          .sha256 = document->sha256, .mime = document->mime, .status = f->status ? f->status : document->status,
                          .kind = document->kind, .state = f->state ? f->state : "complete", .pages = -1};
    g_assert_true(ledger_document_put(f->ledger, &put, &sent.document, NULL));
    for (guint i = 0; i < document->fields->len; i++) {
        const Field *field = g_ptr_array_index(document->fields, i);
        LedgerField value = {.id = field->id, .value = field->value, .shown = field->shown};
        g_assert_true(ledger_field_put(f->ledger, sent.document, &value, NULL));
    }
    sent.record->from_address = g_strdup(address);
    relate_documents(f->ledger, f->conf, &message, sent.entry, sent.record, &sent.document, &f->asked, &error);
    g_assert_no_error(error);
    return sent;
}

static void collect(const LedgerFinding *finding, gpointer user)
{
    g_string_append_printf(user, "%s%s", ((GString *)user)->len ? " " : "", finding->rule);
}

/* The rules that found something under ENTRY, by blanks. */
static void check_found(Fixture *f, gint64 entry, const char *rules)
{
    g_autoptr(GString) found = g_string_new(NULL);
    g_assert_true(ledger_findings(f->ledger, entry, collect, found, NULL));
    g_assert_cmpstr(found->str, ==, rules);
}

static void collect_state(const LedgerDocument *document, gpointer user)
{
    g_string_append_printf(user, "%s ", document->state);
}

static void check_states(Fixture *f, gint64 entry, const char *states)
{
    g_autoptr(GString) found = g_string_new(NULL);
    g_assert_true(ledger_documents(f->ledger, entry, collect_state, found, NULL));
    g_assert_cmpstr(found->str, ==, states);
}

#define FORM(...) ((const char *const[]){__VA_ARGS__, NULL})
#define DAY "2026-03-05T10:00:00+08:00"

static void test_newer_version(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    Sent one = send_document(f, "wei@uni.example", 0, DAY, FORM("expert-application", "name", "魏一", "phone", "1"));
    Sent two = send_document(f, "wei@uni.example", 0, DAY, FORM("expert-application", "name", "魏 一", "phone", "2"));
    check_found(f, one.entry, "superseded");
    check_states(f, one.entry, "closed ");
    check_found(f, two.entry, "");
    check_states(f, two.entry, "complete ");
    record_free(one.record);
    record_free(two.record);
}

static void test_same_again(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    Sent one = send_document(f, "wei@uni.example", 0, DAY, FORM("expert-application", "name", "魏一", "phone", "1"));
    Sent two = send_document(f, "wei@uni.example", 0, DAY, FORM("expert-application", "name", "魏一", "phone", "1"));
    check_found(f, one.entry, "");
    check_found(f, two.entry, "duplicate");
    g_assert_cmpuint(((Document *)g_ptr_array_index(two.record->documents, 0))->findings->len, ==, 1); /* for the letter */
    record_free(one.record);
    record_free(two.record);
}

/* The sealed scan of a form stands beside its editable copy; a namesake from elsewhere has nothing to do with it. */
static void test_no_relation(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    Sent one = send_document(f, "wei@uni.example", 0, DAY, FORM("expert-application", "name", "魏一", "seal", "unknown"));
    Sent scan = send_document(f, "wei@uni.example", one.entry, DAY, FORM("expert-application", "name", "魏一", "seal", "present"));
    Sent other = send_document(f, "wei@firm.example", 0, DAY, FORM("expert-application", "name", "魏一", "phone", "3"));
    check_found(f, one.entry, "");
    check_states(f, one.entry, "complete complete ");
    check_found(f, other.entry, "");
    record_free(one.record);
    record_free(scan.record);
    record_free(other.record);
}

/* What was asked for is replaced by what came, also where nothing read says that the two belong together. */
static void test_asked_for(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    const char *const from = "wei@uni.example";
    f->state = "waiting";
    Sent nameless = send_document(f, from, 0, DAY, FORM("expert-application", "phone", "1"));
    Sent broken;
    f->status = "damaged";
    broken = send_document(f, from, 0, DAY, FORM("unknown"));
    f->status = NULL;
    Sent bare = send_document(f, from, 0, DAY, FORM("commitment-letter", "title_zh", "指南", "seal", "absent"));
    Sent of_another = send_document(f, from, 0, DAY, FORM("expert-application", "name", "魏二"));
    g_assert_true(ledger_entry_settle(f->ledger, nameless.entry, "review", NULL));
    g_assert_true(ledger_entry_wants(f->ledger, nameless.entry));
    f->state = NULL;
    Sent sent[] = {
        send_document(f, from, nameless.entry, DAY, FORM("expert-application", "name", "魏一", "phone", "1")),
        send_document(f, from, broken.entry, DAY, FORM("meeting-summary", "name", "魏一", "meeting", "M1")),
        send_document(f, from, bare.entry, DAY, FORM("commitment-letter", "title_zh", "指南", "seal", "present")),
        send_document(f, from, of_another.entry, DAY, FORM("expert-application", "name", "魏三")),
    };
    check_states(f, nameless.entry, "closed complete ");
    check_found(f, nameless.entry, "superseded");
    check_states(f, broken.entry, "closed complete ");
    check_states(f, bare.entry, "closed complete ");
    check_states(f, of_another.entry, "waiting complete ");
    g_assert_true(ledger_entry_settle(f->ledger, nameless.entry, "review", NULL));
    g_assert_false(ledger_entry_wants(f->ledger, nameless.entry));
    for (guint i = 0; i < G_N_ELEMENTS(sent); i++)
        record_free(sent[i].record);
    record_free(nameless.record);
    record_free(broken.record);
    record_free(bare.record);
    record_free(of_another.record);
}

static void test_late(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    Sent in_time = send_document(f, "a@host.example", 0, "2026-03-19T23:59:00+08:00",
                                 FORM("hosting-summary", "organization", "甲院", "meeting", "M1", "meeting_dates", "2026-03-02/2026-03-05"));
    Sent late = send_document(f, "b@host.example", 0, "2026-03-20T00:01:00+08:00",
                              FORM("hosting-summary", "organization", "乙院", "meeting", "M1", "meeting_dates", "2026-03-02/2026-03-05"));
    check_found(f, in_time.entry, "");
    check_found(f, late.entry, "late");
    record_free(in_time.record);
    record_free(late.record);
}

static void test_package(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    const char *const from = "lead@lab.example";
    Sent sent[5] = {
        send_document(f, from, 0, DAY, FORM("proposal-information", "title_zh", "数据脱敏指南", "title_en", "Data masking", "leader", "魏一")),
        send_document(f, from, 0, DAY, FORM("np-form", "title_en", "Data Masking")),
        send_document(f, from, 0, DAY, FORM("commitment-letter", "title_zh", "《数据脱敏指南》", "leader", "魏二")),
    };
    check_found(f, sent[0].entry, "");
    check_found(f, sent[1].entry, "");
    check_found(f, sent[2].entry, "package-incomplete package-inconsistent");
    sent[3] = send_document(f, from, sent[2].entry, DAY, FORM("proposal-report", "title_zh", "数据脱敏指南"));
    sent[4] = send_document(f, from, sent[2].entry, DAY, FORM("draft-standard", "stage", "WD")); /* names no title, but stands beside */
    check_found(f, sent[2].entry, "package-inconsistent");
    g_assert_true(f->asked);
    Sent leaves = send_document(f, from, 0, DAY, FORM("withdrawal", "name", "魏一"));
    check_found(f, leaves.entry, "leader-withdraws");
    g_assert_false(f->asked);
    for (guint i = 0; i < G_N_ELEMENTS(sent); i++)
        record_free(sent[i].record);
    record_free(leaves.record);
}

/* Every table, index and column of a ledger, sorted, one a line. */
static char *shape_of(const char *file)
{
    sqlite3 *db;
    sqlite3_stmt *row;
    GString *shape = g_string_new(NULL);
    g_assert_cmpint(sqlite3_open(file, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_prepare_v2(db,
                                       "SELECT m.type || ' ' || m.name || ' ' || coalesce(c.name || ' ' || c.type || ' ' || c.\"notnull\", '')"
                                       " FROM sqlite_master m LEFT JOIN pragma_table_info (m.name) c ORDER BY 1",
                                       -1, &row, NULL), ==, SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW)
        g_string_append_printf(shape, "%s\n", sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    sqlite3_close(db);
    return g_string_free(shape, FALSE);
}

/* A ledger of version 1 is taken to ours with what it holds, and then looks like a new one. */
static void test_migration(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *old = g_build_filename(f->dir, "old.db", NULL), *new = g_build_filename(f->dir, "new.db", NULL);
    g_autofree char *schema = NULL;
    g_autoptr(GError) error = NULL;
    sqlite3 *db;
    g_assert_true(g_file_get_contents("tests/unit/ledger-1.sql", &schema, NULL, NULL));
    g_assert_cmpint(sqlite3_open(old, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db, schema, NULL, NULL, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db, "INSERT INTO numbers VALUES (2026, 41);"
                                     "INSERT INTO duties (address, kind, why, state, created) VALUES ('a@b.example', 'reach-person', '5.1.1', 'open', 1);"
                                     "PRAGMA user_version = 1", NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(db);
    g_autoptr(Ledger) ledger = ledger_open(old, LEDGER_WRITE, &error);
    g_assert_no_error(error);
    g_autoptr(Ledger) fresh = ledger_open(new, LEDGER_CREATE, &error);
    g_assert_no_error(error);
    g_autofree char *migrated = shape_of(old), *made = shape_of(new);
    g_assert_cmpstr(migrated, ==, made);
    LedgerEntry row = {.year = 2026, .state = "review", .received = 1, .created = 1};
    gint64 id;
    int number;
    g_autofree char *reference = ledger_entry_new(ledger, &row, "SC27", 4, 0, &id, &number, NULL);
    g_assert_cmpstr(reference, ==, "SC27-2026-0042");
    g_assert_cmpint(ledger_count(ledger, "duties"), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/relate/" name, Fixture, NULL, set_up, function, tear_down)
    ADD("newer-version", test_newer_version);
    ADD("same-again", test_same_again);
    ADD("no-relation", test_no_relation);
    ADD("asked-for", test_asked_for);
    ADD("late", test_late);
    ADD("package", test_package);
    ADD("migration", test_migration);
    return g_test_run();
}
