/* links: filters/readers/doc.c filters/readers/doc_*.c filters/readers/ole.c filters/readers/symbols.c filters/readers/pictures.c filters/readers/numerals.c filters/readers/word_field.c filters/page/xhtml.c src/base/charset.c src/base/text.c; libs: libgsf-1 libxml-2.0 */
#include "doc_test.h"

static guint asked;

static void count_larger(G_GNUC_UNUSED Members *self, G_GNUC_UNUSED Size size)
{
    asked++;
}

/* Whether a server that sees pictures is asked for. */
static gboolean asks_for_larger(Word *word)
{
    g_autoptr(GByteArray) file = word_build(word);
    ReadInput input = {.bytes = file->data, .length = file->len};
    Members members = {.larger = count_larger};
    g_autoptr(Xhtml) out = xhtml_new();
    asked = 0;
    g_assert_cmpint(doc_read(&input, out, &members), ==, STATUS_READ);
    return asked > 0;
}

/* A record of TYPE, with version and instance HEAD. */
static void put_art(GByteArray *out, guint head, guint type, const GByteArray *data)
{
    put_u16(out, head);
    put_u16(out, type);
    put_u32(out, data->len);
    g_byte_array_append(out, data->data, data->len);
}

/* A blip of a coloured PNG, 100 by 100. */
static GByteArray *blip(void)
{
    static const guint8 png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x64\0\0\0\x64\x08\x02";
    g_autoptr(GByteArray) data = g_byte_array_new();
    GByteArray *out = g_byte_array_new();
    put_zeros(data, 17);
    g_byte_array_append(data, png, sizeof png - 1);
    put_zeros(data, 2000);
    put_art(out, 0x6e00, 0xf01e, data);
    return out;
}

static Word *with_picture(guint story)
{
    Word *word = word_new();
    g_autoptr(GByteArray) picture = blip();
    put_u32(word->data, 0x44 + picture->len);
    put_u16(word->data, 0x44);
    put_u16(word->data, 0x64);
    put_zeros(word->data, 0x3c);
    g_byte_array_append(word->data, picture->data, picture->len);
    word_para(word, "文");
    word_story(word, story);
    word_run(word, "\x01", WORD_LIST("\x03\x6a\x00\x00\x00\x00"));
    word_end(word, 0x0d, "", 0);
    return word;
}

/* A picture in a shape; DRAWING is 0 for the body, 1 for headers. */
static Word *with_shape(guint drawing)
{
    Word *word = word_new();
    g_autoptr(GByteArray) picture = blip(), entry = g_byte_array_new(), all = g_byte_array_new(), in = g_byte_array_new();
    word_para(word, "文");
    put_zeros(entry, 36);
    g_byte_array_append(entry, picture->data, picture->len);
    put_art(in, 0x2f, 0xf007, entry);
    g_autoptr(GByteArray) store = g_byte_array_new(), options = g_byte_array_new(), shape = g_byte_array_new();
    put_art(store, 0x1f, 0xf001, in);
    put_art(all, 0x0f, 0xf000, store);
    put_u16(options, 0x4104);
    put_u32(options, 1);
    put_art(shape, 0x13, 0xf00b, options);
    g_autoptr(GByteArray) whole = g_byte_array_new();
    put_art(whole, 0x0f, 0xf004, shape);
    put_u8(all, drawing);
    put_art(all, 0x0f, 0xf002, whole);
    word_part(word, 50, all);
    return word;
}

static void test_pictures(void)
{
    g_assert_true(asks_for_larger(with_picture(0)));
    g_assert_false(asks_for_larger(with_picture(2)));
    g_assert_true(asks_for_larger(with_shape(0)));
    g_assert_false(asks_for_larger(with_shape(1)));
}

/* An 8-bit piece between two of UTF-16, and a property in the piece table. */
static void test_pieces(void)
{
    Word *word = word_new();
    word_para(word, "甲乙丙丁戊");
    g_autoptr(GByteArray) clx = g_byte_array_new();
    static const guint32 places[] = {0, 2, 5, 6};
    put_u8(clx, 2);
    put_u32(clx, 16 + 24);
    for (guint i = 0; i < 4; i++)
        put_u32(clx, places[i]);
    put_u16(clx, 0);
    put_u32(clx, WORD_TEXT_AT);
    put_u16(clx, 0);
    put_u16(clx, 0);
    put_u32(clx, 0x40000000 | 0x700 * 2); /* zeros of the FIB, overwritten below */
    put_u16(clx, 0);
    put_u16(clx, 0);
    put_u32(clx, WORD_TEXT_AT + 10);
    put_u16(clx, 0);
    word_part(word, 33, clx);
    g_autoptr(GByteArray) main = word_main(word);
    memcpy(main->data + 0x700, "a\x93z", 3);
    static const char *const names[] = {"WordDocument", "0Table", NULL};
    GByteArray *const contents[] = {main, word->table};
    g_autoptr(GByteArray) file = ole_build(names, contents);
    g_autofree char *text = NULL;
    g_assert_cmpint(read_bytes(file, &text), ==, STATUS_READ);
    g_assert_cmpstr(text, ==, "<p>甲乙a“z</p>");
    word_free(word);
}

/* A file of Word 6 without a piece table, whose language is LANGUAGE, read. */
static void check_word_6(const char *text, guint16 language, const char *expected)
{
    g_autoptr(GByteArray) main = g_byte_array_new();
    put_zeros(main, 0x300);
    g_byte_array_append(main, (const guint8 *)text, (guint)strlen(text));
    set_u16(main, 0, 0xa5dc);
    set_u16(main, 2, 0x65);
    set_u16(main, 6, language);
    set_u32(main, 0x18, 0x300);
    set_u32(main, 0x1c, 0x300 + (guint32)strlen(text));
    set_u32(main, 52, (guint32)strlen(text));
    static const char *const names[] = {"WordDocument", NULL};
    GByteArray *const contents[] = {main};
    g_autoptr(GByteArray) file = ole_build(names, contents);
    g_autofree char *got = NULL;
    g_assert_cmpint(read_bytes(file, &got), ==, STATUS_READ);
    g_assert_cmpstr(got, ==, expected);
}

/* Text of another language than the file names is told by its letters. */
static void test_word_6(void)
{
    check_word_6("\xc4\xe3\xba\xc3 Word\r\xd4\xd9\xbc\xfb\r", 0x0804, "<p>你好 Word</p><p>再见</p>");
    check_word_6("\xc4\xe3\xba\xc3\xb0\xa1\xcb\xc4\xb8\xf6\xd7\xd6\r", 0x0409, "<p>你好啊四个字</p>");
    check_word_6("\xd7\xe5\xf2\xfb\xf0\xe5 \xe1\xe0\xeb\xeb\xe0\r", 0x0409, "<p>Четыре балла</p>");
    check_word_6("caf\xe9 na\xefve\r", 0x0409, "<p>café naïve</p>");
}

/* What the FIB says instead of what is true. */
static Status read_with(gsize at, guint32 value)
{
    Word *word = word_new();
    word_para(word, "文");
    g_autoptr(GByteArray) main = word_main(word);
    set_u32(main, at, value);
    static const char *const names[] = {"WordDocument", "0Table", NULL};
    GByteArray *const contents[] = {main, word->table};
    g_autoptr(GByteArray) file = ole_build(names, contents);
    g_autofree char *text = NULL;
    Status status = read_bytes(file, &text);
    word_free(word);
    return status;
}

static void test_damaged(void)
{
    g_assert_cmpint(read_with(8, 0), ==, STATUS_READ);
    g_assert_cmpint(read_with(8, 0x0100 << 16), ==, STATUS_ENCRYPTED);
    g_assert_cmpint(read_with(0, 0x0021a5ec), ==, STATUS_UNSUPPORTED);
    g_assert_cmpint(read_with(76, 50), ==, STATUS_DAMAGED);
    g_assert_cmpint(read_with(76, 0x7fffffff), ==, STATUS_TOO_LARGE);
    g_assert_cmpint(read_with(154 + 8 * 33, 0x7fffffff), ==, STATUS_READ); /* no CLX: text at fcMin, zeros */
}

/* A document with everything in it, cut and spoilt: whatever comes out, nothing breaks. */
static GByteArray *everything(void)
{
    static const int edges[] = {0, 1000, 2000};
    static const guint16 merged[] = {0x60, 0};
    Word *word = word_new();
    word_para(word, "标题");
    word_cell(word, "甲");
    word_cell(word, "乙");
    word_row(word, 2, edges, merged);
    put_form(word, "FORMCHECKBOX", 1, 1, NULL);
    word_end(word, 0x0d, "", 0);
    word_run(word, "(", WORD_LIST("\x09\x6a\x00\x00\xfe\xf0"));
    word_end(word, 0x0d, "", 0);
    word_story(word, 6);
    word_para(word, "框");
    word_story(word, 7);
    return word_build(word);
}

static void test_cut(void)
{
    g_autoptr(GByteArray) file = everything();
    for (guint length = 0; length < file->len; length += 97) {
        g_autoptr(GByteArray) part = word_bytes((const char *)file->data, length);
        g_autofree char *text = NULL;
        read_bytes(part, &text);
    }
}

static void test_spoilt(void)
{
    g_autoptr(GByteArray) file = everything();
    g_autoptr(GRand) rand = g_rand_new_with_seed(20260301);
    for (guint round = 0; round < 2000; round++) {
        g_autoptr(GByteArray) spoilt = word_bytes((const char *)file->data, file->len);
        for (guint i = 0; i < 1 + round % 8; i++)
            spoilt->data[g_rand_int_range(rand, 512, (gint32)spoilt->len)] = (guint8)g_rand_int(rand);
        g_autofree char *text = NULL;
        read_bytes(spoilt, &text);
        g_assert_true(g_utf8_validate(text, -1, NULL));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_log_set_always_fatal(G_LOG_FATAL_MASK); /* libgsf's complaints of damaged files are none of ours */
    g_test_add_func("/doc-file/pictures", test_pictures);
    g_test_add_func("/doc-file/pieces", test_pieces);
    g_test_add_func("/doc-file/word-6", test_word_6);
    g_test_add_func("/doc-file/damaged", test_damaged);
    g_test_add_func("/doc-file/cut", test_cut);
    g_test_add_func("/doc-file/spoilt", test_spoilt);
    return g_test_run();
}
