/* mbox_split.h: where the messages of an mbox begin and end. The one thing the trusted side parses that strangers wrote
 * besides the filter's JSON: lines that start with "From " after an empty line. Bounded memory, no copies. */
#ifndef SHOUWEN_SOURCE_MBOX_SPLIT_H
#define SHOUWEN_SOURCE_MBOX_SPLIT_H

#include <glib.h>

/* LENGTH bytes at OFFSET, without the "From " line and the empty line before the next one; ">From " stays as stored. */
typedef gboolean (*MboxVisitor)(guint64 offset, guint64 length, gpointer user);

/* Calls VISIT for each message of FD that begins at FROM (the place of a "From " line) or later. *RET_NEXT: where to go on
 * when the file has grown. FALSE with ERROR when the file cannot be read or does not have a "From " line at FROM; FALSE without
 * when VISIT returned FALSE. */
gboolean mbox_split(int fd, guint64 from, MboxVisitor visit, gpointer user, guint64 *ret_next, GError **error);

#endif
