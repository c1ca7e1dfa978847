// links: src/ledger/*.c src/base/failure.c src/base/clock.c src/base/text.c; libs: glib-2.0 sqlite3 jansson
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "base/failure.h"
#include "ledger/entries.h"
#include "ledger/events.h"
#include "ledger/migrate.h"

typedef struct {
    char *dir, *file;
    Ledger *ledger;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("shouwen-ledger-XXXXXX", NULL);
    f->file = g_build_filename(f->dir, "ledger.db", NULL);
    f->ledger = ledger_open(f->file, LEDGER_CREATE, &error);
    g_assert_no_error(error);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
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

/* Runs TEXT through a connection of its own, as somebody with the file would. */
static void tamper(const Fixture *f, const char *text)
{
    sqlite3 *db;
    g_assert_cmpint(sqlite3_open(f->file, &db), ==, SQLITE_OK);
    char *why = NULL;
    sqlite3_exec(db, text, NULL, NULL, &why);
    g_assert_cmpstr(why, ==, NULL);
    sqlite3_close(db);
}

static gint64 add_arrival(Ledger *ledger, guint8 mark, guint32 uid, guint64 offset, gboolean *ret_new)
{
    FrameInfo info = {.source = "work/INBOX", .uidvalidity = 7, .uid = uid, .length = 10, .internal_date = 5};
    memset(info.sha256, mark, sizeof info.sha256);
    gint64 message;
    g_assert_true(ledger_arrival_add(ledger, &info, (FramePlace){1, offset}, FALSE, &message, ret_new, NULL));
    return message;
}

static gint64 add_entry(Ledger *ledger, int year, int fixed, char **ret_reference)
{
    LedgerEntry entry = {.year = year, .state = "review", .sender_address = "a@b.example", .received = 1, .created = 1};
    gint64 id;
    int number;
    g_autofree char *reference = ledger_entry_new(ledger, &entry, "SC27", 4, fixed, &id, &number, NULL);
    if (ret_reference)
        *ret_reference = g_steal_pointer(&reference);
    return id;
}

static void test_arrivals(Fixture *f, gconstpointer data)
{
    (void)data;
    gboolean fresh;
    g_assert_true(ledger_begin(f->ledger, NULL));
    gint64 first = add_arrival(f->ledger, 1, 1, 100, &fresh);
    g_assert_true(fresh);
    g_assert_cmpint(add_arrival(f->ledger, 1, 2, 200, &fresh), ==, first);
    g_assert_false(fresh);
    g_assert_cmpint(add_arrival(f->ledger, 1, 1, 100, &fresh), ==, first); /* the same frame again */
    g_assert_cmpint(add_arrival(f->ledger, 2, 3, 300, &fresh), !=, first);
    g_assert_true(ledger_commit(f->ledger, NULL));
    g_assert_cmpint(ledger_count(f->ledger, "arrivals"), ==, 3);
    g_assert_cmpint(ledger_count(f->ledger, "messages"), ==, 2);
    g_autoptr(GArray) fresh_ones = ledger_messages_new(f->ledger, 10, NULL);
    g_assert_cmpuint(fresh_ones->len, ==, 2);
    g_assert_cmpuint(g_array_index(fresh_ones, LedgerMessage, 0).place.offset, ==, 100);
    g_assert_true(ledger_has_uid(f->ledger, "work/INBOX", 7, 3));
    g_assert_false(ledger_has_uid(f->ledger, "work/INBOX", 8, 3));
}

static void test_marks(Fixture *f, gconstpointer data)
{
    (void)data;
    gboolean fresh;
    gint64 message = add_arrival(f->ledger, 1, 41, 100, &fresh);
    g_autoptr(GPtrArray) early = ledger_marks_pending(f->ledger, 10, NULL);
    g_assert_cmpuint(early->len, ==, 0); /* not before it is entered */
    MessageFacts facts = {.route = "bulk"};
    g_assert_true(ledger_message_done(f->ledger, message, &facts, NULL));
    g_autoptr(GPtrArray) marks = ledger_marks_pending(f->ledger, 10, NULL);
    g_assert_cmpuint(marks->len, ==, 1);
    g_assert_true(ledger_marked(f->ledger, "work/INBOX", 7, 41, NULL));
    g_autoptr(GPtrArray) after = ledger_marks_pending(f->ledger, 10, NULL);
    g_assert_cmpuint(after->len, ==, 0);
}

static void test_numbers(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autofree char *one = NULL, *two = NULL, *other_year = NULL, *kept = NULL, *next = NULL;
    add_entry(f->ledger, 2026, 0, &one);
    add_entry(f->ledger, 2026, 0, &two);
    add_entry(f->ledger, 2027, 0, &other_year);
    add_entry(f->ledger, 2026, 40, &kept);
    add_entry(f->ledger, 2026, 0, &next);
    g_assert_cmpstr(one, ==, "SC27-2026-0001");
    g_assert_cmpstr(two, ==, "SC27-2026-0002");
    g_assert_cmpstr(other_year, ==, "SC27-2027-0001");
    g_assert_cmpstr(kept, ==, "SC27-2026-0040");
    g_assert_cmpstr(next, ==, "SC27-2026-0041");
    g_assert_cmpint(add_entry(f->ledger, 2026, 40, NULL), !=, add_entry(f->ledger, 2026, 0, NULL));
    tamper(f, "DELETE FROM entries WHERE number = 42");
    g_autofree char *later = NULL;
    add_entry(f->ledger, 2026, 0, &later);
    g_assert_cmpstr(later, ==, "SC27-2026-0043");
}

static void test_savepoint(Fixture *f, gconstpointer data)
{
    (void)data;
    g_assert_true(ledger_begin(f->ledger, NULL));
    g_assert_true(ledger_savepoint(f->ledger, NULL));
    add_entry(f->ledger, 2026, 0, NULL);
    g_assert_true(ledger_release(f->ledger, NULL));
    g_assert_true(ledger_savepoint(f->ledger, NULL));
    gint64 bad = add_entry(f->ledger, 2026, 0, NULL);
    g_assert_true(ledger_event(f->ledger, bad, "intake", "entry", NULL, NULL));
    ledger_revert(f->ledger);
    g_assert_true(ledger_commit(f->ledger, NULL));
    g_assert_cmpint(ledger_count(f->ledger, "entries"), ==, 1);
}

static void count_fault(gint64 event, const char *what, gpointer user)
{
    (void)what;
    *(gint64 *)user = event;
}

static void test_chain(Fixture *f, gconstpointer data)
{
    const char *attack = data;
    gint64 fault = 0;
    guint64 count;
    for (int i = 0; i < 5; i++)
        g_assert_true(ledger_event(f->ledger, 0, "intake", "entry", NULL, "n", "i", (gint64)i, NULL));
    g_assert_true(ledger_chain_verify(f->ledger, count_fault, &fault, &count, NULL));
    g_assert_cmpint(fault, ==, 0);
    g_assert_cmpuint(count, ==, 5);
    tamper(f, attack);
    g_assert_true(ledger_chain_verify(f->ledger, count_fault, &fault, &count, NULL));
    if (strstr(attack, "event_payloads SET salt = NULL"))
        g_assert_cmpint(fault, ==, 0); /* erasure keeps the chain */
    else
        g_assert_cmpint(fault, !=, 0);
}

static void add_letter(Ledger *ledger, gint64 entry, const char *id, gint64 due)
{
    g_autoptr(GBytes) bytes = g_bytes_new("x", 1);
    LedgerLetter letter = {.entry = entry, .kind = (char *)"acknowledgement", .state = (char *)"queued",
                           .recipient = (char *)"a@b.example", .message_id = (char *)id, .subject = (char *)"s",
                           .bytes = bytes, .created = 100, .next_try = due};
    g_assert_true(ledger_letter_add(ledger, &letter, "intake", NULL));
}

/* The one that the courier would take first; NULL: none. */
static LedgerLetter *next_letter(Ledger *ledger, gint64 now)
{
    g_autoptr(GPtrArray) due = ledger_letters_due(ledger, now, 1, NULL);
    return due->len > 0 ? g_ptr_array_steal_index(due, 0) : NULL;
}

static void test_letters(Fixture *f, gconstpointer data)
{
    (void)data;
    gint64 entry = add_entry(f->ledger, 2026, 0, NULL);
    add_letter(f->ledger, entry, "<1@x.example>", 100);
    add_letter(f->ledger, entry, "<2@x.example>", 50);
    g_assert_cmpint(ledger_letter_due(f->ledger), ==, 50);
    g_autoptr(LedgerLetter) first = next_letter(f->ledger, 200);
    g_assert_cmpstr(first->message_id, ==, "<2@x.example>");
    g_assert_true(ledger_letter_sending(f->ledger, first->id, (FramePlace){3, 64}, NULL));
    g_autoptr(LedgerLetter) again = next_letter(f->ledger, 200); /* as after a crash */
    g_assert_cmpint(again->id, ==, first->id);
    g_assert_cmpuint(again->sent.segment, ==, 3);
    g_assert_true(ledger_letter_sent(f->ledger, first->id, 300, "250 ok", NULL));
    g_autoptr(LedgerLetter) second = next_letter(f->ledger, 200);
    g_assert_cmpstr(second->message_id, ==, "<1@x.example>");
    g_assert_true(ledger_letter_again(f->ledger, second->id, 5000, "busy", NULL));
    g_assert_null(next_letter(f->ledger, 4999));
    g_assert_true(ledger_letter_failed(f->ledger, second->id, "no such user", NULL));
    g_assert_cmpint(ledger_letter_due(f->ledger), ==, G_MAXINT64);
    g_assert_true(ledger_letters_reach(f->ledger, "a@b.example", 0, 100, 2));
    g_assert_false(ledger_letters_reach(f->ledger, "a@b.example", 0, 100, 3));
    g_assert_true(ledger_letters_reach(f->ledger, NULL, 0, 100, 2));
    g_assert_true(ledger_letters_reach(f->ledger, NULL, entry, 100, 1));
    g_assert_false(ledger_letters_reach(f->ledger, NULL, entry, 101, 1));
    g_assert_cmpint(ledger_entry_by_letter(f->ledger, "<1@x.example>"), ==, entry);
}

static const char *letter_state(Fixture *f, gint64 id)
{
    static char state[20];
    g_autoptr(LedgerLetter) letter = ledger_letter_get(f->ledger, id, NULL);
    g_strlcpy(state, letter->state, sizeof state);
    return state;
}

typedef struct {
    const char *verb;
    guint count;
} Verb;

static void count_verb(const LedgerEvent *event, gpointer user)
{
    Verb *verb = user;
    verb->count += g_str_equal(event->verb, verb->verb);
}

static guint count_events(Fixture *f, gint64 entry, const char *name)
{
    Verb verb = {name, 0};
    g_assert_true(ledger_events(f->ledger, entry, count_verb, &verb, NULL));
    return verb.count;
}

/* A letter comes back once, whatever is still heard of it; a delay and a complaint change nothing. */
static void test_bounces(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    gint64 entry = add_entry(f->ledger, 2026, 0, NULL), at;
    add_letter(f->ledger, entry, "<1@x.example>", 100);
    g_assert_true(ledger_begin(f->ledger, NULL));
    g_assert_cmpint(ledger_letter_bounced(f->ledger, "<9@x.example>", "5.1.1", &at, NULL), ==, 0);
    g_assert_cmpint(ledger_letter_noted(f->ledger, "<1@x.example>", "letter-delayed", "4.4.1", &at, NULL), ==, 1);
    g_assert_cmpint(at, ==, entry);
    g_assert_cmpstr(letter_state(f, 1), ==, "queued");
    g_assert_true(ledger_commit(f->ledger, NULL));
    g_assert_true(ledger_letter_sending(f->ledger, 1, (FramePlace){1, 0}, NULL));
    g_assert_true(ledger_begin(f->ledger, NULL));
    for (guint i = 0; i < 2; i++)
        g_assert_cmpint(ledger_letter_bounced(f->ledger, "<1@x.example>", "5.1.1", &at, NULL), ==, 1);
    g_assert_cmpuint(count_events(f, entry, "letter-bounced"), ==, 1);
    g_assert_cmpint(ledger_count(f->ledger, "duties"), ==, 1);
    g_assert_true(ledger_commit(f->ledger, NULL));
    g_assert_true(ledger_letter_sent(f->ledger, 1, 300, "250 ok", NULL));
    g_assert_cmpstr(letter_state(f, 1), ==, "bounced");
    g_assert_true(ledger_letter_again(f->ledger, 1, 1, "busy", NULL) && ledger_letter_failed(f->ledger, 1, "no", NULL));
    g_assert_cmpstr(letter_state(f, 1), ==, "bounced");
    g_assert_false(ledger_letter_sending(f->ledger, 1, (FramePlace){1, 0}, &error));
    g_assert_error(error, FAILURE, FAILURE_CONFLICT);
    g_assert_true(ledger_begin(f->ledger, NULL));
    g_assert_true(ledger_letter_resend(f->ledger, 1, "clerk", NULL));
    g_assert_cmpstr(letter_state(f, 1), ==, "queued");
    g_autoptr(LedgerLetter) released = ledger_letter_get(f->ledger, 1, NULL);
    g_assert_cmpstr(released->released_by, ==, "clerk");
    g_clear_error(&error);
    g_assert_false(ledger_letter_release(f->ledger, 1, "clerk", &error));
    g_assert_error(error, FAILURE, FAILURE_CONFLICT);
    g_assert_true(ledger_letter_hold(f->ledger, 1, "wait", "clerk", NULL));
    g_assert_cmpstr(letter_state(f, 1), ==, "held");
    g_assert_true(ledger_letter_release(f->ledger, 1, "clerk", NULL));
    g_assert_cmpstr(letter_state(f, 1), ==, "queued");
}

/* A report that names no letter makes a person look, and does nothing else. */
static void test_suspect(Fixture *f, gconstpointer data)
{
    (void)data;
    gint64 entry = add_entry(f->ledger, 2026, 0, NULL), at;
    add_letter(f->ledger, entry, "<1@x.example>", 100);
    g_assert_true(ledger_letter_sending(f->ledger, 1, (FramePlace){1, 0}, NULL) && ledger_letter_sent(f->ledger, 1, 300, "250", NULL));
    g_assert_true(ledger_begin(f->ledger, NULL));
    g_assert_true(ledger_letter_between(f->ledger, "A@b.example", 300, 300));
    g_assert_false(ledger_letter_between(f->ledger, "a@b.example", 301, 400));
    g_assert_false(ledger_letter_between(f->ledger, "c@b.example", 300, 300));
    g_assert_cmpint(ledger_letter_suspect(f->ledger, "c@b.example", 50, "5.1.1", &at, NULL), ==, 0);
    g_assert_cmpint(ledger_letter_suspect(f->ledger, "A@B.example", 101, "5.1.1", &at, NULL), ==, 0);
    g_assert_cmpint(ledger_letter_suspect(f->ledger, "A@B.example", 50, "5.1.1", &at, NULL), ==, 1);
    g_assert_cmpint(at, ==, entry);
    g_assert_cmpstr(letter_state(f, 1), ==, "sent");
    g_assert_cmpint(ledger_count(f->ledger, "duties"), ==, 0);
    g_assert_cmpuint(count_events(f, entry, "letter-suspect"), ==, 1);
    g_assert_true(ledger_commit(f->ledger, NULL));
}

static void take_state(const LedgerEntry *entry, gpointer user)
{
    g_free(*(char **)user);
    *(char **)user = g_strdup(entry->state);
}

static void put_document(Ledger *ledger, gint64 entry, gint64 message, const char *path, const char *state)
{
    LedgerDocument document = {.entry = entry, .message = message, .path = path, .status = "read", .kind = "unknown",
                               .state = state, .sha256 = path, .filename = "x", .pages = -1};
    gint64 id;
    g_assert_true(ledger_document_put(ledger, &document, &id, NULL));
    LedgerField field = {.id = "name", .value = "\"n\"", .shown = "n", .confidence = 0.9};
    g_assert_true(ledger_field_put(ledger, id, &field, NULL));
}

static void test_settle(Fixture *f, gconstpointer data)
{
    (void)data;
    gboolean fresh;
    g_autofree char *state = NULL;
    gint64 entry = add_entry(f->ledger, 2026, 0, NULL), mine = add_arrival(f->ledger, 1, 1, 100, &fresh),
           other = add_arrival(f->ledger, 2, 2, 200, &fresh);
    g_assert_true(ledger_entry_settle(f->ledger, entry, "review", NULL));
    put_document(f->ledger, entry, mine, "1", "complete");
    put_document(f->ledger, entry, mine, "2", "waiting");
    g_assert_true(ledger_entry_settle(f->ledger, entry, "review", NULL));
    g_assert_true(ledger_entry_get(f->ledger, entry, take_state, &state, NULL));
    g_assert_cmpstr(state, ==, "waiting");
    MessageFacts facts = {.route = "reply", .stranger = TRUE, .entry = entry};
    g_assert_true(ledger_message_done(f->ledger, other, &facts, NULL));
    put_document(f->ledger, entry, other, "1", "review");
    g_assert_true(ledger_entry_settle(f->ledger, entry, "review", NULL));
    g_assert_true(ledger_entry_get(f->ledger, entry, take_state, &state, NULL));
    g_assert_cmpstr(state, ==, "waiting"); /* a stranger's document changes nothing */
    g_assert_cmpint(ledger_entry_by_document(f->ledger, "2"), ==, entry);
    g_assert_true(ledger_readings_clear(f->ledger, mine, NULL));
    gint64 keep = 1;
    g_assert_true(ledger_documents_prune(f->ledger, mine, &keep, 1, NULL));
}

static void test_versions(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) newer = NULL, absent = NULL;
    g_clear_pointer(&f->ledger, ledger_close);
    tamper(f, "PRAGMA user_version = 99");
    g_assert_null(ledger_open(f->file, LEDGER_WRITE, &newer));
    g_assert_error(newer, FAILURE, FAILURE_CONFIG);
    g_autofree char *nowhere = g_build_filename(f->dir, "none.db", NULL);
    g_assert_null(ledger_open(nowhere, LEDGER_READ, &absent));
    g_assert_error(absent, FAILURE, FAILURE_NOINPUT);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, data, function) g_test_add("/ledger/" name, Fixture, data, set_up, function, tear_down)
    ADD("arrivals", NULL, test_arrivals);
    ADD("marks", NULL, test_marks);
    ADD("numbers", NULL, test_numbers);
    ADD("savepoint", NULL, test_savepoint);
    ADD("letters", NULL, test_letters);
    ADD("bounces", NULL, test_bounces);
    ADD("suspect", NULL, test_suspect);
    ADD("settle", NULL, test_settle);
    ADD("versions", NULL, test_versions);
    ADD("chain/payload", "UPDATE event_payloads SET payload = '{\"n\":9}' WHERE event = 3", test_chain);
    ADD("chain/verb", "UPDATE events SET verb = 'accepted' WHERE id = 2", test_chain);
    ADD("chain/time", "UPDATE events SET at = at + 1 WHERE id = 5", test_chain);
    ADD("chain/gap", "DELETE FROM event_payloads WHERE event = 3; DELETE FROM events WHERE id = 3", test_chain);
    ADD("chain/erased", "UPDATE event_payloads SET salt = NULL, payload = NULL WHERE event = 3", test_chain);
    return g_test_run();
}
