/* duty_test.h: a ledger in a folder of its own, for the tests of src/duties. Instants are written as people write them. */
#ifndef SHOUWEN_TESTS_DUTY_TEST_H
#define SHOUWEN_TESTS_DUTY_TEST_H

#include <glib/gstdio.h>
#include <string.h>

#include "base/clock.h"
#include "duties/duties.h"
#include "duties/workdays.h"
#include "ledger/calendar.h"
#include "ledger/duties.h"
#include "ledger/entries.h"
#include "ledger/parties.h"

typedef struct {
    char *dir;
    Ledger *ledger;
    Conf *conf;
    guint messages;
} Office;

#define AT(text) clock_parse_iso(text "+08:00")

static inline void office_begin(Office *office, const char *more)
{
    g_autoptr(GError) error = NULL;
    *office = (Office){.dir = g_dir_make_tmp("shouwen-duties-XXXXXX", NULL)};
    g_autofree char *file = g_build_filename(office->dir, "ledger.db", NULL), *settings = g_build_filename(office->dir, "c.conf", NULL);
    g_autofree char *text = g_strconcat("[office]\naddress = office@committee.example\nsecretariat = head@committee.example\n", more, NULL);
    g_assert_true(g_file_set_contents(settings, text, -1, NULL));
    office->conf = conf_load(settings, &error);
    g_assert_no_error(error);
    office->ledger = ledger_open(file, LEDGER_CREATE, &error);
    g_assert_no_error(error);
    clock_set(AT("2026-03-02T10:00:00"));
    g_assert_true(ledger_begin(office->ledger, NULL));
}

static inline void office_end(Office *office)
{
    ledger_rollback(office->ledger);
    ledger_close(office->ledger);
    conf_free(office->conf);
    g_autoptr(GDir) dir = g_dir_open(office->dir, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(office->dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(office->dir);
    g_free(office->dir);
}

static inline gint64 add_party(Office *office, const char *name, const char *address, const char *groups)
{
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    LedgerParty party = {.name = name, .organisation = "某研究所", .address = address, .working_groups = groups, .since = AT("2025-01-01T00:00:00")};
    ledger_party_put(office->ledger, &party, "test", &id, NULL, &error);
    g_assert_no_error(error);
    return id;
}

static inline gint64 add_meeting(Office *office, const char *uid, const char *name, const char *first, const char *last, const char *host)
{
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    LedgerMeeting meeting = {.uid = uid, .name = name, .first_day = first, .last_day = last, .host = host, .contact = host ? "host@example.org" : NULL,
                             .starts = clock_day_end(first, -1, NULL), .ends = clock_day_end(last, 0, NULL)};
    ledger_meeting_put(office->ledger, &meeting, "test", &id, NULL, &error);
    g_assert_no_error(error);
    return id;
}

static inline void take_part(Office *office, gint64 meeting, gint64 party, const char *state)
{
    LedgerParticipant participant = {.meeting = meeting, .party = party, .state = state};
    g_assert_true(ledger_participant_put(office->ledger, &participant, "test", NULL, NULL));
}

static inline gint64 add_ballot(Office *office, const char *uid, const char *number, gint64 closes, const char *groups)
{
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    LedgerBallot ballot = {.uid = uid, .document = number, .closes = closes, .groups = groups};
    ledger_ballot_put(office->ledger, &ballot, "test", &id, NULL, &error);
    g_assert_no_error(error);
    return id;
}

static inline void derive(Office *office)
{
    g_autoptr(GError) error = NULL;
    duties_derive(office->ledger, office->conf, "clock", &error);
    g_assert_no_error(error);
}

/* The duty with KEY as one text: "STATE due 2026-05-02 id 3"; "none". Caller frees. */
typedef struct {
    gint64 id;
    char *text;
} Seen;

static void see_duty(const LedgerDuty *duty, gpointer user)
{
    Seen *seen = user;
    g_autofree char *due = duty->due ? clock_iso(duty->due, NULL) : g_strdup("never     ");
    due[10] = 0;
    g_free(seen->text);
    seen->id = duty->id;
    seen->text = g_strdup_printf("%s%s %s", duty->state, duty->held ? " held" : "", due);
}

static inline gint64 duty_is(Office *office, const char *key, const char *text)
{
    Seen seen = {0, g_strdup("none")};
    DutyFilter filter = {.state = "all", .key = key};
    g_assert_true(ledger_duties(office->ledger, &filter, see_duty, &seen, NULL));
    g_assert_cmpstr(seen.text, ==, text);
    g_free(seen.text);
    return seen.id;
}

/* A document of KIND and STATE that ADDRESS sent, with FIELDS: id, value as JSON, shown, in turn. */
static inline gint64 add_document(Office *office, const char *kind, const char *state, const char *address, const char *const *fields)
{
    g_autoptr(GError) error = NULL;
    guint n = ++office->messages;
    gint64 message = 0, entry_id = 0, id = 0;
    int number;
    gboolean fresh;
    FrameInfo info = {.source = "m", .uidvalidity = 1, .uid = n, .length = 10};
    memcpy(info.sha256, &n, sizeof n);
    g_assert_true(ledger_arrival_add(office->ledger, &info, (FramePlace){1, n * 100}, FALSE, &message, &fresh, &error));
    LedgerEntry entry = {.year = 2026, .state = state, .sender_address = address, .received = clock_now(), .created = clock_now()};
    g_autofree char *reference = ledger_entry_new(office->ledger, &entry, "T", 4, 0, &entry_id, &number, &error);
    g_assert_nonnull(reference);
    g_assert_no_error(error);
    MessageFacts facts = {.route = "submission", .sender_address = address, .auth = "pass", .entry = entry_id};
    g_assert_true(ledger_message_done(office->ledger, message, &facts, &error));
    LedgerDocument document = {.entry = entry_id, .message = message, .path = "2", .filename = "form.docx", .mime = "text/plain", .status = "read",
                               .kind = kind, .state = state, .confidence = 1};
    g_assert_true(ledger_document_put(office->ledger, &document, &id, &error));
    for (; fields && *fields; fields += 3) {
        LedgerField field = {.id = fields[0], .value = fields[1], .shown = fields[2], .confidence = 1};
        g_assert_true(ledger_field_put(office->ledger, id, &field, &error));
    }
    return id;
}

#endif
