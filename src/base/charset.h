/* charset.h: bytes of doubtful charset to UTF-8.
 *
 * Chinese mail labels GB18030 text as gb2312, gbk, x-gbk, euc-cn or cp936, or not at all; all these names mean
 * GB18030 here. Order: the declared charset when it decodes strictly, strict UTF-8, GB18030, and last
 * replacement characters; so no byte sequence fails and none is lost silently. */
#ifndef SHOUWEN_BASE_CHARSET_H
#define SHOUWEN_BASE_CHARSET_H

#include <glib.h>

/* LENGTH bytes to valid UTF-8 without NUL. DECLARED may be NULL or any string a stranger wrote. Caller frees. */
char *charset_decode(const char *bytes, gsize length, const char *declared);

/* As charset_decode, but NULL unless every byte decodes in exactly the charset that NAME stands for. */
char *charset_decode_strict(const char *bytes, gsize length, const char *name);

/* The name to give iconv for a declared one: GB family -> GB18030, aliases folded; never NULL. Static or
 * interned, not freed. */
const char *charset_canonical(const char *declared);

/* Loads and keeps open the converters of every charset mail uses, so that none is loaded from disk later
 * (inside the jail that would fail). */
void charset_warm(void);

#endif
