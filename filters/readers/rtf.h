/* rtf.h: between the files of the RTF reader only. Source: Rich Text Format 1.9.1. The bytes are read once from front to
 * back; nothing recurses. */
#ifndef SHOUWEN_FILTERS_READERS_RTF_H
#define SHOUWEN_FILTERS_READERS_RTF_H

#include "page/xhtml.h"
#include "readers/pictures.h"

/* ---- fonts and charsets ---- */

typedef struct {
    char name[40];       /* lower-case letters do not matter; only symbol fonts are kept */
    const char *charset; /* NULL: the document's */
    gboolean latin;      /* said to be of Latin letters (charset 0), which Chinese writers say of any font */
} RtfFont;

/* The charset that a Windows code page number stands for; NULL when there is none we know. */
const char *rtf_code_page(int number);
/* The charset of \fcharsetN; NULL: the document's. */
const char *rtf_font_charset(int number);
/* Whether BYTE is the first of two in CHARSET. */
gboolean rtf_is_lead(const char *charset, guint8 byte);
/* BYTES as UTF-8. PAGE is the document's charset. Caller frees. */
char *rtf_decode(const RtfFont *font, const char *page, const guint8 *bytes, gsize length);

/* ---- what a group saves and restores ---- */

typedef enum {
    RTF_TEXT,
    RTF_SKIP,
    RTF_FONTS,
    RTF_FONT_ALT,
    RTF_INSTRUCTION, /* of a field: text left out, form fields inside it read */
    RTF_FIELD_NAME,
    RTF_FIELD_CHOICE,
    RTF_NESTED_ROW,  /* the definition of a nested table's row */
    RTF_PICTURE,     /* hexadecimal digits */
    RTF_UNICODE      /* \upr: of its two groups the second counts */
} RtfDest;

typedef struct {
    RtfDest dest;
    int font, wide_font;       /* numbers in the font table; wide_font -1: none */
    guint8 unicode_skip;       /* \uc */
    gboolean hidden, deleted, wide;
    guint level;               /* of tables: 0 is outside */
    guint heading;             /* 0 for none */
} RtfState;

/* ---- tables ---- */

typedef enum { RTF_ALONE, RTF_FIRST, RTF_MERGED } RtfMerge;

typedef struct {
    int right; /* twips */
    RtfMerge across, down;
} RtfCell;

typedef struct {
    int left;
    RtfMerge across, down; /* of the cell whose \cellx comes next */
    GArray *cells;         /* RtfCell */
} RtfRow;

typedef struct RtfTable RtfTable;

RtfTable *rtf_table_new(void);
void rtf_table_free(RtfTable *table);
/* Adds a row that was just written: its <td>s, which stay where they are, and its definition. */
void rtf_table_row(RtfTable *table, GPtrArray *cells, const RtfRow *row);
/* Sets colspan and rowspan by the edges and merges of all rows, and removes the cells merged into others. */
void rtf_table_spans(RtfTable *table);

/* ---- writing ---- */

typedef struct RtfWriter RtfWriter;

RtfWriter *rtf_writer_new(Xhtml *out);
/* Writes what is still open. */
void rtf_writer_free(RtfWriter *writer);

/* A story of its own begins (header, footnote, text box) and ends; PART is its data-part or NULL. What is open stays open
 * around it. */
void rtf_flow_begin(RtfWriter *writer, const char *part);
void rtf_flow_end(RtfWriter *writer);

/* Text in a paragraph that stands in tables LEVEL deep; HEADING is 1–6, or 0. */
void rtf_write_text(RtfWriter *writer, guint level, guint heading, const char *text, gsize length);
void rtf_write_break(RtfWriter *writer, guint level, guint heading);
void rtf_write_box(RtfWriter *writer, guint level, gboolean checked, const char *name);
void rtf_end_paragraph(RtfWriter *writer);
void rtf_end_cell(RtfWriter *writer, guint level);
void rtf_end_row(RtfWriter *writer, guint level, const RtfRow *row);

/* ---- control words ---- */

typedef enum {
    RTF_W_AF, RTF_W_ANSI, RTF_W_ANSICPG, RTF_W_BIN, RTF_W_BLIP, RTF_W_CELL, RTF_W_CELLX, RTF_W_CHAR, RTF_W_CLMGF, RTF_W_CLMRG,
    RTF_W_CLVMGF, RTF_W_CLVMRG, RTF_W_CPG, RTF_W_DBCH, RTF_W_DEFF, RTF_W_DELETED, RTF_W_DEST, RTF_W_F, RTF_W_FCHARSET,
    RTF_W_FFDEFRES, RTF_W_FFRES, RTF_W_FFTYPE, RTF_W_FIELD, RTF_W_FLOW, RTF_W_FOOTER, RTF_W_INTBL, RTF_W_ITAP,
    RTF_W_LEFTROW, RTF_W_LINE, RTF_W_LOCH, RTF_W_NESTCELL, RTF_W_NESTROW, RTF_W_OUTLINE, RTF_W_PAR, RTF_W_PARD,
    RTF_W_PLAIN, RTF_W_ROW, RTF_W_TROWD, RTF_W_U, RTF_W_UC, RTF_W_UD, RTF_W_V, RTF_W_NONE
} RtfWord;

/* The word NAME; *ret_value is what it stands for: a character, an RtfDest, a code page. *ret_text: a data-part. */
RtfWord rtf_word(const char *name, int *ret_value, const char **ret_text);

/* ---- the reader itself ---- */

/* A form field while it is read. */
typedef struct {
    int type, result, preset; /* fftype: 0 text, 1 check box, 2 list; result 25: not set */
    gboolean given;
    gsize written;            /* of Rtf when the field began */
    guint depth;              /* of its group */
    char name[64];
    GPtrArray *choices;
    GString *code;            /* its instruction */
} RtfField;

typedef struct {
    const guint8 *at, *end;
    Xhtml *out;
    RtfWriter *writer;
    GArray *stack;       /* RtfState of the groups around */
    RtfState state;
    guint depth;
    GArray *flows;       /* RtfOpenFlow: the groups that are stories of their own */
    GHashTable *fonts;   /* number -> RtfFont */
    RtfFont *font_entry; /* of the font table */
    GString *font_name;
    const char *page;    /* the document's charset */
    int default_font;
    GByteArray *pending; /* bytes of one charset not yet decoded */
    const RtfFont *pending_font;
    gboolean pending_lead; /* its last byte is the first of two */
    guint unread;        /* characters to leave out after \u */
    gunichar high;       /* first half of a pair of \u */
    gboolean star;       /* \* came just before */
    gboolean row_begun;  /* \trowd came, \row not yet: what comes is in the row */
    RtfRow rows[2];      /* definitions of rows: of a table, of one in a cell */
    RtfField field;
    gsize written;       /* bytes of text */
    Pictures pictures;
    GByteArray *picture; /* the one being read */
    gboolean wanted;     /* it is of a format that can be looked at */
    gboolean half_byte;  /* its last byte has one digit only */
    gboolean no_pictures; /* a seal was found, or no more are looked at */
} Rtf;

/* What a story of its own (header, text box) finds anew. */
typedef struct {
    guint depth;
    gboolean row_begun;
} RtfOpenFlow;

/* rtf_text.c: a byte, a character, the number of a \u; a change of charset within a word loses nothing. */
void rtf_put_byte(Rtf *rtf, guint8 byte);
void rtf_put_char(Rtf *rtf, gunichar c); /* 0 writes nothing */
void rtf_put_unicode(Rtf *rtf, int number);
void rtf_put_text(Rtf *rtf, const char *text);
/* LENGTH bytes of a picture lie ahead (\bin). */
void rtf_put_picture(Rtf *rtf, int length);
/* A group of \pict ends: looks for a seal on it, if it stands in the text. */
void rtf_end_picture(Rtf *rtf);
/* Decodes what is pending; rtf_settle leaves it when half a character still waits for the rest. */
void rtf_flush(Rtf *rtf);
void rtf_settle(Rtf *rtf);
/* How deep in tables what comes next stands. */
guint rtf_level(const Rtf *rtf);

/* rtf_obey.c: does what WORD says. VALUE and PART are rtf_word's. */
void rtf_obey(Rtf *rtf, RtfWord word, int number, int value, const char *part);
/* A field's group ends. */
void rtf_end_field(Rtf *rtf);

#endif
