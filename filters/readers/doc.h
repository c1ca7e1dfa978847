/* doc.h: between the files of the Word reader only (.doc and .wps, Word 6 to 2003). Source: [MS-DOC]; section numbers
 * in the comments are its own. What differs in Word 6 and 95 is turned into the shapes of Word 97 where it is read.
 *
 * All text of a document is one row of characters, numbered by character position (CP); its stories (body, footnotes,
 * headers, …) follow each other in it. Where a character lies in the file is its FC; the properties of characters and
 * paragraphs hang on FCs. */
#ifndef SHOUWEN_FILTERS_READERS_DOC_H
#define SHOUWEN_FILTERS_READERS_DOC_H

#include "page/xhtml.h"
#include "readers/pictures.h"
#include "readers/span.h"
#include "record.h"

/* The parts of the FIB (2.5.5) we follow: indexes of its pairs of offset and length. */
typedef enum {
    DOC_STYLES = 1, DOC_FOOTNOTE_TEXT = 3, DOC_HEADERS = 11, DOC_CHPX = 12, DOC_PAPX = 13, DOC_FONTS = 15, DOC_CLX = 33,
    DOC_SHAPES = 40, DOC_HEADER_SHAPES = 41, DOC_DRAWINGS = 50, DOC_BOXES = 56, DOC_HEADER_BOXES = 58,
    DOC_WAYS = 73, DOC_LISTS = 74,
} DocPart;

/* In the order in which their text lies (2.3). */
typedef enum {
    STORY_MAIN, STORY_FOOTNOTES, STORY_HEADERS, STORY_MACROS, STORY_COMMENTS, STORY_ENDNOTES, STORY_BOXES,
    STORY_HEADER_BOXES, STORIES
} DocStoryId;

typedef struct {
    guint32 from, to; /* CPs */
} DocRange;

/* A stretch of text that lies in one place (2.8.35). */
typedef struct {
    DocRange range;
    guint32 fc;
    gboolean wide;      /* UTF-16 rather than 8-bit */
    guint16 prm;        /* what a fast save changed in it: one property */
    Span changes;       /* or several */
} DocPiece;

/* Properties from FC on, up to TO (2.9.33, 2.9.175). */
typedef struct {
    guint32 fc, to;
    guint16 style; /* of paragraphs */
    Span sprms;
} DocRun;

typedef struct {
    guint16 base; /* the style it builds on; 0xFFF none */
    guint level;  /* of a heading, 1–6; 0 none */
    int hidden;   /* 1 yes, 0 no, -1 as the base */
    int font;     /* index into fonts, -1 as the base */
    int list, list_level; /* as in DocPara, -1 as the base */
} DocStyle;

typedef struct {
    Span main, table, data; /* the streams; not owned */
    gboolean old;           /* Word 6 or 95 */
    gboolean old_wide;      /* all its text is UTF-16 (fExtChar) */
    const char *charset;    /* of 8-bit text */
    DocRange stories[STORIES];
    guint32 length;         /* of all text, in characters */
    gunichar2 *text;
    GArray *pieces;         /* DocPiece, in order of CPs without gaps */
    GArray *papx, *chpx;    /* DocRun, in order of FCs */
    GArray *styles;         /* DocStyle */
    GPtrArray *fonts;       /* char * */
    Pictures *pictures;     /* those of the body are shown to it; not owned */
    gboolean *no_pictures;  /* no more of them */
    guint *steps;           /* of work that are left: lists of properties may be long, and named again and again */
    struct DocNumbers *numbers; /* counts as paragraphs are written */
} Doc;

/* The FIB and the text. STATUS_ENCRYPTED, STATUS_UNSUPPORTED (older than Word 6, no Word), STATUS_DAMAGED when the text
 * does not lie where the FIB says, STATUS_TOO_LARGE. DOC's streams are set before; its texts and arrays become its own. */
Status doc_open(Doc *doc);
void doc_clear(Doc *doc);
/* The FIB's PART in the table stream; empty when there is none or it does not lie in the stream. */
Span doc_part(const Doc *doc, DocPart part);
/* The pieces and the text, from the CLX (2.9.38) or, without one, the text in one piece. */
Status doc_read_pieces(Doc *doc);
/* The piece of CP, and its place in the file in *ret_fc. */
const DocPiece *doc_piece_at(const Doc *doc, guint32 cp, guint32 *ret_fc);

/* Styles and fonts (2.9.271, 2.9.286). A damaged table only loses what it says. */
void doc_read_styles(Doc *doc);
void doc_read_fonts(Doc *doc);
/* The style INDEX; one without properties when there is none. */
const DocStyle *doc_style(const Doc *doc, guint index);

/* A list of property changes (2.6) is read one by one: set doc and rest, then while (doc_sprm_next(…)). Word 6 and 95 have
 * codes of one byte; CODE is Word 97's all the same. FALSE at the end, and when the document has had all its steps. */
typedef struct {
    const Doc *doc;
    Span rest;
    guint16 code;
    Span operand; /* its bytes, without the count that some begin with */
} DocSprm;
gboolean doc_sprm_next(DocSprm *sprm);
/* Takes COUNT steps of work; FALSE when they are used up. */
static inline gboolean doc_step(const Doc *doc, guint count)
{
    *doc->steps -= MIN(*doc->steps, count);
    return *doc->steps > 0;
}
/* What a fast save changed in PIECE, as a list; BUFFER must outlive it. */
Span doc_prm_sprm(const Doc *doc, const DocPiece *piece, guint8 buffer[3]);

/* Fills papx and chpx from the pages of formatting (2.9.174, 2.9.32). */
void doc_read_runs(Doc *doc);

/* What holds for a character. */
typedef struct {
    guint32 to;        /* these hold up to this CP */
    gboolean hidden, deleted, special, data;
    int font;          /* index into fonts, -1 unknown */
    int symbol_font;   /* of SYMBOL, else -1 */
    gunichar2 symbol;
    gint64 location;   /* in the data stream, -1 none */
} DocChar;
void doc_char_at(const Doc *doc, guint32 cp, guint style, DocChar *ret);

/* A paragraph: [from, to), its mark at to - 1. */
typedef struct {
    DocRange range;
    guint style, level;
    guint list, list_level; /* number of the list it is of, from 1; 0 none */
    guint depth;       /* of tables around it */
    gboolean cell_end; /* its mark ends a cell */
    gboolean row_end;  /* its mark ends a row and bears no text; ROW says how the cells lie */
    Span row;          /* the properties of a row's end */
} DocPara;
/* The paragraphs of RANGE: DocPara. Owned by the caller. */
GArray *doc_paras(const Doc *doc, DocRange range);

/* The automatic numbers of paragraphs. */
typedef struct DocNumbers DocNumbers;
DocNumbers *doc_numbers_new(const Doc *doc);
void doc_numbers_free(DocNumbers *numbers);
/* Counts one paragraph of LIST at LEVEL (0–8) and returns what stands before it ("2.1 ", "（三）"), or NULL when nothing
 * that is read does: bullets are left out unless they are boxes to tick. Caller frees. */
char *doc_numbers_next(const Doc *doc, guint list, guint level);

/* The cells of one row as TDefTable and its kin leave them (2.6.3, 2.9.315). */
typedef enum { CELL_MERGE_NONE, CELL_MERGE_START, CELL_MERGE_GOES_ON } CellMerge;
typedef struct {
    int left, right;            /* twips */
    gboolean joins_left;        /* merged into the cell before it */
    CellMerge vertical;
} DocCell;
/* DocCell; empty when the row's mark defines none. */
GArray *doc_row_cells(const Doc *doc, const DocPara *mark);

/* Where cells lie once all rows of a table are known. */
typedef struct {
    guint first, last;  /* paragraphs [first, last) */
    DocCell place;
    guint column, columns, rows;
    gboolean hidden;    /* covered by a merged cell */
} DocTableCell;
typedef struct {
    GArray *cells; /* DocTableCell */
    guint skipped; /* empty columns before the first cell */
} DocTableRow;
/* Sets column, columns, rows, hidden and skipped of all cells. ROWS: DocTableRow. */
void doc_table_arrange(GArray *rows);

/* A legacy form field (2.9.78) at LOCATION of the data stream. FALSE when there is none. */
typedef enum { FORM_TEXT, FORM_CHECKBOX, FORM_LIST } DocFormType;
typedef struct {
    DocFormType type;
    gboolean checked;
    char name[64];
    char *choice; /* of a list, or NULL; owned */
} DocForm;
gboolean doc_form_read(const Doc *doc, gint64 location, DocForm *ret);

/* Looks for a seal in the picture at LOCATION of the data stream (2.9.190), and in those that shapes of the body show. */
void doc_picture_look(const Doc *doc, gint64 location);
void doc_picture_look_floating(const Doc *doc);

/* Text boxes by the shape that holds them (2.8.30, 2.8.32). */
typedef struct {
    guint32 cp;     /* where the shape is anchored, G_MAXUINT32 nowhere */
    DocRange range; /* its text */
} DocBox;
/* The boxes of the body, or of headers, in order of anchors. DocBox. */
GArray *doc_boxes(const Doc *doc, gboolean headers);

/* Writes RANGE; PLACE is the data-part of its paragraphs or NULL. BOXES (may be NULL) follow the paragraph that they
 * hang on. */
void doc_write(const Doc *doc, DocRange range, const char *place, GArray *boxes, Xhtml *out);

#endif
