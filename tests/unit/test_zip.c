/* links: filters/readers/archive.c filters/readers/unzip.c filters/readers/member.c filters/readers/marks.c filters/readers/rardir.c filters/readers/zipdir.c filters/page/xhtml.c src/base/charset.c src/base/text.c filters/record.c; libs: libarchive libxml-2.0 */
#include <string.h>

#include "base/limits.h"
#include "collector.h"
#include "readers/rows.h"
#include "readers/unzip.h"
#include "zip_build.h"

static char *read_bytes(const guint8 *bytes, gsize length, guint stop_after, Status *ret_status)
{
    return collect_from(archive_read, "a.zip", bytes, length, stop_after, ret_status);
}

static char *read_members(const ZipMember *members, Status *ret_status)
{
    g_autoptr(GByteArray) zip = zip_build(members);
    return read_bytes(zip->data, zip->len, 0, ret_status);
}

static void test_names(void)
{
    Status status = STATUS_READ;
    /* 表 is 0xB1 0xED in GBK; 乗's second byte is 0x5C, 琝 ends in 0x5C as well. */
    const ZipMember members[] = {
        {.name = "\xb2\xc4\xc1\xcf/\xb1\xed.txt", .bytes = "gbk"},
        {.name = "材料/表.txt", .bytes = "flag", .flags = 0x800},
        {.name = "材料/无.txt", .bytes = "no flag"},
        {.name = "\x81\x5c.txt", .bytes = "backslash inside"},
        {.name = "a\\b.txt", .bytes = "windows"},
        {.name = "../../etc/passwd", .bytes = "up"},
        {.name = NULL}};
    g_autofree char *seen = read_members(members, &status);
    g_assert_cmpint(status, ==, STATUS_READ);
    g_assert_cmpstr(seen, ==, "材料/表.txt=gbk|材料/表.txt=flag|材料/无.txt=no flag|乗.txt=backslash inside|"
                              "a/b.txt=windows|etc/passwd=up");
}

/* Info-ZIP's Unicode path (0x7075) holds when the checksum in it is that of the plain name. */
static void test_unicode_field(void)
{
    Status status = STATUS_READ;
    const char *plain = "\xb1\xed.txt", *real = "評審表.txt";
    g_autoptr(GByteArray) extra = g_byte_array_new();
    zip_put(extra, 0x7075, 2);
    zip_put(extra, 5 + strlen(real), 2);
    zip_put(extra, 1, 1);
    zip_put(extra, zip_crc((const guint8 *)plain, strlen(plain)), 4);
    g_byte_array_append(extra, (const guint8 *)real, (guint)strlen(real));
    ZipMember members[] = {{.name = plain, .bytes = "x", .extra = extra->data, .extra_length = extra->len}, {.name = NULL}};
    g_autofree char *seen = read_members(members, &status);
    g_assert_cmpstr(seen, ==, "評審表.txt=x");
}

static void test_litter(void)
{
    Status status = STATUS_READ;
    const ZipMember members[] = {{.name = "__MACOSX/._a.txt", .bytes = "x"}, {.name = "d/.DS_Store", .bytes = "x"},
                                 {.name = "d/", .bytes = ""}, {.name = "Thumbs.db", .bytes = "x"},
                                 {.name = "a.txt", .bytes = "kept"}, {.name = NULL}};
    g_autofree char *seen = read_members(members, &status);
    g_assert_cmpstr(seen, ==, "a.txt=kept");
}

static void test_damage(void)
{
    Status status = STATUS_READ;
    const ZipMember members[] = {{.name = "a.txt", .bytes = "bad", .wrong_crc = 1}, {.name = "b.txt", .bytes = "good"},
                                 {.name = NULL}};
    g_autofree char *seen = read_members(members, &status);
    g_assert_cmpstr(seen, ==, "a.txt!damaged|b.txt=good");
    g_assert_cmpint(status, ==, STATUS_READ);
    g_autofree char *none = read_bytes((const guint8 *)"PK\3\4", 4, 0, &status);
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
    g_assert_cmpstr(none, ==, "");
}

static void test_cuts(void)
{
    const ZipMember members[] = {{.name = "a.txt", .bytes = "one"}, {.name = "b.txt", .bytes = "two"}, {.name = NULL}};
    g_autoptr(GByteArray) zip = zip_build(members);
    for (guint length = 0; length < zip->len; length++) {
        Status status = STATUS_READ;
        g_autofree char *seen = read_bytes(zip->data, length, 0, &status);
        /* What is handed on as read is whole. */
        g_assert_true(!strstr(seen, "a.txt=") || strstr(seen, "a.txt=one"));
    }
}

/* The directory's magic is changed: the headers before the members still tell all. */
static void test_lost_directory(void)
{
    Status status = STATUS_EMPTY;
    const ZipMember members[] = {{.name = "a.txt", .bytes = "one"}, {.name = "b.txt", .bytes = "two"}, {.name = NULL}};
    g_autoptr(GByteArray) zip = zip_build(members);
    guint8 *directory = memmem(zip->data, zip->len, "PK\1\2", 4);
    directory[1] = 'X';
    g_autofree char *seen = read_bytes(zip->data, zip->len, 0, &status);
    g_assert_cmpstr(seen, ==, "a.txt=one|b.txt=two");
}

static void test_encrypted_and_stopped(void)
{
    Status status = STATUS_READ;
    const ZipMember locked[] = {{.name = "a.docx", .bytes = "0123456789abcdef", .flags = 1}, {.name = NULL}};
    g_autofree char *seen = read_members(locked, &status);
    g_assert_cmpint(status, ==, STATUS_ENCRYPTED);
    const ZipMember three[] = {{.name = "a", .bytes = "1"}, {.name = "b", .bytes = "2"}, {.name = "c", .bytes = "3"}, {.name = NULL}};
    g_autoptr(GByteArray) zip = zip_build(three);
    g_autofree char *two = read_bytes(zip->data, zip->len, 2, &status);
    g_assert_cmpstr(two, ==, "a=1|b=2");
    g_assert_cmpint(status, ==, STATUS_TOO_LARGE);
}

static void test_bomb(void)
{
    Status status = STATUS_READ;
    g_autofree char *zeros = g_malloc(64 << 20);
    memset(zeros, '0', 64 << 20);
    zeros[(64 << 20) - 1] = '\0';
    const char *const pairs[] = {"bomb.txt", zeros, NULL};
    g_autoptr(GByteArray) zip = unzip_pack(pairs);
    g_assert_cmpuint(zip->len, <, 1 << 20);
    g_autofree char *seen = read_bytes(zip->data, zip->len, 0, &status);
    g_assert_cmpint(status, ==, STATUS_TOO_LARGE);
    g_assert_cmpstr(seen, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/zip/names", test_names);
    g_test_add_func("/zip/unicode-field", test_unicode_field);
    g_test_add_func("/zip/litter", test_litter);
    g_test_add_func("/zip/damage", test_damage);
    g_test_add_func("/zip/cuts", test_cuts);
    g_test_add_func("/zip/lost-directory", test_lost_directory);
    g_test_add_func("/zip/encrypted-and-stopped", test_encrypted_and_stopped);
    g_test_add_func("/zip/bomb", test_bomb);
    return g_test_run();
}
