/* doc_test.h: what the tests of the Word reader share: reading a file that was built, and form fields. */
#ifndef SHOUWEN_TESTS_DOC_TEST_H
#define SHOUWEN_TESTS_DOC_TEST_H

#include "readers/rows.h"
#include "word_build.h"

/* The children of body as one line of XML. */
static inline char *dump(Xhtml *out)
{
    xmlDoc *doc = xhtml_doc(out);
    xmlBuffer *buffer = xmlBufferCreate();
    for (xmlNode *node = xmlDocGetRootElement(doc)->last->children; node; node = node->next)
        xmlNodeDump(buffer, doc, node, 0, 0);
    char *text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

static inline Status read_bytes(const GByteArray *file, char **ret_text)
{
    g_autofree guint8 *copy = g_memdup2(file->data, file->len);
    ReadInput input = {.bytes = copy, .length = file->len};
    g_autoptr(Xhtml) out = xhtml_new();
    Status status = doc_read(&input, out, NULL);
    *ret_text = dump(out);
    return status;
}

/* Reads WORD, which is freed. */
static inline void assert_word(Word *word, const char *expected)
{
    g_autoptr(GByteArray) file = word_build(word);
    g_autofree char *text = NULL;
    Status status = read_bytes(file, &text);
    g_assert_cmpint(status, ==, STATUS_READ);
    g_assert_cmpstr(text, ==, expected);
}

/* A form field of TYPE whose value is RESULT, in the data stream; the list of properties of its picture. */
static inline GByteArray *form_sprms(Word *word, guint type, guint result, const char *const *list)
{
    GByteArray *sprms = word_bytes(WORD_LIST("\x06\x08\x01\x03\x6a"));
    gsize start = word->data->len;
    put_u32(sprms, (guint32)start);
    put_zeros(word->data, 0x44);
    put_u32(word->data, 0xffffffff);
    put_u16(word->data, type | result << 2);
    put_zeros(word->data, 4);
    put_u16(word->data, 2);
    put_utf16(word->data, "t1");
    put_u16(word->data, 0);
    put_u16(word->data, 0); /* preset */
    put_zeros(word->data, 20);
    put_u16(word->data, 0xffff);
    put_u16(word->data, list ? g_strv_length((char **)list) : 0);
    put_u16(word->data, 0);
    for (; list && *list; list++) {
        put_u16(word->data, (guint)g_utf8_strlen(*list, -1));
        put_utf16(word->data, *list);
    }
    set_u32(word->data, start, (guint32)(word->data->len - start));
    set_u16(word->data, start + 4, 0x44);
    return sprms;
}

static inline void put_form(Word *word, const char *code, guint type, guint result, const char *const *list)
{
    g_autoptr(GByteArray) sprms = form_sprms(word, type, result, list);
    g_autofree char *begin = g_strconcat("\x13 ", code, " ", NULL);
    word_text(word, begin);
    word_run(word, "\x01", (const char *)sprms->data, sprms->len);
    word_text(word, "\x14\x15");
}

#endif
