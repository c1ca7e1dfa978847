#include "readers/doc.h"

#define PAGE 512

static int compare_run(gconstpointer a, gconstpointer b)
{
    const DocRun *one = a, *other = b;
    return one->fc < other->fc ? -1 : one->fc > other->fc;
}

/* A PapxInFkp (2.9.175) at AT of PAGE_BYTES: a count of words, the style, the properties. */
static void read_papx(const Doc *doc, Span page, gsize at, DocRun *run)
{
    gsize length = 2 * (gsize)span_u8(page, at);
    if (length == 0)
        length = 2 * (gsize)span_u8(page, ++at);
    else if (!doc->old)
        length -= 1;
    Span papx = span_part(page, at + 1, MIN(length, PAGE - MIN(at + 1, PAGE)));
    run->style = span_u16(papx, 0);
    run->sprms = span_from(papx, 2);
}

/* A page of formatting (2.9.174 and 2.9.32): places, then for each stretch between two of them where its list stands. */
static void read_page(const Doc *doc, Span page, gboolean paragraphs, GArray *runs)
{
    guint count = span_u8(page, PAGE - 1);
    gsize width = paragraphs ? doc->old ? 7 : 13 : 1;
    if (4 * ((gsize)count + 1) + width * count > PAGE - 1)
        return;
    for (guint i = 0; i < count; i++) {
        DocRun run = {.fc = span_u32(page, 4 * (gsize)i), .to = span_u32(page, 4 * (gsize)i + 4)};
        gsize at = 2 * (gsize)span_u8(page, 4 * ((gsize)count + 1) + width * i);
        if (at && paragraphs)
            read_papx(doc, page, at, &run);
        else if (at)
            run.sprms = span_part(page, at + 1, span_u8(page, at));
        if (run.fc < run.to)
            g_array_append_val(runs, run);
    }
}

/* The table of pages (2.8.5, 2.8.6). */
static GArray *read_pages(const Doc *doc, DocPart part)
{
    gboolean paragraphs = part == DOC_PAPX;
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(DocRun));
    Span table = doc_part(doc, part);
    gsize width = doc->old ? 2 : 4, count = table.length >= 4 ? (table.length - 4) / (4 + width) : 0;
    /* No honest file names more pages than it has. */
    count = MIN(count, doc->main.length / PAGE);
    gsize numbers = table.length >= 4 ? 4 * ((table.length - 4) / (4 + width) + 1) : 0;
    for (gsize i = 0; i < count; i++) {
        gsize at = numbers + width * i;
        gsize number = doc->old ? span_u16(table, at) : span_u32(table, at) & 0x3fffff;
        Span page = span_part(doc->main, PAGE * number, PAGE);
        if (page.length)
            read_page(doc, page, paragraphs, runs);
    }
    g_array_sort(runs, compare_run);
    return runs;
}

void doc_read_runs(Doc *doc)
{
    doc->papx = read_pages(doc, DOC_PAPX);
    doc->chpx = read_pages(doc, DOC_CHPX);
}
