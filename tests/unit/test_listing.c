// links: src/ledger/*.c src/base/failure.c src/base/clock.c src/base/text.c; libs: glib-2.0 sqlite3 jansson
#include "ledger/listing.h"
#include "ledger_test.h"

typedef struct {
    GString *ids;
    ListingPlace last;
    guint n;
    gint64 rank;
    char *kinds, *missing, *organisation;
    guint errors, warnings, infos, documents;
} Seen;

static void see(const ListingRow *row, gpointer user)
{
    Seen *seen = user;
    g_string_append_printf(seen->ids, "%s%" G_GINT64_FORMAT, seen->ids->len ? " " : "", row->id);
    seen->last = row->place;
    seen->n++;
    seen->rank = row->rank;
    g_free(seen->kinds);
    g_free(seen->missing);
    g_free(seen->organisation);
    seen->kinds = g_strdup(row->kinds);
    seen->missing = g_strdup(row->missing);
    seen->organisation = g_strdup(row->organisation);
    seen->errors = row->errors;
    seen->warnings = row->warnings;
    seen->infos = row->infos;
    seen->documents = row->documents;
}

static void seen_clear(Seen *seen)
{
    g_string_free(seen->ids, TRUE);
    g_free(seen->kinds);
    g_free(seen->missing);
    g_free(seen->organisation);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Seen, seen_clear)

/* The ids that FILTER gives, in ORDER, taken PAGE at a time. */
static char *listed(Fixture *f, ListingFilter filter, ListingOrder order, guint page)
{
    g_auto(Seen) seen = {.ids = g_string_new(NULL)};
    guint before;
    do {
        g_autoptr(GError) error = NULL;
        before = seen.n;
        ListingPlace after = seen.last;
        g_assert_true(ledger_listing(f->ledger, &filter, order, &after, page, see, &seen, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(seen.n - before, <=, page);
    } while (seen.n > before);
    return g_strdup(seen.ids->str);
}

static void assert_listed(Fixture *f, ListingFilter filter, const char *expected)
{
    for (guint page = 1; page <= 10; page += 9) {
        g_autofree char *ids = listed(f, filter, LISTING_RANK, page);
        g_assert_cmpstr(ids, ==, expected);
    }
}

/* Everybody's turn, by what the header promises. */
static void test_rank(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    gint64 decided_old = add_entry(f, "accepted", NOON - 50 * DAY, 0);
    gint64 decided_new = add_entry(f, "rejected", NOON, NOON - DAY);   /* due, but decided */
    gint64 waiting = add_entry(f, "waiting", NOON - 20 * DAY, 0);      /* received + 14 = noon - 6 */
    gint64 complete = add_entry(f, "complete", NOON - 20 * DAY, 0);    /* received + 5 = noon - 15 */
    gint64 review = add_entry(f, "review", NOON - 20 * DAY, 0);        /* received + 2 = noon - 18 */
    gint64 fresh = add_entry(f, "review", NOON, 0);                    /* noon + 2 */
    gint64 due = add_entry(f, "review", NOON - DAY / 2, NOON + DAY);   /* due - 1 = noon */
    gint64 lacking = add_entry(f, "waiting", NOON, NOON + 5 * DAY);    /* with three errors: due - 4 = noon + 1 */
    gint64 looked = add_entry(f, "accepted", NOON - 3 * DAY, 0);       /* with attention: received + 1 = noon - 2 */
    gint64 message = add_message(f, lacking, FALSE);
    gint64 document = add_document(f, lacking, message, "2", "expert-application", "waiting");
    add_finding(f, lacking, message, document, "field-missing", "error", "statement");
    add_finding(f, lacking, message, document, "seal-absent", "error", "seal");
    add_finding(f, lacking, message, 0, "package-incomplete", "error", NULL);
    add_finding(f, lacking, message, document, "late", "warning", NULL);
    g_assert_true(ledger_entry_settle(f->ledger, lacking, "review", NULL));
    g_assert_true(ledger_entry_attention(f->ledger, looked, "mail from a stranger", NULL));
    g_autofree char *expected = g_strdup_printf("%ld %ld %ld %ld %ld %ld %ld %ld %ld", (long)review, (long)complete, (long)waiting,
                                                (long)looked, (long)due, (long)lacking, (long)fresh, (long)decided_new, (long)decided_old);
    assert_listed(f, (ListingFilter){.state = "all"}, expected);
    g_auto(Seen) seen = {.ids = g_string_new(NULL)};
    g_assert_true(ledger_listing_entry(f->ledger, lacking, see, &seen, NULL));
    g_assert_cmpint(seen.rank, ==, NOON + DAY);
    g_assert_cmpstr(seen.kinds, ==, "expert-application");
    g_assert_cmpstr(seen.missing, ==, "statement seal package");
    g_assert_cmpuint(seen.errors, ==, 3);
    g_assert_cmpuint(seen.warnings, ==, 1);
    g_assert_cmpuint(seen.infos, ==, 0);
    g_assert_cmpuint(seen.documents, ==, 1);
    g_assert_false(ledger_listing_entry(f->ledger, 999, see, &seen, NULL));
}

static void test_duty_ranks(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    gint64 first = add_entry(f, "waiting", NOON, 0), second = add_entry(f, "waiting", NOON, 0);
    g_assert_true(ledger_commit(f->ledger, NULL));
    sqlite3 *db;
    g_assert_cmpint(sqlite3_open(f->file, &db), ==, SQLITE_OK);
    g_autofree char *text = g_strdup_printf("INSERT INTO duties (key, origin, what, entry, why_zh, why_en, due, state, created)"
                                            " VALUES ('k', 'finding', 'completion', %ld, '', '', %ld, 'open', 0)",
                                            (long)second, (long)(NOON + 3 * DAY));
    g_assert_cmpint(sqlite3_exec(db, text, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(db);
    g_assert_true(ledger_begin(f->ledger, NULL));
    g_assert_true(ledger_entry_rank(f->ledger, second, NULL));
    g_autofree char *expected = g_strdup_printf("%ld %ld", (long)second, (long)first);
    assert_listed(f, (ListingFilter){0}, expected);
}

static void test_orders(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    add_entry(f, "review", NOON, 0);           /* 1 */
    add_entry(f, "review", NOON - DAY, 0);     /* 2 */
    add_entry(f, "waiting", NOON, 0);          /* 3, received in the same instant as 1 */
    static const char *const expected[] = {
        [LISTING_RANK] = "2 1 3", [LISTING_OLDEST] = "2 1 3", [LISTING_NEWEST] = "3 1 2", [LISTING_REFERENCE] = "1 2 3"};
    for (guint order = 0; order < G_N_ELEMENTS(expected); order++)
        for (guint page = 1; page < 4; page++) {
            g_autofree char *ids = listed(f, (ListingFilter){.state = "all"}, (ListingOrder)order, page);
            g_assert_cmpstr(ids, ==, expected[order]);
        }
}

static void fill_for_filters(Fixture *f)
{
    gint64 one = add_entry(f, "review", NOON, 0), two = add_entry(f, "review", NOON + DAY, NOON + 9 * DAY);
    gint64 first = add_message(f, one, FALSE), second = add_message(f, two, FALSE);
    gint64 application = add_document(f, one, first, "2", "expert-application", "review");
    gint64 summary = add_document(f, two, second, "2", "meeting-summary", "review");
    add_field(f, application, "employer", "南屏密码研究院", 0.9);
    add_field(f, summary, "meeting", "ISO/IEC JTC 1/SC 27 工作组会议（奥斯陆）", 0.9);
    add_finding(f, one, first, application, "too-many-groups", "warning", "working_groups");
    add_finding(f, two, second, summary, "field-missing", "error", "name");
    g_assert_true(ledger_entry_settle(f->ledger, one, "review", NULL));
    g_assert_true(ledger_entry_settle(f->ledger, two, "review", NULL));
}

static void test_filters(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    fill_for_filters(f);
    assert_listed(f, (ListingFilter){.kind = "meeting-summary"}, "2");
    assert_listed(f, (ListingFilter){.kind = "withdrawal"}, "");
    assert_listed(f, (ListingFilter){.sender = "WEN@"}, "1 2");
    assert_listed(f, (ListingFilter){.sender = "若岚"}, "1 2");
    assert_listed(f, (ListingFilter){.sender = "%"}, "");
    assert_listed(f, (ListingFilter){.sender = "n_expert"}, "");
    assert_listed(f, (ListingFilter){.organisation = "密码"}, "1");
    assert_listed(f, (ListingFilter){.meeting = "奥斯陆"}, "2");
    assert_listed(f, (ListingFilter){.finding = "too-many-groups"}, "1");
    assert_listed(f, (ListingFilter){.finding = "error"}, "2");
    assert_listed(f, (ListingFilter){.text = "申请"}, "1 2");
    assert_listed(f, (ListingFilter){.text = "2026-0002"}, "2");
    assert_listed(f, (ListingFilter){.due = LISTING_DUE_NONE}, "1");
    assert_listed(f, (ListingFilter){.due = LISTING_DUE_BEFORE, .due_before = NOON + 9 * DAY}, "");
    assert_listed(f, (ListingFilter){.due = LISTING_DUE_BEFORE, .due_before = NOON + 10 * DAY}, "2");
    assert_listed(f, (ListingFilter){.since = NOON + 1}, "2");
    assert_listed(f, (ListingFilter){.until = NOON + 1}, "1");
    assert_listed(f, (ListingFilter){.assignee = -1, .kind = "meeting-summary", .finding = "field-missing", .sender = "wen"}, "2");
    assert_listed(f, (ListingFilter){.assignee = 1}, "");
    g_autoptr(GError) error = NULL;
    g_auto(Seen) seen = {.ids = g_string_new(NULL)};
    g_assert_false(ledger_listing(f->ledger, &(ListingFilter){.state = "'; DROP"}, LISTING_RANK, NULL, 5, see, &seen, &error));
    g_assert_error(error, FAILURE, FAILURE_USAGE);
}

static void test_counts(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    ListingCounts counts;
    fill_for_filters(f);
    add_entry(f, "complete", NOON, 0);
    gint64 looked = add_entry(f, "accepted", NOON, 0);
    add_entry(f, "closed", NOON, 0);
    g_assert_true(ledger_entry_attention(f->ledger, looked, "mail from a stranger", NULL));
    g_assert_true(ledger_listing_counts(f->ledger, &(ListingFilter){0}, &counts, NULL));
    g_assert_cmpuint(counts.review, ==, 2);
    g_assert_cmpuint(counts.waiting, ==, 0);
    g_assert_cmpuint(counts.complete, ==, 1);
    g_assert_cmpuint(counts.accepted, ==, 1);
    g_assert_cmpuint(counts.closed, ==, 1);
    g_assert_cmpuint(counts.attention, ==, 1);
    g_assert_cmpuint(counts.open, ==, 4);
    g_assert_cmpuint(counts.all, ==, 5);
    g_assert_true(ledger_listing_counts(f->ledger, &(ListingFilter){.kind = "meeting-summary", .state = "closed"}, &counts, NULL));
    g_assert_cmpuint(counts.all, ==, 1);
    g_assert_cmpuint(counts.open, ==, 1);
    assert_listed(f, (ListingFilter){.state = "attention"}, "4");
    assert_listed(f, (ListingFilter){.state = "closed"}, "5");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(NAME) g_test_add("/listing/" #NAME, Fixture, NULL, set_up, test_##NAME, tear_down)
    TEST(rank);
    TEST(duty_ranks);
    TEST(orders);
    TEST(filters);
    TEST(counts);
    return g_test_run();
}
