// links: src/letters/*.c src/send/address.c src/conf/*.c src/ledger/*.c src/base/*.c; libs: glib-2.0 gio-2.0 sqlite3 jansson libseccomp
#include "ledger/alarms.h"
#include "ledger/entries.h"
#include "ledger/parties.h"
#include "letters/caps.h"
#include "letters/language.h"
#include "letters/say.h"
#include "letters_test.h"

static const char *caps_of(Ledger *ledger, const Conf *conf, const char *address, gint64 now)
{
    gboolean flood;
    return caps_check(ledger, conf, &(LetterOrder){.kind = "acknowledgement", .recipient = address}, now, &flood);
}

static void test_caps(void)
{
    g_autoptr(Conf) conf = conf_with("[letters]\nper_address_per_day=2\nper_entry_per_day=2\nbreaker_per_hour=3\n");
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_build_filename(folder, "caps.db", NULL);
    g_autoptr(Ledger) ledger = ledger_open(file, LEDGER_CREATE, &error);
    g_assert_no_error(error);
    gint64 now = clock_now();
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
    g_assert_null(caps_of(ledger, conf, "a@x.example", now));
    for (guint i = 0; i < 3; i++) {
        g_autofree char *id = g_strdup_printf("<%u@x.example>", i);
        LedgerLetter letter = {.kind = (char *)"acknowledgement", .state = (char *)"queued", .message_id = id, .subject = (char *)"s",
                               .recipient = (char *)(i < 2 ? "a@x.example" : "b@x.example"), .bytes = bytes, .created = now};
        g_assert_true(ledger_begin(ledger, NULL));
        g_assert_true(ledger_letter_add(ledger, &letter, "intake", &error));
        g_assert_true(ledger_commit(ledger, NULL));
        const char *why = caps_of(ledger, conf, "a@x.example", now);
        if (i == 0)
            g_assert_null(why);
        else
            assert_in(why, i == 1 ? "per_address_per_day" : "breaker_per_hour");
    }
    g_assert_null(caps_of(ledger, conf, "b@x.example", now + G_GINT64_CONSTANT(3601) * G_USEC_PER_SEC));
}

/* --- posting ---------------------------------------------------------------------------------------------------------- */

typedef struct {
    Conf *conf;
    Ledger *ledger;
    Templates *templates;
    gint64 letter;
    Posted posted;
} Desk;

static Desk *desk_with(const char *settings)
{
    static guint n;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strdup_printf("post%u.db", n++), *file = g_build_filename(folder, name, NULL);
    Desk *desk = g_new0(Desk, 1);
    desk->conf = conf_with(settings);
    desk->templates = shipped();
    desk->ledger = ledger_open(file, LEDGER_CREATE, &error);
    g_assert_no_error(error);
    g_assert_true(ledger_begin(desk->ledger, NULL));
    return desk;
}

static void desk_free(Desk *desk)
{
    ledger_rollback(desk->ledger);
    ledger_close(desk->ledger);
    templates_free(desk->templates);
    conf_free(desk->conf);
    g_free(desk);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Desk, desk_free)

static LedgerLetter *post(Desk *desk, const LetterOrder *order)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(letter_post(desk->ledger, desk->templates, order, desk->conf, "clock", &desk->letter, &desk->posted, &error));
    g_assert_no_error(error);
    return desk->letter ? ledger_letter_get(desk->ledger, desk->letter, NULL) : NULL;
}

static LetterOrder notice_to(const char *address)
{
    static SayNotice notice = {"disk", "almost full", RECEIVED, 0};
    return (LetterOrder){.kind = "notice", .form = LETTER_FULL, .recipient = address, .add_facts = say_notice, .user = &notice};
}

static void count_alarm(gpointer alarm, gpointer user)
{
    *(guint *)user += g_str_equal(((LedgerAlarm *)alarm)->name, LETTERS_STOPPED);
}

static void test_settings_decide(void)
{
    g_autoptr(Desk) desk = desk_with("[letters]\nnotice=hold\nreminder=never\n");
    LetterOrder order = notice_to("boss@x.example");
    g_autoptr(LedgerLetter) held = post(desk, &order);
    g_assert_cmpint(desk->posted, ==, POSTED_HELD);
    g_assert_cmpstr(held->state, ==, "held");
    order.kind = "reminder";
    order.add_facts = NULL;
    g_assert_null(post(desk, &order));
    g_assert_cmpint(desk->posted, ==, POSTED_NEVER);
    order = notice_to("boss@x.example");
    order.kind = "digest";
    order.hold = "the ledger was restored";
    order.add_facts = NULL;
    g_autoptr(LedgerLetter) told = post(desk, &order);
    g_assert_cmpstr(told->reason, ==, "the ledger was restored");
}

/* Letters that answer nothing go to nobody whom no answer would go to either. */
static void test_silent_addresses(void)
{
    static const char *const silent[] = {"office@committee.example", "INTAKE@committee.example", "work@committee.example", "no-reply@x.example",
                                         "MAILER-DAEMON@x.example", "experts-request@lists.example", "owner-x@lists.example", "a b@x.example", ""};
    g_autoptr(Desk) desk = desk_with("");
    for (guint i = 0; i < G_N_ELEMENTS(silent); i++) {
        LetterOrder order = notice_to(silent[i]);
        g_assert_null(post(desk, &order));
        g_assert_cmpint(desk->posted, ==, POSTED_NEVER);
    }
    g_assert_cmpint(ledger_count(desk->ledger, "letters"), ==, 0);
}

/* The breaker holds everything, raises one alarm, and lets the notice of it through. */
static void test_breaker(void)
{
    g_autoptr(Desk) desk = desk_with("[letters]\nbreaker_per_hour=2\n");
    LetterOrder order = {.kind = "reply", .form = LETTER_FULL, .recipient = "a@x.example", .by_person = TRUE};
    for (guint i = 0; i < 5; i++) {
        g_autoptr(LedgerLetter) letter = post(desk, &order);
        g_assert_cmpint(desk->posted, ==, i < 2 ? POSTED_QUEUED : POSTED_HELD);
    }
    g_autoptr(GPtrArray) alarms = ledger_alarms(desk->ledger, NULL);
    guint stopped = 0;
    g_ptr_array_foreach(alarms, count_alarm, &stopped);
    g_assert_cmpuint(stopped, ==, 1);
    LetterOrder notice = notice_to("boss@x.example");
    g_autoptr(LedgerLetter) letter = post(desk, &notice);
    g_assert_cmpint(desk->posted, ==, POSTED_QUEUED);
}

/* What a person writes is his own affair: the caps of address and entry are for programs. */
static void test_persons_are_not_capped(void)
{
    g_autoptr(Desk) desk = desk_with("[letters]\nper_address_per_day=1\n");
    LetterOrder order = {.kind = "reply", .form = LETTER_FULL, .recipient = "a@x.example", .by_person = TRUE};
    for (guint i = 0; i < 2; i++) {
        g_autoptr(LedgerLetter) letter = post(desk, &order);
        g_assert_cmpint(desk->posted, ==, POSTED_QUEUED);
        g_autofree char *text = g_strndup(g_bytes_get_data(letter->bytes, NULL), g_bytes_get_size(letter->bytes));
        g_assert_null(strstr(text, "Auto-Submitted"));
    }
    order.by_person = FALSE;
    g_autoptr(LedgerLetter) letter = post(desk, &order);
    g_assert_cmpint(desk->posted, ==, POSTED_HELD);
    g_autofree char *text = g_strndup(g_bytes_get_data(letter->bytes, NULL), g_bytes_get_size(letter->bytes));
    assert_in(text, "Auto-Submitted: auto-generated\r\n");
}

/* The words of a person take the place of the template's; his subject too. */
static void test_edited(void)
{
    g_autoptr(Desk) desk = desk_with("");
    LetterOrder order = {.kind = "return", .form = LETTER_FULL, .recipient = "a@x.example", .by_person = TRUE, .name = "张三",
                         .edited = "王老师：\n\n   详见附件\x1b[31m\n<b>完</b>\n", .edited_subject = "关于材料的函\r\nBcc: x@y.example"};
    g_autoptr(LedgerLetter) letter = post(desk, &order);
    g_autofree char *text = mime_text_of(letter->bytes, "plain"), *html = mime_text_of(letter->bytes, "html");
    g_assert_cmpstr(text, ==, "王老师：\n\n   详见附件 [31m\n<b>完</b>\n");
    assert_in(html, "&lt;b&gt;完&lt;/b&gt;");
    g_assert_null(strchr(letter->subject, '\n'));
    order.edited_subject = NULL;
    g_autoptr(LedgerLetter) plain = post(desk, &order);
    g_assert_true(g_str_has_prefix(plain->subject, "材料补正通知"));
}

static void test_file(void)
{
    g_autoptr(Desk) desk = desk_with("");
    g_autoptr(GBytes) bytes = g_bytes_new_static("BEGIN:VCALENDAR\r\n", 17);
    LetterFile file = {"deadline.ics", "text/calendar; method=PUBLISH; charset=utf-8", bytes};
    LetterOrder order = notice_to("boss@x.example");
    order.file = &file;
    g_autoptr(LedgerLetter) letter = post(desk, &order);
    g_autofree char *text = g_strndup(g_bytes_get_data(letter->bytes, NULL), g_bytes_get_size(letter->bytes));
    assert_in(text, "Content-Type: multipart/mixed; boundary=");
    assert_in(text, "Content-Disposition: attachment; filename=\"deadline.ics\"\r\n");
    assert_in(text, "\r\n\r\nQkVHSU46VkNBTEVOREFSDQo=\r\n");
}

/* --- languages --------------------------------------------------------------------------------------------------------- */

static void test_languages(void)
{
    static const struct {
        const char *setting, *subject, *name, *expected;
    } cases[] = {
        {"both", "专家申请", "张三", "both"},     {"en", "专家申请", "张三", "en"},
        {"sender", "专家申请", "Zhang", "zh"},    {"sender", "Comments on the draft", "John Smith", "en"},
        {"sender", "Re: CD 27090", "张三", "zh"}, {"sender", "27090", NULL, "both"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *settings = g_strdup_printf("[letters]\nlanguage=%s\n", cases[i].setting);
        g_autoptr(Desk) desk = desk_with(settings);
        LetterOrder order = {.kind = "reply", .recipient = "a@x.example", .subject = cases[i].subject, .name = cases[i].name};
        g_assert_cmpstr(letter_language(desk->ledger, &order, desk->conf), ==, cases[i].expected);
    }
}

/* What is noted of a party goes before settings and mail; of an entry, before that. */
static void test_noted_languages(void)
{
    g_autoptr(Desk) desk = desk_with("[letters]\nlanguage=sender\n");
    g_autoptr(GError) error = NULL;
    LedgerParty party = {.name = "Smith", .address = "a@x.example", .language = "zh", .origin = "hand", .state = "active"};
    g_assert_true(ledger_party_put(desk->ledger, &party, "test", NULL, NULL, &error));
    g_assert_no_error(error);
    LetterOrder order = {.kind = "reply", .recipient = "A@x.example", .subject = "Comments on the draft", .name = "John Smith"};
    g_assert_cmpstr(letter_language(desk->ledger, &order, desk->conf), ==, "zh");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("shouwen-letters-XXXXXX", NULL);
    g_test_add_func("/letters/caps", test_caps);
    g_test_add_func("/letters/settings-decide", test_settings_decide);
    g_test_add_func("/letters/silent-addresses", test_silent_addresses);
    g_test_add_func("/letters/breaker", test_breaker);
    g_test_add_func("/letters/persons-are-not-capped", test_persons_are_not_capped);
    g_test_add_func("/letters/edited", test_edited);
    g_test_add_func("/letters/file", test_file);
    g_test_add_func("/letters/languages", test_languages);
    g_test_add_func("/letters/noted-languages", test_noted_languages);
    return run_tests();
}
