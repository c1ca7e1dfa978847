/* span.h: a stretch of somebody else's bytes, and little-endian numbers out of it. Nothing here can read beyond the
 * end: a number that does not lie wholly inside is 0, a part that does not is empty. */
#ifndef SHOUWEN_FILTERS_READERS_SPAN_H
#define SHOUWEN_FILTERS_READERS_SPAN_H

#include <glib.h>

typedef struct {
    const guint8 *data; /* not owned; NULL only when LENGTH is 0 */
    gsize length;
} Span;

static inline gboolean span_has(Span span, gsize at, gsize length)
{
    return at <= span.length && length <= span.length - at;
}

static inline guint8 span_u8(Span span, gsize at)
{
    return span_has(span, at, 1) ? span.data[at] : 0;
}

static inline guint16 span_u16(Span span, gsize at)
{
    return span_has(span, at, 2) ? (guint16)(span.data[at] | span.data[at + 1] << 8) : 0;
}

static inline gint16 span_i16(Span span, gsize at)
{
    return (gint16)span_u16(span, at);
}

static inline guint32 span_u32(Span span, gsize at)
{
    return span_has(span, at, 4) ? span_u16(span, at) | (guint32)span_u16(span, at + 2) << 16 : 0;
}

/* LENGTH bytes from AT; empty when they are not all there. */
static inline Span span_part(Span span, gsize at, gsize length)
{
    return length && span_has(span, at, length) ? (Span){span.data + at, length} : (Span){NULL, 0};
}

/* Everything from AT on. */
static inline Span span_from(Span span, gsize at)
{
    return at < span.length ? (Span){span.data + at, span.length - at} : (Span){NULL, 0};
}

#endif
