/* links: filters/readers/xls.c filters/readers/xls_*.c filters/readers/sheet*.c filters/readers/ole.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libgsf-1 libxml-2.0; flags: -lm */
/* An Excel file, or its Workbook stream without the container, so that mutations reach it. What is read must be text. */
#include <stdlib.h>

#include "ole_build.h"
#include "readers/rows.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    g_log_set_always_fatal(G_LOG_FATAL_MASK); /* libgsf's complaints of damaged files are none of ours */
    return 0;
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    static const char *const names[] = {"Workbook", NULL};
    g_autoptr(GByteArray) book = g_byte_array_new();
    g_byte_array_append(book, bytes, (guint)length);
    GByteArray *const contents[] = {book};
    g_autoptr(GByteArray) file = length > 1 && bytes[0] == 9 && bytes[1] == 8 ? ole_build(names, contents) : NULL;
    ReadInput input = {.bytes = file ? file->data : bytes, .length = file ? file->len : length};
    g_autoptr(Xhtml) out = xhtml_new();
    xls_read(&input, out, NULL);
    g_autofree char *text = xhtml_plain_text(out);
    if (!g_utf8_validate(text, -1, NULL))
        abort();
    return 0;
}
