/* text.h: text as both sides agree on it. UTF-8 throughout; every function takes and returns NUL-terminated
 * strings unless a length is named. Results are newly allocated, the caller frees. */
#ifndef SHOUWEN_BASE_TEXT_H
#define SHOUWEN_BASE_TEXT_H

#include <glib.h>

/* A value as KINDS.md "Values" stores it: NFC, trimmed, runs of white space folded to one blank (none beside a
 * Chinese character), full-width ASCII letters, digits, '@' and ':' folded. Invalid UTF-8 is replaced. */
char *text_fold(const char *text);

/* Makes a value that came from outside safe for a header, a letter, a terminal or a log: invalid UTF-8 replaced,
 * control and bidirectional-override characters and line ends turned into blanks, at most MAX_CHARS characters
 * (an ellipsis marks a cut). Does not escape HTML: text_html does. */
char *text_plain(const char *text, gsize max_chars);

/* TEXT line by line as text_plain makes it, with its line ends and the blanks its lines begin with: at most MAX_LINES lines of at most
 * MAX_CHARS characters. Caller frees. */
char *text_plain_lines(const char *text, gsize max_lines, gsize max_chars);

/* TEXT (NULL: none) for comparing names: width and case folded, nothing but letters and digits. NULL for nothing. */
char *text_key(const char *text);

/* TEXT with & < > " ' escaped for HTML and XML. */
char *text_html(const char *text);

/* Whether text_plain turns C into a blank: control characters, line ends, bidirectional overrides and the like. */
gboolean text_is_unsafe(gunichar c);

/* Columns TEXT takes on a terminal: 2 for wide East Asian characters, 0 for combining ones. */
gsize text_width(const char *text);

/* TEXT cut or padded with blanks to exactly COLUMNS columns. */
char *text_fit(const char *text, gsize columns);

/* Whether C is a Chinese character (a Han ideograph, 々〇 included). */
gboolean text_is_han(gunichar c);

/* Whether C is a letter of a script written from right to left (Hebrew, Arabic, Syriac and their kin). */
gboolean text_is_rtl(gunichar c);

/* LENGTH bytes to UTF-8, invalid sequences replaced by U+FFFD and NUL bytes dropped. */
char *text_valid(const char *bytes, gsize length);

#endif
