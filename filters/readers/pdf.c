#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "page/scan.h"
#include "page/turn.h"
#include "readers/pdf.h"
#include "readers/pdf_scan.h"
#include "readers/pdf_signatures.h"
#include "readers/rows.h"

#define TAIL_BYTES 32768       /* where the end marks of a whole PDF stand, with what gateways append */

typedef struct {
    Xhtml *out;
    Layout *layout;
    gboolean any_text, any_page_drawn;
    SealAnswer seal; /* of all pages so far: a sealed one counts most, then one that cannot tell */
    const ReadInput *input;
    Members *members;
    int unread, unread_to; /* pages that were not read, from 1; 0 none */
    gboolean stopped; /* a larger server is asked */
} Reading;

static void leave_unread(Reading *reading, int page)
{
    reading->unread = reading->unread ? reading->unread : page;
    reading->unread_to = page;
}

static void take_pixels(Reading *reading, PopplerPage *pdf, Page *page, gboolean copy)
{
    double box[4];
    SealAnswer seal;
    if (!pdf_take_pixels(pdf, page, copy, reading->seal != SEAL_PRESENT, &seal, box))
        return;
    reading->any_page_drawn = TRUE;
    if (seal == SEAL_PRESENT) {
        g_autofree char *place = g_strdup_printf("%d %.4f %.4f %.4f %.4f", page->number, box[0], box[1], box[2], box[3]);
        xhtml_meta(reading->out, "seal-box", place);
    }
    if (seal != SEAL_ABSENT)
        reading->seal = seal;
}

/* ---- the document ---- */

/* A page that is a picture: a server with Tesseract reads it, and pages that there is no time for are told. */
static Page *read_scan(Reading *reading, PopplerPage *pdf, const Page *page)
{
    if (!scan_read) {
        if (reading->members)
            reading->members->larger(reading->members, SIZE_OCR);
        reading->stopped = TRUE;
        return NULL;
    }
    Page *scanned = clock_mono() < reading->input->until ? pdf_scan_read(pdf, page, reading->input->until) : NULL;
    if (!scanned)
        leave_unread(reading, page->number);
    return scanned;
}

static void read_page(Reading *reading, PopplerPage *pdf, int index)
{
    double width = 0, height = 0;
    poppler_page_get_size(pdf, &width, &height);
    g_autoptr(Page) page = page_new(index + 1, (float)width, (float)height);
    pdf_take_text(pdf, page);
    pdf_take_fields(pdf, page);
    gboolean copy = pdf_scan_needed(pdf, page);
    Page *scanned = copy ? read_scan(reading, pdf, page) : NULL;
    if (reading->stopped)
        return;
    if (!scanned) /* on a page that is recognised they were drawn with the rest */
        pdf_take_notes(pdf, page);
    take_pixels(reading, pdf, page, copy);
    if (scanned) {
        page_free(page);
        page = scanned;
    }
    turn_upright(page);
    reading->any_text = reading->any_text || page->glyphs->len > 0;
    layout_page(reading->layout, page);
}

static const char *find_last(const char *bytes, gsize length, const char *word)
{
    gsize size = strlen(word);
    for (gsize at = length; at >= size; at--)
        if (memcmp(bytes + at - size, word, size) == 0)
            return bytes + at - size;
    return NULL;
}

/* A PDF cut in transfer has no end mark; poppler would repair it silently and show only the pages before the cut. Small
 * programs write a trailer and no mark after it. What gateways append after the mark holds no objects. */
static gboolean is_whole(const ReadInput *input)
{
    const char *bytes = (const char *)input->bytes, *end = bytes + input->length;
    gsize tail = MIN(input->length, TAIL_BYTES);
    if (find_last(end - tail, tail, "%%EOF") || find_last(end - tail, tail, "startxref"))
        return TRUE;
    const char *trailer = find_last(end - tail, tail, "trailer");
    if (trailer && memmem(trailer, (gsize)(end - trailer), "/Root", 5))
        return TRUE;
    const char *mark = find_last(bytes, input->length, "%%EOF");
    return mark && !memmem(mark, (gsize)(end - mark), " obj", 4);
}

static Status status_of(const GError *error)
{
    return g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED) ? STATUS_ENCRYPTED : STATUS_DAMAGED;
}

/* What is known after the last page. */
static void say_whole(const Reading *reading, int pages)
{
    Xhtml *out = reading->out;
    g_autofree char *count = g_strdup_printf("%d", pages);
    xhtml_meta(out, "pages", count);
    if (reading->unread) {
        g_autofree char *unread = g_strdup_printf("%d-%d", reading->unread, reading->unread_to);
        xhtml_meta(out, "pages-unread", unread);
    }
    if (!reading->any_text)
        xhtml_meta(out, "text", "none");
    xhtml_meta(out, "seal", seal_name(reading->any_page_drawn ? reading->seal : SEAL_UNKNOWN));
}

/* A form of the kind that only Adobe's program lays out (XFA) has one page that asks for that program. */
static gboolean is_placeholder(Xhtml *out, int pages)
{
    static const char *const words[] = {"If this message is not eventually replaced", "如果此消息未最终替换",
                                        "如果最终未替换此消息"};
    g_autofree char *text = pages == 1 ? xhtml_plain_text(out) : NULL;
    for (guint i = 0; text && i < G_N_ELEMENTS(words); i++)
        if (strstr(text, words[i]))
            return TRUE;
    return FALSE;
}

static Status read_document(PopplerDocument *document, const ReadInput *input, Xhtml *out, Members *members)
{
    int pages = poppler_document_get_n_pages(document);
    if (pages <= 0)
        return STATUS_DAMAGED;
    Reading reading = {.out = out, .layout = layout_new(out), .input = input, .members = members};
    for (int i = 0; i < pages && !xhtml_full(out) && !reading.stopped; i++) {
        if (i >= LIMIT_PAGES || clock_mono() >= input->until) {
            leave_unread(&reading, i + 1);
            continue;
        }
        PopplerPage *page = poppler_document_get_page(document, i);
        if (page)
            read_page(&reading, page, i);
        else
            leave_unread(&reading, i + 1);
        g_clear_object(&page);
    }
    layout_free(reading.layout);
    say_whole(&reading, pages);
    if (!reading.stopped && members)
        pdf_attached(document, input->length, members);
    if (is_placeholder(out, pages))
        return STATUS_UNSUPPORTED;
    return xhtml_full(out) ? STATUS_TOO_LARGE : STATUS_READ;
}

Status pdf_read(const ReadInput *input, Xhtml *out, Members *members)
{
    if (!is_whole(input))
        return STATUS_DAMAGED;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new_static(input->bytes, input->length);
    PopplerDocument *document = poppler_document_new_from_bytes(bytes, input->password, &error);
    if (!document)
        return status_of(error);
    Status status = read_document(document, input, out, members);
    g_object_unref(document);
    pdf_signatures(input, out);
    return status;
}

/* A page with a Chinese font that is not embedded, as old office programs write them: reading it opens poppler's CMaps
 * and fontconfig's configuration. */
static GBytes *warm_document(void)
{
    static const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 8 0 R>>>>>>",
        "<</Length 73>>stream\nBT /F1 12 Tf 10 50 Td <59D3540D> Tj /F2 12 Tf 0 -20 Td (ab) Tj ET 9 9 80 40 re S\nendstream",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
        "/Supplement 2>>/FontDescriptor 7 0 R>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
        "/Descent -120/CapHeight 880/StemV 93>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    };
    g_autoptr(GString) pdf = g_string_new("%PDF-1.4\n"), table = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(objects); i++) {
        g_string_append_printf(table, "%010" G_GSIZE_FORMAT " 00000 n \n", pdf->len);
        g_string_append_printf(pdf, "%u 0 obj%sendobj\n", i + 1, objects[i]);
    }
    gsize start = pdf->len;
    g_string_append_printf(pdf, "xref\n0 %u\n0000000000 65535 f \n%s", (guint)G_N_ELEMENTS(objects) + 1, table->str);
    g_string_append_printf(pdf, "trailer<</Size %u/Root 1 0 R>>\nstartxref\n%" G_GSIZE_FORMAT "\n%%%%EOF\n",
                           (guint)G_N_ELEMENTS(objects) + 1, start);
    return g_string_free_to_bytes(g_steal_pointer(&pdf));
}

void pdf_warm(void)
{
    static PopplerDocument *kept;
    if (kept)
        return;
    GBytes *bytes = warm_document(); /* lives as long as the document, that is for good */
    kept = poppler_document_new_from_bytes(bytes, NULL, NULL);
    gsize length = 0;
    ReadInput input = {.bytes = g_bytes_get_data(bytes, &length), .until = G_MAXINT64};
    input.length = length;
    g_autoptr(Xhtml) out = xhtml_new();
    pdf_read(&input, out, NULL);
}
