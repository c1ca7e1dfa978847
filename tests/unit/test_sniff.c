/* links: filters/readers/sniff.c filters/readers/ole.c filters/readers/zipdir.c filters/readers/marks.c filters/readers/mbox.c filters/envelope/cms.c filters/envelope/pgp.c src/base/charset.c src/base/text.c src/base/failure.c; libs: libgsf-1 libxml-2.0; flags: -lmagic */
#include <string.h>

#include "readers/reader.h"
#include "zip_build.h"

#define WORDML "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

static const char *sniff(const void *bytes, gsize length, const char *filename, const char *declared, Status *ret_status)
{
    /* An exact copy, so that a read beyond the end is seen. */
    g_autofree guint8 *copy = g_memdup2(bytes, length);
    ReadInput input = {.bytes = copy, .length = length, .filename = filename};
    return sniff_mime(&input, declared, ret_status);
}

static const char *sniff_text(const char *text, const char *filename, const char *declared)
{
    Status status = STATUS_READ;
    return sniff(text, strlen(text), filename, declared, &status);
}

static const char *sniff_zip(const ZipMember *members, Status *ret_status)
{
    g_autoptr(GByteArray) zip = zip_build(members);
    return sniff(zip->data, zip->len, "x.zip", NULL, ret_status);
}

static void test_texts(void)
{
    g_assert_cmpstr(sniff_text("姓名：张三\n", "a.txt", NULL), ==, "text/plain");
    g_assert_cmpstr(sniff_text("\xd0\xd5\xc3\xfb\xa3\xba\xd5\xc5\xc8\xfd", "a.txt", NULL), ==, "text/plain");
    g_assert_cmpstr(sniff_text("<!DOCTYPE html><p>x", "a.xls", NULL), ==, "text/html");
    g_assert_cmpstr(sniff_text("  <HTML><body>", NULL, NULL), ==, "text/html");
    g_assert_cmpstr(sniff_text("<b>x</b>", NULL, "text/html"), ==, "text/html");
    g_assert_cmpstr(sniff_text("a < b", NULL, "text/plain"), ==, "text/plain");
    g_assert_cmpstr(sniff_text("{\\rtf1\\ansi x}", "a.doc", NULL), ==, "text/rtf");
    g_assert_cmpstr(sniff_text("a,b\n1,2\n", "a.csv", NULL), ==, "text/csv");
    g_assert_cmpstr(sniff_text("a\tb\n1\t2\n", "a.tsv", NULL), ==, "text/csv");
    g_assert_cmpstr(sniff_text("<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument\">", "a.fodt", NULL), ==,
                    "application/vnd.oasis.opendocument.text-flat-xml");
    g_assert_cmpstr(sniff_text("<?xml version='1.0'?><a/>", NULL, NULL), ==, "text/xml");
    g_assert_cmpstr(sniff_text("<?xml version='1.0'?><w:wordDocument xmlns:w='x'/>", NULL, NULL), ==, "application/vnd.ms-wordml");
    g_assert_cmpstr(sniff_text("<?xml version='1.0'?><?mso-application progid=\"Word.Document\"?><pkg:package a='b'/>", NULL, NULL), ==,
                    "application/vnd.ms-wordml");
    g_assert_cmpstr(sniff_text("From: a@b.example\r\nSubject: x\r\n\r\nbody", "a.eml", NULL), ==, "message/rfc822");
    g_assert_cmpstr(sniff_text("Notes: things\nFrom here on\n", "a.txt", NULL), ==, "text/plain");
    g_assert_cmpstr(sniff_text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", NULL, NULL), ==, "text/calendar");
}

static void test_zips(void)
{
    Status status = STATUS_READ;
    const ZipMember docx[] = {{.name = "customXml/a.xml", .bytes = "<a/>"}, {.name = "word/document.xml", .bytes = "<a/>"},
                              {.name = "[Content_Types].xml", .bytes = "<a/>"}, {.name = NULL}};
    g_assert_cmpstr(sniff_zip(docx, &status), ==, WORDML);
    const ZipMember xlsx[] = {{.name = "[Content_Types].xml", .bytes = "<a/>"}, {.name = "xl/workbook.xml", .bytes = "<a/>"},
                              {.name = NULL}};
    g_assert_cmpstr(sniff_zip(xlsx, &status), ==, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    const ZipMember xlsb[] = {{.name = "[Content_Types].xml", .bytes = "<a/>"}, {.name = "xl/vbaProject.bin", .bytes = "x"},
                              {.name = "xl/workbook.bin", .bytes = "x"}, {.name = NULL}};
    g_assert_cmpstr(sniff_zip(xlsb, &status), ==, "application/vnd.ms-excel.sheet.binary.macroEnabled.12");
    const ZipMember ofd[] = {{.name = "OFD.xml", .bytes = "<a/>"}, {.name = NULL}};
    g_assert_cmpstr(sniff_zip(ofd, &status), ==, "application/ofd");
    const ZipMember odt[] = {{.name = "mimetype", .bytes = "application/vnd.oasis.opendocument.text"}, {.name = NULL}};
    g_assert_cmpstr(sniff_zip(odt, &status), ==, "application/vnd.oasis.opendocument.text");
    const ZipMember folder[] = {{.name = "word/letter.txt", .bytes = "x"}, {.name = NULL}};
    g_assert_cmpstr(sniff_zip(folder, &status), ==, "application/zip");
    g_assert_cmpint(status, ==, STATUS_READ);
    const ZipMember locked[] = {{.name = "a.txt", .bytes = "x"}, {.name = "b.docx", .bytes = "y", .flags = 1}, {.name = NULL}};
    g_assert_cmpstr(sniff_zip(locked, &status), ==, "application/zip");
    g_assert_cmpint(status, ==, STATUS_ENCRYPTED);
}

static void test_zip_without_directory(void)
{
    Status status = STATUS_READ;
    const ZipMember docx[] = {{.name = "[Content_Types].xml", .bytes = "<a/>"}, {.name = "word/document.xml", .bytes = "<a/>"},
                              {.name = NULL}};
    g_autoptr(GByteArray) zip = zip_build(docx);
    /* Every cut is survived; the type stands as long as both local headers do. */
    for (guint length = 1; length < zip->len; length++)
        g_assert_nonnull(sniff(zip->data, length, NULL, NULL, &status));
    g_assert_cmpstr(sniff(zip->data, 120, NULL, NULL, &status), ==, WORDML);
}

static void test_others(void)
{
    Status status = STATUS_READ;
    g_assert_cmpstr(sniff("", 0, "a.docx", NULL, &status), ==, "application/x-empty");
    g_assert_cmpint(status, ==, STATUS_EMPTY);
    g_assert_cmpstr(sniff("\n%PDF-1.7\n%", 11, "a.docx", NULL, &status), ==, "application/pdf");
    g_assert_cmpint(status, ==, STATUS_READ);
    g_assert_cmpstr(sniff("7z\xbc\xaf\x27\x1c\0\4\0\0\0\0", 12, NULL, NULL, &status), ==, "application/x-7z-compressed");
    g_assert_cmpstr(sniff("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1", 24, NULL, NULL, &status), ==, "image/png");
    g_assert_cmpstr(sniff("\xff\xd8\xff\xe0\0\x10JFIF\0\1", 12, NULL, NULL, &status), ==, "image/jpeg");
    g_assert_cmpstr(sniff("\x78\x9f\x3e\x22\1\0\6\x90", 8, NULL, NULL, &status), ==, "application/vnd.ms-tnef");
    g_assert_cmpstr(sniff("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, NULL, NULL, &status), ==, "application/x-ole-storage");
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_test_init(&argc, &argv, NULL);
    sniff_init(&error);
    g_assert_no_error(error);
    g_test_add_func("/sniff/texts", test_texts);
    g_test_add_func("/sniff/zips", test_zips);
    g_test_add_func("/sniff/zip-without-directory", test_zip_without_directory);
    g_test_add_func("/sniff/others", test_others);
    return g_test_run();
}
