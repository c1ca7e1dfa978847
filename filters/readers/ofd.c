#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "readers/ofd.h"
#include "readers/pictures.h"
#include "readers/rows.h"

#define COVERED 0.6 /* of the page by one picture: a scan */

typedef struct {
    const ReadInput *input;
    Xhtml *out;
    Members *members;
    OfdPackage *package;
    Layout *layout;
    Pictures seals;
    int page;             /* number of the page last read, over all documents of the file */
    guint read;           /* pages that could be read */
    int unread;           /* first one that was not, 0 none */
    gboolean any_text, looking, stopped;
} Reading;

/* ---- pages ---- */

static gboolean is_scan(const Page *page, const GArray *pictures)
{
    double most = 0;
    for (guint i = 0; i < pictures->len; i++) {
        const PageBox *box = &g_array_index(pictures, OfdPicture, i).box;
        most = MAX(most, (double)((box->x1 - box->x0) * (box->y1 - box->y0)));
    }
    return page->glyphs->len == 0 && most > COVERED * (double)page->width * (double)page->height;
}

static void look_for_seals(Reading *reading, const GArray *pictures)
{
    for (guint i = 0; i < pictures->len && reading->looking; i++) {
        const GByteArray *bytes = ofd_part(reading->package, g_array_index(pictures, OfdPicture, i).path);
        if (bytes)
            reading->looking = pictures_look(&reading->seals, bytes->data, bytes->len);
    }
}

static void read_page(Reading *reading, OfdDocument *document, guint index)
{
    g_autoptr(GArray) pictures = g_array_new(FALSE, FALSE, sizeof(OfdPicture));
    g_autoptr(Page) page = ofd_page_read(document, index, reading->page, pictures);
    if (!page)
        return;
    reading->read++;
    if (is_scan(page, pictures) && reading->members)
        reading->members->larger(reading->members, SIZE_OCR);
    look_for_seals(reading, pictures);
    reading->any_text = reading->any_text || page->glyphs->len > 0;
    layout_page(reading->layout, page);
}

/* ---- a document ---- */

/* The parts that are no XML and yet wanted: pictures and attachments. */
static void fetch_others(const OfdDocument *document, const GPtrArray *attachments)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer path;
    g_hash_table_iter_init(&iter, document->pictures);
    while (g_hash_table_iter_next(&iter, NULL, &path))
        g_hash_table_add(names, g_ascii_strdown(path, -1));
    for (guint i = 0; i < attachments->len; i++)
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

static gboolean read_document(Reading *reading, const OfdBody *body)
{
    g_autoptr(OfdDocument) document = body->root ? ofd_document_load(reading->package, body->root) : NULL;
    if (!document)
        return FALSE;
    g_autoptr(GPtrArray) attachments = ofd_attachments(document);
    fetch_others(document, attachments);
    int first = reading->page + 1;
    for (guint i = 0; i < document->pages->len; i++) {
        reading->page++;
        gboolean late = reading->page > LIMIT_PAGES || clock_mono() >= reading->input->until;
        if (late && !reading->unread)
            reading->unread = reading->page;
        if (!late && !xhtml_full(reading->out))
            read_page(reading, document, i);
    }
    gboolean sealed = body->signatures && ofd_say_signatures(document, body->signatures, first, reading->out);
    if (sealed)
        xhtml_meta(reading->out, "seal", "present");
    hand_on(reading, attachments);
    return sealed;
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
                       .seals = {.out = out, .members = members}, .looking = TRUE};
    gboolean sealed = FALSE;
    xhtml_meta(out, "seal", "absent");
    for (guint i = 0; i < bodies->len; i++)
        sealed = read_document(&reading, bodies->pdata[i]) || sealed;
    if (reading.read == 0)
        return STATUS_DAMAGED;
    g_autofree char *count = g_strdup_printf("%d", reading.page);
    xhtml_meta(out, "pages", count);
    if (reading.unread) {
        g_autofree char *unread = g_strdup_printf("%d-%d", reading.unread, reading.page);
        xhtml_meta(out, "pages-unread", unread);
    }
    if (!reading.any_text)
        xhtml_meta(out, "text", "none");
    return xhtml_full(out) ? STATUS_TOO_LARGE : STATUS_READ;
}
