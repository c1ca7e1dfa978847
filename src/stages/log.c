#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "stages/log.h"

#define LINE_CHARS 600

void stage_log(const char *stage, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_autofree char *text = g_strdup_vprintf(format, values);
    va_end(values);
    g_autofree char *line = text_plain(text, LINE_CHARS);
    fprintf(stderr, "%s: %s\n", stage, line);
}
