#include <leptonica/allheaders.h>
#include <string.h>

#include "base/limits.h"
#include "page/scan.h"
#include "page/seal.h"
#include "readers/page_picture.h"
#include "readers/picture_size.h"
#include "readers/rows.h"

#define KEPT_PIXELS (24 * 1000 * 1000) /* of a JPEG; phones' 48 million are decoded at half their size */

typedef struct {
    Xhtml *out;
    Layout *layout;
    SealAnswer seal;
    gboolean any_text;
    guint unread; /* first page that there was no time for, from 1; 0 none */
} Reading;

/* Decodes page PAGE, upright as its Exif tag says. NULL when it is damaged. */
static PIX *decode(const ReadInput *input, guint page, guint64 pixels)
{
    const guint8 *bytes = input->bytes;
    gsize length = input->length;
    switch (picture_format(bytes, length)) {
    case PICTURE_JPEG: {
        l_int32 reduction = pixels > 4 * (guint64)KEPT_PIXELS ? 4 : pixels > KEPT_PIXELS ? 2 : 1;
        return picture_jpeg_whole(bytes, length) ? pixReadMemJpeg(bytes, length, 0, reduction, NULL, 0) : NULL;
    }
    case PICTURE_TIFF: return pixReadMemTiff(bytes, length, (l_int32)page);
    default: return pixReadMem(bytes, length);
    }
}

/* PIX turned or mirrored as Exif asks. Takes PIX. */
static PIX *upright(PIX *pix, int orientation)
{
    static const struct {
        int quarters;
        gboolean mirror; /* left to right, after turning */
    } turns[] = {{0, FALSE}, {0, FALSE}, {0, TRUE}, {2, FALSE}, {2, TRUE}, {1, TRUE}, {1, FALSE}, {3, TRUE}, {3, FALSE}};
    PIX *turned = pixRotateOrth(pix, turns[orientation].quarters);
    pixDestroy(&pix);
    return turned && turns[orientation].mirror ? pixFlipLR(turned, turned) : turned;
}

/* 32 bits a pixel, on white where it was transparent. Takes PIX. */
static PIX *plain(PIX *pix)
{
    PIX *wide = pixGetSpp(pix) == 4 ? pixAlphaBlendUniform(pix, 0xffffff00) : pixConvertTo32(pix);
    pixDestroy(&pix);
    return wide;
}

static void look_for_seal(Reading *reading, PIX *pix, int number, double dpi)
{
    double box[4];
    SealAnswer answer = reading->seal == SEAL_PRESENT ? SEAL_PRESENT : seal_look_pix(pix, dpi / 72, TRUE, box);
    if (answer == SEAL_PRESENT && reading->seal != SEAL_PRESENT) {
        g_autofree char *place = g_strdup_printf("%d %.4f %.4f %.4f %.4f", number, box[0], box[1], box[2], box[3]);
        xhtml_meta(reading->out, "seal-box", place);
    }
    /* One page of several in colour is enough to say that there is none. */
    if (answer == SEAL_PRESENT || number == 1 || reading->seal == SEAL_UNKNOWN)
        reading->seal = answer;
}

static Page *recognise(PIX *pix, int number, gint64 until, double *ret_dpi)
{
    /* Leptonica keeps a pixel as one word, red in its highest byte. */
    gboolean little = G_BYTE_ORDER == G_LITTLE_ENDIAN;
    ScanPicture picture = {.pixels = (const guint8 *)pixGetData(pix), .width = pixGetWidth(pix),
                           .height = pixGetHeight(pix), .stride = pixGetWpl(pix) * 4,
                           .red = little ? 3 : 0, .green = little ? 2 : 1,
                           .blue = little ? 1 : 2, .dpi = pixGetXRes(pix)};
    return scan_read(&picture, number, until, ret_dpi);
}

static void read_page(Reading *reading, PIX *pix, int number, gint64 until)
{
    double dpi = 0;
    g_autoptr(Page) page = recognise(pix, number, until, &dpi);
    if (page) {
        reading->any_text = reading->any_text || page->glyphs->len > 0;
        layout_page(reading->layout, page);
    } else {
        reading->unread = (guint)number;
    }
    look_for_seal(reading, pix, number, dpi);
}

/* Page INDEX of the file, upright, 32 bits a pixel; NULL: *ret_status says why. */
static PIX *open_page(const ReadInput *input, guint index, Status *ret_status)
{
    guint32 width, height;
    *ret_status = STATUS_DAMAGED;
    if (!picture_size(input->bytes, input->length, index, &width, &height))
        return NULL;
    guint64 pixels = (guint64)width * height;
    PIX *pix = pixels <= LIMIT_PIXELS ? decode(input, index, pixels) : NULL;
    /* The header is a claim: what was decoded is what counts. */
    if (pixels > LIMIT_PIXELS || (pix && (guint64)pixGetWidth(pix) * (guint64)pixGetHeight(pix) > LIMIT_PIXELS)) {
        *ret_status = STATUS_TOO_LARGE;
        pixDestroy(&pix);
    }
    pix = pix ? plain(pix) : NULL;
    return pix ? upright(pix, picture_orientation(input->bytes, input->length)) : NULL;
}

/* One page of the file; the reason why it cannot be read. */
static Status take_page(Reading *reading, const ReadInput *input, guint index)
{
    Status status;
    PIX *pix = open_page(input, index, &status);
    if (!pix)
        return status;
    read_page(reading, pix, (int)index + 1, input->until);
    pixDestroy(&pix);
    return STATUS_READ;
}

Page *page_picture(const guint8 *bytes, gsize length, int number, gint64 until, SealAnswer *ret_seal, double box[4])
{
    ReadInput input = {.bytes = bytes, .length = length};
    Status status;
    double dpi = 0;
    setMsgSeverity(L_SEVERITY_NONE);
    PIX *pix = open_page(&input, 0, &status);
    if (!pix)
        return NULL;
    Page *page = recognise(pix, number, until, &dpi);
    *ret_seal = seal_look_pix(pix, dpi / 72, TRUE, box);
    pixDestroy(&pix);
    return page;
}

static guint count_pages(const ReadInput *input)
{
    guint32 width, height;
    guint pages = 1;
    while (pages < LIMIT_PAGES && picture_size(input->bytes, input->length, pages, &width, &height))
        pages++;
    return pages;
}

Status picture_read(const ReadInput *input, Xhtml *out, G_GNUC_UNUSED Members *members)
{
    setMsgSeverity(L_SEVERITY_NONE);
    guint pages = count_pages(input);
    g_autofree char *count = g_strdup_printf("%u", pages);
    g_autoptr(Layout) layout = layout_new(out);
    Reading reading = {.out = out, .layout = layout, .seal = SEAL_UNKNOWN};
    xhtml_meta(out, "pages", count);
    for (guint i = 0; i < pages && !xhtml_full(out) && !reading.unread; i++) {
        Status status = take_page(&reading, input, i);
        if (status != STATUS_READ)
            return status;
    }
    if (reading.unread) {
        g_autofree char *unread = g_strdup_printf("%u-%u", reading.unread, pages);
        xhtml_meta(out, "pages-unread", unread);
    }
    if (!reading.any_text)
        xhtml_meta(out, "text", "none");
    xhtml_meta(out, "seal", seal_name(reading.seal));
    return xhtml_full(out) ? STATUS_TOO_LARGE : STATUS_READ;
}
