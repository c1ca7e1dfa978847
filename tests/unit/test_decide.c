// links: src/decide/act.c src/decide/arrange.c src/decide/correct.c src/decide/decide.c src/decide/letter.c src/decide/values.c src/letters/*.c src/send/address.c src/ledger/*.c src/conf/*.c src/door/record_new.c src/base/*.c; libs: glib-2.0 gio-2.0 sqlite3 jansson libseccomp; flags: -lm
#include "decide/decide.h"
#include "decide/values.h"
#include "duties/duties.h"
#include "ledger/changes.h"
#include "ledger/listing.h"
#include "ledger_test.h"

/* --- what duties are told, instead of src/duties ---------------------------------------------------------------------- */

static GString *told;

static gboolean tell(const char *what, gint64 id, const char *actor)
{
    g_string_append_printf(told, "%s %" G_GINT64_FORMAT "%s%s; ", what, id, actor ? " by " : "", actor ? actor : "");
    return TRUE;
}

gboolean duties_accepted(G_GNUC_UNUSED Ledger *ledger, G_GNUC_UNUSED const Conf *conf, gint64 document, const char *actor,
                         G_GNUC_UNUSED GError **error)
{
    return tell("accepted", document, actor);
}

gboolean duties_rejected(G_GNUC_UNUSED Ledger *ledger, G_GNUC_UNUSED const Conf *conf, gint64 document, const char *actor,
                         G_GNUC_UNUSED GError **error)
{
    return tell("rejected", document, actor);
}

gboolean duties_settled(G_GNUC_UNUSED Ledger *ledger, G_GNUC_UNUSED const Conf *conf, gint64 entry, G_GNUC_UNUSED gboolean now_told,
                        G_GNUC_UNUSED GError **error)
{
    return tell("settled", entry, NULL);
}

/* --- fixture ------------------------------------------------------------------------------------------------------------ */

typedef struct {
    Fixture base;
    Conf *conf;
    Templates *templates;
    gint64 entry, message, faulty, complete;
} Desk;

/* An entry with a mail, a document that lacks its statement, and one that lacks nothing. */
static void set_up_desk(Desk *d, gconstpointer settings)
{
    g_autoptr(GError) error = NULL;
    set_up(&d->base, NULL);
    told = g_string_new(NULL);
    g_autofree char *file = g_build_filename(d->base.dir, "shouwen.conf", NULL);
    g_autofree char *text = g_strdup_printf("[office]\naddress = office@committee.example\n%s", settings ? (const char *)settings : "");
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
    d->conf = conf_load(file, &error);
    g_assert_no_error(error);
    d->templates = templates_load("config/letters", &error);
    g_assert_no_error(error);
    Fixture *f = &d->base;
    d->entry = add_entry(f, "review", NOON, 0);
    g_assert_true(ledger_entry_add_address(f->ledger, d->entry, "wen@expert.example", NULL));
    d->message = add_message(f, d->entry, FALSE);
    d->faulty = add_document(f, d->entry, d->message, "2", "expert-application", "review");
    d->complete = add_document(f, d->entry, d->message, "3", "commitment-letter", "complete");
    add_field(f, d->faulty, "name", "温若兰", 0.5);
    add_field(f, d->faulty, "working_groups", "WG1", 0.9);
    add_finding(f, d->entry, d->message, d->faulty, "field-missing", "error", "statement");
    g_assert_true(ledger_entry_settle(f->ledger, d->entry, "review", NULL));
    g_assert_true(ledger_commit(f->ledger, NULL));
}

static void tear_down_desk(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    templates_free(d->templates);
    conf_free(d->conf);
    g_string_free(told, TRUE);
    tear_down(&d->base, NULL);
}

static Decision by(Desk *d, const char *actor, gint64 version)
{
    return (Decision){d->base.ledger, d->conf, d->templates, actor, d->entry, version};
}

static void note_version(const LedgerEntry *entry, gpointer user)
{
    *(gint64 *)user = entry->version;
}

static gint64 version_of(Desk *d)
{
    gint64 version = 0;
    g_assert_true(ledger_entry_get(d->base.ledger, d->entry, note_version, &version, NULL));
    return version;
}

/* "entry document document". */
static void assert_states(Desk *d, const char *expected)
{
    assert_asked(&d->base,
                 "SELECT (SELECT state FROM entries WHERE id = 1) || ' ' || (SELECT group_concat(state, ' ') FROM (SELECT state FROM"
                 " documents ORDER BY id))",
                 expected);
}

static void assert_told(const char *expected)
{
    g_assert_cmpstr(told->str, ==, expected);
    g_string_truncate(told, 0);
}

#define good(CALL)                                                                                                     \
    do {                                                                                                               \
        g_autoptr(GError) failure = NULL;                                                                              \
        gboolean done = CALL;                                                                                          \
        g_assert_no_error(failure);                                                                                    \
        g_assert_true(done);                                                                                           \
    } while (0)
#define refused(CALL, CODE)                                                                                            \
    do {                                                                                                               \
        g_autoptr(GError) failure = NULL;                                                                              \
        gboolean done = CALL;                                                                                          \
        g_assert_error(failure, FAILURE, CODE);                                                                        \
        g_assert_false(done);                                                                                          \
    } while (0)

/* --- accept, return, reject, reopen, close ----------------------------------------------------------------------------- */

static void test_accept(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    good(decide_accept(&wang, d->complete, NULL, &failure));
    assert_states(d, "review review accepted");
    assert_told("accepted 2 by wang; settled 1; ");
    assert_asked(&d->base, "SELECT count(*) FROM letters", "0"); /* something is open still */
    refused(decide_accept(&wang, d->complete, NULL, &failure), FAILURE_DATA);
    refused(decide_accept(&wang, 99, NULL, &failure), FAILURE_NOINPUT);
    good(decide_accept(&wang, 0, NULL, &failure));
    assert_states(d, "accepted accepted accepted");
    assert_told("accepted 1 by wang; settled 1; ");
    assert_asked(&d->base, "SELECT kind || ' ' || recipient || ' ' || state FROM letters", "completion wen@expert.example queued");
    refused(decide_accept(&wang, 0, NULL, &failure), FAILURE_DATA);
    assert_asked(&d->base, "SELECT group_concat(actor || ' ' || verb, ', ') FROM events WHERE verb = 'accept'", "wang accept, wang accept");
    assert_asked(&d->base, "SELECT payload FROM event_payloads p JOIN events e ON e.id = p.event WHERE verb = 'accept' LIMIT 1",
                 "{\"documents\":\"2\"}");
}

static void test_silent(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    DecisionLetter silent = {.silent = TRUE};
    good(decide_accept(&wang, 0, &silent, &failure));
    assert_states(d, "accepted accepted accepted");
    assert_asked(&d->base, "SELECT count(*) FROM letters", "0");
    assert_asked(&d->base, "SELECT count(*) FROM events WHERE verb = 'no-letter'", "1");
}

static void test_return(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    refused(decide_return(&wang, 0, " \n", NULL, &failure), FAILURE_USAGE);
    good(decide_return(&wang, 0, "请补充申请说明。", NULL, &failure));
    assert_states(d, "waiting waiting complete"); /* what lacks nothing need not be sent again */
    g_autofree char *letter = ask(&d->base, "SELECT CAST(bytes AS TEXT) FROM letters WHERE kind = 'return'");
    g_assert_nonnull(letter);
    g_assert_nonnull(strstr(letter, "In-Reply-To: <1@expert.example>"));
    g_assert_null(strstr(letter, "Auto-Submitted"));
    good(decide_return(&wang, d->complete, "请盖章。", NULL, &failure));
    assert_states(d, "waiting waiting waiting");
}

static void test_own_words(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    DecisionLetter words = {.subject = "about your form", .text = "Please call us."};
    g_autoptr(GError) error = NULL;
    g_autoptr(Letter) letter = decide_letter(&wang, "return", 0, "reason", &words, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(letter->subject, ==, "about your form");
    assert_states(d, "review review complete"); /* a preview changes nothing */
    assert_asked(&d->base, "SELECT count(*) FROM letters", "0");
    g_assert_cmpint(version_of(d), ==, version_of(d));
    good(decide_return(&wang, 0, "reason", &words, &failure));
    assert_asked(&d->base, "SELECT subject FROM letters", "about your form");
    g_assert_null(decide_letter(&wang, "close", 0, NULL, NULL, &error));
    g_assert_error(error, FAILURE, FAILURE_USAGE);
}

static void test_reject_and_reopen(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    good(decide_reject(&wang, 0, "不符合第九条。", NULL, &failure));
    assert_states(d, "rejected rejected rejected");
    assert_told("rejected 1 by wang; rejected 2 by wang; settled 1; ");
    assert_asked(&d->base, "SELECT kind FROM letters", "rejection");
    good(decide_reopen(&wang, d->faulty, "误操作", &failure));
    assert_states(d, "review review rejected");
    assert_told("rejected 1 by wang; settled 1; ");
    refused(decide_reopen(&wang, d->faulty, NULL, &failure), FAILURE_DATA);
    good(decide_close(&wang, "不再办理", &failure));
    assert_states(d, "rejected closed rejected");
    refused(decide_close(&wang, NULL, &failure), FAILURE_DATA);
    good(decide_reopen(&wang, 0, NULL, &failure));
    assert_states(d, "review review review");
}

/* A decision stands although nobody can be written to; a return does not. */
static void test_nobody_to_write_to(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    assert_asked(&d->base, "UPDATE messages SET auth = 'fail'", NULL);
    refused(decide_return(&wang, 0, "请补充。", NULL, &failure), FAILURE_DATA);
    assert_states(d, "review review complete");
    g_autoptr(GError) error = NULL;
    g_assert_null(decide_letter(&wang, "accept", 0, NULL, NULL, &error));
    g_assert_error(error, FAILURE, FAILURE_DATA);
    good(decide_accept(&wang, 0, NULL, &failure));
    assert_states(d, "accepted accepted accepted");
    assert_asked(&d->base, "SELECT count(*) FROM letters", "0");
    assert_asked(&d->base, "SELECT count(*) FROM events WHERE verb = 'no-letter'", "1");
}

static void test_letters_off(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    good(decide_accept(&wang, 0, NULL, &failure));
    assert_asked(&d->base, "SELECT count(*) FROM letters", "0");
    assert_states(d, "accepted accepted accepted");
}

static void test_letters_held(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    good(decide_reject(&wang, 0, "x", NULL, &failure));
    assert_asked(&d->base, "SELECT state FROM letters", "held");
}

/* A question without documents. */
static void test_bare_entry(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    g_assert_true(ledger_begin(d->base.ledger, NULL));
    gint64 question = add_entry(&d->base, "review", NOON, 0);
    add_message(&d->base, question, FALSE);
    g_assert_true(ledger_commit(d->base.ledger, NULL));
    Decision wang = by(d, "wang", 0);
    wang.entry = question;
    good(decide_accept(&wang, 0, NULL, &failure));
    assert_asked(&d->base, "SELECT state FROM entries WHERE id = 2", "accepted");
    assert_asked(&d->base, "SELECT count(*) FROM letters", "0"); /* nothing was complete */
    refused(decide_accept(&wang, 0, NULL, &failure), FAILURE_DATA);
    good(decide_reopen(&wang, 0, NULL, &failure));
    good(decide_close(&wang, NULL, &failure));
    assert_asked(&d->base, "SELECT state FROM entries WHERE id = 2", "closed");
    wang.entry = 77;
    refused(decide_accept(&wang, 0, NULL, &failure), FAILURE_NOINPUT);
}

/* What a stranger sent is decided by its own number only. */
static void test_strangers_document(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    g_assert_true(ledger_begin(d->base.ledger, NULL));
    gint64 message = add_message(&d->base, d->entry, TRUE);
    gint64 foreign = add_document(&d->base, d->entry, message, "2", "withdrawal", "review");
    g_assert_true(ledger_commit(d->base.ledger, NULL));
    Decision wang = by(d, "wang", 0);
    good(decide_accept(&wang, 0, NULL, &failure));
    assert_states(d, "accepted accepted accepted review");
    good(decide_reject(&wang, foreign, "x", &(DecisionLetter){.silent = TRUE}, &failure));
    assert_states(d, "accepted accepted accepted rejected");
}

/* --- two people --------------------------------------------------------------------------------------------------------- */

static void test_conflict(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    gint64 shown = version_of(d); /* both look at it */
    Decision wang = by(d, "wang", shown), li = by(d, "li", shown);
    good(decide_return(&wang, 0, "请补充申请说明。", NULL, &failure));
    g_autoptr(GError) error = NULL;
    g_assert_false(decide_accept(&li, 0, NULL, &error));
    g_assert_error(error, FAILURE, FAILURE_CONFLICT);
    g_assert_nonnull(strstr(error->message, "SC27-2026-0001"));
    g_assert_nonnull(strstr(error->message, "wang"));
    assert_states(d, "waiting waiting complete");
    assert_asked(&d->base, "SELECT count(*) FROM events WHERE actor = 'li'", "0");
    li.version = version_of(d);
    good(decide_accept(&li, 0, NULL, &failure));
    /* Each kind of change makes the version seen before an old one. */
    Decision old = by(d, "wang", version_of(d));
    good(decide_comment(&(Decision){d->base.ledger, d->conf, d->templates, "li", d->entry, 0}, "已电话联系", &failure));
    refused(decide_assign(&old, NULL, &failure), FAILURE_CONFLICT);
    old.version = version_of(d);
    good(decide_assign(&(Decision){d->base.ledger, d->conf, d->templates, "li", d->entry, 0}, NULL, &failure));
    refused(decide_comment(&old, "x", &failure), FAILURE_CONFLICT);
    old.version = version_of(d);
    good(decide_correct(&(Decision){d->base.ledger, d->conf, d->templates, "li", d->entry, 0}, d->faulty, "name", "温若岚", &failure));
    refused(decide_attend(&old, &failure), FAILURE_CONFLICT);
}

/* Two connections at the same entry at the same time: one of them is told. */
static void test_two_connections(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Ledger) second = ledger_open(d->base.file, LEDGER_WRITE, &error);
    g_assert_no_error(error);
    gint64 shown = version_of(d);
    Decision wang = by(d, "wang", shown), li = by(d, "li", shown);
    li.ledger = second;
    good(decide_reject(&li, 0, "x", NULL, &failure));
    refused(decide_accept(&wang, 0, NULL, &failure), FAILURE_CONFLICT);
    assert_states(d, "rejected rejected rejected");
}

/* --- corrections -------------------------------------------------------------------------------------------------------- */

static void test_correct(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    good(decide_correct(&wang, d->faulty, "name", " 温 若岚 ", &failure));
    assert_asked(&d->base, "SELECT value || shown || origin || corrected_by || confidence FROM fields WHERE id = 'name'",
                 "\"温若岚\"温若岚personwang0.5");
    assert_asked(&d->base, "SELECT field || was || became || confidence || actor FROM corrections", "name\"温若兰\"\"温若岚\"0.5wang");
    assert_states(d, "review review complete");
    good(decide_correct(&wang, d->faulty, "statement", "本人长期从事密码研究。", &failure));
    assert_asked(&d->base, "SELECT count(*) FROM findings", "0");
    assert_states(d, "complete complete complete"); /* no fault and no doubt is left */
    assert_asked(&d->base, "SELECT confidence FROM documents WHERE id = 1", "0.9");
    good(decide_correct(&wang, d->faulty, "working_groups", "wg 1，3", &failure));
    assert_asked(&d->base, "SELECT value || shown FROM fields WHERE id = 'working_groups'", "[\"WG1\",\"WG3\"]WG1、WG3");
    refused(decide_correct(&wang, d->faulty, "email", "no address", &failure), FAILURE_DATA);
    refused(decide_correct(&wang, 99, "email", "a@expert.example", &failure), FAILURE_NOINPUT);
    refused(decide_correct(&wang, d->faulty, "Name; DROP", "x", &failure), FAILURE_USAGE);
    good(decide_correct(&wang, d->faulty, "working_groups", NULL, &failure));
    assert_asked(&d->base, "SELECT value || shown FROM fields WHERE id = 'working_groups'", "null");
}

/* A later reading: what a person said stays, and so is what it cured. */
static void test_read_again(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Fixture *f = &d->base;
    Decision wang = by(d, "wang", 0);
    good(decide_correct(&wang, d->faulty, "statement", "本人长期从事密码研究。", &failure));
    good(decide_correct(&wang, d->faulty, "name", "温若岚", &failure));
    refused(decide_kind(&wang, d->complete, "withdrawl", &failure), FAILURE_DATA);
    good(decide_kind(&wang, d->complete, "withdrawal", &failure));
    assert_states(d, "review complete review");
    g_assert_true(ledger_begin(f->ledger, NULL));
    g_assert_true(ledger_readings_clear(f->ledger, d->message, NULL));
    g_assert_cmpint(add_document(f, d->entry, d->message, "2", "expert-application", "review"), ==, d->faulty);
    g_assert_cmpint(add_document(f, d->entry, d->message, "3", "commitment-letter", "review"), ==, d->complete);
    add_field(f, d->faulty, "name", "温若兰", 0.5);
    add_field(f, d->faulty, "employer", "某院", 0.9);
    add_finding(f, d->entry, d->message, d->faulty, "field-missing", "error", "statement");
    LedgerFinding foreign = {d->complete, "field-missing", "error", "title_zh", "缺", "missing", "commitment-letter"};
    g_assert_true(ledger_finding_add(f->ledger, d->entry, d->message, &foreign, NULL));
    LedgerFinding marking = {d->complete, "classified-marking", "error", NULL, "密", "marked", "commitment-letter"};
    g_assert_true(ledger_finding_add(f->ledger, d->entry, d->message, &marking, NULL));
    g_assert_true(ledger_message_settle(f->ledger, d->message, NULL));
    g_assert_true(ledger_commit(f->ledger, NULL));
    assert_asked(f, "SELECT shown FROM fields WHERE id = 'name'", "温若岚");
    assert_asked(f, "SELECT kind FROM documents WHERE id = 2", "withdrawal");
    assert_asked(f, "SELECT group_concat(rule) FROM findings", "classified-marking");
    assert_states(d, "review complete review");
}

static void assert_value(const char *field, const char *was, const char *text, const char *json, const char *shown)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *people = NULL, *value = value_from_text(field, was, text, &people, &error);
    g_assert_cmpstr(value, ==, json);
    g_assert_cmpstr(people, ==, shown);
    if (!json)
        g_assert_error(error, FAILURE, FAILURE_DATA);
}

static void test_values(void)
{
    assert_value("name", NULL, "张　三", "\"张三\"", "张三");
    assert_value("name", NULL, "\"张三\"", "\"张三\"", "张三");
    assert_value("title_en", NULL, "\"Privacy\" by design", "\"\\\"Privacy\\\" by design\"", "\"Privacy\" by design");
    assert_value("date", NULL, "2026年3月5日", "\"2026-03-05\"", "2026-03-05");
    assert_value("date", NULL, "2026/3/5", "\"2026-03-05\"", "2026-03-05");
    assert_value("birth_date", NULL, "1980.7", "\"1980-07\"", "1980-07");
    assert_value("birth_date", NULL, "1980年7月", "\"1980-07\"", "1980-07");
    assert_value("date", NULL, "2026-02-30", NULL, NULL);
    assert_value("date", NULL, "2026-3-5 or so", NULL, NULL);
    assert_value("date", NULL, "99-3-5", NULL, NULL);
    assert_value("meeting_dates", NULL, "2026-03-05/2026-03-09", "\"2026-03-05/2026-03-09\"", "2026-03-05/2026-03-09");
    assert_value("meeting_dates", NULL, "2026-03-09/2026-03-05", NULL, NULL);
    assert_value("leader_email", NULL, "Zhang@EXPERT.example", "\"Zhang@expert.example\"", "Zhang@expert.example");
    assert_value("email", NULL, "a@b@c.example", NULL, NULL);
    assert_value("email", NULL, "a@nowhere", NULL, NULL);
    assert_value("working_groups", NULL, "[\"WG2\",\"wg 4\"]", "[\"WG2\",\"WG4\"]", "WG2、WG4");
    assert_value("working_groups", NULL, "WG12", NULL, NULL);
    assert_value("working_groups", NULL, "、", NULL, NULL);
    assert_value("patents", NULL, "是", "\"yes\"", "yes");
    assert_value("patents", NULL, "perhaps", NULL, NULL);
    assert_value("preferred_document", NULL, "ts", "\"TS\"", "TS");
    assert_value("comment_count", NULL, "12", "\"12\"", "12");
    assert_value("comment_count", NULL, "a dozen", NULL, NULL);
    assert_value("authors", NULL, "张三；李四, 王五", "[\"张三\",\"李四\",\"王五\"]", "张三、李四、王五");
    assert_value("participants", "[\"张三\"]", "张三、李四", "[\"张三\",\"李四\"]", "张三、李四");
    assert_value("participants", "\"张三\"", "张三、李四", "\"张三、李四\"", "张三、李四");
    assert_value("changes", NULL, "[{\"item\":\"电话\",\"after\":\"1\"}]", "[{\"item\":\"电话\",\"after\":\"1\"}]", "1 rows");
    assert_value("changes", NULL, "电话", NULL, NULL);
    assert_value("changes", NULL, "[{\"item\":{}}]", NULL, NULL);
    assert_value("name", NULL, "  ", NULL, NULL);
    assert_value("authors", NULL, "[1]", NULL, NULL);
}

/* --- arranging ---------------------------------------------------------------------------------------------------------- */

static void call_for(Desk *d, const char *attention)
{
    g_assert_true(ledger_begin(d->base.ledger, NULL));
    g_assert_true(ledger_entry_attention(d->base.ledger, d->entry, attention, NULL));
    g_assert_true(ledger_commit(d->base.ledger, NULL));
}

static void test_assign(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    refused(decide_assign(&wang, "li", &failure), FAILURE_NOINPUT);
    assert_asked(&d->base, "INSERT INTO users (name, shown, role, created) VALUES ('li', '李', 'clerk', 0)", NULL);
    good(decide_assign(&wang, "li", &failure));
    assert_asked(&d->base, "SELECT u.name FROM entries e JOIN users u ON u.id = e.assignee", "li");
    good(decide_assign(&wang, NULL, &failure));
    assert_asked(&d->base, "SELECT assignee FROM entries", NULL);
    refused(decide_comment(&wang, "", &failure), FAILURE_USAGE);
    call_for(d, "mail from a stranger");
    good(decide_attend(&wang, &failure));
    assert_asked(&d->base, "SELECT attention FROM entries", NULL);
    refused(decide_write(&wang, &(DecisionLetter){.text = ""}, &failure), FAILURE_USAGE);
    good(decide_write(&wang, &(DecisionLetter){.text = "已收到。"}, &failure));
    assert_asked(&d->base, "SELECT kind FROM letters", "reply");
}

static void test_attention(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    call_for(d, "mail from a stranger");
    good(decide_accept(&wang, d->complete, NULL, &failure));
    assert_asked(&d->base, "SELECT attention FROM entries", "mail from a stranger");
    g_autoptr(Letter) preview = decide_letter(&wang, "return", 0, "请补充。", NULL, NULL);
    g_assert_nonnull(preview);
    assert_asked(&d->base, "SELECT attention FROM entries", "mail from a stranger");
    good(decide_return(&wang, 0, "请补充。", NULL, &failure));
    assert_asked(&d->base, "SELECT attention FROM entries", NULL);
    call_for(d, "reply without documents");
    good(decide_reject(&wang, 0, "不合要求。", NULL, &failure));
    assert_asked(&d->base, "SELECT attention FROM entries", NULL);
    good(decide_reopen(&wang, 0, NULL, &failure));
    call_for(d, "letter bounced");
    good(decide_accept(&wang, 0, NULL, &failure));
    assert_asked(&d->base, "SELECT attention FROM entries", "letter bounced");
}

static void test_split(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    gint64 entry = 0, both[] = {d->faulty, d->complete}, twice[] = {d->faulty, d->faulty};
    refused(decide_split(&wang, both, 2, &entry, &failure), FAILURE_DATA);
    refused(decide_split(&wang, twice, 2, &entry, &failure), FAILURE_USAGE);
    refused(decide_split(&wang, both, 0, &entry, &failure), FAILURE_DATA);
    good(decide_split(&wang, both, 1, &entry, &failure));
    g_assert_cmpint(entry, ==, 2);
    assert_asked(&d->base, "SELECT group_concat(reference || ' ' || state, ', ') FROM (SELECT * FROM entries ORDER BY id)",
                 "SC27-2026-0001 complete, SC27-2026-0002 review");
    assert_asked(&d->base, "SELECT entry FROM findings", "2");
    assert_asked(&d->base, "SELECT entry FROM messages", "1"); /* a document of it is there still */
    g_assert_true(ledger_entry_has_address(d->base.ledger, entry, "wen@expert.example"));
    /* Read again, they stay where a person put them. */
    g_assert_true(ledger_begin(d->base.ledger, NULL));
    add_document(&d->base, 1, d->message, "2", "expert-application", "review");
    g_assert_true(ledger_commit(d->base.ledger, NULL));
    assert_asked(&d->base, "SELECT entry FROM documents WHERE id = 1", "2");
}

static void test_merge(Desk *d, G_GNUC_UNUSED gconstpointer data)
{
    Decision wang = by(d, "wang", 0);
    g_assert_true(ledger_begin(d->base.ledger, NULL));
    gint64 into = add_entry(&d->base, "complete", NOON, 0);
    gint64 message = add_message(&d->base, into, FALSE);
    add_document(&d->base, into, message, "2", "withdrawal", "complete");
    g_assert_true(ledger_commit(d->base.ledger, NULL));
    refused(decide_merge(&wang, d->entry, &failure), FAILURE_DATA);
    refused(decide_merge(&wang, 77, &failure), FAILURE_NOINPUT);
    good(decide_merge(&wang, into, &failure));
    assert_asked(&d->base, "SELECT group_concat(reference || ' ' || state, ', ') FROM (SELECT * FROM entries ORDER BY id)",
                 "SC27-2026-0001 closed, SC27-2026-0002 review");
    assert_asked(&d->base, "SELECT count(*) FROM documents WHERE entry = 2", "3");
    assert_asked(&d->base, "SELECT count(*) FROM messages WHERE entry = 2", "2");
    g_assert_true(ledger_entry_has_address(d->base.ledger, into, "wen@expert.example"));
    g_assert_cmpint(ledger_entry_current(d->base.ledger, d->entry), ==, into); /* a mail with the old number goes there */
    refused(decide_reopen(&wang, 0, NULL, &failure), FAILURE_DATA);
    refused(decide_merge(&wang, into, &failure), FAILURE_DATA);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/decide/values", test_values);
#define TEST(NAME, SETTINGS) g_test_add("/decide/" #NAME, Desk, SETTINGS, set_up_desk, test_##NAME, tear_down_desk)
    TEST(accept, NULL);
    TEST(silent, NULL);
    TEST(return, NULL);
    TEST(own_words, NULL);
    TEST(reject_and_reopen, NULL);
    TEST(nobody_to_write_to, NULL);
    TEST(letters_off, "[letters]\ncompletion = never\n");
    TEST(letters_held, "[letters]\nrejection = hold\n");
    TEST(bare_entry, NULL);
    TEST(strangers_document, NULL);
    TEST(conflict, NULL);
    TEST(two_connections, NULL);
    TEST(correct, NULL);
    TEST(read_again, NULL);
    TEST(assign, NULL);
    TEST(attention, NULL);
    TEST(split, NULL);
    TEST(merge, NULL);
    return g_test_run();
}
