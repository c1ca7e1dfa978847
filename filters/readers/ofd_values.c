#include <math.h>
#include <string.h>

#include "readers/ofd.h"

#define FURTHEST 1e6 /* millimetres: a kilometre of paper */
#define PALE 232     /* of 255: what lines_find would not see on white either */

OfdSpan ofd_attr(const xmlChar **attrs, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        const xmlChar **attr = attrs + (gsize)i * 5; /* local name, prefix, URI, value, end of value */
        if (strcmp((const char *)attr[0], name) == 0)
            return (OfdSpan){(const char *)attr[3], (const char *)attr[4]};
    }
    return (OfdSpan){NULL, NULL};
}

char *ofd_attr_copy(const xmlChar **attrs, int count, const char *name)
{
    OfdSpan value = ofd_attr(attrs, count, name);
    return value.at ? g_strstrip(g_strndup(value.at, (gsize)(value.end - value.at))) : NULL;
}

gboolean ofd_attr_is(const xmlChar **attrs, int count, const char *name, const char *value)
{
    OfdSpan own = ofd_attr(attrs, count, name);
    gsize length = strlen(value);
    return own.at && (gsize)(own.end - own.at) == length && g_ascii_strncasecmp(own.at, value, length) == 0;
}

gboolean ofd_next_word(OfdSpan *span, OfdSpan *ret_word)
{
    while (span->at < span->end && g_ascii_isspace(*span->at))
        span->at++;
    ret_word->at = span->at;
    while (span->at < span->end && !g_ascii_isspace(*span->at))
        span->at++;
    ret_word->end = span->at;
    return ret_word->at < ret_word->end;
}

double ofd_number(OfdSpan word)
{
    char digits[48];
    gsize length = MIN((gsize)(word.end - word.at), sizeof digits - 1);
    memcpy(digits, word.at, length);
    digits[length] = '\0';
    double value = g_ascii_strtod(digits, NULL);
    return isfinite(value) && fabs(value) <= FURTHEST ? value : 0;
}

int ofd_numbers(OfdSpan span, double *numbers, int count)
{
    OfdSpan word;
    int found = 0;
    while (found < count && ofd_next_word(&span, &word))
        numbers[found++] = ofd_number(word);
    return found;
}

/* How often a distance is repeated: as often as anybody likes, for a character takes one at a time. */
static guint64 repeats(OfdSpan word)
{
    guint64 count = 0;
    for (const char *at = word.at; at < word.end && g_ascii_isdigit(*at) && count < G_MAXUINT32; at++)
        count = 10 * count + (guint64)g_ascii_digit_value(*at);
    return count;
}

gboolean ofd_next_delta(OfdDeltas *deltas, double *ret_value)
{
    OfdSpan word;
    while (deltas->repeat == 0) {
        if (!ofd_next_word(&deltas->rest, &word))
            return FALSE;
        deltas->repeat = 1;
        if (*word.at == 'g') {
            OfdSpan times;
            if (!ofd_next_word(&deltas->rest, &times) || !ofd_next_word(&deltas->rest, &word))
                return FALSE;
            deltas->repeat = repeats(times);
        }
        deltas->value = ofd_number(word);
    }
    deltas->repeat--;
    *ret_value = deltas->value;
    return TRUE;
}

/* A channel is a decimal number or "#" and a hexadecimal one. */
static double channel(OfdSpan word)
{
    return *word.at == '#' ? (double)g_ascii_strtoull(word.at + 1, NULL, 16) : ofd_number(word);
}

gboolean ofd_is_white(OfdSpan value)
{
    OfdSpan word;
    double least = 255, most = 0;
    int channels = 0;
    while (channels < 5 && ofd_next_word(&value, &word)) {
        double one = channel(word);
        least = MIN(least, one);
        most = MAX(most, one);
        channels++;
    }
    return channels == 4 ? most <= 255 - PALE : (channels == 1 || channels == 3) && least >= PALE;
}

OfdMatrix ofd_matrix_join(const OfdMatrix *outer, const OfdMatrix *inner)
{
    const double *o = outer->m, *i = inner->m;
    return (OfdMatrix){{o[0] * i[0] + o[2] * i[1], o[1] * i[0] + o[3] * i[1], o[0] * i[2] + o[2] * i[3],
                        o[1] * i[2] + o[3] * i[3], o[0] * i[4] + o[2] * i[5] + o[4], o[1] * i[4] + o[3] * i[5] + o[5]}};
}

void ofd_matrix_point(const OfdMatrix *matrix, double *x, double *y)
{
    double x0 = *x, y0 = *y;
    *x = matrix->m[0] * x0 + matrix->m[2] * y0 + matrix->m[4];
    *y = matrix->m[1] * x0 + matrix->m[3] * y0 + matrix->m[5];
}
