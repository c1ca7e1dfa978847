/* ask.h: what a person types. */
#ifndef SHOUWEN_CMD_ASK_H
#define SHOUWEN_CMD_ASK_H

#include <glib.h>

/* A line from standard input, on a terminal without echo unless ECHO. NULL at its end, on Ctrl-C, or when it is longer than 4 KB.
 * A password is freed with secret_free; setvbuf(stdin, NULL, _IONBF, 0) before the first keeps no copy in a buffer. */
char *ask_line(gboolean echo);

#endif
