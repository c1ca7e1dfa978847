/* xlsx.h: between the files of the Excel 2007 reader only. Source: ECMA-376 part 1 chapter 18. */
#ifndef SHOUWEN_FILTERS_READERS_XLSX_H
#define SHOUWEN_FILTERS_READERS_XLSX_H

#include "page/xhtml.h"
#include "readers/ooxml.h"
#include "readers/sheet.h"

/* ---- shared strings, and any other element with rich text in it (18.4) ---- */

/* One string (si, is) while it is read: its runs in order, without their pronunciation. */
typedef struct {
    GString *text;
    char font[40]; /* of the run, when it is a symbol font */
    gboolean in_text, in_phonetic;
} XlsxText;

void xlsx_text_init(XlsxText *text);
void xlsx_text_clear(XlsxText *text);
void xlsx_text_start(XlsxText *text, const char *name, const xmlChar **attrs, int count);
void xlsx_text_chars(XlsxText *text, const char *chars, int length);
void xlsx_text_end(XlsxText *text, const char *name);

/* char * of each shared string. PART may be NULL; *ret_whole is FALSE when it is not well-formed. */
GPtrArray *xlsx_strings(const GByteArray *part, gboolean *ret_whole);

/* ---- styles (18.8) ---- */

typedef struct {
    GHashTable *codes; /* numFmtId -> char * */
    GArray *formats;   /* of each cell style: guint numFmtId */
    GArray *fonts;     /* of each cell style: guint, in font_names */
    GPtrArray *font_names; /* "" unless it is a symbol font */
    gboolean in_cells; /* inside cellXfs */
} XlsxStyles;

/* PART may be NULL. */
void xlsx_styles_init(XlsxStyles *styles, const GByteArray *part);
void xlsx_styles_clear(XlsxStyles *styles);
/* The number format of cell style INDEX; NULL is General. */
const char *xlsx_format(const XlsxStyles *styles, guint index);
/* The symbol font of cell style INDEX; NULL is any other. */
const char *xlsx_font(const XlsxStyles *styles, guint index);

/* ---- sheets ---- */

typedef struct {
    GPtrArray *strings;
    XlsxStyles styles;
    gboolean since_1904;
} XlsxBook;

/* A check box, as the sheet places it. */
typedef struct {
    char *relation, *shape; /* ids of its properties and of its shape in the drawing */
    guint row, column;
} XlsxControl;

/* Gives PART's cells to SHEET and adds its controls to CONTROLS (XlsxControl). FALSE: the part is not well-formed;
 * *ret_full: a limit was reached. */
gboolean xlsx_cells(const XlsxBook *book, const GByteArray *part, Sheet *sheet, GPtrArray *controls, gboolean *ret_full);

void xlsx_control_free(gpointer control);

typedef struct {
    char *id, *text;
} XlsxShape;

/* The text boxes of the drawing PART (may be NULL), in order: XlsxShape, with free function. */
GPtrArray *xlsx_shapes(const GByteArray *part);

/* "B12" to numbers from 0; FALSE when REF is no cell. *ret_end: behind it. */
gboolean xlsx_cell_ref(const char *ref, guint *ret_row, guint *ret_column, const char **ret_end);

#endif
