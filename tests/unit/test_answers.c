/* links: src/door/answer*.c src/door/view_check.c src/door/record_check.c filters/answers/view.c filters/answers/table.c filters/page/xhtml.c filters/readers/sheet.c src/base/failure.c src/base/durable.c src/base/text.c; libs: glib-2.0 jansson libxml-2.0; flags: -lm */
/* test_answers.c: answers to questions about one document, as our filter writes them and as a hostile one might. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "answers/answers.h"
#include "base/failure.h"
#include "base/limits.h"
#include "door/answer.h"
#include "door/answer_check.h"
#include "door/view_check.h"
#include "readers/sheet.h"

/* --- the pipe ---------------------------------------------------------------------------------------------------------- */

static gboolean give(Answer *answer, const char *text)
{
    return answer_take(answer, (const guint8 *)text, strlen(text));
}

static void test_whole(void)
{
    g_autoptr(Answer) answer = answer_new(10, -1);
    g_assert_true(give(answer, "{\"t\":\"answer\","));
    g_assert_true(give(answer, "\"bytes\":5}\nab"));
    g_assert_false(answer_whole(answer));
    g_assert_true(give(answer, "c\nd"));
    g_assert_true(answer_whole(answer));
    g_autoptr(GBytes) bytes = answer_bytes(answer);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), "abc\nd", 5);
    g_assert_false(give(answer, "e"));
}

static void test_refused(void)
{
    static const char *const lines[] = {"{\"t\":\"answer\",\"bytes\":11}\n", "{\"t\":\"answer\",\"bytes\":-1}\n", "{\"t\":\"answer\"}\n",
                                        "{\"t\":\"answer\",\"bytes\":1,\"x\":1}\n", "{\"t\":\"fault\",\"why\":\"because\"}\n", "[]\n", "\n",
                                        "{\"t\":\"fault\",\"why\":\"page\"}\nx", "{\"t\":\"document\",\"bytes\":1}\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(Answer) answer = answer_new(10, -1);
        g_assert_false(give(answer, lines[i]));
        g_assert_false(answer_whole(answer));
        g_assert_true(answer_too_large(answer) == (i == 0));
    }
    g_autoptr(Answer) endless = answer_new(10, -1);
    g_autofree char *blanks = g_strnfill(300, ' ');
    g_assert_false(give(endless, blanks));
}

static void test_said(void)
{
    g_autoptr(Answer) answer = answer_new(10, -1);
    g_assert_true(give(answer, "{\"t\":\"escalate\",\"size\":\"page\"}\n"));
    g_assert_cmpstr(answer_escalate(answer), ==, "page");
    g_assert_true(answer_forget(answer));
    g_assert_true(give(answer, "{\"t\":\"fault\",\"why\":\"encrypted\"}\n"));
    g_assert_cmpstr(answer_why(answer), ==, "encrypted");
    g_assert_false(answer_whole(answer));
}

/* What went to a file cannot be forgotten: the file would hold it twice. */
static void test_passed_on(void)
{
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("answer-XXXXXX", &name, NULL);
    g_autoptr(Answer) answer = answer_new(10, fd);
    g_assert_true(give(answer, "{\"t\":\"answer\",\"bytes\":3}\n"));
    g_assert_true(answer_forget(answer));
    g_assert_true(give(answer, "{\"t\":\"answer\",\"bytes\":3}\nabc"));
    g_assert_true(answer_whole(answer));
    g_assert_false(answer_forget(answer));
    g_assert_cmpint(lseek(fd, 0, SEEK_END), ==, 3);
    close(fd);
    unlink(name);
}

/* --- views ------------------------------------------------------------------------------------------------------------- */

static void test_view_checked(void)
{
    static const char *const good[] = {"", "a\n\tb", "<p>a</p>", "<h6 data-page=\"1\" data-box=\"1 0.1 0 1 1\" data-part=\"header\">x</h6>",
                                       "<td colspan=\"2\" rowspan=\"3\">x<br></td>", "<input type=\"radio\" checked=\"\" disabled=\"\">",
                                       "<img alt=\"a &lt;b&gt; &quot;\">", "<ul><li>承诺书</li></ul>", "<p data-control=\"名\">a</p>"};
    static const char *const bad[] = {
        "<script>", "<p>", "</p>", "<p></h1>", "<p><h1></p></h1>", "<P>a</P>", "<p onclick=\"a\">x</p>", "<p style=\"x\">x</p>",
        "<img src=\"http://example.org/\">", "<a href=\"x\">y</a>", "<p class=\"a\">x</p>", "<!-- a -->", "<![CDATA[a]]>", "<?a?>",
        "a > b", "a & b", "&nbsp;", "&#60;", "\"", "<p data-page=\"x\">a</p>", "<p data-page='1'>a</p>", "<p data-page=1>a</p>",
        "<p colspan=\"2\">a</p>", "<p  data-page=\"1\">a</p>", "<p data-page=\"1\" data-page=\"2\">a</p>", "<p/>", "<p >a</p>", "<br/>",
        "<input>", "<input type=\"text\">", "<input type=\"checkbox\" type=\"radio\">", "<input checked=\"\">", "<", "<p", "<p data-control=\"",
        "\x01", "\xff", "<p data-control=\"<\">a</p>", "<plaintext>", "<td data-box=\"1 0.1;\">a</td>", "a\x7f"};
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_true(view_check(good[i], strlen(good[i]), &error));
        g_assert_no_error(error);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        if (view_check(bad[i], strlen(bad[i]), &error))
            g_error("taken: %s", bad[i]);
        g_assert_error(error, FAILURE, FAILURE_DATA);
    }
    g_assert_false(view_check("a\0b", 3, NULL));
    g_autoptr(GString) deep = g_string_new(NULL);
    for (guint i = 0; i < LIMIT_XML_DEPTH + 1; i++)
        g_string_append(deep, "<td>");
    g_assert_false(view_check(deep->str, deep->len, NULL));
}

/* What a reader wrote comes out with its words and places, and without anything that is not of the interchange form. */
static void test_view_written(void)
{
    g_autoptr(Xhtml) xhtml = xhtml_new();
    xhtml_open(xhtml, "p");
    xhtml_box(xhtml, 2, 0.1, 0.2, 0.3, 0.4);
    xhtml_attr(xhtml, "data-control", "a\"><script>");
    xhtml_attr(xhtml, "onclick", "alert(1)");
    xhtml_text(xhtml, "<b>&\"承诺\x01", -1);
    xhtml_break(xhtml);
    xhtml_checkbox(xhtml, TRUE);
    xhtml_close(xhtml, "p");
    xhtml_open(xhtml, "script");
    xhtml_text(xhtml, "alert(1)", -1);
    xhtml_close(xhtml, "script");
    xhtml_open(xhtml, "td");
    xhtml_attr(xhtml, "colspan", "99999999999");
    xhtml_attr(xhtml, "rowspan", "\"x");
    xhtml_attr(xhtml, "data-part", "Header!");
    xhtml_close(xhtml, "td");
    g_autoptr(GString) view = answers_view(xhtml_doc(xhtml));
    g_autoptr(GError) error = NULL;
    view_check(view->str, view->len, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(view->str, ==,
                    "<p data-page=\"2\" data-box=\"2 0.1000 0.2000 0.3000 0.4000\" data-control=\"a&quot;&gt;&lt;script&gt;\">"
                    "&lt;b&gt;&amp;&quot;承诺<br><input type=\"checkbox\" checked=\"\" disabled=\"\"></p>\nalert(1)<td colspan=\"10000\"></td>");
}

/* --- tables ------------------------------------------------------------------------------------------------------------ */

static char *table_of(Xhtml *xhtml)
{
    g_autoptr(GString) text = answers_table(xhtml_doc(xhtml));
    g_autoptr(GError) error = NULL;
    char *checked = text ? answer_check_table(text->str, text->len, &error) : NULL;
    g_assert_no_error(error);
    return checked;
}

static void test_table_written(void)
{
    g_autoptr(Xhtml) xhtml = xhtml_new_table();
    Sheet *sheet = sheet_begin(xhtml, "专家", FALSE);
    sheet_cell(sheet, 0, 0, "姓名");
    sheet_cell(sheet, 0, 1, "单位\n部门");
    sheet_cell(sheet, 1, 0, "甲");
    sheet_cell(sheet, 1, 1, "乙");
    sheet_cell(sheet, 2, 1, "丙");
    sheet_merge(sheet, 1, 0, 2, 0);
    sheet_end(sheet);
    Sheet *hidden = sheet_begin(xhtml, NULL, TRUE);
    sheet_cell(hidden, 0, 0, "\"x\"");
    sheet_end(hidden);
    g_autofree char *table = table_of(xhtml);
    g_assert_cmpstr(table, ==, "{\"sheets\":[{\"name\":\"专家\",\"hidden\":false,\"rows\":[[\"姓名\",\"单位\\n部门\"],[\"甲\",\"乙\"],"
                               "[\"\",\"丙\"]]},{\"name\":null,\"hidden\":true,\"rows\":[[\"\\\"x\\\"\"]]}]}");
}

static void test_table_limits(void)
{
    g_autoptr(Xhtml) none = xhtml_new_table();
    g_assert_null(answers_table(xhtml_doc(none)));
    g_autoptr(Xhtml) xhtml = xhtml_new_table();
    Sheet *sheet = sheet_begin(xhtml, "a", FALSE);
    for (guint row = 0; row <= LIMIT_TABLE_ROWS; row++)
        sheet_cell(sheet, row, 0, "x");
    sheet_end(sheet);
    g_autoptr(GString) text = answers_table(xhtml_doc(xhtml));
    g_assert_cmpuint(text->len, >, LIMIT_TABLE_BYTES);
}

static void refuse_json(char *(*check)(const char *, gsize, GError **), const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *taken = check(text, strlen(text), &error);
    if (taken)
        g_error("taken: %s", text);
    g_assert_error(error, FAILURE, FAILURE_DATA);
}

static void test_table_checked(void)
{
    static const char *const bad[] = {"", "[]", "{}", "{\"sheets\":1}", "{\"sheets\":[],\"x\":1}", "{\"sheets\":[{\"name\":\"a\",\"hidden\":false}]}",
                                      "{\"sheets\":[{\"name\":\"a\",\"hidden\":0,\"rows\":[]}]}", "{\"sheets\":[{\"name\":1,\"hidden\":true,\"rows\":[]}]}",
                                      "{\"sheets\":[{\"name\":\"a\",\"hidden\":true,\"rows\":[[1]]}]}", "{\"sheets\":[{\"name\":\"a\",\"hidden\":true,\"rows\":[\"a\"]}]}",
                                      "{\"sheets\":[{\"name\":\"a\",\"hidden\":true,\"rows\":[[\"\\u001b[2J\"]]}]}", "{\"sheets\":[],\"sheets\":[]}"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        refuse_json(answer_check_table, bad[i]);
    g_autoptr(GString) many = g_string_new("{\"sheets\":[{\"name\":\"a\",\"hidden\":true,\"rows\":[");
    for (guint i = 0; i <= LIMIT_TABLE_ROWS; i++)
        g_string_append(many, i ? ",[]" : "[]");
    g_string_append(many, "]}]}");
    refuse_json(answer_check_table, many->str);
}

/* --- calendars --------------------------------------------------------------------------------------------------------- */

#define EVENT                                                                                                                   \
    "{\"uid\":\"1\",\"summary\":null,\"location\":null,\"description\":\"a\\nb\",\"categories\":[\"c\"],\"organizer\":null,"       \
    "\"status\":null,\"rrule\":null,\"x\":{\"X-A\":\"b\"},\"starts\":\"2026-03-02\",\"ends\":\"2026-03-03\",\"zone\":null,"        \
    "\"all_day\":true,\"recurrences\":[]}"
#define CALENDAR "{\"events\":[" EVENT "],\"tasks\":[],\"faults\":[]}"

static void test_calendar_checked(void)
{
    static const struct {
        const char *from, *to;
    } changes[] = {
        {"\"2026-03-02\"", "\"2026-02-30\""}, {"\"2026-03-02\"", "\"2026-3-2\""}, {"\"2026-03-02\"", "null"}, {"\"2026-03-02\"", "\"2026-03-02T24:00:00\""},
        {"\"2026-03-02\"", "\"2026-13-02\""}, {"\"ends\"", "\"due\""}, {"\"zone\":null", "\"zone\":\"a b\""}, {"\"zone\":null", "\"zone\":1"},
        {"\"all_day\":true", "\"all_day\":1"}, {"[]}]", "[\"x\"]}]"}, {"\"X-A\"", "\"x-a\""}, {"\"X-A\"", "\"A\""}, {"\"X-A\":\"b\"", "\"X-A\":1"},
        {"\"uid\":\"1\"", "\"uid\":1"}, {"\"uid\":\"1\"", "\"other\":\"1\""}, {"\"uid\"", "\"a\":1,\"uid\""}, {"\"c\"", "{}"},
        {"a\\nb", "a\\u001bb"}, {"\"faults\":[]", "\"faults\":[1]"}, {"\"tasks\":[]", "\"tasks\":[" EVENT "]"}, {",\"tasks\":[]", ""},
    };
    g_autoptr(GError) error = NULL;
    g_autofree char *same = answer_check_calendar(CALENDAR, strlen(CALENDAR), &error);
    g_assert_no_error(error);
    g_assert_cmpstr(same, ==, CALENDAR);
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_auto(GStrv) parts = g_strsplit(CALENDAR, changes[i].from, 2);
        g_assert_nonnull(parts[1]);
        g_autofree char *changed = g_strjoinv(changes[i].to, parts);
        refuse_json(answer_check_calendar, changed);
    }
}

/* --- pictures ---------------------------------------------------------------------------------------------------------- */

static void test_png_checked(void)
{
    guint8 png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x0f\xa0\0\0\x0f\xa0\x08\x02\0\0\0crc!\0\0\0\0IEND\xae\x42\x60\x82";
    gsize length = sizeof png - 1;
    g_assert_true(answer_check_png(png, length, NULL));
    for (gsize i = 0; i < length; i++) {
        /* All but the lower bytes of width and height, and the checksum, are what they must be. */
        if ((i >= 18 && i < 20) || (i >= 22 && i < 24) || (i >= 29 && i < 33))
            continue;
        png[i] ^= 0x40;
        g_autoptr(GError) error = NULL;
        if (answer_check_png(png, length, &error))
            g_error("taken with another byte %d", (int)i);
        g_assert_error(error, FAILURE, FAILURE_DATA);
        png[i] ^= 0x40;
    }
    memcpy(png + 16, "\0\0\x0f\xa1\0\0\x0f\xa0", 8);
    g_assert_false(answer_check_png(png, length, NULL));
    memset(png + 16, 0, 8);
    g_assert_false(answer_check_png(png, length, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/answer/whole", test_whole);
    g_test_add_func("/answer/refused", test_refused);
    g_test_add_func("/answer/said", test_said);
    g_test_add_func("/answer/passed-on", test_passed_on);
    g_test_add_func("/view/checked", test_view_checked);
    g_test_add_func("/view/written", test_view_written);
    g_test_add_func("/table/written", test_table_written);
    g_test_add_func("/table/limits", test_table_limits);
    g_test_add_func("/table/checked", test_table_checked);
    g_test_add_func("/calendar/checked", test_calendar_checked);
    g_test_add_func("/png/checked", test_png_checked);
    return g_test_run();
}
