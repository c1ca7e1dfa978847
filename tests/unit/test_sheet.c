// links: filters/readers/sheet*.c filters/page/xhtml.c src/base/text.c src/base/charset.c; libs: libxml-2.0; flags: -lm
/* Spreadsheet cells: number formats as a person sees them, and the table that is written of them. */
#include <math.h>

#include "base/limits.h"
#include "readers/sheet.h"
#include "readers/sheet_format.h"

static void number_is(double value, const char *code, const char *expected)
{
    g_autofree char *got = sheet_number(value, code, FALSE);
    g_assert_cmpstr(got, ==, expected);
}

static void test_general(void)
{
    number_is(13800138000, NULL, "13800138000");
    number_is(110101199001010010.0, "General", "1.10101199e+17");
    number_is(0.1 + 0.2, "", "0.3");
    number_is(-2.5, "General", "-2.5");
    number_is(-0.0, NULL, "0");
    number_is(1.0 / 3, NULL, "0.3333333333");
    number_is(NAN, "0.00", "");
    number_is(12, "G/通用格式\"人\"", "12人");
}

static void test_numbers(void)
{
    number_is(1234.5, "#,##0.00", "1,234.50");
    number_is(1234567, "#,##0", "1,234,567");
    number_is(-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)");
    number_is(-3, "0", "-3");
    number_is(-0.001, "0", "0");
    number_is(1.005, "0.00", "1.01");
    number_is(0.125, "0%", "13%");
    number_is(0.1234, "0.00%", "12.34%");
    number_is(0, "0;-0;\"无\"", "无");
    number_is(7, "000", "007");
    number_is(5, "\"第\"0\"号\"", "第5号");
    number_is(10012345678.0, "000\\-0000\\-0000", "100-1234-5678");
    number_is(1234567, "0.0,\"千\"", "1234.6千");
    number_is(12345, "0.00E+00", "1.23E+04");
    number_is(12.5, "[$¥-804]#,##0.00", "¥12.50");
    number_is(0.5, "#.##", ".5");
    number_is(80, "[>=60]\"合格\";\"不合格\"", "合格");
    number_is(59, "[>=60]\"合格\";\"不合格\"", "不合格");
    number_is(1, ";;;", "");
    number_is(0.5, "# ?/?", "0.5");
    number_is(1e305, "0.00", "1e+305");
    number_is(42, "@", "42");
    number_is(3, "[Red]0_);[Blue](0)", "3");
    number_is(1e20, "0.000000000000000000000000000000000000000", "100000000000000000000.000000000000000000000000000000");
}

static void test_dates(void)
{
    number_is(45566, "yyyy\"年\"m\"月\"d\"日\"", "2024年10月1日");
    number_is(45566, "yyyy\\-mm\\-dd", "2024-10-01");
    number_is(45566, "[$-804]yyyy/m/d;@", "2024/10/1");
    number_is(45566, "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\";@", "2024年10月1日");
    number_is(45566, "d-mmm-yy", "1-Oct-24");
    number_is(45566, "aaaa", "星期二");
    number_is(45566, "dddd, mmmm d", "Tuesday, October 1");
    number_is(45566.75, "yyyy/m/d h:mm", "2024/10/1 18:00");
    number_is(45566.75, "h:mm AM/PM", "6:00 PM");
    number_is(0.25, "上午/下午h\"时\"mm\"分\"", "上午6时00分");
    number_is(1.5, "[h]:mm:ss", "36:00:00");
    number_is(0.0423726852, "mm:ss.0", "01:01.0");
    number_is(45566.9999999, "yyyy-mm-dd hh:mm:ss", "2024-10-02 00:00:00");
    number_is(1, "yyyy-m-d", "1900-1-1");
    number_is(60, "yyyy-m-d", "1900-2-29");
    number_is(61, "yyyy-m-d", "1900-3-1");
    number_is(2958465, "yyyy-m-d", "9999-12-31");
    number_is(1e18, "yyyy-m-d", "1e+18");
    number_is(-5, "yyyy-m-d", "-5");
    g_autofree char *since_1904 = sheet_number(0, "yyyy-m-d", TRUE);
    g_assert_cmpstr(since_1904, ==, "1904-1-1");
    number_is(45566, sheet_builtin_format(31), "2024年10月1日");
    number_is(45566, sheet_builtin_format(14), "2024/10/1");
    g_assert_null(sheet_builtin_format(0));
    g_assert_null(sheet_builtin_format(164));
}

static void test_strings(void)
{
    g_autofree char *plain = sheet_string("张", "0;0;0"), *unit = sheet_string("张", "@\"老师\"");
    g_autofree char *fourth = sheet_string("张", "0;0;0;\"姓\"@");
    g_assert_cmpstr(plain, ==, "张");
    g_assert_cmpstr(unit, ==, "张老师");
    g_assert_cmpstr(fourth, ==, "姓张");
}

static char *dump(Xhtml *out)
{
    xmlDoc *doc = xhtml_doc(out);
    xmlBuffer *buffer = xmlBufferCreate();
    for (xmlNode *node = xmlDocGetRootElement(doc)->last->children; node; node = node->next)
        xmlNodeDump(buffer, doc, node, 0, 0);
    char *text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

/* A sheet drawn as text: "A1=x" sets a cell, "A1:B2" merges. Columns A to Z. */
static char *draw(const char *name, gboolean hidden, const char *const *steps)
{
    g_autoptr(Xhtml) out = xhtml_new();
    Sheet *sheet = sheet_begin(out, name, hidden);
    for (; *steps; steps++) {
        const char *step = *steps, *equals = strchr(step, '='), *colon = strchr(step, ':');
        guint column = (guint)(step[0] - 'A'), row = (guint)atoi(step + 1) - 1;
        if (equals)
            sheet_cell(sheet, row, column, equals + 1);
        else
            sheet_merge(sheet, row, column, (guint)atoi(colon + 2) - 1, (guint)(colon[1] - 'A'));
    }
    g_assert_true(sheet_end(sheet));
    return dump(out);
}

static void drawn_is(const char *const *steps, const char *expected)
{
    g_autofree char *got = draw(NULL, FALSE, steps);
    g_assert_cmpstr(got, ==, expected);
}

#define TD(text) "<td><p>" text "</p></td>"

static void test_table(void)
{
    drawn_is((const char *const[]){"B3=b", "A1=a", "B1=x\ny", NULL},
             "<table><tr>" TD("a") TD("x<br/>y") "</tr><tr><td/>" TD("b") "</tr></table>");
    drawn_is((const char *const[]){"A1=a", "A1=later", NULL}, "<table><tr>" TD("later") "</tr></table>");
    /* An answer that was left empty stays beside its label; columns further right, and empty rows, do not. */
    drawn_is((const char *const[]){"A1=姓名", "B1=", "C1=", "A2=", NULL}, "<table><tr>" TD("姓名") "<td/></tr></table>");
    /* One column of a long empty run is kept. */
    drawn_is((const char *const[]){"A1=a", "Z1=z", NULL}, "<table><tr>" TD("a") "<td/>" TD("z") "</tr></table>");
    g_autofree char *named = draw("名单", TRUE, (const char *const[]){"A1=a", NULL});
    g_assert_cmpstr(named, ==, "<h2 data-part=\"hidden\">名单</h2><table data-part=\"hidden\"><tr>" TD("a") "</tr></table>");
    g_autofree char *empty = draw("空", FALSE, (const char *const[]){"A1=", NULL});
    g_assert_cmpstr(empty, ==, "");
}

static void test_append(void)
{
    g_autoptr(Xhtml) out = xhtml_new();
    Sheet *sheet = sheet_begin(out, NULL, FALSE);
    g_assert_true(sheet_append(sheet, 0, 0, "☑男"));
    g_assert_true(sheet_cell(sheet, 0, 0, "性别"));
    g_assert_true(sheet_append(sheet, 0, 0, "☐女"));
    g_assert_true(sheet_append(sheet, 0, 1, "☐其他"));
    g_assert_true(sheet_end(sheet));
    g_autofree char *got = dump(out);
    g_assert_cmpstr(got, ==, "<table><tr><td><p>性别</p><p>☐女</p></td>" TD("☐其他") "</tr></table>");
}

static void test_merges(void)
{
    drawn_is((const char *const[]){"A1=t", "A2=a", "B2=b", "C2=c", "A1:C1", NULL},
             "<table><tr><td colspan=\"3\"><p>t</p></td></tr><tr>" TD("a") TD("b") TD("c") "</tr></table>");
    drawn_is((const char *const[]){"A1=side", "B1=1", "B2=2", "A2=under", "A1:A2", NULL},
             "<table><tr><td rowspan=\"2\"><p>side</p></td>" TD("1") "</tr><tr>" TD("2") "</tr></table>");
    /* Two merges side by side are two cells; one that overlaps another is cut. */
    drawn_is((const char *const[]){"A1=a", "B1=b", "C1=c", "D1=d", "A1:B1", "C1:D1", NULL},
             "<table><tr><td colspan=\"2\"><p>a</p></td><td colspan=\"2\"><p>c</p></td></tr></table>");
    drawn_is((const char *const[]){"A1=a", "B1=b", "C1=c", "A1:B1", "B1:C1", NULL},
             "<table><tr><td colspan=\"2\"><p>a</p></td>" TD("c") "</tr></table>");
}

static void test_hostile(void)
{
    g_autoptr(Xhtml) out = xhtml_new();
    Sheet *sheet = sheet_begin(out, "x", FALSE);
    for (guint i = 0; i < 30000; i++) {
        sheet_cell(sheet, i * 1000, i * 1000, "x");
        sheet_merge(sheet, 0, 0, G_MAXUINT, G_MAXUINT);
    }
    g_assert_false(sheet_cell(sheet, G_MAXUINT, 0, "x"));
    g_assert_false(sheet_end(sheet));
    sheet = sheet_begin(out, NULL, FALSE);
    gboolean taken = TRUE;
    for (guint i = 0; i <= LIMIT_SHEET_CELLS && taken; i++)
        taken = sheet_cell(sheet, i, 0, "");
    g_assert_false(taken);
    g_assert_false(sheet_end(sheet));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sheet/general", test_general);
    g_test_add_func("/sheet/numbers", test_numbers);
    g_test_add_func("/sheet/dates", test_dates);
    g_test_add_func("/sheet/strings", test_strings);
    g_test_add_func("/sheet/table", test_table);
    g_test_add_func("/sheet/append", test_append);
    g_test_add_func("/sheet/merges", test_merges);
    g_test_add_func("/sheet/hostile", test_hostile);
    return g_test_run();
}
