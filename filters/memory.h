/* memory.h: what happens in a child when there is no more memory. */
#ifndef SHOUWEN_FILTERS_MEMORY_H
#define SHOUWEN_FILTERS_MEMORY_H

#include <glib.h>

/* How a child ends that could not get memory: the server reports `memory`. */
#define MEMORY_EXIT 77

/* Limits this process's address space to BYTES. From here on an allocation that fails ends the process with
 * MEMORY_EXIT, in whatever library it happens: their ways
 * out of it differ (NULL, abort, exception, crash) and are hardly ever tested. Only a request so large that it must
 * come from a damaged length gets NULL. */
gboolean memory_limit(guint64 bytes);

#endif
