/* links: filters/readers/docx*.c filters/readers/pictures_zip.c filters/readers/zipdir.c filters/readers/pictures.c filters/readers/numerals.c filters/readers/ole.c filters/readers/ooxml.c filters/readers/unzip.c filters/readers/member.c filters/readers/marks.c filters/readers/symbols.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libarchive libxml-2.0 libgsf-1 */
/* What hangs on a docx comes out as documents of their own; ornament does not. */
#include <gsf/gsf.h>
#include <string.h>

#include "readers/rows.h"
#include "zip_build.h"

#define RELS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

typedef struct {
    Members members;
    GString *seen; /* "name=first bytes;" for each */
    guint most;    /* members taken before it says stop */
} Taker;

static gboolean take(Members *self, const char *name, const guint8 *bytes, gsize length, Status status)
{
    Taker *taker = (Taker *)self;
    g_assert_cmpint(status, ==, STATUS_READ);
    g_string_append_printf(taker->seen, "%s=%.*s;", name, (int)MIN(length, 9), (const char *)bytes);
    return --taker->most > 0;
}

/* An OLE file with one stream. */
static GByteArray *ole_of(const char *stream, const void *bytes, gsize length)
{
    GsfOutput *memory = gsf_output_memory_new();
    GsfOutfile *ole = gsf_outfile_msole_new(memory);
    GsfOutput *child = gsf_outfile_new_child(ole, stream, FALSE);
    gsf_output_write(child, length, bytes);
    gsf_output_close(child);
    gsf_output_close(GSF_OUTPUT(ole));
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(memory)), (guint)gsf_output_size(memory));
    g_object_unref(child);
    g_object_unref(ole);
    g_object_unref(memory);
    return out;
}

/* The native stream the Packager makes of a file. */
static GByteArray *packaged(const char *name, const char *file, guint32 claimed)
{
    GByteArray *out = g_byte_array_new();
    zip_put(out, 0, 4);
    zip_put(out, 2, 2);
    g_byte_array_append(out, (const guint8 *)name, (guint)strlen(name) + 1);
    g_byte_array_append(out, (const guint8 *)"C:\\x", 5);
    zip_put(out, 0x30000, 4);
    zip_put(out, 4, 4);
    g_byte_array_append(out, (const guint8 *)"C:\\", 4);
    zip_put(out, claimed, 4);
    g_byte_array_append(out, (const guint8 *)file, (guint)strlen(file));
    return out;
}

/* What a docx hands on whose main part is related to TARGET by TYPE. */
static char *attached(const char *type, const char *target, const void *bytes, gsize length, guint most)
{
    g_autofree char *rels = g_strdup_printf("<Relationships><Relationship Id='1' Type='" RELS "/%s' Target='%s'/>"
                                            "<Relationship Id='2' Type='" RELS "/package' Target='embeddings/second.docx'/></Relationships>",
                                            type, target);
    g_autofree char *path = g_strconcat("word/", target, NULL);
    const ZipMember zip[] = {
        {.name = "word/document.xml", .bytes = "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'/>"},
        {.name = "word/_rels/document.xml.rels", .bytes = rels},
        {.name = path, .bytes = bytes, .length = length},
        {.name = "word/embeddings/second.docx", .bytes = "PK\003\004second"},
        {.name = "word/embeddings/nobody.docx", .bytes = "PK\003\004nobody"},
        {.name = NULL},
    };
    g_autoptr(GByteArray) file = zip_build(zip);
    g_autoptr(Xhtml) out = xhtml_new();
    Taker taker = {.members = {.member = take}, .seen = g_string_new(NULL), .most = most};
    ReadInput input = {.bytes = file->data, .length = file->len};
    g_assert_cmpint(docx_read(&input, out, &taker.members), ==, STATUS_READ);
    return g_string_free(taker.seen, FALSE);
}

static void expect(const char *type, const char *target, const GByteArray *bytes, const char *expected)
{
    g_autofree char *got = attached(type, target, bytes->data, bytes->len, 10);
    g_assert_cmpstr(got, ==, expected);
}

#define SECOND "second.docx=PK\003\004secon;"

static void test_packages(void)
{
    g_autofree char *chunk = attached("aFChunk", "chunk.html", "<p>x</p>", 0, 10);
    g_assert_cmpstr(chunk, ==, "chunk.html=<p>x</p>;" SECOND);
    g_autofree char *rtf = attached("package", "embeddings/a.rtf", "{\\rtf1 x}", 0, 10);
    g_assert_cmpstr(rtf, ==, "a.rtf={\\rtf1 x};" SECOND);
    g_autofree char *drawing = attached("package", "embeddings/a.emf", "\001\002\003", 3, 10);
    g_assert_cmpstr(drawing, ==, SECOND);
    g_autofree char *stopped = attached("aFChunk", "chunk.html", "<p>x</p>", 0, 1);
    g_assert_cmpstr(stopped, ==, "chunk.html=<p>x</p>;");
}

static void test_objects(void)
{
    g_autoptr(GByteArray) word = ole_of("WordDocument", "w", 1);
    g_autofree char *whole = attached("oleObject", "embeddings/o.bin", word->data, word->len, 10);
    g_assert_true(g_str_has_prefix(whole, "o.bin=\xd0\xcf\x11\xe0"));
    g_autoptr(GByteArray) contents = ole_of("CONTENTS", "%PDF-1.7", 8), formula = ole_of("Equation Native", "x", 1);
    expect("oleObject", "embeddings/o.bin", contents, "o.bin=%PDF-1.7;" SECOND);
    expect("oleObject", "embeddings/o.bin", formula, SECOND);
}

static void test_packaged_files(void)
{
    g_autoptr(GByteArray) good = packaged("..\\form.pdf", "%PDF-1.4 ", 9), text = packaged("a.txt", "plain", 5),
                          long_one = packaged("a.pdf", "%PDF-1.4 ", 10), huge = packaged("a.pdf", "%PDF-1.4 ", G_MAXUINT32);
    g_autoptr(GByteArray) a = ole_of("\001Ole10Native", good->data, good->len), b = ole_of("\001Ole10Native", text->data, text->len);
    expect("oleObject", "embeddings/o.bin", a, "form.pdf=%PDF-1.4 ;" SECOND);
    expect("oleObject", "embeddings/o.bin", b, SECOND);
    /* Sizes that are not true, and streams cut anywhere. */
    g_autoptr(GByteArray) c = ole_of("\001Ole10Native", long_one->data, long_one->len), d = ole_of("\001Ole10Native", huge->data, huge->len);
    expect("oleObject", "embeddings/o.bin", c, SECOND);
    expect("oleObject", "embeddings/o.bin", d, SECOND);
    for (guint cut = 0; cut < good->len; cut++) {
        g_autoptr(GByteArray) less = ole_of("\001Ole10Native", good->data, cut);
        expect("oleObject", "embeddings/o.bin", less, SECOND);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/docx-attached/packages", test_packages);
    g_test_add_func("/docx-attached/objects", test_objects);
    g_test_add_func("/docx-attached/packaged-files", test_packaged_files);
    return g_test_run();
}
