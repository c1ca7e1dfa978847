#include <string.h>

#include "readers/odf.h"
#include "readers/symbols.h"

void odf_styles_init(OdfStyles *styles)
{
    styles->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    styles->key = NULL;
}

void odf_styles_clear(OdfStyles *styles)
{
    g_hash_table_unref(styles->known);
    g_free(styles->key);
}

static void begin_style(OdfStyles *styles, const xmlChar **attrs, int count)
{
    char family[32], name[256], parent[256];
    g_clear_pointer(&styles->key, g_free);
    styles->current = (OdfStyle){.hidden = FALSE};
    if (!ooxml_attr(attrs, count, "family", family, sizeof family) || !ooxml_attr(attrs, count, "name", name, sizeof name))
        return;
    styles->key = g_strconcat(family, "/", name, NULL);
    if (ooxml_attr(attrs, count, "parent-style-name", parent, sizeof parent)) {
        g_autofree char *key = g_strconcat(family, "/", parent, NULL);
        const OdfStyle *above = g_hash_table_lookup(styles->known, key);
        if (above)
            styles->current = *above;
    }
    if (ooxml_attr(attrs, count, "default-outline-level", parent, sizeof parent))
        styles->current.outlined = *parent != '\0';
    if (ooxml_attr(attrs, count, "list-style-name", parent, sizeof parent) && !*parent)
        styles->current.outlined = FALSE;
}

static void read_font(OdfStyles *styles, const xmlChar **attrs, int count)
{
    static const char *const kinds[] = {"font-name", "font-family", "font-name-asian", "font-family-asian"};
    char font[sizeof styles->current.font];
    gboolean named = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!ooxml_attr(attrs, count, kinds[i], font, sizeof font))
            continue;
        if (!named)
            styles->current.font[0] = '\0';
        named = TRUE;
        if (!symbols_is_font(font))
            continue;
        memcpy(styles->current.font, font, sizeof font);
        return;
    }
}

void odf_styles_start(OdfStyles *styles, const char *name, const xmlChar **attrs, int count)
{
    char display[16];
    if (strcmp(name, "style") == 0) {
        begin_style(styles, attrs, count);
    } else if (styles->key && strcmp(name, "text-properties") == 0) {
        if (ooxml_attr(attrs, count, "display", display, sizeof display))
            styles->current.hidden = strcmp(display, "none") == 0;
        read_font(styles, attrs, count);
    } else if (styles->key && strcmp(name, "table-properties") == 0) {
        if (ooxml_attr(attrs, count, "display", display, sizeof display))
            styles->current.hidden = strcmp(display, "false") == 0;
    }
}

void odf_styles_end(OdfStyles *styles, const char *name)
{
    if (strcmp(name, "style") != 0 || !styles->key)
        return;
    if (styles->current.hidden || styles->current.outlined || *styles->current.font)
        g_hash_table_replace(styles->known, g_steal_pointer(&styles->key),
                             g_memdup2(&styles->current, sizeof styles->current));
    else
        g_hash_table_remove(styles->known, styles->key);
    g_clear_pointer(&styles->key, g_free);
}

const OdfStyle *odf_style(const OdfStyles *styles, const char *family, const xmlChar **attrs, int count)
{
    static const OdfStyle none;
    char name[256], key[300];
    if (g_hash_table_size(styles->known) == 0 || !ooxml_attr(attrs, count, "style-name", name, sizeof name))
        return &none;
    g_snprintf(key, sizeof key, "%s/%s", family, name);
    const OdfStyle *style = g_hash_table_lookup(styles->known, key);
    return style ? style : &none;
}
