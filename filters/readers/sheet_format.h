/* sheet_format.h: numbers of a spreadsheet as a person sees them. Source: ECMA-376 part 1, 18.8.30 and 18.8.31 (number
 * formats), [MS-XLS] 2.4.126. Colours, fills and alignment are left out; [DBNum1] and its kin show plain digits. A format
 * that cannot be followed (fractions) shows the number as General does. */
#ifndef SHOUWEN_FILTERS_READERS_SHEET_FORMAT_H
#define SHOUWEN_FILTERS_READERS_SHEET_FORMAT_H

#include <glib.h>

/* The code of a format known by its number alone, with dates as Chinese Excel shows them; NULL for General and for
 * numbers that files define themselves (164 on). */
const char *sheet_builtin_format(guint id);

/* VALUE by CODE (NULL or "" is General). SINCE_1904: the workbook counts days from 1904. Caller frees. */
char *sheet_number(double value, const char *code, gboolean since_1904);

/* A text cell by CODE, whose fourth section may add to it ("@"单位""). Caller frees. */
char *sheet_string(const char *text, const char *code);

/* For sheet_format.c and sheet_date.c. A section of a code is a date's when it has letters of dates outside of quotes.
 * sheet_date returns NULL when VALUE is no day of the calendar (before 1900 or after 9999). */
gboolean sheet_is_date(const char *section);
char *sheet_date(double value, const char *section, gboolean since_1904);

#endif
