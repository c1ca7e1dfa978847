#include "base/limits.h"
#include "readers/doc.h"

#define WORD_6 0x65      /* nFib of the first Word whose FIB we know */
#define WORD_97 0xc0     /* and of the first that has today's */
#define PAIRS_97 154     /* where offset and length of part 0 stand */
#define COUNTS_97 76     /* lengths of the stories */
#define COUNTS_OLD 52
#define TEXT_FROM 0x18 /* fcMin, fcMac */
#define TEXT_TO 0x1c
#define FLAGS 10         /* fEncrypted, fWhichTblStm, fExtChar … */

/* Where the pairs of the parts stand in the FIB of Word 6 and 95; those left out it has not, or we do not need. */
static const struct {
    DocPart part;
    guint16 at;
} old_pairs[] = {
    {DOC_STYLES, 0x60}, {DOC_FOOTNOTE_TEXT, 0x70}, {DOC_HEADERS, 0xb0}, {DOC_CHPX, 0xb8},
    {DOC_PAPX, 0xc0},   {DOC_FONTS, 0xd0},         {DOC_CLX, 0x160},
};

/* The charset of 8-bit text by the language of the document (Word 6 and 95 only; later it is always Windows-1252). */
static const struct {
    guint8 language;
    const char *charset;
} charsets[] = {
    {0x11, "CP932"}, {0x12, "CP949"}, {0x19, "WINDOWS-1251"}, {0x05, "WINDOWS-1250"}, {0x0e, "WINDOWS-1250"},
    {0x15, "WINDOWS-1250"}, {0x1f, "WINDOWS-1254"},
};

static const char *charset_of(guint16 language)
{
    if ((language & 0x3ff) == 0x04)
        return language == 0x0404 || language == 0x0c04 ? "BIG5-HKSCS" : "GB18030";
    for (guint i = 0; i < G_N_ELEMENTS(charsets); i++)
        if (charsets[i].language == (language & 0x3ff))
            return charsets[i].charset;
    return "WINDOWS-1252";
}

/* Word 95 of any language writes text of any other; the bytes tell when most letters are above 0xc0: Chinese comes in pairs,
 * Russian does not. */
static const char *guess_charset(Span text)
{
    guint plain = 0, high = 0, run = 0, odd = 0;
    for (gsize i = 0; i <= text.length; i++) {
        guint8 byte = i < text.length ? text.data[i] : 0;
        if (byte >= 0xa1) {
            high++;
            run++;
            continue;
        }
        odd += run & 1;
        run = 0;
        plain += g_ascii_isalpha(byte);
    }
    if (high < 8 || high < plain)
        return "WINDOWS-1252";
    return odd == 0 ? "GB18030" : "WINDOWS-1251";
}

Span doc_part(const Doc *doc, DocPart part)
{
    gsize at = 0;
    if (!doc->old && part < span_u16(doc->main, PAIRS_97 - 2))
        at = PAIRS_97 + 8 * (gsize)part;
    for (guint i = 0; doc->old && i < G_N_ELEMENTS(old_pairs); i++)
        if (old_pairs[i].part == part)
            at = old_pairs[i].at;
    return at ? span_part(doc->table, span_u32(doc->main, at), span_u32(doc->main, at + 4)) : (Span){NULL, 0};
}

static Status read_counts(Doc *doc)
{
    gsize at = doc->old ? COUNTS_OLD : COUNTS_97;
    guint64 sum = 0;
    for (guint i = 0; i < STORIES; i++) {
        guint32 count = span_u32(doc->main, at + 4 * i);
        doc->stories[i].from = (guint32)MIN(sum, G_MAXUINT32);
        sum += count;
        doc->stories[i].to = (guint32)MIN(sum, G_MAXUINT32);
    }
    /* Every character takes at least a byte of the file, but pieces may name the same bytes again and again. */
    return sum > LIMIT_TEXT_BYTES ? STATUS_TOO_LARGE : STATUS_READ;
}

Status doc_open(Doc *doc)
{
    guint16 version = span_u16(doc->main, 2), flags = span_u16(doc->main, FLAGS);
    doc->old = version < WORD_97;
    doc->old_wide = doc->old && (flags & 0x1000);
    if (flags & 0x0100)
        return STATUS_ENCRYPTED;
    if (version < WORD_6 || doc->main.length < PAIRS_97)
        return STATUS_UNSUPPORTED;
    doc->charset = doc->old ? charset_of(span_u16(doc->main, 6)) : "WINDOWS-1252";
    guint32 from = span_u32(doc->main, TEXT_FROM), to = span_u32(doc->main, TEXT_TO);
    if (doc->old && !doc->old_wide && strcmp(doc->charset, "WINDOWS-1252") == 0 && from < to)
        doc->charset = guess_charset(span_part(doc->main, from, to - from));
    if (doc->old)
        doc->table = doc->main;
    Status status = read_counts(doc);
    if (status == STATUS_READ)
        status = doc_read_pieces(doc);
    if (status != STATUS_READ)
        return status;
    for (guint i = 0; i < STORIES; i++) {
        doc->stories[i].from = MIN(doc->stories[i].from, doc->length);
        doc->stories[i].to = MIN(doc->stories[i].to, doc->length);
    }
    doc_read_fonts(doc);
    doc_read_styles(doc);
    doc_read_runs(doc);
    doc->numbers = doc_numbers_new(doc);
    return STATUS_READ;
}

void doc_clear(Doc *doc)
{
    g_free(doc->text);
    GArray *arrays[] = {doc->pieces, doc->papx, doc->chpx, doc->styles};
    for (guint i = 0; i < G_N_ELEMENTS(arrays); i++)
        if (arrays[i])
            g_array_unref(arrays[i]);
    if (doc->fonts)
        g_ptr_array_unref(doc->fonts);
    doc_numbers_free(doc->numbers);
}
