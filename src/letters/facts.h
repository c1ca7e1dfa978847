/* facts.h: from a Record to what a letter says, in one language. */
#ifndef SHOUWEN_LETTERS_FACTS_H
#define SHOUWEN_LETTERS_FACTS_H

#include "letters/compose.h"
#include "letters/names.h"
#include "letters/template.h"

/* Everything that the template of FACTS->form may name. LANGUAGE is "zh" or "en". */
Facts *letter_facts(const LetterFacts *facts, const Names *names, const Conf *conf, const char *language);

/* The office's name in LANGUAGE, or in the other one when it has none in that. Owned by CONF. */
const char *letter_office(const Conf *conf, const char *language);

/* INSTANT (microseconds) in ZONE, in UTC when there is no such zone. Caller unrefs. Not for threads. */
GDateTime *letter_time(gint64 instant, const char *zone);

/* A file name, subject or sender's name is kept up to this many characters. */
#define LETTER_NAME_CHARS 120

#endif
