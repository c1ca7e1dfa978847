/* letter_sample.h: letters to look at before any goes out: about an entry, or about invented people. */
#ifndef SHOUWEN_CMD_LETTER_SAMPLE_H
#define SHOUWEN_CMD_LETTER_SAMPLE_H

#include "letters/post.h"

typedef struct LetterSample LetterSample;

/* Fills ORDER for a letter of KIND: about ENTRY of LEDGER, or (0, LEDGER may be NULL) with invented facts. What an entry cannot know
 * (the reason of a return, the duty reminded of) is invented in any case. The result owns what ORDER points to. */
LetterSample *letter_sample(const char *kind, Ledger *ledger, gint64 entry, const Conf *conf, LetterOrder *order, GError **error);
void letter_sample_free(LetterSample *sample);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LetterSample, letter_sample_free)

#endif
