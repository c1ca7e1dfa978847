// links: src/letters/*.c src/send/address.c src/conf/*.c src/ledger/*.c src/base/*.c; libs: glib-2.0 gio-2.0 sqlite3 jansson libseccomp
#include "letters_test.h"
#include "letters/mime.h"

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
        assert_in(text, "X-Shouwen-Receipt: SC27-2026-0001 " HASH_B
                        " acknowledgement\n");
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
        assert_in(text, "请补充后重新提交。\n      办理方法：在原表该栏补填后");
        g_assert_true(strstr(text, "［须补正］") < strstr(text, "［说明］请另附盖章扫描件。")); /* what must be corrected stands first */
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
        assert_in(text, "压缩包内文件：承诺书.pdf\n   识别为：提案承诺书");
        assert_in(text, "压缩包内文件：其他.docx\n   识别为：待工作人员查看后确定");
        assert_in(text, "【邮件正文】\n\n   识别为：退出申请");
        assert_in(text, "2. application/octet-stream（");
        g_assert_null(strstr(text, "可能是"));
        g_assert_null(strstr(text, "须补正”事项"));
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
        assert_in(text, "另有文件 1900 份未在此逐一列出");
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
    return run_tests();
}
