#include <string.h>

#include "readers/symbols.h"
#include "readers/xlsx.h"

enum { STRINGS_MAX = 1000000 };

void xlsx_text_init(XlsxText *text)
{
    *text = (XlsxText){.text = g_string_new(NULL)};
}

void xlsx_text_clear(XlsxText *text)
{
    g_string_free(text->text, TRUE);
}

void xlsx_text_start(XlsxText *text, const char *name, const xmlChar **attrs, int count)
{
    char font[40];
    if (strcmp(name, "t") == 0) {
        text->in_text = !text->in_phonetic;
    } else if (strcmp(name, "r") == 0) {
        text->font[0] = '\0';
    } else if (strcmp(name, "rPh") == 0) {
        text->in_phonetic = TRUE;
    } else if (strcmp(name, "rFont") == 0) {
        gboolean symbols = ooxml_attr(attrs, count, "val", font, sizeof font) && symbols_is_font(font);
        g_strlcpy(text->font, symbols ? font : "", sizeof text->font);
    } else if (strcmp(name, "si") == 0 || strcmp(name, "is") == 0) {
        g_string_truncate(text->text, 0);
        text->font[0] = '\0';
    }
}

void xlsx_text_chars(XlsxText *text, const char *chars, int length)
{
    const char *end = chars + length;
    if (!text->in_text)
        return;
    if (!*text->font) {
        g_string_append_len(text->text, chars, length);
        return;
    }
    for (; chars < end; chars = g_utf8_next_char(chars)) {
        gunichar c = symbols_char(text->font, g_utf8_get_char(chars));
        if (c && g_unichar_validate(c))
            g_string_append_unichar(text->text, c);
    }
}

void xlsx_text_end(XlsxText *text, const char *name)
{
    if (strcmp(name, "t") == 0)
        text->in_text = FALSE;
    else if (strcmp(name, "rPh") == 0)
        text->in_phonetic = FALSE;
    else if (strcmp(name, "r") == 0)
        text->font[0] = '\0';
}

typedef struct {
    XlsxText text;
    GPtrArray *strings;
} Strings;

static void strings_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    xlsx_text_start(&((Strings *)data)->text, name, attrs, count);
}

static void strings_end(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name)
{
    Strings *strings = data;
    xlsx_text_end(&strings->text, name);
    if (strcmp(name, "si") == 0)
        g_ptr_array_add(strings->strings, g_strdup(strings->text.text->str));
}

static void strings_text(void *data, const char *text, int length)
{
    xlsx_text_chars(&((Strings *)data)->text, text, length);
}

static gboolean strings_stop(void *data)
{
    return ((Strings *)data)->strings->len >= STRINGS_MAX;
}

GPtrArray *xlsx_strings(const GByteArray *part, gboolean *ret_whole)
{
    Strings strings = {.strings = g_ptr_array_new_with_free_func(g_free)};
    const OoxmlHandler handler = {.start = strings_start, .end = strings_end, .text = strings_text, .stop = strings_stop};
    xlsx_text_init(&strings.text);
    *ret_whole = !part || ooxml_parse(part, &handler, &strings);
    xlsx_text_clear(&strings.text);
    return strings.strings;
}
