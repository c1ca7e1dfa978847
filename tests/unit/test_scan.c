/* links: filters/readers/picture.c filters/readers/picture_size.c filters/page/scan*.c filters/team.c filters/page/ocr.c filters/page/[fglpx]*.c filters/page/seal*.c src/base/charset.c src/base/clock.c src/base/text.c src/base/failure.c; libs: cairo lept tesseract libxml-2.0 gio-2.0; flags: -lm */
#include <cairo.h>
#include <leptonica/allheaders.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "page/scan.h"
#include "page/scan_paper.h"
#include "page/scan_part.h"
#include "readers/picture_size.h"
#include "readers/rows.h"

#define DPI 225.0

/* Tesseract keeps its models for good. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libtesseract\nleak:libfontconfig\nleak:libcairo\n";
}

static void fill(GrayPicture *picture, int x0, int y0, int x1, int y1, guint8 value)
{
    for (int y = MAX(y0, 0); y < MIN(y1, picture->height); y++)
        memset(picture->gray + y * picture->width + x0, value, (gsize)(x1 - x0));
}

static void frame(GrayPicture *picture, int x0, int y0, int x1, int y1, int stroke)
{
    fill(picture, x0, y0, x1, y0 + stroke, 20);
    fill(picture, x0, y1 - stroke, x1, y1, 20);
    fill(picture, x0, y0, x0 + stroke, y1, 20);
    fill(picture, x1 - stroke, y0, x1, y1, 20);
}

/* ---- projections ---- */

static void near_point(PlanePoint point, double x, double y, double near)
{
    g_assert_cmpfloat_with_epsilon(point.x, x, near);
    g_assert_cmpfloat_with_epsilon(point.y, y, near);
}

static void test_plane(void)
{
    PlanePoint corners[4] = {{10, 20}, {210, 40}, {190, 330}, {25, 300}};
    PlaneMap map;
    g_assert_true(plane_quad(corners, 100, 150, &map));
    near_point(plane_point(&map, 0, 0), 10, 20, 0.01);
    near_point(plane_point(&map, 100, 0), 210, 40, 0.01);
    near_point(plane_point(&map, 100, 150), 190, 330, 0.01);
    near_point(plane_point(&map, 0, 150), 25, 300, 0.01);
    PlanePoint flat[4] = {{0, 0}, {1, 1}, {2, 2}, {3, 3}};
    g_assert_false(plane_quad(flat, 100, 150, &map));
    /* Four quarters lead back. */
    PlaneMap one = plane_quarter(1, 100, 150), three = plane_quarter(3, 150, 100), whole = plane_join(&one, &three);
    near_point(plane_point(&whole, 30, 40), 30, 40, 0.01);
    PlaneMap turn = plane_turn(90, 100, 100);
    near_point(plane_point(&turn, 100, 50), 50, 100, 0.01);
}

static void test_warp(void)
{
    g_autoptr(GrayPicture) picture = gray_new(40, 20);
    fill(picture, 30, 0, 40, 10, 0);
    PlaneMap quarter = plane_quarter(1, 40, 20);
    g_autoptr(GrayPicture) turned = gray_warp(picture, &quarter, 20, 40);
    g_assert_cmpint(turned->gray[35 * 20 + 15], ==, 0); /* the right end of the top went down the right side */
    g_assert_cmpint(turned->gray[5 * 20 + 15], ==, 255);
    PlaneMap far = plane_shift(1e9, -1e9);
    g_autoptr(GrayPicture) none = gray_warp(picture, &far, 10, 10);
    g_assert_cmpint(none->gray[0], ==, 255);
    g_autoptr(GrayPicture) small = gray_reduce(picture, 10);
    g_assert_cmpint(small->gray[3], ==, 0);
    g_assert_cmpint(small->gray[4], ==, 255);
}

/* ---- the sheet ---- */

static void test_sheet(void)
{
    g_autoptr(GrayPicture) desk = gray_new(900, 1200), sheet = gray_new(400, 566);
    for (int i = 0; i < 900 * 1200; i++)
        desk->gray[i] = (guint8)(90 + i / 900 * 20 / 1200 + i % 7);
    PlanePoint corners[4] = {{120, 90}, {790, 130}, {840, 1080}, {70, 1110}}, found[4];
    PlaneMap map;
    g_assert_true(plane_quad(corners, 400, 566, &map));
    for (int y = 0; y < 5660; y++)
        for (int x = 0; x < 4000; x++) {
            PlanePoint point = plane_point(&map, x / 10.0, y / 10.0);
            gboolean ink = (y / 200) % 2 && x > 600 && x < 3400 && (x / 60) % 3;
            desk->gray[(int)point.y * 900 + (int)point.x] = (guint8)((ink ? 40 : 215) - x / 100);
        }
    g_assert_true(scan_paper_find(desk, found));
    for (int i = 0; i < 4; i++)
        near_point(found[i], corners[i].x, corners[i].y, 6);
    /* A scan is nothing but its sheet. */
    g_assert_false(scan_paper_find(sheet, found));
}

/* A table that fills a picture of 1000 x 1400, with some print in its cells, seen as CORNERS (of 1100 x 1500) say. */
static GrayPicture *seen_table(const PlanePoint corners[4], gboolean ruled)
{
    g_autoptr(GrayPicture) flat = gray_new(1000, 1400);
    for (int i = 0; ruled && i <= 12; i++)
        fill(flat, 100, 100 + i * 100, 900, 103 + i * 100, 20);
    for (int i = 0; ruled && i < 4; i++)
        fill(flat, 100 + i * 266, 100, 103 + i * 266, 1300, 20);
    for (int y = 140; y < 1300; y += 100)
        for (int x = 130; x < 880; x += 266)
            for (int k = 0; k < 5; k++)
                frame(flat, x + 34 * k, y, x + 34 * k + 26, y + 28, 3);
    /* gray_warp wants the way back: from what is seen to the flat one. */
    PlanePoint back[4];
    PlaneMap there, map;
    g_assert_true(plane_quad(corners, 1000, 1400, &there));
    const double *m = there.m;
    PlaneMap inverse = {{m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
                         m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
                         m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]}};
    for (int i = 0; i < 4; i++)
        back[i] = plane_point(&inverse, i == 1 || i == 2 ? 1100 : 0, i >= 2 ? 1500 : 0);
    g_assert_true(plane_quad(back, 1100, 1500, &map));
    GrayPicture *seen = gray_warp(flat, &map, 1100, 1500);
    for (int i = 0; i < 1100 * 1500; i++) /* a shadow from one corner to the other */
        seen->gray[i] = (guint8)(seen->gray[i] * (150 + i / 1500 * 100 / 1100) / 255);
    return seen;
}

/* How far the flat table's line from X0, Y0 to X1, Y1 leans on the page that MAP leads from: the angle between the two. */
static double lean_on(const PlaneMap *map, const PlanePoint corners[4], double width, double height, gboolean across)
{
    PlaneMap there;
    g_assert_true(plane_quad(corners, 1000, 1400, &there));
    double most = 0;
    for (int i = 0; i < 2; i++) {
        PlanePoint ends[2], found[2] = {{0, 0}, {0, 0}};
        for (int e = 0; e < 2; e++)
            ends[e] = across ? plane_point(&there, e ? 900 : 100, i ? 1300 : 100) : plane_point(&there, i ? 900 : 100, e ? 1300 : 100);
        for (int e = 0; e < 2; e++) { /* the place of the page that leads there, by halving */
            double step = MAX(width, height) / 2, x = width / 2, y = height / 2;
            for (int k = 0; k < 200; k++) {
                double best = G_MAXDOUBLE, bx = x, by = y;
                for (int d = 0; d < 9; d++) {
                    PlanePoint at = plane_point(map, x + (d % 3 - 1) * step, y + (d / 3 - 1) * step);
                    double away = hypot(at.x - ends[e].x, at.y - ends[e].y);
                    if (away < best)
                        best = away, bx = x + (d % 3 - 1) * step, by = y + (d / 3 - 1) * step;
                }
                if (fabs(bx - x) + fabs(by - y) < 1e-9)
                    step /= 2;
                x = bx, y = by;
            }
            found[e] = (PlanePoint){x, y};
        }
        double dx = fabs(found[1].x - found[0].x), dy = fabs(found[1].y - found[0].y);
        most = MAX(most, across ? dy / dx : dx / dy);
    }
    return most;
}

/* A table seen from the side, the sheet's edges out of sight, is laid straight by its rulings; straight ones, turned ones
 * and pages without a table are left alone. */
static void test_slant(void)
{
    static const PlanePoint slanted[][4] = {{{60, 20}, {1040, 60}, {1090, 1480}, {-20, 1400}},
                                            {{-40, -60}, {1120, 40}, {1000, 1440}, {90, 1560}},
                                            {{100, 50}, {1000, 50}, {1150, 1500}, {-50, 1500}}};
    static const PlanePoint straight[][4] = {{{50, 50}, {1050, 50}, {1050, 1450}, {50, 1450}},
                                             {{90, 20}, {1088, 80}, {1006, 1478}, {8, 1418}}};
    double width, height;
    PlaneMap map;
    for (guint i = 0; i < G_N_ELEMENTS(slanted); i++) {
        g_autoptr(GrayPicture) seen = seen_table(slanted[i], TRUE);
        g_assert_true(scan_paper_slant(seen, &width, &height, &map));
        g_assert_cmpfloat(lean_on(&map, slanted[i], width, height, TRUE), <, 0.005);
        g_assert_cmpfloat(lean_on(&map, slanted[i], width, height, FALSE), <, 0.005);
        g_assert_cmpfloat(width / height, >, 0.55);
        g_assert_cmpfloat(width / height, <, 0.9);
        g_autoptr(GrayPicture) print = seen_table(slanted[i], FALSE);
        g_assert_false(scan_paper_slant(print, &width, &height, &map));
    }
    for (guint i = 0; i < G_N_ELEMENTS(straight); i++) {
        g_autoptr(GrayPicture) seen = seen_table(straight[i], TRUE);
        g_assert_false(scan_paper_slant(seen, &width, &height, &map));
    }
    g_autoptr(GrayPicture) tiny = gray_new(20, 20);
    g_assert_false(scan_paper_slant(tiny, &width, &height, &map));
}

static void test_level(void)
{
    g_autoptr(GrayPicture) picture = gray_new(600, 400);
    for (int y = 0; y < 400; y++)
        for (int x = 0; x < 600; x++)
            picture->gray[y * 600 + x] = (guint8)((120 + x / 5) * (y % 40 < 3 ? 0.35 : 1));
    scan_paper_level(picture, 100);
    for (int x = 10; x < 590; x += 20) {
        g_assert_cmpint(picture->gray[20 * 600 + x], >=, 235);
        g_assert_cmpint(picture->gray[41 * 600 + x], <, 130);
    }
}

static void test_skew(void)
{
    g_autoptr(GrayPicture) picture = gray_new(800, 1100), straight = gray_new(800, 1100);
    for (int y = 100; y < 1000; y += 24)
        for (int x = 100; x < 700; x += 14)
            fill(picture, x, y, x + 10 + x % 3, y + 11, 10);
    g_assert_cmpfloat_with_epsilon(scan_paper_skew(picture), 0, 0.1);
    PlaneMap turn = plane_turn(-3, 800, 1100);
    g_autoptr(GrayPicture) crooked = gray_warp(picture, &turn, 800, 1100);
    g_assert_cmpfloat_with_epsilon(scan_paper_skew(crooked), 3, 0.15);
    g_assert_cmpfloat(scan_paper_skew(straight), ==, 0);
}

/* ---- rulings, ticks, lines of print ---- */

static guint count_lines(const GArray *lines, gboolean horizontal)
{
    guint count = 0;
    for (guint i = 0; i < lines->len; i++)
        count += g_array_index(lines, RuleLine, i).horizontal == horizontal;
    return count;
}

static void test_rulings(void)
{
    g_autoptr(GrayPicture) page = gray_new(1000, 800);
    frame(page, 100, 100, 900, 300, 3);
    fill(page, 100, 200, 900, 203, 20);
    fill(page, 500, 100, 503, 200, 20);
    fill(page, 300, 200, 301, 203, 255); /* dust broke the line */
    for (int x = 100; x < 900; x += 18) /* dashes */
        fill(page, x, 500, x + 10, 502, 20);
    for (int y = 560; y < 760; y += 36) /* print whose strokes stand below one another */
        for (int x = 100; x < 700; x += 34) {
            for (int bar = 0; bar < 32; bar += 7)
                fill(page, x + bar % 3, y + bar, x + 26 + bar % 3, y + bar + 3, 20);
            fill(page, x + 13, y, x + 16, y + 32, 20);
        }
    g_autoptr(GArray) lines = scan_take_lines(page, DPI);
    g_assert_cmpuint(count_lines(lines, TRUE), ==, 4);
    g_assert_cmpuint(count_lines(lines, FALSE), ==, 3);
    g_autoptr(GPtrArray) grids = grid_find(lines);
    g_assert_cmpuint(grids->len, ==, 1);
    g_assert_cmpuint(((Grid *)grids->pdata[0])->cells->len, ==, 3);
    g_assert_cmpint(page->gray[201 * 1000 + 700], ==, 255); /* taken out */
    g_assert_cmpint(page->gray[561 * 1000 + 115], ==, 20);  /* print stays */
}

static void test_ticks(void)
{
    g_autoptr(GrayPicture) page = gray_new(600, 200);
    frame(page, 50, 50, 76, 76, 2);   /* empty */
    frame(page, 150, 50, 176, 76, 2); /* ticked, with a tail */
    for (int i = 0; i < 24; i++)
        fill(page, 156 + i, 68 - i, 160 + i, 71 - i, 20);
    fill(page, 250, 50, 276, 76, 20); /* filled */
    frame(page, 350, 50, 376, 72, 2); /* a character: legs */
    fill(page, 350, 70, 352, 78, 20);
    fill(page, 374, 70, 376, 78, 20);
    frame(page, 450, 50, 570, 76, 2); /* too long */
    frame(page, 150, 120, 176, 146, 2); /* a tick that does not touch its box */
    for (int i = 0; i < 12; i++)
        fill(page, 157 + i, 138 - i, 160 + i, 141 - i, 20);
    for (int y = -9; y <= 9; y++) /* the letter o */
        for (int x = -9; x <= 9; x++)
            if (x * x + y * y <= 81 && x * x + y * y > 49)
                page->gray[(140 + y) * 600 + 300 + x] = 20;
    g_autoptr(GArray) ticks = scan_take_ticks(page, DPI);
    g_assert_cmpuint(ticks->len, ==, 4);
    for (guint i = 0; i < ticks->len; i++) {
        const ScanTick *tick = &g_array_index(ticks, ScanTick, i);
        g_assert_cmpint(tick->checked, ==, tick->x0 > 100);
    }
    g_assert_cmpint(page->gray[50 * 600 + 60], ==, 255);
    g_assert_cmpint(page->gray[50 * 600 + 360], ==, 20);
}

static void test_strips(void)
{
    g_autoptr(GrayPicture) page = gray_new(1000, 400);
    g_autoptr(GPtrArray) grids = g_ptr_array_new();
    /* Two lines; the second is bent, and its pieces stand far apart. */
    for (int x = 100; x < 800; x += 34)
        fill(page, x, 100, x + 28, 130, 20);
    for (int x = 100; x < 900; x += 34)
        if (x < 300 || x > 500) {
            int y = 160 + (x - 500) * (x - 500) / 20000;
            fill(page, x, y, x + 28, y + 30, 20);
        }
    fill(page, 850, 300, 851, 301, 20); /* dust */
    g_autoptr(GPtrArray) strips = scan_cut_lines(page, grids, DPI);
    g_assert_cmpuint(strips->len, ==, 3);
    for (guint i = 0; i < strips->len; i++) {
        const ScanStrip *strip = strips->pdata[i];
        const GrayPicture *picture = strip->picture;
        g_assert_cmpfloat_with_epsilon(strip->em, 32, 4);
        for (int x = 0; x < picture->width; x++) { /* straight: nothing above or below one line */
            g_assert_cmpint(picture->gray[4 * picture->width + x], ==, 255);
            g_assert_cmpint(picture->gray[(picture->height - 4) * picture->width + x], ==, 255);
        }
    }
}

static GArray *symbols_of(const char *text)
{
    GArray *symbols = g_array_new(FALSE, FALSE, sizeof(OcrSymbol));
    for (; *text; text = g_utf8_next_char(text)) {
        OcrSymbol symbol = {.c = g_utf8_get_char(text)};
        g_array_append_val(symbols, symbol);
    }
    return symbols;
}

static char *mend(const char *text)
{
    g_autoptr(GArray) symbols = symbols_of(text);
    scan_mend(symbols);
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < symbols->len; i++)
        g_string_append_unichar(out, g_array_index(symbols, OcrSymbol, i).c);
    return g_strdup(out->str);
}

static void test_mend(void)
{
    static const char *const cases[][2] = {
        {"“,甲方(公章):", "甲方（公章）："}, {"2001年一2005年", "2001年—2005年"}, {"第一章", "第一章"},
        {"a@b.cn, c", "a@b.cn, c"},          {"他说“好”", "他说“好”"},         {"本科;”硕士", "本科；硕士"},
        {"（工作组）V", "（工作组）√"},       {"IPv6协议", "IPv6协议"},         {"团体V企业", "团体√企业"},
        {"姓名：_张三__", "姓名：张三"},      {"a_b@c.cn", "a_b@c.cn"},         {"", ""},
        {"ISOVIEC27001", "ISO/IEC27001"},     {"ISOQVIEC", "ISO/IEC"},         {"ISO/IEC", "ISO/IEC"},
        {"ISO9001", "ISO9001"},               {"2026人年4月2日", "2026年4月2日"}, {"2026年3月11昌", "2026年3月11日"},
        {"1989年4月，14日", "1989年4月14日"}, {"2026年4月z0日", "2026年4月20日"}, {"2023年7月至今", "2023年7月至今"},
        {"在2026年内完成", "在2026年内完成"}, {"12026人年", "12026人年"}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *mended = mend(cases[i][0]);
        g_assert_cmpstr(mended, ==, cases[i][1]);
    }
}

static void test_mend_latin(void)
{
    static const gunichar text[] = {'a', '-', 0x2014, 'b', 0x2014, 'c', 0x2014, 'd'};
    g_autoptr(GArray) symbols = g_array_new(FALSE, FALSE, sizeof(OcrSymbol));
    for (guint i = 0; i < G_N_ELEMENTS(text); i++) {
        OcrSymbol symbol = {.c = text[i], .word = i / 6}; /* the last dash begins a word: it is one */
        g_array_append_val(symbols, symbol);
    }
    scan_mend_latin(symbols);
    static const gunichar mended[] = {'a', '-', 'b', '-', 'c', 0x2014, 'd'};
    g_assert_cmpuint(symbols->len, ==, G_N_ELEMENTS(mended));
    for (guint i = 0; i < symbols->len; i++)
        g_assert_cmpuint(g_array_index(symbols, OcrSymbol, i).c, ==, mended[i]);
}

static void check_values(const char *text, const char *before, guint right, guint wrong)
{
    guint found_wrong, found = scan_check(text, before, &found_wrong);
    if (found != right || found_wrong != wrong)
        g_test_message("%s | %s", before, text);
    g_assert_cmpuint(found, ==, right);
    g_assert_cmpuint(found_wrong, ==, wrong);
}

/* Values that cannot be: the line is read again. */
static void test_check(void)
{
    check_values("zhang@a.example.cn", "电子邮箱", 1, 0);
    check_values("zhang.a.example.cn", "电子邮箱", 0, 1);
    check_values("zhang@a.example.cn", "", 0, 0); /* nobody says what it is */
    check_values("zhang@a-long-", "E-mail：", 1, 0); /* it goes on below */
    check_values("E-mail:zhang@example", "", 0, 1);
    check_values("13900010086", "联系电话", 1, 0);
    check_values("010-62000118转801", "电话：", 1, 0);
    check_values("+8653188000077", "电话", 1, 0);
    check_values("+442079460000", "电话", 1, 0);
    check_values("1390001008", "手机", 0, 1);
    check_values("通信地址：知新路18号邮编：10019电话：13900010086", "", 1, 1);
    check_values("310058", "邮编", 1, 0);
    check_values("23008", "邮政编码", 0, 1);
    check_values("同上", "邮编", 0, 0);
    check_values("2026年3月11日", "", 1, 0);
    check_values("1995年12月", "出生年月", 1, 0);
    check_values("2026年3月11昌", "", 0, 1);
    check_values("2026年3月315日", "", 0, 1);
    check_values("2026年：3滑18月", "", 0, 1);
    check_values("2026年13月1日", "", 0, 1);
    check_values("年月日", "", 0, 0);
    check_values("2026年6月提交NP投票，2026年12月完成WD；2027年9月完成CD", "", 0, 0);
}

/* A strip that shows WORDS, its left edge at X. */
static ScanStrip *draw_strip(const char *words, int x)
{
    ScanStrip *strip = g_new0(ScanStrip, 1);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 400, 56);
    cairo_t *cairo = cairo_create(surface);
    cairo_select_font_face(cairo, "AR PL UMing CN", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, 32);
    cairo_move_to(cairo, 20, 40);
    cairo_show_text(cairo, words);
    cairo_surface_flush(surface);
    strip->picture = gray_new(400, 56);
    for (int y = 0; y < 56; y++)
        for (int i = 0; i < 400; i++)
            strip->picture->gray[y * 400 + i] =
                (guint8)(255 - cairo_image_surface_get_data(surface)[y * cairo_image_surface_get_stride(surface) + i]);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    strip->x = x;
    strip->bend[0] = 100;
    strip->em = 32;
    return strip;
}

static void strip_free(gpointer data)
{
    gray_free(((ScanStrip *)data)->picture);
    g_free(data);
}

static void assert_symbols(const GArray *symbols, const char *wanted)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < symbols->len; i++)
        g_string_append_unichar(text, g_array_index(symbols, OcrSymbol, i).c);
    g_assert_cmpstr(text->str, ==, wanted);
}

/* A number with a digit too few is read again and found whole, at its own places; what is right, and what is not better when
 * read again, stays as it was. */
static void test_again(void)
{
    g_autoptr(GPtrArray) strips = g_ptr_array_new_with_free_func(strip_free);
    g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    static const char *const shown[] = {"联系电话", "13900010086", "邮编", "310058", "电话", "1390001"};
    static const char *const first[] = {"联系电话", "1390001008", "邮编", "310059", "电话", "139000"};
    static const char *const wanted[] = {"联系电话", "13900010086", "邮编", "310059", "电话", "1390001"};
    for (guint i = 0; i < G_N_ELEMENTS(shown); i++) {
        ScanStrip *strip = draw_strip(shown[i], 100 + (int)(i % 2) * 500);
        strip->bend[0] = 100 + i / 2 * 100;
        g_ptr_array_add(strips, strip);
        g_ptr_array_add(read, symbols_of(first[i]));
    }
    scan_read_again(strips, read, clock_mono() + 600 * G_USEC_PER_SEC);
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++)
        assert_symbols(read->pdata[i], wanted[i]);
    const GArray *phone = read->pdata[1];
    const OcrSymbol *last = &g_array_index(phone, OcrSymbol, phone->len - 1);
    g_assert_cmpint(last->x0, >, 170);
    g_assert_cmpint(last->x1, <, 220);
    g_array_set_size(read->pdata[1], 10);
    scan_read_again(strips, read, 0); /* no time */
    assert_symbols(read->pdata[1], "1390001008");
}

/* What is unsure is said in the XHTML, and boxes lead back to the picture that was sent. */
static void test_confidence(void)
{
    g_autoptr(Xhtml) out = xhtml_new();
    g_autoptr(Page) page = page_new(1, 200, 100);
    Layout *layout = layout_new(out);
    PageGlyph sure = {0x4e2d, -1, {20, 20, 30, 30}, 0.02f, FALSE, 0}, unsure = {0x6587, -1, {30, 20, 40, 30}, 0.4f, FALSE, 0};
    g_array_append_val(page->glyphs, sure);
    g_array_append_val(page->glyphs, unsure);
    page->mapped = TRUE;
    page->back = (PlaneMap){{0, 0.01, 0, 0.005, 0, 0, 0, 0, 1}};
    layout_page(layout, page);
    layout_free(layout);
    xmlChar *text = NULL;
    int size;
    xmlDocDumpMemory(xhtml_doc(out), &text, &size);
    g_assert_nonnull(strstr((char *)text, "data-confidence=\"0.60\""));
    g_assert_nonnull(strstr((char *)text, "data-box=\"1 0.2"));
    xmlFree(text);
}

/* ---- whole pictures ---- */

/* A form of two rows, turned by DEGREES, as a PNG. Fonts: fonts-arphic-uming. */
static GBytes *draw_form(double degrees)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1654, 1100);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 0.97, 0.97, 0.95);
    cairo_paint(cairo);
    cairo_translate(cairo, 827, 550);
    cairo_rotate(cairo, degrees * G_PI / 180);
    cairo_translate(cairo, -827, -550);
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
    cairo_set_line_width(cairo, 3);
    for (int row = 0; row < 2; row++)
        for (int column = 0; column < 2; column++)
            cairo_rectangle(cairo, 200 + column * 300, 300 + row * 100, column ? 900 : 300, 100);
    cairo_rectangle(cairo, 530, 438, 24, 24);
    cairo_rectangle(cairo, 730, 438, 24, 24);
    cairo_move_to(cairo, 735, 448);
    cairo_line_to(cairo, 742, 458);
    cairo_line_to(cairo, 760, 432);
    cairo_move_to(cairo, 580, 900); /* a name, by hand */
    for (int i = 1; i < 40; i++)
        cairo_line_to(cairo, 580 + 5 * i, 885 + 25 * sin(i * i));
    cairo_stroke(cairo);
    cairo_select_font_face(cairo, "AR PL UMing CN", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, 32);
    static const struct {
        int x, y;
        const char *text;
    } texts[] = {{230, 362, "工作单位"}, {530, 362, "北京大学信息中心"}, {230, 462, "性别"}, {570, 462, "男"}, {770, 462, "女"},
                 {300, 600, "关于承担国际标准提案工作的承诺书"}, {300, 760, "本人签字："}, {300, 900, "单位负责人签字："}};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        cairo_move_to(cairo, texts[i].x, texts[i].y);
        cairo_show_text(cairo, texts[i].text);
    }
    cairo_surface_flush(surface);
    PIX *pix = pixCreate(1654, 1100, 32);
    for (int y = 0; y < 1100; y++)
        for (int x = 0; x < 1654; x++) {
            const guint32 *row = (const guint32 *)(gpointer)(cairo_image_surface_get_data(surface) +
                                                             y * cairo_image_surface_get_stride(surface));
            pixSetPixel(pix, x, y, row[x] << 8);
        }
    pixSetResolution(pix, 200, 200);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    l_uint8 *data = NULL;
    size_t size = 0;
    g_assert_cmpint(pixWriteMem(&data, &size, pix, IFF_PNG), ==, 0);
    pixDestroy(&pix);
    GBytes *bytes = g_bytes_new(data, size);
    lept_free(data);
    return bytes;
}

static gboolean no_member(G_GNUC_UNUSED Members *self, G_GNUC_UNUSED const char *name,
                          G_GNUC_UNUSED const guint8 *bytes, G_GNUC_UNUSED gsize length, G_GNUC_UNUSED Status status)
{
    return TRUE;
}

static Status read_bytes(const void *bytes, gsize length, Xhtml *out)
{
    ReadInput input = {.bytes = bytes, .length = length, .until = clock_mono() + 600 * G_USEC_PER_SEC};
    Members members = {.member = no_member};
    return picture_read(&input, out, &members);
}

static void check_form(double degrees)
{
    g_autoptr(GBytes) bytes = draw_form(degrees);
    g_autoptr(Xhtml) out = xhtml_new();
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    g_assert_cmpint(read_bytes(data, length, out), ==, STATUS_READ);
    g_autofree char *text = xhtml_plain_text(out);
    g_auto(GStrv) parts = g_strsplit(text, " ", -1);
    g_autofree char *tight = g_strjoinv("", parts);
    if (!strstr(tight, "工作单位\t"))
        g_test_message("%g degrees: %s", degrees, text);
    g_assert_nonnull(strstr(tight, "工作单位\t"));
    g_assert_nonnull(strstr(tight, "☐男"));
    g_assert_nonnull(strstr(tight, "☑女"));
    g_assert_nonnull(strstr(tight, "提案工作的承诺书"));
    g_autoptr(GPtrArray) said = xhtml_said(out, "signing");
    g_assert_cmpuint(said->len, ==, 2);
    g_assert_true(g_str_has_prefix(said->pdata[0], "blank 1 ") && g_str_has_suffix(said->pdata[0], "本人签字"));
    g_assert_true(g_str_has_prefix(said->pdata[1], "ink 1 ") && g_str_has_suffix(said->pdata[1], "负责人签字"));
}

static void test_form(void)
{
    check_form(0);
    check_form(2.5);
}

static void test_upside_down(void)
{
    check_form(180);
}

static void test_refused(void)
{
    g_autoptr(Xhtml) out = xhtml_new();
    g_autoptr(GBytes) form = draw_form(0);
    gsize length;
    const guint8 *data = g_bytes_get_data(form, &length);
    g_assert_cmpint(read_bytes(data, length / 2, out), ==, STATUS_DAMAGED);
    g_assert_cmpint(read_bytes("no picture at all", 17, out), ==, STATUS_DAMAGED);
    g_assert_cmpint(read_bytes("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1", 18, out), ==, STATUS_DAMAGED);
    /* Sizes are looked at before anything is decoded. */
    g_autofree guint8 *bomb = g_memdup2(data, length);
    memcpy(bomb + 16, "\0\0\xff\xff\0\0\xff\xff", 8);
    g_assert_cmpint(read_bytes(bomb, length, out), ==, STATUS_TOO_LARGE);
    static const guint8 gif[] = "GIF89a\xff\xff\xff\xff\0\0\0\0\0\0\0";
    g_assert_cmpint(read_bytes(gif, sizeof gif, out), ==, STATUS_TOO_LARGE);
}

static void test_formats(void)
{
    static const l_int32 formats[] = {IFF_PNG, IFF_JFIF_JPEG, IFF_TIFF_LZW, IFF_BMP, IFF_WEBP, IFF_GIF};
    PIX *pix = pixCreate(300, 200, 32);
    pixSetAll(pix);
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autoptr(Xhtml) out = xhtml_new();
        l_uint8 *data = NULL;
        size_t size = 0;
        guint32 width, height;
        PIX *written = formats[i] == IFF_GIF ? pixConvertTo8(pix, TRUE) : pixClone(pix);
        g_assert_cmpint(pixWriteMem(&data, &size, written, formats[i]), ==, 0);
        g_assert_true(picture_size(data, size, 0, &width, &height));
        g_assert_cmpuint(width, ==, 300);
        g_assert_cmpuint(height, ==, 200);
        g_assert_cmpint(read_bytes(data, size, out), ==, STATUS_READ);
        lept_free(data);
        pixDestroy(&written);
    }
    pixDestroy(&pix);
}

/* No time: the page is not read, and that is said. */
static void test_late(void)
{
    g_autoptr(GBytes) form = draw_form(0);
    g_autoptr(Xhtml) out = xhtml_new();
    ReadInput input = {.until = clock_mono() - 1};
    Members members = {.member = no_member};
    input.bytes = g_bytes_get_data(form, &input.length);
    g_assert_cmpint(picture_read(&input, out, &members), ==, STATUS_READ);
    g_autoptr(GPtrArray) unread = xhtml_said(out, "pages-unread");
    g_assert_cmpuint(unread->len, ==, 1);
    g_assert_cmpstr(unread->pdata[0], ==, "1-1");
}

static void test_exif(void)
{
    static const guint8 turned[] = "\xff\xd8\xff\xe1\0\x22" "Exif\0\0" "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0\xff\xda";
    g_assert_cmpint(picture_orientation(turned, sizeof turned - 1), ==, 6);
    for (gsize length = 0; length < sizeof turned - 1; length++) { /* cut anywhere: no reading beyond the end */
        g_autofree guint8 *cut = g_memdup2(turned, length);
        g_assert_cmpint(picture_orientation(cut, length), >=, 1);
    }
}

int main(int argc, char **argv)
{
    /* Tesseract's threads take the variable at the start of the process only. */
    if (!g_getenv("OMP_THREAD_LIMIT")) {
        g_setenv("OMP_THREAD_LIMIT", "1", TRUE);
        execv("/proc/self/exe", argv);
    }
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scan/plane", test_plane);
    g_test_add_func("/scan/warp", test_warp);
    g_test_add_func("/scan/sheet", test_sheet);
    g_test_add_func("/scan/slant", test_slant);
    g_test_add_func("/scan/level", test_level);
    g_test_add_func("/scan/skew", test_skew);
    g_test_add_func("/scan/rulings", test_rulings);
    g_test_add_func("/scan/ticks", test_ticks);
    g_test_add_func("/scan/strips", test_strips);
    g_test_add_func("/scan/mend", test_mend);
    g_test_add_func("/scan/mend-latin", test_mend_latin);
    g_test_add_func("/scan/check", test_check);
    g_test_add_func("/scan/again", test_again);
    g_test_add_func("/scan/confidence", test_confidence);
    g_test_add_func("/scan/form", test_form);
    g_test_add_func("/scan/upside-down", test_upside_down);
    g_test_add_func("/scan/refused", test_refused);
    g_test_add_func("/scan/formats", test_formats);
    g_test_add_func("/scan/late", test_late);
    g_test_add_func("/scan/exif", test_exif);
    return g_test_run();
}
