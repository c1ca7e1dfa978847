/* ber_build.h: signed files as S/MIME wraps them, without any signature: only what leads to the content. */
#ifndef SHOUWEN_TESTS_BER_BUILD_H
#define SHOUWEN_TESTS_BER_BUILD_H

#include <glib.h>
#include <string.h>

/* An element of TAG around CONTENT, which is freed. OPEN: of indefinite length. */
static inline GByteArray *ber_wrap(guint8 tag, GByteArray *content, gboolean open)
{
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, &tag, 1);
    if (open) {
        g_byte_array_append(out, (const guint8 *)"\x80", 1);
    } else {
        guint8 head[] = {0x82, (guint8)(content->len >> 8), (guint8)content->len};
        g_byte_array_append(out, head, sizeof head);
    }
    g_byte_array_append(out, content->data, content->len);
    if (open)
        g_byte_array_append(out, (const guint8 *)"\0\0", 2);
    g_byte_array_unref(content);
    return out;
}

static inline GByteArray *ber_bytes(const void *bytes, gsize length)
{
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, bytes, (guint)length);
    return out;
}

static inline GByteArray *ber_join(GByteArray *first, GByteArray *second)
{
    g_byte_array_append(first, second->data, second->len);
    g_byte_array_unref(second);
    return first;
}

static inline GByteArray *ber_string(const char *text, gsize length, gboolean open)
{
    if (!open)
        return ber_wrap(0x04, ber_bytes(text, length), FALSE);
    gsize half = length / 2;
    GByteArray *pieces = ber_join(ber_wrap(0x04, ber_bytes(text, half), FALSE),
                                  ber_wrap(0x24, ber_wrap(0x04, ber_bytes(text + half, length - half), FALSE), TRUE));
    return ber_wrap(0x24, pieces, TRUE);
}

/* ContentInfo of signed data around TEXT; NULL: the content stands elsewhere. OPEN: everything of indefinite length and the
 * string in pieces, as Exchange writes it. Caller unrefs. */
static inline GByteArray *ber_signed(const char *text, gboolean open)
{
    static const guint8 oid_signed[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2},
                        oid_data[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1}, version[] = {2, 1, 1};
    GByteArray *inner = ber_bytes(oid_data, sizeof oid_data);
    if (text)
        inner = ber_join(inner, ber_wrap(0xa0, ber_string(text, strlen(text), open), open));
    GByteArray *data = ber_join(ber_bytes(version, sizeof version), ber_wrap(0x31, ber_bytes("", 0), open));
    data = ber_join(data, ber_wrap(0x30, inner, open));
    data = ber_join(data, ber_wrap(0x31, ber_bytes("", 0), FALSE));
    return ber_wrap(0x30, ber_join(ber_bytes(oid_signed, sizeof oid_signed), ber_wrap(0xa0, ber_wrap(0x30, data, open), open)), open);
}

#endif
