/* about.h: what the ledger knows of an entry, put into an order: for letters that are not written while a mail is read. */
#ifndef SHOUWEN_LETTERS_ABOUT_H
#define SHOUWEN_LETTERS_ABOUT_H

#include "letters/post.h"

typedef struct LetterAbout LetterAbout;

/* Fills ORDER's recipient, name, entry, reference, year, number, received, due, subject, thread and form from ENTRY; the rest is left as
 * it is. The form is LETTER_FULL when the latest mail of the entry's own people was verified or their sender is registered; who writes
 * by hand, having looked at it, may set it so too. The result owns the texts. NULL with FAILURE_NOINPUT: there is no such entry. */
LetterAbout *letter_about(Ledger *ledger, gint64 entry, LetterOrder *order, GError **error);
void letter_about_free(LetterAbout *about);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LetterAbout, letter_about_free)

#endif
