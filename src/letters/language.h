/* language.h: in which language a letter is written. */
#ifndef SHOUWEN_LETTERS_LANGUAGE_H
#define SHOUWEN_LETTERS_LANGUAGE_H

#include "letters/post.h"

/* "zh", "en" or "both" (static): what is noted of the entry, else of the party at the recipient's address; else the setting
 * [letters] language; where that is `sender`, the language of the mail itself (ORDER's record, or its subject and name), both when that
 * shows none. */
const char *letter_language(Ledger *ledger, const LetterOrder *order, const Conf *conf);

#endif
