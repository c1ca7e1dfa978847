/* zip_build.h: zips as strangers make them: any name bytes, flags and extra fields; members are stored. */
#ifndef SHOUWEN_TESTS_ZIP_BUILD_H
#define SHOUWEN_TESTS_ZIP_BUILD_H

#include <glib.h>
#include <string.h>

typedef struct {
    const char *name;
    const void *bytes;
    gsize length;     /* 0: strlen of BYTES */
    guint flags;      /* bit 0 encrypted, bit 11 UTF-8 */
    const guint8 *extra;
    guint extra_length;
    guint32 wrong_crc; /* added to the right one */
} ZipMember;

static inline guint32 zip_crc(const guint8 *bytes, gsize length)
{
    guint32 crc = 0xffffffff;
    for (gsize i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static inline void zip_put(GByteArray *out, guint64 value, guint bytes)
{
    for (guint i = 0; i < bytes; i++) {
        guint8 byte = (guint8)(value >> (8 * i));
        g_byte_array_append(out, &byte, 1);
    }
}

/* The fields that local header and directory share, from "version needed" on. */
static inline void zip_common(GByteArray *out, const ZipMember *member, gsize length)
{
    zip_put(out, 20, 2);
    zip_put(out, member->flags, 2);
    zip_put(out, 0, 2);
    zip_put(out, 0x5a210000, 4);
    zip_put(out, zip_crc(member->bytes, length) + member->wrong_crc, 4);
    zip_put(out, length, 4);
    zip_put(out, length, 4);
    zip_put(out, strlen(member->name), 2);
    zip_put(out, member->extra_length, 2);
}

/* MEMBERS end with a NULL name. Caller unrefs. */
static inline GByteArray *zip_build(const ZipMember *members)
{
    GByteArray *out = g_byte_array_new();
    g_autoptr(GByteArray) directory = g_byte_array_new();
    guint count = 0;
    for (; members->name; members++, count++) {
        gsize length = members->length ? members->length : strlen(members->bytes), start = out->len;
        g_byte_array_append(out, (const guint8 *)"PK\3\4", 4);
        zip_common(out, members, length);
        g_byte_array_append(out, (const guint8 *)members->name, (guint)strlen(members->name));
        g_byte_array_append(out, members->extra, members->extra_length);
        g_byte_array_append(out, members->bytes, (guint)length);
        g_byte_array_append(directory, (const guint8 *)"PK\1\2", 4);
        zip_put(directory, 20, 2);
        zip_common(directory, members, length);
        zip_put(directory, 0, 2); /* comment, disk, attributes */
        zip_put(directory, 0, 8);
        zip_put(directory, start, 4);
        g_byte_array_append(directory, (const guint8 *)members->name, (guint)strlen(members->name));
        g_byte_array_append(directory, members->extra, members->extra_length);
    }
    gsize start = out->len;
    g_byte_array_append(out, directory->data, directory->len);
    g_byte_array_append(out, (const guint8 *)"PK\5\6", 4);
    zip_put(out, 0, 4);
    zip_put(out, count, 2);
    zip_put(out, count, 2);
    zip_put(out, directory->len, 4);
    zip_put(out, start, 4);
    zip_put(out, 0, 2);
    return out;
}

#endif
