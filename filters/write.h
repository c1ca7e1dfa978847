/* write.h: what was found out, as JSON Lines on the record pipe (src/README.md, "The door"). */
#ifndef SHOUWEN_FILTERS_WRITE_H
#define SHOUWEN_FILTERS_WRITE_H

#include "envelope/envelope.h"
#include "record.h"

/* All of these write to FD, blocking; a reader that is gone ends the process by SIGPIPE. */
void write_envelope(int fd, const Envelope *envelope, const char *sha256, guint64 bytes);
void write_escalate(int fd, const char *size);
void write_begin(int fd, const char *path);
void write_document(int fd, const ReadDocument *document, gboolean text); /* a line for each of its forms */
void write_end(int fd, const char *sha256, guint64 bytes, const GPtrArray *findings, const char *text); /* TEXT: the mail's own, or NULL */

/* The answer to a question about one document: its bytes behind a line with their number; or why there is none ("missing",
 * "page", or the name of a status). */
void write_answer(int fd, const guint8 *bytes, gsize length);
void write_fault(int fd, const char *why);

#endif
