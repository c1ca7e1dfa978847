/* word_build.h: small Word 97 files for tests. Every paragraph and every run gets a page of formatting to itself. */
#ifndef SHOUWEN_TESTS_WORD_BUILD_H
#define SHOUWEN_TESTS_WORD_BUILD_H

#include <string.h>

#include "ole_build.h"

#define WORD_TEXT_AT 0x800

typedef struct {
    guint32 from, to; /* characters */
    guint style;
    GByteArray *sprms;
} WordRun;

typedef struct {
    GByteArray *text;      /* UTF-16LE of all stories */
    GArray *paras, *runs;  /* WordRun */
    guint32 story_end[8];  /* cumulated at the end of each; 0: as the one before */
    guint story, style;
    GByteArray *table, *data;
    struct {
        guint32 at, length;
    } parts[93];
    guint32 para_from;
} Word;

static inline guint32 word_cp(const Word *word)
{
    return word->text->len / 2;
}

static inline Word *word_new(void)
{
    Word *word = g_new0(Word, 1);
    word->text = g_byte_array_new();
    word->paras = g_array_new(FALSE, TRUE, sizeof(WordRun));
    word->runs = g_array_new(FALSE, TRUE, sizeof(WordRun));
    word->table = g_byte_array_new();
    word->data = g_byte_array_new();
    return word;
}

static inline GByteArray *word_bytes(const char *bytes, gsize length)
{
    GByteArray *array = g_byte_array_new();
    g_byte_array_append(array, (const guint8 *)bytes, (guint)length);
    return array;
}

/* Text whose characters have SPRMS, LENGTH bytes. Controls may stand in TEXT, but no NUL. */
static inline void word_run(Word *word, const char *text, const char *sprms, gsize length)
{
    WordRun run = {.from = word_cp(word), .sprms = word_bytes(sprms, length)};
    put_utf16(word->text, text);
    run.to = word_cp(word);
    g_array_append_val(word->runs, run);
}
#define word_text(word, text) word_run(word, text, "", 0)

/* Ends the paragraph with MARK, which gets properties SPRMS. */
static inline void word_end(Word *word, guint mark, const char *sprms, gsize length)
{
    WordRun run = {.from = word->para_from, .style = word->style, .sprms = word_bytes(sprms, length)};
    put_u16(word->text, mark);
    run.to = word->para_from = word_cp(word);
    g_array_append_val(word->paras, run);
    word->style = 0;
}
/* Lists of properties are string literals with NULs in them. */
#define WORD_LIST(literal) literal, sizeof(literal) - 1
#define word_para(word, text) (word_text(word, text), word_end(word, 0x0d, "", 0))
#define WORD_IN_TABLE "\x16\x24\x01"
#define WORD_ROW_END "\x17\x24\x01"
#define word_cell(word, text) (word_text(word, text), word_end(word, 0x07, WORD_LIST(WORD_IN_TABLE)))

/* Ends the present story; those up to STORY are empty. */
static inline void word_story(Word *word, guint story)
{
    for (; word->story < story; word->story++)
        word->story_end[word->story] = word_cp(word);
}

/* What stands in the table stream as PART of the FIB. */
static inline void word_part(Word *word, guint part, const GByteArray *bytes)
{
    word->parts[part].at = word->table->len;
    word->parts[part].length = bytes->len;
    g_byte_array_append(word->table, bytes->data, bytes->len);
}

/* The end of a row of COUNT cells with EDGES (COUNT + 1 of them), and the TC80 flags of each cell. */
static inline void word_row(Word *word, guint count, const int *edges, const guint16 *flags)
{
    g_autoptr(GByteArray) sprms = word_bytes(WORD_LIST(WORD_IN_TABLE WORD_ROW_END "\x08\xd6"));
    put_u16(sprms, 1 + 2 * (count + 1) + 20 * count + 1);
    put_u8(sprms, count);
    for (guint i = 0; i <= count; i++)
        put_u16(sprms, (guint16)edges[i]);
    for (guint i = 0; i < count; i++) {
        put_u16(sprms, flags ? flags[i] : 0);
        put_zeros(sprms, 18);
    }
    word_end(word, 0x07, (const char *)sprms->data, sprms->len);
}

/* Pages of formatting (PARAGRAPHS or characters) into MAIN, and the table of them. */
static inline void word_pages(Word *word, GByteArray *main, GArray *runs, gboolean paragraphs)
{
    g_autoptr(GByteArray) table = g_byte_array_new();
    put_zeros(main, (512 - main->len % 512) % 512);
    guint32 first = main->len / 512;
    for (guint i = 0; i < runs->len; i++) {
        const WordRun *run = &g_array_index(runs, WordRun, i);
        put_u32(table, WORD_TEXT_AT + 2 * run->from);
        gsize page = main->len, length = run->sprms->len;
        put_zeros(main, 512);
        set_u32(main, page, WORD_TEXT_AT + 2 * run->from);
        set_u32(main, page + 4, WORD_TEXT_AT + 2 * run->to);
        main->data[page + 8] = 0x20;
        main->data[page + 511] = 1;
        if (paragraphs) { /* 0, half the length, style, list */
            main->data[page + 0x41] = (guint8)((length + 3) / 2);
            set_u16(main, page + 0x42, run->style);
        } else {
            main->data[page + 0x40] = (guint8)length;
        }
        for (gsize k = 0; k < length; k++)
            main->data[page + (paragraphs ? 0x44 : 0x41) + k] = run->sprms->data[k];
    }
    put_u32(table, WORD_TEXT_AT + word->text->len);
    for (guint i = 0; i < runs->len; i++)
        put_u32(table, first + i);
    word_part(word, paragraphs ? 13 : 12, table);
}

/* The CLX of all text in one piece. */
static inline void word_clx(Word *word)
{
    g_autoptr(GByteArray) clx = g_byte_array_new();
    put_u8(clx, 2);
    put_u32(clx, 16);
    put_u32(clx, 0);
    put_u32(clx, word_cp(word));
    put_u16(clx, 0);
    put_u32(clx, WORD_TEXT_AT);
    put_u16(clx, 0);
    word_part(word, 33, clx);
}

static inline void word_free(Word *word)
{
    GArray *all[] = {word->paras, word->runs};
    for (guint k = 0; k < 2; k++) {
        for (guint i = 0; i < all[k]->len; i++)
            g_byte_array_unref(g_array_index(all[k], WordRun, i).sprms);
        g_array_unref(all[k]);
    }
    g_byte_array_unref(word->text);
    g_byte_array_unref(word->table);
    g_byte_array_unref(word->data);
    g_free(word);
}

/* The FIB and all text and pages. */
static inline GByteArray *word_main(Word *word)
{
    GByteArray *main = g_byte_array_new();
    put_zeros(main, WORD_TEXT_AT);
    g_byte_array_append(main, word->text->data, word->text->len);
    word_story(word, 8);
    word_pages(word, main, word->paras, TRUE);
    word_pages(word, main, word->runs, FALSE);
    if (word->parts[33].length == 0)
        word_clx(word);
    set_u16(main, 0, 0xa5ec);
    set_u16(main, 2, 0xc1);
    set_u16(main, 32, 14);
    set_u16(main, 62, 22);
    for (guint i = 0, before = 0; i < 8; before = word->story_end[i++])
        set_u32(main, 76 + 4 * i, word->story_end[i] - before);
    set_u16(main, 152, 93);
    for (guint i = 0; i < 93; i++) {
        set_u32(main, 154 + 8 * i, word->parts[i].at);
        set_u32(main, 158 + 8 * i, word->parts[i].length);
    }
    return main;
}

/* The file; frees WORD. */
static inline GByteArray *word_build(Word *word)
{
    static const char *const names[] = {"WordDocument", "0Table", "Data", NULL};
    g_autoptr(GByteArray) main = word_main(word);
    GByteArray *const contents[] = {main, word->table, word->data};
    GByteArray *file = ole_build(names, contents);
    word_free(word);
    return file;
}

#endif
