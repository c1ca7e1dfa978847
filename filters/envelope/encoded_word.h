/* encoded_word.h: header text (RFC 2047) as Chinese mailers write it: several padded base64 words, characters
 * split between words, words inside quotes, raw GBK or UTF-8, wrong or missing blanks, false charset labels.
 */
#ifndef SHOUWEN_FILTERS_ENVELOPE_ENCODED_WORD_H
#define SHOUWEN_FILTERS_ENVELOPE_ENCODED_WORD_H

#include <glib.h>

/* A raw header value (may be folded) to valid UTF-8, unfolded and trimmed, without control characters. Never NULL. */
char *encoded_word_decode(const char *raw);

/* Whether RAW holds something that looks like an encoded word. */
gboolean encoded_word_within(const char *raw);

#endif
