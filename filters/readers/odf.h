/* odf.h: between the files of the OpenDocument reader only. Source: OASIS OpenDocument 1.3 part 3. The styles, which
 * also hold headers and footers, are parsed before the body. */
#ifndef SHOUWEN_FILTERS_READERS_ODF_H
#define SHOUWEN_FILTERS_READERS_ODF_H

#include "page/xhtml.h"
#include "readers/ooxml.h"
#include "readers/sheet.h"

/* ---- styles: only what changes which text is seen ---- */

typedef struct {
    char font[40];       /* a symbol font, else "" */
    gboolean hidden;     /* text:display or table:display says so */
    gboolean outlined;   /* headings of it bear the numbers of the outline */
} OdfStyle;

typedef struct {
    GHashTable *known; /* "family/name" -> OdfStyle; styles that change nothing are missing */
    char *key;         /* of the style:style being read, or NULL */
    OdfStyle current;
} OdfStyles;

void odf_styles_init(OdfStyles *styles);
void odf_styles_clear(OdfStyles *styles);
/* Elements of the style namespace. */
void odf_styles_start(OdfStyles *styles, const char *name, const xmlChar **attrs, int count);
void odf_styles_end(OdfStyles *styles, const char *name);
/* The style of FAMILY that the attribute style-name names; a style of no effect when there is none. Owned by STYLES. */
const OdfStyle *odf_style(const OdfStyles *styles, const char *family, const xmlChar **attrs, int count);

/* ---- form controls: declared before the text, placed by id in it ---- */

typedef struct {
    gboolean box, checked; /* a check box or radio button, and its state */
    char *text;            /* what another control shows; may be NULL */
} OdfControl;

typedef struct {
    GHashTable *by_id;
    OdfControl *open; /* the list whose options are being read */
} OdfForms;

void odf_forms_init(OdfForms *forms);
void odf_forms_clear(OdfForms *forms);
/* An element of the form namespace. */
void odf_forms_start(OdfForms *forms, const char *name, const xmlChar **attrs, int count);
/* NULL when no control is called ID. */
const OdfControl *odf_control(const OdfForms *forms, const char *id);

/* ---- the numbers of lists and headings, which are counted when the document is shown ---- */

enum { ODF_LIST_LEVELS = 10 };

typedef struct {
    GHashTable *styles; /* name -> list style; "" is that of headings */
    gpointer defined;   /* the one being read */
    GArray *open;       /* lists around, innermost last */
    guint lost;         /* lists too deep to be kept */
} OdfLists;

void odf_lists_init(OdfLists *lists);
void odf_lists_clear(OdfLists *lists);
/* An element of the text namespace among the styles. */
void odf_lists_define(OdfLists *lists, const char *name, const xmlChar **attrs, int count);
void odf_list_start(OdfLists *lists, const xmlChar **attrs, int count);
void odf_list_end(OdfLists *lists);
void odf_list_item(OdfLists *lists, const xmlChar **attrs, int count);
/* Counts a paragraph: what stands before it ("2.1 "), NULL when nothing does (bullets are left out). Caller frees. */
char *odf_list_number(OdfLists *lists);
char *odf_heading_number(OdfLists *lists, guint level);

/* ---- what is being written ---- */

typedef enum { ODF_HEADER, ODF_BODY, ODF_FOOTER } OdfPlace;

typedef struct {
    const char *tag;        /* of the open element */
    guint level;            /* of a heading, 0 for none */
    char number[64];        /* written before its text */
    gboolean open;          /* written lazily: empty paragraphs leave nothing */
    gboolean boxed;         /* blocks (text boxes, notes) stand inside: they are moved behind it */
    gboolean hidden;        /* a field in it says so (text:hidden-paragraph) */
    gboolean blank;         /* white space was written last: more of it folds into it */
} OdfPara;

/* The spreadsheet's sheet being read. */
typedef struct {
    Sheet *sheet;
    guint depth;       /* of tables: a table in a cell is not a sheet */
    guint row, column; /* where the next cell stands */
    guint row_repeat, cell_repeat, columns_spanned, rows_spanned;
    gboolean in_cell, covered, full;
    char *value;       /* of a cell without text */
    GString *text;
    GArray *cells;     /* of the row: it may be repeated */
} OdfSheet;

typedef struct {
    Xhtml *out;
    gboolean wants_body;    /* of the part being read; else headers and footers */
    OdfPlace place;
    OdfStyles styles;
    OdfForms forms;
    OdfLists lists;
    guint depth, skip_from; /* elements at or below skip_from are left out; 0 = none */
    guint inside;           /* depth of the element (office:body, style:header) whose text is written; 0 = outside */
    guint forms_from;       /* depth of office:forms; 0 = outside */
    guint notes;            /* notes open around */
    GArray *paras;          /* OdfPara */
    GPtrArray *fonts;       /* of the open spans: const char *, NULL where none is a symbol font */
    GPtrArray *repeats;     /* of the open cells: GUINT_TO_POINTER */
    xmlNode *before;        /* last block before this header or footer */
    GHashTable *seen;       /* texts of headers and footers */
    GPtrArray *footers;     /* blocks (xmlNode *) that belong behind the body */
    OdfSheet sheet;
    gboolean spreadsheet, seen_root;
    struct {
        gboolean open, box, checked, list;
        char name[64];
        GPtrArray *choices;
        guint choice;
    } mark; /* a legacy form field, field:fieldmark */
} OdfStory;

#define ODF_TOP(array, type) ((array)->len ? &g_array_index((array), type, (array)->len - 1) : NULL)

/* A paragraph or heading (LEVEL > 0); STYLE is not a hidden one, NUMBER may be NULL. */
void odf_para_start(OdfStory *story, guint level, const OdfStyle *style, const char *number);
void odf_para_end(OdfStory *story);
/* A block begins inside an open paragraph, if one is open. */
void odf_block_begin(OdfStory *story);
/* Text as XML gives it: white space folds. */
void odf_put_folded(OdfStory *story, const char *text, gsize length);
/* Text that is kept as it is. */
void odf_put_text(OdfStory *story, const char *text, gsize length);
void odf_put_break(OdfStory *story);
void odf_put_box(OdfStory *story, gboolean checked, const char *name);

/* Elements of the table namespace in a text, and in a spreadsheet. */
void odf_table_start(OdfStory *story, const char *name, const xmlChar **attrs, int count);
void odf_table_end(OdfStory *story, const char *name);
void odf_sheet_start(OdfStory *story, const char *name, const xmlChar **attrs, int count);
void odf_sheet_end(OdfStory *story, const char *name);
void odf_sheet_init(OdfSheet *sheet);
void odf_sheet_clear(OdfSheet *sheet);

/* A number among ATTRS, at least 1 and at most MOST. */
guint odf_count(const xmlChar **attrs, int count, const char *name, guint most);

/* Writes the body of PART, or its headers and footers. STATUS_DAMAGED when it is not well-formed, STATUS_UNSUPPORTED when
 * it has no body, STATUS_TOO_LARGE at a limit. */
Status odf_story(OdfStory *story, const GByteArray *part, gboolean wants_body);
/* Moves the footers, which were written before the body, behind it. */
void odf_story_finish(OdfStory *story);
void odf_story_init(OdfStory *story, Xhtml *out);
void odf_story_clear(OdfStory *story);

#endif
