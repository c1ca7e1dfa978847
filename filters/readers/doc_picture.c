#include "readers/doc.h"

/* Pictures are stored as OfficeArt records ([MS-ODRAW]): a header of eight bytes (version and instance, type, length), and
 * then other records or data. */
enum {
    ART_DRAWING_GROUP = 0xf000, ART_BLIP_STORE = 0xf001, ART_DRAWING = 0xf002, ART_SHAPE_GROUP = 0xf003, ART_SHAPE = 0xf004,
    ART_STORE_ENTRY = 0xf007, ART_OPTIONS = 0xf00b, ART_BLIP_FIRST = 0xf018, ART_BLIP_LAST = 0xf117,
};
enum {
    ENTRY_BYTES = 36,      /* of an FBSE (2.2.32) before its name */
    OPTION_PICTURE = 0x104, /* pib (2.3.23.2): number of the picture that a shape shows, from 1 */
    GROUPS_MAX = 30,       /* nested */
};

typedef struct {
    guint16 instance, type;
    Span data;
} Art;

/* The record at *AT of ALL, which moves behind it. */
static gboolean art_next(Span all, gsize *at, Art *art)
{
    gsize length = span_u32(all, *at + 4);
    if (!span_has(all, *at, 8) || !span_has(all, *at + 8, length))
        return FALSE;
    *art = (Art){span_u16(all, *at) >> 4, span_u16(all, *at + 2), span_part(all, *at + 8, length)};
    *at += 8 + length;
    return TRUE;
}

static gboolean is_blip(guint16 type)
{
    return type >= ART_BLIP_FIRST && type <= ART_BLIP_LAST;
}

/* A blip (2.2.23): one or two checksums of 16 bytes, a tag, the picture file. */
static void look_at_blip(const Doc *doc, const Art *blip)
{
    Span file = span_from(blip->data, blip->instance & 1 ? 33 : 17);
    if (file.length && !*doc->no_pictures)
        *doc->no_pictures = !pictures_look(doc->pictures, file.data, file.length);
}

/* An entry of the store: the picture follows it, or lies in the main stream. */
static void look_at_entry(const Doc *doc, const Art *entry)
{
    gsize at = ENTRY_BYTES + (gsize)span_u8(entry->data, 33);
    Art blip;
    if (art_next(entry->data, &at, &blip) && is_blip(blip.type)) {
        look_at_blip(doc, &blip);
        return;
    }
    at = span_u32(entry->data, 28);
    if (art_next(doc->main, &at, &blip) && is_blip(blip.type))
        look_at_blip(doc, &blip);
}

void doc_picture_look(const Doc *doc, gint64 location)
{
    Span all = location < 0 ? (Span){NULL, 0} : span_from(doc->data, (gsize)location);
    gsize header = span_u16(all, 4), length = span_u32(all, 0);
    Span picture = header && length > header ? span_part(all, header, length - header) : (Span){NULL, 0};
    /* MM_SHAPEFILE (2.9.157): the name of a file comes first. */
    gsize at = span_u16(all, 6) == 0x66 ? 1 + (gsize)span_u8(picture, 0) : 0;
    Art art;
    while (art_next(picture, &at, &art) && doc_step(doc, 1)) {
        if (art.type == ART_STORE_ENTRY)
            look_at_entry(doc, &art);
        else if (is_blip(art.type))
            look_at_blip(doc, &art);
    }
}

/* The pictures that shapes inside ALL show: numbers into SHOWN. */
static void collect_shown(Span all, guint depth, GHashTable *shown)
{
    Art art;
    for (gsize at = 0; depth < GROUPS_MAX && art_next(all, &at, &art);) {
        if (art.type == ART_DRAWING || art.type == ART_SHAPE_GROUP || art.type == ART_SHAPE)
            collect_shown(art.data, depth + 1, shown);
        for (gsize i = 0; art.type == ART_OPTIONS && i < art.instance && span_has(art.data, 6 * i, 6); i++)
            if ((span_u16(art.data, 6 * i) & 0x3fff) == OPTION_PICTURE)
                g_hash_table_add(shown, GUINT_TO_POINTER(span_u32(art.data, 6 * i + 2)));
    }
}

static void look_at_store(const Doc *doc, Span group, GHashTable *shown)
{
    Art store, entry;
    for (gsize at = 0; art_next(group, &at, &store);) {
        guint number = 0;
        for (gsize in = 0; store.type == ART_BLIP_STORE && art_next(store.data, &in, &entry);)
            if (g_hash_table_contains(shown, GUINT_TO_POINTER(++number)) && entry.type == ART_STORE_ENTRY)
                look_at_entry(doc, &entry);
    }
}

/* OfficeArtContent (2.9.172): the store, then a byte and the drawing of the body, and the same for headers. */
void doc_picture_look_floating(const Doc *doc)
{
    g_autoptr(GHashTable) shown = g_hash_table_new(NULL, NULL);
    Span all = doc_part(doc, DOC_DRAWINGS);
    gsize at = 0;
    Art group, drawing;
    if (!art_next(all, &at, &group) || group.type != ART_DRAWING_GROUP)
        return;
    while (span_has(all, at, 1)) {
        gboolean in_headers = span_u8(all, at++) != 0;
        if (!art_next(all, &at, &drawing))
            break;
        if (!in_headers)
            collect_shown(drawing.data, 0, shown);
    }
    look_at_store(doc, group.data, shown);
}
