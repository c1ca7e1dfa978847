/* mbox.h: a folder of mails in one file (RFC 4155), for sniffing. */
#ifndef SHOUWEN_FILTERS_READERS_MBOX_H
#define SHOUWEN_FILTERS_READERS_MBOX_H

#include <glib.h>

/* Whether TEXT begins with a "From " line and a header, and holds a second mail that does. */
gboolean mbox_is(const guint8 *text, gsize length);

#endif
