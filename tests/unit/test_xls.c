/* links: filters/readers/xls.c filters/readers/xls_*.c filters/readers/sheet*.c filters/readers/ole.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libgsf-1 libxml-2.0; flags: -lm */
#include "ole_build.h"
#include "readers/rows.h"

/* The children of body as one line of XML. */
static char *dump(Xhtml *out)
{
    xmlDoc *doc = xhtml_doc(out);
    xmlBuffer *buffer = xmlBufferCreate();
    for (xmlNode *node = xmlDocGetRootElement(doc)->last->children; node; node = node->next)
        xmlNodeDump(buffer, doc, node, 0, 0);
    char *text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

static Status read_bytes(const GByteArray *file, gsize length, char **ret_text)
{
    g_autofree guint8 *copy = g_memdup2(file->data, length);
    ReadInput input = {.bytes = copy, .length = length};
    g_autoptr(Xhtml) out = xhtml_new();
    Status status = xls_read(&input, out, NULL);
    *ret_text = dump(out);
    return status;
}

/* ---- records ---- */

static gsize begin(GByteArray *book, guint id)
{
    put_u16(book, id);
    put_u16(book, 0);
    return book->len;
}

static void end(GByteArray *book, gsize start)
{
    set_u16(book, start - 2, (guint)(book->len - start));
}

static void put_bof(GByteArray *book, guint version, guint kind)
{
    gsize start = begin(book, 0x809);
    put_u16(book, version);
    put_u16(book, kind);
    put_zeros(book, 12);
    end(book, start);
}

static void put_empty(GByteArray *book, guint id)
{
    end(book, begin(book, id));
}

/* A count of WIDTH bytes, the flag, the text in UTF-16. */
static void put_text(GByteArray *book, const char *text, guint width)
{
    guint count = (guint)g_utf8_strlen(text, -1);
    width == 1 ? put_u8(book, count) : put_u16(book, count);
    put_u8(book, 1);
    put_utf16(book, text);
}

/* The globals; *ret_at is where each BOUNDSHEET says its sheet begins. */
static GByteArray *globals(guint sheets, gboolean hidden, const char *const *strings, gsize *ret_at)
{
    GByteArray *book = g_byte_array_new();
    static const guint16 formats[] = {0, 9, 14, 4, 164};
    put_bof(book, 0x600, 5);
    gsize start = begin(book, 0x41e);
    put_u16(book, 164);
    put_text(book, "yyyy\"年\"m\"月\"", 2);
    end(book, start);
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        start = begin(book, 0xe0);
        put_u16(book, 0);
        put_u16(book, formats[i]);
        put_zeros(book, 16);
        end(book, start);
    }
    for (guint i = 0; i < sheets; i++) {
        g_autofree char *name = g_strdup_printf("表%u", i + 1);
        start = begin(book, 0x85);
        ret_at[i] = book->len;
        put_u32(book, 0);
        put_u16(book, hidden && i > 0);
        put_text(book, name, 1);
        end(book, start);
    }
    start = begin(book, 0xfc);
    put_u32(book, strings ? g_strv_length((char **)strings) : 0);
    put_u32(book, strings ? g_strv_length((char **)strings) : 0);
    for (; strings && *strings; strings++)
        put_text(book, *strings, 2);
    end(book, start);
    put_empty(book, 0x0a);
    return book;
}

static gsize begin_cell(GByteArray *book, guint id, guint row, guint column, guint xf)
{
    gsize start = begin(book, id);
    put_u16(book, row);
    put_u16(book, column);
    put_u16(book, xf);
    return start;
}

static void put_shared(GByteArray *book, guint row, guint column, guint32 string)
{
    gsize start = begin_cell(book, 0xfd, row, column, 0);
    put_u32(book, string);
    end(book, start);
}

static void put_double(GByteArray *book, double value)
{
    guint64 bits = 0;
    memcpy(&bits, &value, sizeof bits);
    put_u32(book, (guint32)bits);
    put_u32(book, (guint32)(bits >> 32));
}

static void put_value(GByteArray *book, guint row, guint column, guint xf, double value)
{
    gsize start = begin_cell(book, 0x203, row, column, xf);
    put_double(book, value);
    end(book, start);
}

static void put_rk(GByteArray *book, guint row, guint column, guint xf, guint32 rk)
{
    gsize start = begin_cell(book, 0x27e, row, column, xf);
    put_u32(book, rk);
    end(book, start);
}

/* A formula whose result has the eight bytes LOW, HIGH. */
static void put_formula(GByteArray *book, guint row, guint column, guint32 low, guint32 high)
{
    gsize start = begin_cell(book, 0x06, row, column, 0);
    put_u32(book, low);
    put_u32(book, high);
    put_zeros(book, 8);
    end(book, start);
}

static void begin_sheet(GByteArray *book, gsize at)
{
    set_u32(book, at, book->len);
    put_bof(book, 0x600, 0x10);
}

static GByteArray *packed(GByteArray *book, const char *name)
{
    const char *const names[] = {name, NULL};
    GByteArray *const contents[] = {book};
    GByteArray *file = ole_build(names, contents);
    g_byte_array_unref(book);
    return file;
}

static void assert_book(GByteArray *book, const char *name, const char *expected)
{
    g_autoptr(GByteArray) file = packed(book, name);
    g_autofree char *text = NULL;
    Status status = read_bytes(file, file->len, &text);
    g_assert_cmpint(status, ==, STATUS_READ);
    g_assert_cmpstr(text, ==, expected);
}

/* ---- tests ---- */

static void put_everything(GByteArray *book)
{
    put_shared(book, 0, 0, 0);
    put_shared(book, 0, 1, 1);
    put_rk(book, 1, 0, 0, 42u << 2 | 2);
    put_rk(book, 1, 1, 1, 25u << 2 | 3);
    put_value(book, 2, 0, 2, 46082);
    put_value(book, 2, 1, 3, 1234.5);
    put_value(book, 3, 0, 4, 46082);
    put_formula(book, 3, 1, 0, 0xffff0000);
    gsize start = begin(book, 0x207);
    put_text(book, "算出", 2);
    end(book, start);
    put_formula(book, 4, 0, 0x010001, 0xffff0000);
    put_formula(book, 4, 1, 0x2a0002, 0xffff0000);
    start = begin(book, 0xbd);
    put_u16(book, 5);
    put_u16(book, 0);
    for (guint i = 0; i < 2; i++) {
        put_u16(book, 0);
        put_u32(book, (i + 7) << 2 | 2);
    }
    put_u16(book, 1);
    end(book, start);
    start = begin(book, 0xe5);
    put_u16(book, 1);
    put_u16(book, 6);
    put_u16(book, 6);
    put_u16(book, 0);
    put_u16(book, 1);
    end(book, start);
    start = begin_cell(book, 0x204, 6, 0, 0);
    put_text(book, "合并", 2);
    end(book, start);
    put_empty(book, 0x0a);
}

static void test_cells(void)
{
    static const char *const strings[] = {"姓名", "Zhang 三", NULL};
    gsize at[2];
    GByteArray *book = globals(1, FALSE, strings, at);
    begin_sheet(book, at[0]);
    put_everything(book);
    assert_book(book, "Workbook",
                "<h2>表1</h2><table><tr><td><p>姓名</p></td><td><p>Zhang 三</p></td></tr>"
                "<tr><td><p>42</p></td><td><p>25%</p></td></tr><tr><td><p>2026/3/1</p></td><td><p>1,234.50</p></td></tr>"
                "<tr><td><p>2026年3月</p></td><td><p>算出</p></td></tr><tr><td><p>TRUE</p></td><td><p>#N/A</p></td></tr>"
                "<tr><td><p>7</p></td><td><p>8</p></td></tr><tr><td colspan=\"2\"><p>合并</p></td></tr></table>");
}

static void test_sheets(void)
{
    static const char *const strings[] = {"一", "二", NULL};
    gsize at[2];
    GByteArray *book = globals(2, TRUE, strings, at);
    for (guint i = 0; i < 2; i++) {
        begin_sheet(book, at[i]);
        put_bof(book, 0x600, 0x20); /* a chart inside */
        put_shared(book, 5, 5, 0);
        put_empty(book, 0x0a);
        put_shared(book, 3, 3, i);
        put_empty(book, 0x0a);
    }
    assert_book(book, "WORKBOOK",
                "<h2>表1</h2><table><tr><td><p>一</p></td></tr></table><h2 data-part=\"hidden\">表2</h2>"
                "<table data-part=\"hidden\"><tr><td><p>二</p></td></tr></table>");
}

/* A string of the SST runs on in a CONTINUE, which changes from 16 bits to 8; runs and extras are passed over. */
static void test_continue(void)
{
    gsize at[1];
    GByteArray *book = globals(1, FALSE, NULL, at);
    g_byte_array_set_size(book, book->len - 12 - 4); /* without its empty SST and EOF */
    gsize start = begin(book, 0xfc);
    put_u32(book, 2);
    put_u32(book, 2);
    put_u16(book, 4);
    put_u8(book, 1 | 8 | 4);
    put_u16(book, 1);
    put_u32(book, 3);
    put_utf16(book, "甲乙");
    end(book, start);
    start = begin(book, 0x3c);
    put_u8(book, 0);
    put_u8(book, 'a');
    put_u8(book, 'b');
    put_zeros(book, 5); /* the run, and a part of the extra */
    end(book, start);
    start = begin(book, 0x3c);
    put_zeros(book, 2);
    put_text(book, "次", 2);
    end(book, start);
    put_empty(book, 0x0a);
    begin_sheet(book, at[0]);
    put_shared(book, 0, 0, 0);
    put_shared(book, 0, 1, 1);
    put_shared(book, 0, 2, 99);
    put_empty(book, 0x0a);
    assert_book(book, "Workbook", "<h2>表1</h2><table><tr><td><p>甲乙ab</p></td><td><p>次</p></td></tr></table>");
}

/* Text boxes and check boxes are told after the table, comments are not. */
static void test_objects(void)
{
    static const char *const strings[] = {"表", NULL};
    static const struct {
        guint kind;
        const char *text;
    } objects[] = {{0x19, "批注"}, {0x0b, "同意"}, {0x06, "文本框"}};
    gsize at[1];
    GByteArray *book = globals(1, FALSE, strings, at);
    begin_sheet(book, at[0]);
    put_shared(book, 0, 0, 0);
    for (guint i = 0; i < G_N_ELEMENTS(objects); i++) {
        gsize start = begin(book, 0x5d);
        put_u16(book, 0x15);
        put_u16(book, 0x12);
        put_u16(book, objects[i].kind);
        put_zeros(book, 16);
        put_u16(book, 0x12);
        put_u16(book, 8);
        put_u16(book, 1);
        put_zeros(book, 6);
        end(book, start);
        start = begin(book, 0x1b6);
        put_zeros(book, 10);
        put_u16(book, (guint)g_utf8_strlen(objects[i].text, -1));
        put_zeros(book, 6);
        end(book, start);
        start = begin(book, 0x3c);
        put_u8(book, 1);
        put_utf16(book, objects[i].text);
        end(book, start);
    }
    put_empty(book, 0x0a);
    assert_book(book, "Workbook", "<h2>表1</h2><table><tr><td><p>表</p></td></tr></table>"
                                  "<p><input type=\"checkbox\" checked=\"checked\"/>同意</p><p>文本框</p>");
}

/* Excel 95: bytes in the code page that the book names. */
static void test_biff5(void)
{
    GByteArray *book = g_byte_array_new();
    put_bof(book, 0x500, 5);
    gsize start = begin(book, 0x42);
    put_u16(book, 936);
    end(book, start);
    start = begin(book, 0x85);
    gsize at = book->len;
    put_u32(book, 0);
    put_u16(book, 0);
    put_u8(book, 2);
    g_byte_array_append(book, (const guint8 *)"\xb1\xed", 2);
    end(book, start);
    put_empty(book, 0x0a);
    set_u32(book, at, book->len);
    put_bof(book, 0x500, 0x10);
    start = begin_cell(book, 0x204, 0, 0, 0);
    put_u16(book, 4);
    g_byte_array_append(book, (const guint8 *)"\xd0\xd5\xc3\xfb", 4);
    end(book, start);
    put_empty(book, 0x0a);
    assert_book(book, "Book", "<h2>表</h2><table><tr><td><p>姓名</p></td></tr></table>");
}

/* Excel 4: a sheet that is the file. */
static void test_biff4(void)
{
    g_autoptr(GByteArray) book = g_byte_array_new();
    gsize start = begin(book, 0x409);
    put_u16(book, 0);
    put_u16(book, 0x10);
    put_u16(book, 0);
    end(book, start);
    start = begin_cell(book, 0x204, 0, 0, 0);
    put_u16(book, 2);
    g_byte_array_append(book, (const guint8 *)"ab", 2);
    end(book, start);
    put_empty(book, 0x0a);
    g_autofree char *text = NULL;
    g_assert_cmpint(read_bytes(book, book->len, &text), ==, STATUS_READ);
    g_assert_cmpstr(text, ==, "<table><tr><td><p>ab</p></td></tr></table>");
}

static Status status_of(GByteArray *book)
{
    g_autoptr(GByteArray) file = packed(book, "Workbook");
    g_autofree char *text = NULL;
    return read_bytes(file, file->len, &text);
}

static void test_refused(void)
{
    gsize at[1];
    GByteArray *book = g_byte_array_new();
    put_bof(book, 0x600, 5);
    put_empty(book, 0x2f);
    put_empty(book, 0x0a);
    g_assert_cmpint(status_of(book), ==, STATUS_ENCRYPTED);
    book = g_byte_array_new();
    put_empty(book, 0x09);
    g_assert_cmpint(status_of(book), ==, STATUS_UNSUPPORTED);
    g_assert_cmpint(status_of(g_byte_array_new()), ==, STATUS_DAMAGED);
    g_assert_cmpint(status_of(globals(1, FALSE, NULL, at)), ==, STATUS_DAMAGED); /* the sheet is the globals */
    book = globals(1, FALSE, NULL, at);
    set_u32(book, at[0], 0x7fffffff);
    g_assert_cmpint(status_of(book), ==, STATUS_DAMAGED);
    book = globals(1, FALSE, NULL, at);
    begin_sheet(book, at[0]);
    put_u16(book, 0xfd);
    put_u16(book, 0xffff); /* a record longer than the stream */
    g_assert_cmpint(status_of(book), ==, STATUS_DAMAGED);
}

/* Thousands of sheets that each name the same long stretch cost no more than one. */
static void test_overlap(void)
{
    enum { SHEETS = 3000 };
    static gsize at[SHEETS];
    GByteArray *book = globals(SHEETS, FALSE, NULL, at);
    gsize first = book->len;
    begin_sheet(book, at[0]);
    for (guint i = 0; i < 50000; i++)
        put_empty(book, 0x1000);
    put_empty(book, 0x0a);
    for (guint i = 1; i < SHEETS; i++)
        set_u32(book, at[i], (guint32)first);
    clock_t start = clock(); /* processor time: the machine may be busy */
    g_assert_cmpint(status_of(book), ==, STATUS_DAMAGED);
    g_assert_cmpint((clock() - start) / CLOCKS_PER_SEC, <, 5);
}

static GByteArray *sample(void)
{
    static const char *const strings[] = {"姓名", "张三", NULL};
    gsize at[1];
    GByteArray *book = globals(1, FALSE, strings, at);
    begin_sheet(book, at[0]);
    put_everything(book);
    return packed(book, "Workbook");
}

static void test_cut(void)
{
    g_autoptr(GByteArray) file = sample();
    for (guint length = 0; length < file->len; length += 97) {
        g_autofree char *text = NULL;
        read_bytes(file, length, &text);
    }
}

static void test_spoilt(void)
{
    g_autoptr(GByteArray) file = sample();
    g_autoptr(GRand) rand = g_rand_new_with_seed(20260301);
    g_autofree guint8 *whole = g_memdup2(file->data, file->len);
    for (guint round = 0; round < 2000; round++) {
        for (guint i = 0; i < 1 + round % 8; i++)
            file->data[g_rand_int_range(rand, 512, (gint32)file->len)] = (guint8)g_rand_int(rand);
        g_autofree char *text = NULL;
        read_bytes(file, file->len, &text);
        g_assert_true(g_utf8_validate(text, -1, NULL));
        memcpy(file->data, whole, file->len);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_log_set_always_fatal(G_LOG_FATAL_MASK); /* libgsf's complaints of damaged files are none of ours */
    g_test_add_func("/xls/cells", test_cells);
    g_test_add_func("/xls/sheets", test_sheets);
    g_test_add_func("/xls/continue", test_continue);
    g_test_add_func("/xls/objects", test_objects);
    g_test_add_func("/xls/biff5", test_biff5);
    g_test_add_func("/xls/biff4", test_biff4);
    g_test_add_func("/xls/refused", test_refused);
    g_test_add_func("/xls/overlap", test_overlap);
    g_test_add_func("/xls/cut", test_cut);
    g_test_add_func("/xls/spoilt", test_spoilt);
    return g_test_run();
}
