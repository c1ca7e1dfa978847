#include "readers/doc.h"

#define ANCHOR_BYTES 26 /* an SPA (2.9.253) */
#define BOX_BYTES 22    /* an FTXBXS (2.9.100) */

static int compare_box(gconstpointer a, gconstpointer b)
{
    const DocBox *one = a, *other = b;
    return one->cp < other->cp ? -1 : one->cp > other->cp;
}

/* Shape id -> CP + 1 of its anchor. */
static GHashTable *read_anchors(Span shapes)
{
    GHashTable *anchors = g_hash_table_new(NULL, NULL);
    gsize count = shapes.length >= 4 ? (shapes.length - 4) / (4 + ANCHOR_BYTES) : 0;
    for (gsize i = 0; i < count; i++) {
        guint32 shape = span_u32(shapes, 4 * (count + 1) + ANCHOR_BYTES * i);
        g_hash_table_insert(anchors, GUINT_TO_POINTER(shape), GUINT_TO_POINTER(span_u32(shapes, 4 * i) + 1));
    }
    return anchors;
}

GArray *doc_boxes(const Doc *doc, gboolean headers)
{
    GArray *boxes = g_array_new(FALSE, FALSE, sizeof(DocBox));
    DocRange story = doc->stories[headers ? STORY_HEADER_BOXES : STORY_BOXES];
    guint32 host = doc->stories[headers ? STORY_HEADERS : STORY_MAIN].from;
    Span table = doc_part(doc, headers ? DOC_HEADER_BOXES : DOC_BOXES);
    g_autoptr(GHashTable) anchors = read_anchors(doc_part(doc, headers ? DOC_HEADER_SHAPES : DOC_SHAPES));
    gsize count = table.length >= 4 ? (table.length - 4) / (4 + BOX_BYTES) : 0;
    guint32 from = story.from;
    for (gsize i = 0; i < count && from < story.to; i++) {
        gsize at = 4 * (count + 1) + BOX_BYTES * i;
        guint32 to = (guint32)MIN((guint64)story.from + span_u32(table, 4 * i + 4), story.to);
        guint32 anchor = GPOINTER_TO_UINT(g_hash_table_lookup(anchors, GUINT_TO_POINTER(span_u32(table, at + 14))));
        DocBox box = {.cp = anchor ? host + anchor - 1 : G_MAXUINT32, .range = {from, MAX(from, to)}};
        from = box.range.to;
        g_array_append_val(boxes, box);
    }
    if (from < story.to) { /* a damaged table: the text is there all the same */
        DocBox rest = {.cp = G_MAXUINT32, .range = {from, story.to}};
        g_array_append_val(boxes, rest);
    }
    g_array_sort(boxes, compare_box);
    return boxes;
}
