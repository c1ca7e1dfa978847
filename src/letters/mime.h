/* mime.h: writing headers and bodies: RFC 5322 lines (CRLF, at most 78 characters where the value can be folded),
 * RFC 2047 words, quoted-printable and base64 (RFC 2045). Everything appended is ASCII, except an address that is not. */
#ifndef SHOUWEN_LETTERS_MIME_H
#define SHOUWEN_LETTERS_MIME_H

#include <glib.h>

/* "NAME: VALUE", encoded when VALUE is not plain ASCII. Line ends and control characters in VALUE become blanks, so that
 * no value can begin a header of its own. */
void mime_header(GString *out, const char *name, const char *value);

/* "NAME: PHRASE <ADDRESS>", or "NAME: ADDRESS" when PHRASE is NULL or empty. ADDRESS has passed address_valid. */
void mime_address_header(GString *out, const char *name, const char *phrase, const char *address);

/* "NAME: ID ID …", one a line. Each ID has passed mime_id_valid. */
void mime_ids_header(GString *out, const char *name, const GPtrArray *ids);

/* Whether ID is a Message-ID that can be repeated in a header: <…> of at most 300 visible ASCII characters. */
gboolean mime_id_valid(const char *id);

/* LOCAL as RFC 5322 wants it. Caller frees. */
char *mime_date(GDateTime *local);

/* The headers and body of a text part of type text/SUBTYPE in UTF-8, in the shorter of the two encodings. TEXT has LF
 * line ends and is written with CRLF. */
void mime_text_part(GString *out, const char *subtype, const char *text);

/* The headers and body of an attached file. NAME is ASCII without quotes; TYPE may have parameters. */
void mime_file_part(GString *out, const char *name, const char *type, GBytes *bytes);

/* --- reading our own (mime_read.c) ------------------------------------------------------------------------------------ */

/* The text of the part of type text/SUBTYPE of a letter that mime_text_part wrote, with LF line ends. NULL when it holds none. Caller
 * frees. */
char *mime_text_of(GBytes *letter, const char *subtype);

#endif
