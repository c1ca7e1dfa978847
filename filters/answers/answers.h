/* answers.h: what is written of one document for a question about it. One file an answer; the shapes stand in src/door/door.h,
 * and src/door checks them. */
#ifndef SHOUWEN_FILTERS_ANSWERS_ANSWERS_H
#define SHOUWEN_FILTERS_ANSWERS_ANSWERS_H

#include <glib.h>
#include <libxml/tree.h>

#include "readers/reader.h"

/* The body of DOC (the tree of an Xhtml) as HTML that holds the elements and attributes of the interchange form only. */
GString *answers_view(xmlDoc *doc);

/* The tables of DOC as JSON; NULL when it has none. */
GString *answers_table(xmlDoc *doc);

/* LENGTH BYTES of iCalendar (RFC 5545) as JSON; NULL when they are none. Recurrences are given up at UNTIL (clock_mono).
 * answers_calendar_warm reads the time zones, before the jail. */
GString *answers_calendar(const guint8 *bytes, gsize length, gint64 until);
void answers_calendar_warm(void);

/* Loads the font that OFD pages are drawn with, before the jail. */
void answers_render_warm(void) LARGER_ONLY;

/* Draws PAGE (from 1) at DPI and appends it to PNG. Why not: "page", the name of a status; NULL when it is drawn. */
const char *answers_render(const char *mime, const guint8 *bytes, gsize length, guint page, guint dpi, GByteArray *png) LARGER_ONLY;

#endif
