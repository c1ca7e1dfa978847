#include <string.h>

#include "base/charset.h"
#include "readers/doc.h"

#define PIECE_BYTES 8
#define FC_EIGHT_BIT 0x40000000u

/* 0x80–0x9F of Windows-1252; what it leaves open stays itself. */
static const gunichar2 upper[32] = {
    0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
    0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178,
};

static gunichar2 decode_one(const char *charset, const guint8 *bytes, gsize count)
{
    g_autofree char *utf8 = charset_decode_strict((const char *)bytes, count, charset);
    gunichar c = utf8 && *utf8 ? g_utf8_get_char(utf8) : 0xfffd;
    return c <= 0xffff ? (gunichar2)c : 0xfffd;
}

/* 8-bit text of Word 6 and 95: a character of two bytes is two characters to it; the second becomes 0, nothing. */
static void decode_old(const Doc *doc, Span bytes, gunichar2 *out)
{
    gboolean pairs = strcmp(doc->charset, "GB18030") == 0 || strcmp(doc->charset, "BIG5-HKSCS") == 0 ||
                     strcmp(doc->charset, "CP932") == 0 || strcmp(doc->charset, "CP949") == 0;
    for (gsize i = 0; i < bytes.length; i++) {
        guint8 byte = bytes.data[i];
        gboolean lead = pairs && byte > 0x80 && i + 1 < bytes.length && bytes.data[i + 1] >= 0x40;
        out[i] = byte < 0x80 ? byte : decode_one(doc->charset, bytes.data + i, lead ? 2 : 1);
        if (lead)
            out[++i] = 0;
    }
}

/* The characters of PIECE into OUT; FALSE when they do not lie in the stream. */
static gboolean decode_piece(const Doc *doc, const DocPiece *piece, gunichar2 *out)
{
    gsize count = piece->range.to - piece->range.from;
    Span bytes = span_part(doc->main, piece->fc, count * (piece->wide ? 2 : 1));
    if (bytes.length == 0)
        return count == 0;
    if (!piece->wide && doc->old) {
        decode_old(doc, bytes, out);
        return TRUE;
    }
    for (gsize i = 0; i < count; i++) {
        guint8 byte = piece->wide ? 0 : bytes.data[i];
        out[i] = piece->wide ? span_u16(bytes, 2 * i) : byte >= 0x80 && byte < 0xa0 ? upper[byte - 0x80] : byte;
    }
    return TRUE;
}

/* The lists of changes in front of the piece table (2.9.209); *AT moves behind them. Span. */
static GArray *read_changes(Span clx, gsize *at)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(Span));
    for (; span_u8(clx, *at) == 1; *at += 3 + (gsize)span_u16(clx, *at + 1)) {
        Span list = span_part(clx, *at + 3, span_u16(clx, *at + 1));
        g_array_append_val(changes, list);
    }
    return changes;
}

static gboolean add_piece(Doc *doc, const GArray *changes, Span table, guint count, guint i)
{
    gsize at = 4 * ((gsize)count + 1) + PIECE_BYTES * (gsize)i;
    guint32 fc = span_u32(table, at + 2);
    guint16 prm = span_u16(table, at + 6);
    DocPiece piece = {.range = {span_u32(table, 4 * (gsize)i), span_u32(table, 4 * (gsize)i + 4)},
                      .fc = fc, .wide = doc->old ? doc->old_wide : !(fc & FC_EIGHT_BIT)};
    if (!doc->old && !piece.wide)
        piece.fc = (fc & ~FC_EIGHT_BIT) / 2;
    if (!(prm & 1))
        piece.prm = prm;
    else if ((prm >> 1) < (int)changes->len)
        piece.changes = g_array_index(changes, Span, prm >> 1);
    if (piece.range.from != doc->length || piece.range.to < piece.range.from)
        return FALSE;
    guint32 most = doc->stories[STORIES - 1].to + 1; /* the last paragraph mark is not counted */
    piece.range.to = MIN(piece.range.to, MAX(most, doc->length));
    doc->length = piece.range.to;
    g_array_append_val(doc->pieces, piece);
    return TRUE;
}

/* Word without a CLX has its text in one piece. */
static gboolean add_whole(Doc *doc)
{
    guint32 from = span_u32(doc->main, 0x18);
    DocPiece piece = {.range = {0, doc->stories[STORIES - 1].to}, .fc = from, .wide = doc->old_wide};
    doc->length = piece.range.to;
    g_array_append_val(doc->pieces, piece);
    return doc->length > 0;
}

static gboolean read_clx(Doc *doc)
{
    Span clx = doc_part(doc, DOC_CLX);
    gsize at = 0;
    g_autoptr(GArray) changes = read_changes(clx, &at);
    if (span_u8(clx, at) != 2)
        return add_whole(doc);
    Span table = span_part(clx, at + 5, span_u32(clx, at + 1));
    guint count = table.length >= 4 ? (guint)((table.length - 4) / (4 + PIECE_BYTES)) : 0;
    for (guint i = 0; i < count; i++)
        if (!add_piece(doc, changes, table, count, i))
            return FALSE;
    return count > 0;
}

Status doc_read_pieces(Doc *doc)
{
    doc->pieces = g_array_new(FALSE, FALSE, sizeof(DocPiece));
    if (!read_clx(doc) || doc->length < doc->stories[STORY_MAIN].to)
        return STATUS_DAMAGED;
    doc->text = g_new0(gunichar2, doc->length + 1);
    for (guint i = 0; i < doc->pieces->len; i++) {
        const DocPiece *piece = &g_array_index(doc->pieces, DocPiece, i);
        if (!decode_piece(doc, piece, doc->text + piece->range.from))
            return STATUS_DAMAGED;
    }
    return STATUS_READ;
}

const DocPiece *doc_piece_at(const Doc *doc, guint32 cp, guint32 *ret_fc)
{
    guint low = 0, high = doc->pieces->len;
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(doc->pieces, DocPiece, middle).range.from <= cp)
            low = middle;
        else
            high = middle;
    }
    const DocPiece *piece = &g_array_index(doc->pieces, DocPiece, low);
    *ret_fc = piece->fc + (cp - piece->range.from) * (piece->wide ? 2 : 1);
    return piece;
}
