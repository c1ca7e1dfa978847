#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/failure.h"
#include "base/text.h"
#include "decide/sheet.h"

#define CELL_CHARS 32000 /* a cell of a spreadsheet holds 32,767 */
#define ROWS 1048576     /* a sheet, with its head */
#define COLUMN_WIDTH 18

struct Sheet {
    const ExportColumn *columns;
    guint n;
    int fd;               /* the file, which has no name */
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *head;
    lxw_row_t row;
};

static gboolean failed(GError **error, lxw_error code)
{
    g_set_error(error, FAILURE, FAILURE_IO, "cannot write the sheet: %s", lxw_strerror(code));
    return FALSE;
}

static gboolean write_head(Sheet *sheet, GError **error)
{
    sheet->head = workbook_add_format(sheet->book);
    format_set_bold(sheet->head);
    worksheet_freeze_panes(sheet->sheet, 1, 0);
    worksheet_set_column(sheet->sheet, 0, (lxw_col_t)(sheet->n - 1), COLUMN_WIDTH, NULL);
    for (guint i = 0; i < sheet->n; i++) {
        lxw_error code = worksheet_write_string(sheet->sheet, 0, (lxw_col_t)i, sheet->columns[i].title, sheet->head);
        if (code != LXW_NO_ERROR)
            return failed(error, code);
    }
    sheet->row = 1;
    return TRUE;
}

Sheet *sheet_new(const ExportColumn *columns, guint n, const char *folder, GError **error)
{
    Sheet *sheet = g_new0(Sheet, 1);
    sheet->columns = columns;
    sheet->n = n;
    sheet->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (sheet->fd < 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot make a temporary file in %s: %s", folder, g_strerror(errno));
        sheet_free(sheet);
        return NULL;
    }
    /* The library wants a name: this one leads to the file without one. */
    g_autofree char *name = g_strdup_printf("/proc/self/fd/%d", sheet->fd);
    g_autofree char *temporary = g_strdup(folder);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = temporary};
    sheet->book = workbook_new_opt(name, &options);
    sheet->sheet = sheet->book ? workbook_add_worksheet(sheet->book, NULL) : NULL;
    if (!sheet->sheet) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot begin a sheet in %s", folder);
        sheet_free(sheet);
        return NULL;
    }
    if (write_head(sheet, error))
        return sheet;
    sheet_free(sheet);
    return NULL;
}

gboolean sheet_row(Sheet *sheet, const char *const *texts, GError **error)
{
    if (sheet->row >= ROWS) {
        g_set_error(error, FAILURE, FAILURE_DATA, "a sheet holds %d rows and there are more; take csv", ROWS - 1);
        return FALSE;
    }
    for (guint i = 0; i < sheet->n; i++) {
        if (!texts[i] || !*texts[i])
            continue;
        g_autofree char *plain = text_plain(texts[i], CELL_CHARS);
        lxw_error code = sheet->columns[i].number
                             ? worksheet_write_number(sheet->sheet, sheet->row, (lxw_col_t)i, g_ascii_strtod(plain, NULL), NULL)
                             : worksheet_write_string(sheet->sheet, sheet->row, (lxw_col_t)i, plain, NULL);
        if (code != LXW_NO_ERROR)
            return failed(error, code);
    }
    sheet->row++;
    return TRUE;
}

gboolean sheet_end(Sheet *sheet, ExportSink sink, gpointer user, GError **error)
{
    char buffer[65536];
    lxw_error code = workbook_close(g_steal_pointer(&sheet->book));
    if (code != LXW_NO_ERROR)
        return failed(error, code);
    for (off_t at = 0;;) {
        gssize n = pread(sheet->fd, buffer, sizeof buffer, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 || failed(error, LXW_ERROR_READING_TMPFILE);
        if (!sink(buffer, (gsize)n, user, error))
            return FALSE;
        at += n;
    }
}

void sheet_free(Sheet *sheet)
{
    if (!sheet)
        return;
    if (sheet->book)
        lxw_workbook_free(sheet->book);
    if (sheet->fd >= 0)
        close(sheet->fd);
    g_free(sheet);
}
