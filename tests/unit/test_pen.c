/* links: filters/page/[fglpx]*.c src/base/charset.c src/base/text.c; libs: libxml-2.0; flags: -lm */
/* test_pen.c: places to sign on made-up pages, blank, signed, stamped, dusty. */
#include <math.h>
#include <string.h>

#include "page/layout.h"

#define EM 12.0f
#define SCALE 3.0 /* pixels a point */

/* Puts TEXT on PAGE from X on, its top at Y; a blank is a gap of one character. Returns where it ends. */
static float put(Page *page, const char *text, float x, float y)
{
    for (const char *at = text; *at; at = g_utf8_next_char(at), x += EM) {
        PageGlyph glyph = {.c = g_utf8_get_char(at), .control = -1, .box = {x, y, x + EM, y + EM}, .doubt = 0.01f};
        if (*at != ' ')
            g_array_append_val(page->glyphs, glyph);
    }
    return x;
}

static Page *new_page(gboolean scanned)
{
    Page *page = page_new(1, 500, 700);
    page->ink = gray_new(1500, 2100);
    page->ink_scale = SCALE;
    page->red = gray_new(500, 700);
    page->scanned = scanned;
    return page;
}

static void dot(GrayPicture *picture, double x, double y, int side)
{
    for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++)
            picture->gray[((int)y + j) * picture->width + (int)x + i] = 30;
}

/* A thin wavy stroke, as handwriting: LENGTH points from X, Y on. */
static void scribble(Page *page, float x, float y, float length)
{
    for (double t = 0; t < (double)length; t += 0.1)
        dot(page->ink, ((double)x + t) * SCALE, ((double)y + 5 * sin(t / 3)) * SCALE, 3);
}

static void rule(Page *page, gboolean horizontal, float at, float from, float to)
{
    RuleLine line = {horizontal, at, from, to};
    g_array_append_val(page->lines, line);
    for (double t = (double)from * SCALE; t < (double)to * SCALE; t++)
        dot(page->ink, horizontal ? t : (double)at * SCALE, horizontal ? (double)at * SCALE : t, 3);
}

/* A table of two columns and ROWS rows of 40 points, from 50, 300 on; the second column begins at 150. */
static void table(Page *page, int rows)
{
    for (int i = 0; i <= rows; i++)
        rule(page, TRUE, 300 + (float)i * 40, 50, 450);
    float columns[] = {50, 150, 450};
    for (int i = 0; i < 3; i++)
        rule(page, FALSE, columns[i], 300, 300 + (float)rows * 40);
}

/* What is said of PAGE: "state label" of each place, joined by "; ". Frees PAGE. */
static char *said_of(Page *page)
{
    g_autoptr(Xhtml) out = xhtml_new();
    Layout *layout = layout_new(out);
    layout_page(layout, page);
    layout_free(layout);
    page_free(page);
    g_autoptr(GPtrArray) said = xhtml_said(out, "signing");
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < said->len; i++) {
        g_auto(GStrv) words = g_strsplit(said->pdata[i], " ", 7);
        g_assert_cmpuint(g_strv_length(words), ==, 7);
        g_assert_cmpstr(words[1], ==, "1");
        for (int k = 2; k < 6; k++)
            g_assert_cmpfloat(g_ascii_strtod(words[k], NULL), <=, 1);
        g_string_append_printf(all, "%s%s %s", i ? "; " : "", words[0], words[6]);
    }
    return g_string_free(g_steal_pointer(&all), FALSE);
}

static void check(Page *page, const char *wanted)
{
    g_autofree char *said = said_of(page);
    g_assert_cmpstr(said, ==, wanted);
}

static void test_beside(void)
{
    Page *page = new_page(TRUE);
    put(page, "单位负责人（签字）：        （公章）", 60, 100);
    check(page, "blank 单位负责人（签字）");
    page = new_page(TRUE);
    float x = put(page, "单位负责人（签字）：        （公章）", 60, 100);
    scribble(page, x - 11 * EM, 106, 60);
    check(page, "ink 单位负责人（签字）");
    page = new_page(TRUE);
    put(page, "负责人：         （签名）", 60, 100);
    scribble(page, 60 + 5 * EM, 106, 60);
    check(page, "ink （签名）");
    page = new_page(TRUE);
    put(page, "Signature:             Date: 2026-03-01", 60, 100);
    put(page, "甲方签字：            乙方签字：", 60, 160);
    scribble(page, 60 + 19 * EM, 166, 60);
    check(page, "blank Signature; blank 甲方签字; ink 乙方签字");
    /* Above the line, the high strokes of handwriting count; the print of the line before does not. */
    page = new_page(TRUE);
    put(page, "特此承诺特此承诺特此承诺特此承诺特此承诺", 60, 84);
    for (int i = 0; i < 20; i++)
        dot(page->ink, (62 + i * 12) * SCALE, 86 * SCALE, 24);
    put(page, "承诺人：", 60, 100);
    check(page, "blank 承诺人");
}

static void test_underline(void)
{
    Page *page = new_page(TRUE);
    float x = put(page, "Signature", 60, 100);
    rule(page, TRUE, 112, x + 4, x + 150);
    check(page, "blank Signature");
    page = new_page(TRUE);
    x = put(page, "Signature", 60, 100);
    rule(page, TRUE, 112, x + 4, x + 150);
    scribble(page, x + 20, 104, 70);
    check(page, "ink Signature");
}

static void test_cells(void)
{
    Page *page = new_page(TRUE);
    table(page, 3);
    put(page, "负责人签字", 60, 312);
    put(page, "本人签名：", 60, 352);
    put(page, "签字日期", 60, 392);
    scribble(page, 200, 360, 80);
    check(page, "blank 负责人签字; ink 本人签名");
    page = new_page(TRUE);
    table(page, 2);
    put(page, "签字", 60, 312);
    put(page, "2026年3月1日", 300, 318);
    put(page, "意见", 60, 352);
    put(page, "同意。 负责人（签名）：", 160, 352);
    check(page, "blank 签字; blank 负责人（签名）");
}

/* What is no place to sign: prose, dates, headings. */
static void test_no_place(void)
{
    Page *page = new_page(TRUE);
    put(page, "请单位负责人签字后寄回秘书处，并由承诺人保存", 60, 100);
    put(page, "签字日期：2026年3月1日", 60, 130);
    put(page, "电子签名与签章技术", 60, 160);
    put(page, "Signature schemes with appendix", 60, 190);
    check(page, "");
    page = new_page(TRUE); /* nobody knows what is drawn there */
    put(page, "签字：", 60, 100);
    g_clear_pointer(&page->ink, gray_free);
    check(page, "");
}

/* Dust, dots to write on and what is left of a ruling are no ink; a stamp leaves it open. */
static void test_doubt(void)
{
    Page *page = new_page(TRUE);
    float x = put(page, "签字：", 60, 100);
    for (int i = 0; i < 60; i++)
        dot(page->ink, ((double)x + 3 * i % 150) * SCALE, (98 + i % 14) * SCALE, 2);
    for (double t = 10; t < 120; t += 0.3)
        dot(page->ink, ((double)x + t) * SCALE, 112 * SCALE, 1);
    check(page, "blank 签字");
    page = new_page(TRUE);
    x = put(page, "签字：", 60, 100);
    for (int y = 90; y < 115; y++)
        memset(page->red->gray + y * 500 + (int)x + 20, 60, 30);
    check(page, "unknown 签字");
    page = new_page(TRUE); /* written over by a stamp */
    x = put(page, "签字：", 60, 100);
    for (int y = 90; y < 115; y++)
        memset(page->red->gray + y * 500 + (int)x + 20, 60, 30);
    scribble(page, x + 20, 106, 60);
    check(page, "ink 签字");
    page = new_page(TRUE);
    x = put(page, "签字：", 60, 100);
    scribble(page, x + 20, 106, 6); /* a slip of the pen, or a hair */
    check(page, "unknown 签字");
}

/* On a digital page print is known for what it is, and a picture of a name counts as ink. */
static void test_digital(void)
{
    Page *page = new_page(FALSE);
    float x = put(page, "签字：", 60, 100);
    put(page, "张三", x + 20, 100);
    for (int i = 0; i < 2; i++)
        dot(page->ink, ((double)x + 22 + 12 * i) * SCALE, 102 * SCALE, 20);
    check(page, "print 签字");
    page = new_page(FALSE);
    x = put(page, "签字：________", 60, 100);
    check(page, "blank 签字");
    page = new_page(FALSE);
    x = put(page, "签字：", 60, 100);
    dot(page->ink, ((double)x + 20) * SCALE, 98 * SCALE, 60);
    check(page, "ink 签字");
    page = new_page(TRUE); /* on a scan it may be handwriting that was recognised */
    x = put(page, "签字：", 60, 100);
    put(page, "张三", x + 20, 100);
    for (int i = 0; i < 2; i++)
        dot(page->ink, ((double)x + 22 + 12 * i) * SCALE, 102 * SCALE, 20);
    check(page, "ink 签字");
}

/* However many: so many are said. */
static void test_many(void)
{
    Page *page = new_page(TRUE);
    for (int y = 0; y < 40; y++)
        for (int x = 0; x < 4; x++)
            put(page, "签字：", 20 + (float)x * 120, 20 + (float)y * 16);
    g_autofree char *said = said_of(page);
    g_auto(GStrv) places = g_strsplit(said, "; ", -1);
    g_assert_cmpuint(g_strv_length(places), ==, 100);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pen/beside", test_beside);
    g_test_add_func("/pen/underline", test_underline);
    g_test_add_func("/pen/cells", test_cells);
    g_test_add_func("/pen/no-place", test_no_place);
    g_test_add_func("/pen/doubt", test_doubt);
    g_test_add_func("/pen/digital", test_digital);
    g_test_add_func("/pen/many", test_many);
    return g_test_run();
}
