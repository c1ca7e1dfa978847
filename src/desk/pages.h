/* pages.h: the files that a browser gets, from the folder of the pages. */
#ifndef SHOUWEN_DESK_PAGES_H
#define SHOUWEN_DESK_PAGES_H

#include "desk/room.h"

/* The file that the path of X names; "/" is index.html. Anybody may have it: it holds nothing of the office. */
void pages_answer(const Desk *desk, Exchange *x);

/* Whether X only reads; else it is answered: nothing else is done with pages. */
gboolean pages_reads(Exchange *x);

/* The type of a file called NAME; NULL: such are not served. */
const char *pages_type(const char *name);

#endif
