#include <string.h>

#include "base/limits.h"
#include "envelope/bounds.h"
#include "envelope/structure.h"

typedef struct {
    const guint8 *bytes;
    gsize length, pos;
    GPtrArray *stack;           /* boundaries of the multiparts we are in, outermost first */
    gsize type_start, type_end; /* the Content-Type header of the block we are in; 0,0 none */
    gboolean in_headers, in_type, top;
    gsize header_bytes;
    guint parts, tests;
    Bounds bounds;
} Scan;

/* The level of STACK whose boundary LINE is, counted from 1; 0 when it is none. */
static guint match_boundary(const Scan *scan, const char *line, gsize length, gboolean *ret_closing)
{
    while (length > 0 && g_ascii_isspace(line[length - 1]))
        length--;
    if (length < 2 || line[0] != '-' || line[1] != '-')
        return 0;
    for (guint level = scan->stack->len; level > 0; level--) {
        const char *boundary = scan->stack->pdata[level - 1];
        gsize size = strlen(boundary);
        gboolean closing = length == size + 4 && memcmp(line + length - 2, "--", 2) == 0;
        if ((length == size + 2 || closing) && memcmp(line + 2, boundary, size) == 0) {
            *ret_closing = closing;
            return level;
        }
    }
    return 0;
}

static gboolean header_ends(Scan *scan, gsize after)
{
    scan->in_headers = FALSE;
    if (scan->top)
        scan->bounds.headers_end = after;
    scan->top = FALSE;
    if (scan->type_end <= scan->type_start)
        return TRUE;
    g_autofree char *value =
        g_strndup((const char *)scan->bytes + scan->type_start, scan->type_end - scan->type_start);
    char *boundary = structure_boundary(value);
    scan->type_start = scan->type_end = 0;
    if (!boundary)
        return TRUE;
    g_ptr_array_add(scan->stack, boundary);
    scan->bounds.too_deep = scan->stack->len > LIMIT_MIME_DEPTH;
    return !scan->bounds.too_deep;
}

/* FALSE when the headers are longer than anyone's. */
static gboolean header_line(Scan *scan, const char *line, gsize length)
{
    static const char name[] = "content-type";
    scan->header_bytes += length;
    gboolean folded = line[0] == ' ' || line[0] == '\t';
    if (!folded) {
        scan->in_type = FALSE;
        if (scan->type_end == 0 && length > sizeof name &&
            g_ascii_strncasecmp(line, name, sizeof name - 1) == 0) {
            gsize at = sizeof name - 1;
            while (at < length && (line[at] == ' ' || line[at] == '\t'))
                at++;
            scan->in_type = at < length && line[at] == ':';
            scan->type_start = scan->pos + at + 1;
        }
    }
    if (scan->in_type)
        scan->type_end = scan->pos + length;
    if (scan->header_bytes <= LIMIT_HEADER_BYTES)
        return TRUE;
    /* Of over-long headers at the top the rest is skipped, elsewhere the message ends there. */
    scan->bounds.headers_too_long = scan->top;
    scan->bounds.too_many = TRUE;
    return scan->top;
}

/* FALSE when the message is to be cut before this line. */
static gboolean scan_line(Scan *scan, const char *line, gsize length)
{
    gboolean closing = FALSE;
    /* A hundred megabytes of dashes inside thirty multiparts would cost GMime seconds. */
    if (line[0] == '-' && length > 2 && line[1] == '-' &&
        (scan->tests += scan->stack->len) > LIMIT_BOUNDARY_TESTS)
        return !(scan->bounds.too_many = TRUE);
    guint level = length > 2 && line[0] == '-' ? match_boundary(scan, line, length, &closing) : 0;
    if (level > 0) {
        if (scan->in_headers && !header_ends(scan, scan->pos))
            return FALSE;
        g_ptr_array_set_size(scan->stack, (int)(closing ? level - 1 : level));
        if (closing)
            return TRUE;
        scan->in_headers = TRUE;
        scan->in_type = FALSE;
        scan->type_start = scan->type_end = 0;
        /* Inner nodes count as well as leaves: twice the limit lets every real structure through. */
        scan->bounds.too_many |= ++scan->parts > 2 * LIMIT_MIME_PARTS;
        return scan->parts <= 2 * LIMIT_MIME_PARTS;
    }
    if (!scan->in_headers)
        return TRUE;
    if (length == 0 || (line[0] == '\r' && length <= 2) || line[0] == '\n')
        return header_ends(scan, scan->pos + length);
    return header_line(scan, line, length);
}

Bounds bounds_scan(const guint8 *bytes, gsize length)
{
    g_autoptr(GPtrArray) stack = g_ptr_array_new_with_free_func(g_free);
    Scan scan = {.bytes = bytes, .length = length, .stack = stack, .in_headers = TRUE, .top = TRUE};
    while (scan.pos < length) {
        const guint8 *line = bytes + scan.pos;
        const guint8 *end = memchr(line, '\n', length - scan.pos);
        gsize size = end ? (gsize)(end - line) + 1 : length - scan.pos;
        if (!scan_line(&scan, (const char *)line, size))
            break;
        scan.pos += size;
        /* Outside a multipart nothing that follows the headers can begin a part. */
        if (!scan.in_headers && stack->len == 0)
            scan.pos = length;
    }
    scan.bounds.length = scan.pos;
    if (scan.top)
        scan.bounds.headers_end = length;
    return scan.bounds;
}
