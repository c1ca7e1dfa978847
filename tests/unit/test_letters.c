// links: src/letters/*.c src/send/address.c src/conf/*.c src/ledger/*.c src/base/*.c; libs: glib-2.0 gio-2.0 sqlite3 jansson libseccomp
#include <glib/gstdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "letters/caps.h"
#include "letters/facts.h"
#include "letters/mime.h"
#include "send/address.h"
#include "spool/segment.h"

#define RECEIVED (G_GINT64_CONSTANT(1772677261) * G_USEC_PER_SEC) /* 2026-03-05T10:21:01+08:00 */
#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char *folder;

/* --- what a test is made of ---------------------------------------------------------------------------------------- */

static char *write_file(const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static Conf *conf_with(const char *more)
{
    g_autofree char *text = g_strdup_printf("[general]\nspool=%s/spool\n[office]\nname_zh=示例委员会秘书处\n"
                                            "name_en=Secretariat of the Example Committee\n"
                                            "address=office@committee.example;intake@committee.example\n"
                                            "[mailbox work]\ntype=imap\nhost=mail.example\nuser=work@committee.example\n"
                                            "password_env=UNUSED\nsince=2026-01-01\n%s",
                                            folder, more);
    g_autofree char *path = write_file("shouwen.conf", text);
    g_autoptr(GError) error = NULL;
    Conf *conf = conf_load(path, &error);
    g_assert_no_error(error);
    return conf;
}

static Finding finding_error = {(char *)"field-missing", (char *)"error", NULL, (char *)"缺少“申请说明”（第九条），请补充后重新提交。",
                                (char *)"The statement is missing (Art. 9); please add it and send the form again."};
static Finding finding_info = {(char *)"seal-unknown", (char *)"info", NULL, (char *)"请另附盖章扫描件。", (char *)"Please add a sealed scan."};
static Finding finding_guess = {(char *)"kind-uncertain", (char *)"", NULL, (char *)"可能是专家申请表", (char *)"perhaps an application"};
static Finding finding_secret = {(char *)"classified-marking", (char *)"error", NULL, (char *)"含密级标志", (char *)"classified"};

static Record *make_record(void)
{
    Record *record = g_new0(Record, 1);
    record->sha256 = (char *)HASH_B;
    record->route = (char *)"submission";
    record->auth = (char *)"pass";
    record->message_id = (char *)"<1@expert.example>";
    record->from_name = (char *)"张三";
    record->from_address = (char *)"zhang@expert.example";
    record->subject = (char *)"专家申请";
    record->references = g_ptr_array_new();
    record->parts = g_ptr_array_new_with_free_func(g_free);
    record->documents = g_ptr_array_new_with_free_func(g_free);
    record->findings = g_ptr_array_new();
    record->bounce_recipients = g_ptr_array_new();
    return record;
}

static void free_record(Record *record)
{
    for (guint i = 0; i < record->documents->len; i++) {
        Document *document = g_ptr_array_index(record->documents, i);
        g_ptr_array_unref(document->fields);
        g_ptr_array_unref(document->findings);
    }
    g_ptr_array_unref(record->references);
    g_ptr_array_unref(record->parts);
    g_ptr_array_unref(record->documents);
    g_ptr_array_unref(record->findings);
    g_ptr_array_unref(record->bounce_recipients);
    g_free(record);
}

static Document *add_document(Record *record, const char *path, const char *filename, const char *kind)
{
    Document *document = g_new0(Document, 1);
    document->path = (char *)path;
    document->filename = (char *)filename;
    document->sha256 = (char *)HASH_A;
    document->kind = (char *)kind;
    document->status = (char *)"read";
    document->fields = g_ptr_array_new_with_free_func(g_free);
    document->findings = g_ptr_array_new();
    g_ptr_array_add(record->documents, document);
    return document;
}

static void add_field(Document *document, const char *id, const char *shown)
{
    Field *field = g_new0(Field, 1);
    field->id = (char *)id;
    field->value = (char *)(strstr(shown, "、") ? "[]" : "\"\"");
    field->shown = (char *)shown;
    g_ptr_array_add(document->fields, field);
}

static void add_part(Record *record, const char *path, const char *filename)
{
    Part *part = g_new0(Part, 1);
    part->path = (char *)path;
    part->filename = (char *)filename;
    part->mime = (char *)"application/octet-stream";
    part->sha256 = (char *)HASH_A;
    part->bytes = 20111;
    g_ptr_array_add(record->parts, part);
}

static Record *application(void)
{
    Record *record = make_record();
    add_part(record, "2", "专家申请表.docx");
    Document *document = add_document(record, "2", "专家申请表.docx", "expert-application");
    add_field(document, "name", "张三");
    add_field(document, "working_groups", "WG1、WG4");
    add_field(document, "statement", "不应出现");
    g_ptr_array_add(document->findings, &finding_info);
    g_ptr_array_add(document->findings, &finding_error);
    return record;
}

static Templates *shipped(void)
{
    g_autoptr(GError) error = NULL;
    Templates *templates = templates_load("config/letters", &error);
    g_assert_no_error(error);
    return templates;
}

static Letter *compose(const Record *record, LetterForm form, const char *settings)
{
    g_autoptr(Conf) conf = conf_with(settings);
    g_autoptr(Templates) templates = shipped();
    g_autoptr(GError) error = NULL;
    LetterFacts facts = {"acknowledgement", form, "SC27-2026-0001", 2026, 1, RECEIVED, record};
    Letter *letter = letter_compose(templates, &facts, conf, &error);
    g_assert_no_error(error);
    return letter;
}

static char *bytes_of(const Letter *letter)
{
    gsize length;
    const char *bytes = g_bytes_get_data(letter->bytes, &length);
    return g_strndup(bytes, length);
}

/* --- reading a letter as a receiver does --------------------------------------------------------------------------- */

/* Python's parser is not ours: what it understands, others do. It prints headers and both bodies in UTF-8. */
static const char parse[] =
    "import email,email.policy,sys\n"
    "raw=open(sys.argv[1],'rb').read()\n"
    "m=email.message_from_bytes(raw,policy=email.policy.default)\n"
    "assert not m.defects,m.defects\n"
    "assert m.get_content_type()=='multipart/alternative'\n"
    "parts=list(m.iter_parts())\n"
    "assert [p.get_content_type() for p in parts]==['text/plain','text/html'],parts\n"
    "assert not any(p.defects for p in parts)\n"
    "out=''.join(f'{k}: {v}\\n' for k,v in m.items())\n"
    "for p in parts: out+='\\n=='+p.get_content_type()+'\\n'+p.get_content().replace('\\r\\n','\\n')\n"
    "sys.stdout.buffer.write(out.encode())\n";

/* NULL when there is no python3. */
static char *understood(const Letter *letter)
{
    g_autofree char *python = g_find_program_in_path("python3");
    g_autofree char *text = bytes_of(letter), *file = write_file("letter.eml", text);
    const char *const words[] = {"python3", "-c", parse, file, NULL};
    char *out = NULL, *problem = NULL;
    int status = -1;
    if (!python)
        return NULL;
    g_assert_true(g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &problem, &status, NULL));
    g_assert_cmpstr(problem, ==, "");
    g_assert_cmpint(status, ==, 0);
    g_free(problem);
    return out;
}

/* ASCII, CRLF, no line too long: what every mail server takes. */
static void check_wire_form(const Letter *letter)
{
    gsize length, column = 0;
    const char *bytes = g_bytes_get_data(letter->bytes, &length);
    gboolean header = TRUE;
    for (gsize i = 0; i < length; i++) {
        g_assert_cmpint((guchar)bytes[i], <, 0x80);
        g_assert_true(bytes[i] != '\n' || (i > 0 && bytes[i - 1] == '\r'));
        g_assert_true(bytes[i] != '\r' || (i + 1 < length && bytes[i + 1] == '\n'));
        g_assert_true(bytes[i] == '\r' || bytes[i] == '\n' || bytes[i] == '\t' || (guchar)bytes[i] >= ' ');
        if (bytes[i] == '\n') {
            header = header && column > 0;
            column = 0;
        } else if (bytes[i] != '\r') {
            column++;
        }
        g_assert_cmpuint(column, <=, header ? 310 : 78); /* a Message-ID cannot be folded */
    }
    g_assert_cmpmem(bytes + length - 2, 2, "\r\n", 2);
}

static guint count(const char *text, const char *what)
{
    guint n = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

static void assert_in(const char *text, const char *what)
{
    if (!strstr(text, what))
        g_error("'%s' is not in:\n%s", what, text);
}

/* --- composing ----------------------------------------------------------------------------------------------------- */

static void test_full(void)
{
    Record *record = application();
    g_autoptr(Letter) letter = compose(record, LETTER_FULL, "");
    g_autofree char *text = understood(letter);
    check_wire_form(letter);
    g_assert_cmpstr(letter->recipient, ==, "zhang@expert.example");
    g_assert_cmpstr(letter->subject, ==, "收文回执 SC27-2026-0001：专家申请");
    g_assert_true(mime_id_valid(letter->message_id) && g_str_has_suffix(letter->message_id, "@committee.example>"));
    if (text) {
        assert_in(text, "Subject: 收文回执 SC27-2026-0001：专家申请\n");
        assert_in(text, "From: 示例委员会秘书处 <office@committee.example>\n");
        assert_in(text, "Reply-To: office@committee.example\n");
        assert_in(text, "To: zhang@expert.example\n");
        assert_in(text, "In-Reply-To: <1@expert.example>\n");
        assert_in(text, "References: <1@expert.example>\n");
        assert_in(text, "Auto-Submitted: auto-replied\n");
        assert_in(text, "X-Auto-Response-Suppress: All\n");
        assert_in(text, "X-Shouwen-Receipt: SC27-2026-0001 " HASH_B "\n");
        assert_in(text, "收文编号：收文〔2026〕1号（SC27-2026-0001）");
        assert_in(text, "2026年3月5日 10:21:01（北京时间，UTC+08:00）");
        assert_in(text, "5 March 2026, 10:21:01 (Asia/Shanghai, UTC+08:00)");
        assert_in(text, "1. 专家申请表.docx（19.6 KB）");
        assert_in(text, "识别为：ISO、IEC 工作组专家申请表");
        assert_in(text, "Understood as: application form for ISO/IEC working group experts");
        assert_in(text, "姓名：张三");
        assert_in(text, "工作组：WG1、WG4");
        assert_in(text, "Working groups: WG1, WG4");
        assert_in(text, "［须补正］缺少“申请说明”（第九条），请补充后重新提交。");
        assert_in(text, "后重新提交。\n   ［说明］请另附盖章扫描件。"); /* what must be corrected stands first */
        assert_in(text, "[To be corrected] The statement is missing (Art. 9)");
        g_assert_cmpuint(count(text, HASH_A), ==, 4);
        g_assert_null(strstr(text, "不应出现")); /* a field that names.conf does not list */
        g_assert_null(strstr(text, "${"));
        g_assert_true(strstr(text, "顺颂时祺") < strstr(text, "Yours sincerely")); /* Chinese first */
        g_assert_null(strstr(text, "http"));
    }
    free_record(record);
}

static void test_minimal(void)
{
    Record *record = application();
    record->auth = (char *)"none";
    record->reply_to = (char *)"victim@third.example";
    g_autoptr(Letter) letter = compose(record, LETTER_MINIMAL, "");
    g_autofree char *text = understood(letter);
    check_wire_form(letter);
    g_assert_cmpstr(letter->subject, ==, "收文回执 SC27-2026-0001");
    g_assert_cmpstr(letter->recipient, ==, "zhang@expert.example");
    if (text) {
        assert_in(text, "To: zhang@expert.example\n");
        assert_in(text, "附件数量：1");
        assert_in(text, HASH_A);
        g_assert_null(strstr(text, "张三"));
        g_assert_null(strstr(text, "专家申请"));
        g_assert_null(strstr(text, "docx"));
        g_assert_null(strstr(text, "http"));
        g_assert_null(strstr(text, "href"));
    }
    free_record(record);
}

static void test_one_language(void)
{
    Record *record = application();
    record->from_name = record->subject = NULL;
    g_autoptr(Letter) english = compose(record, LETTER_FULL, "[letters]\nlanguage=en\n");
    g_autoptr(Letter) chinese = compose(record, LETTER_FULL, "[letters]\nlanguage=zh\n");
    g_autofree char *en = understood(english), *zh = understood(chinese);
    g_assert_cmpstr(english->subject, ==, "Receipt SC27-2026-0001");
    g_assert_cmpstr(chinese->subject, ==, "收文回执 SC27-2026-0001");
    if (en && zh) {
        assert_in(en, "From: Secretariat of the Example Committee <office@committee.example>");
        g_assert_null(strstr(en, "收文"));
        g_assert_null(strstr(en, "Dear"));
        g_assert_null(strstr(zh, "Receipt "));
        g_assert_null(strstr(zh, "来件主题"));
    }
    free_record(record);
}

static void test_archive_and_body(void)
{
    Record *record = make_record();
    add_part(record, "2", "材料.zip");
    add_part(record, "21", NULL);
    add_document(record, "2/承诺书.pdf", "承诺书.pdf", "commitment-letter");
    Document *uncertain = add_document(record, "2/其他.docx", "其他.docx", "unknown");
    g_ptr_array_add(uncertain->findings, &finding_guess);
    add_document(record, "1", NULL, "withdrawal");
    g_autoptr(Letter) letter = compose(record, LETTER_FULL, "[letters]\nlanguage=zh\n");
    g_autofree char *text = understood(letter);
    if (text) {
        assert_in(text, "【承诺书.pdf】\n   识别为：提案承诺书");
        assert_in(text, "【其他.docx】\n   文件类别：将由工作人员查看后确定");
        assert_in(text, "邮件正文\n   识别为：退出申请");
        assert_in(text, "2. application/octet-stream（");
        g_assert_null(strstr(text, "可能是"));
        g_assert_null(strstr(text, "须补正”的意见"));
    }
    free_record(record);
}

static void test_many_rows_are_capped(void)
{
    Record *record = make_record();
    add_part(record, "2", "很多.zip");
    for (guint i = 0; i < 2000; i++) {
        Document *document = add_document(record, "2/x.docx", "x.docx", "expert-application");
        for (guint j = 0; j < 20; j++)
            g_ptr_array_add(document->findings, &finding_error);
    }
    g_autoptr(Letter) letter = compose(record, LETTER_FULL, "");
    g_autofree char *text = understood(letter);
    g_assert_cmpuint(g_bytes_get_size(letter->bytes), <, 400 * 1024);
    if (text)
        assert_in(text, "另有 1900 份文件未在此逐一列出");
    free_record(record);
}

/* --- what strangers may try ---------------------------------------------------------------------------------------- */

static void test_injection(void)
{
    Record *record = application();
    const char *const ids[] = {"<ok@x.example>", "<a\r\nBcc: victim@x.example>", "<b c@x.example>", "d@x.example", "<>", NULL};
    record->subject = (char *)"Hello\r\nBcc: victim@x.example\r\n\r\n<script>alert(1)</script> ${reference}";
    record->from_name = (char *)"Eve\r\nX-Evil: 1\xe2\x80\xae <boss@x.example>\",";
    record->message_id = (char *)"<1@x.example>\r\nX-Evil: 2";
    for (const char *const *id = ids; *id; id++)
        g_ptr_array_add(record->references, (gpointer)*id);
    add_part(record, "3", "a\r\nX-Evil: 3\r\n.docx<img src=x onerror=alert(1)>\x1b[31m");
    g_autoptr(Letter) letter = compose(record, LETTER_FULL, "");
    g_autofree char *raw = bytes_of(letter), *text = understood(letter);
    check_wire_form(letter);
    for (char *line = raw, *end; (end = strstr(line, "\r\n")) && end != line; line = end + 2) {
        g_assert_false(g_ascii_strncasecmp(line, "bcc", 3) == 0);
        g_assert_false(g_ascii_strncasecmp(line, "x-evil", 6) == 0);
    }
    g_assert_null(strstr(raw, "In-Reply-To"));
    assert_in(raw, "\r\nReferences: <ok@x.example>\r\n");
    if (text) {
        const char *html = strstr(text, "==text/html");
        g_assert_null(strstr(html, "<script"));
        g_assert_null(strstr(html, "<img"));
        assert_in(html, "&lt;script&gt;alert(1)&lt;/script&gt; ${reference}"); /* put in once */
        g_assert_null(strchr(text, '\x1b'));
        g_assert_null(strstr(text, "\xe2\x80\xae"));
        assert_in(text, "\nTo: ");
        g_assert_cmpuint(count(text, "\nBcc"), ==, 0);
    }
    free_record(record);
}

static void test_long_values(void)
{
    Record *record = application();
    g_autofree char *subject = g_strnfill(5000, 'x'), *name = g_strnfill(3000, 'y');
    g_autofree char *long_id = g_strdup_printf("<%.280s@x.example>", subject);
    g_autofree char *too_long = g_strdup_printf("<%.400s@x.example>", subject);
    record->subject = subject;
    record->from_name = name;
    record->message_id = long_id;
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < 200; i++) {
        g_ptr_array_add(ids, g_strdup_printf("<%u@x.example>", i));
        g_ptr_array_add(record->references, g_ptr_array_index(ids, i));
    }
    g_ptr_array_add(record->references, too_long);
    g_autoptr(Letter) letter = compose(record, LETTER_FULL, "");
    g_autofree char *raw = bytes_of(letter), *text = understood(letter);
    check_wire_form(letter);
    g_assert_cmpint(g_utf8_strlen(letter->subject, -1), <, 200);
    assert_in(raw, "References: <0@x.example>\r\n <190@x.example>\r\n");
    g_assert_null(strstr(raw, too_long));
    if (text)
        assert_in(text, long_id);
    free_record(record);
}

static void test_headers(void)
{
    static const char *const values[] = {"plain words", "中文", "a =?UTF-8?B?eA==?= b", "Größe", "(comment) <a@b>, c;",
                                         "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十",
                                         "a long line of ordinary English words that has to be folded somewhere before it reaches its end"};
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        mime_header(out, "Subject", values[i]);
        g_auto(GStrv) lines = g_strsplit(out->str, "\r\n", -1);
        for (char **line = lines; *line; line++) {
            g_assert_cmpuint(strlen(*line), <=, 78);
            g_assert_true(line == lines || !**line || **line == ' ');
            g_assert_true(g_str_is_ascii(*line));
        }
    }
    g_autoptr(GDateTime) there = letter_time(RECEIVED, "Asia/Shanghai");
    g_autoptr(GDateTime) nowhere = letter_time(RECEIVED, "No/Such_Zone");
    g_autofree char *date = mime_date(there), *utc = mime_date(nowhere);
    g_assert_cmpstr(date, ==, "Thu, 5 Mar 2026 10:21:01 +0800");
    g_assert_cmpstr(utc, ==, "Thu, 5 Mar 2026 02:21:01 +0000");
}

static void test_quoted_printable(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *line = g_strnfill(200, 'a');
    g_autofree char *text = g_strdup_printf(".dot\nFrom here\nend \n=\n%s\nlast\xc3\xa9", line);
    mime_text_part(out, "plain", text);
    assert_in(out->str, "\r\n\r\n=2Edot\r\n=46rom here\r\nend=20\r\n=3D\r\n");
    assert_in(out->str, "=\r\n");
    assert_in(out->str, "last=C3=A9\r\n");
}

static void test_addresses(void)
{
    static const char *const good[] = {"a@b.example", "a.b+c=d@mail.example.cn", "用户@例子.中国", "o'neil@x.example", "a@localhost"};
    static const char *const bad[] = {"", "a", "@b", "a@", "a@b\r\nRCPT TO:<c@d>", "a b@c.example", "<a@b.example>", "a@b@c.example",
                                      "a@b..example", "a@-b.example", "a@[127.0.0.1]", "\"a b\"@c.example", "a,b@c.example",
                                      "a@b.example>", ".a@b.example", "a@b.exa mple", "a\x7f@b.example", "a\xe2\x80\xae@b.example",
                                      "\xff@b.example", "a;b@c.example"};
    for (guint i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(address_valid(good[i]));
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        if (address_valid(bad[i]))
            g_error("'%s' passes", bad[i]);
    }
    g_autofree char *local = g_strnfill(65, 'a'), *long_one = g_strconcat(local, "@x.example", NULL);
    g_assert_false(address_valid(long_one));
    g_assert_false(address_valid(NULL));
}

/* --- who is answered ----------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    void (*change)(Record *record);
    guint32 flags;
    gboolean registered;
    LetterForm form;
    const char *reason;
} FormCase;

static void nothing(Record *r) { (void)r; }
static void none(Record *r) { r->auth = (char *)"none"; }
static void fail(Record *r) { r->auth = (char *)"fail"; }
static void bulk(Record *r) { r->route = (char *)"bulk"; }
static void automatic(Record *r) { r->route = (char *)"auto-reply"; }
static void bounce(Record *r) { r->route = (char *)"bounce"; }
static void unreadable(Record *r) { r->route = (char *)"unreadable"; }
static void reply(Record *r) { r->route = (char *)"reply"; }
static void null_path(Record *r) { r->return_path = (char *)""; }
static void no_reply(Record *r) { r->no_reply = TRUE; }
static void own(Record *r) { r->from_address = (char *)"Intake@Committee.example"; }
static void own_login(Record *r) { r->from_address = (char *)"work@committee.example"; }
static void own_path(Record *r) { r->return_path = (char *)"office@committee.example"; }
static void no_address(Record *r) { r->from_address = NULL; }
static void bad_address(Record *r) { r->from_address = (char *)"a b@x.example"; }
static void classified(Record *r) { g_ptr_array_add(r->findings, &finding_secret); }

static void test_form(void)
{
    static const FormCase cases[] = {
        {"verified", nothing, 0, FALSE, LETTER_FULL, NULL},
        {"verified reply", reply, 0, FALSE, LETTER_FULL, NULL},
        {"unverified", none, 0, FALSE, LETTER_MINIMAL, NULL},
        {"registered", none, 0, TRUE, LETTER_FULL, NULL},
        {"failed", fail, 0, TRUE, LETTER_NONE, "sender failed verification"},
        {"history", nothing, FRAME_HISTORY, TRUE, LETTER_NONE, "history"},
        {"watched", nothing, FRAME_WATCH, TRUE, LETTER_NONE, "watched folder"},
        {"header only", nothing, FRAME_HEADER, TRUE, LETTER_NONE, "only its header was fetched"},
        {"given", nothing, FRAME_GIVEN, FALSE, LETTER_FULL, NULL},
        {"list", bulk, 0, TRUE, LETTER_NONE, "list"},
        {"automatic", automatic, 0, TRUE, LETTER_NONE, "auto-reply"},
        {"bounce", bounce, 0, TRUE, LETTER_NONE, "bounce"},
        {"unreadable", unreadable, 0, TRUE, LETTER_NONE, "unreadable"},
        {"null path", null_path, 0, TRUE, LETTER_NONE, "empty return path"},
        {"no-reply", no_reply, 0, TRUE, LETTER_NONE, "no-reply sender"},
        {"own", own, 0, TRUE, LETTER_NONE, "own address"},
        {"own login", own_login, 0, TRUE, LETTER_NONE, "own address"},
        {"own path", own_path, 0, TRUE, LETTER_NONE, "own address"},
        {"no address", no_address, 0, TRUE, LETTER_NONE, "no sender address"},
        {"bad address", bad_address, 0, TRUE, LETTER_NONE, "no sender address"},
        {"classified", classified, 0, TRUE, LETTER_MINIMAL, NULL},
    };
    g_autoptr(Conf) conf = conf_with("");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Record *record = make_record();
        const char *reason = "unset";
        cases[i].change(record);
        LetterForm form = letter_form(record, cases[i].flags, cases[i].registered, conf, &reason);
        if (form != cases[i].form || g_strcmp0(reason, cases[i].reason) != 0)
            g_error("%s: form %d, reason %s", cases[i].name, form, reason);
        free_record(record);
    }
}

static void test_recipient(void)
{
    g_autoptr(Conf) conf = conf_with("");
    Record *record = make_record();
    record->reply_to = (char *)"secretary@expert.example";
    g_assert_cmpstr(letter_recipient(record, conf), ==, "secretary@expert.example");
    record->auth = (char *)"none";
    g_assert_cmpstr(letter_recipient(record, conf), ==, "zhang@expert.example");
    record->auth = (char *)"pass";
    record->reply_to = (char *)"office@committee.example";
    g_assert_cmpstr(letter_recipient(record, conf), ==, "zhang@expert.example");
    record->reply_to = (char *)"a@b.example>, <c@d.example";
    g_assert_cmpstr(letter_recipient(record, conf), ==, "zhang@expert.example");
    free_record(record);
}

/* --- templates ----------------------------------------------------------------------------------------------------- */

static char *parse_failure(const char *text, TemplateUse use)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Template) template = template_parse("a.txt", 1, text, TEMPLATE_TEXT, use, &error);
    g_assert_null(template);
    g_assert_error(error, FAILURE, FAILURE_CONFIG);
    return g_strdup(error->message);
}

static void test_template_faults(void)
{
    static const struct {
        const char *text, *says;
        TemplateUse use;
    } cases[] = {
        {"a\nb ${refrence}\n", "a.txt:2: unknown placeholder ${refrence}; known here: reference", TEMPLATE_FULL},
        {"${value}\n", "a.txt:1: unknown placeholder ${value}", TEMPLATE_FULL},
        {"${each attachments}\n${sha256}\n", "a.txt:1: the section that is opened here has no ${end}", TEMPLATE_FULL},
        {"a\n${end}\n", "a.txt:2: ${end} without", TEMPLATE_FULL},
        {"${each subject}\n${end}\n", "a.txt:1: ${each subject}: that is one value", TEMPLATE_FULL},
        {"${attachments}\n", "a.txt:1: ${attachments} is a list", TEMPLATE_FULL},
        {"x ${each attachments} y\n", "a.txt:1: '${' opens a placeholder", TEMPLATE_FULL},
        {"${unclosed\n", "a.txt:1: '${' opens a placeholder", TEMPLATE_FULL},
        {"${subject}\n", "a.txt:1: ${subject} repeats what the sender wrote", TEMPLATE_MINIMAL},
        {"${if subject}\n${end}\n", "a.txt:1: ${subject} repeats", TEMPLATE_MINIMAL},
        {"${each attachments}\n${filename}\n${end}\n", "a.txt:2: ${filename} repeats", TEMPLATE_MINIMAL},
        {"\xff\n", "a.txt:1: the file is not UTF-8", TEMPLATE_FULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *message = parse_failure(cases[i].text, cases[i].use);
        if (!g_str_has_prefix(message, cases[i].says))
            g_error("%s", message);
    }
}

static void test_template_sections(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Template) template =
        template_parse("a.txt", 1,
                       "$5 ${reference}\n  ${if more}\nnever\n${end}\n${unless more}\nnone\n${end}\n${each attachments}\n"
                       "${number} of ${reference}: ${filename}\n${each documents}\n- ${kind}\n${end}\n${end}\nend",
                       TEMPLATE_TEXT, TEMPLATE_FULL, &error);
    g_assert_no_error(error);
    g_autoptr(Facts) facts = facts_new();
    facts_set(facts, "reference", "R-1", 10);
    for (guint i = 1; i <= 2; i++) {
        Facts *row = facts_add(facts, "attachments");
        facts_set_number(row, "number", i);
        facts_set(row, "filename", i == 1 ? "${number}" : "abcdefghijkl", 10);
        facts_set(facts_add(row, "documents"), "kind", "k", 10);
    }
    g_autoptr(GString) out = g_string_new(NULL);
    template_expand(template, facts, out);
    g_assert_cmpstr(out->str, ==, "$5 R-1\nnone\n1 of R-1: ${number}\n- k\n2 of R-1: abcdefghij…\n- k\nend");
}

/* A folder that is a copy of the shipped one but for FILE. */
static char *folder_with(const char *file, const char *text)
{
    char *dir = g_build_filename(folder, "letters", NULL);
    g_autoptr(GDir) shipped_dir = g_dir_open("config/letters", 0, NULL);
    g_mkdir(dir, 0700);
    for (const char *name; (name = g_dir_read_name(shipped_dir));) {
        g_autofree char *from = g_build_filename("config/letters", name, NULL), *to = g_build_filename(dir, name, NULL);
        g_autofree char *content = NULL;
        g_assert_true(g_file_get_contents(from, &content, NULL, NULL) && g_file_set_contents(to, content, -1, NULL));
    }
    g_autofree char *path = g_build_filename(dir, file, NULL);
    if (text)
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
    else
        g_unlink(path);
    return dir;
}

static void test_folder_faults(void)
{
    static const struct {
        const char *file, *text, *says;
    } cases[] = {
        {"acknowledgement.full.zh.txt", "Subject: x\n\na\n${nonsense}\n", "acknowledgement.full.zh.txt:4: unknown placeholder"},
        {"acknowledgement.full.zh.txt", "Subject: ${nonsense}\n\na\n", "acknowledgement.full.zh.txt:1: unknown placeholder"},
        {"acknowledgement.full.zh.txt", "no subject\n\na\n", "acknowledgement.full.zh.txt:1: the first line"},
        {"acknowledgement.minimal.en.html", "<p>${filename}</p>", "acknowledgement.minimal.en.html:1: unknown placeholder"},
        {"acknowledgement.minimal.en.html", "<p>${subject}</p>", "acknowledgement.minimal.en.html:1: ${subject} repeats"},
        {"page.html", "${reference}", "page.html:1: unknown placeholder"},
        {"page.html", NULL, "page.html"},
        {"names.conf", "[kind x]\nfr=y\n", "names.conf: [kind x] fr is not known"},
        {"names.conf", "nonsense", "names.conf"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *dir = folder_with(cases[i].file, cases[i].text);
        g_autoptr(Templates) templates = templates_load(dir, &error);
        g_assert_null(templates);
        g_assert_error(error, FAILURE, FAILURE_CONFIG);
        if (!strstr(error->message, cases[i].says))
            g_error("%s", error->message);
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = folder_with("acknowledgement.full.zh.txt", "\xef\xbb\xbfSubject: 好\r\n\r\n${office}\r\n");
    g_autoptr(Templates) templates = templates_load(dir, &error);
    g_assert_no_error(error);
}

/* Every kind and field that the shipped names.conf shows has a name in both languages. */
static void test_names(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_assert_true(g_key_file_load_from_file(keys, "config/letters/names.conf", G_KEY_FILE_NONE, NULL));
    g_autoptr(Names) names = names_load("config/letters/names.conf", &error);
    g_assert_no_error(error);
    g_auto(GStrv) groups = g_key_file_get_groups(keys, NULL);
    guint kinds = 0;
    for (char **group = groups; *group; group++) {
        g_assert_true(g_key_file_has_key(keys, *group, "zh", NULL) && g_key_file_has_key(keys, *group, "en", NULL));
        if (!g_str_has_prefix(*group, "kind "))
            continue;
        kinds++;
        const char *const *shown = names_shown(names, *group + strlen("kind "));
        g_assert_nonnull(*shown);
        for (; *shown; shown++)
            g_assert_cmpstr(names_field(names, *shown, "zh"), !=, *shown);
    }
    g_assert_cmpuint(kinds, ==, 16);
    g_assert_cmpstr(names_kind(names, "new-kind", "zh"), ==, "new-kind");
}

/* --- caps ---------------------------------------------------------------------------------------------------------- */

static void test_caps(void)
{
    g_autoptr(Conf) conf = conf_with("[letters]\nper_address_per_day=2\nper_entry_per_day=2\nbreaker_per_hour=3\n");
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_build_filename(folder, "caps.db", NULL);
    g_autoptr(Ledger) ledger = ledger_open(file, LEDGER_CREATE, &error);
    g_assert_no_error(error);
    gint64 now = clock_now();
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
    g_assert_null(caps_check(ledger, conf, "a@x.example", 0, now));
    for (guint i = 0; i < 3; i++) {
        g_autofree char *id = g_strdup_printf("<%u@x.example>", i);
        LedgerLetter letter = {.kind = (char *)"acknowledgement", .state = (char *)"queued", .message_id = id, .subject = (char *)"s",
                               .recipient = (char *)(i < 2 ? "a@x.example" : "b@x.example"), .bytes = bytes, .created = now};
        g_assert_true(ledger_begin(ledger, NULL));
        g_assert_true(ledger_letter_add(ledger, &letter, &error));
        g_assert_true(ledger_commit(ledger, NULL));
        const char *why = caps_check(ledger, conf, "a@x.example", 0, now);
        if (i == 0)
            g_assert_null(why);
        else
            assert_in(why, i == 1 ? "per_address_per_day" : "breaker_per_hour");
    }
    g_assert_null(caps_check(ledger, conf, "b@x.example", 0, now + G_GINT64_CONSTANT(3601) * G_USEC_PER_SEC));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("shouwen-letters-XXXXXX", NULL);
    g_test_add_func("/letters/full", test_full);
    g_test_add_func("/letters/minimal", test_minimal);
    g_test_add_func("/letters/one-language", test_one_language);
    g_test_add_func("/letters/archive-and-body", test_archive_and_body);
    g_test_add_func("/letters/rows-are-capped", test_many_rows_are_capped);
    g_test_add_func("/letters/injection", test_injection);
    g_test_add_func("/letters/long-values", test_long_values);
    g_test_add_func("/letters/headers", test_headers);
    g_test_add_func("/letters/quoted-printable", test_quoted_printable);
    g_test_add_func("/letters/addresses", test_addresses);
    g_test_add_func("/letters/form", test_form);
    g_test_add_func("/letters/recipient", test_recipient);
    g_test_add_func("/letters/template-faults", test_template_faults);
    g_test_add_func("/letters/template-sections", test_template_sections);
    g_test_add_func("/letters/folder-faults", test_folder_faults);
    g_test_add_func("/letters/names", test_names);
    g_test_add_func("/letters/caps", test_caps);
    int result = g_test_run();
    const char *const clean[] = {"rm", "-rf", folder, NULL};
    g_spawn_sync(NULL, (char **)clean, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    g_free(folder);
    return result;
}
