/* sheet.h: private to src/decide: one XLSX sheet, written row by row by libxlsxwriter, which is named in sheet.c only. */
#ifndef SHOUWEN_DECIDE_SHEET_H
#define SHOUWEN_DECIDE_SHEET_H

#include "decide/export.h"

typedef struct Sheet Sheet;

/* FOLDER: for temporary files, which have no name there. */
Sheet *sheet_new(const ExportColumn *columns, guint n, const char *folder, GError **error);
gboolean sheet_row(Sheet *sheet, const char *const *texts, GError **error);
/* Finishes the file and gives its bytes to SINK. */
gboolean sheet_end(Sheet *sheet, ExportSink sink, gpointer user, GError **error);
void sheet_free(Sheet *sheet);

#endif
