/* links: filters/readers/doc.c filters/readers/doc_*.c filters/readers/ole.c filters/readers/symbols.c filters/readers/pictures.c filters/readers/numerals.c filters/readers/word_field.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libgsf-1 libxml-2.0 */
#include "doc_test.h"
#include "readers/word_field.h"

static void test_text(void)
{
    Word *word = word_new();
    word_para(word, "专家申请表");
    word_para(word, "");
    word_para(word, "a\tb\x0b" "c\x1e" "d\x1f" "e 😀");
    assert_word(word, "<p>专家申请表</p><p>a\tb<br/>c‑de 😀</p>");
}

static void test_runs(void)
{
    Word *word = word_new();
    word_text(word, "甲");
    word_run(word, "删", WORD_LIST("\x00\x08\x01"));
    word_run(word, "隐", WORD_LIST("\x3c\x08\x01"));
    word_run(word, "增", WORD_LIST("\x01\x08\x01"));
    word_run(word, "(", WORD_LIST("\x09\x6a\x00\x00\xfe\xf0"));
    word_run(word, "\xef\x83\xbe", "", 0);
    word_run(word, "\xef\x81\xad", WORD_LIST("\x4f\x4a\x01\x00"));
    word_text(word, "g");
    word_end(word, 0x0d, "", 0);
    g_autoptr(GByteArray) fonts = g_byte_array_new();
    static const char *const names[] = {"Wingdings", "Symbol"};
    put_u16(fonts, 2);
    put_u16(fonts, 0);
    for (guint i = 0; i < 2; i++) {
        put_u8(fonts, 39 + 2 * (guint)strlen(names[i]) + 2);
        put_zeros(fonts, 39);
        put_utf16(fonts, names[i]);
        put_u16(fonts, 0);
    }
    word_part(word, 15, fonts);
    assert_word(word, "<p>甲增☑☑μg</p>");
}

static void test_deleted_mark(void)
{
    Word *word = word_new();
    word_text(word, "一");
    word_end(word, 0x0d, "", 0);
    WordRun mark = {.from = word_cp(word) - 1, .to = word_cp(word), .sprms = word_bytes(WORD_LIST("\x00\x08\x01"))};
    g_array_append_val(word->runs, mark);
    word_para(word, "二");
    assert_word(word, "<p>一二</p>");
}

static void test_table(void)
{
    static const int three[] = {0, 1000, 2000, 3000}, two[] = {0, 1010, 3000};
    static const guint16 starts[] = {0x60, 0, 0}, goes_on[] = {0x20, 0, 0};
    Word *word = word_new();
    word_cell(word, "姓名");
    word_cell(word, "张三");
    word_cell(word, "");
    word_row(word, 3, three, starts);
    word_cell(word, "");
    word_cell(word, "乙");
    word_cell(word, "丙");
    word_row(word, 3, three, goes_on);
    word_cell(word, "丁");
    word_text(word, "第一段");
    word_end(word, 0x0d, WORD_LIST(WORD_IN_TABLE));
    word_cell(word, "第二段");
    word_row(word, 2, two, NULL);
    word_para(word, "后");
    assert_word(word, "<table><tr><td rowspan=\"2\"><p>姓名</p></td><td><p>张三</p></td><td/></tr>"
                      "<tr><td><p>乙</p></td><td><p>丙</p></td></tr>"
                      "<tr><td><p>丁</p></td><td colspan=\"2\"><p>第一段</p><p>第二段</p></td></tr></table><p>后</p>");
}

static void test_indented_row(void)
{
    static const int whole[] = {0, 1000, 2000}, part[] = {1000, 2000};
    static const guint16 joined[] = {1, 2};
    Word *word = word_new();
    word_cell(word, "全");
    word_cell(word, "");
    word_row(word, 2, whole, joined);
    word_cell(word, "右");
    word_row(word, 1, part, NULL);
    word_cell(word, "甲");
    word_cell(word, "乙");
    word_row(word, 2, whole, NULL);
    assert_word(word, "<table><tr><td colspan=\"2\"><p>全</p></td></tr><tr><td/><td><p>右</p></td></tr>"
                      "<tr><td><p>甲</p></td><td><p>乙</p></td></tr></table>");
}

#define DEPTH_2 "\x49\x66\x02\x00\x00\x00"
static void test_nested_table(void)
{
    static const int one[] = {0, 1000};
    Word *word = word_new();
    word_text(word, "外");
    word_end(word, 0x0d, WORD_LIST(WORD_IN_TABLE));
    word_text(word, "内");
    word_end(word, 0x0d, WORD_LIST(WORD_IN_TABLE DEPTH_2 "\x4b\x24\x01"));
    word_end(word, 0x0d, WORD_LIST(WORD_IN_TABLE DEPTH_2 "\x4b\x24\x01\x4c\x24\x01"));
    word_cell(word, "尾");
    word_row(word, 1, one, NULL);
    assert_word(word, "<table><tr><td><p>外</p><table><tr><td><p>内</p></td></tr></table><p>尾</p></td></tr></table>");
}

static void test_fields(void)
{
    static const char *const list[] = {"男", "女", NULL};
    Word *word = word_new();
    word_text(word, "见\x13 HYPERLINK \"http://example.org\" \x14" "网页\x15，第\x13PAGE\x14" "3\x15页");
    put_form(word, "FORMCHECKBOX", 1, 1, NULL);
    put_form(word, "FORMCHECKBOX", 1, 25, NULL);
    put_form(word, "FORMDROPDOWN", 2, 1, list);
    word_text(word, "\x13 FORMTEXT \x14" "答\x15\x13 eq \\o\\ac(□,√)\x15是");
    word_end(word, 0x0d, "", 0);
    word_para(word, "\x13 IF \x13 PAGE \x14" "1\x15 = 1 \x14" "真\x15尾");
    word_para(word, "余\x13没有尾");
    assert_word(word, "<p>见网页，第3页<input type=\"checkbox\" checked=\"checked\" data-control=\"t1\"/>"
                      "<input type=\"checkbox\" data-control=\"t1\"/>女答<input type=\"checkbox\" checked=\"checked\"/>是</p>"
                      "<p>真尾</p><p>余没有尾</p>");
}

static void test_field_codes(void)
{
    static const struct {
        const char *code;
        WordField shows;
        const char *text;
    } all[] = {
        {"PAGE", WORD_FIELD_NOTHING, NULL},
        {" SYMBOL 254 \\f \"Wingdings\" \\s 10", WORD_FIELD_TEXT, "☑"},
        {"MACROBUTTON AcceptAll [点此输入]", WORD_FIELD_TEXT, "[点此输入]"},
        {"EQ \\o\\ac(○,3)", WORD_FIELD_TEXT, "3"},
        {"EQ \\o\\ac(□,√)", WORD_FIELD_CHECKED, NULL},
        {"EQ \\* jc2 \\* hps10 \\o\\ad(\\s\\up 9(hàn),汉)", WORD_FIELD_TEXT, "汉"},
        {"EQ \\f(1,2)", WORD_FIELD_TEXT, "1 2"},
        {"EQ", WORD_FIELD_TEXT, ""},
        {"", WORD_FIELD_NOTHING, NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autofree char *text = NULL;
        g_assert_cmpint(word_field_shows(all[i].code, &text), ==, all[i].shows);
        g_assert_cmpstr(text, ==, all[i].text);
    }
}

static void put_places(Word *word, guint part, const guint32 *places, guint count)
{
    g_autoptr(GByteArray) table = g_byte_array_new();
    for (guint i = 0; i < count; i++)
        put_u32(table, places[i]);
    word_part(word, part, table);
}

static void test_stories(void)
{
    Word *word = word_new();
    word_para(word, "正文\x02");
    word_story(word, 1);
    word_para(word, "\x02 注");
    word_story(word, 2);
    guint32 headers[14] = {0}, start = word_cp(word);
    word_para(word, "页眉");
    headers[7] = headers[8] = word_cp(word) - start;
    word_para(word, "页眉");
    headers[9] = word_cp(word) - start;
    word_para(word, "页脚");
    for (guint i = 10; i < 14; i++)
        headers[i] = word_cp(word) - start;
    word_story(word, 4);
    word_para(word, "批注");
    word_story(word, 5);
    word_para(word, "尾注");
    headers[7] = 3;
    headers[8] = 6;
    headers[9] = 6;
    put_places(word, 11, headers, 14);
    assert_word(word, "<p data-part=\"header\">页眉</p><p>正文</p><p data-part=\"footnote\"> 注</p>"
                      "<p data-part=\"footnote\">尾注</p><p data-part=\"footer\">页脚</p>");
}

static void test_box(void)
{
    Word *word = word_new();
    word_para(word, "前\x08");
    word_para(word, "后");
    word_story(word, 6);
    word_para(word, "框");
    word_story(word, 7);
    g_autoptr(GByteArray) shapes = g_byte_array_new(), boxes = g_byte_array_new();
    put_u32(shapes, 1);
    put_u32(shapes, 5);
    put_u32(shapes, 1025);
    put_zeros(shapes, 22);
    word_part(word, 40, shapes);
    put_u32(boxes, 0);
    put_u32(boxes, 2);
    put_zeros(boxes, 14);
    put_u32(boxes, 1025);
    put_zeros(boxes, 4);
    word_part(word, 56, boxes);
    assert_word(word, "<p>前</p><p>框</p><p>后</p>");
}

static void test_headings(void)
{
    Word *word = word_new();
    g_autoptr(GByteArray) sheet = g_byte_array_new();
    put_u16(sheet, 18);
    put_u16(sheet, 3);
    put_u16(sheet, 10);
    put_zeros(sheet, 14);
    static const guint16 stds[][2] = {{0, 0xfff1}, {1, 1}, {0xffe, 1 << 4 | 1}}; /* built-in number; base and kind */
    for (guint i = 0; i < 3; i++) {
        put_u16(sheet, 16);
        put_u16(sheet, stds[i][0]);
        put_u16(sheet, stds[i][1]);
        put_zeros(sheet, 6);
        put_u16(sheet, 1);
        put_utf16(sheet, "名");
        put_u16(sheet, 0);
    }
    word_part(word, 1, sheet);
    word->style = 1;
    word_para(word, "一级");
    word->style = 2;
    word_para(word, "亦一级");
    word_para(word, "正文");
    word_text(word, "二级");
    word_end(word, 0x0d, WORD_LIST("\x40\x26\x01"));
    assert_word(word, "<h1>一级</h1><h1>亦一级</h1><p>正文</p><h2>二级</h2>");
}

#define LIST_LEVEL(level) "\x0a\x26" level "\x0b\x46\x01\x00"

static void put_level(GByteArray *out, guint numeral, const char *text)
{
    put_u32(out, 1);
    put_u8(out, numeral);
    put_zeros(out, 23);
    guint count = (guint)g_utf8_strlen(text, -1);
    put_u16(out, count);
    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        put_u16(out, c >= '0' && c <= '8' ? c - '0' : c);
    }
}

/* Levels 一、 and 1.1; an empty paragraph counts but shows nothing. */
static void test_numbers(void)
{
    Word *word = word_new();
    g_autoptr(GByteArray) ways = g_byte_array_new(), levels = g_byte_array_new(), lists = g_byte_array_new();
    put_u16(ways, 1);
    put_u32(ways, 77);
    put_zeros(ways, 24);
    word_part(word, 73, ways);
    put_level(levels, 37, "0、");
    put_level(levels, 0, "0.1");
    for (guint i = 2; i < 9; i++)
        put_level(levels, 23, "·");
    g_byte_array_append(word->table, levels->data, levels->len);
    put_u32(lists, 1);
    put_u32(lists, 77);
    put_zeros(lists, 12);
    word_part(word, 74, lists);
    static const char *const texts[] = {"甲", "", "丙", "丁", "戊"};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        word_text(word, texts[i]);
        if (i == 3)
            word_end(word, 0x0d, WORD_LIST(LIST_LEVEL("\x01")));
        else if (i == 4)
            word_end(word, 0x0d, WORD_LIST(LIST_LEVEL("\x02")));
        else
            word_end(word, 0x0d, WORD_LIST(LIST_LEVEL("\x00")));
    }
    assert_word(word, "<p>一、 甲</p><p>三、 丙</p><p>三.1 丁</p><p>戊</p>");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_log_set_always_fatal(G_LOG_FATAL_MASK); /* libgsf's complaints of damaged files are none of ours */
    g_test_add_func("/doc/text", test_text);
    g_test_add_func("/doc/runs", test_runs);
    g_test_add_func("/doc/deleted-mark", test_deleted_mark);
    g_test_add_func("/doc/table", test_table);
    g_test_add_func("/doc/indented-row", test_indented_row);
    g_test_add_func("/doc/nested-table", test_nested_table);
    g_test_add_func("/doc/fields", test_fields);
    g_test_add_func("/doc/field-codes", test_field_codes);
    g_test_add_func("/doc/stories", test_stories);
    g_test_add_func("/doc/box", test_box);
    g_test_add_func("/doc/headings", test_headings);
    g_test_add_func("/doc/numbers", test_numbers);
    return g_test_run();
}
