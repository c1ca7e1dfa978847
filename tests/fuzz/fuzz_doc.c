/* links: filters/readers/doc.c filters/readers/doc_*.c filters/readers/ole.c filters/readers/symbols.c filters/readers/pictures.c filters/readers/numerals.c filters/readers/word_field.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libgsf-1 libxml-2.0 */
/* A Word file, or its streams without the container, so that mutations reach them: two lengths of four bytes each, then as
 * much of WordDocument and of the table stream; the rest is Data. What is read must be text. */
#include <stdlib.h>

#include "ole_build.h"
#include "readers/rows.h"
#include "readers/span.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    g_log_set_always_fatal(G_LOG_FATAL_MASK); /* libgsf's complaints of damaged files are none of ours */
    return 0;
}

static GByteArray *pack(const guint8 *bytes, gsize length)
{
    static const char *const names[] = {"WordDocument", "0Table", "1Table", "Data", NULL};
    Span all = {bytes, length}, rest = span_from(all, 8);
    gsize main = MIN(span_u32(all, 0), rest.length), table = MIN(span_u32(all, 4), rest.length - main);
    const Span parts[] = {span_part(rest, 0, main), span_part(rest, main, table), span_part(rest, main, table),
                          span_from(rest, main + table)};
    GByteArray *contents[4];
    for (guint i = 0; i < 4; i++) {
        contents[i] = g_byte_array_new();
        g_byte_array_append(contents[i], parts[i].data, (guint)parts[i].length);
    }
    GByteArray *file = ole_build(names, contents);
    for (guint i = 0; i < 4; i++)
        g_byte_array_unref(contents[i]);
    return file;
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    g_autoptr(GByteArray) file = length > 8 && bytes[0] != 0xd0 ? pack(bytes, length) : NULL;
    ReadInput input = {.bytes = file ? file->data : bytes, .length = file ? file->len : length};
    g_autoptr(Xhtml) out = xhtml_new();
    doc_read(&input, out, NULL);
    g_autofree char *text = xhtml_plain_text(out);
    if (!g_utf8_validate(text, -1, NULL))
        abort();
    return 0;
}
