/* bounce_text.h: the words of mail servers that write no report. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_BOUNCE_TEXT_H
#define SHOUWEN_FILTERS_ENVELOPE_BOUNCE_TEXT_H

#include <glib.h>

/* BODY up to the copy of the message that came back. Caller frees. */
char *bounce_text_head(const char *body);

/* Every address in TEXT once, without OWN and daemons. char *, never NULL. */
GPtrArray *bounce_text_addresses(const char *text, char **own);

/* The addresses that TEXT says could not be reached: those that begin a line of their own or follow a
 * recipient's label before those that merely occur. */
GPtrArray *bounce_text_failed(const char *text, char **own);

/* What TEXT says about ADDRESS: from its first line to the next one of ALL. */
char *bounce_text_about(const char *text, const char *address, const GPtrArray *all);

/* 1 permanent, 0 temporary, -1 when the words do not tell. */
int bounce_text_permanent(const char *words);

/* Whether TEXT as a whole calls the error permanent: a full mailbox alone is a temporary one. */
gboolean bounce_text_final(const char *text);

/* Whether TEXT says that the letter is not lost yet. */
gboolean bounce_text_delay(const char *text);

/* The Message-ID of the copy below a bounce's text, or NULL. */
char *bounce_text_message_id(const char *body);

#endif
