/* sheet.h: cells of a spreadsheet to an XHTML table: shared by the readers of spreadsheets. Cells come in any order;
 * sheet_end sorts them, leaves out rows without text and the middle of long runs of empty columns, and applies merges.
 * What a hostile file names costs only what it gives cells for: coordinates and merges may be anything. */
#ifndef SHOUWEN_FILTERS_READERS_SHEET_H
#define SHOUWEN_FILTERS_READERS_SHEET_H

#include "page/xhtml.h"

typedef struct Sheet Sheet;

/* Begins a sheet in OUT, which must outlive the result. NAME (may be NULL) becomes its heading when the sheet has text.
 * A sheet that a person does not see (HIDDEN) bears data-part "hidden" on the heading and the table. */
Sheet *sheet_begin(Xhtml *out, const char *name, gboolean hidden);

/* A cell's text as a person sees it; rows and columns count from 0. Empty TEXT is a cell that is formatted but not filled
 * in: kept beside filled ones, so that a label keeps its empty answer. Line breaks in TEXT become <br/>. The last text
 * given for a place wins. FALSE: the limit of cells is reached, no more are taken. */
gboolean sheet_cell(Sheet *sheet, guint row, guint column, const char *text);

/* Adds TEXT to what the cell shows: a check box and its label that lie over it. */
gboolean sheet_append(Sheet *sheet, guint row, guint column, const char *text);

/* One merged range, both ends included. What covers a merge that begins earlier is cut or ignored. */
void sheet_merge(Sheet *sheet, guint row0, guint column0, guint row1, guint column1);

/* Writes the sheet and frees it; a sheet without text leaves nothing. FALSE when a limit was reached: cells are missing. */
gboolean sheet_end(Sheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheet, sheet_end)

#endif
