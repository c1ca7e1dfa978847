#include "base/charset.h"
#include "base/limits.h"
#include "readers/xls.h"

/* Text over the borders of records: a row of spans, one for the record and one for each CONTINUE. */
typedef struct {
    XlsRecord *record;
    gsize at; /* in the record's data */
} Tape;

gboolean xls_next(XlsRecord *record)
{
    gsize length = span_u16(record->stream, record->at + 2);
    if (!span_has(record->stream, record->at, 4))
        return FALSE;
    if (!span_has(record->stream, record->at + 4, length)) {
        record->cut = TRUE;
        return FALSE;
    }
    record->id = span_u16(record->stream, record->at);
    record->data = span_part(record->stream, record->at + 4, length);
    record->at += 4 + length;
    return TRUE;
}

gboolean xls_follows(const XlsRecord *record, XlsId id)
{
    return span_has(record->stream, record->at, 4) && span_u16(record->stream, record->at) == id;
}

/* Moves on to the next CONTINUE when this record is used up; FALSE when there is none. */
static gboolean tape_ready(Tape *tape)
{
    while (tape->at >= tape->record->data.length) {
        if (!xls_follows(tape->record, XLS_CONTINUE) || !xls_next(tape->record))
            return FALSE;
        tape->at = 0;
    }
    return TRUE;
}

static guint32 tape_number(Tape *tape, guint bytes)
{
    guint32 value = 0;
    for (guint i = 0; i < bytes && tape_ready(tape); i++)
        value |= (guint32)span_u8(tape->record->data, tape->at++) << 8 * i;
    return value;
}

static void tape_skip(Tape *tape, gsize bytes)
{
    while (bytes && tape_ready(tape)) {
        gsize step = MIN(bytes, tape->record->data.length - tape->at);
        tape->at += step;
        bytes -= step;
    }
}

static void append_unit(GString *text, guint16 unit, guint16 *high)
{
    gunichar c = unit;
    if (*high && unit >= 0xdc00 && unit < 0xe000)
        c = 0x10000 + (((guint)*high & 0x3ff) << 10) + (unit & 0x3ff);
    *high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
    if (c && g_unichar_validate(c))
        g_string_append_unichar(text, c);
}

/* COUNT characters. Where they run on into the next record, their width is said anew there. */
static char *tape_text(Tape *tape, guint count, gboolean wide)
{
    GString *text = g_string_new(NULL);
    guint16 high = 0;
    for (guint i = 0; i < count; i++) {
        gboolean crosses = tape->at >= tape->record->data.length;
        if (!tape_ready(tape))
            break;
        if (crosses)
            wide = tape_number(tape, 1) & 1;
        append_unit(text, (guint16)tape_number(tape, wide ? 2 : 1), &high);
    }
    return g_string_free(text, FALSE);
}

/* XLUnicodeRichExtendedString (2.5.293). */
static char *tape_rich(Tape *tape)
{
    guint count = tape_number(tape, 2), flags = tape_number(tape, 1);
    gsize runs = flags & 8 ? tape_number(tape, 2) : 0;
    gsize extra = flags & 4 ? tape_number(tape, 4) : 0;
    char *text = tape_text(tape, count, flags & 1);
    tape_skip(tape, 4 * runs + extra);
    return text;
}

GPtrArray *xls_read_sst(XlsRecord *record)
{
    GPtrArray *strings = g_ptr_array_new_with_free_func(g_free);
    Tape tape = {.record = record};
    tape_skip(&tape, 4);
    guint32 count = tape_number(&tape, 4);
    for (guint32 i = 0; i < MIN(count, LIMIT_EXCEL_STRINGS) && tape_ready(&tape); i++)
        g_ptr_array_add(strings, tape_rich(&tape));
    return strings;
}

char *xls_continued(XlsRecord *record, guint count)
{
    Tape tape = {.record = record, .at = record->data.length};
    return tape_text(&tape, count, FALSE);
}

char *xls_string(const XlsBook *book, Span data, gsize *at, guint width)
{
    guint count = width == 1 ? span_u8(data, *at) : span_u16(data, *at);
    *at += width;
    if (book->version < 8) {
        Span bytes = span_from(data, *at);
        bytes.length = MIN(bytes.length, count);
        *at += bytes.length;
        return bytes.length ? charset_decode((const char *)bytes.data, bytes.length, book->charset) : g_strdup("");
    }
    guint flags = span_u8(data, *at);
    GString *text = g_string_new(NULL);
    guint16 high = 0;
    *at += 1 + (flags & 8 ? 2 : 0) + (flags & 4 ? 4 : 0);
    for (guint i = 0; i < count && span_has(data, *at, flags & 1 ? 2 : 1); i++) {
        append_unit(text, flags & 1 ? span_u16(data, *at) : span_u8(data, *at), &high);
        *at += flags & 1 ? 2 : 1;
    }
    return g_string_free(text, FALSE);
}
