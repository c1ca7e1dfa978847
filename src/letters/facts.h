/* facts.h: what every letter may say, and what an acknowledgement says of a Record, in one language. */
#ifndef SHOUWEN_LETTERS_FACTS_H
#define SHOUWEN_LETTERS_FACTS_H

#include "letters/post.h"

/* Everything that the template of ORDER may name. */
Facts *letter_facts(const LetterOrder *order, const LetterVoice *voice);

/* The office's name in LANGUAGE, or in the other one when it has none in that. Owned by CONF. */
const char *letter_office(const Conf *conf, const char *language);

/* INSTANT (microseconds) in ZONE, in UTC when there is no such zone. Caller unrefs. Not for threads. */
GDateTime *letter_time(gint64 instant, const char *zone);

/* A row of LIST for a finding, with how it is mended. SENTENCE is in the voice's language. */
void letter_finding(Facts *facts, const char *list, const char *rule, const char *severity, const char *sentence,
                    const LetterVoice *voice);

/* INSTANT as people write the day, the minute, or the second with its zone. Caller frees. */
char *letter_minute(gint64 instant, const LetterVoice *voice);
char *letter_day(gint64 instant, const LetterVoice *voice);
char *letter_instant(gint64 instant, const LetterVoice *voice);

/* A file name, subject or sender's name is kept up to this many characters. */
#define LETTER_NAME_CHARS 120

#endif
