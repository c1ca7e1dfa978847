/* docx.h: between the files of the docx reader only. Source: ECMA-376 part 1 chapter 17, [MS-DOCX]. */
#ifndef SHOUWEN_FILTERS_READERS_DOCX_H
#define SHOUWEN_FILTERS_READERS_DOCX_H

#include "page/xhtml.h"
#include "readers/ooxml.h"

/* Style id -> heading level 1–6, as GUINT_TO_POINTER; ids that are no headings are missing. PART may be NULL. */
GHashTable *docx_heading_styles(const GByteArray *part);

/* Writes one story (body, header, footer, footnotes) into OUT. PLACE is the data-part of its paragraphs, NULL for the
 * body. STATUS_DAMAGED when the part is not well-formed, STATUS_UNSUPPORTED when it is no WordprocessingML,
 * STATUS_TOO_LARGE when OUT is full. */
Status docx_story(const GByteArray *part, const char *place, GHashTable *headings, Xhtml *out);

/* Turns cells marked data-merge="restart|continue" (w:vMerge) of TABLE into rowspans. */
void docx_merge_rows(xmlNode *table);

#endif
