/* mbox_split.h: where the messages of an mbox begin and end. The one thing the trusted side parses that strangers wrote
 * besides the filter's JSON: lines that start with "From " after an empty line. Bounded memory, no copies.
 *
 * Such a line parts messages only when a time of day stands in it ("9:05"), or nothing but the "-" that Thunderbird writes:
 * a sentence in a body may begin with "From " too. The first line of the file is believed without that. */
#ifndef SHOUWEN_SOURCE_MBOX_SPLIT_H
#define SHOUWEN_SOURCE_MBOX_SPLIT_H

#include <glib.h>

#define MBOX_LINE_BYTES 256 /* of a "From " line that are looked at */

/* LENGTH bytes at OFFSET, without the "From " line and the empty line before the next one; ">From " stays as stored. */
typedef gboolean (*MboxVisitor)(guint64 offset, guint64 length, gpointer user);

/* Calls VISIT for each message of FD that begins at FROM (the place of a "From " line, or of empty lines before one) or later.
 * *RET_NEXT is where to go on when the file has grown; during VISIT, where to go on after that message. FALSE with ERROR when
 * the file cannot be read (FAILURE_IO) or has no "From " line at FROM (FAILURE_DATA); FALSE without when VISIT returned FALSE. */
gboolean mbox_split(int fd, guint64 from, MboxVisitor visit, gpointer user, guint64 *ret_next, GError **error);

/* The instant in LINE, LENGTH bytes of a "From " line with a date as asctime(3) writes it, in ZONE; -1 when there is none. */
gint64 mbox_line_date(const char *line, gsize length, GTimeZone *zone);

#endif
