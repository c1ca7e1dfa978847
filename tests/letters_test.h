/* letters_test.h: what tests of letters share: settings, mails, and letters read as a receiver reads them. */
#ifndef SHOUWEN_TESTS_LETTERS_TEST_H
#define SHOUWEN_TESTS_LETTERS_TEST_H

#include <glib/gstdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "letters/facts.h"
#include "letters/mime.h"
#include "spool/segment.h"

#define RECEIVED (G_GINT64_CONSTANT(1772677261) * G_USEC_PER_SEC) /* 2026-03-05T10:21:01+08:00 */
#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char *folder;

/* --- what a test is made of ------------------------------------------------------------------------------------------ */

G_GNUC_UNUSED static char *write_file(const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

G_GNUC_UNUSED static Conf *conf_with(const char *more)
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

G_GNUC_UNUSED static Finding finding_error = {(char *)"field-missing", (char *)"error", NULL, (char *)"缺少“申请说明”（第九条），请补充后重新提交。",
                                (char *)"The statement is missing (Art. 9); please add it and send the form again."};
G_GNUC_UNUSED static Finding finding_info = {(char *)"seal-unknown", (char *)"info", NULL, (char *)"请另附盖章扫描件。", (char *)"Please add a sealed scan."};
G_GNUC_UNUSED static Finding finding_guess = {(char *)"kind-uncertain", (char *)"", NULL, (char *)"可能是专家申请表", (char *)"perhaps an application"};
G_GNUC_UNUSED static Finding finding_secret = {(char *)"classified-marking", (char *)"error", NULL, (char *)"含密级标志", (char *)"classified"};

G_GNUC_UNUSED static Record *make_record(void)
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

G_GNUC_UNUSED static void free_record(Record *record)
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

G_GNUC_UNUSED static Document *add_document(Record *record, const char *path, const char *filename, const char *kind)
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

G_GNUC_UNUSED static void add_field(Document *document, const char *id, const char *shown)
{
    Field *field = g_new0(Field, 1);
    field->id = (char *)id;
    field->value = (char *)(strstr(shown, "、") ? "[]" : "\"\"");
    field->shown = (char *)shown;
    g_ptr_array_add(document->fields, field);
}

G_GNUC_UNUSED static void add_part(Record *record, const char *path, const char *filename)
{
    Part *part = g_new0(Part, 1);
    part->path = (char *)path;
    part->filename = (char *)filename;
    part->mime = (char *)"application/octet-stream";
    part->sha256 = (char *)HASH_A;
    part->bytes = 20111;
    g_ptr_array_add(record->parts, part);
}

G_GNUC_UNUSED static Record *application(void)
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

G_GNUC_UNUSED static Templates *shipped(void)
{
    g_autoptr(GError) error = NULL;
    Templates *templates = templates_load("config/letters", &error);
    g_assert_no_error(error);
    return templates;
}

G_GNUC_UNUSED static LetterOrder receipt_for(const Record *record, LetterForm form, const Conf *conf)
{
    return (LetterOrder){.kind = "acknowledgement", .form = form, .recipient = letter_recipient(record, conf), .name = record->from_name,
                         .reference = "SC27-2026-0001", .year = 2026, .number = 1, .received = RECEIVED, .subject = record->subject,
                         .answers = TRUE, .record = record};
}

G_GNUC_UNUSED static Letter *compose(const Record *record, LetterForm form, const char *settings)
{
    g_autoptr(Conf) conf = conf_with(settings);
    g_autoptr(Templates) templates = shipped();
    g_autoptr(GError) error = NULL;
    LetterOrder order = receipt_for(record, form, conf);
    Letter *letter = letter_write(templates, &order, conf, &error);
    g_assert_no_error(error);
    return letter;
}

G_GNUC_UNUSED static char *bytes_of(const Letter *letter)
{
    gsize length;
    const char *bytes = g_bytes_get_data(letter->bytes, &length);
    return g_strndup(bytes, length);
}

/* --- reading a letter as a receiver does ----------------------------------------------------------------------------- */

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
G_GNUC_UNUSED static char *understood(const Letter *letter)
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
G_GNUC_UNUSED static void check_wire_form(const Letter *letter)
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

G_GNUC_UNUSED static guint count(const char *text, const char *what)
{
    guint n = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

G_GNUC_UNUSED static void assert_in(const char *text, const char *what)
{
    if (!strstr(text, what))
        g_error("'%s' is not in:\n%s", what, text);
}

static int run_tests(void)
{
    int result = g_test_run();
    const char *const clean[] = {"rm", "-rf", folder, NULL};
    g_spawn_sync(NULL, (char **)clean, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    g_free(folder);
    return result;
}

#endif
