// links: src/letters/*.c src/send/address.c src/conf/*.c src/ledger/*.c src/base/*.c; libs: glib-2.0 gio-2.0 sqlite3 jansson libseccomp
#include "letters/html.h"
#include "letters/ics.h"
#include "letters_test.h"

static char *html(const char *text)
{
    GString *out = g_string_new(NULL);
    html_from_text(text, out);
    return g_string_free(out, FALSE);
}

/* What the lines of a letter look like says what they become. */
static void test_lines(void)
{
    static const struct {
        const char *text, *holds;
    } cases[] = {
        {"张三：\n", "<p style=\"margin:1em 0\">张三：</p>"},
        {"a\nb\n", ">a<br>\nb</p>"},
        {"收文编号：收文〔2026〕1号\nReceived: today\n", ">收文编号：</td>"},
        {"收文编号：收文〔2026〕1号\nReceived: today\n", ">Received:</td>"},
        {"　　请注意：这不是标签。\n", "<p style=\"margin:1em 0\">　　请注意"},
        {"This sentence, which is long, says: nothing\n", "<p style=\"margin:1em 0\">This"},
        {"1. a.docx\n   Kind: form\n", "font-weight:bold\">1. a.docx</p>\n<div"},
        {"1. a.docx\n   Kind: form\n", ">Kind:</span> form</div>"},
        {"   ［须补正］缺\n      办理方法：补\n   状态：好\n", ">［须补正］缺<br>\n办理方法：补</div>\n<div"},
        {"　　　　　　秘书处\n", "text-align:right\">秘书处</p>"},
        {"（小字。）\n", "font-size:13px"},
        {"【附件】\n", "font-weight:bold\">【附件】</p>"},
        {"Still missing:\n", "font-weight:bold\">Still missing:</p>"},
        {"   SHA-256：" HASH_A "\n", "word-break:break-all"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *made = html(cases[i].text);
        if (!strstr(made, cases[i].holds))
            g_error("%u: %s", i, made);
    }
}

/* Whatever a line holds, as many elements are closed as opened, and nothing of it is an element. */
static void test_hostile_lines(void)
{
    static const char *const hostile[] = {"</td></table><script>x</script>", "［</div>", "1. <b>", "a：</p><img src=x>", "（<i>）", "【<a href=x>】",
                                          "   ［", "      ", ":", "：", "a: ", "[", "()", "1. ", "&lt;&amp;\"'", "\xff\xfe: x", "　　　　<b>"};
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(hostile); i++)
        g_string_append_printf(all, "%s\n%s", hostile[i], i % 2 ? "\n" : "");
    g_autofree char *made = html(all->str);
    static const char *const elements[] = {"p", "div", "table", "tr", "td", "span"};
    for (guint i = 0; i < G_N_ELEMENTS(elements); i++) {
        g_autofree char *open = g_strdup_printf("<%s ", elements[i]), *bare = g_strdup_printf("<%s>", elements[i]);
        g_autofree char *close = g_strdup_printf("</%s>", elements[i]);
        g_assert_cmpuint(count(made, open) + count(made, bare), ==, count(made, close));
    }
    static const char *const never[] = {"<script", "<img", "<b>", "<i>", "<a "};
    for (guint i = 0; i < G_N_ELEMENTS(never); i++)
        g_assert_null(strstr(made, never[i]));
    g_assert_true(g_utf8_validate(made, -1, NULL));
}

/* --- deadlines as iCalendar ------------------------------------------------------------------------------------------ */

static char *calendar(const IcsDeadline *deadline)
{
    g_autoptr(GBytes) bytes = ics_deadline(deadline);
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    return g_strndup(text, length);
}

static void test_calendar(void)
{
    gint64 due = clock_day_end("2026-03-31", 0, "Asia/Shanghai");
    g_autofree char *day = calendar(&(IcsDeadline){.uid = "duty-1@x.example", .summary = "提交；a;b,c\\d\r\nBEGIN:VEVENT", .due = due,
                                                   .zone = "Asia/Shanghai", .now = RECEIVED, .description = "一\n二"});
    assert_in(day, "\r\nUID:duty-1@x.example\r\nDTSTAMP:20260305T022101Z\r\nDTSTART;VALUE=DATE:20260331\r\nDTEND;VALUE=DATE:20260401\r\n");
    assert_in(day, "SUMMARY:提交；a\\;b\\,c\\\\d");
    assert_in(day, "DESCRIPTION:一\\n二\r\n");
    g_assert_cmpuint(count(day, "\r\nBEGIN:VEVENT\r\n"), ==, 1);
    g_assert_true(g_str_has_prefix(day, "BEGIN:VCALENDAR\r\n") && g_str_has_suffix(day, "END:VCALENDAR\r\n"));
    g_autofree char *instant = calendar(&(IcsDeadline){.uid = "u", .summary = "s", .due = RECEIVED, .zone = "Asia/Shanghai", .now = RECEIVED});
    assert_in(instant, "\r\nDTSTART:20260305T022101Z\r\n");
    g_assert_null(strstr(instant, "\r\n\r\n"));
}

/* RFC 5545 3.1: 75 octets without the line end, cut between characters; joined again they are the text. */
static void test_calendar_folds(void)
{
    g_autofree char *summary = g_strnfill(200, 'x');
    g_autoptr(GString) han = g_string_new(NULL);
    for (guint i = 0; i < 100; i++)
        g_string_append(han, "标准");
    g_autofree char *text = calendar(&(IcsDeadline){.uid = "u", .summary = summary, .description = han->str, .due = RECEIVED, .zone = "UTC", .now = RECEIVED});
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    for (char **line = lines; *line; line++) {
        g_assert_cmpuint(strlen(*line), <=, 75);
        g_assert_true(g_utf8_validate(*line, -1, NULL));
    }
    g_auto(GStrv) folded = g_strsplit(text, "\r\n ", -1);
    g_autofree char *joined = g_strjoinv("", folded);
    assert_in(joined, summary);
    assert_in(joined, han->str);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("shouwen-letters-XXXXXX", NULL);
    g_test_add_func("/letters-html/lines", test_lines);
    g_test_add_func("/letters-html/hostile-lines", test_hostile_lines);
    g_test_add_func("/letters-html/calendar", test_calendar);
    g_test_add_func("/letters-html/calendar-folds", test_calendar_folds);
    return run_tests();
}
