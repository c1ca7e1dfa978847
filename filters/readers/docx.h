/* docx.h: between the files of the docx reader only. Source: ECMA-376 part 1 chapter 17, [MS-DOCX]. */
#ifndef SHOUWEN_FILTERS_READERS_DOCX_H
#define SHOUWEN_FILTERS_READERS_DOCX_H

#include "page/xhtml.h"
#include "readers/docx_numbers.h"
#include "readers/ooxml.h"
#include "readers/reader.h"

/* What a paragraph's style says of it. */
typedef struct {
    guint level;                /* of heading, 1–6; 0: none */
    guint number, number_level; /* the list it is of (w:numId), 0: none; NUMBER_LEVEL_UNKNOWN: the list tells */
    char *number_style;         /* the style that names the list, which the list names in turn; NULL: none */
} DocxStyle;

/* Style id -> DocxStyle, both owned; what a style is based on is worked in. PART may be NULL. */
GHashTable *docx_styles(const GByteArray *part);

/* What a document's stories have in common. */
typedef struct {
    GHashTable *styles;
    DocxNumbers *numbers;
} DocxLooks;

/* Writes one story (body, header, footer, footnotes) into OUT. PLACE is the data-part of its paragraphs, NULL for the
 * body. STATUS_DAMAGED when the part is not well-formed, STATUS_UNSUPPORTED when it is no WordprocessingML,
 * STATUS_TOO_LARGE when OUT is full. */
Status docx_story(const GByteArray *part, const char *place, const DocxLooks *looks, Xhtml *out);

/* Hands on the documents that hang on the part MAIN of PACKAGE, which was made of INPUT: embedded files (OLE objects and
 * packages; charts, formulas and drawings are passed over) and text taken in from other formats (w:altChunk). MEMBERS may
 * be NULL. */
void docx_attached(const ReadInput *input, const Ooxml *package, const char *main, Members *members);

/* Turns cells marked data-merge="restart|continue" (w:vMerge) of TABLE into rowspans, those marked data-across (w:hMerge)
 * into colspans. */
void docx_merge_cells(xmlNode *table);

#endif
