/* html.h: a letter's HTML out of its text, so that there is one text to edit and both always say the same. */
#ifndef SHOUWEN_LETTERS_HTML_H
#define SHOUWEN_LETTERS_HTML_H

#include <glib.h>

/* Appends TEXT (a letter in one language, LF line ends) as HTML with styles of its own, for mail programs that read no others. What
 * the lines look like says what they are; config/letters/README.md tells it to those who edit them:
 *   an empty line            ends a paragraph
 *   "Label: value"           a row of a table, when all lines of the paragraph are such (also "标签：值")
 *   "1. …", "(1) …"          an item; indented lines below belong to it
 *   "［…］…", "[…] …"         a finding, in a box; lines below that stand further in belong to it
 *   four wide blanks (　)    before a line: it stands at the right (落款)
 *   "(…)", "（…）"            a whole paragraph in brackets: small print
 *   "【…】", "…:"            a heading
 * Every character of TEXT but indentation is kept. No line can end another one's element. */
void html_from_text(const char *text, GString *out);

#endif
