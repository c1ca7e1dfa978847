#include <gsf/gsf-infile-impl.h>

#include "readers/ole.h"

/* libgsf complains of every odd sector; the status of what is read says it all. */
static void drop_warning(G_GNUC_UNUSED const char *domain, G_GNUC_UNUSED GLogLevelFlags level,
                         G_GNUC_UNUSED const char *message, G_GNUC_UNUSED gpointer data)
{
}

GsfInfile *ole_open(const guint8 *bytes, gsize length)
{
    static gsize silent;
    if (g_once_init_enter(&silent)) {
        g_log_set_handler("libgsf:msole", G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL, drop_warning, NULL);
        g_once_init_leave(&silent, 1);
    }
    g_autoptr(GsfInput) input = gsf_input_memory_new(bytes, (gsf_off_t)length, FALSE);
    return input ? gsf_infile_msole_new(input, NULL) : NULL;
}

/* The number of the entry called NAME, or -1: like all names of compound files without regard to case ([MS-CFB] 2.6.4). */
static int find_child(GsfInfile *storage, const char *name)
{
    for (int i = 0; i < gsf_infile_num_children(storage); i++) {
        const char *other = gsf_infile_name_by_index(storage, i);
        if (other && g_ascii_strcasecmp(other, name) == 0)
            return i;
    }
    return -1;
}

gboolean ole_has(GsfInfile *storage, const char *name)
{
    return find_child(storage, name) >= 0;
}

GsfInput *ole_child(GsfInfile *storage, const char *name)
{
    int index = find_child(storage, name);
    /* Not gsf_infile_child_by_index: that warns on stderr of a damaged entry. */
    return index < 0 ? NULL : GSF_INFILE_CLASS(G_OBJECT_GET_CLASS(storage))->child_by_index(storage, index, NULL);
}

GByteArray *ole_stream(GsfInfile *storage, const char *name, gsize most)
{
    g_autoptr(GsfInput) stream = ole_child(storage, name);
    gsf_off_t size = stream ? gsf_input_size(stream) : -1;
    if (size < 0 || (gsize)size > MIN(most, G_MAXINT))
        return NULL;
    g_autoptr(GByteArray) bytes = g_byte_array_sized_new((guint)size);
    g_byte_array_set_size(bytes, (guint)size);
    if (size > 0 && !gsf_input_read(stream, (size_t)size, bytes->data))
        return NULL;
    return g_steal_pointer(&bytes);
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
