/* utf7.h: IMAP's modified UTF-7 for folder names (RFC 3501, 5.1.3): 已处理 is "&XfJZBHQG-". */
#ifndef SHOUWEN_SOURCE_UTF7_H
#define SHOUWEN_SOURCE_UTF7_H

#include <glib.h>

/* NAME (valid UTF-8) as it is sent to the server. Control characters are encoded too, so that no name can end the
 * command it stands in. NULL when NAME is not valid UTF-8. Caller frees. */
char *utf7_encode(const char *name);

/* A server's folder name as UTF-8; NULL when WIRE is not proper modified UTF-7. Caller frees. */
char *utf7_decode(const char *wire);

#endif
