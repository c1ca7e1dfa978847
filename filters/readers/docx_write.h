/* docx_write.h: what a WordprocessingML story has open, and how its text gets into the XHTML. docx_story.c follows the
 * elements; docx_write.c opens paragraphs and cells when their first text comes. */
#ifndef SHOUWEN_FILTERS_READERS_DOCX_WRITE_H
#define SHOUWEN_FILTERS_READERS_DOCX_WRITE_H

#include "readers/docx.h"

enum { SPAN_MAX = 63 }; /* columns of a Word table */

typedef struct {
    const char *tag; /* of the open element */
    gboolean open;   /* written lazily: empty paragraphs leave nothing */
    gboolean boxed;  /* a text box opened inside: its blocks are moved behind the paragraph */
    gboolean mark_deleted; /* tracked deletion of the paragraph's end: it runs on into the next one */
    guint level;           /* of heading */
    gboolean has_number, number_done;
    guint number, number_level; /* w:numPr: list and level */
    const DocxStyle *style;     /* NULL: none that says anything */
} Para;

typedef struct {
    gboolean row_open, row_deleted, cell_open;
    guint skip_columns;   /* w:gridBefore */
    guint span;
    const char *merge;    /* w:vMerge of the current cell */
    gboolean across;      /* w:hMerge: it continues the cell before it */
} Table;

/* A content control. */
typedef struct {
    gboolean content, placeholder, checkbox, checked, written;
    char name[64];
} Control;

typedef enum { FIELD_CODE, FIELD_RESULT } FieldPart;

/* A legacy form field (w:ffData) while it is read. */
typedef struct {
    char name[64];
    gboolean in_box, given, checked, preset;
    GPtrArray *choices; /* w:listEntry */
    guint choice;
} FormField;

typedef struct {
    Xhtml *out;
    const char *place;
    const DocxLooks *looks;
    guint depth, skip_from; /* elements at or below skip_from are left out; 0 = none */
    GArray *paras, *tables, *controls, *fields, *alternatives;
    Para carry;             /* open paragraph that the next one continues */
    gboolean in_para_props, in_row_props, in_run, in_text, seen_root;
    gboolean hidden;        /* w:vanish of the current run */
    char font[64];          /* symbol font of the current run, else "" */
    FormField form;
    GString *text;
} Story;

#define TOP(array, type) ((array)->len ? &g_array_index((array), type, (array)->len - 1) : NULL)

/* Begins a paragraph, lazily: docx_para_begin writes it when there is something to write. It continues the one before
 * when that one's end was deleted. */
void docx_para_start(Story *story);
/* The open paragraph, written if it was not; NULL outside of paragraphs. */
Para *docx_para_begin(Story *story);
void docx_para_end(Story *story);
/* Counts the paragraph in its list, once; NULL, or what stands before its text, owned by the caller. */
char *docx_para_number(Story *story, Para *para);
/* Ends a paragraph that waited for the next one to continue it. */
void docx_carry_end(Story *story);

/* Writes the current cell, if there is one that is not written. */
void docx_cell_begin(Story *story);

/* Whether text may be written now; the glyph inside a check box control is replaced by the box. */
gboolean docx_text_begin(Story *story);
/* The box of the innermost control when that is a check box not yet written. */
void docx_control_box(Story *story);
void docx_put_char(Story *story, gunichar c); /* 0 writes nothing */
/* TEXT of a run, with the characters of its symbol font. */
void docx_put_text(Story *story, const char *text);

/* Removes the last element, if any. */
void docx_pop(GArray *array);

#endif
