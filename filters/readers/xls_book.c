#include <string.h>

#include "base/limits.h"
#include "readers/sheet_format.h"
#include "readers/xls.h"

#define FIRST_OWN_FORMAT 164
#define CODE_MAX 1000 /* bytes of a format; Excel allows 255 characters */

static void clear_sheet(gpointer sheet)
{
    g_free(((XlsSheet *)sheet)->name);
}

static Status take_sheet(XlsBook *book, Span data)
{
    gsize at = 6;
    XlsSheet sheet = {.at = span_u32(data, 0), .hidden = (span_u8(data, 4) & 3) != 0};
    if (span_u8(data, 5) != 0) /* a chart or a module */
        return STATUS_READ;
    if (book->sheets->len >= LIMIT_EXCEL_STRINGS)
        return STATUS_TOO_LARGE;
    sheet.name = xls_string(book, data, &at, 1);
    g_array_append_val(book->sheets, sheet);
    return STATUS_READ;
}

/* Numbers are written by their code one by one, so a code as long as a book would cost a book each. */
static void add_format(XlsBook *book, guint number, char *code)
{
    if (strlen(code) > CODE_MAX)
        *code = '\0';
    g_hash_table_insert(book->formats, GUINT_TO_POINTER(number), code);
}

void xls_take_format(XlsBook *book, const XlsRecord *record)
{
    Span data = record->data;
    guint16 number = span_u16(data, 0);
    gsize at = 2;
    switch (record->id) {
    case XLS_XF:
        number = span_u16(data, 2);
        g_array_append_val(book->xfs, number);
        break;
    case XLS_XF_3:
    case XLS_XF_4:
        number = span_u8(data, 1);
        g_array_append_val(book->xfs, number);
        break;
    case XLS_FORMAT_3: /* BIFF3 and 4 number their formats in order */
        at = 0;
        number = (guint16)g_hash_table_size(book->formats);
        add_format(book, number, xls_string(book, data, &at, 1));
        break;
    case XLS_FORMAT:
        if (book->version < 5)
            number = (guint16)g_hash_table_size(book->formats);
        add_format(book, number, xls_string(book, data, &at, book->version == 8 ? 2 : 1));
        break;
    default:
        break;
    }
}

const char *xls_format(const XlsBook *book, guint xf)
{
    guint number = xf < book->xfs->len ? g_array_index(book->xfs, guint16, xf) : 0;
    const char *own = g_hash_table_lookup(book->formats, GUINT_TO_POINTER(number));
    if (own)
        return g_ascii_strcasecmp(own, "General") == 0 ? NULL : own;
    return number < FIRST_OWN_FORMAT && book->version >= 5 ? sheet_builtin_format(number) : NULL;
}

/* [MS-XLS] 2.4.52: Macintosh Roman and UTF-16 have numbers of their own. */
static char *charset_of(guint16 codepage)
{
    if (codepage == 0x8000 || codepage == 10000)
        return g_strdup("MACINTOSH");
    return codepage == 936 ? g_strdup("GB18030") : codepage >= 1250 && codepage <= 1258
               ? g_strdup_printf("WINDOWS-%u", codepage) : codepage == 0x8001 ? g_strdup("WINDOWS-1252")
               : g_strdup_printf("CP%u", codepage);
}

static Status take_global(XlsBook *book, XlsRecord *record)
{
    switch (record->id) {
    case XLS_FILEPASS:
        return STATUS_ENCRYPTED;
    case XLS_DATEMODE:
        book->since_1904 = span_u16(record->data, 0) == 1;
        break;
    case XLS_CODEPAGE:
        g_free(book->charset);
        book->charset = charset_of(span_u16(record->data, 0));
        break;
    case XLS_BOUNDSHEET:
        return take_sheet(book, record->data);
    case XLS_SST:
        g_ptr_array_unref(book->strings);
        book->strings = xls_read_sst(record);
        return book->strings->len < LIMIT_EXCEL_STRINGS ? STATUS_READ : STATUS_TOO_LARGE;
    default:
        xls_take_format(book, record);
        break;
    }
    return STATUS_READ;
}

static Status read_globals(XlsBook *book)
{
    XlsRecord record = {.stream = book->stream};
    xls_next(&record);
    while (xls_next(&record) && record.id != XLS_EOF) {
        Status status = take_global(book, &record);
        if (status != STATUS_READ)
            return status;
    }
    return record.id == XLS_EOF && !record.cut ? STATUS_READ : STATUS_DAMAGED;
}

/* A lone sheet: BIFF3 and 4 always, later ones when the BOF says so (2.4.21). */
static void add_lone_sheet(XlsBook *book)
{
    XlsSheet sheet = {.at = 0};
    g_array_append_val(book->sheets, sheet);
}

Status xls_open(XlsBook *book)
{
    book->strings = g_ptr_array_new_with_free_func(g_free);
    book->formats = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    book->xfs = g_array_new(FALSE, FALSE, sizeof(guint16));
    book->sheets = g_array_new(FALSE, FALSE, sizeof(XlsSheet));
    g_array_set_clear_func(book->sheets, clear_sheet);
    book->charset = g_strdup("WINDOWS-1252");
    book->budget = book->stream.length / 4 + 1;
    XlsRecord record = {.stream = book->stream};
    if (!xls_next(&record))
        return STATUS_DAMAGED;
    guint16 kind = span_u16(record.data, 2);
    book->version = record.id == XLS_BOF_3 ? 3 : record.id == XLS_BOF_4 ? 4 : span_u16(record.data, 0) == 0x500 ? 5 : 8;
    if (record.id != XLS_BOF && record.id != XLS_BOF_3 && record.id != XLS_BOF_4)
        return STATUS_UNSUPPORTED;
    if (kind == XLS_GLOBALS && book->version >= 5)
        return read_globals(book);
    add_lone_sheet(book);
    return STATUS_READ;
}

void xls_clear(XlsBook *book)
{
    g_ptr_array_unref(book->strings);
    g_hash_table_unref(book->formats);
    g_array_unref(book->xfs);
    g_array_unref(book->sheets);
    g_free(book->charset);
}
