/* answer.h: private to src/door: what comes back on a pipe for a question about one document: one line of JSON that says how many
 * bytes follow, and exactly those bytes; or one line that says why there are none. Hostile, as records are. */
#ifndef SHOUWEN_DOOR_ANSWER_H
#define SHOUWEN_DOOR_ANSWER_H

#include <glib.h>

typedef struct Answer Answer;

/* MOST: bytes that are taken. They are kept, or written to FD when that is not -1. */
Answer *answer_new(guint64 most, int fd);
void answer_free(Answer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Answer, answer_free)

/* Takes what came. FALSE: it is no answer, or too much, or could not be written; nothing more of it is wanted. */
gboolean answer_take(Answer *answer, const guint8 *bytes, gsize length);

/* Forgets what came, for another attempt. FALSE: bytes of it went to a descriptor already. */
gboolean answer_forget(Answer *answer);

gboolean answer_whole(const Answer *answer);         /* all bytes that were announced are there */
gboolean answer_too_large(const Answer *answer);     /* more were announced than are taken */
const char *answer_why(const Answer *answer);        /* why there is none: a status, "missing" or "page"; NULL: not said */
const char *answer_escalate(const Answer *answer);   /* the size of server asked for, or NULL */
const GError *answer_unwritten(const Answer *answer); /* why FD did not take it, or NULL */
GBytes *answer_bytes(const Answer *answer);          /* those that were kept */

#endif
