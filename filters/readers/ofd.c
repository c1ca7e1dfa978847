#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "page/pen.h"
#include "page/turn.h"
#include "readers/ofd.h"
#include "readers/page_picture.h"
#include "readers/pictures.h"
#include "readers/rows.h"

#define PICTURED 0.05 /* of a page without text by one picture: that may be read; less is a logo */
#define SEAL_POINTS 40.0f /* of a picture about as wide as high: a seal, not a name */

typedef struct {
    const ReadInput *input;
    Xhtml *out;
    Members *members;
    OfdPackage *package;
    Layout *layout;
    Pictures seals;
    int page;           /* number of the page last read, over all documents of the file */
    guint read;         /* pages that could be read */
    int unread, unread_to; /* pages that were not, 0 none */
    gboolean any_text, looking;
    SealAnswer seal;
} Reading;

static void leave_unread(Reading *reading)
{
    reading->unread = reading->unread ? reading->unread : reading->page;
    reading->unread_to = reading->page;
}

/* ---- pages ---- */

static double area_of(const PageBox *box)
{
    return (double)(box->x1 - box->x0) * (double)(box->y1 - box->y0);
}

/* The largest picture of a page that has no text; NULL when it is not large. */
static const OfdPicture *scan_of(const Page *page, const GArray *pictures)
{
    const OfdPicture *largest = NULL;
    for (guint i = 0; i < pictures->len; i++) {
        const OfdPicture *picture = &g_array_index(pictures, OfdPicture, i);
        if (!largest || area_of(&picture->box) > area_of(&largest->box))
            largest = picture;
    }
    PageBox whole = {0, 0, page->width, page->height};
    gboolean scan = largest && page->glyphs->len == 0 && area_of(&largest->box) > PICTURED * area_of(&whole);
    return scan ? largest : NULL;
}

static void see_seal(Reading *reading, const double box[4])
{
    g_autofree char *place = g_strdup_printf("%d %.4f %.4f %.4f %.4f", reading->page, box[0], box[1], box[2], box[3]);
    if (reading->seal != SEAL_PRESENT)
        xhtml_meta(reading->out, "seal-box", place);
    reading->seal = SEAL_PRESENT;
}

/* The picture SCAN recognised, in place of PAGE; NULL when it cannot be. */
static Page *read_scan(Reading *reading, const Page *page, const OfdPicture *scan)
{
    const GByteArray *bytes = ofd_part(reading->package, scan->path);
    SealAnswer seal = SEAL_UNKNOWN;
    double box[4];
    if (!page_picture) {
        if (reading->members)
            reading->members->larger(reading->members, SIZE_OCR);
        return NULL;
    }
    gboolean late = clock_mono() >= reading->input->until;
    Page *read = bytes && !late ? page_picture(bytes->data, bytes->len, page->number, reading->input->until, &seal, box) : NULL;
    if (!read) {
        leave_unread(reading);
        return NULL;
    }
    const PageBox *at = &scan->box;
    double width = (double)(at->x1 - at->x0), height = (double)(at->y1 - at->y0);
    PlaneMap size = plane_scale(width / (double)page->width, height / (double)page->height);
    PlaneMap place = plane_shift((double)(at->x0 / page->width), (double)(at->y0 / page->height));
    PlaneMap whole = plane_join(&place, &size);
    read->back = plane_join(&whole, &read->back);
    if (seal == SEAL_PRESENT) {
        for (int i = 0; i < 4; i++)
            box[i] = i & 1 ? ((double)at->y0 + box[i] * height) / (double)page->height
                           : ((double)at->x0 + box[i] * width) / (double)page->width;
        see_seal(reading, box);
    } else if (reading->seal == SEAL_ABSENT) {
        reading->seal = seal;
    }
    return read;
}

static void look_for_seals(Reading *reading, const GArray *pictures)
{
    for (guint i = 0; i < pictures->len && reading->looking; i++) {
        const GByteArray *bytes = ofd_part(reading->package, g_array_index(pictures, OfdPicture, i).path);
        if (bytes)
            reading->looking = pictures_look(&reading->seals, bytes->data, bytes->len);
    }
}

static void fill(GrayPicture *picture, const PageBox *box)
{
    for (int y = (int)box->y0; y < MIN((int)ceilf(box->y1), picture->height); y++)
        for (int x = (int)box->x0; x < MIN((int)ceilf(box->x1), picture->width); x++)
            picture->gray[(gsize)y * (gsize)picture->width + (gsize)x] = 0;
}

/* Pages are not drawn here: what stands at a place to sign is known by where pictures and drawings stand. */
static void take_ink(Page *page, const GArray *pictures, const GArray *drawings)
{
    page->ink = gray_new((int)page->width, (int)page->height);
    page->red = gray_new((int)page->width, (int)page->height);
    page->ink_scale = 1;
    for (guint i = 0; i < pictures->len; i++) {
        const PageBox *box = &g_array_index(pictures, OfdPicture, i).box;
        float width = box->x1 - box->x0, height = box->y1 - box->y0;
        gboolean seal = MIN(width, height) >= SEAL_POINTS && MAX(width, height) < 1.5f * MIN(width, height);
        fill(seal ? page->red : page->ink, box);
    }
    for (guint i = 0; i < drawings->len; i++)
        fill(page->ink, &g_array_index(drawings, PageBox, i));
}

static void read_page(Reading *reading, OfdDocument *document, guint index)
{
    g_autoptr(GArray) pictures = g_array_new(FALSE, FALSE, sizeof(OfdPicture));
    g_autoptr(GArray) drawings = g_array_new(FALSE, FALSE, sizeof(PageBox));
    g_autoptr(Page) page = ofd_page_read(document, index, reading->page, pictures, drawings);
    if (!page) {
        leave_unread(reading);
        return;
    }
    reading->read++;
    const OfdPicture *scan = scan_of(page, pictures);
    Page *scanned = scan ? read_scan(reading, page, scan) : NULL;
    if (scanned) {
        page_free(page);
        page = scanned;
    } else {
        look_for_seals(reading, pictures);
        if (pen_possible(page))
            take_ink(page, pictures, drawings);
    }
    turn_upright(page);
    reading->any_text = reading->any_text || page->glyphs->len > 0;
    layout_page(reading->layout, page);
}

/* ---- a document ---- */

void ofd_fetch_others(const OfdDocument *document, const GPtrArray *attachments)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer path;
    g_hash_table_iter_init(&iter, document->pictures);
    while (g_hash_table_iter_next(&iter, NULL, &path))
        g_hash_table_add(names, g_ascii_strdown(path, -1));
    for (guint i = 0; attachments && i < attachments->len; i++)
        g_hash_table_add(names, g_ascii_strdown(((const OfdAttachment *)attachments->pdata[i])->path, -1));
    ofd_package_fetch(document->package, names);
}

static void hand_on(const Reading *reading, const GPtrArray *attachments)
{
    for (guint i = 0; i < attachments->len && reading->members; i++) {
        const OfdAttachment *attachment = attachments->pdata[i];
        const GByteArray *bytes = ofd_part(reading->package, attachment->path);
        if (bytes && !reading->members->member(reading->members, attachment->name, bytes->data, bytes->len, STATUS_READ))
            return;
    }
}

static void read_document(Reading *reading, const OfdBody *body)
{
    g_autoptr(OfdDocument) document = body->root ? ofd_document_load(reading->package, body->root) : NULL;
    if (!document)
        return;
    g_autoptr(GPtrArray) attachments = ofd_attachments(document);
    ofd_fetch_others(document, attachments);
    int first = reading->page + 1;
    for (guint i = 0; i < document->pages->len && !xhtml_full(reading->out); i++) {
        reading->page++;
        if (reading->page > LIMIT_PAGES || clock_mono() >= reading->input->until)
            leave_unread(reading);
        else
            read_page(reading, document, i);
    }
    if (body->signatures && ofd_say_signatures(document, body->signatures, first, reading->out))
        reading->seal = SEAL_PRESENT;
    hand_on(reading, attachments);
}

/* What is known after the last page. A seal that pictures_look saw is said already. */
static void say_whole(const Reading *reading)
{
    static const char *const names[] = {[SEAL_ABSENT] = "absent", [SEAL_PRESENT] = "present", [SEAL_UNKNOWN] = "unknown"};
    Xhtml *out = reading->out;
    g_autofree char *count = g_strdup_printf("%d", reading->page);
    xhtml_meta(out, "pages", count);
    if (reading->unread) {
        g_autofree char *unread = g_strdup_printf("%d-%d", reading->unread, reading->unread_to);
        xhtml_meta(out, "pages-unread", unread);
    }
    if (!reading->any_text)
        xhtml_meta(out, "text", "none");
    g_autoptr(GPtrArray) said = xhtml_said(out, "seal");
    if (said->len == 0)
        xhtml_meta(out, "seal", names[reading->seal]);
}

Status ofd_read(const ReadInput *input, Xhtml *out, Members *members)
{
    Status status = STATUS_READ;
    g_autoptr(OfdPackage) package = ofd_package_open(input->bytes, input->length, &status);
    if (!package)
        return status;
    g_autoptr(GPtrArray) bodies = ofd_bodies(package);
    g_autoptr(Layout) layout = layout_new(out);
    Reading reading = {.input = input, .out = out, .members = members, .package = package, .layout = layout,
                       .seals = {.out = out, .members = members}, .looking = TRUE, .seal = SEAL_ABSENT};
    for (guint i = 0; i < bodies->len; i++)
        read_document(&reading, bodies->pdata[i]);
    if (reading.read == 0)
        return STATUS_DAMAGED;
    say_whole(&reading);
    return xhtml_full(out) ? STATUS_TOO_LARGE : STATUS_READ;
}
