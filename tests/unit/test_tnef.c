/* links: filters/readers/tnef.c filters/readers/lzfu.c filters/readers/member.c filters/page/xhtml.c filters/record.c src/base/charset.c src/base/text.c; libs: libxml-2.0 */
#include "collector.h"
#include "readers/lzfu.h"
#include "readers/rows.h"
#include "zip_build.h"

enum { RENDERING = 0x00069002, TITLE = 0x00018010, DATA = 0x0006800f, PROPERTIES = 0x00069005, MESSAGE = 0x00069003,
       CODEPAGE = 0x00069007, BODY = 0x0002800c };

static void append(GByteArray *out, const void *bytes, gsize length)
{
    g_byte_array_append(out, bytes, (guint)length);
}

static GByteArray *tnef_new(void)
{
    GByteArray *out = g_byte_array_new();
    zip_put(out, 0x223e9f78, 4);
    zip_put(out, 1, 2);
    return out;
}

static void attribute(GByteArray *out, guint32 id, const void *bytes, gsize length)
{
    guint sum = 0;
    for (gsize i = 0; i < length; i++)
        sum += ((const guint8 *)bytes)[i];
    zip_put(out, 2, 1);
    zip_put(out, id, 4);
    zip_put(out, length, 4);
    append(out, bytes, length);
    zip_put(out, sum & 0xffff, 2);
}

static void pad(GByteArray *out)
{
    while (out->len % 4)
        zip_put(out, 0, 1);
}

/* A property of a type that tells its length; OUT begins on a boundary of four. */
static void property(GByteArray *out, guint type, guint tag, const void *bytes, gsize length)
{
    zip_put(out, type, 2);
    zip_put(out, tag, 2);
    zip_put(out, 1, 4);
    zip_put(out, length, 4);
    append(out, bytes, length);
    pad(out);
}

static void unicode(GByteArray *out, guint tag, const char *text)
{
    glong units = 0;
    g_autofree gunichar2 *wide = g_utf8_to_utf16(text, -1, NULL, &units, NULL);
    property(out, 0x1f, tag, wide, (gsize)(units + 1) * 2);
}

static char *read_all(const GByteArray *bytes, Status *ret_status)
{
    return collect_from(tnef_read, "winmail.dat", bytes->data, bytes->len, 0, ret_status);
}

static GByteArray *two_attachments(void)
{
    static const guint8 rendering[14] = {1};
    GByteArray *out = tnef_new();
    g_autoptr(GByteArray) long_name = g_byte_array_new(), named = g_byte_array_new();
    attribute(out, CODEPAGE, "\xa8\x03\0\0\0\0\0\0", 8);
    attribute(out, RENDERING, rendering, sizeof rendering);
    attribute(out, TITLE, "SHENQI~1.TXT", 13);
    attribute(out, DATA, "first", 5);
    zip_put(long_name, 2, 4);
    unicode(long_name, 0x3707, "专家申请表（最终）.txt");
    zip_put(long_name, 0x03, 2); /* a number */
    zip_put(long_name, 0x0e21, 2);
    zip_put(long_name, 7, 4);
    attribute(out, PROPERTIES, long_name->data, long_name->len);
    attribute(out, RENDERING, rendering, sizeof rendering);
    attribute(out, DATA, "second", 6); /* before its name, as some write it */
    attribute(out, TITLE, "\xb1\xed.txt", 7);
    /* A named property, a list of texts, a GUID: none of them of use here. */
    zip_put(named, 3, 4);
    zip_put(named, 0x1e, 2);
    zip_put(named, 0x8001, 2);
    append(named, "0123456789abcdef", 16);
    zip_put(named, 1, 4);
    zip_put(named, 6, 4);
    append(named, "n\0a\0\0\0\0\0", 8);
    zip_put(named, 1, 4);
    zip_put(named, 2, 4);
    append(named, "x\0\0\0", 4);
    zip_put(named, 0x101f, 2);
    zip_put(named, 0x1234, 2);
    zip_put(named, 2, 4);
    zip_put(named, 4, 4);
    append(named, "a\0b\0", 4);
    zip_put(named, 2, 4);
    append(named, "c\0\0\0", 4);
    zip_put(named, 0x48, 2);
    zip_put(named, 0x1235, 2);
    append(named, "0123456789abcdef", 16);
    attribute(out, PROPERTIES, named->data, named->len);
    return out;
}

static void test_attachments(void)
{
    Status status = STATUS_EMPTY;
    g_autoptr(GByteArray) bytes = two_attachments();
    g_autofree char *seen = read_all(bytes, &status);
    g_assert_cmpstr(seen, ==, "专家申请表（最终）.txt=first|表.txt=second|~text/plain,utf-8=");
    g_assert_cmpint(status, ==, STATUS_READ);
    for (guint cut = 0; cut < bytes->len; cut++) {
        g_autofree char *part = collect_from(tnef_read, NULL, bytes->data, cut, 0, &status);
        g_assert_true(!strstr(part, "=first") || strstr(part, "=first|") || g_str_has_suffix(part, "=first"));
    }
    /* No changed byte may lead outside. */
    for (guint i = 6; i < bytes->len; i++) {
        bytes->data[i] ^= 0xff;
        g_autofree char *any = read_all(bytes, &status);
        bytes->data[i] ^= 0xff;
    }
}

static void test_cut(void)
{
    Status status = STATUS_EMPTY;
    g_autoptr(GByteArray) bytes = two_attachments();
    g_autofree char *seen = collect_from(tnef_read, NULL, bytes->data, bytes->len - 8, 0, &status);
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
    g_assert_true(g_str_has_prefix(seen, "专家申请表（最终）.txt=first|表.txt=second"));
    g_autofree char *none = collect_from(tnef_read, NULL, "nothing of it", 13, 0, &status);
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
    g_autofree char *one = collect_from(tnef_read, NULL, bytes->data, bytes->len, 1, &status);
    g_assert_cmpint(status, ==, STATUS_TOO_LARGE);
    g_assert_cmpstr(one, ==, "专家申请表（最终）.txt=first");
}

/* A mail inside: its data is an object, whose interface id stands before another TNEF. */
static void test_object(void)
{
    Status status = STATUS_EMPTY;
    g_autoptr(GByteArray) bytes = tnef_new(), properties = g_byte_array_new();
    zip_put(properties, 2, 4);
    unicode(properties, 0x3001, "转发");
    property(properties, 0x0d, 0x3701, "\7\3\2\0\0\0\0\0\xc0\0\0\0\0\0\0\106inner", 21);
    attribute(bytes, RENDERING, "", 0);
    attribute(bytes, PROPERTIES, properties->data, properties->len);
    g_autofree char *seen = read_all(bytes, &status);
    g_assert_cmpstr(seen, ==, "转发=inner|~text/plain,utf-8=");
}

static void test_bodies(void)
{
    Status status = STATUS_EMPTY;
    /* The example of [MS-OXRTFCP] 3.1.1. */
    static const guint8 rtf[] = {0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 'L', 'Z', 'F', 'u', 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00,
                                 'r', 'c', 'p', 'g', '1', '2', '5', 0x42, '2', 0x0a, 0xf3, ' ', 'h', 'e', 'l', 0x09, 0x00, 0x20,
                                 'b', 'w', 0x05, 0xb0, 'l', 'd', '}', 0x0a, 0x80, 0x0f, 0xa0};
    g_autoptr(GByteArray) text = tnef_new(), html = tnef_new(), old = tnef_new(), rich = tnef_new();
    g_autoptr(GByteArray) a = g_byte_array_new(), b = g_byte_array_new(), c = g_byte_array_new();
    zip_put(a, 1, 4);
    unicode(a, 0x1000, "退出工作组");
    attribute(text, MESSAGE, a->data, a->len);
    g_autofree char *seen = read_all(text, &status);
    g_assert_cmpstr(seen, ==, "~text/plain,utf-8=退出工作组");
    zip_put(b, 2, 4);
    property(b, 0x102, 0x1013, "<p>x</p>", 8);
    zip_put(b, 0x03, 2);
    zip_put(b, 0x3fde, 2);
    zip_put(b, 936, 4);
    attribute(html, MESSAGE, b->data, b->len);
    g_autofree char *page = read_all(html, &status);
    g_assert_cmpstr(page, ==, "~text/html,cp936=<p>x</p>");
    attribute(old, CODEPAGE, "\xa8\x03\0\0\0\0\0\0", 8);
    attribute(old, BODY, "\xb1\xed", 3);
    g_autofree char *plain = read_all(old, &status);
    g_assert_cmpstr(plain, ==, "~text/plain,utf-8=表");
    zip_put(c, 1, 4);
    property(c, 0x102, 0x1009, rtf, sizeof rtf);
    attribute(rich, MESSAGE, c->data, c->len);
    g_autofree char *expanded = read_all(rich, &status);
    g_assert_cmpstr(expanded, ==, "~text/rtf={\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
}

/* References into what was just written repeat it; garbage ends. */
static void test_lzfu(void)
{
    static const guint8 runs[] = {0x1e, 0, 0, 0, 0x17, 0, 0, 0, 'L', 'Z', 'F', 'u', 0, 0, 0, 0,
                                  0x02, 'W', 0x0c, 0xff, 'X', 'Y', 'Z'};
    g_autoptr(GByteArray) out = lzfu_expand(runs, sizeof runs);
    g_assert_cmpuint(out->len, ==, 1 + 17 + 3);
    g_assert_true(out->data[0] == 'W' && memcmp(out->data + 18, "XYZ", 3) == 0);
    g_assert_null(lzfu_expand(runs, 15));
    g_assert_null(lzfu_expand((const guint8 *)"0123456789abcdef", 16));
    g_autoptr(GByteArray) plain = lzfu_expand((const guint8 *)"\0\0\0\0\0\0\0\0MELA\0\0\0\0{\\rtf1}", 23);
    g_assert_true(plain->len == 7 && memcmp(plain->data, "{\\rtf1}", 7) == 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tnef/attachments", test_attachments);
    g_test_add_func("/tnef/cut", test_cut);
    g_test_add_func("/tnef/object", test_object);
    g_test_add_func("/tnef/bodies", test_bodies);
    g_test_add_func("/tnef/lzfu", test_lzfu);
    return g_test_run();
}
