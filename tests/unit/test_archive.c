/* links: filters/readers/archive.c filters/readers/unzip.c filters/readers/member.c filters/readers/marks.c filters/readers/rardir.c filters/readers/zipdir.c filters/page/xhtml.c filters/record.c src/base/charset.c src/base/text.c; libs: libarchive libxml-2.0 */
#include <archive.h>
#include <archive_entry.h>

#include "base/limits.h"
#include "collector.h"
#include "readers/marks.h"
#include "readers/member.h"
#include "readers/rardir.h"
#include "readers/rows.h"
#include "zip_build.h"

typedef int (*Choice)(struct archive *);

/* --- archives that libarchive writes ------------------------------------------------------------------------------------- */

typedef struct {
    const char *name, *text, *symlink, *hardlink;
    unsigned type; /* 0: a regular file */
} Entry;

static la_ssize_t put(G_GNUC_UNUSED struct archive *archive, void *out, const void *bytes, size_t length)
{
    g_byte_array_append(out, bytes, (guint)length);
    return (la_ssize_t)length;
}

static GByteArray *pack(Choice format, Choice filter, const Entry *entries)
{
    GByteArray *out = g_byte_array_new();
    struct archive *archive = archive_write_new();
    g_assert_cmpint(format(archive), ==, ARCHIVE_OK);
    if (filter)
        g_assert_cmpint(filter(archive), ==, ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(archive, 1);
    g_assert_cmpint(archive_write_open(archive, out, NULL, put, NULL), ==, ARCHIVE_OK);
    for (; entries->name; entries++) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, entries->name);
        archive_entry_set_filetype(entry, entries->type ? entries->type : AE_IFREG);
        archive_entry_set_perm(entry, 0600);
        archive_entry_set_size(entry, entries->text ? (la_int64_t)strlen(entries->text) : 0);
        if (entries->symlink)
            archive_entry_set_symlink(entry, entries->symlink);
        if (entries->hardlink)
            archive_entry_set_hardlink(entry, entries->hardlink);
        g_assert_cmpint(archive_write_header(archive, entry), ==, ARCHIVE_OK);
        if (entries->text)
            archive_write_data(archive, entries->text, strlen(entries->text));
        archive_entry_free(entry);
    }
    archive_write_close(archive);
    archive_write_free(archive);
    return out;
}

static char *unpack(const char *filename, const GByteArray *bytes, Status *ret_status)
{
    return collect_from(archive_read, filename, bytes->data, bytes->len, 0, ret_status);
}

static void test_formats(void)
{
    static const struct {
        Choice format, filter;
        const char *filename, *mime;
    } rows[] = {
        {archive_write_set_format_ustar, NULL, "a.tar", MIME_TAR},
        {archive_write_set_format_pax, archive_write_add_filter_gzip, "a.tgz", MIME_GZIP},
        {archive_write_set_format_gnutar, archive_write_add_filter_bzip2, "a.tar.bz2", MIME_BZIP2},
        {archive_write_set_format_v7tar, archive_write_add_filter_xz, "a.tar.xz", MIME_XZ},
        {archive_write_set_format_7zip, NULL, "a.7z", MIME_7Z},
        {archive_write_set_format_zip, NULL, "a.zip", MIME_ZIP},
    };
    const Entry entries[] = {{.name = "d", .type = AE_IFDIR}, {.name = "d/a.txt", .text = "one"},
                             {.name = "b.txt", .text = "two"},
                             {.name = NULL}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        Status status = STATUS_EMPTY;
        g_autoptr(GByteArray) bytes = pack(rows[i].format, rows[i].filter, entries);
        g_assert_cmpstr(marks_archive(bytes->data, bytes->len), ==, rows[i].mime);
        g_autofree char *seen = unpack(rows[i].filename, bytes, &status);
        g_assert_cmpstr(seen, ==, "d/a.txt=one|b.txt=two");
        g_assert_cmpint(status, ==, STATUS_READ);
    }
}

static void test_links_and_devices(void)
{
    Status status = STATUS_EMPTY;
    const Entry entries[] = {{.name = "passwd", .symlink = "/etc/passwd", .type = AE_IFLNK},
                             {.name = "tty", .type = AE_IFCHR}, {.name = "pipe", .type = AE_IFIFO},
                             {.name = "/abs/../a.txt", .text = "one"}, {.name = "again.txt", .hardlink = "a.txt"},
                             {.name = NULL}};
    g_autoptr(GByteArray) bytes = pack(archive_write_set_format_pax, NULL, entries);
    g_autofree char *seen = unpack("a.tar", bytes, &status);
    g_assert_cmpstr(seen, ==, "abs/a.txt=one");
    g_assert_cmpint(status, ==, STATUS_READ);
}

/* A compressed file that is no tar: one member, named by what the file is called. */
static void test_compressed(void)
{
    Status status = STATUS_EMPTY;
    const Entry entries[] = {{.name = "x", .text = "plain"}, {.name = NULL}};
    const Entry none[] = {{.name = "x", .text = ""}, {.name = NULL}};
    g_autoptr(GByteArray) bytes = pack(archive_write_set_format_raw, archive_write_add_filter_xz, entries);
    g_autofree char *seen = unpack("报告.txt.xz", bytes, &status);
    g_assert_cmpstr(seen, ==, "报告.txt=plain");
    g_autofree char *unnamed = unpack(NULL, bytes, &status);
    g_assert_cmpstr(unnamed, ==, "data=plain");
    g_autoptr(GByteArray) empty = pack(archive_write_set_format_raw, archive_write_add_filter_gzip, none);
    g_autofree char *nothing = unpack("a.txt.gz", empty, &status);
    g_assert_cmpstr(nothing, ==, "");
}

/* What is handed on as read is whole, wherever the archive is cut. */
static void test_cuts(void)
{
    static const Choice formats[] = {archive_write_set_format_ustar, archive_write_set_format_7zip, archive_write_set_format_zip};
    const Entry entries[] = {{.name = "a.txt", .text = "first"}, {.name = "b.txt", .text = "second"}, {.name = NULL}};
    for (guint f = 0; f < G_N_ELEMENTS(formats); f++) {
        g_autoptr(GByteArray) whole = pack(formats[f], NULL, entries);
        for (guint cut = whole->len; cut-- > 1; cut -= MIN(cut - 1, 6)) {
            Status status = STATUS_READ;
            g_autofree char *seen = collect_from(archive_read, "a", whole->data, cut, 0, &status);
            g_assert_true(!strstr(seen, "a.txt=") || strstr(seen, "a.txt=first"));
            g_assert_true(!strstr(seen, "b.txt=") || strstr(seen, "b.txt=second"));
        }
    }
    g_autoptr(GByteArray) tar = pack(archive_write_set_format_ustar, NULL, entries);
    Status status = STATUS_READ;
    g_autofree char *seen = collect_from(archive_read, "a.tar", tar->data, 512 + 512 + 100, 0, &status);
    g_assert_cmpstr(seen, ==, "a.txt=first");
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
}

static void test_bomb(void)
{
    Status status = STATUS_READ;
    g_autofree char *zeros = g_strnfill(32 << 20, '0');
    const Entry entries[] = {{.name = "small.txt", .text = "whole"}, {.name = "bomb.txt", .text = zeros}, {.name = NULL}};
    g_autoptr(GByteArray) bytes = pack(archive_write_set_format_pax, archive_write_add_filter_gzip, entries);
    g_autofree char *seen = unpack("a.tgz", bytes, &status);
    g_assert_cmpstr(seen, ==, "small.txt=whole");
    g_assert_cmpint(status, ==, STATUS_TOO_LARGE);
}

static void test_many(void)
{
    Status status = STATUS_READ;
    g_autofree Entry *entries = g_new0(Entry, LIMIT_ARCHIVE_MEMBERS + 2);
    for (guint i = 0; i <= LIMIT_ARCHIVE_MEMBERS; i++)
        entries[i] = (Entry){.name = "same", .text = "x"};
    g_autoptr(GByteArray) bytes = pack(archive_write_set_format_ustar, NULL, entries);
    g_autofree char *seen = unpack("a.tar", bytes, &status);
    g_assert_cmpint(status, ==, STATUS_TOO_LARGE);
    g_assert_cmpuint(strlen(seen), ==, LIMIT_ARCHIVE_MEMBERS * strlen("same=x|") - 1);
}

/* --- archives made by hand ------------------------------------------------------------------------------------------------ */

static void append(GByteArray *out, const void *bytes, gsize length)
{
    g_byte_array_append(out, bytes, (guint)length);
}

/* A block of RAR 4: its checksum are the lower bits of the CRC of what follows. */
static void rar4_block(GByteArray *out, guint type, guint flags, const GByteArray *rest)
{
    g_autoptr(GByteArray) block = g_byte_array_new();
    zip_put(block, type, 1);
    zip_put(block, flags, 2);
    zip_put(block, 7 + rest->len, 2);
    append(block, rest->data, rest->len);
    zip_put(out, zip_crc(block->data, block->len) & 0xffff, 2);
    append(out, block->data, block->len);
}

static void rar4_file(GByteArray *out, const char *name, const char *text, guint flags)
{
    g_autoptr(GByteArray) rest = g_byte_array_new();
    zip_put(rest, strlen(text), 4);
    zip_put(rest, strlen(text), 4);
    zip_put(rest, 2, 1); /* Windows */
    zip_put(rest, zip_crc((const guint8 *)text, strlen(text)), 4);
    zip_put(rest, 0x5a210000, 4);
    zip_put(rest, 29, 1);
    zip_put(rest, 0x30, 1); /* stored */
    zip_put(rest, strlen(name), 2);
    zip_put(rest, 0x20, 4);
    append(rest, name, strlen(name));
    rar4_block(out, 0x74, 0x8000 | flags, rest);
    append(out, text, strlen(text));
}

static GByteArray *rar4_new(guint flags)
{
    GByteArray *out = g_byte_array_new();
    g_autoptr(GByteArray) rest = g_byte_array_new();
    append(out, "Rar!\x1a\7\0", 7);
    zip_put(rest, 0, 6);
    rar4_block(out, 0x73, flags, rest);
    return out;
}

static void rar4_end(GByteArray *out)
{
    g_autoptr(GByteArray) rest = g_byte_array_new();
    rar4_block(out, 0x7b, 0x4000, rest);
}

static void test_rar4(void)
{
    Status status = STATUS_EMPTY;
    g_autoptr(GByteArray) rar = rar4_new(0);
    rar4_file(rar, "\xb2\xc4\xc1\xcf\\\xb1\xed.txt", "gbk", 0);
    rar4_file(rar, "b.txt", "good", 0);
    rar4_end(rar);
    g_assert_cmpstr(marks_archive(rar->data, rar->len), ==, MIME_RAR);
    g_autofree char *seen = unpack("a.rar", rar, &status);
    g_assert_cmpstr(seen, ==, "材料/表.txt=gbk|b.txt=good");
    g_assert_cmpint(status, ==, STATUS_READ);
    for (guint cut = 0; cut < rar->len; cut++) {
        g_autofree char *part = collect_from(archive_read, "a.rar", rar->data, cut, 0, &status);
        g_assert_true(!strstr(part, "b.txt=") || strstr(part, "b.txt=good"));
    }
}

static void test_rar4_facts(void)
{
    Status status = STATUS_EMPTY;
    g_autoptr(GByteArray) locked = rar4_new(0), headers = rar4_new(0x80), volume = rar4_new(0x01);
    rar4_file(locked, "a.txt", "open", 0);
    rar4_file(locked, "b.txt", "secret", 0x04);
    g_autofree char *a = unpack("a.rar", locked, &status);
    g_assert_cmpint(status, ==, STATUS_ENCRYPTED);
    g_autofree char *b = unpack("a.rar", headers, &status);
    g_assert_cmpint(status, ==, STATUS_ENCRYPTED);
    g_autofree char *c = unpack("a.part1.rar", volume, &status);
    g_assert_cmpint(status, ==, STATUS_UNSUPPORTED);
    g_autofree char *d = collect_from(archive_read, "a.rar", "RE\x7e\x5e\7\0\0", 7, 0, &status);
    g_assert_cmpint(status, ==, STATUS_UNSUPPORTED);
}

/* A block of RAR 5; every number here is below 128 and so its own variable-length form. */
static void rar5_block(GByteArray *out, const GByteArray *head)
{
    g_autoptr(GByteArray) block = g_byte_array_new();
    g_assert_cmpuint(head->len, <, 128);
    zip_put(block, head->len, 1);
    append(block, head->data, head->len);
    zip_put(out, zip_crc(block->data, block->len), 4);
    append(out, block->data, block->len);
}

static GByteArray *rar5_new(guint flags)
{
    GByteArray *out = g_byte_array_new();
    g_autoptr(GByteArray) head = g_byte_array_new();
    append(out, "Rar!\x1a\7\1\0", 8);
    zip_put(head, 1, 1);
    zip_put(head, 0, 1);
    zip_put(head, flags, 1);
    rar5_block(out, head);
    return out;
}

static void rar5_file(GByteArray *out, const char *name, const char *text, gboolean locked, guint method)
{
    g_autoptr(GByteArray) head = g_byte_array_new();
    static const guint8 crypt[] = {4, 1, 0, 0, 15}; /* size, type 1, version, flags, count: cut short, but told */
    zip_put(head, 2, 1);
    zip_put(head, locked ? 3 : 2, 1);
    if (locked)
        zip_put(head, sizeof crypt, 1);
    zip_put(head, strlen(text), 1);
    zip_put(head, 4, 1); /* a CRC is given */
    zip_put(head, strlen(text), 1);
    zip_put(head, 0x20, 1);
    zip_put(head, zip_crc((const guint8 *)text, strlen(text)), 4);
    zip_put(head, 0x80, 1);
    zip_put(head, method, 1); /* 0: stored; its bits begin with the seventh */
    zip_put(head, 0, 1); /* Windows */
    zip_put(head, strlen(name), 1);
    append(head, name, strlen(name));
    if (locked)
        append(head, crypt, sizeof crypt);
    rar5_block(out, head);
    append(out, text, strlen(text));
}

static void rar5_end(GByteArray *out)
{
    g_autoptr(GByteArray) head = g_byte_array_new();
    zip_put(head, 5, 1);
    zip_put(head, 0, 1);
    zip_put(head, 0, 1);
    rar5_block(out, head);
}

static void test_rar5(void)
{
    Status status = STATUS_EMPTY;
    g_autoptr(GByteArray) rar = rar5_new(0), locked = rar5_new(0), volume = rar5_new(1);
    rar5_file(rar, "材料/表.txt", "utf-8", FALSE, 0);
    rar5_file(rar, "bad.txt", "nothing of RAR", FALSE, 1);
    rar5_file(rar, "b.txt", "good", FALSE, 0);
    rar5_end(rar);
    g_autofree char *seen = unpack("a.rar", rar, &status);
    g_assert_cmpstr(seen, ==, "材料/表.txt=utf-8|bad.txt!damaged|b.txt=good");
    g_assert_cmpint(status, ==, STATUS_READ);
    rar5_file(locked, "a.txt", "secret", TRUE, 0);
    rar5_end(locked);
    g_autofree char *none = unpack("a.rar", locked, &status);
    g_assert_cmpint(status, ==, STATUS_ENCRYPTED);
    rar5_end(volume);
    g_autofree char *part = unpack("a.part1.rar", volume, &status);
    g_assert_cmpint(status, ==, STATUS_UNSUPPORTED);
    /* No cut and no changed byte may lead the look outside. */
    for (guint i = 0; i < locked->len; i++) {
        g_autofree guint8 *copy = g_memdup2(locked->data, i + 1);
        copy[i] ^= 0xff;
        rardir_read(copy, i + 1);
    }
}

/* A 7z whose directory is encrypted: an encoded header made by the AES coder 06F10701. */
static void test_locked_7z(void)
{
    static const guint8 packed[16] = {1, 2, 3}, header[] = {
        0x17, 0x06, 0x00, 0x01, 0x09, 16, 0x00, 0x07, 0x0b, 0x01, 0x00, 0x01, 0x24, 0x06, 0xf1, 0x07, 0x01, 0x02, 0x13, 0x00,
        0x0c, 16, 0x00, 0x00};
    Status status = STATUS_EMPTY;
    g_autoptr(GByteArray) bytes = g_byte_array_new(), start = g_byte_array_new();
    zip_put(start, sizeof packed, 8);
    zip_put(start, sizeof header, 8);
    zip_put(start, zip_crc(header, sizeof header), 4);
    append(bytes, "7z\xbc\xaf\x27\x1c\0\4", 8);
    zip_put(bytes, zip_crc(start->data, start->len), 4);
    append(bytes, start->data, start->len);
    append(bytes, packed, sizeof packed);
    append(bytes, header, sizeof header);
    g_autofree char *seen = unpack("a.7z", bytes, &status);
    g_assert_cmpint(status, ==, STATUS_ENCRYPTED);
    g_autofree char *cut = collect_from(archive_read, "a.7z.001", bytes->data, bytes->len - 4, 0, &status);
    g_assert_cmpint(status, ==, STATUS_UNSUPPORTED);
}

/* --- names ------------------------------------------------------------------------------------------------------------------ */

static void test_names(void)
{
    static const char *const rows[][2] = {
        {"C:\\Users\\..\\a.doc", "Users/a.doc"}, {"/etc//./passwd", "etc/passwd"}, {"../..", "unnamed"},
        {"", "unnamed"}, {"\\\\server\\share\\a.txt", "server/share/a.txt"}, {"\x81\x5c.txt", "乗.txt"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = member_name(rows[i][0]);
        g_assert_cmpstr(name, ==, rows[i][1]);
    }
    g_autofree char *none = member_name(NULL);
    g_assert_cmpstr(none, ==, "unnamed");
    g_assert_true(member_is_litter("a/__MACOSX/b"));
    g_assert_true(member_is_litter("a/~$表.docx"));
    g_assert_false(member_is_litter("a/表.docx"));
}

static void test_long_names(void)
{
    g_autofree char *run = g_strnfill(5000, 'n'), *raw = g_strconcat("top/", run, ".docx", NULL), *name = member_name(raw);
    g_assert_cmpint(g_utf8_strlen(name, -1), ==, 4 + LIMIT_NAME_CHARS);
    g_assert_true(g_str_has_prefix(name, "top/nnn") && g_str_has_suffix(name, "n….docx"));
    g_autoptr(GString) deep = g_string_new(NULL);
    for (guint i = 0; i < 1000; i++)
        g_string_append(deep, "folder/");
    g_string_append(deep, "表.docx");
    g_autofree char *short_path = member_name(deep->str);
    g_assert_cmpint(g_utf8_strlen(short_path, -1), <=, MEMBER_NAME_CHARS);
    g_assert_true(g_str_has_prefix(short_path, "…/folder/") && g_str_has_suffix(short_path, "/表.docx"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/archive/formats", test_formats);
    g_test_add_func("/archive/links-and-devices", test_links_and_devices);
    g_test_add_func("/archive/compressed", test_compressed);
    g_test_add_func("/archive/cuts", test_cuts);
    g_test_add_func("/archive/bomb", test_bomb);
    g_test_add_func("/archive/many", test_many);
    g_test_add_func("/archive/rar4", test_rar4);
    g_test_add_func("/archive/rar4-facts", test_rar4_facts);
    g_test_add_func("/archive/rar5", test_rar5);
    g_test_add_func("/archive/locked-7z", test_locked_7z);
    g_test_add_func("/archive/names", test_names);
    g_test_add_func("/archive/long-names", test_long_names);
    return g_test_run();
}
