/* ole_build.h: small OLE2 files for tests: storages and streams, and little-endian numbers to fill them with. */
#ifndef SHOUWEN_TESTS_OLE_BUILD_H
#define SHOUWEN_TESTS_OLE_BUILD_H

#include <gsf/gsf.h>

static inline void put_u8(GByteArray *out, guint value)
{
    guint8 byte = (guint8)value;
    g_byte_array_append(out, &byte, 1);
}

static inline void put_u16(GByteArray *out, guint value)
{
    put_u8(out, value & 0xff);
    put_u8(out, value >> 8 & 0xff);
}

static inline void put_u32(GByteArray *out, guint32 value)
{
    put_u16(out, value & 0xffff);
    put_u16(out, value >> 16);
}

static inline void set_u16(GByteArray *out, gsize at, guint value)
{
    out->data[at] = (guint8)value;
    out->data[at + 1] = (guint8)(value >> 8);
}

static inline void set_u32(GByteArray *out, gsize at, guint32 value)
{
    set_u16(out, at, value & 0xffff);
    set_u16(out, at + 2, value >> 16);
}

static inline void put_zeros(GByteArray *out, gsize count)
{
    while (count-- > 0)
        put_u8(out, 0);
}

/* UTF-16LE of TEXT without an end; returns the number of units. */
static inline guint put_utf16(GByteArray *out, const char *text)
{
    glong units = 0;
    g_autofree gunichar2 *wide = g_utf8_to_utf16(text, -1, NULL, &units, NULL);
    for (glong i = 0; i < units; i++)
        put_u16(out, wide[i]);
    return (guint)units;
}

/* A file with the streams NAMES[i] (NULL ends) of CONTENTS[i]; "folder/name" lies in a storage. */
static inline GByteArray *ole_build(const char *const *names, GByteArray *const *contents)
{
    GsfOutput *sink = gsf_output_memory_new();
    GsfOutfile *root = gsf_outfile_msole_new(sink);
    GsfOutput *folder = NULL;
    g_autofree char *open = g_strdup("");
    for (guint i = 0; names[i]; i++) {
        const char *slash = strchr(names[i], '/');
        g_autofree char *wanted = slash ? g_strndup(names[i], (gsize)(slash - names[i])) : g_strdup("");
        if (strcmp(wanted, open) != 0 && folder) {
            gsf_output_close(folder);
            g_clear_object(&folder);
        }
        if (*wanted && !folder)
            folder = gsf_outfile_new_child(root, wanted, TRUE);
        g_free(open);
        open = g_strdup(wanted);
        GsfOutput *stream = gsf_outfile_new_child(slash ? GSF_OUTFILE(folder) : root, slash ? slash + 1 : names[i], FALSE);
        gsf_output_write(stream, contents[i]->len, contents[i]->data);
        gsf_output_close(stream);
        g_object_unref(stream);
    }
    if (folder) {
        gsf_output_close(folder);
        g_object_unref(folder);
    }
    gsf_output_close(GSF_OUTPUT(root));
    GByteArray *file = g_byte_array_new();
    g_byte_array_append(file, gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(sink)), (guint)gsf_output_size(sink));
    g_object_unref(root);
    g_object_unref(sink);
    return file;
}

#endif
