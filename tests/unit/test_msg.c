/* links: filters/readers/msg.c filters/readers/ole.c filters/readers/lzfu.c filters/readers/member.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libgsf-1 libxml-2.0 */
#include "ole_build.h"
#include "readers/rows.h"

/* What a mail hands on, a line each. */
typedef struct {
    Members members;
    GString *told;
    gboolean full;
} Listener;

static gboolean tell_member(Members *self, const char *name, const guint8 *bytes, gsize length, Status status)
{
    Listener *listener = (Listener *)self;
    gboolean mail = length > 512;
    g_string_append_printf(listener->told, "member %s %.*s %d\n", name, mail ? 3 : (int)length,
                           mail ? "OLE" : (const char *)bytes, status);
    if (mail) {
        ReadInput input = {.bytes = bytes, .length = length};
        g_autoptr(Xhtml) out = xhtml_new();
        msg_read(&input, out, self);
    }
    return !listener->full;
}

static void tell_body(Members *self, const char *mime, const char *charset, const guint8 *bytes, gsize length)
{
    g_string_append_printf(((Listener *)self)->told, "body %s %s %.*s\n", mime, charset, (int)length, (const char *)bytes);
}

static void tell_inner(Members *self, const char *name, const char *address, const char *subject, const char *date)
{
    g_string_append_printf(((Listener *)self)->told, "from %s <%s> %s %s\n", name, address, subject, date);
}

static Status read_bytes(const guint8 *bytes, gsize length, gboolean full, char **ret_told)
{
    Listener listener = {{tell_member, tell_body, tell_inner, NULL}, g_string_new(NULL), full};
    g_autofree guint8 *copy = g_memdup2(bytes, length);
    ReadInput input = {.bytes = copy, .length = length};
    g_autoptr(Xhtml) out = xhtml_new();
    Status status = msg_read(&input, out, &listener.members);
    *ret_told = g_string_free(listener.told, FALSE);
    return status;
}

/* A stream of TEXT, in UTF-16 for types 001F. */
typedef struct {
    const char *name, *text;
} Item;

static GByteArray *properties(gsize header, gboolean codepage)
{
    GByteArray *out = g_byte_array_new();
    put_zeros(out, header);
    put_u32(out, 0x00390040);
    put_u32(out, 0);
    put_u32(out, 0x46d2d000); /* 2026-03-02 02:00:00 as a FILETIME */
    put_u32(out, 0x01dca9e8);
    if (codepage) {
        put_u32(out, 0x3ffd0003);
        put_u32(out, 0);
        put_u32(out, 936);
        put_u32(out, 0);
    }
    return out;
}

static GByteArray *build(const Item *items, guint count)
{
    g_autofree const char **names = g_new0(const char *, count + 1);
    g_autofree GByteArray **contents = g_new0(GByteArray *, count + 1);
    for (guint i = 0; i < count; i++) {
        names[i] = items[i].name;
        gboolean fixed = g_str_has_suffix(names[i], "properties_version1.0");
        contents[i] = fixed ? properties(32, items[i].text != NULL) : g_byte_array_new();
        if (g_str_has_suffix(names[i], "001F"))
            put_utf16(contents[i], items[i].text);
        else if (items[i].text && contents[i]->len == 0)
            g_byte_array_append(contents[i], (const guint8 *)items[i].text, (guint)strlen(items[i].text));
    }
    GByteArray *file = ole_build(names, contents);
    for (guint i = 0; i < count; i++)
        g_byte_array_unref(contents[i]);
    return file;
}

static void assert_told(const Item *items, guint count, const char *expected)
{
    g_autoptr(GByteArray) file = build(items, count);
    g_autofree char *told = NULL;
    g_assert_cmpint(read_bytes(file->data, file->len, FALSE, &told), ==, STATUS_READ);
    g_assert_cmpstr(told, ==, expected);
}

#define ATTACHED "__attach_version1.0_#00000000/__substg1.0_"
static const Item unicode[] = {
    {"__properties_version1.0", NULL},
    {"__substg1.0_0037001F", "申请表"},
    {"__substg1.0_0C1A001F", "张三"},
    {"__substg1.0_5D01001F", "zhang@office.example"},
    {"__substg1.0_1000001F", "见附件"},
    {ATTACHED "3707001F", "表.txt"},
    {ATTACHED "37010102", "内容"},
};

static void test_unicode(void)
{
    assert_told(unicode, G_N_ELEMENTS(unicode), "from 张三 <zhang@office.example> 申请表 2026-03-02T02:00:00Z\n"
                                                "body text/plain utf-8 见附件\nmember 表.txt 内容 0\n");
}

static void test_codepage(void)
{
    static const Item items[] = {
        {"__properties_version1.0", "936"},
        {"__substg1.0_0C1F001E", "/O=OFFICE/CN=ZHANG"},
        {"__substg1.0_0037001E", "\xc9\xea\xc7\xeb"},
        {"__substg1.0_10130102", "<p>\xc4\xe3</p>"},
        {"__attach_version1.0_#00000000/__substg1.0_3704001E", "A.DOC"},
    };
    assert_told(items, G_N_ELEMENTS(items), "from (null) <(null)> 申请 2026-03-02T02:00:00Z\n"
                                            "body text/html CP936 <p>\xc4\xe3</p>\nmember A.DOC  2\n");
}

/* A mail within a mail becomes a file that can be read by itself. */
static void test_inner(void)
{
    GsfOutput *sink = gsf_output_memory_new();
    GsfOutfile *root = gsf_outfile_msole_new(sink);
    GsfOutput *attachment = gsf_outfile_new_child(root, "__attach_version1.0_#00000000", TRUE);
    GsfOutput *mail = gsf_outfile_new_child(GSF_OUTFILE(attachment), "__substg1.0_3701000D", TRUE);
    static const char *const names[] = {"__substg1.0_0037001F", "__properties_version1.0"};
    GByteArray *contents[] = {g_byte_array_new(), properties(24, FALSE)};
    put_utf16(contents[0], "转发");
    for (guint i = 0; i < 2; i++) {
        GsfOutput *stream = gsf_outfile_new_child(GSF_OUTFILE(mail), names[i], FALSE);
        gsf_output_write(stream, contents[i]->len, contents[i]->data);
        gsf_output_close(stream);
        g_object_unref(stream);
        g_byte_array_unref(contents[i]);
    }
    GsfOutput *all[] = {mail, attachment, GSF_OUTPUT(root)};
    for (guint i = 0; i < 3; i++) {
        gsf_output_close(all[i]);
        g_object_unref(all[i]);
    }
    g_autofree char *told = NULL;
    Status status = read_bytes(gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(sink)), (gsize)gsf_output_size(sink), FALSE, &told);
    g_assert_cmpint(status, ==, STATUS_READ);
    g_assert_cmpstr(told, ==, "from (null) <(null)> (null) (null)\nbody text/plain utf-8 \nmember unnamed.msg OLE 0\n"
                              "from (null) <(null)> 转发 2026-03-02T02:00:00Z\nbody text/plain utf-8 \n");
    g_object_unref(sink);
}

static void test_limit(void)
{
    g_autoptr(GByteArray) file = build(unicode, G_N_ELEMENTS(unicode));
    g_autofree char *told = NULL;
    g_assert_cmpint(read_bytes(file->data, file->len, TRUE, &told), ==, STATUS_TOO_LARGE);
}

static void test_spoilt(void)
{
    g_autoptr(GByteArray) file = build(unicode, G_N_ELEMENTS(unicode));
    g_autoptr(GRand) rand = g_rand_new_with_seed(20260301);
    for (guint round = 0; round < 1000; round++) {
        g_autofree guint8 *spoilt = g_memdup2(file->data, file->len);
        for (guint i = 0; i < 1 + round % 8; i++)
            spoilt[g_rand_int_range(rand, 30, (gint32)file->len)] = (guint8)g_rand_int(rand);
        gsize length = round % 2 ? file->len : round * 97 % file->len;
        g_autofree char *told = NULL;
        read_bytes(spoilt, length, FALSE, &told);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_log_set_always_fatal(G_LOG_FATAL_MASK); /* libgsf's complaints of damaged files are none of ours */
    g_test_add_func("/msg/unicode", test_unicode);
    g_test_add_func("/msg/codepage", test_codepage);
    g_test_add_func("/msg/inner", test_inner);
    g_test_add_func("/msg/limit", test_limit);
    g_test_add_func("/msg/spoilt", test_spoilt);
    return g_test_run();
}
