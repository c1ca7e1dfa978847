/* member.h: what every container needs for its members: a clean label, and what is no document. A member's path is a
 * label only, nothing is ever written there; but people read it in letters and queues, so it must not deceive. */
#ifndef SHOUWEN_FILTERS_READERS_MEMBER_H
#define SHOUWEN_FILTERS_READERS_MEMBER_H

#include <glib.h>

/* RAW, the name as it stands in the container (UTF-8, else GB18030), as a relative path with "/" between folders: without
 * drive letters, empty steps, "." and "..". No longer than MEMBER_NAME_CHARS: a long file name loses its middle and keeps
 * its ending, leading folders give way to "…". RAW NULL or without any step: "unnamed". Caller frees. */
#define MEMBER_NAME_CHARS 250
char *member_name(const char *raw);

/* Whether NAME, as member_name gives it, is what archivers and systems add for themselves. */
gboolean member_is_litter(const char *name);

#endif
