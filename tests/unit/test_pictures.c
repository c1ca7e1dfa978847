// links: filters/page/seal*.c filters/page/xhtml.c filters/readers/pictures*.c filters/readers/docx*.c filters/readers/numerals.c filters/readers/ole.c filters/readers/ooxml.c filters/readers/unzip.c filters/readers/member.c filters/readers/marks.c filters/readers/symbols.c filters/readers/zipdir.c src/base/charset.c src/base/text.c; libs: cairo lept libarchive libxml-2.0 libgsf-1; flags: -lm
#include "readers/pictures.h"
#include "readers/rows.h"
#include "seal_draw.h"
#include "zip_build.h"

/* A picture file of a seal of SIDE pixels, or of blue words. Caller frees with lept_free. */
static guint8 *picture_file(gboolean seal, double side, int format, gsize *ret_length)
{
    Sheet sheet = sheet_new(44, 44, side / 44 * 25.4, 3);
    if (seal)
        draw_stamp(&sheet, &(Stamp){.x = 22, .y = 22, .width = 40});
    draw_colour(sheet.cairo, 0x2050c0);
    draw_line(&sheet, 6, 40, seal ? 3 : 7, 5);
    PIX *pix = sheet_scan(&sheet, &(Scan){.gray = FALSE});
    l_uint8 *bytes = NULL;
    g_assert_cmpint(pixWriteMem(&bytes, ret_length, pix, format), ==, 0);
    pixDestroy(&pix);
    sheet_free(&sheet);
    return bytes;
}

static gboolean said_present(const Xhtml *out)
{
    g_autoptr(GPtrArray) said = xhtml_said(out, "seal");
    return said->len && g_str_equal(said->pdata[0], "present");
}

static gboolean look(const guint8 *bytes, gsize length, guint *ret_looked)
{
    g_autoptr(Xhtml) out = xhtml_new();
    Pictures pictures = {.out = out};
    gboolean more = pictures_look(&pictures, bytes, length), present = said_present(out);
    g_assert_true(more != present);
    if (ret_looked)
        *ret_looked = pictures.looked;
    return present;
}

static void test_formats(void)
{
    static const int formats[] = {IFF_PNG, IFF_JFIF_JPEG, IFF_BMP, IFF_TIFF_ZIP};
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        gsize length = 0;
        guint8 *seal = picture_file(TRUE, 240, formats[i], &length);
        g_assert_true(look(seal, length, NULL));
        lept_free(seal);
        guint8 *none = picture_file(FALSE, 240, formats[i], &length);
        g_assert_false(look(none, length, NULL));
        lept_free(none);
    }
}

/* What cannot be a seal is not decoded. */
static void test_passed_over(void)
{
    static const guint8 huge[600] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\x08\x02";
    static const guint8 gray[600] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x02\0\x08\0";
    guint looked = 1;
    gsize length = 0;
    g_assert_false(look(huge, sizeof huge, &looked));
    g_assert_cmpuint(looked, ==, 0);
    g_assert_false(look(gray, sizeof gray, &looked));
    g_assert_cmpuint(looked, ==, 0);
    guint8 *small = picture_file(TRUE, 40, IFF_PNG, &length);
    g_assert_false(look(small, length, &looked));
    g_assert_cmpuint(looked, ==, 0);
    lept_free(small);
    guint8 *cut = picture_file(TRUE, 240, IFF_PNG, &length);
    g_autofree guint8 *half = g_memdup2(cut, length / 2);
    look(half, length / 2, &looked);
    g_assert_cmpuint(looked, ==, 1);
    lept_free(cut);
}

static void test_too_many(void)
{
    gsize length = 0;
    guint8 *none = picture_file(FALSE, 60, IFF_PNG, &length);
    g_autoptr(Xhtml) out = xhtml_new();
    Pictures pictures = {.out = out};
    guint count = 0;
    while (count < 1000 && pictures_look(&pictures, none, length))
        count++;
    g_assert_cmpuint(count, >, 20);
    g_assert_cmpuint(count, <, 200);
    lept_free(none);
}

/* A seal on nothing, as stamping programs paste it. */
static void test_transparent(void)
{
    gsize length = 0, out_length = 0;
    guint8 *bytes = picture_file(TRUE, 300, IFF_PNG, &length);
    PIX *pix = pixReadMem(bytes, length), *clear = pixSetAlphaOverWhite(pix);
    l_uint8 *transparent = NULL;
    g_assert_cmpint(pixWriteMem(&transparent, &out_length, clear, IFF_PNG), ==, 0);
    g_assert_true(look(transparent, out_length, NULL));
    lept_free(bytes);
    lept_free(transparent);
    pixDestroy(&pix);
    pixDestroy(&clear);
}

#define RELATIONS "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
#define RELATION(id, type, target)                                                                                     \
    "<Relationship Id='" id "' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/" type "' Target='" target "'/>"
#define STORY(root) "<w:" root " xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body><w:p><w:r><w:t>a</w:t></w:r></w:p></w:body></w:" root ">"

static gboolean docx_present(const char *document_relations, const char *header_relations)
{
    gsize length = 0;
    guint8 *seal = picture_file(TRUE, 240, IFF_PNG, &length);
    const ZipMember members[] = {
        {.name = "_rels/.rels", .bytes = RELATIONS RELATION("r1", "officeDocument", "word/document.xml") "</Relationships>"},
        {.name = "word/document.xml", .bytes = STORY("document")},
        {.name = "word/_rels/document.xml.rels", .bytes = document_relations},
        {.name = "word/header1.xml", .bytes = STORY("hdr")},
        {.name = "word/_rels/header1.xml.rels", .bytes = header_relations},
        {.name = "word/media/image1.png", .bytes = seal, .length = length},
        {.name = NULL},
    };
    g_autoptr(GByteArray) zip = zip_build(members);
    g_autoptr(Xhtml) out = xhtml_new();
    ReadInput input = {.bytes = zip->data, .length = zip->len};
    g_assert_cmpint(docx_read(&input, out, NULL), ==, STATUS_READ);
    lept_free(seal);
    return said_present(out);
}

static void test_docx(void)
{
    static const char header[] = RELATIONS RELATION("r1", "header", "header1.xml") "</Relationships>";
    static const char image[] = RELATIONS RELATION("r1", "image", "media/image1.png") "</Relationships>";
    g_assert_true(docx_present(image, RELATIONS "</Relationships>"));
    g_assert_false(docx_present(header, image));
    g_assert_false(docx_present(RELATIONS "</Relationships>", RELATIONS "</Relationships>"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    setMsgSeverity(L_SEVERITY_NONE);
    g_test_add_func("/pictures/formats", test_formats);
    g_test_add_func("/pictures/passed-over", test_passed_over);
    g_test_add_func("/pictures/too-many", test_too_many);
    g_test_add_func("/pictures/transparent", test_transparent);
    g_test_add_func("/pictures/docx", test_docx);
    return g_test_run();
}
