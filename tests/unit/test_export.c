// links: src/decide/export.c src/decide/sheet.c src/ledger/*.c src/conf/*.c src/base/failure.c src/base/clock.c src/base/text.c src/base/durable.c; libs: glib-2.0 gio-2.0 sqlite3 jansson xlsxwriter
#include "decide/export.h"
#include "ledger/stats.h"
#include "ledger_test.h"

static gboolean keep(const void *bytes, gsize length, gpointer user, G_GNUC_UNUSED GError **error)
{
    g_string_append_len(user, bytes, (gssize)length);
    return TRUE;
}

static gboolean refuse(G_GNUC_UNUSED const void *bytes, G_GNUC_UNUSED gsize length, G_GNUC_UNUSED gpointer user, GError **error)
{
    g_set_error(error, FAILURE, FAILURE_IO, "the reader went away");
    return FALSE;
}

static const ExportColumn columns[] = {{"n", "编号", TRUE}, {"text", "内容", FALSE}};

static char *written(ExportFormat format, const char *number, const char *text)
{
    g_autoptr(GError) error = NULL;
    GString *out = g_string_new(NULL);
    g_autoptr(Export) export = export_new(format, columns, 2, NULL, keep, out, &error);
    g_assert_no_error(error);
    g_assert_true(export_row(export, (const char *const[]){number, text}, &error));
    g_assert_true(export_end(export, &error));
    return g_string_free(out, FALSE);
}

static void assert_cell(const char *text, const char *expected)
{
    g_autofree char *csv = written(EXPORT_CSV, "-1", text);
    g_autofree char *whole = g_strdup_printf("\xef\xbb\xbf编号,内容\r\n-1,%s\r\n", expected);
    g_assert_cmpstr(csv, ==, whole);
}

static void test_csv(void)
{
    assert_cell("张三", "张三");
    assert_cell(NULL, "");
    assert_cell("a,b", "\"a,b\"");
    assert_cell("say \"yes\"", "\"say \"\"yes\"\"\"");
    assert_cell("two\r\nlines", "two lines");
    assert_cell("=HYPERLINK(\"http://evil.example\",1)", "\"'=HYPERLINK(\"\"http://evil.example\"\",1)\"");
    assert_cell("+86 10", "'+86 10");
    assert_cell("-1+2", "'-1+2");
    assert_cell("@SUM(1)", "'@SUM(1)");
    assert_cell("\t=1", "'=1");
    assert_cell("\r=1", "'=1");
    assert_cell(" =1", "'=1");
    assert_cell("\u202e=1", "'=1"); /* a character that nobody sees */
    assert_cell("\tx", "'x");
    assert_cell("＝1+1", "'＝1+1"); /* where Chinese is typed, Excel takes the wide signs too */
    assert_cell("＠SUM(1)", "'＠SUM(1)");
    assert_cell("1=1", "1=1");
}

static void test_json(void)
{
    g_autofree char *json = written(EXPORT_JSON, "12", "=\"张三\"\n");
    g_assert_cmpstr(json, ==, "[\n{\"n\":12,\"text\":\"=\\\"张三\\\"\"}\n]\n");
    g_autofree char *empty = written(EXPORT_JSON, NULL, NULL);
    g_assert_cmpstr(empty, ==, "[\n{\"n\":null,\"text\":null}\n]\n");
    GString *out = g_string_new(NULL);
    g_autoptr(Export) none = export_new(EXPORT_JSON, columns, 2, NULL, keep, out, NULL);
    g_assert_true(export_end(none, NULL));
    g_assert_cmpstr(out->str, ==, "[\n]\n");
    g_string_free(out, TRUE);
}

/* The sink's word ends it, in every format. */
static void test_refused(void)
{
    for (int format = EXPORT_CSV; format <= EXPORT_XLSX; format++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Export) export = export_new((ExportFormat)format, columns, 2, NULL, refuse, NULL, &error);
        g_assert_no_error(error);
        g_assert_true(export_row(export, (const char *const[]){"1", "x"}, &error));
        g_assert_false(export_end(export, &error));
        g_assert_error(error, FAILURE, FAILURE_IO);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(export_new(EXPORT_XLSX, columns, 2, "/nowhere", keep, NULL, &error));
    g_assert_error(error, FAILURE, FAILURE_IO);
}

static Conf *settings(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_build_filename(f->dir, "shouwen.conf", NULL);
    g_assert_true(g_file_set_contents(file, "[office]\naddress = office@committee.example\n", -1, NULL));
    Conf *conf = conf_load(file, &error);
    g_assert_no_error(error);
    return conf;
}

/* More entries than a page of the queue: each is there once, in order. */
static void test_tables(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Conf) conf = settings(f);
    for (int i = 0; i < 1203; i++)
        add_entry(f, i % 2 ? "review" : "accepted", NOON + i, 0);
    gint64 message = add_message(f, 1, FALSE), document = add_document(f, 1, message, "2", "expert-application", "accepted");
    add_field(f, document, "name", "温若岚", 0.9);
    for (const char *const *name = export_tables; *name; name++)
        for (int format = EXPORT_CSV; format <= EXPORT_XLSX; format++) {
            g_autoptr(GError) error = NULL;
            GString *out = g_string_new(NULL);
            g_assert_true(export_table(f->ledger, conf, *name, NULL, (ExportFormat)format, f->dir, keep, out, &error));
            g_assert_no_error(error);
            g_assert_true(format != EXPORT_XLSX || g_str_has_prefix(out->str, "PK"));
            g_auto(GStrv) lines = g_strsplit(out->str, "\r\n", -1);
            if (format == EXPORT_CSV && g_str_equal(*name, "entries")) {
                g_assert_cmpuint(g_strv_length(lines), ==, 1203 + 2);
                g_assert_true(g_str_has_prefix(lines[1], "1,SC27-2026-0001,accepted,"));
                g_assert_true(g_str_has_prefix(lines[1203], "1203,SC27-2026-1203,"));
            }
            if (format == EXPORT_CSV && g_str_equal(*name, "queue"))
                g_assert_cmpuint(g_strv_length(lines), ==, 601 + 2);
            if (format == EXPORT_CSV && g_str_equal(*name, "documents"))
                g_assert_nonnull(strstr(lines[1], "2026-03-05T12:00:00+08:00,2.docx,expert-application,accepted,read,1,1,100,,name=温若岚"));
            g_string_free(out, TRUE);
        }
    g_autoptr(GError) error = NULL;
    g_assert_false(export_table(f->ledger, conf, "users", NULL, EXPORT_CSV, NULL, keep, NULL, &error));
    g_assert_error(error, FAILURE, FAILURE_USAGE);
}

/* --- figures, which go the same way out ---------------------------------------------------------------------------------- */

static void take_week(const char *week, const char *kind, guint64 count, gpointer user)
{
    g_string_append_printf(user, "%s %s %u; ", week, kind, (guint)count);
}

static void take_accuracy(const StatsAccuracy *accuracy, gpointer user)
{
    g_string_append_printf(user, "%s %s %u %u %u; ", accuracy->kind, accuracy->field, (guint)accuracy->read, (guint)accuracy->corrected,
                           (guint)accuracy->added);
}

static void run(const Fixture *f, const char *text)
{
    g_autofree char *none = ask(f, text);
    g_assert_null(none);
}

static void test_figures(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    for (int i = 0; i < 10; i++) {
        gint64 entry = add_entry(f, "review", NOON, 0), message = add_message(f, entry, FALSE);
        gint64 document = add_document(f, entry, message, "2", i < 8 ? "withdrawal" : "contribution", "accepted");
        add_field(f, document, "name", "温若岚", 0.9);
    }
    g_assert_true(ledger_commit(f->ledger, NULL));
    /* Received 2026-03-05 (a Thursday) at noon, the last on Monday 00:00 of the week after, Chinese time. */
    run(f, "UPDATE messages SET received = 1772683200000000");
    run(f, "UPDATE messages SET received = 1772985600000000 WHERE id = 10");
    run(f, "UPDATE entries SET received = 1772683200000000, completed = received + id * 1000000");
    run(f, "INSERT INTO corrections (document, field, was, became, actor, at) VALUES (1, 'name', '\"a\"', '\"b\"', 'wang', 0),"
           " (1, 'name', '\"b\"', '\"a\"', 'wang', 0), (2, 'name', '\"a\"', '\"b\"', 'wang', 0), (3, 'name', NULL, '\"b\"', 'wang', 0),"
           " (4, 'kind', 'work-report', 'withdrawal', 'wang', 0)");
    g_autoptr(GString) out = g_string_new(NULL);
    g_assert_true(ledger_stats_intake(f->ledger, 0, G_MAXINT64, "Asia/Shanghai", take_week, out, NULL));
    g_assert_cmpstr(out->str, ==, "2026-03-02 contribution 1; 2026-03-02 withdrawal 8; 2026-03-09 contribution 1; ");
    StatsSpread spread;
    g_assert_true(ledger_stats_spread(f->ledger, STATS_COMPLETE, 0, G_MAXINT64, &spread, NULL));
    g_assert_cmpuint(spread.n, ==, 10);
    g_assert_cmpfloat(spread.median, ==, 5);
    g_assert_cmpfloat(spread.p90, ==, 9);
    g_assert_cmpfloat(spread.longest, ==, 10);
    g_assert_true(ledger_stats_spread(f->ledger, STATS_DECIDED, 0, G_MAXINT64, &spread, NULL));
    g_assert_cmpuint(spread.n, ==, 0);
    g_string_truncate(out, 0);
    g_assert_true(ledger_stats_accuracy(f->ledger, 0, G_MAXINT64, take_accuracy, out, NULL));
    /* One was corrected back to what had been read; one had not been read at all. */
    g_assert_cmpstr(out->str, ==, "contribution kind 2 0 0; contribution name 2 0 0; withdrawal kind 7 0 0; withdrawal name 7 1 1; "
                                  "work-report kind 1 1 0; ");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/export/csv", test_csv);
    g_test_add_func("/export/json", test_json);
    g_test_add_func("/export/refused", test_refused);
#define TEST(NAME) g_test_add("/export/" #NAME, Fixture, NULL, set_up, test_##NAME, tear_down)
    TEST(tables);
    TEST(figures);
    return g_test_run();
}
