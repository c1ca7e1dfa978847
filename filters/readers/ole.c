#include "readers/ole.h"

GsfInfile *ole_open(const guint8 *bytes, gsize length)
{
    g_autoptr(GsfInput) input = gsf_input_memory_new(bytes, (gsf_off_t)length, FALSE);
    return input ? gsf_infile_msole_new(input, NULL) : NULL;
}

GByteArray *ole_stream(GsfInfile *storage, const char *name, gsize most)
{
    g_autoptr(GsfInput) stream = gsf_infile_child_by_name(storage, name);
    gsf_off_t size = stream ? gsf_input_size(stream) : -1;
    if (size < 0 || (gsize)size > MIN(most, G_MAXINT))
        return NULL;
    g_autoptr(GByteArray) bytes = g_byte_array_sized_new((guint)size);
    g_byte_array_set_size(bytes, (guint)size);
    if (size > 0 && !gsf_input_read(stream, (size_t)size, bytes->data))
        return NULL;
    return g_steal_pointer(&bytes);
}

gboolean ole_has(GsfInfile *storage, const char *name)
{
    g_autoptr(GsfInput) stream = gsf_infile_child_by_name(storage, name);
    return stream != NULL;
}

char *ole_utf16(Span bytes)
{
    GString *text = g_string_sized_new(bytes.length / 2);
    for (gsize at = 0; span_u16(bytes, at); at += 2) {
        gunichar c = span_u16(bytes, at), low = span_u16(bytes, at + 2);
        if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            at += 2;
        }
        if (g_unichar_validate(c))
            g_string_append_unichar(text, c);
    }
    return g_string_free(text, FALSE);
}
