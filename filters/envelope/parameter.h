/* parameter.h: Content-Type and Content-Disposition values with their parameters (RFC 2045, 2231), and file
 * names, as they are written in spite of the RFCs. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_PARAMETER_H
#define SHOUWEN_FILTERS_ENVELOPE_PARAMETER_H

#include <glib.h>

typedef struct {
    char *value;           /* "text/plain", "attachment": lower case; "" when there is none */
    GPtrArray *parameters; /* opaque */
} Parameters;

/* RAW may be NULL. Never NULL. */
Parameters *parameters_parse(const char *raw);
void parameters_free(Parameters *parameters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Parameters, parameters_free)

/* The parameter NAME as valid UTF-8: name* and name*0 before a plain one, continuations joined as bytes,
 * encoded words and stray %XX decoded. NULL when absent or empty. Caller frees. */
char *parameters_get(const Parameters *parameters, const char *name);

/* NAME as a file name: NFC, no path, no control or bidirectional characters, at most LIMIT_NAME_CHARS with
 * its extension kept. NULL when nothing is left. Caller frees. */
char *parameter_filename(const char *name);

#endif
