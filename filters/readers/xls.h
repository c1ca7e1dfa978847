/* xls.h: between the files of the Excel reader only (.xls and .et: BIFF8; BIFF5 and 7; lone sheets of BIFF3 and 4).
 * Source: [MS-XLS]; what is older follows the OpenOffice.org documentation of the Excel file format. */
#ifndef SHOUWEN_FILTERS_READERS_XLS_H
#define SHOUWEN_FILTERS_READERS_XLS_H

#include "page/xhtml.h"
#include "readers/span.h"
#include "record.h"

enum { XLS_GLOBALS = 0x05 }; /* what a BOF says of the substream before the sheets */

typedef enum {
    XLS_FORMULA = 0x06, XLS_EOF = 0x0a, XLS_FORMAT_3 = 0x1e, XLS_DATEMODE = 0x22, XLS_FILEPASS = 0x2f,
    XLS_CONTINUE = 0x3c, XLS_CODEPAGE = 0x42, XLS_OBJ = 0x5d, XLS_BOUNDSHEET = 0x85, XLS_MULRK = 0xbd,
    XLS_MULBLANK = 0xbe, XLS_RSTRING = 0xd6, XLS_XF = 0xe0, XLS_MERGEDCELLS = 0xe5, XLS_SST = 0xfc, XLS_LABELSST = 0xfd,
    XLS_TXO = 0x1b6, XLS_BLANK = 0x201, XLS_NUMBER = 0x203, XLS_LABEL = 0x204, XLS_BOOLERR = 0x205,
    XLS_FORMULA_3 = 0x206, XLS_STRING = 0x207, XLS_BOF_3 = 0x209, XLS_XF_3 = 0x243, XLS_RK = 0x27e,
    XLS_FORMULA_4 = 0x406, XLS_BOF_4 = 0x409, XLS_FORMAT = 0x41e, XLS_XF_4 = 0x443, XLS_BOF = 0x809,
} XlsId;

/* A walk over records: set stream and at, then while (xls_next(…)). */
typedef struct {
    Span stream;
    gsize at;       /* of the next record */
    guint16 id;     /* of the present one */
    Span data;
    gboolean cut;   /* the last record is longer than what is left */
} XlsRecord;
gboolean xls_next(XlsRecord *record);
/* Whether the next record has this ID; it is not taken. */
gboolean xls_follows(const XlsRecord *record, XlsId id);

typedef struct {
    guint32 at;    /* of its BOF */
    gboolean hidden;
    char *name;
} XlsSheet;

typedef struct {
    Span stream;
    guint version;       /* 3, 4, 5, 8 */
    char *charset;       /* of strings before BIFF8 */
    gboolean since_1904;
    GPtrArray *strings;  /* char *: the SST */
    GHashTable *formats; /* number -> char * code */
    GArray *xfs;         /* guint16: number of the format of each XF */
    GArray *sheets;      /* XlsSheet */
    gsize budget;        /* records that may still be read: sheets that lie in each other cost no more than honest ones */
} XlsBook;

/* Reads what stands before the sheets, or, in a lone sheet, nothing yet. STATUS_ENCRYPTED, STATUS_UNSUPPORTED (BIFF2, no
 * BIFF), STATUS_DAMAGED. BOOK's stream is set before; xls_clear frees the rest. */
Status xls_open(XlsBook *book);
void xls_clear(XlsBook *book);
/* XF and FORMAT records of any version, wherever they stand. */
void xls_take_format(XlsBook *book, const XlsRecord *record);
/* The code of the format of XF; NULL is General. */
const char *xls_format(const XlsBook *book, guint xf);

/* A string at *AT of DATA that begins with a count of WIDTH bytes (1 or 2): XLUnicodeString, ShortXLUnicodeString (2.5.294,
 * 2.5.240), or bytes before BIFF8. *AT moves behind its characters. Caller frees. */
char *xls_string(const XlsBook *book, Span data, gsize *at, guint width);

/* COUNT characters over the CONTINUE records that follow RECORD, which each begin with their width (TXO, 2.4.329). */
char *xls_continued(XlsRecord *record, guint count);

/* The SST (2.4.265) in RECORD and its CONTINUE records. */
GPtrArray *xls_read_sst(XlsRecord *record);

/* Writes the sheet; FALSE when a limit was reached. *ret_cut is set when its records break off. */
gboolean xls_write_sheet(XlsBook *book, const XlsSheet *sheet, Xhtml *out, gboolean *ret_cut);

#endif
