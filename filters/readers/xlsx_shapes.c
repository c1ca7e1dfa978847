#include <string.h>

#include "readers/xlsx.h"

/* A drawing (ECMA-376 part 1, 20.5) while it is read: shapes do not nest their texts. */
typedef struct {
    GPtrArray *shapes;
    char id[32];
    GString *text;
    gboolean in_text, fallback;
} Shapes;

static void shapes_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Shapes *shapes = data;
    char value[32];
    if (strcmp(name, "Fallback") == 0)
        shapes->fallback = TRUE;
    else if (strcmp(name, "cNvPr") == 0 && ooxml_attr(attrs, count, "id", value, sizeof value))
        g_strlcpy(shapes->id, value, sizeof shapes->id);
    else if (strcmp(name, "p") == 0 && shapes->text->len)
        g_string_append_c(shapes->text, '\n');
    shapes->in_text = strcmp(name, "t") == 0 && !shapes->fallback;
}

static void shapes_end(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name)
{
    Shapes *shapes = data;
    shapes->in_text = FALSE;
    if (strcmp(name, "Fallback") == 0)
        shapes->fallback = FALSE;
    if (strcmp(name, "sp") != 0 || shapes->text->len == 0)
        return;
    XlsxShape *shape = g_new0(XlsxShape, 1);
    *shape = (XlsxShape){.id = g_strdup(shapes->id), .text = g_strdup(g_strstrip(shapes->text->str))};
    g_ptr_array_add(shapes->shapes, shape);
    g_string_truncate(shapes->text, 0);
}

static void shapes_text(void *data, const char *text, int length)
{
    Shapes *shapes = data;
    if (shapes->in_text)
        g_string_append_len(shapes->text, text, length);
}

static void free_shape(gpointer data)
{
    XlsxShape *shape = data;
    g_free(shape->id);
    g_free(shape->text);
    g_free(shape);
}

GPtrArray *xlsx_shapes(const GByteArray *part)
{
    const OoxmlHandler handler = {.start = shapes_start, .end = shapes_end, .text = shapes_text};
    Shapes shapes = {.shapes = g_ptr_array_new_with_free_func(free_shape), .text = g_string_new(NULL)};
    if (part)
        ooxml_parse(part, &handler, &shapes);
    g_string_free(shapes.text, TRUE);
    return shapes.shapes;
}
