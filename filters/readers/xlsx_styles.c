#include <stdlib.h>
#include <string.h>

#include "readers/sheet_format.h"
#include "readers/symbols.h"
#include "readers/xlsx.h"

static guint number(const xmlChar **attrs, int count, const char *name)
{
    char value[16];
    return ooxml_attr(attrs, count, name, value, sizeof value) ? (guint)CLAMP(atoi(value), 0, G_MAXINT) : 0;
}

static void styles_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    XlsxStyles *styles = data;
    char value[1024];
    if (strcmp(name, "numFmt") == 0 && ooxml_attr(attrs, count, "formatCode", value, sizeof value)) {
        g_hash_table_replace(styles->codes, GUINT_TO_POINTER(number(attrs, count, "numFmtId")), g_strdup(value));
    } else if (strcmp(name, "font") == 0) {
        g_ptr_array_add(styles->font_names, g_strdup(""));
    } else if (strcmp(name, "name") == 0 && styles->font_names->len && ooxml_attr(attrs, count, "val", value, sizeof value)) {
        gpointer *last = &styles->font_names->pdata[styles->font_names->len - 1];
        if (!symbols_is_font(value))
            return;
        g_free(*last);
        *last = g_strdup(value);
    } else if (strcmp(name, "cellXfs") == 0) {
        styles->in_cells = TRUE;
    } else if (styles->in_cells && strcmp(name, "xf") == 0) {
        guint format = number(attrs, count, "numFmtId"), font = number(attrs, count, "fontId");
        g_array_append_val(styles->formats, format);
        g_array_append_val(styles->fonts, font);
    }
}

static void styles_end(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name)
{
    XlsxStyles *styles = data;
    if (strcmp(name, "cellXfs") == 0)
        styles->in_cells = FALSE;
}

void xlsx_styles_init(XlsxStyles *styles, const GByteArray *part)
{
    const OoxmlHandler handler = {.start = styles_start, .end = styles_end};
    *styles = (XlsxStyles){.codes = g_hash_table_new_full(NULL, NULL, NULL, g_free),
                           .formats = g_array_new(FALSE, FALSE, sizeof(guint)),
                           .fonts = g_array_new(FALSE, FALSE, sizeof(guint)),
                           .font_names = g_ptr_array_new_with_free_func(g_free)};
    if (part)
        ooxml_parse(part, &handler, styles);
}

void xlsx_styles_clear(XlsxStyles *styles)
{
    g_hash_table_unref(styles->codes);
    g_array_unref(styles->formats);
    g_array_unref(styles->fonts);
    g_ptr_array_unref(styles->font_names);
}

const char *xlsx_format(const XlsxStyles *styles, guint index)
{
    if (index >= styles->formats->len)
        return NULL;
    guint id = g_array_index(styles->formats, guint, index);
    const char *own = g_hash_table_lookup(styles->codes, GUINT_TO_POINTER(id));
    return own ? own : sheet_builtin_format(id);
}

const char *xlsx_font(const XlsxStyles *styles, guint index)
{
    guint font = index < styles->fonts->len ? g_array_index(styles->fonts, guint, index) : G_MAXUINT;
    const char *name = font < styles->font_names->len ? styles->font_names->pdata[font] : "";
    return *name ? name : NULL;
}
