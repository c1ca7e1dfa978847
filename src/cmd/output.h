/* output.h: rows for people (a table aligned for double-width characters) or for programs (a JSON object a line), from the
 * same calls. Every text is made plain first: it may hold what strangers wrote. */
#ifndef SHOUWEN_CMD_OUTPUT_H
#define SHOUWEN_CMD_OUTPUT_H

#include <glib.h>

typedef struct {
    const char *key;   /* name in JSON */
    const char *title; /* head of the column; NULL: only in JSON */
    gsize width;       /* columns at most; 0: as wide as needed */
} OutputColumn;

typedef struct Output Output;

/* COLUMNS (N of them) live as long as the Output. */
Output *output_new(gboolean json, const OutputColumn *columns, guint n);

/* One row: N texts (NULL: none), copied. A text under a key that ends in "_n" is printed as a number in JSON. */
void output_row(Output *output, const char *const *texts);

/* Prints the table (JSON rows were printed as they came) and frees it. */
void output_end(Output *output);

/* TEXT as a JSON string, with quotes. Caller frees. */
char *output_json_string(const char *text);

#endif
