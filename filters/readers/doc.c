#include <string.h>

#include "base/limits.h"
#include "readers/doc.h"
#include "readers/ole.h"
#include "readers/rows.h"

#define SEPARATORS 6 /* stories before the headers: what parts notes from text */
#define PER_SECTION 6
#define COMPARED_MAX 60 /* stories that a further one is compared with */

static gboolean same_text(const Doc *doc, DocRange a, DocRange b)
{
    return a.to - a.from == b.to - b.from &&
           memcmp(doc->text + a.from, doc->text + b.from, (a.to - a.from) * sizeof *doc->text) == 0;
}

/* Headers, or footers, of all sections (2.8.15); the same text on first, odd and even pages is written once. */
static void write_headers(const Doc *doc, gboolean footers, Xhtml *out)
{
    /* Of each section: even, odd header; even, odd footer; first header, first footer. */
    static const gboolean is_footer[PER_SECTION] = {FALSE, FALSE, TRUE, TRUE, FALSE, TRUE};
    Span table = doc_part(doc, DOC_HEADERS);
    DocRange all = doc->stories[STORY_HEADERS];
    g_autoptr(GArray) written = g_array_new(FALSE, FALSE, sizeof(DocRange));
    guint32 end = 0;
    for (gsize i = SEPARATORS; span_has(table, 4 * (i + 1), 4); i++) {
        guint32 from = span_u32(table, 4 * i), to = span_u32(table, 4 * (i + 1));
        if (from < end || from >= to || to > all.to - all.from)
            continue;
        end = to;
        if (is_footer[(i - SEPARATORS) % PER_SECTION] != footers)
            continue;
        DocRange range = {all.from + from, all.from + to};
        gboolean seen = FALSE;
        for (guint k = 0; k < MIN(written->len, COMPARED_MAX) && !seen; k++)
            seen = same_text(doc, g_array_index(written, DocRange, k), range);
        if (seen || xhtml_full(out))
            continue;
        g_array_append_val(written, range);
        doc_write(doc, range, footers ? "footer" : "header", NULL, out);
    }
}

static void write_all(const Doc *doc, Xhtml *out)
{
    g_autoptr(GArray) boxes = doc_boxes(doc, FALSE);
    g_autoptr(GArray) header_boxes = doc_boxes(doc, TRUE);
    write_headers(doc, FALSE, out);
    for (guint i = 0; i < header_boxes->len; i++)
        doc_write(doc, g_array_index(header_boxes, DocBox, i).range, "header", NULL, out);
    doc_write(doc, doc->stories[STORY_MAIN], NULL, boxes, out);
    doc_picture_look_floating(doc);
    doc_write(doc, doc->stories[STORY_FOOTNOTES], "footnote", NULL, out);
    doc_write(doc, doc->stories[STORY_ENDNOTES], "footnote", NULL, out);
    write_headers(doc, TRUE, out);
}

Status doc_read(const ReadInput *input, Xhtml *out, Members *members)
{
    g_autoptr(GsfInfile) ole = ole_open(input->bytes, input->length);
    g_autoptr(GByteArray) main = ole ? ole_stream(ole, "WordDocument", input->length) : NULL;
    if (!main)
        return STATUS_DAMAGED;
    /* fWhichTblStm says which of two tables is the current one (2.5.2). */
    gboolean second = span_u16(ole_span(main), 10) & 0x0200;
    g_autoptr(GByteArray) table = ole_stream(ole, second ? "1Table" : "0Table", input->length);
    g_autoptr(GByteArray) data = ole_stream(ole, "Data", input->length);
    gboolean no_pictures = FALSE;
    guint steps = LIMIT_WORD_STEPS;
    Pictures pictures = {.out = out, .members = members};
    Doc doc = {.main = ole_span(main), .table = ole_span(table), .data = ole_span(data),
               .pictures = &pictures, .no_pictures = &no_pictures, .steps = &steps};
    Status status = doc_open(&doc);
    if (status == STATUS_READ)
        write_all(&doc, out);
    doc_clear(&doc);
    return status == STATUS_READ && (xhtml_full(out) || steps == 0) ? STATUS_TOO_LARGE : status;
}
