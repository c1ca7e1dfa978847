// links: filters/page/seal*.c; libs: cairo lept; flags: -lm
#include "page/seal.h"
#include "seal_draw.h"

#define DPI 120.0
#define OTHER_DPI 80.0

/* ---- seals ---- */

typedef struct {
    const char *name;
    Stamp stamp, other;      /* OTHER: a second one, of width 0 when there is none */
    Scan scan;
    double dpi;              /* 0: DPI */
    double width, height;    /* of the sheet; 0: the lower half of an A4 page */
    gboolean text, table, unscaled; /* UNSCALED: the detector is not told the scale */
} Case;

#define AT(across) .x = 130, .y = 70, .width = across
#define TYPICAL {AT(42)}

static const Case seals[] = {
    {"plain", .stamp = TYPICAL},
    {"over black text", .stamp = TYPICAL, .text = TRUE},
    {"over a table", .stamp = TYPICAL, .table = TRUE},
    {"over text in a table, patchy", .stamp = {AT(42), .patchy = 0.5}, .text = TRUE, .table = TRUE},
    {"45 %", .stamp = {AT(42), .strength = 0.45}, .text = TRUE},
    {"35 %, patchy", .stamp = {AT(42), .strength = 0.35, .patchy = 0.3}, .text = TRUE},
    {"25 %", .stamp = {AT(42), .strength = 0.25}, .text = TRUE},
    {"25 %, noisy scan", .stamp = {AT(42), .strength = 0.25}, .scan = {.noise = 5, .quality = 60}},
    {"very patchy", .stamp = {AT(42), .patchy = 0.8}},
    {"small, 18 mm", .stamp = {AT(18), .characters = 8}},
    {"small, 20 mm, over text", .stamp = {AT(20), .characters = 9}, .text = TRUE},
    {"small, scanned", .stamp = {AT(18), .characters = 8}, .scan = {.noise = 4, .quality = 50}, .dpi = 200},
    {"38 mm", .stamp = {AT(38)}},
    {"large, 58 mm", .stamp = {AT(58), .characters = 16}},
    {"oval 45 x 30", .stamp = {AT(45), .height = 30}},
    {"oval 40 x 30, rows", .stamp = {AT(40), .height = 30, .rows = TRUE}},
    {"oval, upright", .stamp = {AT(30), .height = 45}},
    {"oval, turned 30", .stamp = {AT(45), .height = 30, .turn = 30}},
    {"oval, turned 50, over text", .stamp = {AT(45), .height = 30, .turn = 50}, .text = TRUE},
    {"oval, turned -70, scanned", .stamp = {AT(45), .height = 30, .turn = -70}, .scan = {.noise = 4, .quality = 60}},
    {"oval of 40 x 26", .stamp = {AT(40), .height = 26, .rows = TRUE}},
    {"turned 90", .stamp = {AT(42), .turn = 90}},
    {"upside down", .stamp = {AT(42), .turn = 180}, .text = TRUE},
    {"turned 13, scanned", .stamp = {AT(42), .turn = 13}, .scan = {.noise = 6, .quality = 40}, .text = TRUE},
    {"no star", .stamp = {AT(40), .no_star = TRUE}},
    {"four characters", .stamp = {AT(40), .characters = 4}, .text = TRUE},
    {"five characters, scanned", .stamp = {AT(42), .characters = 5, .turn = -8}, .scan = {.noise = 5, .quality = 40}},
    {"rows for a star", .stamp = {AT(42), .rows = TRUE}},
    {"two rings", .stamp = {AT(42), .doubled = TRUE}},
    {"two seals overlapping", .stamp = TYPICAL, .other = {.x = 158, .y = 78, .width = 42, .turn = 8}},
    {"two seals half over each other", .stamp = TYPICAL, .other = {.x = 148, .y = 70, .width = 40}, .text = TRUE},
    {"seal and oval overlapping", .stamp = TYPICAL, .other = {.x = 152, .y = 62, .width = 45, .height = 30}},
    {"seal and small one", .stamp = TYPICAL, .other = {.x = 168, .y = 72, .width = 20}},
    {"cut at the right edge", .stamp = {.x = 201, .y = 70, .width = 42}},
    {"cut at the lower edge", .stamp = {.x = 120, .y = 142, .width = 42}, .text = TRUE},
    {"cut at a corner", .stamp = {.x = 192, .y = 130, .width = 42}},
    {"cut at the edge, faint", .stamp = {.x = 200, .y = 70, .width = 42, .strength = 0.4}},
    {"vermilion", .stamp = {AT(42), .colour = 0xe8502c}, .text = TRUE},
    {"orange red, 40 %", .stamp = {AT(42), .colour = 0xf04a20, .strength = 0.5}},
    {"magenta", .stamp = {AT(42), .colour = 0xc8206e}, .text = TRUE},
    {"magenta, faint", .stamp = {AT(42), .colour = 0xd0307a, .strength = 0.4}},
    {"dark red", .stamp = {AT(42), .colour = 0x8c1018}, .text = TRUE},
    {"pink", .stamp = {AT(42), .colour = 0xf07888}},
    {"yellowish paper", .stamp = TYPICAL, .scan = {.red = 0.97, .green = 0.92, .blue = 0.78}, .text = TRUE},
    {"yellow paper, faint", .stamp = {AT(42), .strength = 0.35}, .scan = {.red = 1, .green = 0.95, .blue = 0.8, .noise = 3, .quality = 70}},
    {"bluish copy", .stamp = TYPICAL, .scan = {.red = 0.82, .green = 0.9, .blue = 1}, .text = TRUE},
    {"bluish copy, faint", .stamp = {AT(42), .strength = 0.5}, .scan = {.red = 0.85, .green = 0.92, .blue = 1, .noise = 3, .quality = 70}},
    {"warm lamp", .stamp = TYPICAL, .scan = {.red = 0.92, .green = 0.84, .blue = 0.7, .noise = 5, .quality = 60}, .text = TRUE},
    {"gray paper", .stamp = TYPICAL, .scan = {.red = 0.7, .green = 0.7, .blue = 0.7, .noise = 5}, .text = TRUE},
    {"low contrast", .stamp = TYPICAL, .scan = {.contrast = 0.6, .noise = 3, .quality = 60}, .text = TRUE},
    {"noisy, strongly compressed", .stamp = TYPICAL, .scan = {.noise = 10, .quality = 25}, .text = TRUE},
    {"200 dpi", .stamp = TYPICAL, .dpi = 200, .text = TRUE},
    {"72 dpi", .stamp = TYPICAL, .dpi = 72, .text = TRUE},
    {"300 dpi", .stamp = {.x = 60, .y = 60, .width = 42}, .dpi = 300, .width = 120, .height = 120, .scan = {.noise = 5, .quality = 50}},
    {"cut out closely", .stamp = {.x = 22, .y = 22, .width = 42}, .width = 44, .height = 44, .unscaled = TRUE},
    {"cut out, large", .stamp = {.x = 22, .y = 22, .width = 42}, .width = 44, .height = 44, .dpi = 400, .unscaled = TRUE},
    {"cut out, small picture", .stamp = {.x = 22, .y = 22, .width = 42}, .width = 44, .height = 44, .dpi = 70, .unscaled = TRUE},
    {"cut out, oval", .stamp = {.x = 24, .y = 17, .width = 45, .height = 30}, .width = 50, .height = 34, .unscaled = TRUE},
    {"cut out too closely", .stamp = {.x = 20, .y = 21, .width = 42}, .width = 40, .height = 42, .unscaled = TRUE},
    {"photograph", .stamp = TYPICAL, .unscaled = TRUE, .text = TRUE, .scan = {.red = 0.9, .green = 0.87, .blue = 0.8, .noise = 5, .quality = 60}},
    {"photograph, small seal", .stamp = {AT(24)}, .dpi = 160, .unscaled = TRUE, .text = TRUE, .scan = {.noise = 4, .quality = 60}},
};

static void save_when_asked(PIX *pix, const char *kind, guint number)
{
    const char *folder = g_getenv("SEAL_PICTURES");
    g_autofree char *path = folder ? g_strdup_printf("%s/%s-%02u.png", folder, kind, number) : NULL;
    if (path)
        pixWrite(path, pix, IFF_PNG);
}

static PIX *draw_case(const Case *one)
{
    double width = one->width > 0 ? one->width : 210, height = one->height > 0 ? one->height : 148;
    Sheet sheet = sheet_new(width, height, one->dpi > 0 ? one->dpi : DPI, 7);
    if (one->table)
        draw_table(&sheet, 30, 22, 5, 0x202020);
    if (one->text)
        draw_text(&sheet, 20, height - 10);
    draw_stamp(&sheet, &one->stamp);
    if (one->other.width > 0)
        draw_stamp(&sheet, &one->other);
    PIX *pix = sheet_scan(&sheet, &one->scan);
    sheet_free(&sheet);
    return pix;
}

/* The box must be about where the seal, or the other one, was stamped. */
static gboolean is_about(const Stamp *stamp, const Case *one, const double box[4])
{
    double width = one->width > 0 ? one->width : 210, height = one->height > 0 ? one->height : 148;
    double b = stamp->height > 0 ? stamp->height : stamp->width, reach = MAX(stamp->width, b) / 2;
    double x0 = box[0] * width, y0 = box[1] * height, x1 = box[2] * width, y1 = box[3] * height;
    return stamp->width > 0 && x0 > stamp->x - reach - 3 && x1 < stamp->x + reach + 3 && y0 > stamp->y - reach - 3 &&
           y1 < stamp->y + reach + 3 && x1 - x0 > stamp->width * 0.45 && y1 - y0 > MIN(b, stamp->width) * 0.45;
}

static void test_seals(void)
{
    guint missed = 0;
    for (guint i = 0; i < G_N_ELEMENTS(seals); i++) {
        const Case *one = &seals[i];
        double box[4] = {0};
        PIX *pix = draw_case(one);
        save_when_asked(pix, "seal", i);
        SealAnswer answer = seal_look_pix(pix, one->unscaled ? 0 : (one->dpi > 0 ? one->dpi : DPI) / 72, TRUE, box);
        gboolean there = answer == SEAL_PRESENT && (is_about(&one->stamp, one, box) || is_about(&one->other, one, box));
        if (!there)
            g_test_message("seal %u, %s: %s at %.2f %.2f %.2f %.2f", i, one->name, seal_name(answer), box[0], box[1], box[2], box[3]);
        missed += !there;
        pixDestroy(&pix);
    }
    g_test_message("%u of %u seals found", (guint)G_N_ELEMENTS(seals) - missed, (guint)G_N_ELEMENTS(seals));
    g_assert_cmpuint(missed, ==, 0);
}

/* ---- red things that are no seals ---- */

/* What a negative is drawn by; A, B and C are its measures, in millimetres or counts. */
typedef struct Thing Thing;
struct Thing {
    const char *name;
    void (*draw)(Sheet *sheet, const Thing *thing);
    double a, b, c;
    guint32 colour;   /* 0: red */
    Scan scan;
    double y;         /* of its middle; 0: 70 */
};

static void begin(Sheet *sheet, const Thing *thing)
{
    draw_text(sheet, 110, 145);
    cairo_translate(sheet->cairo, 130, thing->y > 0 ? thing->y : 70);
    draw_colour(sheet->cairo, thing->colour ? thing->colour : DRAW_RED);
}

static void disc(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    draw_ellipse(sheet->cairo, thing->a / 2, (thing->b > 0 ? thing->b : thing->a) / 2);
    cairo_fill(sheet->cairo);
}

/* A ring of A mm with a line of B, once more inside at C of its size. */
static void ring(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    cairo_set_line_width(sheet->cairo, thing->b);
    draw_ellipse(sheet->cairo, thing->a / 2, thing->a / 2);
    cairo_stroke(sheet->cairo);
    draw_ellipse(sheet->cairo, thing->a / 2 * thing->c, thing->a / 2 * thing->c);
    cairo_stroke(sheet->cairo);
}

/* A ring with one large letter or sign in it. */
static void ring_and_sign(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    cairo_set_line_width(sheet->cairo, thing->b);
    draw_ellipse(sheet->cairo, thing->a / 2, thing->a / 2);
    cairo_stroke(sheet->cairo);
    if (thing->c > 0) {
        draw_star(sheet->cairo, (int)thing->c, thing->a * 0.3, thing->a * 0.12);
        cairo_fill(sheet->cairo);
    } else {
        draw_glyph(sheet, sheet->cairo, thing->a * 0.55);
    }
}

/* A disc with white characters around and a white star. */
static void disc_with_words(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    draw_ellipse(sheet->cairo, thing->a / 2, thing->a / 2);
    cairo_fill(sheet->cairo);
    draw_colour(sheet->cairo, 0xffffff);
    draw_arc_text(sheet, sheet->cairo, thing->a * 0.37, thing->a * 0.37, 12, thing->a * 0.11, 5);
    draw_star(sheet->cairo, 5, thing->a * 0.2, thing->a * 0.08);
    cairo_fill(sheet->cairo);
}

/* A red ring around words in another colour. */
static void two_colours(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    cairo_set_line_width(sheet->cairo, thing->b);
    draw_ellipse(sheet->cairo, thing->a / 2, thing->a / 2);
    cairo_stroke(sheet->cairo);
    draw_colour(sheet->cairo, 0x2050c0);
    draw_arc_text(sheet, sheet->cairo, thing->a * 0.37, thing->a * 0.37, 12, thing->a * 0.11, 5);
    draw_star(sheet->cairo, 5, thing->a * 0.2, thing->a * 0.08);
    cairo_fill(sheet->cairo);
}

/* A ring with words in the letterhead, as universities have. */
static void crest(Sheet *sheet, const Thing *thing)
{
    draw_text(sheet, 60, 145);
    draw_stamp(sheet, &(Stamp){.x = thing->b, .y = 16, .width = thing->a, .colour = thing->colour});
}

static void star(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    draw_star(sheet->cairo, (int)thing->c, thing->a / 2, thing->b / 2);
    cairo_fill(sheet->cairo);
}

/* A stamp with C sides, lines and characters. */
static void angular_stamp(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    int sides = (int)thing->c;
    cairo_save(sheet->cairo);
    cairo_rotate(sheet->cairo, thing->b);
    cairo_set_line_width(sheet->cairo, 1.2);
    for (int i = 0; i < sides; i++)
        cairo_line_to(sheet->cairo, thing->a / 2 * cos((i + 0.5) * 2 * G_PI / sides), thing->a / 2 * sin((i + 0.5) * 2 * G_PI / sides));
    cairo_close_path(sheet->cairo);
    cairo_stroke(sheet->cairo);
    cairo_restore(sheet->cairo);
    for (int i = 0; i < 4; i++)
        draw_line(sheet, -thing->a * 0.15, (i - 1.5) * thing->a * 0.13, 4, thing->a * 0.1);
}

/* A frame of A x B with characters in it: name seals, and stamps of the post room. */
static void frame(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    cairo_set_line_width(sheet->cairo, 1);
    cairo_rectangle(sheet->cairo, -thing->a / 2, -thing->b / 2, thing->a, thing->b);
    cairo_stroke(sheet->cairo);
    double size = thing->c;
    for (double y = -thing->b / 2 + size * 0.7; y < thing->b / 2 - size * 0.4; y += size * 1.1)
        draw_line(sheet, -thing->a / 2 + size * 0.7, y, (int)((thing->a - size * 0.3) / size / 1.05), size);
}

static void rounded_frame(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    double x = thing->a / 2, y = thing->b / 2, r = thing->c;
    cairo_set_line_width(sheet->cairo, 1);
    cairo_arc(sheet->cairo, x - r, -y + r, r, -G_PI / 2, 0);
    cairo_arc(sheet->cairo, x - r, y - r, r, 0, G_PI / 2);
    cairo_arc(sheet->cairo, -x + r, y - r, r, G_PI / 2, G_PI);
    cairo_arc(sheet->cairo, -x + r, -y + r, r, G_PI, 3 * G_PI / 2);
    cairo_close_path(sheet->cairo);
    cairo_stroke(sheet->cairo);
    for (int i = -1; i <= 1; i++)
        draw_line(sheet, -x + 5, i * 6, (int)((thing->a - 8) / 5.2), 5);
}

/* The head of an official document: large red characters and a red rule. */
static void red_head(Sheet *sheet, const Thing *thing)
{
    draw_colour(sheet->cairo, DRAW_RED);
    draw_line(sheet, 30, 30, (int)thing->b, thing->a);
    cairo_rectangle(sheet->cairo, 25, 50, 160, thing->c);
    cairo_fill(sheet->cairo);
    draw_text(sheet, 60, 145);
}

static void red_text(Sheet *sheet, const Thing *thing)
{
    draw_colour(sheet->cairo, DRAW_RED);
    for (double y = 20; y < 130; y += thing->a * 1.6)
        draw_line(sheet, 25, y, (int)(160 / thing->a / 1.05), thing->a);
}

static void red_table(Sheet *sheet, const Thing *thing)
{
    draw_table(sheet, 20, thing->a, (int)thing->b, DRAW_RED);
    draw_colour(sheet->cairo, thing->colour ? thing->colour : 0x202020);
    for (int i = 0; i < (int)thing->b; i++)
        for (int k = 0; k < 4; k++)
            draw_line(sheet, 24 + k * 42, 20 + (i + 0.5) * thing->a, 6, 4);
}

/* A pie of B pieces, with a hole of C of its size. */
static void pie(Sheet *sheet, const Thing *thing)
{
    static const guint32 colours[] = {DRAW_RED, 0xf0a030, 0xe86060, 0x4060c0, 0x40a060, 0xa01020};
    begin(sheet, thing);
    for (int i = 0; i < (int)thing->b; i++) {
        draw_colour(sheet->cairo, colours[i % (int)G_N_ELEMENTS(colours)]);
        cairo_move_to(sheet->cairo, 0, 0);
        cairo_arc(sheet->cairo, 0, 0, thing->a / 2, i * 2 * G_PI / thing->b, (i + 0.96) * 2 * G_PI / thing->b);
        cairo_close_path(sheet->cairo);
        cairo_fill(sheet->cairo);
    }
    draw_colour(sheet->cairo, 0xffffff);
    draw_ellipse(sheet->cairo, thing->a / 2 * thing->c, thing->a / 2 * thing->c);
    cairo_fill(sheet->cairo);
}

static void bars(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    for (int i = 0; i < 8; i++)
        cairo_rectangle(sheet->cairo, -60 + i * 12, -draw_chance(sheet, 10, thing->a), thing->b, 80);
    cairo_fill(sheet->cairo);
}

/* A circle drawn by hand around words, A x B, wobbling by C. */
static void pen_circle(Sheet *sheet, const Thing *thing)
{
    draw_text(sheet, 20, 145);
    cairo_translate(sheet->cairo, 100, 70);
    draw_colour(sheet->cairo, 0xe02020);
    cairo_set_line_width(sheet->cairo, 0.8);
    double first = draw_chance(sheet, 0, 6);
    for (int i = 0; i <= 200; i++) {
        double angle = i * 2.08 * G_PI / 200, wobble = 1 + thing->c * (sin(3 * angle + first) + sin(5 * angle) / 2) + i * 0.0002;
        cairo_line_to(sheet->cairo, thing->a / 2 * wobble * cos(angle), thing->b / 2 * wobble * sin(angle));
    }
    cairo_stroke(sheet->cairo);
}

/* Notes written by hand in red. */
static void handwriting(Sheet *sheet, const Thing *thing)
{
    draw_text(sheet, 20, 145);
    draw_colour(sheet->cairo, 0xe02020);
    cairo_set_line_width(sheet->cairo, 0.7);
    for (int line = 0; line < (int)thing->b; line++) {
        double x = 40, y = 40 + line * thing->a;
        cairo_move_to(sheet->cairo, x, y);
        for (int i = 0; i < 60; i++, x += 2)
            cairo_curve_to(sheet->cairo, x + draw_chance(sheet, -3, 4), y - draw_chance(sheet, 0, 8), x + draw_chance(sheet, -2, 5),
                           y + draw_chance(sheet, 0, 5), x + 2, y + draw_chance(sheet, -2, 2));
        cairo_stroke(sheet->cairo);
    }
}

/* The print of a finger: ridges in an oval of A x B. */
static void fingerprint(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    cairo_rotate(sheet->cairo, thing->c);
    cairo_set_line_width(sheet->cairo, 0.45);
    for (double far = 0.06; far <= 1; far += 0.075) {
        int gap = g_rand_int_range(sheet->chance, 0, 40);
        for (int i = 0; i <= 80; i++) {
            double angle = i * 2 * G_PI / 80, x = thing->a / 2 * far * cos(angle), y = thing->b / 2 * far * sin(angle);
            double bent = y + 1.2 * far * sin(2 * angle) + draw_chance(sheet, -0.1, 0.1);
            if (i == 0 || (i + gap) % 27 < 3)
                cairo_move_to(sheet->cairo, x, bent);
            else
                cairo_line_to(sheet->cairo, x, bent);
        }
    }
    cairo_stroke(sheet->cairo);
}

static void qr(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    double cell = thing->a / 25;
    for (int y = 0; y < 25; y++)
        for (int x = 0; x < 25; x++) {
            int dx = MIN(x, 24 - x), dy = MIN(y, 24 - y), far = MAX(abs(dx - 3), abs(dy - 3));
            gboolean mark = dx < 7 && dy < 7 && !(x > 17 && y > 17);
            if (mark ? far == 3 || far < 2 : g_rand_boolean(sheet->chance))
                cairo_rectangle(sheet->cairo, (x - 12.5) * cell, (y - 12.5) * cell, cell * 1.02, cell * 1.02);
        }
    cairo_fill(sheet->cairo);
}

static void flag(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    cairo_rectangle(sheet->cairo, -thing->a / 2, -thing->a / 3, thing->a, thing->a * 2 / 3);
    cairo_fill(sheet->cairo);
    draw_colour(sheet->cairo, 0xf8e020);
    cairo_translate(sheet->cairo, -thing->a / 3, -thing->a / 6);
    draw_star(sheet->cairo, 5, thing->a * 0.1, thing->a * 0.04);
    cairo_fill(sheet->cairo);
}

/* Rays from the middle: A mm, B of them, with a rim of C. */
static void wheel(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    cairo_set_line_width(sheet->cairo, thing->c);
    draw_ellipse(sheet->cairo, thing->a / 2, thing->a / 2);
    for (int i = 0; i < (int)thing->b; i++) {
        double angle = i * 2 * G_PI / thing->b;
        cairo_move_to(sheet->cairo, 0, 0);
        cairo_line_to(sheet->cairo, thing->a / 2 * cos(angle), thing->a / 2 * sin(angle));
    }
    cairo_stroke(sheet->cairo);
}

static void clock_face(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    cairo_set_line_width(sheet->cairo, thing->b);
    draw_ellipse(sheet->cairo, thing->a / 2, thing->a / 2);
    for (int i = 0; i < 12; i++) {
        double angle = i * G_PI / 6;
        cairo_move_to(sheet->cairo, thing->a * 0.46 * cos(angle), thing->a * 0.46 * sin(angle));
        cairo_line_to(sheet->cairo, thing->a * thing->c * cos(angle), thing->a * thing->c * sin(angle));
    }
    cairo_move_to(sheet->cairo, 0, -thing->a * 0.3);
    cairo_line_to(sheet->cairo, 0, 0);
    cairo_line_to(sheet->cairo, thing->a * 0.2, 0);
    cairo_stroke(sheet->cairo);
}

/* A cog wheel of B teeth around a hole. */
static void cog(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    draw_star(sheet->cairo, (int)thing->b, thing->a / 2, thing->a * 0.42);
    cairo_fill(sheet->cairo);
    draw_colour(sheet->cairo, 0xffffff);
    draw_ellipse(sheet->cairo, thing->a * thing->c, thing->a * thing->c);
    cairo_fill(sheet->cairo);
}

static void bullets(Sheet *sheet, const Thing *thing)
{
    draw_colour(sheet->cairo, DRAW_RED);
    for (int i = 0; i < 8; i++) {
        cairo_arc(sheet->cairo, 22, 25 + i * 14, thing->a / 2, 0, 2 * G_PI);
        cairo_fill(sheet->cairo);
    }
    draw_colour(sheet->cairo, 0x202020);
    for (int i = 0; i < 8; i++)
        draw_line(sheet, 36, 25 + i * 14, 20, 6);
}

static void spiral(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    cairo_set_line_width(sheet->cairo, thing->c);
    for (int i = 0; i <= 400; i++) {
        double angle = i * 2 * G_PI * thing->b / 400, far = thing->a / 2 * i / 400;
        cairo_line_to(sheet->cairo, far * cos(angle), far * sin(angle));
    }
    cairo_stroke(sheet->cairo);
}

/* The whole sheet as a photograph: colours FROM the first TO the second downwards, in blobs. */
static void scene(Sheet *sheet, const Thing *thing)
{
    cairo_pattern_t *sky = cairo_pattern_create_linear(0, 0, 0, sheet->height);
    cairo_pattern_add_color_stop_rgb(sky, 0, 0.95, 0.55, 0.2);
    cairo_pattern_add_color_stop_rgb(sky, 0.5, 0.9, 0.25, 0.15);
    cairo_pattern_add_color_stop_rgb(sky, 1, 0.2, 0.1, 0.15);
    cairo_set_source(sheet->cairo, sky);
    cairo_paint(sheet->cairo);
    cairo_pattern_destroy(sky);
    for (int i = 0; i < (int)thing->b; i++) {
        cairo_set_source_rgba(sheet->cairo, draw_chance(sheet, 0.7, 1), draw_chance(sheet, 0.1, 0.8), draw_chance(sheet, 0, 0.4), 0.6);
        cairo_arc(sheet->cairo, draw_chance(sheet, 0, sheet->width), draw_chance(sheet, 0, sheet->height), draw_chance(sheet, 3, thing->a), 0,
                  2 * G_PI);
        cairo_fill(sheet->cairo);
    }
}

/* Faces: skin, lips, eyes. */
static void faces(Sheet *sheet, const Thing *thing)
{
    draw_colour(sheet->cairo, 0x6090b0);
    cairo_paint(sheet->cairo);
    for (int i = 0; i < 4; i++) {
        cairo_save(sheet->cairo);
        cairo_translate(sheet->cairo, 35 + i * 46, 70);
        draw_colour(sheet->cairo, i % 2 ? 0xd8a080 : 0xf0c0a0);
        draw_ellipse(sheet->cairo, thing->a * 0.38, thing->a / 2);
        cairo_fill(sheet->cairo);
        draw_colour(sheet->cairo, 0xc03040);
        cairo_translate(sheet->cairo, 0, thing->a * 0.25);
        draw_ellipse(sheet->cairo, thing->a * 0.16, thing->a * 0.05);
        cairo_fill(sheet->cairo);
        draw_colour(sheet->cairo, 0x302020);
        for (int eye = -1; eye <= 1; eye += 2) {
            cairo_arc(sheet->cairo, eye * thing->a * 0.15, -thing->a * 0.35, thing->a * 0.04, 0, 2 * G_PI);
            cairo_fill(sheet->cairo);
        }
        cairo_restore(sheet->cairo);
    }
}

static void bricks(Sheet *sheet, const Thing *thing)
{
    draw_colour(sheet->cairo, 0xc8b8a8);
    cairo_paint(sheet->cairo);
    for (int row = 0; row * thing->b < sheet->height; row++)
        for (int i = -1; i * thing->a < sheet->width; i++) {
            cairo_set_source_rgb(sheet->cairo, draw_chance(sheet, 0.5, 0.75), draw_chance(sheet, 0.2, 0.32), draw_chance(sheet, 0.15, 0.25));
            cairo_rectangle(sheet->cairo, i * thing->a + (row % 2) * thing->a / 2, row * thing->b, thing->a - 1, thing->b - 1);
            cairo_fill(sheet->cairo);
        }
}

/* Berries or petals: many discs and rings of up to A mm, B of them. */
static void berries(Sheet *sheet, const Thing *thing)
{
    for (int i = 0; i < (int)thing->b; i++) {
        double x = draw_chance(sheet, 10, 200), y = draw_chance(sheet, 10, 138), r = draw_chance(sheet, 3, thing->a) / 2;
        draw_colour(sheet->cairo, i % 3 ? 0xc01828 : 0xf06070);
        cairo_arc(sheet->cairo, x, y, r, 0, 2 * G_PI);
        cairo_set_line_width(sheet->cairo, 1);
        if (thing->c > 0 && i % 2)
            cairo_stroke(sheet->cairo);
        else
            cairo_fill(sheet->cairo);
    }
}

/* A face that smiles, as chat programs paste. */
static void smile(Sheet *sheet, const Thing *thing)
{
    begin(sheet, thing);
    cairo_set_line_width(sheet->cairo, thing->b);
    draw_ellipse(sheet->cairo, thing->a / 2, thing->a / 2);
    cairo_stroke(sheet->cairo);
    cairo_arc(sheet->cairo, 0, 0, thing->a * 0.3, 0.2, G_PI - 0.2);
    cairo_stroke(sheet->cairo);
    for (int eye = -1; eye <= 1; eye += 2) {
        cairo_arc(sheet->cairo, eye * thing->a * 0.17, -thing->a * 0.12, thing->a * 0.05, 0, 2 * G_PI);
        cairo_fill(sheet->cairo);
    }
}

/* A piece of a seal, as a seal across several sheets leaves it on each. */
static void sliver(Sheet *sheet, const Thing *thing)
{
    draw_text(sheet, 20, 145);
    draw_stamp(sheet, &(Stamp){.x = sheet->width + thing->b, .y = 70, .width = thing->a});
}

static void other_ink(Sheet *sheet, const Thing *thing)
{
    draw_text(sheet, 20, 145);
    draw_stamp(sheet, &(Stamp){.x = 130, .y = 70, .width = thing->a, .colour = thing->colour});
}

#define PHOTO {.noise = 5, .quality = 60}

static const Thing things[] = {
    {.name = "small disc", .draw = disc, .a = 16},
    {.name = "disc", .draw = disc, .a = 42},
    {.name = "oval disc", .draw = disc, .a = 45, .b = 30},
    {.name = "disc, scanned", .draw = disc, .a = 25, .scan = PHOTO},
    {.name = "thin ring", .draw = ring, .a = 40, .b = 0.5},
    {.name = "ring", .draw = ring, .a = 42, .b = 1.2},
    {.name = "thick ring", .draw = ring, .a = 30, .b = 5},
    {.name = "traffic sign", .draw = ring, .a = 40, .b = 6, .scan = PHOTO},
    {.name = "target", .draw = ring, .a = 40, .b = 3, .c = 0.5},
    {.name = "two rings", .draw = ring, .a = 42, .b = 1, .c = 0.6},
    {.name = "ring with a character", .draw = ring_and_sign, .a = 30, .b = 1.5},
    {.name = "ring with a large character", .draw = ring_and_sign, .a = 50, .b = 2},
    {.name = "ring with a star", .draw = ring_and_sign, .a = 40, .b = 1.2, .c = 5},
    {.name = "ring with a cross of rays", .draw = ring_and_sign, .a = 26, .b = 1.2, .c = 4},
    {.name = "disc with white words", .draw = disc_with_words, .a = 40},
    {.name = "small disc with white words", .draw = disc_with_words, .a = 22, .scan = PHOTO},
    {.name = "red ring, blue words", .draw = two_colours, .a = 35, .b = 1.2},
    {.name = "red ring, blue words, scanned", .draw = two_colours, .a = 42, .b = 2, .scan = PHOTO},
    {.name = "crest in the letterhead", .draw = crest, .a = 20, .b = 30},
    {.name = "crest in the middle of the letterhead", .draw = crest, .a = 24, .b = 105},
    {.name = "star", .draw = star, .a = 40, .b = 16, .c = 5},
    {.name = "star of sixteen points", .draw = star, .a = 40, .b = 34, .c = 16},
    {.name = "triangular stamp", .draw = angular_stamp, .a = 45, .b = 0.5, .c = 3},
    {.name = "square stamp on its corner", .draw = angular_stamp, .a = 45, .b = 0.8, .c = 4},
    {.name = "pentagon", .draw = angular_stamp, .a = 42, .b = 0.3, .c = 5},
    {.name = "hexagon", .draw = angular_stamp, .a = 42, .b = 0, .c = 6},
    {.name = "name seal of 20 mm", .draw = frame, .a = 20, .b = 20, .c = 8},
    {.name = "name seal of 18 mm, scanned", .draw = frame, .a = 18, .b = 18, .c = 7, .scan = PHOTO},
    {.name = "square stamp of 40 mm", .draw = frame, .a = 40, .b = 40, .c = 7},
    {.name = "stamp of the post room", .draw = frame, .a = 60, .b = 25, .c = 5},
    {.name = "stamp with round corners", .draw = rounded_frame, .a = 50, .b = 28, .c = 6},
    {.name = "square with round corners", .draw = rounded_frame, .a = 34, .b = 34, .c = 7},
    {.name = "red head", .draw = red_head, .a = 16, .b = 8, .c = 1},
    {.name = "red head with a thick rule", .draw = red_head, .a = 20, .b = 7, .c = 3},
    {.name = "red head, scanned", .draw = red_head, .a = 14, .b = 10, .c = 1, .scan = PHOTO},
    {.name = "red text", .draw = red_text, .a = 4},
    {.name = "large red text", .draw = red_text, .a = 12},
    {.name = "huge red text", .draw = red_text, .a = 36},
    {.name = "red table", .draw = red_table, .a = 12, .b = 9},
    {.name = "red table with red text", .draw = red_table, .a = 20, .b = 5, .colour = DRAW_RED},
    {.name = "red squares", .draw = red_table, .a = 42, .b = 2, .colour = DRAW_RED},
    {.name = "pie", .draw = pie, .a = 50, .b = 6},
    {.name = "red pie", .draw = pie, .a = 40, .b = 1},
    {.name = "ring chart", .draw = pie, .a = 50, .b = 5, .c = 0.6},
    {.name = "thin ring chart", .draw = pie, .a = 44, .b = 3, .c = 0.85},
    {.name = "bars", .draw = bars, .a = 50, .b = 8},
    {.name = "pen circle", .draw = pen_circle, .a = 40, .b = 38, .c = 0.02},
    {.name = "pen oval around words", .draw = pen_circle, .a = 60, .b = 20, .c = 0.03},
    {.name = "careful pen circle", .draw = pen_circle, .a = 35, .b = 35, .c = 0.005},
    {.name = "handwriting", .draw = handwriting, .a = 20, .b = 5},
    {.name = "much handwriting", .draw = handwriting, .a = 9, .b = 11, .scan = PHOTO},
    {.name = "fingerprint", .draw = fingerprint, .a = 16, .b = 21},
    {.name = "fingerprint, turned", .draw = fingerprint, .a = 18, .b = 22, .c = 0.6, .scan = PHOTO},
    {.name = "large thumb", .draw = fingerprint, .a = 22, .b = 28, .c = -0.4},
    {.name = "QR code", .draw = qr, .a = 30},
    {.name = "large QR code", .draw = qr, .a = 45, .scan = PHOTO},
    {.name = "flag", .draw = flag, .a = 60},
    {.name = "small flag", .draw = flag, .a = 24, .scan = PHOTO},
    {.name = "wheel of twelve", .draw = wheel, .a = 40, .b = 12, .c = 1},
    {.name = "wheel of eight", .draw = wheel, .a = 30, .b = 8, .c = 1.2},
    {.name = "clock", .draw = clock_face, .a = 40, .b = 1.2, .c = 0.4},
    {.name = "cog", .draw = cog, .a = 40, .b = 14, .c = 0.25},
    {.name = "cog with a large hole", .draw = cog, .a = 36, .b = 20, .c = 0.38},
    {.name = "bullets", .draw = bullets, .a = 5},
    {.name = "spiral", .draw = spiral, .a = 42, .b = 5, .c = 1.2},
    {.name = "sunset", .draw = scene, .a = 25, .b = 12, .scan = PHOTO},
    {.name = "lights", .draw = scene, .a = 12, .b = 60, .scan = PHOTO},
    {.name = "faces", .draw = faces, .a = 44, .scan = PHOTO},
    {.name = "bricks", .draw = bricks, .a = 25, .b = 9, .scan = PHOTO},
    {.name = "small bricks", .draw = bricks, .a = 10, .b = 4, .scan = PHOTO},
    {.name = "berries", .draw = berries, .a = 22, .b = 60, .scan = PHOTO},
    {.name = "bubbles", .draw = berries, .a = 40, .b = 40, .c = 1},
    {.name = "smile", .draw = smile, .a = 30, .b = 1.5},
    {.name = "sliver of a seal", .draw = sliver, .a = 42, .b = 8},
    {.name = "third of a seal", .draw = sliver, .a = 42, .b = 6, .scan = PHOTO},
    {.name = "blue stamp", .draw = other_ink, .a = 42, .colour = 0x2040c0},
    {.name = "violet stamp", .draw = other_ink, .a = 42, .colour = 0x5030b0},
    {.name = "black stamp", .draw = other_ink, .a = 42, .colour = 0x202020},
    {.name = "green stamp", .draw = other_ink, .a = 42, .colour = 0x108040},
    {.name = "brown stamp", .draw = other_ink, .a = 42, .colour = 0x906828},
    {.name = "crescent of orange", .draw = pie, .a = 60, .b = 2, .c = 0.9},
};

static PIX *draw_thing(const Thing *thing)
{
    Sheet sheet = sheet_new(210, 148, OTHER_DPI, 11);
    thing->draw(&sheet, thing);
    PIX *pix = sheet_scan(&sheet, &thing->scan);
    sheet_free(&sheet);
    return pix;
}

/* Of known scale, and, but for what only its size or place tells, of unknown scale. */
static void test_others(void)
{
    guint taken = 0;
    for (guint i = 0; i < G_N_ELEMENTS(things); i++) {
        const Thing *thing = &things[i];
        double box[4] = {0};
        PIX *pix = draw_thing(thing);
        save_when_asked(pix, "other", i);
        gboolean scaled = seal_look_pix(pix, OTHER_DPI / 72, TRUE, box) == SEAL_PRESENT;
        gboolean unscaled = thing->draw != crest && seal_look_pix(pix, 0, TRUE, box) == SEAL_PRESENT;
        if (scaled || unscaled)
            g_test_message("other %u, %s: taken for a seal%s at %.2f %.2f %.2f %.2f", i, thing->name,
                           scaled ? "" : " where the scale is unknown", box[0], box[1], box[2], box[3]);
        taken += scaled || unscaled;
        pixDestroy(&pix);
    }
    g_test_message("%u of %u other things taken for seals", taken, (guint)G_N_ELEMENTS(things));
    g_assert_cmpuint(taken, ==, 0);
}

/* ---- what cannot be told ---- */

static void expect(const char *name, const Stamp *stamp, const Scan *scan, double dpi, gboolean copy, SealAnswer expected)
{
    double box[4];
    Sheet sheet = sheet_new(210, 148, dpi, 5);
    draw_table(&sheet, 30, 22, 4, 0x202020);
    draw_text(&sheet, 15, 140);
    if (stamp)
        draw_stamp(&sheet, stamp);
    PIX *pix = sheet_scan(&sheet, scan);
    static guint number;
    save_when_asked(pix, "copy", number++);
    SealAnswer answer = seal_look_pix(pix, dpi / 72, copy, box);
    if (answer != expected)
        g_test_message("%s: %s", name, seal_name(answer));
    g_assert_cmpint(answer, ==, expected);
    pixDestroy(&pix);
    sheet_free(&sheet);
}

static void test_copies(void)
{
    static const Stamp seal = TYPICAL;
    expect("scan without a seal", NULL, &(Scan){.noise = 4, .quality = 60, .red = 1, .green = 0.98, .blue = 0.95}, DPI, TRUE, SEAL_ABSENT);
    expect("gray copy of a seal", &seal, &(Scan){.gray = TRUE, .noise = 3}, DPI, TRUE, SEAL_UNKNOWN);
    expect("gray JPEG of a seal", &seal, &(Scan){.gray = TRUE, .noise = 3, .quality = 50}, 150, TRUE, SEAL_UNKNOWN);
    expect("gray copy without a seal", NULL, &(Scan){.gray = TRUE, .noise = 3, .quality = 50}, DPI, TRUE, SEAL_ABSENT);
    expect("digital page in black", NULL, &(Scan){.gray = TRUE}, DPI, FALSE, SEAL_ABSENT);
    expect("digital page with a gray seal", &seal, &(Scan){.gray = TRUE}, DPI, FALSE, SEAL_ABSENT);
    expect("dark photograph", NULL, &(Scan){.red = 0.25, .green = 0.25, .blue = 0.24, .noise = 4}, DPI, TRUE, SEAL_UNKNOWN);
    expect("very small scan", NULL, &(Scan){.red = 1, .green = 0.97, .blue = 0.9}, 40, TRUE, SEAL_UNKNOWN);
}

static void test_black_and_white(void)
{
    double box[4];
    PIX *pix = pixCreate(1200, 1600, 1);
    g_assert_cmpint(seal_look_pix(pix, 0, TRUE, box), ==, SEAL_UNKNOWN);
    g_assert_cmpint(seal_look_pix(pix, 0, FALSE, box), ==, SEAL_ABSENT);
    pixDestroy(&pix);
}

/* Sizes at the edges of what is possible. */
static void test_sizes(void)
{
    static const int sides[][2] = {{1, 1}, {3, 900}, {900, 3}, {52, 52}, {104, 40}, {5000, 30}};
    for (guint i = 0; i < G_N_ELEMENTS(sides); i++) {
        double box[4];
        PIX *pix = pixCreate(sides[i][0], sides[i][1], 32);
        pixSetAllArbitrary(pix, 0xd0102000);
        g_assert_cmpint(seal_look_pix(pix, 0, FALSE, box), ==, SEAL_ABSENT);
        g_assert_cmpint(seal_look_pix(pix, 4, FALSE, box), ==, SEAL_ABSENT);
        pixDestroy(&pix);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/seal/seals", test_seals);
    g_test_add_func("/seal/others", test_others);
    g_test_add_func("/seal/copies", test_copies);
    g_test_add_func("/seal/black-and-white", test_black_and_white);
    g_test_add_func("/seal/sizes", test_sizes);
    return g_test_run();
}
