#include <cairo.h>
#include <math.h>
#include <poppler.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "page/layout.h"
#include "page/scan.h"
#include "page/seal.h"
#include "readers/pdf_scan.h"
#include "readers/pdf_signatures.h"
#include "readers/rows.h"
#include "readers/symbols.h"

#define RENDER_SCALE 1.5       /* pixels a point (108 dpi): the finest at which a page costs under 30 ms */
#define RENDER_PIXELS 6000000  /* of one page; larger paper is rendered coarser */
#define TAIL_BYTES 32768       /* where the end marks of a whole PDF stand, with what gateways append */

typedef struct {
    Xhtml *out;
    Layout *layout;
    gboolean any_text, any_page_drawn;
    SealAnswer seal; /* of all pages so far: a sealed one counts most, then one that cannot tell */
    const ReadInput *input;
    Members *members;
    int unread;       /* first page that was not read for lack of time, from 1; 0 none */
    gboolean stopped; /* a larger server is asked */
} Reading;

/* ---- text ---- */

/* The font of each character that is set in a symbol font, by index; others are missing. */
static GHashTable *symbol_fonts(PopplerPage *pdf, GList **ret_attributes)
{
    GHashTable *fonts = g_hash_table_new(NULL, NULL);
    *ret_attributes = poppler_page_get_text_attributes(pdf);
    for (GList *at = *ret_attributes; at; at = at->next) {
        const PopplerTextAttributes *run = at->data;
        if (!symbols_is_font(run->font_name))
            continue;
        for (int i = run->start_index; i <= run->end_index; i++)
            g_hash_table_insert(fonts, GINT_TO_POINTER(i), run->font_name);
    }
    return fonts;
}

static gunichar text_char(gunichar c, const char *font)
{
    if (font)
        return symbols_char(font, c);
    return c >= 0xf020 && c <= 0xf0ff ? symbols_char("Wingdings", c) : c;
}

static void take_text(PopplerPage *pdf, Page *page)
{
    g_autofree char *text = poppler_page_get_text(pdf);
    g_autofree PopplerRectangle *boxes = NULL;
    guint count = 0;
    if (!text || !poppler_page_get_text_layout(pdf, &boxes, &count))
        return;
    GList *attributes = NULL;
    g_autoptr(GHashTable) fonts = symbol_fonts(pdf, &attributes);
    const char *at = text;
    for (guint i = 0; i < count && *at; i++, at = g_utf8_next_char(at)) {
        gunichar c = text_char(g_utf8_get_char(at), g_hash_table_lookup(fonts, GINT_TO_POINTER(i)));
        PageGlyph glyph = {c, -1, {(float)MIN(boxes[i].x1, boxes[i].x2), (float)MIN(boxes[i].y1, boxes[i].y2),
                                   (float)MAX(boxes[i].x1, boxes[i].x2), (float)MAX(boxes[i].y1, boxes[i].y2)}, 0};
        if (c && !g_unichar_isspace(c) && !g_unichar_iscntrl(c))
            g_array_append_val(page->glyphs, glyph);
    }
    poppler_page_free_text_attributes(attributes);
}

/* ---- form fields ---- */

static PageControl *make_control(PopplerFormField *field)
{
    PageControl *control = g_new0(PageControl, 1);
    control->name = poppler_form_field_get_name(field);
    switch (poppler_form_field_get_field_type(field)) {
    case POPPLER_FORM_FIELD_TEXT:
        control->text = poppler_form_field_text_get_text(field);
        if (!control->text)
            control->text = g_strdup("");
        break;
    case POPPLER_FORM_FIELD_CHOICE: {
        g_autoptr(GString) chosen = g_string_new(NULL);
        for (int i = 0; i < poppler_form_field_choice_get_n_items(field); i++) {
            g_autofree char *item = poppler_form_field_choice_is_item_selected(field, i)
                                        ? poppler_form_field_choice_get_item(field, i) : NULL;
            if (item)
                g_string_append_printf(chosen, "%s%s", chosen->len ? "、" : "", item);
        }
        g_autofree char *typed = chosen->len ? NULL : poppler_form_field_choice_get_text(field);
        control->text = g_strdup(typed ? typed : chosen->str);
        break;
    }
    default: control->checked = poppler_form_field_button_get_state(field);
    }
    return control;
}

static gboolean is_read(PopplerFormField *field)
{
    PopplerFormFieldType type = poppler_form_field_get_field_type(field);
    return type == POPPLER_FORM_FIELD_TEXT || type == POPPLER_FORM_FIELD_CHOICE ||
           (type == POPPLER_FORM_FIELD_BUTTON &&
            poppler_form_field_button_get_button_type(field) != POPPLER_FORM_BUTTON_PUSH);
}

/* What a field draws is its value once more, and wrong where its font lacks the characters: the field's own value counts. */
static void drop_glyphs_in(Page *page, const PageBox *box)
{
    guint kept = 0;
    for (guint i = 0; i < page->glyphs->len; i++) {
        PageGlyph glyph = g_array_index(page->glyphs, PageGlyph, i);
        float x = (glyph.box.x0 + glyph.box.x1) / 2, y = (glyph.box.y0 + glyph.box.y1) / 2;
        if (glyph.control >= 0 || x < box->x0 || x > box->x1 || y < box->y0 || y > box->y1)
            g_array_index(page->glyphs, PageGlyph, kept++) = glyph;
    }
    g_array_set_size(page->glyphs, kept);
}

static gboolean same_area(const PopplerRectangle *a, const PopplerRectangle *b)
{
    return fabs(a->x1 - b->x1) + fabs(a->y1 - b->y1) + fabs(a->x2 - b->x2) + fabs(a->y2 - b->y2) < 1;
}

/* Takes what fields would draw away from the page, but signatures, which may be seals: poppler lays a value out anew and
 * embeds a whole Chinese font for it, seconds a page, and the value is known already. */
static void undraw_fields(PopplerPage *pdf, GList *fields)
{
    GList *annotations = poppler_page_get_annot_mapping(pdf);
    for (GList *at = annotations; at; at = at->next) {
        const PopplerAnnotMapping *drawn = at->data;
        gboolean known = FALSE;
        if (poppler_annot_get_annot_type(drawn->annot) != POPPLER_ANNOT_WIDGET)
            continue;
        for (GList *field = fields; field && !known; field = field->next) {
            const PopplerFormFieldMapping *mapping = field->data;
            known = is_read(mapping->field) && same_area(&mapping->area, &drawn->area);
        }
        if (known)
            poppler_page_remove_annot(pdf, drawn->annot);
    }
    poppler_page_free_annot_mapping(annotations);
}

/* Puts each field where it stands, a tick box as the character it looks like. */
static void take_fields(PopplerPage *pdf, Page *page)
{
    GList *fields = poppler_page_get_form_field_mapping(pdf);
    for (GList *at = fields; at; at = at->next) {
        const PopplerFormFieldMapping *mapping = at->data;
        const PopplerRectangle *area = &mapping->area; /* origin bottom left */
        if (!is_read(mapping->field))
            continue;
        PageBox box = {(float)area->x1, page->height - (float)area->y2, (float)area->x2, page->height - (float)area->y1};
        drop_glyphs_in(page, &box);
        PageControl *control = make_control(mapping->field);
        PageGlyph glyph = {control->text ? PAGE_FIELD : PAGE_TICK, (int)page->controls->len, box, 0};
        g_ptr_array_add(page->controls, control);
        g_array_append_val(page->glyphs, glyph);
    }
    undraw_fields(pdf, fields);
    poppler_page_free_form_field_mapping(fields);
}

/* ---- pixels ---- */

/* The page in 32 bits a pixel; NULL when it cannot be drawn. */
static cairo_surface_t *draw(PopplerPage *pdf, const Page *page, double *ret_scale)
{
    double scale = RENDER_SCALE;
    if (page->width * page->height * scale * scale > RENDER_PIXELS)
        scale = sqrt(RENDER_PIXELS / ((double)page->width * page->height));
    int width = MAX((int)ceil(page->width * scale), 1), height = MAX((int)ceil(page->height * scale), 1);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(surface);
        return NULL;
    }
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, scale, scale);
    poppler_page_render(pdf, cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    *ret_scale = scale;
    return surface;
}

static void take_lines(Page *page, const guint8 *bgrx, int width, int height, int stride, double scale)
{
    g_autofree guint8 *gray = g_malloc((gsize)width * (gsize)height);
    for (int y = 0; y < height; y++) {
        const guint8 *from = bgrx + (gsize)y * (gsize)stride;
        guint8 *to = gray + (gsize)y * (gsize)width;
        for (int x = 0; x < width; x++)
            to[x] = (guint8)((from[4 * x] * 29 + from[4 * x + 1] * 150 + from[4 * x + 2] * 77) >> 8);
    }
    g_array_unref(page->lines);
    page->lines = lines_find(gray, width, height, width, scale);
}

static void take_seal(Reading *reading, int number, SealAnswer answer, const double box[4])
{
    if (answer == SEAL_PRESENT) {
        g_autofree char *place = g_strdup_printf("%d %.4f %.4f %.4f %.4f", number, box[0], box[1], box[2], box[3]);
        xhtml_meta(reading->out, "seal-box", place);
    }
    if (answer != SEAL_ABSENT)
        reading->seal = answer;
}

static void take_pixels(Reading *reading, PopplerPage *pdf, Page *page, gboolean copy)
{
    double scale = 1, box[4];
    cairo_surface_t *surface = draw(pdf, page, &scale);
    if (!surface)
        return;
    const guint8 *data = cairo_image_surface_get_data(surface);
    int width = cairo_image_surface_get_width(surface), height = cairo_image_surface_get_height(surface);
    int stride = cairo_image_surface_get_stride(surface);
    reading->any_page_drawn = TRUE;
    if (page->glyphs->len > 0)
        take_lines(page, data, width, height, stride, scale);
    gboolean little = G_BYTE_ORDER == G_LITTLE_ENDIAN;
    SealPicture picture = {.pixels = data, .width = width, .height = height, .stride = stride, .red = little ? 2 : 1,
                           .green = little ? 1 : 2, .blue = little ? 0 : 3, .scale = scale, .copy = copy};
    if (reading->seal != SEAL_PRESENT)
        take_seal(reading, page->number, seal_look(&picture, box), box);
    cairo_surface_destroy(surface);
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
    if (clock_mono() >= reading->input->until) {
        reading->unread = reading->unread ? reading->unread : page->number;
        return NULL;
    }
    return pdf_scan_read(pdf, page, reading->input->until);
}

static void read_page(Reading *reading, PopplerPage *pdf, int index)
{
    double width = 0, height = 0;
    poppler_page_get_size(pdf, &width, &height);
    g_autoptr(Page) page = page_new(index + 1, (float)width, (float)height);
    take_text(pdf, page);
    take_fields(pdf, page);
    gboolean copy = pdf_scan_needed(pdf, page);
    Page *scanned = copy ? read_scan(reading, pdf, page) : NULL;
    if (reading->stopped)
        return;
    take_pixels(reading, pdf, page, copy);
    if (scanned) {
        page_free(page);
        page = scanned;
    }
    reading->any_text = reading->any_text || page->glyphs->len > 0;
    layout_page(reading->layout, page);
}

/* A PDF cut in transfer has no end mark; poppler would repair it silently and show only the pages before the cut. */
static gboolean is_whole(const ReadInput *input)
{
    gsize tail = MIN(input->length, TAIL_BYTES);
    const char *from = (const char *)input->bytes + (input->length - tail);
    for (gsize i = 0; i + 5 <= tail; i++)
        if (memcmp(from + i, "%%EOF", 5) == 0 || (i + 9 <= tail && memcmp(from + i, "startxref", 9) == 0))
            return TRUE;
    return FALSE;
}

static Status status_of(const GError *error)
{
    return g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED) ? STATUS_ENCRYPTED : STATUS_DAMAGED;
}

static Status read_document(PopplerDocument *document, const ReadInput *input, Xhtml *out, Members *members)
{
    int pages = poppler_document_get_n_pages(document);
    if (pages <= 0)
        return STATUS_DAMAGED;
    g_autofree char *count = g_strdup_printf("%d", pages);
    xhtml_meta(out, "pages", count);
    Reading reading = {.out = out, .layout = layout_new(out), .input = input, .members = members};
    for (int i = 0; i < MIN(pages, LIMIT_PAGES) && !xhtml_full(out) && !reading.stopped; i++) {
        PopplerPage *page = poppler_document_get_page(document, i);
        if (page)
            read_page(&reading, page, i);
        g_clear_object(&page);
    }
    layout_free(reading.layout);
    if (reading.unread) {
        g_autofree char *unread = g_strdup_printf("%d-%d", reading.unread, pages);
        xhtml_meta(out, "pages-unread", unread);
    }
    if (!reading.any_text)
        xhtml_meta(out, "text", "none");
    xhtml_meta(out, "seal", seal_name(reading.any_page_drawn ? reading.seal : SEAL_UNKNOWN));
    return xhtml_full(out) ? STATUS_TOO_LARGE : STATUS_READ;
}

Status pdf_read(const ReadInput *input, Xhtml *out, Members *members)
{
    if (!is_whole(input))
        return STATUS_DAMAGED;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new_static(input->bytes, input->length);
    PopplerDocument *document = poppler_document_new_from_bytes(bytes, NULL, &error);
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
    ReadInput input = {.bytes = g_bytes_get_data(bytes, &length)};
    input.length = length;
    g_autoptr(Xhtml) out = xhtml_new();
    pdf_read(&input, out, NULL);
}
