// links: src/duties/derive.c src/duties/arrive.c src/duties/match.c src/duties/registry.c src/duties/duties.c src/send/address.c src/duties/workdays.c src/ledger/*.c src/conf/*.c src/base/failure.c src/base/clock.c src/base/text.c src/base/durable.c; libs: glib-2.0 gio-2.0 sqlite3 jansson; flags: -lm
#include <string.h>

#include "base/failure.h"
#include "duty_test.h"
#include "ledger/account.h"

static void begin(Office *office, gconstpointer settings)
{
    office_begin(office, settings);
}

static void end(Office *office, G_GNUC_UNUSED gconstpointer settings)
{
    office_end(office);
}

static void arrive(Office *office, gint64 document, gboolean sure)
{
    g_autoptr(GError) error = NULL;
    duties_arrived(office->ledger, office->conf, document, sure, &error);
    g_assert_no_error(error);
}

static void accept(Office *office, gint64 document)
{
    g_autoptr(GError) error = NULL;
    duties_accepted(office->ledger, office->conf, document, "clerk", &error);
    g_assert_no_error(error);
}

static void reject(Office *office, gint64 document)
{
    g_autoptr(GError) error = NULL;
    duties_rejected(office->ledger, office->conf, document, "clerk", &error);
    g_assert_no_error(error);
}

#define FIELD(id, value) id, "\"" value "\"", value
#define KEY(text, ...) (g_snprintf(key, sizeof key, text, __VA_ARGS__), key)
static char key[120];

/* --- derivation --------------------------------------------------------------------------------------------------------- */

static void test_meeting(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    gint64 zhang = add_party(o, "张三", "zhang@example.cn", "WG1"), li = add_party(o, "李四", "li@example.cn", "WG2");
    gint64 meeting = add_meeting(o, "a@x", "SC27 第七十次会议", "2026-04-13", "2026-04-17", "某大学");
    take_part(o, meeting, zhang, "registered");
    take_part(o, meeting, li, "excused");
    derive(o);
    gint64 once = duty_is(o, KEY("meeting-summary/meeting %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, meeting, zhang), "open 2026-05-02");
    duty_is(o, KEY("meeting-summary/meeting %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, meeting, li), "none");
    duty_is(o, KEY("hosting-summary/meeting %" G_GINT64_FORMAT, meeting), "open 2026-05-01");
    derive(o);
    /* The meeting is moved, and so is the duty; a reminder that went out does not stand in the way of those to come. */
    LedgerReminder reminder = {once, "before 7", AT("2026-04-27T09:00:00"), AT("2026-04-27T09:00:00"), 0, "test"};
    g_assert_true(ledger_reminder_add(o->ledger, &reminder, NULL));
    g_assert_cmpint(add_meeting(o, "a@x", "SC27 第七十次会议", "2026-06-01", "2026-06-05", "某大学"), ==, meeting);
    derive(o);
    g_assert_cmpint(once, ==, duty_is(o, KEY("meeting-summary/meeting %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, meeting, zhang), "open 2026-06-20"));
    g_assert_true(ledger_reminder_add(o->ledger, &reminder, NULL));
    /* He did not come: nothing is owed. He did after all: it is. */
    take_part(o, meeting, zhang, "absent");
    derive(o);
    duty_is(o, key, "waived 2026-06-20");
    take_part(o, meeting, zhang, "attended");
    derive(o);
    duty_is(o, key, "open 2026-06-20");
    g_assert_true(ledger_meeting_cancel(o->ledger, "a@x", "test", NULL, NULL));
    derive(o);
    duty_is(o, key, "waived 2026-06-20");
    duty_is(o, KEY("hosting-summary/meeting %" G_GINT64_FORMAT, meeting), "waived 2026-06-19");
}

static void test_history(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    gint64 zhang = add_party(o, "张三", "zhang@example.cn", "WG1");
    gint64 old = add_meeting(o, "old@x", "SC27 旧会议", "2025-09-15", "2025-09-19", NULL);
    take_part(o, old, zhang, "attended");
    derive(o);
    duty_is(o, KEY("meeting-summary/meeting %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, old, zhang), "none");
}

static void test_ballot(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    gint64 one = add_party(o, "张三", "zhang@example.cn", "WG1 WG3"), two = add_party(o, "李四", "li@example.cn", "WG13"), three = add_party(o, "王五", NULL, NULL);
    gint64 grouped = add_ballot(o, "b1@x", "ISO/IEC CD 27090", AT("2026-05-20T23:59:59"), "WG3 WG4");
    gint64 open = add_ballot(o, "b2@x", "ISO/IEC DIS 27091", AT("2026-05-21T23:59:59"), NULL), over = add_ballot(o, "b3@x", "ISO/IEC CD 1", AT("2026-02-01T23:59:59"), NULL);
    derive(o);
    for (int i = 0; i < 3; i++) {
        gint64 party = i == 0 ? one : i == 1 ? two : three;
        duty_is(o, KEY("contribution/ballot %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, grouped, party), i == 0 ? "open 2026-05-13" : "none");
        duty_is(o, KEY("contribution/ballot %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, open, party), "open 2026-05-14");
        duty_is(o, KEY("contribution/ballot %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, over, party), "none");
    }
    /* After the closing nothing is owed any more; when it is put off, it is again. */
    KEY("contribution/ballot %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, open, two);
    clock_set(AT("2026-05-22T09:00:00"));
    derive(o);
    duty_is(o, key, "waived 2026-05-14");
    add_ballot(o, "b2@x", "ISO/IEC DIS 27091", AT("2026-06-21T23:59:59"), NULL);
    derive(o);
    duty_is(o, key, "open 2026-06-14");
    clock_set(AT("2026-03-02T09:00:00"));
    add_ballot(o, "b2@x", "ISO/IEC DIS 27091", AT("2026-05-21T23:59:59"), NULL);
    derive(o);
    /* Who leaves the group owes nothing any more; who comes back does; nor does who withdrew. */
    LedgerParty leaves = {.id = one, .working_groups = "WG2"}, back = {.id = one, .working_groups = "WG4"};
    KEY("contribution/ballot %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, grouped, one);
    g_assert_true(ledger_party_put(o->ledger, &leaves, "test", NULL, NULL, NULL));
    derive(o);
    duty_is(o, key, "waived 2026-05-13");
    g_assert_true(ledger_party_put(o->ledger, &back, "test", NULL, NULL, NULL));
    derive(o);
    duty_is(o, key, "open 2026-05-13");
    g_assert_true(ledger_party_state(o->ledger, one, "withdrawn", NULL, "test", NULL));
    derive(o);
    duty_is(o, key, "waived 2026-05-13");
    g_assert_true(ledger_party_state(o->ledger, one, "active", NULL, "test", NULL));
    derive(o);
    duty_is(o, key, "open 2026-05-13");
    g_assert_true(ledger_ballot_cancel(o->ledger, "b2@x", "test", NULL, NULL));
    derive(o);
    duty_is(o, KEY("contribution/ballot %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, open, one), "waived 2026-05-14");
}

static void test_year(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    derive(o);
    duty_is(o, "work-report/2026", "open 2026-12-15");
    clock_set(AT("2027-12-20T10:00:00"));
    derive(o);
    duty_is(o, "work-report/2027", "none"); /* begun too late for that year */
}

static void test_absence(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    gint64 zhang = add_party(o, "张三", "zhang@example.cn", "WG1"), li = add_party(o, "李四", "li@example.cn", "WG1"), wang = add_party(o, "王五", "w@example.cn", "WG1");
    gint64 meetings[5];
    for (int i = 0; i < 5; i++) {
        g_autofree char *uid = g_strdup_printf("m%d@x", i), *name = g_strdup_printf("SC27 会议 %d", i), *day = g_strdup_printf("2026-0%d-10", i + 1);
        meetings[i] = add_meeting(o, uid, name, day, day, NULL);
        if (i != 1) /* of the second nobody noted who came */
            take_part(o, meetings[i], wang, "attended");
    }
    take_part(o, meetings[2], li, "excused"); /* with cause (Art. 12(2): without) */
    clock_set(AT("2026-04-01T10:00:00"));
    derive(o);
    duty_is(o, KEY("absence/party %" G_GINT64_FORMAT "/meeting %" G_GINT64_FORMAT, zhang, meetings[2]), "none");
    clock_set(AT("2026-06-01T10:00:00"));
    derive(o);
    derive(o);
    duty_is(o, KEY("absence/party %" G_GINT64_FORMAT "/meeting %" G_GINT64_FORMAT, zhang, meetings[3]), "open never     ");
    duty_is(o, KEY("absence/party %" G_GINT64_FORMAT "/meeting %" G_GINT64_FORMAT, zhang, meetings[4]), "none");
    for (int i = 0; i < 5; i++) {
        duty_is(o, KEY("absence/party %" G_GINT64_FORMAT "/meeting %" G_GINT64_FORMAT, li, meetings[i]), "none");
        duty_is(o, KEY("absence/party %" G_GINT64_FORMAT "/meeting %" G_GINT64_FORMAT, wang, meetings[i]), "none");
    }
}

/* --- documents ---------------------------------------------------------------------------------------------------------- */

static void test_summary(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    static const char *const fields[] = {FIELD("name", "张三"), FIELD("meeting", "SC27第七十次会议"), NULL};
    static const char *const by_dates[] = {FIELD("name", "张三"), FIELD("meeting", "春季会议"), FIELD("meeting_dates", "2026-02-16/2026-02-20"), NULL};
    gint64 zhang = add_party(o, "张三", "zhang@example.cn", "WG1"), li = add_party(o, "李四", "li@example.cn", "WG1");
    gint64 meeting = add_meeting(o, "a@x", "SC27 第七十次会议", "2026-02-16", "2026-02-20", NULL);
    take_part(o, meeting, zhang, "attended");
    take_part(o, meeting, li, "attended");
    derive(o);
    KEY("meeting-summary/meeting %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, meeting, zhang);
    /* From an address that the registry does not know, or nobody verified: it only claims so. */
    gint64 claim = add_document(o, "meeting-summary", "complete", "other@example.cn", fields);
    arrive(o, claim, TRUE);
    duty_is(o, key, "claimed 2026-03-07");
    reject(o, claim);
    duty_is(o, key, "open 2026-03-07");
    arrive(o, add_document(o, "meeting-summary", "complete", "zhang@example.cn", fields), FALSE);
    duty_is(o, key, "claimed 2026-03-07");
    /* His own, verified, with something missing: a person must look. */
    arrive(o, add_document(o, "meeting-summary", "waiting", "zhang@example.cn", fields), TRUE);
    duty_is(o, key, "claimed 2026-03-07");
    /* Li sends what Zhang signed: Li's own duty stays. */
    arrive(o, add_document(o, "meeting-summary", "complete", "li@example.cn", fields), TRUE);
    duty_is(o, key, "claimed 2026-03-07");
    gint64 right = add_document(o, "meeting-summary", "complete", "zhang@example.cn", by_dates);
    arrive(o, right, TRUE);
    duty_is(o, key, "met 2026-03-07");
    arrive(o, right, TRUE); /* read again */
    duty_is(o, key, "met 2026-03-07");
    duty_is(o, KEY("meeting-summary/meeting %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, meeting, li), "open 2026-03-07");
    KEY("meeting-summary/meeting %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, meeting, zhang);
    reject(o, right);
    duty_is(o, key, "open 2026-03-07");
    accept(o, claim);
    duty_is(o, key, "met 2026-03-07");
}

static void test_other_meeting(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    static const char *const fields[] = {FIELD("name", "张三"), FIELD("meeting", "SC42 全体会议"), FIELD("meeting_dates", "2026-01-05/2026-01-09"), NULL};
    gint64 zhang = add_party(o, "张三", "zhang@example.cn", "WG1"), meeting = add_meeting(o, "a@x", "SC27 第七十次会议", "2026-02-16", "2026-02-20", NULL);
    take_part(o, meeting, zhang, "attended");
    derive(o);
    arrive(o, add_document(o, "meeting-summary", "complete", "zhang@example.cn", fields), TRUE);
    duty_is(o, KEY("meeting-summary/meeting %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, meeting, zhang), "open 2026-03-07");
}

static void test_contribution(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    static const char *const fields[] = {FIELD("document_number", "ISO/IEC  CD 27090"), FIELD("commenter", "CN-007"), NULL};
    gint64 zhang = add_party(o, "张三", "zhang@example.cn", "WG1");
    gint64 one = add_ballot(o, "b1@x", "ISO/IEC CD 27090", AT("2026-05-20T23:59:59"), NULL), two = add_ballot(o, "b2@x", "ISO/IEC CD 27091", AT("2026-05-01T23:59:59"), NULL);
    derive(o);
    arrive(o, add_document(o, "contribution", "complete", "zhang@example.cn", fields), TRUE);
    duty_is(o, KEY("contribution/ballot %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, one, zhang), "met 2026-05-13");
    duty_is(o, KEY("contribution/ballot %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, two, zhang), "open 2026-04-24");
}

static void test_completion(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    g_autoptr(GError) error = NULL;
    gint64 first = add_document(o, "withdrawal", "waiting", "zhang@example.cn", NULL);
    gint64 entry = ledger_entry_by_reference(o->ledger, "T-2026-0001");
    g_assert_true(duties_settled(o->ledger, o->conf, entry, TRUE, &error) && duties_settled(o->ledger, o->conf, entry, TRUE, &error));
    duty_is(o, KEY("completion/entry %" G_GINT64_FORMAT "/1", entry), "open 2026-03-12");
    g_assert_true(ledger_entry_settle(o->ledger, entry, "complete", &error));
    LedgerDocument document = {.id = first, .entry = entry, .message = 1, .path = "2", .mime = "text/plain", .status = "read", .kind = "withdrawal",
                               .state = "complete", .confidence = 1};
    g_assert_true(ledger_document_put(o->ledger, &document, &first, &error) && ledger_entry_settle(o->ledger, entry, "complete", &error));
    g_assert_true(duties_settled(o->ledger, o->conf, entry, TRUE, &error));
    duty_is(o, key, "met 2026-03-12");
    /* Asked a second time, another duty. */
    document.state = "waiting";
    g_assert_true(ledger_document_put(o->ledger, &document, &first, &error) && ledger_entry_settle(o->ledger, entry, "complete", &error));
    g_assert_true(duties_settled(o->ledger, o->conf, entry, TRUE, &error));
    duty_is(o, KEY("completion/entry %" G_GINT64_FORMAT "/2", entry), "open 2026-03-12");
    g_assert_no_error(error);
}

/* --- the registry --------------------------------------------------------------------------------------------------------- */

static void show_party(const LedgerParty *party, gpointer user)
{
    *(char **)user = g_strdup_printf("%s|%s|%s|%s|%s|%s", party->name, party->organisation, party->address, party->working_groups, party->origin, party->state);
}

static void party_is(Office *o, gint64 id, const char *text)
{
    g_autofree char *shown = NULL;
    ledger_party_get(o->ledger, id, show_party, &shown, NULL);
    g_assert_cmpstr(shown, ==, text);
}

static void test_application(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    static const char *const fields[] = {FIELD("name", "温若岚"), FIELD("employer", "南屏研究所"), FIELD("email", "Wen@example.cn"), "working_groups", "[\"WG1\",\"WG3\"]",
                                         "WG1, WG3", NULL};
    static const char *const registration[] = {FIELD("name", "温若岚"), FIELD("employer", "南屏研究所"), FIELD("meeting", "SC27 第七十次会议"), NULL};
    static const char *const withdrawal[] = {FIELD("name", "温若岚"), NULL};
    static const char *const part[] = {FIELD("name", "温若岚"), "working_groups", "[\"WG1\"]", "WG1", NULL};
    accept(o, add_document(o, "expert-application", "complete", "wen@example.cn", fields));
    gint64 wen = ledger_party_by_address(o->ledger, "wen@EXAMPLE.cn");
    party_is(o, wen, "温若岚|南屏研究所|wen@example.cn|WG1 WG3|accepted|active");
    gint64 meeting = add_meeting(o, "a@x", "SC27 第七十次会议", "2026-04-13", "2026-04-17", NULL);
    gint64 form = add_document(o, "meeting-registration", "complete", "wen@example.cn", registration);
    accept(o, form);
    derive(o);
    KEY("meeting-summary/meeting %" G_GINT64_FORMAT "/party %" G_GINT64_FORMAT, meeting, wen);
    duty_is(o, key, "open 2026-05-02");
    reject(o, form);
    derive(o);
    duty_is(o, key, "waived 2026-05-02");
    accept(o, form);
    derive(o);
    duty_is(o, key, "open 2026-05-02");
    accept(o, add_document(o, "withdrawal", "complete", "wen@example.cn", part));
    party_is(o, wen, "温若岚|南屏研究所|wen@example.cn|WG3|accepted|active");
    gint64 leaves = add_document(o, "withdrawal", "complete", "wen@example.cn", withdrawal);
    accept(o, leaves);
    party_is(o, wen, "温若岚|南屏研究所|wen@example.cn|WG3|accepted|withdrawn");
    duty_is(o, key, "waived 2026-05-02");
    reject(o, leaves);
    party_is(o, wen, "温若岚|南屏研究所|wen@example.cn|WG3|accepted|active");
    duty_is(o, key, "open 2026-05-02");
}

static void test_change(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    static const char changes[] = "[{\"item\":\"工作单位\",\"before\":\"某研究所\",\"after\":\"北桥大学\"},{\"item\":\"E-mail\",\"before\":\"\",\"after\":\"new@example.cn\"},"
                                  "{\"item\":\"所属工作组\",\"before\":\"WG1\",\"after\":\"SC27/WG2、WG 5\"}]";
    static const char *const fields[] = {FIELD("name", "张三"), "changes", changes, "…", NULL};
    gint64 zhang = add_party(o, "张三", "zhang@example.cn", "WG1");
    accept(o, add_document(o, "information-change", "complete", "zhang@example.cn", fields));
    party_is(o, zhang, "张三|北桥大学|new@example.cn|WG2 WG5|hand|active");
}

static void test_merge(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    g_autoptr(GError) error = NULL;
    LedgerPut put;
    gint64 first = add_party(o, "张伟", "wei1@example.cn", NULL), id = 0;
    g_assert_cmpint(add_party(o, "张伟", "wei2@example.cn", NULL), !=, first); /* namesakes in one house */
    gboolean several;
    g_assert_cmpint(ledger_party_by_name(o->ledger, "张伟", NULL, &several), ==, 0);
    g_assert_true(several);
    gint64 bare = add_party(o, "李 娜", NULL, NULL);
    LedgerParty same = {.name = "李娜", .organisation = "某 研究所", .address = "na@example.cn", .phone = "010-1"};
    g_assert_true(ledger_party_put(o->ledger, &same, "test", &id, &put, &error));
    g_assert_cmpint(id, ==, bare);
    g_assert_cmpint(put, ==, PUT_CHANGED);
    g_assert_true(ledger_party_put(o->ledger, &same, "test", &id, &put, &error));
    g_assert_cmpint(put, ==, PUT_SAME);
    LedgerParty taken = {.id = bare, .address = "WEI1@example.cn"};
    g_assert_false(ledger_party_put(o->ledger, &taken, "test", NULL, NULL, &error));
    g_assert_error(error, FAILURE, FAILURE_DATA);
}

/* --- a person's word ------------------------------------------------------------------------------------------------------ */

static void test_by_hand(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    DutyByHand duty = {.what = "research-report", .name = "张三", .address = "Zhang@example.cn", .due = AT("2026-04-01T23:59:59")};
    static const char *const fields[] = {FIELD("title_zh", "某专题研究"), NULL};
    g_assert_true(duties_add(o->ledger, &duty, "clerk", &id, &error));
    g_assert_true(duties_hold(o->ledger, id, TRUE, "出差", "clerk", &error));
    g_assert_false(duties_hold(o->ledger, id, TRUE, "again", "clerk", NULL));
    g_assert_true(duties_hold(o->ledger, id, FALSE, NULL, "clerk", &error));
    g_assert_false(duties_waive(o->ledger, id, "", "clerk", NULL)); /* never without a reason */
    arrive(o, add_document(o, "research-report", "complete", "zhang@example.cn", fields), TRUE);
    g_assert_false(duties_waive(o->ledger, id, "too late: it is met", "clerk", &error));
    g_assert_error(error, FAILURE, FAILURE_DATA);
}

static void count_line(G_GNUC_UNUSED const AccountLine *line, gpointer user)
{
    ++*(guint *)user;
}

/* The state of LETTER, and how many letters the secretariat's account calls held. */
static void letter_is(Office *o, gint64 letter, const char *state, guint held)
{
    guint count = 0;
    g_autoptr(LedgerLetter) row = ledger_letter_get(o->ledger, letter, NULL);
    g_assert_cmpstr(row->state, ==, state);
    g_assert_true(ledger_account(o->ledger, ACCOUNT_HELD, 0, count_line, &count, NULL));
    g_assert_cmpuint(count, ==, held);
}

/* A reminder that waits while the mail server is away says nothing true any more when all it is about has come. */
static void test_overtaken(Office *o, G_GNUC_UNUSED gconstpointer settings)
{
    g_autoptr(GError) error = NULL;
    gint64 one = 0, other = 0;
    DutyByHand duty = {.what = "research-report", .name = "张三", .address = "zhang@example.cn", .due = AT("2026-04-01T23:59:59")};
    g_assert_true(duties_add(o->ledger, &duty, "clerk", &one, &error) && duties_add(o->ledger, &duty, "clerk", &other, &error));
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
    LedgerLetter letter = {.kind = (char *)"reminder", .state = (char *)"queued", .recipient = (char *)"zhang@example.cn", .message_id = (char *)"1@x",
                           .subject = (char *)"x", .bytes = bytes, .created = clock_now(), .next_try = clock_now(), .duty = one};
    g_assert_true(ledger_letter_add(o->ledger, &letter, "clock", &error));
    LedgerReminder first = {one, "due", clock_now(), clock_now(), letter.id, NULL}, second = {other, "due", clock_now(), clock_now(), letter.id, NULL};
    g_assert_true(ledger_reminder_add(o->ledger, &first, &error) && ledger_reminder_add(o->ledger, &second, &error));
    g_assert_true(duties_meet(o->ledger, one, "by post", "clerk", &error));
    letter_is(o, letter.id, "queued", 0); /* it is about the other one, too */
    g_assert_true(duties_waive(o->ledger, other, "ill", "clerk", &error));
    letter_is(o, letter.id, "held", 0);
    g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add(name, Office, "", begin, function, end)
    TEST("/derive/meeting", test_meeting);
    TEST("/derive/history", test_history);
    TEST("/derive/ballot", test_ballot);
    TEST("/derive/year", test_year);
    TEST("/derive/absence", test_absence);
    TEST("/arrive/summary", test_summary);
    TEST("/arrive/other meeting", test_other_meeting);
    TEST("/arrive/contribution", test_contribution);
    TEST("/arrive/completion", test_completion);
    TEST("/registry/application", test_application);
    TEST("/registry/change", test_change);
    TEST("/registry/merge", test_merge);
    TEST("/hand", test_by_hand);
    TEST("/overtaken", test_overtaken);
    return g_test_run();
}
