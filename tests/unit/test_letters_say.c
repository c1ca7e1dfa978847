// links: src/letters/*.c src/send/address.c src/conf/*.c src/ledger/*.c src/base/*.c; libs: glib-2.0 gio-2.0 sqlite3 jansson libseccomp
#include "base/limits.h"
#include "ledger/entries.h"
#include "letters/about.h"
#include "letters/say.h"
#include "letters_test.h"

#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

/* The text of a letter of KIND in LANGUAGE, with the facts that ADD gives. */
static char *text_of(const char *kind, const char *language, void (*add)(Facts *, const LetterVoice *, gpointer), gpointer user)
{
    g_autoptr(Conf) conf = conf_with("");
    g_autoptr(Templates) templates = shipped();
    g_autoptr(GError) error = NULL;
    LetterOrder order = {.kind = kind, .form = LETTER_FULL, .language = language, .recipient = "a@x.example", .name = "张三",
                         .add_facts = add, .user = user};
    g_autoptr(Letter) letter = letter_write(templates, &order, conf, &error);
    g_assert_no_error(error);
    g_autofree char *text = mime_text_of(letter->bytes, "plain");
    return g_strdup_printf("%s\n%s", letter->subject, text);
}

static void test_reminders(void)
{
    gint64 due = clock_day_end("2026-03-31", 0, "Asia/Shanghai");
    static const struct {
        int days; /* from now to the deadline */
        const char *zh, *en;
    } cases[] = {
        {7, "将于2026年3月31日到期，距今还有 7 天", "due on 31 March 2026, 7 days from now"},
        {1, "距今还有 1 天", "31 March 2026, 1 day from now"},
        {0, "今日到期", "due today"},
        {-3, "逾期 3 天", "31 March 2026, 3 days ago"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        SayDuty duty = {.what = "meeting-summary", .person = "张三", .why_zh = "会后应交总结", .why_en = "due after meetings", .article = "25",
                        .due = due, .now = due - cases[i].days * DAY - DAY / 3};
        g_autofree char *zh = text_of("reminder", "zh", say_duty, &duty), *en = text_of("reminder", "en", say_duty, &duty);
        assert_in(zh, cases[i].zh);
        assert_in(zh, "第二十五条");
        assert_in(zh, "应交材料：参会工作总结");
        assert_in(zh, "事由：会后应交总结");
        assert_in(en, cases[i].en);
        assert_in(en, "Article 25");
        g_assert_null(strstr(en, "会后"));
    }
}

static void test_articles(void)
{
    static const char *const cases[][2] = {{"9", "第九条"}, {"10", "第十条"}, {"18", "第十八条"}, {"20", "第二十条"}, {"28", "第二十八条"}, {"12(1)", "第12(1)条"}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        SayDuty duty = {.what = "other", .article = cases[i][0], .due = RECEIVED, .now = RECEIVED};
        g_autofree char *text = text_of("escalation", "zh", say_duty, &duty);
        assert_in(text, cases[i][1]);
        assert_in(text, "有关材料");
    }
}

/* A list that is too long is cut, and the letter says how many it leaves out. */
static void test_digest(void)
{
    g_autoptr(GArray) overdue = g_array_new(FALSE, FALSE, sizeof(SayLine));
    for (guint i = 0; i < LIMIT_LETTER_LINES_LISTED + 7; i++) {
        SayLine line = {.person = "李四\r\nBcc: x", .what = "work-report", .due = RECEIVED - 2 * DAY};
        g_array_append_val(overdue, line);
    }
    SayDigest digest = {.since = RECEIVED - DAY, .now = RECEIVED, .arrived = 3, .overdue = overdue, .head = HASH_A, .event = 12};
    g_autofree char *text = text_of("digest", "zh", say_digest, &digest);
    g_assert_cmpuint(count(text, "李四"), ==, LIMIT_LETTER_LINES_LISTED);
    assert_in(text, "逾期 47");
    assert_in(text, "另有 7 项未列出");
    assert_in(text, "工作报告（期限2026年3月3日，逾期 2 天）");
    assert_in(text, HASH_A);
    g_assert_null(strstr(text, "【新收来件】"));
    g_assert_null(strstr(text, "\nBcc"));
}

static GArray *one_line(SayLine line)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(SayLine));
    return g_array_append_val(list, line);
}

/* Why something waits is said in the letter's language; what the office owes itself bears its name; a server's words stay. */
static void test_digest_reasons(void)
{
    g_autoptr(GArray) waiting = one_line((SayLine){.what = "reach", .address = "x@y.example", .reason = "信件被退回：5.1.1", .reason_en = "a letter came back: 5.1.1"});
    g_autoptr(GArray) held = one_line((SayLine){.address = "a@x.example", .subject = "回执", .reason = "letters of this kind are released by a person"});
    g_autoptr(GArray) failed = one_line((SayLine){.address = "b@x.example", .subject = "回执", .reason = "550 no such user"});
    g_autoptr(GArray) fresh = one_line((SayLine){.reference = "SC27-2026-0001", .person = "李四", .reason = "review"});
    g_autoptr(GArray) overdue = one_line((SayLine){.what = "work-report", .due = RECEIVED - 2 * DAY});
    g_autoptr(GArray) alarms = one_line((SayLine){.what = "fetch work", .reason = "mailbox work was last read 2 h ago", .instant = RECEIVED});
    g_autoptr(GArray) review = one_line((SayLine){.reference = "SC27-2026-0001", .person = "李四", .subject = "申请", .reason = "review"});
    g_autoptr(GArray) mailboxes = one_line((SayLine){.what = "work"});
    SayDigest digest = {.since = RECEIVED - DAY, .now = RECEIVED, .fresh = fresh, .waiting = waiting, .held = held, .failed = failed, .overdue = overdue,
                        .alarms = alarms, .mailboxes = mailboxes, .head = HASH_A, .event = 12};
    g_autofree char *zh = text_of("digest", "zh", say_digest, &digest), *en = text_of("digest", "en", say_digest, &digest);
    assert_in(zh, "此类函件须由工作人员放行");
    assert_in(zh, "550 no such user");
    assert_in(zh, "信件被退回：5.1.1");
    assert_in(zh, "［告警］邮箱长时间未能收取：work");
    assert_in(zh, "work：尚未成功收取");
    assert_in(en, "a letter came back: 5.1.1");
    assert_in(en, "[Alarm] mailbox work was last read 2 h ago");
    g_assert_null(strstr(en, "信件被退回"));
    g_assert_null(strstr(zh, "\n   　"));
    digest.waiting = review;
    g_autofree char *reviewed = text_of("digest", "zh", say_digest, &digest);
    assert_in(reviewed, "待秘书处审阅");
}

static void test_notice(void)
{
    SayNotice notice = {"fetch work", "no answer", RECEIVED, 0};
    g_autofree char *began = text_of("notice", "zh", say_notice, &notice), *in_english = text_of("notice", "en", say_notice, &notice);
    assert_in(began, "【收文系统告警】邮箱长时间未能收取：work");
    assert_in(began, "授权码");
    assert_in(in_english, "mailbox not read: work");
    assert_in(in_english, "no answer");
    notice.over = RECEIVED + DAY;
    g_autofree char *over = text_of("notice", "zh", say_notice, &notice);
    assert_in(over, "【收文系统恢复通知】邮箱长时间未能收取：work");
    g_assert_null(strstr(over, "授权码"));
    notice.alarm = "flux capacitor";
    g_autofree char *unknown = text_of("notice", "zh", say_notice, &notice);
    assert_in(unknown, "flux capacitor");
    assert_in(unknown, "no answer");
    assert_in(over, "恢复时间：2026年3月6日 10:21");
}

/* --- the documents of an entry --------------------------------------------------------------------------------------- */

typedef struct {
    Ledger *ledger;
    gint64 entry;
    guint n;
} Office;

static gint64 add_message(Office *office, const char *sender, const char *auth, gboolean stranger)
{
    FrameInfo info = {.source = "m", .uidvalidity = 1, .uid = ++office->n, .length = 10};
    info.sha256[0] = (guint8)office->n;
    gint64 message;
    gboolean is_new;
    g_assert_true(ledger_arrival_add(office->ledger, &info, (FramePlace){1, 100 * office->n}, FALSE, &message, &is_new, NULL));
    g_autofree char *id = g_strdup_printf("<%u@x.example>", office->n);
    MessageFacts facts = {.route = "submission", .message_id = id, .sender_address = sender, .auth = auth, .stranger = stranger, .entry = office->entry};
    g_assert_true(ledger_message_done(office->ledger, message, &facts, NULL));
    return message;
}

static gint64 add_paper(Office *office, gint64 message, const char *filename, const char *state, const char *rule)
{
    gint64 id;
    LedgerDocument document = {.entry = office->entry, .message = message, .path = filename, .filename = filename, .mime = "x", .status = "read",
                               .kind = "withdrawal", .state = state};
    g_assert_true(ledger_document_put(office->ledger, &document, &id, NULL));
    LedgerFinding finding = {.document = id, .rule = rule, .severity = "error", .zh = "中文意见", .en = "English remark"};
    g_assert_true(ledger_finding_add(office->ledger, office->entry, message, &finding, NULL));
    return id;
}

static void open_office(Office *office)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strdup_printf("say%d.db", g_random_int_range(0, 1 << 30)), *file = g_build_filename(folder, name, NULL);
    office->ledger = ledger_open(file, LEDGER_CREATE, &error);
    g_assert_no_error(error);
    g_assert_true(ledger_begin(office->ledger, NULL));
    LedgerEntry entry = {.year = 2026, .state = "waiting", .sender_name = "张三", .sender_address = "a@x.example", .subject = "申请", .received = RECEIVED,
                         .created = RECEIVED};
    int number;
    g_autofree char *reference = ledger_entry_new(office->ledger, &entry, "SC27", 4, 0, &office->entry, &number, &error);
    g_assert_no_error(error);
}

static void test_papers(void)
{
    Office office = {0};
    open_office(&office);
    gint64 own = add_message(&office, "a@x.example", "pass", FALSE);
    gint64 other = add_message(&office, "else@y.example", "pass", TRUE);
    add_paper(&office, own, "退出申请.docx", "waiting", "field-missing");
    add_paper(&office, own, "旧版.docx", "closed", "superseded");
    add_paper(&office, own, "绝密.docx", "review", "classified-marking");
    add_paper(&office, other, "别人的.docx", "review", "field-missing");
    SayPapers papers = {.ledger = office.ledger, .entry = office.entry, .reason = "第一点。\n\n 第二点。\n"};
    g_autofree char *zh = text_of("return", "zh", say_papers, &papers), *en = text_of("status", "en", say_papers, &papers);
    assert_in(zh, "1. 退出申请.docx\n   类别：退出申请\n   状态：待补正\n   ［须补正］中文意见\n      办理方法：在原表该栏补填后");
    assert_in(zh, "2. 材料\n   状态：待秘书处审阅\n");
    assert_in(zh, "　　第一点。\n　　第二点。\n");
    assert_in(en, "State: waiting for your corrections");
    assert_in(en, "[To be corrected] English remark");
    static const char *const never[] = {"绝密", "旧版", "别人"};
    for (guint i = 0; i < G_N_ELEMENTS(never); i++) {
        g_assert_null(strstr(zh, never[i]));
        g_assert_null(strstr(en, never[i]));
    }
    ledger_rollback(office.ledger);
    ledger_close(office.ledger);
}

static void test_about(void)
{
    Office office = {0};
    g_autoptr(GError) error = NULL;
    open_office(&office);
    add_message(&office, "a@x.example", "none", FALSE);
    add_message(&office, "else@y.example", "pass", TRUE);
    LetterOrder order = {.kind = "reply"};
    g_autoptr(LetterAbout) about = letter_about(office.ledger, office.entry, &order, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(order.recipient, ==, "a@x.example");
    g_assert_cmpstr(order.reference, ==, "SC27-2026-0001");
    g_assert_cmpint(order.form, ==, LETTER_MINIMAL);
    g_assert_cmpint(order.received, ==, RECEIVED);
    g_assert_cmpstr(order.thread[0], ==, "<1@x.example>");
    g_assert_null(order.thread[1]); /* a stranger's mail is not answered */
    add_message(&office, "a@x.example", "pass", FALSE);
    g_autoptr(LetterAbout) verified = letter_about(office.ledger, office.entry, &order, &error);
    g_assert_cmpint(order.form, ==, LETTER_FULL);
    g_assert_null(letter_about(office.ledger, 99, &order, &error));
    g_assert_error(error, FAILURE, FAILURE_NOINPUT);
    ledger_rollback(office.ledger);
    ledger_close(office.ledger);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("shouwen-letters-XXXXXX", NULL);
    g_test_add_func("/letters-say/reminders", test_reminders);
    g_test_add_func("/letters-say/articles", test_articles);
    g_test_add_func("/letters-say/digest", test_digest);
    g_test_add_func("/letters-say/digest-reasons", test_digest_reasons);
    g_test_add_func("/letters-say/notice", test_notice);
    g_test_add_func("/letters-say/papers", test_papers);
    g_test_add_func("/letters-say/about", test_about);
    return run_tests();
}
