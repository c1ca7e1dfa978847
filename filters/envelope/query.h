/* query.h: whether a mail only asks how a matter stands. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_QUERY_H
#define SHOUWEN_FILTERS_ENVELOPE_QUERY_H

#include <glib.h>

/* Whether SUBJECT (without "Re:" and the like) or the first line of BODY that is not quoted says nothing but 查询 or STATUS, with our
 * number (PREFIX-2026-0001 or 收文〔2026〕1号) or without. Either may be NULL. */
gboolean query_asks_status(const char *subject, const char *body, const char *prefix);

/* The number that such a question names in its printed form, 收文〔2026〕1号, as "SC27-2026-0001"; NULL: none. Caller frees. */
char *query_reference(const char *subject, const char *body, const char *prefix);

#endif
