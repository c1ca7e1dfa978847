#include <math.h>
#include <string.h>

#include "readers/sheet.h"
#include "readers/sheet_format.h"
#include "readers/xls.h"

enum { OBJECT_CHECKBOX = 0x0b, OBJECT_NOTE = 0x19 };

typedef struct {
    XlsBook *book;
    Sheet *sheet;
    GPtrArray *texts;  /* char *: of drawn objects, each with a mark in front: its state */
    guint row, column; /* of the formula whose text comes in the next STRING */
    guint xf;
    gboolean awaits_string;
    guint object;      /* kind of the object whose text comes next */
    gboolean checked;
    gboolean full;
} Walk;

static double double_at(Span data, gsize at)
{
    guint64 bits = span_u32(data, at) | (guint64)span_u32(data, at + 4) << 32;
    double value = 0;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* RkNumber (2.5.217): an integer of 30 bits or the upper half of a double, each perhaps a hundredfold. */
static double rk_value(guint32 rk)
{
    double value = 0;
    if (rk & 2) {
        value = (gint32)rk >> 2;
    } else {
        guint64 bits = (guint64)(rk & ~3u) << 32;
        memcpy(&value, &bits, sizeof value);
    }
    return rk & 1 ? value / 100 : value;
}

static void put(Walk *walk, guint row, guint column, const char *text)
{
    if (!sheet_cell(walk->sheet, row, column, text))
        walk->full = TRUE;
}

static void put_number(Walk *walk, guint row, guint column, guint xf, double value)
{
    if (!isfinite(value))
        return;
    g_autofree char *text = sheet_number(value, xls_format(walk->book, xf), walk->book->since_1904);
    put(walk, row, column, text);
}

static void put_text(Walk *walk, guint row, guint column, guint xf, const char *text)
{
    const char *code = xls_format(walk->book, xf);
    g_autofree char *shown = code && strchr(code, '@') ? sheet_string(text, code) : NULL;
    put(walk, row, column, shown ? shown : text);
}

static const char *error_name(guint8 code)
{
    static const struct {
        guint8 code;
        const char *name;
    } names[] = {{0x00, "#NULL!"}, {0x07, "#DIV/0!"}, {0x0f, "#VALUE!"}, {0x17, "#REF!"},
                 {0x1d, "#NAME?"}, {0x24, "#NUM!"},   {0x2a, "#N/A"}};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i].code == code)
            return names[i].name;
    return "";
}

/* The value that a formula had when the file was saved (2.5.133). */
static void take_formula(Walk *walk, Span data, guint row, guint column, guint xf)
{
    guint8 kind = span_u8(data, 6);
    walk->row = row;
    walk->column = column;
    walk->xf = xf;
    if (data.length < 14)
        return;
    if (span_u16(data, 12) != 0xffff)
        put_number(walk, row, column, xf, double_at(data, 6));
    else if (kind == 1)
        put(walk, row, column, span_u8(data, 8) ? "TRUE" : "FALSE");
    else if (kind == 2)
        put(walk, row, column, error_name(span_u8(data, 8)));
    walk->awaits_string = kind == 0 && span_u16(data, 12) == 0xffff;
}

static void take_many(Walk *walk, const XlsRecord *record)
{
    Span data = record->data;
    guint row = span_u16(data, 0), column = span_u16(data, 2);
    gsize width = record->id == XLS_MULRK ? 6 : 2;
    for (gsize at = 4; at + width + 2 <= data.length && !walk->full; at += width, column++) {
        if (record->id == XLS_MULRK)
            put_number(walk, row, column, span_u16(data, at), rk_value(span_u32(data, at + 2)));
        else
            put(walk, row, column, "");
    }
}

static void take_merges(Walk *walk, Span data)
{
    guint count = span_u16(data, 0);
    for (gsize i = 0; i < count && span_has(data, 2 + 8 * i, 8); i++) {
        gsize at = 2 + 8 * i;
        sheet_merge(walk->sheet, span_u16(data, at), span_u16(data, at + 4), span_u16(data, at + 2), span_u16(data, at + 6));
    }
}

/* An object (2.4.181): what it is, and whether its box is ticked. */
static void take_object(Walk *walk, Span data)
{
    walk->object = span_u16(data, 0) == 0x15 ? span_u16(data, 4) : 0;
    walk->checked = FALSE;
    for (gsize at = 0; span_has(data, at, 4); at += 4 + (gsize)span_u16(data, at + 2))
        if (span_u16(data, at) == 0x0a || span_u16(data, at) == 0x12) /* FtCblsData */
            walk->checked = span_u16(data, at + 4) == 1;
}

/* The text of an object (2.4.329); those of comments are left out. */
static void take_object_text(Walk *walk, XlsRecord *record)
{
    guint count = span_u16(record->data, 10);
    if (count == 0 || !xls_follows(record, XLS_CONTINUE) || walk->object == OBJECT_NOTE)
        return;
    g_autofree char *text = xls_continued(record, count);
    const char *mark = walk->object != OBJECT_CHECKBOX ? " " : walk->checked ? "x" : "o";
    g_ptr_array_add(walk->texts, g_strconcat(mark, text, NULL));
}

static void take_cell(Walk *walk, const XlsRecord *record)
{
    Span data = record->data;
    guint row = span_u16(data, 0), column = span_u16(data, 2), xf = span_u16(data, 4);
    gsize at = 6;
    g_autofree char *text = NULL;
    switch (record->id) {
    case XLS_LABELSST:
        if (span_u32(data, 6) < walk->book->strings->len)
            put_text(walk, row, column, xf, walk->book->strings->pdata[span_u32(data, 6)]);
        break;
    case XLS_LABEL:
    case XLS_RSTRING:
        text = xls_string(walk->book, data, &at, 2);
        put_text(walk, row, column, xf, text);
        break;
    case XLS_NUMBER:
        put_number(walk, row, column, xf, double_at(data, 6));
        break;
    case XLS_RK:
        put_number(walk, row, column, xf, rk_value(span_u32(data, 6)));
        break;
    case XLS_BOOLERR:
        put(walk, row, column, span_u8(data, 7) ? error_name(span_u8(data, 6)) : span_u8(data, 6) ? "TRUE" : "FALSE");
        break;
    case XLS_BLANK:
        put(walk, row, column, "");
        break;
    case XLS_FORMULA:
    case XLS_FORMULA_3:
    case XLS_FORMULA_4:
        take_formula(walk, data, row, column, xf);
        break;
    default:
        break;
    }
}

static void take_string(Walk *walk, Span data)
{
    gsize at = 0;
    g_autofree char *text = xls_string(walk->book, data, &at, 2);
    if (walk->awaits_string)
        put_text(walk, walk->row, walk->column, walk->xf, text);
    walk->awaits_string = FALSE;
}

static void take_record(Walk *walk, XlsRecord *record)
{
    switch (record->id) {
    case XLS_MULRK:
    case XLS_MULBLANK:
        take_many(walk, record);
        break;
    case XLS_MERGEDCELLS:
        take_merges(walk, record->data);
        break;
    case XLS_STRING:
        take_string(walk, record->data);
        break;
    case XLS_OBJ:
        take_object(walk, record->data);
        break;
    case XLS_TXO:
        take_object_text(walk, record);
        break;
    case XLS_XF_3:
    case XLS_XF_4:
    case XLS_XF:
    case XLS_FORMAT:
    case XLS_FORMAT_3:
        xls_take_format(walk->book, record); /* a lone sheet has its formats itself */
        break;
    default:
        take_cell(walk, record);
        break;
    }
}

static void write_texts(const GPtrArray *texts, Xhtml *out)
{
    for (guint i = 0; i < texts->len; i++) {
        const char *text = texts->pdata[i];
        xhtml_open(out, "p");
        if (*text != ' ')
            xhtml_checkbox(out, *text == 'x');
        xhtml_text(out, text + 1, -1);
        xhtml_close(out, "p");
    }
}

gboolean xls_write_sheet(XlsBook *book, const XlsSheet *sheet, Xhtml *out, gboolean *ret_cut)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    Walk walk = {.book = book, .sheet = sheet_begin(out, sheet->name, sheet->hidden), .texts = texts};
    XlsRecord record = {.stream = book->stream, .at = sheet->at};
    guint depth = 0; /* of substreams: charts lie inside sheets */
    while (!walk.full && book->budget > 0 && xls_next(&record)) {
        gboolean begins = record.id == XLS_BOF || record.id == XLS_BOF_3 || record.id == XLS_BOF_4;
        book->budget--;
        if (depth == 0 && (!begins || span_u16(record.data, 2) == XLS_GLOBALS))
            break;
        if (record.id == XLS_EOF && --depth == 0)
            break;
        depth += begins;
        if (!begins && depth == 1)
            take_record(&walk, &record);
    }
    *ret_cut = *ret_cut || record.cut || book->budget == 0 || (depth == 0 && record.id != XLS_EOF);
    gboolean whole = sheet_end(walk.sheet);
    write_texts(texts, out);
    return whole && !walk.full;
}
