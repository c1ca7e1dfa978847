// links: filters/page/seal*.c; libs: cairo lept; flags: -lm
#include "page/seal.h"
#include "seal_draw.h"

#define DPI 120.0

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
    {"rows for a star", .stamp = {AT(42), .rows = TRUE}},
    {"two rings", .stamp = {AT(42), .doubled = TRUE}},
    {"two seals overlapping", .stamp = TYPICAL, .other = {.x = 158, .y = 78, .width = 42, .turn = 8}},
    {"two seals half over each other", .stamp = TYPICAL, .other = {.x = 148, .y = 70, .width = 40}, .text = TRUE},
    {"seal and oval overlapping", .stamp = TYPICAL, .other = {.x = 152, .y = 62, .width = 45, .height = 30}},
    {"seal and small one", .stamp = TYPICAL, .other = {.x = 168, .y = 72, .width = 20}},
    {"cut at the right edge", .stamp = {.x = 201, .y = 70, .width = 42}},
    {"cut at the lower edge", .stamp = {.x = 120, .y = 142, .width = 42}, .text = TRUE},
    {"cut at a corner", .stamp = {.x = 199, .y = 138, .width = 42}},
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/seal/seals", test_seals);
    return g_test_run();
}
