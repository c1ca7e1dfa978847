/* links: src/door/record*.c src/base/failure.c src/base/text.c; libs: glib-2.0 jansson; flags: -lm */
/* test_record.c: lines that a hostile filter might write. */
#include <string.h>

#include "base/failure.h"
#include "base/limits.h"
#include "door/record.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ENVELOPE                                                                                                              \
    "{\"t\":\"envelope\",\"sha256\":\"" HASH "\",\"bytes\":100,\"route\":\"submission\",\"message_id\":\"<a@b.example>\","    \
    "\"from\":{\"name\":\"张三\",\"address\":\"zhang@b.example\"},\"subject\":\"申请\",\"date\":\"2026-03-05T10:21:00+08:00\"," \
    "\"reference\":null,\"in_reply_to\":null,\"references\":[\"<x@y.example>\"],\"auth\":\"none\",\"bounce\":null,"             \
    "\"reply_to\":null,\"return_path\":\"\",\"no_reply\":false,\"parts\":[{\"path\":\"2\",\"filename\":\"a.docx\","             \
    "\"mime\":\"application/zip\",\"sha256\":\"" HASH "\",\"bytes\":7}]}"
#define DOCUMENT                                                                                                              \
    "{\"t\":\"document\",\"path\":\"2\",\"segment\":null,\"filename\":\"a.docx\",\"sha256\":\"" HASH "\",\"bytes\":7,"          \
    "\"mime\":\"application/zip\",\"status\":\"read\",\"reader\":\"docx\",\"pages\":null,\"kind\":\"expert-application\","      \
    "\"confidence\":0.9871,\"guess\":null,\"fields\":{\"name\":{\"value\":\"张三\",\"confidence\":0.99,\"from\":\"table 1\","   \
    "\"box\":[1,0.1,0.2,0.3,0.4]},\"working_groups\":{\"value\":[\"WG1\",\"WG4\"],\"confidence\":0.5,\"from\":null,\"box\":null}}," \
    "\"findings\":[{\"rule\":\"seal-unknown\",\"severity\":\"info\",\"field\":\"seal\",\"zh\":\"z\",\"en\":\"e\"}]}"
#define END "{\"t\":\"end\",\"sha256\":\"" HASH "\",\"bytes\":100,\"findings\":[]}"

static gboolean give(RecordParser *parser, const char *line)
{
    g_autoptr(GError) error = NULL;
    gboolean good = record_parser_line(parser, line, strlen(line), &error);
    if (good)
        g_assert_no_error(error);
    else
        g_assert_error(error, FAILURE, FAILURE_DATA);
    return good;
}

static void test_whole(void)
{
    g_autoptr(RecordParser) parser = record_parser_new(FALSE, FALSE);
    g_assert_true(give(parser, ENVELOPE));
    g_assert_true(give(parser, "{\"t\":\"begin\",\"path\":\"2\"}"));
    g_assert_cmpstr(record_parser_open_path(parser), ==, "2");
    g_assert_true(give(parser, DOCUMENT));
    g_assert_true(give(parser, END));
    g_assert_true(record_parser_ended(parser));
    g_assert_null(record_parser_open_path(parser));
    g_autoptr(Record) record = record_parser_take(parser);
    g_assert_cmpstr(record->from_name, ==, "张三");
    g_assert_cmpstr(record->return_path, ==, "");
    const Document *document = g_ptr_array_index(record->documents, 0);
    const Field *groups = g_ptr_array_index(document->fields, 1);
    g_assert_cmpstr(groups->shown, ==, "WG1、WG4");
    g_assert_cmpstr(groups->value, ==, "[\"WG1\",\"WG4\"]");
    g_autofree char *json = record_to_json(record, "0001.eml", 3);
    g_assert_true(g_str_has_prefix(json, "{\"file\":\"0001.eml\",\"index\":3,\"sha256\":\"" HASH "\",\"bytes\":100,\"type\":\"message\","
                                         "\"route\":\"submission\",\"message_id\":\"<a@b.example>\",\"from\":{\"name\":\"张三\""));
    g_assert_nonnull(strstr(json, "\"confidence\":0.987,\"fields\":{\"name\":{\"value\":\"张三\",\"confidence\":0.99,\"from\":\"table 1\","
                                  "\"box\":[1,0.1,0.2,0.3,0.4]}"));
    g_assert_null(strchr(json, '\n'));
}

static gboolean give_key(const char *key, const char *value)
{
    g_autoptr(RecordParser) parser = record_parser_new(FALSE, FALSE);
    g_autofree char *line = g_strndup(DOCUMENT, strlen(DOCUMENT) - 1), *whole = g_strdup_printf("%s,\"%s\":%s}", line, key, value);
    g_assert_true(give(parser, ENVELOPE));
    return give(parser, whole);
}

/* The mail inside the message in which a document stands. */
static void test_inner(void)
{
    g_autoptr(RecordParser) parser = record_parser_new(FALSE, FALSE);
    g_autofree char *line = g_strndup(DOCUMENT, strlen(DOCUMENT) - 1);
    g_autofree char *whole = g_strdup_printf("%s,\"inner\":{\"from\":{\"name\":\"李四\",\"address\":\"li@c.example\"},\"subject\":\"转发\","
                                             "\"date\":null}}", line);
    g_assert_true(give(parser, ENVELOPE) && give(parser, whole) && give(parser, END));
    g_autoptr(Record) record = record_parser_take(parser);
    const Document *document = g_ptr_array_index(record->documents, 0);
    g_assert_true(document->is_inner);
    g_assert_cmpstr(document->inner_address, ==, "li@c.example");
    g_assert_null(document->inner_date);
    g_autofree char *json = record_to_json(record, "a.eml", 0);
    g_assert_nonnull(strstr(json, "\"inner\":{\"from\":{\"name\":\"李四\",\"address\":\"li@c.example\"},\"subject\":\"转发\",\"date\":null}"));
    g_assert_false(give_key("inner", "[]"));
    g_assert_false(give_key("inner", "null"));
    g_assert_false(give_key("inner", "{\"from\":\"li@c.example\",\"subject\":null,\"date\":null}"));
    g_assert_false(give_key("inner", "{\"from\":{\"name\":null,\"address\":\"two words\"},\"subject\":null,\"date\":null}"));
    g_assert_false(give_key("inner", "{\"from\":{\"name\":null,\"address\":null},\"subject\":\"a\\nb\",\"date\":null}"));
}

/* Places to sign: a hint that is handed on as it is, and refused when it is none. */
static void test_signing(void)
{
    g_autoptr(RecordParser) parser = record_parser_new(FALSE, FALSE);
    g_autofree char *whole = g_strdup_printf("%.*s,\"signing\":[{\"label\":\"负责人（签名）\",\"state\":\"blank\",\"box\":[1,0.1,0.2,0.3,0.4]}]}",
                                             (int)strlen(DOCUMENT) - 1, DOCUMENT);
    g_assert_true(give(parser, ENVELOPE) && give(parser, whole) && give(parser, END));
    g_autoptr(Record) record = record_parser_take(parser);
    const Document *document = g_ptr_array_index(record->documents, 0);
    g_assert_cmpuint(document->signing->len, ==, 1);
    g_autofree char *json = record_to_json(record, "a.eml", 0);
    g_assert_nonnull(strstr(json, "\"signing\":[{\"label\":\"负责人（签名）\",\"state\":\"blank\",\"box\":[1,0.1,0.2,0.3,0.4]}]"));
    g_assert_true(give_key("signing", "[]"));
    g_assert_false(give_key("signing", "{}"));
    g_assert_false(give_key("signing", "[\"blank\"]"));
    g_assert_false(give_key("signing", "[{\"label\":\"签字\",\"state\":\"forged\",\"box\":null}]"));
    g_assert_false(give_key("signing", "[{\"label\":\"签\\n字\",\"state\":\"ink\",\"box\":null}]"));
    g_assert_false(give_key("signing", "[{\"label\":\"签字\",\"state\":\"ink\",\"box\":[1,0,0,2,1]}]"));
    g_assert_false(give_key("signing", "[{\"state\":\"ink\",\"box\":null}]"));
}

/* The text of a document is printed when the filter was asked for it. */
static void test_text(void)
{
    g_autofree char *document = g_strdup_printf("%.*s,\"text\":\"第一行\\n第二行\"}", (int)strlen(DOCUMENT) - 1, DOCUMENT);
    g_autoptr(RecordParser) parser = record_parser_new(TRUE, FALSE);
    g_assert_true(give(parser, document));
    g_assert_true(give(parser, END));
    g_autoptr(Record) record = record_parser_take(parser);
    g_autofree char *json = record_to_json(record, "a.docx", 0);
    g_assert_nonnull(strstr(json, ",\"text\":\"第一行\\n第二行\"}"));
}

/* A bare document has no mail keys. */
static void test_bare(void)
{
    g_autoptr(RecordParser) parser = record_parser_new(TRUE, FALSE);
    g_assert_false(give(parser, ENVELOPE));
    g_autoptr(RecordParser) other = record_parser_new(TRUE, FALSE);
    g_assert_true(give(other, DOCUMENT));
    g_assert_true(give(other, END));
    g_autoptr(Record) record = record_parser_take(other);
    g_autofree char *json = record_to_json(record, "a.docx", 0);
    g_assert_true(g_str_has_prefix(json, "{\"file\":\"a.docx\",\"sha256\":\"" HASH "\",\"bytes\":100,\"type\":\"document\",\"documents\":["));
    g_assert_null(strstr(json, "route"));
}

static void test_either(void)
{
    g_autoptr(RecordParser) parser = record_parser_new(TRUE, TRUE);
    g_assert_true(give(parser, ENVELOPE));
    g_autoptr(Record) record = record_parser_take(parser);
    g_assert_false(record->bare);
    g_autoptr(RecordParser) late = record_parser_new(TRUE, TRUE);
    g_assert_true(give(late, "{\"t\":\"begin\",\"path\":\"a\"}"));
    g_assert_false(give(late, ENVELOPE));
}

/* The first envelope stands, whatever a later child says. */
static void test_frozen(void)
{
    g_autoptr(RecordParser) parser = record_parser_new(FALSE, FALSE);
    g_autoptr(GString) forged = g_string_new(ENVELOPE);
    g_string_replace(forged, "zhang@b.example", "evil@b.example", 0);
    g_assert_true(give(parser, ENVELOPE));
    g_assert_true(give(parser, DOCUMENT));
    g_assert_true(give(parser, forged->str));
    record_parser_retry(parser);
    g_assert_true(give(parser, forged->str));
    g_assert_true(give(parser, DOCUMENT));
    g_assert_true(give(parser, END));
    g_autoptr(Record) record = record_parser_take(parser);
    g_assert_cmpstr(record->from_address, ==, "zhang@b.example");
    g_assert_cmpuint(record->documents->len, ==, 1);
}

static void test_order(void)
{
    g_autoptr(RecordParser) parser = record_parser_new(FALSE, FALSE);
    g_assert_false(give(parser, DOCUMENT));
    g_assert_false(give(parser, "{\"t\":\"begin\",\"path\":\"2\"}"));
    g_assert_true(give(parser, ENVELOPE));
    g_assert_true(give(parser, DOCUMENT));
    g_assert_false(give(parser, DOCUMENT)); /* the same place twice */
    g_autoptr(RecordParser) other = record_parser_new(FALSE, FALSE);
    g_assert_true(give(other, ENVELOPE));
    g_assert_true(give(other, END));
    g_assert_false(give(other, DOCUMENT));
    g_assert_false(give(other, END));
}

/* Lines that are no line of the protocol at all. */
static void test_nonsense(void)
{
    static const char *const lines[] = {
        "", "x", "null", "1", "\"t\"", "[]", "{}", "{\"t\":1}", "{\"t\":null}", "{\"t\":\"other\"}", "{\"t\":\"envelope\"}",
        "{\"t\":\"envelope\",\"t\":\"end\"}", "{\"t\":\"begin\"}", "{\"t\":\"begin\",\"path\":2}", "{\"t\":\"begin\",\"path\":\"a\\nb\"}",
        "{\"t\":\"escalate\",\"size\":\"P A\"}", "{\"t\":\"end\"}", "{\"t\":\"document\"}", "{\"t\":\"begin\",\"path\":\"\xff\"}",
        "{\"t\":\"begin\",\"path\":\"a\\u0000b\"}", "{\"t\":\"begin\",\"path\":\"\\ud800\"}", "{\"t\":\"begin\",\"path\":\"2\"} x", ENVELOPE ENVELOPE,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(RecordParser) parser = record_parser_new(FALSE, FALSE);
        if (!strstr(lines[i], "envelope"))
            g_assert_true(give(parser, ENVELOPE));
        g_assert_false(give(parser, lines[i]));
    }
}

/* One thing of a good line replaced by a bad one. */
static void check_replaced(const char *line, const char *what, const char *by)
{
    g_autoptr(RecordParser) parser = record_parser_new(FALSE, FALSE);
    g_autoptr(GString) bad = g_string_new(line);
    g_assert_cmpuint(g_string_replace(bad, what, by, 1), ==, 1);
    if (line[6] != 'e')
        g_assert_true(give(parser, ENVELOPE));
    g_assert_false(give(parser, bad->str));
}

static void test_envelope_values(void)
{
    static const char *const pairs[][2] = {
        {"\"bytes\":100", "\"bytes\":-1"}, {"\"bytes\":100", "\"bytes\":1e300"}, {"\"bytes\":100", "\"bytes\":\"100\""},
        {"\"submission\"", "\"duplicate\""}, {"\"submission\"", "\"SUBMISSION\""}, {"\"submission\"", "null"},
        {"<a@b.example>", "<a@b.example>\\r\\nBcc: x@y.example"}, {"<a@b.example>", "<a b@b.example>"},
        {"zhang@b.example", "zhang@b.example\\n"}, {"zhang@b.example", "zhang\\u0000"}, {"张三", "\xe5\xbc"}, {"张三", "a\\tb"},
        {"\"申请\"", "{}"}, {"\"auth\":\"none\"", "\"auth\":\"maybe\""}, {"\"bounce\":null", "\"bounce\":[]"},
        {"\"bounce\":null", "\"bounce\":{\"recipients\":[1]}"}, {"\"references\":[", "\"references\":[1,"},
        {"\"references\":[\"<x@y.example>\"]", "\"references\":{}"}, {"\"path\":\"2\"", "\"path\":\"2\\u001b[31m\""},
        {"a.docx", "a\\r\\nX: y.docx"}, {HASH, "0123"}, {HASH, "g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
        {"\"parts\":[{", "\"parts\":[[],{"}, {"\"from\":{", "\"from\":7,\"x\":{"}, {"2026-03-05T10", "2026 03-05T10"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++)
        check_replaced(ENVELOPE, pairs[i][0], pairs[i][1]);
}

static void test_document_values(void)
{
    static const char *const pairs[][2] = {
        {"\"status\":\"read\"", "\"status\":\"fine\""}, {"\"status\":\"read\"", "\"status\":\"damaged\""}, {"\"reader\":\"docx\"", "\"reader\":\"../x\""},
        {"expert-application", "Expert Application"}, {"expert-application", "<script>"}, {"\"confidence\":0.9871", "\"confidence\":1.5"},
        {"\"confidence\":0.9871", "\"confidence\":-0.1"}, {"\"confidence\":0.9871", "\"confidence\":\"1\""}, {"\"confidence\":0.9871", "\"confidence\":1e999"},
        {"\"pages\":null", "\"pages\":-5"}, {"\"pages\":null", "\"pages\":99999999"}, {"\"segment\":null", "\"segment\":-1"},
        {"\"name\":{", "\"na me\":{"}, {"\"name\":{", "\"\":{"}, {"\"value\":\"张三\"", "\"value\":7"}, {"\"value\":\"张三\"", "\"value\":{}"},
        {"\"value\":\"张三\"", "\"value\":[[\"x\"]]"}, {"\"value\":\"张三\"", "\"value\":[{\"A\":\"x\"}]"}, {"\"value\":\"张三\"", "\"value\":[{\"a\":1}]"},
        {"\"value\":\"张三\"", "\"value\":null"}, {"\"value\":\"张三\"", "\"value\":[{\"a\":\"b\"},\"c\"]"}, {"[1,0.1,0.2", "[1,0.1,2.5"}, {"[1,0.1,0.2", "[-1,0.1,0.2"},
        {"[1,0.1,0.2,", "[1,0.1,"}, {"\"seal-unknown\"", "\"Seal\""}, {"\"info\"", "\"fatal\""}, {"\"zh\":\"z\"", "\"zh\":null"}, {"\"findings\":[", "\"findings\":[null,"},
        {"\"findings\":[", "\"explain\":[1],\"findings\":["}, {"\"bytes\":7", "\"bytes\":7.5"}, {"\"path\":\"2\"", "\"path\":null"}, {"\"mime\":\"application/zip\"", "\"mime\":\"a\\u007fb\""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++)
        check_replaced(DOCUMENT, pairs[i][0], pairs[i][1]);
}

static char *repeated(const char *head, const char *piece, gsize n, const char *tail)
{
    GString *text = g_string_new(head);
    for (gsize i = 0; i < n; i++)
        g_string_append(text, piece);
    g_string_append(text, tail);
    return g_string_free(text, FALSE);
}

/* Each is refused before it costs much memory or stack. */
static void test_sizes(void)
{
    g_autofree char *deep = repeated("{\"t\":\"begin\",\"path\":", "[", 100000, "");
    g_autofree char *wide = repeated("{\"t\":\"begin\",\"path\":[", "[],", LIMIT_JSON_VALUES, "[]]}");
    g_autofree char *quoted = repeated("{\"t\":\"begin\",\"path\":\"", "[", LIMIT_PATH_BYTES, "\"}");
    g_autofree char *over = repeated("{\"t\":\"begin\",\"path\":\"", "x", LIMIT_PATH_BYTES + 1, "\"}");
    g_autofree char *huge = repeated("{\"t\":\"begin\",\"path\":\"", "xxxxxxxxxxxxxxxx", LIMIT_LINE_BYTES / 16, "\"}");
    g_autofree char *findings = repeated("{\"t\":\"end\",\"sha256\":\"" HASH "\",\"bytes\":1,\"findings\":[",
                                         "{\"rule\":\"a\",\"severity\":\"info\",\"field\":null,\"zh\":\"\",\"en\":\"\"},", LIMIT_FINDINGS,
                                         "{\"rule\":\"a\",\"severity\":\"info\",\"field\":null,\"zh\":\"\",\"en\":\"\"}]}");
    g_autoptr(RecordParser) parser = record_parser_new(FALSE, FALSE);
    g_assert_true(give(parser, ENVELOPE));
    g_assert_true(give(parser, quoted));
    g_assert_false(give(parser, over));
    g_assert_false(give(parser, huge));
    g_assert_false(give(parser, deep));
    g_assert_false(give(parser, wide));
    g_assert_false(give(parser, findings));
}

static void test_too_many_documents(void)
{
    g_autoptr(RecordParser) parser = record_parser_new(FALSE, FALSE);
    guint taken = 0;
    g_assert_true(give(parser, ENVELOPE));
    for (;; taken++) {
        g_autoptr(GString) line = g_string_new(DOCUMENT);
        g_autofree char *path = g_strdup_printf("\"path\":\"%u\"", taken);
        g_string_replace(line, "\"path\":\"2\"", path, 1);
        if (!give(parser, line->str))
            break;
    }
    g_assert_cmpuint(taken, ==, LIMIT_ARCHIVE_MEMBERS + LIMIT_MIME_PARTS);
}

/* Every line with each of its bytes changed, cut off at each byte: never more than a refusal. */
static void test_mutations(void)
{
    static const char *const lines[] = {ENVELOPE, DOCUMENT, END};
    static const char with[] = {0, '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', (char)0x80, (char)0xff, '\n'};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        for (gsize at = 0; at < strlen(lines[i]); at++) {
            g_autofree char *line = g_strdup(lines[i]);
            for (gsize k = 0; k <= sizeof with; k++) {
                g_autoptr(RecordParser) parser = record_parser_new(FALSE, FALSE);
                if (i > 0)
                    record_parser_line(parser, ENVELOPE, strlen(ENVELOPE), NULL);
                line[at] = k < sizeof with ? with[k] : lines[i][at];
                record_parser_line(parser, line, k < sizeof with ? strlen(lines[i]) : at, NULL);
                g_autoptr(Record) record = record_parser_take(parser);
                g_autofree char *json = record_to_json(record, "x", 0);
                g_assert_nonnull(json);
            }
        }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record/whole", test_whole);
    g_test_add_func("/record/inner", test_inner);
    g_test_add_func("/record/signing", test_signing);
    g_test_add_func("/record/text", test_text);
    g_test_add_func("/record/bare", test_bare);
    g_test_add_func("/record/either", test_either);
    g_test_add_func("/record/frozen", test_frozen);
    g_test_add_func("/record/order", test_order);
    g_test_add_func("/record/nonsense", test_nonsense);
    g_test_add_func("/record/envelope-values", test_envelope_values);
    g_test_add_func("/record/document-values", test_document_values);
    g_test_add_func("/record/sizes", test_sizes);
    g_test_add_func("/record/too-many-documents", test_too_many_documents);
    g_test_add_func("/record/mutations", test_mutations);
    return g_test_run();
}
